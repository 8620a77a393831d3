//! A request before it is executed: decoded, judged, bounded, prepared. This is a library of its own; it knows no HTTP.
//!
//! In this order: the shape of the JSON ([`decode`]), the bytes of the document ([`scan`]), parsing and validation
//! ([`guard`]), values that only this schema knows ([`literals`]), the
//! places of variables ([`usages`]), what the operation asks for ([`plan`]), the variables
//! ([`variables`]). A document that was found good is kept ([`cache`]), so that a repeated question costs a digest, a look
//! into the cache and its variables. A client may name a document instead of sending it ([`trusted`]).

pub mod absent;
pub mod cache;
pub mod convert;
pub mod decode;
pub mod error;
pub mod guard;
pub mod limits;
pub mod literals;
pub mod plan;
pub mod scan;
pub mod table;
pub mod trusted;
pub mod usages;
pub mod variables;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, Value, Variables};

pub use decode::GraphQlParams;
pub use error::{Code, Limit, RequestError};
pub use limits::Limits;
pub use table::Table;
pub use trusted::{DocumentsConfig, Mode, Trusted};
pub use variables::{ScalarCheck, Scalars};

use crate::text::hexadecimal;
use cache::{Digest, Documents, digest, operation_digest};
use guard::{Document, Guard};
use trusted::Asked;

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
    /// For the engine: the operation parsed, its variables coerced. It has no name, since its document has one operation.
    pub request: Request,
    /// What it does.
    pub kind: Kind,
    /// SHA-256 of the document, in hexadecimal.
    pub operation_hash: String,
    /// The fields that the answer may have at most.
    pub requested_cost: u64,
    /// Whether the answer is to tell its cost.
    pub tell_cost: bool,
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

/// What [`Front::ready`] finds.
struct Ready {
    text: Digest,
    document: Arc<Document>,
    executable: ExecutableDocument,
    variables: Variables,
}

/// Stands before the engine.
pub struct Front {
    guard: Guard,
    trusted: Trusted,
    documents: Documents,
}

impl Front {
    /// A front for a schema.
    pub fn new(sdl: &str, scalars: Scalars, limits: Limits, trusted: Trusted) -> Self {
        Self { guard: Guard::new(sdl, scalars, limits), trusted, documents: Documents::new(CACHE_BYTES) }
    }

    /// The limits of a request.
    pub fn limits(&self) -> &Limits {
        &self.guard.limits
    }

    /// The documents that were found good.
    pub fn documents(&self) -> &Documents {
        &self.documents
    }

    /// Judges a request, and makes it ready.
    pub fn prepare(&self, params: &GraphQlParams) -> Result<Prepared, Vec<RequestError>> {
        let Ready { text, document, executable, variables } = self.ready(params)?;
        let requested_cost = document.plan.cost(&variables);
        let most = self.guard.limits.max_cost;
        if requested_cost > most {
            let message = format!(
                "the answer may have {requested_cost} fields; at most {most} are allowed: ask for smaller pages"
            );
            return Err(vec![RequestError::limit(Limit::Cost, message)]);
        }
        let mut request = Request::new("").variables(variables);
        request.set_parsed_query(executable);
        Ok(Prepared {
            request,
            kind: document.kind,
            operation_hash: hexadecimal(&text),
            requested_cost,
            tell_cost: params.asks_for_cost(),
        })
    }

    /// Judges a request for a table. Its cost is not bounded, since it is read in pages; each of them is to be paid for.
    pub fn prepare_table(&self, params: &GraphQlParams) -> Result<Table, Vec<RequestError>> {
        let Ready { document, executable, variables, .. } = self.ready(params)?;
        if document.kind != Kind::Query {
            let message = format!("a table is made of a query, not of a {}", document.kind.as_str());
            return Err(vec![RequestError::input(message)]);
        }
        Table::of(&self.guard.schema, executable, variables).map_err(|error| vec![error])
    }

    /// A document that was found good, with its variables coerced.
    fn ready(&self, params: &GraphQlParams) -> Result<Ready, Vec<RequestError>> {
        let (text, document) = self.document(params)?;
        let Guard { schema, scalars, limits } = &self.guard;
        let coerced = variables::coerce(schema, scalars, &document.operation, &params.variables, limits)?;
        let undecided = document.deciding.iter().find(|name| coerced.values.get(name.as_str()) == Some(&Value::Null));
        if let Some(name) = undecided {
            let message =
                format!("variable `${name}`: null decides nothing: `@include` and `@skip` want true or false");
            return Err(vec![RequestError::input(message)]);
        }
        let mut executable = document.executable.clone();
        if !coerced.absent.is_empty() {
            absent::leave_out(&mut executable, &coerced.absent);
        }
        Ok(Ready { text, document, executable, variables: coerced.values })
    }

    /// The operation that is asked for, and the digest of its document.
    fn document(&self, params: &GraphQlParams) -> Result<(Digest, Arc<Document>), Vec<RequestError>> {
        let operation_name = params.operation_name.as_deref();
        let key = |text: &Digest| operation_name.map_or(*text, |name| operation_digest(text, name));
        match self.trusted.asked(params).map_err(|error| vec![error])? {
            Asked::Digest(text) => {
                let known = self.documents.get(&key(&text)).ok_or_else(|| vec![trusted::not_found()])?;
                Ok((text, known))
            }
            Asked::Text(query) => {
                let text = digest(query);
                if let Some(known) = self.documents.get(&key(&text)) {
                    return Ok((text, known));
                }
                let document = Arc::new(self.guard.judge(query, operation_name)?);
                self.documents.keep(key(&text), document.clone());
                Ok((text, document))
            }
        }
    }
}
