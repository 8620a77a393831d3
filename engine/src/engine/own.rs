//! Fields that code of its own resolves: what a noun shows beside its data. They are resolved when
//! the rows that they belong to are there, all of a request side by side.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_graphql::context::{QueryPathNode, QueryPathSegment};
use async_graphql::parser::types::Field;
use async_graphql::{
    ContainerType, Context, ContextBase, Data, PathSegment, Pos, Positioned, QueryEnv, SchemaEnv,
    ServerError, ServerResult, Value,
};
use futures::future::{BoxFuture, join_all};
use sea_orm::{EntityTrait, Iterable, ModelTrait, Value as Cell};

use super::fetch::{ChildRange, Level, LevelExecutor, Read, RootRows};
use super::noun::Catalogue;
use super::plan::{
    Behind, EdgePart, FoundAt, List, Object, One, Owned, Part, Plan, Record, Reference, Root,
    RowPlan, SelectedField,
};
use super::reference::{NodeType, Row};
use crate::graphql::context::RequestContext;
use crate::graphql::filter::id_column;
use crate::graphql::loader::Key;

/// The value of a field.
pub type Answer = ServerResult<Option<Value>>;

/// Resolves the field that the context names, of a row of which these columns were read, by their
/// places among those of the table.
pub type Resolve = for<'a> fn(Vec<(usize, Cell)>, &'a Context<'a>) -> BoxFuture<'a, Answer>;

/// A row of a noun that shows more than data: what its own fields are resolved from.
pub trait ParentRow: ContainerType + 'static {
    /// The noun.
    type Node: NodeType;

    /// The row, of which at least the columns were read that the fields name.
    fn new(row: Arc<Row<Self::Node>>) -> Self;
}

/// The key of a row.
pub fn parent_key<T: NodeType>(row: &Row<T>) -> Key {
    // Every row has one.
    Key::of(row.get(id_column::<T::Entity>())).unwrap_or(crate::graphql::edge::ROOT)
}

/// Resolves an own field of the type whose rows are these.
pub fn resolve<'a, P: ParentRow>(
    cells: Vec<(usize, Cell)>,
    ctx: &'a Context<'a>,
) -> BoxFuture<'a, Answer> {
    let mut row = <Row<P::Node> as Default>::default();
    let mut failed = None;
    for (place, cell) in cells {
        let column = <<Entity<P> as EntityTrait>::Column as Iterable>::iter().nth(place);
        failed = column.and_then(|column| row.try_set(column, cell).err()).or(failed);
    }
    let object = P::new(Arc::new(row));
    Box::pin(async move {
        if let Some(error) = failed {
            let error = ctx.reader().fail(error);
            return Err(ctx.set_error_path(error.into_server_error(ctx.item.pos)));
        }
        object.resolve_field(ctx).await
    })
}

type Entity<P> = <<P as ParentRow>::Node as NodeType>::Entity;

/// Where own fields are resolved: what the library needs for it.
pub struct Execution<'a> {
    /// The request.
    pub query_env: &'a QueryEnv,
    /// The schema.
    pub schema_env: &'a SchemaEnv,
    /// What the execution has for all its fields.
    pub execute_data: Option<&'a Data>,
    /// The own fields, in the order of their numbers.
    pub fields: Vec<&'a Positioned<Field>>,
    /// Which has the own fields of the root.
    pub catalogue: &'a Catalogue,
}

impl<'a> Execution<'a> {
    /// That of a context, with these own fields.
    pub fn within<T>(ctx: &ContextBase<'a, T>, fields: Vec<&'a Positioned<Field>>) -> Self {
        Self {
            query_env: ctx.query_env,
            schema_env: ctx.schema_env,
            execute_data: ctx.execute_data,
            fields,
            catalogue: ctx.data_unchecked::<Arc<Catalogue>>(),
        }
    }
}

/// Hands errors over to the context. Where there is no answer, the last of them says why.
pub fn answered<A, T>(
    ctx: &ContextBase<'_, T>,
    answer: Option<A>,
    mut errors: Vec<ServerError>,
) -> ServerResult<A> {
    let why = if answer.is_none() { errors.pop() } else { None };
    errors.into_iter().for_each(|error| ctx.add_error(error));
    answer.ok_or_else(|| {
        why.unwrap_or_else(|| {
            ctx.set_error_path(
                ctx.reader().fail("it failed without an error").into_server_error(Pos::default()),
            )
        })
    })
}

/// What became of a field of a row.
#[derive(Debug)]
pub struct ResolvedField {
    /// Its value.
    pub value: ServerResult<Value>,
    /// What failed within, at places that may be null.
    pub errors: Vec<ServerError>,
}

/// What became of the own fields of a plan: by the number of the field, and the number of the row
/// among those of its level.
pub type Resolved = HashMap<(usize, usize), ResolvedField>;

/// A field of a row that is to be resolved.
struct WantedField<'a> {
    owned: &'a Owned,
    /// The level and the number of the row; none for a field of the root.
    row: Option<(&'a Level, usize)>,
    /// Whether the row is an item of a list.
    is_item: bool,
}

/// Looks for what is to be resolved of what was read.
struct Search<'a> {
    executor: &'a LevelExecutor<'a>,
    wanted: BTreeMap<(usize, usize), WantedField<'a>>,
    /// Whether it is within an item of a list.
    in_list: bool,
}

impl<'a> Search<'a> {
    fn new(executor: &'a LevelExecutor<'a>, in_list: bool) -> Self {
        Self { executor, wanted: BTreeMap::new(), in_list }
    }

    fn add(&mut self, owned: &'a Owned, row: Option<(&'a Level, usize)>) {
        let number = row.map_or(0, |(_, number)| number);
        let is_item = self.in_list;
        self.wanted.entry((owned.number, number)).or_insert(WantedField { owned, row, is_item });
    }

    fn list(&mut self, list: &'a List, level: &'a Level, pages: impl Iterator<Item = ChildRange>) {
        let which: Vec<usize> = pages.flat_map(|page| page.rows).collect();
        let outside = std::mem::replace(&mut self.in_list, true);
        for part in &list.parts {
            match &part.what {
                _ if !self.executor.mask.has(part.when) => {}
                Part::Nodes(object) => self.object(object, &list.rows, level, &which),
                Part::Edges(parts) => {
                    for part in parts {
                        if let EdgePart::Node(object) = &part.what
                            && self.executor.mask.has(part.when)
                        {
                            self.object(object, &list.rows, level, &which);
                        }
                    }
                }
                Part::Groups(number, _) | Part::GroupList(number, _) => {
                    if let Some(Some(Ok(groups))) = level.groups.get(*number) {
                        let records = list.groups[*number].records.iter().zip(&groups.records);
                        for ((_, ones), read) in records {
                            read.iter().for_each(|read| self.ones(ones, read));
                        }
                    }
                }
                Part::TypeName(_) | Part::PageInfo(_) | Part::Total => {}
            }
        }
        self.in_list = outside;
    }

    /// The object as which the rows of these numbers are shown.
    fn object(&mut self, object: &'a Object, rows: &'a RowPlan, level: &'a Level, which: &[usize]) {
        for slot in object {
            match &slot.what {
                _ if !self.executor.mask.has(slot.when) => {}
                SelectedField::Own(owned) => {
                    which.iter().for_each(|row| self.add(owned, Some((level, *row))))
                }
                SelectedField::List(child) => {
                    if let Some((Behind::List(list), lower)) = level.lower(rows, *child)
                        && let Ok(level) = &lower.level
                    {
                        let numbers = which.iter().filter_map(|row| lower.numbers[0][*row]);
                        self.list(
                            list,
                            level,
                            numbers.filter_map(|number| level.pages.get(number)).cloned(),
                        );
                    }
                }
                SelectedField::Reference(reference) => {
                    self.reference(reference, rows, level, which)
                }
                SelectedField::Either(references, _) => {
                    references
                        .iter()
                        .for_each(|reference| self.reference(reference, rows, level, which));
                }
                SelectedField::TypeName(_)
                | SelectedField::Id { .. }
                | SelectedField::Column { .. } => {}
                SelectedField::Made(_) | SelectedField::Behind(..) => {}
            }
        }
    }
}

impl<'a> Search<'a> {
    /// The objects to which these rows refer.
    fn reference(
        &mut self,
        reference: &'a Reference,
        rows: &'a RowPlan,
        level: &'a Level,
        which: &[usize],
    ) {
        match reference.found {
            FoundAt::Row(at) => {
                // What cannot be read is told where it is written.
                let is_there = |row: &&usize| {
                    level.rows[**row].is_null(level.from + at).is_ok_and(|null| !null)
                };
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
        }
    }

    /// What was read for a field of the root: one of these objects, or several.
    fn ones(&mut self, ones: &'a [One], read: &'a RootRows) {
        for item in read.items.iter().flatten() {
            if let (Some(one), Some(level)) = (ones.get(item.noun), read.levels.get(item.level))
                && let Some(page) = level.pages.get(item.page)
            {
                let which: Vec<usize> = page.rows.clone().collect();
                self.object(&one.record.object, &one.record.rows, level, &which);
            }
        }
    }
}

/// Resolves the own fields of the root.
pub async fn of_root(
    executor: &LevelExecutor<'_>,
    plan: &Plan,
    execution: &Execution<'_>,
) -> Resolved {
    let mut search = Search::new(executor, false);
    for root in &plan.roots {
        if let Root::Own(owned) = &root.what
            && executor.mask.has(root.when)
        {
            search.add(owned, None);
        }
    }
    carry_out(search, execution).await
}

/// Resolves those of all objects that were read.
pub async fn of_objects(
    executor: &LevelExecutor<'_>,
    plan: &Plan,
    read: &[Option<Read>],
    execution: &Execution<'_>,
) -> Resolved {
    let mut search = Search::new(executor, false);
    for (root, read) in plan.roots.iter().zip(read) {
        let Some(Ok(read)) = read else { continue };
        match &root.what {
            Root::List(list) => {
                if let Some(level) = read.levels.first() {
                    search.list(list, level, level.pages.iter().cloned());
                }
            }
            Root::One(one) => search.ones(std::slice::from_ref(&**one), read),
            Root::Node(ones) => search.ones(ones, read),
            Root::Nodes(_, ones) => {
                search.in_list = true;
                search.ones(ones, read);
                search.in_list = false;
            }
            Root::TypeName(_) | Root::Own(_) => {}
        }
    }
    carry_out(search, execution).await
}

/// Resolves those of a row and of what stands behind it.
pub async fn of_row(
    executor: &LevelExecutor<'_>,
    record: &Record,
    (level, row): (&Level, usize),
    in_list: bool,
    execution: &Execution<'_>,
) -> Resolved {
    let mut search = Search::new(executor, in_list);
    if !execution.fields.is_empty() {
        search.object(&record.object, &record.rows, level, &[row]);
    }
    carry_out(search, execution).await
}

async fn carry_out(search: Search<'_>, execution: &Execution<'_>) -> Resolved {
    let Search { executor, wanted, .. } = search;
    let Execution { query_env, schema_env, execute_data, fields, catalogue } = execution;
    if wanted.is_empty() {
        return Resolved::new();
    }
    // A row may stand at several places of the answer: while a field of it is resolved, its number
    // stands for its place.
    let marked: Vec<(usize, (usize, usize), WantedField<'_>)> =
        wanted.into_iter().map(|(place, wanted)| (executor.reader.mark(), place, wanted)).collect();
    let resolved = marked.iter().map(async |(mark, _, wanted)| {
        let Some(field) = fields.get(wanted.owned.number).copied() else {
            return Err(executor
                .reader
                .fail("a field is wanted that is not there")
                .into_server_error(wanted.owned.pos));
        };
        let mark = QueryPathNode { parent: None, segment: QueryPathSegment::Index(*mark) };
        let item = QueryPathNode { parent: Some(&mark), segment: QueryPathSegment::Index(0) };
        let mark = if wanted.is_item { item } else { mark };
        let segment = QueryPathSegment::Name(field.node.response_key().node.as_str());
        let place = QueryPathNode { parent: Some(&mark), segment };
        let ctx = query_env.create_context(schema_env, Some(place), field, *execute_data);
        let answer = match (wanted.owned.noun, wanted.row) {
            (Some(noun), Some((level, row))) => {
                let cell = |(at, column): &(usize, usize)| {
                    let cell =
                        level.rows[row].cell(level.from + at, &noun.table.columns[*column].holds);
                    cell.map(|cell| (*column, cell))
                };
                let cells: Result<Vec<_>, _> = wanted.owned.columns.iter().map(cell).collect();
                let key = level.rows[row]
                    .key(level.from + wanted.owned.key, &noun.table.columns[noun.table.id].holds);
                match cells.and_then(|cells| Ok((cells, key?))) {
                    Ok((_, Some(key))) if wanted.owned.of_record => {
                        (catalogue.code.record)(key, &ctx).await
                    }
                    Ok((cells, _)) => (noun.resolve)(cells, &ctx).await,
                    Err(error) => {
                        Err(executor.reader.fail(error).into_server_error(wanted.owned.pos))
                    }
                }
            }
            _ => (catalogue.code.root)(&ctx).await,
        };
        answer.map(Option::unwrap_or_default)
    });
    let resolved = join_all(resolved).await;
    let mut places: HashMap<usize, (usize, usize)> = HashMap::new();
    let mut own = Resolved::new();
    for ((mark, place, _), value) in marked.iter().zip(resolved) {
        places.insert(*mark, *place);
        own.insert(*place, ResolvedField { value, errors: Vec::new() });
    }
    // What failed within is told by the context.
    let mut told = query_env.errors.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
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
