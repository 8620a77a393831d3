//! Reading the log: its head, and what follows a position.

use std::collections::HashMap;
use std::sync::Arc;

use entity::id::{BatchId, DelegationId};
use entity::vocabulary::RecordKind;
use entity::{delegation, event, event_head};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{EventKind, LogCursor};

/// An event as it stands in the log, with what it is chosen by.
#[derive(Clone, Debug)]
pub struct Logged {
    /// The row.
    pub row: event::Model,
    /// What happened; none where a newer process wrote of something that this one does not know.
    pub kind: Option<EventKind>,
    /// Ids of the programmes concerned.
    pub programmes: Vec<Uuid>,
    /// Ids of the topics concerned.
    pub topics: Vec<Uuid>,
    /// Codes of the countries concerned.
    pub countries: Vec<String>,
    /// The batch, where it is about a batch or a delegation.
    pub batch: Option<BatchId>,
}

impl Logged {
    /// A row of the log that tells of a batch, or of something of it.
    pub fn of_batch(row: event::Model, batch: BatchId) -> Self {
        Self { batch: Some(batch), ..Self::of_itself(row) }
    }

    /// A row of the log that tells of no delegation.
    pub fn of_itself(row: event::Model) -> Self {
        logged(row, &HashMap::new())
    }

    /// What it takes up in memory, about.
    pub fn bytes(&self) -> usize {
        // The changes as a tree, and the lists twice.
        let lists = self.programmes.len() + self.topics.len() + self.countries.len();
        512 + 64 * lists + 4 * self.row.changes.to_string().len()
    }
}

/// Where the log ends.
pub async fn head(db: &impl ConnectionTrait) -> Result<LogCursor, DbErr> {
    let head = event_head::Entity::find().one(db).await?;
    let head = head.ok_or_else(|| DbErr::RecordNotFound("the log has no head".to_owned()))?;
    Ok(LogCursor { epoch: head.epoch, position: head.position })
}

/// At most `most` events behind `position`, in order. What is missing between them is for the
/// reader to notice.
pub async fn after(
    db: &impl ConnectionTrait,
    position: i64,
    most: u64,
) -> Result<Vec<Arc<Logged>>, DbErr> {
    let rows = event::Entity::find()
        .filter(event::Column::Position.gt(position))
        .order_by_asc(event::Column::Position)
        .limit(most)
        .all(db)
        .await?;
    let batches = batches_of(db, &rows).await?;
    Ok(rows.into_iter().map(|row| Arc::new(logged(row, &batches))).collect())
}

/// The events at some positions.
pub async fn at(
    db: &impl ConnectionTrait,
    positions: Vec<i64>,
) -> Result<HashMap<i64, Arc<Logged>>, DbErr> {
    if positions.is_empty() {
        return Ok(HashMap::new());
    }
    let rows =
        event::Entity::find().filter(event::Column::Position.is_in(positions)).all(db).await?;
    let batches = batches_of(db, &rows).await?;
    Ok(rows.into_iter().map(|row| (row.position, Arc::new(logged(row, &batches)))).collect())
}

fn subject(row: &event::Model, kind: RecordKind) -> Option<Uuid> {
    let id = row.subject_id.as_ref().filter(|_| row.subject_kind == Some(kind))?;
    id.parse().ok()
}

/// The batches of the delegations that events are about. A delegation never moves to another batch.
async fn batches_of(
    db: &impl ConnectionTrait,
    rows: &[event::Model],
) -> Result<HashMap<DelegationId, BatchId>, DbErr> {
    let ids: Vec<DelegationId> = rows
        .iter()
        .filter_map(|row| subject(row, RecordKind::Delegation))
        .map(DelegationId)
        .collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = delegation::Entity::find()
        .select_only()
        .columns([delegation::Column::Id, delegation::Column::BatchId])
        .filter(delegation::Column::Id.is_in(ids))
        .into_tuple::<(DelegationId, BatchId)>()
        .all(db)
        .await?;
    Ok(found.into_iter().collect())
}

fn logged(row: event::Model, batches: &HashMap<DelegationId, BatchId>) -> Logged {
    let of_delegation =
        || batches.get(&DelegationId(subject(&row, RecordKind::Delegation)?)).copied();
    Logged {
        kind: EventKind::named(&row.kind),
        programmes: list(&row.programmes),
        topics: list(&row.topics),
        countries: list(&row.countries),
        batch: subject(&row, RecordKind::Batch).map(BatchId).or_else(of_delegation),
        row,
    }
}

/// A list as the write door wrote it.
fn list<T: DeserializeOwned>(json: &serde_json::Value) -> Vec<T> {
    let items = json.as_array().into_iter().flatten();
    items.filter_map(|item| serde_json::from_value(item.clone()).ok()).collect()
}
