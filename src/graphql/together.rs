//! Objects resolved together: each field for all of them, not each of them with all of its fields.
//!
//! The engine resolves a list object by object. It makes a future for each field of each object, and each of these waits for its
//! rows by a channel of its own. Here a list is a [`Block`]: what stands in the rows is taken out of them without a future, and what has to be
//! read is asked for once for all objects. So the number of futures follows the size of the query, and not that of the answer.
//! The answer is the same.

use std::borrow::Cow;
use std::pin::pin;
use std::sync::Arc;
use std::task::{self, Poll, Waker};

use async_graphql::context::{QueryPathNode, QueryPathSegment};
use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{
    ContainerType, Context, ContextBase, ContextSelectionSet, OutputType, Positioned, ServerError, ServerResult, Value,
};
use futures::future::{BoxFuture, join_all};
use sea_orm::sea_query::ArrayType;
use sea_orm::{IdenStatic, ModelTrait};

use super::ahead::{Ahead, Far, NearSide};
use super::connection::{Asked, Connection, ListEdge, OrderOf, Row, Shown, selects_rows};
use super::context::{Reading, missing};
use super::edge::{Edge, One};
use super::entries::Entries;
use super::filter::id_column;
use super::list::List;
use super::loader::{Key, Reader};
use super::page::{PageArgs, Window};
use crate::access::{Scoped, Visible};
use crate::db::row::Columns;

/// What became of a field or an object, one for each object of a block.
pub type Resolved = Vec<ServerResult<Value>>;

/// What it takes to resolve a field.
#[derive(Clone, Copy, Debug)]
pub struct Resolver {
    /// The name of the resolver.
    pub name: &'static str,
    /// Whether it answers from what the object has, and waits for nothing.
    pub at_hand: bool,
    /// What it reads of the row of the object, besides its key; none where that is not known.
    pub columns: Option<&'static [&'static str]>,
    /// How to read ahead what it refers to, where it is a reference.
    pub follow: Option<Follow>,
}

/// Follows the reference `by` of a step of `ahead`, or of the page, as far as it is selected.
pub type Follow = for<'a> fn(&Context<'a>, &'a SelectionSet, ahead: &mut Ahead, of: Option<usize>, by: &'static str);

impl Resolver {
    /// One that answers from what the object has.
    pub const fn at_hand(name: &'static str) -> Self {
        Self { name, at_hand: true, columns: None, follow: None }
    }

    /// One that leads to the object that the only one of `columns` refers to.
    pub const fn reference<T: Shown>(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, at_hand: false, columns: Some(columns), follow: Some(follow::<T>) }
    }
}

/// An object of which many can be resolved together.
pub trait Together: ContainerType + Sized + 'static {
    /// What it takes to resolve its fields. What is not named here, the engine resolves.
    const RESOLVERS: &'static [Resolver];

    /// Resolves a field that has to be read for all objects of a block; none where it is read for each object by itself.
    fn read<'a>(block: Block<'a, Self>, field: &'a Positioned<Field>) -> Option<BoxFuture<'a, Resolved>>;

    /// The short list that the field of a name is made with, and how much of it, where the list can be read with the objects.
    fn made_with(_: &str) -> Option<(Arc<dyn Far>, Columns)> {
        None
    }

    /// Reads the list for which `ctx` asks of the object `near`, and the object with it; none where it asks for no list.
    fn list_ahead<'a>(_: &'a Context<'a>, _near: NearSide) -> Option<BoxFuture<'a, async_graphql::Result<()>>> {
        None
    }
}

/// Objects of one type that are asked for the same.
pub struct Block<'a, T> {
    /// What is asked for. Its path is not that of the objects.
    pub ctx: ContextSelectionSet<'a>,
    /// The field that they answer.
    pub field: &'a Positioned<Field>,
    /// The objects.
    pub objects: &'a [T],
    /// Where each stands in the answer.
    pub places: &'a [QueryPathNode<'a>],
}

impl<T> Clone for Block<'_, T> {
    fn clone(&self) -> Self {
        Self { ctx: self.ctx.clone(), ..*self }
    }
}

impl<'a, T: Together> Block<'a, T> {
    /// Resolves the objects.
    pub fn resolve(self) -> BoxFuture<'a, Resolved> {
        let mut fields = Vec::new();
        if !selected::<T>(&self.ctx, &self.ctx.item.node, &mut fields) {
            return self.one_by_one();
        }
        let mut columns: Vec<Column> = Vec::with_capacity(fields.len());
        let mut reads = Vec::new();
        for field in &fields {
            let name = field.node.name.node.as_str();
            columns.push(if name == "__typename" {
                Column::Same(Value::String(T::type_name().into_owned()))
            } else if resolver::<T>(name).is_some_and(|resolver| resolver.at_hand) {
                Column::AtHand
            } else {
                reads.push(T::read(self.clone(), field).unwrap_or_else(|| self.read_each(field)));
                Column::Read(Vec::new().into_iter())
            });
        }
        Box::pin(async move {
            let mut read = join_all(reads).await.into_iter();
            for column in &mut columns {
                if let Column::Read(values) = column {
                    *values = read.next().unwrap_or_default().into_iter();
                }
            }
            let objects = self.objects.iter().zip(self.places);
            objects.map(|(object, place)| self.object(object, place, &fields, &mut columns)).collect()
        })
    }

    fn object(
        &self,
        object: &T,
        place: &'a QueryPathNode<'a>,
        fields: &[&'a Positioned<Field>],
        columns: &mut [Column],
    ) -> ServerResult<Value> {
        let mut answer = IndexMap::with_capacity(fields.len());
        let mut failed = None;
        for (field, column) in fields.iter().zip(columns) {
            let value = match column {
                Column::Same(value) => Ok(value.clone()),
                Column::AtHand => at_hand(object, &self.context(place, field)),
                // Each column has one value for each object, also behind one that failed.
                Column::Read(values) => values.next().unwrap_or(Ok(Value::Null)),
            };
            match value {
                Ok(value) => {
                    answer.insert(field.node.response_key().node.clone(), value);
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(Value::Object(answer)), Err)
    }

    /// The objects as the engine resolves them.
    fn one_by_one(self) -> BoxFuture<'a, Resolved> {
        let resolve = |(object, place): (&'a T, &QueryPathNode<'a>)| -> BoxFuture<'a, _> {
            let mut ctx = self.ctx.clone();
            ctx.path_node = Some(*place);
            let field = self.field;
            Box::pin(async move { object.resolve(&ctx, field).await })
        };
        all(self.objects.iter().zip(self.places).map(resolve).collect())
    }

    /// A field as the engine resolves it, for each object.
    fn read_each(&self, field: &'a Positioned<Field>) -> BoxFuture<'a, Resolved> {
        let resolve = |(object, place): (&'a T, &'a QueryPathNode<'a>)| -> BoxFuture<'a, _> {
            let ctx = self.context(place, field);
            Box::pin(async move { object.resolve_field(&ctx).await.map(Option::unwrap_or_default) })
        };
        all(self.objects.iter().zip(self.places).map(resolve).collect())
    }
}

/// What is known of the field of a name.
fn resolver<T: Together>(name: &str) -> Option<&'static Resolver> {
    T::RESOLVERS.iter().find(|resolver| is_named(name, resolver.name))
}

/// The selected fields of `T`, with fragments put in where they are spread. Where two of them answer under one key it is for the
/// engine to merge them.
fn selected<'a, T: Together>(
    ctx: &ContextBase<'a, impl Sized>,
    set: &'a SelectionSet,
    fields: &mut Vec<&'a Positioned<Field>>,
) -> bool {
    set.items.iter().all(|selection| {
        let (condition, set) = match &selection.node {
            Selection::Field(field) => {
                let key = field.node.response_key();
                let new = fields.iter().all(|known| known.node.response_key().node != key.node);
                fields.push(field);
                // What a directive does, the engine knows.
                return new && field.node.directives.is_empty();
            }
            Selection::InlineFragment(fragment) => {
                (fragment.node.type_condition.as_ref(), &fragment.node.selection_set)
            }
            Selection::FragmentSpread(spread) => {
                let Some(fragment) = ctx.query_env.fragments.get(&spread.node.fragment_name.node) else {
                    return false;
                };
                (Some(&fragment.node.type_condition), &fragment.node.selection_set)
            }
        };
        let ours = condition.is_none_or(|condition| is::<T>(ctx, condition.node.on.node.as_str()));
        !ours || selected::<T>(ctx, &set.node, fields)
    })
}

/// Whether `T` is a type, or implements it, or is of its union.
fn is<T: Together>(ctx: &ContextBase<'_, impl Sized>, name: &str) -> bool {
    let own = T::type_name();
    own == name
        || ctx.schema_env.registry.implements.get(&*own).is_some_and(|abstract_types| abstract_types.contains(name))
}

/// What of the rows of `T` it takes to resolve what is selected of them.
pub(super) fn columns<'a, T: Shown>(ctx: &ContextBase<'a, impl Sized>, set: &'a SelectionSet) -> Columns {
    let mut fields = Vec::new();
    if selected::<T>(ctx, set, &mut fields) { columns_of_fields::<T>(&fields) } else { Columns::ALL }
}

fn columns_of_fields<T: Shown>(fields: &[&Positioned<Field>]) -> Columns {
    let of = |field: &&Positioned<Field>| match field.node.name.node.as_str() {
        "__typename" => Columns::default(),
        name => {
            let columns = resolver::<T>(name).and_then(|resolver| resolver.columns);
            columns.map_or(Columns::ALL, Columns::named::<T::Entity>)
        }
    };
    fields.iter().map(of).fold(Columns::default(), Columns::and)
}

/// Reads ahead what is selected of the objects `T` that a reference leads to.
fn follow<'a, T: Shown>(
    ctx: &Context<'a>,
    set: &'a SelectionSet,
    ahead: &mut Ahead,
    of: Option<usize>,
    by: &'static str,
) {
    let mut fields = Vec::new();
    let visible = ctx.reader().visible();
    // Who may see what hangs from other tables is better asked of the rows that are wanted than for a whole table.
    if !visible.by_itself::<T::Entity>() || !selected::<T>(ctx, set, &mut fields) || is_known::<T>(visible, &fields) {
        return;
    }
    if let Some(step) = ahead.follow::<T::Entity>(of, by, columns_of_fields::<T>(&fields)) {
        follow_each::<T>(ctx, &fields, ahead, Some(step));
    }
}

/// Follows the references among the selected fields of a step, or of the page, and takes along the list that one is made with.
fn follow_each<'a, T: Shown>(
    ctx: &Context<'a>,
    fields: &[&'a Positioned<Field>],
    ahead: &mut Ahead,
    of: Option<usize>,
) {
    for field in fields {
        let name = field.node.name.node.as_str();
        if let Some(&Resolver { follow: Some(follow), columns: Some([by]), .. }) = resolver::<T>(name) {
            follow(ctx, &field.node.selection_set.node, ahead, of, by);
        } else if let Some((list, columns)) = T::made_with(name) {
            ahead.take_along(of, id_column::<T::Entity>().as_str(), list, columns);
        }
    }
}

/// What of its rows it takes to answer the list `ctx`, of which `window` is shown, and what is read with them.
pub(super) fn wanted_of_list<T: Shown>(ctx: &Context<'_>, window: &Window<T::Entity>) -> (Columns, Ahead) {
    wanted_if_known::<T>(ctx, window).unwrap_or((Columns::ALL, Ahead::default()))
}

fn wanted_if_known<T: Shown>(ctx: &Context<'_>, window: &Window<T::Entity>) -> Option<(Columns, Ahead)> {
    let (mut columns, mut ahead) = (Columns::default(), Ahead::default());
    let (mut parts, mut of_edges) = (Vec::new(), Vec::new());
    selected::<Connection<T>>(ctx, &ctx.item.node.selection_set.node, &mut parts).then_some(())?;
    for part in &parts {
        if part.node.name.node == "edges" {
            selected::<ListEdge<T>>(ctx, &part.node.selection_set.node, &mut of_edges).then_some(())?;
        }
    }
    for part in parts.iter().chain(&of_edges) {
        match part.node.name.node.as_str() {
            // The place of a row is told by the columns that order it.
            "pageInfo" | "cursor" => columns = columns.and(window.columns()),
            "nodes" | "node" => {
                let mut fields = Vec::new();
                selected::<T>(ctx, &part.node.selection_set.node, &mut fields).then_some(())?;
                columns = columns.and(columns_of_fields::<T>(&fields));
                follow_each::<T>(ctx, &fields, &mut ahead, None);
            }
            _ => {}
        }
    }
    Some((columns, ahead))
}

/// Columns of an object that are read at most with its list: each is handed over as often as the list has rows.
const MOST_OF_OBJECT: u32 = 6;

/// Reads the first list that is selected of an object ahead, and the object with it: it need not be asked for by itself any more, unless
/// the list is empty.
pub(super) async fn with_list<T: Shown>(ctx: &Context<'_>, key: &Key, columns: Columns) {
    let mut fields = Vec::new();
    let Some(here) = ctx.path_node.as_ref().filter(|_| columns.number() <= MOST_OF_OBJECT) else { return };
    if !selected::<T>(ctx, &ctx.item.node.selection_set.node, &mut fields) {
        return;
    }
    for field in fields {
        let place = named(here, field);
        let ctx = ctx.query_env.create_context(ctx.schema_env, Some(place), field, ctx.execute_data);
        if !selects_rows(&ctx) {
            continue;
        }
        if let Some(list) = T::list_ahead(&ctx, NearSide::new::<T::Entity>(key.clone(), columns)) {
            // Whoever asks for the list says at its place what became of it.
            let _ = list.await;
            return;
        }
    }
}

/// Reads the page for which `ctx` asks of the list of `near` along `edge`, and the object with it.
pub fn list_with_object<'a, T: Shown>(
    ctx: &'a Context<'a>,
    near: NearSide,
    of: &'static str,
    edge: Edge<T::Entity>,
) -> BoxFuture<'a, async_graphql::Result<()>> {
    Box::pin(async move {
        let (args, filter, order) = arguments::<T>(ctx).map_err(|error| async_graphql::Error::new(error.message))?;
        let asked = Asked::<T>::new(ctx, of, edge, args, filter, order)?;
        let (columns, mut ahead) = wanted_of_list::<T>(ctx, &asked.window);
        let from = [near.key.clone()];
        ahead.bring(near);
        asked.pages(ctx.reader(), &from, (columns, ahead)).await.map(drop)
    })
}

impl<'a, S> Block<'a, S> {
    /// The context of a field of the object at a place.
    fn context(&self, place: &'a QueryPathNode<'a>, field: &'a Positioned<Field>) -> Context<'a> {
        let (environment, schema) = (self.ctx.query_env, self.ctx.schema_env);
        environment.create_context(schema, Some(named(place, field)), field, self.ctx.execute_data)
    }

    /// Where a field of each object stands.
    fn places_of(&self, field: &'a Positioned<Field>) -> Vec<QueryPathNode<'a>> {
        self.places.iter().map(|place| named(place, field)).collect()
    }

    /// Resolves the objects that the objects of the block refer to. Without an object, a reference is null, or an error where it
    /// `must` lead to one.
    pub fn link<T: Shown>(
        self,
        field: &'a Positioned<Field>,
        keys: Vec<Option<Key>>,
        must: bool,
    ) -> BoxFuture<'a, Resolved>
    where
        S: Sync,
    {
        Box::pin(async move {
            let places = self.places_of(field);
            let asked: Vec<Key> = keys.iter().flatten().cloned().collect();
            let Some(first) = self.places.first() else { return Vec::new() };
            let ctx = self.context(first, field);
            let reader = ctx.reader();
            let set = self.ctx.with_selection_set(&field.node.selection_set);
            if let Some(values) = from_keys::<T>(&set, reader, &keys) {
                return values;
            }
            let columns = columns::<T>(&set, &field.node.selection_set.node);
            let rows = reader.load_all("", || One::<T::Entity>(std::marker::PhantomData), &asked, columns);
            let rows = match rows.await {
                Ok(rows) => rows,
                Err(error) => return failed(&ctx, error, &places, !must),
            };
            let mut rows = rows.into_iter();
            let rows: Vec<_> = keys.iter().map(|key| key.as_ref().and_then(|_| rows.next().flatten())).collect();
            let here = places.iter().zip(&rows).filter(|(_, row)| row.is_some()).map(|(place, _)| *place);
            let here: Vec<_> = here.collect();
            let objects: Vec<T> = rows.iter().flatten().cloned().map(T::from).collect();
            let mut values = Block { ctx: set, field, objects: &objects, places: &here }.resolve().await.into_iter();
            let resolved = rows.iter().zip(&keys).zip(&places).map(|((row, key), place)| {
                let value = match (row, key) {
                    (Some(_), _) => values.next().unwrap_or(Ok(Value::Null)),
                    (None, Some(key)) if must => Err(error_at(&ctx, missing::<T>(reader, key), place)),
                    (None, _) => Ok(Value::Null),
                };
                if must { value } else { Ok(or_null(&ctx, value)) }
            });
            resolved.collect()
        })
    }

    /// Resolves a field for each object from `entries` that are read for all of them, by their `keys`.
    pub fn with<E: Scoped<Model: Send + Sync>>(
        self,
        field: &'a Positioned<Field>,
        keys: Vec<Key>,
        entries: Entries<E>,
    ) -> BoxFuture<'a, Resolved>
    where
        S: Together,
    {
        Box::pin(async move {
            let Some(first) = self.places.first() else { return Vec::new() };
            let ctx = self.context(first, field);
            if entries.of_all(ctx.reader(), &keys).await.is_err() {
                // Each asks again, and says at its own place what became of it.
                return self.read_each(field).await;
            }
            let objects = self.objects.iter().zip(self.places);
            objects.map(|(object, place)| at_hand(object, &self.context(place, field))).collect()
        })
    }

    /// Resolves a list of each object of the block, on the far side of `edge` from `keys`.
    pub fn list<T: Shown>(
        self,
        field: &'a Positioned<Field>,
        keys: Vec<Key>,
        of: &'static str,
        edge: Edge<T::Entity>,
    ) -> BoxFuture<'a, Resolved>
    where
        S: Sync,
    {
        Box::pin(async move {
            let places = self.places_of(field);
            let Some(first) = self.places.first() else { return Vec::new() };
            let ctx = self.context(first, field);
            let connections = match arguments::<T>(&ctx) {
                Ok((args, filter, order)) => Connection::<T>::read_all(&ctx, of, edge, keys, args, filter, order).await,
                Err(error) => return places.iter().map(|place| Err(located(&ctx, error.clone(), place))).collect(),
            };
            match connections {
                Ok(connections) => self.each(field, connections).await,
                Err(error) => failed(&ctx, error, &places, false),
            }
        })
    }

    /// Resolves the object that each object of the block has.
    pub fn each<T: Together>(self, field: &'a Positioned<Field>, objects: Vec<T>) -> BoxFuture<'a, Resolved>
    where
        S: Sync,
    {
        Box::pin(async move {
            let places = self.places_of(field);
            let ctx = self.ctx.with_selection_set(&field.node.selection_set);
            Block { ctx, field, objects: &objects, places: &places }.resolve().await
        })
    }

    /// Resolves the items that each object of the block has, as a list.
    pub fn items<T: Together>(self, field: &'a Positioned<Field>, items: Vec<Vec<T>>) -> BoxFuture<'a, Resolved>
    where
        S: Sync,
    {
        Box::pin(async move {
            let lists = self.places_of(field);
            let numbers: Vec<usize> = items.iter().map(Vec::len).collect();
            let objects: Vec<T> = items.into_iter().flatten().collect();
            let places: Vec<_> = lists.iter().zip(&numbers).flat_map(|(list, number)| indexed(list, *number)).collect();
            let ctx = self.ctx.with_selection_set(&field.node.selection_set);
            let mut values = Block { ctx, field, objects: &objects, places: &places }.resolve().await.into_iter();
            numbers.iter().map(|number| values.by_ref().take(*number).collect::<Vec<_>>()).map(list_of).collect()
        })
    }
}

/// What references say by themselves: a country has its code for a key. Nothing is read where no more is selected, and where everybody
/// may see whatever there is.
fn from_keys<T: Shown>(ctx: &ContextSelectionSet<'_>, reader: &Reader, keys: &[Option<Key>]) -> Option<Resolved> {
    let mut fields = Vec::new();
    if !selected::<T>(ctx, &ctx.item.node, &mut fields) || !is_known::<T>(reader.visible(), &fields) {
        return None;
    }
    let object = |key: &Key| {
        let named = |field: &&Positioned<Field>| (field.node.response_key().node.clone(), Value::String(key.text()));
        Value::Object(fields.iter().map(named).collect())
    };
    Some(keys.iter().map(|key| Ok(key.as_ref().map_or(Value::Null, object))).collect())
}

/// Whether a reference to `T` says by itself all that is selected.
fn is_known<T: Shown>(visible: &Visible, fields: &[&Positioned<Field>]) -> bool {
    let key = id_column::<T::Entity>();
    let code = Row::<T>::get_value_type(key) == ArrayType::String;
    let is_key = |field: &&Positioned<Field>| is_named(field.node.name.node.as_str(), key.as_str());
    code && fields.iter().all(is_key) && visible.condition::<T::Entity>().is_empty()
}

/// The values of a field.
enum Column {
    /// It is the same for all objects.
    Same(Value),
    /// Each object has it.
    AtHand,
    /// They were read.
    Read(std::vec::IntoIter<ServerResult<Value>>),
}

/// What an object has.
fn at_hand<T: Together>(object: &T, ctx: &Context<'_>) -> ServerResult<Value> {
    // Where it is: it has room for whatever any resolver of the object waits for, some kilobytes to move for each value.
    let answer = pin!(object.resolve_field(ctx));
    match answer.poll(&mut task::Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value.map(Option::unwrap_or_default),
        Poll::Pending => Err(ServerError::new(format!("{} waits, and is said not to", ctx.item.node.name.node), None)),
    }
}

/// Whether a name of the API (`startsOn`) is that of a resolver (`starts_on`).
pub(crate) fn is_named(name: &str, resolver: &str) -> bool {
    let mut letters = name.bytes();
    let mut upper = false;
    for letter in resolver.bytes() {
        if letter == b'_' {
            upper = true;
            continue;
        }
        let letter = if upper { letter.to_ascii_uppercase() } else { letter };
        upper = false;
        if letters.next() != Some(letter) {
            return false;
        }
    }
    letters.next().is_none()
}

fn named<'a>(place: &'a QueryPathNode<'a>, field: &'a Positioned<Field>) -> QueryPathNode<'a> {
    let segment = QueryPathSegment::Name(field.node.response_key().node.as_str());
    QueryPathNode { parent: Some(place), segment }
}

/// The places of the items of a list.
fn indexed<'a>(list: &'a QueryPathNode<'a>, number: usize) -> impl Iterator<Item = QueryPathNode<'a>> {
    (0..number).map(move |item| QueryPathNode { parent: Some(list), segment: QueryPathSegment::Index(item) })
}

/// Items that none of which may be null.
fn list_of(items: Resolved) -> ServerResult<Value> {
    items.into_iter().collect::<ServerResult<_>>().map(Value::List)
}

fn all(each: Vec<BoxFuture<'_, ServerResult<Value>>>) -> BoxFuture<'_, Resolved> {
    Box::pin(join_all(each))
}

/// An error at a place.
fn located(ctx: &Context<'_>, error: ServerError, place: &QueryPathNode<'_>) -> ServerError {
    let mut at = ctx.clone();
    at.path_node = Some(*place);
    at.set_error_path(error)
}

fn error_at(ctx: &Context<'_>, error: async_graphql::Error, place: &QueryPathNode<'_>) -> ServerError {
    located(ctx, error.into_server_error(ctx.item.pos), place)
}

/// The same error at all places, with null beside it where that is allowed.
fn failed(ctx: &Context<'_>, error: async_graphql::Error, places: &[QueryPathNode<'_>], nullable: bool) -> Resolved {
    let each = places.iter().map(|place| Err(error_at(ctx, error.clone(), place)));
    each.map(|error| if nullable { Ok(or_null(ctx, error)) } else { error }).collect()
}

/// Null in place of an error, which is told beside the answer.
fn or_null(ctx: &Context<'_>, value: ServerResult<Value>) -> Value {
    value.unwrap_or_else(|error| {
        ctx.add_error(error);
        Value::Null
    })
}

type Arguments<T> = (PageArgs, Option<<T as Shown>::Filter>, Option<Vec<OrderOf<T>>>);

/// The arguments of a list.
fn arguments<T: Shown>(ctx: &Context<'_>) -> ServerResult<Arguments<T>> {
    let (first, last) = (ctx.param_value("first", None)?.1, ctx.param_value("last", None)?.1);
    let (after, before) = (ctx.param_value("after", None)?.1, ctx.param_value("before", None)?.1);
    let args = PageArgs { first, after, last, before };
    Ok((args, ctx.param_value("filter", None)?.1, ctx.param_value("orderBy", None)?.1))
}

/// A list in an answer, whose items are resolved together.
#[derive(Clone, Debug)]
pub struct Items<T>(pub Vec<T>);

impl<T: Together> OutputType for Items<T> {
    fn type_name() -> Cow<'static, str> {
        List::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        List::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        List::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        // A list always answers a field.
        let Some(list) = &ctx.path_node else { return Ok(Value::Null) };
        let places: Vec<_> = indexed(list, self.0.len()).collect();
        list_of(Block { ctx: ctx.clone(), field, objects: &self.0, places: &places }.resolve().await)
    }
}

#[cfg(test)]
mod tests {
    use super::is_named;

    #[test]
    fn a_resolver_has_one_name_in_the_api() {
        for (name, resolver) in
            [("key", "key"), ("startsOn", "starts_on"), ("membersNotAttending", "members_not_attending")]
        {
            assert!(is_named(name, resolver), "{name}");
        }
        for (name, resolver) in
            [("starts_on", "starts_on"), ("startsOn", "starts_one"), ("startsOne", "starts_on"), ("", "key")]
        {
            assert!(!is_named(name, resolver), "{name}");
        }
    }
}
