//! The tables of people, their appointments and engagements.

use entity::*;

use super::record;
use crate::exchange::package::records::records;
use crate::exchange::package::table::Table;
use crate::people::{appointment as appointments, engagement as engagements, person as people};
use crate::rule::unset;

/// In their order.
pub(super) fn all() -> Vec<Box<dyn Table>> {
    vec![
        Box::new(records::<person::Entity>(
            "people",
            |row| person::ActiveModel {
                name: row.text("name"),
                merged_into_id: row.kept_reference::<person::Entity>("merged_into"),
                ..unset()
            },
            record!(people::rules::enter),
        )),
        Box::new(records::<appointment::Entity>(
            "appointments",
            |row| appointment::ActiveModel {
                person_id: row.reference::<person::Entity>("person"),
                institution_id: row.reference::<institution::Entity>("institution"),
                post: row.text("post"),
                language: row.text("language"),
                acting: row.boolean("acting"),
                valid_from: row.optional_date("valid_from"),
                valid_to: row.optional_date("valid_to"),
                precision: row.precision("precision"),
                ..unset()
            },
            record!(appointments::rules::enter),
        )),
        Box::new(records::<engagement::Entity>(
            "engagements",
            |row| engagement::ActiveModel {
                person_id: row.reference::<person::Entity>("person"),
                batch_id: row.optional_reference::<batch::Entity>("batch"),
                workshop_id: row.optional_reference::<workshop::Entity>("workshop"),
                role: row.vocabulary("role"),
                appointment_id: row.optional_reference::<appointment::Entity>("appointment"),
                institution_id: row.optional_reference::<institution::Entity>("institution"),
                on_behalf_of_id: row.optional_reference::<person::Entity>("on_behalf_of"),
                delegation_id: row.optional_reference::<delegation::Entity>("delegation"),
                ended_at: row.kept_moment("ended_at"),
                ..unset()
            },
            record!(engagements::rules::enter),
        )),
    ]
}
