//! How much a request may ask for. Each limit bounds something that would otherwise grow with the
//! malice of a document, not with the needs of a reader; `serviceConfig` publishes them.

use serde::{Deserialize, Serialize};

/// Nodes on a page where the query does not say.
pub const USUAL_PAGE: u64 = 20;
/// Nodes on a page at most.
pub const LARGEST_PAGE: u64 = 100;

/// The limits of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a body, and of a document on its own.
    pub max_body_bytes: usize,
    /// Lexical tokens of a document.
    pub max_tokens: usize,
    /// Brackets inside one another, of any kind: selections, arguments, values, types.
    pub max_nesting: usize,
    /// Fields inside one another, with fragments put in where they are spread.
    pub max_depth: u64,
    /// What a request may cost: see [`super::plan`] and [`super::price`].
    pub max_cost: u64,
    /// Selections of an operation, with fragments put in wherever they are spread. It bounds the
    /// work of execution before the first row is read.
    pub max_selections: u64,
    /// Fields under another name, with fragments put in.
    pub max_aliases: u64,
    /// Fields at the root of an operation, with fragments put in.
    pub max_root_fields: u64,
    /// Directives in a document.
    pub max_directives: usize,
    /// Values inside the variables of a request.
    pub max_input_values: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body_bytes: 100 * 1024,
            max_tokens: 4_000,
            max_nesting: 64,
            max_depth: 25,
            max_cost: 500_000,
            max_selections: 5_000,
            max_aliases: 200,
            max_root_fields: 50,
            max_directives: 100,
            max_input_values: 2_000,
        }
    }
}
