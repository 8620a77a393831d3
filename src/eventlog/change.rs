//! What changed, field by field.

use async_graphql::SimpleObject;
use entity::event;
use serde_json::Value;

use super::shown;
use crate::graphql::list::List;

/// The change of one field.
#[derive(Clone, Debug, SimpleObject)]
pub struct FieldChangeEvent {
    /// Which field of the record, by its name in this schema (`startsOn`, `owner`). Where a table
    /// was loaded, its name.
    field: String,
    /// What it was; null where it was nothing. References are ids, but for countries, which are
    /// codes; lists are JSON.
    from: Option<String>,
    /// What it is since; null where it is nothing.
    to: Option<String>,
}

impl FieldChangeEvent {
    /// All changes that an event tells.
    pub fn all(row: &event::Model) -> List<Self> {
        let text = |value: Value| match value {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        };
        let all = shown::changes(row).into_iter();
        all.map(|change| Self { field: change.field, from: text(change.from), to: text(change.to) })
            .collect()
    }
}
