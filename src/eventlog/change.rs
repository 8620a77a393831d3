//! What changed, field by field.

use async_graphql::SimpleObject;
use serde_json::Value;

use crate::graphql::list::List;

/// The change of one field.
#[derive(Clone, Debug, SimpleObject)]
pub struct FieldChangeEvent {
    /// Which field.
    field: String,
    /// What it was; null where it was nothing.
    from: Option<String>,
    /// What it is since; null where it is nothing.
    to: Option<String>,
}

impl FieldChangeEvent {
    /// All changes that an event tells.
    pub fn all(changes: &Value) -> List<Self> {
        let text = |value: Option<&Value>| match value {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        };
        let changes = changes.as_object().into_iter().flatten();
        changes
            .map(|(field, change)| Self {
                field: field.clone(),
                from: text(change.get(0)),
                to: text(change.get(1)),
            })
            .collect()
    }
}
