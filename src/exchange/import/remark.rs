//! What is said of a row: which column, what stands there, and why it is so.

use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};

use crate::rule::check::short;

/// How much a remark weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Weight {
    /// It is worth knowing, and hinders nothing.
    Note,
    /// Somebody has to say which of several is meant.
    Ambiguous,
    /// It cannot be.
    Refused,
}

/// What is said of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
#[graphql(name = "ImportRemarkPayload")]
pub struct Remark {
    #[graphql(skip)]
    pub(super) weight: Weight,
    /// The column of the file, as it is headed; null where it is about the row as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    /// What stands there, cut short; null where nothing does, or where it is personal.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// Why: the rest of a sentence that begins with the value, or a whole one where there is none.
    message: String,
}

impl Remark {
    /// Something about the row as a whole.
    pub fn of_row(weight: Weight, message: impl Into<String>) -> Self {
        Self { weight, column: None, value: None, message: message.into() }
    }

    /// Something about a cell; what is personal is not repeated.
    pub fn of_cell(weight: Weight, column: &str, value: &str, personal: bool, message: impl Into<String>) -> Self {
        let shown = (!personal && !value.is_empty()).then(|| short(value));
        let message = message.into();
        let message = if personal && !value.is_empty() { format!("what stands there {message}") } else { message };
        Self { weight, column: Some(column.to_owned()), value: shown, message }
    }
}

impl std::fmt::Display for Remark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(column) = &self.column {
            write!(f, "{column}: ")?;
        }
        if let Some(value) = &self.value {
            // As it is written: no sign of it is told by an escape.
            write!(f, "\"{value}\" ")?;
        }
        f.write_str(&self.message)
    }
}
