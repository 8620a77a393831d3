//! The tables of sources and of what they state: claims, observations, citations.

use entity::vocabulary::{ClaimRank, RecordKind, Vocabulary};
use entity::*;
use sea_orm::ActiveValue;

use super::{check, record, set};
use crate::exchange::package::records::records;
use crate::exchange::package::sets::sets;
use crate::exchange::package::table::Table;
use crate::provenance::{citation as citations, claim as claims, source as sources};
use crate::provenance::{indicator as indicators, observation as observations};
use crate::rule::unset;

/// Sources and what they state, in their order.
pub(super) fn statements() -> Vec<Box<dyn Table>> {
    vec![
        Box::new(records::<source::Entity>(
            "sources",
            |row| source::ActiveModel {
                kind: row.vocabulary("kind"),
                title: row.text("title"),
                language: row.text("language"),
                publisher_id: row.optional_reference::<institution::Entity>("publisher"),
                country_code: row.optional_country("country"),
                url: row.optional_text("url"),
                published_on: row.optional_date("published_on"),
                precision: row.precision("precision"),
                reference: row.optional_text("reference"),
                archive_sha256: row.optional_text("archive_sha256"),
                ..unset()
            },
            record!(sources::rules::enter),
        )),
        Box::new(sets::<source::Entity, source_relation::Entity>(
            "source_relations",
            "source_id",
            |row| source_relation::ActiveModel {
                source_id: row.reference::<source::Entity>("source"),
                kind: row.vocabulary("kind"),
                related_id: row.reference::<source::Entity>("related"),
                ..unset()
            },
            set!(sources::relation::enter),
        )),
        Box::new(
            records::<claim::Entity>(
                "claims",
                |row| claim::ActiveModel {
                    source_id: row.reference::<source::Entity>("source"),
                    batch_id: row.reference::<batch::Entity>("batch"),
                    delegation_id: row.optional_reference::<delegation::Entity>("delegation"),
                    property: row.vocabulary("property"),
                    text: row.optional_text("text"),
                    language: row.optional_text("language"),
                    date: row.optional_date("date"),
                    precision: row.precision_of_claim("precision"),
                    printed_weekday: row.optional_integer("printed_weekday"),
                    venue_id: row.optional_reference::<venue::Entity>("venue"),
                    institution_id: row.optional_reference::<institution::Entity>("institution"),
                    regional_group_id: row.optional_reference::<regional_group::Entity>("group"),
                    comparator: row.optional_vocabulary("comparator"),
                    number_min: row.optional_integer("number_min"),
                    number_max: row.optional_integer("number_max"),
                    unit: row.optional_vocabulary("unit"),
                    basis: row.optional_vocabulary("basis"),
                    scope: row.optional_vocabulary("scope"),
                    completeness: row.optional_vocabulary("completeness"),
                    status: row.optional_vocabulary("status"),
                    category: row.optional_vocabulary("category"),
                    female: row.optional_integer("female"),
                    male: row.optional_integer("male"),
                    other_or_unknown: row.optional_integer("other_or_unknown"),
                    amount: row.optional_decimal("amount"),
                    currency: row.optional_text("currency"),
                    cost_kind: row.optional_vocabulary("cost_kind"),
                    in_kind: row.optional_boolean("in_kind"),
                    stated_by_id: row.optional_reference::<person::Entity>("stated_by"),
                    locator: row.optional_text("locator"),
                    rank: row.vocabulary("rank"),
                    rank_reason: row.optional_vocabulary("rank_reason"),
                    ..unset()
                },
                record!(claims::rules::enter),
            )
            .checked_at_the_end(check!(claims::check_days, id::ClaimId))
            // The claim that was preferred steps back before another steps forward.
            .last(|claim| claim.rank == ActiveValue::Set(ClaimRank::Preferred))
            .by_entry(),
        ),
        Box::new(records::<indicator::Entity>(
            "indicators",
            |row| indicator::ActiveModel {
                label_en: row.text("label_en"),
                label_id: row.optional_text("label_id"),
                unit: row.text("unit"),
                ..unset()
            },
            record!(indicators::rules::enter),
        )),
        Box::new(records::<observation::Entity>(
            "observations",
            |row| observation::ActiveModel {
                indicator_id: row.reference::<indicator::Entity>("indicator"),
                source_id: row.reference::<source::Entity>("source"),
                programme_id: row.optional_reference::<programme::Entity>("programme"),
                batch_id: row.optional_reference::<batch::Entity>("batch"),
                country_code: row.optional_country("country"),
                regional_group_id: row.optional_reference::<regional_group::Entity>("group"),
                period_from: row.optional_date("period_from"),
                period_to: row.optional_date("period_to"),
                period_basis: row.optional_vocabulary("period_basis"),
                comparator: row.vocabulary("comparator"),
                value: row.decimal("value"),
                stated_by_id: row.optional_reference::<person::Entity>("stated_by"),
                locator: row.optional_text("locator"),
                ..unset()
            },
            record!(observations::rules::enter),
        )),
    ]
}

/// What is cited for any record, and so comes behind all of them.
pub(super) fn citations() -> Vec<Box<dyn Table>> {
    vec![Box::new(
        records::<citation::Entity>(
            "citations",
            |row| {
                let source_id = row.reference::<source::Entity>("source");
                let (subject_kind, subject_id, country_code) =
                    row.any_record("record_kind", "record");
                let locator = row.optional_text("locator");
                citation::ActiveModel {
                    source_id,
                    subject_kind,
                    subject_id,
                    country_code,
                    locator,
                    ..unset()
                }
            },
            record!(citations::rules::enter),
        )
        .keyed_by(|sheet, cells| {
            let cell = |column| sheet.cell(cells, column);
            match RecordKind::parse(cell("record_kind")) {
                Ok(kind) if !cell("source").is_empty() && !cell("record").is_empty() => {
                    citations::rules::key(cell("source"), kind, cell("record"))
                }
                // Said when the row is read.
                _ => String::new(),
            }
        }),
    )]
}
