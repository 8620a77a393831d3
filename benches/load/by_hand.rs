//! The handler by hand: for each query the flat SQL that answers it, and the JSON written from its
//! rows. It knows who may see what as little as anything else, but for leaving drafts out: it is
//! the limit, not an alternative.

mod database;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use chrono::NaiveDate;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use database::{Database, Row};

/// Answers until it is killed.
pub async fn serve(url: &str, pool: usize) {
    let db = Arc::new(Database::open(url, pool).await);
    let router = Router::new()
        .route("/batches", get(batches))
        .route("/country", get(country))
        .route("/institutions", get(institutions))
        .route("/counts", get(counts))
        .route("/page", get(page))
        .with_state(db);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("listening on http://{}", listener.local_addr().expect("an address"));
    axum::serve(listener, router).await.expect("it serves");
}

type Db = Arc<Database>;

#[derive(Serialize)]
struct Data<T> {
    data: T,
}

#[derive(Serialize)]
struct Nodes<T> {
    nodes: Vec<T>,
}

fn json(data: impl Serialize) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], serde_json::to_vec(&Data { data }).expect("JSON"))
}

#[derive(Serialize)]
struct Batches {
    batches: Nodes<Batch>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Batch {
    key: String,
    title: Option<String>,
    starts_on: Option<NaiveDate>,
    delegations: Nodes<Party>,
}

#[derive(Serialize)]
struct Party {
    key: String,
    status: Option<String>,
    country: Option<Country>,
}

#[derive(Serialize)]
struct Country {
    code: String,
    alpha3: String,
}

async fn batches(State(db): State<Db>) -> impl IntoResponse {
    let sql = "SELECT b.key, b.title, b.starts_on, d.key, d.status, c.code, c.alpha3 FROM (SELECT \
               id, key, title, starts_on, sort_date FROM batch WHERE status <> 'DRAFT' ORDER BY \
               sort_date DESC, id DESC LIMIT 20) b LEFT JOIN delegation d ON d.batch_id = b.id \
               LEFT JOIN country c ON c.code = d.country_code ORDER BY b.sort_date DESC, b.id \
               DESC, d.sort_name, d.id";
    let mut nodes: Vec<Batch> = Vec::with_capacity(20);
    for row in db.rows(sql, None).await {
        let key: String = row.at(0);
        if nodes.last().is_none_or(|batch| batch.key != key) {
            let delegations = Nodes { nodes: Vec::with_capacity(10) };
            nodes.push(Batch { key, title: row.at(1), starts_on: row.at(2), delegations });
        }
        let (Some(key), Some(batch)) = (row.at(3), nodes.last_mut()) else { continue };
        let code: Option<String> = row.at(5);
        let country = code.map(|code| Country { code, alpha3: row.at(6) });
        batch.delegations.nodes.push(Party { key, status: row.at(4), country });
    }
    json(Batches { batches: Nodes { nodes } })
}

#[derive(Serialize)]
struct OneCountry {
    country: CountryPage,
}

#[derive(Serialize)]
struct CountryPage {
    code: String,
    alpha3: String,
    delegations: Nodes<Sent>,
}

#[derive(Serialize)]
struct Sent {
    key: String,
    status: Option<String>,
    batch: Run,
}

#[derive(Serialize)]
struct Run {
    key: String,
    title: Option<String>,
    programme: Programme,
}

#[derive(Serialize)]
struct Programme {
    key: String,
    title: String,
    owner: Owner,
}

#[derive(Serialize)]
struct Owner {
    key: String,
    kind: String,
    city: Option<String>,
}

async fn country(State(db): State<Db>) -> impl IntoResponse {
    let sql = "SELECT c.code, c.alpha3, d.key, d.status, b.key, b.title, p.key, p.title, i.key, \
               i.kind, i.city FROM country c JOIN delegation d ON d.country_code = c.code JOIN \
               batch b ON b.id = d.batch_id JOIN programme p ON p.id = b.programme_id JOIN \
               institution i ON i.id = p.owner_id WHERE c.code = 'ID' AND b.status <> 'DRAFT' \
               ORDER BY d.sort_date DESC, d.id DESC LIMIT 50";
    let found = db.rows(sql, None).await;
    let first = found.first().expect("it sent somebody");
    let (code, alpha3) = (first.at(0), first.at(1));
    let nodes = found.iter().map(|row| {
        let owner = Owner { key: row.at(8), kind: row.at(9), city: row.at(10) };
        let programme = Programme { key: row.at(6), title: row.at(7), owner };
        Sent {
            key: row.at(2),
            status: row.at(3),
            batch: Run { key: row.at(4), title: row.at(5), programme },
        }
    });
    json(OneCountry {
        country: CountryPage { code, alpha3, delegations: Nodes { nodes: nodes.collect() } },
    })
}

#[derive(Serialize)]
struct Institutions {
    institutions: Nodes<Institution>,
}

#[derive(Serialize)]
struct Institution {
    key: String,
    kind: String,
    city: Option<String>,
    name: String,
    country: Option<Code>,
}

#[derive(Serialize)]
struct Code {
    code: String,
}

async fn institutions(State(db): State<Db>) -> impl IntoResponse {
    let sql = "SELECT i.key, i.kind, i.city, (SELECT n.name FROM institution_name n WHERE \
               n.institution_id = i.id AND n.language = 'en' AND n.kind = 'COMMON' ORDER BY \
               n.valid_from DESC LIMIT 1), i.country_code FROM institution i ORDER BY i.sort_name, \
               i.id LIMIT 100";
    let nodes = db.rows(sql, None).await;
    let nodes = nodes.iter().map(|row| {
        let name: Option<String> = row.at(3);
        let country: Option<String> = row.at(4);
        let key: String = row.at(0);
        let name = name.unwrap_or_else(|| key.clone());
        Institution {
            key,
            kind: row.at(1),
            city: row.at(2),
            name,
            country: country.map(|code| Code { code }),
        }
    });
    json(Institutions { institutions: Nodes { nodes: nodes.collect() } })
}

#[derive(Serialize)]
struct Counts {
    attendance: Cells,
}

#[derive(Serialize)]
struct Cells {
    cells: Nodes<Cell>,
}

#[derive(Serialize)]
struct Cell {
    row: Key,
    column: Key,
    count: i64,
}

#[derive(Serialize)]
struct Key {
    key: String,
}

async fn counts(State(db): State<Db>) -> impl IntoResponse {
    let sql = "SELECT d.country_code, p.key, count(*) FROM delegation d JOIN batch b ON b.id = \
               d.batch_id JOIN programme p ON p.id = b.programme_id WHERE d.represents = 'COUNTRY' \
               AND b.status <> 'DRAFT' GROUP BY d.country_code, p.key ORDER BY d.country_code, \
               p.key LIMIT 100";
    let nodes = db.rows(sql, None).await;
    let cell = |row: &Row| Cell {
        row: Key { key: row.at(0) },
        column: Key { key: row.at(1) },
        count: row.at(2),
    };
    json(Counts { attendance: Cells { cells: Nodes { nodes: nodes.iter().map(cell).collect() } } })
}

#[derive(Serialize)]
struct Page {
    delegations: Nodes<Listed>,
}

#[derive(Serialize)]
struct Listed {
    key: String,
    status: Option<String>,
    #[serde(serialize_with = "code")]
    country: Option<String>,
}

fn code<S: Serializer>(code: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    code.as_ref().map(|code| Code { code: code.clone() }).serialize(serializer)
}

async fn page(
    State(db): State<Db>,
    Query(place): Query<HashMap<String, String>>,
) -> impl IntoResponse {
    let sql = "SELECT d.key, d.status, d.country_code FROM delegation d JOIN batch b ON b.id = \
               d.batch_id WHERE (d.sort_date, d.id) > ($1, $2) AND b.status <> 'DRAFT' ORDER BY \
               d.sort_date, d.id LIMIT 20";
    let day: NaiveDate = place["day"].parse().expect("a date");
    let id: Uuid = place["id"].parse().expect("an id");
    let nodes = db.rows(sql, Some((day, id))).await;
    let listed = |row: &Row| Listed { key: row.at(0), status: row.at(1), country: row.at(2) };
    json(Page { delegations: Nodes { nodes: nodes.iter().map(listed).collect() } })
}
