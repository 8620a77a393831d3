//! What is measured in cells besides counts: orders, shares, days, sexes, medians, and who came for
//! the first time; the further dimensions.

use jejaring::access::Actor;
use serde_json::{Value, json};

use crate::intents::{bare_draft, draft, invite, mutation, owner};
use crate::support::{Answer, TestApp};

both_dbs!(
    people_are_told_by_sex_and_by_day,
    cells_stand_in_the_order_of_what_is_counted,
    what_the_first_rows_leave_out_is_one_cell,
    who_came_for_the_first_time_is_told_from_who_came_again,
    batches_stand_where_they_are_held_and_under_their_partners,
    days_known_to_the_year_have_no_month,
    further_measures_take_a_statement_each,
    whole_tables_count_as_pages_do,
);

/// Says of countries of the jewellery batch of 2023, which took eight days, how many women and men
/// came.
async fn heads(app: &TestApp, officer: &Actor, of: &[(&str, i32, i32)]) {
    let batch = app.id_of(officer, "batch", "jewellery-2023").await;
    let mut attendances = Vec::new();
    for (country, female, male) in of {
        let party = app.id_of(officer, "delegation", &format!("jewellery-2023-{country}")).await;
        let by_sex = format!("headcountBySex: {{female: {female}, male: {male}}}");
        attendances.push(format!("{{delegationId: {party:?}, {by_sex}}}"));
    }
    let input = format!("batchId: {batch:?}, attendances: [{}]", attendances.join(", "));
    let asked = mutation("recordAttendances", &input, "delegations { id }");
    let answer = app.ask_as(officer, &asked).await;
    assert_eq!(answer.refusals("recordAttendances"), Vec::<String>::new(), "{answer}");
}

/// The rows of a list of cells, each as its key and the values of some fields.
fn rows(answer: &Answer, at: &str, fields: &[&str]) -> Vec<Value> {
    let cells = answer.at(at).as_array().unwrap_or_else(|| panic!("{answer}"));
    let row = |cell: &Value| {
        let value = |field: &&str| cell.pointer(field).cloned().unwrap_or_default();
        Value::Array(["/row/key"].iter().chain(fields).map(value).collect())
    };
    cells.iter().map(row).collect()
}

async fn people_are_told_by_sex_and_by_day(app: TestApp) {
    let officer = owner(&app).await;
    heads(&app, &officer, &[("kh", 2, 1), ("la", 0, 4), ("th", 5, 5)]).await;
    let query = "{ attendance(rows: COUNTRY, batches: {key: {eq: \"jewellery-2023\"}}) { total { \
                 medianPeople people { atLeast female male otherOrUnknown toldBySex femaleShare } \
                 personDays { atLeast atMost counted unknown } } cells(first: 100) { nodes { row { \
                 key } medianPeople people { female femaleShare } personDays { atLeast } } } } }";
    let answer = app.ask(query).await;
    let total = json!({
        "medianPeople": 4.0,
        "people": {
            "atLeast": 17, "female": 7, "male": 10, "otherOrUnknown": 0, "toldBySex": 3,
            "femaleShare": 7.0 / 17.0,
        },
        "personDays": { "atLeast": 136, "atMost": 136, "counted": 3, "unknown": 3 },
    });
    assert_eq!(answer.at("/attendance/total"), &total);
    let fields = ["/medianPeople", "/people/female", "/people/femaleShare", "/personDays/atLeast"];
    let rows = rows(&answer, "/attendance/cells/nodes", &fields);
    for row in [
        json!(["KH", 3.0, 2, 2.0 / 3.0, 24]),
        json!(["LA", 4.0, 0, 0.0, 32]),
        json!(["ID", null, 0, null, null]),
        json!(["SG", null, 0, null, null]),
    ] {
        assert!(rows.contains(&row), "{row}: {rows:?}");
    }
    // Of batches, and not of parties, the accepted numbers of the batches; of two the median lies
    // between them.
    let query = "{ attendance(rows: YEAR) { total { medianPeople personDays { atLeast counted } } \
                 cells { nodes { row { key } medianPeople personDays { atLeast } } } } }";
    let answer = app.ask(query).await;
    let rows =
        self::rows(&answer, "/attendance/cells/nodes", &["/medianPeople", "/personDays/atLeast"]);
    assert_eq!(
        rows,
        [
            json!(["2017", 22.0, null]),
            json!(["2018", null, null]),
            json!(["2020", 700.0, 3500]),
            json!(["2023", 22.0, 176]),
        ]
    );
    let total = json!({ "medianPeople": 22.0, "personDays": { "atLeast": 3676, "counted": 2 } });
    assert_eq!(answer.at("/attendance/total"), &total);
    let two = "{ attendance(rows: YEAR, batches: {key: {in: [\"jewellery-2023\", \
               \"craft-fashion-malang-2020\"]}}) { total { medianPeople } } }";
    assert_eq!(app.ask(two).await.at("/attendance/total/medianPeople"), 361.0);
}

async fn cells_stand_in_the_order_of_what_is_counted(app: TestApp) {
    let officer = owner(&app).await;
    heads(&app, &officer, &[("kh", 2, 1), ("la", 0, 4), ("th", 5, 5)]).await;
    let ordered = |field: &str, more: &str| {
        format!(
            "{{ attendance(rows: COUNTRY) {{ rowTotals(orderBy: {{field: {field}{more}}}, first: \
             3) {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ row {{ key }} count \
             attended: count(status: ATTENDED) people {{ atLeast }} personDays {{ atLeast }} }} }} \
             }} }}"
        )
    };
    let at = "/attendance/rowTotals/nodes";
    let answer = app.ask(&ordered("ATTENDED", "")).await;
    let top = [json!(["ID", 2]), json!(["LA", 2]), json!(["MM", 2])];
    assert_eq!(rows(&answer, at, &["/attended"]), top);
    assert_eq!(answer.at("/attendance/rowTotals/totalCount"), 18);
    let answer = app.ask(&ordered("PEOPLE", "")).await;
    let top = [json!(["TH", 10]), json!(["LA", 4]), json!(["KH", 3])];
    assert_eq!(rows(&answer, at, &["/people/atLeast"]), top);
    let answer = app.ask(&ordered("PERSON_DAYS", "")).await;
    let top = [json!(["TH", 80]), json!(["LA", 32]), json!(["KH", 24])];
    assert_eq!(rows(&answer, at, &["/personDays/atLeast"]), top);
    let answer = app.ask(&ordered("COUNTRIES", ", direction: ASC")).await;
    let least = [json!(["BN", 1]), json!(["MY", 1]), json!(["SG", 1])];
    assert_eq!(rows(&answer, at, &["/count"]), least, "these sent nobody");

    // Page by page each cell stands once, in one order and in the other.
    for (field, direction) in
        [("DELEGATIONS", "DESC"), ("ATTENDED", "ASC"), ("PEOPLE", "DESC"), ("BATCHES", "ASC")]
    {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let query = format!(
                "{{ attendance(rows: COUNTRY, columns: YEAR) {{ cells(orderBy: {{field: {field}, \
                 direction: {direction}}}, first: 5{after}) {{ pageInfo {{ hasNextPage endCursor \
                 }} nodes {{ row {{ key }} column {{ key }} count attended: count(status: \
                 ATTENDED) batches people {{ atLeast }} }} }} }} }}"
            );
            let answer = app.ask(&query).await;
            let fields = ["/column/key", "/count", "/attended", "/batches", "/people/atLeast"];
            all.extend(rows(&answer, "/attendance/cells/nodes", &fields));
            if answer.at("/attendance/cells/pageInfo/hasNextPage") != true {
                break;
            }
            let cursor = answer.text("/attendance/cells/pageInfo/endCursor");
            after = format!(", after: {cursor:?}");
        }
        let measure = |row: &Value| {
            let at = match field {
                "DELEGATIONS" => 2,
                "ATTENDED" => 3,
                "BATCHES" => 4,
                _ => 5,
            };
            row[at].as_i64().unwrap_or_default()
        };
        let mut sorted = all.clone();
        sorted.sort_by_key(|row| (row[0].to_string(), row[1].to_string()));
        sorted.sort_by_key(|row| if direction == "ASC" { measure(row) } else { -measure(row) });
        assert_eq!(all, sorted, "{field} {direction}");
        assert_eq!(all.len(), 22);
    }
    // A place in one order is none in another.
    let answer = app.ask(&ordered("ATTENDED", "")).await;
    let cursor = answer.text("/attendance/rowTotals/pageInfo/endCursor");
    for order in ["", ", orderBy: {field: PEOPLE}", ", orderBy: {field: ATTENDED, direction: ASC}"]
    {
        let query = format!(
            "{{ attendance(rows: COUNTRY) {{ rowTotals(after: {cursor:?}{order}) {{ totalCount }} \
             }} }}"
        );
        let answer = app.ask(&query).await;
        assert!(answer.errors[0].contains("is not a cursor of this list"), "{order}: {answer}");
    }
}

async fn what_the_first_rows_leave_out_is_one_cell(app: TestApp) {
    let officer = owner(&app).await;
    heads(&app, &officer, &[("kh", 2, 1), ("la", 0, 4), ("th", 5, 5)]).await;
    let rest = |rows: &str, first: i32, field: &str| {
        format!(
            "{{ attendance(rows: {rows}, columns: BATCH) {{ rest(first: {first}, orderBy: {{field: \
             {field}}}) {{ row {{ key }} count countries batches share people {{ atLeast \
             counted }} }} }} }}"
        )
    };
    // Without Thailand: 21 delegations, 14 countries, and the heads of Cambodia and of Laos.
    let answer = app.ask(&rest("COUNTRY", 1, "PEOPLE")).await;
    let left = json!({
        "row": null, "count": 21, "countries": 14, "batches": 2, "share": 17.0 / 18.0,
        "people": { "atLeast": 7, "counted": 2 },
    });
    assert_eq!(answer.at("/attendance/rest"), &left, "{answer}");
    assert_eq!(answer.statements, 4, "the first rows, the counts, the people and all who came");
    // A batch that stands in another topic too is in the rest; of nothing it is nothing.
    let answer = app.ask(&rest("TOPIC", 1, "DELEGATIONS")).await;
    assert_eq!(answer.at("/attendance/rest/count"), 25, "{answer}");
    let answer = app.ask(&rest("PROGRAMME", 100, "DELEGATIONS")).await;
    let nothing = json!({
        "row": null, "count": 0, "countries": 0, "batches": 0, "share": 0.0,
        "people": { "atLeast": null, "counted": 0 },
    });
    assert_eq!(answer.at("/attendance/rest"), &nothing, "{answer}");
    let answer = app.ask(&rest("COUNTRY", 0, "PEOPLE")).await;
    assert_eq!(answer.at("/attendance/rest/count"), 22, "nothing is left out: {answer}");
    let answer = app.ask(&rest("COUNTRY", 101, "PEOPLE")).await;
    assert!(answer.errors[0].contains("101"), "{answer}");
}

/// Indonesia, Laos and Myanmar came in 2017 and again in 2023; nobody sees an attendance before
/// that in a draft of others.
async fn who_came_for_the_first_time_is_told_from_who_came_again(app: TestApp) {
    let query = "{ attendance(rows: YEAR) { total { countries firstTime returning } cells { nodes \
                 { row { key } countries firstTime returning share } } } }";
    let told = async |who: &Actor| {
        let answer = app.ask_as(who, query).await;
        let fields = ["/countries", "/firstTime", "/returning", "/share"];
        (rows(&answer, "/attendance/cells/nodes", &fields), answer)
    };
    let public = [
        json!(["2017", 12, 12, 0, 12.0 / 21.0]),
        json!(["2018", 0, 0, 0, 3.0 / 21.0]),
        json!(["2020", 0, 0, 0, 0.0]),
        json!(["2023", 6, 3, 3, 6.0 / 21.0]),
    ];
    let (rows, answer) = told(&Actor::Anonymous).await;
    assert_eq!(rows, public);
    let total = json!({ "countries": 15, "firstTime": 15, "returning": 3 });
    assert_eq!(answer.at("/attendance/total"), &total);
    assert_eq!(answer.statements, 3, "the total; the cells, and the share of all");

    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "earlier-2016", ", startsOn: \"2016-03-01\"").await;
    let parties = mutation(
        "inviteCountries",
        &format!("batchId: {batch:?}, countries: [\"TH\"]"),
        "delegations { id }",
    );
    let party = app.ask_as(&officer, &parties).await;
    let party = party.text("/inviteCountries/delegations/0/id");
    let input = format!("delegationId: {party:?}");
    let came = mutation("recordAttendance", &input, "delegation { id }");
    let came = app.ask_as(&officer, &came).await;
    assert_eq!(came.refusals("recordAttendance"), Vec::<String>::new(), "{came}");
    assert_eq!(told(&Actor::Anonymous).await.0, public);
    let (own, _) = told(&officer).await;
    assert_eq!(own[0], json!(["2016", 1, 1, 0, 1.0 / 22.0]));
    assert_eq!(own[4], json!(["2023", 6, 2, 4, 6.0 / 22.0]));
}

async fn batches_stand_where_they_are_held_and_under_their_partners(app: TestApp) {
    let cells = async |rows: &str| {
        let query = format!(
            "{{ attendance(rows: {rows}) {{ cells(first: 100) {{ nodes {{ row {{ key \
             name(language: ID) record {{ __typename }} }} batches }} }} }} }}"
        );
        let answer = app.ask(&query).await;
        let fields = ["/row/name", "/row/record/__typename", "/batches"];
        self::rows(&answer, "/attendance/cells/nodes", &fields)
    };
    assert_eq!(cells("HOST_COUNTRY").await, [json!(["ID", "Indonesia", "Country", 4])]);
    let organisers = cells("ORGANISER").await;
    let of = |key: &str| organisers.iter().find(|row| row[0] == key).map(|row| row[3].clone());
    assert_eq!(of("bbspjikb"), Some(json!(1)), "{organisers:?}");
    assert_eq!(of("ditjen-ikm"), Some(json!(1)), "{organisers:?}");
    assert!(organisers.iter().all(|row| row[0].is_null() || row[2] == "Institution"));

    // Somebody hosts the programme, and so each of its batches; in two roles at once, once in each.
    let officer = owner(&app).await;
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let host = app.id_of(&officer, "institution", "diskopindag-malang").await;
    for role in ["HOST", "FUNDER"] {
        let input = format!("programmeId: {programme:?}, institutionId: {host:?}, role: {role}");
        let added = mutation("addPartnership", &input, "partnership { id }");
        let added = app.ask_as(&officer, &added).await;
        assert_eq!(added.refusals("addPartnership"), Vec::<String>::new(), "{added}");
    }
    let hosts = cells("HOST").await;
    assert!(hosts.iter().any(|row| row[0] == "diskopindag-malang" && row[3] == 1), "{hosts:?}");
    let both = "{ attendance(rows: HOST, columns: FUNDER) { cells { nodes { row { key } column { \
                key } batches } } } }";
    let both = app.ask(both).await;
    let pair = json!(["diskopindag-malang", "diskopindag-malang", 1]);
    let pairs = rows(&both, "/attendance/cells/nodes", &["/column/key", "/batches"]);
    assert!(pairs.contains(&pair), "{pairs:?}");
    for (dimension, wanted) in [
        ("CATEGORY", vec![json!([null, null, null, 3])]),
        ("HAS_HEAD", vec![json!(["false", "false", null, 3])]),
    ] {
        assert_eq!(cells(dimension).await, wanted, "{dimension}");
    }
}

async fn days_known_to_the_year_have_no_month(app: TestApp) {
    let officer = owner(&app).await;
    let batch = bare_draft(&app, &officer, "some-day-2022", "").await;
    let source = app.id_of(&officer, "source", "hariane-2023-jewellery").await;
    let input = format!(
        "batchId: {batch:?}, sourceId: {source:?}, startsOn: {{date: \"2022-01-01\", precision: \
         YEAR}}"
    );
    let filed = app.ask_as(&officer, &mutation("fileClaims", &input, "claims { id }")).await;
    assert_eq!(filed.refusals("fileClaims"), Vec::<String>::new(), "{filed}");
    let cells = async |rows: &str| {
        let query = format!(
            "{{ attendance(rows: {rows}) {{ cells(first: 100) {{ nodes {{ row {{ key name }} \
             batches }} }} }} }}"
        );
        let answer = app.ask_as(&officer, &query).await;
        self::rows(&answer, "/attendance/cells/nodes", &["/row/name", "/batches"])
    };
    assert_eq!(
        cells("QUARTER").await,
        [
            json!([null, null, 1]),
            json!(["2017-Q3", "2017-Q3", 1]),
            json!(["2018-Q4", "2018-Q4", 1]),
            json!(["2020-Q3", "2020-Q3", 1]),
            json!(["2023-Q4", "2023-Q4", 1]),
        ]
    );
    let months = cells("MONTH").await;
    let keys: Vec<&Value> = months.iter().map(|row| &row[0]).collect();
    assert_eq!(json!(keys), json!([null, "2017-08", "2018-11", "2020-09", "2023-11"]));
}

async fn further_measures_take_a_statement_each(app: TestApp) {
    let asked = |order: &str, fields: &str| {
        format!("{{ attendance(rows: COUNTRY) {{ cells{order} {{ nodes {{ {fields} }} }} }} }}")
    };
    let order = "(orderBy: {field: ATTENDED})";
    for (order, fields, statements) in [
        ("", "count firstTime returning", 1),
        ("", "medianPeople", 2),
        ("", "personDays { atLeast }", 2),
        ("", "share", 2),
        (order, "count", 2),
        (order, "people { atLeast } personDays { atLeast } medianPeople share", 6),
    ] {
        let answer = app.ask(&asked(order, fields)).await;
        assert_eq!(answer.statements, statements, "{order} {fields}: {answer}");
    }
}

/// Large tables are counted in another way than pages are, and years of countries in the index of
/// delegations: the numbers are the same as those of a cube that joins batches.
async fn whole_tables_count_as_pages_do(app: TestApp) {
    let officer = owner(&app).await;
    let batch = bare_draft(&app, &officer, "undated", "").await;
    invite(&app, &officer, &batch, &["TL", "KH"]).await;
    let state = app.state_with("");
    for columns in ["", ", columns: YEAR", ", columns: PROGRAMME"] {
        for fields in ["count", "state count unsettled countries", "state batches"] {
            let query = |which: &str| {
                format!(
                    "{{ attendance(rows: COUNTRY{columns}{which}) {{ cells {{ nodes {{ row {{ key \
                     }} column {{ key }} {fields} }} }} }} }}"
                )
            };
            let whole = json!({ "query": query("") });
            let whole = crate::http::post(&state, whole, &[("accept", "text/csv")]).await;
            let joined = json!({ "query": query(", batches: {key: {isNull: false}}") });
            let joined = crate::http::post(&state, joined, &[("accept", "text/csv")]).await;
            let text = |reply: &[u8]| String::from_utf8_lossy(reply).into_owned();
            assert_eq!(text(&whole.body), text(&joined.body), "{columns} {fields}");
            assert!(text(&whole.body).lines().count() > 18, "{}", text(&whole.body));
            // A draft is counted for those who see it, under no year.
            let pages =
                app.ask_as(&officer, &query("").replace("cells", "cells(first: 100)")).await;
            let other = query(", batches: {key: {isNull: false}}");
            let other = app.ask_as(&officer, &other.replace("cells", "cells(first: 100)")).await;
            assert_eq!(pages.at("/attendance"), other.at("/attendance"), "{columns} {fields}");
            let rows = pages.texts("/attendance/cells/nodes", "/row/key");
            assert!(rows.contains(&"TL"), "{rows:?}");
        }
    }
}
