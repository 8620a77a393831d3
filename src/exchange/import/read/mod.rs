//! From a file to rows of cells: CSV and its like, and the first visible sheet of an XLSX workbook.
//! A thread of its own reads ahead by a few chunks and no more, so that a file may be longer than
//! memory.

mod decode;
mod facts;
mod feeds;
mod kinds;
mod marks;
mod records;
mod workbook;

use std::fmt;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};

use entity::vocabulary::{ImportTable, Vocabulary};
use tokio::sync::mpsc;

pub use self::decode::{Encoding, strayed};
pub use self::feeds::{former_key, is_feed, key_of, key_of_identifier};
pub use self::marks::{Mark, is_mark, is_marked, unmarked};

use self::decode::Decoded;
use self::feeds::Feed;
use self::records::{Records, separator};
use crate::phrase::{Phrase, say};

/// A row of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The line in which it begins, from 1; of a workbook, the row. Where several begin in one
    /// line, they are counted on from it: no two rows have the same.
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
        message: Phrase,
    },
    /// Something is wrong with the file as a whole.
    File(Phrase),
    /// The disk failed.
    Disk(io::Error),
}

impl ReadError {
    /// As a sentence.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::At { line, message } => {
                say!("line {line}: {message}", line, message = message.clone())
            }
            Self::File(message) => message.clone(),
            Self::Disk(error) => say!("the file cannot be read: {error}", error),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.phrase().english())
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
    let mut first = [0; 64];
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
    if let Some(why) = kinds::by_bytes(first, &mut file)? {
        return Err(ReadError::File(why));
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
    let beginning =
        String::from_utf8_lossy(beginning.get(..length).unwrap_or_default()).into_owned();
    file.seek(SeekFrom::Start(0))?;
    if let Some(feed) = Feed::of(&beginning) {
        let mut text = Vec::new();
        Decoded::new(file, encoding).take(LARGEST_FEED + 1).read_to_end(&mut text)?;
        let text = String::from_utf8_lossy(&bounded(text)?).into_owned();
        send(sender, feed.rows(&text)?);
        return Ok((Written::Feed(feed.name()), rows));
    }
    if let Some(message) = kinds::by_text(&beginning) {
        return Err(ReadError::File(message));
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

fn is_header_of_any(cells: &[String]) -> bool {
    fn all<V: Vocabulary>() -> impl Iterator<Item = V> {
        V::iter()
    }
    all::<ImportTable>().any(|table| super::columns::is_header(table, cells))
}

fn bounded(bytes: Vec<u8>) -> Result<Vec<u8>, ReadError> {
    if bytes.len() as u64 > LARGEST_FEED {
        let message = say!("the document is larger than {most} MiB", most = LARGEST_FEED >> 20);
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
            let cells = row.cells.len();
            let message = say!(
                "the row has {cells} cells; at most {most} are read",
                cells,
                most = MOST_COLUMNS
            );
            self.fail(ReadError::At { line: row.line, message });
            return false;
        }
        self.given += 1;
        if self.given > MOST_ROWS {
            let message = say!("the file has more than {most} rows: divide it", most = MOST_ROWS);
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
