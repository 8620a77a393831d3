//! The questions that analysts ask, each in one request, over made-up data; each answer is held
//! against SQL by hand.

mod scene;

use jejaring::access::Actor;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

both_dbs!(
    the_largest_delegation_of_each_batch,
    who_was_at_every_batch,
    who_was_at_one_and_not_at_the_next,
    the_top_ten,
    the_first_and_the_last_year,
    members_that_never_came,
    hosts_that_are_members,
    partners_in_several_countries,
    names_as_printed,
    people_at_several_batches,
    many_people_and_no_source,
    the_median_of_heads,
    published_and_counted,
);

/// Asks an operation of the examples about the made-up data; it must take so many statements.
async fn ask(app: &TestApp, operation: &str, variables: Value, statements: u64) -> Answer {
    scene::fill(app).await;
    let answer = app.ask_with(&Actor::Anonymous, operation, variables).await;
    assert!(answer.errors.is_empty(), "{answer}");
    assert_eq!(answer.statements, statements, "{answer}");
    answer
}

/// The lines that SQL by hand answers with, in its order.
async fn by_hand(app: &TestApp, sql: &str) -> Vec<String> {
    let db = app.app.db.reading();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await;
    let rows = rows.unwrap_or_else(|error| panic!("{error}: {sql}"));
    let line = |row: &sea_orm::QueryResult| {
        let line: Option<String> = row.try_get_by_index(0).expect("a line");
        line.expect("a line that is not null")
    };
    rows.iter().map(line).collect()
}

/// Some of what each item of a list has, as lines: what is null is a dash.
fn lines(answer: &Answer, list: &str, parts: &[&str]) -> Vec<String> {
    let items = answer.at(list).as_array().expect("a list");
    let part = |item: &Value, part: &str| match item.pointer(part) {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let line = |item: &Value| parts.iter().map(|at| part(item, at)).collect::<Vec<_>>().join(" ");
    items.iter().map(line).collect()
}

/// Delegations of countries that attended, at batches that everybody may see.
const ATTENDED: &str = "delegation d JOIN batch b ON b.id = d.batch_id AND b.status <> 'DRAFT' \
                        WHERE d.status = 'ATTENDED' AND d.country_code IS NOT NULL";

async fn the_largest_delegation_of_each_batch(app: TestApp) {
    let operation = include_str!("operations/g01_largest_delegation.graphql");
    let answer = ask(&app, operation, json!({}), 2).await;
    let parts = ["/key", "/delegations/nodes/0/key", "/delegations/nodes/0/headcountMin"];
    let largest = "SELECT b.key || ' ' || COALESCE((SELECT d.key || ' ' || \
                   COALESCE(CAST(d.headcount_min AS text), '-') FROM delegation d WHERE d.batch_id \
                   = b.id AND d.status = 'ATTENDED' ORDER BY COALESCE(d.headcount_min, -1) DESC, \
                   d.id DESC LIMIT 1), '- -') FROM batch b WHERE b.status <> 'DRAFT' ORDER BY \
                   b.sort_date, b.id";
    assert_eq!(lines(&answer, "/batches/nodes", &parts), by_hand(&app, largest).await);
}

async fn who_was_at_every_batch(app: TestApp) {
    let operation = include_str!("operations/g02_at_every_batch.graphql");
    let answer = ask(&app, operation, json!({ "programme": "asked-1" }), 3).await;
    let of_programme = "b.programme_id = (SELECT id FROM programme WHERE key = 'asked-1')";
    let every = format!(
        "SELECT d.country_code || ' ' || COUNT(DISTINCT b.id) FROM {ATTENDED} AND {of_programme} \
         GROUP BY d.country_code HAVING COUNT(DISTINCT b.id) = (SELECT COUNT(*) FROM batch b WHERE \
         b.status <> 'DRAFT' AND {of_programme}) ORDER BY d.country_code"
    );
    let found = lines(&answer, "/delegations/groups/nodes", &["/keys/0/record/code", "/batches"]);
    assert_eq!(found, by_hand(&app, &every).await);
    assert!(!found.is_empty() && found.len() < 8, "{found:?}");
    assert_eq!(answer.at("/delegations/groups/totalCount"), found.len());
    assert_eq!(answer.at("/batches/totalCount"), 4);
}

async fn who_was_at_one_and_not_at_the_next(app: TestApp) {
    let operation = include_str!("operations/g03_at_one_not_at_the_next.graphql");
    let variables = json!({ "one": "asked-0-0", "next": "asked-0-1" });
    let answer = ask(&app, operation, variables, 2).await;
    for (list, one, other) in
        [("/left/nodes", "asked-0-0", "asked-0-1"), ("/joined/nodes", "asked-0-1", "asked-0-0")]
    {
        let went = format!(
            "SELECT DISTINCT d.country_code FROM {ATTENDED} AND b.key = '{one}' AND \
             d.country_code NOT IN (SELECT d.country_code FROM {ATTENDED} AND b.key = '{other}') \
             ORDER BY d.country_code"
        );
        assert_eq!(answer.sorted(list, "/code"), by_hand(&app, &went).await);
    }
}

async fn the_top_ten(app: TestApp) {
    let operation = include_str!("operations/g04_top_ten.graphql");
    let answer = ask(&app, operation, json!({}), 4).await;
    for (list, measure, tail) in [
        ("byBatches", "COUNT(DISTINCT b.id)", "batches"),
        ("byHeads", "SUM(d.headcount_min)", "heads"),
    ] {
        let top = format!(
            "SELECT d.country_code || ' ' || COALESCE(CAST({measure} AS text), '-') FROM \
             {ATTENDED} GROUP BY d.country_code ORDER BY CASE WHEN {measure} IS NULL THEN 1 ELSE 0 \
             END, {measure} DESC, d.country_code LIMIT 10"
        );
        let list = format!("/delegations/{list}/nodes");
        let found = lines(&answer, &list, &["/keys/0/record/code", &format!("/{tail}")]);
        assert_eq!(found, by_hand(&app, &top).await);
        assert_eq!(found.len(), 10);
    }
}

async fn the_first_and_the_last_year(app: TestApp) {
    let operation = include_str!("operations/g05_first_and_last_year.graphql");
    let answer = ask(&app, operation, json!({}), 2).await;
    let year = "CAST(substr(CAST(b.sort_date AS text), 1, 4) AS integer)";
    let years = format!(
        "SELECT d.country_code || ' ' || MIN({year}) || ' ' || MAX({year}) || ' ' || \
         COUNT(DISTINCT {year}) FROM {ATTENDED} GROUP BY d.country_code ORDER BY MIN({year}), \
         d.country_code"
    );
    let parts = ["/keys/0/record/code", "/first", "/last", "/years"];
    let found = lines(&answer, "/delegations/groups/nodes", &parts);
    assert_eq!(found, by_hand(&app, &years).await);
}

async fn members_that_never_came(app: TestApp) {
    let operation = include_str!("operations/g06_members_that_never_came.graphql");
    let answer = ask(&app, operation, json!({ "group": "ahkfta" }), 5).await;
    let never = format!(
        "SELECT m.country_code FROM membership m JOIN regional_group g ON g.id = \
         m.regional_group_id WHERE g.key = 'ahkfta' AND m.kind IN ('FULL', 'PARTY') AND m.valid_to \
         IS NULL AND m.country_code NOT IN (SELECT d.country_code FROM {ATTENDED}) ORDER BY \
         m.country_code"
    );
    let mut found = answer.texts("/membersNotAttending/unknown", "/code");
    found.extend(answer.texts("/membersNotAttending/sentNobody", "/code"));
    found.sort_unstable();
    assert_eq!(found, by_hand(&app, &never).await);
    assert!(!found.is_empty());
}

async fn hosts_that_are_members(app: TestApp) {
    let operation = include_str!("operations/g07_hosts_that_are_members.graphql");
    let variables = json!({ "group": "asean", "day": "2015-01-01" });
    let answer = ask(&app, operation, variables, 2).await;
    let hosts = "SELECT CAST(COUNT(DISTINCT v.country_code) AS text) FROM venue v JOIN batch_venue \
                 l ON l.venue_id = v.id JOIN batch b ON b.id = l.batch_id WHERE b.status <> \
                 'DRAFT'";
    let day = "DATE('2015-01-01')";
    let members = format!(
        "{hosts} AND v.country_code IN (SELECT m.country_code FROM membership m JOIN \
         regional_group g ON g.id = m.regional_group_id WHERE g.key = 'asean' AND (m.valid_from IS \
         NULL OR m.valid_from <= {day}) AND (m.valid_to IS NULL OR m.valid_to >= {day}))"
    );
    for (count, sql) in [("/hosts/totalCount", hosts), ("/members/totalCount", &members)] {
        assert_eq!([answer.at(count).to_string()], by_hand(&app, sql).await[..]);
    }
    assert_ne!(answer.at("/hosts/totalCount"), answer.at("/members/totalCount"));
}

async fn partners_in_several_countries(app: TestApp) {
    let operation = include_str!("operations/g08_partners_in_several_countries.graphql");
    let answer = ask(&app, operation, json!({}), 2).await;
    let countries = "COUNT(DISTINCT v.country_code)";
    let partners = format!(
        "SELECT i.key || ' ' || {countries} || ' ' || COUNT(DISTINCT b.id) FROM partnership p JOIN \
         institution i ON i.id = p.institution_id JOIN batch b ON b.id = p.batch_id AND b.status \
         <> 'DRAFT' LEFT JOIN batch_venue l ON l.batch_id = b.id LEFT JOIN venue v ON v.id = \
         l.venue_id GROUP BY i.key HAVING {countries} >= 3 ORDER BY {countries} DESC, i.key"
    );
    let parts = ["/keys/0/record/key", "/countries", "/batches"];
    let found = lines(&answer, "/partnerships/groups/nodes", &parts);
    let mut expected = by_hand(&app, &partners).await;
    // Ties are broken by id.
    assert_eq!(answer.at("/partnerships/groups/totalCount"), expected.len());
    assert!(!expected.is_empty());
    expected.sort();
    let mut sorted = found.clone();
    sorted.sort();
    assert_eq!(sorted, expected);
}

async fn names_as_printed(app: TestApp) {
    let operation = include_str!("operations/g09_printed_names.graphql");
    let answer = ask(&app, operation, json!({}), 1).await;
    let names = "SELECT c.text || ' ' || COUNT(*) || ' ' || COUNT(DISTINCT c.source_id) FROM \
                 claim c \
                 JOIN delegation d ON d.id = c.delegation_id JOIN batch b ON b.id = c.batch_id AND \
                 b.status <> 'DRAFT' WHERE d.country_code = 'LA' AND c.text IS NOT NULL GROUP BY \
                 c.text ORDER BY COUNT(*) DESC, c.text";
    let found = lines(&answer, "/claims/groups/nodes", &["/values/0", "/count", "/sources"]);
    let (mut found, mut expected) = (found, by_hand(&app, names).await);
    // The collation of the text is the database's own.
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert!(found.len() > 2, "{found:?}");
}

/// Those who only take part are nobody's business but the organisers'.
async fn people_at_several_batches(app: TestApp) {
    let operation = include_str!("operations/g10_people_at_several_batches.graphql");
    let answer = ask(&app, operation, json!({}), 2).await;
    let people = |condition: &str| {
        format!(
            "SELECT CAST(COUNT(*) AS text) FROM (SELECT e.person_id FROM engagement e JOIN batch b \
             ON b.id = e.batch_id WHERE {condition} GROUP BY e.person_id HAVING COUNT(DISTINCT \
             b.id) >= 2) AS people"
        )
    };
    let public = people("b.status <> 'DRAFT' AND e.role <> 'PARTICIPANT'");
    let count = |answer: &Answer| answer.at("/engagements/groups/totalCount").to_string();
    let seen = by_hand(&app, &public).await;
    assert_eq!([count(&answer)], seen[..]);
    let all = app.ask_as(&Actor::Operator, operation).await;
    let of_all = by_hand(&app, &people("1 = 1")).await;
    assert_eq!([count(&all)], of_all[..]);
    assert_ne!(seen, of_all);
    assert_eq!(
        answer.at("/engagements/groups/nodes").as_array().expect("a list").len().to_string(),
        seen[0]
    );
}

async fn many_people_and_no_source(app: TestApp) {
    let operation = include_str!("operations/g11_many_people_no_source.graphql");
    let answer = ask(&app, operation, json!({}), 2).await;
    let many = "SELECT b.key || ' ' || b.participants_min FROM batch b WHERE b.status <> 'DRAFT' \
                AND \
                b.participants_min > 100 AND NOT EXISTS (SELECT 1 FROM citation c WHERE \
                c.subject_id = b.id) AND NOT EXISTS (SELECT 1 FROM claim c JOIN source s ON s.id = \
                c.source_id WHERE c.batch_id = b.id AND s.kind <> 'OWNER_STATEMENT') ORDER BY \
                b.participants_min DESC";
    let found = lines(&answer, "/batches/nodes", &["/key", "/participantsMin"]);
    assert_eq!(found, by_hand(&app, many).await);
    assert_eq!(found.len(), 2);
}

/// The middle of each year's numbers, in order.
async fn the_median_of_heads(app: TestApp) {
    let operation = include_str!("operations/g12_median_heads.graphql");
    let answer = ask(&app, operation, json!({}), 2).await;
    let heads = "SELECT substr(CAST(d.sort_date AS text), 1, 4) || ' ' || \
                 COALESCE(CAST(d.headcount_min AS text), '-') FROM delegation d JOIN batch b ON \
                 b.id \
                 = d.batch_id AND b.status <> 'DRAFT' WHERE d.status = 'ATTENDED' ORDER BY \
                 d.sort_date";
    let heads = by_hand(&app, heads).await;
    let of = |year: &str| -> (usize, Vec<f64>) {
        let of_year = heads.iter().filter(|line| line.starts_with(year));
        let of_year: Vec<&str> = of_year.filter_map(|line| line.split(' ').nth(1)).collect();
        let mut known: Vec<f64> = of_year.iter().filter_map(|heads| heads.parse().ok()).collect();
        known.sort_by(f64::total_cmp);
        (of_year.len(), known)
    };
    let holds = |group: &Value, year: &str| {
        let (count, known) = of(year);
        assert_eq!(group["count"], count);
        let middle = (!known.is_empty())
            .then(|| (known[(known.len() - 1) / 2] + known[known.len() / 2]) / 2.0);
        assert_eq!(group["median"].as_f64(), middle, "{year}: {known:?}");
        let mean = (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64);
        assert_eq!(group["average"].as_f64(), mean, "{year}: {known:?}");
    };
    holds(answer.at("/delegations/all/nodes/0"), "");
    let years = answer.at("/delegations/years/nodes").as_array().expect("a list");
    assert!(years.len() > 5, "{answer}");
    years.iter().for_each(|group| holds(group, group["values"][0].as_str().expect("a year")));
}

async fn published_and_counted(app: TestApp) {
    let operation = include_str!("operations/g13_published_and_counted.graphql");
    let answer = ask(&app, operation, json!({}), 2).await;
    let parts = [
        "/key",
        "/participantsMin",
        "/delegations/groups/nodes/0/count",
        "/delegations/groups/nodes/0/heads",
    ];
    let text = |value: &str| format!("COALESCE(CAST({value} AS text), '-')");
    let counted = |measure: &str| {
        format!(
            "(SELECT {measure} FROM delegation d WHERE d.batch_id = b.id AND d.status = 'ATTENDED')"
        )
    };
    let both = format!(
        "SELECT b.key || ' ' || {} || ' ' || {} || ' ' || {} FROM batch b WHERE b.status <> \
         'DRAFT' \
         ORDER BY b.sort_date, b.id",
        text("b.participants_min"),
        text(&counted("NULLIF(COUNT(*), 0)")),
        text(&counted("SUM(d.headcount_min)")),
    );
    assert_eq!(lines(&answer, "/batches/nodes", &parts), by_hand(&app, &both).await);
}
