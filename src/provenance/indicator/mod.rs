//! Sector statistics.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::IndicatorMutations;
pub use object::Indicator;
pub use query::{IndicatorFilter, IndicatorListFilter, IndicatorOrder, IndicatorOrderField};
