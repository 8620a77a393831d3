//! The tables of venues, batches, workshops, partnerships and delegations.

use entity::*;

use super::{check, links, record};
use crate::delivery::{batch as batches, delegation as delegations, partnership as partnerships};
use crate::delivery::{part as parts, venue as venues, workshop as workshops};
use crate::exchange::package::records::records;
use crate::exchange::package::sets::sets;
use crate::exchange::package::table::Table;
use crate::rule::unset;

/// In their order.
pub(super) fn all() -> Vec<Box<dyn Table>> {
    vec![
        Box::new(records::<venue::Entity>(
            "venues",
            |row| venue::ActiveModel {
                kind: row.vocabulary("kind"),
                name: row.text("name"),
                address: row.optional_text("address"),
                city: row.optional_text("city"),
                country_code: row.optional_country("country"),
                subdivision: row.optional_text("subdivision"),
                latitude: row.optional_decimal("latitude"),
                longitude: row.optional_decimal("longitude"),
                merged_into_id: row.kept_reference::<venue::Entity>("merged_into"),
                ..unset()
            },
            record!(venues::rules::enter),
        )),
        Box::new(records::<batch::Entity>(
            "batches",
            |row| batch::ActiveModel {
                programme_id: row.reference::<programme::Entity>("programme"),
                ordinal: row.optional_integer("ordinal"),
                label: row.optional_text("label"),
                mode: row.vocabulary("mode"),
                status: row.vocabulary("status"),
                capacity: row.optional_integer("capacity"),
                owner_id: row.reference::<institution::Entity>("owner"),
                ..unset()
            },
            record!(batches::rules::enter),
        )),
        Box::new(sets::<batch::Entity, batch_venue::Entity>(
            "batch_venues",
            "batch_id",
            |row| batch_venue::ActiveModel {
                batch_id: row.reference::<batch::Entity>("batch"),
                venue_id: row.reference::<venue::Entity>("venue"),
            },
            links!(batches::rules::enter_venues, venue_id),
        )),
        Box::new(sets::<batch::Entity, batch_topic::Entity>(
            "batch_topics",
            "batch_id",
            |row| batch_topic::ActiveModel {
                batch_id: row.reference::<batch::Entity>("batch"),
                topic_id: row.reference::<topic::Entity>("topic"),
            },
            links!(batches::rules::enter_topics, topic_id),
        )),
        Box::new(records::<batch_part::Entity>(
            "batch_parts",
            |row| batch_part::ActiveModel {
                batch_id: row.reference::<batch::Entity>("batch"),
                position: row.integer("position"),
                label: row.optional_text("label"),
                mode: row.vocabulary("mode"),
                venue_id: row.optional_reference::<venue::Entity>("venue"),
                starts_on: row.optional_date("starts_on"),
                ends_on: row.optional_date("ends_on"),
                ..unset()
            },
            record!(parts::rules::enter),
        )),
        Box::new(
            records::<workshop::Entity>(
                "workshops",
                |row| workshop::ActiveModel {
                    batch_id: row.reference::<batch::Entity>("batch"),
                    position: row.integer("position"),
                    kind: row.vocabulary("kind"),
                    title: row.text("title"),
                    language: row.text("language"),
                    starts_on: row.optional_date("starts_on"),
                    ends_on: row.optional_date("ends_on"),
                    starts_at: row.optional_time("starts_at"),
                    ends_at: row.optional_time("ends_at"),
                    time_zone: row.optional_text("time_zone"),
                    venue_id: row.optional_reference::<venue::Entity>("venue"),
                    status: row.vocabulary("status"),
                    ..unset()
                },
                record!(workshops::rules::enter_unchecked),
            )
            .checked_at_the_end(check!(workshops::rules::check_within_batch, id::WorkshopId)),
        ),
        Box::new(sets::<workshop::Entity, workshop_topic::Entity>(
            "workshop_topics",
            "workshop_id",
            |row| workshop_topic::ActiveModel {
                workshop_id: row.reference::<workshop::Entity>("workshop"),
                topic_id: row.reference::<topic::Entity>("topic"),
            },
            links!(workshops::rules::enter_topics, topic_id),
        )),
        Box::new(records::<partnership::Entity>(
            "partnerships",
            |row| partnership::ActiveModel {
                institution_id: row.optional_reference::<institution::Entity>("institution"),
                regional_group_id: row.optional_reference::<regional_group::Entity>("group"),
                programme_id: row.optional_reference::<programme::Entity>("programme"),
                batch_id: row.optional_reference::<batch::Entity>("batch"),
                workshop_id: row.optional_reference::<workshop::Entity>("workshop"),
                role: row.vocabulary("role"),
                label: row.optional_text("label"),
                ended_at: row.kept_moment("ended_at"),
                ..unset()
            },
            record!(partnerships::rules::enter),
        )),
        Box::new(records::<delegation::Entity>(
            "delegations",
            |row| delegation::ActiveModel {
                batch_id: row.reference::<batch::Entity>("batch"),
                represents: row.vocabulary("represents"),
                country_code: row.optional_country("country"),
                institution_id: row.optional_reference::<institution::Entity>("institution"),
                regional_group_id: row.optional_reference::<regional_group::Entity>("group"),
                category: row.optional_vocabulary("category"),
                label: row.optional_text("label"),
                ..unset()
            },
            record!(delegations::rules::enter),
        )),
        Box::new(sets::<delegation::Entity, delegation_part::Entity>(
            "delegation_parts",
            "delegation_id",
            |row| delegation_part::ActiveModel {
                delegation_id: row.reference::<delegation::Entity>("delegation"),
                part_id: row.reference::<batch_part::Entity>("part"),
            },
            links!(parts::rules::enter_attended, part_id),
        )),
    ]
}
