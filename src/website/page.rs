//! The table of pages.

use super::parameter::{Becomes, Kind, Parameter};

/// A page of the site.
#[derive(Debug)]
pub struct Page {
    /// Its name, which its texts and its place in the menu go by.
    pub name: &'static str,
    /// Its path, within the site and behind the language.
    pub path: &'static str,
    /// What it asks: operations of the same variables, whose answers are put together.
    pub operations: &'static [&'static str],
    /// What shows the answer.
    pub template: &'static str,
    /// What may stand behind the `?`.
    pub takes: &'static [Parameter],
    /// What it is about.
    pub about: About,
}

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Nothing that could be missing.
    Many,
    /// The record of this kind with the key that the path names.
    Record(&'static str),
    /// The country with the code that the path names.
    Country,
}

impl Page {
    /// The field of the answer that has the record, where the page is about one.
    pub fn field(&self) -> Option<&'static str> {
        match self.about {
            About::Many => None,
            About::Record("REGIONAL_GROUP") => Some("regionalGroup"),
            About::Record("BATCH") => Some("batch"),
            About::Record("PROGRAMME") => Some("programme"),
            About::Record("INSTITUTION") => Some("institution"),
            About::Record("TOPIC") => Some("topic"),
            About::Record(_) => Some("source"),
            About::Country => Some("country"),
        }
    }
}

/// What is left of a record that is not there any more.
pub const VOID: &str = include_str!("../../web/pages/void.graphql");

/// A page of the name, its operations and its template.
macro_rules! page {
    ($name:literal $(and $more:literal)? at $path:literal, $about:expr, [$($takes:expr),* $(,)?]) => {
        Page {
            name: $name,
            path: $path,
            operations: &[
                include_str!(concat!("../../web/pages/", $name, ".graphql")),
                $(include_str!(concat!("../../web/pages/", $more, ".graphql")))?
            ],
            template: concat!($name, ".html"),
            takes: &[$($takes),*],
            about: $about,
        }
    };
}

const fn condition(name: &'static str, kind: Kind, condition: &'static str) -> Parameter {
    Parameter { name, kind, becomes: Becomes::Condition(condition) }
}

const fn variable(name: &'static str, kind: Kind, variable: &'static str) -> Parameter {
    Parameter { name, kind, becomes: Becomes::Variable(variable) }
}

const AFTER: Parameter = Parameter { name: "after", kind: Kind::Place, becomes: Becomes::After };
const BEFORE: Parameter = Parameter { name: "before", kind: Kind::Place, becomes: Becomes::Before };

const STATUSES: &[&str] = &["ANNOUNCED", "CANCELLED", "CLOSED", "CONFIRMED", "POSTPONED"];
const MODES: &[&str] = &["BLENDED", "ONLINE", "ONSITE"];
const MODALITIES: &[&str] =
    &["BILATERAL", "DOMESTIC", "GLOBAL", "REGIONAL", "SOUTH_SOUTH", "TRIANGULAR"];
const PHASES: &[&str] = &["ONGOING", "PAST", "UNDATED", "UPCOMING"];

/// What a list of batches can be sorted by.
const BATCH_ORDERS: &[(&str, &str)] = &[
    ("newest", r#"[{"field":"DATE","direction":"DESC"}]"#),
    ("oldest", r#"[{"field":"DATE","direction":"ASC"}]"#),
    ("title", r#"[{"field":"TITLE","direction":"ASC"}]"#),
    ("people", r#"[{"field":"PARTICIPANTS","direction":"DESC"}]"#),
    ("delegations", r#"[{"field":"DELEGATIONS","direction":"DESC"}]"#),
    ("changed", r#"[{"field":"UPDATED_AT","direction":"DESC"}]"#),
];

/// The page of what is wrong, of which the program has the template alone.
pub const TROUBLE: Page = Page {
    name: "error",
    path: "/",
    operations: &[],
    template: "error.html",
    takes: &[],
    about: About::Many,
};

/// All pages.
pub const PAGES: &[Page] = &[
    page!("home" at "/", About::Many, []),
    page!("batches" and "batches-facets" at "/batches", About::Many, [
        condition("year", Kind::Year, r#"{"year":{"eq":"%"}}"#),
        condition("programme", Kind::Key, r#"{"programme":{"key":{"eq":"%"}}}"#),
        condition(
            "country", Kind::Country, r#"{"delegations":{"some":{"country":{"eq":"%"}}}}"#
        ),
        condition("topic", Kind::Key, r#"{"topics":{"some":{"key":{"eq":"%"}}}}"#),
        condition(
            "modality", Kind::Member(MODALITIES), r#"{"programme":{"modality":{"eq":"%"}}}"#
        ),
        condition("mode", Kind::Member(MODES), r#"{"mode":{"eq":"%"}}"#),
        condition("status", Kind::Member(STATUSES), r#"{"status":{"eq":"%"}}"#),
        condition("phase", Kind::Member(PHASES), r#"{"phase":{"eq":"%"}}"#),
        condition("place", Kind::Country, r#"{"venues":{"some":{"country":{"eq":"%"}}}}"#),
        variable("sort", Kind::Choice(BATCH_ORDERS), "order"),
        AFTER,
        BEFORE,
    ]),
    page!("batch" at "/batches/{key}", About::Record("BATCH"), []),
    page!("countries" at "/countries", About::Many, []),
    page!("country" at "/countries/{code}", About::Country, [AFTER, BEFORE]),
];
