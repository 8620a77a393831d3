//! What resolvers find in their context.

use std::marker::PhantomData;
use std::sync::Arc;

use super::page::LARGEST_PAGE;
use async_graphql::context::{QueryPathNode, QueryPathSegment};
use async_graphql::{Context, ContextBase, Result, Variables};
use sea_orm::Condition;

use super::edge::{Edge, FewLoader, OneLoader};
use super::language::{Language, Languages};
use super::loader::{Key, Reader};
use super::order::OrderDirection;
use crate::access::Scoped;
use crate::request::OnError;

/// What a resolver of a nullable field returns: an error there is null there, with the error beside
/// it. Of a `Result<Option<T>>` the library would make its parent null, and with it all that stands
/// beside the field.
pub type Nullable<T> = Option<Result<T>>;

/// The answer of a nullable field, from a computation in which any step may fail.
pub async fn nullable<T>(answer: impl Future<Output = Result<Option<T>>>) -> Nullable<T> {
    answer.await.transpose()
}

/// RequestContext from within a resolver.
pub trait RequestContext {
    /// The reader of the request.
    fn reader(&self) -> &Arc<Reader>;

    /// Nodes on a page of the list that is asked for, at most. A table's own list may have larger
    /// pages than others; those within its rows may not.
    fn largest_page(&self) -> u64;

    /// Whether the field stands within an item of a list.
    fn is_within_list(&self) -> bool;

    /// The languages that the answer is to be in, the dearest first.
    fn languages(&self, asked: Option<Language>) -> Languages;

    /// What becomes of an error in the answer.
    fn on_error(&self) -> OnError;

    /// The variables of the request; those that were left out and have a default, with that.
    fn all_variables(&self) -> Variables;
}

impl<T> RequestContext for ContextBase<'_, T> {
    fn reader(&self) -> &Arc<Reader> {
        self.data_unchecked()
    }

    fn largest_page(&self) -> u64 {
        if self.is_within_list() { LARGEST_PAGE } else { self.reader().largest_page() }
    }

    fn is_within_list(&self) -> bool {
        // An answer is no list: what looks so is the mark of an own field.
        let is_item = |place: &QueryPathNode<'_>| {
            place.parent.is_some() && matches!(place.segment, QueryPathSegment::Index(_))
        };
        std::iter::successors(self.path_node.as_ref(), |place| place.parent).any(is_item)
    }

    fn languages(&self, asked: Option<Language>) -> Languages {
        let preferred = self.data_opt::<Languages>().cloned().unwrap_or_default();
        preferred.first(asked)
    }

    fn on_error(&self) -> OnError {
        self.data_opt().copied().unwrap_or_default()
    }

    fn all_variables(&self) -> Variables {
        let mut variables = self.query_env.variables.clone();
        for definition in &self.query_env.operation.node.variable_definitions {
            if let Some(default) = &definition.node.default_value {
                variables
                    .entry(definition.node.name.node.clone())
                    .or_insert_with(|| default.node.clone());
            }
        }
        variables
    }
}

/// RequestContext rows from within a resolver.
pub trait LoadRows {
    /// The row that a key identifies, if it is there and may be seen.
    fn row<E: Scoped<Model: Send + Sync>>(
        &self,
        key: Key,
    ) -> impl Future<Output = Result<Option<Arc<E::Model>>>> + Send;

    /// All rows of a short list.
    fn rows<E: Scoped<Model: Send + Sync>>(
        &self,
        edge: Edge<E>,
        from: Key,
        order: Vec<(E::Column, OrderDirection)>,
    ) -> impl Future<Output = Result<Vec<Arc<E::Model>>>> + Send;
}

impl LoadRows for Context<'_> {
    async fn row<E: Scoped<Model: Send + Sync>>(&self, key: Key) -> Result<Option<Arc<E::Model>>> {
        self.reader().load("", || OneLoader::<E>(PhantomData), key).await
    }

    async fn rows<E: Scoped<Model: Send + Sync>>(
        &self,
        edge: Edge<E>,
        from: Key,
        order: Vec<(E::Column, OrderDirection)>,
    ) -> Result<Vec<Arc<E::Model>>> {
        let name = edge.name();
        let few = || FewLoader { edge, condition: Condition::all(), order, limit: None };
        let rows = self.reader().load(name, few, from).await?;
        Ok(rows.map(|rows| rows.to_vec()).unwrap_or_default())
    }
}
