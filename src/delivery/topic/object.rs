//! What a topic shows.

use entity::{batch_topic, citation, programme_topic, tag, topic, workshop_topic};

use super::TopicFilter;
use super::query::TopicOrder;
use crate::delivery::batch::Batch;
use crate::delivery::tag::Tag;
use crate::delivery::workshop::Workshop;
use crate::engine::Computed;
use crate::engine::computed::LANGUAGE;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::graphql::scalars::Url;
use crate::network::programme::Programme;
use crate::provenance::citation::Citation;
use crate::site::ScopeKind;

object! {
    /// A subject of programmes, batches and workshops. Topics form a tree.
    Topic of topic, chosen by TopicFilter, ordered by TopicOrder {
        /// The topic directly above it; null at the top.
        maybe parent: Topic by parent_id;

        /// The topics directly under it.
        list children: Topic => Edge::by(topic::Column::ParentId);
        /// The programmes about it.
        list programmes: Programme =>
            Edge::through::<programme_topic::Entity>(
                programme_topic::Column::TopicId,
                programme_topic::Column::ProgrammeId,
            );
        /// The batches about it.
        list batches: Batch =>
            Edge::through::<batch_topic::Entity>(
                batch_topic::Column::TopicId,
                batch_topic::Column::BatchId,
            );
        /// The activities about it.
        list workshops: Workshop =>
            Edge::through::<workshop_topic::Entity>(
                workshop_topic::Column::TopicId,
                workshop_topic::Column::WorkshopId,
            );
        /// The entries of international classifications that it falls under.
        list tags: Tag => Edge::by(tag::Column::TopicId);
        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// The OECD DAC CRS purpose code; null where none fits.
        column dac_code: Option<&str>;

        /// The label in a language: the one asked for, else that of the request, else English.
        computed label: String = Computed::of(&["label_en", "label_id"], |made| {
            let row = made.row::<topic::Entity>()?;
            Ok(made.languages().en_or_id(&row.label_en, Some(&row.label_id)).into())
        }).taking(&[LANGUAGE]);
        /// The address of a calendar of its batches (`webcal://…`), for programs that subscribe to
        /// calendars.
        computed webcal: String = Computed::of(&["key"], |made| {
            Ok(made.site.webcal(&ScopeKind::Topic.path(made.text("key")?)).into())
        });
        /// The address of an Atom feed of its batches, those that came in or changed last.
        computed feed: Url = Computed::of(&["key"], |made| {
            Ok(made.site.feed(&ScopeKind::Topic.path(made.text("key")?)).into())
        });
    } {}
}
