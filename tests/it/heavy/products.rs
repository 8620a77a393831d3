//! Statements of the analysis join nothing with everything.

use std::collections::BTreeMap;
use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};
use tokio::time::timeout;

use crate::support::{Backend, TestApp, writable};

both_dbs!(
    no_statement_of_the_analysis_tries_a_product,
    a_country_in_a_group_in_two_kinds_is_in_it_once,
);

const DIMENSIONS: [&str; 9] = [
    "COUNTRY",
    "REGIONAL_GROUP",
    "INSTITUTION",
    "PROGRAMME",
    "BATCH",
    "TOPIC",
    "MODALITY",
    "YEAR",
    "CITY",
];

/// The id of the record `number` (an expression).
fn id(app: &TestApp, kind: u8, number: &str) -> String {
    match app.backend {
        Backend::Postgres => {
            format!(
                "CAST('01900000-0000-7000-8f{kind:02x}-' || lpad(to_hex({number}), 12, '0') AS \
                 uuid)"
            )
        }
        Backend::Sqlite => {
            format!("unhex('01900000000070008f{kind:02x}' || printf('%012x', {number}))")
        }
    }
}

/// Six hundred groups with three members each, and a delegation of each country at each batch.
async fn fill(app: &TestApp) {
    let now = match app.backend {
        Backend::Postgres => "TIMESTAMPTZ '2026-01-01T00:00:00+00:00'",
        Backend::Sqlite => "'2026-01-01T00:00:00+00:00'",
    };
    let day = |day: &str| match app.backend {
        Backend::Postgres => format!("DATE '{day}'"),
        Backend::Sqlite => format!("'{day}'"),
    };
    let numbers = "WITH RECURSIVE s(i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM s \
                   WHERE i < 600), c(n, code) AS (SELECT row_number() OVER (ORDER BY code), code \
                   FROM country WHERE length(code) = 2 AND valid_to IS NULL)";
    let db = writable(app).await;
    let group = id(app, 1, "i");
    for statement in [
        format!(
            "INSERT INTO regional_group (id, key, version, created_at, updated_at, kind, name_en, \
             sort_name, search_text) {numbers} SELECT {group}, 'bulk-' || i, 1, {now}, {now}, \
             'ORGANISATION', 'Bulk ' || i, 'bulk', 'bulk' FROM s"
        ),
        format!(
            "INSERT INTO membership (id, key, version, created_at, updated_at, regional_group_id, \
             country_code, kind, valid_from, precision, sort_date) {numbers} SELECT {}, 'bulk-' || \
             i || '-' || c.n, 1, {now}, {now}, {group}, c.code, 'FULL', {}, 'DAY', {} FROM s JOIN \
             c ON c.n % 200 = i % 200 OR c.n % 200 = (i + 7) % 200",
            id(app, 2, "i * 1000 + c.n"),
            day("2000-01-01"),
            day("2000-01-01"),
        ),
        format!(
            "INSERT INTO delegation (id, key, version, created_at, updated_at, batch_id, \
             represents, country_code, label, status, sort_date, sort_name, sort_programme) SELECT \
             {}, 'bulk-' || n, 1, {now}, {now}, batch_id, 'COUNTRY', code, 'bulk', 'ATTENDED', \
             sort_date, sort_name, '' FROM (SELECT row_number() OVER (ORDER BY b.key, c.code) AS \
             n, b.id AS batch_id, b.sort_date, c.code, c.sort_name FROM batch b CROSS JOIN country \
             c WHERE length(c.code) = 2) AS parties",
            id(app, 3, "n"),
        ),
    ] {
        db.execute_unprepared(&statement)
            .await
            .unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
}

async fn no_statement_of_the_analysis_tries_a_product(app: TestApp) {
    fill(&app).await;
    app.sent.lock().expect("the log").clear();
    let cell = "row { key } state count countries batches people { atLeast disputed } actionPlans \
                { all progressed } delegations(first: 2) { key }";
    for rows in DIMENSIONS {
        for columns in DIMENSIONS.iter().filter(|columns| **columns != rows) {
            let query = format!(
                "{{ attendance(rows: {rows}, columns: {columns}) {{ cells(first: 5) {{ totalCount \
                 nodes {{ {cell} }} }} }} }}"
            );
            let answer = timeout(Duration::from_secs(60), app.ask(&query)).await;
            let answer = answer.unwrap_or_else(|_| panic!("{rows} by {columns} does not end"));
            answer.at("/attendance");
        }
    }
    for query in [
        "{ membersNotAttending(group: {key: \"bulk-1\"}, batches: {delegations: {some: {status: \
         {eq: ATTENDED}}}}) { unknown { code } } }",
        "{ regionalGroups { nodes { memberships { groupedBy(fields: [\"country\", \"kind\"]) { \
         count } totalCount } } } }",
        "{ delegations(filter: {batch: {topics: {some: {key: {eq: \"a\"}}}}}) { totalCount \
         groupedBy(fields: [\"country\"]) { count } } }",
        "{ institutions(filter: {delegations: {none: {status: {eq: ATTENDED}}}}) { totalCount \
         nodes { key } } }",
    ] {
        let answer = timeout(Duration::from_secs(60), app.ask(query)).await;
        let answer = answer.unwrap_or_else(|_| panic!("{query} does not end"));
        assert!(answer.errors.is_empty(), "{answer}");
    }
    if app.backend == Backend::Sqlite {
        let sent: BTreeMap<String, Statement> =
            std::mem::take(&mut *app.sent.lock().expect("the log"))
                .into_iter()
                .map(|statement| (statement.sql.clone(), statement))
                .collect();
        assert!(sent.len() > 300, "{}", sent.len());
        for statement in sent.into_values() {
            let products = products(&app, &statement).await;
            assert!(products.is_empty(), "{products:#?}: {statement}");
        }
    }
}

/// What SQLite would scan for each row of something else.
async fn products(app: &TestApp, statement: &Statement) -> Vec<String> {
    let explain =
        Statement::from_string(statement.db_backend, format!("EXPLAIN QUERY PLAN {statement}"));
    let rows = app.app.db.reading().query_all_raw(explain).await.expect("a plan");
    let mut loops: BTreeMap<i32, Vec<String>> = BTreeMap::new();
    let mut correlated = Vec::new();
    for row in rows {
        let (id, parent): (i32, i32) =
            (row.try_get("", "id").expect("an id"), row.try_get("", "parent").expect("a parent"));
        let detail: String = row.try_get("", "detail").expect("a line");
        if detail.starts_with("CORRELATED") {
            correlated.push(id);
        }
        if detail.starts_with("SCAN ") || detail.starts_with("SEARCH ") {
            loops.entry(parent).or_default().push(detail);
        }
    }
    let inner = loops.into_iter().flat_map(|(parent, lines)| {
        let outer = usize::from(!correlated.contains(&parent));
        lines.into_iter().skip(outer).filter(|line| line.starts_with("SCAN "))
    });
    inner.collect()
}

/// FULL and PARTY at once: two memberships, one country of the group.
async fn a_country_in_a_group_in_two_kinds_is_in_it_once(app: TestApp) {
    let query = "{ attendance(rows: REGIONAL_GROUP) { cells(first: 100) { nodes { row { key } \
                 count countries batches } } } }";
    let before = app.ask(query).await;
    let db = writable(&app).await;
    let twice = format!(
        "INSERT INTO membership (id, key, version, created_at, updated_at, regional_group_id, \
         country_code, kind, valid_from, valid_to, precision, sort_date) SELECT {}, 'twice-' || n, \
         1, created_at, updated_at, regional_group_id, country_code, CASE kind WHEN 'FULL' THEN \
         'PARTY' ELSE 'FULL' END, valid_from, valid_to, precision, sort_date FROM (SELECT \
         row_number() OVER (ORDER BY id) AS n, m.* FROM membership m WHERE kind IN ('FULL', \
         'PARTY')) AS numbered",
        id(&app, 4, "n")
    );
    let written = db.execute_unprepared(&twice).await.expect("the memberships").rows_affected();
    assert!(written > 10, "{written}");
    let after = app.ask(query).await;
    assert_eq!(after.at("/attendance"), before.at("/attendance"));
    assert!(
        after.at("/attendance/cells/nodes").as_array().is_some_and(|cells| cells.len() > 1),
        "{after}"
    );
}
