//! The tests of the register as a whole: one binary, each test on both databases.

#[macro_use]
mod support;

mod backup;
mod chaos;
mod command;
mod database;
mod events;
mod hostile;
mod http;
mod live;
mod pages;
mod reading;
mod readme;
mod reports;
mod requests;
mod schema;
mod writing;
