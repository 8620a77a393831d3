//! Whatever is sent is answered: never by a fault of the server, always with a code.

use axum::body::Body;
use serde_json::{Value, json};

use crate::http::{Got, request, send};
use crate::support::TestApp;

both_dbs!(ten_thousand_bad_requests);

/// A small generator of numbers (xorshift), so that a failure comes back with its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// Operations with one variable of each kind that the schema has.
const ASKING: [&str; 14] = [
    "query($v: CountryCode!) { country(code: $v) { name } }",
    "query($v: ID!) { node(id: $v) { id } }",
    "query($v: [ID!]!) { nodes(ids: $v) { id } }",
    "query($v: Int) { batches(first: $v) { nodes { key } } }",
    "query($v: Int) { batches(last: $v) { nodes { key } } }",
    "query($v: Cursor) { batches(after: $v) { nodes { key } } }",
    "query($v: Date) { batches(filter: {startsOn: {gte: $v}}) { totalCount } }",
    "query($v: DateTime) { batches(filter: {createdAt: {lt: $v}}) { totalCount } }",
    "query($v: String) { institutions(filter: {name: {contains: $v}}) { totalCount } }",
    "query($v: [String!]) { batches(filter: {key: {in: $v}}) { totalCount } }",
    "query($v: BatchFilter) { batches(filter: $v) { totalCount } }",
    "query($v: [BatchOrder!]) { batches(orderBy: $v) { nodes { key } } }",
    "query($v: BatchBy!) { batch(by: $v) { title } }",
    "query($v: Boolean!) { batches { nodes { key @include(if: $v) } } }",
];

const TEXTS: [&str; 22] = [
    "",
    " ",
    "\0",
    "a\0b",
    "ID",
    "id",
    "ZZ",
    "XXXX",
    "2026-02-30",
    "-9999-01-01",
    "0000-00-00",
    "99999-12-31",
    "2026-01-01T25:00:00Z",
    "\u{202e}x",
    "\u{fffd}",
    "🇮🇩",
    "'; DROP TABLE batch; --",
    "%_\\%",
    "WyJhIl0=",
    "????",
    "QmF0Y2g6MQ==",
    "é\u{301}\u{301}\u{301}",
];

fn value(dice: &mut Dice, depth: usize) -> Value {
    match dice.below(if depth < 4 { 12 } else { 9 }) {
        0 => Value::Null,
        1 => json!(dice.below(2) == 0),
        2 => json!(i64::MIN),
        3 => json!(dice.below(5_000) as i64 - 2_500),
        4 => json!(1e308),
        5 => json!(0.1),
        6 => json!("x".repeat(dice.below(3_000))),
        7 | 8 => json!(dice.pick(&TEXTS)),
        9 => (0..dice.below(6)).map(|_| value(dice, depth + 1)).collect(),
        _ => {
            let keys = [
                "eq",
                "in",
                "gte",
                "isNull",
                "and",
                "or",
                "not",
                "key",
                "id",
                "ordinal",
                "field",
                "startsOn",
                "delegations",
                "some",
            ];
            Value::Object(
                (0..dice.below(4))
                    .map(|_| (dice.pick(&keys).to_owned(), value(dice, depth + 1)))
                    .collect(),
            )
        }
    }
}

/// A document with a few characters of it changed.
fn mangled(dice: &mut Dice, document: &str) -> String {
    let scraps = [
        "{", "}", "(", ")", "\"", "\"\"\"", "$", "...", "@skip", ":", "!", "[", "\\u0000", "é",
        "1e999", "-", "#", "&", "null", "on",
    ];
    let mut characters: Vec<String> = document.chars().map(String::from).collect();
    for _ in 0..=dice.below(4) {
        if characters.is_empty() {
            break;
        }
        let at = dice.below(characters.len());
        match dice.below(3) {
            0 => drop(characters.remove(at)),
            1 => characters[at] = dice.pick(&scraps).to_owned(),
            _ => characters.insert(at, dice.pick(&scraps).to_owned()),
        }
    }
    characters.concat()
}

fn body(dice: &mut Dice) -> Vec<u8> {
    match dice.below(8) {
        0 => (0..dice.below(200)).map(|_| dice.below(256) as u8).collect(),
        1 => value(dice, 0).to_string().into_bytes(),
        2 => json!({
            "query": value(dice, 0), "variables": value(dice, 0), "extensions": value(dice, 0)
        })
        .to_string()
        .into_bytes(),
        3 | 4 => {
            let documents: Vec<&str> =
                include_str!("documents/valid.graphql").split("---\n").collect();
            let document = dice.pick(&documents);
            json!({ "query": mangled(dice, document) }).to_string().into_bytes()
        }
        _ => json!({
            "query": dice.pick(&ASKING), "variables": { "v": value(dice, 0) }
        })
        .to_string()
        .into_bytes(),
    }
}

fn check(got: &Got, sent: &[u8]) {
    let sent = String::from_utf8_lossy(&sent[..sent.len().min(600)]);
    assert!(
        got.status.as_u16() < 500,
        "{} for {sent}: {}",
        got.status,
        String::from_utf8_lossy(&got.body)
    );
    let answer = got.json();
    for error in answer["errors"].as_array().into_iter().flatten() {
        assert!(error["extensions"]["code"].is_string(), "{error} for {sent}");
        assert!(
            error["message"].as_str().is_some_and(|message| !message.is_empty()),
            "{error} for {sent}"
        );
    }
    assert!(answer.get("data").is_some() || answer.get("errors").is_some(), "{answer} for {sent}");
}

/// Half of them by each database.
async fn ten_thousand_bad_requests(app: TestApp) {
    let state = app.state_with("rate.anonymous_per_minute = 0");
    let mut dice = Dice(0x6a65_6a61_7269_6e67);
    for _ in 0..5_000 {
        let body = body(&mut dice);
        let got = send(
            &state,
            request("POST", "/graphql", &[("content-type", "application/json")], body.clone()),
        )
        .await;
        check(&got, &body);
    }
    for _ in 0..200 {
        let query = dice.pick(&ASKING);
        let query: String = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("query", query),
                ("variables", &json!({ "v": value(&mut dice, 2) }).to_string()),
            ])
            .finish();
        if query.len() < 10_000 {
            let got =
                send(&state, request("GET", &format!("/graphql?{query}"), &[], Body::empty()))
                    .await;
            check(&got, query.as_bytes());
        }
    }
}
