//! Keyset paging after the Relay connections specification.

use async_graphql::{InputType, Result, Value as Const};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{ArrayType, ColumnRef, Expr, IntoColumnRef, IntoIden, Order, SelectStatement};
use sea_orm::{Condition, Value};
use uuid::Uuid;

use super::noun::Noun;
use super::table::Table;
use crate::graphql::error::bad_input;
use crate::graphql::order::OrderDirection;
use crate::graphql::page::{Side, USUAL_PAGE, beyond, encode, shorten, size};
use crate::graphql::scalars::{Cursor, calendar_date};

/// A part of a list: which order, from where, how much, from which end.
#[derive(Debug)]
pub struct Window {
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
    arguments.iter().find(|(known, _)| known == name).map_or(Const::Null, |(_, value)| value.clone())
}

/// The value of an argument of a type.
pub fn parsed<T: InputType>(value: Const) -> Result<T> {
    T::parse(Some(value)).map_err(|error| {
        let error = error.into_server_error(async_graphql::Pos::default());
        async_graphql::Error { message: error.message, source: error.source, extensions: error.extensions }
    })
}

impl Window {
    /// What the arguments of a list of `noun` ask for, whose page has `largest` nodes at most.
    pub fn new(noun: &'static Noun, arguments: &Arguments, largest: u64) -> Result<Self> {
        let table: &'static Table = &noun.table;
        let terms = whole(table, (noun.order)(argument(arguments, "orderBy"))?);
        let number = |name| parsed::<Option<i32>>(argument(arguments, name));
        let size = |name, given| size(name, given, largest);
        let (limit, backward) = match (number("first")?, number("last")?) {
            (Some(first), Some(last)) => {
                return Err(bad_input(format!(
                    "`first` ({first}) and `last` ({last}) cannot be given together: a page begins at one end"
                )));
            }
            (Some(first), None) => (size("first", first)?, false),
            (None, Some(last)) => (size("last", last)?, true),
            (None, None) => (USUAL_PAGE, false),
        };
        let mut window = Self { table, terms, after: None, before: None, limit, backward };
        let cursor = |name| parsed::<Option<Cursor>>(argument(arguments, name));
        window.after = cursor("after")?.map(|cursor| window.read(&cursor)).transpose()?;
        window.before = cursor("before")?.map(|cursor| window.read(&cursor)).transpose()?;
        Ok(window)
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
    pub fn cursor(&self, values: &[Value]) -> String {
        let mut parts = vec![self.signature()];
        parts.extend(values.iter().map(encode));
        URL_SAFE_NO_PAD.encode(serde_json::json!(parts).to_string())
    }

    fn read(&self, cursor: &Cursor) -> Result<Vec<Value>> {
        let unreadable = || bad_input(format!("{:?} is not a cursor of this list", shorten(&cursor.0)));
        let bytes = URL_SAFE_NO_PAD.decode(&cursor.0).map_err(|_| unreadable())?;
        let parts: Vec<String> = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
        let (signature, values) = parts.split_first().ok_or_else(unreadable)?;
        if *signature != self.signature() {
            return Err(bad_input(format!(
                "the cursor {:?} was made for another list or order; use cursors with the order that they came from",
                shorten(&cursor.0)
            )));
        }
        if values.len() != self.terms.len() {
            return Err(unreadable());
        }
        let columns = self.columns().map(|column| &self.table.columns[column].holds);
        let values: Option<Vec<Value>> =
            values.iter().zip(columns).map(|(value, holds)| decode(value, holds)).collect();
        values.ok_or_else(unreadable)
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

    /// Rows on the far side of a place; `reversed` looks back.
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
            (self.table.columns[*column].name, (*direction == OrderDirection::Desc) != self.backward)
        };
        self.terms.iter().map(order)
    }

    /// The same as columns of `table`, for a statement.
    pub fn order_of(&self, table: impl IntoIden + Clone) -> Vec<(ColumnRef, Order)> {
        let order = |(column, down): (&'static str, bool)| {
            let order = if down { Order::Desc } else { Order::Asc };
            ((table.clone().into_iden(), column).into_column_ref(), order)
        };
        self.order().map(order).collect()
    }

    /// Whether there are rows before the page and behind it, where `more` were read than it has.
    pub fn neighbours(&self, more: bool) -> (bool, bool) {
        if self.backward { (more, self.before.is_some()) } else { (self.after.is_some(), more) }
    }
}

/// An order in which no two rows have the same place.
fn whole(table: &Table, terms: Vec<(&'static str, OrderDirection)>) -> Vec<(usize, OrderDirection)> {
    let mut whole: Vec<(usize, OrderDirection)> = Vec::with_capacity(terms.len() + 1);
    let has = |terms: &[(usize, OrderDirection)], column: usize| terms.iter().any(|term| term.0 == column);
    for (column, direction) in terms {
        let column = table.place(column);
        // A field that is named twice orders by its first mention; what stands behind the id decides nothing.
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

/// The value that `encode` wrote for a column; none where the text is not one for what it holds.
fn decode(text: &str, holds: &ArrayType) -> Option<Value> {
    let (kind, rest) = text.split_at_checked(1)?;
    match (kind, holds) {
        // PostgreSQL's text cannot hold the character zero.
        ("s", ArrayType::String) if !rest.contains('\0') => Some(rest.to_owned().into()),
        ("u", ArrayType::Uuid) => rest.parse::<Uuid>().ok().map(Into::into),
        ("d", ArrayType::ChronoDate) => calendar_date(rest).map(Into::into),
        ("t", ArrayType::ChronoDateTimeUtc) => rest.parse::<DateTime<Utc>>().ok().map(Into::into),
        ("i", ArrayType::Int) => rest.parse::<i32>().ok().map(Into::into),
        _ => None,
    }
}
