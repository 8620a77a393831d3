//! Countries and economies.

pub mod life;
mod name;
mod object;
mod query;
pub mod rules;

pub use name::CountryName;
pub use object::{Country, common_name};
pub use query::{CountryFilter, CountryListFilter, CountryOrder, CountryOrderField};
