//! What officers and curators do, by chance.

use entity::vocabulary::{GrantRole, ImportTable};
use jejaring::access::Actor;

use super::answers::BATCHES;
use crate::import::{apply, hand_in, upload};
use crate::intents::{mutation, owner};
use crate::support::{Answer, Dice, TestApp};
use crate::voiding::nodes_of;

/// Who writes.
pub struct Officers {
    pub owner: Actor,
    curator: Actor,
    programme: String,
}

/// Lists of which something is voided.
const VOIDED: [&str; 9] = [
    "delegations",
    "delegations",
    "delegations",
    "claims",
    "claims",
    "batches",
    "memberships",
    "programmes",
    "sources",
];

const COUNTRIES: [&str; 6] = ["KH", "LA", "TH", "FJ", "VN", "TL"];

impl Officers {
    pub async fn of(app: &TestApp) -> Self {
        let programme = app.ask(r#"{ batch(by: {key: "jewellery-2023"}) { programme { id } } }"#);
        Self {
            owner: owner(app).await,
            curator: app.staff(GrantRole::Curator).await,
            programme: programme.await.text("/batch/programme/id").to_owned(),
        }
    }

    /// Takes one step; what it was, where something came of it.
    pub async fn step(&self, app: &TestApp, dice: &mut Dice) -> Option<String> {
        let before = app.position().await;
        let step = match dice.below(17) {
            0 => self.draft(app, dice).await,
            1 | 2 => self.decide(app, dice).await,
            3 => self.invite(app, dice).await,
            4 | 5 => self.attend(app, dice).await,
            6 => self.reschedule(app, dice).await,
            7 | 8 => self.update(app, dice).await,
            9 | 10 => void(app, dice).await,
            11 | 12 => restore(app, dice).await,
            13 => self.file(app, dice).await,
            14 => self.rank(app, dice).await,
            15 => self.join(app, dice).await,
            _ => self.import_or_merge(app, dice).await,
        }?;
        (app.position().await != before).then_some(step)
    }

    async fn draft(&self, app: &TestApp, dice: &mut Dice) -> Option<String> {
        let key = dice.pick(&BATCHES[3..]);
        let topic = one_of(app, dice, "topics").await?;
        let venue = one_of(app, dice, "venues").await?;
        let day = 1 + dice.below(9);
        let input = format!(
            "programmeId: {:?}, key: {key:?}, title: {{text: \"Training {day}\", language: \
             \"en\"}}, startsOn: \"2026-0{day}-01\", endsOn: \"2026-0{day}-05\", topicIds: \
             [{topic:?}], venueIds: [{venue:?}]",
            self.programme
        );
        self.write(app, &self.owner, "draftBatch", &input).await
    }

    async fn decide(&self, app: &TestApp, dice: &mut Dice) -> Option<String> {
        const MOVES: [&str; 7] = [
            "announceBatch",
            "announceBatch",
            "confirmBatch",
            "postponeBatch",
            "cancelBatch",
            "closeBatch",
            "reopenBatch",
        ];
        let batch = one_of(app, dice, "batches").await?;
        let input = format!("batchId: {batch:?}, reason: \"decided\"");
        let decision = *dice.pick(&MOVES);
        self.write(app, &Actor::Operator, decision, &input).await
    }

    async fn invite(&self, app: &TestApp, dice: &mut Dice) -> Option<String> {
        let batch = one_of(app, dice, "batches").await?;
        let countries = [dice.pick(&COUNTRIES), dice.pick(&COUNTRIES)];
        let input = format!("batchId: {batch:?}, countries: {countries:?}");
        self.write(app, &Actor::Operator, "inviteCountries", &input).await
    }

    async fn attend(&self, app: &TestApp, dice: &mut Dice) -> Option<String> {
        let party = one_of(app, dice, "delegations").await?;
        let of_it = format!("delegationId: {party:?}");
        let (name, input) = match dice.below(4) {
            0 => ("recordNoShow", of_it),
            1 => {
                let institution = one_of(app, dice, "institutions").await?;
                let input = format!("{of_it}, institutionId: {institution:?}, category: PARTY");
                ("updateDelegation", input)
            }
            _ => {
                let (women, men) = (dice.below(4), 1 + dice.below(4));
                let by_sex = format!("headcountBySex: {{female: {women}, male: {men}}}");
                ("recordAttendance", format!("{of_it}, {by_sex}"))
            }
        };
        self.write(app, &Actor::Operator, name, &input).await
    }

    async fn reschedule(&self, app: &TestApp, dice: &mut Dice) -> Option<String> {
        let batch = one_of(app, dice, "batches").await?;
        let (year, month) = (2016 + dice.below(10), 1 + dice.below(9));
        let input = format!(
            "batchId: {batch:?}, startsOn: \"{year}-0{month}-02\", endsOn: \"{year}-0{month}-09\""
        );
        self.write(app, &Actor::Operator, "rescheduleBatch", &input).await
    }

    async fn update(&self, app: &TestApp, dice: &mut Dice) -> Option<String> {
        let batch = one_of(app, dice, "batches").await?;
        let fields = match dice.below(5) {
            0 => format!("participants: {}", 10 + dice.below(30)),
            1 => format!("title: {{text: \"Title {}\", language: \"id\"}}", dice.below(9)),
            2 => {
                let topics =
                    [one_of(app, dice, "topics").await?, one_of(app, dice, "topics").await?];
                format!("topicIds: {topics:?}, capacity: {}", dice.below(50))
            }
            3 => {
                let venue = one_of(app, dice, "venues").await?;
                format!("venueIds: [{venue:?}], mode: BLENDED")
            }
            _ => format!("label: \"Batch {}\", ordinal: {}", dice.below(9), 1 + dice.below(40)),
        };
        let input = format!("batchId: {batch:?}, {fields}");
        self.write(app, &Actor::Operator, "updateBatch", &input).await
    }

    async fn file(&self, app: &TestApp, dice: &mut Dice) -> Option<String> {
        let source = one_of(app, dice, "sources").await?;
        let batch = one_of(app, dice, "batches").await?;
        let number = 5 + dice.below(20);
        let stated = match dice.below(3) {
            0 => format!(
                "property: PARTICIPANTS, numberMin: {number}, numberMax: {number}, comparator: \
                 EXACT, unit: PERSON, basis: REPORTED, scope: WHOLE_BATCH"
            ),
            1 => format!(
                "property: COUNTRIES, numberMin: {number}, numberMax: {number}, comparator: EXACT, \
                 unit: COUNTRY, basis: REPORTED, scope: WHOLE_BATCH"
            ),
            _ => format!("property: TITLE, text: \"Printed {number}\", language: \"en\""),
        };
        let input = format!("sourceId: {source:?}, batchId: {batch:?}, {stated}");
        self.write(app, &self.curator, "fileClaim", &input).await
    }

    async fn rank(&self, app: &TestApp, dice: &mut Dice) -> Option<String> {
        let claim = one_of(app, dice, "claims").await?;
        let rank = *dice.pick(&["PREFERRED", "NORMAL", "DEPRECATED, rankReason: REFUTED"]);
        let input = format!("claimId: {claim:?}, rank: {rank}, reason: \"looked at again\"");
        self.write(app, &self.curator, "rankClaim", &input).await
    }

    async fn join(&self, app: &TestApp, dice: &mut Dice) -> Option<String> {
        if dice.below(2) == 0 {
            let membership = one_of(app, dice, "memberships").await?;
            let input = format!("membershipId: {membership:?}, validTo: \"2024-06-30\"");
            return self.write(app, &self.curator, "endMembership", &input).await;
        }
        let group = one_of(app, dice, "regionalGroups").await?;
        let country = dice.pick(&COUNTRIES);
        let from = 2000 + dice.below(25);
        let input = format!(
            "groupId: {group:?}, country: {country:?}, kind: FULL, validFrom: \"{from}-01-01\""
        );
        self.write(app, &self.curator, "addMembership", &input).await
    }

    /// Applies a file, and sometimes undoes it; or finds two places or bodies to be one.
    async fn import_or_merge(&self, app: &TestApp, dice: &mut Dice) -> Option<String> {
        if dice.below(3) == 0 {
            let (name, list, field) = *dice.pick(&[
                ("mergeVenues", "venues", "venueId"),
                ("mergeInstitutions", "institutions", "institutionId"),
            ]);
            let (one, other) = (one_of(app, dice, list).await?, one_of(app, dice, list).await?);
            let input = format!("{field}: {one:?}, intoId: {other:?}");
            return self.write(app, &self.curator, name, &input).await;
        }
        let mut text = "batch,country,status,headcount\n".to_owned();
        for country in ["NP", "FJ", "KH"] {
            text += &format!("jewellery-2023,{country},hadir,{}\n", 1 + dice.below(6));
        }
        let id = hand_in(app, &self.owner, upload(ImportTable::Delegations, "known.csv"), &text);
        let id = id.await;
        if !apply(app, &self.owner, &id, ", leaveOut: true").await.is_empty() {
            return Some("import refused".to_owned());
        }
        if dice.below(2) == 0 {
            return Some("import".to_owned());
        }
        let input = format!("importId: {id:?}, reason: \"the wrong file\"");
        self.write(app, &self.owner, "undoImport", &input).await
    }

    async fn write(&self, app: &TestApp, who: &Actor, name: &str, input: &str) -> Option<String> {
        written(app, who, name, input).await
    }
}

async fn void(app: &TestApp, dice: &mut Dice) -> Option<String> {
    let list = dice.pick(&VOIDED);
    let id = one_of(app, dice, list).await?;
    let input = format!("recordId: {id:?}, reason: \"entered in error\"");
    let done = written(app, &Actor::Operator, "voidRecord", &input).await?;
    Some(format!("{done} ({list})"))
}

async fn restore(app: &TestApp, dice: &mut Dice) -> Option<String> {
    let query = "{ tombstones(first: 100) { nodes { recordId restoredAt } } }";
    let answer = app.ask_as(&Actor::Operator, query).await;
    let nodes = answer.at("/tombstones/nodes").as_array().cloned().unwrap_or_default();
    let void: Vec<&str> = nodes
        .iter()
        .filter(|node| node["restoredAt"].is_null())
        .filter_map(|node| node["recordId"].as_str())
        .collect();
    if void.is_empty() {
        return None;
    }
    let id = *dice.pick(&void);
    written(app, &Actor::Operator, "restoreRecord", &format!("recordId: {id:?}")).await
}

async fn one_of(app: &TestApp, dice: &mut Dice, list: &str) -> Option<String> {
    let nodes = nodes_of(app, list).await;
    if nodes.is_empty() {
        return None;
    }
    dice.pick(&nodes)["id"].as_str().map(str::to_owned)
}

/// Carries a mutation out, if the register lets it.
async fn written(app: &TestApp, who: &Actor, name: &str, input: &str) -> Option<String> {
    let answer: Answer = app.ask_as(who, &mutation(name, input, "__typename")).await;
    assert!(answer.errors.is_empty(), "{name} {input}: {answer}");
    answer.refusals(name).is_empty().then(|| format!("{name} {input}"))
}
