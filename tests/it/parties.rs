//! Whom delegations stand for and of what kind they are, people by sex, person-days, and what a
//! batch costs.

use jejaring::access::Actor;
use serde_json::{Value, json};

use crate::intents::{draft, invite, mutation, owner};
use crate::support::{Answer, TestApp};

both_dbs!(
    a_group_is_a_party_itself,
    what_a_group_is_not_is_refused,
    a_category_is_told_and_changed,
    a_total_counts_what_it_says,
    people_are_counted_by_sex,
    parts_that_do_not_fit_are_refused,
    person_days_follow_the_dates,
    the_head_of_a_delegation_is_public,
    amounts_are_claims,
    parties_are_filed_with_all_that_is_stated,
);

async fn ask(app: &TestApp, who: &Actor, name: &str, input: &str, fields: &str) -> Answer {
    app.ask_as(who, &mutation(name, input, fields)).await
}

/// The refusals of a mutation, one a line; nothing where it was carried out.
pub async fn refusal(app: &TestApp, who: &Actor, name: &str, input: &str) -> String {
    let answer = ask(app, who, name, input, "__typename").await;
    assert!(answer.errors.is_empty(), "{name}: {answer}");
    answer.refusals(name).join("\n")
}

/// Carries a mutation out; what it answers with.
pub async fn done(app: &TestApp, who: &Actor, name: &str, input: &str, fields: &str) -> Value {
    let answer = ask(app, who, name, input, fields).await;
    assert!(answer.errors.is_empty(), "{name}: {answer}");
    assert_eq!(answer.refusals(name), Vec::<String>::new(), "{name} {input}");
    answer.data[name].clone()
}

/// The id of a record by its key.
pub async fn id(app: &TestApp, who: &Actor, lookup: &str, key: &str) -> String {
    app.id_of(who, lookup, key).await
}

/// Fields of a record, as everybody sees them.
pub async fn shown(app: &TestApp, kind: &str, id: &str, fields: &str) -> Value {
    let query = format!("{{ node(id: {id:?}) {{ ... on {kind} {{ {fields} }} }} }}");
    let answer = app.ask(&query).await;
    assert!(answer.errors.is_empty(), "{answer}");
    answer.data["node"].clone()
}

/// The rules of the findings that are open about a batch.
async fn findings(app: &TestApp, who: &Actor, batch: &str, rule: &str) -> Vec<String> {
    let filter = format!("{{rule: {{eq: {rule}}}, state: {{eq: OPEN}}}}");
    let query = format!(
        "{{ node(id: {batch:?}) {{ ... on Batch {{ findings(filter: {filter}) \
         {{ nodes {{ message }} }} }} }} }}"
    );
    let answer = app.ask_as(who, &query).await;
    let texts = answer.texts("/node/findings/nodes", "/message");
    texts.into_iter().map(str::to_owned).collect()
}

/// An announced batch.
pub async fn announced(app: &TestApp, officer: &Actor, key: &str) -> String {
    let batch = draft(app, officer, key, "").await;
    done(app, officer, "announceBatch", &format!("batchId: {batch:?}"), "__typename").await;
    batch
}

async fn a_group_is_a_party_itself(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "with-asean").await;
    let asean = id(&app, &officer, "regionalGroup", "asean").await;
    let input = format!("batchId: {batch:?}, groupId: {asean:?}, category: IGO");
    let fields = "delegation { id key represents category group { key } country { code } }";
    let made = done(&app, &officer, "inviteDelegation", &input, fields).await;
    let party = &made["delegation"];
    assert_eq!(party["key"], json!("with-asean-asean"));
    assert_eq!(party["represents"], json!("GROUP"));
    assert_eq!(party["group"]["key"], json!("asean"));
    assert_eq!((&party["category"], &party["country"]), (&json!("IGO"), &Value::Null));

    // Its members have delegations of their own, and none attends by it.
    let of_it = format!("delegationId: {}", party["id"]);
    done(&app, &officer, "recordAttendance", &of_it, "__typename").await;
    invite(&app, &officer, &batch, &["LA"]).await;
    let query = format!(
        "{{ node(id: {batch:?}) {{ ... on Batch {{ \
         delegations {{ nodes {{ key }} }} \
         group: delegations(filter: {{group: {{key: {{eq: \"asean\"}}}}}}) {{ nodes {{ key }} }} \
         igo: delegations(filter: {{category: {{eq: IGO}}}}) {{ nodes {{ key }} }} \
         countries: delegations(filter: {{represents: {{eq: COUNTRY}}}}) {{ nodes {{ key }} }} \
         }} }} }}"
    );
    let answer = app.ask(&query).await;
    let keys = |of: &str| answer.texts(&format!("/node/{of}/nodes"), "/key").join(" ");
    assert_eq!(keys("group"), "with-asean-asean");
    assert_eq!(keys("igo"), "with-asean-asean");
    assert_eq!(keys("countries"), "with-asean-la");
    // It sorts by the name of the group: Association … before Laos.
    assert_eq!(keys("delegations"), "with-asean-asean with-asean-la");
    let query = "{ attendance(rows: YEAR, batches: {key: {eq: \"with-asean\"}}) \
                 { total { count countries } } }";
    let total = app.ask(query).await;
    assert_eq!(total.at("/attendance/total"), &json!({ "count": 2, "countries": 0 }));
}

async fn what_a_group_is_not_is_refused(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "groups").await;
    let asean = id(&app, &officer, "regionalGroup", "asean").await;
    let body = id(&app, &officer, "institution", "ditjen-ikm").await;
    let invite = |more: &str| format!("batchId: {batch:?}, {more}");
    let cases = [
        ("represents: GROUP".to_owned(), "needs the group"),
        (
            format!("represents: GROUP, groupId: {asean:?}, country: \"LA\""),
            "not that of a country",
        ),
        (format!("represents: COUNTRY, groupId: {asean:?}, country: \"LA\""), "represents GROUP"),
    ];
    for (input, expected) in cases {
        let said = refusal(&app, &officer, "inviteDelegation", &invite(&input)).await;
        assert!(said.contains(expected), "{input}: {said}");
    }
    let once = invite(&format!("groupId: {asean:?}"));
    assert_eq!(refusal(&app, &officer, "inviteDelegation", &once).await, "");
    let said = refusal(&app, &officer, "inviteDelegation", &once).await;
    assert!(said.contains("already the delegation"), "{said}");
    // Another sender's party of the same group is another, and so is the sender's own.
    let sent = invite(&format!("groupId: {asean:?}, institutionId: {body:?}"));
    assert_eq!(refusal(&app, &officer, "inviteDelegation", &sent).await, "");
    let own = invite(&format!("represents: INSTITUTION, institutionId: {body:?}"));
    assert_eq!(refusal(&app, &officer, "inviteDelegation", &own).await, "");
    let said = refusal(&app, &officer, "inviteDelegation", &sent).await;
    assert!(said.contains("already the delegation"), "{said}");
}

async fn a_category_is_told_and_changed(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "observed").await;
    let party = invite(&app, &officer, &batch, &["LA"]).await.remove(0);
    let position = app.position().await;
    let change = |more: &str| format!("delegationId: {party:?}, {more}");
    let fields = "delegation { category label version }";
    let input = change("category: OBSERVER_STATE, label: \"observers\"");
    let made = done(&app, &officer, "updateDelegation", &input, fields).await;
    assert_eq!(made["delegation"]["category"], json!("OBSERVER_STATE"));
    assert_eq!(made["delegation"]["label"], json!("observers"));
    assert_eq!(app.position().await, position + 1, "one event tells of it");
    let same = done(&app, &officer, "updateDelegation", &input, fields).await;
    assert_eq!(same, made, "the same again is no change");
    assert_eq!(app.position().await, position + 1);
    let made = done(&app, &officer, "updateDelegation", &change("category: null"), fields).await;
    assert_eq!(made["delegation"]["category"], Value::Null);
    assert_eq!(made["delegation"]["label"], json!("observers"));
    let stranger = app.officer("asean-secretariat").await;
    let said =
        ask(&app, &stranger, "updateDelegation", &change("category: NGO"), "__typename").await;
    assert!(said.to_string().contains("FORBIDDEN"), "{said}");
}

async fn a_total_counts_what_it_says(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "totals").await;
    let source = id(&app, &officer, "source", "hariane-2023-jewellery").await;
    for (country, category, heads) in [("LA", "PARTY", 2), ("KH", "PARTY", 3)] {
        let input = format!("batchId: {batch:?}, country: {country:?}, category: {category}");
        let made = done(&app, &officer, "inviteDelegation", &input, "delegation { id }").await;
        let heads = format!("delegationId: {}, headcount: {heads}", made["delegation"]["id"]);
        done(&app, &officer, "recordAttendance", &heads, "__typename").await;
    }
    // A closed list of parties, and a total that has the press in it.
    let file = |participants: &str| {
        format!(
            "batchId: {batch:?}, sourceId: {source:?}, completeness: EXHAUSTIVE, \
             participants: [{participants}]"
        )
    };
    done(&app, &officer, "fileClaims", &file("{number: 40}"), "__typename").await;
    assert!(findings(&app, &officer, &batch, "SUM_MISMATCH").await.is_empty());
    // Of the parties alone, five came: five is right, and six is not.
    let five = file("{number: 5, category: PARTY}");
    done(&app, &officer, "fileClaims", &five, "__typename").await;
    assert!(findings(&app, &officer, &batch, "SUM_MISMATCH").await.is_empty());
    let six = file("{number: 6, category: PARTY}");
    done(&app, &officer, "fileClaims", &six, "__typename").await;
    let found = findings(&app, &officer, &batch, "SUM_MISMATCH").await;
    let [message] = &found[..] else { panic!("{found:?}") };
    assert!(message.contains("2 delegations of PARTY add up to 5 persons"), "{message}");
    // What is accepted of the batch is the number of all.
    let people = shown(&app, "Batch", &batch, "participantsMin").await;
    assert_eq!(people["participantsMin"], json!(40));
}

/// The people of a delegation, as accepted.
const BY_SEX: &str = "headcountMin headcountMax headcountFemale headcountMale \
                      headcountOtherOrUnknown";

async fn people_are_counted_by_sex(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "by-sex").await;
    let party = invite(&app, &officer, &batch, &["LA"]).await.remove(0);
    let counted = |node: &Value| {
        json!([
            node["headcountMin"],
            node["headcountFemale"],
            node["headcountMale"],
            node["headcountOtherOrUnknown"]
        ])
    };
    for (input, expected) in [
        ("headcountBySex: {female: 2, male: 3}", json!([5, 2, 3, null])),
        ("headcount: 6, headcountBySex: {female: 2, male: 3}", json!([6, 2, 3, null])),
        ("headcount: 6", json!([6, 2, 3, null])),
        ("headcount: 7", json!([7, null, null, null])),
        ("headcount: 7, headcountBySex: {otherOrUnknown: 7}", json!([7, null, null, 7])),
    ] {
        let input = format!("delegationId: {party:?}, {input}");
        done(&app, &officer, "recordAttendance", &input, "__typename").await;
        let node = shown(&app, "Delegation", &party, BY_SEX).await;
        assert_eq!(counted(&node), expected, "{input}");
    }
    // Whoever was not there is of no sex either.
    let input = format!("delegationId: {party:?}");
    done(&app, &officer, "recordNoShow", &input, "__typename").await;
    let node = shown(&app, "Delegation", &party, BY_SEX).await;
    assert_eq!(counted(&node), json!([null, null, null, null]));

    let input = format!("batchId: {batch:?}, participantsBySex: {{female: 12, male: 10}}");
    done(&app, &officer, "updateBatch", &input, "__typename").await;
    let fields = "participantsMin participantsFemale participantsMale participantsOtherOrUnknown";
    let node = shown(&app, "Batch", &batch, fields).await;
    assert_eq!(
        node,
        json!({
            "participantsMin": 22, "participantsFemale": 12, "participantsMale": 10,
            "participantsOtherOrUnknown": null,
        })
    );
}

async fn parts_that_do_not_fit_are_refused(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "unfit").await;
    let party = invite(&app, &officer, &batch, &["LA"]).await.remove(0);
    let source = id(&app, &officer, "source", "hariane-2023-jewellery").await;
    let said = async |name: &str, input: &str| refusal(&app, &officer, name, input).await;
    let of = |more: &str| format!("delegationId: {party:?}, {more}");
    let more = of("headcount: 4, headcountBySex: {female: 2, male: 3}");
    let more = said("recordAttendance", &more).await;
    assert!(more.contains("5 by sex are more") && more.contains("headcountBySex"), "{more}");
    let part = said("recordAttendance", &of("headcountBySex: {female: 2}")).await;
    assert!(part.contains("how many there were in all"), "{part}");
    let below = of("headcount: 4, headcountBySex: {male: -1}");
    let below = said("recordAttendance", &below).await;
    assert!(below.contains("-1") && below.contains("male"), "{below}");
    let file =
        |count: &str| format!("batchId: {batch:?}, sourceId: {source:?}, participants: [{count}]");
    let unit = file("{number: 7, unit: ENTERPRISE, bySex: {female: 3}}");
    let unit = said("fileClaims", &unit).await;
    assert!(unit.contains("ENTERPRISE") && unit.contains("bySex"), "{unit}");
    let claim = |more: &str| format!("batchId: {batch:?}, sourceId: {source:?}, {more}");
    let odd = claim("property: TITLE, text: \"A\", language: \"en\", bySex: {female: 1}");
    let odd = said("fileClaim", &odd).await;
    assert!(odd.contains("TITLE has no number of women"), "{odd}");
    let node = shown(&app, "Delegation", &party, BY_SEX).await;
    assert_eq!(node["headcountMin"], Value::Null, "nothing was written");
}

async fn person_days_follow_the_dates(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "days").await;
    let party = invite(&app, &officer, &batch, &["LA"]).await.remove(0);
    let dates = |starts: &str, ends: &str, more: &str| {
        format!("batchId: {batch:?}, startsOn: {starts:?}, endsOn: {ends:?}{more}")
    };
    let days = dates("2026-05-04", "2026-05-08", "");
    done(&app, &officer, "rescheduleBatch", &days, "__typename").await;
    let heads = format!("delegationId: {party:?}, headcount: 3");
    done(&app, &officer, "recordAttendance", &heads, "__typename").await;
    let people = format!("batchId: {batch:?}, participants: 20");
    done(&app, &officer, "updateBatch", &people, "__typename").await;
    let spent = async || {
        let fields = "personDaysMin personDaysMax delegations { nodes { personDaysMin } }";
        let node = shown(&app, "Batch", &batch, fields).await;
        let of_party = &node["delegations"]["nodes"][0]["personDaysMin"];
        json!([node["personDaysMin"], node["personDaysMax"], of_party])
    };
    assert_eq!(spent().await, json!([100, 100, 15]));
    let days = dates("2026-05-04", "2026-05-05", "");
    done(&app, &officer, "rescheduleBatch", &days, "__typename").await;
    assert_eq!(spent().await, json!([40, 40, 6]));
    let month = ", startsPrecision: MONTH, endsPrecision: MONTH";
    let days = dates("2026-05-01", "2026-05-31", month);
    done(&app, &officer, "rescheduleBatch", &days, "__typename").await;
    assert_eq!(spent().await, json!([null, null, null]));
}

async fn the_head_of_a_delegation_is_public(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "headed").await;
    let party = invite(&app, &officer, &batch, &["LA"]).await.remove(0);
    let input = "name: \"Somphong Vongsa\"";
    let person = done(&app, &officer, "addPerson", input, "person { id }").await;
    let person = &person["person"]["id"];
    let engage = |role: &str| {
        format!("personId: {person}, batchId: {batch:?}, delegationId: {party:?}, role: {role}")
    };
    let said = refusal(&app, &officer, "engagePerson", &engage("SPEAKER")).await;
    assert!(said.contains("HEAD_OF_DELEGATION"), "{said}");
    let input = engage("HEAD_OF_DELEGATION");
    done(&app, &officer, "engagePerson", &input, "__typename").await;
    let fields = "engagements(filter: {role: {eq: HEAD_OF_DELEGATION}}) \
                  { nodes { person { name } } }";
    let node = shown(&app, "Delegation", &party, fields).await;
    assert_eq!(node["engagements"]["nodes"][0]["person"]["name"], json!("Somphong Vongsa"));
}

async fn amounts_are_claims(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "costs").await;
    let source = id(&app, &officer, "source", "hariane-2023-jewellery").await;
    let file =
        |amounts: &str| format!("batchId: {batch:?}, sourceId: {source:?}, amounts: [{amounts}]");
    let amounts = file(
        "{amount: 250000000.5, currency: \"IDR\", costKind: TRAVEL, inKind: true}, \
         {amount: 12000, currency: \"USD\", basis: PLANNED, asPrinted: \"the budget\"}",
    );
    let fields = "claims { property amount currency costKind basis inKind text value }";
    let made = done(&app, &officer, "fileClaims", &amounts, fields).await;
    assert_eq!(
        made["claims"],
        json!([
            {
                "property": "AMOUNT", "amount": 250_000_000.5, "currency": "IDR",
                "costKind": "TRAVEL", "basis": "REPORTED", "inKind": true, "text": null,
                "value": "IDR 250000000.5 for TRAVEL, in kind",
            },
            {
                "property": "AMOUNT", "amount": 12000.0, "currency": "USD", "costKind": "TOTAL",
                "basis": "PLANNED", "inKind": null, "text": "the budget",
                "value": "USD 12000 for TOTAL",
            },
        ])
    );
    for (amounts, expected) in [
        ("{amount: 1, currency: \"RUPIAH\"}", "RUPIAH"),
        ("{amount: 1, currency: \"idr\"}", "idr"),
        ("{amount: -1, currency: \"IDR\"}", "-1"),
        ("{amount: 1, currency: \"IDR\", basis: REGISTERED}", "REGISTERED"),
    ] {
        let said = refusal(&app, &officer, "fileClaims", &file(amounts)).await;
        assert!(said.contains(expected) && said.contains("amounts"), "{amounts}: {said}");
    }
    let query = "{ claims(filter: {currency: {eq: \"IDR\"}}) { nodes { amount } } }";
    let found = app.ask(query).await;
    assert_eq!(found.at("/claims/nodes"), &json!([{ "amount": 250_000_000.5 }]));
}

async fn parties_are_filed_with_all_that_is_stated(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "filed").await;
    let source = id(&app, &officer, "source", "hariane-2023-jewellery").await;
    let asean = id(&app, &officer, "regionalGroup", "asean").await;
    let input = format!(
        "batchId: {batch:?}, sourceId: {source:?}, delegations: [\
         {{groupId: {asean:?}, status: ATTENDED, headcountBySex: {{female: 1, male: 2}}}}, \
         {{country: \"LA\", status: ATTENDED, headcount: 2, headcountBySex: {{female: 2}}}}]"
    );
    let fields = "claims { property female male delegation { represents } }";
    for _ in 0..2 {
        let made = done(&app, &officer, "fileClaims", &input, fields).await;
        let claims = made["claims"].as_array().expect("claims");
        assert_eq!(claims.len(), 4);
        assert_eq!(claims[1]["delegation"]["represents"], json!("GROUP"));
        assert_eq!((&claims[1]["female"], &claims[1]["male"]), (&json!(1), &json!(2)));
    }
    let query = format!(
        "{{ node(id: {batch:?}) {{ ... on Batch {{ delegations {{ nodes {{ {BY_SEX} }} }} }} }} }}"
    );
    let nodes = app.ask(&query).await;
    let nodes = nodes.at("/node/delegations/nodes").as_array().expect("delegations").clone();
    assert_eq!(nodes.len(), 2, "the second time, the same delegations are meant");
    assert_eq!(nodes[0]["headcountMin"], json!(3));
    assert_eq!(nodes[1]["headcountFemale"], json!(2));
    let twice = input.replace("country: \"LA\"", &format!("groupId: {asean:?}"));
    let said = refusal(&app, &officer, "fileClaims", &twice).await;
    assert!(said.contains("named at place 0 of delegations already"), "{said}");
}
