//! What the parts of a workbook say of a sheet beside its values: which rows are hidden, which
//! cells are merged, and which formulas have no value stored with them.

use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Read, Seek};

use quick_xml::Reader as Xml;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::{MOST_COLUMNS, ReadError};
use crate::phrase::say;

/// What is said of a sheet; rows and columns are counted from 0.
#[derive(Debug, Default)]
pub struct Facts {
    /// Rows that are hidden.
    pub hidden: HashSet<u32>,
    /// Columns that are hidden, of those that are read.
    pub hidden_columns: HashSet<u32>,
    /// Cells that go on below, each with its last row.
    pub merged: HashMap<(u32, u32), u32>,
    /// Formulas without a value, as written.
    pub without_value: HashMap<(u32, u32), String>,
}

/// Reads what is said of a sheet; nothing where the workbook has it in another place than usual.
pub fn facts<R: Read + Seek>(archive: &mut ZipArchive<R>, sheet: &str) -> Result<Facts, ReadError> {
    let Some(path) = path_of(archive, sheet)? else { return Ok(Facts::default()) };
    let Ok(part) = archive.by_name(&path) else { return Ok(Facts::default()) };
    let mut facts = Facts::default();
    let mut cell = Cell::default();
    let mut row = 0;
    each(part, |event| match event {
        Event::Start(start) | Event::Empty(start) if start.local_name().as_ref() == "row" => {
            row = attribute(start, "r")
                .and_then(|number| number.parse().ok())
                .map_or(row, |number: u32| number.saturating_sub(1));
            if attribute(start, "hidden").is_some_and(|hidden| hidden == "1" || hidden == "true") {
                facts.hidden.insert(row);
            }
            cell.column = 0;
        }
        Event::End(end) if end.local_name().as_ref() == "row" => row += 1,
        Event::Start(start) | Event::Empty(start) if start.local_name().as_ref() == "col" => {
            let number = |name| {
                attribute(start, name).and_then(|number| number.parse::<u32>().ok()?.checked_sub(1))
            };
            if attribute(start, "hidden").is_some_and(|hidden| hidden == "1" || hidden == "true")
                && let (Some(first), Some(last)) = (number("min"), number("max"))
            {
                let most = u32::try_from(MOST_COLUMNS).unwrap_or(u32::MAX);
                facts.hidden_columns.extend((first..=last).take_while(|place| *place < most));
            }
        }
        Event::Start(start) if start.local_name().as_ref() == "c" => {
            let at =
                attribute(start, "r").and_then(|name| place(&name)).unwrap_or((row, cell.column));
            let is_text = attribute(start, "t").is_some_and(|kind| kind == "str");
            cell = Cell { at, column: at.1 + 1, is_text, ..Cell::default() };
        }
        Event::Start(start) => {
            cell.within = start.local_name().as_ref().to_owned();
            cell.is_formula |= cell.within == "f";
            cell.has_value |= cell.is_text && cell.within == "v";
        }
        Event::Empty(empty) => {
            cell.is_formula |= empty.local_name().as_ref() == "f";
            cell.has_value |= cell.is_text && empty.local_name().as_ref() == "v";
            if empty.local_name().as_ref() == "mergeCell"
                && let Some((from, to)) = attribute(empty, "ref").as_deref().and_then(area)
                && to.0 > from.0
            {
                facts.merged.insert(from, to.0);
            }
        }
        Event::Text(text) => match cell.within.as_str() {
            "f" if cell.formula.len() < LONGEST_FORMULA => cell.formula.push_str(text),
            "v" | "t" => cell.has_value |= !text.trim().is_empty(),
            _ => {}
        },
        Event::End(end) if end.local_name().as_ref() == "c" => {
            if cell.is_formula && !cell.has_value {
                let formula: String = cell.formula.chars().take(LONGEST_FORMULA).collect();
                facts.without_value.insert(cell.at, format!("={formula}"));
            }
            cell = Cell { column: cell.column, ..Cell::default() };
        }
        Event::End(_) => cell.within.clear(),
        _ => {}
    })?;
    Ok(facts)
}

/// How much of a formula is kept.
const LONGEST_FORMULA: usize = 80;

#[derive(Default)]
struct Cell {
    at: (u32, u32),
    column: u32,
    within: String,
    formula: String,
    is_formula: bool,
    is_text: bool,
    has_value: bool,
}

/// Goes through a part.
fn each(part: impl Read, mut see: impl FnMut(&Event<'_>)) -> Result<(), ReadError> {
    let mut xml = Xml::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Eof) => return Ok(()),
            Ok(event) => see(&event),
            Err(error) => {
                return Err(ReadError::File(say!("the workbook cannot be read: {error}", error)));
            }
        }
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start
        .attributes()
        .flatten()
        .find(|one| one.key.as_ref().rsplit(':').next() == Some(name))?;
    Some(
        quick_xml::escape::unescape(&found.value)
            .map_or_else(|_| found.value.to_string(), |text| text.into_owned()),
    )
}

/// The part that holds a sheet.
fn path_of<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    sheet: &str,
) -> Result<Option<String>, ReadError> {
    let mut id = None;
    if let Ok(part) = archive.by_name("xl/workbook.xml") {
        each(part, |event| {
            if let Event::Start(one) | Event::Empty(one) = event
                && one.local_name().as_ref() == "sheet"
                && attribute(one, "name").as_deref() == Some(sheet)
            {
                id = id.take().or_else(|| attribute(one, "id"));
            }
        })?;
    }
    let mut path = None;
    if let (Some(id), Ok(part)) = (id, archive.by_name("xl/_rels/workbook.xml.rels")) {
        each(part, |event| {
            if let Event::Start(one) | Event::Empty(one) = event
                && one.local_name().as_ref() == "Relationship"
                && attribute(one, "Id").as_ref() == Some(&id)
            {
                path = attribute(one, "Target");
            }
        })?;
    }
    Ok(path.map(|path| match path.strip_prefix('/') {
        Some(whole) => whole.to_owned(),
        None => format!("xl/{path}"),
    }))
}

/// `C2` → (1, 2).
fn place(name: &str) -> Option<(u32, u32)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (column, row) = name.split_at_checked(letters)?;
    let number = |sum: u32, letter: u8| {
        sum.checked_mul(26)?.checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    };
    let column = column.bytes().try_fold(0, number)?;
    Some((row.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

/// `A2:A6` → its first and its last cell.
fn area(name: &str) -> Option<((u32, u32), (u32, u32))> {
    let (from, to) = name.split_once(':')?;
    Some((place(from)?, place(to)?))
}
