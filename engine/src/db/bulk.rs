//! Many rows in one write, inserted by the hundred.

use sea_orm::{ActiveModelBehavior, ActiveModelTrait, IntoActiveModel, ModelTrait};
use sea_orm::{DbErr, EntityTrait, IdenStatic};

use super::memory::News;
use super::put::{change, own_columns};
use super::{Change, Changes, Put, Write};

impl Write {
    /// Inserts records that are new and complete, each as [`Write::put`] would: with its changes,
    /// and told of. What must be unique has been looked at before.
    pub async fn put_all<E>(&mut self, rows: Vec<E::Model>) -> Result<Vec<Put<E::Model>>, DbErr>
    where
        E: EntityTrait<Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel>>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    {
        self.memories.notify(News::Coming(E::default().table_name()));
        let drafts = rows.iter().map(|row| row.clone().into_active_model().reset_all()).collect();
        self.insert_all::<E::ActiveModel>(drafts).await?;
        let mut puts = Vec::with_capacity(rows.len());
        for row in rows {
            let new = |column: E::Column| change(None, &row.get(column));
            let named = own_columns::<E>().map(|column| (column.as_str().to_owned(), new(column)));
            let changes: Changes = named.collect();
            self.note_put::<E>(&row, &changes);
            puts.push(Put { row, change: Change::Inserted(changes) });
        }
        Ok(puts)
    }
}
