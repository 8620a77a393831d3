//! Pages of lists, and the cursors that lead from one to the next.

use sea_orm::{ConnectionTrait, DatabaseBackend, Statement};
use serde_json::{Value, json};

use super::refused;
use crate::support::{Backend, TestApp};

both_dbs!(
    a_cursor_serves_the_order_that_it_came_from,
    pages_follow_one_another_both_ways_in_any_order,
    a_nested_page_is_a_page_of_each_parent,
    a_page_behind_any_cursor_reads_the_index,
    a_cursor_with_another_value_is_refused,
);

async fn a_cursor_serves_the_order_that_it_came_from(app: TestApp) {
    let page =
        app.ask("{ countries(first: 2, orderBy: {field: NAME}) { pageInfo { endCursor } } }").await;
    let cursor = page.at("/countries/pageInfo/endCursor").as_str().expect("a cursor");
    let other = refused(
        &app,
        &format!(
            r#"{{ countries(after: "{cursor}", orderBy: {{field: CODE}}) {{ nodes {{ code }} }} }}"#
        ),
    )
    .await;
    assert!(other.contains("was made for another list or order"), "{other}");
    let list =
        refused(&app, &format!(r#"{{ batches(after: "{cursor}") {{ nodes {{ key }} }} }}"#)).await;
    assert!(list.contains("was made for another list or order"), "{list}");
    for wrong in
        ["", "x", "!!!", "W10", "WyJhIl0", "WyJjb3VudHJ5K3NvcnRfbmFtZStjb2RlIiwieCIsInkiXQ"]
    {
        let refusal =
            refused(&app, &format!(r#"{{ countries(before: "{wrong}") {{ nodes {{ code }} }} }}"#))
                .await;
        assert!(refusal.starts_with("BAD_USER_INPUT at countries: "), "{refusal}");
    }
}

/// All pages of a list, one after another, forward or backward.
async fn walk(app: &TestApp, size: usize, forward: bool, arguments: &str) -> Vec<String> {
    let (mut codes, mut cursor) = (Vec::new(), String::new());
    loop {
        let (count, from, more, end) = match forward {
            true => ("first", "after", "hasNextPage", "endCursor"),
            false => ("last", "before", "hasPreviousPage", "startCursor"),
        };
        let from = if cursor.is_empty() { String::new() } else { format!("{from}: \"{cursor}\"") };
        let query = format!(
            "{{ delegations({count}: {size} {from} {arguments}) {{ nodes {{ key }} pageInfo {{ \
             {more} {end} }} }} }}"
        );
        let page = app.ask(&query).await;
        let keys: Vec<String> =
            page.texts("/delegations/nodes", "/key").into_iter().map(str::to_owned).collect();
        assert!(keys.len() <= size);
        codes = if forward { [codes, keys].concat() } else { [keys, codes].concat() };
        if page.at(&format!("/delegations/pageInfo/{more}")) != &Value::Bool(true) {
            return codes;
        }
        cursor =
            page.at(&format!("/delegations/pageInfo/{end}")).as_str().expect("a cursor").to_owned();
    }
}

async fn pages_follow_one_another_both_ways_in_any_order(app: TestApp) {
    for order in [
        "",
        "orderBy: {field: DATE}",
        "orderBy: {field: NAME, direction: DESC}",
        "orderBy: [{field: DATE, direction: DESC}, {field: NAME}]",
        "orderBy: [{field: NAME}, {field: DATE}, {field: UPDATED_AT, direction: DESC}]",
        "orderBy: {field: CREATED_AT, direction: DESC}",
        "orderBy: {field: NAME}, filter: {batch: {mode: {eq: ONSITE}}, not: {status: {eq: \
         NOT_SENT}}}",
    ] {
        let whole = walk(&app, 100, true, order).await;
        assert!(whole.len() > 20, "{order}: {whole:?}");
        for size in [1, 3, 7] {
            assert_eq!(
                walk(&app, size, true, order).await,
                whole,
                "forward by {size} with {order}"
            );
            assert_eq!(
                walk(&app, size, false, order).await,
                whole,
                "backward by {size} with {order}"
            );
        }
    }
}

async fn a_nested_page_is_a_page_of_each_parent(app: TestApp) {
    let both = app
        .ask(
            "{ batches { nodes { key delegations(first: 2, orderBy: {field: KEY}) { \
             totalCount nodes { key } pageInfo { hasNextPage endCursor } } } } }",
        )
        .await;
    for batch in both.at("/batches/nodes").as_array().expect("batches") {
        let key = batch["key"].as_str().expect("a key");
        let alone = format!(
            r#"{{ batch(by: {{key: "{key}"}}) {{ key delegations(first: 2, orderBy: {{field: KEY}})
                {{ totalCount nodes {{ key }} pageInfo {{ hasNextPage endCursor }} }} }} }}"#
        );
        let alone = app.ask(&alone).await;
        assert_eq!(alone.at("/batch"), batch);
    }
}

/// Keyset paging: the plan of a page behind a cursor walks the index of its order, both ways, and
/// sorts nothing.
async fn a_page_behind_any_cursor_reads_the_index(app: TestApp) {
    let page = app
        .ask("{ delegations(first: 9, orderBy: {field: DATE}) { pageInfo { endCursor } } }")
        .await;
    let cursor = page.at("/delegations/pageInfo/endCursor").as_str().expect("a cursor").to_owned();
    for arguments in [
        "first: 5, orderBy: {field: DATE}".to_owned(),
        format!("first: 5, after: \"{cursor}\", orderBy: {{field: DATE}}"),
        format!("last: 5, before: \"{cursor}\", orderBy: {{field: DATE}}"),
    ] {
        app.sent.lock().expect("the log").clear();
        let answer =
            app.ask(&format!("{{ delegations({arguments}) {{ nodes {{ key }} }} }}")).await;
        assert_eq!(answer.statements, 1);
        let statement = app.sent.lock().expect("the log").last().cloned().expect("a statement");
        let plan = plan(&app, statement).await;
        assert!(plan.contains("ix_sort_date_id_delegation"), "{arguments}: {plan}");
        assert!(!plan.contains("B-TREE") && !plan.contains("Sort"), "{arguments}: {plan}");
        if arguments.contains('"') {
            // Not a scan of the index from its end, but a search.
            let bound =
                if app.backend == Backend::Sqlite { "SEARCH delegation" } else { "Index Cond" };
            assert!(plan.contains(bound), "{arguments}: {plan}");
        }
    }
}

async fn plan(app: &TestApp, statement: Statement) -> String {
    let db = app.app.db.reading().begin(Default::default()).await.expect("a connection");
    let explain = match db.get_database_backend() {
        DatabaseBackend::Sqlite => "EXPLAIN QUERY PLAN ",
        // A table of a few rows would be read whole; what counts is that the index can serve.
        _ => "/*+ */ EXPLAIN ",
    };
    if app.backend == Backend::Postgres {
        let settings =
            "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off";
        db.execute_unprepared(settings).await.expect("the settings");
    }
    let text = format!("{explain}{statement}");
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), text))
        .await
        .expect("a plan");
    let column = if app.backend == Backend::Sqlite { "detail" } else { "QUERY PLAN" };
    rows.iter()
        .map(|row| row.try_get::<String>("", column).expect("a line"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A cursor that was tampered with is refused, whatever stands in it.
async fn a_cursor_with_another_value_is_refused(app: TestApp) {
    use base64::Engine;
    for parts in [
        json!(["delegation+sort_date+id", "snot a date", "u01980000000070008000000000000000"]),
        json!(["delegation+sort_date+id", "d2023-11-20", "snot an id"]),
        json!(["delegation+sort_date+id", "d-9999-01-01", "u01980000000070008000000000000000"]),
        json!(["delegation+sort_date+id", "i5", "i5"]),
        json!(["delegation+sort_date+id", "d2023-11-20"]),
        json!([
            "delegation+sort_date+id",
            "d2023-11-20",
            "u01980000000070008000000000000000",
            "i1"
        ]),
        json!(["delegation+sort_date+id", "", ""]),
        json!({ "a": 1 }),
    ] {
        let cursor = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(parts.to_string());
        let query = format!(
            r#"{{ delegations(after: "{cursor}", orderBy: {{field: DATE}}) {{ nodes {{ key }} }}
                }}"#
        );
        let refusal = refused(&app, &query).await;
        assert!(
            refusal.starts_with("BAD_USER_INPUT at delegations: ")
                && refusal.contains("not a cursor"),
            "{refusal}"
        );
    }
}
