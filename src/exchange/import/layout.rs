//! Which column of a file is which field, and what stands in it.

use entity::vocabulary::ImportTable;

use super::cells::clean;
use super::columns::{Field, MappedColumn, fields};
use super::dates::DayOrder;
use super::read::{Mark, Row, is_marked, unmarked};
use super::remark::{Remark, Weight};
use crate::error::Refusal;

/// Which column of a file is which field.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) columns: Vec<(String, Option<&'static Field>)>,
    /// What fields that no column is are in all rows.
    set: Vec<(&'static str, String)>,
    /// The field of the table that is how many people came.
    pub(super) people: Option<&'static str>,
    pub(super) order: Option<DayOrder>,
    /// Whether the place of each cell is known, so that one beyond the columns is in nobody's
    /// place: in workbooks.
    pub(super) ragged: bool,
}

impl Layout {
    pub(super) fn new(
        table: ImportTable,
        columns: &[MappedColumn],
        order: Option<DayOrder>,
        ragged: bool,
    ) -> Self {
        let field = |name: &String| fields(table).iter().find(|field| field.name == name.as_str());
        let known = |column: &MappedColumn| column.field.as_ref().and_then(field);
        let set = columns
            .iter()
            .filter_map(|column| Some((known(column)?.name, column.value.clone()?)))
            .collect();
        let of_file = columns.iter().filter(|column| column.is_of_file());
        let columns = of_file.map(|column| (column.name.clone(), known(column))).collect();
        let mut names = fields(table).iter().map(|field| field.name);
        let people = names.find(|name| matches!(*name, "headcount" | "participants"));
        Self { columns, set, people, order, ragged }
    }

    /// The place of a field's column.
    pub(super) fn place(&self, field: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.1.is_some_and(|known| known.name == field))
    }

    /// What a field is in all rows.
    fn set(&self, field: &str) -> Option<&str> {
        self.set.iter().find(|(set, _)| *set == field).map(|(_, value)| value.as_str())
    }

    /// Whether the file has a column for a field, or it is the same in all rows.
    pub(super) fn has(&self, field: &str) -> bool {
        self.place(field).is_some() || self.set(field).is_some()
    }

    /// What stands in the column of a field, as written, or what it is in all rows; nothing where
    /// there is no such column.
    pub(super) fn written<'a>(&'a self, row: &'a Row, field: &str) -> &'a str {
        if let Some(value) = self.set(field) {
            return value;
        }
        unmarked(self.marked(row, field))
    }

    /// The same of a column with what is known of the cell in front.
    fn marked<'a>(&self, row: &'a Row, field: &str) -> &'a str {
        self.place(field).and_then(|place| row.cells.get(place)).map_or("", String::as_str)
    }

    /// Whether something is known of the cell in the column of a field.
    pub(super) fn is_marked(&self, row: &Row, field: &str, mark: Mark) -> bool {
        self.set(field).is_none() && is_marked(self.marked(row, field), mark)
    }

    /// The same, clean.
    pub(super) fn cell(&self, row: &Row, field: &str) -> String {
        clean(self.written(row, field))
    }

    /// What a rule refuses of a row, at the column of the field that it names.
    pub(super) fn refused(&self, row: &Row, refusal: &Refusal) -> Remark {
        let named = refusal.names();
        let field = named.into_iter().chain((refusal.field == "ordinal").then_some("number"));
        match field.into_iter().find(|field| self.has(field) && !self.cell(row, field).is_empty()) {
            Some(field) => Remark::of_cell(
                Weight::Refused,
                self.heading(field),
                "",
                false,
                refusal.message.clone(),
            ),
            None => Remark::of_row(Weight::Refused, refusal.message.clone()),
        }
    }

    /// The heading of the column of a field.
    pub(super) fn heading<'a>(&'a self, field: &'a str) -> &'a str {
        self.place(field)
            .and_then(|place| self.columns.get(place))
            .map_or(field, |column| column.0.as_str())
    }
}
