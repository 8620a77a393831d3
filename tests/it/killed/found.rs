//! What is found in the database of a server that was killed.

use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, Statement};
use serde_json::Value;

use super::Acknowledged;

/// A row of a table that the writers change: its table, id, and version.
type Row = (&'static str, String, i64);

/// What stands in the database, read in plain SQL, past the program.
pub struct Found {
    rows: Vec<Row>,
    /// Position, and the id of the subject; and how many writes tell of it.
    pub(super) events: Vec<(i64, Option<String>)>,
    writes: Vec<(String, i64)>,
    /// Key, records, position.
    pub(super) receipts: Vec<(String, Vec<String>, i64)>,
    head: i64,
}

const TABLES: [&str; 6] = ["venue", "source", "batch", "delegation", "claim", "access_grant"];

impl Found {
    pub async fn read(db: DatabaseConnection) -> Self {
        let backend = db.get_database_backend();
        // An id is sixteen bytes in SQLite, and a type of its own in PostgreSQL.
        let id = match backend {
            DatabaseBackend::Sqlite => "lower(hex(id))",
            _ => "replace(id::text, '-', '')",
        };
        let all = async |sql: String| {
            db.query_all_raw(Statement::from_string(backend, sql)).await.expect("it is read")
        };
        let mut rows = Vec::new();
        for table in TABLES {
            for row in all(format!("SELECT {id} AS id, version FROM {table}")).await {
                let version: i32 = row.try_get("", "version").expect("a version");
                rows.push((table, row.try_get("", "id").expect("an id"), i64::from(version)));
            }
        }
        let events = all(
            "SELECT position, replace(subject_id, '-', '') AS subject FROM event ORDER BY position"
                .to_owned(),
        );
        let event = |row: sea_orm::QueryResult| {
            (
                row.try_get("", "position").expect("a position"),
                row.try_get("", "subject").expect("a subject"),
            )
        };
        let events = events.await.into_iter().map(event).collect();
        // Each write has a moment of its own, and each moment of a record one write.
        let writes =
            all("SELECT replace(subject_id, '-', '') AS subject, count(DISTINCT occurred_at) AS \
                 writes FROM event WHERE subject_kind IN ('VENUE', 'SOURCE', 'BATCH', \
                 'DELEGATION', 'CLAIM', 'GRANT') GROUP BY subject_id"
                .to_owned());
        let written = |row: sea_orm::QueryResult| {
            (
                row.try_get("", "subject").expect("a subject"),
                row.try_get("", "writes").expect("a number"),
            )
        };
        let writes = writes.await.into_iter().map(written).collect();
        let receipts = all("SELECT key, records, position FROM mutation_receipt".to_owned());
        let receipt = |row: sea_orm::QueryResult| {
            let records: Value = row.try_get("", "records").expect("records");
            let records = records.as_array().expect("a list").iter();
            let records = records.map(|id| id.as_str().expect("an id").replace('-', "")).collect();
            (
                row.try_get("", "key").expect("a key"),
                records,
                row.try_get("", "position").expect("a position"),
            )
        };
        let receipts = receipts.await.into_iter().map(receipt).collect();
        let head = all("SELECT position FROM event_head".to_owned())
            .await
            .remove(0)
            .try_get("", "position");
        Self { rows, events, writes, receipts, head: head.expect("a position") }
    }

    pub fn check(&self, acknowledged: &[Acknowledged]) {
        use std::collections::{BTreeMap, BTreeSet};
        let rows: BTreeMap<&str, (&str, i64)> = self
            .rows
            .iter()
            .map(|(table, id, version)| (id.as_str(), (*table, *version)))
            .collect();
        let receipts: BTreeMap<&str, (&[String], i64)> = self
            .receipts
            .iter()
            .map(|(key, records, position)| (key.as_str(), (records.as_slice(), *position)))
            .collect();
        for Acknowledged { key, table, id, version } in acknowledged {
            let (records, _) = receipts
                .get(key.as_str())
                .unwrap_or_else(|| panic!("{key} was acknowledged and is lost"));
            assert_eq!(*records, std::slice::from_ref(id), "{key}");
            let (of, now) = rows
                .get(id.as_str())
                .unwrap_or_else(|| panic!("{key} was acknowledged without a {table}"));
            assert!(of == table && now >= version, "{key}: {of} {now}, {table} {version}");
        }
        // Positions leave no gap, and the head stands at the last.
        let positions: Vec<i64> = self.events.iter().map(|event| event.0).collect();
        assert_eq!(positions, (1..=self.head).collect::<Vec<_>>());
        // Each receipt, acknowledged or not, has its record, and an event of it before its place in
        // the log.
        let told: BTreeSet<(i64, &str)> = self
            .events
            .iter()
            .filter_map(|(position, subject)| Some((*position, subject.as_deref()?)))
            .collect();
        for (key, (records, position)) in &receipts {
            for id in *records {
                assert!(rows.contains_key(id.as_str()), "{key} has no record");
                assert!(
                    (1..=*position).rev().any(|at| told.contains(&(at, id.as_str()))),
                    "{key} has no event"
                );
            }
        }
        // Each record that the writers changed has as many versions as writes that tell of it, and
        // no event is without a record.
        let writes: BTreeMap<&str, i64> =
            self.writes.iter().map(|(subject, writes)| (subject.as_str(), *writes)).collect();
        let changed: BTreeSet<&str> =
            receipts.values().flat_map(|(records, _)| records.iter().map(String::as_str)).collect();
        for (subject, _) in &self.writes {
            assert!(
                rows.contains_key(subject.as_str()),
                "an event tells of {subject}, which is not there"
            );
        }
        for id in changed {
            assert_eq!(writes.get(id), rows.get(id).map(|row| &row.1), "{:?} {id}", rows.get(id));
        }
    }
}
