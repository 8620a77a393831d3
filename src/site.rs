//! Where the register stands on the web: the permanent addresses of what it shows there.

use std::sync::Arc;

/// Where the register stands on the web.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site(Arc<str>);

impl Site {
    /// A register at an address, with or without a path of its own.
    pub fn new(base: &str) -> Self {
        Self(base.trim_end_matches('/').into())
    }

    /// The address itself, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.0
    }

    /// The address of a path, which begins with a slash.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The address of the calendar of a scope, for programs that subscribe to calendars.
    pub fn webcal(&self, scope: &str) -> String {
        let address = self.at(&format!("/calendar/{scope}.ics"));
        // Which of the two is spoken is for the program to find out.
        let rest = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
        format!("webcal://{rest}")
    }

    /// The address of the feed of a scope.
    pub fn feed(&self, scope: &str) -> String {
        self.at(&format!("/feeds/{scope}.atom"))
    }

    /// The permanent address of a batch.
    pub fn batch(&self, key: &str) -> String {
        self.at(&format!("/batches/{key}"))
    }
}
