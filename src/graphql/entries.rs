//! Short lists that objects have, such as their names: all their rows, read for many objects at once, or with the objects themselves.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use async_graphql::{Context, Result};
use sea_orm::sea_query::SelectStatement;
use sea_orm::{Condition, DbErr, EntityTrait, IdenStatic};

use super::ahead::{Came, Far};
use super::context::Reading;
use super::edge::{Edge, One, Page};
use super::loader::{Fetch, Fetched, Key, Keyed, Reader};
use super::page::{Slice, Window};
use crate::access::Scoped;
use crate::db::row::{self, Columns};

/// A short list that objects have: all its rows in the order of their ids, and so much of each as is needed.
#[derive(Clone, Copy, Debug)]
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
        reader.load_all(self.column.as_str(), || self, near, self.columns).await
    }
}

impl<E: Scoped<Model: Send + Sync>> Fetch for Entries<E> {
    type Answer = Slice<E::Model>;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>, columns: Columns) -> Fetched<Self::Answer> {
        let page = Page::<E>::new(Edge::by(self.column), Condition::all(), Window::whole(Vec::new()));
        Arc::new(page).fetch(reader, keys, columns)
    }
}

impl<E: Scoped<Model: Send + Sync>> Far for Entries<E> {
    fn found_by(&self) -> &'static str {
        self.column.as_str()
    }

    fn columns(&self, wanted: Columns) -> Vec<&'static str> {
        One::<E>::columns(wanted).iter().map(IdenStatic::as_str).collect()
    }

    fn is_list(&self) -> bool {
        true
    }

    fn select(&self, reader: &Reader, wanted: Columns) -> SelectStatement {
        let found_by = Columns::named::<E>(&[self.column.as_str()]);
        reader.visible().columns::<E>(&One::<E>::columns(wanted.and(found_by)))
    }

    fn keep(&self, reader: &Reader, came: Came<'_>, wanted: Columns) -> Result<(), DbErr> {
        let columns = One::<E>::columns(wanted);
        let mut known: Keyed<BTreeMap<Key, Arc<E::Model>>> = Keyed::default();
        for row in came.rows {
            let found_by = came.found_by::<E>(row, self.column)?;
            let Some(near) = Key::of(found_by.clone()) else { continue };
            let entries = known.entry(near).or_default();
            if came.is_missing(row)? {
                continue;
            }
            let Some(id) = Key::of(row::value_of::<E>(row, came.from, columns[0])?) else { continue };
            if let Entry::Vacant(new) = entries.entry(id) {
                new.insert(Arc::new(came.model::<E>(row, &columns, (self.column, found_by))?));
            }
        }
        let slice = |entries: BTreeMap<_, _>| Slice {
            rows: entries.into_values().collect(),
            has_previous: false,
            has_next: false,
        };
        let known = known.into_iter().map(|(near, entries)| (near, slice(entries))).collect();
        reader.know(self.column.as_str(), || *self, wanted, known);
        Ok(())
    }
}
