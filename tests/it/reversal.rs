//! What officers do and take back: after any sequence that is undone in reverse, the register shows
//! what it showed before. Nothing here knows how the register does it: the steps are mutations and
//! files, and what they came to is asked of its answers.
//!
//! `REVERSAL_SEQUENCES` says how many sequences; `JEJARING_SEED` which.

use std::collections::BTreeMap;

use entity::vocabulary::ImportTable;
use jejaring::access::Actor;
use serde_json::Value;

use crate::doctor::is_derived;
use crate::export::exported;
use crate::import::{apply, hand_in, upload};
use crate::intents::{mutation, owner};
use crate::support::{Answer, Backend, Dice, TestApp};
use crate::voiding::{LISTS, answers, nodes_of, texts};

both_dbs!(what_is_undone_in_reverse_never_was);

/// How many sequences come before the whole register is compared: what is left of one stays.
const COMPARED: usize = 5;

/// A mutation that takes a step back.
type Back = (&'static str, String);

/// The register as everybody sees it. What was voided for good leaves a tombstone, and what was
/// changed and changed back was touched.
async fn shown(app: &TestApp) -> (BTreeMap<String, String>, Value) {
    let mut public = answers(app).await.data;
    public.as_object_mut().expect("an object").remove("tombstones");
    let batches = public["list"]["nodes"].as_array_mut().into_iter().flatten();
    for batch in batches {
        batch.as_object_mut().expect("a batch").remove("updatedAt");
    }
    (texts(&exported(app, Actor::Operator).await), public)
}

struct Sequence<'a> {
    app: &'a TestApp,
    officer: &'a Actor,
    /// The ids of the records of each list.
    lists: &'a BTreeMap<&'static str, Vec<String>>,
    dice: &'a mut Dice,
    /// How each step is taken back, in the order of the steps.
    back: Vec<Vec<Back>>,
    /// How often a step of each kind was carried out.
    done: &'a mut BTreeMap<&'static str, usize>,
}

impl Sequence<'_> {
    async fn ask(&self, name: &str, input: &str, fields: &str) -> Answer {
        let who = if name == "undoImport" { self.officer } else { &Actor::Operator };
        let answer = self.app.ask_as(who, &mutation(name, input, fields)).await;
        assert!(answer.errors.is_empty(), "{name} {input}: {answer}");
        answer
    }

    /// Carries a mutation out, if the register lets it; whether something has changed.
    async fn may(&self, name: &str, input: &str) -> bool {
        let before = self.app.position().await;
        let done = self.ask(name, input, "__typename").await.refusals(name).is_empty();
        // To say again what stands changes nothing, and there is nothing to take back.
        done && self.app.position().await != before
    }

    fn one_of(&mut self, list: &str) -> String {
        let ids = &self.lists[list];
        ids[self.dice.below(ids.len())].clone()
    }

    async fn step(&mut self) {
        let (kind, back) = match self.dice.below(10) {
            0..=2 => ("void", self.void().await),
            3 => ("restore", self.restore().await),
            4 | 5 => ("correct", self.correct().await),
            6 => ("batch", self.move_batch().await),
            7 => {
                ("workshop", self.call_off("workshops", ["cancelWorkshop", "reopenWorkshop"]).await)
            }
            8 => {
                let moves = ["abandonActionPlan", "reopenActionPlan"];
                ("plan", self.call_off("actionPlans", moves).await)
            }
            _ => ("import", self.import().await),
        };
        if let Some(back) = back {
            self.back.push(back);
            *self.done.entry(kind).or_insert(0) += 1;
        }
    }

    async fn void(&mut self) -> Option<Vec<Back>> {
        let list = LISTS[self.dice.below(LISTS.len())];
        if self.lists[list].is_empty() {
            return None;
        }
        let id = self.one_of(list);
        let input = format!("recordId: {id:?}, reason: \"entered in error\"");
        let done = self.may("voidRecord", &input).await;
        done.then(|| vec![("restoreRecord", format!("recordId: {id:?}"))])
    }

    /// Restores what an earlier step of the sequence has voided, and nothing has restored since.
    async fn restore(&mut self) -> Option<Vec<Back>> {
        let steps: Vec<&Back> = self.back.iter().flatten().collect();
        let voided: Vec<String> = steps
            .iter()
            .filter(|(name, _)| *name == "restoreRecord")
            .map(|(_, input)| input.clone())
            .collect();
        if voided.is_empty() {
            return None;
        }
        let input = voided[self.dice.below(voided.len())].clone();
        let done = self.may("restoreRecord", &input).await;
        done.then(|| vec![("voidRecord", format!("{input}, reason: \"entered in error\""))])
    }

    /// States anew of a delegation how many people it had; what that came to are claims.
    async fn correct(&mut self) -> Option<Vec<Back>> {
        let party = self.one_of("delegations");
        let people = 1 + self.dice.below(9);
        let (before, known) = (self.claims(&party).await?, self.statements().await);
        let input = format!("delegationId: {party:?}, headcount: {people}");
        if !self.may("recordAttendance", &input).await {
            return None;
        }
        let claims = self.claims(&party).await?;
        let new = claims.iter().filter(|claim| !before.contains(claim)).rev();
        let void = |id: &String| format!("recordId: {id:?}, reason: \"stated in error\"");
        // Who speaks for the first time does so by a source that comes with it.
        let statements = self.statements().await;
        let sources = statements.iter().filter(|source| !known.contains(source));
        Some(new.chain(sources).map(|id| ("voidRecord", void(id))).collect())
    }

    async fn statements(&self) -> Vec<String> {
        let query =
            "{ sources(first: 100, filter: {kind: {eq: OWNER_STATEMENT}}) { nodes { id } } }";
        let answer = self.app.ask_as(&Actor::Operator, query).await;
        answer.texts("/sources/nodes", "/id").into_iter().map(str::to_owned).collect()
    }

    /// The claims of a delegation, in the order in which they came; none of what is void.
    async fn claims(&self, party: &str) -> Option<Vec<String>> {
        let query = format!(
            "{{ node(id: {party:?}) {{ ... on Delegation {{ \
             claims(first: 100, orderBy: [{{field: CREATED_AT}}]) {{ nodes {{ id }} }} }} }} }}"
        );
        let answer = self.app.ask_as(&Actor::Operator, &query).await;
        let nodes = answer.data["node"]["claims"]["nodes"].as_array()?;
        Some(nodes.iter().filter_map(|node| Some(node["id"].as_str()?.to_owned())).collect())
    }

    async fn move_batch(&mut self) -> Option<Vec<Back>> {
        let id = self.one_of("batches");
        let query = format!("{{ node(id: {id:?}) {{ ... on Batch {{ status }} }} }}");
        let answer = self.app.ask_as(&Actor::Operator, &query).await;
        let input = format!("batchId: {id:?}, reason: \"decided\"");
        let (there, back) = match (answer.data["node"]["status"].as_str()?, self.dice.below(2)) {
            ("CLOSED", _) => ("reopenBatch", "closeBatch"),
            ("CONFIRMED", 0) => ("closeBatch", "reopenBatch"),
            ("CONFIRMED" | "ANNOUNCED", _) => ("cancelBatch", "reopenBatch"),
            _ => return None,
        };
        self.may(there, &input).await.then(|| vec![(back, input)])
    }

    async fn call_off(
        &mut self,
        list: &str,
        [there, back]: [&'static str; 2],
    ) -> Option<Vec<Back>> {
        let id = self.one_of(list);
        let field = if list == "workshops" { "workshopId" } else { "actionPlanId" };
        let input = format!("{field}: {id:?}, reason: \"decided\"");
        self.may(there, &input).await.then(|| vec![(back, input)])
    }

    /// Applies a file of delegations or of workshops, without the rows that cannot be.
    async fn import(&mut self) -> Option<Vec<Back>> {
        const BATCHES: [&str; 3] = ["jewellery-2023", "batik-2018", "nothing"];
        const COUNTRIES: [&str; 6] = ["KH", "LA", "FJ", "TL", "NP", "VN"];
        const STATUS: [&str; 4] = ["hadir", "tidak hadir", "diundang", ""];
        let (table, mut text) = match self.dice.below(3) {
            0 => (ImportTable::Workshops, "batch,judul,jenis,bahasa\n".to_owned()),
            _ => (ImportTable::Delegations, "batch,country,status,headcount\n".to_owned()),
        };
        for _ in 0..1 + self.dice.below(4) {
            let batch = BATCHES[self.dice.below(BATCHES.len())];
            text += &match table {
                ImportTable::Workshops => {
                    let title = ["Patri", "Ukir", "Cor lilin"][self.dice.below(3)];
                    format!("{batch},{title},praktik,id\n")
                }
                _ => {
                    let country = COUNTRIES[self.dice.below(COUNTRIES.len())];
                    let status = STATUS[self.dice.below(STATUS.len())];
                    let people = match status {
                        "hadir" => (1 + self.dice.below(5)).to_string(),
                        _ => String::new(),
                    };
                    format!("{batch},{country},{status},{people}\n")
                }
            };
        }
        let id = hand_in(self.app, self.officer, upload(table, "file.csv"), &text).await;
        let input = format!("importId: {id:?}");
        if apply(self.app, self.officer, &id, ", leaveOut: true").await.is_empty() {
            return Some(vec![("undoImport", format!("{input}, reason: \"the wrong file\""))]);
        }
        let discard = mutation("discardImport", &input, "__typename");
        let discarded = self.app.ask_as(self.officer, &discard).await;
        assert_eq!(discarded.refusals("discardImport"), Vec::<String>::new(), "{text}");
        None
    }

    /// Takes all steps back, the last one first: each of them can be, since nothing is in its way.
    async fn undo(&mut self, number: usize) {
        const UNDONE: &str = "import { undone { keptCount kept { recordKey field reason } } }";
        let back = std::mem::take(&mut self.back);
        for (name, input) in back.iter().rev().flatten() {
            let fields = if *name == "undoImport" { UNDONE } else { "__typename" };
            let answer = self.ask(name, input, fields).await;
            let refusals = answer.refusals(name);
            assert!(
                refusals.is_empty(),
                "sequence {number}: {refusals:?} {name} {input} {back:#?}"
            );
            if *name == "undoImport" {
                let kept = answer.at("/undoImport/import/undone");
                assert_eq!(kept["keptCount"], 0, "sequence {number}: {kept:#}");
            }
        }
    }
}

async fn what_is_undone_in_reverse_never_was(app: TestApp) {
    let number =
        |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<usize>().ok());
    let few = if app.backend == Backend::Sqlite { 150 } else { 30 };
    let sequences = number("REVERSAL_SEQUENCES").unwrap_or(few);
    let mut dice = Dice::new(number("JEJARING_SEED").unwrap_or(24) as u64);
    let officer = owner(&app).await;
    let before = shown(&app).await;
    let mut lists = BTreeMap::new();
    for list in LISTS {
        let nodes = nodes_of(&app, list).await.into_iter();
        let ids = nodes.map(|node| node["id"].as_str().expect("an id").to_owned());
        lists.insert(list, ids.collect::<Vec<_>>());
    }
    let mut done = BTreeMap::new();
    for number in 1..=sequences {
        let (back, steps) = (Vec::new(), 2 + dice.below(8));
        let mut sequence = Sequence {
            app: &app,
            officer: &officer,
            lists: &lists,
            dice: &mut dice,
            back,
            done: &mut done,
        };
        for _ in 0..steps {
            sequence.step().await;
        }
        sequence.undo(number).await;
        if number % COMPARED == 0 || number == sequences {
            let after = shown(&app).await;
            for (file, rows) in &before.0 {
                let lines = rows.lines().zip(after.0[file].lines());
                let other = lines.into_iter().find(|(before, after)| before != after);
                assert_eq!(other, None, "{file}, by sequence {number}");
            }
            assert_eq!(after, before, "by sequence {number}");
        }
    }
    is_derived(&app, "all sequences").await;
    for kind in ["void", "restore", "correct", "batch", "workshop", "plan", "import"] {
        assert!(done.get(kind).is_some_and(|times| *times * 50 > sequences), "{kind}: {done:?}");
    }
    println!("{sequences} sequences: {done:?}");
}
