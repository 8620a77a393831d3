//! All that one source states of a batch, filed at once.

mod report;

use entity::vocabulary::GrantRole;
use jejaring::access::Actor;
use serde_json::Value;

use crate::intents::{draft, invite, mutation, owner};
use crate::support::{Answer, Role, TestApp};

both_dbs!(
    the_five_reports_are_entered_with_few_mutations,
    what_is_refused_names_its_part_and_nothing_is_filed,
    a_delegation_is_the_one_that_is_meant,
    others_file_claims_of_delegations_that_are_there,
);

/// What `fileClaims` is asked to say of the reports: the source, the batch of the register that
/// it is about, and what it states. `$…` are ids by key.
const REPORTS: [(&str, &str, &str); 5] = [
    ("hariane-2023-jewellery", "jewellery-2023", include_str!("operations/claims/hariane.txt")),
    ("antara-2023-jewellery", "jewellery-2023", include_str!("operations/claims/antara_2023.txt")),
    (
        "tangsel-2018-handicraft",
        "handicraft-tangsel-2018",
        include_str!("operations/claims/tangsel.txt"),
    ),
    (
        "liputan6-2020-craft-fashion",
        "craft-fashion-malang-2020",
        include_str!("operations/claims/liputan6.txt"),
    ),
    (
        "antara-2017-colombo-plan",
        "colombo-plan-sme-2017-2",
        include_str!("operations/claims/antara_2017.txt"),
    ),
];

/// Somebody who enters the reports, and what that took.
struct Clerk<'a> {
    app: &'a TestApp,
    mutations: usize,
}

impl Clerk<'_> {
    async fn does(&mut self, who: &Actor, name: &str, input: &str, record: &str) -> String {
        self.mutations += 1;
        let asked = mutation(name, input, &format!("{record} {{ id }}"));
        let done = self.app.ask_as(who, &asked).await;
        assert_eq!(done.refusals(name), Vec::<String>::new(), "{name}");
        let made = done.at(&format!("/{name}/{record}"));
        made["id"].as_str().unwrap_or_default().to_owned()
    }

    /// A text with an id of the register instead of each `$lookup:key`.
    async fn with_ids(&self, text: &str) -> String {
        let mut parts = text.split('$');
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end =
                part.find(|sign: char| !(sign.is_ascii_alphanumeric() || "-:".contains(sign)));
            let (name, rest) = part.split_at(end.unwrap_or(part.len()));
            let (lookup, key) = name.split_once(':').expect("a lookup and a key");
            whole += &format!("{:?}", self.app.id_of(&Actor::Operator, lookup, key).await);
            whole += rest;
        }
        whole
    }
}

/// What everybody may ask of a batch.
async fn public_answers(app: &TestApp, key: &str) -> Value {
    let asked = format!(
        "{{ batch(by: {{key: {key:?}}}) {{ title titleLanguage startsOn endsOn phase \
         attendanceCompleteness participantsMin participantsMax participantsComparator venues {{ \
         nodes {{ key }} }} delegations(first: 100, orderBy: {{field: NAME}}) {{ totalCount nodes \
         {{ represents country {{ code }} institution {{ key }} status headcountMin headcountMax \
         actionPlans {{ totalCount }} }} }} findings(first: 100) {{ nodes {{ rule severity \
         property state message }} }} }} }}"
    );
    let answer = app.ask(&asked).await;
    let mut batch = answer.at("/batch").clone();
    for party in batch["delegations"]["nodes"].as_array_mut().expect("delegations") {
        // Plans are no claims.
        party.as_object_mut().expect("a delegation").remove("actionPlans");
    }
    let findings = batch["findings"]["nodes"].as_array_mut().expect("findings");
    findings.sort_by_key(Value::to_string);
    batch
}

/// Sources, batches, all that the sources state, and the announcements: what took 112 mutations one
/// by one. The answers are those of the reports that the register has.
async fn the_five_reports_are_entered_with_few_mutations(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let keepers = ["bbspjikb", "disperindag-tangsel", "diskopindag-malang", "ditjen-ikm"];
    let officer = app.somebody("Officer of all", &keepers.map(Role::OfficerOf)).await;
    let mut clerk = Clerk { app: &app, mutations: 0 };
    let mut entered: Vec<(&str, String)> = Vec::new();
    for (source, of, states) in REPORTS {
        let asked = format!(
            "{{ source(by: {{key: {source:?}}}) {{ kind title language publishedOn precision }} \
             batch(by: {{key: {of:?}}}) {{ programme {{ id }} venues {{ nodes {{ id }} }} }} }}"
        );
        let known = app.ask(&asked).await;
        let as_given = |field: &str| match known.at(&format!("/source/{field}")) {
            Value::Null => String::new(),
            value if field == "publishedOn" => format!(", {field}: {value}"),
            value => format!(", {field}: {}", value.as_str().unwrap_or_default()),
        };
        let document = format!(
            "kind: NEWS_REPORT, title: {}, language: {}{}{}",
            known.at("/source/title"),
            known.at("/source/language"),
            as_given("publishedOn"),
            as_given("precision"),
        );
        let document = clerk.does(&officer, "addSource", &document, "source").await;
        if source == "antara-2023-jewellery" {
            let original = "kind: NEWS_REPORT, title: \"As first printed\", language: \"id\"";
            let original = clerk.does(&officer, "addSource", original, "source").await;
            let reprint = format!(
                "sourceId: {document:?}, relations: [{{relatedId: {original:?}, kind: REPRINT_OF}}]"
            );
            clerk.does(&curator, "relateSource", &reprint, "source").await;
        }
        let known_batch = entered.iter().find(|(other, _)| *other == of).map(|(_, id)| id.clone());
        let batch = match &known_batch {
            Some(batch) => batch.clone(),
            None => {
                let programme = known.text("/batch/programme/id");
                let venues = known.texts("/batch/venues/nodes", "/id");
                let input = format!(
                    "programmeId: {programme:?}, key: \"{of}-again\", venueIds: {venues:?}"
                );
                clerk.does(&officer, "draftBatch", &input, "batch").await
            }
        };
        let states = clerk.with_ids(states).await;
        let input = format!("sourceId: {document:?}, batchId: {batch:?}, {states}");
        clerk.does(&officer, "fileClaims", &input, "claims").await;
        if known_batch.is_none() {
            // Of one batch no report tells the first day.
            let announced = format!("batchId: {batch:?}, datesToFollow: true");
            clerk.does(&officer, "announceBatch", &announced, "batch").await;
            entered.push((of, batch));
        }
    }
    assert!(clerk.mutations <= 30, "{} mutations", clerk.mutations);
    for (of, _) in entered {
        let (reported, entered) =
            (public_answers(&app, of).await, public_answers(&app, &format!("{of}-again")).await);
        assert!(reported["delegations"]["totalCount"].is_number(), "{reported}");
        assert_eq!(entered, reported, "{of}");
    }
}

/// A batch of the jewellery programme that is announced, a source, and who keeps it.
async fn scene(app: &TestApp) -> (Actor, String, String) {
    let officer = owner(app).await;
    let days = r#", startsOn: "2026-07-01", endsOn: "2026-07-10""#;
    let batch = draft(app, &officer, "bulk", days).await;
    let mut clerk = Clerk { app, mutations: 0 };
    clerk.does(&officer, "announceBatch", &format!("batchId: {batch:?}"), "batch").await;
    let source = "kind: NEWS_REPORT, title: \"All of it\", language: \"en\"";
    let source = clerk.does(&officer, "addSource", source, "source").await;
    (officer, batch, source)
}

async fn file(app: &TestApp, who: &Actor, of: (&str, &str), states: &str) -> Answer {
    let (batch, source) = of;
    let input = format!("sourceId: {source:?}, batchId: {batch:?}, {states}");
    let fields =
        "claims { id property text value delegation { key status headcountMin country { code } } }";
    app.ask_as(who, &mutation("fileClaims", &input, fields)).await
}

async fn what_is_refused_names_its_part_and_nothing_is_filed(app: TestApp) {
    let (officer, batch, source) = scene(&app).await;
    let known = invite(&app, &officer, &batch, &["KH"]).await.remove(0);
    let many = vec!["{country: \"LA\", status: ATTENDED}"; 301].join(" ");
    let ok = "title: {text: \"Kept by nobody\", language: \"en\"}";
    let cases = [
        ("locator: \"page 1\"".to_owned(), "REQUIRED at delegations: nothing is given"),
        (format!("delegations: [{many}]"), "OUT_OF_RANGE at delegations: 301 are given"),
        (
            "title: {text: \"T\", language: \"english\"}".to_owned(),
            "INVALID at title.language: \"english\"",
        ),
        (
            format!("{ok}, startsOn: {{date: \"2026-07-01\", printedWeekday: 9}}"),
            "OUT_OF_RANGE at startsOn.printedWeekday: 9 is not a weekday",
        ),
        (
            format!("{ok}, attended: [\"LA\", \"ZZ\"]"),
            "NOT_FOUND at attended.1: there is no country ZZ",
        ),
        (
            format!("{ok}, attended: [\"LA\"], delegations: [{{country: \"LA\", headcount: 2}}]"),
            "DUPLICATE at delegations.0.delegationId: \"bulk-la\" is named at place 0 of attended",
        ),
        (
            format!("{ok}, countryCounts: [{{number: 3}}, {{number: -1}}]"),
            "OUT_OF_RANGE at countryCounts.1.number: -1 is less than 0",
        ),
        (
            format!("{ok}, newSource: {{kind: REPORT, title: \"T\", language: \"en\"}}"),
            "INVALID at newSource: a source that the register has and a new one",
        ),
        (format!("{ok}, venues: [{{}}]"), "REQUIRED at venues.0.venueId: a claim of VENUE needs"),
        (format!("{ok}, organisers: [{{asPrinted: \"We\"}}]"), "REQUIRED at organisers.0."),
        (
            format!("{ok}, participants: [{{number: 3}}, {{number: -1}}]"),
            "OUT_OF_RANGE at participants.1.number: -1 is less than 0",
        ),
        (
            format!("{ok}, countryCount: {{comparator: RANGE, numberMin: 9, numberMax: 3}}"),
            "OUT_OF_RANGE at countryCount.numberMax: the upper bound, 3",
        ),
        (
            format!(
                "{ok}, delegations: [{{country: \"LA\", status: ATTENDED}}, {{country: \"ZZ\", \
                 status: ATTENDED}}]"
            ),
            "NOT_FOUND at delegations.1.country: there is no country ZZ",
        ),
        (
            format!("{ok}, delegations: [{{country: \"LA\"}}]"),
            "REQUIRED at delegations.0.status: neither a status nor a headcount",
        ),
        (
            format!("{ok}, delegations: [{{status: ATTENDED}}]"),
            "REQUIRED at delegations.0.country: a delegation is given by",
        ),
        (
            format!("{ok}, delegations: [{{country: \"LA\", headcount: -2}}]"),
            "OUT_OF_RANGE at delegations.0.headcount: -2 is less than 0",
        ),
        (
            format!(
                "{ok}, delegations: [{{country: \"KH\", status: ATTENDED}}, {{delegationId: \
                 {known:?}, status: ATTENDED}}]"
            ),
            "DUPLICATE at delegations.1.delegationId: \"bulk-kh\"",
        ),
        (
            format!(
                "{ok}, delegations: [{{delegationId: {known:?}, country: \"KH\", status: \
                 ATTENDED}}]"
            ),
            "INVALID at delegations.0.country: a delegation that is given by its id",
        ),
    ];
    let before = app.position().await;
    for (states, expected) in cases {
        let refused = file(&app, &officer, (&batch, &source), &states).await;
        let refusals = refused.refusals("fileClaims");
        assert!(refusals[0].starts_with(expected), "{expected}: {refusals:?}");
    }
    assert_eq!(app.position().await, before, "nothing was written");
}

/// The delegations of the claims that were filed, each as its key.
fn keys(filed: &Answer) -> Vec<String> {
    assert_eq!(filed.refusals("fileClaims"), Vec::<String>::new());
    let keys = filed.texts("/fileClaims/claims", "/delegation/key");
    keys.into_iter().map(str::to_owned).collect()
}

async fn a_delegation_is_the_one_that_is_meant(app: TestApp) {
    let (officer, batch, source) = scene(&app).await;
    let of = (batch.as_str(), source.as_str());
    let sender = app.id_of(&officer, "institution", "kemenperin").await;
    let by_sender = format!("batchId: {batch:?}, country: \"ID\", institutionId: {sender:?}");
    let mut clerk = Clerk { app: &app, mutations: 0 };
    clerk.does(&officer, "inviteDelegation", &by_sender, "delegation").await;
    let states = "delegations: [{country: \"ID\", status: ATTENDED, headcount: 3, asPrinted: \
                  \"Republik Indonesia\"}, {country: \"LA\", headcount: 20, headcountComparator: \
                  ABOUT}]";
    let filed = file(&app, &officer, of, states).await;
    let first = keys(&filed);
    assert_eq!(first.len(), 3, "{filed}");
    assert_eq!(first[0], first[1]);
    assert_eq!(filed.text("/fileClaims/claims/0/value"), "ATTENDED");
    assert_eq!(filed.text("/fileClaims/claims/0/text"), "Republik Indonesia");
    assert_eq!(filed.text("/fileClaims/claims/2/value"), "about 20 persons");
    // The plan of the owner does not hide what came of it; nobody had invited Laos.
    assert_eq!(filed.text("/fileClaims/claims/0/delegation/status"), "ATTENDED");
    assert_eq!(filed.at("/fileClaims/claims/2/delegation/status"), &Value::Null);
    assert_eq!(filed.at("/fileClaims/claims/0/delegation/headcountMin"), 3);

    // With two parties of one country somebody has to say which.
    let second = "delegations: [{country: \"ID\", label: \"Second\", status: NO_SHOW}]";
    let second = keys(&file(&app, &officer, of, second).await);
    assert_ne!(second[0], first[0]);
    let either =
        file(&app, &officer, of, "delegations: [{country: \"ID\", status: ATTENDED}]").await;
    let refused = &either.refusals("fileClaims")[0];
    assert!(refused.starts_with("INVALID at delegations.0.country: it may be any of"), "{refused}");
    assert!(refused.contains(&first[0]) && refused.contains(&second[0]), "{refused}");
    let which =
        format!("delegations: [{{country: \"ID\", institutionId: {sender:?}, status: ATTENDED}}]");
    assert_eq!(keys(&file(&app, &officer, of, &which).await)[0], first[0]);
}

async fn others_file_claims_of_delegations_that_are_there(app: TestApp) {
    let (officer, batch, source) = scene(&app).await;
    let of = (batch.as_str(), source.as_str());
    invite(&app, &officer, &batch, &["KH"]).await;
    let stranger = app.officer("iwapi").await;
    let curator = app.staff(GrantRole::Curator).await;
    for who in [&stranger, &curator] {
        let states = "delegations: [{country: \"KH\", status: ATTENDED}]";
        assert_eq!(file(&app, who, of, states).await.refusals("fileClaims"), Vec::<String>::new());
        let states = "delegations: [{country: \"KH\", status: ATTENDED}, {country: \"LA\", status: \
                      ATTENDED}]";
        let refused = file(&app, who, of, states).await.refusals("fileClaims");
        let expected = "INVALID at delegations.1.country: \"bulk\" has no such delegation";
        assert!(refused[0].starts_with(expected), "{refused:?}");
        assert!(refused[0].contains("inviteDelegation"), "{refused:?}");
    }
    let nobody = file(&app, &Actor::Anonymous, of, "completeness: EXHAUSTIVE").await;
    assert!(nobody.errors[0].starts_with("UNAUTHENTICATED"), "{nobody}");
    // Nobody speaks for an institution but its officers.
    let said = app
        .ask_as(
            &officer,
            "{ sources(first: 1, filter: {kind: {eq: OWNER_STATEMENT}}) { nodes { id } } }",
        )
        .await;
    let word = said.text("/sources/nodes/0/id");
    let refused = file(&app, &stranger, (&batch, word), "completeness: EXHAUSTIVE").await;
    let refused = &refused.refusals("fileClaims")[0];
    assert!(refused.starts_with("INVALID at sourceId"), "{refused}");
}
