//! What was before, and why it is changed: for what goes back to where it stood.

use chrono::{DateTime, Utc};
use entity::event;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::actor::Actor;

use crate::db::Write;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::EventKind;
use crate::phrase::say;
use crate::record::Record;

/// Who takes back what others have been told says why.
pub fn reasoned(w: &Write) -> Result<(), Refusal> {
    if w.is_explained() {
        return Ok(());
    }
    let message = say!("say why in reason: it is kept with the history of the record");
    Err(Refusal::new(RefusalCode::Required, "reason", message))
}

/// The status that a record had before it got that of which an event of this kind tells, the last
/// time it did; nothing where it was entered with it.
pub async fn status_before<E: Record>(
    w: &Write,
    row: &E::Model,
    kind: EventKind,
) -> Result<Option<String>, WriteError> {
    let told = event::Entity::find()
        .filter(event::Column::SubjectKind.eq(E::KIND))
        .filter(event::Column::SubjectId.eq(E::id(row).to_string()))
        .filter(event::Column::Kind.eq(kind.name()))
        .order_by_desc(event::Column::Position)
        .one(w.read())
        .await?;
    let before = told.and_then(|event| Some(event.changes.get("status")?[0].as_str()?.to_owned()));
    Ok(before)
}

/// Whether somebody has entered a record, at the moment that the record gives, and nobody else has
/// touched it since, as the log tells. Of what came with a data package the log does not tell who
/// has entered it.
pub async fn is_own_entry(
    w: &Write,
    actor: &Actor,
    id: Uuid,
    entered: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let touched: Vec<(String, DateTime<Utc>)> = event::Entity::find()
        .select_only()
        .column(event::Column::Actor)
        .column_as(event::Column::OccurredAt.min(), "first")
        .filter(event::Column::SubjectId.eq(id.to_string()))
        .group_by(event::Column::Actor)
        .into_tuple()
        .all(w.read())
        .await?;
    let actor = actor.to_string();
    Ok(matches!(&touched[..], [(name, first)] if *name == actor && *first == entered))
}
