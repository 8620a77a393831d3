//! Keyset paging after the Relay connections specification.

use async_graphql::{InputType, Result, Value as Const};
use sea_orm::sea_query::{ColumnRef, Expr, IntoColumnRef, Order, SelectStatement};
use sea_orm::{Condition, Value};

use super::noun::Noun;
use super::table::Table;
use crate::graphql::order::OrderDirection;
use crate::graphql::page::{Side, beyond, extent, place, read_place};
use crate::graphql::scalars::Cursor;

/// A part of a list: which order, from where, how much, from which end.
#[derive(Debug)]
pub struct Keyset {
    table: &'static Table,
    /// Places of columns, and which way.
    terms: Vec<(usize, OrderDirection)>,
    after: Option<Vec<Value>>,
    before: Option<Vec<Value>>,
    /// How many rows.
    pub limit: u64,
    /// Whether it is read from the end.
    pub backward: bool,
}

/// The arguments of a request at a field.
pub type Arguments = [(String, Const)];

/// The value of an argument; null where it is not given.
pub fn argument(arguments: &Arguments, name: &str) -> Const {
    arguments
        .iter()
        .find(|(known, _)| known == name)
        .map_or(Const::Null, |(_, value)| value.clone())
}

/// The value of an argument of a type.
pub fn parsed<T: InputType>(value: Const) -> Result<T> {
    T::parse(Some(value)).map_err(|error| {
        let error = error.into_server_error(async_graphql::Pos::default());
        async_graphql::Error {
            message: error.message,
            source: error.source,
            extensions: error.extensions,
        }
    })
}

impl Keyset {
    /// What the arguments of a list of `noun` ask for, whose page has `largest` nodes at most.
    pub fn new(noun: &'static Noun, arguments: &Arguments, largest: u64) -> Result<Self> {
        let table: &'static Table = &noun.table;
        let terms = whole(table, (noun.order)(argument(arguments, "orderBy"))?);
        let number = |name| parsed::<Option<i32>>(argument(arguments, name));
        let (limit, backward) = extent(number("first")?, number("last")?, largest)?;
        let mut keyset = Self { table, terms, after: None, before: None, limit, backward };
        let cursor = |name| parsed::<Option<Cursor>>(argument(arguments, name));
        keyset.after = cursor("after")?.map(|cursor| keyset.read(&cursor)).transpose()?;
        keyset.before = cursor("before")?.map(|cursor| keyset.read(&cursor)).transpose()?;
        Ok(keyset)
    }

    /// The columns that a place in the order has.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        self.terms.iter().map(|term| term.0)
    }

    /// The order, as a cursor names it.
    fn signature(&self) -> String {
        let mut signature = self.table.name.to_string();
        for (column, direction) in &self.terms {
            signature.push(if *direction == OrderDirection::Asc { '+' } else { '-' });
            signature.push_str(self.table.columns[*column].name);
        }
        signature
    }

    /// The place of the row that has these values in the columns of the order.
    pub fn cursor(&self, values: Vec<Value>) -> Cursor {
        place(self.signature(), values.into_iter())
    }

    fn read(&self, cursor: &Cursor) -> Result<Vec<Value>> {
        read_place(
            cursor,
            &self.signature(),
            self.terms.iter().map(|term| &self.table.columns[term.0].holds),
        )
    }

    /// Keeps the rows between the cursors.
    pub fn restrict(&self, select: &mut SelectStatement) {
        if let Some(values) = &self.after {
            select.cond_where(self.beyond(values, false));
        }
        if let Some(values) = &self.before {
            select.cond_where(self.beyond(values, true));
        }
    }

    /// Rows beyond a place; `reversed` looks back.
    fn beyond(&self, values: &[Value], reversed: bool) -> Condition {
        let place = self.terms.iter().zip(values).map(|((column, direction), value)| Side {
            column: Expr::col((self.table.name.clone(), self.table.columns[*column].name)),
            up: (*direction == OrderDirection::Asc) != reversed,
            value: Expr::val(value.clone()),
        });
        beyond(&place.collect::<Vec<_>>())
    }

    /// The names of the columns in whose order rows are to be read, and whether they go down.
    pub fn order(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let order = |(column, direction): &(usize, OrderDirection)| {
            (
                self.table.columns[*column].name,
                (*direction == OrderDirection::Desc) != self.backward,
            )
        };
        self.terms.iter().map(order)
    }

    /// The same as columns of the table, for a statement.
    pub fn order_of_table(&self) -> Vec<(ColumnRef, Order)> {
        let order = |(column, down): (&'static str, bool)| {
            let order = if down { Order::Desc } else { Order::Asc };
            ((self.table.name.clone(), column).into_column_ref(), order)
        };
        self.order().map(order).collect()
    }

    /// Whether there are rows before the page and behind it, where `more` were read than it has.
    pub fn neighbours(&self, more: bool) -> (bool, bool) {
        if self.backward { (more, self.before.is_some()) } else { (self.after.is_some(), more) }
    }
}

/// An order in which no two rows have the same place.
fn whole(
    table: &Table,
    terms: Vec<(&'static str, OrderDirection)>,
) -> Vec<(usize, OrderDirection)> {
    let mut whole: Vec<(usize, OrderDirection)> = Vec::with_capacity(terms.len() + 1);
    let has = |terms: &[(usize, OrderDirection)], column: usize| {
        terms.iter().any(|term| term.0 == column)
    };
    for (column, direction) in terms {
        let column = table.place(column);
        // A field that is named twice orders by its first mention; what stands behind the id
        // decides nothing.
        if !has(&whole, column) && !has(&whole, table.id) {
            whole.push((column, direction));
        }
    }
    if !has(&whole, table.id) {
        // The tie-breaker goes the way of the last term, so that one index serves both.
        let direction = whole.last().map_or(OrderDirection::Asc, |term| term.1);
        whole.push((table.id, direction));
    }
    whole
}
