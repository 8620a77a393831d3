//! Statements on SQLite that are answered where they are asked.
//!
//! The driver has a thread for each connection, which hands every row over to the task that asked: for a statement of a tenth
//! of a millisecond most of the time is spent on that. So a statement is begun in the task itself, on connections that are
//! for nothing else. One that is not done after some milliseconds is given up here, and left to a thread that can be
//! interrupted; from then on it is begun there at once.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::{Duration, Instant};

use chrono::SecondsFormat;
use quick_cache::sync::Cache;
use rusqlite::types::{Null, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags};
use sea_orm::{Statement, Value};
use uuid::Uuid;

use super::anchor::Anchor;
use super::pool::SQLITE_MMAP_BYTES;
use super::row::{Cell, Table};

/// After how many steps of its virtual machine SQLite asks whether to go on: some ten microseconds' worth.
const STEPS: i32 = 1_000;
/// How often it is told to go on: for some milliseconds.
const MOST: u32 = 400;
/// Of how many statements it is remembered that they take longer.
const REMEMBERED: usize = 1_000;
/// How many statements each connection keeps prepared.
const PREPARED: usize = 256;

/// Told of each statement, and how long it took.
pub(super) type Told = Arc<dyn Fn(&Statement, Duration) + Send + Sync>;

/// Connections to a file of SQLite that are used in the task that asks.
pub(super) struct Quick {
    connections: Vec<Mutex<Option<Opened>>>,
    anchor: Arc<Anchor>,
    told: Told,
    /// Statements that take longer than they have here.
    slow: Cache<u64, ()>,
    closed: AtomicBool,
}

struct Opened {
    connection: Connection,
    /// How often it may still go on.
    left: Arc<AtomicU32>,
}

impl Quick {
    /// So many connections, which are opened when they are needed.
    pub(super) fn new(count: usize, anchor: &Arc<Anchor>, told: Told) -> Self {
        let connections = (0..count).map(|_| Mutex::default()).collect();
        Self { connections, anchor: anchor.clone(), told, slow: Cache::new(REMEMBERED), closed: AtomicBool::new(false) }
    }

    /// The rows of a statement; none where it is to be sent by another way, be it that it takes long, that no connection is free,
    /// or that it fails, which is told there.
    pub(super) fn rows(&self, statement: &Statement) -> Option<Arc<Table>> {
        let mut name = DefaultHasher::new();
        statement.sql.hash(&mut name);
        let name = name.finish();
        if self.slow.get(&name).is_some() {
            return None;
        }
        let mut held = self.free()?;
        if held.is_none() {
            *held = Some(open(&self.anchor)?);
        }
        let Opened { connection, left } = held.as_ref()?;
        left.store(MOST, Ordering::Relaxed);
        let began = Instant::now();
        let rows = read(connection, statement);
        if rows.is_none() && left.load(Ordering::Relaxed) == 0 {
            self.slow.insert(name, ());
        }
        let rows = rows?;
        (self.told)(statement, began.elapsed());
        Some(Arc::new(rows))
    }

    fn free(&self) -> Option<MutexGuard<'_, Option<Opened>>> {
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
            connection.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
        }
    }
}

/// A connection that can only read; none where the file is not that which was opened first, or does not open.
fn open(anchor: &Anchor) -> Option<Opened> {
    anchor.same_files().ok()?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(anchor.database(), flags).ok()?;
    connection.execute_batch(&format!("PRAGMA query_only = ON; PRAGMA mmap_size = {SQLITE_MMAP_BYTES}")).ok()?;
    // Who has to wait, waits elsewhere.
    connection.busy_timeout(Duration::ZERO).ok()?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    let left = Arc::new(AtomicU32::new(0));
    let goes_on = left.clone();
    let ends = move || goes_on.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_err();
    connection.progress_handler(STEPS, Some(ends)).ok()?;
    Some(Opened { connection, left })
}

fn read(connection: &Connection, statement: &Statement) -> Option<Table> {
    let mut prepared = connection.prepare_cached(&statement.sql).ok()?;
    for (place, value) in statement.values.iter().flat_map(|values| &values.0).enumerate() {
        bind(&mut prepared, place + 1, value)?.ok()?;
    }
    let mut table = Table::new(prepared.column_count());
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next().ok()? {
        for at in 0..table.width() {
            let cell = match row.get_ref(at).ok()? {
                ValueRef::Null => Cell::Null,
                ValueRef::Integer(number) => Cell::Integer(number),
                ValueRef::Real(number) => Cell::Real(number),
                ValueRef::Text(text) => Cell::Text(std::str::from_utf8(text).ok()?),
                ValueRef::Blob(bytes) => Cell::Id(Uuid::from_slice(bytes).ok()?),
            };
            table.push(cell);
        }
    }
    Some(table)
}

/// Binds a value as the driver does, so that it is equal to what the driver has written; nothing of what no statement here has.
fn bind(statement: &mut CachedStatement<'_>, at: usize, value: &Value) -> Option<rusqlite::Result<()>> {
    Some(match value {
        Value::String(Some(text)) => statement.raw_bind_parameter(at, text.as_str()),
        Value::Uuid(Some(id)) => statement.raw_bind_parameter(at, id.as_bytes().as_slice()),
        Value::Int(Some(number)) => statement.raw_bind_parameter(at, number),
        Value::BigInt(Some(number)) => statement.raw_bind_parameter(at, number),
        Value::BigUnsigned(Some(number)) => statement.raw_bind_parameter(at, i64::try_from(*number).ok()?),
        Value::Bool(Some(value)) => statement.raw_bind_parameter(at, value),
        Value::Double(Some(number)) => statement.raw_bind_parameter(at, number),
        Value::ChronoDate(Some(date)) => statement.raw_bind_parameter(at, date.format("%F").to_string()),
        Value::ChronoTime(Some(time)) => statement.raw_bind_parameter(at, time.format("%T%.f").to_string()),
        Value::ChronoDateTimeUtc(Some(moment)) => {
            statement.raw_bind_parameter(at, moment.to_rfc3339_opts(SecondsFormat::AutoSi, false))
        }
        other if *other == other.as_null() => statement.raw_bind_parameter(at, Null),
        _ => return None,
    })
}
