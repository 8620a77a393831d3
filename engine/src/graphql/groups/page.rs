//! A page of groups, and the places in it.

use async_graphql::Result;
use sea_orm::sea_query::{Expr, ExprTrait, Func, Order as Sorted, WindowStatement};
use sea_orm::{Condition, Value};
use serde_json::Value as Json;

use super::statement::{Counted, measure_alias, value_alias};
use super::{Measure, Measured};
use crate::graphql::error::bad_input;
use crate::graphql::filter::Values;
use crate::graphql::listing::{place, read_place};
use crate::graphql::loader::Key;
use crate::graphql::node::global_id;
use crate::graphql::order::OrderDirection;
use crate::graphql::page::{Side, beyond, shorten};
use crate::graphql::scalars::Cursor;

/// What groups are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The measure at a place.
    Measure(usize),
    /// The value at a place.
    Value(usize),
}

/// What stands in a column of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Whole,
    Real,
    Text,
}

struct Term {
    order: Order,
    direction: OrderDirection,
    holds: Holds,
}

impl Term {
    fn column(&self) -> String {
        match self.order {
            Order::Measure(place) => measure_alias(place),
            Order::Value(place) => value_alias(place),
        }
    }
}

/// An order in which no two groups have the same place.
pub struct Ordered {
    /// What a cursor names as its list.
    signature: String,
    terms: Vec<Term>,
}

impl Ordered {
    /// That of groups by these fields; ties are broken by the values.
    pub fn new(
        by: &[String],
        mut terms: Vec<(Order, OrderDirection)>,
        measures: &[Counted],
        values: usize,
    ) -> Self {
        terms.extend((0..values).map(|place| (Order::Value(place), OrderDirection::Asc)));
        let mut whole: Vec<Term> = Vec::with_capacity(terms.len());
        let mut signature = format!("groups {}", by.join(" "));
        for (order, direction) in terms {
            if whole.iter().any(|term| term.order == order) {
                continue;
            }
            let holds = match order {
                Order::Value(_) => Holds::Text,
                Order::Measure(place) => {
                    signature += &format!(" {:?} {direction:?}", measures[place]);
                    match measures[place].measure {
                        Measure::Average | Measure::Median => Holds::Real,
                        Measure::Earliest | Measure::Latest => Holds::Text,
                        _ => Holds::Whole,
                    }
                }
            };
            if let Order::Value(place) = order {
                signature += &format!(" {place} {direction:?}");
            }
            whole.push(Term { order, direction, holds });
        }
        Self { signature, terms: whole }
    }

    /// Orders what a window numbers. The databases disagree on whether what is unknown comes first.
    pub fn sort(&self, window: &mut WindowStatement) {
        for term in &self.terms {
            window.order_by_expr(Expr::col(term.column()).is_null(), Sorted::Asc);
            window.order_by(term.column(), term.direction.into());
        }
    }

    /// The place of a group.
    pub fn place(&self, values: &[Option<String>], measures: &[Measured]) -> Cursor {
        let value = |term: &Term| match term.order {
            Order::Value(place) => Json::from(values[place].clone()),
            Order::Measure(place) => match &measures[place] {
                Measured::Whole(number) => Json::from(*number),
                Measured::Real(number) => Json::from(*number),
                Measured::Date(date) => Json::from(date.clone()),
            },
        };
        place(&self.signature, &self.terms.iter().map(value).collect::<Vec<_>>())
    }

    /// The values at a place.
    pub fn read(&self, cursor: &Cursor) -> Result<Vec<Option<Value>>> {
        let values: Vec<Json> = read_place(&self.signature, cursor)?;
        let unreadable =
            || bad_input(format!("{:?} is not a cursor of this list", shorten(&cursor.0)));
        if values.len() != self.terms.len() {
            return Err(unreadable());
        }
        let value = |(term, value): (&Term, Json)| match (term.holds, value) {
            (_, Json::Null) => Ok(None),
            (Holds::Whole, Json::Number(number)) => {
                number.as_i64().map(|number| Some(number.into())).ok_or_else(unreadable)
            }
            (Holds::Real, Json::Number(number)) => {
                number.as_f64().map(|number| Some(number.into())).ok_or_else(unreadable)
            }
            // PostgreSQL's text cannot hold the character zero.
            (Holds::Text, Json::String(text)) if !text.contains('\0') => Ok(Some(text.into())),
            _ => Err(unreadable()),
        };
        self.terms.iter().zip(values).map(value).collect()
    }

    /// The condition that a group stands behind a place.
    pub fn behind(&self, place: &[Option<Value>]) -> Condition {
        let sides = self.terms.iter().zip(place).flat_map(|(term, value)| {
            let column = || Expr::col(term.column());
            let nothing: Value = match term.holds {
                Holds::Whole => 0_i64.into(),
                Holds::Real => 0_f64.into(),
                Holds::Text => "".into(),
            };
            let unknown = Expr::case(column().is_null(), 1).finally(0);
            [
                Side {
                    column: unknown.into(),
                    up: true,
                    value: Expr::val(i32::from(value.is_none())),
                },
                Side {
                    column: Func::coalesce([column(), Expr::val(nothing.clone())]).into(),
                    up: term.direction == OrderDirection::Asc,
                    value: Expr::val(value.clone().unwrap_or(nothing)),
                },
            ]
        });
        beyond(&sides.collect::<Vec<_>>())
    }
}

/// A group.
#[derive(Clone, Debug)]
pub struct GroupRow {
    /// The values, in the order in which they were asked for, as text.
    pub values: Vec<Option<String>>,
    /// The measures, in the order of the grouping.
    pub measures: Vec<Measured>,
    /// Its place among all groups.
    pub place: Cursor,
}

impl GroupRow {
    /// A value as the API shows it: ids of records are opaque.
    pub fn shown(&self, place: usize, values: Values) -> Option<String> {
        match self.key(place, values) {
            Some((kind, key @ Key::Id(_))) => Some(global_id(kind, &key).to_string()),
            _ => self.values[place].clone(),
        }
    }

    /// The record that a value is the key of.
    pub fn key(
        &self,
        place: usize,
        values: Values,
    ) -> Option<(entity::vocabulary::RecordKind, Key)> {
        let Values::Record(kind) = values else { return None };
        let text = self.values[place].as_ref()?;
        // Only countries are known by a code, and no code is as long as an id.
        Some((kind, text.parse().map_or_else(|_| Key::Code(text.clone()), Key::Id)))
    }
}

/// Some of the groups of a list.
#[derive(Clone, Debug, Default)]
pub struct GroupPage {
    /// The groups.
    pub groups: Vec<GroupRow>,
    /// Whether there are others before them.
    pub has_previous: bool,
    /// Whether there are others behind them.
    pub has_next: bool,
    /// How many there are.
    pub total: i64,
}
