//! What the columns of a file are taken for, and what is the same in all of its rows.

use entity::vocabulary::ImportTable;
use serde::{Deserialize, Serialize};

use super::super::cells::{clean, count, is_nothing};
use super::super::read::{Row, unmarked};
use super::{Field, Fit, field_named, fields, fitting, holding};
use crate::phrase::{Phrase, say};
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
        Self {
            name: String::new(),
            field: Some(field.name.to_owned()),
            value: Some(value),
            said: true,
        }
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
pub fn column_letters(place: usize) -> String {
    let (mut letters, mut rest) = (Vec::new(), place + 1);
    while rest > 0 {
        letters.push(b'A' + u8::try_from((rest - 1) % 26).unwrap_or_default());
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    String::from_utf8_lossy(&letters).into_owned()
}

/// How a column without a heading is called, by its letters.
pub fn column_name(place: usize) -> String {
    format!("column {}", column_letters(place))
}

/// A heading; where there is none, the letters of the column.
fn named(heading: &str, place: usize) -> String {
    let heading = tidy(heading);
    if heading.is_empty() { column_name(place) } else { heading }
}

/// What each column is taken for: the field that fits its heading best, each field once. Where a
/// heading fits several fields, the cells tell whether it is the one of them that is a number; of
/// several columns whose headings only hold what a field is called, none is taken.
pub fn guess(table: ImportTable, headings: &[String], rows: &[Row]) -> Vec<MappedColumn> {
    let mut columns: Vec<MappedColumn> =
        (0..).zip(headings).map(|(place, name)| MappedColumn::headed(named(name, place))).collect();
    let one = |(place, heading): (usize, &String)| {
        let (fit, fields) = fitting(table, &fold(heading));
        Some((place, fit?, told_by_cells(&fields, place, rows)?))
    };
    let fits: Vec<(usize, Fit, &Field)> = headings.iter().enumerate().filter_map(one).collect();
    let headed = |place: usize| headings.get(place).map(|heading| fold(heading));
    for field in fields(table) {
        let of_it = || fits.iter().filter(|(_, _, fitting)| fitting.name == field.name);
        let Some(best) = of_it().map(|(_, fit, _)| *fit).min() else { continue };
        let mut places = of_it().filter(|(_, fit, _)| *fit == best).map(|(place, ..)| *place);
        let Some(first) = places.next() else { continue };
        // Of columns with one heading that is known the first is read; of others nobody knows.
        let is_one = |place: usize| best < Fit::Held && headed(place) == headed(first);
        if places.all(is_one)
            && let Some(column) = columns.get_mut(first)
        {
            column.field = Some(field.name.to_owned());
        }
    }
    columns
}

/// The one of several fields that a column is, if its cells tell: the number of people where all of
/// them are numbers, the other one where one is none. Ones and noughts alone may be either.
fn told_by_cells(fields: &[&'static Field], place: usize, rows: &[Row]) -> Option<&'static Field> {
    if let [only] = fields {
        return Some(only);
    }
    let cells = rows.iter().filter_map(|row| row.cells.get(place));
    let cells = cells.map(|cell| clean(unmarked(cell)));
    let (mut is_number, mut is_flag) = (false, true);
    for cell in cells.filter(|cell| !is_nothing(cell)) {
        let number = count(&cell).ok();
        is_number = number.is_some();
        is_flag &= matches!(cell.as_str(), "0" | "1");
        if !is_number {
            break;
        }
    }
    if is_number && is_flag {
        return None;
    }
    let mut such = fields.iter().filter(|field| field.counted == is_number);
    such.next().copied().filter(|_| such.next().is_none())
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
#[derive(Clone, Debug)]
pub struct ShownColumn<'a> {
    /// As it is headed.
    pub name: &'a str,
    /// The field that it is read as.
    pub field: Option<&'a str>,
    /// What becomes of it.
    pub usage: ColumnUse,
    /// Why it is left out although nobody has said so.
    pub note: Option<Phrase>,
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
    let note =
        if usage == ColumnUse::Unknown { why_left_out(table, columns, place, name) } else { None };
    ShownColumn { name, field, usage, note }
}

/// Why a column is left out, where its heading alone does not tell.
fn why_left_out(
    table: ImportTable,
    columns: &[MappedColumn],
    place: usize,
    name: &str,
) -> Option<Phrase> {
    if name == column_name(place) {
        return Some(say!(
            "has no heading: if something of use stands in it, say which field it is"
        ));
    }
    let heading = fold(name);
    let (fit, fitting) = fitting(table, &heading);
    let [field] = fitting[..] else {
        let may_be = if fitting.is_empty() { holding(table, &heading) } else { fitting };
        let names = may_be.iter().map(|field| field.name);
        return (!may_be.is_empty())
            .then(|| say!("may be {field}: say so where it is", field = Phrase::any_of(names)));
    };
    let field = field.name;
    let Some(other) = columns.iter().find(|other| other.is(field)) else {
        let is_alike = |(at, column): &(usize, &MappedColumn)| {
            let fits = fitting_alone(table, &column.name);
            *at != place && column.is_of_file() && fits == Some((fit, field))
        };
        let alike = columns.iter().enumerate().find(|column| is_alike(column));
        return Some(match alike {
            Some((_, other)) => {
                say!(
                    "may be {field}, and so may \"{other}\": say which of the two is",
                    field,
                    other = &other.name
                )
            }
            None => say!("may be {field}: say so where it is", field),
        });
    };
    Some(match other.is_of_file() {
        true => say!(
            "may be {field} as well, which \"{other}\" is: one of the two is read, say which",
            field,
            other = &other.name
        ),
        false => say!("may be {field}, which is the same in all rows, as was said", field),
    })
}

/// The only field that a heading fits best, and how well.
fn fitting_alone(table: ImportTable, heading: &str) -> Option<(Option<Fit>, &'static str)> {
    match fitting(table, &fold(heading)) {
        (fit, fields) if fields.len() == 1 => Some((fit, fields.first()?.name)),
        _ => None,
    }
}
