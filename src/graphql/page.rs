//! Keyset paging after the Relay connections specification, written once.

use std::sync::Arc;

use async_graphql::Result;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{ArrayType, ColumnRef, Expr, ExprTrait, IntoColumnRef, IntoIden, SelectStatement};
use sea_orm::{Condition, EntityTrait, IdenStatic, ModelTrait, Order, Value};
use uuid::Uuid;

use super::error::bad_input;
use super::filter::id_column;
use super::order::{OrderDirection, Ordered, Term};
use super::scalars::{Cursor, calendar_date};
use crate::db::row::Columns;

pub use crate::request::limits::{LARGEST_PAGE, USUAL_PAGE};

/// The four arguments of a connection.
#[derive(Clone, Debug, Default)]
pub struct PageArgs {
    /// How many from the start.
    pub first: Option<i32>,
    /// Behind this place.
    pub after: Option<Cursor>,
    /// How many from the end.
    pub last: Option<i32>,
    /// Before this place.
    pub before: Option<Cursor>,
}

/// A part of a list: which order, from where, how much, from which end.
#[derive(Clone)]
pub struct Window<E: EntityTrait> {
    terms: Vec<(E::Column, OrderDirection)>,
    after: Option<Vec<Value>>,
    before: Option<Vec<Value>>,
    /// How many rows; none means all of a closed list.
    pub limit: Option<u64>,
    backward: bool,
}

/// The rows of a page, in the order of the list.
pub struct Slice<M> {
    /// The rows.
    pub rows: Vec<Arc<M>>,
    /// Whether there are rows before them.
    pub has_previous: bool,
    /// Whether there are rows behind them.
    pub has_next: bool,
}

impl<E: Ordered> Window<E> {
    /// Reads the arguments of a connection, whose page has `largest` nodes at most.
    pub fn new(args: PageArgs, order: Option<Vec<E::Order>>, largest: u64) -> Result<Self> {
        let terms = order.filter(|order| !order.is_empty());
        let terms = terms.map_or_else(E::usual, |order| order.iter().map(Term::term).collect());
        let mut window = Self::whole(terms);
        let (limit, backward) = extent(args.first, args.last, largest)?;
        (window.limit, window.backward) = (Some(limit), backward);
        window.after = args.after.map(|cursor| window.read(&cursor)).transpose()?;
        window.before = args.before.map(|cursor| window.read(&cursor)).transpose()?;
        Ok(window)
    }

    /// The order, as a cursor names it.
    fn signature(&self) -> String {
        let mut signature = E::default().table_name().to_owned();
        for (column, direction) in &self.terms {
            signature.push(if *direction == OrderDirection::Asc { '+' } else { '-' });
            signature.push_str(column.as_str());
        }
        signature
    }

    /// The place of a row.
    pub fn cursor(&self, row: &E::Model) -> Cursor {
        place(self.signature(), self.terms.iter().map(|(column, _)| row.get(*column)))
    }

    fn read(&self, cursor: &Cursor) -> Result<Vec<Value>> {
        let columns: Vec<ArrayType> = self.terms.iter().map(|term| E::Model::get_value_type(term.0)).collect();
        read_place(cursor, &self.signature(), columns.iter())
    }
}

/// How many nodes of a list `first` or `last` asks for, of `largest` at most; and whether they are read from its end.
pub(crate) fn extent(first: Option<i32>, last: Option<i32>, largest: u64) -> Result<(u64, bool)> {
    match (first, last) {
        (Some(first), Some(last)) => Err(bad_input(format!(
            "`first` ({first}) and `last` ({last}) cannot be given together: a page begins at one end"
        ))),
        (Some(first), None) => Ok((size("first", first, largest)?, false)),
        (None, Some(last)) => Ok((size("last", last, largest)?, true)),
        (None, None) => Ok((USUAL_PAGE, false)),
    }
}

/// The place of a row in an order with this signature, of whose columns it has these values.
pub(crate) fn place(signature: String, values: impl Iterator<Item = Value>) -> Cursor {
    let mut parts = vec![signature];
    parts.extend(values.map(|value| encode(&value)));
    Cursor(URL_SAFE_NO_PAD.encode(serde_json::json!(parts).to_string()))
}

/// The values that a place has in the columns of an order with this signature.
pub(crate) fn read_place<'a>(
    cursor: &Cursor,
    signature: &str,
    columns: impl ExactSizeIterator<Item = &'a ArrayType>,
) -> Result<Vec<Value>> {
    let unreadable = || bad_input(format!("{:?} is not a cursor of this list", shorten(&cursor.0)));
    let bytes = URL_SAFE_NO_PAD.decode(&cursor.0).map_err(|_| unreadable())?;
    let parts: Vec<String> = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
    let (of, values) = parts.split_first().ok_or_else(unreadable)?;
    if of != signature {
        return Err(bad_input(format!(
            "the cursor {:?} was made for another list or order; use cursors with the order that they came from",
            shorten(&cursor.0)
        )));
    }
    if values.len() != columns.len() {
        return Err(unreadable());
    }
    let values = values.iter().zip(columns).map(|(value, holds)| decode(value, holds));
    values.collect::<Option<_>>().ok_or_else(unreadable)
}

/// The size of a page that an argument names.
pub fn size(name: &str, given: i32, largest: u64) -> Result<u64> {
    match u64::try_from(given) {
        Ok(size) if size <= largest => Ok(size),
        _ => Err(bad_input(format!("`{name}` must lie between 0 and {largest}; it is {given}"))),
    }
}

/// A text that a client sent, as far as it is told again.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}

impl<E: EntityTrait> Window<E> {
    /// All rows of a closed list, in an order.
    pub fn whole(mut terms: Vec<(E::Column, OrderDirection)>) -> Self {
        // A field that is named twice orders by its first mention; what stands behind the id decides nothing.
        let id = id_column::<E>();
        let mut seen = Vec::new();
        terms.retain(|(column, _)| {
            let new = !seen.contains(&column.as_str()) && !seen.contains(&id.as_str());
            seen.push(column.as_str());
            new
        });
        if !seen.contains(&id.as_str()) {
            // The tie-breaker goes the way of the last term, so that one index serves both.
            let direction = terms.last().map_or(OrderDirection::Asc, |term| term.1);
            terms.push((id, direction));
        }
        Self { terms, after: None, before: None, limit: None, backward: false }
    }

    /// The columns that a place in the order has.
    pub fn columns(&self) -> Columns {
        Columns::named::<E>(&self.terms.iter().map(|(column, _)| column.as_str()).collect::<Vec<_>>())
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
        let place = self.terms.iter().zip(values);
        let place = place.map(|((column, direction), value)| Side {
            column: Expr::col((E::default(), *column)),
            up: (*direction == OrderDirection::Asc) != reversed,
            value: Expr::val(value.clone()),
        });
        beyond(&place.collect::<Vec<_>>())
    }

    /// The columns of `table` in the order of which rows are to be read.
    pub fn order(&self, table: impl IntoIden + Copy) -> Vec<(ColumnRef, Order)> {
        let order = |(column, direction): &(E::Column, OrderDirection)| {
            let direction = if self.backward { direction.reversed() } else { *direction };
            let order = if direction == OrderDirection::Asc { Order::Asc } else { Order::Desc };
            ((table, *column).into_column_ref(), order)
        };
        self.terms.iter().map(order).collect()
    }

    /// Makes a page of the rows as read: at most one more than the limit, from its own end.
    pub fn slice(&self, mut rows: Vec<Arc<E::Model>>) -> Slice<E::Model> {
        let limit = self.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let more = rows.len() > limit;
        rows.truncate(limit);
        if self.backward {
            rows.reverse();
        }
        if self.backward {
            Slice { rows, has_previous: more, has_next: self.before.is_some() }
        } else {
            Slice { rows, has_previous: self.after.is_some(), has_next: more }
        }
    }
}

/// One column of a place in an order.
pub(crate) struct Side {
    /// The column.
    pub column: Expr,
    /// Whether what lies beyond has greater values.
    pub up: bool,
    /// What stands there.
    pub value: Expr,
}

/// Rows beyond a place.
pub(crate) fn beyond(place: &[Side]) -> Condition {
    let past = |left: Expr, up: bool, right: Expr| if up { left.gt(right) } else { left.lt(right) };
    let one_way = place.windows(2).all(|pair| pair[0].up == pair[1].up);
    if one_way {
        // A comparison of rows is a range of the index on both databases.
        let left = Expr::tuple(place.iter().map(|side| side.column.clone()));
        let right = Expr::tuple(place.iter().map(|side| side.value.clone()));
        return Condition::all().add(past(left, place[0].up, right));
    }
    let mut any = Condition::any();
    for (number, last) in place.iter().enumerate() {
        let mut all = Condition::all();
        for same in &place[..number] {
            all = all.add(same.column.clone().eq(same.value.clone()));
        }
        any = any.add(all.add(past(last.column.clone(), last.up, last.value.clone())));
    }
    // The first column bounds the range of the index that is read.
    let leading = &place[0];
    let (column, value) = (leading.column.clone(), leading.value.clone());
    let bound = if leading.up { column.gte(value) } else { column.lte(value) };
    Condition::all().add(bound).add(any)
}

/// A value of an ordering column, with a letter that tells its type.
fn encode(value: &Value) -> String {
    match value {
        Value::String(Some(text)) => format!("s{text}"),
        Value::Uuid(Some(id)) => format!("u{}", id.simple()),
        Value::ChronoDate(Some(date)) => format!("d{date}"),
        Value::ChronoDateTimeUtc(Some(moment)) => format!("t{}", moment.to_rfc3339()),
        Value::Int(Some(number)) => format!("i{number}"),
        other => unreachable!("no list is ordered by {other:?}"),
    }
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
