//! How many rows belong to a parent.

use std::sync::Arc;

use sea_orm::sea_query::{Asterisk, Expr, Func, SelectStatement};
use sea_orm::{Condition, ConnectionTrait, DbErr, EntityTrait};

use super::{Edge, PARENT_KEY, ParentLink};
use crate::access::Scoped;
use crate::graphql::loader::{Key, LevelFuture, LevelLoader, Reader};

const COUNT: &str = "count";

/// Counts the children of each key.
pub struct CountLoader<E: EntityTrait> {
    /// Along which edge.
    pub edge: Edge<E>,
    /// Which rows.
    pub condition: Condition,
}

impl<E: Scoped<Model: Send + Sync>> LevelLoader for CountLoader<E> {
    type Answer = i64;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> LevelFuture<Self::Answer> {
        Box::pin(async move {
            let select = self.edge.select(&reader, self.condition.clone(), &[], &keys);
            self.edge.link.count(select, &reader, &keys).await
        })
    }
}

impl ParentLink {
    /// Counts what `select` selects, for each of `keys`.
    pub async fn count<A: FromIterator<(Key, i64)>>(
        &self,
        mut select: SelectStatement,
        reader: &Reader,
        keys: &[Key],
    ) -> Result<A, DbErr> {
        select.clear_selects();
        if let Some(parent) = self.parent_column(keys) {
            select.expr_as(parent.clone(), PARENT_KEY).add_group_by([parent]);
        }
        select.expr_as(Func::count(Expr::col(Asterisk)), COUNT);
        let whole = matches!(self, Self::Root);
        let db = if whole { reader.heavy() } else { reader.db() };
        let rows = db.query_all(&select).await?;
        rows.iter().map(|row| Ok((self.key_of(row, keys, 0)?, row.try_get("", COUNT)?))).collect()
    }
}
