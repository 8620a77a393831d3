//! The one seam at which a request is executed. The doors in front of it (HTTP today) may change, and so may the library
//! behind it.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, Request, Response, ServerError};

use super::bounds::{check_document, check_strings, check_variables};
use super::language::Languages;
use super::loader::Reader;
use super::roots::Register;

/// Executes one request, reading through `reader`, with names in `languages`.
pub async fn execute(schema: &Register, request: Request, reader: Arc<Reader>, languages: Languages) -> Response {
    if let Err(refusal) = check_document(&request.query) {
        return Response::from_errors(vec![with_code(ServerError::new(refusal, None), "GRAPHQL_VALIDATION_FAILED")]);
    }
    if let Err(refusal) = check_strings(&request.query).and_then(|()| check_variables(&request.variables)) {
        return Response::from_errors(vec![with_code(ServerError::new(refusal, None), "BAD_USER_INPUT")]);
    }
    if let Err(error) = async_graphql::parser::parse_query(&request.query) {
        return Response::from_errors(vec![with_code(error.into(), "GRAPHQL_PARSE_FAILED")]);
    }
    let request = request.data(reader.clone()).data(languages);
    let mut response = reader.drive(schema.execute(request)).await;
    // What the library itself refuses has no code: before execution the document is at fault, within it an argument.
    for error in &mut response.errors {
        let code = if error.path.is_empty() { "GRAPHQL_VALIDATION_FAILED" } else { "BAD_USER_INPUT" };
        *error = with_code(error.clone(), code);
    }
    response
}

fn with_code(mut error: ServerError, code: &str) -> ServerError {
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    if extensions.get("code").is_none() {
        extensions.set("code", code);
    }
    error
}
