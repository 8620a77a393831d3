//! Keys of records that were entered in error: they belong to these, and to no other.

use std::collections::HashSet;

use entity::tombstone::{Column, Entity};
use entity::vocabulary::RecordKind;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

use super::key::is_made;
use crate::db::{IDS_PER_QUERY, Memory, News, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;
use crate::record::Record;

/// Whether the register has any tombstone: mostly it has none, and a write asks once.
#[derive(Default)]
struct Tombstones(Option<bool>);

impl Memory for Tombstones {
    fn hear(&mut self, news: News<'_>) {
        if let News::Coming("tombstone") = news {
            self.0 = None;
        }
    }
}

/// Whether any record is void, or was.
async fn any_is_void(w: &Write) -> Result<bool, DbErr> {
    if let Some(any) = w.remembered(|known: &mut Tombstones| known.0) {
        return Ok(any);
    }
    let first = Entity::find().select_only().column(Column::Id);
    let any = first.limit(1).into_tuple::<uuid::Uuid>().one(w.read()).await?.is_some();
    w.remembered(|known: &mut Tombstones| known.0 = Some(any));
    Ok(any)
}

/// Those of some keys that belong to records of a kind which are void.
pub async fn void_keys(
    w: &Write,
    kind: RecordKind,
    keys: impl IntoIterator<Item = String>,
) -> Result<HashSet<String>, DbErr> {
    let mut found = HashSet::new();
    if any_is_void(w).await? {
        let keys: Vec<String> = keys.into_iter().collect();
        for keys in keys.chunks(IDS_PER_QUERY) {
            let void = Entity::find()
                .select_only()
                .column(Column::Key)
                .filter(Column::RecordKind.eq(kind))
                .filter(Column::Key.is_in(keys))
                .filter(Column::RestoredAt.is_null());
            found.extend(void.into_tuple::<String>().all(w.read()).await?);
        }
    }
    Ok(found)
}

/// Refuses keys that belong to void records, but for those that were made by this write, and for
/// personal ones, which nobody gives.
pub(super) async fn refuse_void_keys<E: Record>(
    w: &Write,
    keys: impl IntoIterator<Item = String>,
) -> Result<(), WriteError> {
    if E::PERSONAL.contains(&"key") {
        return Ok(());
    }
    let given = keys.into_iter().filter(|key| !is_made(w, E::KIND, key));
    let given: Vec<String> = given.collect();
    if given.is_empty() {
        return Ok(());
    }
    match void_keys(w, E::KIND, given).await?.into_iter().min() {
        Some(key) => {
            let message = say!(
                "the key \"{key}\" belongs to a record of the kind {kind} that is void: \
                 restoreRecord restores it",
                key,
                kind = E::KIND
            );
            Err(Refusal::new(RefusalCode::Duplicate, "key", message).into())
        }
        None => Ok(()),
    }
}
