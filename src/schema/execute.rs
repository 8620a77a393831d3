//! The one seam at which a request is executed. The doors in front of it (HTTP today) may change,
//! and so may the library behind it.

use std::sync::{Arc, Mutex};

use async_graphql::{
    ErrorExtensionValues, PathSegment, Request, Response, ServerError, Value, value,
};
use axum::body::Bytes;

use super::ApiSchema;
use super::root::Job;
use crate::engine::answer::answer;
use crate::engine::fetch::LevelExecutor;
use crate::engine::plan::Plan;
use crate::engine::value::fields;
use crate::engine::write::JsonAnswer;
use crate::graphql::error::failure_of;
use crate::graphql::language::Languages;
use crate::graphql::loader::Reader;
use crate::mutation::HALTED;
use crate::request::{Code, OnError, Prepared, RequestError};
use crate::site::Site;

/// What came of a request.
#[derive(Debug)]
pub struct Executed {
    /// The answer; without its data where these are JSON.
    pub response: Response,
    /// The data, where they were written as JSON at once.
    pub json: Option<Bytes>,
    /// The fields that it has: what cost is counted in.
    pub actual_cost: u64,
}

/// Executes a request that was found good, reading through `reader`, with names in `languages`.
/// Where its requested cost is given, the answer tells it, and what it came to.
pub async fn execute(
    schema: &ApiSchema,
    request: Request,
    requested_cost: Option<u64>,
    reader: Arc<Reader>,
    languages: Languages,
) -> Executed {
    let request = request.data(reader.clone()).data(languages);
    let mut response = reader.drive(schema.execute(request)).await;
    without_marks(&mut response);
    with_codes(&mut response);
    let actual_cost = fields(&response.data);
    Executed { response, json: None, actual_cost }.with_cost(requested_cost)
}

impl Executed {
    /// The same, with what it cost, where the requested cost is given.
    fn with_cost(mut self, requested_cost: Option<u64>) -> Self {
        if let Some(requested) = requested_cost {
            let cost = value!({ "requested": requested, "actual": self.actual_cost });
            self.response = self.response.extension("cost", cost);
        }
        self
    }

    /// The same, where the request has it that there are no data beside an error.
    pub fn unless_halted(mut self, on_error: OnError) -> Self {
        let errors = &mut self.response.errors;
        if on_error == OnError::Halt && !errors.is_empty() {
            errors.retain(|error| error.message != HALTED);
            // A failure of the register tells more than what else went wrong.
            let first =
                errors.iter().position(|error| failure_of(error).is_some()).unwrap_or_default();
            errors.swap(0, first);
            errors.truncate(1);
            self.response.data = Value::Null;
            self.json = None;
        }
        self
    }

    /// The answer with its data, however they were made.
    pub fn into_response(mut self) -> Response {
        if let Some(json) = self.json {
            // Our own JSON: there is nothing in it that a value could not hold.
            self.response.data = serde_json::from_slice(&json).unwrap_or_default();
        }
        self.response
    }
}

/// Answers a query of which there is a plan; none where its variables leave open what is wanted.
pub async fn carry_out(
    schema: &ApiSchema,
    plan: Arc<Option<Plan>>,
    prepared: &Prepared,
    reader: &Arc<Reader>,
    (site, languages): (&Site, &Languages),
) -> Option<Executed> {
    let made = plan.as_ref().as_ref()?;
    let (mask, variables) = (made.conditions.mask(prepared.variables())?, prepared.variables());
    let on_error = prepared.on_error;
    let JsonAnswer { data, errors, fields } = match &made.execution {
        None => {
            let executor = LevelExecutor {
                reader,
                variables,
                languages,
                mask: &mask,
                on_error,
                in_step: false,
            };
            answer(made, &executor, site, None).await
        }
        Some(execution) => {
            let request =
                prepared.request_for(execution).data(reader.clone()).data(languages.clone());
            let (variables, written) = (variables.clone(), Mutex::default());
            let job = Arc::new(Job { plan: plan.clone(), mask, variables, written });
            let mut response =
                reader.clone().drive(schema.execute(request.data(job.clone()))).await;
            without_marks(&mut response);
            let written =
                job.written.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
            match written {
                Some(mut written) => {
                    written.errors.extend(response.errors);
                    written
                }
                None => {
                    let executed = Executed { response, json: None, actual_cost: 0 };
                    return Some(
                        executed.with_cost(prepared.tell_cost.then_some(prepared.requested_cost)),
                    );
                }
            }
        }
    };
    let mut response = Response::new(Value::Null);
    response.errors = errors;
    with_codes(&mut response);
    let executed = Executed { response, json: Some(data.into()), actual_cost: fields };
    Some(executed.with_cost(prepared.tell_cost.then_some(prepared.requested_cost)))
}

/// The answer to a request that is not executed: it has no data.
pub fn refuse(errors: Vec<RequestError>) -> Response {
    Response::from_errors(errors.into_iter().map(ServerError::from).collect())
}

/// Leaves out the errors of own fields that were given up, since something beside them failed: they
/// stand at no place of the answer.
pub fn without_marks(response: &mut Response) {
    response.errors.retain(|error| !matches!(error.path.first(), Some(PathSegment::Index(_))));
}

/// Gives each error a code: what the library itself finds fault with is an argument.
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
