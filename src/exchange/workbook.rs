//! Tables out as a workbook (XLSX): a sheet for each, and one that says what was asked and when.

use std::io::Write;

use async_graphql::Value;
use chrono::{DateTime, Utc};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::table::{plain_cell, value_of};
use crate::request::table::Column;

/// The most characters of a cell, as Excel has it.
const LONGEST_CELL: usize = 32_767;

/// A workbook that is being written. Rows go to temporary files as they come, so that a long table
/// takes no more memory than a short one.
pub struct TableWorkbook {
    book: Workbook,
    date: Format,
}

/// The sheet that rows are being written to.
pub struct Sheet {
    columns: Vec<Column>,
    /// The next row.
    row: u32,
}

impl Default for TableWorkbook {
    fn default() -> Self {
        Self { book: Workbook::new(), date: Format::new().set_num_format("yyyy-mm-dd") }
    }
}

impl TableWorkbook {
    /// Begins a sheet with the names of its columns. A name that Excel does not take is cut to its
    /// 31 characters.
    pub fn begin(&mut self, name: &str, columns: &[Column]) -> Result<Sheet, XlsxError> {
        let short: String = name.chars().take(31).collect();
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(short)?.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (place, column) in (0..).zip(columns) {
            let name = column.name();
            // About as wide as its name; a date, an amount or a code fits.
            sheet.set_column_width(place, (name.chars().count() as f64 + 2.0).clamp(12.0, 40.0))?;
            sheet.write_string_with_format(0, place, name, &bold)?;
        }
        Ok(Sheet { columns: columns.to_vec(), row: 1 })
    }

    /// Adds rows to the sheet that was begun last.
    pub fn add(&mut self, sheet: &mut Sheet, nodes: &[Value]) -> Result<(), XlsxError> {
        let Some(at) = self.book.worksheets_mut().last_mut() else { return Ok(()) };
        for node in nodes {
            for (place, column) in (0..).zip(&sheet.columns) {
                write(
                    at,
                    (sheet.row, place),
                    value_of(node, column),
                    (column.is_date, &self.date),
                )?;
            }
            sheet.row += 1;
        }
        Ok(())
    }

    /// Adds the sheet that says what was asked, and when, and gives the whole.
    pub fn finish(
        mut self,
        query: &str,
        variables: &str,
        at: DateTime<Utc>,
    ) -> Result<Vec<u8>, XlsxError> {
        let sheet = self.book.add_worksheet();
        sheet.set_name("About")?.set_column_width(1, 100)?;
        let at = at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let lines = query.lines().map(|line| ("query", line.to_owned()));
        let about = [("made at (UTC)", at), ("variables", variables.to_owned())];
        for (row, (what, text)) in (0..).zip(about.into_iter().chain(lines)) {
            sheet.write_string(row, 0, what)?.write_string(row, 1, cut(&text))?;
        }
        let mut bytes = Vec::new();
        self.book.save_to_writer(std::io::Cursor::new(&mut bytes))?;
        bytes.flush()?;
        Ok(bytes)
    }
}

/// Writes a cell: numbers, truth values and dates as such, so that they can be counted with.
fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: Option<&Value>,
    (is_date, format): (bool, &Format),
) -> Result<(), XlsxError> {
    match value {
        None | Some(Value::Null) => {}
        Some(Value::Boolean(value)) => {
            sheet.write_boolean(row, column, *value)?;
        }
        Some(Value::Number(number)) if number.as_f64().is_some() => {
            sheet.write_number(row, column, number.as_f64().unwrap_or_default())?;
        }
        Some(Value::String(text)) if is_date => match ExcelDateTime::parse_from_str(text) {
            Ok(date) => {
                sheet.write_datetime_with_format(row, column, date, format)?;
            }
            // Days before 1900 are none to Excel.
            Err(_) => {
                sheet.write_string(row, column, text)?;
            }
        },
        Some(value) => {
            sheet.write_string(row, column, cut(&plain_cell(value)))?;
        }
    }
    Ok(())
}

/// As much of a text as a cell takes.
fn cut(text: &str) -> String {
    text.chars().take(LONGEST_CELL).collect()
}
