//! What other systems export, as rows: events of iCalendar (RFC 5545), training events of schema.org and Bioschemas in JSON-LD, and
//! activities of IATI 2.03. Each is read field by field into columns that are named like the fields of a table; what no field is made of
//! becomes a column of its own that is left out, and is shown as such.

mod calendar;
mod iati;
mod json_ld;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

pub use self::calendar::{OWN_KEY, OWN_NUMBER, OWN_PROGRAMME, OWN_VENUE};

use super::{ReadError, Row};
use crate::text::{fold, hexadecimal};

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

impl Feed {
    /// What a text is, unless it is a table.
    pub fn of(beginning: &str) -> Option<Self> {
        let text = beginning.trim_start_matches('\u{feff}').trim_start();
        if text.get(..15).is_some_and(|begin| begin.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
            Some(Self::Calendar)
        } else if text.starts_with('{')
            || text.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', '[', ']']))
        {
            Some(Self::JsonLd)
        } else if text.starts_with('<') && text.contains("<iati-activit") {
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
        Ok(table(entries))
    }

    /// Whether a file that begins so is a calendar.
    pub fn is_calendar(first: &[u8]) -> bool {
        let text = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first).trim_ascii_start();
        text.get(..13).is_some_and(|begin| begin.eq_ignore_ascii_case(b"BEGIN:VCALEND"))
    }
}

/// The events of a calendar as rows, with the header in front: of its bytes, since a line may be folded within a character.
pub fn calendar_rows(bytes: &[u8]) -> Result<Vec<Row>, ReadError> {
    Ok(table(calendar::entries(bytes)?))
}

/// The values of an entry by their columns, and the line in which it begins.
#[derive(Clone, Debug, Default)]
struct Entry {
    line: u64,
    values: BTreeMap<String, String>,
}

impl Entry {
    /// Adds a value; several of one column are joined.
    fn add(&mut self, column: &str, value: &str) {
        if value.is_empty() || self.values.len() >= MOST_VALUES {
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

    /// Sets a value unless there is one.
    fn set(&mut self, column: &str, value: &str) {
        if !self.values.contains_key(column) {
            self.add(column, value);
        }
    }
}

/// Entries as a table with a column for each thing that any of them says.
fn table(entries: Vec<Entry>) -> Vec<Row> {
    let mut columns: Vec<String> = Vec::new();
    for column in entries.iter().flat_map(|entry| entry.values.keys()) {
        if !columns.contains(column) && columns.len() < super::MOST_COLUMNS {
            columns.push(column.clone());
        }
    }
    let cells =
        |entry: &Entry| columns.iter().map(|column| entry.values.get(column).cloned().unwrap_or_default()).collect();
    let rows = entries.iter().map(|entry| Row { line: entry.line, cells: cells(entry) }).collect::<Vec<_>>();
    let header = Row { line: 0, cells: columns.clone() };
    std::iter::once(header).filter(|row| !row.cells.is_empty()).chain(rows).collect()
}

/// The most letters of a key that is made here.
const LONGEST_KEY: usize = 100;
/// How many of them are left in front of a digest.
const STEM: usize = 87;

/// A key of the register made of another system's identifier: what of it a key may have, letters and digits, with hyphens between. Where
/// that loses what tells it from others, since it is too long or in another script, a digest of all of it is added.
pub fn key_of(id: &str) -> String {
    let mut key = String::new();
    let mut is_whole = true;
    for c in fold(id).chars() {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            key.push(c);
        } else {
            is_whole &= !c.is_alphanumeric();
            if !key.ends_with('-') && !key.is_empty() {
                key.push('-');
            }
        }
    }
    let mut key = key.trim_end_matches('-').to_owned();
    if is_whole && key.len() <= LONGEST_KEY {
        return key;
    }
    key.truncate(STEM);
    let digest = hexadecimal(&Sha256::digest(id.as_bytes()));
    let digest = digest.get(..12).unwrap_or_default();
    match key.trim_end_matches('-') {
        "" => format!("id-{digest}"),
        stem => format!("{stem}-{digest}"),
    }
}

#[cfg(test)]
pub(in crate::exchange::import::read) mod tests {
    use super::*;

    pub(super) fn values(rows: &[Row]) -> Vec<(u64, BTreeMap<String, String>)> {
        let Some((header, rows)) = rows.split_first() else { return Vec::new() };
        let entry = |row: &Row| (row.line, header.cells.iter().cloned().zip(row.cells.iter().cloned()).collect());
        rows.iter().map(entry).collect()
    }

    pub(super) fn is(values: &BTreeMap<String, String>, expected: &[(&str, &str)]) {
        for (name, value) in expected {
            assert_eq!(values.get(*name).map(String::as_str), Some(*value), "{name} in {values:?}");
        }
    }

    #[test]
    fn identifiers_that_differ_are_keys_that_differ() {
        let long = |end: &str| key_of(&format!("https://training.example.org/{}/{end}", "programmes/".repeat(10)));
        assert_ne!(long("run-1"), long("run-2"));
        assert!(long("run-1").len() <= 100 && crate::rule::check::is_key(&long("run-1")), "{}", long("run-1"));
        assert_ne!(key_of("培训一"), key_of("培训二"));
        assert_ne!(key_of("run 一"), key_of("run 二"));
        assert!(crate::rule::check::is_key(&key_of("培训一")));
        assert_eq!(key_of("Batik-2024@example.org"), "batik-2024-example-org");
        assert_eq!(key_of("KC_2010"), "kc-2010");
        assert_eq!(key_of("Café 1"), "cafe-1");
        assert_eq!(key_of("--"), "");
    }
}
