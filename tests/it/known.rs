//! What the register said at earlier places of its log: after any sequence of mutations it answers
//! for each place what it answered there. Nothing here knows how: what was answered is kept, and
//! asked again.
//!
//! `KNOWN_SEQUENCES` says how many sequences; `JEJARING_SEED` which.

mod answers;
mod limits;
mod steps;

use std::collections::BTreeMap;

use jejaring::access::Actor;
use serde_json::Value;

use self::answers::{kept_answers, known_answers};
use self::steps::Officers;
use crate::support::{Backend, Dice, TestApp, roomy};

both_dbs!(what_was_answered_at_a_place_is_answered_for_it);

/// What was answered at a place of the log.
struct Kept {
    cursor: String,
    step: String,
    answers: BTreeMap<String, Value>,
}

/// The end of the log.
pub async fn cursor(app: &TestApp) -> String {
    let head = jejaring::events::log::head(app.app.db.reading()).await;
    head.expect("the head is read").to_string()
}

async fn what_was_answered_at_a_place_is_answered_for_it(app: TestApp) {
    let app = roomy(app);
    let number =
        |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<usize>().ok());
    let few = if app.backend == Backend::Sqlite { 6 } else { 3 };
    let sequences = number("KNOWN_SEQUENCES").unwrap_or(few);
    let seed = number("JEJARING_SEED").unwrap_or(25);
    let mut dice = Dice::new(seed as u64);
    let officers = Officers::of(&app).await;
    let mut done = BTreeMap::new();
    for sequence in 1..=sequences {
        let mut kept: Vec<Kept> = Vec::new();
        for _ in 0..3 + dice.below(9) {
            let Some(step) = officers.step(&app, &mut dice).await else { continue };
            *done.entry(step.split(' ').next().unwrap_or_default().to_owned()).or_insert(0) += 1;
            let mut answers = BTreeMap::new();
            for (who, actor) in [("anybody", &Actor::Anonymous), ("officer", &officers.owner)] {
                let given = kept_answers(&app, actor).await;
                answers.extend(given.into_iter().map(|(of, it)| (format!("{who}: {of}"), it)));
            }
            kept.push(Kept { cursor: cursor(&app).await, step, answers });
        }
        for (place, Kept { cursor, answers, .. }) in kept.iter().enumerate() {
            let mut known = BTreeMap::new();
            for (who, actor) in [("anybody", &Actor::Anonymous), ("officer", &officers.owner)] {
                let given = known_answers(&app, actor, cursor).await;
                known.extend(given.into_iter().map(|(of, it)| (format!("{who}: {of}"), it)));
            }
            let steps: Vec<&str> = kept.iter().map(|kept| kept.step.as_str()).collect();
            for (of, answer) in answers {
                assert_eq!(
                    known[of], *answer,
                    "seed {seed}, sequence {sequence}, {of} behind step {place} of {steps:#?}"
                );
            }
        }
    }
    println!("{sequences} sequences: {done:?}");
}
