//! What an import changed of records that were there becomes what it was, by the rules of each
//! kind.

use std::collections::{BTreeSet, HashMap};

use entity::id::{BatchId, DelegationId, InstitutionId, VenueId};
use entity::vocabulary::RecordKind;
use entity::{batch, batch_venue, claim, delegation, institution, institution_name, venue};
use sea_orm::ActiveValue::NotSet;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::Value as Json;

use super::deeds::Deed;
use super::stays::Stays;
use super::{Found, not_allowed};
use crate::db::{ArchivedRow, Change, IDS_PER_QUERY, Put, Write};
use crate::delivery::batch::rules as batches;
use crate::error::WriteError;
use crate::network::institution::rules as institutions;
use crate::phrase::{Phrase, say};
use crate::provenance::claim::rules as claims;
use crate::provenance::is_accepted;
use crate::rule::row_of;
use crate::voiding::{Permissions, TABLES, Values, draft, model, table_of};

/// What is put back of a record.
struct Former<'a> {
    deed: &'a Deed,
    row: &'a ArchivedRow,
    /// Its columns.
    values: Values,
    /// What belongs to it and is no column: the field, what was added to it, and all that it was.
    lists: Vec<(&'static str, Vec<String>, Vec<String>)>,
}

/// The lists that imports add to: the names of institutions, and where batches are held.
const LISTS: [(RecordKind, &str); 2] =
    [(RecordKind::Institution, "names"), (RecordKind::Batch, "venues")];

/// Puts back what was changed; how many fields.
pub(super) async fn all(
    w: &mut Write,
    may: &mut Permissions<'_>,
    deeds: &[Deed],
    found: &Found,
    stays: &mut Stays,
) -> Result<usize, WriteError> {
    let mut former = Vec::new();
    for deed in deeds.iter().filter(|deed| !deed.is_new) {
        let Some(kept) = table_of(deed.kind).map(|at| &TABLES[at]) else { continue };
        let fields = deed.changes.iter().filter(|(column, _)| !is_accepted(deed.kind, column));
        let Some(row) = found.get(&deed.id) else {
            for (column, _) in fields {
                stays.add_void(deed, column);
            }
            continue;
        };
        let mut one = Former { deed, row, values: Vec::new(), lists: Vec::new() };
        for (column, (from, to)) in fields {
            let list = LISTS.into_iter().find(|list| *list == (deed.kind, column.as_str()));
            let now = match list {
                Some((_, list)) => Some(listed(w, deed, list).await?),
                None => kept.table.json_of(row, column),
            };
            let is_left = now.as_ref().is_some_and(|now| same(now, to));
            if now.as_ref().is_some_and(|now| same(now, from)) {
                continue;
            }
            match (list, kept.table.value_of(column, from)) {
                _ if !is_left => stays.add_field(deed, row, column, &changed_since()),
                (Some((_, list)), _) => one.lists.push((list, texts(from), texts(to))),
                (None, Some(value)) => one.values.push(value),
                (None, None) => stays.add_field(deed, row, column, &not_to_be_put_back()),
            }
        }
        if one.fields() == 0 {
            continue;
        }
        // No import changes claims of others than its own file.
        let allowed = match deed.kind {
            RecordKind::Claim => may.allow_taking_back(w, deed.kind, kept, row).await?,
            _ => may.allow(w, deed.kind, kept, row).await?,
        };
        match allowed {
            true => former.push(one),
            false => one.stay(stays, &not_allowed()),
        }
    }
    let parties = parties(w, &former).await?;
    put(w, former, &parties, stays).await
}

impl Former<'_> {
    fn fields(&self) -> usize {
        self.values.len() + self.lists.len()
    }

    fn stay(&self, stays: &mut Stays, why: &Phrase) {
        let values = self.values.iter().map(|(column, _)| *column);
        for column in values.chain(self.lists.iter().map(|list| list.0)) {
            stays.add_field(self.deed, self.row, column, why);
        }
    }
}

fn changed_since() -> Phrase {
    say!("the field has been changed since")
}

fn not_to_be_put_back() -> Phrase {
    say!("what the field was cannot be told from the log")
}

/// Whether two values are the same; of lists, whether they have the same in them.
fn same(one: &Json, other: &Json) -> bool {
    if one.is_array() && other.is_array() {
        let sorted = |list: &Json| {
            let mut all = texts(list);
            all.sort_unstable();
            all
        };
        return sorted(one) == sorted(other);
    }
    one == other
}

fn texts(list: &Json) -> Vec<String> {
    let all = list.as_array().into_iter().flatten();
    all.filter_map(Json::as_str).map(str::to_owned).collect()
}

/// What a list has by now, as changes tell it.
async fn listed(w: &Write, deed: &Deed, list: &str) -> Result<Json, WriteError> {
    let all: Vec<String> = match list {
        "names" => names(w, deed).await?.into_iter().map(|row| row.name).collect(),
        _ => venues(w, deed).await?.iter().map(VenueId::to_string).collect(),
    };
    Ok(all.into())
}

async fn names(w: &Write, deed: &Deed) -> Result<Vec<institution_name::Model>, WriteError> {
    let of_it = institution_name::Column::InstitutionId.eq(deed.id);
    Ok(institution_name::Entity::find().filter(of_it).all(w.read()).await?)
}

async fn venues(w: &Write, deed: &Deed) -> Result<BTreeSet<VenueId>, WriteError> {
    let of_it = batch_venue::Column::BatchId.eq(deed.id);
    let rows = batch_venue::Entity::find().filter(of_it).all(w.read()).await?;
    Ok(rows.into_iter().map(|row| row.venue_id).collect())
}

/// The delegations of which claims are put back.
async fn parties(
    w: &Write,
    former: &[Former<'_>],
) -> Result<HashMap<DelegationId, delegation::Model>, WriteError> {
    let of_claim = former.iter().filter(|one| one.deed.kind == RecordKind::Claim);
    let of_claim = of_claim.map(|one| model::<claim::Entity>(one.row));
    let claims = of_claim.collect::<Result<Vec<_>, _>>()?;
    let ids: BTreeSet<DelegationId> = claims.iter().filter_map(|row| row.delegation_id).collect();
    let mut parties = HashMap::new();
    for some in ids.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
        let these = delegation::Column::Id.is_in(some.iter().copied());
        let rows = delegation::Entity::find().filter(these).all(w.read()).await?;
        parties.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(parties)
}

/// Puts all of it back. Where a rule refuses it is tried in halves, so that what is refused stays
/// by itself.
async fn put(
    w: &mut Write,
    former: Vec<Former<'_>>,
    parties: &HashMap<DelegationId, delegation::Model>,
    stays: &mut Stays,
) -> Result<usize, WriteError> {
    let (mut fields, mut waiting) = (0, vec![former]);
    while let Some(mut some) = waiting.pop() {
        let done = w.attempt(async |w| {
            for one in &some {
                Box::pin(put_one(w, one, parties)).await?;
            }
            Ok(())
        });
        match (done.await?, &some[..]) {
            (Ok(()), _) => fields += some.iter().map(Former::fields).sum::<usize>(),
            (Err(refusal), [one]) => one.stay(stays, &refusal.message),
            (Err(_), several) => {
                let half = several.len() / 2;
                waiting.push(some.split_off(half));
                waiting.push(some);
            }
        }
    }
    Ok(fields)
}

async fn put_one(
    w: &mut Write,
    one: &Former<'_>,
    parties: &HashMap<DelegationId, delegation::Model>,
) -> Result<(), WriteError> {
    let values = one.values.clone();
    if one.deed.kind == RecordKind::Claim {
        let row = model::<claim::Entity>(one.row)?;
        let party = row.delegation_id.and_then(|id| parties.get(&id));
        claims::enter_of(w, Some(&row), draft::<claim::Entity>(values), party).await?;
    } else if let Some(record) = table_of(one.deed.kind).and_then(|at| TABLES[at].record.as_ref())
        && !values.is_empty()
    {
        (record.enter)(w, one.row.clone(), values).await?;
    }
    for (list, from, to) in &one.lists {
        match *list {
            "names" => put_names(w, one.deed, from, to).await?,
            _ => put_venues(w, one.deed, from).await?,
        }
    }
    Ok(())
}

/// Takes back the names that were added.
async fn put_names(
    w: &mut Write,
    deed: &Deed,
    from: &[String],
    to: &[String],
) -> Result<(), WriteError> {
    let mut added = to.to_vec();
    for name in from {
        if let Some(place) = added.iter().position(|other| other == name) {
            added.swap_remove(place);
        }
    }
    let mut rows = names(w, deed).await?;
    // What was added is the newer one of two that are written alike.
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    rows.retain(|row| match added.iter().position(|name| *name == row.name) {
        Some(place) => {
            added.swap_remove(place);
            false
        }
        None => true,
    });
    rows.reverse();
    let drafts = rows.into_iter().map(|row| {
        let draft = row.into_active_model().reset_all();
        institution_name::ActiveModel { id: NotSet, ..draft }
    });
    let drafts = drafts.collect();
    let row = row_of::<institution::Entity>(w, "id", InstitutionId(deed.id)).await?;
    let put = Put { row, change: Change::Unchanged };
    institutions::enter_names(w, &put, drafts).await.map(|_| ())
}

/// Has a batch held again where it was, as far as these places are there.
async fn put_venues(w: &mut Write, deed: &Deed, from: &[String]) -> Result<(), WriteError> {
    let ids: Vec<VenueId> = from.iter().filter_map(|id| id.parse().ok()).map(VenueId).collect();
    let there = venue::Entity::find().filter(venue::Column::Id.is_in(ids));
    let there = there.all(w.read()).await?.into_iter().map(|row| row.id).collect();
    let row = row_of::<batch::Entity>(w, "id", BatchId(deed.id)).await?;
    let put = Put { row, change: Change::Unchanged };
    batches::enter_venues(w, &put, there).await.map(|_| ())
}
