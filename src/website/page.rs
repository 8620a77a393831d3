//! The table of pages.

use super::links::encoded;
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
    /// A list that it shows as a whole, however long.
    pub whole: Option<Whole>,
    /// What shows the answer.
    pub template: &'static str,
    /// What may stand behind the `?`.
    pub takes: &'static [Parameter],
    /// What it is about.
    pub about: About,
}

/// A list that is read to its end: its operation is asked again with the place (`$place`) at which
/// the answer before ended.
#[derive(Clone, Copy, Debug)]
pub struct Whole {
    /// The operation.
    pub operation: &'static str,
    /// Where in its answer the list stands, as a JSON pointer.
    pub list: &'static str,
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
    /// All that it asks.
    pub fn asks(&self) -> impl Iterator<Item = &'static str> {
        let whole = self.whole.map(|whole| whole.operation);
        self.operations.iter().copied().chain(whole)
    }

    /// The path of the page of a record.
    pub fn of(&self, key: &str) -> String {
        let key = encoded(key);
        self.path.replace("{key}", &key).replace("{code}", &key)
    }

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

/// How many records have pages.
pub const SITEMAP: &str = include_str!("../../web/pages/sitemap.graphql");
/// The records that have pages: an operation for each kind, of the name that their addresses begin
/// with.
pub const SITEMAP_LISTS: &str = include_str!("../../web/pages/sitemap-lists.graphql");

/// The list of batches as a table.
pub const LIST_TABLE: &str = include_str!("../../web/pages/batches-table.graphql");
/// Which batches the list has.
pub const LIST_KEYS: Whole =
    Whole { operation: include_str!("../../web/pages/batches-keys.graphql"), list: "/batches" };
/// The tree of topics.
const TOPICS: Whole =
    Whole { operation: include_str!("../../web/pages/topics.graphql"), list: "/topics" };
/// The countries of the map.
const MAP: Whole = Whole {
    operation: include_str!("../../web/pages/attendance-map.graphql"),
    list: "/map/rowTotals",
};

/// A page of the name, its operations and its template.
macro_rules! page {
    (
        $name:literal $(and $more:literal)? $(with $whole:ident)? at $path:literal, $about:expr,
        [$($takes:expr),* $(,)?]
    ) => {
        Page {
            name: $name,
            path: $path,
            operations: &[
                include_str!(concat!("../../web/pages/", $name, ".graphql")),
                $(include_str!(concat!("../../web/pages/", $more, ".graphql")))?
            ],
            whole: [$(Some($whole),)? None][0],
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
/// Marks of a matrix and countries of a batch are more on a page than lists have rows.
const HUNDRED: Parameter =
    Parameter { name: "after", kind: Kind::Place, becomes: Becomes::AfterMarks };
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
    whole: None,
    template: "error.html",
    takes: &[],
    about: About::Many,
};

/// In which state findings are listed.
const STATES: &[(&str, &str)] = &[
    ("open", r#"["OPEN"]"#),
    ("explained", r#"["EXPLAINED"]"#),
    ("resolved", r#"["RESOLVED"]"#),
    ("all", r#"["EXPLAINED","OPEN","RESOLVED"]"#),
];

/// What the rows of the matrix can be, and what its columns.
const ROWS: &[(&str, &str)] = &[
    ("country", "\"COUNTRY\""),
    ("programme", "\"PROGRAMME\""),
    ("topic", "\"TOPIC\""),
    ("place", "\"HOST_COUNTRY\""),
    ("batch", "\"BATCH\""),
];
const COLUMNS: &[(&str, &str)] = &[
    ("year", "\"YEAR\""),
    ("modality", "\"MODALITY\""),
    ("topic", "\"TOPIC\""),
    ("programme", "\"PROGRAMME\""),
    ("batch", "\"BATCH\""),
];

const INSTITUTION_KINDS: &[&str] = &[
    "ACADEMIC",
    "ASSOCIATION",
    "FOUNDATION",
    "GOVERNMENT",
    "INTERNATIONAL_NGO",
    "LOCAL_GOVERNMENT",
    "MULTILATERAL",
    "NATIONAL_NGO",
    "OTHER",
    "OTHER_PUBLIC_SECTOR",
    "PARTNER_COUNTRY_NGO",
    "PRIVATE_SECTOR",
    "PUBLIC_PRIVATE_PARTNERSHIP",
    "REGIONAL_NGO",
];

/// All pages.
pub const PAGES: &[Page] = &[
    page!("home" at "/", About::Many, []),
    page!("batches" and "batches-facets" at "/batches", About::Many, [
        YEAR,
        PROGRAMME,
        condition(
            "country", Kind::Country, r#"{"delegations":{"some":{"country":{"eq":"%"}}}}"#
        ),
        TOPIC,
        MODALITY,
        condition("mode", Kind::Member(MODES), r#"{"mode":{"eq":"%"}}"#),
        condition("status", Kind::Member(STATUSES), r#"{"status":{"eq":"%"}}"#),
        condition("phase", Kind::Member(PHASES), r#"{"phase":{"eq":"%"}}"#),
        PLACE,
        OWNER,
        variable("sort", Kind::Choice(BATCH_ORDERS), "order"),
        AFTER,
        BEFORE,
    ]),
    page!("batch" at "/batches/{key}", About::Record("BATCH"), [HUNDRED]),
    page!("countries" at "/countries", About::Many, [HUNDRED]),
    page!("country" at "/countries/{code}", About::Country, [AFTER, BEFORE]),
    page!("programmes" at "/programmes", About::Many, [
        condition("q", Kind::Words, r#"{"title":{"contains":"%"}}"#),
        condition("modality", Kind::Member(MODALITIES), r#"{"modality":{"eq":"%"}}"#),
        OWNER,
        PARENT,
        TOPIC,
        condition("group", Kind::Key, r#"{"group":{"key":{"eq":"%"}}}"#),
        AFTER,
        BEFORE,
    ]),
    page!("programme" at "/programmes/{key}", About::Record("PROGRAMME"), [AFTER, BEFORE]),
    page!("institutions" at "/institutions", About::Many, [
        condition("q", Kind::Words, r#"{"name":{"contains":"%"}}"#),
        condition("kind", Kind::Member(INSTITUTION_KINDS), r#"{"kind":{"eq":"%"}}"#),
        condition("country", Kind::Country, r#"{"country":{"eq":"%"}}"#),
        PARENT,
        AFTER,
        BEFORE,
    ]),
    page!("institution" at "/institutions/{key}", About::Record("INSTITUTION"), [
        variable("asOf", Kind::Day, "asOf"),
    ]),
    page!("groups" at "/groups", About::Many, [AFTER, BEFORE]),
    page!("group" at "/groups/{key}", About::Record("REGIONAL_GROUP"), [
        variable("asOf", Kind::Day, "asOf"),
    ]),
    Page {
        name: "topics",
        path: "/topics",
        operations: &[],
        whole: Some(TOPICS),
        template: "topics.html",
        takes: &[],
        about: About::Many,
    },
    page!("topic" at "/topics/{key}", About::Record("TOPIC"), [AFTER, BEFORE]),
    page!("sources" at "/sources", About::Many, [
        condition("q", Kind::Words, r#"{"title":{"contains":"%"}}"#),
        condition("kind", Kind::Member(SOURCE_KINDS), r#"{"kind":{"eq":"%"}}"#),
        condition("publisher", Kind::Key, r#"{"publisher":{"key":{"eq":"%"}}}"#),
        AFTER,
        BEFORE,
    ]),
    page!("source" at "/sources/{key}", About::Record("SOURCE"), [AFTER, BEFORE]),
    page!("findings" at "/findings", About::Many, [
        condition("state", Kind::Choice(STATES), r#"{"state":{"in":"%"}}"#),
        condition("severity", Kind::Member(SEVERITIES), r#"{"severity":{"eq":"%"}}"#),
        AFTER,
        BEFORE,
    ]),
    page!("search" at "/search", About::Many, [
        Parameter { name: "q", kind: Kind::Words, becomes: Becomes::Search },
        variable("type", Kind::Choice(TYPES), "types"),
        AFTER,
    ]),
    page!("attendance" and "attendance-years" with MAP at "/attendance", About::Many, [
        variable("rows", Kind::Choice(ROWS), "rows"),
        variable("columns", Kind::Choice(COLUMNS), "columns"),
        YEAR,
        PROGRAMME,
        TOPIC,
        MODALITY,
        PLACE,
        HUNDRED,
    ]),
    page!("changes" at "/changes", About::Many, [AFTER, BEFORE]),
    page!("data" at "/data", About::Many, []),
];

const YEAR: Parameter = condition("year", Kind::Year, r#"{"year":{"eq":"%"}}"#);
const PROGRAMME: Parameter =
    condition("programme", Kind::Key, r#"{"programme":{"key":{"eq":"%"}}}"#);
const OWNER: Parameter = condition("owner", Kind::Key, r#"{"owner":{"key":{"eq":"%"}}}"#);
const PARENT: Parameter = condition("parent", Kind::Key, r#"{"parent":{"key":{"eq":"%"}}}"#);
const TOPIC: Parameter = condition("topic", Kind::Key, r#"{"topics":{"some":{"key":{"eq":"%"}}}}"#);
const MODALITY: Parameter =
    condition("modality", Kind::Member(MODALITIES), r#"{"programme":{"modality":{"eq":"%"}}}"#);
const PLACE: Parameter =
    condition("place", Kind::Country, r#"{"venues":{"some":{"country":{"eq":"%"}}}}"#);

const SEVERITIES: &[&str] = &["INFO", "SEVERE", "WARNING"];
const SOURCE_KINDS: &[&str] = &[
    "COUNTRY_STATEMENT",
    "DATASET",
    "NEWS_REPORT",
    "OWNER_STATEMENT",
    "PRESS_RELEASE",
    "REGULATION",
    "REPORT",
    "SPREADSHEET",
    "TREATY",
    "WEB_PAGE",
];

/// What can be searched for: everything that has a page of its own, or only one kind of it.
const TYPES: &[(&str, &str)] = &[
    ("all", "null"),
    ("batch", r#"["BATCH"]"#),
    ("country", r#"["COUNTRY"]"#),
    ("programme", r#"["PROGRAMME"]"#),
    ("institution", r#"["INSTITUTION"]"#),
    ("topic", r#"["TOPIC"]"#),
    ("source", r#"["SOURCE"]"#),
];
