//! What a programme shows.

use entity::vocabulary::Modality;
use entity::{batch, citation, observation, partnership, programme, programme_topic, tag};

use super::ProgrammeFilter;
use super::query::ProgrammeOrder;
use crate::delivery::batch::Batch;
use crate::delivery::partnership::Partnership;
use crate::delivery::tag::Tag;
use crate::delivery::topic::Topic;
use crate::engine::Computed;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::graphql::scalars::Url;
use crate::network::institution::Institution;
use crate::network::regional_group::RegionalGroup;
use crate::provenance::citation::Citation;
use crate::provenance::observation::Observation;
use crate::site::ScopeKind;

object! {
    /// A design that is run again and again, or an umbrella over such.
    Programme of programme, chosen by ProgrammeFilter, ordered by ProgrammeOrder {
        /// The umbrella that it stands under; null where there is none.
        maybe parent: Programme by parent_id;

        /// The group whose members it addresses; null where it addresses none.
        maybe group: RegionalGroup by regional_group_id;

        /// The institution whose officers keep the record.
        one owner: Institution by owner_id;

        /// The programmes under this umbrella.
        list children: Programme => Edge::by(programme::Column::ParentId);
        /// What it is about.
        list topics: Topic =>
            Edge::through::<programme_topic::Entity>(
                programme_topic::Column::ProgrammeId,
                programme_topic::Column::TopicId,
            );
        /// The entries of international classifications that it falls under; those of its topics
        /// stand there.
        list tags: Tag => Edge::by(tag::Column::ProgrammeId);
        /// Its runs.
        list batches: Batch => Edge::by(batch::Column::ProgrammeId);
        /// The roles held in the programme as a whole; those in its batches and workshops stand
        /// there.
        list partnerships: Partnership => Edge::by(partnership::Column::ProgrammeId);
        /// The statistics that sources quote with the programme.
        list observations: Observation => Edge::by(observation::Column::ProgrammeId);
        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// The title as printed.
        column title: &str;
        /// The language of the title (BCP 47 tag).
        column language: &str;
        /// The acronym as printed; null where it has none.
        column acronym: Option<&str>;
        /// Who cooperates with whom (UN usage of South-South and triangular cooperation).
        column modality: Modality;

        /// The address of a calendar of its batches (`webcal://…`), for programs that subscribe to
        /// calendars.
        computed webcal: String = Computed::of(&["key"], |made| {
            Ok(made.site.webcal(&ScopeKind::Programme.path(made.text("key")?)).into())
        });
        /// The address of an Atom feed of its batches, those that came in or changed last.
        computed feed: Url = Computed::of(&["key"], |made| {
            Ok(made.site.feed(&ScopeKind::Programme.path(made.text("key")?)).into())
        });
    } {}
}
