//! What a row of the register is: one file per table, the typed ids and the closed vocabularies. No
//! rule, no clock, no API object lives here.
//!
//! The default of a row is what a reader begins with that fills in the columns which it was asked
//! for: no row of the register.

#![allow(
    missing_docs,
    reason = "the derives of sea-orm generate public items without documentation"
)]

pub mod access_grant;
pub mod account;
pub mod action_item;
pub mod action_plan;
pub mod api_token;
pub mod appointment;
pub mod batch;
pub mod batch_part;
pub mod batch_topic;
pub mod batch_venue;
pub mod citation;
pub mod claim;
pub mod country;
pub mod country_name;
pub mod delegation;
pub mod delegation_part;
pub mod engagement;
pub mod event;
pub mod event_head;
pub mod event_reason;
pub mod event_spool;
pub mod finding;
pub mod finding_claim;
pub mod id;
pub mod import;
pub mod import_mapping;
pub mod import_row;
pub mod indicator;
pub mod institution;
pub mod institution_ancestor;
pub mod institution_identifier;
pub mod institution_name;
pub mod membership;
pub mod mutation_receipt;
pub mod name_decision;
pub mod observation;
pub mod outcome;
pub mod partnership;
pub mod person;
pub mod programme;
pub mod programme_topic;
pub mod progress_note;
pub mod regional_group;
pub mod reminder_mail;
pub mod search_entry;
pub mod search_name;
pub mod source;
pub mod source_relation;
pub mod tag;
pub mod tombstone;
pub mod topic;
pub mod venue;
pub mod vocabulary;
pub mod voided_row;
pub mod webhook_course;
pub mod webhook_delivery;
pub mod webhook_endpoint;
pub mod workshop;
pub mod workshop_topic;
