//! A request before it is executed: decoded, validated, bounded, prepared. This is a library of its
//! own; it knows no HTTP.
//!
//! In this order: the shape of the JSON ([`decode`]), the bytes of the document ([`scan`]), parsing
//! and validation ([`guard`]), values that only this schema knows ([`literals`]), the places of
//! variables ([`usages`]), what the operation asks for ([`plan`]), the variables ([`variables`]). A
//! document that was found good is kept ([`cache`]), so that a repeated question costs a digest, a
//! look into the cache and its variables. A client may name a document instead of sending it
//! ([`trusted`]).

pub mod absent;
pub mod cache;
pub mod convert;
pub mod decode;
pub mod error;
pub mod guard;
pub mod limits;
pub mod literals;
pub mod once;
pub mod plan;
pub mod price;
pub mod scan;
pub mod shape;
mod sheets;
pub mod table;
pub mod trusted;
pub mod usages;
pub mod variables;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Name, Request, Value, Variables};

pub use decode::{GraphQlParams, OnError};
pub use error::{Code, Limit, RequestError};
pub use limits::Limits;
pub use table::Table;
pub use trusted::{DocumentsConfig, Mode, Trusted};
pub use variables::{ScalarCheck, Scalars};

use crate::text::hexadecimal;
use cache::{Digest, Documents, digest, operation_digest};
use guard::{Document, Guard};
use trusted::DocumentSource;

/// What the cache of documents may take up.
const CACHE_BYTES: u64 = 32 << 20;

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Reads.
    Query,
    /// Writes.
    Mutation,
    /// Listens.
    Subscription,
}

/// A request that was found good.
#[derive(Debug)]
pub struct Prepared {
    document: Arc<Document>,
    /// The variables, coerced.
    variables: Variables,
    /// Those that were left out.
    absent: Vec<Name>,
    /// What it does.
    pub kind: Kind,
    /// SHA-256 of the document, in hexadecimal.
    pub operation_hash: String,
    /// What it may cost: the fields that the answer may have at most, and what is read for them.
    pub requested_cost: u64,
    /// Whether the answer is to tell its cost.
    pub tell_cost: bool,
    /// What becomes of an error in the answer.
    pub on_error: OnError,
}

impl Prepared {
    /// Whether it may take long.
    pub fn is_heavy(&self) -> bool {
        self.requested_cost > price::HEAVY
    }

    /// For execution: the operation parsed, its variables coerced. It has no name, since its
    /// document has one operation.
    pub fn request(&self) -> Request {
        self.request_for(&self.document.executable)
    }

    /// The same for a document that was made of the operation.
    pub fn request_for(&self, document: &ExecutableDocument) -> Request {
        let mut executable = without(document, &self.absent);
        once::merge_roots(&mut executable, &self.variables);
        if self.on_error == OnError::Null {
            convert::null_on_any_error(&mut executable);
        }
        let mut request = Request::new("").variables(self.variables.clone()).data(self.on_error);
        request.set_parsed_query(executable);
        request
    }

    /// The variables that have a value.
    pub fn variables(&self) -> &Variables {
        &self.variables
    }

    /// What is made of the operation once and kept with it, for all requests of the same `class`.
    pub fn kept<T: Send + Sync + 'static>(
        &self,
        class: u8,
        make: impl FnOnce(&ExecutableDocument) -> T,
    ) -> Arc<T> {
        self.document.made.get(class, || make(&self.document.executable))
    }

    /// All that decides about the answer, but for who asks and when, in one digest.
    pub fn digest(&self) -> Digest {
        let mut all = self.with_variables(self.variables.keys());
        all.push_str(&format!("\n{:?} {}", self.absent, self.tell_cost));
        digest(&all)
    }

    /// What decides how an item of a subscription looks, in one digest: the operation and the
    /// variables that are used within its field, not those of the field's own arguments.
    pub fn shape(&self) -> Digest {
        digest(&self.with_variables(&self.document.selected))
    }

    /// The operation and some of its variables as one text.
    fn with_variables<'a>(&self, names: impl IntoIterator<Item = &'a Name>) -> String {
        let operation = self.document.operation.name.as_ref().map(ToString::to_string);
        let mut text = format!(
            "{}\n{}\n{:?}",
            self.operation_hash,
            operation.unwrap_or_default(),
            self.on_error
        );
        for name in names {
            let value = self.variables.get(name).map(ToString::to_string);
            text.push_str(&format!("\n{name} {value:?}"));
        }
        text
    }
}

impl Kind {
    /// As GraphQL spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Subscription => "subscription",
        }
    }
}

/// The most sheets of a workbook.
const MOST_SHEETS: usize = 20;

/// What [`RequestPipeline::ready`] finds.
struct Ready {
    text: Digest,
    document: Arc<Document>,
    variables: Variables,
    absent: Vec<Name>,
}

/// A document without the uses of variables that were left out.
fn without(document: &ExecutableDocument, absent: &[Name]) -> ExecutableDocument {
    let mut executable = document.clone();
    if !absent.is_empty() {
        absent::leave_out(&mut executable, absent);
    }
    executable
}

/// Stands before execution.
pub struct RequestPipeline {
    guard: Guard,
    trusted: Trusted,
    documents: Documents,
}

impl RequestPipeline {
    /// A pipeline for a schema.
    pub fn new(sdl: &str, scalars: Scalars, limits: Limits, trusted: Trusted) -> Self {
        Self {
            guard: Guard::new(sdl, scalars, limits),
            trusted,
            documents: Documents::new(CACHE_BYTES),
        }
    }

    /// The schema that documents are validated against.
    pub fn schema(&self) -> &apollo_compiler::Schema {
        &self.guard.schema
    }

    /// The limits of a request.
    pub fn limits(&self) -> &Limits {
        &self.guard.limits
    }

    /// The documents that were found good.
    pub fn documents(&self) -> &Documents {
        &self.documents
    }

    /// Validates a request, and makes it ready.
    pub fn prepare(&self, params: &GraphQlParams) -> Result<Prepared, Vec<RequestError>> {
        let Ready { text, document, variables, absent } = self.ready(params)?;
        let requested_cost = document.plan.cost(&variables);
        let most = self.guard.limits.max_cost;
        if requested_cost > most {
            let message = format!(
                "the request may cost {requested_cost}; at most {most} is allowed: ask for smaller \
                 pages, or for fewer counts and filters at a time"
            );
            return Err(vec![RequestError::limit(Limit::Cost, message)]);
        }
        Ok(Prepared {
            kind: document.kind,
            operation_hash: hexadecimal(&text),
            requested_cost,
            tell_cost: params.asks_for_cost(),
            on_error: params.on_error,
            document,
            variables,
            absent,
        })
    }

    /// Validates a request for a table. Its cost is not bounded, since it is read in pages, each of
    /// which is to be paid for; that of a row is.
    pub fn prepare_table(&self, params: &GraphQlParams) -> Result<Table, Vec<RequestError>> {
        let Ready { document, variables, absent, .. } = self.ready(params)?;
        if document.kind != Kind::Query {
            let message =
                format!("a table is made of a query, not of a {}", document.kind.as_str());
            return Err(vec![RequestError::input(message)]);
        }
        let cost = document.plan.cost_of_table(&variables, 0);
        let most = self.guard.limits.max_cost;
        Table::of(&self.guard.schema, without(&document.executable, &absent), variables, cost, most)
            .map_err(|error| vec![error])
    }

    /// Validates a request for a workbook: each root field of the query is the table of a sheet,
    /// which has the name of its response key.
    pub fn prepare_sheets(
        &self,
        params: &GraphQlParams,
    ) -> Result<Vec<(String, Table)>, Vec<RequestError>> {
        let Ready { document, variables, absent, .. } = self.ready(params)?;
        let fault = |message: String| vec![RequestError::input(message)];
        if document.kind != Kind::Query {
            let kind = document.kind.as_str();
            return Err(fault(format!("a workbook is made of a query, not of a {kind}")));
        }
        let alone = sheets::each(&without(&document.executable, &absent));
        let alone = alone.filter(|alone| alone.len() == document.plan.roots());
        let alone = alone.ok_or_else(|| {
            fault("a workbook is made of root fields, each a sheet: none is in a fragment".into())
        })?;
        let all = alone.len();
        if all > MOST_SHEETS {
            return Err(fault(format!(
                "{all} sheets are asked for; at most {MOST_SHEETS} are made"
            )));
        }
        let most = self.guard.limits.max_cost;
        let sheet = |(place, (name, executable)): (usize, (String, ExecutableDocument))| {
            let cost = document.plan.cost_of_table(&variables, place);
            let table = Table::of(&self.guard.schema, executable, variables.clone(), cost, most);
            table.map(|table| (name, table)).map_err(|error| vec![error])
        };
        alone.into_iter().enumerate().map(sheet).collect()
    }

    /// A document that was found good, with its variables coerced.
    fn ready(&self, params: &GraphQlParams) -> Result<Ready, Vec<RequestError>> {
        let (text, document) = self.document(params)?;
        let Guard { schema, scalars, limits, .. } = &self.guard;
        let coerced =
            variables::coerce(schema, scalars, &document.operation, &params.variables, limits)?;
        let undecided = document
            .deciding
            .iter()
            .find(|name| coerced.values.get(name.as_str()) == Some(&Value::Null));
        if let Some(name) = undecided {
            let message = format!(
                "variable `${name}`: null decides nothing: `@include` and `@skip` want true or \
                 false"
            );
            return Err(vec![RequestError::input(message)]);
        }
        Ok(Ready { text, document, variables: coerced.values, absent: coerced.absent })
    }

    /// The operation that is asked for, and the digest of its document.
    fn document(
        &self,
        params: &GraphQlParams,
    ) -> Result<(Digest, Arc<Document>), Vec<RequestError>> {
        let operation_name = params.operation_name.as_deref();
        let key = |text: &Digest| operation_name.map_or(*text, |name| operation_digest(text, name));
        match self.trusted.asked(params).map_err(|error| vec![error])? {
            DocumentSource::Digest(text) => {
                let known =
                    self.documents.get(&key(&text)).ok_or_else(|| vec![trusted::not_found()])?;
                Ok((text, known))
            }
            DocumentSource::Text(query) => {
                let text = digest(query);
                if let Some(known) = self.documents.get(&key(&text)) {
                    return Ok((text, known));
                }
                let document = Arc::new(self.guard.validate(query, operation_name)?);
                self.documents.keep(key(&text), document.clone());
                Ok((text, document))
            }
        }
    }
}
