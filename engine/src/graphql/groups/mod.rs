//! Groups of the nodes of a list, by one rule for all lists: what a filter tests in a column, and
//! what it is related to, can be grouped by. A group counts those nodes alone that the caller may
//! see, and knows of related records only what he may see, in its values, its measures, its
//! conditions and its place in an order alike.

mod page;
mod request;
mod sources;
mod statement;

use async_graphql::Enum;

use super::filter::{DateFilter, IntFilter};
use super::input::input;
use super::order::OrderDirection;

pub use page::{GroupPage, GroupRow};
pub use request::{GroupRequest, MeasureRequest};
pub use sources::Grouped;
pub use statement::Grouping;

/// What is told of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "GroupMeasure")]
pub enum Measure {
    /// How many nodes it has.
    Count,
    /// How many different values the field `of` has in it; unknown ones are not counted.
    Distinct,
    /// The sum of the numbers in `of`.
    Sum,
    /// The mean of the numbers in `of`.
    Average,
    /// The median of the numbers in `of`.
    Median,
    /// The least number in `of`.
    Min,
    /// The greatest number in `of`.
    Max,
    /// The first date in `of`.
    Earliest,
    /// The last date in `of`.
    Latest,
    /// The values that it is a group of, in their order: for `orderBy` alone.
    Values,
}

impl std::fmt::Display for Measure {
    /// As the API writes it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(async_graphql::resolver_utils::enum_value(*self).to_string().trim_matches('"'))
    }
}

/// What a measure comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured {
    /// A whole number.
    Whole(Option<i64>),
    /// A number.
    Real(Option<f64>),
    /// A date, as text.
    Date(Option<String>),
}

input! {
    /// In which order groups are listed. Where a measure is unknown, the group stands behind those
    /// where it is known, whatever the
    /// direction; ties are broken by the values.
    pub struct GroupOrder {
        /// By which measure.
        measure: Measure,
        /// The field that is measured; none for `COUNT` and `VALUES`.
        of: Option<String>,
        /// Which way.
        direction: OrderDirection = Default::default(),
    }
}

input! {
    /// A condition on groups. All that is given must hold; an unknown measure fulfils nothing but
    /// `isNull`.
    pub struct GroupCondition {
        /// Which measure is tested.
        measure: Measure,
        /// The field that is measured; none for `COUNT`.
        of: Option<String>,
        /// A test of a number: for all measures but `EARLIEST` and `LATEST`.
        number: Option<IntFilter>,
        /// A test of a date: for `EARLIEST` and `LATEST`.
        date: Option<DateFilter>,
        /// For `DISTINCT`: whether the group has each of the values that the whole list has, as a
        /// country that was at every batch of
        /// the list. What is in no node of the list counts for nothing.
        every: Option<bool>,
    }
}
