//! Attendance as a cube: the numbers of the five reports, counted by hand.

mod measures;

use jejaring::access::Actor;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

both_dbs!(
    a_year_has_its_batches_parties_and_people,
    totals_are_counted_and_not_summed_up,
    groups_are_those_of_the_date,
    a_batch_stands_in_each_of_its_topics_and_cities,
    what_is_recorded_of_nobody_is_no_cell,
    a_cell_lists_what_is_behind_it,
    plans_are_counted_where_their_delegations_are,
    a_cube_takes_a_fixed_number_of_statements,
    a_draft_is_in_no_cell,
    what_cannot_be_counted_is_said,
);

const MEASURES: &str = "row { key } column { key } state count attended: count(status: ATTENDED) \
                        unsettled countries batches people { atLeast atMost counted disputed \
                        unknown }";

/// Each cell as one line: row, column, state, delegations / attended / not settled, countries,
/// batches, people.
fn lines(answer: &Answer, at: &str) -> Vec<String> {
    answer.at(at).as_array().expect("a list").iter().map(line).collect()
}

fn line(cell: &Value) -> String {
    let text = |at: &str| match cell.pointer(at) {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let places: Vec<String> = ["/row/key", "/column/key"].map(text).into();
    let people = [
        "/people/atLeast",
        "/people/atMost",
        "/people/counted",
        "/people/disputed",
        "/people/unknown",
    ]
    .map(text);
    format!(
        "{} {} {}/{}/{} {} {} | {}",
        places.join(" "),
        text("/state"),
        text("/count"),
        text("/attended"),
        text("/unsettled"),
        text("/countries"),
        text("/batches"),
        people.join(" ")
    )
}

async fn cells(app: &TestApp, arguments: &str) -> Vec<String> {
    let query = format!(
        "{{ attendance({arguments}) {{ cells(first: 100) {{ totalCount nodes {{ {MEASURES} }} }} \
         }} }}"
    );
    let answer = app.ask(&query).await;
    let lines = lines(&answer, "/attendance/cells/nodes");
    assert_eq!(answer.at("/attendance/cells/totalCount"), lines.len(), "{answer}");
    lines
}

/// Of 2018 only "tens" of enterprises are stated, which are no people; of 2017 and of 2020 a number
/// of people was accepted that is also printed as one of countries, or of enterprises.
async fn a_year_has_its_batches_parties_and_people(app: TestApp) {
    assert_eq!(
        cells(&app, "rows: YEAR").await,
        [
            "2017 - ATTENDED 12/12/0 12 1 | 22 22 1 1 0",
            "2018 - ATTENDED 3/3/0 0 1 | - - 0 0 1",
            "2020 - UNKNOWN 0/0/0 0 1 | 700 700 1 1 0",
            "2023 - ATTENDED 10/6/0 6 1 | 22 22 1 0 0",
        ]
    );
    assert_eq!(
        cells(&app, "rows: MODALITY").await,
        [
            "DOMESTIC - ATTENDED 3/3/0 0 2 | 700 700 1 1 1",
            "REGIONAL - ATTENDED 10/6/0 6 1 | 22 22 1 0 0",
            "TRIANGULAR - ATTENDED 12/12/0 12 1 | 22 22 1 1 0",
        ]
    );
}

/// Indonesia, Laos and Myanmar came twice: twelve and six countries are fifteen.
async fn totals_are_counted_and_not_summed_up(app: TestApp) {
    let totals = format!(
        "{{ attendance(rows: COUNTRY, columns: YEAR) {{ total {{ {MEASURES} }} columnTotals {{ \
         nodes {{ {MEASURES} }} }} rowTotals(first: 100) {{ totalCount nodes {{ {MEASURES} }} }} \
         }} }}"
    );
    let answer = app.ask(&totals).await;
    // Associations are no countries, and no headcount of a country is stated.
    assert_eq!(line(answer.at("/attendance/total")), "- - ATTENDED 22/18/0 15 2 | - - 0 0 18");
    assert_eq!(
        lines(&answer, "/attendance/columnTotals/nodes"),
        ["- 2017 ATTENDED 12/12/0 12 1 | - - 0 0 12", "- 2023 ATTENDED 10/6/0 6 1 | - - 0 0 6"]
    );
    let rows = lines(&answer, "/attendance/rowTotals/nodes");
    assert_eq!(answer.at("/attendance/rowTotals/totalCount"), 18);
    assert!(rows.contains(&"VN - ATTENDED 2/1/0 1 2 | - - 0 0 1".to_owned()), "{rows:?}");
    assert!(rows.contains(&"SG - NOBODY 1/0/0 0 1 | - - 0 0 0".to_owned()), "{rows:?}");
    let answer = app
        .ask(&format!(
            "{{ attendance(rows: YEAR) {{ total {{ {MEASURES} }} columnTotals {{ totalCount nodes \
             {{ count }} }} }} }}"
        ))
        .await;
    assert_eq!(line(answer.at("/attendance/total")), "- - ATTENDED 25/21/0 15 4 | 744 744 3 2 1");
    assert_eq!(answer.at("/attendance/columnTotals"), &json!({ "totalCount": 0, "nodes": [] }));
}

/// In August 2017 the treaty with Hong Kong was not in force; Cambodia is in ASEAN, and in the
/// Colombo Plan it is not.
async fn groups_are_those_of_the_date(app: TestApp) {
    let lines = cells(&app, "rows: REGIONAL_GROUP, columns: YEAR").await;
    for line in [
        "asean 2017 ATTENDED 4/4/0 4 1 | - - 0 0 4",
        "asean 2023 ATTENDED 10/6/0 6 1 | - - 0 0 6",
        "ahkfta 2023 ATTENDED 10/6/0 6 1 | - - 0 0 6",
        "colombo-plan 2017 ATTENDED 12/12/0 12 1 | - - 0 0 12",
        "colombo-plan 2023 ATTENDED 9/5/0 5 1 | - - 0 0 5",
    ] {
        assert!(lines.contains(&line.to_owned()), "{line}: {lines:?}");
    }
    assert!(!lines.iter().any(|line| line.starts_with("ahkfta 2017")), "{lines:?}");
}

async fn a_batch_stands_in_each_of_its_topics_and_cities(app: TestApp) {
    let by_city = cells(&app, "rows: CITY").await;
    assert_eq!(
        by_city,
        [
            "Malang - UNKNOWN 0/0/0 0 1 | 700 700 1 1 0",
            "Tangerang Selatan - ATTENDED 3/3/0 0 1 | - - 0 0 1",
            "Yogyakarta - ATTENDED 22/18/0 15 2 | 44 44 2 1 0",
        ]
    );
    let by_topic = cells(&app, "rows: TOPIC").await;
    assert!(
        by_topic.contains(&"sme-development - ATTENDED 25/21/0 15 4 | 744 744 3 2 1".to_owned()),
        "{by_topic:?}"
    );
    assert!(
        by_topic.contains(&"handicraft - ATTENDED 3/3/0 0 2 | 700 700 1 1 1".to_owned()),
        "{by_topic:?}"
    );
    let names = "{ attendance(rows: COUNTRY, columns: TOPIC, delegations: {country: {eq: \"KH\"}}) \
                 { cells { nodes { row { name(language: ID) record { ... on Country { alpha3 } } } \
                 column { key name(language: ID) } } } } }";
    let answer = app.ask(names).await;
    assert_eq!(answer.text("/attendance/cells/nodes/0/row/name"), "Kamboja");
    assert_eq!(answer.text("/attendance/cells/nodes/0/row/record/alpha3"), "KHM");
    let keys = answer.texts("/attendance/cells/nodes", "/column/key");
    assert_eq!(keys, ["jewellery", "jewellery-design", "marketing", "sme-development"]);
}

/// Singapore is known to have sent nobody in 2023, and of 2017 nothing is known of it: the one is a
/// cell, the other is none.
async fn what_is_recorded_of_nobody_is_no_cell(app: TestApp) {
    let lines = cells(&app, "rows: COUNTRY, columns: BATCH").await;
    let of = |country: &str| {
        lines
            .iter()
            .filter(|line| line.starts_with(country))
            .map(String::as_str)
            .collect::<Vec<_>>()
    };
    assert_eq!(of("SG"), ["SG jewellery-2023 NOBODY 1/0/0 0 1 | - - 0 0 0"]);
    assert_eq!(
        of("VN"),
        [
            "VN colombo-plan-sme-2017-2 ATTENDED 1/1/0 1 1 | - - 0 0 1",
            "VN jewellery-2023 NOBODY 1/0/0 0 1 | - - 0 0 0"
        ]
    );
    assert_eq!(lines.len(), 22);
    let officer = app.officer("bbspjikb").await;
    let batch = app.id_of(&officer, "batch", "jewellery-2023").await;
    let invite = "mutation ($batch: ID!) { inviteCountries(input: {batchId: $batch, countries: \
                  [\"TL\"]}) { errors { message } } }";
    let invited = app.ask_with(&officer, invite, json!({ "batch": batch })).await;
    assert!(invited.refusals("inviteCountries").is_empty(), "{invited}");
    let lines = cells(&app, "rows: COUNTRY, columns: BATCH").await;
    assert!(
        lines.contains(&"TL jewellery-2023 UNKNOWN 1/0/1 0 1 | - - 0 0 0".to_owned()),
        "{lines:?}"
    );
}

async fn a_cell_lists_what_is_behind_it(app: TestApp) {
    let query = "{ attendance(rows: YEAR, columns: CITY) { cells { nodes { row { key } \
                 delegations(first: 2) { key } } } total { delegations(first: 100) { key } } } }";
    let answer = app.ask(query).await;
    let nodes = answer.at("/attendance/cells/nodes");
    let keys = |at: usize| nodes[at]["delegations"].clone();
    assert_eq!(
        keys(0),
        json!([{ "key": "colombo-plan-sme-2017-2-af" }, { "key": "colombo-plan-sme-2017-2-bd" }])
    );
    assert_eq!(keys(2), json!([]), "nothing is recorded of 2020");
    assert_eq!(keys(3), json!([{ "key": "jewellery-2023-bn" }, { "key": "jewellery-2023-kh" }]));
    assert_eq!(answer.at("/attendance/total/delegations").as_array().map(Vec::len), Some(25));
}

/// Expected of the twelve of 2017, and nothing else of anybody; one is handed in, one is overdue,
/// one has a note.
async fn plans_are_counted_where_their_delegations_are(app: TestApp) {
    let query = "{ attendance(rows: PROGRAMME) { cells { nodes { row { key } actionPlans { all \
                 expected submitted completed abandoned overdue progressed } } } } }";
    let answer = app.ask(query).await;
    let none = json!({
        "all": 0, "expected": 0, "submitted": 0, "completed": 0, "abandoned": 0, "overdue": 0,
        "progressed": 0
    });
    let mut twelve = none.clone();
    twelve["all"] = json!(12);
    twelve["expected"] = json!(12);
    assert_eq!(answer.texts("/attendance/cells/nodes", "/row/key")[0], "colombo-plan-sme");
    assert_eq!(answer.at("/attendance/cells/nodes/0/actionPlans"), &twelve);
    assert_eq!(answer.at("/attendance/cells/nodes/1/actionPlans"), &none);

    let officer = app.officer("ditjen-ikm").await;
    let plan = app.id_of(&officer, "actionPlan", "colombo-plan-sme-2017-2-la-plan").await;
    let run = async |mutation: &str, input: &str, payload: &str| {
        let query = format!(
            "mutation {{ {mutation}(input: {{{input}}}) {{ {payload} errors {{ message }} }} }}"
        );
        let answer = app.ask_as(&officer, &query).await;
        assert!(answer.errors.is_empty() && answer.refusals(mutation).is_empty(), "{answer}");
        answer
    };
    run("changeDueDate", &format!("actionPlanId: \"{plan}\", dueOn: \"2026-05-31\""), "").await;
    run("submitActionPlan", &format!("actionPlanId: \"{plan}\", title: \"Silver\""), "").await;
    let item = run(
        "addActionItem",
        &format!("actionPlanId: \"{plan}\", title: \"Teach\""),
        "actionItem { id }",
    )
    .await;
    let item = item.text("/addActionItem/actionItem/id");
    run(
        "noteProgress",
        &format!("actionItemId: \"{item}\", notedOn: \"2025-06-02\", text: \"Taught.\""),
        "",
    )
    .await;
    let answer = app
        .ask(
            "{ attendance(rows: COUNTRY, columns: PROGRAMME, delegations: {country: {eq: \"LA\"}}) \
             { cells { nodes { column { key } actionPlans { all expected submitted \
             overdue progressed } } } } }",
        )
        .await;
    let plans = answer.at("/attendance/cells/nodes/0/actionPlans");
    assert_eq!(
        plans,
        &json!({ "all": 1, "expected": 0, "submitted": 1, "overdue": 1, "progressed": 1 })
    );
}

/// However many cells there are.
async fn a_cube_takes_a_fixed_number_of_statements(app: TestApp) {
    let cells = |rows: &str, fields: &str| {
        format!(
            "{{ attendance(rows: {rows}, columns: YEAR) {{ cells(first: 100) {{ {fields} }} }} }}"
        )
    };
    for (fields, statements) in [
        ("nodes { count countries batches }", 1),
        ("nodes { row { key } people { atLeast } }", 2),
        ("totalCount nodes { people { atLeast } actionPlans { all } }", 4),
        ("nodes { delegations(first: 3) { key } }", 2),
        ("nodes { row { name } }", 2),
    ] {
        let answer = app.ask(&cells("COUNTRY", fields)).await;
        assert_eq!(answer.statements, statements, "{fields}: {answer}");
    }
    assert_eq!(app.ask(&cells("BATCH", "nodes { row { name } }")).await.statements, 2);
}

async fn a_draft_is_in_no_cell(app: TestApp) {
    let officer = app.officer("bbspjikb").await;
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let draft = "mutation ($programme: ID!) { draftBatch(input: {programmeId: $programme, key: \
                 \"hidden-2027\", startsOn: \"2027-01-01\"}) { batch { id } errors { message } } }";
    let drafted = app.ask_with(&officer, draft, json!({ "programme": programme })).await;
    let batch = drafted.text("/draftBatch/batch/id");
    let invite = "mutation ($batch: ID!) { inviteCountries(input: {batchId: $batch, countries: \
                  [\"TL\"]}) { errors { message } } }";
    let invited = app.ask_with(&officer, invite, json!({ "batch": batch })).await;
    assert!(invited.refusals("inviteCountries").is_empty(), "{invited}");
    for rows in [
        "YEAR",
        "COUNTRY",
        "BATCH",
        "TOPIC",
        "CITY",
        "PROGRAMME",
        "REGIONAL_GROUP",
        "INSTITUTION",
        "MODALITY",
    ] {
        let query = format!(
            "{{ attendance(rows: {rows}) {{ total {{ batches count delegations(first: 100) {{ key \
             }} }} cells(first: 100) {{ nodes {{ batches count }} }} }} }}"
        );
        let (public, own) = (app.ask(&query).await, app.ask_as(&officer, &query).await);
        assert_eq!(
            own.at("/attendance/total/batches").as_i64(),
            public.at("/attendance/total/batches").as_i64().map(|batches| batches + 1),
            "{rows}: {public}"
        );
        assert!(!public.to_string().contains("2027"), "{public}");
    }
    assert!(!cells(&app, "rows: COUNTRY").await.iter().any(|line| line.starts_with("TL")));
    // Countries by programme are counted without reading batches, where nothing is asked of these:
    // the cells are the same.
    for columns in ["", ", columns: PROGRAMME"] {
        let by_country = |batches: &str| {
            let measures = "row { key } column { key } state count attended: count(status: \
                            ATTENDED) countries batches people { atLeast unknown } actionPlans { \
                            all } delegations(first: 2) { key }";
            format!(
                "{{ attendance(rows: COUNTRY{columns}{batches}) {{ cells(first: 100) {{ totalCount \
                 nodes {{ {measures} }} }} }} }}"
            )
        };
        for (actor, is_drafted) in [(&Actor::Anonymous, false), (&officer, true)] {
            let alone = app.ask_as(actor, &by_country("")).await;
            let joined = app.ask_as(actor, &by_country(", batches: {key: {isNull: false}}")).await;
            assert!(alone.errors.is_empty(), "{alone}");
            assert_eq!(alone.at("/attendance"), joined.at("/attendance"));
            assert_eq!(
                alone.texts("/attendance/cells/nodes", "/row/key").contains(&"TL"),
                is_drafted
            );
        }
    }
}

async fn what_cannot_be_counted_is_said(app: TestApp) {
    let answer = app.ask("{ attendance(rows: CITY, columns: CITY) { total { count } } }").await;
    assert!(answer.errors[0].contains("`rows` and `columns` are both CITY"), "{answer}");
    let place = app
        .ask(
            "{ attendance(rows: CITY) { cells(first: 1) { pageInfo { endCursor hasNextPage } } } }",
        )
        .await;
    assert_eq!(place.at("/attendance/cells/pageInfo/hasNextPage"), true);
    let place = place.text("/attendance/cells/pageInfo/endCursor");
    let rest = |rows: &str| {
        format!(
            "{{ attendance(rows: {rows}) {{ cells(after: \"{place}\") {{ nodes {{ row {{ key }} }} \
             }} }} }}"
        )
    };
    let answer = app.ask(&rest("CITY")).await;
    assert_eq!(
        answer.texts("/attendance/cells/nodes", "/row/key"),
        ["Tangerang Selatan", "Yogyakarta"]
    );
    let answer = app.ask(&rest("YEAR")).await;
    assert!(answer.errors[0].contains("is not a cursor of this list"), "{answer}");
}
