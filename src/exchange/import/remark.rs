//! What is said of a row: which column, what stands there, and why it is so.

use async_graphql::{Context, Object};
use serde::{Deserialize, Serialize};

use crate::graphql::context::RequestContext;
use crate::graphql::language::Language;
use crate::phrase::{Phrase, say};
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    pub(super) weight: Weight,
    /// The column of the file, as it is headed; none where it is about the row as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    /// What stands there, cut short; none where nothing does, or where it is personal.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// Why: the rest of a sentence that begins with the value, or a whole one where there is none.
    message: Phrase,
    /// The line of another row that it tells of: it stands only as long as that row is not left
    /// out.
    #[serde(skip)]
    pub(super) beside: Option<u64>,
}

/// What is said of a row.
#[Object(name = "ImportRemarkPayload")]
impl Remark {
    /// The column of the file, as it is headed; null where it is about the row as a whole.
    async fn column(&self) -> Option<&str> {
        self.column.as_deref()
    }

    /// What stands there, cut short; null where nothing does, or where it is personal.
    async fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// Why: the rest of a sentence that begins with the value, or a whole one where there is none.
    async fn message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language.")] language: Option<Language>,
    ) -> String {
        self.message.translate(ctx.languages(language).of_phrases())
    }
}

impl Remark {
    /// Something about the row as a whole.
    pub fn of_row(weight: Weight, message: Phrase) -> Self {
        Self { weight, column: None, value: None, message, beside: None }
    }

    /// Something about a cell; what is personal is not repeated.
    pub fn of_cell(
        weight: Weight,
        column: &str,
        value: &str,
        personal: bool,
        message: Phrase,
    ) -> Self {
        let shown = (!personal && !value.is_empty()).then(|| short(value));
        let message = if personal && !value.is_empty() {
            say!("what stands there {message}", message)
        } else {
            message
        };
        Self { weight, column: Some(column.to_owned()), value: shown, message, beside: None }
    }

    /// Whether it hinders a row for what stands in this column.
    pub(super) fn is_fault_of(&self, column: &str) -> bool {
        self.weight > Weight::Note && self.column.as_deref() == Some(column)
    }

    /// As a sentence: column, value and message.
    pub(super) fn phrase(&self) -> Phrase {
        // As it is written: no sign of it is told by an escape.
        let value = self.value.as_ref().map(|value| format!("\"{value}\""));
        let column = self.column.as_ref().map(|column| format!("{column}:"));
        let begin = column.into_iter().chain(value).map(Phrase::Verbatim);
        Phrase::joined(begin.chain([self.message.clone()]), " ")
    }

    /// The same in the language of a tag.
    pub fn translate(&self, tag: &str) -> String {
        self.phrase().translate(tag)
    }
}
