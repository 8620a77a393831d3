//! The register that the model is compared with.

use entity::vocabulary::{GrantRole, TokenScope};
use entity::{batch, delegation, event};
use jejaring::access::{Actor, by_token};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::{COUNTRIES, Decision, Operation, Outcome, Party, Rank, Report, Step, Who, expected};
use crate::intents::owner;
use crate::support::{Answer, Role, TestApp, token_of};

/// A register in which sequences are tried, each on a batch of its own.
pub(super) struct Stage {
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
    pub(super) async fn set(app: TestApp) -> Self {
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
    pub(super) async fn play(&self, steps: &[Step]) -> Result<(), TestCaseError> {
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
