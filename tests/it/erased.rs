//! Whoever is erased is nowhere in the database: neither in its rows, nor in what it keeps of rows
//! that are gone.

use std::path::Path;

use entity::vocabulary::{GrantRole, ImportTable};
use entity::{event, person};
use jejaring::access::Actor;
use jejaring::db::{purge, write};
use jejaring::exchange::import::{Upload, receive};
use jejaring::people::person::erase::{called_alike, erase};
use sea_orm::prelude::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, EntityTrait, QueryFilter, QueryOrder, Statement,
};

use crate::intents::{draft, mutation, owner};
use crate::support::{Backend, TestApp, db_options, writable};

both_dbs!(an_erased_name_is_nowhere, what_is_erased_leaves_the_log_as_it_was);

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

/// Puts the name wherever one can stand; the row of the person.
async fn put_everywhere(app: &TestApp) -> person::Model {
    let officer = owner(app).await;
    let curator = app.staff(GrantRole::Curator).await;
    // The title is what is claimed below.
    let title = format!(", title: {{text: \"Talk of {NAME}\", language: \"en\"}}");
    let batch = draft(app, &officer, "erased-2026", &title).await;
    let done = async |name: &str, input: &str, record: &str| {
        done(app, &officer, name, input, record).await
    };
    done("announceBatch", &format!("batchId: {batch:?}, reason: \"{NAME} asked for it\""), "batch")
        .await;
    // Under a name that is corrected later, and twice: the other record is merged into the first.
    let added = format!(
        "name: \"{NAME} Senior\", idempotencyKey: \"add {NAME}\", reason: \"she, {NAME}, spoke\""
    );
    let id = done("addPerson", &added, "person").await;
    let other = done("addPerson", "name: \"Wxqsiti Jqzaminax\"", "person").await;
    let correct =
        mutation("correctName", &format!("personId: {id:?}, name: \"{NAME}\""), "person { id }");
    assert_eq!(app.ask_as(&curator, &correct).await.refusals("correctName"), Vec::<String>::new());
    let key = app
        .ask_as(&officer, &format!("{{ node(id: {id:?}) {{ ... on Person {{ key }} }} }}"))
        .await;
    let key = key.text("/node/key").to_owned();
    let source = app
        .ask("{ sources(first: 1) { nodes { id } } indicators(first: 1) { nodes { id } } }")
        .await;
    let (source, indicator) =
        (source.text("/sources/nodes/0/id"), source.text("/indicators/nodes/0/id"));
    let own = app.ask("{ batch(by: {key: \"jewellery-2023\"}) { owner { id } } }").await;
    let own = own.text("/batch/owner/id").to_owned();
    let post = format!(
        "personId: {id:?}, institutionId: {own:?}, post: \"Office of {NAME}\", language: \"en\""
    );
    let post = done("appointPerson", &post, "appointment").await;
    let engaged =
        format!("personId: {id:?}, batchId: {batch:?}, role: SPEAKER, appointmentId: {post:?}");
    let engaged = done("engagePerson", &engaged, "engagement").await;
    let deputy = done("addPerson", "name: \"Somebody Else\"", "person").await;
    let deputy =
        format!("personId: {deputy:?}, batchId: {batch:?}, role: TRAINER, onBehalfOfId: {id:?}");
    done("engagePerson", &deputy, "engagement").await;
    let memoir = format!(
        "kind: REPORT, title: \"Memoir of {NAME}\", language: \"en\", key: \
         \"memoir-wxqsiti-jqzaminah\""
    );
    done("addSource", &memoir, "source").await;
    let locator = format!("locator: \"beside {NAME}\"");
    done("citeSource", &format!("recordId: {engaged:?}, sourceId: {source:?}"), "citation").await;
    done(
        "citeSource",
        &format!("recordId: {batch:?}, sourceId: {source:?}, {locator}"),
        "citation",
    )
    .await;
    let by_her = format!("batchId: {batch:?}, sourceId: {source:?}, statedById: {id:?}, {locator}");
    done(
        "fileClaim",
        &format!("{by_her}, property: TITLE, text: \"Talk of {NAME}\", language: \"en\""),
        "claim",
    )
    .await;
    done(
        "recordObservation",
        &format!("{by_her}, indicatorId: {indicator:?}, value: 3"),
        "observation",
    )
    .await;
    let outcome =
        format!("batchId: {batch:?}, kind: AIM, labelEn: \"A shop of {NAME}\", statedById: {id:?}");
    done("recordOutcome", &outcome, "outcome").await;
    // What is void by the time.
    let talk = format!("{by_her}, property: TITLE, text: \"Speech of {NAME}\", language: \"en\"");
    let trained = format!("personId: {id:?}, batchId: {batch:?}, role: TRAINER");
    let aim = format!(
        "batchId: {batch:?}, kind: AIM, labelEn: \"{NAME} again\", key: \"wxqsiti-jqzaminah-1\""
    );
    for (name, input, record) in [
        ("fileClaim", &talk, "claim"),
        ("engagePerson", &trained, "engagement"),
        ("recordOutcome", &aim, "outcome"),
    ] {
        let id = done(name, input, record).await;
        let input = format!("recordId: {id:?}, reason: \"not {NAME}\"");
        let operator = mutation("voidRecord", &input, "tombstone { id }");
        let answer = app.ask_as(&Actor::Operator, &operator).await;
        assert_eq!(answer.refusals("voidRecord"), Vec::<String>::new(), "{answer}");
    }
    let party = done(
        "inviteDelegation",
        &format!("batchId: {batch:?}, country: \"KH\", label: \"{NAME}\""),
        "delegation",
    )
    .await;
    done("recordAttendance", &format!("delegationId: {party:?}"), "delegation").await;
    let plan = done("expectActionPlan", &format!("delegationId: {party:?}"), "actionPlan").await;
    done(
        "submitActionPlan",
        &format!("actionPlanId: {plan:?}, title: \"Plan of {NAME}\""),
        "actionPlan",
    )
    .await;
    let item = done(
        "addActionItem",
        &format!("actionPlanId: {plan:?}, title: \"Ask {NAME}\""),
        "actionItem",
    )
    .await;
    done(
        "noteProgress",
        &format!("actionItemId: {item:?}, text: \"{NAME} was asked\""),
        "progressNote",
    )
    .await;
    let found = app
        .ask_as(
            &officer,
            &format!(
                "{{ node(id: {batch:?}) {{ ... on Batch {{ findings(filter: {{state: {{eq: \
                 OPEN}}}}) {{ nodes {{ id }} }} }} }} }}"
            ),
        )
        .await;
    let found = found.text("/node/findings/nodes/0/id").to_owned();
    done(
        "explainFinding",
        &format!("findingId: {found:?}, explanation: \"As {NAME} said\""),
        "finding",
    )
    .await;
    // Files: one that is applied, one that is thrown away, one that waits.
    let file = format!("List of {NAME}.csv");
    let rows = "batch,country,status\nerased-2026,LA,attended\n".to_owned();
    let applied = hand_in(app, &officer, ImportTable::Delegations, &file, rows).await;
    done("applyImport", &format!("importId: {applied:?}"), "import").await;
    let rows =
        format!("batch,name,country\nerased-2026,{NAME},KH\nerased-2026,Somebody Other,KH\n");
    let thrown = hand_in(app, &officer, ImportTable::Participants, &file, rows.clone()).await;
    done("discardImport", &format!("importId: {thrown:?}"), "import").await;
    let waits =
        hand_in(app, &officer, ImportTable::Participants, "wxqsiti_jqzaminah.csv", rows).await;
    done(
        "decideName",
        &format!("importId: {waits:?}, name: \"{NAME}\", country: \"TH\""),
        "import",
    )
    .await;
    let merge = format!("personId: {other:?}, intoId: {id:?}, reason: \"Both are {NAME}\"");
    let merge = mutation("mergePeople", &merge, "person { id }");
    assert_eq!(app.ask_as(&curator, &merge).await.refusals("mergePeople"), Vec::<String>::new());
    let found =
        app.ask("{ search(text: \"wxqsiti jqzaminah\", first: 50) { nodes { kind } } }").await;
    let kinds = found.sorted("/search/nodes", "/kind");
    assert!(
        kinds.contains(&"BATCH") && kinds.contains(&"PERSON") && kinds.contains(&"PROGRESS_NOTE"),
        "{kinds:?}"
    );
    let row =
        person::Entity::find().filter(person::Column::Key.eq(key)).one(app.app.db.reading()).await;
    row.expect("a read").expect("the person")
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
