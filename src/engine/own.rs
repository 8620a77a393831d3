//! Fields that code of its own resolves: what a noun shows beside its data. They are resolved behind everything else, when the rows
//! that they belong to are there, all of a request side by side.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::context::{QueryPathNode, QueryPathSegment};
use async_graphql::parser::types::Selection;
use async_graphql::{Context, PathSegment, ServerError, ServerResult, Value};
use futures::future::{BoxFuture, join_all};
use sea_orm::{EntityTrait, Iterable, ModelTrait, Value as Cell};

use super::fetch::{Asking, Entries, Found, Level, Read};
use super::noun::Catalogue;
use super::plan::{Behind, EdgePart, FoundAt, List, Object, One, Owned, Part, Plan, Root, Rows, Shown};
use super::value;
use crate::db::row::is_null;
use crate::graphql::connection::Shown as ShownRow;
use crate::graphql::context::Reading;

/// The value of a field.
pub type Answer = ServerResult<Option<Value>>;

/// Resolves the field that the context names, of a row of which these columns were read, by their places among those of the table.
pub type Resolve = for<'a> fn(Vec<(usize, Cell)>, &'a Context<'a>) -> BoxFuture<'a, Answer>;

/// Has the object `T` that shows a row resolve a field.
pub fn resolve<'a, T: ShownRow>(cells: Vec<(usize, Cell)>, ctx: &'a Context<'a>) -> BoxFuture<'a, Answer> {
    let mut row = <<T::Entity as EntityTrait>::Model as Default>::default();
    let mut failed = None;
    for (place, cell) in cells {
        let column = <<T::Entity as EntityTrait>::Column as Iterable>::iter().nth(place);
        failed = column.and_then(|column| row.try_set(column, cell).err()).or(failed);
    }
    let object = T::from(Arc::new(row));
    Box::pin(async move {
        if let Some(error) = failed {
            let error = ctx.reader().fail(error);
            return Err(ctx.set_error_path(error.into_server_error(ctx.item.pos)));
        }
        object.resolve_field(ctx).await
    })
}

/// What became of a field of a row.
#[derive(Debug)]
pub struct Told {
    /// Its value.
    pub value: ServerResult<Value>,
    /// What failed within, at places that may be null.
    pub errors: Vec<ServerError>,
}

/// What became of the fields of a plan: by the number of the field, and the number of the row among those of its level.
pub type Own = HashMap<(usize, usize), Told>;

/// A field of a row that is to be resolved.
struct Wanted<'a> {
    owned: &'a Owned,
    /// The level and the number of the row; none for a field of the root.
    row: Option<(&'a Level, usize)>,
}

/// Looks for what is to be resolved of what was read.
struct Search<'a> {
    asking: &'a Asking<'a>,
    wanted: HashMap<(usize, usize), Wanted<'a>>,
}

impl<'a> Search<'a> {
    fn add(&mut self, owned: &'a Owned, row: Option<(&'a Level, usize)>) {
        let number = row.map_or(0, |(_, number)| number);
        self.wanted.entry((owned.number, number)).or_insert(Wanted { owned, row });
    }

    fn list(&mut self, list: &'a List, level: &'a Level, pages: impl Iterator<Item = Found>) {
        let which: Vec<usize> = pages.flat_map(|page| page.rows).collect();
        for part in &list.parts {
            match &part.what {
                _ if !self.asking.mask.has(part.when) => {}
                Part::Nodes(object) => self.object(object, &list.rows, level, &which),
                Part::Edges(parts) => {
                    for part in parts {
                        if let EdgePart::Node(object) = &part.what
                            && self.asking.mask.has(part.when)
                        {
                            self.object(object, &list.rows, level, &which);
                        }
                    }
                }
                Part::TypeName(_) | Part::PageInfo(_) | Part::Total | Part::Groups(..) => {}
            }
        }
    }

    /// The object as which the rows of these numbers are shown.
    fn object(&mut self, object: &'a Object, rows: &'a Rows, level: &'a Level, which: &[usize]) {
        for slot in object {
            match &slot.what {
                _ if !self.asking.mask.has(slot.when) => {}
                Shown::Own(owned) => which.iter().for_each(|row| self.add(owned, Some((level, *row)))),
                Shown::List(child) => {
                    if let Some((Behind::List(list), lower)) = level.lower(rows, *child)
                        && let Ok(level) = &lower.level
                    {
                        let numbers = which.iter().filter_map(|row| lower.numbers[0][*row]);
                        self.list(list, level, numbers.filter_map(|number| level.pages.get(number)).cloned());
                    }
                }
                Shown::Reference(reference) => match reference.found {
                    FoundAt::Row(at) => {
                        // What cannot be read is told where it is written.
                        let is_there =
                            |row: &&usize| is_null(&level.rows[**row], level.from + at).is_ok_and(|null| !null);
                        let there: Vec<usize> = which.iter().filter(is_there).copied().collect();
                        self.object(&reference.object, rows, level, &there);
                    }
                    FoundAt::Child(child, key) => {
                        if let Some((Behind::One(rows), lower)) = level.lower(rows, child)
                            && let Ok(level) = &lower.level
                        {
                            let numbers = which.iter().filter_map(|row| lower.numbers[key][*row]);
                            let pages = numbers.filter_map(|number| level.pages.get(number));
                            let there: Vec<usize> = pages.flat_map(|page| page.rows.clone()).collect();
                            self.object(&reference.object, rows, level, &there);
                        }
                    }
                },
                Shown::TypeName(_) | Shown::Id { .. } | Shown::Column { .. } => {}
                Shown::Made(_) | Shown::Behind(..) => {}
            }
        }
    }
}

impl<'a> Search<'a> {
    /// What was read for a field of the root: one of these objects, or several.
    fn ones(&mut self, ones: &'a [One], read: &'a Entries) {
        for item in read.items.iter().flatten() {
            if let (Some(one), Some(level)) = (ones.get(item.noun), read.levels.get(item.level))
                && let Some(page) = level.pages.get(item.page)
            {
                let which: Vec<usize> = page.rows.clone().collect();
                self.object(&one.object, &one.rows, level, &which);
            }
        }
    }
}

/// Resolves the fields of the root that code of its own resolves.
pub async fn of_root(asking: &Asking<'_>, plan: &Plan, ctx: &Context<'_>, catalogue: &Catalogue) -> Own {
    let mut search = Search { asking, wanted: HashMap::new() };
    for root in &plan.roots {
        if let Root::Own(owned) = &root.what
            && asking.mask.has(root.when)
        {
            search.add(owned, None);
        }
    }
    carry_out(search, ctx, catalogue).await
}

/// Resolves those of all objects that were read.
pub async fn of_objects(
    asking: &Asking<'_>,
    plan: &Plan,
    read: &[Option<Read>],
    ctx: &Context<'_>,
    catalogue: &Catalogue,
) -> Own {
    let mut search = Search { asking, wanted: HashMap::new() };
    for (root, read) in plan.roots.iter().zip(read) {
        let Some(Ok(read)) = read else { continue };
        match &root.what {
            Root::List(list) => {
                if let Some(level) = read.levels.first() {
                    search.list(list, level, level.pages.iter().cloned());
                }
            }
            Root::One(one) => search.ones(std::slice::from_ref(&**one), read),
            Root::Node(ones) | Root::Nodes(_, ones) => search.ones(ones, read),
            Root::TypeName(_) | Root::Own(_) => {}
        }
    }
    carry_out(search, ctx, catalogue).await
}

async fn carry_out(search: Search<'_>, ctx: &Context<'_>, catalogue: &Catalogue) -> Own {
    let Search { asking, wanted } = search;
    let fields = &ctx.item.node.selection_set.node.items;
    // A row may stand at several places of the answer: while a field of it is resolved, its number stands for its place.
    let marked: Vec<(usize, (usize, usize), Wanted<'_>)> =
        wanted.into_iter().map(|(place, wanted)| (asking.reader.mark(), place, wanted)).collect();
    let resolved = marked.iter().map(async |(mark, _, wanted)| {
        let Some(Selection::Field(field)) = fields.get(wanted.owned.number).map(|item| &item.node) else {
            return Err(asking.reader.fail("a field is wanted that is not there").into_server_error(wanted.owned.pos));
        };
        let mark = QueryPathNode { parent: None, segment: QueryPathSegment::Index(*mark) };
        let segment = QueryPathSegment::Name(field.node.response_key().node.as_str());
        let place = QueryPathNode { parent: Some(&mark), segment };
        let ctx = ctx.query_env.create_context(ctx.schema_env, Some(place), field, ctx.execute_data);
        let answer = match (wanted.owned.noun, wanted.row) {
            (Some(noun), Some((level, row))) => {
                let cell = |(at, column): &(usize, usize)| {
                    let cell = value::cell(&level.rows[row], level.from + at, &noun.table.columns[*column].holds);
                    cell.map(|cell| (*column, cell))
                };
                let cells: Result<Vec<_>, _> = wanted.owned.columns.iter().map(cell).collect();
                match cells {
                    Ok(cells) => (noun.resolve)(cells, &ctx).await,
                    Err(error) => Err(asking.reader.fail(error).into_server_error(wanted.owned.pos)),
                }
            }
            _ => (catalogue.own)(&ctx).await,
        };
        answer.map(Option::unwrap_or_default)
    });
    let resolved = join_all(resolved).await;
    let mut places: HashMap<usize, (usize, usize)> = HashMap::new();
    let mut own = Own::new();
    for ((mark, place, _), value) in marked.iter().zip(resolved) {
        places.insert(*mark, *place);
        own.insert(*place, Told { value, errors: Vec::new() });
    }
    // What failed within is told by the context.
    let mut told = ctx.query_env.errors.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    for error in std::mem::take(&mut *told) {
        let mark = match error.path.first() {
            Some(PathSegment::Index(mark)) => places.get(mark).and_then(|place| own.get_mut(place)),
            _ => None,
        };
        match mark {
            Some(field) => field.errors.push(error),
            None => told.push(error),
        }
    }
    own
}
