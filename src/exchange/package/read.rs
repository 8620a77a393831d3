//! From bytes to cells: encoding, the size of cells, the header, and the number of cells in each
//! row. What is wrong here makes all else meaningless, so it is told first.

use std::borrow::Cow;

use csv::StringRecord;

use super::files::Resource;
use super::problems::{Problem, Problems};
use super::row::Column;

/// The largest cell, in bytes: a long paragraph has some thousands.
pub const CELL_LIMIT: usize = 64 << 10;

/// A table of cells.
pub(super) struct Sheet {
    /// The file.
    pub(super) file: String,
    header: Vec<String>,
    /// Each row, with the line in which it begins.
    pub(super) rows: Vec<(u64, StringRecord)>,
}

impl Sheet {
    /// What stands in a column of a row; nothing where there is no such column.
    pub(super) fn cell<'a>(&self, row: &'a StringRecord, column: &str) -> &'a str {
        let place = self.header.iter().position(|name| name == column);
        place.and_then(|place| row.get(place)).unwrap_or_default()
    }
}

/// Reads a file that is to be a table with these columns.
pub(super) fn read(
    resource: &Resource,
    columns: &[Column],
    problems: &mut Problems,
) -> Option<Sheet> {
    let problem = |message: String| Problem::of_file(&resource.file, message);
    let text = match text(&resource.bytes) {
        Ok(text) => text,
        Err(message) => {
            problems.push(problem(message));
            return None;
        }
    };
    if let Err((line, place, message)) = scan(text) {
        let column = text.lines().next().and_then(|header| header.split(',').nth(place));
        // In the header, and where a row has too many cells, the cell has no column to be named by.
        let column =
            column.filter(|name| line > 1 && columns.iter().any(|column| column.name == *name));
        let column = column.map_or_else(|| format!("cell {}", place + 1), str::to_owned);
        problems.push(problem(message).at(line).in_column(column));
        return None;
    }
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut lines = Lines { text: text.as_bytes(), byte: 0, line: 1 };
    let mut header: Option<Vec<String>> = None;
    let mut rows = Vec::new();
    let mut right = true;
    let mut row = StringRecord::new();
    loop {
        match reader.read_record(&mut row) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                problems.push(problem(format!("is not a CSV file: {error}")));
                return None;
            }
        }
        let line = lines.of(row.position());
        let Some(header) = &header else {
            let names: Vec<String> = row.iter().map(str::to_owned).collect();
            right &= check_header(&names, columns, |message| problem(message).at(line), problems);
            header = Some(names);
            continue;
        };
        if row.len() != header.len() {
            right = false;
            let cells = if row.len() == 1 { "cell" } else { "cells" };
            let message =
                format!("the row has {} {cells}, the header has {}", row.len(), header.len());
            problems.push(problem(message).at(line));
        } else if right {
            rows.push((line, row.clone()));
        }
    }
    match header {
        None => {
            problems.push(problem("is empty: it needs at least a header line".to_owned()));
            None
        }
        Some(header) if right => Some(Sheet { file: resource.file.clone(), header, rows }),
        Some(_) => None,
    }
}

/// The text of a file in UTF-8, which may begin with a byte order mark.
fn text(bytes: &[u8]) -> Result<&str, String> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err("is encoded in UTF-16; it must be UTF-8".to_owned());
    }
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    let line = |end: usize| 1 + bytes.iter().take(end).filter(|byte| **byte == b'\n').count();
    match std::str::from_utf8(bytes) {
        Ok(text) => match bytes.iter().position(|byte| *byte == 0) {
            Some(zero) => Err(format!(
                "is not text: byte {zero}, in line {}, is zero; it must be UTF-8",
                line(zero)
            )),
            None => Ok(text),
        },
        Err(error) => {
            let end = error.valid_up_to();
            Err(format!(
                "is not encoded in UTF-8: byte {end}, in line {}, does not belong to it",
                line(end)
            ))
        }
    }
}

/// Looks for a cell that is too large or does not end, without keeping any. Tells the line in which
/// the cell begins, its place in the row, and what is wrong.
fn scan(text: &str) -> Result<(), (u64, usize, String)> {
    let (mut line, mut place, mut size) = (1, 0, 0);
    let (mut begins, mut quoted) = (1, false);
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'\n' || (byte == b'\r' && bytes.peek() != Some(&b'\n')) {
            line += 1;
        }
        match byte {
            b'"' if quoted => quoted = bytes.next_if_eq(&b'"').is_some(),
            b'"' if size == 0 => quoted = true,
            _ if quoted => {}
            b',' => {
                (place, size, begins) = (place + 1, 0, line);
                continue;
            }
            b'\n' | b'\r' => {
                (place, size, begins) = (0, 0, line);
                continue;
            }
            _ => {}
        }
        size += 1;
        if size > CELL_LIMIT {
            return Err((
                begins,
                place,
                format!("the cell is larger than {} KiB", CELL_LIMIT >> 10),
            ));
        }
    }
    if quoted {
        return Err((begins, place, "the cell begins with a quote that is not closed".to_owned()));
    }
    Ok(())
}

/// All columns are known, none stands twice, and those that must be there are.
fn check_header(
    names: &[String],
    columns: &[Column],
    problem: impl Fn(String) -> Problem,
    problems: &mut Problems,
) -> bool {
    let before = problems.count();
    if let [only] = names
        && columns.len() > 1
        && only.contains([';', '\t'])
    {
        problems.push(problem("the cells are not separated by commas".to_owned()));
        return false;
    }
    for (place, name) in names.iter().enumerate() {
        if !columns.iter().any(|column| column.name == name) {
            let known: Vec<_> = columns.iter().map(|column| column.name).collect();
            let message = format!("is not a column of this table: it has {}", known.join(", "));
            problems.push(problem(message).with(name, false));
        } else if names.iter().take(place).any(|other| other == name) {
            problems.push(problem("is a column twice".to_owned()).with(name, false));
        }
    }
    for column in columns.iter().filter(|column| column.required) {
        if !names.iter().any(|name| name == column.name) {
            problems.push(problem(format!("the column {:?} is missing", column.name)));
        }
    }
    problems.count() == before
}

/// Counts lines up to the beginning of each row: the reader's own count is that of the line end
/// before it.
struct Lines<'a> {
    text: &'a [u8],
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let start = position
            .map_or(self.byte, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
        while let Some(byte) = self.text.get(self.byte) {
            if self.byte >= start && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.byte += 1;
            if *byte == b'\n' || (*byte == b'\r' && self.text.get(self.byte) != Some(&b'\n')) {
                self.line += 1;
            }
        }
        self.line
    }
}

/// The value of a cell with a message, for the sheet's file.
pub(super) fn problem_at(
    sheet: &Sheet,
    line: u64,
    column: impl Into<Cow<'static, str>>,
    message: impl Into<String>,
) -> Problem {
    Problem::of_file(&sheet.file, message).at(line).in_column(column.into())
}
