//! Whoever is erased is nowhere in the database: neither in its rows, nor in what it keeps of rows
//! that are gone.

mod everywhere;

use std::path::Path;

use entity::event;
use entity::vocabulary::ImportTable;
use jejaring::access::Actor;
use jejaring::db::{purge, write};
use jejaring::exchange::import::{Upload, receive};
use jejaring::people::person::erase::{called_alike, erase};
use sea_orm::prelude::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, EntityTrait, QueryFilter, QueryOrder, Statement,
};

use self::everywhere::put_everywhere;
use crate::intents::mutation;
use crate::support::{Backend, TestApp, db_options, writable};

both_dbs!(an_erased_name_is_nowhere, what_is_erased_leaves_the_log_as_it_was,);

/// A name of words that nobody else has, and parts of it that are not cut off where words are
/// stored by what they differ in.
const NAME: &str = "Wxqsiti Jqzaminah";
const PARTS: [&str; 2] = ["xqsiti", "qzamina"];

async fn done(app: &TestApp, actor: &Actor, name: &str, input: &str, record: &str) -> String {
    let answer = app.ask_as(actor, &mutation(name, input, &format!("{record} {{ id }}"))).await;
    assert!(
        answer.errors.is_empty() && answer.refusals(name).is_empty(),
        "{name} {input} {answer}"
    );
    answer.text(&format!("/{name}/{record}/id")).to_owned()
}

async fn hand_in(
    app: &TestApp,
    who: &Actor,
    table: ImportTable,
    file: &str,
    text: String,
) -> String {
    let upload = Upload {
        table,
        file_name: file.to_owned(),
        institution: None,
        mapping: None,
        columns: Vec::new(),
        set: Vec::new(),
        order: None,
    };
    let read = std::io::Cursor::new(text.into_bytes());
    let row = receive(&app.app.db, &app.app.clock, who, upload, read, |_, _| ())
        .await
        .expect("the file is read");
    app.id_of(who, "import", &row.key).await
}

/// Where a part of the name stands in bytes, in whatever letters and widths.
fn stands_in(bytes: &[u8]) -> bool {
    let lower: Vec<u8> = bytes.iter().map(u8::to_ascii_lowercase).collect();
    let narrow: Vec<u8> = lower.iter().copied().filter(|byte| *byte != 0).collect();
    let has = |bytes: &[u8], part: &str| {
        bytes.windows(part.len()).any(|window| window == part.as_bytes())
    };
    PARTS.iter().any(|part| has(&lower, part) || has(&narrow, part))
}

/// The files under a folder in which the name stands.
fn files_naming(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_naming(&path));
        } else if std::fs::read(&path).is_ok_and(|bytes| stands_in(&bytes)) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// The files of the database in which the name stands.
async fn traces(app: &TestApp) -> Vec<String> {
    match app.backend {
        Backend::Sqlite => {
            let file = Path::new(app.url.trim_start_matches("sqlite://"));
            files_naming(file.parent().expect("a folder"))
        }
        Backend::Postgres => {
            let db = writable(app).await;
            db.execute_unprepared("CHECKPOINT").await.expect("a checkpoint");
            let base = "SELECT current_setting('data_directory') || '/base/' || oid AS folder FROM \
                        pg_database WHERE datname = current_database()";
            let base =
                db.query_one_raw(Statement::from_string(DatabaseBackend::Postgres, base)).await;
            let folder: String =
                base.expect("a read").expect("a row").try_get("", "folder").expect("a folder");
            db.close().await.expect("it closes");
            files_naming(Path::new(&folder))
        }
    }
}

/// The tables in which the name stands.
async fn tables(app: &TestApp) -> Vec<String> {
    let db = app.app.db.reading();
    let backend = db.get_database_backend();
    let names = match app.backend {
        Backend::Sqlite => {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'search_index%'"
        }
        Backend::Postgres => {
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
        }
    };
    let mut found = Vec::new();
    for row in db.query_all_raw(Statement::from_string(backend, names)).await.expect("the tables") {
        let table: String = row.try_get("", "name").expect("a name");
        let columns = match app.backend {
            Backend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            Backend::Postgres => {
                format!(
                    "SELECT column_name AS name FROM information_schema.columns WHERE table_name = \
                     '{table}'"
                )
            }
        };
        for column in
            db.query_all_raw(Statement::from_string(backend, columns)).await.expect("the columns")
        {
            let column: String = column.try_get("", "name").expect("a name");
            let tests = PARTS
                .map(|part| format!("lower(CAST(\"{column}\" AS text)) LIKE '%{part}%'"))
                .join(" OR ");
            let named = format!("SELECT 1 AS one FROM \"{table}\" WHERE {tests}");
            let named =
                db.query_all_raw(Statement::from_string(backend, named)).await.expect("a read");
            if !named.is_empty() {
                found.push(format!("{table}.{column}"));
            }
        }
    }
    found
}

async fn an_erased_name_is_nowhere(app: TestApp) {
    let row = put_everywhere(&app).await;
    let before = tables(&app).await;
    // What is looked for is there, so that it is seen to be gone.
    for column in [
        "person.name",
        "person.sort_name",
        "appointment.post",
        "batch.title",
        "batch.search_text",
        "claim.text",
        "claim.locator",
        "citation.locator",
        "observation.locator",
        "outcome.label_en",
        "delegation.label",
        "action_plan.title",
        "action_item.title",
        "progress_note.text",
        "finding.explanation",
        "event.changes",
        "event_reason.text",
        "import.file_name",
        "import_row.cells",
        "name_decision.name",
        "mutation_receipt.key",
        "source.title",
        "source.key",
        "search_entry.words",
    ] {
        assert!(before.iter().any(|known| known == column), "{column} has no name: {before:?}");
    }
    assert!(!traces(&app).await.is_empty());
    assert_eq!(
        called_alike(app.app.db.reading(), &row).await.expect("a read"),
        Vec::<String>::new()
    );
    write(&app.app.db, &app.app.clock, Actor::Operator, async |w| erase(w, &row).await)
        .await
        .expect("it is erased");
    assert_eq!(tables(&app).await, Vec::<String>::new());
    purge(&db_options(&app.url, 1, 1)).await.expect("it is written anew");
    assert_eq!(traces(&app).await, Vec::<String>::new());
    // What was written beside the name is there, and found.
    let shown = app
        .ask(
            "{ batch(by: {key: \"erased-2026\"}) { title claims { totalCount } } \
             search(text: \"talk of\") { totalCount } }",
        )
        .await;
    assert_eq!(shown.at("/batch/title"), "Talk of […]");
    assert_eq!(shown.at("/search/totalCount"), 1);
    assert!(shown.at("/batch/claims/totalCount").as_i64().is_some_and(|count| count > 0));
}

/// Positions stay contiguous, and the log is append-only again.
async fn what_is_erased_leaves_the_log_as_it_was(app: TestApp) {
    let row = put_everywhere(&app).await;
    let before = event::Entity::find()
        .order_by_asc(event::Column::Position)
        .all(app.app.db.reading())
        .await
        .expect("the log");
    write(&app.app.db, &app.app.clock, Actor::Operator, async |w| erase(w, &row).await)
        .await
        .expect("it is erased");
    let after = event::Entity::find()
        .order_by_asc(event::Column::Position)
        .all(app.app.db.reading())
        .await
        .expect("the log");
    let positions: Vec<i64> = after.iter().map(|event| event.position).collect();
    assert_eq!(positions, (1..=i64::try_from(after.len()).expect("a number")).collect::<Vec<_>>());
    assert!(after.len() > before.len());
    for (before, after) in before.iter().zip(&after) {
        let name = |event: &event::Model| stands_in(format!("{event:?}").as_bytes());
        let about_her = before.subject_kind.is_some_and(|kind| {
            use entity::vocabulary::RecordKind::{Appointment, Citation, Engagement, Person};
            [Person, Appointment, Engagement, Citation].contains(&kind)
        });
        assert!(!name(after), "{after:?}");
        if !name(before) && !about_her {
            assert_eq!(before, after);
        }
    }
    let db = writable(&app).await;
    let change =
        event::Entity::update_many().col_expr(event::Column::Kind, Expr::value("batch.announced"));
    let refused = change
        .filter(event::Column::Position.eq(1))
        .exec(&db)
        .await
        .expect_err("the log is append-only");
    assert!(refused.to_string().contains("append-only"), "{refused}");
}
