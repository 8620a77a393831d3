//! The closed vocabularies of the register: one Rust enum each, shared by the column that stores it
//! and the API that shows it. A value is stored as its `SCREAMING_SNAKE_CASE` name, the same name
//! that GraphQL and data packages use.

use std::fmt;

use sea_orm::{ActiveEnum, Iterable};

/// A closed vocabulary: its name, its values, and the way back from a stored name.
pub trait Vocabulary: ActiveEnum<Value = String> + Iterable {
    /// The name of the vocabulary as the API calls it.
    const NAME: &'static str;

    /// The value with this stored name, or an error that lists what would be right.
    fn parse(name: &str) -> Result<Self, UnknownValue> {
        Self::try_from_value(&name.to_owned()).map_err(|_| UnknownValue {
            vocabulary: Self::NAME,
            value: name.to_owned(),
            known: Self::iter().map(|value| value.to_value()).collect(),
        })
    }
}

/// A name that a vocabulary does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownValue {
    /// The vocabulary, such as `BatchStatus`.
    pub vocabulary: &'static str,
    /// What was given.
    pub value: String,
    /// What it has.
    pub known: Vec<String>,
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a {}: it is one of {}",
            self.value,
            self.vocabulary,
            self.known.join(", ")
        )
    }
}

impl std::error::Error for UnknownValue {}

macro_rules! vocabulary {
    ($($(#[$meta:meta])* $name:ident {
        $(#[$first_meta:meta])* $first:ident, $($(#[$value_meta:meta])* $value:ident,)*
    })+) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, sea_orm::EnumIter,
            sea_orm::DeriveActiveEnum, async_graphql::Enum, serde::Serialize, serde::Deserialize,
        )]
        #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name {
            // What stands in a row where the column was not read.
            #[default]
            $(#[$first_meta])* $first,
            $($(#[$value_meta])* $value,)*
        }

        impl $crate::vocabulary::Vocabulary for $name {
            const NAME: &'static str = stringify!($name);
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&sea_orm::ActiveEnum::to_value(self))
            }
        }
    )+};
}

// Behind the macro, which they use.
mod accounts;
mod delivery;
mod network;
mod plans;
mod provenance;
mod records;
mod webhooks;

pub use accounts::*;
pub use delivery::*;
pub use network::*;
pub use plans::*;
pub use provenance::*;
pub use records::*;
pub use webhooks::*;
