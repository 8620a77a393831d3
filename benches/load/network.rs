//! Plausible networks of any size, the same at every run: rows as the rules of the register would
//! leave them, written by the database itself, since the write door takes minutes for millions.

use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr};

/// How large a network is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Institutions; every hundredth is a ministry that keeps programmes.
    pub institutions: u64,
    /// Programmes, which take the batches in turn.
    pub programmes: u64,
    /// Batches, each with ten delegations and a workshop.
    pub batches: u64,
}

impl Size {
    /// The size that a word names.
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "small" => Some(Self { institutions: 200, programmes: 10, batches: 200 }),
            "medium" => Some(Self { institutions: 20_000, programmes: 100, batches: 10_000 }),
            "large" => Some(Self { institutions: 20_000, programmes: 400, batches: 200_000 }),
            _ => None,
        }
    }
}

const SUBJECTS: [&str; 12] = [
    "Jewellery Design",
    "Batik Dyeing",
    "Rattan Weaving",
    "Food Safety",
    "Leather Tanning",
    "Halal Certification",
    "Digital Marketing",
    "Ceramics",
    "Bamboo Furniture",
    "Energy Audit",
    "Palm Oil Processing",
    "Trade Finance",
];
const FORMS: [&str; 5] = ["Training", "Workshop", "Study Visit", "Refresher", "Master Class"];
const CITIES: [&str; 10] = [
    "Yogyakarta",
    "Bandung",
    "Surabaya",
    "Denpasar",
    "Makassar",
    "Phnom Penh",
    "Vientiane",
    "Hanoi",
    "Manila",
    "Bangkok",
];
const STATUSES: [&str; 10] = [
    "ATTENDED",
    "ATTENDED",
    "INVITED",
    "ATTENDED",
    "CONFIRMED",
    "ATTENDED",
    "DECLINED",
    "ATTENDED",
    "NOT_SENT",
    "ATTENDED",
];

/// The dialect of a database.
struct Sql(DatabaseBackend);

impl Sql {
    /// The id of the record `number` (an expression) of a kind.
    fn id(&self, kind: u32, number: &str) -> String {
        match self.0 {
            DatabaseBackend::Postgres => {
                format!(
                    "CAST('01900000-0000-7000-8{kind:03x}-' || lpad(to_hex({number}), 12, '0') AS \
                     uuid)"
                )
            }
            _ => format!("unhex('01900000000070008{kind:03x}' || printf('%012x', {number}))"),
        }
    }

    /// The day so many days after the first one of 2000.
    fn day(&self, days: &str) -> String {
        match self.0 {
            DatabaseBackend::Postgres => format!("(DATE '2000-01-01' + CAST({days} AS integer))"),
            _ => format!("date('2000-01-01', ({days}) || ' days')"),
        }
    }

    /// One of some words.
    fn word(&self, number: &str, words: &[&str]) -> String {
        let cases: Vec<String> = words
            .iter()
            .enumerate()
            .map(|(place, word)| format!("WHEN {place} THEN '{word}'"))
            .collect();
        format!("CASE ({number}) % {} {} END", words.len(), cases.join(" "))
    }

    fn moment(&self) -> &'static str {
        match self.0 {
            DatabaseBackend::Postgres => "TIMESTAMPTZ '2026-01-01T00:00:00+00:00'",
            _ => "'2026-01-01T00:00:00+00:00'",
        }
    }
}

const INSTITUTION: u32 = 1;
const PROGRAMME: u32 = 2;
const BATCH: u32 = 3;
const DELEGATION: u32 = 4;
const WORKSHOP: u32 = 5;
const SOURCE: u32 = 6;
const CLAIM: u32 = 7;
const NAME: u32 = 8;

/// Fills a register that has nothing but its reference data.
pub async fn fill(db: &DatabaseConnection, size: Size) -> Result<(), DbErr> {
    for statement in statements(db.get_database_backend(), size) {
        db.execute_unprepared(&statement).await?;
    }
    Ok(())
}

fn statements(
    backend: DatabaseBackend,
    Size { institutions, programmes, batches }: Size,
) -> Vec<String> {
    let sql = Sql(backend);
    let now = sql.moment();
    let ministries = institutions.div_ceil(100);
    let stamps = format!("1, {now}, {now}");
    let series = |rows: u64| {
        format!(
            "WITH RECURSIVE s(i) AS (SELECT CAST(0 AS bigint) UNION ALL SELECT i + 1 FROM s WHERE \
             i < {rows} - 1), c(n, code, name) AS (SELECT row_number() OVER (ORDER BY code) - 1, \
             code, sort_name FROM country WHERE length(code) = 2 AND valid_to IS NULL), many(n) AS \
             (SELECT count(*) FROM c)"
        )
    };
    let subject = sql.word("i", &SUBJECTS);
    let (form, city) = (sql.word("i / 12", &FORMS), sql.word("i / 7", &CITIES));
    let title = format!("{form} || ' on ' || {subject} || ' in ' || {city} || ' ' || i");
    let owner = |number: &str| sql.id(INSTITUTION, &format!("(({number}) % {ministries}) * 100"));
    // A batch begins on one of nine thousand days, and takes eight.
    let (starts, ends) = (sql.day("(i * 7919) % 9000"), sql.day("(i * 7919) % 9000 + 7"));
    let batch_of = "i / 10";
    // 23 and the number of countries have no common factor that ten steps would meet.
    let country = "c.n = ((i / 10) * 37 + (i % 10) * 23) % (SELECT n FROM many)";
    let status = sql.word("i * 7 + i / 10", &STATUSES);
    let place = sql.day("((i / 10) * 7919) % 9000");
    let source = |number: &str| sql.id(SOURCE, &format!("({number}) % {programmes}"));
    let claim = "INSERT INTO claim (id, key, version, created_at, updated_at, source_id, batch_id, \
                 delegation_id, property, text, language, date, precision, status, rank)";
    vec![
        format!(
            "INSERT INTO institution (id, key, version, created_at, updated_at, kind, \
             country_code, city, sort_name, search_text) {} SELECT {}, 'inst-' || i, {stamps}, \
             CASE WHEN i % 100 = 0 THEN 'GOVERNMENT' ELSE 'PRIVATE_SECTOR' END, c.code, {city}, \
             'institution ' || i, 'institution ' || i FROM s JOIN c ON c.n = i % (SELECT n FROM \
             many)",
            series(institutions),
            sql.id(INSTITUTION, "i"),
        ),
        format!(
            "INSERT INTO institution_ancestor (institution_id, ancestor_id, depth) {} SELECT {id}, \
             {id}, 0 FROM s",
            series(institutions),
            id = sql.id(INSTITUTION, "i"),
        ),
        format!(
            "INSERT INTO institution_name (id, institution_id, language, kind, name, search_text, \
             precision) {} SELECT {}, {}, 'en', 'COMMON', 'Institution ' || i, 'institution ' || \
             i, 'DAY' FROM s",
            series(institutions),
            sql.id(NAME, "i"),
            sql.id(INSTITUTION, "i"),
        ),
        format!(
            "INSERT INTO programme (id, key, version, created_at, updated_at, owner_id, title, \
             language, modality, sort_title, search_text) {} SELECT {}, 'prog-' || i, {stamps}, \
             {}, 'Programme ' || i, 'en', 'REGIONAL', 'programme ' || i, 'programme ' || i FROM s",
            series(programmes),
            sql.id(PROGRAMME, "i"),
            owner("i"),
        ),
        format!(
            "INSERT INTO source (id, key, version, created_at, updated_at, kind, title, language, \
             publisher_id, precision, origin_id, sort_date, sort_title, search_text) {} SELECT \
             {id}, 'src-' || i, {stamps}, 'NEWS_REPORT', 'Report ' || i, 'en', {}, 'DAY', {id}, \
             {}, 'report ' || i, 'report ' || i FROM s",
            series(programmes),
            owner("i"),
            match backend {
                DatabaseBackend::Postgres => "DATE '9999-12-31'",
                _ => "'9999-12-31'",
            },
            id = sql.id(SOURCE, "i"),
        ),
        format!(
            "INSERT INTO batch (id, key, version, created_at, updated_at, owner_id, programme_id, \
             ordinal, mode, status, title, title_language, starts_on, starts_precision, ends_on, \
             ends_precision, sort_date, sort_title, search_text) {} SELECT {}, 'batch-' || i, \
             {stamps}, {}, {}, i / {programmes} + 1, 'ONSITE', 'CLOSED', {title}, 'en', {starts}, \
             'DAY', {ends}, 'DAY', {starts}, lower({title}), lower({title}) FROM s",
            series(batches),
            sql.id(BATCH, "i"),
            owner(&format!("i % {programmes}")),
            sql.id(PROGRAMME, &format!("i % {programmes}")),
        ),
        format!(
            "INSERT INTO workshop (id, key, version, created_at, updated_at, batch_id, position, \
             kind, title, language, starts_on, ends_on, status, sort_date, search_text) {} SELECT \
             {}, 'ws-' || i, {stamps}, {}, 1, 'TRAINING', {title}, 'en', {starts}, {ends}, \
             'SCHEDULED', {starts}, lower({title}) FROM s",
            series(batches),
            sql.id(WORKSHOP, "i"),
            sql.id(BATCH, "i"),
        ),
        format!(
            "INSERT INTO delegation (id, key, version, created_at, updated_at, batch_id, \
             represents, country_code, status, sort_date, sort_name, sort_programme) {} SELECT {}, \
             'del-' || i, {stamps}, {}, 'COUNTRY', c.code, {status}, {place}, c.name, {} FROM s \
             JOIN c ON {country}",
            series(batches * 10),
            sql.id(DELEGATION, "i"),
            sql.id(BATCH, batch_of),
            format!("'prog-' || (({batch_of}) % {programmes})"),
        ),
        format!(
            "{claim} {} SELECT {}, 'att-' || i, {stamps}, {}, {}, {}, 'ATTENDANCE', NULL, NULL, \
             NULL, NULL, {status}, 'NORMAL' FROM s",
            series(batches * 10),
            sql.id(CLAIM, "i"),
            source(batch_of),
            sql.id(BATCH, batch_of),
            sql.id(DELEGATION, "i"),
        ),
        ["TITLE", "STARTS_ON", "ENDS_ON"]
            .iter()
            .enumerate()
            .map(|(place, property)| {
                let (text, language, date, precision) = match *property {
                    "TITLE" => (title.as_str(), "'en'", "CAST(NULL AS date)", "NULL"),
                    "STARTS_ON" => ("NULL", "NULL", starts.as_str(), "'DAY'"),
                    _ => ("NULL", "NULL", ends.as_str(), "'DAY'"),
                };
                format!(
                    "{claim} {} SELECT {}, '{}-' || i, {stamps}, {}, {}, NULL, '{property}', \
                     {text}, {language}, {date}, {precision}, NULL, 'NORMAL' FROM s;",
                    series(batches),
                    sql.id(CLAIM, &format!("{} + i", batches * (10 + place as u64))),
                    property.to_lowercase().replace('_', "-"),
                    source("i"),
                    sql.id(BATCH, "i"),
                )
                .replace("CAST(NULL AS date)", "NULL")
            })
            .collect::<String>(),
        // Made anew when the register is opened.
        "DELETE FROM search_entry".to_owned(),
        "ANALYZE".to_owned(),
    ]
}
