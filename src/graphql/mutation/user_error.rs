//! What the register refuses is data: the writer's to mend.

use async_graphql::{Enum, Name, SimpleObject, Value};

use crate::error::{Refusal, RefusalCode};

/// Why a mutation was refused.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct UserError {
    /// Where in the arguments: `["input", "startsOn"]`.
    path: Vec<String>,
    /// The class of refusal.
    code: UserErrorCode,
    /// A sentence for people, with the values that do not go together.
    message: String,
    /// The offending value; null where none was given, or it is personal.
    value: Option<String>,
    /// With `CONFLICT`: the version that the record has now.
    current_version: Option<i32>,
}

/// The classes of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "RefusalCode")]
pub enum UserErrorCode {
    /// Outside what it must lie within.
    OutOfRange,
    /// Something else already stands there.
    Duplicate,
    /// It overlaps with something of its kind.
    Overlap,
    /// It would be above itself.
    Cycle,
    /// It needs something that is missing.
    Required,
    /// It is not what belongs there.
    Invalid,
    /// It refers to nothing that is there and may be seen.
    NotFound,
    /// From where the record stands it cannot go there.
    IllegalMove,
    /// The record has another version than the one expected.
    Conflict,
    /// The idempotency key has been used for another mutation or input.
    KeyReused,
}

impl UserError {
    /// A refusal of what stands in a field of `input`; the fields `personal` are not shown.
    pub fn new(refusal: Refusal, input: Value, personal: &[&str]) -> Self {
        let Value::Object(fields) = input else { return Self::at(refusal.field, refusal, None) };
        // Columns of references end in `_id` and `_code`; inputs call them so, or without.
        let plain = refusal.field.trim_end_matches("_id").trim_end_matches("_code").trim_start_matches("regional_");
        let names = [camel_case(refusal.field), camel_case(plain)];
        let name = names.iter().find(|name| fields.contains_key(name.as_str()));
        let personal = personal.contains(&refusal.field) || PERSONAL.contains(&refusal.field);
        let value = name.filter(|_| !personal).and_then(|name| fields.get(&Name::new(name))).and_then(shown);
        Self::at(name.map_or(names[1].as_str(), String::as_str), refusal, value)
    }

    fn at(field: &str, refusal: Refusal, value: Option<String>) -> Self {
        let path = ["input", field].map(str::to_owned).to_vec();
        Self { path, code: refusal.code.into(), message: refusal.message, value, current_version: None }
    }

    /// The record has another version by now.
    pub fn conflict(expected: i32, current: i32) -> Self {
        let message =
            format!("the record was changed meanwhile: you know version {expected}, it has version {current}");
        let refusal = Refusal::new(RefusalCode::Conflict, "expected_version", message);
        Self { current_version: Some(current), ..Self::at("expectedVersion", refusal, Some(expected.to_string())) }
    }
}

/// Fields that may hold personal data whatever the record.
const PERSONAL: [&str; 4] = ["reason", "explanation", "text", "stated_by_id"];

/// A value as it was given, as far as it is short.
fn shown(value: &Value) -> Option<String> {
    const LONGEST: usize = 120;
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    (text.len() <= LONGEST).then_some(text)
}

/// The name of a column as the API writes it.
pub(crate) fn camel_case(column: &str) -> String {
    let mut parts = column.split('_');
    let mut name = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}
