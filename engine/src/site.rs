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

/// By what the batches of a calendar or feed are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// By the programme, or the umbrella over it.
    Programme,
    /// By an institution that keeps the record or has a role in it.
    Institution,
    /// By a country that is invited, or came, or is said not to have.
    Country,
    /// By what they are about.
    Topic,
}

impl ScopeKind {
    /// As addresses have it.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Programme => "programmes",
            Self::Institution => "institutions",
            Self::Country => "countries",
            Self::Topic => "topics",
        }
    }

    /// The path of the scope of one record.
    pub fn path(self, key: &str) -> String {
        format!("{}/{key}", self.segment())
    }

    /// What a part of an address stands for.
    pub fn of_segment(segment: &str) -> Option<Self> {
        [Self::Programme, Self::Institution, Self::Country, Self::Topic]
            .into_iter()
            .find(|kind| kind.segment() == segment)
    }
}
