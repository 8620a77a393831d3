//! Delegations: who came, where they stand, and of how many people. What the file says of each is a
//! claim of it: the number that came (`REPORTED`), that signed up (`REGISTERED`) and that is listed
//! by name (`NAMED`) are three, and none is taken for another.

mod assertion;
mod keys;
mod parts;

use std::collections::{HashMap, HashSet};

use entity::id::{BatchId, CountryCode, DelegationId, InstitutionId, RegionalGroupId};
use entity::vocabulary::{BatchStatus, ClaimRank, CountBasis, DelegationCategory, Representation};
use entity::{batch, claim, delegation, regional_group, source};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, EntityTrait, QueryFilter};

use self::assertion::{DelegationAssertion, blank_claim};
use self::keys::keys_of;
use self::parts::{CATEGORIES, category_of};
use super::super::cells::PEOPLE;
use super::super::knowledge::{Knowledge, Named, RowKeys};
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use super::people;
use crate::access::policy::{Action, Relation};
use crate::db::IDS_PER_QUERY;
use crate::db::Write;
use crate::delivery::delegation::rules::{self as delegations, NewDelegation, enter_all};
use crate::error::WriteError;
use crate::phrase::{Phrase, say};
use crate::provenance::claim::people::BySex;
use crate::provenance::claim::rules as claims;
use crate::rule::{made_key, unset};
use crate::text::fold;

/// What a row comes to.
#[derive(Clone, Debug)]
pub(in super::super) struct DelegationRow {
    batch: BatchId,
    batch_key: String,
    key: Option<String>,
    country: Option<CountryCode>,
    institution: Option<InstitutionId>,
    group: Option<regional_group::Model>,
    label: Option<String>,
    represents: Representation,
    /// The category that it is to have, where that is another than it has.
    category: Option<DelegationCategory>,
    existing: Option<delegation::Model>,
    /// What is to be claimed anew, and claims that are to state something else.
    new: Vec<DelegationAssertion>,
    changed: Vec<(claim::Model, DelegationAssertion)>,
    line: u64,
}

/// Whose delegation it is: batch, country, institution, group and label, however that is written.
type Slot =
    (BatchId, Option<CountryCode>, Option<InstitutionId>, Option<RegionalGroupId>, Option<String>);

/// What a row says.
struct Read {
    batch: batch::Model,
    slot: Slot,
    group: Option<regional_group::Model>,
    category: Option<DelegationCategory>,
    /// The label, as written.
    label: Option<String>,
    said: Vec<DelegationAssertion>,
    /// The key that the delegation is to have.
    key: Option<String>,
}

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<DelegationRow>>, DbErr> {
    let named = Named::read(k, db, rows).await?;
    let mut wanted: Vec<(RowParser<'_>, Option<Read>)> = Vec::new();
    let layout = k.layout.clone();
    for row in rows {
        let mut parser = RowParser::new(&layout, row);
        let read = read(k, &named, &mut parser);
        wanted.push((parser, read));
    }
    let batches: HashMap<BatchId, batch::Model> = wanted
        .iter()
        .filter_map(|(_, read)| read.as_ref())
        .map(|read| (read.batch.id, read.batch.clone()))
        .collect();
    let kept = k.allowed(db, Action::KeepDelegations, &batches).await?;
    let may_claim = k.may(Action::FileClaim, Relation::Stranger);
    let known = existing(k, db, &batches).await?;
    let claimed = claims_of(db, k.source.as_ref(), known.values().flatten()).await?;
    let keys = RowKeys::read::<delegation::Entity>(k, db, rows).await?;
    let mut plans = Vec::with_capacity(rows.len());
    for (row, (mut parser, read)) in rows.iter().zip(wanted) {
        let Some(Read { batch, slot, group, category, label, said, key }) = read else {
            plans.push(Plan::of(row, parser, None, None));
            continue;
        };
        let there = known.get(&slot).map(Vec::as_slice).unwrap_or_default();
        let existing = labelled(&mut parser, &batch, there, label.as_deref()).cloned();
        // Labels that were told apart by how they are written stay apart.
        let apart = existing.as_ref().filter(|_| there.len() > 1).map(|row| row.id);
        if let Some(line) = k.seen_before(&(&slot, apart), row.line) {
            let field = match &slot {
                (_, Some(_), ..) => "country",
                (_, None, _, Some(_), _) => "group",
                _ => "institution",
            };
            let message = say!(
                "has a delegation at \"{batch}\" in line {line} already: tell the two apart by a \
                 label, if there are two",
                batch = &batch.key,
                line
            );
            parser.remark(Weight::Ambiguous, field, message);
        }
        match &existing {
            None if !kept.contains(&batch.id) => {
                let message = say!("is not yours: you may not enter delegations there");
                parser.refuse("batch", message);
            }
            Some(_) if !may_claim => {
                parser.refuse("batch", say!("is not yours: you may not claim anything of it"));
            }
            Some(row) if key.as_ref().is_some_and(|key| *key != row.key) => {
                let key = &row.key;
                let message =
                    say!("is not the key of this delegation, which is \"{key}\" and stays so", key);
                parser.refuse("key", message);
            }
            _ => {}
        }
        let category =
            category_of(&mut parser, existing.as_ref(), kept.contains(&batch.id), category);
        if batch.status == BatchStatus::Cancelled
            && said.iter().any(DelegationAssertion::is_presence)
        {
            // The owner cannot say so by hand either; what others print of it is a claim.
            let weight = if kept.contains(&batch.id) { Weight::Refused } else { Weight::Note };
            let message = say!("\"{key}\" was CANCELLED: nobody attended it", key = &batch.key);
            parser.remark(weight, "status", message);
        }
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        let stated = existing
            .as_ref()
            .and_then(|row| claimed.get(&row.id))
            .map(Vec::as_slice)
            .unwrap_or_default();
        for said in said {
            let of_it: Vec<&claim::Model> = stated.iter().filter(|row| said.is_of(row)).collect();
            if of_it.iter().any(|row| said.is_in(row)) {
                continue;
            }
            // What a curator has ranked stays as it was ranked; what the file says now stands
            // beside it.
            match of_it.iter().find(|row| row.rank == ClaimRank::Normal) {
                Some(row) => {
                    parser.tell_change(
                        said.field(),
                        Some(DelegationAssertion::told(row)),
                        Some(said.shown()),
                    );
                    changed.push(((*row).clone(), said));
                }
                None => {
                    if let Some(row) = &existing {
                        said.note_change(&mut parser, row);
                    }
                    new.push(said);
                }
            }
        }
        keys.check(k, &mut parser, key.as_deref(), existing.as_ref().map(|row| row.id.0));
        let change = if existing.is_none() {
            Some(true)
        } else if new.is_empty() && changed.is_empty() && category.is_none() {
            None
        } else {
            Some(false)
        };
        let about = existing.as_ref().map(|row| row.key.clone());
        let (_, country, institution, ..) = slot;
        let represents = match (&country, &group) {
            (Some(_), _) => Representation::Country,
            (None, Some(_)) => Representation::Group,
            (None, None) => Representation::Institution,
        };
        let (id, place) = (batch.id, batch.key);
        let party = DelegationRow {
            batch: id,
            batch_key: place.clone(),
            key,
            country,
            institution,
            group,
            label,
            represents,
            category,
            existing,
            new,
            changed,
            line: row.line,
        };
        plans.push(Plan::of(row, parser, about, change.map(|is_new| (is_new, party))).at(&place));
    }
    Ok(plans)
}

/// Which of the delegations whose labels differ in nothing but how they are written is meant: the
/// one with this very label, else the only one.
fn labelled<'a>(
    parser: &mut RowParser<'_>,
    batch: &batch::Model,
    there: &'a [delegation::Model],
    label: Option<&str>,
) -> Option<&'a delegation::Model> {
    let exact = there.iter().find(|row| row.label.as_deref() == label);
    match there {
        _ if exact.is_some() => exact,
        [] => None,
        [only] => Some(only),
        several => {
            let (count, batch) = (several.len(), &batch.key);
            let labels = several.iter().filter_map(|row| row.label.as_ref());
            let labels = Phrase::any_of(labels.map(|label| format!("\"{label}\"")));
            let message = say!(
                "is the label of {count} delegations at \"{batch}\": write {labels}",
                count,
                batch,
                labels
            );
            parser.remark(Weight::Ambiguous, "label", message);
            None
        }
    }
}

/// A label by which delegations are told apart: folded, unless nothing is left of it by that.
pub(super) fn label_by(label: &str) -> String {
    Some(fold(label)).filter(|folded| !folded.is_empty()).unwrap_or_else(|| label.to_owned())
}

/// Reads a row; what it is about where that can be told, though something else may be wrong.
fn read(k: &Knowledge, named: &Named, parser: &mut RowParser<'_>) -> Option<Read> {
    let batch = named.batch(parser).cloned();
    let date = batch.as_ref().and_then(|row| row.starts_on.or(row.ends_on));
    let country = k.country(parser, date);
    let institution = k.institution(parser, "institution", date);
    let group = parser.text("group").and_then(|_| k.group(parser, "group"));
    if group.is_some() && country.is_some() {
        let message =
            say!("stands beside a country: a delegation is that of the one or of the other");
        parser.refuse("group", message);
    }
    if country.is_none() && institution.is_none() && group.is_none() && !parser.is_hindered() {
        parser.required("country");
    }
    let category = parser.vocabulary("category", &CATEGORIES);
    let label = parser.name("label");
    let is_told = !parser.is_hindered();
    let status = super::attendance::status(parser).map(DelegationAssertion::Status);
    let numbers = [
        ("headcount", CountBasis::Reported),
        ("registered", CountBasis::Registered),
        ("listed", CountBasis::Named),
    ];
    let numbers = numbers.map(|(field, basis)| {
        let count = match field {
            "headcount" => people::count(parser, field),
            _ => parser.count(field, &PEOPLE).map(|count| (count, BySex::default())),
        };
        count.map(|(count, by_sex)| DelegationAssertion::Number(basis, count, by_sex))
    });
    let said = status.into_iter().chain(numbers.into_iter().flatten()).collect();
    let key = super::key(parser);
    let batch = batch.filter(|_| is_told)?;
    let of_group = group.as_ref().map(|row| row.id);
    let slot = (batch.id, country, institution, of_group, label.as_deref().map(label_by));
    Some(Read { batch, slot, group, category, label, said, key })
}

/// The delegations at some batches, by whose they are: several where labels differ in how they are
/// written.
async fn existing(
    k: &Knowledge,
    db: &DatabaseExecutor<'_>,
    batches: &HashMap<BatchId, batch::Model>,
) -> Result<HashMap<Slot, Vec<delegation::Model>>, DbErr> {
    let ids: Vec<BatchId> = batches.keys().copied().collect();
    let mut known: HashMap<Slot, Vec<delegation::Model>> = HashMap::new();
    for some in ids.chunks(IDS_PER_QUERY) {
        let at = delegation::Column::BatchId.is_in(some.iter().copied());
        for row in k.visible.select::<delegation::Entity>().filter(at).all(db).await? {
            let label = row.label.as_deref().map(label_by);
            known
                .entry((
                    row.batch_id,
                    row.country_code.clone(),
                    row.institution_id,
                    row.regional_group_id,
                    label,
                ))
                .or_default()
                .push(row);
        }
    }
    Ok(known)
}

/// What the source has stated of some delegations, and was not taken back.
async fn claims_of(
    db: &DatabaseExecutor<'_>,
    source: Option<&source::Model>,
    parties: impl Iterator<Item = &delegation::Model>,
) -> Result<HashMap<DelegationId, Vec<claim::Model>>, DbErr> {
    let mut claimed: HashMap<DelegationId, Vec<claim::Model>> = HashMap::new();
    let Some(source) = source else { return Ok(claimed) };
    let ids: Vec<DelegationId> = parties.map(|row| row.id).collect();
    for some in ids.chunks(IDS_PER_QUERY) {
        let rows = claim::Entity::find()
            .filter(claim::Column::DelegationId.is_in(some.iter().copied()))
            .filter(claim::Column::SourceId.eq(source.id));
        for row in rows.all(db).await? {
            if let Some(id) = row.delegation_id {
                claimed.entry(id).or_default().push(row);
            }
        }
    }
    Ok(claimed)
}

/// Writes what was planned.
pub(in super::super) async fn carry_out(
    w: &mut Write,
    source: &source::Model,
    parties: Vec<DelegationRow>,
) -> Result<(), WriteError> {
    let ids: HashSet<BatchId> = parties.iter().map(|party| party.batch).collect();
    let ids: Vec<BatchId> = ids.into_iter().collect();
    let batches: HashMap<BatchId, _> =
        w.lock_batches(&ids).await?.into_iter().map(|row| (row.0.id, row)).collect();
    let keys = keys_of(w, &parties).await?;
    let (mut coming, mut more, mut of) = (Vec::new(), Vec::new(), HashMap::new());
    for (party, key) in parties.into_iter().zip(keys) {
        let line = party.line;
        let (delegation, is_new) = match party.existing {
            Some(row) if party.category.is_some() => {
                let draft = delegation::ActiveModel { category: Set(party.category), ..unset() };
                (delegations::enter(w, Some(&row), draft).await?.row, false)
            }
            Some(row) => (row, false),
            None => (
                delegation::Model {
                    id: DelegationId(w.new_id()),
                    key,
                    version: 1,
                    created_at: w.now(),
                    updated_at: w.now(),
                    batch_id: party.batch,
                    represents: party.represents,
                    country_code: party.country,
                    institution_id: party.institution,
                    regional_group_id: party.group.map(|row| row.id),
                    category: party.category,
                    label: party.label,
                    sort_date: crate::rule::check::LAST_DAY,
                    ..delegation::Model::default()
                },
                true,
            ),
        };
        let mut new: Vec<claim::Model> = Vec::with_capacity(party.new.len());
        for said in party.new {
            let stem = claims::key_stem(&delegation.key, said.property());
            let blank = blank_claim(w, source, &delegation, line);
            new.push(claim::Model { key: made_key(w, stem).await?, ..said.claim(blank) });
        }
        if is_new {
            coming.push(NewDelegation { row: delegation, claims: new });
            continue;
        }
        more.extend(new);
        for (row, said) in party.changed {
            claims::enter_of(w, Some(&row), said.draft(), Some(&delegation)).await?;
        }
        of.insert(delegation.id, delegation);
    }
    enter_all(w, source, &batches, coming).await?;
    claims::enter_all(w, more, &of).await
}
