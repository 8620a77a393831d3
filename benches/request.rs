//! What a repeated small query costs before its execution: `cargo bench --bench request`.

use criterion::{Criterion, criterion_group, criterion_main};
use jejaring::app::sdl;
use jejaring::graphql::scalars::checks;
use jejaring::request::{Front, GraphQlParams, Limits};
use serde_json::{Map, Value};

const QUERY: &str = "query Small($key: String!, $first: Int) { batch(by: {key: $key}) { key title startsOn
    delegations(first: $first) { totalCount nodes { status country { code name } } } } }";

fn prepare(c: &mut Criterion) {
    let front = Front::new(&sdl(), checks(), Limits::default());
    let variables = |pairs: &[(&str, Value)]| -> Map<String, Value> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    };
    let given = variables(&[("key", "jewellery-2023".into()), ("first", 10.into())]);
    let request = GraphQlParams { variables: given, ..GraphQlParams::new(QUERY) };
    c.bench_function("prepare a repeated small query", |b| b.iter(|| front.prepare(&request)));
    let omitted = variables(&[("key", "jewellery-2023".into())]);
    let request = GraphQlParams { variables: omitted, ..GraphQlParams::new(QUERY) };
    c.bench_function("prepare it with a variable left out", |b| b.iter(|| front.prepare(&request)));
    c.bench_function("judge a small query", |b| {
        let mut number = 0_u64;
        b.iter(|| {
            number += 1;
            front.prepare(&GraphQlParams { query: Some(format!("{QUERY}#{number}")), ..request.clone() })
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default();
    targets = prepare
}
criterion_main!(benches);
