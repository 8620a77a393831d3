//! SQLite's write-ahead log, read as SQLite reads it when it recovers: which pages its committed
//! transactions have.
//!
//! The log is opened as a file of its own. The database file never is: closing any descriptor of it
//! would release the locks that SQLite's connections of this process hold.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Result};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The length of the header of a log, and of the header of each frame.
const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;

/// The first four bytes of a log; the lowest bit says in which order of bytes its checksums are
/// made.
const MAGIC: u32 = 0x377f_0682;

/// What the committed transactions of a log have.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CommittedPages {
    /// The size of a page, in bytes.
    pub(super) page_bytes: u64,
    /// How many pages the database has after the last transaction; 0 where there is none.
    pub(super) database_pages: u32,
    /// The numbers of the pages that the log holds.
    pub(super) logged: HashSet<u32>,
}

/// The two numbers that SQLite draws for each round of a log.
pub(super) type Salts = [u8; 8];

/// The salts in the header of a log; none where it does not begin with a header.
pub(super) fn salts(header: &[u8; HEADER_BYTES]) -> Option<Salts> {
    let is_log = number(header, 0) & !1 == MAGIC;
    is_log.then(|| std::array::from_fn(|at| header[16 + at]))
}

/// The first bytes of an open log; shorter logs end with zeros.
pub(super) fn header(log: &File) -> Result<[u8; HEADER_BYTES]> {
    let mut header = [0; HEADER_BYTES];
    let mut read = 0;
    while read < HEADER_BYTES {
        match log.read_at(&mut header[read..], read as u64) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(header)
}

/// Reads a log up to the first frame that is not valid. Where there is no log, or none that SQLite
/// would read, it has no pages.
pub(super) fn committed_pages(path: &Path) -> Result<CommittedPages> {
    let mut found = CommittedPages::default();
    let mut pending = Vec::new();
    each_frame(path, |frame| {
        pending.push(frame.page);
        if frame.pages_after != 0 {
            found.logged.extend(pending.drain(..));
            found.database_pages = frame.pages_after;
            found.page_bytes = frame.bytes.len() as u64;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// Whether the log holds a page as the database file has it: one at least, where SQLite has written
/// the log into the file. The caller knows that this process has no connection to the file.
pub(super) fn shares_a_page(log: &Path, database: &Path) -> Result<bool> {
    let database = File::open(database)?;
    let (mut shares, mut page) = (false, Vec::new());
    each_frame(log, |frame| {
        page.resize(frame.bytes.len(), 0);
        let place = u64::from(frame.page.saturating_sub(1)) * frame.bytes.len() as u64;
        shares = match database.read_exact_at(&mut page, place) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => false,
            read => read.map(|()| page == frame.bytes)?,
        };
        Ok(if shares { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(shares)
}

/// A valid frame of a log.
struct Frame<'a> {
    /// The number of its page, from 1 on.
    page: u32,
    /// How many pages the database has after it, where it ends a transaction; otherwise 0.
    pages_after: u32,
    /// The page.
    bytes: &'a [u8],
}

fn each_frame(
    path: &Path,
    mut each: impl FnMut(Frame<'_>) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    let mut log = BufReader::with_capacity(1 << 16, file);
    let mut header = [0; HEADER_BYTES];
    let (true, Some(salts)) = (filled(&mut log, &mut header)?, salts(&header)) else {
        return Ok(());
    };
    let big_endian = number(&header, 0) & 1 == 1;
    let mut sum = checksum([0, 0], &header[..24], big_endian);
    let page_bytes = number(&header, 8);
    let is_size = page_bytes.is_power_of_two() && (512..=65_536).contains(&page_bytes);
    if !is_size || sum != [number(&header, 24), number(&header, 28)] {
        return Ok(());
    }
    let mut frame = vec![0; FRAME_HEADER_BYTES + page_bytes as usize];
    while filled(&mut log, &mut frame)? {
        let (head, bytes) = frame.split_at(FRAME_HEADER_BYTES);
        sum = checksum(checksum(sum, &head[..8], big_endian), bytes, big_endian);
        if head[8..16] != salts || sum != [number(head, 16), number(head, 20)] {
            break;
        }
        if each(Frame { page: number(head, 0), pages_after: number(head, 4), bytes })?.is_break() {
            break;
        }
    }
    Ok(())
}

/// Fills the buffer, unless the file ends before.
fn filled(log: &mut impl Read, buffer: &mut [u8]) -> Result<bool> {
    match log.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(std::array::from_fn(|byte| bytes[at + byte]))
}

/// SQLite's checksum of a log, carried on over more bytes, whose number is a multiple of eight.
fn checksum([mut first, mut second]: [u32; 2], bytes: &[u8], big_endian: bool) -> [u32; 2] {
    let word = |bytes: &[u8]| {
        let word = std::array::from_fn(|byte| bytes[byte]);
        if big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
    };
    for pair in bytes.chunks_exact(8) {
        first = first.wrapping_add(word(&pair[..4])).wrapping_add(second);
        second = second.wrapping_add(word(&pair[4..])).wrapping_add(first);
    }
    [first, second]
}
