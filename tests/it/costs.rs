//! Random documents of the schema: each is answered, with few statements and within its cost.
//! `benches/cost` has many more of them, on a large network, and measures time and memory.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use jejaring::access::Actor;
use jejaring::graphql::language::Languages;
use jejaring::request::{Code, GraphQlParams};

use crate::known::cursor;
use crate::network::{Size, fill};
use crate::support::{Documents, Graph, TestApp, writable};

both_dbs!(random_documents_are_answered_with_few_statements);

/// How many documents are answered.
const MANY: usize = 200;
/// What they may cost: a program that is not optimised makes some ten thousand fields a second.
const MOST: u64 = 10_000;

async fn random_documents_are_answered_with_few_statements(app: TestApp) {
    fill(&writable(&app).await, Size::named("small").expect("a size")).await.expect("a network");
    let graph = Graph::with_cursor(&cursor(&app).await);
    let seed = std::env::var("JEJARING_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(21);
    let mut documents = Documents::new(&graph, seed);
    let mut answered = 0;
    let mut without_errors = 0;
    while answered < MANY {
        let query = documents.next();
        let prepared = match app.app.pipeline.prepare(&GraphQlParams::new(&query)) {
            Ok(prepared) if prepared.requested_cost <= MOST => prepared,
            Ok(_) => continue,
            Err(errors) => {
                let limits = errors.iter().all(|error| error.code == Code::CostLimitExceeded);
                assert!(limits, "seed {seed}: {query}: {errors:?}");
                continue;
            }
        };
        answered += 1;
        let before = app.app.db.statements().count();
        let answer =
            AssertUnwindSafe(app.app.run(Actor::Anonymous, Languages::default(), &prepared))
                .catch_unwind();
        let answer = tokio::time::timeout(Duration::from_secs(120), answer).await;
        let answer = answer.unwrap_or_else(|_| panic!("seed {seed}: no answer to {query}"));
        let answer = answer.unwrap_or_else(|_| panic!("seed {seed}: it panics over {query}"));
        let statements = app.app.db.statements().count() - before;
        let (asked, had) = (prepared.requested_cost, answer.actual_cost);
        assert!(had <= asked, "seed {seed}: {query} may cost {asked}, and has {had} fields");
        let errors = serde_json::to_string(&answer.response.errors).expect("JSON");
        assert!(!errors.contains("INTERNAL_SERVER_ERROR"), "seed {seed}: {query}: {errors}");
        without_errors += usize::from(answer.response.errors.is_empty());
        // Each field that leads to objects is read once, whatever the rows, and has a count and a
        // total beside it at most.
        let sets = query.matches('{').count() as u64;
        assert!(statements <= 4 * sets, "seed {seed}: {statements} statements for {query}");
    }
    assert!(without_errors * 2 > MANY, "seed {seed}: {without_errors} without errors");
}
