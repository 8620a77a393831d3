//! What holds for memberships of countries in groups, and how they are written.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::id::{CountryCode, MembershipId, RegionalGroupId};
use entity::vocabulary::{DatePrecision, MembershipKind};
use entity::{country, membership, programme, regional_group};
use sea_orm::{ActiveValue, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter};

use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::network::country::life::Lives;
use crate::phrase::{Phrase, say};
use crate::rule::dates::in_years;
use crate::rule::{self, check, optional, required};

/// Enters a membership, or changes it.
///
/// It ends on or after the day on which it begins, and lies within the life of the country. A
/// country is in a group once at a time in one kind: what has no known beginning or end is open
/// there. Who was a member when decides about the batches of the group's programmes, so these are
/// reconciled.
pub async fn enter(
    w: &mut Write,
    existing: Option<&membership::Model>,
    draft: membership::ActiveModel,
) -> Result<Put<membership::Model>, WriteError> {
    let put = enter_unchecked(w, existing, draft).await?;
    match check_periods(w, &[put.row.id]).await?.into_iter().next() {
        Some((_, refusal)) => Err(refusal.into()),
        None => Ok(put),
    }
}

/// [`enter`], but for what is checked against other records: for several memberships that come
/// together, to be followed by [`check_periods`].
pub async fn enter_unchecked(
    w: &mut Write,
    existing: Option<&membership::Model>,
    mut draft: membership::ActiveModel,
) -> Result<Put<membership::Model>, WriteError> {
    w.lock_register().await?;
    let from = optional!(draft, existing, valid_from);
    check::order("valid_to", from, optional!(draft, existing, valid_to))?;
    draft.sort_date = ActiveValue::Set(sort_date(from));
    if existing.is_none() && draft.precision.is_not_set() {
        draft.precision = ActiveValue::Set(DatePrecision::Day);
    }
    let group = required!(draft, existing, regional_group_id);
    let put = rule::put::<membership::Entity>(w, existing, draft).await?;
    if emit(w, &put) {
        let former = existing.map_or(group, |row| row.regional_group_id);
        rule::mark_batches_of_dirty(w, programme::Column::RegionalGroupId.is_in([group, former]))
            .await?;
    }
    Ok(put)
}

/// Enters many memberships that are new and complete: what [`enter`] holds them to, with a
/// statement for some hundreds.
pub(crate) async fn enter_all(
    w: &mut Write,
    mut rows: Vec<membership::Model>,
) -> Result<(), WriteError> {
    w.lock_register().await?;
    for row in &mut rows {
        check::key(&row.key, false)?;
        in_years("valid_from", row.valid_from)?;
        in_years("valid_to", row.valid_to)?;
        check::order("valid_to", row.valid_from, row.valid_to)?;
        row.sort_date = sort_date(row.valid_from);
    }
    let (mut ids, mut groups) = (Vec::with_capacity(rows.len()), BTreeSet::new());
    for put in rule::put_all::<membership::Entity>(w, rows).await? {
        emit(w, &put);
        ids.push(put.row.id);
        groups.insert(put.row.regional_group_id);
    }
    for some in groups.into_iter().collect::<Vec<_>>().chunks(crate::db::IDS_PER_QUERY) {
        let of_these = programme::Column::RegionalGroupId.is_in(some.iter().copied());
        rule::mark_batches_of_dirty(w, of_these).await?;
    }
    match check_periods(w, &ids).await?.into_iter().next() {
        Some((_, refusal)) => Err(refusal.into()),
        None => Ok(()),
    }
}

fn sort_date(from: Option<NaiveDate>) -> NaiveDate {
    from.unwrap_or(check::FIRST_DAY)
}

/// Tells of a change; whether there is one.
fn emit(w: &mut Write, put: &Put<membership::Model>) -> bool {
    let Some(changes) = put.change.changes() else { return false };
    let event = Event::about::<membership::Entity>(EventKind::MembershipChanged, &put.row)
        .of_country(Some(put.row.country_code.clone()))
        .changing(rule::public_changes::<membership::Entity>(changes));
    w.record(event);
    true
}

/// Who belongs to what, in which quality.
type Of = (RegionalGroupId, CountryCode, MembershipKind);

fn of(row: &membership::Model) -> Of {
    (row.regional_group_id, row.country_code.clone(), row.kind)
}

/// Which of these memberships lie outside the life of their country, or overlap with another of the
/// same country, group and kind.
pub async fn check_periods(
    w: &Write,
    ids: &[MembershipId],
) -> Result<Vec<(MembershipId, Refusal)>, DbErr> {
    let mut these = Vec::new();
    for ids in ids.chunks(crate::db::IDS_PER_QUERY) {
        these.extend(
            membership::Entity::find()
                .filter(membership::Column::Id.is_in(ids.iter().copied()))
                .all(w.read())
                .await?,
        );
    }
    let dated = Condition::any()
        .add(country::Column::ValidFrom.is_not_null())
        .add(country::Column::ValidTo.is_not_null());
    let lives = Lives::new(&country::Entity::find().filter(dated).all(w.read()).await?);
    let groups: BTreeSet<RegionalGroupId> = these.iter().map(|row| row.regional_group_id).collect();
    let mut all: HashMap<Of, Vec<membership::Model>> = HashMap::new();
    for some in groups.into_iter().collect::<Vec<_>>().chunks(crate::db::IDS_PER_QUERY) {
        let of_these = membership::Column::RegionalGroupId.is_in(some.iter().copied());
        for row in membership::Entity::find().filter(of_these).all(w.read()).await? {
            all.entry(of(&row)).or_default().push(row);
        }
    }
    let mut refusals = Vec::new();
    for this in &these {
        let days = (this.valid_from, this.valid_to);
        if let Some((field, message)) = lives.outside(&this.country_code, days, this.precision) {
            refusals.push((this.id, Refusal::new(RefusalCode::OutOfRange, field, message)));
            continue;
        }
        let others = all.get(&of(this)).into_iter().flatten().filter(|other| other.id != this.id);
        let meets = |other: &&membership::Model| overlap(days, (other.valid_from, other.valid_to));
        if let Some(other) = others.into_iter().find(meets) {
            let group =
                regional_group::Entity::find_by_id(this.regional_group_id).one(w.read()).await?;
            let group = group.map_or_else(String::new, |group| group.key);
            let called = Phrase::verbatim(format!("\"{}\"", other.key));
            let other = ((other.valid_from, other.valid_to), called);
            refusals
                .push((this.id, overlaps((&this.country_code, this.kind, &group), other, days)));
        }
    }
    Ok(refusals)
}

/// A first and a last day; none where it is open.
pub(crate) type Days = (Option<NaiveDate>, Option<NaiveDate>);

/// Whether two periods have a day in common.
pub(crate) fn overlap(a: Days, b: Days) -> bool {
    let begins = |days: Days| days.0.unwrap_or(NaiveDate::MIN);
    let ends = |days: Days| days.1.unwrap_or(NaiveDate::MAX);
    begins(a) <= ends(b) && begins(b) <= ends(a)
}

/// The sentence about a membership that overlaps with another: which country belongs in which
/// quality to the group of which key, the other with what it is called, and the days of this one.
pub(crate) fn overlaps(
    (country, kind, group): (&CountryCode, MembershipKind, &str),
    (other, called): (Days, Phrase),
    this: Days,
) -> Refusal {
    let message = say!(
        "{country} is {kind} in {group} {period} ({called}), and so it would be again {again}",
        country,
        kind,
        group,
        period = check::period(other.0, other.1),
        called,
        again = check::period(this.0, this.1)
    );
    Refusal::new(RefusalCode::Overlap, "valid_from", message)
}
