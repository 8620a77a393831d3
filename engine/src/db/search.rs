//! Entries of the search: derived, so that writing them needs no event.

use std::collections::HashSet;

use entity::search_entry::{ActiveModel, Column, Entity};
use entity::vocabulary::RecordKind;
use sea_orm::sea_query::{ExprTrait, OnConflict};
use sea_orm::{ActiveValue, ColumnTrait, DbErr, EntityTrait, QueryFilter};

use super::Write;
use super::put::ROWS_PER_INSERT;

impl Write {
    /// Makes the entries of `subjects`, records of one kind, such as `entries` has them. For which
    /// there is none, none stays.
    pub async fn put_entries(
        &mut self,
        kind: RecordKind,
        subjects: &[String],
        entries: Vec<ActiveModel>,
    ) -> Result<(), DbErr> {
        let kept: HashSet<&String> = entries
            .iter()
            .filter_map(|entry| match &entry.subject {
                ActiveValue::Set(subject) => Some(subject),
                _ => None,
            })
            .collect();
        let gone: Vec<&String> =
            subjects.iter().filter(|subject| !kept.contains(subject)).collect();
        if !gone.is_empty() {
            let which = Column::SubjectKind.eq(kind).and(Column::Subject.is_in(gone));
            Entity::delete_many().filter(which).exec(&self.transaction).await?;
        }
        let mut entries = entries.into_iter().peekable();
        while entries.peek().is_some() {
            let mut again = OnConflict::columns([Column::SubjectKind, Column::Subject]);
            again.update_columns([
                Column::BatchId,
                Column::PersonId,
                Column::Names,
                Column::Words,
                Column::Texts,
            ]);
            let some: Vec<ActiveModel> = entries.by_ref().take(ROWS_PER_INSERT).collect();
            Entity::insert_many(some)
                .on_conflict(again)
                .exec_without_returning(&self.transaction)
                .await?;
        }
        Ok(())
    }
}
