//! Sector statistics.

mod object;
mod query;
pub mod rules;

pub use object::Indicator;
pub use query::{IndicatorFilter, IndicatorListFilter, IndicatorOrder, IndicatorOrderField};
