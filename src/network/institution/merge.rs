//! Merging: two records turn out to be about one body. What referred to the one refers to the other
//! from then on; the record that was merged stays, under its id and key, and says what it was
//! merged into.

use entity::id::InstitutionId;
use entity::{
    appointment, batch, claim, delegation, engagement, institution, institution_identifier,
    outcome, partnership, programme, source,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::rules;
use crate::accounts::grant;
use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::rule::reassign::reassign_references;
use crate::rule::{self, check, set_change, unset};

/// Merges an institution into another.
///
/// It is another one, and neither has been merged before. What the one is part of, or has as a
/// part, it may not be merged into where a circle would come of it. Roles, delegations, posts,
/// engagements, outcomes, sources, claims, programmes, batches, parts, identifiers and officers
/// pass to the other.
pub async fn merge(
    w: &mut Write,
    row: &institution::Model,
    into: &institution::Model,
) -> Result<Put<institution::Model>, WriteError> {
    w.lock_register().await?;
    if row.id == into.id {
        let message = say!("\"{key}\" cannot be merged into itself", key = &row.key);
        return Err(check::invalid("into_id", message).into());
    }
    for (field, row) in [("institution_id", row), ("into_id", into)] {
        if row.merged_into_id.is_some() {
            let message =
                say!("\"{key}\" was merged into another institution already", key = &row.key);
            return Err(Refusal::new(RefusalCode::IllegalMove, field, message).into());
        }
    }
    let (from, to) = (row.id, into.id);
    if into.parent_id == Some(from) {
        let draft = institution::ActiveModel { parent_id: Set(row.parent_id), ..unset() };
        rules::enter(w, Some(into), draft).await?;
    }
    reassign_references! { w, from, to:
        partnership.InstitutionId/institution_id = Some(to) =>
            crate::delivery::partnership::rules, |_, _| {};
        delegation.InstitutionId/institution_id = Some(to) =>
            crate::delivery::delegation::rules, |_, _| {};
        engagement.InstitutionId/institution_id = Some(to) =>
            crate::people::engagement::rules, |_, _| {};
        appointment.InstitutionId/institution_id = to =>
            crate::people::appointment::rules, rule::emit::<appointment::Entity>;
        outcome.InstitutionId/institution_id = Some(to) => crate::plans::outcome::rules, |_, _| {};
        claim.InstitutionId/institution_id = Some(to) => crate::provenance::claim::rules, |_, _| {};
        source.PublisherId/publisher_id = Some(to) =>
            crate::provenance::source::rules, rule::emit::<source::Entity>;
        programme.OwnerId/owner_id = to => crate::network::programme::rules, |_, _| {};
        batch.OwnerId/owner_id = to => crate::delivery::batch::rules, |_, _| {};
        institution.ParentId/parent_id = Some(to) => crate::network::institution::rules, |_, _| {};
    }
    take_identifiers(w, from, to).await?;
    grant::rules::hand_over(w, from, into).await?;
    let draft = institution::ActiveModel { merged_into_id: Set(Some(to)), ..unset() };
    let put = rule::put::<institution::Entity>(w, Some(row), draft).await?;
    w.mark_names_dirty();
    let changes = set_change("merged_into", Vec::new(), vec![into.key.clone()]);
    let event =
        Event::about::<institution::Entity>(EventKind::InstitutionMerged, &put.row).owned_by(to);
    w.record(event.changing(changes));
    Ok(put)
}

/// An identifier belongs to one institution: those of the one are the other's from now on.
async fn take_identifiers(
    w: &mut Write,
    from: InstitutionId,
    to: InstitutionId,
) -> Result<(), WriteError> {
    let rows = institution_identifier::Entity::find()
        .filter(institution_identifier::Column::InstitutionId.eq(from))
        .all(w.read())
        .await?;
    for row in rows {
        let draft = institution_identifier::ActiveModel { institution_id: Set(to), ..unset() };
        w.put::<institution_identifier::Entity>(Some(&row), draft).await?;
    }
    Ok(())
}
