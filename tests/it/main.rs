//! The tests of the register as a whole: one binary, each test on both databases.

#[macro_use]
mod support;

mod access;
mod backup;
mod chaos;
mod command;
mod cube;
mod database;
mod events;
mod example;
mod export;
mod forbidden;
mod groups;
mod hostile;
mod http;
mod import;
mod intents;
mod keeping;
mod killed;
mod live;
mod model;
mod oidc;
mod pages;
mod permission;
mod published;
mod reading;
mod readme;
mod reports;
mod requests;
mod schema;
mod search;
mod twice;
mod webhooks;
mod writing;
