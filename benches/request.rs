//! What requests cost before their execution, small ones and hostile ones: `cargo bench --bench
//! request`.

#![allow(missing_docs, reason = "criterion makes a function without documentation")]

use criterion::{Criterion, criterion_group, criterion_main};
use jejaring::app::sdl;
use jejaring::graphql::scalars::checks;
use jejaring::request::{DocumentsConfig, GraphQlParams, Limits, RequestPipeline, Trusted};
use serde_json::{Map, Value};

const QUERY: &str =
    "query Small($key: String!, $first: Int) { batch(by: {key: $key}) { key title startsOn
    delegations(first: $first) { totalCount nodes { status country { code name } } } } }";

fn pipeline() -> RequestPipeline {
    let none = Trusted::open(&DocumentsConfig::default()).expect("nothing to read");
    RequestPipeline::new(&sdl(), checks(), Limits::default(), none)
}

fn prepare(c: &mut Criterion) {
    let pipeline = pipeline();
    let variables = |pairs: &[(&str, Value)]| -> Map<String, Value> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    };
    let given = variables(&[("key", "jewellery-2023".into()), ("first", 10.into())]);
    let request = GraphQlParams { variables: given, ..GraphQlParams::new(QUERY) };
    c.bench_function("prepare a repeated small query", |b| b.iter(|| pipeline.prepare(&request)));
    let omitted = variables(&[("key", "jewellery-2023".into())]);
    let request = GraphQlParams { variables: omitted, ..GraphQlParams::new(QUERY) };
    c.bench_function("prepare it with a variable left out", |b| {
        b.iter(|| pipeline.prepare(&request))
    });
    c.bench_function("judge a small query", |b| {
        let mut number = 0_u64;
        b.iter(|| {
            number += 1;
            pipeline.prepare(&GraphQlParams {
                query: Some(format!("{QUERY}#{number}")),
                ..request.clone()
            })
        });
    });
}

/// Documents of up to 100 KiB that ask for work out of proportion; some within the limits, as near
/// to them as they get.
fn hostile(c: &mut Criterion) {
    let pipeline = pipeline();
    let doubling: String =
        (0..60).map(|n| format!("fragment F{n} on Query {{ ...F{0} ...F{0} }} ", n + 1)).collect();
    let chain: String = (0..300)
        .map(|n| format!("fragment F{n} on Query {{ __typename ...F{} }} ", n + 1))
        .collect();
    let same =
        |fields: usize| (0..fields).map(|_| "batches { nodes { key } } ").collect::<String>();
    let documents = [
        (
            "aliases",
            format!("{{ {} }}", (0..12_000).map(|n| format!("a{n}:id ")).collect::<String>()),
        ),
        ("brackets", "{a".repeat(51_000)),
        ("directives", format!("{{ __typename {} }}", "@skip(if: true) ".repeat(100))),
        ("a long name", format!("{{ {} }}", "n".repeat(102_000))),
        (
            "a long string",
            format!("{{ batch(by: {{key: \"{}\"}}) {{ id }} }}", "k".repeat(102_000)),
        ),
        ("comments", "#\n".repeat(51_000)),
        (
            "doubling fragments",
            format!("{{ ...F0 }} {doubling} fragment F60 on Query {{ __typename }}"),
        ),
        (
            "a chain of fragments",
            format!("{{ ...F0 }} {chain} fragment F300 on Query {{ __typename }}"),
        ),
        ("fields to merge", format!("{{ {} }}", same(45))),
        ("many operations", (0..20).map(|n| format!("query Q{n} {{ {} }} ", same(8))).collect()),
        (
            "unknown fields",
            format!("{{ {} }}", (0..3_900).map(|n| format!("f{n} ")).collect::<String>()),
        ),
        (
            "a wide list",
            format!(
                "{{ batches(filter: {{key: {{in: [{}]}}}}) {{ totalCount }} }}",
                "\"k\" ".repeat(3_900)
            ),
        ),
    ];
    let mut group = c.benchmark_group("judge");
    for (name, document) in documents {
        let request = GraphQlParams::new(document);
        group.bench_function(name, |b| {
            let mut number = 0_u64;
            b.iter(|| {
                number += 1;
                let query = request.query.as_ref().map(|query| format!("{query}#{number}"));
                pipeline.prepare(&GraphQlParams { query, ..GraphQlParams::default() }).is_ok()
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = prepare, hostile
}
criterion_main!(benches);
