//! What a row changes of a record that is there: from what to what, told before it is done.

use sea_orm::{ActiveModelTrait, ActiveValue, EntityTrait, IdenStatic, Iterable, ModelTrait, Value};

use super::reading::Reading;
use super::remark::{Remark, Weight};
use crate::record::Record;
use crate::rule::check::short;
use crate::rule::is_derived;

impl Reading<'_> {
    /// Says of each column that a draft changes what it is and what it becomes; nothing of personal
    /// columns. `called` is how another record is called that a column refers to.
    pub(super) fn tell_changes<E>(
        &mut self,
        row: &E::Model,
        draft: &E::ActiveModel,
        called: impl Fn(&'static str, &Value) -> Option<String>,
    ) where
        E: Record + EntityTrait<Model: ModelTrait<Entity = E>>,
        E::ActiveModel: ActiveModelTrait<Entity = E>,
    {
        for column in E::Column::iter() {
            let name = column.as_str();
            let ActiveValue::Set(new) = draft.get(column) else { continue };
            let old = row.get(column);
            if old == new || is_derived(name) || matches!(name, "id" | "key") || E::PERSONAL.contains(&name) {
                continue;
            }
            let shown = |value: &Value| called(name, value).or_else(|| shown(value));
            self.tell_change(name, shown(&old), shown(&new));
        }
    }

    /// Says that something changes, at the column of the file that says so where there is one.
    pub(super) fn tell_change(&mut self, column: &'static str, from: Option<String>, to: Option<String>) {
        let told = |value: Option<String>| value.unwrap_or_else(|| "nothing".to_owned());
        let message = match (from, to) {
            (None, None) => "changes".to_owned(),
            (from, to) => format!("changes from {} to {}", told(from), told(to)),
        };
        let plain = column.trim_end_matches("_id").trim_end_matches("_code");
        match [column, plain].into_iter().find(|field| !self.layout.cell(self.row, field).is_empty()) {
            Some(field) => self.remark(Weight::Note, field, message),
            None => self.remarks.push(Remark::of_row(Weight::Note, format!("{} {message}", plain.replace('_', " ")))),
        }
    }
}

/// A value for a sentence; none where it is null, or says nothing to a reader.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.as_ref().map(|text| format!("\"{}\"", short(text))),
        Value::Bool(value) => value.map(|value| value.to_string()),
        Value::Int(value) => value.map(|value| value.to_string()),
        Value::BigInt(value) => value.map(|value| value.to_string()),
        Value::Double(value) => value.map(|value| value.to_string()),
        Value::ChronoDate(day) => day.map(|day| day.to_string()),
        Value::ChronoTime(time) => time.map(|time| time.to_string()),
        _ => None,
    }
}
