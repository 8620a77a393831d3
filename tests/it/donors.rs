//! What donors ask for: delegations in the columns of TOSSD, people by sector.

use jejaring::access::Actor;
use serde_json::{Value, json};

use crate::intents::{mutation, owner};
use crate::support::{Answer, TestApp};

both_dbs!(
    delegations_are_rows_of_the_published_file,
    what_nobody_can_know_stays_empty,
    people_are_counted_by_sector,
);

const TABLE: &str = include_str!("operations/g14_donor_table.graphql");

async fn done(app: &TestApp, who: &Actor, name: &str, input: &str, fields: &str) -> Answer {
    let answer = app.ask_as(who, &mutation(name, input, fields)).await;
    assert_eq!(answer.refusals(name), Vec::<String>::new(), "{answer}");
    answer
}

/// Tags the programme of the jewellery batch of 2023, and says who funds it.
async fn scene(app: &TestApp) -> Actor {
    let officer = owner(app).await;
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    for (vocabulary, code) in
        [("SDG", "8.3"), ("SDG", "8.10"), ("DAC_PURPOSE", "32130"), ("DAC_PURPOSE", "321")]
    {
        let input = format!("programmeId: {programme:?}, vocabulary: {vocabulary}, code: {code:?}");
        done(app, &officer, "addTag", &input, "tag { id }").await;
    }
    let funder = app.id_of(&officer, "institution", "diskopindag-malang").await;
    let input = format!("programmeId: {programme:?}, institutionId: {funder:?}, role: FUNDER");
    done(app, &officer, "addPartnership", &input, "partnership { id }").await;
    officer
}

/// States an amount of the jewellery batch.
async fn amount(app: &TestApp, officer: &Actor, said: &str) {
    let batch = app.id_of(officer, "batch", "jewellery-2023").await;
    let source = app.id_of(officer, "source", "hariane-2023-jewellery").await;
    let input = format!("batchId: {batch:?}, sourceId: {source:?}, amounts: [{{{said}}}]");
    done(app, officer, "fileClaims", &input, "claims { id }").await;
}

/// The row of a country at the jewellery batch.
fn row(answer: &Answer, country: &str) -> Value {
    let nodes = answer.at("/activities/nodes").as_array().expect("a list").clone();
    let is_it = |node: &&Value| {
        node["batch"]["key"] == "jewellery-2023" && node["country"]["code"] == country
    };
    nodes.iter().find(is_it).unwrap_or_else(|| panic!("{country}: {answer}"))["tossd"].clone()
}

async fn delegations_are_rows_of_the_published_file(app: TestApp) {
    scene(&app).await;
    let answer = app.ask(TABLE).await;
    assert!(answer.errors.is_empty(), "{answer}");
    let laos = row(&answer, "LA");
    for (column, value) in [
        ("Year", json!(2023)),
        ("provider", json!(738)),
        ("ProviderNameE", json!("Indonesia")),
        ("ProjectNumber", json!("jewellery-2023")),
        ("recipientcode", json!(745)),
        ("recipientnamee", json!("Lao People's Democratic Republic")),
        ("sdgcode", json!("8.10;8.3")),
        ("purposecode", json!("32130")),
        ("sector", json!("III.2. Industry, mining, construction")),
        ("sector3", json!(320)),
        ("USD_disbursements", json!(null)),
    ] {
        assert_eq!(laos[column], value, "{column}: {laos}");
    }
    assert!(laos["agencyname_E"].is_string(), "{laos}");
    assert_eq!(row(&answer, "ID"), json!(null), "the provider is no recipient of its own");
    // All three parts, of 18 delegations at two batches, in as many statements as levels have.
    assert!(answer.statements <= 22, "{}", answer.statements);
}

async fn what_nobody_can_know_stays_empty(app: TestApp) {
    let officer = scene(&app).await;
    amount(&app, &officer, "amount: 12000, currency: \"USD\", basis: REPORTED, costKind: TOTAL")
        .await;
    let shared = row(&app.ask(TABLE).await, "LA");
    assert_eq!(shared["USD_disbursements"], json!(null), "nobody knows the part of each: {shared}");
    // All but one stay away.
    let batch = app.id_of(&officer, "batch", "jewellery-2023").await;
    let source = app.id_of(&officer, "source", "hariane-2023-jewellery").await;
    let others =
        ["KH", "MM", "PH", "TH"].map(|code| format!("{{country: {code:?}, status: NO_SHOW}}"));
    let input =
        format!("batchId: {batch:?}, sourceId: {source:?}, delegations: [{}]", others.join(", "));
    done(&app, &officer, "fileClaims", &input, "claims { id }").await;
    let alone = app.ask(TABLE).await;
    assert_eq!(row(&alone, "LA")["USD_disbursements"], json!(12.0), "{alone}");
    amount(&app, &officer, "amount: 9000, currency: \"USD\", basis: REPORTED, costKind: TOTAL")
        .await;
    let two = row(&app.ask(TABLE).await, "LA");
    assert_eq!(two["USD_disbursements"], json!(null), "two statements are not added up: {two}");

    // A group among the funders has no country, and a second purpose is no purpose.
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let group = app.id_of(&officer, "regionalGroup", "asean").await;
    let input = format!("programmeId: {programme:?}, groupId: {group:?}, role: FUNDER");
    done(&app, &officer, "addPartnership", &input, "partnership { id }").await;
    let input = format!("programmeId: {programme:?}, vocabulary: DAC_PURPOSE, code: \"25010\"");
    done(&app, &officer, "addTag", &input, "tag { id }").await;
    let empty = row(&app.ask(TABLE).await, "LA");
    for column in
        ["provider", "ProviderNameE", "agencyname_E", "purposecode", "purposename_e", "sector3"]
    {
        assert_eq!(empty[column], json!(null), "{column}: {empty}");
    }
}

async fn people_are_counted_by_sector(app: TestApp) {
    scene(&app).await;
    let query = "{ attendance(rows: SECTOR) { cells(first: 100) { nodes { row { key name record { \
                 __typename } } batches countries } } } }";
    let answer = app.ask(query).await;
    // The topics of the reports have purposes themselves; the tag of a programme that says the same
    // counts nothing twice.
    let cell = |key: &str, name: &str, batches: i32, countries: i32| {
        let row = json!({ "key": key, "name": name, "record": null });
        json!({ "row": row, "batches": batches, "countries": countries })
    };
    let banking = cell("240", "Banking & Financial Services", 1, 12);
    let industry = cell("321", "Industry", 4, 15);
    assert_eq!(answer.at("/attendance/cells/nodes"), &json!([banking, industry]));
    assert_eq!(answer.statements, 1);
    // A topic that falls under another purpose puts the batch there as well.
    let curator = app.staff(entity::vocabulary::GrantRole::Curator).await;
    let topic = app.id_of(&curator, "topic", "jewellery").await;
    let input = format!("topicId: {topic:?}, vocabulary: DAC_PURPOSE, code: \"33120\"");
    done(&app, &curator, "addTag", &input, "tag { id }").await;
    let answer = app.ask(query).await;
    let keys = answer.sorted("/attendance/cells/nodes", "/row/key");
    assert!(["331", "321"].iter().all(|key| keys.iter().any(|it| it == key)), "{keys:?}");
}
