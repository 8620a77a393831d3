//! What is wrong with a request, before any of it is executed.

use async_graphql::{ErrorExtensionValues, PathSegment, Pos, ServerError};

/// The errors that are told at most.
pub const MOST_ERRORS: usize = 20;
/// The characters of a message at most: documents of 100 KiB are quoted in part.
const LONGEST_MESSAGE: usize = 400;

/// The class of a fault, as `extensions.code` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The document is not GraphQL.
    ParseFailed,
    /// The document does not fit the schema.
    ValidationFailed,
    /// The request around the document is at fault: its shape, its variables, its operation's name.
    BadUserInput,
    /// A limit is exceeded.
    CostLimitExceeded,
    /// The document is named, and the server knows none of that name; the client sends it in full.
    PersistedQueryNotFound,
    /// The document is named, and this server takes no names.
    PersistedQueryNotSupported,
    /// The server executes trusted documents alone, and this is none.
    Forbidden,
    /// Nobody knows who the client is, though it says so.
    Unauthenticated,
    /// The client has spent its budget.
    RateLimited,
    /// The request took longer than it may.
    RequestTimeout,
    /// Others were in the way for too long. Nothing of the request was done; it may be sent again.
    Busy,
    /// The database cannot be reached, or refuses. Whether a write was done may be unknown.
    Unavailable,
}

impl Code {
    /// As in `extensions.code`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::CostLimitExceeded => "COST_LIMIT_EXCEEDED",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::PersistedQueryNotSupported => "PERSISTED_QUERY_NOT_SUPPORTED",
            Self::Forbidden => "FORBIDDEN",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::RateLimited => "RATE_LIMITED",
            Self::RequestTimeout => "REQUEST_TIMEOUT",
            Self::Busy => "BUSY",
            Self::Unavailable => "UNAVAILABLE",
        }
    }

    /// After how many seconds the client may come back with the same request, where that is worth
    /// while.
    pub fn retry_after(self) -> Option<u32> {
        match self {
            Self::Busy => Some(2),
            Self::Unavailable => Some(5),
            _ => None,
        }
    }

    /// The code of this name, where it is one that tells of the register and not of the request:
    /// the request was good, and gets no answer for now.
    pub fn failure(name: &str) -> Option<Self> {
        [Self::Busy, Self::Unavailable, Self::RequestTimeout]
            .into_iter()
            .find(|code| code.as_str() == name)
    }
}

/// Which limit is exceeded, as metrics name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Bytes.
    Body,
    /// Requests in one body.
    Batch,
    /// Tokens of a document.
    Tokens,
    /// Brackets inside one another.
    Nesting,
    /// Directives.
    Directives,
    /// Operations of a document.
    Operations,
    /// Fields inside one another.
    Depth,
    /// Fields at the root.
    RootFields,
    /// Aliases.
    Aliases,
    /// Selections.
    Selections,
    /// Values in variables.
    InputValues,
    /// Fields of the answer.
    Cost,
    /// What a client may ask for in a while.
    Rate,
    /// Time.
    Timeout,
}

impl Limit {
    /// As metrics and logs spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Batch => "batch",
            Self::Tokens => "tokens",
            Self::Nesting => "nesting",
            Self::Directives => "directives",
            Self::Operations => "operations",
            Self::Depth => "depth",
            Self::RootFields => "root_fields",
            Self::Aliases => "aliases",
            Self::Selections => "selections",
            Self::InputValues => "input_values",
            Self::Cost => "cost",
            Self::Rate => "rate",
            Self::Timeout => "timeout",
        }
    }
}

/// One fault of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestError {
    /// For a human.
    pub message: String,
    /// For a program.
    pub code: Code,
    /// The limit that is exceeded, where one is.
    pub limit: Option<Limit>,
    /// Where in the document.
    pub locations: Vec<Pos>,
    /// Where in the answer; a request that was not executed has none, but a variable is named by a
    /// path of its own.
    pub path: Vec<PathSegment>,
}

impl RequestError {
    /// A fault without a place. Long messages are cut.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let mut message = message.into();
        if let Some((end, _)) = message.char_indices().nth(LONGEST_MESSAGE) {
            message.truncate(end);
            message.push('…');
        }
        Self { message, code, limit: None, locations: Vec::new(), path: Vec::new() }
    }

    /// The same at a place of the document.
    #[must_use]
    pub fn at(mut self, place: Option<Pos>) -> Self {
        self.locations.extend(place);
        self
    }

    /// A limit that is exceeded.
    pub fn limit(limit: Limit, message: impl Into<String>) -> Self {
        let code = match limit {
            Limit::Rate => Code::RateLimited,
            Limit::Timeout => Code::RequestTimeout,
            _ => Code::CostLimitExceeded,
        };
        Self { limit: Some(limit), ..Self::new(code, message) }
    }

    /// Something other than the document that is wrong.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Code::BadUserInput, message)
    }
}

impl std::fmt::Display for RequestError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)
    }
}

impl std::error::Error for RequestError {}

impl From<RequestError> for ServerError {
    fn from(error: RequestError) -> Self {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", error.code.as_str());
        if let Some(seconds) = error.code.retry_after() {
            extensions.set("retryAfter", seconds);
        }
        let mut server_error = ServerError::new(error.message, None);
        server_error.locations = error.locations;
        server_error.path = error.path;
        server_error.extensions = Some(extensions);
        server_error
    }
}
