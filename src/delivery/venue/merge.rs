//! Merging: two records turn out to be of one place. What referred to the one refers to the other
//! from then on; the record that was merged stays, under its id and key, and says what it was
//! merged into.

use std::collections::BTreeSet;

use entity::id::VenueId;
use entity::{batch, batch_part, batch_venue, claim, venue, workshop};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::db::{Change, IDS_PER_QUERY, Put, Write};
use crate::delivery::batch::rules::enter_venues;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;
use crate::rule::reassign::reassign_references;
use crate::rule::{self, check, unset};

/// Merges a place into another.
///
/// It is another one, and neither has been merged before. Batches, their parts, workshops and
/// claims pass to the other, and so does what was merged into the one: a record is merged into the
/// one in use.
pub async fn merge(
    w: &mut Write,
    row: &venue::Model,
    into: &venue::Model,
) -> Result<Put<venue::Model>, WriteError> {
    w.lock_register().await?;
    if row.id == into.id {
        let message = say!("\"{key}\" cannot be merged into itself", key = &row.key);
        return Err(check::invalid("into_id", message).into());
    }
    for (field, row) in [("venue_id", row), ("into_id", into)] {
        if row.merged_into_id.is_some() {
            let message = say!("\"{key}\" was merged into another place already", key = &row.key);
            return Err(Refusal::new(RefusalCode::IllegalMove, field, message).into());
        }
    }
    let (from, to) = (row.id, into.id);
    hold_elsewhere(w, from, to).await?;
    reassign_references! { w, from, to:
        batch_part.VenueId/venue_id = Some(to) => crate::delivery::part::rules, |_, _| {};
        workshop.VenueId/venue_id = Some(to) => crate::delivery::workshop::rules, |_, _| {};
        claim.VenueId/venue_id = Some(to) => crate::provenance::claim::rules, |_, _| {};
        venue.MergedIntoId/merged_into_id = Some(to) => super::rules, rule::emit::<venue::Entity>;
    }
    let draft = venue::ActiveModel { merged_into_id: Set(Some(to)), ..unset() };
    let put = rule::put::<venue::Entity>(w, Some(row), draft).await?;
    rule::emit::<venue::Entity>(w, &put);
    Ok(put)
}

/// Batches that are held at the one are held at the other.
async fn hold_elsewhere(w: &mut Write, from: VenueId, to: VenueId) -> Result<(), WriteError> {
    let held = batch_venue::Entity::find().filter(batch_venue::Column::VenueId.eq(from));
    let batches: BTreeSet<_> =
        held.all(w.read()).await?.into_iter().map(|link| link.batch_id).collect();
    for some in batches.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
        let links = batch_venue::Entity::find()
            .filter(batch_venue::Column::BatchId.is_in(some.iter().copied()));
        let links = links.all(w.read()).await?;
        for (row, _) in w.lock_batches(some).await? {
            let of_it = links.iter().filter(|link| link.batch_id == row.id);
            let venue =
                |link: &batch_venue::Model| if link.venue_id == from { to } else { link.venue_id };
            let venues = of_it.map(venue).collect();
            let batch: Put<batch::Model> = Put { row, change: Change::Unchanged };
            enter_venues(w, &batch, venues).await?;
        }
    }
    Ok(())
}
