//! A request before it is executed: decoded, judged, bounded, prepared. This is a library of its own; it knows no HTTP.
//!
//! In this order: the shape of the JSON ([`decode`]), the bytes of the document ([`scan`]), parsing and validation
//! ([`guard`]), values that only this schema knows ([`literals`]), what the operation asks for ([`plan`]), the variables
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
pub mod trusted;
pub mod variables;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::{Request, Value};

pub use decode::GraphQlParams;
pub use error::{Code, Limit, RequestError};
pub use limits::Limits;
pub use trusted::{DocumentsConfig, Mode, Trusted};
pub use variables::{ScalarCheck, Scalars};

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
    /// The name of the operation.
    pub operation_name: Option<String>,
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
        let (text, document) = self.document(params)?;
        let Guard { schema, scalars, limits } = &self.guard;
        let coerced = variables::coerce(schema, scalars, &document.operation, &params.variables, limits)?;
        let requested_cost = document.plan.cost(&coerced.values);
        if requested_cost > limits.max_cost {
            let most = limits.max_cost;
            let message = format!(
                "the answer may have {requested_cost} fields; at most {most} are allowed: ask for smaller pages"
            );
            return Err(vec![RequestError::limit(Limit::Cost, message)]);
        }
        let mut executable = document.executable.clone();
        if !coerced.absent.is_empty() {
            absent::leave_out(&mut executable, &coerced.absent);
        }
        let mut request = Request::new("").variables(coerced.values);
        request.set_parsed_query(executable);
        for (key, value) in &params.extensions {
            request.extensions.insert(key.clone(), Value::from_json(value.clone()).unwrap_or_default());
        }
        Ok(Prepared {
            request,
            kind: document.kind,
            operation_name: document.name.clone(),
            operation_hash: hexadecimal(&text),
            requested_cost,
            tell_cost: params.asks_for_cost(),
        })
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

pub(crate) fn hexadecimal(digest: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
