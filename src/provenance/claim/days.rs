//! What one source states of the days of a batch: it does not end before it starts.

use std::collections::BTreeMap;

use entity::claim;
use entity::id::ClaimId;
use entity::vocabulary::{ClaimProperty, ClaimRank};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::value::period;
use crate::db::{IDS_PER_QUERY, Write};
use crate::error::Refusal;
use crate::rule::check;

/// Which of these claims state a day that contradicts the other day which the same source states of
/// the batch. What is deprecated contradicts nothing: so a misprint is kept.
pub async fn check_days(w: &Write, ids: &[ClaimId]) -> Result<Vec<(ClaimId, Refusal)>, DbErr> {
    let days = || {
        let days = [ClaimProperty::StartsOn, ClaimProperty::EndsOn];
        claim::Entity::find()
            .filter(claim::Column::Property.is_in(days))
            .filter(claim::Column::Rank.ne(ClaimRank::Deprecated))
    };
    let mut refusals = Vec::new();
    for ids in ids.chunks(IDS_PER_QUERY) {
        let of_these = claim::Column::Id.is_in(ids.iter().copied());
        let mut batches: Vec<_> =
            days().filter(of_these).all(w.read()).await?.iter().map(|row| row.batch_id).collect();
        batches.sort_unstable();
        batches.dedup();
        if batches.is_empty() {
            continue;
        }
        let stated = days().filter(claim::Column::BatchId.is_in(batches));
        let stated = stated.order_by_asc(claim::Column::Id).all(w.read()).await?;
        // The newest of each.
        let mut both: BTreeMap<_, [Option<&claim::Model>; 2]> = BTreeMap::new();
        for row in &stated {
            let place = usize::from(row.property == ClaimProperty::EndsOn);
            both.entry((row.batch_id, row.source_id)).or_default()[place] = Some(row);
        }
        for [starts, ends] in both.into_values() {
            let Some((starts, ends)) = starts.zip(ends) else { continue };
            let first = period(starts).map(|days| days.first);
            let last = period(ends).map(|days| days.last);
            let Err(refusal) = check::order("date", first, last) else { continue };
            let asked = [ends, starts].into_iter().find(|row| ids.contains(&row.id));
            refusals.extend(asked.map(|row| (row.id, refusal)));
        }
    }
    Ok(refusals)
}
