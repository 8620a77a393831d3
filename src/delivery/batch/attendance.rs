//! Whether it is known that all countries that attended are named.

use async_graphql::{Context, Result};
use entity::vocabulary::{ClaimProperty, ClaimRank, Completeness, FindingRule, FindingState};
use entity::{claim, finding};
use futures::future::try_join;
use sea_orm::{ColumnTrait, Condition};

use crate::graphql::context::RequestContext;
use crate::graphql::edge::{Edge, FewLoader};
use crate::graphql::loader::Key;

/// What is known of the list of countries of the batch that `batch` identifies; all batches of a
/// level are asked together.
pub(super) async fn completeness(ctx: &Context<'_>, batch: Key) -> Result<Option<Completeness>> {
    // A deprecated claim is known to be wrong or superseded: its list tells nothing.
    let lists = || {
        let condition = Condition::all()
            .add(claim::Column::Property.eq(ClaimProperty::Countries))
            .add(claim::Column::Rank.ne(ClaimRank::Deprecated))
            .add(claim::Column::Completeness.is_not_null());
        FewLoader::chosen(Edge::<claim::Entity>::by(claim::Column::BatchId), condition)
    };
    let partitions = || {
        let condition = Condition::all()
            .add(finding::Column::Rule.eq(FindingRule::PartitionComplete))
            .add(finding::Column::State.ne(FindingState::Resolved));
        FewLoader::chosen(Edge::<finding::Entity>::by(finding::Column::BatchId), condition)
    };
    let reader = ctx.reader();
    let (lists, partitions) = try_join(
        reader.load("lists of countries", lists, batch.clone()),
        reader.load("partitions", partitions, batch),
    )
    .await?;
    let lists = lists.iter().flat_map(|lists| lists.iter());
    let partitioned = partitions.is_some_and(|partitions| !partitions.is_empty());
    Ok(known(lists.filter_map(|claim| claim.completeness), partitioned))
}

/// A list that one source prints as open is closed all the same where another source closes it, or
/// where the members that attended and those that did not are together all there are.
fn known(printed: impl Iterator<Item = Completeness>, partitioned: bool) -> Option<Completeness> {
    let partitioned = partitioned.then_some(Completeness::Exhaustive);
    // In the order of the vocabulary, the stronger statement comes first.
    printed.chain(partitioned).min()
}

#[cfg(test)]
mod tests {
    use entity::vocabulary::Completeness::{Exhaustive, NonExhaustive};

    use super::known;

    #[test]
    fn a_list_is_closed_by_a_source_or_by_the_members_that_sent_nobody() {
        assert_eq!(known([].into_iter(), false), None);
        assert_eq!(known([].into_iter(), true), Some(Exhaustive));
        assert_eq!(known([NonExhaustive].into_iter(), false), Some(NonExhaustive));
        assert_eq!(known([NonExhaustive, NonExhaustive].into_iter(), true), Some(Exhaustive));
        assert_eq!(known([NonExhaustive, Exhaustive].into_iter(), false), Some(Exhaustive));
    }
}
