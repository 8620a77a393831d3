//! Filters: typed operators on indexed columns (`operator`), `and` `or` `not`, and conditions on
//! what a record is related to (`declare`). A condition on related records sees only those that
//! the caller may see, so that nothing hidden can be inferred.

mod declare;
mod operator;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_graphql::InputType;
use chrono::NaiveDate;
use entity::vocabulary::RecordKind;
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Iterable, PrimaryKeyToColumn, QueryFilter, QuerySelect,
    QueryTrait,
};

use super::error::bad_input;
use super::loader::Reader;
use super::names::camel_case;
use crate::access::{Scoped, Visible};
use crate::record::Record;

pub use declare::{filter, filter_on, group_by};
pub use operator::*;

/// Conditions within one another: a database nests statements only so deep.
const DEEPEST: u32 = 12;
/// Conditions in one filter.
const MOST_CONDITIONS: u32 = 200;
/// Values in all the lists of one filter: each becomes a parameter of one statement.
const MOST_VALUES: u32 = 2000;

/// What a filter needs to know besides itself, and how much of it there may be.
pub struct Scope<'a> {
    visible: &'a Visible,
    today: NaiveDate,
    depth: u32,
    spent: Arc<Spent>,
}

/// What a filter has used up so far.
#[derive(Default)]
struct Spent {
    conditions: AtomicU32,
    values: AtomicU32,
}

impl<'a> Scope<'a> {
    /// The scope of one filter of a request.
    pub fn new(reader: &'a Reader) -> Self {
        Self {
            visible: reader.visible(),
            today: reader.clock().today(),
            depth: 0,
            spent: Arc::default(),
        }
    }

    /// What the caller may see.
    pub fn visible(&self) -> &Visible {
        self.visible
    }

    /// Today in UTC, for what is computed from dates.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// The scope of a condition within this one.
    pub fn within(&self) -> async_graphql::Result<Self> {
        let conditions = self.spent.conditions.fetch_add(1, Ordering::Relaxed) + 1;
        if conditions > MOST_CONDITIONS {
            return Err(bad_input(format!("a filter takes at most {MOST_CONDITIONS} conditions")));
        }
        if self.depth == DEEPEST {
            return Err(bad_input(format!(
                "a filter takes at most {DEEPEST} conditions within one another"
            )));
        }
        Ok(Self {
            visible: self.visible,
            today: self.today,
            depth: self.depth + 1,
            spent: self.spent.clone(),
        })
    }

    fn spend(&self, values: usize) -> async_graphql::Result<()> {
        let values = u32::try_from(values).unwrap_or(MOST_VALUES + 1);
        if self.spent.values.fetch_add(values, Ordering::Relaxed) + values > MOST_VALUES {
            return Err(bad_input(format!(
                "the lists of a filter take at most {MOST_VALUES} values together"
            )));
        }
        Ok(())
    }
}

/// An input object that chooses among the rows of one table.
pub trait Filter: InputType {
    /// The condition that the chosen rows fulfil.
    fn condition(self, scope: &Scope<'_>) -> async_graphql::Result<Condition>;

    /// By what its rows can be grouped: what the filter tests in a column of its own, and
    /// references to other records.
    fn groups(visible: &Visible) -> Vec<Group>;
}

/// What values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Codes, keys, values of vocabularies.
    Text,
    /// Whole numbers.
    Number,
    /// Calendar dates.
    Date,
    /// Ids of records of this kind.
    Ids(RecordKind),
}

/// By what rows can be grouped.
pub struct Group {
    /// The field of the filter, as the API calls it.
    pub name: String,
    /// The value of a row; null where there is none, or what it refers to may not be seen.
    pub value: SimpleExpr,
    /// What the values are.
    pub values: Values,
}

impl Group {
    /// By the values of a column.
    pub fn column(field: &str, column: impl ColumnTrait, values: Option<Values>) -> Option<Self> {
        let value = Expr::col(column.as_column_ref());
        values.map(|values| Self { name: camel_case(field), value, values })
    }

    /// By the records that a column refers to, as far as they may be seen.
    pub fn reference<E: Record + Scoped>(
        field: &str,
        column: impl ColumnTrait,
        visible: &Visible,
    ) -> Option<Self> {
        let value = || Expr::col(column.as_column_ref());
        let seen = visible.condition::<E>();
        let value = if seen.is_empty() {
            value()
        } else {
            let ids = E::find().select_only().column(id_column::<E>()).filter(seen).into_query();
            Expr::case(value().in_subquery(ids), value()).into()
        };
        Some(Self { name: camel_case(field), value, values: Values::Ids(E::KIND) })
    }
}

/// The values of `column` in the rows that may be seen and fulfil `condition`.
pub fn matching<E: Scoped>(
    column: E::Column,
    condition: Condition,
    scope: &Scope<'_>,
) -> SelectStatement {
    let rows = scope.visible().select::<E>().select_only().column(column);
    rows.filter(condition).filter(column.is_not_null()).into_query()
}

/// Holds where a condition does not, or is unknown.
pub fn opposite(condition: Condition) -> SimpleExpr {
    // A constant, not a parameter: PostgreSQL's IS NOT takes the word TRUE alone.
    SimpleExpr::from(condition).is_not(SimpleExpr::Constant(true.into()))
}

/// The column that identifies a row.
pub fn id_column<E: EntityTrait>() -> E::Column {
    E::PrimaryKey::iter()
        .next()
        .map(PrimaryKeyToColumn::into_column)
        .unwrap_or_else(|| unreachable!("every table has a key"))
}
