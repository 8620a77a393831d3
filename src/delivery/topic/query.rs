//! How topics are chosen and ordered.

use async_graphql::Result;
use entity::topic;
use sea_orm::Condition;
use sea_orm::sea_query::Expr;

use crate::delivery::batch::BatchListFilter;
use crate::delivery::tag::TagListFilter;
use crate::delivery::workshop::WorkshopListFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::programme::ProgrammeListFilter;

filter! {
    /// Which topics.
    TopicFilter / TopicListFilter of topic {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By label: `contains` looks in the labels of all languages, the other operators at the
        /// English one.
        label: TextFilter => by(labelled);
        /// By OECD DAC CRS purpose code.
        dac_code: ExactTextFilter => column(DacCode);
        /// By the topic directly above it.
        parent: TopicFilter => one(ParentId in topic);
        /// By the topics directly under it.
        children: TopicListFilter => many(topic.ParentId);
        /// By the programmes about it.
        programmes: ProgrammeListFilter =>
            through(programme_topic.TopicId/ProgrammeId to programme);
        /// By the batches about it.
        batches: BatchListFilter => through(batch_topic.TopicId/BatchId to batch);
        /// By the activities about it.
        workshops: WorkshopListFilter => through(workshop_topic.TopicId/WorkshopId to workshop);
        /// By the entries of international classifications that it falls under.
        tags: TagListFilter => many(tag.TopicId);
    }
}

order! {
    /// In which order topics are listed.
    TopicOrder / TopicOrderField of topic by SortLabel Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The English label.
        Label => SortLabel,
    }
}

fn labelled(filter: TextFilter, scope: &Scope<'_>) -> Result<Condition> {
    use topic::Column::{SearchText, SortLabel};
    let test = |column| filter.clone().test(Expr::col((topic::Entity, column)), scope);
    Ok(Condition::any().add(test(SortLabel)?).add(test(SearchText)?))
}
