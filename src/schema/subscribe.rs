//! How a subscription is executed: once to learn what it wants, then anew for each item, as the
//! specification says (ExecuteSubscriptionEvent). So each item is read by a reader of its own, and
//! nothing that it read is kept.

use std::sync::Arc;

use async_graphql::{Error, Pos, Response};
use futures::StreamExt;

use super::ApiSchema;
use super::execute::{Executed, with_codes, without_marks};
use crate::engine::value::fields;
use crate::eventlog::Step;
use crate::eventlog::feed::{FeedRequest, Item};
use crate::graphql::error::bad_input;
use crate::graphql::language::Languages;
use crate::graphql::loader::Reader;
use crate::request::Prepared;

/// Learns what a subscription wants; what is wrong with its arguments is the answer.
pub async fn begin(
    schema: &ApiSchema,
    prepared: &Prepared,
    reader: Arc<Reader>,
) -> Result<FeedRequest, Response> {
    let step = Arc::new(Step::default());
    let request = prepared.request().data(reader.clone()).data(step.clone());
    let mut answers = schema.execute_stream(request);
    let answer = reader.drive(async move { answers.next().await }).await;
    match (answer, step.wanted()) {
        (None, Some(wanted)) => Ok(wanted),
        (Some(mut refused), _) => {
            with_codes(&mut refused);
            Err(refused)
        }
        (None, None) => {
            Err(failure(bad_input("the subscription selects nothing: its field is skipped")))
        }
    }
}

/// Answers a subscription for one item.
pub async fn show(
    schema: &ApiSchema,
    prepared: &Prepared,
    item: Item,
    reader: Arc<Reader>,
    languages: Languages,
) -> Executed {
    let request =
        prepared.request().data(reader.clone()).data(Arc::new(Step::Show(item))).data(languages);
    let mut answers = schema.execute_stream(request);
    let answer = reader.drive(async move { answers.next().await }).await;
    let mut response =
        answer.unwrap_or_else(|| failure(bad_input("the subscription selects nothing")));
    without_marks(&mut response);
    with_codes(&mut response);
    let actual_cost = fields(&response.data);
    Executed { response, json: None, actual_cost }.unless_halted(prepared.on_error)
}

/// The answer to what could not be begun.
pub fn failure(error: Error) -> Response {
    let mut response = Response::from_errors(vec![error.into_server_error(Pos::default())]);
    // It stands at no place of the document.
    response.errors.iter_mut().for_each(|error| error.locations.clear());
    response
}
