//! What may not be seen by everybody.

use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::support::TestApp;

both_dbs!(
    a_draft_is_nowhere,
    a_participant_is_private_and_an_official_is_not,
    a_merely_quoted_person_is_public_without_a_role,
);

/// Makes one batch a draft behind the back of the rules.
async fn hide(app: &TestApp, key: &str) {
    let db = crate::support::writable(app).await;
    let backend = db.get_database_backend();
    let update = format!("UPDATE batch SET status = 'DRAFT' WHERE key = '{key}'");
    db.execute_raw(Statement::from_string(backend, update)).await.expect("the batch is hidden");
}

/// What hangs from a draft is neither listed nor counted, by no edge, and no filter finds it.
async fn a_draft_is_nowhere(app: TestApp) {
    let jewellery = r#"{ batch(by: {key: "jewellery-2023"}) { id delegations { nodes { id } }
        workshops { nodes { id } }
        claims { nodes { id } } findings { nodes { id } } partnerships { nodes { id } }
        engagements { nodes { id } } outcomes { nodes { id } } } }"#;
    let before = app.ask(jewellery).await;
    let mut ids = vec![before.at("/batch/id").as_str().expect("an id").to_owned()];
    for list in [
        "delegations",
        "workshops",
        "claims",
        "findings",
        "partnerships",
        "engagements",
        "outcomes",
    ] {
        let found = before.texts(&format!("/batch/{list}/nodes"), "/id");
        assert!(!found.is_empty(), "{list}");
        ids.extend(found.into_iter().map(str::to_owned));
    }
    let linked = app.ask(
        r#"{ batch(by: {key: "jewellery-2023"}) { venues { totalCount } topics { totalCount } } }"#,
    );
    let linked = linked.await;
    assert!(
        linked.at("/batch/venues/totalCount") != 0 || linked.at("/batch/topics/totalCount") != 0,
        "{linked}"
    );
    hide(&app, "jewellery-2023").await;
    // What it is linked with may be seen, and does not tell that it is there.
    for list in
        ["venues { nodes { key } }", "topics { nodes { key } }", "delegations { nodes { key } }"]
    {
        let batch = format!("{{ node(id: {:?}) {{ id ... on Batch {{ key {list} }} }} }}", ids[0]);
        let hidden = app.ask(&batch).await;
        assert_eq!(hidden.data, json!({ "node": null }), "{hidden}");
        assert!(hidden.errors.is_empty(), "{hidden}");
    }
    let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    for some in ids.chunks(100) {
        let after = app.ask(&format!("{{ nodes(ids: [{}]) {{ id }} }}", some.join(","))).await;
        assert!(
            after.at("/nodes").as_array().expect("nodes").iter().all(Value::is_null),
            "{after}"
        );
    }
    let through = app
        .ask(
            r#"{
        batches { totalCount }
        delegations(filter: {country: {eq: "KH"}}) { totalCount }
        country(code: "KH") { delegations { totalCount } }
        countries(filter: {delegations: {some: {batch: {key: {eq: "jewellery-2023"}}}}}) {
        totalCount }
        institutions(filter: {involvedIn: {key: {eq: "jewellery-2023"}}}) { totalCount }
        topics(filter: {key: {eq: "jewellery"}}) { nodes { batches { totalCount } } }
        source(by: {key: "hariane-2023-jewellery"}) { claims { totalCount } }
        citations(filter: {recordKind: {eq: DELEGATION},
        source: {key: {eq: "hariane-2023-jewellery"}}}) { totalCount }
        observations { totalCount }
        findings(filter: {severity: {gte: WARNING}}) { totalCount }
    }"#,
        )
        .await;
    let count = |pointer: &str| through.at(pointer).as_i64().expect("a count");
    assert_eq!(count("/batches/totalCount"), 3);
    for nothing in [
        "/delegations",
        "/country/delegations",
        "/countries",
        "/institutions",
        "/topics/nodes/0/batches",
        "/source/claims",
        "/citations",
    ] {
        assert_eq!(count(&format!("{nothing}/totalCount")), 0, "{nothing}");
    }
    assert_eq!(count("/findings/totalCount"), 3);
    assert_eq!(count("/observations/totalCount"), 3);
}

/// Taking part is private: a person who does nothing else is found by no edge and no filter.
async fn a_participant_is_private_and_an_official_is_not(app: TestApp) {
    let count =
        async |query: &str| app.ask(query).await.at("/it/totalCount").as_i64().expect("a count");
    let everybody = count("{ it: people { totalCount } }").await;
    let by_name = r#"{ it: people(filter: {name: {contains: "virginia"}}) { totalCount } }"#;
    assert_eq!(count(by_name).await, 1);
    let db = crate::support::writable(&app).await;
    let update = "UPDATE engagement SET role = 'PARTICIPANT' \
        WHERE person_id IN (SELECT id FROM person WHERE name LIKE 'Virginia%')";
    let statement = Statement::from_string(db.get_database_backend(), update);
    assert_eq!(db.execute_raw(statement).await.expect("the change").rows_affected(), 1);
    assert_eq!(count("{ it: people { totalCount } }").await, everybody - 1);
    assert_eq!(count(by_name).await, 0);
    assert_eq!(
        count("{ it: engagements(filter: {role: {eq: PARTICIPANT}}) { totalCount } }").await,
        0
    );
    let inferred =
        r#"{ it: engagements(filter: {person: {name: {contains: "virginia"}}}) { totalCount } }"#;
    assert_eq!(count(inferred).await, 0);
    let cited = app
        .ask(
            "{ citations(filter: {recordKind: {eq: PERSON}}, first: 100) { nodes { record { id \
             } } } }",
        )
        .await;
    let cited = cited.at("/citations/nodes").as_array().expect("citations");
    assert!(cited.iter().all(|citation| !citation["record"].is_null()));
}

async fn a_merely_quoted_person_is_public_without_a_role(app: TestApp) {
    let answer = app
        .ask(
            r#"{ people(filter: {name: {contains: "wahyu"}}) { nodes { name engagements {
            totalCount } } } }"#,
        )
        .await;
    assert_eq!(
        answer.at("/people/nodes"),
        &json!([{ "name": "Wahyu Setianto", "engagements": { "totalCount": 0 } }])
    );
}
