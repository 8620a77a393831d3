//! What is found, in which order, and who hears of it.

use entity::vocabulary::GrantRole;
use jejaring::access::Actor;
use serde_json::json;

use crate::intents::{draft, invite, mutation, owner};
use crate::support::{Answer, TestApp};

both_dbs!(
    guesses_about_people_are_about_public_ones_with_their_names,
    fewer_countries_than_attended_are_grave_and_lists_name_their_sources,
    an_outcome_is_accepted_before_a_plan_and_heads_go_with_it,
    of_one_severity_the_certain_ones_come_first,
);

async fn done(app: &TestApp, who: &Actor, name: &str, input: &str, record: &str) -> Answer {
    let answer = app.ask_as(who, &mutation(name, input, record)).await;
    assert_eq!(answer.refusals(name), Vec::<String>::new(), "{name}");
    answer
}

/// The id of what a mutation made.
async fn made(app: &TestApp, who: &Actor, name: &str, input: &str, record: &str) -> String {
    let answer = done(app, who, name, input, &format!("{record} {{ id }}")).await;
    answer.text(&format!("/{name}/{record}/id")).to_owned()
}

async fn announced(app: &TestApp, officer: &Actor, key: &str) -> String {
    let days = r#", startsOn: "2023-12-04", endsOn: "2023-12-08""#;
    let batch = draft(app, officer, key, days).await;
    made(app, officer, "announceBatch", &format!("batchId: {batch:?}"), "batch").await;
    batch
}

async fn guesses_about_people_are_about_public_ones_with_their_names(app: TestApp) {
    let officer = owner(&app).await;
    let (curator, auditor) =
        (app.staff(GrantRole::Curator).await, app.staff(GrantRole::Auditor).await);
    let batch = announced(&app, &officer, "guesses").await;
    let names = ["Kusumawardhani Larasati", "Larasati Kusumawardani"];
    let mut engaged = Vec::new();
    for name in names {
        let person = made(&app, &officer, "addPerson", &format!("name: {name:?}"), "person").await;
        let input = format!("personId: {person:?}, batchId: {batch:?}, role: PARTICIPANT");
        engaged.push(made(&app, &officer, "engagePerson", &input, "engagement").await);
    }
    let asked = "{ findings(filter: {rule: {eq: POSSIBLE_SAME_PERSON}, state: {eq: OPEN}}) { nodes \
                 { message } } }";
    let guesses = async |who: &Actor| {
        let answer = app.ask_as(who, asked).await;
        let messages = answer.texts("/findings/nodes", "/message");
        messages.into_iter().filter(|one| one.contains("arasati")).map(str::to_owned).collect()
    };
    let none: Vec<String> = Vec::new();
    for who in [&curator, &auditor] {
        let guessed: Vec<String> = guesses(who).await;
        assert_eq!(guessed, none, "participants are nobody's business");
    }
    let speaks = async |engagement: &String, role: &str| {
        let input = format!("engagementId: {engagement:?}, role: {role}");
        made(&app, &officer, "changeEngagement", &input, "engagement").await;
    };
    speaks(&engaged[0], "SPEAKER").await;
    assert_eq!(guesses(&curator).await, none, "one of them is still no public person");
    speaks(&engaged[1], "TRAINER").await;
    for who in [&curator, &auditor] {
        let guessed: Vec<String> = guesses(who).await;
        assert_eq!(guessed.len(), 1);
        assert!(names.iter().all(|name| guessed[0].contains(name)), "{guessed:?}");
    }
    for who in [&officer, &Actor::Anonymous] {
        assert_eq!(guesses(who).await, none, "guesses are for those who oversee the register");
    }
    speaks(&engaged[1], "PARTICIPANT").await;
    assert_eq!(guesses(&curator).await, none, "what is private again is not guessed about");
}

async fn source(app: &TestApp, who: &Actor, title: &str) -> String {
    let input = format!("kind: NEWS_REPORT, title: {title:?}, language: \"en\"");
    made(app, who, "addSource", &input, "source").await
}

async fn fewer_countries_than_attended_are_grave_and_lists_name_their_sources(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "counted").await;
    let (one, other) =
        (source(&app, &officer, "The Herald").await, source(&app, &officer, "The Courier").await);
    let states = "countryCount: {number: 2}, completeness: EXHAUSTIVE, delegations: [{country: \
                  \"KH\", status: ATTENDED} {country: \"LA\", status: ATTENDED} {country: \"TH\", \
                  status: ATTENDED}]";
    let first = format!("sourceId: {one:?}, batchId: {batch:?}, {states}");
    done(&app, &officer, "fileClaims", &first, "claims { id }").await;
    let states =
        "delegations: [{country: \"TH\", status: NOT_SENT} {country: \"VN\", status: ATTENDED}]";
    let second = format!("sourceId: {other:?}, batchId: {batch:?}, {states}");
    done(&app, &officer, "fileClaims", &second, "claims { id }").await;
    let asked = "{ batch(by: {key: \"counted\"}) { findings(first: 20) { nodes { rule severity \
                 message claims { totalCount } } } } }";
    let answer = app.ask(asked).await;
    let at = "/batch/findings/nodes";
    assert_eq!(answer.texts(at, "/rule")[0], "FEWER_COUNTRIES_THAN_ATTENDED", "{answer}");
    assert_eq!(answer.text(&format!("{at}/0/severity")), "SEVERE");
    assert_eq!(
        answer.text(&format!("{at}/0/message")),
        "2 countries are counted, but 3 attended (KH, LA, VN)."
    );
    assert_eq!(answer.at(&format!("{at}/0/claims/totalCount")), 4);
    let place = answer.texts(at, "/rule").iter().position(|rule| *rule == "LIST_CONFLICT");
    let place = place.unwrap_or_else(|| panic!("a conflict of lists in {answer}"));
    assert_eq!(
        answer.text(&format!("{at}/{place}/message")),
        "The sources contradict each other on the attendance of TH (“The Herald”: ATTENDED; “The \
         Courier”: NOT_SENT); “The Courier” names VN, which the closed list of “The Herald” leaves \
         out."
    );
}

async fn an_outcome_is_accepted_before_a_plan_and_heads_go_with_it(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "outcomes").await;
    let parties = invite(&app, &officer, &batch, &["KH", "LA", "TH", "VN"]).await;
    let (one, other) =
        (source(&app, &officer, "The Herald").await, source(&app, &officer, "The Courier").await);
    let file = async |source: &str, states: &str| {
        let input = format!("sourceId: {source:?}, batchId: {batch:?}, delegations: [{states}]");
        done(&app, &officer, "fileClaims", &input, "claims { id }").await;
    };
    file(
        &one,
        "{country: \"KH\", status: ATTENDED, headcount: 3} {country: \"LA\", status: ATTENDED, \
         headcount: 2} {country: \"TH\", status: ATTENDED} {country: \"VN\", status: CONFIRMED}",
    )
    .await;
    file(&other, "{country: \"TH\", status: NOT_SENT} {country: \"KH\", status: NOMINATED}").await;
    let no_show = format!("delegationId: {:?}", parties[1]);
    done(&app, &officer, "confirmDelegation", &no_show, "delegation { id }").await;
    done(&app, &officer, "recordNoShow", &no_show, "delegation { id }").await;
    let asked = "{ batch(by: {key: \"outcomes\"}) { delegations(orderBy: {field: NAME}) { nodes { \
                 country { code } status headcountMax } } findings(filter: {rule: {eq: \
                 HEADS_WITHOUT_PRESENCE}}) { nodes { state message } } } }";
    let answer = app.ask(asked).await;
    assert_eq!(
        answer.at("/batch/delegations/nodes"),
        &json!([
            { "country": { "code": "KH" }, "status": "ATTENDED", "headcountMax": 3 },
            { "country": { "code": "LA" }, "status": "NO_SHOW", "headcountMax": null },
            { "country": { "code": "TH" }, "status": "INVITED", "headcountMax": null },
            { "country": { "code": "VN" }, "status": "INVITED", "headcountMax": null },
        ]),
        "the owner's outcome, that of all others, and else what the owner planned"
    );
    let found = answer.texts("/batch/findings/nodes", "/message");
    assert_eq!(found.len(), 1, "{answer}");
    assert!(found[0].contains("NO_SHOW") && found[0].contains("2 persons"), "{answer}");
    let missing = "{ membersNotAttending(group: {key: \"asean\"}, batches: {key: {eq: \
                   \"outcomes\"}}) { sentNobody { code } } }";
    let missing = app.ask(missing).await;
    let codes = missing.texts("/membersNotAttending/sentNobody", "/code");
    assert!(codes.contains(&"LA") && !codes.contains(&"KH"), "{missing}");
}

async fn of_one_severity_the_certain_ones_come_first(app: TestApp) {
    let officer = owner(&app).await;
    let confused = "participants: [{number: 22, unit: PERSON, basis: REPORTED}], \
                    countryCount: {number: 22, basis: REPORTED}, completeness: NON_EXHAUSTIVE";
    let few = "countryCount: {number: 1, basis: REPORTED}";
    // Whichever was found first, in one write or in two.
    for (key, told) in [("suspected", [confused, few]), ("certain", [few, confused])] {
        let batch = announced(&app, &officer, key).await;
        for party in invite(&app, &officer, &batch, &["KH", "LA", "MY"]).await {
            let came = format!("delegationId: {party:?}");
            done(&app, &officer, "recordAttendance", &came, "__typename").await;
        }
        for (number, claims) in told.into_iter().enumerate() {
            let source = source(&app, &officer, &format!("Report {number} of {key}")).await;
            let input = format!("batchId: {batch:?}, sourceId: {source:?}, {claims}");
            done(&app, &officer, "fileClaims", &input, "__typename").await;
        }
        let query = format!(
            "{{ node(id: {batch:?}) {{ ... on Batch {{ \
             grave: findings(filter: {{severity: {{eq: SEVERE}}}}) {{ nodes {{ rule }} }} \
             same: findings(filter: {{severity: {{in: [SEVERE]}}}}) {{ nodes {{ rule }} }} \
             least: findings(filter: {{severity: {{gte: SEVERE}}}}) {{ nodes {{ rule }} }} \
             light: findings(filter: {{severity: {{eq: INFO}}}}) {{ nodes {{ severity }} }} }} }} \
             }}"
        );
        let answer = app.ask(&query).await;
        for list in ["grave", "same", "least"] {
            let rules = answer.texts(&format!("/node/{list}/nodes"), "/rule");
            let expected = ["FEWER_COUNTRIES_THAN_ATTENDED", "UNIT_CONFUSION"];
            assert_eq!(rules, expected, "{key} {list}: {answer}");
        }
        let light = answer.texts("/node/light/nodes", "/severity");
        assert!(light.iter().all(|severity| *severity == "INFO"), "{answer}");
    }
}
