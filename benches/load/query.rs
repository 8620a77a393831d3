//! What is asked of both sides.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::delegation;
use sea_orm::{DatabaseConnection, EntityTrait, QueryOrder, QuerySelect};
use serde_json::json;

use crate::network::Size;
use crate::postgraphile::NamedQuery;

/// A query, and where the handler answers it.
pub struct Query {
    /// As it is told.
    pub name: &'static str,
    /// What PostGraphile is asked.
    pub postgraphile: NamedQuery,
    text: String,
    path: String,
}

impl Query {
    /// The request to the server.
    pub fn to_server(&self) -> Vec<u8> {
        super::post(&json!({ "query": self.text }), "HTTP/1.1", "application/json")
    }

    /// The request to the handler.
    pub fn by_hand(&self) -> Vec<u8> {
        format!("GET {} HTTP/1.1\r\nhost: bench\r\n\r\n", self.path).into_bytes()
    }
}

/// So many delegations are before the last page.
pub fn behind(size: Size) -> u64 {
    (size.batches * 10 / 2).min(100_000)
}

/// The queries, over a network that is there.
pub async fn all(db: &DatabaseConnection, size: Size) -> Vec<Query> {
    let row = delegation::Entity::find()
        .order_by_asc(delegation::Column::SortDate)
        .order_by_asc(delegation::Column::Id)
        .offset(behind(size))
        .limit(1)
        .one(db)
        .await
        .expect("the database answers")
        .expect("a delegation");
    let (day, id) = (row.sort_date, row.id.0.simple());
    let place = json!(["delegation+sort_date+id", format!("d{day}"), format!("u{id}")]).to_string();
    let cursor = URL_SAFE_NO_PAD.encode(place);
    let query = |name, postgraphile, text: &str, path: String| Query {
        name,
        postgraphile,
        text: text.to_owned(),
        path,
    };
    vec![
        query(
            "20 batches, their delegations, the countries",
            NamedQuery::new("batches", include_str!("postgraphile/queries/batches.graphql")),
            "{ batches(first: 20, orderBy: [{field: DATE, direction: DESC}]) { nodes { key title \
             startsOn delegations(first: 50) { nodes { key status country { code alpha3 } } } } } \
             }",
            "/batches".to_owned(),
        ),
        query(
            "a country, four levels deep",
            NamedQuery::new("country", include_str!("postgraphile/queries/country.graphql")),
            "{ country(code: \"ID\") { code alpha3 delegations(first: 50, orderBy: [{field: DATE, \
             direction: DESC}]) { nodes { key status batch { key title programme { key title owner \
             { key kind city } } } } } } }",
            "/country".to_owned(),
        ),
        query(
            "100 institutions",
            NamedQuery::new(
                "institutions",
                include_str!("postgraphile/queries/institutions.graphql"),
            ),
            "{ institutions(first: 100, orderBy: [{field: NAME, direction: ASC}]) { nodes { key \
             kind city name country { code } } } }",
            "/institutions".to_owned(),
        ),
        query(
            "counts by country and programme",
            NamedQuery::new("counts", include_str!("postgraphile/queries/counts.graphql")),
            "{ attendance(rows: COUNTRY, columns: PROGRAMME) { cells(first: 100) { nodes { row { \
             key } column { key } count } } } }",
            "/counts".to_owned(),
        ),
        query(
            "a page behind 100 000 rows",
            NamedQuery::new("page", include_str!("postgraphile/queries/page.graphql")),
            &format!(
                "{{ delegations(first: 20, after: {cursor:?}, orderBy: [{{field: DATE, direction: \
                 ASC}}]) {{ nodes {{ key status country {{ code }} }} }} }}"
            ),
            format!("/page?day={day}&id={id}"),
        ),
    ]
}
