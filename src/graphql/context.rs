//! What resolvers find in their context.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::sync::Arc;

use async_graphql::context::{QueryPathNode, QueryPathSegment};
use async_graphql::{Context, Error, Result};
use sea_orm::Condition;

use super::connection::Shown;
use super::edge::{Edge, One, Page};
use super::language::{Language, Languages};
use super::loader::{Key, Reader};
use super::order::OrderDirection;
use super::page::{LARGEST_PAGE, Window};
use super::together::{columns, with_list};
use crate::access::Scoped;
use crate::db::row::Columns;

/// What a resolver of a nullable field returns: an error there is null there, with the error beside it. Of a
/// `Result<Option<T>>` the engine would make its parent null, and with it all that stands beside the field.
pub type Nullable<T> = Option<Result<T>>;

/// The answer of a nullable field, from a computation in which any step may fail.
pub async fn nullable<T>(answer: impl Future<Output = Result<Option<T>>>) -> Nullable<T> {
    answer.await.transpose()
}

/// Reading from within a resolver.
pub trait Reading {
    /// The reader of the request.
    fn reader(&self) -> &Arc<Reader>;

    /// The row that a key identifies, if it is there and may be seen.
    fn row<E: Scoped<Model: Send + Sync>>(
        &self,
        key: Key,
    ) -> impl Future<Output = Result<Option<Arc<E::Model>>>> + Send;

    /// The object that a key identifies, if it is there and may be seen: what the field is answered with, and so much of it as is
    /// selected there.
    fn one<T: Shown>(&self, key: Option<Key>) -> impl Future<Output = Result<Option<T>>> + Send;

    /// The objects that keys identify, in their order, where they are there and may be seen.
    fn all<T: Shown>(&self, keys: Vec<Key>) -> impl Future<Output = Result<Vec<Option<T>>>> + Send;

    /// The object that a reference must lead to, as far as it is selected.
    fn required<T: Shown>(&self, key: Option<Key>) -> impl Future<Output = Result<T>> + Send;

    /// The objects that references must lead to.
    fn all_required<T: Shown>(&self, keys: Vec<Key>) -> impl Future<Output = Result<Vec<T>>> + Send;

    /// All rows of a short list.
    fn rows<E: Scoped<Model: Send + Sync>>(
        &self,
        edge: Edge<E>,
        from: Key,
        order: Vec<(E::Column, OrderDirection)>,
    ) -> impl Future<Output = Result<Vec<Arc<E::Model>>>> + Send;

    /// Nodes on a page of the list that is asked for, at most. A table's own list may have larger pages than others; those within
    /// its rows may not.
    fn largest_page(&self) -> u64;

    /// The languages that the answer is to be in, the dearest first.
    fn languages(&self, asked: Option<Language>) -> Languages;
}

impl Reading for Context<'_> {
    fn reader(&self) -> &Arc<Reader> {
        self.data_unchecked()
    }

    async fn row<E: Scoped<Model: Send + Sync>>(&self, key: Key) -> Result<Option<Arc<E::Model>>> {
        self.reader().load("", || One::<E>(PhantomData), key).await
    }

    async fn one<T: Shown>(&self, key: Option<Key>) -> Result<Option<T>> {
        let Some(key) = key else { return Ok(None) };
        let columns = columns::<T>(self, &self.item.node.selection_set.node);
        if !self.reader().knows::<One<T::Entity>>("", &key, columns) {
            with_list::<T>(self, &key, columns).await;
        }
        let mut rows = self.reader().load_all("", || One::<T::Entity>(PhantomData), &[key], columns).await?;
        Ok(rows.pop().flatten().map(T::from))
    }

    async fn all<T: Shown>(&self, keys: Vec<Key>) -> Result<Vec<Option<T>>> {
        let rows = self.reader().load_all("", || One::<T::Entity>(PhantomData), &keys, Columns::ALL).await?;
        Ok(rows.into_iter().map(|row| row.map(T::from)).collect())
    }

    async fn required<T: Shown>(&self, key: Option<Key>) -> Result<T> {
        let found = self.one(key.clone()).await?;
        found.ok_or_else(|| missing::<T>(self.reader(), &key))
    }

    async fn all_required<T: Shown>(&self, keys: Vec<Key>) -> Result<Vec<T>> {
        let found = self.all(keys.clone()).await?;
        let here =
            found.into_iter().zip(&keys).map(|(found, key)| found.ok_or_else(|| missing::<T>(self.reader(), key)));
        here.collect()
    }

    async fn rows<E: Scoped<Model: Send + Sync>>(
        &self,
        edge: Edge<E>,
        from: Key,
        order: Vec<(E::Column, OrderDirection)>,
    ) -> Result<Vec<Arc<E::Model>>> {
        let name = edge.name();
        let page = || Page::new(edge, Condition::all(), Window::whole(order));
        let slice = self.reader().load(name, page, from).await?;
        Ok(slice.map(|slice| slice.rows.clone()).unwrap_or_default())
    }

    fn largest_page(&self) -> u64 {
        let is_item = |place: &QueryPathNode<'_>| matches!(place.segment, QueryPathSegment::Index(_));
        let mut places = std::iter::successors(self.path_node.as_ref(), |place| place.parent);
        if places.any(is_item) { LARGEST_PAGE } else { self.reader().largest_page() }
    }

    fn languages(&self, asked: Option<Language>) -> Languages {
        let preferred = self.data_opt::<Languages>().cloned().unwrap_or_default();
        preferred.first(asked)
    }
}

/// A reference that leads nowhere is a fault of ours.
pub(super) fn missing<T: Shown>(reader: &Reader, key: &impl Debug) -> Error {
    reader.fail(format!("{} {key:?} is referred to and missing", T::type_name()))
}
