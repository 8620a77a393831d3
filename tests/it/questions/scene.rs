//! Made-up batches with all that is asked about them.

use sea_orm::ConnectionTrait;

use crate::support::{Backend, TestApp, writable};

/// Countries that send delegations.
const SENDERS: [&str; 8] = ["BN", "ID", "KH", "LA", "MM", "PH", "TH", "VN"];
/// Countries of the venues: two of them in one country.
const HOSTS: [&str; 5] = ["ID", "ID", "TH", "LA", "JP"];
/// How many batches there are; the last is a draft.
const BATCHES: usize = 12;

/// The id of the record `number` of a kind.
fn id(app: &TestApp, kind: usize, number: usize) -> String {
    match app.backend {
        Backend::Postgres => format!("'01900000-0000-7000-8e{kind:02x}-{number:012x}'::uuid"),
        Backend::Sqlite => format!("x'01900000000070008e{kind:02x}{number:012x}'"),
    }
}

/// What has no unknown parts: key, version and times.
fn record(app: &TestApp, kind: usize, number: usize, key: &str) -> String {
    let now = match app.backend {
        Backend::Postgres => "TIMESTAMPTZ '2026-01-01T00:00:00+00:00'",
        Backend::Sqlite => "'2026-01-01T00:00:00+00:00'",
    };
    format!("{}, '{key}', 1, {now}, {now}", id(app, kind, number))
}

fn or_null(number: Option<usize>) -> String {
    number.map_or_else(|| "NULL".to_owned(), |number| number.to_string())
}

/// Rows of a table.
struct Rows {
    table: &'static str,
    columns: String,
    values: Vec<String>,
}

impl Rows {
    fn new(table: &'static str, columns: &str) -> Self {
        Self { table, columns: columns.to_owned(), values: Vec::new() }
    }

    /// Those of records, with these columns behind what they have in common.
    fn of_records(table: &'static str, columns: &str) -> Self {
        Self::new(table, &format!("id, key, version, created_at, updated_at, {columns}"))
    }

    async fn insert(self, db: &impl ConnectionTrait) {
        let Self { table, columns, values } = self;
        let statement = format!("INSERT INTO {table} ({columns}) VALUES ({})", values.join("), ("));
        let inserted = db.execute_unprepared(&statement).await;
        inserted.unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
}

/// Three programmes with four batches each, at which some of eight countries, three institutions
/// and five people take part. Whatever hangs from the last batch, a draft, is beyond all others: it
/// would change each answer.
pub async fn fill(app: &TestApp) {
    let db = writable(app).await;
    let day = |day: &str| match app.backend {
        Backend::Postgres => format!("DATE '{day}'"),
        Backend::Sqlite => format!("'{day}'"),
    };
    let mut bodies = Rows::of_records("institution", "kind, country_code, sort_name, search_text");
    for body in 0..3 {
        let record = record(app, 1, body, &format!("asked-body-{body}"));
        bodies.values.push(format!("{record}, 'GOVERNMENT', 'ID', 'body {body}', 'body {body}'"));
    }
    bodies.insert(&db).await;
    let mut venues = Rows::of_records(
        "venue",
        "kind, name, country_code, sort_name, \
         search_text",
    );
    for (venue, country) in HOSTS.iter().enumerate() {
        let record = record(app, 2, venue, &format!("asked-venue-{venue}"));
        venues.values.push(format!("{record}, 'SITE', 'V', '{country}', 'v', 'v'"));
    }
    venues.insert(&db).await;
    let mut programmes = Rows::of_records(
        "programme",
        "owner_id, title, language, modality, \
         sort_title, search_text",
    );
    for programme in 0..3 {
        let record = record(app, 3, programme, &format!("asked-{programme}"));
        let owner = id(app, 1, 0);
        programmes
            .values
            .push(format!("{record}, {owner}, 'Asked', 'en', 'REGIONAL', 'asked', 'asked'"));
    }
    programmes.insert(&db).await;
    let mut batches = Rows::of_records(
        "batch",
        "owner_id, programme_id, ordinal, mode, status, \
         starts_on, ends_on, participants_min, participants_max, has_parts, sort_date, sort_title, \
         search_text, sort_participants, sort_duration, sort_delegations, sort_ordinal",
    );
    let mut held = Rows::new("batch_venue", "batch_id, venue_id");
    for batch in 0..BATCHES {
        let record = record(app, 4, batch, &format!("asked-{}-{}", batch % 3, batch / 3));
        let is_draft = batch + 1 == BATCHES;
        let status = if is_draft { "DRAFT" } else { "CLOSED" };
        let (starts, ends) = (
            day(&format!("20{:02}-03-{:02}", 10 + batch / 2, 1 + batch)),
            day(&format!("20{:02}-03-{:02}", 10 + batch / 2, 3 + 2 * batch)),
        );
        let people = (batch % 4 != 1).then_some(90 + batch * 4);
        let ordinal = batch / 3 + 1;
        batches.values.push(format!(
            "{record}, {owner}, {programme}, {ordinal}, 'ONSITE', '{status}', {starts}, {ends}, \
             {people}, {people}, FALSE, {starts}, 'asked', 'asked', {sort_people}, {days}, \
             {parties}, {ordinal}",
            owner = id(app, 1, 0),
            programme = id(app, 3, batch % 3),
            people = or_null(people),
            sort_people = people.map_or_else(|| "-1".to_owned(), |people| people.to_string()),
            days = 3 + batch,
            parties = (0..SENDERS.len()).filter(|sender| sends(batch, *sender)).count(),
        ));
        held.values.push(format!("{}, {}", id(app, 4, batch), id(app, 2, batch % 5)));
        if batch % 4 == 0 {
            held.values.push(format!("{}, {}", id(app, 4, batch), id(app, 2, (batch + 1) % 5)));
        }
    }
    batches.insert(&db).await;
    held.insert(&db).await;
    parties(app, &db, &day).await;
    people(app, &db).await;
}

/// Whether a country is recorded at a batch: the first at each, all at the draft.
fn sends(batch: usize, sender: usize) -> bool {
    sender == 0 || batch + 1 == BATCHES || (batch * 5 + sender * 3) % 7 < 4
}

async fn parties(app: &TestApp, db: &impl ConnectionTrait, day: impl Fn(&str) -> String) {
    let mut parties = Rows::of_records(
        "delegation",
        "batch_id, represents, country_code, status, \
         headcount_min, headcount_max, sort_date, sort_name, sort_programme, sort_headcount",
    );
    let mut claims = Rows::of_records(
        "claim",
        "source_id, batch_id, delegation_id, property, \
         text, status, rank",
    );
    let mut number = 0;
    for batch in 0..BATCHES {
        for (sender, country) in SENDERS.iter().enumerate() {
            if !sends(batch, sender) {
                continue;
            }
            number += 1;
            let record_of =
                |kind, what: &str| record(app, kind, number, &format!("{what}-{number}"));
            let status =
                if sender > 0 && (batch + sender) % 6 == 0 { "NOT_SENT" } else { "ATTENDED" };
            let heads = (status == "ATTENDED" && (batch + sender) % 5 != 0)
                .then_some(1 + (batch * 7 + sender * 3) % 9);
            let date = day(&format!("20{:02}-03-{:02}", 10 + batch / 2, 1 + batch));
            let (heads, sort) = (or_null(heads), heads.map_or(-1, |heads| heads as i64));
            let batch_id = id(app, 4, batch);
            parties.values.push(format!(
                "{}, {batch_id}, 'COUNTRY', '{country}', '{status}', {heads}, {heads}, {date}, \
                 '{}', 'asked-{}', {sort}",
                record_of(5, "asked-party"),
                country.to_lowercase(),
                batch % 3,
            ));
            // Of each fourth batch nothing is stated.
            if batch % 4 == 3 {
                continue;
            }
            let printed = ["Laos", "Lao PDR", "Laos, PDR"][batch % 3];
            let printed = if *country == "LA" { printed } else { "another" };
            claims.values.push(format!(
                "{}, (SELECT id FROM source ORDER BY key LIMIT 1 OFFSET {}), {batch_id}, {}, \
                 'ATTENDANCE', '{printed}', '{status}', 'NORMAL'",
                record_of(6, "asked-claim"),
                batch % 2,
                id(app, 5, number),
            ));
        }
    }
    parties.insert(db).await;
    claims.insert(db).await;
}

async fn people(app: &TestApp, db: &impl ConnectionTrait) {
    let mut people = Rows::of_records("person", "name, sort_name");
    let mut engagements = Rows::of_records("engagement", "person_id, batch_id, role");
    let mut roles = Rows::of_records("partnership", "institution_id, batch_id, role");
    let mut number = 0;
    for person in 0..5 {
        let record = record(app, 7, person, &format!("asked-person-{person}"));
        people.values.push(format!("{record}, 'P', 'p'"));
    }
    for batch in 0..BATCHES {
        for person in 0..5 {
            // The last two only take part, which is private.
            let role = if person < 3 { "TRAINER" } else { "PARTICIPANT" };
            if batch + 1 == BATCHES || (batch + 2 * person) % (4 + 3 * person) == 0 {
                number += 1;
                let record = record(app, 8, number, &format!("asked-engagement-{number}"));
                let (person, batch) = (id(app, 7, person), id(app, 4, batch));
                engagements.values.push(format!("{record}, {person}, {batch}, '{role}'"));
            }
        }
        for body in 0..3 {
            if batch + 1 == BATCHES || batch % (2 + 3 * body) == 0 {
                number += 1;
                let record = record(app, 9, number, &format!("asked-partnership-{number}"));
                let (body, batch) = (id(app, 1, body), id(app, 4, batch));
                roles.values.push(format!("{record}, {body}, {batch}, 'HOST'"));
            }
        }
    }
    people.insert(db).await;
    engagements.insert(db).await;
    roles.insert(db).await;
}
