//! The sitemap: an index of its parts, and parts of the addresses that its protocol allows. What
//! there is, is asked of the schema.

use std::fmt::Write;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::routing::get;
use serde_json::Value;

use super::super::HttpState;
use super::super::pages::said;
use super::super::reply::{Keep, document};
use super::super::table::TableReader;
use super::{Named, Problem, Visit, first_of};
use crate::pages::escaped;
use crate::request::GraphQlParams;
use crate::website::LANGUAGES;
use crate::website::page::{About, PAGES, Page, SITEMAP, SITEMAP_LISTS, TROUBLE};

/// Records of a part: each has an address in every language, and a part 50,000 at most.
const RECORDS_OF_A_PART: usize = 50_000 / LANGUAGES.len();

const XML: &str = "application/xml; charset=utf-8";
/// The part that has the pages of the table that are about no single record.
const PAGES_PART: &str = "pages";

/// An address of the sitemap: a path of the site, and the day on which it last changed.
type Entry = (String, Option<String>);

pub(super) fn routes() -> Router<HttpState> {
    Router::new()
        .route("/sitemap.xml", get(index))
        .route("/sitemaps/{name}", get(part))
        .route("/robots.txt", get(robots))
}

/// Where the sitemap is, and what is for no search engine.
async fn robots(State(state): State<HttpState>, request: Request) -> Response<Body> {
    let text = format!(
        "User-agent: *\nDisallow: /desk\nDisallow: /graphql\n\nSitemap: {}\n",
        state.app.site.at("/sitemap.xml")
    );
    document("text/plain; charset=utf-8", text, Keep::Public, request.headers())
}

/// Where all parts are.
async fn index(State(state): State<HttpState>, request: Request) -> Response<Body> {
    let visit = Visit::new(state, &TROUBLE, None, &request);
    let counts = match visit.ask(SITEMAP, &Value::Null).await {
        Ok(counts) => counts,
        Err(problem) => return visit.trouble(&visit.bare(), problem),
    };
    let mut names = vec![PAGES_PART.to_owned()];
    for list in lists() {
        let records = counts.get(list).and_then(|list| list["totalCount"].as_u64());
        let parts = records.unwrap_or_default().div_ceil(RECORDS_OF_A_PART as u64);
        names.extend((1..=parts).map(|part| format!("{list}-{part}")));
    }
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for name in names {
        let address = escaped(&visit.state.app.site.at(&format!("/sitemaps/{name}.xml")));
        // Writing to a text does not fail.
        let _ = writeln!(xml, "  <sitemap><loc>{address}</loc></sitemap>");
    }
    xml.push_str("</sitemapindex>\n");
    document(XML, xml, Keep::Public, &visit.caller.headers)
}

/// A part: the lists, or some of the records of a kind; each in every language.
async fn part(State(state): State<HttpState>, named: Named, request: Request) -> Response<Body> {
    let visit = Visit::new(state, &TROUBLE, None, &request);
    let name = first_of(named);
    let name = name.as_deref().and_then(|name| name.strip_suffix(".xml")).unwrap_or_default();
    let entries = if name == PAGES_PART {
        let lists = PAGES.iter().filter(|page| page.about == About::Many);
        Ok(lists.map(|page| (page.path.to_owned(), None)).collect())
    } else {
        records(&visit, name).await
    };
    match entries {
        Ok(entries) => document(XML, urls(&visit, &entries), Keep::Public, &visit.caller.headers),
        Err(Problem::Missing) => {
            said(StatusCode::NOT_FOUND, "there is nothing at this address\n".to_owned())
        }
        Err(problem) => visit.trouble(&visit.bare(), problem),
    }
}

/// The names of the lists of records that have pages.
fn lists() -> impl Iterator<Item = &'static str> {
    PAGES.iter().filter_map(list_of)
}

/// The name of the list of the records that a page is about, which its address begins with.
fn list_of(page: &'static Page) -> Option<&'static str> {
    let is_of_a_record = page.about != About::Many;
    page.path.split('/').nth(1).filter(|_| is_of_a_record)
}

/// The records of a part, in the order of their list.
async fn records(visit: &Visit, name: &str) -> Result<Vec<Entry>, Problem> {
    let (list, number) = name.rsplit_once('-').ok_or(Problem::Missing)?;
    let page = PAGES.iter().find(|page| list_of(page) == Some(list)).ok_or(Problem::Missing)?;
    let number: usize = number.parse().map_err(|_| Problem::Missing)?;
    // What no register comes to.
    let first = number.checked_sub(1).and_then(|before| before.checked_mul(RECORDS_OF_A_PART));
    let first = first.filter(|first| *first < u32::MAX as usize).ok_or(Problem::Missing)?;
    let params = GraphQlParams {
        operation_name: Some(list.to_owned()),
        ..GraphQlParams::new(SITEMAP_LISTS)
    };
    let table = visit.state.app.pipeline.prepare_table(&params).map_err(Problem::refused)?;
    let mut reader = TableReader::new(visit.state.clone(), Arc::new(visit.caller.clone()), table);
    let (mut entries, mut seen, mut place) = (Vec::new(), 0, None);
    while entries.len() < RECORDS_OF_A_PART {
        let read = reader.page(place.as_deref()).await.map_err(Problem::Refused)?;
        for node in &read.nodes {
            if seen >= first && entries.len() < RECORDS_OF_A_PART {
                entries.extend(entry(page, &serde_json::to_value(node).unwrap_or_default()));
            }
            seen += 1;
        }
        place = read.next;
        if place.is_none() {
            break;
        }
    }
    if entries.is_empty() { Err(Problem::Missing) } else { Ok(entries) }
}

fn entry(page: &Page, node: &Value) -> Option<Entry> {
    let changed = node["updatedAt"].as_str().and_then(|at| at.get(..10)).map(str::to_owned);
    Some((page.of(node["key"].as_str()?), changed))
}

fn urls(visit: &Visit, entries: &[Entry]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for (path, changed) in entries {
        let path = if path == "/" { "" } else { path };
        let changed = changed.as_ref().map(|day| format!("<lastmod>{day}</lastmod>"));
        let changed = changed.unwrap_or_default();
        for language in LANGUAGES {
            let address = escaped(&visit.state.app.site.at(&format!("/{language}{path}")));
            let _ = writeln!(xml, "  <url><loc>{address}</loc>{changed}</url>");
        }
    }
    xml.push_str("</urlset>\n");
    xml
}
