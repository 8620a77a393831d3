//! Filters: typed operators on indexed columns (`operator`), `and` `or` `not`, and conditions on
//! what a record is related to (`declare`). A condition on related records sees only those that
//! the caller may see, so that nothing hidden can be inferred.

mod declare;
mod operator;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::InputType;
use chrono::NaiveDate;
use entity::vocabulary::RecordKind;
use sea_orm::sea_query::{DynIden, ExprTrait, IntoIden, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn, QueryFilter,
    QuerySelect, QueryTrait,
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

/// What a filter has used up so far, and where it leads.
#[derive(Default)]
struct Spent {
    conditions: AtomicU32,
    values: AtomicU32,
    reached: Mutex<BTreeSet<&'static str>>,
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

    /// The tables besides its own that conditions of this filter read, until now.
    pub fn reached(&self) -> BTreeSet<&'static str> {
        self.spent.reached.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn reach(&self, table: &'static str) {
        self.spent.reached.lock().unwrap_or_else(PoisonError::into_inner).insert(table);
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

    /// By what its rows can be grouped: what the filter tests in a column of its own, and the
    /// records to which a column or a link table leads.
    fn groups(visible: &Visible) -> Vec<Group>;
}

/// Conditions on the records of a list.
pub trait ListFilter {
    /// What chooses among them.
    type Filter: Filter;
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
    /// Keys of records of this kind.
    Record(RecordKind),
}

/// By what rows can be grouped: a field of their filter.
#[derive(Debug)]
pub struct Group {
    /// The field, as the API calls it.
    pub name: String,
    /// What the values are.
    pub values: Values,
    /// How the value of a row is found.
    pub found: Found,
}

/// How the value is found by which a row is grouped.
#[derive(Debug)]
pub enum Found {
    /// In a column.
    Column(&'static str),
    /// It is the year of the date in a column, in which an unknown one is the last of all days.
    Year(&'static str),
    /// A column refers to it.
    Reference(&'static str, Related),
    /// A link table leads to it: to any number of records.
    Linked(Link, Related),
}

/// Records to which a field of a filter leads.
#[derive(Debug)]
pub struct Related {
    /// Their table.
    pub table: DynIden,
    /// The column that identifies one.
    pub id: &'static str,
    /// The condition that those fulfil which may be seen.
    pub seen: Condition,
    /// By what they can be grouped themselves.
    pub groups: fn(&Visible) -> Vec<Group>,
}

/// A table that links records.
#[derive(Debug)]
pub struct Link {
    /// The table.
    pub table: DynIden,
    /// Its column that refers to the row that is grouped.
    pub here: &'static str,
    /// That which refers to what the row is linked with.
    pub there: &'static str,
    /// The condition that its rows fulfil which may be seen.
    pub seen: Condition,
}

impl Related {
    fn of<F: Filter, E: Scoped>(visible: &Visible) -> Self {
        Self {
            table: E::default().table_name().into_iden(),
            id: id_column::<E>().as_str(),
            seen: visible.condition::<E>(),
            groups: F::groups,
        }
    }
}

impl Group {
    /// By the values of a column.
    pub fn column(field: &str, column: impl IdenStatic, values: Option<Values>) -> Option<Self> {
        let found = Found::Column(column.as_str());
        values.map(|values| Self { name: camel_case(field), values, found })
    }

    /// By the year of a date.
    pub fn year(field: &str, column: impl IdenStatic) -> Self {
        let found = Found::Year(column.as_str());
        Self { name: camel_case(field), values: Values::Number, found }
    }

    /// By the records that a column refers to.
    pub fn reference<F: Filter, E: Record + Scoped>(
        field: &str,
        column: impl IdenStatic,
        visible: &Visible,
    ) -> Self {
        let found = Found::Reference(column.as_str(), Related::of::<F, E>(visible));
        Self { name: camel_case(field), values: Values::Record(E::KIND), found }
    }

    /// By the records that a link table `L` leads to.
    pub fn linked<F: Filter, L: Scoped, E: Record + Scoped>(
        field: &str,
        (here, there): (L::Column, L::Column),
        visible: &Visible,
    ) -> Self {
        let table = L::default().table_name().into_iden();
        let (here, there) = (here.as_str(), there.as_str());
        let link = Link { table, here, there, seen: visible.condition::<L>() };
        let found = Found::Linked(link, Related::of::<F, E>(visible));
        Self { name: camel_case(field), values: Values::Record(E::KIND), found }
    }
}

/// The values of `column` in the rows that may be seen and fulfil `condition`. Every condition
/// on another table is made of this.
pub fn matching<E: Scoped>(
    column: E::Column,
    condition: Condition,
    scope: &Scope<'_>,
) -> SelectStatement {
    scope.reach(E::default().table_name());
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
