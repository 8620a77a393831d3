//! Statements on SQLite that are answered where they are asked.
//!
//! The driver has a thread for each connection, which hands every row over to the task that asked:
//! for a statement of a tenth of a millisecond most of the time is spent on that. So a statement is
//! begun in the task itself, on connections that are for nothing else. One that is not done after
//! some milliseconds is given up here, and left to a thread that can be interrupted; for a while it
//! is then begun there at once.

use std::hash::{DefaultHasher, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::{Duration, Instant};

use chrono::SecondsFormat;
use quick_cache::sync::Cache;
use rusqlite::types::{Null, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement as Prepared};
use sea_orm::{Statement, Value};
use uuid::Uuid;

use super::anchor::Anchor;
use super::pool::SQLITE_MMAP_BYTES;
use super::row::{Cell, Table};

/// After how many steps of its virtual machine SQLite asks whether to go on: some microseconds'
/// worth.
const STEPS: i32 = 200;
/// For how long it is told to go on.
const MOST: Duration = Duration::from_millis(4);
/// For how long it is remembered that a statement takes longer: with other values it may not.
const REMEMBERED: Duration = Duration::from_secs(30);
/// Of how many statements that is remembered.
const MOST_REMEMBERED: usize = 1_000;
/// After how long a file that did not open is tried again.
const OPENED_AGAIN: Duration = Duration::from_secs(1);
/// How many statements each connection keeps prepared, and the longest text of one, in bytes.
const PREPARED: usize = 64;
const LONGEST_PREPARED: usize = 8 * 1024;

/// Is called with each statement, and how long it took.
pub(super) type StatementTiming = Arc<dyn Fn(&Statement, Duration) + Send + Sync>;

/// Connections to a file of SQLite that are used in the task that asks.
pub(super) struct Quick {
    connections: Vec<Mutex<Slot>>,
    anchor: Arc<Anchor>,
    timing: StatementTiming,
    /// Statements that take longer than they have here, and since when that is known.
    slow: Cache<u64, Instant>,
    closed: AtomicBool,
}

/// A connection, opened when it is needed.
#[derive(Default)]
enum Slot {
    #[default]
    Unused,
    Open(Opened),
    /// It did not open.
    Failed(Instant),
}

struct Opened {
    connection: Connection,
    /// Until when it may go on, in microseconds since it was opened.
    until: Arc<AtomicU64>,
    began: Instant,
}

impl Quick {
    /// So many connections.
    pub(super) fn new(count: usize, anchor: &Arc<Anchor>, timing: StatementTiming) -> Self {
        let connections = (0..count).map(|_| Mutex::default()).collect();
        let slow = Cache::new(MOST_REMEMBERED);
        Self { connections, anchor: anchor.clone(), timing, slow, closed: AtomicBool::new(false) }
    }

    /// The rows of a statement, and how long it took; none where it is to be sent by another way,
    /// be it that it takes long, that no connection is free, or that it fails, which is told there.
    pub(super) fn rows(&self, statement: &Statement) -> Option<(Arc<Table>, Duration)> {
        let name = name(&statement.sql);
        if self.slow.get(&name).is_some_and(|since| since.elapsed() < REMEMBERED) {
            return None;
        }
        let mut held = self.free()?;
        let Opened { connection, until, began } = held.opened(&self.anchor)?;
        let now = Instant::now();
        until.store(micros(began.elapsed() + MOST), Ordering::Relaxed);
        match read(connection, statement) {
            Ok(Some(rows)) => {
                let elapsed = now.elapsed();
                (self.timing)(statement, elapsed);
                Some((Arc::new(rows), elapsed))
            }
            Ok(None) => {
                self.slow.insert(name, now);
                None
            }
            Err(error) => {
                if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) {
                    self.slow.insert(name, now);
                }
                None
            }
        }
    }

    fn free(&self) -> Option<MutexGuard<'_, Slot>> {
        let free = self.connections.iter().find_map(|connection| match connection.try_lock() {
            Ok(free) => Some(free),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        });
        free.filter(|_| !self.closed.load(Ordering::SeqCst))
    }

    /// Closes them. Nothing is read here any more.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        for connection in &self.connections {
            *connection.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Slot::Unused;
        }
    }
}

impl Slot {
    fn opened(&mut self, anchor: &Anchor) -> Option<&Opened> {
        let waits = matches!(self, Self::Failed(since) if since.elapsed() < OPENED_AGAIN);
        if !matches!(self, Self::Open(_)) && !waits {
            *self = open(anchor).map_or_else(|| Self::Failed(Instant::now()), Self::Open);
        }
        match self {
            Self::Open(opened) => Some(opened),
            Self::Unused | Self::Failed(_) => None,
        }
    }
}

/// What a statement is known by, however many values stand in its lists.
fn name(sql: &str) -> u64 {
    let mut name = DefaultHasher::new();
    sql.split(", ?").for_each(|part| name.write(part.as_bytes()));
    name.finish()
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// A connection that can only read; none where the file is not that which was opened first, or does
/// not open.
fn open(anchor: &Anchor) -> Option<Opened> {
    anchor.same_files().ok()?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(anchor.database(), flags).ok()?;
    connection
        .execute_batch(&format!("PRAGMA query_only = ON; PRAGMA mmap_size = {SQLITE_MMAP_BYTES}"))
        .ok()?;
    // Who has to wait, waits elsewhere.
    connection.busy_timeout(Duration::ZERO).ok()?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    let (until, began) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let told = until.clone();
    let ends = move || micros(began.elapsed()) > told.load(Ordering::Relaxed);
    connection.progress_handler(STEPS, Some(ends)).ok()?;
    Some(Opened { connection, until, began })
}

/// The rows of a statement; none where something in it is nothing that is read here.
fn read(connection: &Connection, statement: &Statement) -> rusqlite::Result<Option<Table>> {
    if statement.sql.len() > LONGEST_PREPARED {
        return rows(&mut connection.prepare(&statement.sql)?, statement);
    }
    rows(&mut *connection.prepare_cached(&statement.sql)?, statement)
}

fn rows(prepared: &mut Prepared<'_>, statement: &Statement) -> rusqlite::Result<Option<Table>> {
    for (place, value) in statement.values.iter().flat_map(|values| &values.0).enumerate() {
        match bind(prepared, place + 1, value) {
            Some(bound) => bound?,
            None => return Ok(None),
        }
    }
    let mut table: Option<Table> = None;
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next()? {
        // A statement that is prepared anew, since a table has changed, may have more columns.
        let table = table.get_or_insert_with(|| Table::new(row.as_ref().column_count()));
        for at in 0..table.width() {
            match cell(row.get_ref(at)?) {
                Some(cell) => table.push(cell),
                None => return Ok(None),
            }
        }
    }
    Ok(Some(table.unwrap_or_else(|| Table::new(0))))
}

fn cell(value: ValueRef<'_>) -> Option<Cell<'_>> {
    Some(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(text) => Cell::Text(std::str::from_utf8(text).ok()?),
        ValueRef::Blob(bytes) => Cell::Id(Uuid::from_slice(bytes).ok()?),
    })
}

/// Binds a value as the driver does, so that it is equal to what the driver has written; nothing of
/// what no statement here has.
fn bind(statement: &mut Prepared<'_>, at: usize, value: &Value) -> Option<rusqlite::Result<()>> {
    Some(match value {
        Value::String(Some(text)) => statement.raw_bind_parameter(at, text.as_str()),
        Value::Uuid(Some(id)) => statement.raw_bind_parameter(at, id.as_bytes().as_slice()),
        Value::Int(Some(number)) => statement.raw_bind_parameter(at, number),
        Value::BigInt(Some(number)) => statement.raw_bind_parameter(at, number),
        Value::BigUnsigned(Some(number)) => {
            statement.raw_bind_parameter(at, i64::try_from(*number).ok()?)
        }
        Value::Bool(Some(value)) => statement.raw_bind_parameter(at, value),
        Value::Double(Some(number)) => statement.raw_bind_parameter(at, number),
        Value::ChronoDate(Some(date)) => {
            statement.raw_bind_parameter(at, date.format("%F").to_string())
        }
        Value::ChronoTime(Some(time)) => {
            statement.raw_bind_parameter(at, time.format("%T%.f").to_string())
        }
        Value::ChronoDateTimeUtc(Some(moment)) => {
            statement.raw_bind_parameter(at, moment.to_rfc3339_opts(SecondsFormat::AutoSi, false))
        }
        other if *other == other.as_null() => statement.raw_bind_parameter(at, Null),
        _ => return None,
    })
}
