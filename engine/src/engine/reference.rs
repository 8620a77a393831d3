//! What leads to rows from outside of a plan: the answer of a mutation, an event, a hit of a
//! search. The library resolves these, and hands the selection of a record over to the engine,
//! which reads what all of them lead to at once.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::context::QueryPathNode;
use async_graphql::parser::types::{Field, SelectionSet};
use async_graphql::registry::Registry;
use async_graphql::{
    ContextSelectionSet, Error, OutputType, PathSegment, Positioned, ServerError, ServerResult,
    Value, Variables,
};
use futures::future::BoxFuture;
use sea_orm::EntityTrait;

use super::collect::Mask;
use super::fetch::{Level, LevelExecutor};
use super::noun::{Catalogue, Described, Noun};
use super::own::{self, Execution};
use super::planner::{Planned, Sees, planned};
use super::write::Writer;
use crate::access::Scoped;
use crate::graphql::context::RequestContext;
use crate::graphql::filter::Filter;
use crate::graphql::language::Languages;
use crate::graphql::list::List;
use crate::graphql::loader::{Key, LevelFuture, LevelLoader, Reader};
use crate::graphql::order::OrderBy;
use crate::request::OnError;
use crate::site::Site;

/// The type of a record in the API. What there is of it is a reference.
pub trait NodeType: Described + OutputType + Clone + 'static {
    /// The table of its rows.
    type Entity: Scoped<Model: Send + Sync>;
    /// The filter of its lists.
    type Filter: Filter;
    /// The order of its lists.
    type Order: OrderBy<Self::Entity>;

    /// That to which a reference leads.
    fn at(reference: Reference) -> Self;

    /// The one that a key identifies, which must be there.
    fn required(key: Key) -> Self {
        Self::at(Reference { key, must: true })
    }

    /// The one that a key identifies: null where it is not there, or may not be seen.
    fn seen(key: Key) -> Self {
        Self::at(Reference { key, must: false })
    }
}

/// The row that `T` shows.
pub type Row<T> = <<T as NodeType>::Entity as EntityTrait>::Model;

/// Leads to a record.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The key of its row.
    pub key: Key,
    /// Whether it must be there. Where it need not, the field that has it may be null.
    pub must: bool,
}

/// Records in a list, in the order of their keys.
#[derive(Clone, Debug)]
pub struct Records<T> {
    keys: Vec<Key>,
    /// Whether all must be there; else those that are not are left out.
    must: bool,
    of: std::marker::PhantomData<fn() -> T>,
}

impl<T> Records<T> {
    /// Those that keys identify, which must be there.
    pub fn required(keys: Vec<Key>) -> Self {
        Self { keys, must: true, of: std::marker::PhantomData }
    }

    /// Those that keys identify, as far as they are there and may be seen.
    pub fn seen(keys: Vec<Key>) -> Self {
        Self { keys, must: false, of: std::marker::PhantomData }
    }
}

impl<T: NodeType> OutputType for Records<T> {
    fn type_name() -> Cow<'static, str> {
        <List<T> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <List<T> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <List<T> as OutputType>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        records(T::noun(), &self.keys, self.must, ctx, field).await
    }
}

impl Reference {
    /// What is selected of the record, of a noun.
    pub fn resolve<'a>(
        &'a self,
        noun: &'static Noun,
        ctx: &'a ContextSelectionSet<'_>,
        field: &'a Positioned<Field>,
    ) -> BoxFuture<'a, ServerResult<Value>> {
        Box::pin(async move {
            let found = Selection::read(
                noun,
                std::slice::from_ref(&self.key),
                ctx.is_within_list(),
                ctx,
                field,
            )
            .await;
            let found = found.map_err(|error| located(error, ctx, field))?;
            match found.level_of(0) {
                Some((level, row)) => found.written(level, row, ctx, field).await,
                None if self.must => {
                    Err(located(missing(noun, &self.key, ctx.reader()), ctx, field))
                }
                None => Ok(Value::Null),
            }
        })
    }
}

/// What is selected of records in a list, of a noun: those of keys.
pub fn records<'a>(
    noun: &'static Noun,
    keys: &'a [Key],
    must: bool,
    ctx: &'a ContextSelectionSet<'_>,
    field: &'a Positioned<Field>,
) -> BoxFuture<'a, ServerResult<Value>> {
    Box::pin(async move {
        let found = Selection::read(noun, keys, true, ctx, field).await;
        let found = found.map_err(|error| located(error, ctx, field))?;
        let mut there = Vec::with_capacity(keys.len());
        for (number, key) in keys.iter().enumerate() {
            match found.level_of(number) {
                Some(row) => there.push(Ok(row)),
                None if must => there.push(Err(missing(noun, key, ctx.reader()))),
                None => {}
            }
        }
        let written = there.into_iter().enumerate().map(async |(place, found_there)| {
            let ctx = ctx.with_index(place);
            let written = match found_there {
                Ok((level, row)) => found.written(level, row, &ctx, field).await,
                Err(error) => Err(located(error, &ctx, field)),
            };
            match written {
                Err(error) if ctx.on_error() == OnError::Null => {
                    ctx.add_error(error);
                    Ok(Value::Null)
                }
                written => written,
            }
        });
        futures::future::try_join_all(written).await.map(Value::List)
    })
}

/// A reference that leads nowhere is a fault of ours.
fn missing(noun: &Noun, key: &Key, reader: &Reader) -> Error {
    reader.fail(format!("{} {key:?} is referred to and missing", noun.name))
}

fn located(error: Error, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerError {
    ctx.set_error_path(error.into_server_error(field.pos))
}

/// What is selected of records of a noun, and what was read of it.
struct Selection {
    planned: Arc<Planned>,
    variables: Variables,
    languages: Languages,
    found: Vec<Option<Arc<FoundRow>>>,
}

/// What was read of a record.
type FoundRow = Result<(Arc<Level>, usize), Error>;

impl Selection {
    async fn read(
        noun: &'static Noun,
        keys: &[Key],
        in_list: bool,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> Result<Self, Error> {
        let reader = ctx.reader();
        // The selection stays where it is as long as the request does.
        let place = std::ptr::from_ref::<SelectionSet>(&ctx.item.node) as usize;
        let known = reader.kept_rows(&noun.table.name.to_string(), keys).is_some();
        let name = format!("{} {place:x} {in_list} {known}", noun.name);
        let catalogue: &Arc<Catalogue> = ctx.data_unchecked();
        let made = reader.kept(&name, || {
            planned(
                noun,
                &ctx.item.node,
                &ctx.query_env.fragments,
                catalogue,
                &Sees { visible: reader.visible(), known },
            )
        });
        let planned =
            made.ok_or_else(|| reader.fail(format!("{} has no plan at {}", noun.name, field.pos)))?;
        let (variables, languages) = (ctx.all_variables(), ctx.languages(None));
        let objects = || Objects {
            planned: planned.clone(),
            in_list,
            variables: variables.clone(),
            languages: languages.clone(),
        };
        let found = reader.load_all(name, objects, keys).await?;
        for found in found.iter().flatten() {
            if let Err(error) = found.as_ref() {
                return Err(error.clone());
            }
        }
        Ok(Self { planned, variables, languages, found })
    }

    /// Where the row of the key of a number is; none where it is not there.
    fn level_of(&self, number: usize) -> Option<(&Arc<Level>, usize)> {
        match self.found.get(number)?.as_deref()? {
            Ok((level, row)) => Some((level, *row)),
            Err(_) => None,
        }
    }

    /// What is selected of a row.
    async fn written(
        &self,
        level: &Arc<Level>,
        row: usize,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let (reader, mask, on_error) = (ctx.reader(), &Mask::none(), ctx.on_error());
        let Self { planned, variables, languages, .. } = self;
        let executor =
            LevelExecutor { reader, variables, languages, mask, on_error, in_step: true };
        let execution = Execution::within(ctx, planned.own.iter().collect());
        let own =
            own::of_row(&executor, &planned.record, (level, row), ctx.is_within_list(), &execution)
                .await;
        let written = Writer::new(&executor, ctx.data_unchecked::<Site>(), &own).one_row(
            &planned.record,
            level,
            row,
        );
        let here = ctx.path_node.as_ref().map(segments).unwrap_or_default();
        let errors = written.errors.into_iter().map(|error| {
            let path = here.iter().cloned().chain(error.path.iter().cloned()).collect();
            ServerError { path, ..error }
        });
        let data = own::answered(ctx, written.data, errors.collect())?;
        serde_json::from_slice(&data)
            .map_err(|error| located(reader.fail(error.to_string()), ctx, field))
    }
}

/// A place in the answer, as errors tell it.
fn segments(place: &QueryPathNode<'_>) -> Vec<PathSegment> {
    use async_graphql::context::QueryPathSegment;
    let mut all: Vec<PathSegment> = std::iter::successors(Some(place), |place| place.parent)
        .map(|place| match place.segment {
            QueryPathSegment::Index(index) => PathSegment::Index(index),
            QueryPathSegment::Name(name) => PathSegment::Field(name.to_owned()),
        })
        .collect();
    all.reverse();
    all
}

/// Asks for the records that keys identify.
struct Objects {
    planned: Arc<Planned>,
    /// Whether they stand within an item of a list.
    in_list: bool,
    variables: Variables,
    languages: Languages,
}

impl LevelLoader for Objects {
    type Answer = FoundRow;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> LevelFuture<Self::Answer> {
        Box::pin(async move {
            let (variables, languages, mask) = (&self.variables, &self.languages, &Mask::none());
            // What is read is the same, whatever becomes of an error.
            let on_error = OnError::default();
            let executor = LevelExecutor {
                reader: &reader,
                variables,
                languages,
                mask,
                on_error,
                in_step: false,
            };
            let read = executor.records(&self.planned.record, &keys, self.in_list).await;
            Ok(match read {
                Ok(level) => {
                    let level = Arc::new(level);
                    let pages = keys
                        .into_iter()
                        .zip(&level.pages)
                        .filter(|(_, page)| !page.rows.is_empty());
                    pages.map(|(key, page)| (key, Ok((level.clone(), page.rows.start)))).collect()
                }
                Err(error) => keys.into_iter().map(|key| (key, Err(error.clone()))).collect(),
            })
        })
    }
}
