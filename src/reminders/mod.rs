//! What an account is expected to do, and by when: asked of the schema as the account itself would
//! ask, so that nobody is reminded of what he may not see.

mod calendar;
mod entry;
pub mod mail;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{Request, Variables};
use chrono::NaiveDate;
use entity::vocabulary::{RecordKind, TokenScope};
use serde::Deserialize;
use serde_json::json;

pub use calendar::calendar;

use crate::access::{Actor, SignedIn};
use crate::app::App;
use crate::graphql::language::Languages;
use crate::graphql::loader::Key;
use crate::graphql::node::global_id;
use crate::graphql::page::LARGEST_PAGE;

const DUE: &str = include_str!("due.graphql");

/// What is due.
#[derive(Debug, Deserialize)]
pub struct Due {
    plans: Nodes<DuePlan>,
    unanswered: Nodes<DueBatch>,
    invited: Nodes<Invitation>,
    unrecorded: Nodes<DueBatch>,
    findings: Nodes<DueFinding>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Nodes<T> {
    nodes: Vec<T>,
    total_count: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DuePlan {
    id: String,
    key: String,
    title: Option<String>,
    due_on: NaiveDate,
    is_overdue: bool,
    delegation: DueDelegation,
}

#[derive(Debug, Deserialize)]
struct DueDelegation {
    #[serde(flatten)]
    party: Party,
    batch: Titled,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DueBatch {
    id: String,
    #[serde(flatten)]
    batch: Titled,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    delegations: Nodes<DueParty>,
}

#[derive(Debug, Deserialize)]
struct DueParty {
    id: String,
    #[serde(flatten)]
    party: Party,
}

#[derive(Debug, Deserialize)]
struct Invitation {
    id: String,
    #[serde(flatten)]
    party: Party,
    batch: Upcoming,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Upcoming {
    #[serde(flatten)]
    batch: Titled,
    starts_on: NaiveDate,
}

#[derive(Debug, Deserialize)]
struct DueFinding {
    id: String,
    message: String,
    batch: Option<Titled>,
}

#[derive(Debug, Deserialize)]
struct Titled {
    key: String,
    title: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Party {
    label: Option<String>,
    country: Option<Named>,
    institution: Option<Named>,
    group: Option<Named>,
}

#[derive(Debug, Deserialize)]
struct Named {
    name: String,
}

impl Titled {
    fn name(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.key)
    }
}

impl Party {
    /// Whom a delegation stands for.
    fn name(&self) -> String {
        let party = [&self.country, &self.group, &self.institution].into_iter().flatten().next();
        let name = party.map(|named| named.name.as_str()).unwrap_or_default();
        match &self.label {
            Some(label) => format!("{name} ({label})"),
            None => name.to_owned(),
        }
    }
}

/// What is due for whoever has shown a token for a calendar; what went wrong, in words for the log.
pub async fn due(app: &App, shown: &SignedIn, languages: &Languages) -> Result<Due, String> {
    let scopes = BTreeSet::from([TokenScope::Read]);
    let reader = Actor::Account(Arc::new(SignedIn { scopes, ..shown.clone() }));
    let institutions: Vec<_> = shown
        .institutions
        .iter()
        .map(|id| global_id(RecordKind::Institution, &Key::Id(id.0)))
        .collect();
    let countries: Vec<_> = shown.countries.iter().map(|code| &code.0).collect();
    let request = Request::new(DUE).variables(Variables::from_json(json!({
        "institutions": institutions, "countries": countries,
        "today": app.clock.now().date_naive(),
    })));
    let answer = app.page(reader, languages.clone(), request, LARGEST_PAGE).await.into_response();
    if let Some(error) = answer.errors.first() {
        return Err(error.message.clone());
    }
    let data = answer.data.into_json().map_err(|error| error.to_string())?;
    serde_json::from_value(data).map_err(|error| error.to_string())
}
