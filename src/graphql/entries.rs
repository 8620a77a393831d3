//! Short lists that objects have, such as their names: all their rows, read for many objects at once, or with the objects themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, Result};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{Condition, DbErr, EntityTrait, IdenStatic, QueryResult, QuerySelect, QueryTrait};

use super::ahead::Far;
use super::context::Reading;
use super::edge::{Edge, Page};
use super::filter::id_column;
use super::loader::{Key, Keyed, Reader};
use super::page::{Slice, Window};
use crate::access::Scoped;
use crate::db::row::{self, Columns};

/// A short list that objects have: all its rows in the order of their ids, and so much of each as is needed.
pub struct Entries<E: EntityTrait> {
    column: E::Column,
    columns: Columns,
    few: bool,
}

impl<E: Scoped<Model: Send + Sync>> Entries<E> {
    /// The rows whose `column` refers to the object.
    pub fn by(column: E::Column) -> Self {
        Self { column, columns: Columns::ALL, few: false }
    }

    /// No more than `columns` of them.
    #[must_use]
    pub fn with(self, columns: &[E::Column]) -> Self {
        let names: Vec<&str> = columns.iter().map(IdenStatic::as_str).collect();
        Self { columns: Columns::named::<E>(&names), ..self }
    }

    /// Of which nearly every object has one: they are read with the objects, each of which comes once for each of its rows.
    #[must_use]
    pub fn few(self) -> Self {
        Self { few: true, ..self }
    }

    /// How to read them with the objects, and how much of them; none where they are not few.
    pub fn with_objects(self) -> Option<(Arc<dyn Far>, Columns)> {
        let columns = self.columns;
        if self.few { Some((Arc::new(self), columns)) } else { None }
    }

    /// Those of the object `near`.
    pub async fn of(self, ctx: &Context<'_>, near: Key) -> Result<Vec<Arc<E::Model>>> {
        let slices = self.of_all(ctx.reader(), std::slice::from_ref(&near)).await?;
        Ok(slices.into_iter().flatten().next().map(|slice| slice.rows.clone()).unwrap_or_default())
    }

    /// Those of each of the objects `near`.
    pub(super) async fn of_all(self, reader: &Reader, near: &[Key]) -> Result<Vec<Option<Arc<Slice<E::Model>>>>> {
        reader.load_all(self.name(), || self.page(), near, self.columns).await
    }

    fn name(&self) -> String {
        format!("entries {}", self.column.as_str())
    }

    fn page(&self) -> Page<E> {
        Page::new(Edge::by(self.column), Condition::all(), Window::whole(Vec::new()))
    }

    /// The columns that are read where some are wanted: first the key of the object, behind it that of the entry.
    fn columns(&self, wanted: Columns) -> Vec<E::Column> {
        let first = [self.column, id_column::<E>()];
        let others = wanted.of::<E>().into_iter();
        let others = others.filter(|column| first.iter().all(|first| first.as_str() != column.as_str()));
        first.into_iter().chain(others).collect()
    }
}

impl<E: Scoped<Model: Send + Sync>> Far for Entries<E> {
    fn columns(&self, wanted: Columns) -> Vec<&'static str> {
        self.columns(wanted).iter().map(IdenStatic::as_str).collect()
    }

    fn is_list(&self) -> bool {
        true
    }

    fn select(&self, reader: &Reader, wanted: Columns) -> SelectStatement {
        reader.visible().select::<E>().select_only().columns(self.columns(wanted)).into_query()
    }

    fn keep(&self, reader: &Reader, rows: &[QueryResult], from: usize, wanted: Columns) -> Result<(), DbErr> {
        let columns = self.columns(wanted);
        let mut known: Keyed<BTreeMap<Key, E::Model>> = Keyed::default();
        for row in rows {
            let Some(near) = row::first::<E>(row, from, &columns)?.and_then(Key::of) else { continue };
            let entries = known.entry(near).or_default();
            let Some(id) = row::first::<E>(row, from + 1, &columns[1..])?.and_then(Key::of) else { continue };
            if let std::collections::btree_map::Entry::Vacant(new) = entries.entry(id) {
                new.insert(row::model::<E>(row, from, &columns)?);
            }
        }
        let slice = |entries: BTreeMap<Key, E::Model>| Slice {
            rows: entries.into_values().map(Arc::new).collect(),
            has_previous: false,
            has_next: false,
        };
        let known = known.into_iter().map(|(near, entries)| (near, slice(entries))).collect();
        reader.know(self.name(), || self.page(), wanted, known);
        Ok(())
    }
}
