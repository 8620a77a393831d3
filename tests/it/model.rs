//! Batches, delegations, claims and grants against a model: whatever sequence of mutations comes
//! from whomever, the register answers and stands as the model says. The model is written from what
//! the register promises, and shares nothing with it but the names of statuses.
//!
//! `JEJARING_SEQUENCES` says how many sequences; 2,000 on SQLite and 200 on PostgreSQL unless it
//! does.

use std::fmt;

use entity::vocabulary::{GrantRole, TokenScope};
use entity::{batch, delegation, event};
use jejaring::access::{Actor, by_token};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::intents::owner;
use crate::support::{Answer, Backend, Contents, Role, TestApp, token_of};

/// The model.
mod expected {
    use std::collections::BTreeMap;

    use super::{Decision, Operation, Outcome, Party, Rank, Report, Step, Who};

    /// A claim about a delegation.
    #[derive(Clone, Debug)]
    pub struct Claim {
        pub party: usize,
        pub owners: bool,
        pub report: Report,
        pub rank: Rank,
        /// Taken back, and not only found wrong.
        pub withdrawn: bool,
    }

    /// What is accepted of a delegation, and how often that changed.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Accepted {
        pub status: Option<Party>,
        pub headcount: Option<i32>,
    }

    /// A register with one batch.
    #[derive(Clone, Debug)]
    pub struct Register {
        pub batch: Decision,
        pub batch_version: i32,
        /// The delegations by country, with what is accepted of them and their versions.
        pub parties: Vec<(usize, Accepted, i32)>,
        pub claims: Vec<Claim>,
        /// What the account whose rights change may do at the moment.
        pub officer: bool,
        pub curator: bool,
        pub closed: bool,
        /// The events of the batch and its delegations that tell of a status.
        pub told: Vec<String>,
    }

    impl Register {
        pub fn new() -> Self {
            Self {
                batch: Decision::Draft,
                batch_version: 1,
                parties: Vec::new(),
                claims: Vec::new(),
                officer: false,
                curator: false,
                closed: false,
                // What was drafted has a title.
                told: vec!["batch.updated".to_owned()],
            }
        }

        fn is_officer(&self, who: Who) -> bool {
            who == Who::Owner || (who == Who::Changing && self.officer)
        }

        fn is_curator(&self, who: Who) -> bool {
            who == Who::Curator || (who == Who::Changing && self.curator)
        }

        fn party_of(&self, country: usize) -> Option<usize> {
            self.parties.iter().position(|party| party.0 == country)
        }

        /// What comes of a step; the register stands as it does after it.
        pub fn take(&mut self, step: &Step) -> Outcome {
            let Step { who, asked } = *step;
            if who == Who::Changing && self.closed {
                return Outcome::Unauthenticated;
            }
            if let Operation::Grant(..)
            | Operation::Revoke(..)
            | Operation::Close
            | Operation::Reopen = asked
            {
                return self.administer(who, asked);
            }
            let seen =
                self.batch != Decision::Draft || self.is_officer(who) || self.is_curator(who);
            // Nothing is known by its id that was never there: such a step is not sent.
            let Some(target) = self.target(asked) else { return Outcome::Nothing };
            if !seen {
                return Outcome::NotFound;
            }
            let allowed = match asked {
                Operation::Rank(..) => self.is_curator(who),
                Operation::Withdraw(_) => {
                    (self.claims[target].owners && self.is_officer(who)) || self.is_curator(who)
                }
                Operation::File(..) => {
                    self.is_officer(who) || self.is_curator(who) || who == Who::Stranger
                }
                _ => self.is_officer(who),
            };
            if !allowed {
                return Outcome::Forbidden;
            }
            match asked {
                Operation::Decide(decision, stale) => self.decide(decision, stale),
                Operation::Invite(country) => self.invite(country),
                Operation::Stand(_, status, headcount, stale) => {
                    self.stand(target, status, headcount, stale)
                }
                Operation::File(_, report) => {
                    self.state(target, false, report);
                    self.reconcile();
                    Outcome::Done
                }
                Operation::Rank(_, rank) => self.rank(target, rank),
                Operation::Withdraw(_) => self.withdraw(target),
                _ => unreachable!("done above"),
            }
        }

        /// The place of what a step is about.
        fn target(&self, asked: Operation) -> Option<usize> {
            match asked {
                Operation::Stand(country, ..) | Operation::File(country, _) => {
                    self.party_of(country)
                }
                Operation::Rank(claim, _) | Operation::Withdraw(claim) => {
                    (!self.claims.is_empty()).then(|| claim % self.claims.len())
                }
                _ => Some(0),
            }
        }

        fn administer(&mut self, who: Who, asked: Operation) -> Outcome {
            let allowed = who == Who::Administrator;
            let (what, next) = match asked {
                Operation::Close => (&mut self.closed, true),
                Operation::Reopen => (&mut self.closed, false),
                Operation::Grant(true) => (&mut self.curator, true),
                Operation::Grant(false) => (&mut self.officer, true),
                Operation::Revoke(true) => (&mut self.curator, false),
                Operation::Revoke(false) => (&mut self.officer, false),
                _ => unreachable!("not for administrators"),
            };
            let is_so = *what == next;
            match asked {
                Operation::Revoke(_) if is_so => return Outcome::Nothing,
                _ if !allowed => return Outcome::Forbidden,
                Operation::Grant(_) if is_so => return Outcome::Refused("DUPLICATE"),
                _ if is_so => return Outcome::DoneAlready,
                _ => *what = next,
            }
            Outcome::Done
        }

        fn decide(&mut self, decision: Decision, stale: bool) -> Outcome {
            use Decision::*;
            if stale {
                return Outcome::Refused("CONFLICT");
            }
            if decision == self.batch {
                return Outcome::DoneAlready;
            }
            let legal = match self.batch {
                Draft => decision == Announced,
                Announced => matches!(decision, Confirmed | Postponed | Cancelled),
                Confirmed => matches!(decision, Closed | Postponed | Cancelled),
                Postponed => matches!(decision, Announced | Confirmed | Cancelled),
                Cancelled | Closed => false,
            };
            if !legal {
                return Outcome::Refused("ILLEGAL_MOVE");
            }
            self.batch = decision;
            self.batch_version += 1;
            self.told.push(format!("batch.{}", decision.to_string().to_lowercase()));
            Outcome::Done
        }

        fn invite(&mut self, country: usize) -> Outcome {
            if self.party_of(country).is_some() {
                return Outcome::Refused("DUPLICATE");
            }
            self.parties.push((country, Accepted::default(), 0));
            self.state(self.parties.len() - 1, true, Report::Status(Party::Invited));
            self.reconcile();
            Outcome::Done
        }

        fn stand(
            &mut self,
            party: usize,
            status: Party,
            headcount: Option<i32>,
            stale: bool,
        ) -> Outcome {
            use Party::Attended;
            if stale {
                return Outcome::Refused("CONFLICT");
            }
            // From where it stands, or from where the owner has said that it stands.
            let said = self.claims.iter().rev().find(|claim| {
                claim.party == party
                    && claim.owners
                    && claim.rank != Rank::Deprecated
                    && claim.report.is_status()
            });
            let from_said = said.is_some_and(|claim| match claim.report {
                Report::Status(from) => may_move(Some(from), status),
                Report::Headcount(_) => false,
            });
            let known = self.parties[party].1.status;
            let legal = known == Some(status) || may_move(known, status) || from_said;
            // To say again what the owner says already is no news.
            let is_said = said.is_some_and(|claim| claim.report == Report::Status(status));
            if !is_said && (!legal || (status == Attended && self.batch == Decision::Cancelled)) {
                return Outcome::Refused("ILLEGAL_MOVE");
            }
            let before = self.claims.len();
            if !is_said {
                self.state(party, true, Report::Status(status));
            }
            if let Some(headcount) = headcount.filter(|_| status == Attended) {
                let counted = self.claims.iter().rev().find(|claim| {
                    claim.party == party
                        && claim.owners
                        && claim.rank != Rank::Deprecated
                        && !claim.report.is_status()
                });
                if counted.is_none_or(|claim| claim.report != Report::Headcount(headcount)) {
                    self.state(party, true, Report::Headcount(headcount));
                }
            }
            if self.claims.len() == before {
                return Outcome::DoneAlready;
            }
            self.reconcile();
            Outcome::Done
        }

        fn rank(&mut self, claim: usize, rank: Rank) -> Outcome {
            let of = self.claims[claim].clone();
            let rival = |(place, other): (usize, &Claim)| {
                place != claim
                    && other.party == of.party
                    && other.report.is_status() == of.report.is_status()
                    && other.rank == Rank::Preferred
            };
            if rank == Rank::Preferred && self.claims.iter().enumerate().any(rival) {
                return Outcome::Refused("DUPLICATE");
            }
            if of.rank == rank && !of.withdrawn {
                return Outcome::DoneAlready;
            }
            (self.claims[claim].rank, self.claims[claim].withdrawn) = (rank, false);
            self.reconcile();
            Outcome::Done
        }

        fn withdraw(&mut self, claim: usize) -> Outcome {
            if self.claims[claim].rank == Rank::Deprecated {
                return Outcome::Refused("ILLEGAL_MOVE");
            }
            (self.claims[claim].rank, self.claims[claim].withdrawn) = (Rank::Deprecated, true);
            self.reconcile();
            Outcome::Done
        }

        fn state(&mut self, party: usize, owners: bool, report: Report) {
            self.claims.push(Claim { party, owners, report, rank: Rank::Normal, withdrawn: false });
        }

        /// Brings up to date what is accepted: the preferred claim, else the newest of the owner's,
        /// else that on which all agree; of statuses, what came of a delegation goes before what
        /// was to be.
        fn reconcile(&mut self) {
            for place in 0..self.parties.len() {
                let reports = |status: bool| {
                    let claims = self.claims.iter().filter(move |claim| {
                        claim.party == place
                            && claim.rank != Rank::Deprecated
                            && claim.report.is_status() == status
                    });
                    let mut claims: Vec<&Claim> = claims.collect();
                    // Of what the owner has stated the newest stands.
                    let newest = claims.iter().rposition(|claim| claim.owners);
                    let mut place = 0;
                    claims.retain(|claim| {
                        place += 1;
                        let is_past = claim.owners && newest != Some(place - 1);
                        !is_past || claim.rank == Rank::Preferred
                    });
                    let preferred = claims.iter().find(|claim| claim.rank == Rank::Preferred);
                    if let Some(decides) = preferred {
                        return Some(decides.report);
                    }
                    let (plans, outcomes): (Vec<&Claim>, Vec<&Claim>) =
                        claims.iter().copied().partition(|claim| claim.report.is_plan());
                    let newest = |claims: &[&Claim]| {
                        claims.iter().rev().find(|claim| claim.owners).map(|claim| claim.report)
                    };
                    newest(&outcomes)
                        .or_else(|| agreed(&outcomes))
                        .or_else(|| newest(&plans))
                        .or_else(|| agreed(&claims))
                };
                let status = reports(true).map(|report| match report {
                    Report::Status(status) => status,
                    Report::Headcount(_) => unreachable!("it is a status"),
                });
                let headcount = reports(false).map(|report| match report {
                    Report::Headcount(headcount) => headcount,
                    Report::Status(_) => unreachable!("it is a headcount"),
                });
                // People are counted where they came or may come yet, not where none did.
                let may_have_come = status.is_none_or(|status| {
                    status == Party::Attended || Report::Status(status).is_plan()
                });
                let accepted = Accepted { status, headcount: headcount.filter(|_| may_have_come) };
                let (_, known, version) = &mut self.parties[place];
                if *version == 0 || *known != accepted {
                    *version += 1;
                    let moved = accepted
                        .status
                        .filter(|_| *version == 1 || known.status != accepted.status);
                    let kind = moved
                        .map_or("updated".to_owned(), |status| status.to_string().to_lowercase());
                    self.told.push(format!("delegation.{kind}"));
                }
                *known = accepted;
            }
        }
    }

    /// Where a delegation may go from where it stands.
    fn may_move(from: Option<Party>, to: Party) -> bool {
        use Party::*;
        match from {
            None => true,
            Some(Invited) => matches!(to, Nominated | Confirmed | Attended | Declined | NotSent),
            Some(Nominated) => matches!(to, Confirmed | Attended | Declined | Withdrawn | NotSent),
            Some(Confirmed) => matches!(to, Attended | Withdrawn | NoShow | NotSent),
            // Whoever declined or withdrew may come after all.
            Some(from @ (Declined | Withdrawn)) => to != from && to != Invited,
            // What came of it was recorded wrongly.
            Some(from) => to != from && !Report::Status(to).is_plan(),
        }
    }

    /// What all say: the same; whoever says that somebody was invited agrees with whoever says what
    /// came of it.
    fn agreed(claims: &[&Claim]) -> Option<Report> {
        let mut said: BTreeMap<String, Report> =
            claims.iter().map(|claim| (format!("{:?}", claim.report), claim.report)).collect();
        if said.len() > 1 {
            said.retain(|_, report| *report != Report::Status(Party::Invited));
        }
        if said.len() == 1 { said.into_values().next() } else { None }
    }
}

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

/// A register in which sequences are tried, each on a batch of its own.
struct Stage {
    app: TestApp,
    owner: Actor,
    stranger: Actor,
    curator: Actor,
    administrator: Actor,
    programme: String,
    institution: String,
    source: String,
    next: std::cell::Cell<u32>,
}

/// What a sequence is about.
struct Play {
    batch: String,
    account: String,
    token: String,
    /// By country.
    parties: [Option<String>; COUNTRIES.len()],
    claims: Vec<String>,
    /// The grants in force, of a curator and of an officer.
    grants: [Option<String>; 2],
}

impl Stage {
    async fn set(app: TestApp) -> Self {
        let owner = owner(&app).await;
        let curator = app.staff(GrantRole::Curator).await;
        let known = app
            .ask(
                "{ batch(by: {key: \"jewellery-2023\"}) { programme { id owner { id } } } \
                 sources(first: 1, filter: {kind: {eq: NEWS_REPORT}}) { nodes { id } } }",
            )
            .await;
        Self {
            stranger: app.officer("iwapi").await,
            administrator: app.staff(GrantRole::Administrator).await,
            programme: known.text("/batch/programme/id").to_owned(),
            institution: known.text("/batch/programme/owner/id").to_owned(),
            source: known.text("/sources/nodes/0/id").to_owned(),
            next: std::cell::Cell::new(0),
            app,
            owner,
            curator,
        }
    }

    async fn begin(&self) -> Play {
        let number = self.next.replace(self.next.get() + 1);
        let draft = "mutation ($programme: ID!, $key: String!) { draftBatch(input: {programmeId: \
                     $programme, key: $key, title: {text: \"Play\", language: \"en\"}}) { batch { \
                     id } errors { message } } }";
        let made = self.app.ask_with(
            &self.owner,
            draft,
            json!({ "programme": self.programme, "key": format!("play-{number}") }),
        );
        let batch = made.await.text("/draftBatch/batch/id").to_owned();
        let scopes = [TokenScope::Read, TokenScope::Write, TokenScope::Administer];
        let roles: [Role<'_>; 0] = [];
        let (token, _) = token_of(&self.app, &format!("Player {number}"), &roles, &scopes).await;
        let viewer = by_token(&self.app.app.db, &self.app.app.clock, &token)
            .await
            .expect("the token is good");
        let account =
            self.app.ask_as(&viewer, "{ viewer { id } }").await.text("/viewer/id").to_owned();
        Play {
            batch,
            account,
            token,
            parties: Default::default(),
            claims: Vec::new(),
            grants: Default::default(),
        }
    }

    /// Takes a step, and says what came of it. The model says where the claims are that it makes.
    async fn take(
        &self,
        play: &mut Play,
        step: &Step,
        expected: &expected::Register,
    ) -> (Outcome, Option<Answer>) {
        let actor = match step.who {
            Who::Owner => self.owner.clone(),
            Who::Stranger => self.stranger.clone(),
            Who::Curator => self.curator.clone(),
            Who::Administrator => self.administrator.clone(),
            Who::Changing => {
                match by_token(&self.app.app.db, &self.app.app.clock, &play.token).await {
                    Ok(actor) => actor,
                    Err(_) => return (Outcome::Unauthenticated, None),
                }
            }
        };
        let Some((name, input, of, record)) = self.mutation(play, step.asked, expected) else {
            return (Outcome::Nothing, None);
        };
        let query = format!(
            "mutation ($input: {of}!) {{ done: {name}(input: $input) {{ record: {record} errors {{ \
             path code message }} cursor }} }}"
        );
        let before = self.app.position().await;
        let answer = self.app.ask_with(&actor, &query, json!({ "input": input })).await;
        let outcome = match answer.errors.first() {
            Some(error) if error.starts_with("FORBIDDEN") => Outcome::Forbidden,
            Some(error) => panic!("{step:?}: {error}"),
            None => match answer.data.pointer("/done/errors/0/code").and_then(Value::as_str) {
                Some("NOT_FOUND") => Outcome::NotFound,
                Some("CONFLICT") => Outcome::Refused("CONFLICT"),
                Some("ILLEGAL_MOVE") => Outcome::Refused("ILLEGAL_MOVE"),
                Some("DUPLICATE") => Outcome::Refused("DUPLICATE"),
                Some(_) => panic!("{step:?}: {answer}"),
                None if self.app.position().await == before => Outcome::DoneAlready,
                None => Outcome::Done,
            },
        };
        if outcome != Outcome::Done {
            assert_eq!(
                self.app.position().await,
                before,
                "{step:?} is {outcome:?} and tells something"
            );
        } else {
            self.remember(play, step.asked, &answer);
        }
        (outcome, Some(answer))
    }

    /// What was made is known from now on.
    fn remember(&self, play: &mut Play, asked: Operation, answer: &Answer) {
        let id = || answer.text("/done/record/id").to_owned();
        match asked {
            Operation::Invite(country) => play.parties[country] = Some(id()),
            Operation::Grant(curator) => play.grants[usize::from(curator)] = Some(id()),
            Operation::Revoke(curator) => play.grants[usize::from(curator)] = None,
            _ => {}
        }
        let claims =
            answer.data.pointer("/done/record/batch/claims/nodes").and_then(Value::as_array);
        if let Some(claims) = claims {
            let ids = claims.iter().map(|claim| claim["id"].as_str().expect("an id").to_owned());
            play.claims = ids.collect();
        }
    }

    /// The mutation that a step asks for: its name, input, type of the input, and what is asked of
    /// its record.
    fn mutation(
        &self,
        play: &Play,
        asked: Operation,
        expected: &expected::Register,
    ) -> Option<(&'static str, Value, &'static str, &'static str)> {
        const BATCH: &str = "batch { id status version }";
        const PARTY: &str = "delegation { id status headcountMax version batch { claims(filter: \
                             {property: {in: [ATTENDANCE, HEADCOUNT]}}, orderBy: {field: \
                             CREATED_AT}) { nodes { id } } } }";
        const CLAIM: &str = "claim { id rank batch { claims(filter: {property: {in: [ATTENDANCE, \
                             HEADCOUNT]}}, orderBy: {field: CREATED_AT}) { nodes { id } } } }";
        const GRANT: &str = "grant { id }";
        const ACCOUNT: &str = "account { id }";
        let version = |stale: bool, version: i32| if stale { version - 1 } else { version };
        let claim = |claim: usize| play.claims.get(claim % play.claims.len().max(1));
        Some(match asked {
            Operation::Decide(decision, stale) => {
                let mut input = json!({
                    "batchId": play.batch, "expectedVersion": version(stale, expected.batch_version)
                });
                if decision == Decision::Announced {
                    input["datesToFollow"] = json!(true);
                }
                match decision {
                    Decision::Announced => ("announceBatch", input, "AnnounceBatchInput", BATCH),
                    Decision::Confirmed => ("confirmBatch", input, "ConfirmBatchInput", BATCH),
                    Decision::Postponed => ("postponeBatch", input, "PostponeBatchInput", BATCH),
                    Decision::Cancelled => ("cancelBatch", input, "CancelBatchInput", BATCH),
                    Decision::Closed => ("closeBatch", input, "CloseBatchInput", BATCH),
                    Decision::Draft => unreachable!("nothing becomes a draft"),
                }
            }
            Operation::Invite(country) => {
                let input = json!({ "batchId": play.batch, "country": COUNTRIES[country] });
                ("inviteDelegation", input, "InviteDelegationInput", PARTY)
            }
            Operation::Stand(country, status, headcount, stale) => {
                let known = expected.parties.iter().find(|party| party.0 == country)?.2;
                let mut input = json!({
                    "delegationId": play.parties[country].as_ref()?,
                    "expectedVersion": version(stale, known)
                });
                match status {
                    Party::Nominated => {
                        ("nominateDelegation", input, "NominateDelegationInput", PARTY)
                    }
                    Party::Confirmed => {
                        ("confirmDelegation", input, "ConfirmDelegationInput", PARTY)
                    }
                    Party::Attended => {
                        input["headcount"] = json!(headcount);
                        ("recordAttendance", input, "RecordAttendanceInput", PARTY)
                    }
                    Party::Declined => {
                        ("declineInvitation", input, "DeclineInvitationInput", PARTY)
                    }
                    Party::Withdrawn => {
                        ("withdrawDelegation", input, "WithdrawDelegationInput", PARTY)
                    }
                    Party::NoShow => ("recordNoShow", input, "RecordNoShowInput", PARTY),
                    Party::NotSent => ("markNotSent", input, "MarkNotSentInput", PARTY),
                    Party::Invited => unreachable!("whoever is there was invited"),
                }
            }
            Operation::File(country, report) => {
                let mut input = json!({
                    "sourceId": self.source, "batchId": play.batch,
                    "delegationId": play.parties[country].as_ref()?
                });
                let claimed = match report {
                    Report::Status(status) => {
                        json!({ "property": "ATTENDANCE", "status": status.to_string() })
                    }
                    Report::Headcount(number) => json!({
                        "property": "HEADCOUNT", "numberMin": number, "numberMax": number,
                        "comparator": "EXACT",
                        "unit": "PERSON", "basis": "REPORTED", "scope": "PER_COUNTRY",
                    }),
                };
                for (name, value) in claimed.as_object().into_iter().flatten() {
                    input[name] = value.clone();
                }
                ("fileClaim", input, "FileClaimInput", CLAIM)
            }
            Operation::Rank(which, rank) => {
                let mut input = json!({ "claimId": claim(which)?, "rank": rank.to_string() });
                if rank == Rank::Deprecated {
                    input["rankReason"] = json!("TYPO");
                }
                ("rankClaim", input, "RankClaimInput", CLAIM)
            }
            Operation::Withdraw(which) => {
                ("withdrawClaim", json!({ "claimId": claim(which)? }), "WithdrawClaimInput", CLAIM)
            }
            Operation::Grant(true) => (
                "grantRole",
                json!({ "accountId": play.account, "role": "CURATOR" }),
                "GrantRoleInput",
                GRANT,
            ),
            Operation::Grant(false) => {
                let input = json!({
                    "accountId": play.account, "role": "OFFICER", "institutionId": self.institution
                });
                ("grantRole", input, "GrantRoleInput", GRANT)
            }
            Operation::Revoke(curator) => {
                let grant = play.grants[usize::from(curator)].as_ref()?;
                ("revokeGrant", json!({ "grantId": grant }), "RevokeGrantInput", GRANT)
            }
            Operation::Close => {
                ("closeAccount", json!({ "accountId": play.account }), "CloseAccountInput", ACCOUNT)
            }
            Operation::Reopen => (
                "reopenAccount",
                json!({ "accountId": play.account }),
                "ReopenAccountInput",
                ACCOUNT,
            ),
        })
    }

    /// Takes all steps, and compares what came of each, and in the end the rows and the log.
    async fn play(&self, steps: &[Step]) -> Result<(), TestCaseError> {
        let mut play = self.begin().await;
        let mut model = expected::Register::new();
        for (place, step) in steps.iter().enumerate() {
            let before = model.clone();
            let expected = model.take(step);
            let (came, answer) = self.take(&mut play, step, &before).await;
            let shown = answer.map(|answer| answer.to_string()).unwrap_or_default();
            prop_assert_eq!(came, expected, "step {} of {:?}: {}", place, step, shown);
            prop_assert_eq!(
                play.claims.len(),
                model.claims.len(),
                "step {} of {:?}: {}",
                place,
                step,
                shown
            );
        }
        self.compare(&play, &model).await
    }

    async fn compare(&self, play: &Play, model: &expected::Register) -> Result<(), TestCaseError> {
        let db = self.app.app.db.reading();
        let key = format!("play-{}", self.next.get() - 1);
        let row = batch::Entity::find()
            .filter(batch::Column::Key.eq(key))
            .one(db)
            .await
            .expect("a read")
            .expect("the batch");
        prop_assert_eq!(
            (row.status.to_string(), row.version),
            (model.batch.to_string(), model.batch_version)
        );
        let parties = delegation::Entity::find().filter(delegation::Column::BatchId.eq(row.id));
        let parties = parties.order_by_asc(delegation::Column::Id).all(db).await.expect("a read");
        let stand: Vec<_> = parties
            .iter()
            .map(|party| {
                let status = party.status.map(|status| status.to_string());
                (
                    party.country_code.as_ref().map(ToString::to_string),
                    status,
                    party.headcount_max,
                    party.version,
                )
            })
            .collect();
        let expected: Vec<_> = model
            .parties
            .iter()
            .map(|(country, accepted, version)| {
                let status = accepted.status.map(|status| status.to_string());
                (Some(COUNTRIES[*country].to_owned()), status, accepted.headcount, *version)
            })
            .collect();
        prop_assert_eq!(stand, expected);
        let mut subjects = vec![row.id.to_string()];
        subjects.extend(parties.iter().map(|party| party.id.to_string()));
        let log = event::Entity::find().filter(event::Column::SubjectId.is_in(subjects));
        let log = log.order_by_asc(event::Column::Position).all(db).await.expect("the log");
        // That it was drafted comes first, and is told as an update.
        let kinds: Vec<String> = log
            .into_iter()
            .map(|event| event.kind)
            .filter(|kind| !kind.starts_with("finding"))
            .skip(1)
            .collect();
        prop_assert_eq!(&kinds, &model.told);
        prop_assert_eq!(play.claims.len(), model.claims.len());
        Ok(())
    }
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
