//! The tests of the register as a whole: one binary, each test on both databases.

#[macro_use]
mod support;

mod database;
mod reading;
mod reports;
mod requests;
mod schema;
