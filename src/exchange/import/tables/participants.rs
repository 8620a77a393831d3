//! People who take part. What is said of a row never repeats a name.

use std::collections::{HashMap, HashSet};

use entity::id::{BatchId, DelegationId, InstitutionId, PersonId};
use entity::vocabulary::EngagementRole;
use entity::{batch, delegation, engagement, person};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, QueryFilter};

use super::super::knowledge::{Knowledge, Named};
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::reading::Reading;
use super::super::remark::Weight;
use crate::access::policy::Action;
use crate::db::Write;
use crate::error::WriteError;
use crate::people::engagement::rules as engagements;
use crate::people::person::rules as people;
use crate::rule::{self, IDS_PER_QUERY, made_key, unset};
use crate::text::fold;

/// Somebody who is to take part.
#[derive(Debug)]
pub(in super::super) struct Participant {
    batch: BatchId,
    party: DelegationId,
    name: String,
    institution: Option<InstitutionId>,
    line: u64,
}

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<Participant>>, DbErr> {
    let named = Named::read(k, db, rows).await?;
    let layout = k.layout.clone();
    let kept = k.allowed(db, Action::KeepDelegations, &named.batches).await?;
    let ids: Vec<BatchId> = named.batches.keys().copied().collect();
    let mut parties: HashMap<BatchId, Vec<delegation::Model>> = HashMap::new();
    let mut people: HashSet<(DelegationId, String)> = HashSet::new();
    for some in ids.chunks(IDS_PER_QUERY) {
        let at = delegation::Column::BatchId.is_in(some.iter().copied());
        for row in k.visible.select::<delegation::Entity>().filter(at).all(db).await? {
            parties.entry(row.batch_id).or_default().push(row);
        }
        let at = engagement::Column::BatchId.is_in(some.iter().copied());
        let engaged = k.visible.select::<engagement::Entity>().filter(at);
        let engaged = engaged.filter(engagement::Column::Role.eq(EngagementRole::Participant));
        let engaged: HashMap<PersonId, Option<DelegationId>> =
            engaged.all(db).await?.into_iter().map(|row| (row.person_id, row.delegation_id)).collect();
        for ids in engaged.keys().copied().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
            let these = person::Column::Id.is_in(ids.iter().copied());
            for person in k.visible.select::<person::Entity>().filter(these).all(db).await? {
                if let Some(Some(party)) = engaged.get(&person.id) {
                    people.insert((*party, person.sort_name));
                }
            }
        }
    }
    let mut plans = Vec::with_capacity(rows.len());
    for row in rows {
        let mut reading = Reading::new(&layout, row);
        let batch = named.batch(&mut reading).cloned();
        let name = reading.required("name");
        let party = batch.as_ref().and_then(|batch| party(k, &mut reading, batch, parties.get(&batch.id)));
        if batch.as_ref().is_some_and(|batch| !kept.contains(&batch.id)) {
            reading.refuse("batch", "is not yours: you may not enter who takes part there");
        }
        let found = match (&party, name, &batch) {
            (Some((party, institution)), Some(name), Some(batch)) => Some(Participant {
                batch: batch.id,
                party: party.id,
                name,
                institution: institution.or(party.institution_id),
                line: row.line,
            }),
            _ => None,
        };
        let Some(participant) = found else {
            plans.push(Plan::of(row, reading, None, None));
            continue;
        };
        let who = (participant.party, fold(&participant.name));
        if let Some(line) = k.seen_before(&who, row.line) {
            let message =
                format!("stands in line {line} already: two people of one name in one delegation are entered by hand");
            reading.remark(Weight::Ambiguous, "name", message);
        }
        let change = (!people.contains(&who)).then_some((true, participant));
        let place = batch.map(|batch| batch.key).unwrap_or_default();
        plans.push(Plan::of(row, reading, party.map(|party| party.0.key), change).at(&place));
    }
    Ok(plans)
}

/// The delegation to which a row belongs, and the institution that it names.
fn party(
    k: &Knowledge,
    reading: &mut Reading<'_>,
    batch: &batch::Model,
    parties: Option<&Vec<delegation::Model>>,
) -> Option<(delegation::Model, Option<InstitutionId>)> {
    let date = batch.starts_on.or(batch.ends_on);
    let (country, institution) = (k.country(reading, date), k.institution(reading, "institution", date));
    if reading.is_hindered() {
        return None;
    }
    if country.is_none() && institution.is_none() {
        reading.required("country");
        return None;
    }
    let label = reading.text("label");
    let mut fitting: Vec<&delegation::Model> = parties.into_iter().flatten().collect();
    fitting.retain(|row| row.country_code == country || (country.is_none() && row.institution_id == institution));
    if label.is_some() {
        fitting.retain(|row| row.label == label);
    }
    if fitting.len() > 1 && institution.is_some() {
        fitting.retain(|row| row.institution_id == institution);
    }
    let field = if country.is_some() { "country" } else { "institution" };
    match fitting[..] {
        [only] => Some((only.clone(), institution)),
        [] => {
            reading.refuse(field, format!("has no delegation at {:?}: import the delegations first", batch.key));
            None
        }
        _ => {
            let message = format!("has {} delegations at {:?}: give the label of one", fitting.len(), batch.key);
            reading.remark(Weight::Ambiguous, field, message);
            None
        }
    }
}

/// Writes what was planned.
pub(in super::super) async fn carry_out(w: &mut Write, participants: Vec<Participant>) -> Result<(), WriteError> {
    for one in participants {
        let line = one.line;
        enter(w, one).await.map_err(|error| super::at_line(error, line))?;
    }
    Ok(())
}

async fn enter(w: &mut Write, one: Participant) -> Result<(), WriteError> {
    let draft = person::ActiveModel { key: Set(made_key(w, "person")), name: Set(one.name), ..unset() };
    let person = people::enter(w, None, draft).await?;
    rule::tell::<person::Entity>(w, &person);
    let draft = engagement::ActiveModel {
        key: Set(made_key(w, "engagement")),
        person_id: Set(person.row.id),
        batch_id: Set(Some(one.batch)),
        role: Set(EngagementRole::Participant),
        institution_id: Set(one.institution),
        delegation_id: Set(Some(one.party)),
        ..unset()
    };
    engagements::enter(w, None, draft).await.map(|_| ())
}
