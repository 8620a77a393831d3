//! How a batch is entered: of which programme, where it is held and what it is about.

use entity::id::InstitutionId;
use entity::vocabulary::{BatchStatus, DeliveryMode};
use entity::{batch, institution, programme, topic, venue};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::BatchTitleInput;
use crate::access::Authorizer;
use crate::db::{Put, Write};
use crate::delivery::batch::rules;
use crate::error::WriteError;
use crate::mutation::{IdOf, references};
use crate::provenance::statement::state;
use crate::rule::{key_or, unset};

/// The programme of a new batch, and who is to keep it: the writer is an officer of both.
pub(super) async fn programme(
    w: &Write,
    by: &Authorizer,
    id: IdOf<programme::Entity>,
    owner: Option<IdOf<institution::Entity>>,
) -> Result<(programme::Model, InstitutionId), WriteError> {
    let programme = by.find::<programme::Entity>(w, "programme_id", id.0).await?;
    by.require_of(programme.owner_id)?;
    let owner_id = match owner {
        Some(id) => by.find::<institution::Entity>(w, "owner_id", id.0).await?.id,
        None => programme.owner_id,
    };
    by.require_of(owner_id)?;
    Ok((programme, owner_id))
}

/// A batch that is to be entered.
pub(super) struct Run<'a> {
    pub(super) key: Option<&'a String>,
    pub(super) ordinal: Option<i32>,
    pub(super) label: Option<&'a String>,
    pub(super) mode: DeliveryMode,
    pub(super) capacity: Option<i32>,
    pub(super) status: BatchStatus,
    pub(super) title: Option<BatchTitleInput>,
    pub(super) days: rules::Days,
    pub(super) venues: Option<&'a [IdOf<venue::Entity>]>,
    pub(super) topics: Option<&'a [IdOf<topic::Entity>]>,
}

/// Enters a batch of a programme, kept by an institution.
pub(super) async fn enter(
    w: &mut Write,
    by: &Authorizer,
    (programme, owner_id): (programme::Model, InstitutionId),
    run: Run<'_>,
) -> Result<Uuid, WriteError> {
    run.days.check(None)?;
    let stem = rules::key_stem(&programme.key, run.ordinal, run.days.starts.map(|day| day.0));
    let draft = batch::ActiveModel {
        key: key_or(w, run.key, stem).await?,
        owner_id: Set(owner_id),
        programme_id: Set(programme.id),
        ordinal: Set(run.ordinal),
        label: Set(run.label.cloned()),
        mode: Set(run.mode),
        capacity: Set(run.capacity),
        status: Set(run.status),
        ..unset()
    };
    let put = rules::enter(w, None, draft).await?;
    place(w, by, &put, run.venues, run.topics).await?;
    let title = run.title.map(BatchTitleInput::statement);
    state(w, &put.row, None, title.into_iter().chain(run.days.statements())).await?;
    Ok(put.row.id.0)
}

/// Says where a batch is held and what it is about, as far as that is given.
pub(super) async fn place(
    w: &mut Write,
    by: &Authorizer,
    put: &Put<batch::Model>,
    venues: Option<&[IdOf<venue::Entity>]>,
    topics: Option<&[IdOf<topic::Entity>]>,
) -> Result<(), WriteError> {
    if let Some(ids) = venues {
        let rows = references::<venue::Entity>(by, w, "venue_ids", ids).await?;
        rules::enter_venues(w, put, rows.into_iter().map(|row| row.id).collect()).await?;
    }
    if let Some(ids) = topics {
        let rows = references::<topic::Entity>(by, w, "topic_ids", ids).await?;
        rules::enter_topics(w, put, rows.into_iter().map(|row| row.id).collect()).await?;
    }
    Ok(())
}
