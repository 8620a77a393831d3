//! Files that show one fault each (`tests/cases`), handed in, previewed and applied, on both
//! databases. What must come of each stands in `cases/files.rs`; requests that show one are in
//! `cases/requests.rs`.

mod batches;
mod calendars;
mod files;
mod formats;
mod headings;
mod identity;
mod names;
pub mod network;
mod people;
mod requests;
mod runs;

use std::io::Cursor;
use std::path::Path;

use entity::vocabulary::{GrantRole, ImportTable};
use jejaring::access::Actor;
use jejaring::exchange::import::{DayOrder, Upload, receive};
use serde_json::Value;

use crate::intents::mutation;
use crate::support::TestApp;

both_dbs!(files_come_to_what_they_say);

/// A file and what must come of it.
pub struct Case {
    /// Its name in `tests/cases`.
    file: &'static str,
    table: ImportTable,
    /// Which of day and month comes first, where that was said.
    order: Option<DayOrder>,
    /// Columns that are mapped once it has been read.
    map: &'static [(&'static str, &'static str)],
    /// Fields that are the same in all rows.
    set: &'static [(&'static str, &'static str)],
    /// The programmes and batches that are there before; a batch with the year in which it is held.
    programmes: &'static [&'static str],
    batches: &'static [(&'static str, i32)],
    /// Files that are handed in and applied before.
    before: &'static [&'static str],
    preview: Preview,
    after: &'static [After],
}

/// What is said before anything is changed.
pub enum Preview {
    /// Each row: its line, the state or one of several (`REFUSED|AMBIGUOUS`), and what its
    /// sentences must hold, or must not behind a `!`.
    Rows(&'static [(i64, &'static str, &'static [&'static str])]),
    /// It is not read, and the message must hold this.
    Failed(&'static [&'static str]),
}

/// What stands in the register once it is applied.
pub enum After {
    /// Fields of a batch as text.
    Batch(&'static str, &'static [(&'static str, &'static str)]),
    /// There is no such batch.
    NoBatch(&'static str),
    /// The title of a programme.
    Programme(&'static str, &'static str),
    /// The delegations of a batch in the order of their countries: code, people, status.
    Delegations(&'static str, &'static str),
    /// What is claimed of a batch or its delegations: property, basis, date, precision, text,
    /// language; a line each.
    Claims(&'static str, &'static [&'static str]),
    /// Where a batch is held: name, city, country; a line each.
    Venues(&'static str, &'static [&'static str]),
    /// How many batches a programme has.
    Runs(&'static str, i64),
    /// What the import says of in what it was written, and of its columns: heading=field.
    Import(&'static str, &'static [&'static str]),
}

/// What most cases are.
const CASE: Case = Case {
    file: "",
    table: ImportTable::Batches,
    order: None,
    map: &[],
    set: &[],
    programmes: &[],
    batches: &[],
    before: &[],
    preview: Preview::Rows(&[]),
    after: &[],
};

async fn files_come_to_what_they_say(app: TestApp) {
    let mut wrong = Vec::new();
    for (actor, case) in all(&app).await {
        wrong.extend(
            run(&app, &actor, case).await.into_iter().map(|what| format!("{}: {what}", case.file)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All cases, each with whoever hands it in, in a register that has the programme of most of them.
pub async fn all(app: &TestApp) -> Vec<(Actor, &'static Case)> {
    let officer = app.officer("bbspjikb").await;
    let curator = app.staff(GrantRole::Curator).await;
    let base = "key,title,language,modality\ncases-base,Cases,en,BILATERAL\n";
    enter(app, &officer, ImportTable::Programmes, base).await;
    let areas = [files::CASES, batches::CASES, calendars::CASES, network::CASES];
    let by = |case: &'static Case| match case.table {
        ImportTable::Institutions | ImportTable::Memberships => (curator.clone(), case),
        _ => (officer.clone(), case),
    };
    areas.into_iter().flatten().map(by).collect()
}

impl Case {
    /// Has there what it begins with, and hands its file in: the import, or why it is not read.
    pub async fn begin(&self, app: &TestApp, actor: &Actor) -> Result<String, String> {
        prepare(app, actor, self).await;
        let id = hand_in(app, actor, self, self.file).await?;
        map(app, actor, self, &id).await;
        Ok(id)
    }

    /// The name of its file.
    pub fn file(&self) -> &str {
        self.file
    }
}

/// Enters what a case begins with.
async fn prepare(app: &TestApp, actor: &Actor, case: &Case) {
    for key in case.programmes {
        let text = format!("key,title,language,modality\n{key},Programme {key},en,BILATERAL\n");
        enter(app, actor, ImportTable::Programmes, &text).await;
    }
    for (key, year) in case.batches {
        let text = format!(
            "key,programme,title,language,starts_on,ends_on,status\n\
             {key},cases-base,Batch {key},en,{year}-03-02,{year}-03-06,CLOSED\n"
        );
        enter(app, actor, ImportTable::Batches, &text).await;
    }
    for file in case.before {
        let id = hand_in(app, actor, case, file).await.expect("it is read");
        map(app, actor, case, &id).await;
        assert_eq!(apply(app, actor, &id).await, Vec::<String>::new(), "{file}");
    }
}

/// What came otherwise than it must.
async fn run(app: &TestApp, actor: &Actor, case: &Case) -> Vec<String> {
    let id = match (case.begin(app, actor).await, &case.preview) {
        (Ok(id), Preview::Rows(_)) => id,
        (Ok(_), Preview::Failed(_)) => return vec!["it was read".to_owned()],
        (Err(why), Preview::Rows(_)) => return vec![format!("it was not read: {why}")],
        (Err(why), Preview::Failed(words)) => {
            let missing = words.iter().filter(|word| !why.contains(**word));
            return missing.map(|word| format!("{word:?} is not in {why:?}")).collect();
        }
    };
    let mut wrong = Vec::new();
    if let Preview::Rows(expected) = &case.preview {
        wrong.extend(rows(app, actor, &id, expected).await);
    }
    let refused = apply(app, actor, &id).await;
    wrong.extend(refused.into_iter().map(|refusal| format!("not applied: {refusal}")));
    for after in case.after {
        wrong.extend(differs(app, actor, &id, after).await);
    }
    wrong
}

/// Enters what cases begin with.
async fn enter(app: &TestApp, actor: &Actor, table: ImportTable, text: &str) {
    let upload = Upload { table, ..upload(&CASE, "there.csv") };
    let file = Cursor::new(text.as_bytes().to_vec());
    let row = receive(&app.app.db, &app.app.clock, actor, upload, file, |_, _| ())
        .await
        .expect("it is read");
    let id = app.id_of(actor, "import", &row.key).await;
    assert_eq!(apply(app, actor, &id).await, Vec::<String>::new(), "{text}");
}

fn upload(case: &Case, file: &str) -> Upload {
    Upload {
        table: case.table,
        file_name: file.to_owned(),
        institution: None,
        mapping: None,
        columns: Vec::new(),
        set: case
            .set
            .iter()
            .map(|(field, value)| ((*field).to_owned(), (*value).to_owned()))
            .collect(),
        order: case.order,
    }
}

/// The bytes of a file of `tests/cases`.
fn read(file: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

async fn hand_in(app: &TestApp, actor: &Actor, case: &Case, file: &str) -> Result<String, String> {
    let bytes = Cursor::new(read(file));
    match receive(&app.app.db, &app.app.clock, actor, upload(case, file), bytes, |_, _| ()).await {
        Ok(row) => Ok(app.id_of(actor, "import", &row.key).await),
        Err(error) => Err(error.to_string()),
    }
}

async fn map(app: &TestApp, actor: &Actor, case: &Case, id: &str) {
    if case.map.is_empty() {
        return;
    }
    let columns: Vec<String> = case
        .map
        .iter()
        .map(|(name, field)| format!("{{name: {name:?}, field: {field:?}}}"))
        .collect();
    let input = format!("importId: {id:?}, columns: [{}]", columns.join(", "));
    let mapped = app.ask_as(actor, &mutation("mapImport", &input, "import { state }")).await;
    assert_eq!(mapped.refusals("mapImport"), Vec::<String>::new());
}

pub async fn apply(app: &TestApp, actor: &Actor, id: &str) -> Vec<String> {
    let input = format!("importId: {id:?}, leaveOut: true");
    app.ask_as(actor, &mutation("applyImport", &input, "import { state }"))
        .await
        .refusals("applyImport")
}

/// Which rows are otherwise than expected.
async fn rows(
    app: &TestApp,
    actor: &Actor,
    id: &str,
    expected: &[(i64, &str, &[&str])],
) -> Vec<String> {
    let query = format!(
        "{{ node(id: {id:?}) {{ ... on Import {{ rows(first: 100) {{ nodes {{ line state reasons \
         }} }} }} }} }}"
    );
    let answer = app.ask_as(actor, &query).await;
    let shown = answer.at("/node/rows/nodes").as_array().cloned().unwrap_or_default();
    if shown.len() != expected.len() {
        return vec![format!("{} rows, not {}: {shown:?}", shown.len(), expected.len())];
    }
    let mut wrong = Vec::new();
    for (row, (line, states, words)) in shown.iter().zip(expected) {
        let reasons = row["reasons"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let reasons = reasons.collect::<Vec<_>>().join(" | ");
        let state = row["state"].as_str().unwrap_or_default();
        let holds = |word: &&str| match word.strip_prefix('!') {
            Some(word) => !reasons.contains(word),
            None => reasons.contains(*word),
        };
        if row["line"] != *line
            || !states.split('|').any(|one| one == state)
            || !words.iter().all(holds)
        {
            wrong.push(format!(
                "{} {state} {reasons}; expected {line} {states} {words:?}",
                row["line"]
            ));
        }
    }
    wrong
}

/// A value as it is written in expectations.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

async fn differs(app: &TestApp, actor: &Actor, id: &str, after: &After) -> Option<String> {
    let (shown, expected) = match after {
        After::Batch(key, fields) => {
            let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
            let answer = app
                .ask_as(
                    actor,
                    &format!("{{ batch(by: {{key: {key:?}}}) {{ {} }} }}", names.join(" ")),
                )
                .await;
            let shown =
                names.iter().map(|name| format!("{name}={}", text(&answer.at("/batch")[*name])));
            let expected = fields.iter().map(|(name, value)| format!("{name}={value}"));
            (shown.collect::<Vec<_>>().join(" "), expected.collect::<Vec<_>>().join(" "))
        }
        After::NoBatch(key) => {
            let answer =
                app.ask_as(actor, &format!("{{ batch(by: {{key: {key:?}}}) {{ key }} }}")).await;
            (text(answer.at("/batch")), "null".to_owned())
        }
        After::Programme(key, title) => {
            let answer = app
                .ask_as(actor, &format!("{{ programme(by: {{key: {key:?}}}) {{ title }} }}"))
                .await;
            (text(answer.at("/programme/title")), (*title).to_owned())
        }
        After::Delegations(key, expected) => {
            let query = format!(
                "{{ batch(by: {{key: {key:?}}}) {{ delegations(first: 50) {{ nodes {{ country {{ \
                 code }} headcountMin status }} }} }} }}"
            );
            let answer = app.ask_as(actor, &query).await;
            let nodes =
                answer.at("/batch/delegations/nodes").as_array().cloned().unwrap_or_default();
            let one = |node: &Value| {
                format!(
                    "{} {} {}",
                    text(&node["country"]["code"]),
                    text(&node["headcountMin"]),
                    text(&node["status"])
                )
            };
            let mut shown: Vec<String> = nodes.iter().map(one).collect();
            shown.sort();
            (shown.join(", "), (*expected).to_owned())
        }
        After::Claims(key, expected) => {
            let query = format!(
                "{{ batch(by: {{key: {key:?}}}) {{ claims(first: 50) {{ nodes {{ property basis \
                 date precision text language }} }} }} }}"
            );
            let answer = app.ask_as(actor, &query).await;
            let nodes = answer.at("/batch/claims/nodes").as_array().cloned().unwrap_or_default();
            let one = |node: &Value| {
                let parts = ["property", "basis", "date", "precision", "text", "language"]
                    .map(|name| &node[name]);
                parts
                    .into_iter()
                    .filter(|part| !part.is_null())
                    .map(text)
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let mut shown: Vec<String> = nodes.iter().map(one).collect();
            shown.sort();
            (shown.join(", "), expected.join(", "))
        }
        After::Venues(key, expected) => {
            (venues(app, actor, key).await.join("; "), expected.join("; "))
        }
        After::Runs(key, expected) => {
            let query =
                format!("{{ programme(by: {{key: {key:?}}}) {{ batches {{ totalCount }} }} }}");
            let answer = app.ask_as(actor, &query).await;
            (text(answer.at("/programme/batches/totalCount")), expected.to_string())
        }
        After::Import(written, columns) => {
            let query = format!(
                "{{ node(id: {id:?}) {{ ... on Import {{ written columns {{ name field }} }} }} }}"
            );
            let answer = app.ask_as(actor, &query).await;
            let nodes = answer.at("/node/columns").as_array().cloned().unwrap_or_default();
            let shown: Vec<String> = nodes
                .iter()
                .map(|node| format!("{}={}", text(&node["name"]), text(&node["field"])))
                .collect();
            let shown = format!("{} {}", answer.text("/node/written"), shown.join(" "));
            (shown, format!("{written} {}", columns.join(" ")))
        }
    };
    (shown != expected).then(|| format!("{shown:?}, not {expected:?}"))
}

/// Where a batch is held: name, city and country of each place.
async fn venues(app: &TestApp, actor: &Actor, key: &str) -> Vec<String> {
    let query = format!(
        "{{ batch(by: {{key: {key:?}}}) {{ venues(first: 50) {{ nodes {{ name city country {{ code \
         }} }} }} }} }}"
    );
    let answer = app.ask_as(actor, &query).await;
    let nodes = answer.at("/batch/venues/nodes").as_array().cloned().unwrap_or_default();
    let one = |node: &Value| {
        [&node["name"], &node["city"], &node["country"]["code"]].map(text).join(", ")
    };
    let mut shown: Vec<String> = nodes.iter().map(one).collect();
    shown.sort();
    shown
}
