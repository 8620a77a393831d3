//! The tables of the format, in the order in which they are written: what is referred to comes before what refers to it.
//! Each reads as the list of its columns, and ends with the rule that writes it. `docs/DATA-PACKAGE.md` describes them.

use entity::vocabulary::{ClaimRank, RecordKind, Vocabulary};
use entity::*;
use sea_orm::ActiveValue;

use super::records::records;
use super::sets::sets;
use super::table::Table;
use crate::delivery::{batch as batches, delegation as delegations, partnership as partnerships, topic as topics};
use crate::delivery::{venue as venues, workshop as workshops};
use crate::network::{country as countries, institution as institutions, programme as programmes};
use crate::network::{membership as memberships, regional_group as groups};
use crate::people::{appointment as appointments, engagement as engagements, person as people};
use crate::plans::{action_item as items, action_plan as plans, outcome as outcomes, progress_note as notes};
use crate::provenance::{citation as citations, claim as claims, source as sources};
use crate::provenance::{indicator as indicators, observation as observations};
use crate::rule::unset;

/// A rule that writes one record.
macro_rules! record {
    ($rule:path) => {
        |w, existing, draft| Box::pin($rule(w, existing, draft))
    };
}

/// A rule that writes the rows of one owner.
macro_rules! set {
    ($rule:path) => {
        |w, owner, rows| Box::pin($rule(w, owner, rows))
    };
}

/// A rule that writes the links of one owner.
macro_rules! links {
    ($rule:path, $column:ident) => {
        |w, owner, rows| Box::pin($rule(w, owner, rows.into_iter().filter_map(|mut row| row.$column.take()).collect()))
    };
}

/// A rule that checks records when all is written.
macro_rules! check {
    ($rule:path, $id:path) => {
        |w, ids| {
            Box::pin(async move {
                let ids: Vec<_> = ids.into_iter().map($id).collect();
                Ok($rule(w, &ids).await?.into_iter().map(|refused| (refused.0.0, refused.1)).collect())
            })
        }
    };
}

/// All tables.
pub(super) fn all() -> Vec<Box<dyn Table>> {
    let mut all = network();
    all.extend(delivery());
    all.extend(people_and_sources());
    all.extend(plans_and_citations());
    all
}

fn network() -> Vec<Box<dyn Table>> {
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
    ]
}

fn delivery() -> Vec<Box<dyn Table>> {
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
                label: row.optional_text("label"),
                ..unset()
            },
            record!(delegations::rules::enter),
        )),
    ]
}

fn people_and_sources() -> Vec<Box<dyn Table>> {
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
        Box::new(records::<source::Entity>(
            "sources",
            |row| source::ActiveModel {
                kind: row.vocabulary("kind"),
                title: row.text("title"),
                language: row.text("language"),
                publisher_id: row.optional_reference::<institution::Entity>("publisher"),
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
                    stated_by_id: row.optional_reference::<person::Entity>("stated_by"),
                    locator: row.optional_text("locator"),
                    rank: row.vocabulary("rank"),
                    rank_reason: row.optional_vocabulary("rank_reason"),
                    ..unset()
                },
                record!(claims::rules::enter),
            )
            // The claim that was preferred steps back before another steps forward.
            .last(|claim| claim.rank == ActiveValue::Set(ClaimRank::Preferred))
            .by_entry(),
        ),
    ]
}

fn plans_and_citations() -> Vec<Box<dyn Table>> {
    vec![
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
        Box::new(records::<outcome::Entity>(
            "outcomes",
            |row| outcome::ActiveModel {
                batch_id: row.reference::<batch::Entity>("batch"),
                kind: row.vocabulary("kind"),
                label_en: row.text("label_en"),
                label_id: row.optional_text("label_id"),
                occurred_on: row.optional_date("occurred_on"),
                institution_id: row.optional_reference::<institution::Entity>("institution"),
                stated_by_id: row.optional_reference::<person::Entity>("stated_by"),
                ..unset()
            },
            record!(outcomes::rules::enter),
        )),
        Box::new(
            records::<action_plan::Entity>(
                "action_plans",
                |row| action_plan::ActiveModel {
                    delegation_id: row.reference::<delegation::Entity>("delegation"),
                    status: row.vocabulary("status"),
                    title: row.optional_text("title"),
                    due_on: row.optional_date("due_on"),
                    submitted_on: row.optional_date("submitted_on"),
                    ..unset()
                },
                record!(plans::rules::enter_unchecked),
            )
            .checked_at_the_end(check!(plans::rules::check_attended, id::ActionPlanId)),
        ),
        Box::new(records::<action_item::Entity>(
            "action_items",
            |row| action_item::ActiveModel {
                action_plan_id: row.reference::<action_plan::Entity>("plan"),
                position: row.integer("position"),
                title: row.text("title"),
                status: row.vocabulary("status"),
                due_on: row.optional_date("due_on"),
                ..unset()
            },
            record!(items::rules::enter),
        )),
        Box::new(records::<progress_note::Entity>(
            "progress_notes",
            |row| progress_note::ActiveModel {
                action_item_id: row.reference::<action_item::Entity>("item"),
                noted_on: row.date("noted_on"),
                text: row.prose("text"),
                ..unset()
            },
            record!(notes::rules::enter),
        )),
        Box::new(
            records::<citation::Entity>(
                "citations",
                |row| {
                    let source_id = row.reference::<source::Entity>("source");
                    let (subject_kind, subject_id, country_code) = row.any_record("record_kind", "record");
                    let locator = row.optional_text("locator");
                    citation::ActiveModel { source_id, subject_kind, subject_id, country_code, locator, ..unset() }
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
        ),
    ]
}
