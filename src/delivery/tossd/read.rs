//! What an activity is read from, for all delegations of a level together.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{Context, Result};
use entity::id::{BatchId, CountryCode, InstitutionId};
use entity::vocabulary::{
    ClaimProperty, ClaimRank, DelegationStatus, PartnershipRole, Representation, TagVocabulary,
};
use entity::{
    batch, batch_topic, claim, country, delegation, institution, partnership, tag, topic,
};
use futures::future::{try_join, try_join_all};
use sea_orm::{ColumnTrait, Condition};

use crate::graphql::context::{LoadRows, RequestContext};
use crate::graphql::edge::{Edge, FewLoader};
use crate::graphql::loader::Key;
use crate::graphql::order::OrderDirection;

/// Institutions, and whether a role is held by them alone: a regional group can hold one, too.
#[derive(Clone, Debug, Default)]
pub(super) struct Holders {
    pub(super) institutions: Vec<Arc<institution::Model>>,
    pub(super) are_all: bool,
}

/// Roles in a batch and in its programme.
pub(super) async fn roles(
    ctx: &Context<'_>,
    batch: &batch::Model,
) -> Result<Vec<Arc<partnership::Model>>> {
    use partnership::Column::{BatchId, Id, ProgrammeId};
    let order = || vec![(Id, OrderDirection::Asc)];
    let own = ctx.rows(Edge::<partnership::Entity>::by(BatchId), Key::Id(batch.id.0), order());
    let programme = Key::Id(batch.programme_id.0);
    let inherited = ctx.rows(Edge::<partnership::Entity>::by(ProgrammeId), programme, order());
    let (own, inherited) = try_join(own, inherited).await?;
    Ok(own.into_iter().chain(inherited).collect())
}

/// Who holds one of these roles, each once.
pub(super) async fn holders(
    ctx: &Context<'_>,
    roles: &[Arc<partnership::Model>],
    wanted: &[PartnershipRole],
) -> Result<Holders> {
    let of = || roles.iter().filter(|role| wanted.contains(&role.role));
    let mut seen: BTreeSet<InstitutionId> = BTreeSet::new();
    let ids = of().filter_map(|role| role.institution_id).filter(|id| seen.insert(*id));
    let rows = ids.map(|id| ctx.row::<institution::Entity>(Key::Id(id.0)));
    let rows = try_join_all(rows.collect::<Vec<_>>()).await?;
    let are_all = of().all(|role| role.institution_id.is_some());
    Ok(Holders { institutions: rows.into_iter().flatten().collect(), are_all })
}

/// The ISO 3166-1 alpha-3 code of a country.
pub(super) async fn alpha3(ctx: &Context<'_>, code: &CountryCode) -> Result<Option<String>> {
    let row = ctx.row::<country::Entity>(Key::Code(code.0.clone())).await?;
    Ok(row.map(|row| row.alpha3.clone()))
}

/// The codes that a vocabulary has of the programme and the topics of a batch, each once and in
/// their order.
pub(super) async fn codes(
    ctx: &Context<'_>,
    batch: &batch::Model,
    vocabulary: TagVocabulary,
) -> Result<BTreeSet<String>> {
    use batch_topic::Column::{BatchId, TopicId};
    let programme = Key::Id(batch.programme_id.0);
    let of_programme =
        ctx.rows(Edge::<tag::Entity>::by(tag::Column::ProgrammeId), programme, Vec::new());
    let topics = async {
        let edge = Edge::<topic::Entity>::through::<batch_topic::Entity>(BatchId, TopicId);
        let topics = ctx.rows(edge, Key::Id(batch.id.0), Vec::new()).await?;
        let tags = topics.iter().map(|topic| {
            ctx.rows(Edge::<tag::Entity>::by(tag::Column::TopicId), Key::Id(topic.id.0), Vec::new())
        });
        let tags = try_join_all(tags.collect::<Vec<_>>()).await?;
        Ok((topics, tags))
    };
    let (of_programme, (topics, of_topics)) = try_join(of_programme, topics).await?;
    let tags = of_programme.iter().chain(of_topics.iter().flatten());
    let tags = tags.filter(|tag| tag.vocabulary == vocabulary).map(|tag| tag.code.clone());
    let own = topics.iter().filter_map(|topic| topic.dac_code.clone());
    let own = own.filter(|_| vocabulary == TagVocabulary::DacPurpose);
    Ok(tags.chain(own).collect())
}

/// What sources state of the amounts of a batch; what is known to be wrong is left out.
pub(super) async fn amounts(ctx: &Context<'_>, batch: BatchId) -> Result<Vec<claim::Model>> {
    let few = || {
        let condition = Condition::all()
            .add(claim::Column::Property.eq(ClaimProperty::Amount))
            .add(claim::Column::Rank.ne(ClaimRank::Deprecated));
        FewLoader::chosen(Edge::<claim::Entity>::by(claim::Column::BatchId), condition)
    };
    let found = ctx.reader().load("amounts", few, Key::Id(batch.0)).await?;
    Ok(found.iter().flat_map(|rows| rows.iter()).map(|row| (**row).clone()).collect())
}

/// The countries that attended a batch.
pub(super) async fn attended(ctx: &Context<'_>, batch: BatchId) -> Result<BTreeSet<CountryCode>> {
    let few = || {
        let condition = Condition::all()
            .add(delegation::Column::Represents.eq(Representation::Country))
            .add(delegation::Column::Status.eq(DelegationStatus::Attended));
        FewLoader::chosen(Edge::<delegation::Entity>::by(delegation::Column::BatchId), condition)
    };
    let found = ctx.reader().load("attended", few, Key::Id(batch.0)).await?;
    Ok(found
        .iter()
        .flat_map(|rows| rows.iter())
        .filter_map(|row| row.country_code.clone())
        .collect())
}
