//! Cells parted by commas or other signs (RFC 4180, and what is written in its name), read with the
//! line in which each row begins.

use std::io::{self, BufRead};

use super::{LARGEST_ROW, ReadError, Row};
use crate::phrase::say;

/// What may part cells, the likeliest first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many rows at the beginning tell by which sign cells are parted.
const JUDGED: usize = 40;

/// The sign that parts the cells of a text: the one under which its beginning has a header, then
/// the one under which most rows are equally long. A first line `sep=;`, which spreadsheets
/// understand, says it.
pub fn separator(beginning: &str, is_header: impl Fn(&[String]) -> bool) -> u8 {
    let said =
        beginning.trim_start_matches('\u{feff}').trim_start_matches('"').strip_prefix("sep=");
    if let Some(sign) =
        said.and_then(|rest| rest.bytes().next()).filter(|sign| SEPARATORS.contains(sign))
    {
        return sign;
    }
    // What has been cut off behind the beginning is no row.
    let whole =
        beginning.rfind(['\n', '\r']).and_then(|end| beginning.get(..=end)).unwrap_or(beginning);
    let fit = |sign: u8| {
        let rows: Vec<Row> =
            Records::new(whole.as_bytes(), sign).map_while(Result::ok).take(JUDGED).collect();
        let lengths: Vec<usize> =
            rows.iter().map(|row| row.cells.len()).filter(|length| *length > 1).collect();
        let alike = |length: usize| lengths.iter().filter(|other| **other == length).count();
        let most = lengths.iter().map(|length| (alike(*length), *length)).max().unwrap_or_default();
        (rows.iter().any(|row| row.cells.len() > 1 && is_header(&row.cells)), most)
    };
    let mut best = (fit(SEPARATORS[0]), SEPARATORS[0]);
    for sign in SEPARATORS.into_iter().skip(1) {
        let fitness = fit(sign);
        if fitness > best.0 {
            best = (fitness, sign);
        }
    }
    best.1
}

/// The rows of a text in UTF-8.
pub struct Records<R> {
    text: R,
    separator: u8,
    line: u64,
    /// Whether the last byte was CR, after which LF ends the same line.
    after_cr: bool,
    ended: bool,
}

impl<R: BufRead> Records<R> {
    /// Reads `text`, whose cells are parted by `separator`.
    pub fn new(text: R, separator: u8) -> Self {
        Self { text, separator, line: 1, after_cr: false, ended: false }
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.text.fill_buf()?.first().copied();
        if byte.is_some() {
            self.text.consume(1);
        }
        Ok(byte)
    }

    /// The next row; none behind the last one.
    fn row(&mut self) -> Result<Option<Row>, ReadError> {
        let mut cells: Vec<String> = Vec::new();
        let mut cell: Vec<u8> = Vec::new();
        // Within quotes; behind the quote that may close them; or neither.
        let (mut quoted, mut closing) = (false, false);
        let mut spaced = Spaced::default();
        let (mut begins, mut size) = (self.line, 0_usize);
        loop {
            let Some(byte) = self.byte()? else {
                self.ended = true;
                if quoted && !closing {
                    let message = say!("a cell begins with a quotation mark that is not closed");
                    return Err(ReadError::At { line: begins, message });
                }
                if cells.is_empty() && cell.is_empty() {
                    return Ok(None);
                }
                cells.push(text(&mut cell));
                return Ok(Some(Row { line: begins, cells }));
            };
            let newline = byte == b'\n' || byte == b'\r';
            if std::mem::take(&mut self.after_cr) && byte == b'\n' {
                if quoted && !closing {
                    cell.push(byte);
                } else if size == 0 {
                    begins = self.line;
                }
                continue;
            }
            if newline {
                self.line += 1;
                self.after_cr = byte == b'\r';
            }
            size += 1;
            if size > LARGEST_ROW {
                let message = say!("the row is larger than {most} KiB", most = LARGEST_ROW >> 10);
                return Err(ReadError::At { line: begins, message });
            }
            match byte {
                b'"' if quoted && !closing => closing = true,
                b'"' if quoted => {
                    closing = false;
                    cell.push(byte);
                }
                byte if quoted && !closing => cell.push(byte),
                b'"' if cell.is_empty() => quoted = true,
                b'"' if !spaced.is_quoted
                    && spaced.closed.is_none()
                    && cell.len() <= MOST_BLANKS
                    && is_blank(&cell) =>
                {
                    (quoted, spaced.is_quoted) = (true, true);
                    cell.clear();
                }
                byte if byte == self.separator => {
                    cells.push(text(&mut cell));
                    (quoted, closing, spaced) = (false, false, Spaced::default());
                }
                _ if newline => {
                    cells.push(text(&mut cell));
                    return Ok(Some(Row { line: begins, cells }));
                }
                // What stands behind a closing quotation mark belongs to the cell all the same.
                byte => {
                    if std::mem::take(&mut closing) {
                        spaced.closed = Some(cell.len());
                    }
                    quoted = false;
                    if !matches!(byte, b' ' | b'\t')
                        && let Some(closed) = spaced.goes_on()
                    {
                        self.plain_again(&mut cell, closed, begins)?;
                    }
                    cell.push(byte);
                }
            }
        }
    }

    /// Behind blanks a quotation mark may be one of the text, which is seen once the text goes on
    /// behind the second: the marks are put back. Where that parts cells otherwise, nobody knows
    /// what was meant.
    fn plain_again(&self, cell: &mut Vec<u8>, closed: usize, line: u64) -> Result<(), ReadError> {
        let parts = |byte: &u8| *byte == self.separator || matches!(byte, b'\n' | b'\r');
        if cell.iter().any(parts) {
            let message = say!(
                "a cell begins with a quotation mark and goes on behind the one that closes it: \
                 write quotation marks within a cell twice, and one at each end of the cell"
            );
            return Err(ReadError::At { line, message });
        }
        cell.insert(closed, b'"');
        cell.insert(0, b'"');
        Ok(())
    }
}

/// A cell in quotation marks with blanks in front of the first, as people write who put a blank
/// behind each comma.
#[derive(Default)]
struct Spaced {
    is_quoted: bool,
    /// Where the second mark stood, once something follows it.
    closed: Option<usize>,
}

impl Spaced {
    /// Where the second mark stood; told once.
    fn goes_on(&mut self) -> Option<usize> {
        self.closed.take().filter(|_| self.is_quoted)
    }
}

/// Bytes of blanks in front of a quotation mark, at most.
const MOST_BLANKS: usize = 64;

fn is_blank(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok_and(|text| text.trim().is_empty())
}

fn text(cell: &mut Vec<u8>) -> String {
    String::from_utf8(std::mem::take(cell))
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = Result<Row, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.row().transpose();
        self.ended |= !matches!(row, Some(Ok(_)));
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        let sign = sign_of(text);
        Records::new(text.as_bytes(), sign)
            .map(|row| row.unwrap())
            .map(|row| (row.line, row.cells))
            .collect()
    }

    fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn a_row_knows_in_which_line_it_begins() {
        let text = "a,b\r\n\"x\r\ny\",\"say \"\"hi\"\"\"\r\n\r\nlast,\"\"";
        let expected = vec![
            row(1, &["a", "b"]),
            row(2, &["x\r\ny", "say \"hi\""]),
            row(4, &[""]),
            row(5, &["last", ""]),
        ];
        assert_eq!(rows(text), expected);
        assert_eq!(rows("a;b\rc;d\n"), [row(1, &["a", "b"]), row(2, &["c", "d"])]);
        assert_eq!(rows(""), []);
    }

    fn sign_of(text: &str) -> u8 {
        separator(text, |cells| cells.iter().any(|cell| cell == "negara"))
    }

    #[test]
    fn the_sign_that_parts_cells_is_that_of_the_header_and_of_rows_that_are_alike() {
        for (text, sign) in [
            ("Daftar delegasi\nnegara;jumlah, orang;status\n", b';'),
            ("Daftar delegasi, Yogyakarta\nangkatan;negara;jumlah\ntc-a;Nepal;2\n", b';'),
            ("Daftar, dari A, B, C\nangkatan\tnegara\n1\tNepal\n", b'\t'),
            ("Laporan; 2023; akhir; ini\nangkatan,negara\nx,y\n", b','),
            ("nilai;teks\n1,5;a\n2,5;b\n", b';'),
            ("\"a;b;c\",d\n", b','),
            ("a\tb", b'\t'),
            ("a|b\n1|2", b'|'),
            ("sep=;\na,x;b,y\n", b';'),
            ("only", b','),
        ] {
            assert_eq!(sign_of(text), sign, "{text}");
        }
    }

    #[test]
    fn a_quotation_mark_behind_blanks_opens_a_cell() {
        for (text, cells) in [
            ("x, \"Batik, lanjut\", Hall\n", &["x", "Batik, lanjut", " Hall"][..]),
            ("x,\t \"Batik, lanjut\"  ,Hall\n", &["x", "Batik, lanjut  ", "Hall"]),
            ("x,\u{a0}\"Batik,\nlanjut\"", &["x", "Batik,\nlanjut"]),
            ("x, \"say \"\"hi\"\", now\"", &["x", "say \"hi\", now"]),
            ("x, \"\",y\n", &["x", "", "y"]),
            ("x, \"Batik\" lanjut, \"b\" c\n", &["x", "\"Batik\" lanjut", "\"b\" c"]),
            ("x, 5\" nail,\"y\" z\n", &["x", " 5\" nail", "y z"]),
        ] {
            let read: Vec<Row> =
                Records::new(text.as_bytes(), b',').map(|row| row.unwrap()).collect();
            assert_eq!(
                read.iter().map(|row| row.cells.as_slice()).collect::<Vec<_>>(),
                [cells],
                "{text}"
            );
        }
        // What may be parted in two ways is not parted in one of them without a word.
        for (text, line) in
            [("a,b\nx, \"Batik, lanjut\" z, Hall\n", 2), ("x, \"Batik, lanjut\ny, z\n", 1)]
        {
            let read: Result<Vec<_>, _> = Records::new(text.as_bytes(), b',').collect();
            assert!(matches!(read, Err(ReadError::At { line: at, .. }) if at == line), "{read:?}");
        }
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_is_told_with_its_line() {
        let read: Result<Vec<_>, _> = Records::new("a,b\n1,\"2\n3,4\n".as_bytes(), b',').collect();
        assert!(matches!(read, Err(ReadError::At { line: 2, .. })), "{read:?}");
    }
}
