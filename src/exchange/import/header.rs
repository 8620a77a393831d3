//! Where the header of a table is: below what stands above the table, in one line or in two.

use entity::vocabulary::ImportTable;

use super::columns::{is_header, is_heading};
use super::read::{Row, is_mark, unmarked};
use crate::text::fold;

/// Among how many rows at the beginning the header is sought.
const HEADER_WITHIN: usize = 10;

/// Takes the header away from the first rows of a file, with all that stands above it; its cells.
/// Where the place of each cell is known there are as many as the rows have.
pub(super) fn take(table: ImportTable, rows: &mut Vec<Row>, is_workbook: bool) -> Vec<String> {
    let place =
        rows.iter().take(HEADER_WITHIN).position(|row| is_header(table, &row.cells)).unwrap_or(0);
    let header =
        rows.drain(..=place.min(rows.len().saturating_sub(1))).next_back().unwrap_or_default();
    let mut cells = plain(&header.cells);
    let next = rows.get(1).map(|row| plain(&row.cells)).unwrap_or_default();
    if let Some(second) = rows.first().map(|row| plain(&row.cells))
        && let Some(both) = joined(table, &cells, &second, &next)
    {
        cells = both;
        rows.remove(0);
    }
    if rows.first().is_some_and(|row| counts_columns(&row.cells)) {
        rows.remove(0);
    }
    if is_workbook {
        let most = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
        cells.resize(cells.len().max(most), String::new());
    }
    cells
}

fn plain(cells: &[String]) -> Vec<String> {
    cells.iter().map(|cell| crate::text::tidy(unmarked(cell))).collect()
}

/// The headings of two lines together, if the second is one: below a heading that spans several
/// columns there are those of each, or all of it names fields once more, such as in another
/// language. A row of the table may look like that where a heading is missing: what is no name of a
/// field is a heading if something tells so, which is that there are several names of fields beside
/// it; or that there is one below a heading over several columns, or numbers are below it in the
/// next row, while nothing stands below the other headings.
fn joined(
    table: ImportTable,
    first: &[String],
    second: &[String],
    next: &[String],
) -> Option<Vec<String>> {
    let width = first.len().max(second.len());
    let at = |cells: &[String], place: usize| cells.get(place).cloned().unwrap_or_default();
    let (mut both, mut spans, mut above) = (Vec::with_capacity(width), false, String::new());
    let (mut is_any_unknown, mut is_below_alone, mut is_told) = (false, false, false);
    for place in 0..width {
        let (top, sub) = (at(first, place), at(second, place));
        let is_alone = !top.is_empty()
            && (place + 1 >= width
                || !at(first, place + 1).is_empty()
                || at(second, place + 1).is_empty());
        let spanning = if top.is_empty() { above.clone() } else { top.clone() };
        if !top.is_empty() {
            above.clone_from(&top);
        }
        if sub.is_empty() || fold(&sub) == fold(&top) {
            both.push(top);
            continue;
        }
        let whole = format!("{spanning} {sub}").trim().to_owned();
        let known = [&whole, &sub].into_iter().find(|name| is_heading(table, name)).cloned();
        let under = !is_alone && !spanning.is_empty() && !sub.chars().any(|c| c.is_ascii_digit());
        if known.is_none() && !under {
            return None;
        }
        spans |= under;
        is_any_unknown |= known.is_none();
        is_below_alone |= is_alone;
        is_told |= under && (known.is_some() || is_number(&at(next, place)));
        both.push(known.unwrap_or(whole));
    }
    let is_second = is_header(table, second);
    let is_heading = is_second || !is_any_unknown || (is_told && !is_below_alone);
    ((spans || is_second) && is_heading).then_some(both)
}

fn is_number(cell: &str) -> bool {
    cell.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a row counts the columns, as forms do: (1), (2), (3).
fn counts_columns(cells: &[String]) -> bool {
    let counted = |(place, cell): (usize, &String)| {
        let digits =
            cell.trim_matches(|c: char| is_mark(c) || c.is_whitespace() || "().".contains(c));
        digits.parse() == Ok(place + 1) && cell.contains('(')
    };
    cells.len() >= 2 && cells.iter().enumerate().all(counted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(lines: &[&str]) -> (Vec<String>, usize) {
        let row = |(line, text): (u64, &&str)| Row {
            line,
            cells: text.split(';').map(str::to_owned).collect(),
        };
        let mut rows: Vec<Row> = (1..).zip(lines).map(row).collect();
        let header = take(ImportTable::Delegations, &mut rows, true);
        (header, rows.len())
    }

    fn is(lines: &[&str], header: &[&str], left: usize) {
        let header: Vec<String> = header.iter().map(|cell| (*cell).to_owned()).collect();
        assert_eq!(taken(lines), (header, left), "{lines:?}");
    }

    #[test]
    fn a_header_of_two_lines_is_one() {
        is(
            &["Angkatan;Negara;Jumlah;", ";;Hadir;Terdaftar", "a;Nepal;2;3"],
            &["Angkatan", "Negara", "Hadir", "Jumlah Terdaftar"],
            1,
        );
        is(
            &["Kegiatan;Peserta;", "Angkatan;Negara;Jumlah", "a;Nepal;2"],
            &["Angkatan", "Negara", "Jumlah"],
            1,
        );
        is(
            &["Angkatan;Negara;Jumlah", "Batch;Country;Participants", "a;Nepal;2"],
            &["Batch", "Country", "Participants"],
            1,
        );
        is(
            &["Angkatan;Negara;Jumlah;", ";;Laki-laki;Perempuan", "a;Nepal;2;3"],
            &["Angkatan", "Negara", "Jumlah Laki-laki", "Jumlah Perempuan"],
            1,
        );
        is(
            &["Kegiatan;;Peserta;", "Negara;Angkatan;Laki-laki;Perempuan", "Nepal;a;2;3"],
            &["Negara", "Angkatan", "Laki-laki", "Perempuan"],
            1,
        );
        is(
            &["Angkatan;Negara;Jumlah", "(1);(2);(3)", "a;Nepal;2"],
            &["Angkatan", "Negara", "Jumlah"],
            1,
        );
    }

    #[test]
    fn a_row_of_the_table_is_no_header() {
        is(&["Angkatan;Negara;Status", "a;Nepal;hadir"], &["Angkatan", "Negara", "Status"], 1);
        is(&["Angkatan;Negara;Status", ";;hadir"], &["Angkatan", "Negara", "Status"], 1);
        is(&["Angkatan;Negara;", "a;Nepal;hadir"], &["Angkatan", "Negara", ""], 1);
        is(&["Angkatan;Negara;", "a;;x", "a;Nepal;x"], &["Angkatan", "Negara", ""], 2);
        // A heading is missing, and what stands there is no heading below the one beside it.
        is(
            &["Negara;;Kehadiran", "Nepal;NP;hadir", "Fiji;FJ;hadir"],
            &["Negara", "", "Kehadiran"],
            2,
        );
        is(
            &["Country;;Status", "Nepal;South Asia;Attended", "Fiji;Pacific;Attended"],
            &["Country", "", "Status"],
            2,
        );
        is(&["Negara;;Kehadiran", "Nepal;NP;", "Fiji;FJ;hadir"], &["Negara", "", "Kehadiran"], 2);
        is(
            &["Angkatan;Negara;;Jumlah", "a;Nepal;NP;2", "a;Fiji;FJ;3"],
            &["Angkatan", "Negara", "", "Jumlah"],
            2,
        );
        is(&["Laporan", "Angkatan;Negara", "1;2;;cek"], &["Angkatan", "Negara", "", ""], 1);
    }
}
