//! What a row changes of a record that is there: from what to what, told before it is done.

use sea_orm::{
    ActiveModelTrait, ActiveValue, EntityTrait, IdenStatic, Iterable, ModelTrait, Value,
};

use super::remark::{Remark, Weight};
use super::row_parser::RowParser;
use crate::phrase::{self, Phrase, say};
use crate::record::Record;
use crate::record::is_derived;
use crate::rule::check::short;

impl RowParser<'_> {
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
            if old == new
                || is_derived(name)
                || matches!(name, "id" | "key")
                || E::PERSONAL.contains(&name)
            {
                continue;
            }
            let shown =
                |value: &Value| called(name, value).map(Phrase::Verbatim).or_else(|| shown(value));
            self.tell_change(name, shown(&old), shown(&new));
        }
    }

    /// Says that something changes, at the column of the file that says so where there is one.
    pub(super) fn tell_change<V: phrase::Value>(
        &mut self,
        column: &'static str,
        from: Option<V>,
        to: Option<V>,
    ) {
        let told = |value: Option<V>| value.map_or_else(|| say!("nothing"), V::phrase);
        let message = match (from, to) {
            (None, None) => say!("changes"),
            (from, to) => say!("changes from {from} to {to}", from = told(from), to = told(to)),
        };
        let plain = column.trim_end_matches("_id").trim_end_matches("_code");
        match [column, plain]
            .into_iter()
            .find(|field| !self.layout.cell(self.row, field).is_empty())
        {
            Some(field) => self.remark(Weight::Note, field, message),
            None => {
                let message =
                    Phrase::joined([Phrase::verbatim(plain.replace('_', " ")), message], " ");
                self.remarks.push(Remark::of_row(Weight::Note, message));
            }
        }
    }
}

/// A value for a sentence; none where it is null, or says nothing to a reader.
fn shown(value: &Value) -> Option<Phrase> {
    match value {
        Value::String(text) => {
            text.as_ref().map(|text| Phrase::Verbatim(format!("\"{}\"", short(text))))
        }
        Value::Bool(value) => value.map(|value| if value { say!("true") } else { say!("false") }),
        Value::Int(value) => value.map(Phrase::verbatim),
        Value::BigInt(value) => value.map(Phrase::verbatim),
        Value::Double(value) => value.map(Phrase::verbatim),
        Value::ChronoDate(day) => day.map(Phrase::verbatim),
        Value::ChronoTime(time) => time.map(Phrase::verbatim),
        _ => None,
    }
}
