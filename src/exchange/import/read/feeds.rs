//! What other systems export, as rows: events of iCalendar (RFC 5545), training events of
//! schema.org and Bioschemas in JSON-LD, and activities of IATI 2.03. Each is read field by field
//! into columns that are named like the fields of a table; what no field is made of becomes a
//! column of its own that is left out, and is shown as such.

mod calendar;
mod iati;
mod json_ld;
mod keys;

use std::collections::{BTreeMap, HashSet};

pub use self::keys::{former_key, key_of, key_of_identifier};

use super::{ReadError, Row};
use crate::phrase::say;

/// The most values that are read of one entry.
const MOST_VALUES: usize = 150;

/// The format of a text that is not a table, by its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// iCalendar.
    Calendar,
    /// JSON-LD.
    JsonLd,
    /// IATI activities.
    Iati,
}

/// Whether keys of a file that is written so are made of the identifiers of another system.
pub fn is_feed(written: &str) -> bool {
    [Feed::Calendar, Feed::JsonLd, Feed::Iati].iter().any(|feed| feed.name() == written)
}

impl Feed {
    /// What a text is, unless it is a table.
    pub fn of(beginning: &str) -> Option<Self> {
        let text = beginning.trim_start_matches('\u{feff}').trim_start();
        if text.get(..15).is_some_and(|begin| begin.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
            Some(Self::Calendar)
        } else if text.starts_with('{')
            || text
                .strip_prefix('[')
                .is_some_and(|rest| rest.trim_start().starts_with(['{', '[', ']']))
        {
            Some(Self::JsonLd)
        } else if text.starts_with('<')
            && ["<iati-activit", ":iati-activit"].iter().any(|name| text.contains(name))
        {
            Some(Self::Iati)
        } else {
            None
        }
    }

    /// How it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Calendar => "iCalendar",
            Self::JsonLd => "JSON-LD",
            Self::Iati => "IATI",
        }
    }

    /// Its entries as rows, with the header in front.
    pub fn rows(self, text: &str) -> Result<Vec<Row>, ReadError> {
        let entries = match self {
            Self::Calendar => calendar::entries(text.as_bytes())?,
            Self::JsonLd => json_ld::entries(text)?,
            Self::Iati => iati::entries(text)?,
        };
        if entries.is_empty() {
            let message = match self {
                Self::Calendar => no_events(),
                Self::JsonLd => say!(
                    "the file is JSON without an event or course of schema.org that is held at \
                     some time: save the table as XLSX or CSV"
                ),
                Self::Iati => say!(
                    "the document has no activity (iati-activity): save the table as XLSX or CSV"
                ),
            };
            return Err(ReadError::File(message));
        }
        Ok(table(entries))
    }

    /// Whether a file that begins so is a calendar.
    pub fn is_calendar(first: &[u8]) -> bool {
        let text = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first).trim_ascii_start();
        text.get(..13).is_some_and(|begin| begin.eq_ignore_ascii_case(b"BEGIN:VCALEND"))
    }
}

/// The events of a calendar as rows, with the header in front: of its bytes, since a line may be
/// folded within a character.
pub fn calendar_rows(bytes: &[u8]) -> Result<Vec<Row>, ReadError> {
    let entries = calendar::entries(bytes)?;
    if entries.is_empty() {
        return Err(ReadError::File(no_events()));
    }
    Ok(table(entries))
}

fn no_events() -> crate::phrase::Phrase {
    say!("the calendar has no event (VEVENT), and tasks and notes are not read: export its events")
}

/// The values of an entry by their columns, and the line in which it begins.
#[derive(Clone, Debug, Default)]
struct Entry {
    line: u64,
    values: BTreeMap<String, String>,
}

impl Entry {
    /// Adds a value; several of one column are joined. Of what is left out there are so many
    /// columns at most, and the others are named in one; fields are read however many these are.
    fn add(&mut self, column: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        if is_left_out(column)
            && !self.values.contains_key(column)
            && self.values.len() >= MOST_VALUES
        {
            self.name_more(column);
            return;
        }
        let there = self.values.entry(column.to_owned()).or_default();
        if there.is_empty() {
            there.push_str(value);
        } else if there.len() + value.len() < super::LARGEST_ROW / 8 {
            there.push_str("; ");
            there.push_str(value);
        }
    }

    /// Names what is not shown, in a column of its own; how that is headed.
    fn name_more(&mut self, column: &str) -> String {
        let (format, name) = column.split_once(' ').unwrap_or(("", column));
        let more = format!("{format} {MORE}");
        let there = self.values.entry(more.clone()).or_default();
        if there.len() + name.len() < super::LARGEST_ROW / 8 {
            if !there.is_empty() {
                there.push_str("; ");
            }
            there.push_str(name);
        }
        more
    }

    /// Sets a value unless there is one.
    fn set(&mut self, column: &str, value: &str) {
        if !self.values.contains_key(column) {
            self.add(column, value);
        }
    }
}

/// How the column is called that names what is not shown, behind the name of the format.
const MORE: &str = "and more";

/// Whether a column is one that no field is made of: these begin with the name of their format.
fn is_left_out(column: &str) -> bool {
    column.contains(' ')
}

/// Entries as a table with a column for each thing that any of them says: the fields, then what is
/// left out.
fn table(mut entries: Vec<Entry>) -> Vec<Row> {
    let mut columns: Vec<String> = Vec::new();
    let mut seen: HashSet<&String> = HashSet::new();
    // What names the others needs its place, too.
    let most = super::MOST_COLUMNS - 1;
    let of = |wanted: fn(&str) -> bool| {
        entries.iter().flat_map(|entry| entry.values.keys()).filter(move |one| wanted(one))
    };
    let fields = of(|column| !is_left_out(column));
    let named = of(|column| column.ends_with(MORE));
    for column in fields.chain(named).chain(of(is_left_out)) {
        if columns.len() < most && seen.insert(column) {
            columns.push(column.clone());
        }
    }
    let shown: HashSet<String> = columns.iter().cloned().collect();
    for entry in &mut entries {
        let beyond: Vec<String> =
            entry.values.keys().filter(|column| !shown.contains(*column)).cloned().collect();
        for column in beyond {
            let more = entry.name_more(&column);
            if !columns.contains(&more) {
                columns.push(more);
            }
        }
    }
    let cells = |entry: &Entry| {
        columns.iter().map(|column| entry.values.get(column).cloned().unwrap_or_default()).collect()
    };
    let rows = entries
        .iter()
        .map(|entry| Row { line: entry.line, cells: cells(entry) })
        .collect::<Vec<_>>();
    let header = Row { line: 0, cells: columns.clone() };
    std::iter::once(header).filter(|row| !row.cells.is_empty()).chain(rows).collect()
}

#[cfg(test)]
pub(in crate::exchange::import::read) mod tests {
    use super::*;

    pub(super) fn values(rows: &[Row]) -> Vec<(u64, BTreeMap<String, String>)> {
        let Some((header, rows)) = rows.split_first() else { return Vec::new() };
        let entry = |row: &Row| {
            (row.line, header.cells.iter().cloned().zip(row.cells.iter().cloned()).collect())
        };
        rows.iter().map(entry).collect()
    }

    pub(super) fn is(values: &BTreeMap<String, String>, expected: &[(&str, &str)]) {
        for (name, value) in expected {
            assert_eq!(values.get(*name).map(String::as_str), Some(*value), "{name} in {values:?}");
        }
    }

    #[test]
    fn fields_come_before_what_is_left_out() {
        let mut entry = Entry::default();
        for number in 0..300 {
            entry.add(&format!("iCalendar A{number}"), "x");
        }
        entry.set("title", "T");
        let mut other = Entry { line: 2, ..Entry::default() };
        for number in 0..140 {
            other.add(&format!("iCalendar B{number}"), "x");
        }
        other.set("venue", "V");
        let rows = table(vec![entry, other]);
        let header = &rows[0].cells;
        assert_eq!(header[..2], ["title", "venue"]);
        assert!(header.len() <= super::super::MOST_COLUMNS);
        let more = header
            .iter()
            .position(|name| name == "iCalendar and more")
            .expect("what is not shown is named");
        assert!(
            rows[1].cells[more].contains("A299") && rows[2].cells[more].contains("B99"),
            "{:?}",
            rows[2].cells
        );
    }
}
