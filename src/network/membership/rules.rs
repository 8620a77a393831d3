//! What holds for memberships of countries in groups, and how they are written.

use chrono::NaiveDate;
use entity::id::MembershipId;
use entity::vocabulary::DatePrecision;
use entity::{membership, programme, regional_group};
use sea_orm::{ActiveValue, ColumnTrait, DbErr, EntityTrait, QueryFilter};

use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::rule::{self, check, optional, required};

/// Enters a membership, or changes it.
///
/// It ends on or after the day on which it begins. A country is in a group once at a time in one kind: what has no known
/// beginning or end is open there. Who was a member when decides about the batches of the group's programmes, so these are
/// settled anew.
pub async fn enter(
    w: &mut Write,
    existing: Option<&membership::Model>,
    draft: membership::ActiveModel,
) -> Result<Put<membership::Model>, WriteError> {
    let put = enter_unchecked(w, existing, draft).await?;
    match check_overlaps(w, &[put.row.id]).await?.into_iter().next() {
        Some((_, refusal)) => Err(refusal.into()),
        None => Ok(put),
    }
}

/// [`enter`], but for overlaps: for several memberships that come together, to be followed by [`check_overlaps`].
pub async fn enter_unchecked(
    w: &mut Write,
    existing: Option<&membership::Model>,
    mut draft: membership::ActiveModel,
) -> Result<Put<membership::Model>, WriteError> {
    w.register_wide().await?;
    let from = optional!(draft, existing, valid_from);
    check::order("valid_to", from, optional!(draft, existing, valid_to))?;
    draft.sort_date = ActiveValue::Set(from.unwrap_or(check::FIRST_DAY));
    if existing.is_none() && draft.precision.is_not_set() {
        draft.precision = ActiveValue::Set(DatePrecision::Day);
    }
    let group = required!(draft, existing, regional_group_id);
    let put = rule::put::<membership::Entity>(w, existing, draft).await?;
    if let Some(changes) = put.change.changes() {
        let event = Event::about::<membership::Entity>(EventKind::MembershipChanged, &put.row)
            .of_country(Some(put.row.country_code.clone()))
            .changing(rule::told::<membership::Entity>(changes));
        w.record(event);
        let former = existing.map_or(group, |row| row.regional_group_id);
        rule::touch_batches_of(w, programme::Column::RegionalGroupId.is_in([group, former])).await?;
    }
    Ok(put)
}

/// Which of these memberships overlap with another of the same country, group and kind.
pub async fn check_overlaps(w: &Write, ids: &[MembershipId]) -> Result<Vec<(MembershipId, Refusal)>, DbErr> {
    let mut these = Vec::new();
    for ids in ids.chunks(rule::IDS_PER_QUERY) {
        these.extend(
            membership::Entity::find().filter(membership::Column::Id.is_in(ids.iter().copied())).all(w.read()).await?,
        );
    }
    let mut groups: Vec<_> = these.iter().map(|row| row.regional_group_id).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut refusals = Vec::new();
    for group in groups {
        // A group has some tens of memberships, hardly ever hundreds.
        let all =
            membership::Entity::find().filter(membership::Column::RegionalGroupId.eq(group)).all(w.read()).await?;
        for this in these.iter().filter(|row| row.regional_group_id == group) {
            let same = |other: &&membership::Model| {
                other.id != this.id && other.country_code == this.country_code && other.kind == this.kind
            };
            let Some(other) = all.iter().filter(same).find(|other| overlap(this, other)) else { continue };
            let group = regional_group::Entity::find_by_id(group).one(w.read()).await?;
            let message = format!(
                "{} is {} in {} {} ({:?}), and so it would be again {}",
                this.country_code,
                this.kind,
                group.map_or_else(String::new, |group| group.key),
                check::period(other.valid_from, other.valid_to),
                other.key,
                check::period(this.valid_from, this.valid_to),
            );
            refusals.push((this.id, Refusal::new(RefusalCode::Overlap, "valid_from", message)));
        }
    }
    Ok(refusals)
}

/// Whether two periods have a day in common.
fn overlap(a: &membership::Model, b: &membership::Model) -> bool {
    let begins = |row: &membership::Model| row.valid_from.unwrap_or(NaiveDate::MIN);
    let ends = |row: &membership::Model| row.valid_to.unwrap_or(NaiveDate::MAX);
    begins(a) <= ends(b) && begins(b) <= ends(a)
}
