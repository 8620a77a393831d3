//! The database: the migrations make what the entities say, the log is append-only, and several
//! processes may start.

use std::collections::BTreeMap;

use entity::*;
use jejaring::access::Actor;
use jejaring::app::App;
use jejaring::db::{exclusively, migrate, migrations, write};
use jejaring::error::WriteError;
use sea_orm::{ConnectionTrait, DatabaseBackend, EntityTrait, Schema, Statement};

use crate::support::{Backend, TestApp, config, test_clock, writable};

both_dbs!(
    the_log_is_append_only,
    a_write_without_an_event_is_refused_and_nothing_is_written,
    references_that_may_be_null_are_indexed_where_they_are_not,
    what_a_failing_write_did_is_undone,
    positions_are_contiguous_and_events_tell_what_they_concern,
    the_reading_connections_cannot_write,
    a_plan_becomes_overdue_with_time,
);

both_dbs_empty!(
    migrations_make_what_the_entities_say,
    several_processes_may_start_at_once,
    what_has_been_applied_can_be_seen,
);

macro_rules! all_entities {
    ($each:ident) => {
        $each!(
            access_grant,
            account,
            action_item,
            action_plan,
            api_token,
            appointment,
            batch,
            batch_part,
            batch_topic,
            batch_venue,
            citation,
            claim,
            country,
            country_name,
            delegation,
            delegation_part,
            engagement,
            event,
            event_head,
            event_reason,
            event_spool,
            finding,
            finding_claim,
            import,
            import_mapping,
            import_row,
            indicator,
            institution,
            institution_ancestor,
            institution_identifier,
            institution_name,
            membership,
            mutation_receipt,
            name_decision,
            observation,
            outcome,
            partnership,
            person,
            programme,
            programme_topic,
            progress_note,
            regional_group,
            reminder_mail,
            search_entry,
            search_name,
            source,
            source_relation,
            tag,
            tombstone,
            topic,
            venue,
            voided_row,
            webhook_course,
            webhook_delivery,
            webhook_endpoint,
            workshop,
            workshop_topic
        )
    };
}

/// Each table with its columns (name, type, nullable) and foreign keys, as the database tells them.
async fn shape(db: &impl ConnectionTrait) -> BTreeMap<String, Vec<String>> {
    let sql = match db.get_database_backend() {
        DatabaseBackend::Sqlite => {
            "SELECT m.name AS tbl, 'column ' || c.name || ' ' || lower(c.type) || CASE WHEN \
             c.\"notnull\" = 1 OR c.pk > 0 THEN ' not null' ELSE '' END || CASE WHEN c.pk > 0 THEN \
             ' key' ELSE '' END AS line FROM sqlite_master m, pragma_table_info(m.name) c WHERE \
             m.type = 'table' UNION ALL SELECT m.name, 'reference ' || f.\"from\" || ' to ' || \
             f.\"table\" || '.' || f.\"to\" FROM sqlite_master m, pragma_foreign_key_list(m.name) \
             f WHERE m.type = 'table' ORDER BY 1, 2"
        }
        _ => {
            "SELECT table_name::text AS tbl, 'column ' || column_name || ' ' || data_type || CASE \
             WHEN is_nullable = 'NO' THEN ' not null' ELSE '' END AS line FROM \
             information_schema.columns WHERE table_schema = 'public' UNION ALL SELECT \
             conrelid::regclass::text, 'reference ' || pg_get_constraintdef(oid) FROM \
             pg_constraint WHERE contype IN ('f', 'p') AND connamespace = 'public'::regnamespace \
             ORDER BY 1, 2"
        }
    };
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .expect("the shape");
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let (table, line): (String, String) =
            (row.try_get("", "tbl").expect("a table"), row.try_get("", "line").expect("a line"));
        // The index of words is SQLite's own, and no entity.
        if table != "seaql_migrations"
            && !table.starts_with("sqlite_")
            && !table.starts_with("search_index")
        {
            tables.entry(table.trim_matches('"').to_owned()).or_default().push(line);
        }
    }
    tables
}

/// Schema sync is never used on a register; here it is the oracle that the migrations are held
/// against.
async fn migrations_make_what_the_entities_say(app: TestApp) {
    exclusively(&app.app.db, async || migrate(&app.app.db).await).await.expect("the migrations");
    is_what_the_entities_say(&app).await;
}

/// Holds the tables of a database against the entities.
pub async fn is_what_the_entities_say(app: &TestApp) {
    let migrated = shape(app.app.db.reading()).await;
    let oracle = TestApp::new(app.backend, crate::support::Contents::Nothing)
        .await
        .expect("the same database again");
    let db = writable(&oracle).await;
    let schema = Schema::new(db.get_database_backend());
    let mut builder = schema.builder();
    macro_rules! register {
        ($($entity:ident),+) => { $(builder = builder.register($entity::Entity);)+ };
    }
    all_entities!(register);
    builder.sync(&db).await.expect("the entities in a database");
    let synced = shape(&db).await;
    for (table, lines) in &synced {
        assert_eq!(migrated.get(table), Some(lines), "{table}");
    }
    assert_eq!(migrated.len(), synced.len(), "{:?}", migrated.keys());
    assert_eq!(migrated.len(), 57);
}

/// The planner of SQLite counts nulls as one value that most rows have: an index of a reference
/// that is null in nearly all rows looks as if it found nothing out.
async fn references_that_may_be_null_are_indexed_where_they_are_not(app: TestApp) {
    let indexes = match app.backend {
        Backend::Sqlite => {
            "SELECT DISTINCT m.name || ' ' || i.name FROM sqlite_master m JOIN \
             pragma_foreign_key_list(m.name) f JOIN pragma_table_info(m.name) c ON c.name = \
             f.\"from\" AND c.\"notnull\" = 0 AND c.pk = 0 JOIN pragma_index_list(m.name) i ON \
             i.partial = 0 AND i.\"unique\" = 0 JOIN pragma_index_info(i.name) l ON l.seqno = 0 \
             AND l.name = c.name WHERE m.type = 'table'"
        }
        Backend::Postgres => {
            "SELECT DISTINCT i.indexrelid::regclass::text FROM pg_index i \
             JOIN pg_constraint f ON f.conrelid = i.indrelid AND f.contype = 'f' AND f.conkey[1] = \
             i.indkey[0] JOIN pg_attribute c ON c.attrelid = i.indrelid AND c.attnum = i.indkey[0] \
             AND NOT c.attnotnull WHERE i.indpred IS NULL AND NOT i.indisunique AND \
             array_length(f.conkey, 1) = 1"
        }
    };
    let statement = Statement::from_string(app.app.db.reading().get_database_backend(), indexes);
    let rows = app.app.db.reading().query_all_raw(statement).await.expect("the indexes");
    let mut whole: Vec<String> =
        rows.iter().map(|row| row.try_get_by_index(0).expect("a name")).collect();
    // What is looked for where the operator, who has no account, has said it.
    whole.retain(|index| !index.contains("ix_account_id_name"));
    assert_eq!(whole, Vec::<String>::new());
}

async fn several_processes_may_start_at_once(app: TestApp) {
    let config = config(&app.url);
    let starts = (0..4).map(|_| App::open(&config, test_clock()));
    for started in futures::future::join_all(starts).await {
        started.expect("each of them starts").db.close().await.expect("and stops");
    }
    let batches = batch::Entity::find().all(app.app.db.reading()).await.expect("the batches");
    assert_eq!(batches.len(), 4);
}

async fn what_has_been_applied_can_be_seen(app: TestApp) {
    let before = migrations(&app.app.db).await.expect("the states");
    assert!(before.len() >= 7 && before.iter().all(|state| !state.applied));
    migrate(&app.app.db).await.expect("the migrations");
    let after = migrations(&app.app.db).await.expect("the states");
    assert!(after.iter().all(|state| state.applied), "{after:?}");
}

async fn the_log_is_append_only(app: TestApp) {
    let db = writable(&app).await;
    let mut attempts = vec!["UPDATE event SET actor = 'x' WHERE position = 1", "DELETE FROM event"];
    if app.backend == Backend::Postgres {
        attempts.push("TRUNCATE event CASCADE");
    }
    let before = event::Entity::find().all(&db).await.expect("the log");
    for attempt in attempts {
        let refused = db.execute_unprepared(attempt).await.expect_err(attempt);
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    if app.backend == Backend::Sqlite {
        db.execute_unprepared("PRAGMA recursive_triggers = ON")
            .await
            .expect("as the program sets it");
        let replace = "INSERT OR REPLACE INTO event SELECT * FROM event WHERE position = 1";
        assert!(db.execute_unprepared(replace).await.is_err());
    }
    assert_eq!(event::Entity::find().all(&db).await.expect("the log"), before);
}

async fn a_write_without_an_event_is_refused_and_nothing_is_written(app: TestApp) {
    let (db, clock) = (&app.app.db, &app.app.clock);
    let topics = topic::Entity::find().all(db.reading()).await.expect("the topics");
    let position = app.position().await;
    let refused = write(db, clock, Actor::Operator, async |w| {
        w.delete_all::<batch_topic::Entity>(sea_orm::Condition::all())
            .await
            .map_err(WriteError::from)
    })
    .await;
    assert!(matches!(refused, Err(WriteError::Contract(_))), "{refused:?}");
    assert_eq!(topic::Entity::find().all(db.reading()).await.expect("the topics"), topics);
    assert!(!batch_topic::Entity::find().all(db.reading()).await.expect("the links").is_empty());
    assert_eq!(app.position().await, position);
}

async fn what_a_failing_write_did_is_undone(app: TestApp) {
    use jejaring::events::{Event, EventKind};
    let (db, clock) = (&app.app.db, &app.app.clock);
    let position = app.position().await;
    let failed: Result<jejaring::db::Written<()>, _> =
        write(db, clock, Actor::Operator, async |w| {
            w.record(Event::general(EventKind::RegisterLoaded));
            w.delete_all::<batch_topic::Entity>(sea_orm::Condition::all()).await?;
            Err(WriteError::Contract("on second thoughts"))
        })
        .await;
    assert!(failed.is_err());
    assert!(!batch_topic::Entity::find().all(db.reading()).await.expect("the links").is_empty());
    assert_eq!(app.position().await, position);
}

async fn positions_are_contiguous_and_events_tell_what_they_concern(app: TestApp) {
    let events = event::Entity::find().all(app.app.db.reading()).await.expect("the log");
    let head = app.position().await;
    let mut positions: Vec<i64> = events.iter().map(|event| event.position).collect();
    positions.sort_unstable();
    assert_eq!(positions, (1..=head).collect::<Vec<_>>());
    let attended: Vec<_> =
        events.iter().filter(|event| event.kind == "delegation.attended").collect();
    // Six at the jewellery batch, twelve in 2017; the associations of 2018 are delegations as well.
    let of_countries =
        attended.iter().filter(|event| event.countries != serde_json::json!([])).count();
    assert!(of_countries >= 18, "{of_countries}");
    let cambodia = attended
        .iter()
        .find(|event| event.countries == serde_json::json!(["KH"]))
        .expect("Cambodia came");
    assert_eq!(cambodia.programmes.as_array().map(Vec::len), Some(1));
    assert!(
        cambodia.owner_id.is_some()
            && cambodia.topics.as_array().is_some_and(|topics| !topics.is_empty())
    );
    let opened =
        events.iter().filter(|event| event.kind == "finding.opened" && event.public).count();
    assert!(opened >= 5, "{opened}");
    // Names of people are in no event.
    for event in &events {
        let text = serde_json::to_string(&event.changes).expect("JSON")
            + event.subject_key.as_deref().unwrap_or_default();
        for name in [
            "Hagung", "hagung", "Gati", "gati-", "Retno", "retno", "Virginia", "virginia",
            "Sutiaji", "sutiaji",
        ] {
            assert!(!text.contains(name), "{} {text}", event.kind);
        }
    }
}

async fn the_reading_connections_cannot_write(app: TestApp) {
    let refused = app.app.db.reading().execute_unprepared("DELETE FROM batch_topic").await;
    assert!(refused.is_err());
}

/// Nobody writes, and yet a plan is overdue the day after its due date: the sweep finds it, once.
async fn a_plan_becomes_overdue_with_time(app: TestApp) {
    use jejaring::provenance::sweep;
    let (db, clock) = (&app.app.db, &app.app.clock);
    let due = "UPDATE action_plan SET due_on = '2026-06-30' WHERE key = \
               'colombo-plan-sme-2017-2-la-plan'";
    let writable = writable(&app).await;
    let statement = Statement::from_string(writable.get_database_backend(), due);
    assert_eq!(writable.execute_raw(statement).await.expect("the due date").rows_affected(), 1);
    let overdue = "{ findings(filter: {rule: {eq: PLAN_OVERDUE}}) { nodes { state message record { \
                   ... on ActionPlan { key } } } } }";
    let position = app.position().await;
    clock.set("2026-06-30T23:59:59Z".parse().expect("a moment"));
    sweep(db, clock).await.expect("a sweep");
    assert_eq!(app.position().await, position);
    clock.set("2026-07-01T00:00:00Z".parse().expect("a moment"));
    sweep(db, clock).await.expect("a sweep");
    sweep(db, clock).await.expect("another");
    let found = app.ask(overdue).await;
    assert_eq!(
        found.texts("/findings/nodes", "/record/key"),
        ["colombo-plan-sme-2017-2-la-plan"],
        "{found}"
    );
    assert_eq!(app.position().await, position + 1);
}
