//! The tables of countries, groups, topics, institutions, programmes and tags.

use entity::*;

use super::{check, links, record, set};
use crate::delivery::{tag as tags, topic as topics};
use crate::exchange::package::records::records;
use crate::exchange::package::sets::sets;
use crate::exchange::package::table::Table;
use crate::network::{country as countries, institution as institutions, programme as programmes};
use crate::network::{membership as memberships, regional_group as groups};
use crate::rule::unset;

/// In their order.
pub(super) fn all() -> Vec<Box<dyn Table>> {
    vec![
        Box::new(records::<country::Entity>(
            "countries",
            |row| country::ActiveModel {
                alpha3: row.text("alpha3"),
                numeric: row.optional_text("numeric"),
                valid_from: row.optional_date("valid_from"),
                valid_to: row.optional_date("valid_to"),
                ..unset()
            },
            record!(countries::rules::enter),
        )),
        Box::new(sets::<country::Entity, country_name::Entity>(
            "country_names",
            "country_code",
            |row| country_name::ActiveModel {
                country_code: row.country("country"),
                language: row.text("language"),
                kind: row.vocabulary("kind"),
                authority: row.text("authority"),
                name: row.text("name"),
                ..unset()
            },
            set!(countries::rules::enter_names),
        )),
        Box::new(records::<regional_group::Entity>(
            "regional_groups",
            |row| regional_group::ActiveModel {
                kind: row.vocabulary("kind"),
                acronym: row.optional_text("acronym"),
                name_en: row.text("name_en"),
                name_id: row.optional_text("name_id"),
                ..unset()
            },
            record!(groups::rules::enter),
        )),
        Box::new(
            records::<membership::Entity>(
                "memberships",
                |row| membership::ActiveModel {
                    regional_group_id: row.reference::<regional_group::Entity>("group"),
                    country_code: row.country("country"),
                    kind: row.vocabulary("kind"),
                    valid_from: row.optional_date("valid_from"),
                    valid_to: row.optional_date("valid_to"),
                    precision: row.precision("precision"),
                    ..unset()
                },
                record!(memberships::rules::enter_unchecked),
            )
            .checked_at_the_end(check!(memberships::rules::check_periods, id::MembershipId)),
        ),
        Box::new(records::<topic::Entity>(
            "topics",
            |row| topic::ActiveModel {
                parent_id: row.optional_reference::<topic::Entity>("parent"),
                dac_code: row.optional_text("dac_code"),
                label_en: row.text("label_en"),
                label_id: row.text("label_id"),
                ..unset()
            },
            record!(topics::rules::enter),
        )),
        Box::new(records::<institution::Entity>(
            "institutions",
            |row| institution::ActiveModel {
                kind: row.vocabulary("kind"),
                country_code: row.optional_country("country"),
                city: row.optional_text("city"),
                parent_id: row.optional_reference::<institution::Entity>("parent"),
                website: row.optional_text("website"),
                merged_into_id: row.kept_reference::<institution::Entity>("merged_into"),
                ..unset()
            },
            record!(institutions::rules::enter),
        )),
        Box::new(sets::<institution::Entity, institution_name::Entity>(
            "institution_names",
            "institution_id",
            |row| institution_name::ActiveModel {
                institution_id: row.reference::<institution::Entity>("institution"),
                language: row.text("language"),
                kind: row.vocabulary("kind"),
                name: row.text("name"),
                valid_from: row.optional_date("valid_from"),
                valid_to: row.optional_date("valid_to"),
                precision: row.precision("precision"),
                ..unset()
            },
            set!(institutions::rules::enter_names),
        )),
        Box::new(sets::<institution::Entity, institution_identifier::Entity>(
            "institution_identifiers",
            "institution_id",
            |row| institution_identifier::ActiveModel {
                institution_id: row.reference::<institution::Entity>("institution"),
                scheme: row.text("scheme"),
                value: row.text("value"),
                ..unset()
            },
            set!(institutions::rules::enter_identifiers),
        )),
        Box::new(records::<programme::Entity>(
            "programmes",
            |row| programme::ActiveModel {
                title: row.text("title"),
                language: row.text("language"),
                acronym: row.optional_text("acronym"),
                parent_id: row.optional_reference::<programme::Entity>("parent"),
                regional_group_id: row.optional_reference::<regional_group::Entity>("group"),
                modality: row.vocabulary("modality"),
                owner_id: row.reference::<institution::Entity>("owner"),
                ..unset()
            },
            record!(programmes::rules::enter),
        )),
        Box::new(sets::<programme::Entity, programme_topic::Entity>(
            "programme_topics",
            "programme_id",
            |row| programme_topic::ActiveModel {
                programme_id: row.reference::<programme::Entity>("programme"),
                topic_id: row.reference::<topic::Entity>("topic"),
            },
            links!(programmes::rules::enter_topics, topic_id),
        )),
        Box::new(records::<tag::Entity>(
            "tags",
            |row| tag::ActiveModel {
                programme_id: row.optional_reference::<programme::Entity>("programme"),
                topic_id: row.optional_reference::<topic::Entity>("topic"),
                vocabulary: row.vocabulary("vocabulary"),
                code: row.text("code"),
                ..unset()
            },
            record!(tags::rules::enter),
        )),
    ]
}
