//! Keyset paging after the Relay connections specification, written once.

use async_graphql::Result;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{ArrayType, Expr, ExprTrait};
use sea_orm::{Condition, Value};
use uuid::Uuid;

use super::error::bad_input;
use super::scalars::{Cursor, calendar_date};
pub use crate::request::limits::{LARGEST_PAGE, USUAL_PAGE};

/// How many nodes of a list `first` or `last` asks for, of `largest` at most; and whether they are
/// read from its end.
pub fn extent(first: Option<i32>, last: Option<i32>, largest: u64) -> Result<(u64, bool)> {
    match (first, last) {
        (Some(first), Some(last)) => Err(bad_input(format!(
            "`first` ({first}) and `last` ({last}) cannot be given together: a page begins at one \
             end"
        ))),
        (Some(first), None) => Ok((size("first", first, largest)?, false)),
        (None, Some(last)) => Ok((size("last", last, largest)?, true)),
        (None, None) => Ok((USUAL_PAGE, false)),
    }
}

/// The place of a row in an order with this signature, of whose columns it has these values.
pub fn place(signature: String, values: impl Iterator<Item = Value>) -> Cursor {
    let mut parts = vec![signature];
    parts.extend(values.map(|value| encode(&value)));
    Cursor(URL_SAFE_NO_PAD.encode(serde_json::json!(parts).to_string()))
}

/// The values that a place has in the columns of an order with this signature.
pub fn read_place<'a>(
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
            "the cursor {:?} was made for another list or order; use cursors with the order that \
             they came from",
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
pub fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}

/// One column of a place in an order.
pub struct Side {
    /// The column.
    pub column: Expr,
    /// Whether what lies beyond has greater values.
    pub up: bool,
    /// What stands there.
    pub value: Expr,
}

/// Rows beyond a place.
pub fn beyond(place: &[Side]) -> Condition {
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
