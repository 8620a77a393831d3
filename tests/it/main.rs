//! The tests of the register as a whole: one binary, each test on both databases.

#[macro_use]
mod support;

#[path = "../../benches/load/network.rs"]
mod network;

mod access;
mod applying;
mod architecture;
mod associates;
mod away;
mod backup;
mod busy;
mod cases;
mod chaos;
mod chaos_database;
mod command;
mod commit;
mod connections;
mod costs;
mod crawl;
mod cube;
mod database;
mod engine;
mod erased;
mod events;
mod example;
mod export;
mod forbidden;
mod fragments;
mod full_disk;
mod groups;
mod heavy;
mod hostile;
mod http;
mod import;
mod import_command;
mod intents;
mod keeping;
mod killed;
mod languages;
mod live;
mod lost_file;
mod model;
mod neighbours;
mod no_register;
mod oidc;
mod old_databases;
mod pages;
mod permission;
mod presence;
mod previews;
mod published;
mod reading;
mod readme;
mod reports;
mod requests;
mod reserved;
mod said;
mod schema;
mod search;
mod tables;
mod texts;
mod twice;
mod webhooks;
mod writing;
