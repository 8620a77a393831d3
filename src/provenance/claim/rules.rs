//! What holds for claims, and how they are written.

use std::collections::HashMap;

use entity::id::{BatchId, DelegationId, SourceId};
use entity::vocabulary::{ClaimProperty, ClaimRank, DatePrecision};
use entity::{batch, claim, delegation};
use sea_orm::{ActiveValue, ColumnTrait, DbErr, EntityTrait, ExprTrait, QueryFilter};

use super::property;
use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::rule::{self, Stem, check, optional, required, tidy_optional};

/// What the key of a claim is made of where none is given: the key of the delegation that it is of,
/// else of the batch, and what it states.
pub fn key_stem(of: &str, property: ClaimProperty) -> Stem<claim::Entity> {
    Stem::of(of, &property.to_string())
}

/// All that a source states of a batch and of its delegations.
pub(crate) async fn of_source(
    w: &Write,
    source: SourceId,
    batch: BatchId,
) -> Result<Vec<claim::Model>, DbErr> {
    let claims = claim::Entity::find().filter(claim::Column::BatchId.eq(batch));
    claims.filter(claim::Column::SourceId.eq(source)).all(w.read()).await
}

/// The claim among those of one source that states what a draft does, at the same place and by the
/// same person; not one that was found wrong or taken back.
pub(crate) fn same<'a>(
    stated: &'a [claim::Model],
    draft: &claim::ActiveModel,
) -> Option<&'a claim::Model> {
    let stands = |row: &&claim::Model| row.rank != ClaimRank::Deprecated;
    stated.iter().filter(stands).find(|row| rule::same::<claim::Entity>(row, draft))
}

/// Files a claim, or changes it.
///
/// It is of a batch, or of a delegation at that batch. It states what its property needs, and
/// nothing else. A deprecated claim has a reason, and no other has one. At most one claim of a
/// property is preferred, per unit, basis, scope and category; of amounts, per currency and kind of
/// cost. What is accepted of the batch is reconciled.
pub async fn enter(
    w: &mut Write,
    existing: Option<&claim::Model>,
    draft: claim::ActiveModel,
) -> Result<Put<claim::Model>, WriteError> {
    let party = match optional!(draft, existing, delegation_id) {
        Some(id) => Some(rule::row_of::<delegation::Entity>(w, "delegation_id", id).await?),
        None => None,
    };
    enter_of(w, existing, draft, party.as_ref()).await
}

/// [`enter`] where the delegation, if it is of one, has been read already.
pub(crate) async fn enter_of(
    w: &mut Write,
    existing: Option<&claim::Model>,
    mut draft: claim::ActiveModel,
    party: Option<&delegation::Model>,
) -> Result<Put<claim::Model>, WriteError> {
    tidy_optional(&mut draft.text, "text")?;
    tidy_optional(&mut draft.locator, "locator")?;
    let property = required!(draft, existing, property);
    if matches!(property, ClaimProperty::StartsOn | ClaimProperty::EndsOn)
        && optional!(draft, existing, precision).is_none()
    {
        draft.precision = ActiveValue::Set(Some(DatePrecision::Day));
    }
    let claim = claim::Model {
        // What no rule looks at.
        id: entity::id::ClaimId(uuid::Uuid::nil()),
        key: String::new(),
        version: 0,
        created_at: w.now(),
        updated_at: w.now(),
        source_id: required!(draft, existing, source_id),
        batch_id: required!(draft, existing, batch_id),
        delegation_id: optional!(draft, existing, delegation_id),
        property,
        text: optional!(draft, existing, text),
        language: optional!(draft, existing, language),
        date: optional!(draft, existing, date),
        precision: optional!(draft, existing, precision),
        printed_weekday: optional!(draft, existing, printed_weekday),
        number_min: optional!(draft, existing, number_min),
        number_max: optional!(draft, existing, number_max),
        comparator: optional!(draft, existing, comparator),
        unit: optional!(draft, existing, unit),
        basis: optional!(draft, existing, basis),
        scope: optional!(draft, existing, scope),
        completeness: optional!(draft, existing, completeness),
        status: optional!(draft, existing, status),
        category: optional!(draft, existing, category),
        female: optional!(draft, existing, female),
        male: optional!(draft, existing, male),
        other_or_unknown: optional!(draft, existing, other_or_unknown),
        amount: optional!(draft, existing, amount),
        currency: optional!(draft, existing, currency),
        cost_kind: optional!(draft, existing, cost_kind),
        in_kind: optional!(draft, existing, in_kind),
        venue_id: optional!(draft, existing, venue_id),
        institution_id: optional!(draft, existing, institution_id),
        regional_group_id: optional!(draft, existing, regional_group_id),
        stated_by_id: optional!(draft, existing, stated_by_id),
        locator: optional!(draft, existing, locator),
        rank: required!(draft, existing, rank),
        rank_reason: optional!(draft, existing, rank_reason),
    };
    if let Some(party) = party
        && party.batch_id != claim.batch_id
    {
        let (at, of) = (
            rule::key_of::<batch::Entity>(w, party.batch_id).await?,
            rule::key_of::<batch::Entity>(w, claim.batch_id).await?,
        );
        let message = say!(
            "\"{key}\" is a delegation at \"{at}\", not at \"{of}\"",
            key = &party.key,
            at,
            of
        );
        return Err(check::invalid("delegation_id", message).into());
    }
    property::check(&claim)?;
    match (claim.rank, claim.rank_reason) {
        (ClaimRank::Deprecated, None) => {
            let message = say!("a deprecated claim needs a reason");
            return Err(Refusal::new(RefusalCode::Required, "rank_reason", message).into());
        }
        (ClaimRank::Deprecated, Some(_)) | (_, None) => {}
        (rank, Some(reason)) => {
            let message = say!(
                "{reason} is a reason to deprecate a claim, and this one is {rank}",
                reason,
                rank
            );
            return Err(check::invalid("rank_reason", message).into());
        }
    }
    if claim.rank == ClaimRank::Preferred {
        w.lock_batches(&[claim.batch_id]).await?;
        preferred_alone(w, existing, &claim).await?;
    }
    let put = rule::put::<claim::Entity>(w, existing, draft).await?;
    if let Some(changes) = put.change.changes() {
        let ranked = existing
            .is_some_and(|row| (row.rank, row.rank_reason) != (put.row.rank, put.row.rank_reason));
        let kind = if ranked { EventKind::ClaimRanked } else { EventKind::ClaimFiled };
        let event = Event::about::<claim::Entity>(kind, &put.row)
            .changing(rule::public_changes::<claim::Entity>(changes));
        w.record(match party {
            Some(party) => event.of_party(party),
            None => event,
        });
        for row in existing.into_iter().chain([&put.row]) {
            // What is stated of one party changes nothing of the batch.
            match row.delegation_id {
                Some(_) => w.mark_parties_dirty(row.batch_id),
                None => w.mark_dirty(row.batch_id),
            }
        }
    }
    Ok(put)
}

/// Files many claims that are new, complete and normal, each of one of these delegations: what
/// [`enter`] holds them to, with a statement for some hundreds.
pub(crate) async fn enter_all(
    w: &mut Write,
    rows: Vec<claim::Model>,
    parties: &HashMap<DelegationId, delegation::Model>,
) -> Result<(), WriteError> {
    for row in &rows {
        property::check(row)?;
        if (row.rank, row.rank_reason) != (ClaimRank::Normal, None) {
            return Err(WriteError::Contract("a claim that comes with many others is normal"));
        }
    }
    for put in rule::put_all::<claim::Entity>(w, rows).await? {
        let party = put.row.delegation_id.and_then(|id| parties.get(&id));
        let (Some(party), Some(changes)) = (party, put.change.changes()) else {
            return Err(WriteError::Contract(
                "a claim that comes with many others is of a delegation",
            ));
        };
        let event = Event::about::<claim::Entity>(EventKind::ClaimFiled, &put.row);
        w.record(event.changing(rule::public_changes::<claim::Entity>(changes)).of_party(party));
        w.mark_parties_dirty(put.row.batch_id);
    }
    Ok(())
}

/// No other claim of the same property, unit, basis, scope and category is preferred.
async fn preferred_alone(
    w: &Write,
    existing: Option<&claim::Model>,
    claim: &claim::Model,
) -> Result<(), WriteError> {
    let of = match claim.delegation_id {
        Some(delegation) => claim::Column::DelegationId.eq(delegation),
        None => {
            claim::Column::BatchId.eq(claim.batch_id).and(claim::Column::DelegationId.is_null())
        }
    };
    let preferred = claim::Entity::find()
        .filter(of)
        .filter(claim::Column::Property.eq(claim.property))
        .filter(claim::Column::Rank.eq(ClaimRank::Preferred))
        .all(w.read())
        .await?;
    let kind = |row: &claim::Model| {
        (row.unit, row.basis, row.scope, row.category, row.currency.clone(), row.cost_kind)
    };
    let same = |other: &&claim::Model| {
        existing.is_none_or(|row| row.id != other.id) && kind(other) == kind(claim)
    };
    let Some(other) = preferred.iter().find(same) else { return Ok(()) };
    let kinds = [
        claim.unit.map(|unit| unit.to_string()),
        claim.basis.map(|basis| basis.to_string()),
        claim.scope.map(|scope| scope.to_string()),
        claim.category.map(|category| category.to_string()),
        claim.currency.clone(),
        claim.cost_kind.map(|kind| kind.to_string()),
    ];
    let kinds: Vec<String> = kinds.into_iter().flatten().collect();
    let of = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    let property = format!("{}{of}", claim.property);
    let message =
        say!("\"{key}\" is already the preferred claim of {property}", key = &other.key, property);
    Err(Refusal::new(RefusalCode::Duplicate, "rank", message).into())
}
