//! Sector statistics.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::INDICATOR_MUTATIONS;
pub use object::Indicator;
pub use query::{IndicatorFilter, IndicatorListFilter, IndicatorOrder, IndicatorOrderField};
