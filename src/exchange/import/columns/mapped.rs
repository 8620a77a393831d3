//! What the columns of a file are taken for, and what is the same in all of its rows.

use entity::vocabulary::ImportTable;
use serde::{Deserialize, Serialize};

use super::{Field, field_named, fields, fit};
use crate::text::{fold, tidy};

/// A column of a file with what it is taken for; or a field that no column is, with what it is in
/// all rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedColumn {
    /// As it is headed; empty where it is no column.
    pub name: String,
    /// The field that it is taken for; none where nothing is known of it, and it is left out.
    pub field: Option<String>,
    /// What the field is in all rows, where no column is it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether somebody has said so, rather than that it was guessed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub said: bool,
}

impl MappedColumn {
    /// A column that nothing is known of.
    fn headed(name: String) -> Self {
        Self { name, field: None, value: None, said: false }
    }

    /// A field that is the same in all rows.
    pub fn set(field: &Field, value: String) -> Self {
        Self { name: String::new(), field: Some(field.name.to_owned()), value: Some(value), said: true }
    }

    /// Whether it is a column of the file.
    pub fn is_of_file(&self) -> bool {
        self.value.is_none()
    }

    /// Whether it is taken for a field, or is that in all rows.
    pub fn is(&self, field: &str) -> bool {
        self.field.as_deref() == Some(field)
    }
}

/// The letters by which a spreadsheet calls a column, counted from 0.
pub fn column_name(place: usize) -> String {
    let (mut letters, mut rest) = (Vec::new(), place + 1);
    while rest > 0 {
        letters.push(b'A' + u8::try_from((rest - 1) % 26).unwrap_or_default());
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    format!("column {}", String::from_utf8_lossy(&letters))
}

/// A heading; where there is none, the letters of the column.
fn named(heading: &str, place: usize) -> String {
    let heading = tidy(heading);
    if heading.is_empty() { column_name(place) } else { heading }
}

/// What each column is taken for: the field that fits its heading best, each field once.
pub fn guess(table: ImportTable, headings: &[String]) -> Vec<MappedColumn> {
    let folded: Vec<String> = headings.iter().map(|heading| fold(heading)).collect();
    let mut fits: Vec<(usize, usize, usize)> = Vec::new();
    for (column, heading) in folded.iter().enumerate() {
        for (place, field) in fields(table).iter().enumerate() {
            if let Some(fit) = fit(heading, field) {
                fits.push((fit, column, place));
            }
        }
    }
    fits.sort_unstable();
    let mut columns: Vec<MappedColumn> =
        (0..).zip(headings).map(|(place, name)| MappedColumn::headed(named(name, place))).collect();
    let mut given = vec![false; fields(table).len()];
    for (_, column, place) in fits {
        let (Some(column), Some(given), Some(field)) =
            (columns.get_mut(column), given.get_mut(place), fields(table).get(place))
        else {
            continue;
        };
        if column.field.is_none() && !*given {
            column.field = Some(field.name.to_owned());
            *given = true;
        }
    }
    columns
}

/// What becomes of a column of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ColumnUse {
    /// It is read as a field.
    Used,
    /// It is left out, as somebody has said.
    LeftOut,
    /// It is left out, since it is not known what it is, or another column is that already; nobody
    /// has said so.
    Unknown,
}

/// What is shown of a column of a file.
#[derive(Clone, Debug, Serialize)]
pub struct ShownColumn<'a> {
    /// As it is headed.
    pub name: &'a str,
    /// The field that it is read as.
    pub field: Option<&'a str>,
    /// What becomes of it.
    #[serde(rename = "use")]
    pub usage: ColumnUse,
    /// Why it is left out although nobody has said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What is shown of the columns of a file.
pub fn shown(table: ImportTable, columns: &[MappedColumn]) -> Vec<ShownColumn<'_>> {
    let one = |(place, column)| show(table, columns, place, column);
    (0..).zip(columns).filter(|(_, column)| column.is_of_file()).map(one).collect()
}

fn show<'a>(
    table: ImportTable,
    columns: &'a [MappedColumn],
    place: usize,
    column: &'a MappedColumn,
) -> ShownColumn<'a> {
    let (name, field) = (column.name.as_str(), column.field.as_deref());
    let usage = match field.and_then(|field| field_named(table, field)) {
        Some(_) => ColumnUse::Used,
        None if column.said => ColumnUse::LeftOut,
        None => ColumnUse::Unknown,
    };
    let note = if usage == ColumnUse::Unknown { why_left_out(table, columns, place, name) } else { None };
    ShownColumn { name, field, usage, note }
}

/// Why a column is left out, where its heading alone does not tell.
fn why_left_out(table: ImportTable, columns: &[MappedColumn], place: usize, name: &str) -> Option<String> {
    if name == column_name(place) {
        return Some("has no heading: if something of use stands in it, say which field it is".to_owned());
    }
    let heading = fold(name);
    let fitting = fields(table).iter().filter_map(|field| Some((fit(&heading, field)?, field.name)));
    let taken = |(_, field): &(usize, &str)| columns.iter().find(|other| other.is(field));
    let best = fitting.filter_map(|fits| Some((fits.0, fits.1, taken(&fits)?))).min_by_key(|fits| fits.0);
    best.map(|(_, field, other)| match other.is_of_file() {
        true => format!("may be {field} as well, which \"{}\" is: one of the two is read, say which", other.name),
        false => format!("may be {field}, which is the same in all rows, as was said"),
    })
}
