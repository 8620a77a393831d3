//! One row, read field by field; what is wrong with a cell is remarked with its column and value.

use chrono::NaiveDate;
use entity::vocabulary::{DatePrecision, Vocabulary};

use super::cells::{self, Count, clean, is_formula, is_nothing};
use super::columns::column_letters;
use super::dates::{self, Day, NoDay};
use super::layout::Layout;
use super::read::{Mark, Row, is_marked, strayed};
use super::remark::{Remark, Weight};
use crate::error::Refusal;
use crate::phrase::{Phrase, say};
use crate::rule::{self, check};
use crate::text::fold;

/// A row that is read.
pub(super) struct RowParser<'a> {
    pub(super) layout: &'a Layout,
    pub(super) row: &'a Row,
    pub(super) remarks: Vec<Remark>,
}

impl<'a> RowParser<'a> {
    /// Begins, with what is wrong with the row as a whole.
    pub(super) fn new(layout: &'a Layout, row: &'a Row) -> Self {
        let mut parser = Self { layout, row, remarks: Vec::new() };
        let (cells, columns) = (row.cells.len(), layout.columns.len());
        if row.cells.first().is_some_and(|cell| is_marked(cell, Mark::HiddenRow)) {
            parser
                .remarks
                .push(Remark::of_row(Weight::Note, say!("the row is hidden in the workbook")));
        }
        // Cells that are missing at the end are blank ones.
        let mut beyond = (columns..cells)
            .filter(|place| row.cells.get(*place).is_some_and(|cell| !clean(cell).is_empty()));
        if let Some(place) = beyond.next() {
            let remark = if layout.ragged {
                let message = say!(
                    "what stands in column {letters} has no heading above it, and is left out",
                    letters = column_letters(place)
                );
                Remark::of_row(Weight::Note, message)
            } else {
                let message = say!(
                    "the row has {cells} cells under {columns} columns: which one is too many is \
                     not known",
                    cells,
                    columns
                );
                Remark::of_row(Weight::Refused, message)
            };
            parser.remarks.push(remark);
        }
        for (_, field) in &layout.columns {
            let Some(field) = field else { continue };
            if layout.is_marked(row, field.name, Mark::HiddenColumn) {
                parser.remark(
                    Weight::Note,
                    field.name,
                    say!("stands in a column that is hidden in the workbook"),
                );
            }
            if layout.is_marked(row, field.name, Mark::Utc) {
                let message = say!(
                    "is the day in UTC: the file does not say in which time zone it is held, and \
                     it may be another day there"
                );
                parser.remark(Weight::Note, field.name, message);
            }
            match strayed(layout.written(row, field.name)) {
                Some(Some(byte)) => {
                    let message = say!(
                        "holds the byte {byte}, which is no text in the encoding of the file: type \
                         it anew",
                        byte
                    );
                    parser.refuse(field.name, message);
                }
                Some(None) => {
                    parser.refuse(
                        field.name,
                        say!("holds a character that was lost on the way: type it anew"),
                    );
                }
                None => {}
            }
        }
        parser
    }

    /// Remarks something about the cell of a field.
    pub(super) fn remark(&mut self, weight: Weight, field: &str, message: Phrase) {
        let cell = self.layout.cell(self.row, field);
        let personal = self
            .layout
            .place(field)
            .and_then(|place| self.layout.columns.get(place)?.1)
            .is_some_and(|field| field.personal);
        self.remarks.push(Remark::of_cell(
            weight,
            self.layout.heading(field),
            &cell,
            personal,
            message,
        ));
    }

    pub(super) fn refuse(&mut self, field: &str, message: Phrase) {
        self.remark(Weight::Refused, field, message);
    }

    /// Refuses a cell that a rule does not hold for, with the value and the bound.
    pub(super) fn hold(&mut self, field: &str, held: Result<(), Refusal>) {
        if let Err(refusal) = held {
            self.refuse(field, say!("cannot be: {why}", why = refusal.message));
        }
    }

    /// Whether anything hinders the row.
    pub(super) fn is_hindered(&self) -> bool {
        self.remarks.iter().any(|remark| remark.weight > Weight::Note)
    }

    /// What stands in a column, whatever it is; a formula is no value.
    pub(super) fn raw(&mut self, field: &str) -> Option<String> {
        let cell = self.layout.cell(self.row, field);
        let written = self.layout.written(self.row, field);
        if is_formula(written) {
            self.refuse(
                field,
                if written.trim_start().starts_with('#') {
                    say!("is what a formula leaves that has no value: write the value")
                } else {
                    say!(
                        "is a formula that has no stored value: open and save the file in a \
                         spreadsheet, or write the value"
                    )
                },
            );
            return None;
        }
        Some(cell).filter(|cell| !cell.is_empty())
    }

    /// A text, unless the cell says nothing.
    pub(super) fn text(&mut self, field: &str) -> Option<String> {
        self.raw(field).filter(|cell| !is_nothing(cell))
    }

    /// A text that names something, no longer than a rule lets it be.
    pub(super) fn name(&mut self, field: &'static str) -> Option<String> {
        let text = self.text(field)?;
        self.within_bounds(field, &text)
    }

    /// The same, which must be there.
    pub(super) fn required_name(&mut self, field: &'static str) -> Option<String> {
        let text = self.required(field)?;
        self.within_bounds(field, &text)
    }

    fn within_bounds(&mut self, field: &'static str, text: &str) -> Option<String> {
        rule::tidied(text, field).map_err(|refusal| self.refuse(field, refusal.message)).ok()
    }

    /// A text that must be there.
    pub(super) fn required(&mut self, field: &str) -> Option<String> {
        let text = self.text(field);
        if text.is_none() && !is_formula(self.layout.written(self.row, field)) {
            let message = if self.layout.has(field) {
                say!("nothing stands there, and something must")
            } else {
                say!("no column is {field}", field)
            };
            self.refuse(field, message);
        }
        text
    }

    fn no_day(&mut self, field: &str, why: NoDay) {
        match why {
            NoDay::Ambiguous(one, other) => {
                self.remark(
                    Weight::Ambiguous,
                    field,
                    say!(
                        "may be {one} or {other}: say whether days or months come first",
                        one,
                        other
                    ),
                );
            }
            NoDay::Wrong(message) => self.refuse(field, message),
        }
    }

    /// A day.
    pub(super) fn day(&mut self, field: &str) -> Option<Day> {
        let text = self.text(field)?;
        dates::day(&text, self.layout.order).map_err(|why| self.no_day(field, why)).ok()
    }

    /// The last day of what is written there.
    pub(super) fn last_day(&mut self, field: &str) -> Option<(NaiveDate, DatePrecision)> {
        self.day(field).map(|day| (day.last(), day.precision))
    }

    /// A first and a last day.
    pub(super) fn days(&mut self, field: &str) -> Option<(Day, Day)> {
        let text = self.text(field)?;
        dates::days(&text, self.layout.order).map_err(|why| self.no_day(field, why)).ok()
    }

    /// A number of people, or of what else has these names.
    pub(super) fn count(&mut self, field: &str, words: &[&str]) -> Option<Count> {
        let text = self.text_of_one_row(field)?;
        cells::count_of(words, &text).map_err(|message| self.refuse(field, message)).ok()
    }

    /// A text that is of this row alone: of which rows a number is that stands in one cell for
    /// several, nobody can tell.
    fn text_of_one_row(&mut self, field: &str) -> Option<String> {
        let text = self.text(field)?;
        if self.layout.is_marked(self.row, field, Mark::Merged) {
            let message = say!(
                "stands in one cell for several rows, and may be of all of them together: write \
                 the number of each"
            );
            self.refuse(field, message);
            return None;
        }
        Some(text)
    }

    /// How many people there is room for.
    pub(super) fn capacity(&mut self, field: &str) -> Option<i32> {
        let text = self.text_of_one_row(field)?;
        cells::places(&text).map_err(|message| self.refuse(field, message)).ok()
    }

    /// A place in an order, counted from one.
    pub(super) fn position(&mut self, field: &str) -> Option<i32> {
        let text = self.text(field)?;
        cells::whole(&text).map_err(|message| self.refuse(field, message)).ok()
    }

    /// The number of a run.
    pub(super) fn number(&mut self, field: &str) -> Option<i32> {
        let text = self.text(field)?;
        let number = cells::number_of_run(&text);
        if number.is_none() {
            self.refuse(field, say!("is not the number of a run, such as 2, II, ke-2 or Batch 2"));
        }
        number
    }

    /// The language of a text, where one is said.
    pub(super) fn language(&mut self, field: &str) -> Option<String> {
        let language = cells::language(&self.text(field)?);
        if let Err(refusal) = check::language("language", &language) {
            self.refuse(field, refusal.message);
            return None;
        }
        Some(language)
    }

    /// A degree, with a point or a comma.
    pub(super) fn degree(&mut self, field: &str) -> Option<f64> {
        let text = self.text(field)?;
        let read = text
            .replace(',', ".")
            .trim_end_matches('°')
            .trim()
            .parse()
            .ok()
            .filter(|degree: &f64| degree.is_finite());
        if read.is_none() {
            self.refuse(field, say!("is not a number of degrees"));
        }
        read
    }

    /// A value of a vocabulary, by its name or by what people write for it.
    pub(super) fn vocabulary<V: Vocabulary + Copy>(
        &mut self,
        field: &str,
        also: &[(&str, V)],
    ) -> Option<V> {
        let text = self.text(field)?;
        let folded = fold(&text);
        if let Some((_, value)) = also.iter().find(|(written, _)| *written == folded) {
            return Some(*value);
        }
        if let Some(people) =
            self.layout.people.filter(|_| field == "status" && cells::count(&text).is_ok())
        {
            let column = self.layout.heading(field).to_owned();
            let message = say!(
                "is a number, and no state: if \"{column}\" is how many came, say that it is \
                 {people}",
                column,
                people
            );
            self.refuse(field, message);
            return None;
        }
        V::parse(&folded.to_uppercase().replace(' ', "_"))
            .map_err(|unknown| {
                let message = say!(
                    "is not a {vocabulary}: it is one of {known}",
                    vocabulary = unknown.vocabulary,
                    known = Phrase::joined(unknown.known, ", ")
                );
                self.refuse(field, message);
            })
            .ok()
    }
}
