//! The first visible sheet of an XLSX workbook as rows of cells, each as it is shown: a day as
//! exactly as its format shows it, a number with the digits that a spreadsheet shows. What stands
//! in a merged cell stands in each row of it, with a mark.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufReader};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx};

use super::facts::{Facts, facts};
use super::{Bytes, LARGEST_ROW, MOST_COLUMNS, Mark, Out, ReadError, Row};
use crate::phrase::say;

/// The most bytes that the parts of a workbook may have when they are unpacked.
const LARGEST_WORKBOOK: u64 = 512 << 20;
/// The most bytes of its strings, all of which are held in memory.
const LARGEST_STRINGS: u64 = 64 << 20;

/// A workbook that is open, and the sheet of it that is read.
pub struct Sheet<R> {
    workbook: Xlsx<BufReader<R>>,
    /// How the sheet is called.
    pub name: String,
    facts: Facts,
}

/// Opens a workbook once it is known that it does not unpack to more than memory holds.
pub fn open<R: Bytes>(mut file: R) -> Result<Sheet<R>, ReadError> {
    let broken = |error: &dyn fmt::Display| {
        ReadError::File(say!("the workbook cannot be read: {error}", error))
    };
    let mut archive = zip::ZipArchive::new(&mut file).map_err(|error| broken(&error))?;
    let mut all = 0;
    let mut is_xlsx = false;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|error| broken(&error))?;
        let name = part.name().map_err(|error| broken(&error))?.to_lowercase();
        is_xlsx |= name.ends_with("workbook.xml");
        let most =
            if name.ends_with("sharedstrings.xml") { LARGEST_STRINGS } else { LARGEST_WORKBOOK };
        // What the archive says of its own size need not be so.
        let size = io::copy(&mut io::Read::take(part, most + 1), &mut io::sink())
            .map_err(|error| broken(&error))?;
        all += size;
        if size > most || all > LARGEST_WORKBOOK {
            let message = say!("the workbook unpacks to more than {most} MiB", most = most >> 20);
            return Err(ReadError::File(message));
        }
    }
    if !is_xlsx {
        let message = say!(
            "the file is an archive, but no workbook of the kind XLSX: save the table as XLSX or \
             CSV"
        );
        return Err(ReadError::File(message));
    }
    drop(archive);
    file.rewind()?;
    let workbook: Xlsx<_> = Xlsx::new(BufReader::new(&mut file)).map_err(|error| broken(&error))?;
    let sheets = workbook.sheets_metadata();
    let tables = || sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let Some(first) = tables().next() else {
        return Err(ReadError::File(say!("the workbook has no sheet")));
    };
    let name =
        tables().find(|sheet| sheet.visible == SheetVisible::Visible).unwrap_or(first).name.clone();
    drop(workbook);
    file.rewind()?;
    let facts =
        facts(&mut zip::ZipArchive::new(&mut file).map_err(|error| broken(&error))?, &name)?;
    file.rewind()?;
    let workbook = Xlsx::new(BufReader::new(file)).map_err(|error| broken(&error))?;
    Ok(Sheet { workbook, name, facts })
}

/// The rows of a sheet.
pub fn rows<R: Bytes>(sheet: &mut Sheet<R>, out: &mut Out) -> Result<(), ReadError> {
    let Sheet { workbook, name, facts } = sheet;
    let broken = |error: calamine::XlsxError| {
        ReadError::File(say!("the sheet cannot be read: {error}", error))
    };
    let mut cells = workbook.worksheet_cells_reader(name).map_err(broken)?;
    let shows: Vec<Shows> = cells
        .styles()
        .iter()
        .map(|style| {
            style.number_format.as_ref().map_or(Shows::Day, |format| shows(&format.format_code))
        })
        .collect();
    let mut row = Row::default();
    let mut merged = Merged::default();
    let mut size = 0;
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(broken)? {
        let (number, place) = cell.get_position();
        let line = u64::from(number) + 1;
        if line != row.line {
            size = 0;
            let whole = std::mem::replace(&mut row, Row { line, cells: Vec::new() });
            if !give(whole, &mut merged, facts, out) {
                return Ok(());
            }
        }
        let at = (number, place);
        let is_hidden = facts.hidden_columns.contains(&place);
        let mut written = match (cell.get_value(), facts.without_value.get(&at)) {
            (DataRef::Empty, Some(formula)) => formula.clone(),
            (value, _) => shown(value, shows.get(style).copied().unwrap_or(Shows::Day)),
        };
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        if written.is_empty() {
            continue;
        }
        if is_hidden {
            written.insert(0, Mark::HiddenColumn.sign());
        }
        if let Some(last) = facts.merged.get(&at) {
            written.insert(0, Mark::Merged.sign());
            merged.0.insert(place, (u64::from(*last) + 1, written.clone()));
        }
        size += written.len();
        if place >= MOST_COLUMNS || size > LARGEST_ROW {
            let message = say!(
                "the row has more than {columns} columns or {size} KiB",
                columns = MOST_COLUMNS,
                size = LARGEST_ROW >> 10
            );
            return Err(ReadError::At { line, message });
        }
        put(&mut row.cells, place, written);
    }
    give(row, &mut merged, facts, out);
    Ok(())
}

/// What stands in merged cells that go on below: the last line of each, by its column.
#[derive(Default)]
struct Merged(BTreeMap<usize, (u64, String)>);

fn put(cells: &mut Vec<String>, place: usize, written: String) {
    cells.resize(cells.len().max(place + 1), String::new());
    if let Some(cell) = cells.get_mut(place) {
        *cell = written;
    }
}

fn give(mut row: Row, merged: &mut Merged, facts: &Facts, out: &mut Out) -> bool {
    merged.0.retain(|_, (last, _)| *last >= row.line);
    // A row of which nothing is written but what is merged into it is a blank one.
    if row.is_blank() {
        return true;
    }
    for (place, (_, written)) in &merged.0 {
        if *place < MOST_COLUMNS && row.cells.get(*place).is_none_or(String::is_empty) {
            put(&mut row.cells, *place, written.clone());
        }
    }
    if u32::try_from(row.line - 1).is_ok_and(|number| facts.hidden.contains(&number))
        && let Some(cell) = row.cells.first_mut()
    {
        cell.insert(0, Mark::HiddenRow.sign());
    }
    out.give(row)
}

/// A cell as it would be typed.
fn shown(value: &DataRef<'_>, shows: Shows) -> String {
    match value {
        DataRef::Int(number) => padded(number.to_string(), shows),
        DataRef::Float(number) => padded(digits(*number), shows),
        DataRef::DateTimeIso(text) => match shows {
            Shows::Month => text.get(..7).unwrap_or(text).to_owned(),
            Shows::Year => text.get(..4).unwrap_or(text).to_owned(),
            _ => text.clone(),
        },
        DataRef::String(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string().to_uppercase(),
        DataRef::DateTime(moment) => day(moment, shows),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// A whole number with the noughts in front that its format shows.
fn padded(number: String, shows: Shows) -> String {
    match shows {
        Shows::Digits(least) if number.bytes().all(|digit| digit.is_ascii_digit()) => {
            format!("{number:0>least$}", least = usize::from(least))
        }
        _ => number,
    }
}

/// A number with the 15 digits that a spreadsheet shows of it: what lies behind them is left over
/// from reckoning.
fn digits(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse().unwrap_or(number);
    let text = f64::to_string(&rounded);
    match text.split_once('.') {
        // 1.125 is no thousand.
        Some((_, decimals)) if decimals.len() == 3 => format!("{text}0"),
        _ => text,
    }
}

/// What a format shows of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    Day,
    Month,
    Year,
    /// A month without its year.
    MonthAlone,
    Time,
    /// A number of so many digits at least.
    Digits(u8),
}

/// What a number format shows of a moment. What is quoted, escaped or in brackets (a locale, a
/// colour) is no part of it.
fn shows(format: &str) -> Shows {
    if format.eq_ignore_ascii_case("general") {
        return Shows::Day;
    }
    let positive = format.split(';').next().unwrap_or_default();
    if positive.len() >= 2 && positive.bytes().all(|sign| sign == b'0') {
        return Shows::Digits(u8::try_from(positive.len()).unwrap_or(u8::MAX));
    }
    let mut letters = Vec::new();
    let (mut quoted, mut bracketed) = (false, false);
    let mut signs = format.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => drop(signs.next()),
            '[' => bracketed = true,
            ']' => bracketed = false,
            _ if bracketed => {}
            ';' => break,
            sign => {
                let letter = sign.to_ascii_lowercase();
                if matches!(letter, 'y' | 'e' | 'm' | 'd' | 'h' | 's')
                    && letters.last() != Some(&letter)
                {
                    letters.push(letter);
                }
            }
        }
    }
    // Beside hours and seconds m is minutes.
    let has_month = letters.iter().enumerate().any(|(place, letter)| {
        let before = place.checked_sub(1).and_then(|place| letters.get(place));
        *letter == 'm' && before != Some(&'h') && letters.get(place + 1) != Some(&'s')
    });
    let has = |letter: char| letters.contains(&letter);
    match (has('d'), has_month, has('y') || has('e')) {
        (true, ..) => Shows::Day,
        (false, true, true) => Shows::Month,
        (false, true, false) => Shows::MonthAlone,
        (false, false, true) => Shows::Year,
        (false, false, false) if has('h') || has('s') || has('m') => Shows::Time,
        (false, false, false) => Shows::Day,
    }
}

fn day(moment: &ExcelDateTime, shows: Shows) -> String {
    if moment.is_duration() {
        return moment.as_f64().to_string();
    }
    let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
    match shows {
        Shows::Month => format!("{year:04}-{month:02}"),
        Shows::Year => format!("{year:04}"),
        Shows::MonthAlone => {
            let first = chrono::NaiveDate::from_ymd_opt(2000, month.into(), 1).unwrap_or_default();
            first.format("%B").to_string()
        }
        Shows::Time => format!("{hour:02}:{minute:02}"),
        Shows::Day | Shows::Digits(_) if (hour, minute) == (0, 0) => {
            format!("{year:04}-{month:02}-{day:02}")
        }
        Shows::Day | Shows::Digits(_) => {
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
        }
    }
}

#[cfg(test)]
mod tests;
