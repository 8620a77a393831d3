//! Versions: a transaction is one change of a record, however often it comes back to its row.

use std::collections::HashSet;

use sea_orm::{ActiveModelBehavior, ActiveModelTrait, IntoActiveModel, ModelTrait};
use sea_orm::{DbErr, EntityTrait, Iterable, PrimaryKeyToColumn, Value};

use super::Write;
use super::memory::News;
use super::put::column;

/// Rows that have got their version in this transaction.
#[derive(Clone, Default)]
pub(super) struct Versions(HashSet<String>);

impl Versions {
    /// Notes that a row has its version; whether it did not have it before.
    pub(super) fn note<E>(&mut self, row: &E::Model) -> bool
    where
        E: EntityTrait<Model: ModelTrait<Entity = E>>,
    {
        let key: Vec<Value> = E::PrimaryKey::iter().map(|key| row.get(key.into_column())).collect();
        self.0.insert(format!("{} {key:?}", E::default().table_name()))
    }

    /// Forgets them, where nothing comes back to these rows.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

impl Write {
    /// Gives a record another version, of which no column has changed, but what belongs to it:
    /// names, links.
    pub async fn advance<E>(&mut self, row: &E::Model) -> Result<(), DbErr>
    where
        E: EntityTrait<Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel>>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    {
        let mut update = row.clone().into_active_model();
        if self.stamp::<E>(row, &mut update) {
            self.memories.notify(News::Advancing);
            let row = update.update(&self.transaction).await?;
            self.keep_row::<E>(&row);
        }
        Ok(())
    }

    /// Sets version and time of a change, where the kind of record has them; whether the version is
    /// another one.
    pub(super) fn stamp<E>(&mut self, row: &E::Model, update: &mut E::ActiveModel) -> bool
    where
        E: EntityTrait<Model: ModelTrait<Entity = E>>,
        E::ActiveModel: ActiveModelTrait<Entity = E>,
    {
        let (version, updated_at) = (column::<E>("version"), column::<E>("updated_at"));
        let (Some(version), Some(updated_at)) = (version, updated_at) else { return false };
        update.set(updated_at, Value::from(self.now));
        let is_next = self.versions.note::<E>(row);
        if is_next {
            update.set(version, Value::from(row.get(version).unwrap::<i32>() + 1));
        }
        is_next
    }
}
