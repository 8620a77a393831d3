//! Connections: what a list looks like in the API.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::{Context, Object, OutputType, Positioned, Result, SimpleObject, TypeName};
use futures::future::BoxFuture;
use sea_orm::EntityTrait;

use super::ahead::Ahead;
use super::context::Reading;
use super::edge::{Count, Edge, Page};
use super::filter::{Filter, Scope};
use super::groups::{self, ConnectionGroup};
use super::list::List;
use super::loader::{Key, Reader};
use super::order::Ordered;
use super::page::{PageArgs, Slice, Window};
use super::scalars::Cursor;
use super::together::{Block, Items, Resolved, Resolver, Together, wanted_of_list};
use crate::access::Scoped;
use crate::db::row::Columns;

/// An object that shows a row.
pub trait Shown: Together + From<Arc<<Self::Entity as EntityTrait>::Model>> {
    /// The table of the row.
    type Entity: Scoped<Model: Send + Sync> + Ordered;
    /// The filter of its lists.
    type Filter: Filter;
}

/// The row that `T` shows.
pub(super) type Row<T> = <<T as Shown>::Entity as EntityTrait>::Model;
/// The order of lists of `T`.
pub type OrderOf<T> = <<T as Shown>::Entity as Ordered>::Order;

/// What is asked of a list, from whichever near side.
pub(super) struct Asked<T: Shown> {
    /// Under which the reader keeps what is asked of this list.
    pub(super) name: String,
    pub(super) edge: Edge<T::Entity>,
    pub(super) condition: sea_orm::Condition,
    pub(super) window: Window<T::Entity>,
}

impl<T: Shown> Asked<T> {
    /// What `ctx` asks of the list along `edge` that belongs to the type `of`.
    pub(super) fn new(
        ctx: &Context<'_>,
        of: &'static str,
        edge: Edge<T::Entity>,
        args: PageArgs,
        filter: Option<T::Filter>,
        order: Option<Vec<OrderOf<T>>>,
    ) -> Result<Self> {
        let reader = ctx.reader();
        let window = Window::new(args, order, ctx.largest_page())?;
        let scope = Scope::new(reader);
        let condition =
            filter.map(|filter| filter.condition(&scope)).transpose()?.unwrap_or_else(sea_orm::Condition::all);
        Ok(Self { name: list_name(ctx, of, &edge), edge, condition, window })
    }

    /// The pages of the far sides of `from`, with the columns that are wanted and what comes with them.
    pub(super) async fn pages(
        &self,
        reader: &Reader,
        from: &[Key],
        (columns, ahead): (Columns, Ahead),
    ) -> Result<Vec<Option<Arc<Slice<Row<T>>>>>> {
        let page =
            || Page { edge: self.edge.clone(), condition: self.condition.clone(), window: self.window.clone(), ahead };
        reader.load_all(self.name.clone(), page, from, columns).await
    }
}

/// A page of a list.
pub struct Connection<T: Shown> {
    pub(super) asked: Arc<Asked<T>>,
    pub(super) from: Key,
    slice: Option<Arc<Slice<Row<T>>>>,
}

/// A node of a list and its place in it.
pub struct ListEdge<T: Shown> {
    asked: Arc<Asked<T>>,
    node: Arc<Row<T>>,
}

/// Where a page stands in its list.
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether there are nodes before the page. Known when paging backward, or when `after` was given.
    pub(super) has_previous_page: bool,
    /// Whether there are nodes behind the page. Known when paging forward, or when `before` was given.
    pub(super) has_next_page: bool,
    /// The place of the first node.
    pub(super) start_cursor: Option<Cursor>,
    /// The place of the last node.
    pub(super) end_cursor: Option<Cursor>,
}

impl<T: Shown> Connection<T> {
    fn rows(&self) -> &[Arc<Row<T>>] {
        self.slice.as_ref().map_or(&[], |slice| &slice.rows)
    }

    /// Reads a page of the far side of `edge` from `from`. What is not selected is not read.
    ///
    /// `of` is the type whose list it is: one response key may stand for lists of several types, each with arguments of its
    /// own, where fragments on an interface ask for it.
    pub async fn read(
        ctx: &Context<'_>,
        of: &'static str,
        edge: Edge<T::Entity>,
        from: Key,
        args: PageArgs,
        filter: Option<T::Filter>,
        order: Option<Vec<OrderOf<T>>>,
    ) -> Result<Self> {
        let lists = Self::read_all(ctx, of, edge, vec![from], args, filter, order).await?;
        lists.into_iter().next().ok_or_else(|| ctx.reader().fail("a list was not read"))
    }

    /// The same from several near sides, in their order.
    pub(super) async fn read_all(
        ctx: &Context<'_>,
        of: &'static str,
        edge: Edge<T::Entity>,
        from: Vec<Key>,
        args: PageArgs,
        filter: Option<T::Filter>,
        order: Option<Vec<OrderOf<T>>>,
    ) -> Result<Vec<Self>> {
        let asked = Arc::new(Asked::new(ctx, of, edge, args, filter, order)?);
        let slices = if selects_rows(ctx) {
            asked.pages(ctx.reader(), &from, wanted_of_list::<T>(ctx, &asked.window)).await?
        } else {
            vec![None; from.len()]
        };
        let connection = |(from, slice)| Self { asked: asked.clone(), from, slice };
        Ok(from.into_iter().zip(slices).map(connection).collect())
    }

    fn nodes_of(&self) -> Vec<T> {
        self.rows().iter().cloned().map(T::from).collect()
    }

    fn edges_of(&self) -> Vec<ListEdge<T>> {
        let edge = |row: &Arc<Row<T>>| ListEdge { asked: self.asked.clone(), node: row.clone() };
        self.rows().iter().map(edge).collect()
    }
}

/// Whether of the list `ctx` more is selected than counts.
pub(super) fn selects_rows(ctx: &Context<'_>) -> bool {
    let look = ctx.look_ahead();
    ["edges", "nodes", "pageInfo"].iter().any(|field| look.field(field).exists())
}

/// What distinguishes a list from others to the same table: whose it is, the field that asks for it, and along which edge.
/// Two fields with one response key have the same arguments where they belong to the same type.
fn list_name<E: Scoped>(ctx: &Context<'_>, of: &str, edge: &Edge<E>) -> String {
    let path = ctx.path_node.map(|path| path.to_string_vec()).unwrap_or_default();
    // Places in a list are left out: all its nodes ask together.
    let fields: Vec<_> =
        path.into_iter().filter(|part| !part.starts_with(|first: char| first.is_ascii_digit())).collect();
    format!("{of} {} {}", edge.name(), fields.join("."))
}

/// A page of a list, after the Relay connections specification, with `nodes` beside `edges`.
#[Object(name_type)]
impl<T: Shown> Connection<T> {
    /// The nodes of the page with their places.
    async fn edges(&self) -> Items<ListEdge<T>> {
        Items(self.edges_of())
    }

    /// The nodes of the page.
    async fn nodes(&self) -> Items<T> {
        Items(self.nodes_of())
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.slice.as_ref().is_some_and(|slice| slice.has_previous),
            has_next_page: self.slice.as_ref().is_some_and(|slice| slice.has_next),
            start_cursor: self.rows().first().map(|row| self.asked.window.cursor(row)),
            end_cursor: self.rows().last().map(|row| self.asked.window.cursor(row)),
        }
    }

    /// How many nodes the whole list has that match the filter. Counted when selected.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let Asked { name, edge, condition, .. } = self.asked.as_ref();
        let count = || Count { edge: edge.clone(), condition: condition.clone() };
        let count = ctx.reader().load(name.clone(), count, self.from.clone()).await?;
        Ok(count.map_or(0, |count| i32::try_from(*count).unwrap_or(i32::MAX)))
    }

    /// Counts all nodes of the list that match the filter, not those of the page, by their values: the largest groups first. What can
    /// be grouped by are the fields of the list's filter that test a value or a single record.
    async fn grouped_by(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "By which fields of the filter, 1 to 3: `[\"status\"]`, `[\"country\", \"batch\"]`.")] fields: Vec<String>,
        #[graphql(desc = "A field with numbers or dates, of which sum and bounds are told.")] of: Option<String>,
        #[graphql(desc = "How many groups, at most 100.", default = 20)] first: i32,
    ) -> Result<List<ConnectionGroup>> {
        groups::read::<T>(ctx, self, fields, of, first).await
    }
}

impl<T: Shown> Together for Connection<T> {
    const RESOLVERS: &'static [Resolver] = &[Resolver::at_hand("page_info")];

    fn read<'a>(block: Block<'a, Self>, field: &'a Positioned<Field>) -> Option<BoxFuture<'a, Resolved>> {
        let lists = block.objects.iter();
        match field.node.name.node.as_str() {
            "nodes" => Some(block.clone().items(field, lists.map(Self::nodes_of).collect())),
            "edges" => Some(block.clone().items(field, lists.map(Self::edges_of).collect())),
            _ => None,
        }
    }
}

impl<T: Shown> Together for ListEdge<T> {
    const RESOLVERS: &'static [Resolver] = &[Resolver::at_hand("cursor")];

    fn read<'a>(block: Block<'a, Self>, field: &'a Positioned<Field>) -> Option<BoxFuture<'a, Resolved>> {
        let node = || block.objects.iter().map(|edge| T::from(edge.node.clone())).collect();
        (field.node.name.node == "node").then(|| block.clone().each(field, node()))
    }
}

impl<T: Shown> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", <T as OutputType>::type_name()).into()
    }
}

/// A node of a list and its place in it.
#[Object(name_type)]
impl<T: Shown> ListEdge<T> {
    /// The node.
    async fn node(&self) -> T {
        T::from(self.node.clone())
    }

    /// The place of the node, for `after` and `before`.
    async fn cursor(&self) -> Cursor {
        self.asked.window.cursor(&self.node)
    }
}

impl<T: Shown> TypeName for ListEdge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", <T as OutputType>::type_name()).into()
    }
}
