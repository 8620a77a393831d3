//! Batches, delegations, claims and grants against a model: whatever sequence of mutations comes
//! from whomever, the register answers and stands as the model says. The model is written from what
//! the register promises, and shares nothing with it but the names of statuses.
//!
//! `JEJARING_SEQUENCES` says how many sequences; 2,000 on SQLite and 200 on PostgreSQL unless it
//! does.

mod expected;
mod stage;

use std::fmt;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;

use self::stage::Stage;
use crate::support::{Backend, Contents, TestApp};

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Owner,
    Stranger,
    Curator,
    Administrator,
    /// Somebody whose rights are given and taken.
    Changing,
}

/// A value of an enum of the schema, by its name there.
macro_rules! names {
    ($(#[$meta:meta])* $of:ident { $($variant:ident = $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $of { $($variant,)+ }

        impl fmt::Display for $of {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $name,)+ })
            }
        }
    };
}

names! {
    /// Where a batch stands.
    Decision {
        Draft = "DRAFT",
        Announced = "ANNOUNCED",
        Confirmed = "CONFIRMED",
        Postponed = "POSTPONED",
        Cancelled = "CANCELLED",
        Closed = "CLOSED",
    }
}

names! {
    /// Where a delegation stands.
    Party {
        Invited = "INVITED",
        Nominated = "NOMINATED",
        Confirmed = "CONFIRMED",
        Attended = "ATTENDED",
        Declined = "DECLINED",
        Withdrawn = "WITHDRAWN",
        NoShow = "NO_SHOW",
        NotSent = "NOT_SENT",
    }
}

names! {
    /// The rank of a claim.
    Rank { Preferred = "PREFERRED", Normal = "NORMAL", Deprecated = "DEPRECATED", }
}

/// What is claimed of a delegation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    Status(Party),
    Headcount(i32),
}

impl Report {
    fn is_status(self) -> bool {
        matches!(self, Self::Status(_))
    }

    /// Whether it says what was to be, and not what came of it.
    fn is_plan(self) -> bool {
        matches!(self, Self::Status(Party::Invited | Party::Nominated | Party::Confirmed))
    }
}

/// What is asked for. Delegations are known by their country, claims by the order in which they
/// came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Decide(Decision, bool),
    Invite(usize),
    /// Of which country, what, with which headcount, and whether of a stale version.
    Stand(usize, Party, Option<i32>, bool),
    File(usize, Report),
    Rank(usize, Rank),
    Withdraw(usize),
    /// Of a curator, else of an officer.
    Grant(bool),
    Revoke(bool),
    Close,
    Reopen,
}

/// One step of a sequence.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    who: Who,
    asked: Operation,
}

/// What comes of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// It was so before: nothing is written.
    DoneAlready,
    Refused(&'static str),
    Forbidden,
    NotFound,
    Unauthenticated,
    /// There is nothing that it could be about: it is not sent.
    Nothing,
}

const COUNTRIES: [&str; 2] = ["KH", "LA"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    use Party::*;
    let decision = prop::sample::select(vec![
        Decision::Announced,
        Decision::Announced,
        Decision::Confirmed,
        Decision::Postponed,
        Decision::Cancelled,
        Decision::Closed,
    ]);
    let status = prop_oneof![
        3 => Just(Nominated),
        3 => Just(Confirmed),
        2 => Just(Attended),
        1 => prop::sample::select(vec![Declined, Withdrawn, NoShow, NotSent]),
    ];
    // A newspaper tells who was invited, who came, and who did not.
    let report = prop_oneof![
        3 => prop::sample::select(vec![Invited, Attended, NotSent]).prop_map(Report::Status),
        1 => (1..4).prop_map(Report::Headcount),
    ];
    let rank = prop::sample::select(vec![Rank::Preferred, Rank::Normal, Rank::Deprecated]);
    let (country, claim, stale) = (0..COUNTRIES.len(), 0..6_usize, prop::bool::weighted(0.1));
    let kept = prop_oneof![
        3 => (decision, stale).prop_map(|(decision, stale)| Operation::Decide(decision, stale)),
        3 => country.clone().prop_map(Operation::Invite),
        5 => (country.clone(), status, prop::option::of(1..4), stale).prop_map(
            |(country, status, headcount, stale)| {
                Operation::Stand(country, status, headcount, stale)
            },
        ),
    ];
    let claimed = prop_oneof![
        3 => (country, report).prop_map(|(country, report)| Operation::File(country, report)),
        2 => (claim.clone(), rank).prop_map(|(claim, rank)| Operation::Rank(claim, rank)),
        2 => claim.prop_map(Operation::Withdraw),
    ];
    let administered = prop_oneof![
        3 => any::<bool>().prop_map(Operation::Grant),
        1 => any::<bool>().prop_map(Operation::Revoke),
        1 => Just(Operation::Close),
        1 => Just(Operation::Reopen),
    ];
    // Mostly by those who may, so that sequences lead somewhere.
    let by = |mostly: Who| {
        let others = prop::sample::select(vec![
            Who::Owner,
            Who::Stranger,
            Who::Curator,
            Who::Administrator,
            Who::Changing,
        ]);
        prop_oneof![2 => Just(mostly), 1 => Just(Who::Changing), 1 => others]
    };
    let step = prop_oneof![
        6 => (by(Who::Owner), kept),
        3 => (by(Who::Curator), claimed),
        2 => (by(Who::Administrator), administered),
    ];
    let steps = prop::collection::vec(step.prop_map(|(who, asked)| Step { who, asked }), 1..9);
    // Most begin where a batch is public and countries are invited: from nothing, few get far.
    (prop::bool::weighted(0.75), steps).prop_map(|(begun, steps)| {
        let begin = [
            Operation::Decide(Decision::Announced, false),
            Operation::Invite(0),
            Operation::Invite(1),
        ];
        let begin = begin.map(|asked| Step { who: Who::Owner, asked });
        begin.into_iter().filter(|_| begun).chain(steps).collect()
    })
}

fn prove(backend: Backend, sequences: u32) {
    let sequences = std::env::var("JEJARING_SEQUENCES")
        .ok()
        .map_or(sequences, |asked| asked.parse().expect("a number"));
    let halves: Vec<_> = (0..2)
        .map(|_| {
            std::thread::spawn(move || {
                let runtime = Runtime::new().expect("a runtime");
                let Some(app) = runtime.block_on(TestApp::new(backend, Contents::Reports)) else {
                    return;
                };
                let stage = runtime.block_on(Stage::set(app));
                let mut runner = TestRunner::new(Config {
                    failure_persistence: None,
                    ..Config::with_cases(sequences / 2)
                });
                runner
                    .run(&steps(), |steps| runtime.block_on(stage.play(&steps)))
                    .unwrap_or_else(|error| panic!("{error}"));
            })
        })
        .collect();
    for half in halves {
        half.join().unwrap_or_else(|error| std::panic::resume_unwind(error));
    }
}

#[test]
fn sqlite_stands_as_the_model_says() {
    prove(Backend::Sqlite, 2000);
}

#[test]
fn postgres_stands_as_the_model_says() {
    prove(Backend::Postgres, 200);
}
