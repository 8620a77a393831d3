//! A register with one record of each kind in public, in a draft and around a participant. What
//! each of them says has a mark that stands nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use entity::vocabulary::{GrantRole, ImportTable, RecordKind};
use entity::*;
use jejaring::access::Actor;
use jejaring::exchange::import::{Upload, receive};
use jejaring::graphql::loader::Key;
use jejaring::graphql::node::global_id;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::class::Class;
use super::rows::{Row, all, rows};
use crate::intents::{draft, mutation, owner};
use crate::support::TestApp;

/// Somebody who asks, and what they may see.
pub struct Who {
    pub name: &'static str,
    pub actor: Actor,
    pub sees: BTreeSet<Class>,
}

/// The records of a class.
#[derive(Default)]
pub struct Records {
    /// Kind, id and key of each.
    pub rows: Vec<(RecordKind, String, String)>,
    /// The records that they refer to, or that refer to them, which may be public.
    pub around: BTreeSet<(RecordKind, String)>,
}

/// The register.
pub struct Scene {
    pub who: Vec<Who>,
    pub records: BTreeMap<Class, Records>,
    /// What the owner of the draft may do.
    pub owner: Actor,
    owners_institution: String,
    curator: Actor,
    shared: BTreeMap<&'static str, String>,
    batch: String,
}

/// The id by which the API knows a record.
pub fn id_of(kind: RecordKind, id: &str) -> String {
    let key = match kind {
        RecordKind::Country => Key::Code(id.to_owned()),
        _ => Key::Id(id.parse().expect("a UUID")),
    };
    global_id(kind, &key).0
}

async fn done(app: &TestApp, actor: &Actor, name: &str, input: String, record: &str) -> String {
    let answer = app.ask_as(actor, &mutation(name, &input, &format!("{record} {{ id }}"))).await;
    assert_eq!(answer.refusals(name), Vec::<String>::new(), "{name} {input}");
    assert!(answer.errors.is_empty(), "{name} {input} {answer}");
    answer.text(&format!("/{name}/{record}/id")).to_owned()
}

impl Scene {
    /// The register with what is public in it.
    pub async fn set(app: &TestApp) -> Self {
        let officer = owner(app).await;
        let key = app.ask("{ batch(by: {key: \"jewellery-2023\"}) { owner { key } } }").await;
        let institution = app.id_of(&officer, "institution", key.text("/batch/owner/key")).await;
        let curator = app.staff(GrantRole::Curator).await;
        let found = app
            .ask(
                "{ sources(first: 2, filter: {kind: {eq: NEWS_REPORT}}) { nodes { id } } \
                 indicators(first: 1) { nodes { id } } venues(first: 1) { nodes { id } } \
                 topics(first: 1) { nodes { id } } }",
            )
            .await;
        let of = |path: &str| found.text(path).to_owned();
        let shared = BTreeMap::from([
            ("source", of("/sources/nodes/0/id")),
            ("other source", of("/sources/nodes/1/id")),
            ("indicator", of("/indicators/nodes/0/id")),
            ("venue", of("/venues/nodes/0/id")),
            ("topic", of("/topics/nodes/0/id")),
            ("organiser", app.id_of(&officer, "institution", "phri").await),
        ]);
        use Class::*;
        let who =
            |name, actor, sees: &[Class]| Who { name, actor, sees: sees.iter().copied().collect() };
        let everybody = vec![
            who("anonymous", Actor::Anonymous, &[Open]),
            who("stranger", app.officer("iwapi").await, &[Open]),
            who("owner", officer.clone(), &[Open, Draft, Quoted, Participant, Import]),
            who("curator", curator.clone(), &[Open, Draft, Quoted, Guess]),
            who("auditor", app.staff(GrantRole::Auditor).await, &[Open, Draft, Quoted, Guess]),
        ];
        let mut scene = Self {
            who: everybody,
            records: BTreeMap::new(),
            owner: officer,
            owners_institution: institution,
            curator,
            shared,
            batch: String::new(),
        };
        let before = all(app).await;
        scene.batch = scene.batch(app, Open).await;
        let programme = app.id_of(&scene.owner, "programme", "jewellery").await;
        let tag = format!("programmeId: {programme:?}, vocabulary: SDG, code: \"8.3\"");
        done(app, &scene.owner, "addTag", tag, "tag").await;
        done(app, &scene.owner, "announceBatch", format!("batchId: {:?}", scene.batch), "batch")
            .await;
        // They might be the same.
        for name in ["name: \"Zqopen Speaker\"", "name: \"Zqopen Speakre\""] {
            let person = done(app, &scene.owner, "addPerson", name.to_owned(), "person").await;
            let role = format!("personId: {person:?}, batchId: {:?}, role: SPEAKER", scene.batch);
            done(app, &scene.owner, "engagePerson", role, "engagement").await;
        }
        scene.learn(app, Open, before).await;
        // Kinds of which all records are public: some of each.
        let mut public = Vec::new();
        let db = app.app.db.reading();
        rows::<institution::Entity>(db, &mut public).await;
        rows::<programme::Entity>(db, &mut public).await;
        rows::<regional_group::Entity>(db, &mut public).await;
        rows::<membership::Entity>(db, &mut public).await;
        rows::<venue::Entity>(db, &mut public).await;
        rows::<topic::Entity>(db, &mut public).await;
        rows::<tag::Entity>(db, &mut public).await;
        rows::<source::Entity>(db, &mut public).await;
        rows::<indicator::Entity>(db, &mut public).await;
        let open = scene.records.entry(Open).or_default();
        let mut kinds: BTreeMap<RecordKind, usize> = BTreeMap::new();
        for (kind, id, key, around) in public {
            let count = kinds.entry(kind).or_default();
            *count += 1;
            if *count <= 2 {
                open.around.extend(around);
                open.around.insert((kind, id.clone()));
                open.rows.push((kind, id, key));
            }
        }
        scene
    }

    /// Adds what is hidden.
    pub async fn hide(&mut self, app: &TestApp) {
        let before = all(app).await;
        let quoted =
            done(app, &self.owner, "addPerson", "name: \"Zqquoted\"".to_owned(), "person").await;
        self.learn(app, Class::Quoted, before).await;
        let before = all(app).await;
        let batch = self.batch(app, Class::Draft).await;
        let stated = format!(
            "batchId: {batch:?}, kind: FOLLOW_UP, labelEn: \"Zqdraft said\", statedById: {quoted:?}"
        );
        done(app, &self.owner, "recordOutcome", stated, "outcome").await;
        self.learn(app, Class::Draft, before).await;
        let before = all(app).await;
        self.participate(app).await;
        self.learn(app, Class::Participant, before).await;
        let before = all(app).await;
        self.cite_guess(app).await;
        self.learn(app, Class::Guess, before).await;
        let before = all(app).await;
        let upload = Upload {
            table: ImportTable::Participants,
            file_name: "zqimport list.csv".to_owned(),
            institution: None,
            mapping: None,
            columns: Vec::new(),
            set: Vec::new(),
            order: None,
        };
        let file =
            std::io::Cursor::new(b"batch,name,country\nzqopen-batch,Zqimport Name,KH\n".to_vec());
        receive(&app.app.db, &app.app.clock, &self.owner, upload, file, |_, _| ())
            .await
            .expect("the file is read");
        self.learn(app, Class::Import, before).await;
    }

    /// Takes down what came in as records of a class; guesses are of a class of their own.
    async fn learn(&mut self, app: &TestApp, class: Class, before: Vec<Row>) {
        let known: BTreeSet<String> = before.into_iter().map(|row| row.1).collect();
        for (kind, id, key, around) in all(app).await {
            if known.contains(&id) {
                continue;
            }
            let guess = kind == RecordKind::Finding && key.starts_with("possible-same");
            let of = self.records.entry(if guess { Class::Guess } else { class }).or_default();
            of.around.extend(around);
            of.around.insert((kind, id.clone()));
            of.rows.push((kind, id, key));
        }
    }

    /// A batch with one of each kind of record that can hang from it, each cited.
    async fn batch(&self, app: &TestApp, class: Class) -> String {
        let (officer, mark) = (&self.owner, class.mark());
        let source = &self.shared["source"];
        let fields = format!(
            ", label: \"{mark} label\", title: {{text: \"{mark} title\", language: \"en\"}}, \
             startsOn: \"2026-07-01\", endsOn: \"2026-07-10\", venueIds: [{:?}], topicIds: [{:?}]",
            self.shared["venue"], self.shared["topic"]
        );
        let batch = draft(app, officer, &format!("{mark}-batch"), &fields).await;
        let of_batch = format!("batchId: {batch:?}");
        let mut cited = vec![batch.clone()];
        let workshop = format!(
            "{of_batch}, key: \"{mark}-workshop\", kind: TRAINING, title: \"{mark} workshop\", \
             language: \"en\""
        );
        let workshop = done(app, officer, "scheduleWorkshop", workshop, "workshop").await;
        let part = format!("{of_batch}, key: \"{mark}-part\", label: \"{mark} part\"");
        cited.push(done(app, officer, "addBatchPart", part, "batchPart").await);
        for (place, role) in
            [(of_batch.clone(), "SUPPORTER"), (format!("workshopId: {workshop:?}"), "SUPPORTER")]
        {
            let role = format!(
                "{place}, institutionId: {:?}, role: {role}, label: \"{mark} supporter\"",
                self.shared["organiser"]
            );
            cited.push(done(app, officer, "addPartnership", role, "partnership").await);
        }
        for (place, number) in [(of_batch.clone(), 1), (format!("workshopId: {workshop:?}"), 2)] {
            let name = format!("name: \"{mark} {}\"", ["", "Trainer", "Facilitator"][number]);
            let person = done(app, officer, "addPerson", name, "person").await;
            let post = format!(
                "personId: {person:?}, institutionId: {:?}, post: \"{mark} head\", language: \
                 \"en\"",
                self.owners_institution
            );
            let post = done(app, officer, "appointPerson", post, "appointment").await;
            let engaged =
                format!("{place}, personId: {person:?}, role: TRAINER, appointmentId: {post:?}");
            cited.push(done(app, officer, "engagePerson", engaged, "engagement").await);
            cited.extend([person, post]);
        }
        let outcome =
            format!("{of_batch}, kind: AIM, labelEn: \"{mark} aim\", key: \"{mark}-aim\"");
        cited.push(done(app, officer, "recordOutcome", outcome, "outcome").await);
        let party = format!("{of_batch}, country: \"KH\", label: \"{mark} party\"");
        let party = done(app, officer, "inviteDelegation", party, "delegation").await;
        let of_party = format!("delegationId: {party:?}");
        done(app, officer, "recordAttendance", format!("{of_party}, headcount: 3"), "delegation")
            .await;
        let plan = done(app, officer, "expectActionPlan", of_party.clone(), "actionPlan").await;
        let of_plan = format!("actionPlanId: {plan:?}");
        done(
            app,
            officer,
            "submitActionPlan",
            format!("{of_plan}, title: \"{mark} plan\""),
            "actionPlan",
        )
        .await;
        let item = done(
            app,
            officer,
            "addActionItem",
            format!("{of_plan}, title: \"{mark} item\""),
            "actionItem",
        )
        .await;
        let note = format!("actionItemId: {item:?}, text: \"{mark} note\"");
        cited.push(done(app, officer, "noteProgress", note, "progressNote").await);
        for other in ["source", "other source"] {
            let claim = format!(
                "{of_batch}, sourceId: {:?}, property: TITLE, text: \"{mark} {other}\", language: \
                 \"en\", locator: \"{mark}\"",
                self.shared[other]
            );
            cited.push(done(app, officer, "fileClaim", claim, "claim").await);
        }
        let observed = format!(
            "{of_batch}, indicatorId: {:?}, sourceId: {source:?}, value: 7, locator: \"{mark}\", \
             key: \"{mark}-observed\"",
            self.shared["indicator"]
        );
        cited.push(done(app, officer, "recordObservation", observed, "observation").await);
        let finding = format!(
            "{{ node(id: {batch:?}) {{ ... on Batch {{ findings(first: 1) {{ nodes {{ id }} }} }} \
             }} }}"
        );
        let finding = app.ask_as(officer, &finding).await;
        cited.push(finding.text("/node/findings/nodes/0/id").to_owned());
        let explained =
            format!("findingId: {:?}, explanation: \"{mark} explained\"", cited[cited.len() - 1]);
        done(app, officer, "explainFinding", explained, "finding").await;
        cited.extend([workshop, party, plan, item]);
        self.cite(app, officer, mark, cited).await;
        batch
    }

    /// Cites a source for each of these records, and for one of the citations.
    async fn cite(&self, app: &TestApp, actor: &Actor, mark: &str, records: Vec<String>) {
        let cite = async |record: &str| {
            let input = format!(
                "recordId: {record:?}, sourceId: {:?}, locator: \"{mark} page\"",
                self.shared["source"]
            );
            done(app, actor, "citeSource", input, "citation").await
        };
        let mut last = String::new();
        for record in records {
            last = cite(&record).await;
        }
        cite(&last).await;
    }

    /// Two people who take part in the public batch on behalf of a third, with names that are
    /// alike.
    async fn participate(&self, app: &TestApp) {
        let officer = &self.owner;
        let mut cited = Vec::new();
        let add = async |name: &str| {
            done(app, officer, "addPerson", format!("name: \"Zqpart {name}\""), "person").await
        };
        let represented = add("Represented Mayor").await;
        for name in ["Aminah Rahmawati", "Aminah Rahmavati"] {
            let person = add(name).await;
            let post = format!(
                "personId: {person:?}, institutionId: {:?}, post: \"Zqpart head\", language: \
                 \"en\"",
                self.owners_institution
            );
            let post = done(app, officer, "appointPerson", post, "appointment").await;
            let part = format!(
                "personId: {person:?}, batchId: {:?}, role: PARTICIPANT, appointmentId: {post:?}, \
                 onBehalfOfId: {represented:?}, institutionId: {:?}",
                self.batch, self.owners_institution
            );
            cited.extend([
                person,
                post,
                done(app, officer, "engagePerson", part, "engagement").await,
            ]);
        }
        // The engagement last: its citation is cited as well.
        self.cite(app, officer, Class::Participant.mark(), cited).await;
    }

    /// Cites a source for the guess that two speakers are one.
    async fn cite_guess(&self, app: &TestApp) {
        let guesses = finding::Entity::find()
            .filter(finding::Column::Key.starts_with("possible-same-person"));
        let guess = guesses
            .all(app.app.db.reading())
            .await
            .expect("findings")
            .pop()
            .expect("they are alike");
        let guess = id_of(RecordKind::Finding, &guess.id.to_string());
        self.cite(app, &self.curator, Class::Guess.mark(), vec![guess]).await;
    }

    /// The words and ids that may not be in what somebody gets; with `log`, in what tells of events
    /// alone.
    pub fn forbidden(&self, who: &Who, log: bool) -> Vec<String> {
        let mut forbidden = Vec::new();
        // Curators and auditors see the events of all records. These name nobody.
        let all_events = log && ["curator", "auditor"].contains(&who.name);
        for class in Class::ALL.into_iter().filter(|class| !who.sees.contains(class)) {
            forbidden.push(class.mark().to_owned());
            let rows = self.records.get(&class).into_iter().flat_map(|records| &records.rows);
            let rows = rows.filter(|_| !all_events);
            forbidden.extend(rows.flat_map(|(kind, id, _)| [id.clone(), id_of(*kind, id)]));
        }
        forbidden
    }

    /// The ids of the records of a class, in both forms.
    pub fn ids(&self, class: Class) -> impl Iterator<Item = String> {
        let rows = self.records.get(&class).into_iter().flat_map(|records| &records.rows);
        rows.flat_map(|(kind, id, _)| [id.clone(), id_of(*kind, id)])
    }
}
