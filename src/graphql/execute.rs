//! The one seam at which a request is executed. The doors in front of it (HTTP today) may change, and so may the library
//! behind it.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value, value};

use super::language::Languages;
use super::loader::Reader;
use super::roots::Register;
use crate::request::{Code, Prepared, RequestError};

/// What came of a request.
#[derive(Debug)]
pub struct Executed {
    /// The answer.
    pub response: Response,
    /// The fields that it has: what cost is counted in.
    pub actual_cost: u64,
}

/// Executes a request that was found good, reading through `reader`, with names in `languages`.
pub async fn execute(schema: &Register, prepared: Prepared, reader: Arc<Reader>, languages: Languages) -> Executed {
    let request = prepared.request.data(reader.clone()).data(languages);
    let mut response = reader.drive(schema.execute(request)).await;
    for error in &mut response.errors {
        // What the engine itself finds fault with is an argument.
        *error = with_code(error.clone(), Code::BadUserInput.as_str());
    }
    let actual_cost = fields(&response.data);
    if prepared.tell_cost {
        let requested = prepared.requested_cost;
        response = response.extension("cost", value!({ "requested": requested, "actual": actual_cost }));
    }
    Executed { response, actual_cost }
}

/// The answer to a request that is not executed: it has no data.
pub fn refuse(errors: Vec<RequestError>) -> Response {
    Response::from_errors(errors.into_iter().map(ServerError::from).collect())
}

/// The fields of an answer: what cost is counted in.
fn fields(value: &Value) -> u64 {
    match value {
        Value::List(items) => items.iter().map(fields).sum(),
        Value::Object(object) => object.values().map(|value| 1 + fields(value)).sum(),
        _ => 0,
    }
}

fn with_code(mut error: ServerError, code: &str) -> ServerError {
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    if extensions.get("code").is_none() {
        extensions.set("code", code);
    }
    error
}
