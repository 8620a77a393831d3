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
}

impl Code {
    /// As in `extensions.code`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::CostLimitExceeded => "COST_LIMIT_EXCEEDED",
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
    /// Where in the document.
    pub locations: Vec<Pos>,
    /// Where in the answer; a request that was not executed has none, but a variable is named by a path of its own.
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
        Self { message, code, locations: Vec::new(), path: Vec::new() }
    }

    /// The same at a place of the document.
    #[must_use]
    pub fn at(mut self, place: Option<Pos>) -> Self {
        self.locations.extend(place);
        self
    }

    /// A limit that is exceeded.
    pub(super) fn limit(message: impl Into<String>) -> Self {
        Self::new(Code::CostLimitExceeded, message)
    }

    /// Something other than the document that is wrong.
    pub(super) fn input(message: impl Into<String>) -> Self {
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
        let mut server_error = ServerError::new(error.message, None);
        server_error.locations = error.locations;
        server_error.path = error.path;
        server_error.extensions = Some(extensions);
        server_error
    }
}
