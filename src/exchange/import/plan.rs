//! What a row would change: planned by what is known now, without changing anything.

use entity::vocabulary::ImportRowState;

use super::read::Row;
use super::remark::{Remark, Weight};
use super::row_parser::RowParser;

/// What a row would change.
#[derive(Debug)]
pub(super) struct Plan<T> {
    /// Its line in the file.
    pub(super) line: u64,
    pub(super) state: ImportRowState,
    /// What rows are carried out together by.
    pub(super) place: String,
    /// The key of the record that it is about.
    pub(super) about: Option<String>,
    pub(super) remarks: Vec<Remark>,
    /// What is to be written; none where nothing is.
    pub(super) what: Option<T>,
}

impl<T> Plan<T> {
    /// The plan of a row that was read: what hinders it outweighs all else.
    pub(super) fn of(
        row: &Row,
        parser: RowParser<'_>,
        about: Option<String>,
        change: Option<(bool, T)>,
    ) -> Self {
        let heaviest = parser.remarks.iter().map(|remark| remark.weight).max();
        let (state, what) = match (heaviest, change) {
            (Some(Weight::Refused), _) => (ImportRowState::Refused, None),
            (Some(Weight::Ambiguous), _) => (ImportRowState::Ambiguous, None),
            (_, None) => (ImportRowState::Unchanged, None),
            (_, Some((is_new, what))) => {
                (if is_new { ImportRowState::New } else { ImportRowState::Changed }, Some(what))
            }
        };
        Self { line: row.line, state, place: String::new(), about, remarks: parser.remarks, what }
    }

    /// Whether it is refused or ambiguous.
    pub(super) fn is_hindered(&self) -> bool {
        matches!(self.state, ImportRowState::Refused | ImportRowState::Ambiguous)
    }

    /// Leaves the row out, for a reason.
    pub(super) fn hinder(&mut self, remark: Remark) {
        self.state = match remark.weight {
            Weight::Ambiguous => ImportRowState::Ambiguous,
            _ => ImportRowState::Refused,
        };
        self.remarks.push(remark);
        self.what = None;
    }

    /// The same among the rows of a place.
    pub(super) fn at(self, place: &str) -> Self {
        Self { place: place.to_owned(), ..self }
    }

    /// What is planned, whatever is to be written.
    pub(super) fn map<U>(self, into: impl FnOnce(T) -> U) -> Plan<U> {
        let Self { line, state, place, about, remarks, what } = self;
        Plan { line, state, place, about, remarks, what: what.map(into) }
    }
}
