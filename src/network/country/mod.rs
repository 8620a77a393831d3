//! Countries and economies.

mod object;
mod query;

pub use object::Country;
pub use query::{CountryFilter, CountryListFilter, CountryOrder, CountryOrderField};
