//! What rows are looked up by.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use uuid::Uuid;

/// What rows are looked up by: the id of a record, the code of a country, or the position of an
/// event.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// Of a record.
    Id(Uuid),
    /// Of a country.
    Code(String),
    /// Of an event.
    Long(i64),
}

impl Key {
    /// The key that a column holds: an id, a code or a position. None where it is null.
    pub fn of(value: impl Into<sea_orm::Value>) -> Option<Self> {
        match value.into() {
            sea_orm::Value::Uuid(id) => id.map(Self::Id),
            sea_orm::Value::String(code) => code.map(Self::Code),
            sea_orm::Value::BigInt(number) => number.map(Self::Long),
            other => unreachable!("{other:?} identifies nothing"),
        }
    }

    /// The id in 32 hexadecimal digits, the code, or the position.
    pub fn text(&self) -> String {
        match self {
            Self::Id(id) => id.simple().to_string(),
            Self::Code(code) => code.clone(),
            Self::Long(number) => number.to_string(),
        }
    }
}

impl From<Key> for sea_orm::Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Id(id) => id.into(),
            Key::Code(code) => code.into(),
            Key::Long(number) => number.into(),
        }
    }
}

/// What is found by keys. A request has thousands of them, and hashes none but those of its rows:
/// they need no hasher that withstands an attack.
pub type Keyed<T> = HashMap<Key, T, RandomState>;
