//! What an operation asks for, counted before it is executed.
//!
//! **Cost** is the number of fields that the answer may have at most, and the price of what is read
//! for it besides (see [`price`](super::price)):
//!
//! * a field costs 1, and what is selected on it; a value under an alias costs [`ALIASED`] more,
//!   since so the same text may be asked for again and again;
//! * a connection costs 1 + page size × what is selected on a node, and what is selected beside the
//!   nodes. The page size is `first` or `last` (the larger where both are given), variables
//!   included, 20 where neither is;
//! * a list that takes `first` is charged by it, as a connection is by its page size;
//! * any other list of objects counts as [`LIST`] items, one of countries or delegations as
//!   [`COUNTRIES`], one of the names of a country as [`NAMES`], or as many as its argument `ids`
//!   names;
//! * introspection is charged alike, with [`TYPES`] for the types of the schema and [`META_LIST`]
//!   for its other lists.
//!
//! Every selection set is compiled once, a fragment also where it is spread a thousand times, into
//! a list in which children stand before parents. So compiling is linear in the document, and
//! evaluating for given variables is one loop over that list. Depth, aliases, selections and root
//! fields are counted on the way, each with fragments put in, since that is what will be walked.

mod compile;

use std::collections::HashMap;
use std::sync::Arc;

use apollo_compiler::Name;
use apollo_compiler::executable::{ExecutableDocument, Operation};
use async_graphql::{Name as VariableName, Value as Const, Variables};

use self::compile::Compiler;
use super::error::{Limit, RequestError};
use super::limits::Limits;
use super::limits::{LARGEST_PAGE, USUAL_PAGE};
use super::price::{Filters, Read, StatementPrices};

/// What a value costs more under an alias.
pub const ALIASED: u64 = 3;
/// How many items a list that is no connection is taken for.
pub const LIST: u64 = 10;
/// How many items a list of countries is taken for, and one of delegations that are invited
/// together: as many as there are countries, nearly.
pub const COUNTRIES: u64 = 200;
/// How many items a list of the names of a country is taken for: the Democratic Republic of the
/// Congo has 38 in the reference data.
pub const NAMES: u64 = 50;
/// How many types the schema is taken for.
pub const TYPES: u64 = 100;
/// How many items any other list of the introspection is taken for.
pub const META_LIST: u64 = 5;
/// How often lists of the introspection may lead to lists of it: `fields { type { fields { type { …
/// } } } }` grows with its depth as nothing else does. Three is one more than any tool asks for.
const META_NESTING: u64 = 3;

/// An operation, counted.
#[derive(Debug)]
pub struct Plan {
    sets: Vec<Set>,
    filters: Arc<Filters>,
    /// The cost, where it does not depend on variables.
    fixed: Option<u64>,
    /// The selections that were looked at: a bound of the work.
    pub visited: usize,
}

/// A selection set, counted.
#[derive(Debug, Default)]
struct Set {
    /// Fields that cost the same whatever the variables.
    own: u64,
    terms: Vec<Term>,
    depth: u64,
    selections: u64,
    aliases: u64,
    fields: u64,
    meta: u64,
    statements: StatementPrices,
}

/// What a selection adds to the cost of its set.
#[derive(Debug)]
struct Term {
    set: usize,
    size: Size,
    /// Whether it is charged for each item of the connection that the set belongs to.
    each: bool,
    read: Option<Read>,
}

/// How often something is charged.
#[derive(Debug)]
enum Size {
    /// A fragment: its parts count as parts of the set that spreads it.
    Spread,
    Times(u64),
    Page {
        first: Amount,
        last: Amount,
    },
    /// A list as long as its argument `first` says.
    Items(Amount),
    Length(String),
}

#[derive(Debug)]
enum Amount {
    Missing,
    Given(u64),
    Variable(String),
}

/// The parts of the cost of a set: charged once, charged for each item of its connection, and
/// charged for statements that are the same however many objects they are for.
#[derive(Clone, Copy, Default)]
struct Cost {
    once: u64,
    each: u64,
    shared: u64,
}

impl Plan {
    /// The selections of the operation, with fragments put in.
    pub fn selections(&self) -> u64 {
        self.sets.last().map_or(0, |root| root.selections)
    }

    /// Counts an operation, and refuses what exceeds a limit. The document must be valid: its
    /// fragments must form no circle.
    pub fn new(
        document: &ExecutableDocument,
        operation: &Operation,
        limits: &Limits,
        filters: &Arc<Filters>,
    ) -> Result<Self, RequestError> {
        let mut compiler = Compiler {
            fragments: &document.fragments,
            filters,
            done: HashMap::new(),
            plan: Vec::new(),
            visited: 0,
        };
        compiler.set(&operation.selection_set, 0)?;
        let Compiler { plan: sets, visited, .. } = compiler;
        if let Some(root) = sets.last() {
            let limit = |limit: Limit, what: &str, found: u64, most: u64| {
                let message =
                    || format!("the operation has {found} {what}; at most {most} are allowed");
                if found > most { Err(RequestError::limit(limit, message())) } else { Ok(()) }
            };
            limit(Limit::Depth, "levels of fields", root.depth, limits.max_depth)?;
            limit(Limit::RootFields, "fields at its root", root.fields, limits.max_root_fields)?;
            limit(Limit::Aliases, "aliases", root.aliases, limits.max_aliases)?;
            limit(Limit::Selections, "selections", root.selections, limits.max_selections)?;
            limit(
                Limit::Depth,
                "lists of the introspection inside one another",
                root.meta,
                META_NESTING,
            )?;
        }
        let mut plan = Self { sets, filters: filters.clone(), fixed: None, visited };
        let varies = |size: &Size| match size {
            Size::Spread | Size::Times(_) => false,
            Size::Page { first, last } => {
                [first, last].iter().any(|amount| matches!(amount, Amount::Variable(_)))
            }
            Size::Items(first) => matches!(first, Amount::Variable(_)),
            Size::Length(_) => true,
        };
        let varies =
            |term: &Term| varies(&term.size) || term.read.as_ref().is_some_and(Read::varies);
        if !plan.sets.iter().flat_map(|set| &set.terms).any(varies) {
            plan.fixed = Some(plan.evaluate(&Variables::default()));
        }
        Ok(plan)
    }

    /// The cost for these variables (coerced, with their defaults).
    pub fn cost(&self, variables: &Variables) -> u64 {
        self.fixed.unwrap_or_else(|| self.evaluate(variables))
    }

    /// How many root fields there are.
    pub fn roots(&self) -> usize {
        self.sets.last().map_or(0, |root| root.terms.len())
    }

    /// The cost of one page of the list that a root field, at this place, leads to, as if the field
    /// stood alone: beside the rows, and of each row.
    pub fn cost_of_table(&self, variables: &Variables, root: usize) -> (u64, u64) {
        // Single fields lead from the root to the list.
        let mut set = self.sets.last();
        let mut place = root;
        let list = loop {
            let Some(term) = set.and_then(|set| set.terms.get(place)) else { break None };
            place = 0;
            if matches!(term.size, Size::Page { .. }) {
                break Some(term.set);
            }
            set = self.sets.get(term.set);
        };
        let sized = |rows| list.map(|list| (list, rows));
        let cost = |rows| self.evaluate_with(variables, sized(rows), Some(root));
        let besides = cost(0);
        (besides, cost(1).saturating_sub(besides))
    }

    fn evaluate(&self, variables: &Variables) -> u64 {
        self.evaluate_with(variables, None, None)
    }

    /// The cost, with a page of so many items of the list whose set is named; of all root fields,
    /// or of the one at a place.
    fn evaluate_with(
        &self,
        variables: &Variables,
        sized: Option<(usize, u64)>,
        root: Option<usize>,
    ) -> u64 {
        let mut costs: Vec<Cost> = Vec::with_capacity(self.sets.len());
        for (number, set) in self.sets.iter().enumerate() {
            let mut cost = Cost { once: set.own, ..Cost::default() };
            let alone = root.filter(|_| number + 1 == self.sets.len());
            let terms = alone.map_or(set.terms.as_slice(), |place| {
                set.terms.get(place..=place).unwrap_or_default()
            });
            for term in terms {
                let Cost { once, each, shared } = costs[term.set];
                let read =
                    term.read.as_ref().map_or((0, 0), |read| read.cost(&self.filters, variables));
                cost.shared = cost.shared.saturating_add(shared).saturating_add(read.1);
                let (once, each) = match &term.size {
                    Size::Spread => (once, each),
                    Size::Times(times) => (once.saturating_add(each).saturating_mul(*times), 0),
                    Size::Page { first, last } => {
                        let sized = sized.filter(|(list, _)| *list == term.set);
                        let page =
                            sized.map_or_else(|| page(first, last, variables), |(_, items)| items);
                        (once.saturating_add(each.saturating_mul(page)), 0)
                    }
                    Size::Items(first) => {
                        let items = page(first, &Amount::Missing, variables);
                        (once.saturating_add(each).saturating_mul(items), 0)
                    }
                    Size::Length(name) => {
                        (once.saturating_add(each).saturating_mul(length(variables, name)), 0)
                    }
                };
                let once = once.saturating_add(read.0);
                if term.each {
                    cost.each = cost.each.saturating_add(once);
                } else {
                    cost.once = cost.once.saturating_add(once);
                }
                cost.each = cost.each.saturating_add(each);
            }
            costs.push(cost);
        }
        costs
            .last()
            .map_or(0, |root| root.once.saturating_add(root.each).saturating_add(root.shared))
    }
}

/// A page that is too large is charged as the largest: the connection itself refuses it, in better
/// words.
fn page(first: &Amount, last: &Amount, variables: &Variables) -> u64 {
    let amount = |amount: &Amount| match amount {
        Amount::Missing => None,
        Amount::Given(amount) => Some(*amount),
        Amount::Variable(name) => match variables.get(&VariableName::new(name)) {
            Some(Const::Number(number)) => Some(number.as_u64().unwrap_or(0)),
            _ => None,
        },
    };
    amount(first).max(amount(last)).unwrap_or(USUAL_PAGE).min(LARGEST_PAGE)
}

fn length(variables: &Variables, name: &str) -> u64 {
    match variables.get(&VariableName::new(name)) {
        Some(Const::List(items)) => items.len() as u64,
        _ => 1,
    }
}

/// Whether a type is a page of a list: a connection, or a list of what is computed.
pub(super) fn is_list(ty: &Name) -> bool {
    ty.ends_with("Connection") || ty.ends_with("ListPayload")
}
