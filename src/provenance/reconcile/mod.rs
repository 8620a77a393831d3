//! Reconciling: whatever a write changed, the values that are accepted and the findings that are
//! open are brought up to date before it is committed. Values may be brought up to date several
//! times in one write; findings are stored once, at its end.

mod facts;
mod findings;
mod found_so_far;
mod people;
mod sweep;

use std::collections::{BTreeMap, BTreeSet};

use entity::id::{BatchId, InstitutionId};
use entity::vocabulary::{ClaimProperty, DelegationStatus, FindingRule, RecordKind};
use entity::{batch, delegation, institution, institution_name, programme, workshop};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

pub(crate) use self::people::note_people;
pub use self::sweep::{reconcile_former, sweep};

use self::facts::Facts;
use self::found_so_far::FoundOfBatch;
use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::events::{Event, EventKind};
use crate::provenance::claim::accepted::{
    AcceptedCount, accepted_batch, accepted_delegation, country_position,
};
use crate::provenance::claim::kept::{
    keep_dates_in_order, keep_plans_with_attendance, keep_workshops_within,
};
use crate::provenance::claim::people::{
    UNKNOWN, days_attended, days_between, days_of, person_days, sort_count,
};
use crate::provenance::claim::stated::{Stated, standing};
use crate::provenance::finding::rules::{
    self, BatchFacts, Found, NamedInstitution, PrintedName, Subject, name_out_of_period,
};
use crate::rule::{public_changes, unset};
use crate::text::fold;
use crate::writing::RecomputeScope;

/// Whether a column of a record has what is accepted of it, and so follows from claims.
pub(crate) fn is_accepted(kind: RecordKind, column: &str) -> bool {
    let begins = |with: &[&str]| with.iter().any(|with| column.starts_with(with));
    match kind {
        RecordKind::Batch => {
            begins(&["title", "starts_", "ends_", "participants_", "person_days_"])
        }
        RecordKind::Delegation => {
            column == "status" || begins(&["headcount_", "person_days_", "country_position"])
        }
        _ => false,
    }
}

/// How many batches are reconciled with one set of statements.
const BATCHES_AT_A_TIME: usize = 200;

/// Brings up to date the values that are derived from what `w` changed, and keeps in mind what does
/// not fit.
pub(crate) async fn reconcile(w: &mut Write) -> Result<(), WriteError> {
    let dirty = w.take_dirty_batches();
    // In the order of their ids, whatever is due of them: so they are locked.
    let dirty: Vec<(BatchId, RecomputeScope)> = dirty.into_iter().collect();
    for some in dirty.chunks(BATCHES_AT_A_TIME) {
        let ids: Vec<BatchId> = some.iter().map(|batch| batch.0).collect();
        let scope = some.iter().map(|batch| batch.1).max().unwrap_or(RecomputeScope::Whole);
        let facts = Facts::read(w, &ids, scope).await?;
        for batch in facts.batches.clone() {
            reconcile_batch(w, &facts, batch, scope).await?;
        }
    }
    Ok(())
}

/// Stores what `w` leaves not to fit: the last that it does before it is committed.
pub(crate) async fn store_findings(w: &mut Write) -> Result<(), WriteError> {
    let found: Vec<_> = found_so_far::take(w).into_iter().collect();
    for some in found.chunks(BATCHES_AT_A_TIME) {
        let mut stored = findings::of_batches(w, some.iter().map(|one| one.0).collect()).await?;
        for (batch, FoundOfBatch { scope, found }) in some {
            let mut stored = stored.remove(batch).unwrap_or_default();
            if *scope == RecomputeScope::Parties {
                stored.retain(|finding| !findings::rests_on_the_batch(finding));
            }
            let mut found = Vec::clone(found);
            rules::sort(&mut found);
            findings::store(w, findings::FindingScope::Batch(*batch), stored, found).await?;
        }
    }
    if w.take_people() {
        people::reconcile_people(w).await?;
    }
    if w.take_names() {
        reconcile_institutions(w).await?;
    }
    Ok(())
}

async fn reconcile_batch(
    w: &mut Write,
    facts: &Facts,
    batch: batch::Model,
    scope: RecomputeScope,
) -> Result<(), WriteError> {
    let sources = &facts.sources;
    let statements = facts.claims.get(&batch.id).map(Vec::as_slice).unwrap_or_default();
    let stated = |claim| {
        Some(Stated { claim, source: sources.get(&claim.source_id)?, owner: batch.owner_id })
    };
    let statements: Vec<Stated<'_>> = statements.iter().filter_map(stated).collect();
    let Some(programme) = facts.programmes.get(&batch.programme_id) else { return Ok(()) };

    let (row, mut broken) = match scope {
        RecomputeScope::Whole => reconcile_values(w, facts, batch, programme, &statements).await?,
        RecomputeScope::Parties => (count_parties(w, facts, batch).await?, Vec::new()),
    };

    let mut delegations = Vec::new();
    for delegation in facts.delegations.get(&row.id).into_iter().flatten() {
        let (party, refused) =
            reconcile_delegation(w, &row, programme, facts, delegation, &statements).await?;
        delegations.push(party);
        broken.extend(refused);
    }

    let plans = facts.plans_of(&delegations);
    let batch_facts = BatchFacts {
        batch: &row,
        today: w.today(),
        members: facts.members(&row, programme),
        delegations: &delegations,
        statements: &statements,
        venues: &facts.venues,
        plans: &plans,
    };
    let mut found = rules::all(&batch_facts);
    found.extend(broken);
    if scope == RecomputeScope::Whole {
        found.extend(names_out_of_period(facts, &row, &statements));
    }
    found_so_far::keep(w, row.id, scope, found);
    Ok(())
}

/// Brings title, dates and participants of a batch up to date; what of them would break an
/// invariant is a finding.
async fn reconcile_values(
    w: &mut Write,
    facts: &Facts,
    batch: batch::Model,
    programme: &programme::Model,
    statements: &[Stated<'_>],
) -> Result<(batch::Model, Vec<Found>), WriteError> {
    let (accepted, broken) = keep_dates_in_order(&batch, accepted_batch(statements), statements);
    let workshops = facts
        .workshops
        .get(&batch.id)
        .into_iter()
        .flatten()
        .filter(|row| !w.is_unchecked(row.id.0));
    let (accepted, left) = keep_workshops_within(&batch, accepted, statements, workshops);
    let broken: Vec<Found> = broken.into_iter().chain(left).collect();
    let (title, title_language) = accepted.title.unzip();
    let titles = statements.iter().filter(|s| s.claim.property == ClaimProperty::Title);
    let titles = titles.filter_map(|s| s.claim.text.as_deref());
    let search: Vec<&str> =
        titles.chain([programme.title.as_str()]).chain(batch.label.as_deref()).collect();
    let (starts, ends) = (accepted.starts_on, accepted.ends_on);
    let people = AcceptedCount::bounds(accepted.participants);
    let by_sex = accepted.participants.map(|count| count.by_sex).unwrap_or_default();
    let days = days_attended(days_between(starts, ends), facts.parts_of(batch.id), &[]);
    let person_days = person_days(people, days);
    let draft = batch::ActiveModel {
        sort_participants: Set(sort_count(people)),
        sort_duration: Set(days_between(starts, ends).unwrap_or(UNKNOWN)),
        sort_delegations: Set(facts.number_of_parties(batch.id)),
        sort_ordinal: Set(batch.ordinal.unwrap_or(UNKNOWN)),
        sort_title: Set(fold(title.as_deref().unwrap_or(&programme.title))),
        title: Set(title),
        title_language: Set(title_language.flatten()),
        starts_on: Set(starts.map(|(date, _)| date)),
        starts_precision: Set(starts.map(|(_, precision)| precision)),
        ends_on: Set(ends.map(|(date, _)| date)),
        ends_precision: Set(ends.map(|(_, precision)| precision)),
        participants_min: Set(people.0),
        participants_max: Set(people.1),
        participants_comparator: Set(accepted.participants.map(|count| count.comparator)),
        participants_female: Set(by_sex.female),
        participants_male: Set(by_sex.male),
        participants_other_or_unknown: Set(by_sex.other_or_unknown),
        person_days_min: Set(person_days.0),
        person_days_max: Set(person_days.1),
        sort_date: Set(facts::sort_date(starts.or(ends).map(|(date, _)| date))),
        search_text: Set(fold(&search.join(" "))),
        ..unset()
    };
    let Put { row, change } = w.put::<batch::Entity>(Some(&batch), draft).await?;
    let changes = change.changes().map(public_changes::<batch::Entity>).unwrap_or_default();
    if !changes.is_empty() {
        let had_dates = batch.starts_on.is_some() || batch.ends_on.is_some();
        let moved = changes.contains_key("starts_on") || changes.contains_key("ends_on");
        let kind =
            if had_dates && moved { EventKind::BatchRescheduled } else { EventKind::BatchUpdated };
        w.record(Event::about::<batch::Entity>(kind, &row).changing(changes));
    }
    sort_workshops(w, facts, &row).await?;
    Ok((row, broken))
}

/// Has workshops without days of their own sort by the date of their batch.
async fn sort_workshops(
    w: &mut Write,
    facts: &Facts,
    batch: &batch::Model,
) -> Result<(), WriteError> {
    for row in facts.workshops.get(&batch.id).into_iter().flatten() {
        let is_undated = row.starts_on.is_none() && row.ends_on.is_none();
        if is_undated && row.sort_date != batch.sort_date {
            let draft = workshop::ActiveModel { sort_date: Set(batch.sort_date), ..unset() };
            w.put::<workshop::Entity>(Some(row), draft).await?;
        }
    }
    Ok(())
}

/// Brings the number of delegations of a batch up to date.
async fn count_parties(
    w: &mut Write,
    facts: &Facts,
    batch: batch::Model,
) -> Result<batch::Model, WriteError> {
    let number = facts.number_of_parties(batch.id);
    if number == batch.sort_delegations {
        return Ok(batch);
    }
    let draft = batch::ActiveModel { sort_delegations: Set(number), ..unset() };
    Ok(w.put::<batch::Entity>(Some(&batch), draft).await?.row)
}

async fn reconcile_delegation(
    w: &mut Write,
    batch: &batch::Model,
    programme: &programme::Model,
    facts: &Facts,
    delegation: &delegation::Model,
    statements: &[Stated<'_>],
) -> Result<(delegation::Model, Option<Found>), WriteError> {
    let plans = facts
        .plans_of_one(delegation.id)
        .iter()
        .map(|plan| plan.id)
        .filter(|id| !w.is_unchecked(id.0));
    let plans: Vec<_> = plans.collect();
    let accepted = accepted_delegation(statements, delegation.id);
    let (accepted, broken) = keep_plans_with_attendance(delegation, accepted, statements, &plans);
    let heads = AcceptedCount::bounds(accepted.headcount);
    let by_sex = accepted.headcount.map(|count| count.by_sex).unwrap_or_default();
    let (parts, named) = (facts.parts_of(batch.id), facts.attended(delegation.id));
    let person_days = person_days(heads, days_attended(days_of(batch), parts, named));
    let draft = delegation::ActiveModel {
        status: Set(accepted.status),
        headcount_min: Set(heads.0),
        headcount_max: Set(heads.1),
        headcount_comparator: Set(accepted.headcount.map(|count| count.comparator)),
        headcount_female: Set(by_sex.female),
        headcount_male: Set(by_sex.male),
        headcount_other_or_unknown: Set(by_sex.other_or_unknown),
        person_days_min: Set(person_days.0),
        person_days_max: Set(person_days.1),
        country_position: Set(country_position(statements, delegation.id)),
        sort_date: Set(batch.sort_date),
        sort_programme: Set(programme.key.clone()),
        sort_headcount: Set(sort_count(heads)),
        ..unset()
    };
    let Put { row, change } = w.put::<delegation::Entity>(Some(delegation), draft).await?;
    // A delegation that came in is told of once, together with where it stands.
    let mut changes = w.take_pending_event(row.id).unwrap_or_default();
    changes.extend(change.changes().map(public_changes::<delegation::Entity>).unwrap_or_default());
    if !changes.is_empty() {
        let status = row.status.filter(|_| changes.contains_key("status"));
        let kind = status.map_or(EventKind::DelegationUpdated, event_of);
        w.record(Event::about::<delegation::Entity>(kind, &row).of_party(&row).changing(changes));
    }
    Ok((row, broken))
}

fn event_of(status: DelegationStatus) -> EventKind {
    match status {
        DelegationStatus::Invited => EventKind::DelegationInvited,
        DelegationStatus::Nominated => EventKind::DelegationNominated,
        DelegationStatus::Confirmed => EventKind::DelegationConfirmed,
        DelegationStatus::Attended => EventKind::DelegationAttended,
        DelegationStatus::Declined => EventKind::DelegationDeclined,
        DelegationStatus::Withdrawn => EventKind::DelegationWithdrawn,
        DelegationStatus::NoShow => EventKind::DelegationNoShow,
        DelegationStatus::NotSent => EventKind::DelegationNotSent,
    }
}

/// Names printed for the batch, in roles and in claims about who organised it, that were not in
/// force at its dates.
fn names_out_of_period(
    facts: &Facts,
    batch: &batch::Model,
    statements: &[Stated<'_>],
) -> Vec<Found> {
    let Some((from, to)) = batch.starts_on.or(batch.ends_on).zip(batch.ends_on.or(batch.starts_on))
    else {
        return Vec::new();
    };
    let standing = standing(statements);
    let claimed =
        standing.iter().filter(|s| s.claim.property == ClaimProperty::Organiser).map(|s| {
            (Subject::batch(batch.id), Some(*s), s.claim.institution_id, s.claim.text.as_deref())
        });
    let held = facts.partnerships.get(&batch.id).into_iter().flatten().map(|role| {
        let subject = Subject::new(RecordKind::Partnership, role.id);
        (subject, None, role.institution_id, role.label.as_deref())
    });
    let mut found = Vec::new();
    for (subject, claim, institution, printed) in claimed.chain(held) {
        let (Some(institution), Some(printed)) = (institution, printed) else { continue };
        let folded = fold(printed);
        let printed = PrintedName { subject, claim, institution, folded: &folded, from, to };
        found.extend(name_out_of_period(&printed, facts.names_of(institution)));
    }
    found
}

/// Which institutions might be the same body, over the whole register.
async fn reconcile_institutions(w: &mut Write) -> Result<(), WriteError> {
    let bodies = institution::Entity::find()
        .filter(institution::Column::MergedIntoId.is_null())
        .all(w.read())
        .await?;
    let bodies: BTreeMap<InstitutionId, institution::Model> =
        bodies.into_iter().map(|row| (row.id, row)).collect();
    let names = institution_name::Entity::find().all(w.read()).await?;
    let names = names.iter().map(|name| (name.institution_id, name.search_text.as_str()));
    // The name by which it sorts is one of these, unless it has none yet.
    let names: BTreeSet<_> =
        names.chain(bodies.values().map(|row| (row.id, row.sort_name.as_str()))).collect();
    let named: Vec<_> = names
        .into_iter()
        .filter_map(|(id, folded)| Some((bodies.get(&id)?, folded)))
        .map(|(row, folded)| NamedInstitution {
            id: row.id,
            folded,
            kind: row.kind,
            country: row.country_code.as_ref(),
            city: row.city.as_deref(),
        })
        .collect();
    let found = rules::possible_same_institution(&named);
    let stored = findings::of_rule(w, FindingRule::PossibleSameInstitution).await?;
    findings::store(w, findings::FindingScope::Register, stored, found).await
}

/// Rows of a table by the batch that they hang from.
type ByBatch<T> = BTreeMap<BatchId, Vec<T>>;

/// An institution's id, for maps.
type ByInstitution<T> = BTreeMap<InstitutionId, Vec<T>>;
