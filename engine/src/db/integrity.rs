//! What can be said of a database as a whole, without knowing what it is for.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use entity::{event, event_head};
use rustix::fs::statvfs;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, FromQueryResult,
    QuerySelect, Statement,
};

use super::Db;

/// So much of what SQLite finds wrong is told: more is of the same kind.
const MOST_FAULTS: usize = 20;

/// The log of events, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogExtent {
    /// Where the next event will stand, less one.
    pub head: i64,
    /// How many events there are.
    pub events: i64,
    /// The position of the first one.
    pub first: i64,
    /// The position of the last one.
    pub last: i64,
    /// When the newest one happened.
    pub newest: Option<DateTime<Utc>>,
}

/// What stands in the log, as the database counts it.
#[derive(Default, FromQueryResult)]
struct Extent {
    events: i64,
    first: Option<i64>,
    last: Option<i64>,
    newest: Option<DateTime<Utc>>,
}

/// Where the file of a database lies, and how much room it has there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// The file.
    pub file: PathBuf,
    /// How large it is, in bytes.
    pub size: u64,
    /// How much is free for it, in bytes.
    pub free: u64,
    /// Whether anybody on the machine may read or write it.
    pub is_open_to_all: bool,
}

impl Db {
    /// The name and version of the database system.
    pub async fn system(&self) -> Result<String, DbErr> {
        Ok(match self.backend() {
            DatabaseBackend::Postgres => {
                let version = self.texts("SHOW server_version").await?;
                format!("PostgreSQL {}", version.join(" "))
            }
            _ => format!("SQLite {}", self.texts("SELECT sqlite_version()").await?.join(" ")),
        })
    }

    /// What is wrong with the database by its own judgement: on SQLite damaged pages, indexes that
    /// disagree with their tables, and rows that refer to none; on PostgreSQL, which holds
    /// references itself and has `pg_amcheck` for its pages, indexes that are not in use. Reads all
    /// of a SQLite file.
    pub async fn faults(&self) -> Result<Vec<String>, DbErr> {
        if self.backend() == DatabaseBackend::Postgres {
            let invalid = "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON \
                           pg_class.oid = indrelid WHERE NOT indisvalid AND relnamespace = \
                           current_schema()::regnamespace";
            let indexes = self.texts(invalid).await?;
            return Ok(indexes
                .into_iter()
                .map(|index| format!("the index {index} is not valid: REINDEX INDEX {index}"))
                .collect());
        }
        let mut faults = self.texts(&format!("PRAGMA integrity_check({MOST_FAULTS})")).await?;
        faults.retain(|fault| fault != "ok");
        let dangling = format!(
            "SELECT \"table\" || ' ' || coalesce(rowid, '') || ' refers to no row of ' || parent \
             FROM pragma_foreign_key_check() LIMIT {MOST_FAULTS}"
        );
        faults.extend(self.texts(&dangling).await?);
        Ok(faults)
    }

    /// The log, counted: its positions follow one another from 1 to its head.
    pub async fn log_extent(&self) -> Result<LogExtent, DbErr> {
        let head = event_head::Entity::find().one(self.heavy()).await?;
        let position = event::Column::Position;
        let all = event::Entity::find()
            .select_only()
            .column_as(position.count(), "events")
            .column_as(position.min(), "first")
            .column_as(position.max(), "last")
            .column_as(event::Column::OccurredAt.max(), "newest")
            .into_model::<Extent>()
            .one(self.heavy())
            .await?
            .unwrap_or_default();
        Ok(LogExtent {
            head: head.map_or(0, |head| head.position),
            events: all.events,
            first: all.first.unwrap_or(1),
            last: all.last.unwrap_or(0),
            newest: all.newest,
        })
    }

    /// What time it is on the machine of the database; nothing on SQLite, which has none of its
    /// own.
    pub async fn time(&self) -> Result<Option<DateTime<Utc>>, DbErr> {
        if self.backend() != DatabaseBackend::Postgres {
            return Ok(None);
        }
        let now = Statement::from_string(self.backend(), "SELECT clock_timestamp() AS now");
        let row = self.reading().query_one_raw(now).await?;
        row.map(|row| row.try_get("", "now")).transpose()
    }

    /// How much room the file of a SQLite database has; nothing on PostgreSQL, whose disk is not
    /// seen from here.
    pub fn room(&self) -> std::io::Result<Option<Room>> {
        use std::os::unix::fs::PermissionsExt;
        let Some(file) = self.sqlite_file() else { return Ok(None) };
        let metadata = std::fs::metadata(file)?;
        let disk = statvfs(file)?;
        Ok(Some(Room {
            file: file.to_owned(),
            size: metadata.len(),
            free: disk.f_bavail.saturating_mul(disk.f_frsize),
            is_open_to_all: metadata.permissions().mode() & 0o007 != 0,
        }))
    }

    /// The texts in the first column of what a statement finds.
    async fn texts(&self, sql: &str) -> Result<Vec<String>, DbErr> {
        let statement = Statement::from_string(self.backend(), sql);
        let rows = self.heavy().query_all_raw(statement).await?;
        rows.iter().map(|row| row.try_get_by_index(0)).collect()
    }
}
