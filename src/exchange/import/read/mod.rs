//! From a file to rows of cells: CSV and its like, and the first visible sheet of an XLSX workbook. A thread of its own reads ahead by a few
//! chunks and no more, so that a file may be longer than memory.

mod decode;
mod facts;
mod feeds;
mod records;
mod workbook;

use std::fmt;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};

use entity::vocabulary::{ImportTable, Vocabulary};
use tokio::sync::mpsc;

pub use self::decode::{Encoding, strayed};
pub use self::feeds::{OWN_KEY, OWN_NUMBER, OWN_PROGRAMME, OWN_VENUE, key_of};

use self::decode::Decoded;
use self::feeds::Feed;
use self::records::{Records, separator};

/// In front of the first cell of a row that the workbook hides. It is a noncharacter: it stands in no text, and is shown nowhere.
pub const HIDDEN: char = '\u{FDD0}';

/// A row of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The line in which it begins, from 1; of a workbook, the row. Where several begin in one line, they are counted on from it: no
    /// two rows have the same.
    pub line: u64,
    /// Its cells, as written.
    pub cells: Vec<String>,
}

impl Row {
    /// Whether nothing stands in it.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| crate::text::tidy(cell).is_empty())
    }
}

/// The largest row, in bytes.
pub const LARGEST_ROW: usize = 256 << 10;
/// The most columns that are read.
pub const MOST_COLUMNS: usize = 200;
/// The most rows of a file.
pub const MOST_ROWS: u64 = 2_000_000;
/// The most bytes of a document that is read as a whole.
const LARGEST_FEED: u64 = 64 << 20;
/// Why a file cannot be read.
#[derive(Debug)]
pub enum ReadError {
    /// Something is wrong in a line.
    At {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        message: String,
    },
    /// Something is wrong with the file as a whole.
    File(String),
    /// The disk failed.
    Disk(io::Error),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At { line, message } => write!(f, "line {line}: {message}"),
            Self::File(message) => f.write_str(message),
            Self::Disk(error) => write!(f, "the file cannot be read: {error}"),
        }
    }
}

impl std::error::Error for ReadError {}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

/// What a file is kept in until it has been read.
pub trait Bytes: Read + Seek + Send + 'static {}

impl<T: Read + Seek + Send + 'static> Bytes for T {}

/// What is known of a file before its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// Text, in an encoding.
    Text(Encoding),
    /// The sheet of a workbook with this name.
    Workbook(String),
    /// What another system exports, in a format with this name.
    Feed(&'static str),
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(encoding) => encoding.fmt(f),
            Self::Feed(name) => f.write_str(name),
            Self::Workbook(sheet) => write!(f, "XLSX, sheet \"{sheet}\""),
        }
    }
}

/// Rows on their way.
pub type Rows = mpsc::Receiver<Result<Vec<Row>, ReadError>>;

/// Rows in a chunk.
const CHUNK: usize = 1000;

/// Begins to read a file, in chunks of rows.
pub fn read(mut file: impl Bytes) -> Result<(Written, Rows), ReadError> {
    let (sender, rows) = mpsc::channel(2);
    let mut first = [0; 16];
    let length = read_up_to(&mut file, &mut first)?;
    file.rewind()?;
    let first = first.get(..length).unwrap_or_default();
    if first.starts_with(b"PK\x03\x04") {
        let mut sheet = workbook::open(file)?;
        let name = sheet.name.clone();
        std::thread::spawn(move || {
            let mut out = Out::new(sender);
            if let Err(error) = workbook::rows(&mut sheet, &mut out) {
                out.fail(error);
            }
            out.flush();
        });
        return Ok((Written::Workbook(name), rows));
    }
    if let Some((_, message)) = NO_TABLES.iter().find(|(begins, _)| first.starts_with(begins)) {
        return Err(ReadError::File(format!("the file is {message}")));
    }
    if Feed::is_calendar(first) {
        let mut bytes = Vec::new();
        file.take(LARGEST_FEED + 1).read_to_end(&mut bytes)?;
        let entries = feeds::calendar_rows(&bounded(bytes)?)?;
        send(sender, entries);
        return Ok((Written::Feed(Feed::Calendar.name()), rows));
    }
    let encoding = Encoding::of(&mut file)?;
    file.rewind()?;
    let mut beginning = [0; 8192];
    let length = read_up_to(&mut Decoded::new(&mut file, encoding), &mut beginning)?;
    let beginning = String::from_utf8_lossy(beginning.get(..length).unwrap_or_default()).into_owned();
    file.seek(SeekFrom::Start(0))?;
    if let Some(feed) = Feed::of(&beginning) {
        let mut text = Vec::new();
        Decoded::new(file, encoding).take(LARGEST_FEED + 1).read_to_end(&mut text)?;
        let text = String::from_utf8_lossy(&bounded(text)?).into_owned();
        send(sender, feed.rows(&text)?);
        return Ok((Written::Feed(feed.name()), rows));
    }
    if let Some(message) = markup(&beginning) {
        return Err(ReadError::File(message.to_owned()));
    }
    let sign = separator(&beginning, is_header_of_any);
    std::thread::spawn(move || {
        let mut out = Out::new(sender);
        for row in Records::new(BufReader::new(Decoded::new(file, encoding)), sign) {
            match row {
                Ok(row) => {
                    if !out.give(row) {
                        return;
                    }
                }
                Err(error) => return out.fail(error),
            }
        }
        out.flush();
    });
    Ok((Written::Text(encoding), rows))
}

/// What is no table, by the bytes with which it begins, and what it is.
const NO_TABLES: [(&[u8], &str); 9] = [
    (b"\xD0\xCF\x11\xE0", "a workbook of the old kind (.xls): save it as .xlsx or as CSV"),
    (b"%PDF", "a PDF, and no table: save the table as XLSX or CSV"),
    (b"{\\rtf", "a text document (RTF), and no table: save the table as XLSX or CSV"),
    (b"MIME-Version:", "a web page (MHTML), and no table: save it as XLSX or CSV"),
    (b"\x1F\x8B", "compressed (gzip): unpack it first"),
    (b"Rar!", "an archive (RAR): unpack it first"),
    (b"7z\xBC\xAF", "an archive (7z): unpack it first"),
    (b"\x89PNG", "a picture, and no table: type the table into a spreadsheet"),
    (b"\xFF\xD8\xFF", "a picture, and no table: type the table into a spreadsheet"),
];

/// Why a text in angle brackets is no table; nothing of any other text.
fn markup(beginning: &str) -> Option<&'static str> {
    let text = beginning.trim_start_matches('\u{feff}').trim_start().to_lowercase();
    if !text.starts_with('<') {
        return None;
    }
    let is_html = ["<html", "<!doctype html", "<table", "<head", "<body", "<meta"].iter().any(|tag| text.contains(tag));
    Some(if is_html {
        "the file is a web page (HTML), whatever its name is, and no table: save it as XLSX or CSV"
    } else {
        "the file is XML, of which only IATI activities are read: save the table as XLSX or CSV"
    })
}

fn is_header_of_any(cells: &[String]) -> bool {
    fn all<V: Vocabulary>() -> impl Iterator<Item = V> {
        V::iter()
    }
    all::<ImportTable>().any(|table| super::columns::is_header(table, cells))
}

fn bounded(bytes: Vec<u8>) -> Result<Vec<u8>, ReadError> {
    if bytes.len() as u64 > LARGEST_FEED {
        let message = format!("the document is larger than {} MiB", LARGEST_FEED >> 20);
        return Err(ReadError::File(message));
    }
    Ok(bytes)
}

/// Sends rows that are all there.
fn send(sender: mpsc::Sender<Result<Vec<Row>, ReadError>>, rows: Vec<Row>) {
    std::thread::spawn(move || {
        let mut out = Out::new(sender);
        if rows.into_iter().all(|row| out.give(row)) {
            out.flush();
        }
    });
}

fn read_up_to(from: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while let Some(room) = into.get_mut(length..).filter(|room| !room.is_empty()) {
        match from.read(room)? {
            0 => break,
            read => length += read,
        }
    }
    Ok(length)
}

/// Where rows go, a chunk at a time.
struct Out {
    sender: mpsc::Sender<Result<Vec<Row>, ReadError>>,
    chunk: Vec<Row>,
    given: u64,
    last: Option<u64>,
}

impl Out {
    fn new(sender: mpsc::Sender<Result<Vec<Row>, ReadError>>) -> Self {
        Self { sender, chunk: Vec::new(), given: 0, last: None }
    }

    /// Whether more are wanted.
    fn give(&mut self, mut row: Row) -> bool {
        if row.is_blank() {
            return true;
        }
        // A row is known by its place: of several in one line, each has its own.
        row.line = row.line.max(self.last.map_or(0, |last| last + 1));
        self.last = Some(row.line);
        for cell in row.cells.iter_mut().filter(|cell| cell.contains('\0')) {
            *cell = cell.replace('\0', &decode::stray(0));
        }
        if row.cells.len() > MOST_COLUMNS {
            let message = format!("the row has {} cells; at most {MOST_COLUMNS} are read", row.cells.len());
            self.fail(ReadError::At { line: row.line, message });
            return false;
        }
        self.given += 1;
        if self.given > MOST_ROWS {
            let message = format!("the file has more than {MOST_ROWS} rows: divide it");
            self.fail(ReadError::At { line: row.line, message });
            return false;
        }
        self.chunk.push(row);
        self.chunk.len() < CHUNK || self.flush()
    }

    fn flush(&mut self) -> bool {
        let chunk = std::mem::take(&mut self.chunk);
        chunk.is_empty() || self.sender.blocking_send(Ok(chunk)).is_ok()
    }

    fn fail(&mut self, error: ReadError) {
        self.flush();
        // Whoever wanted the rows may be gone.
        let _ = self.sender.blocking_send(Err(error));
    }
}

/// A file that is held in memory.
pub fn held(bytes: impl AsRef<[u8]> + Send + 'static) -> impl Bytes {
    Cursor::new(bytes)
}
