//! The one seam at which a request is executed. The doors in front of it (HTTP today) may change, and so may the library
//! behind it.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, Request, Response, ServerError, Value, value};

use super::Register;
use crate::graphql::language::Languages;
use crate::graphql::loader::Reader;
use crate::request::{Code, RequestError};

/// What came of a request.
#[derive(Debug)]
pub struct Executed {
    /// The answer.
    pub response: Response,
    /// The fields that it has: what cost is counted in.
    pub actual_cost: u64,
}

/// Executes a request that was found good, reading through `reader`, with names in `languages`. Where its requested cost is
/// given, the answer tells it, and what it came to.
pub async fn execute(
    schema: &Register,
    request: Request,
    requested_cost: Option<u64>,
    reader: Arc<Reader>,
    languages: Languages,
) -> Executed {
    let request = request.data(reader.clone()).data(languages);
    let mut response = reader.drive(schema.execute(request)).await;
    with_codes(&mut response);
    let actual_cost = fields(&response.data);
    if let Some(requested) = requested_cost {
        response = response.extension("cost", value!({ "requested": requested, "actual": actual_cost }));
    }
    Executed { response, actual_cost }
}

/// The answer to a request that is not executed: it has no data.
pub fn refuse(errors: Vec<RequestError>) -> Response {
    Response::from_errors(errors.into_iter().map(ServerError::from).collect())
}

/// The fields of an answer: what cost is counted in.
pub(super) fn fields(value: &Value) -> u64 {
    match value {
        Value::List(items) => items.iter().map(fields).sum(),
        Value::Object(object) => object.values().map(|value| 1 + fields(value)).sum(),
        _ => 0,
    }
}

/// Gives each error a code: what the engine itself finds fault with is an argument.
pub(super) fn with_codes(response: &mut Response) {
    for error in &mut response.errors {
        ensure_code(error, Code::BadUserInput.as_str());
    }
}

fn ensure_code(error: &mut ServerError, code: &str) {
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    if extensions.get("code").is_none() {
        extensions.set("code", code);
    }
}
