//! What a read costs besides the fields of its answer: the prices of statements that read more rows
//! than they answer with.
//!
//! **A unit of cost is two microseconds of the database.** That is what a field of a page comes to,
//! so that the two can be added. What a statement may read is taken from a network of [`rows`]
//! rows; the prices for each thousand of these were measured on SQLite. So the largest cost that is
//! allowed (500,000) is about a second.
//!
//! * A page without a filter is read from an index, and costs its fields alone.
//! * **A filter** may read the whole list before the page is full: [`SCAN`], and [`TEST`] (or
//!   [`TEXT`]) for each operator in it. A condition on related records reads these, in a statement
//!   of its own: `SCAN` and its operators once more, of their list; `involvedIn` also delegations.
//! * **`totalCount`** is [`COUNT`], and the filter. **`groups`** and **`groupedBy`** are [`GROUP`],
//!   [`GROUP_FIELD`] for each of their fields, [`GROUP_RELATION`] for each dot in the paths,
//!   [`GROUP_LINK`] for what a link table leads to, [`GROUP_MEASURE`] or [`GROUP_MEDIAN`] for each
//!   measure but a count, and the filter.
//! * **A list below another object** is a part of the whole: these are divided by [`PARENTS`], and
//!   charged for each parent, and a [`PART`] of them once. What its filter asks of related records
//!   is read once for all parents.
//! * **Each statement of a cube** reads all delegations: [`CUBE`], and [`WIDE`] where a dimension
//!   is regional groups or institutions, for each of `cells`, `rowTotals`, `columnTotals`, `total`,
//!   once more where they have an order, thrice for `rest`, and for each measure below them that
//!   is not read with the counts (`people`, `personDays`, `medianPeople`, `share`, `firstTime`,
//!   `returning`, `actionPlans`, `delegations`, `totalCount`), with the filters of the cube; but
//!   [`LISTED`] for `delegations`, which sorts them.
//! * **`asKnownAt`** of a cube reads the log and the rows of which it tells, [`LOG`], and then each
//!   statement reads whole tables: [`WHOLE`] more. **`batchSnapshot`** and
//!   **`countrySnapshot`** read what the log has of a batch, or of all batches of a country, up to
//!   ten thousand whole events: [`SNAPSHOT`] each.
//! * **`membersNotAttending`** over batches that a filter chooses reads delegations: `SCAN`, and
//!   the filter. **`search`** and **`events`** have a price of their own, [`SEARCH`] and
//!   [`EVENTS`]; the **`history`** of all records costs as much as a search.
//!
//! Each use pays, whatever it is called: aliases cost as much as what they stand for.

use std::collections::HashMap;

use apollo_compiler::executable::Field;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Schema, ast};
use async_graphql::{Value, Variables};
use async_graphql_value::Value as Literal;

use super::convert;
use super::plan::is_list;

pub mod groups;

/// Reading rows and testing them.
pub const SCAN: u64 = 400;
/// Each operator of a filter, tested on rows that are read.
pub const TEST: u64 = 25;
/// Each operator of a filter that looks into texts.
pub const TEXT: u64 = 200;
/// Counting rows.
pub const COUNT: u64 = 40;
/// Grouping rows.
pub const GROUP: u64 = 200;
/// Each field that rows are grouped by.
pub const GROUP_FIELD: u64 = 300;
/// Each relation that leads to what rows are grouped by, or measured in.
pub const GROUP_RELATION: u64 = 300;
/// Each relation by which a row may be in several groups, for which its rows are sorted.
pub const GROUP_LINK: u64 = 2000;
/// Each measure of groups that looks at all their values: those of conditions and orders too.
pub const GROUP_MEASURE: u64 = 300;
/// The median, for which the rows of groups are sorted.
pub const GROUP_MEDIAN: u64 = 1000;
/// A statement of a cube.
pub const CUBE: u64 = 400;
/// What it costs more where a dimension is one in which a delegation stands several times, or of
/// which there are thousands.
pub const WIDE: u64 = 500;
/// Going back over the log, for the tables of a cube.
pub const LOG: u64 = 40_000;
/// What a statement of a cube costs more in tables as they stood, of which there is no index.
pub const WHOLE: u64 = 400;
/// The statement for the delegations of cells, whatever the dimensions.
pub const LISTED: u64 = 1300;
/// These dimensions.
const WIDE_DIMENSIONS: [&str; 7] =
    ["REGIONAL_GROUP", "INSTITUTION", "ORGANISER", "HOST", "FUNDER", "IMPLEMENTER", "PARTNER"];
/// How many parents the rows of a list are taken to be divided among.
pub const PARENTS: u64 = 100;
/// What part of a list below others is paid for once, however few parents there are.
pub const PART: u64 = 10;
/// A search, or counting what it finds.
pub const SEARCH: u64 = 10_000;
/// Looking through the log.
pub const EVENTS: u64 = 2_000;
/// Going back over the log of one record: a search, and whole events, which take more than twice
/// what the cube reads of them.
pub const SNAPSHOT: u64 = SEARCH + 9 * LOG / 4;
/// The fields of a grouping at most; that many where a variable names them.
pub const MOST_GROUP_FIELDS: u64 = 3;

/// What a cube and `membersNotAttending` count.
pub const DELEGATION: &str = "Delegation";

/// How many rows a list of records is taken to have: those of a network with ten thousand batches.
pub fn rows(kind: &str) -> u64 {
    match kind {
        "Claim" => 130_000,
        DELEGATION => 100_000,
        "Institution" => 20_000,
        "Country" | "RegionalGroup" | "Membership" | "Programme" | "Topic" | "Indicator"
        | "Source" | "Account" | "Grant" | "ApiToken" | "WebhookEndpoint" => 1_000,
        _ => 10_000,
    }
}

/// The price of reading a list, where `price` is for a thousand rows.
pub fn of_list(kind: &str, price: u64) -> u64 {
    rows(kind) * price / 1000
}

/// What a filter adds to the price of each statement that has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FilterPrice {
    /// For reading the list itself.
    pub own: u64,
    /// For reading related records.
    pub related: u64,
}

/// What is selected of a list, or of a cube, that takes a statement of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct StatementPrices {
    /// Whether the nodes of a list are.
    pub page: bool,
    /// How often a list is counted.
    pub counts: u64,
    /// How often it is grouped, and the price of this for a thousand rows.
    pub groupings: (u64, u64),
    /// The price of what is measured of groups, for a thousand rows.
    pub measures: u64,
    /// Statements of a cube that count.
    pub cube: u64,
    /// Statements of a cube that list delegations.
    pub listed: u64,
}

impl StatementPrices {
    /// Adds what a fragment has.
    pub fn add(&mut self, other: Self) {
        self.page |= other.page;
        self.counts = self.counts.saturating_add(other.counts);
        self.groupings.0 = self.groupings.0.saturating_add(other.groupings.0);
        self.groupings.1 = self.groupings.1.saturating_add(other.groupings.1);
        self.measures = self.measures.saturating_add(other.measures);
        self.cube = self.cube.saturating_add(other.cube);
        self.listed = self.listed.saturating_add(other.listed);
    }
}

/// What is read for a field besides what it answers with.
#[derive(Debug)]
pub struct Read {
    /// What its statements cost together, without its filters.
    price: u64,
    /// How many have the filters.
    statements: u64,
    filters: Vec<(String, Filter)>,
    /// Whether it is below other objects, each of which has a part of it.
    nested: bool,
}

/// A filter that a field is given.
#[derive(Debug)]
enum Filter {
    Fixed(FilterPrice),
    Varying(Literal),
}

impl Read {
    /// What is read for a field of an object of type `parent`, of which `selected` is selected.
    pub fn of(
        parent: &Name,
        field: &Field,
        selected: StatementPrices,
        filters: &Filters,
    ) -> Option<Self> {
        let StatementPrices { page, counts, groupings, cube, listed, .. } = selected;
        let ty = field.definition.ty.inner_named_type();
        let root = parent == QUERY_TYPE;
        let delegations =
            |statements: u64, price| of_list(DELEGATION, price).saturating_mul(statements);
        let (price, statements) = match (field.name.as_str(), ty.strip_suffix("Connection")) {
            (_, Some(kind)) => {
                let counted = of_list(kind, COUNT).saturating_mul(counts);
                let grouped = of_list(kind, groupings.1);
                (
                    counted.saturating_add(grouped),
                    u64::from(page).saturating_add(counts).saturating_add(groupings.0),
                )
            }
            ("attendance", None) if root => {
                let is_wide = |value: &ast::Value| match value {
                    ast::Value::Enum(dimension) => WIDE_DIMENSIONS.contains(&dimension.as_str()),
                    other => other.as_variable().is_some(),
                };
                let named =
                    |name: &str| field.arguments.iter().find(|argument| argument.name == name);
                let mut wide = ["rows", "columns"].iter().filter_map(|name| named(name));
                let wide = u64::from(wide.any(|dimension| is_wide(&dimension.value)));
                let then = u64::from(named("asKnownAt").is_some());
                let price = delegations(cube, CUBE + WIDE * wide + WHOLE * then)
                    .saturating_add(delegations(listed, LISTED + WHOLE * then))
                    .saturating_add(LOG * then);
                (price, cube.saturating_add(listed))
            }
            ("membersNotAttending", None) if root => (delegations(1, SCAN), 1),
            ("search", None) if root => (SEARCH.saturating_mul(1 + counts), 0),
            // Whom or which day it is asked of, the log may be read to its beginning for it.
            ("history", None) if root => (SEARCH, 0),
            ("events", None) if root => (EVENTS, 0),
            ("batchSnapshot" | "countrySnapshot", None) if root => (SNAPSHOT, 0),
            _ => return None,
        };
        let argument = |name: &str| field.arguments.iter().find(|argument| argument.name == name);
        let given = field.definition.arguments.iter().filter_map(|defined| {
            let ty = defined.ty.inner_named_type().to_string();
            let value = convert::value(&argument(&defined.name)?.value);
            let filter = match value.clone().into_const() {
                Some(value) => Filter::Fixed(filters.price(&ty, &value)),
                None => Filter::Varying(value),
            };
            filters.has(&ty).then_some((ty, filter))
        });
        Some(Self { price, statements, filters: given.collect(), nested: !root })
    }

    /// What is charged for each parent, and what is charged once.
    pub fn cost(&self, filters: &Filters, variables: &Variables) -> (u64, u64) {
        let (mut own, mut related) = (self.price, 0_u64);
        for (ty, filter) in &self.filters {
            let price = match filter {
                Filter::Fixed(price) => *price,
                Filter::Varying(value) => {
                    let given =
                        |name| Ok::<_, ()>(variables.get(&name).cloned().unwrap_or_default());
                    filters.price(ty, &value.clone().into_const_with(given).unwrap_or_default())
                }
            };
            own = own.saturating_add(price.own.saturating_mul(self.statements));
            related = related.saturating_add(price.related.saturating_mul(self.statements));
        }
        if self.nested {
            // One parent may have much of the list: all claims are of a source, and of few of them.
            (own.div_ceil(PARENTS), related.saturating_add(own / PART))
        } else {
            (0, own.saturating_add(related))
        }
    }

    /// Whether it depends on variables.
    pub fn varies(&self) -> bool {
        self.filters.iter().any(|(_, filter)| matches!(filter, Filter::Varying(_)))
    }
}

/// The type that the roots of queries are fields of.
const QUERY_TYPE: &str = "Query";
/// The type of a cube.
pub const CUBE_TYPE: &str = "AttendanceAggregates";
/// The type of its cells.
const CELL_TYPE: &str = "AttendanceCellAggregates";

/// The statement of its own that a field of a list, or of a cube, takes.
pub fn selected(parent: &Name, field: &Field) -> StatementPrices {
    let mut statements = StatementPrices::default();
    match field.name.as_str() {
        "nodes" | "edges" | "pageInfo" if is_list(parent) => statements.page = true,
        "totalCount" if is_list(parent) => statements.counts = 1,
        "groups" | "groupedBy" if is_list(parent) => {
            statements.groupings = (1, groups::of_grouping(field));
        }
        _ if parent == groups::GROUP_TYPE => statements.measures = groups::of_measure(field),
        "cells" | "rowTotals" | "columnTotals" if parent == CUBE_TYPE => {
            let is_ordered = field.arguments.iter().any(|argument| argument.name == "orderBy");
            statements.cube = 1 + u64::from(is_ordered);
        }
        "total" if parent == CUBE_TYPE => statements.cube = 1,
        // The rows that stand first, and what is not of these.
        "rest" if parent == CUBE_TYPE => statements.cube = 3,
        "people" | "personDays" | "medianPeople" | "share" | "firstTime" | "returning"
        | "actionPlans"
            if parent == CELL_TYPE =>
        {
            statements.cube = 1;
        }
        "delegations" if parent == CELL_TYPE => statements.listed = 1,
        _ => {}
    }
    statements
}

/// The input types that choose among records.
#[derive(Debug)]
pub struct Filters(HashMap<String, Fields>);

/// The fields of an input type, with their types.
type Fields = HashMap<String, String>;

impl Filters {
    /// Those of a schema.
    pub fn of(schema: &Schema) -> Self {
        let filters = schema.types.iter().filter_map(|(name, ty)| match ty {
            ExtendedType::InputObject(input) if name.ends_with("Filter") => {
                let fields = input.fields.iter();
                let fields = fields
                    .map(|(field, of)| (field.to_string(), of.ty.inner_named_type().to_string()));
                Some((name.to_string(), fields.collect()))
            }
            _ => None,
        });
        Self(filters.collect())
    }

    /// Whether a type chooses among records.
    pub fn has(&self, ty: &str) -> bool {
        self.0.get(ty).is_some_and(|fields| fields.contains_key("not"))
    }

    /// The price of a filter of a type; of one that is not there, or says nothing, none.
    pub fn price(&self, ty: &str, filter: &Value) -> FilterPrice {
        let mut price = FilterPrice::default();
        if matches!(filter, Value::Object(fields) if !fields.is_empty()) {
            price.own = of_list(kind(ty), SCAN);
            self.add(ty, filter, false, &mut price);
        }
        price
    }

    /// Adds what stands in a filter of records.
    fn add(&self, ty: &str, filter: &Value, related: bool, price: &mut FilterPrice) {
        match filter {
            // An input object alone may stand for a list of one.
            Value::List(items) => items.iter().for_each(|item| self.add(ty, item, related, price)),
            Value::Object(fields) => {
                for (field, value) in fields {
                    self.add_field(ty, field, value, related, price);
                }
            }
            _ => {}
        }
    }

    fn add_field(
        &self,
        ty: &str,
        field: &str,
        value: &Value,
        related: bool,
        price: &mut FilterPrice,
    ) {
        let Some(of) = self.0.get(ty).and_then(|fields| fields.get(field)) else { return };
        if matches!(field, "and" | "or" | "not") {
            return self.add(of, value, related, price);
        }
        let mut relation = |ty: &str, value: &Value| {
            if *value != Value::Null {
                price.related = price.related.saturating_add(of_list(kind(ty), SCAN));
                self.add(ty, value, true, price);
            }
        };
        if self.has(of) {
            relation(of, value);
            // It leads through all that may involve somebody, of which delegations are the most.
            if field == "involvedIn" && *value != Value::Null {
                price.related = price.related.saturating_add(of_list(DELEGATION, SCAN));
            }
        } else if let (Some(inner), true) = (self.0.get(of), of.ends_with("ListFilter")) {
            let Value::Object(some_or_none) = value else { return };
            some_or_none.iter().for_each(|(how, value)| {
                inner.get(how.as_str()).into_iter().for_each(|ty| relation(ty, value));
            });
        } else {
            let test = of_list(kind(ty), if of == "TextFilter" { TEXT } else { TEST });
            let part = if related { &mut price.related } else { &mut price.own };
            *part = part.saturating_add(test);
            // Conditions on related records under a name of their own.
            let read = match field {
                "hasConflict" => of_list("Finding", SCAN),
                "overlaps" => of_list("Batch", SCAN),
                _ => 0,
            };
            price.related = price.related.saturating_add(read);
        }
    }
}

/// A request of a larger cost is read on the connections for what takes long: about a tenth of a
/// second.
pub const HEAVY: u64 = 50_000;

/// The kind of record that a filter chooses among.
fn kind(filter: &str) -> &str {
    filter.strip_suffix("Filter").unwrap_or(filter)
}
