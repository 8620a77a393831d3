//! A list of batches as it is asked for on its page, in the forms that programs read: a table, or a
//! calendar.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Response, header};
use serde_json::{Value, json};

use super::super::HttpState;
use super::super::accept::Media;
use super::super::reply::{Keep, Reply, document};
use super::super::table;
use super::{BATCHES, Problem, Visit, page_at};
use crate::exchange::table::TableFormat;
use crate::pages::{self, PageScope};
use crate::request::GraphQlParams;
use crate::website::Asked;
use crate::website::page::{LIST_KEYS, LIST_TABLE};

/// Batches of a calendar at most.
const MOST_SCHEDULED: usize = 2_000;

/// The form of a list.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// Comma-separated values.
    Table,
    /// iCalendar.
    Calendar,
}

impl Form {
    /// How the addresses of the form end.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Table => "csv",
            Self::Calendar => "ics",
        }
    }
}

/// The batches that an address asks for.
pub(super) async fn answer(
    state: HttpState,
    form: Form,
    language: &'static str,
    request: Request,
) -> Response<Body> {
    let visit = Visit::new(state.clone(), page_at(BATCHES), Some(language), &request);
    let query = request.uri().query().unwrap_or_default();
    let asked = match Asked::read(visit.page, language, BATCHES, None, query) {
        Ok(asked) => asked,
        Err(wrong) => return visit.trouble(&visit.bare(), Problem::Wrong(wrong)),
    };
    let variables = json!({
        "filter": asked.variables["filter"], "order": asked.variables["order"],
    });
    match form {
        Form::Table => {
            let params = GraphQlParams {
                variables: variables.as_object().cloned().unwrap_or_default(),
                ..GraphQlParams::new(LIST_TABLE)
            };
            let caller = Arc::new(visit.caller);
            let answered = table::answer(state.clone(), caller.clone(), &params, TableFormat::Csv);
            answered
                .await
                .unwrap_or_else(|reply| state.reply(reply, Media::Json, Keep::Nothing, &caller))
        }
        Form::Calendar => match calendar(&visit, variables).await {
            Ok(text) => {
                let media = "text/calendar; charset=utf-8";
                let mut response = document(media, text, Keep::Public, &visit.caller.headers);
                let name = HeaderValue::from_static("inline; filename=\"jejaring.ics\"");
                response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
                response
            }
            Err(problem) => visit.trouble(&asked, problem),
        },
    }
}

/// The calendar of a list: which batches are in it is asked of the schema, what is told of them is
/// what calendars tell.
async fn calendar(visit: &Visit, variables: Value) -> Result<String, Problem> {
    let data = visit.ask_all(&LIST_KEYS, &variables, MOST_SCHEDULED).await?;
    let nodes = data.get("batches").and_then(|batches| batches["nodes"].as_array());
    let keys = nodes.into_iter().flatten();
    let keys = keys.filter_map(|node| node["key"].as_str().map(str::to_owned)).collect();
    let state = &visit.state;
    let (db, scope) = (&state.app.db, PageScope::of_keys(keys));
    let shown = db.reached(pages::scheduled(db.reading(), &scope)).await;
    let (shown, left_out) =
        shown.map_err(|error| Problem::Refused(Reply::Closed(state.fault(error))))?;
    Ok(pages::calendar(&scope, &shown, left_out, &state.app.site))
}
