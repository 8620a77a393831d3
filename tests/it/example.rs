//! An example of every mutation that the schema has, made from the schema and from records of all
//! kinds; and a scene that can be begun anew for each.

pub mod schema;

use std::collections::BTreeMap;

use entity::vocabulary::{GrantRole, ImportTable};
use jejaring::access::Actor;
use jejaring::exchange::import::{Upload, receive};

use self::schema::{Schema, example, name, named};
use crate::intents::{draft, invite, mutation, owner};
use crate::support::{Answer, Role, Template, TestApp};

/// Records of all kinds, of a batch that the owner of the jewellery programme keeps, another body
/// organises, and a third one sends a delegation to.
pub async fn records(app: &TestApp, owner: &Actor) -> BTreeMap<&'static str, String> {
    let mut records = BTreeMap::new();
    let batch =
        draft(app, owner, "permitted", r#", startsOn: "2026-07-01", endsOn: "2026-07-10""#).await;
    let done = async |actor: &Actor, name: &str, input: String, record: &str| {
        let answer =
            app.ask_as(actor, &mutation(name, &input, &format!("{record} {{ id }}"))).await;
        assert_eq!(answer.refusals(name), Vec::<String>::new(), "{name}");
        answer.text(&format!("/{name}/{record}/id")).to_owned()
    };
    done(owner, "announceBatch", format!("batchId: {batch:?}"), "batch").await;
    let mistaken = format!("batchId: {batch:?}, kind: AIM, labelEn: \"Mistaken\"");
    let mistaken = done(owner, "recordOutcome", mistaken, "outcome").await;
    let input = format!("recordId: {mistaken:?}, reason: \"mistaken\"");
    done(owner, "voidRecord", input, "tombstone").await;
    records.insert("RestoreRecordInput.recordId", mistaken);
    let another = format!("batchId: {batch:?}, kind: AIM, labelEn: \"Another\"");
    let another = done(owner, "recordOutcome", another, "outcome").await;
    records.insert("VoidRecordInput.recordId", another);
    records.insert("VoidRecordInput.reason", String::new());
    let sender = app.id_of(owner, "institution", SENDER).await;
    let organiser = app.id_of(owner, "institution", ORGANISER).await;
    let organised = format!("batchId: {batch:?}, institutionId: {organiser:?}, role: ORGANISER");
    records.insert("partnershipId", done(owner, "addPartnership", organised, "partnership").await);
    let party = format!("batchId: {batch:?}, country: \"ID\", institutionId: {sender:?}");
    let party = done(owner, "inviteDelegation", party, "delegation").await;
    // Whoever sends it stays its sender.
    records.insert("UpdateDelegationInput.institutionId", sender.clone());
    let part = format!("batchId: {batch:?}, label: \"virtual\"");
    records.insert("batchPartId", done(owner, "addBatchPart", part, "batchPart").await);
    let came = invite(app, owner, &batch, &["LA"]).await.remove(0);
    done(owner, "recordAttendance", format!("delegationId: {came:?}"), "delegation").await;
    records.insert("ExpectActionPlanInput.delegationId", came);
    let attended = format!("batchId: {batch:?}, country: \"MY\", institutionId: {sender:?}");
    let attended = done(owner, "inviteDelegation", attended, "delegation").await;
    done(owner, "recordAttendance", format!("delegationId: {attended:?}"), "delegation").await;
    let plan =
        done(owner, "expectActionPlan", format!("delegationId: {attended:?}"), "actionPlan").await;
    let item = done(
        owner,
        "addActionItem",
        format!("actionPlanId: {plan:?}, title: \"Sell\""),
        "actionItem",
    )
    .await;
    let workshop =
        format!("batchId: {batch:?}, kind: TRAINING, title: \"Casting\", language: \"en\"");
    records.insert("workshopId", done(owner, "scheduleWorkshop", workshop, "workshop").await);
    let outcome = format!("batchId: {batch:?}, kind: AIM, labelEn: \"A market\"");
    records.insert("outcomeId", done(owner, "recordOutcome", outcome, "outcome").await);
    let person = done(owner, "addPerson", "name: \"Dewi\"".to_owned(), "person").await;
    let engaged = format!("personId: {person:?}, batchId: {batch:?}, role: SPEAKER");
    records.insert("engagementId", done(owner, "engagePerson", engaged, "engagement").await);
    let ours = app
        .ask_as(
            owner,
            &format!(
                "{{ node(id: {batch:?}) {{ ... on Batch {{ owner {{ id }} programme {{ id }} }} \
                 }} }}"
            ),
        )
        .await;
    let own = ours.text("/node/owner/id").to_owned();
    let post =
        format!("personId: {person:?}, institutionId: {own:?}, post: \"Head\", language: \"en\"");
    records.insert("appointmentId", done(owner, "appointPerson", post, "appointment").await);
    records.insert("programmeId", ours.text("/node/programme/id").to_owned());
    let claims = app
        .ask_as(
            owner,
            &format!(
                "{{ node(id: {batch:?}) {{ ... on Batch {{ claims(first: 1) {{ nodes {{ id }} \
                 }} }} }} }}"
            ),
        )
        .await;
    records.insert("claimId", claims.text("/node/claims/nodes/0/id").to_owned());
    let shared = app
        .ask(
            "{ venues(first: 1) { nodes { id } } topics(first: 1) { nodes { id } } sources(first: \
             2, filter: {kind: {eq: NEWS_REPORT}}) { nodes { id } } indicators(first: 1) { nodes { \
             id } } observations(first: 1) { nodes { id } } memberships(first: 1) { nodes { id } } \
             regionalGroups(first: 1) { nodes { id } } }",
        )
        .await;
    for (field, list) in [
        ("venueId", "venues"),
        ("topicId", "topics"),
        ("sourceId", "sources"),
        ("indicatorId", "indicators"),
        ("observationId", "observations"),
        ("membershipId", "memberships"),
        ("groupId", "regionalGroups"),
    ] {
        records.insert(field, shared.text(&format!("/{list}/nodes/0/id")).to_owned());
    }
    let other = app.staff(GrantRole::Administrator).await;
    let account = app
        .ask_as(
            &other,
            "{ accounts(first: 1, filter: {grants: {some: {role: {eq: \
             OFFICER}}}}) { nodes { id grants { nodes { id } } tokens { \
             nodes { id } } } } }",
        )
        .await;
    records.insert("accountId", account.text("/accounts/nodes/0/id").to_owned());
    records.insert("grantId", account.text("/accounts/nodes/0/grants/nodes/0/id").to_owned());
    records.insert("tokenId", account.text("/accounts/nodes/0/tokens/nodes/0/id").to_owned());
    records.extend(own_records(app, owner).await);
    let finding = app
        .ask("{ batch(by: {key: \"jewellery-2023\"}) { findings(first: 1) { nodes { id } } } }")
        .await;
    records.insert("findingId", finding.text("/batch/findings/nodes/0/id").to_owned());
    records.insert("intoId", organiser);
    let hall = done(owner, "addVenue", "name: \"Another hall\"".to_owned(), "venue").await;
    records.insert("MergeVenuesInput.intoId", hall);
    let other = done(owner, "addPerson", "name: \"Ratna\"".to_owned(), "person").await;
    records.insert("MergePeopleInput.intoId", other);
    records.insert("relatedId", shared.text("/sources/nodes/1/id").to_owned());
    records.insert("recordId", batch.clone());
    records.insert("ownerId", own.clone());
    records.insert("institutionId", own);
    records.insert("batchId", batch);
    records.insert("delegationId", party);
    records.insert("importId", handed_in(app, owner).await);
    records.insert("actionPlanId", plan);
    records.insert("actionItemId", item);
    records.insert("personId", person);
    records
}

/// A file that somebody has handed in, with a delegation at the batch of the examples.
async fn handed_in(app: &TestApp, who: &Actor) -> String {
    let upload = Upload {
        table: ImportTable::Delegations,
        file_name: "delegations.csv".to_owned(),
        institution: None,
        mapping: None,
        columns: Vec::new(),
        set: Vec::new(),
        order: None,
    };
    let file = std::io::Cursor::new(b"batch,country\npermitted,PG\n".to_vec());
    let row = receive(&app.app.db, &app.app.clock, who, upload, file, |_, _| ())
        .await
        .expect("the file is read");
    app.id_of(who, "import", &row.key).await
}

/// Records that nobody but their owner sees.
async fn own_records(app: &TestApp, owner: &Actor) -> [(&'static str, String); 2] {
    let done = async |name: &str, input: &str, record: &str| {
        let answer = app.ask_as(owner, &mutation(name, input, &format!("{record} {{ id }}"))).await;
        assert_eq!(answer.refusals(name), Vec::<String>::new(), "{name}");
        answer.text(&format!("/{name}/{record}/id")).to_owned()
    };
    let endpoint = "url: \"https://93.184.215.14/\", name: \"Example\"";
    let endpoint = done("createWebhookEndpoint", endpoint, "endpoint").await;
    let ping = done("pingWebhookEndpoint", &format!("endpointId: {endpoint:?}"), "delivery").await;
    [("endpointId", endpoint), ("deliveryId", ping)]
}

/// Who sends the delegation of the examples.
pub const SENDER: &str = "asipa";
/// Who organises the batch of the examples, beside its owner.
pub const ORGANISER: &str = "phri";

/// Inputs of mutations whose example, of what must be given alone, would be refused or change
/// nothing. `$record` stands for an id.
const SAID: [(&str, &str); 37] = [
    (
        "recordPastBatch",
        "programmeId: $programmeId, title: {text: \"Past\" language: \"en\"}, startsOn: \
         \"2016-05-02\", endsOn: \"2016-05-06\"",
    ),
    ("reopenActionPlan", "actionPlanId: $actionPlanId, reason: \"It goes on\""),
    ("reopenBatch", "batchId: $batchId, reason: \"It is held after all\""),
    ("reopenWorkshop", "workshopId: $workshopId, reason: \"It is held after all\""),
    ("undoImport", "importId: $importId, reason: \"The wrong file\""),
    ("decideName", "importId: $importId, name: \"Siam\", country: \"TH\""),
    ("decideNames", "importId: $importId, names: [{name: \"Siam\" country: \"TH\"}]"),
    ("addMembership", "groupId: $groupId, country: \"BR\", kind: FULL, validFrom: \"2020-01-01\""),
    ("addPartnership", "batchId: $batchId, institutionId: $institutionId, role: FUNDER"),
    ("addTag", "programmeId: $programmeId, vocabulary: SDG, code: \"8.3\""),
    ("changeDueDate", "actionPlanId: $actionPlanId, dueOn: \"2026-12-01\""),
    ("changePartnership", "partnershipId: $partnershipId, label: \"As printed\""),
    ("contestDelegation", "delegationId: $delegationId, status: NOT_SENT"),
    ("correctObservation", "observationId: $observationId, value: 12345.5"),
    ("correctSource", "sourceId: $sourceId, title: \"Corrected\""),
    ("engagePerson", "personId: $personId, batchId: $batchId, role: TRAINER"),
    (
        "fileClaim",
        "sourceId: $sourceId, batchId: $batchId, property: TITLE, text: \"Gold\", language: \"en\"",
    ),
    (
        "fileClaims",
        "sourceId: $sourceId, batchId: $batchId, title: {text: \"Silver\" language: \"en\"}",
    ),
    ("inviteDelegation", "batchId: $batchId, country: \"VN\""),
    ("grantRole", "accountId: $accountId, role: CURATOR"),
    (
        "recordObservation",
        "indicatorId: $indicatorId, sourceId: $sourceId, batchId: $batchId, value: 7",
    ),
    ("rescheduleBatch", "batchId: $batchId, startsOn: \"2026-07-02\""),
    ("updateActionItem", "actionItemId: $actionItemId, title: \"Sell more\""),
    ("updateBatch", "batchId: $batchId, capacity: 7"),
    ("updateDelegation", "delegationId: $delegationId, category: PARTY"),
    ("updateIndicator", "indicatorId: $indicatorId, labelEn: \"Exports\""),
    ("updateInstitution", "institutionId: $institutionId, city: \"Surabaya\""),
    ("updateOutcome", "outcomeId: $outcomeId, labelEn: \"A council\""),
    ("updateProgramme", "programmeId: $programmeId, title: \"Renamed\""),
    ("updateRegionalGroup", "groupId: $groupId, nameEn: \"Renamed\""),
    ("updateTopic", "topicId: $topicId, labelEn: \"Renamed\""),
    ("updateVenue", "venueId: $venueId, name: \"Renamed\""),
    ("updateWorkshop", "workshopId: $workshopId, title: \"Renamed\""),
    ("moveWorkshop", "workshopId: $workshopId, startsOn: \"2026-07-03\""),
    ("citeSource", "sourceId: $sourceId, recordId: $recordId, locator: \"page 2\""),
    ("updateWebhookEndpoint", "endpointId: $endpointId, order: STRICT"),
    ("addSource", "kind: REPORT, title: \"Something\", language: \"en\""),
];

/// What must have been done before, for a mutation to be carried out.
const BEFORE: [(&str, &str); 13] = [
    ("announceBatch", "postponeBatch"),
    ("closeBatch", "confirmBatch"),
    ("completeActionPlan", "submitActionPlan"),
    ("recordNoShow", "confirmDelegation"),
    ("reopenAccount", "closeAccount"),
    ("reopenActionPlan", "abandonActionPlan"),
    ("reopenBatch", "cancelBatch"),
    ("reopenWorkshop", "cancelWorkshop"),
    ("resumeWebhookEndpoint", "pauseWebhookEndpoint"),
    ("startActionPlan", "submitActionPlan"),
    ("stopReminders", "setReminders"),
    ("undoImport", "applyImport"),
    ("withdrawDelegation", "nominateDelegation"),
];

/// A register with records of all kinds, as many times as it is needed, and somebody who may do
/// everything with them.
pub struct Scene {
    schema: Schema,
    records: BTreeMap<&'static str, String>,
    template: Template,
    anybody: Actor,
}

impl Scene {
    /// Makes it of a register.
    pub async fn set(app: TestApp) -> Self {
        let schema = Schema::read().await;
        let officer = owner(&app).await;
        let mut records = records(&app, &officer).await;
        let keeper = app
            .ask("{ batch(by: {key: \"jewellery-2023\"}) { programme { owner { key } } } }")
            .await;
        let keeper = keeper.text("/batch/programme/owner/key");
        let roles = [GrantRole::Curator, GrantRole::Administrator, GrantRole::Auditor];
        // Of the country whose delegation is that of the examples.
        let speaker = Role::FocalPointOf("ID");
        let roles: Vec<Role<'_>> =
            roles.map(Role::Of).into_iter().chain([Role::OfficerOf(keeper), speaker]).collect();
        let anybody = app.somebody("Everybody in one", &roles).await;
        // Nobody has anything to do with another's.
        records.insert("importId", handed_in(&app, &anybody).await);
        // What is somebody's own business alone is not everybody's.
        records.extend(own_records(&app, &anybody).await);
        Self { schema, records, template: app.into_template().await, anybody }
    }

    /// The names of all mutations.
    pub fn mutations(&self) -> Vec<&str> {
        self.schema.list("Mutation", "fields").into_iter().map(name).collect()
    }

    /// What must have been done before a mutation, if anything must.
    pub fn before(mutation: &str) -> Option<&'static str> {
        BEFORE.iter().find(|(of, _)| *of == mutation).map(|(_, before)| *before)
    }

    /// The scene as it was when it was set, and with one mutation carried out in it.
    pub async fn begin(&self, before: Option<&str>) -> TestApp {
        let app = self.template.copy().await;
        if let Some(before) = before {
            let done = self.ask(&app, before, "").await;
            assert_eq!(done.refusals(before), Vec::<String>::new(), "{before} comes before others");
        }
        app
    }

    /// Sends the example of a mutation, with more fields of its input.
    pub async fn ask(&self, app: &TestApp, mutation_name: &str, more: &str) -> Answer {
        let (record, input) = self.input(mutation_name);
        self.send(app, mutation_name, &record, &format!("{input} {more}")).await
    }

    /// Sends the example of a mutation, with another value of one of its fields.
    pub async fn ask_instead(
        &self,
        app: &TestApp,
        mutation_name: &str,
        (of, value): (&str, &str),
    ) -> Answer {
        let (record, input) = self.input(mutation_name);
        // Others may be given with it.
        let is_of = |field: &&str| {
            let name = field.trim_start().split(':').next().unwrap_or_default();
            name == of || value.contains(&format!(", {name}: "))
        };
        let others: Vec<_> = input.split(", ").filter(|field| !is_of(field)).collect();
        self.send(app, mutation_name, &record, &format!("{} {of}: {value}", others.join(", ")))
            .await
    }

    async fn send(&self, app: &TestApp, mutation_name: &str, record: &str, input: &str) -> Answer {
        app.ask_as(
            &self.anybody,
            &mutation(mutation_name, input, &format!("record: {record} {{ id }}")),
        )
        .await
    }

    /// The record with which a mutation answers, and its example.
    fn input(&self, mutation_name: &str) -> (String, String) {
        let field = self
            .schema
            .list("Mutation", "fields")
            .into_iter()
            .find(|field| name(field) == mutation_name);
        let field = field.unwrap_or_else(|| panic!("there is no mutation {mutation_name}"));
        let input = match SAID.iter().find(|(of, _)| *of == mutation_name) {
            // The longest names first, of which others are the beginning.
            Some((_, said)) => {
                self.records.iter().rev().fold((*said).to_owned(), |said, (record, id)| {
                    said.replace(&format!("${record}"), &format!("{id:?}"))
                })
            }
            None => example(&self.schema, &named(&field["args"][0]["type"]).0, &self.records),
        };
        let payload = self.schema.list(&named(&field["type"]).0, "fields");
        let record = payload
            .into_iter()
            .map(name)
            .find(|field| !["errors", "cursor", "secret"].contains(field));
        let record = record.unwrap_or_else(|| panic!("{mutation_name} answers with nothing"));
        (record.to_owned(), input)
    }
}
