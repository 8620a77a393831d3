//! Reads the dossier of a country as it was known at a place of the log.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use entity::id::{BatchId, CountryCode};
use entity::vocabulary::BatchStatus;
use entity::{batch, country, delegation, event, membership, voided_row};
use sea_orm::JoinType;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::super::delegation::DelegationSnapshot;
use super::super::former::{Former, batch_row, delegation_row};
use super::super::read::{Found, events_since, id_of, kept, roots, void_rows};
use super::super::tables::MOST_EVENTS;
use crate::db::row::{columns, maybe, model as read_model};
use crate::events::log::Logged;
use crate::graphql::loader::Reader;
use crate::voiding::{model, uuid};

/// A country at a place of the log.
#[derive(Clone, Debug)]
pub(super) struct CountryThen {
    /// Its delegations, the latest batch first.
    pub(super) delegations: Vec<DelegationSnapshot>,
    pub(super) memberships: Vec<membership::Model>,
    /// What happened to these since, as far as it may be seen.
    pub(super) since: Vec<Arc<Logged>>,
}

/// Rows that a country has to do with, as they stand today.
#[derive(Default)]
struct Rows {
    delegations: BTreeMap<Uuid, Former>,
    batches: BTreeMap<Uuid, Former>,
    memberships: BTreeMap<Uuid, Former>,
}

/// What a country of this code has to do with, at a position of the log.
pub(super) async fn country_at(
    reader: Arc<Reader>,
    position: i64,
    code: CountryCode,
) -> Result<Found<CountryThen>, DbErr> {
    let mut rows = Rows::default();
    if !read_memberships(&reader, &code, &mut rows).await? {
        return Ok(Found::Nothing);
    }
    read_delegations(&reader, &code, &mut rows).await?;
    read_void(&reader, &code, &mut rows).await?;
    let records = rows.delegations.keys().chain(rows.batches.keys()).chain(rows.memberships.keys());
    let records = records.map(Uuid::to_string).collect();
    let events = events_since(&reader, position, records, Vec::new()).await?;
    if events.len() as u64 > MOST_EVENTS {
        return Ok(Found::TooMany);
    }
    Ok(Found::Then(Box::new(back(&reader, rows, events)?)))
}

/// Reads the memberships of today; whether there is such a country.
async fn read_memberships(
    reader: &Reader,
    code: &CountryCode,
    rows: &mut Rows,
) -> Result<bool, DbErr> {
    let all = columns::<membership::Entity>();
    let on = Expr::col((membership::Entity, membership::Column::CountryCode))
        .equals((country::Entity, country::Column::Code));
    let mut select = reader.visible().columns::<country::Entity>(&[country::Column::Code]);
    select
        .columns(all.iter().map(|column| (membership::Entity, *column)))
        .join(JoinType::LeftJoin, membership::Entity, on)
        .and_where(country::Column::Code.eq(code.clone()));
    let found = reader.heavy().query_all(&select).await?;
    for row in &found {
        if let Some(row) = maybe::<membership::Entity>(row, 1, &all)? {
            rows.memberships.insert(row.id.0, Former::of_today(&row));
        }
    }
    Ok(!found.is_empty())
}

/// Reads the delegations of today, each with its batch.
async fn read_delegations(
    reader: &Reader,
    code: &CountryCode,
    rows: &mut Rows,
) -> Result<(), DbErr> {
    let (parties, batches) = (columns::<delegation::Entity>(), columns::<batch::Entity>());
    let select = reader.visible().select::<delegation::Entity>();
    let select = select.filter(delegation::Column::CountryCode.eq(code.clone()));
    let mut select = select.inner_join(batch::Entity).into_query();
    select
        .clear_selects()
        .columns(parties.iter().map(|column| (delegation::Entity, *column)))
        .columns(batches.iter().map(|column| (batch::Entity, *column)));
    for row in reader.heavy().query_all(&select).await? {
        let party = read_model::<delegation::Entity>(&row, 0, &parties)?;
        let batch = read_model::<batch::Entity>(&row, parties.len(), &batches)?;
        rows.delegations.insert(party.id.0, Former::of_today(&party));
        rows.batches.insert(batch.id.0, Former::of_today(&batch));
    }
    Ok(())
}

/// Reads what is void today, and the batches of that.
async fn read_void(reader: &Reader, code: &CountryCode, rows: &mut Rows) -> Result<(), DbErr> {
    let of_country = Expr::cust("\"voided_row\".\"row\" ->> 'country_code'").eq(code.0.clone());
    let of_country =
        Condition::any().add(of_country).add(voided_row::Column::TableName.eq("batch"));
    let under = voided_row::Column::TombstoneId.in_subquery(roots(reader, Condition::all()));
    let which = Condition::all().add(of_country).add(under);
    let (mut batches, mut wanted) = (BTreeMap::new(), BTreeSet::new());
    for (kept, row) in void_rows(reader, &["delegation", "membership", "batch"], which).await? {
        let Some(id) = id_of(kept, &row) else { continue };
        match kept.table.name {
            "batch" => {
                batches.insert(id, Former::void(row));
            }
            "membership" => {
                rows.memberships.entry(id).or_insert_with(|| Former::void(row));
            }
            _ => {
                wanted.extend(kept.table.get(&row, "batch_id").and_then(uuid));
                rows.delegations.entry(id).or_insert_with(|| Former::void(row));
            }
        }
    }
    wanted.retain(|id| !rows.batches.contains_key(id));
    for id in &wanted {
        if let Some(row) = batches.remove(id) {
            rows.batches.insert(*id, row);
        }
    }
    wanted.retain(|id| !rows.batches.contains_key(id));
    for some in wanted.into_iter().collect::<Vec<_>>().chunks(crate::db::IDS_PER_QUERY) {
        let these = batch::Column::Id.is_in(some.iter().copied().map(BatchId));
        let found = reader.visible().select::<batch::Entity>().filter(these);
        for row in found.all(reader.heavy()).await? {
            rows.batches.insert(row.id.0, Former::of_today(&row));
        }
    }
    Ok(())
}

/// Goes back over the events.
fn back(reader: &Reader, mut rows: Rows, events: Vec<event::Model>) -> Result<CountryThen, DbErr> {
    for event in events.iter().rev() {
        let Some(subject) = event.subject_id.as_deref().and_then(|id| id.parse().ok()) else {
            continue;
        };
        let of = [
            ("delegation", &mut rows.delegations),
            ("batch", &mut rows.batches),
            ("membership", &mut rows.memberships),
        ];
        for (table, rows) in of {
            if let (Some(kept), Some(row)) = (kept(table), rows.get_mut(&subject)) {
                row.undo(&kept.table, &event.kind, &event.changes);
            }
        }
    }
    let visible = reader.visible();
    let mut batches = BTreeMap::new();
    for (id, row) in rows.batches.iter().filter(|(_, row)| row.is_there) {
        let row = batch_row(&row.row)?;
        if row.status != BatchStatus::Draft || visible.sees_drafts_of(row.owner_id) {
            batches.insert(*id, Arc::new(row));
        }
    }
    let mut delegations = Vec::new();
    for row in rows.delegations.values().filter(|row| row.is_there) {
        let row = delegation_row(&row.row)?;
        if let Some(batch) = batches.get(&row.batch_id.0) {
            delegations.push(DelegationSnapshot { row, batch: batch.clone() });
        }
    }
    delegations.sort_by(|one, other| {
        let by = |it: &DelegationSnapshot| (it.batch.sort_date, it.row.id);
        by(other).cmp(&by(one))
    });
    let there = rows.memberships.values().filter(|row| row.is_there);
    let mut memberships: Vec<membership::Model> =
        there.map(|row| model::<membership::Entity>(&row.row)).collect::<Result<_, _>>()?;
    memberships.sort_by_key(|row| (row.valid_from, row.id));
    let seen = events.into_iter().filter(|event| visible.sees(event));
    let parties = &rows.delegations;
    let since = seen.map(|event| {
        let subject = event.subject_id.as_deref().and_then(|id| id.parse().ok());
        let party = subject.and_then(|id: Uuid| parties.get(&id));
        let batch = party.and_then(|party| {
            let kept = kept("delegation")?;
            kept.table.get(&party.row, "batch_id").and_then(uuid)
        });
        Arc::new(match batch {
            Some(batch) => Logged::of_batch(event, BatchId(batch)),
            None => Logged::of_itself(event),
        })
    });
    let since = since.collect();
    Ok(CountryThen { delegations, memberships, since })
}
