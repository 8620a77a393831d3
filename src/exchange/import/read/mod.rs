//! From a file to rows of cells: CSV and its like, and the first sheet of an XLSX workbook. A thread of its own reads ahead by a few
//! chunks and no more, so that a file may be longer than memory.

mod decode;
mod feeds;
mod records;

use std::fmt;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use tokio::sync::mpsc;

pub use self::decode::Encoding;

use self::decode::Decoded;
use self::feeds::Feed;
use self::records::{Records, separator};

/// A row of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The line in which it begins, from 1; of a workbook, the row.
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
/// The most bytes that the parts of a workbook may have when they are unpacked.
const LARGEST_WORKBOOK: u64 = 512 << 20;
/// The most bytes of a document that is read as a whole.
const LARGEST_FEED: u64 = 64 << 20;
/// The most bytes of its strings, all of which are held in memory.
const LARGEST_STRINGS: u64 = 64 << 20;

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
            Self::Workbook(sheet) => write!(f, "XLSX, sheet {sheet:?}"),
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
    let mut first = [0; 4];
    let length = read_up_to(&mut file, &mut first)?;
    file.rewind()?;
    let written = match first.get(..length).unwrap_or_default() {
        b"PK\x03\x04" => {
            let (mut workbook, sheet) = workbook(file)?;
            let name = sheet.clone();
            std::thread::spawn(move || {
                let mut out = Out::new(sender);
                if let Err(error) = sheet_rows(&mut workbook, &sheet, &mut out) {
                    out.fail(error);
                }
                out.flush();
            });
            Written::Workbook(name)
        }
        [0xD0, 0xCF, 0x11, 0xE0] => {
            let message = "the file is a workbook of the old kind (.xls): save it as .xlsx or as CSV";
            return Err(ReadError::File(message.to_owned()));
        }
        _ => {
            let encoding = Encoding::of(&mut file)?;
            file.rewind()?;
            let mut beginning = [0; 8192];
            let length = read_up_to(&mut Decoded::new(&mut file, encoding), &mut beginning)?;
            let beginning = String::from_utf8_lossy(beginning.get(..length).unwrap_or_default()).into_owned();
            file.seek(SeekFrom::Start(0))?;
            if let Some(feed) = Feed::of(&beginning) {
                let mut text = String::new();
                Decoded::new(file, encoding).take(LARGEST_FEED + 1).read_to_string(&mut text)?;
                if text.len() as u64 > LARGEST_FEED {
                    let message = format!("the document is larger than {} MiB", LARGEST_FEED >> 20);
                    return Err(ReadError::File(message));
                }
                let entries = feed.rows(&text)?;
                std::thread::spawn(move || {
                    let mut out = Out::new(sender);
                    if entries.into_iter().all(|row| out.give(row)) {
                        out.flush();
                    }
                });
                return Ok((Written::Feed(feed.name()), rows));
            }
            let sign = separator(&beginning);
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
            Written::Text(encoding)
        }
    };
    Ok((written, rows))
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
}

impl Out {
    fn new(sender: mpsc::Sender<Result<Vec<Row>, ReadError>>) -> Self {
        Self { sender, chunk: Vec::new(), given: 0 }
    }

    /// Whether more are wanted.
    fn give(&mut self, row: Row) -> bool {
        if row.is_blank() {
            return true;
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

/// Opens a workbook once it is known that it does not unpack to more than memory holds.
fn workbook<R: Bytes>(mut file: R) -> Result<(Xlsx<BufReader<R>>, String), ReadError> {
    let broken = |what: &dyn fmt::Display| ReadError::File(format!("the workbook cannot be read: {what}"));
    let mut archive = zip::ZipArchive::new(&mut file).map_err(|error| broken(&error))?;
    let mut all = 0;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(|error| broken(&error))?;
        let strings = part.name().map_err(|error| broken(&error))?.to_lowercase().ends_with("sharedstrings.xml");
        let most = if strings { LARGEST_STRINGS } else { LARGEST_WORKBOOK };
        // What the archive says of its own size need not be so.
        let size = io::copy(&mut part.take(most + 1), &mut io::sink()).map_err(|error| broken(&error))?;
        all += size;
        if size > most || all > LARGEST_WORKBOOK {
            let message = format!("the workbook unpacks to more than {} MiB", most >> 20);
            return Err(ReadError::File(message));
        }
    }
    drop(archive);
    file.rewind()?;
    let workbook: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(|error| broken(&error))?;
    let sheet = workbook.sheet_names().into_iter().next();
    let sheet = sheet.ok_or_else(|| ReadError::File("the workbook has no sheet".to_owned()))?;
    Ok((workbook, sheet))
}

fn sheet_rows<R: Bytes>(workbook: &mut Xlsx<BufReader<R>>, sheet: &str, out: &mut Out) -> Result<(), ReadError> {
    let broken = |error: calamine::XlsxError| ReadError::File(format!("the sheet cannot be read: {error}"));
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(broken)?;
    let mut row = Row::default();
    let mut size = 0;
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (line, place) = cell.get_position();
        let line = u64::from(line) + 1;
        if line != row.line {
            size = 0;
            if !out.give(std::mem::replace(&mut row, Row { line, cells: Vec::new() })) {
                return Ok(());
            }
        }
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let written = shown(cell.get_value());
        if written.is_empty() {
            continue;
        }
        size += written.len();
        if place >= MOST_COLUMNS || size > LARGEST_ROW {
            let message = format!("the row has more than {MOST_COLUMNS} columns or {} KiB", LARGEST_ROW >> 10);
            return Err(ReadError::At { line, message });
        }
        row.cells.resize(row.cells.len().max(place + 1), String::new());
        if let Some(cell) = row.cells.get_mut(place) {
            *cell = written;
        }
    }
    out.give(row);
    Ok(())
}

/// A cell as it would be typed.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string().to_uppercase(),
        DataRef::DateTime(moment) => day(moment),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn day(moment: &ExcelDateTime) -> String {
    if moment.is_duration() {
        return moment.as_f64().to_string();
    }
    let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
    if (hour, minute) == (0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
    }
}

/// A file that is held in memory.
pub fn held(bytes: impl AsRef<[u8]> + Send + 'static) -> impl Bytes {
    Cursor::new(bytes)
}
