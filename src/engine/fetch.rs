//! Reads what a plan wants, level by level: one statement for a list of all rows of a level, however many they are.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use async_graphql::{Error, ID, Value, Variables};
use futures::future::{BoxFuture, join, join_all, try_join, try_join_all};
use sea_orm::{Condition, ConnectionTrait, DbErr, QueryResult, Statement};

use super::collect::{Mask, When, resolve};
use super::noun::Entry;
use super::plan::{Asked, Behind, List, One, Root, Rows, Shown, Slot};
use super::statement::{Page, Reading};
use super::value;
use super::window::{Window, argument, parsed};
use crate::db::row;
use crate::graphql::edge::Grouped;
use crate::graphql::error::bad_input;
use crate::graphql::filter::Scope;
use crate::graphql::groups::{ConnectionGroup, grouping};
use crate::graphql::language::Languages;
use crate::graphql::loader::{Key, Keyed, Reader};
use crate::graphql::node::parse_id;
use crate::graphql::page::LARGEST_PAGE;

/// Columns of an object that are read at most with its list: each is handed over as often as the list has rows.
const MOST_OF_OBJECT: usize = 7;

/// Ids that `nodes` takes at most.
const MOST_NODES: usize = LARGEST_PAGE as usize;

/// How many groups are told where none is asked for.
const USUAL_GROUPS: i32 = 20;

/// What a request brings to its plan.
pub struct Asking<'a> {
    /// Reads.
    pub reader: &'a Arc<Reader>,
    /// The variables.
    pub variables: &'a Variables,
    /// The languages that the reader would like.
    pub languages: &'a Languages,
    /// Which parts of the plan are wanted.
    pub mask: &'a Mask,
}

/// What was read of a list, or of objects, for all rows that lead there.
#[derive(Default)]
pub struct Level {
    /// The rows.
    pub rows: Arc<Vec<QueryResult>>,
    /// Behind which columns those of the level stand in its rows.
    pub from: usize,
    /// Which of the rows each near side has, by the number of its key.
    pub pages: Vec<Found>,
    /// How many there are for each near side, where that is wanted.
    pub counts: Vec<i64>,
    /// What was counted by values, for each near side, by the number of the grouping; none where it is not wanted.
    pub groups: Vec<Option<Result<Vec<Vec<ConnectionGroup>>, Error>>>,
    /// In which order they are, and which part of them; of a list.
    pub window: Option<Window>,
    /// What was read behind the rows; none where it is not wanted.
    pub children: Vec<Option<Lower>>,
}

/// The rows of one near side.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Their numbers among those of the level.
    pub rows: Range<usize>,
    /// Whether there are more than were asked for.
    pub more: bool,
}

/// What was read behind the rows of a level.
pub struct Lower {
    /// For each of the keys by which it is found, and for each row, the number of that key; none where it has none.
    pub numbers: Vec<Vec<Option<usize>>>,
    /// What was found; or why nothing was.
    pub level: Result<Level, Error>,
}

impl Level {
    /// What was read behind the rows, by its number among the children of how these are read.
    pub fn lower<'a>(&'a self, rows: &'a Rows, child: usize) -> Option<(&'a Behind, &'a Lower)> {
        Some((&rows.children.get(child)?.what, self.children.get(child)?.as_ref()?))
    }
}

/// What was read for a field of the root.
pub struct Entries {
    /// The list; or the objects, those of a noun on one level.
    pub levels: Vec<Level>,
    /// Where each object is; none where it is not there. A list has none of these.
    pub items: Vec<Option<Item>>,
}

/// Where an object is that the root leads to.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// The number of its noun among those that are asked for.
    pub noun: usize,
    /// The number of its level.
    pub level: usize,
    /// The number of its page there.
    pub page: usize,
}

impl Entries {
    /// One object.
    fn one(noun: usize, level: Level) -> Self {
        Self { levels: vec![level], items: vec![Some(Item { noun, level: 0, page: 0 })] }
    }
}

/// What was read for a field of the root; or why nothing was.
pub type Read = Result<Entries, Error>;

/// The keys by which something is found behind rows.
#[derive(Default)]
struct Keys {
    all: Vec<Key>,
    numbers: Keyed<usize>,
}

impl Keys {
    fn number(&mut self, key: Key) -> usize {
        *self.numbers.entry(key).or_insert_with_key(|key| {
            self.all.push(key.clone());
            self.all.len() - 1
        })
    }
}

/// A list of an object, by its number among what is read behind it, that was read before the object.
type Known = (usize, Result<Level, Error>);

impl Asking<'_> {
    fn reading<'a>(&'a self, rows: &'a Rows) -> Reading<'a> {
        let backend = self.reader.db().get_database_backend();
        let (variables, languages) = (self.variables, self.languages);
        Reading { reads: &rows.reads, visible: self.reader.visible(), backend, languages, variables }
    }

    fn wants(&self, any: &[When]) -> bool {
        any.iter().any(|when| self.mask.has(*when))
    }

    fn fail(&self, error: DbErr) -> Error {
        self.reader.fail(error)
    }

    /// The arguments of a field, as they are in this request.
    pub fn arguments(&self, asked: &Asked) -> Vec<(String, Value)> {
        let resolved = asked.arguments.iter();
        resolved.filter_map(|(name, value)| Some((name.clone(), resolve(value, self.variables)?))).collect()
    }

    /// Reads what a field of the root leads to; none where it is not wanted, or where nothing has to be read for it.
    pub async fn root(&self, root: &Slot<Root>) -> Option<Read> {
        if !self.mask.has(root.when) {
            return None;
        }
        Some(match &root.what {
            Root::TypeName(_) | Root::Own(_) => return None,
            Root::List(list) => {
                let read = self.list(list, &[], self.reader.largest_page(), None).await;
                read.map(|(level, _)| Entries { levels: vec![level], items: Vec::new() })
            }
            Root::One(one) => self.one(one).await.map(|level| Entries::one(0, level)),
            Root::Node(ones) => self.node(ones).await,
            Root::Nodes(asked, ones) => self.nodes(asked, ones).await,
        })
    }

    /// Reads an object of the root: a level of one row, or of none.
    async fn one(&self, one: &One) -> Result<Level, Error> {
        let arguments = self.arguments(&one.asked);
        let condition = match one.entry {
            Entry::Key(_, name, key) => return self.keyed(one, key(argument(&arguments, name))?).await,
            Entry::Mine(_, key) => {
                return match key(self.reader.visible()) {
                    Some(key) => self.keyed(one, key).await,
                    None => Ok(Level::default()),
                };
            }
            Entry::By(_, condition) => condition(argument(&arguments, "by"))?,
            Entry::Node | Entry::Nodes | Entry::Own | Entry::List(_) => {
                return Err(self.reader.fail("this leads to no one object"));
            }
        };
        let rows = self.rows(self.reading(&one.rows).all(condition)).await?;
        self.object(one, Level { rows, ..Level::default() }, None).await
    }

    /// Reads the object that an opaque id names.
    async fn node(&self, ones: &[One]) -> Result<Entries, Error> {
        let [first, ..] = ones else { return Err(self.reader.fail("there is no noun")) };
        let (noun, key) = self.named(&parsed::<ID>(argument(&self.arguments(&first.asked), "id"))?, ones)?;
        Ok(Entries::one(noun, self.keyed(&ones[noun], key).await?))
    }

    /// Reads the objects that opaque ids name: those of a noun at once.
    async fn nodes(&self, asked: &Asked, ones: &[One]) -> Result<Entries, Error> {
        let ids: Vec<ID> = parsed(argument(&self.arguments(asked), "ids"))?;
        if ids.len() > MOST_NODES {
            return Err(bad_input(format!("`ids` takes at most {MOST_NODES} ids, not {}", ids.len())));
        }
        let named = ids.iter().map(|id| self.named(id, ones)).collect::<Result<Vec<_>, _>>()?;
        let mut keys: BTreeMap<usize, Keys> = BTreeMap::new();
        let mut items = Vec::with_capacity(named.len());
        for (noun, key) in named {
            let page = keys.entry(noun).or_default().number(key);
            items.push((noun, page));
        }
        let places: Vec<usize> = keys.keys().copied().collect();
        let reads = keys.into_iter().map(|(noun, keys)| self.objects(&ones[noun].rows, keys));
        let levels = try_join_all(reads).await?;
        let item = |(noun, page): (usize, usize)| {
            let level = places.iter().position(|known| *known == noun)?;
            Some(Item { noun, level, page })
        };
        Ok(Entries { levels, items: items.into_iter().map(item).collect() })
    }

    /// The number of the noun among `ones` whose object an opaque id names, and its key.
    fn named(&self, id: &ID, ones: &[One]) -> Result<(usize, Key), Error> {
        let (kind, key) = parse_id(id)?;
        let kind = format!("{kind:?}");
        let noun = ones.iter().position(|one| one.rows.reads.noun.name == kind);
        Ok((noun.ok_or_else(|| self.reader.fail(format!("{kind} is no noun")))?, key))
    }

    /// Reads the object of which the key is known.
    async fn keyed(&self, one: &One, key: Key) -> Result<Level, Error> {
        let mut known = None;
        if let Some((list, read)) = self.with_list(one, &key).await {
            match read {
                Ok((level, Some(from))) => {
                    let object = Level { rows: level.rows.clone(), from, ..Level::default() };
                    return self.object(one, object, Some((list, Ok(level)))).await;
                }
                other => known = Some((list, other.map(|(level, _)| level))),
            }
        }
        let reading = self.reading(&one.rows);
        let rows = self.rows(reading.all(reading.is_one_of(&[key]))).await?;
        self.object(one, Level { rows, ..Level::default() }, known).await
    }

    async fn object(&self, one: &One, mut level: Level, known: Option<Known>) -> Result<Level, Error> {
        level.pages = vec![Found { rows: 0..level.rows.len().min(1), more: false }];
        self.behind(&one.rows, level, known).await
    }

    /// Reads the first list of an object of which the key is known, and the object with it: it need not be asked for by itself any
    /// more, unless the list is empty. None where it has no such list.
    async fn with_list(&self, one: &One, key: &Key) -> Option<(usize, Result<(Level, Option<usize>), Error>)> {
        let Rows { reads, children } = &one.rows;
        if !reads.joins.is_empty() || reads.cells.len() > MOST_OF_OBJECT {
            return None;
        }
        let list = one.object.iter().find_map(|slot| {
            let Shown::List(number) = slot.what else { return None };
            let Behind::List(list) = &children[number].what else { return None };
            (self.mask.has(slot.when) && self.wants(&list.reads_rows)).then_some((number, list))
        });
        let (number, list) = list?;
        let object = self.reading(&one.rows);
        Some((number, self.list(list, std::slice::from_ref(key), LARGEST_PAGE, Some(object)).await))
    }

    async fn rows(&self, statement: Statement) -> Result<Arc<Vec<QueryResult>>, Error> {
        self.query(statement).await.map(Arc::new)
    }

    async fn query(&self, statement: Statement) -> Result<Vec<QueryResult>, Error> {
        let reader = self.reader.clone();
        self.reader.in_step(async move { reader.db().query_all_raw(statement).await }).await
    }

    /// Reads a list of each of `keys`, and the object with it whose list it is. With what was read comes the place in its rows from
    /// which on those of the object stand.
    async fn list(
        &self,
        list: &List,
        keys: &[Key],
        largest: u64,
        near_side: Option<Reading<'_>>,
    ) -> Result<(Level, Option<usize>), Error> {
        let arguments = self.arguments(&list.asked);
        let noun = list.rows.reads.noun;
        let window = Window::new(noun, &arguments, largest)?;
        let condition = match argument(&arguments, "filter") {
            Value::Null => Condition::all(),
            filter => (noun.condition)(filter, &Scope::new(self.reader))?,
        };
        let places: Vec<usize> = if list.tells_places { window.columns().collect() } else { Vec::new() };
        let behind = list.rows.reads.cells.len() + places.len();
        let pages = async {
            let mut pages = vec![Found::default(); keys.len().max(1)];
            if !self.wants(&list.reads_rows) {
                return Ok((Vec::new(), pages));
            }
            let (near, condition) = (&list.near, condition.clone());
            let page = Page { near, condition, window: &window, more: &places, keys, near_side };
            let mut rows = self.query(self.reading(&list.rows).page(&page)).await?;
            let divided = divide(&mut rows, (keys.len() > 1).then_some(behind), &window, &mut pages);
            divided.map_err(|error| self.fail(error))?;
            Ok((rows, pages))
        };
        let counts = try_join(self.counts(list, &condition, keys), pages);
        let groups = list.groups.iter().map(async |(when, asked)| {
            if self.mask.has(*when) { Some(self.groups(list, asked, &condition, keys).await) } else { None }
        });
        let (read, groups) = join(counts, join_all(groups)).await;
        let (counts, (rows, pages)) = read?;
        // Its list may have rows where it may not be seen itself.
        let object = match (near_side.and_then(|near| near.reads.id_at()), rows.first()) {
            (Some(key), Some(row)) => {
                let missing = row::is_null(row, behind + key).map_err(|error| self.fail(error))?;
                (!missing).then_some(behind)
            }
            _ => None,
        };
        let level = Level { rows: Arc::new(rows), pages, counts, groups, window: Some(window), ..Level::default() };
        Ok((self.behind(&list.rows, level, None).await?, object))
    }

    async fn counts(&self, list: &List, condition: &Condition, keys: &[Key]) -> Result<Vec<i64>, Error> {
        if !self.wants(&list.counts) {
            return Ok(Vec::new());
        }
        let counted = self.reading(&list.rows).counted(&list.near, condition.clone(), keys);
        let (near, reader, of) = (list.near.clone(), self.reader.clone(), keys.to_vec());
        let counts: Keyed<i64> =
            self.reader.in_step(async move { near.count(counted, &reader, &of).await }).await?;
        if keys.is_empty() {
            return Ok(counts.into_values().collect());
        }
        Ok(keys.iter().map(|key| counts.get(key).copied().unwrap_or_default()).collect())
    }

    async fn groups(
        &self,
        list: &List,
        asked: &Asked,
        condition: &Condition,
        keys: &[Key],
    ) -> Result<Vec<Vec<ConnectionGroup>>, Error> {
        let arguments = self.arguments(asked);
        let fields: Vec<String> = parsed(argument(&arguments, "fields"))?;
        let of: Option<String> = parsed(argument(&arguments, "of"))?;
        // Null is no number, also where nothing at all would be.
        let first = match arguments.iter().find(|(name, _)| name == "first") {
            Some((_, first)) => parsed(first.clone())?,
            None => USUAL_GROUPS,
        };
        let groups = (list.rows.reads.noun.groups)(self.reader.visible());
        let (grouping, told) = grouping(&groups, &fields, of.as_deref(), first)?;
        let counted = self.reading(&list.rows).counted(&list.near, condition.clone(), keys);
        let (near, reader, of) = (list.near.clone(), self.reader.clone(), keys.to_vec());
        let count = async move { grouping.count(&near, counted, &reader, &of).await };
        let mut found: Keyed<Vec<Grouped>> = self.reader.in_step(count).await?;
        let told = |groups: Option<Vec<Grouped>>| {
            groups.unwrap_or_default().into_iter().map(|group| told.tell(group)).collect()
        };
        if keys.is_empty() {
            return Ok(vec![told(found.drain().map(|(_, groups)| groups).next())]);
        }
        Ok(keys.iter().map(|key| told(found.remove(key))).collect())
    }

    /// Reads what stands behind the rows of a level, but for the list that is there already.
    fn behind<'a>(&'a self, rows: &'a Rows, level: Level, known: Option<Known>) -> BoxFuture<'a, Result<Level, Error>> {
        Box::pin(async move {
            let mut known = known;
            let mut reads = Vec::with_capacity(rows.children.len());
            for (number, child) in rows.children.iter().enumerate() {
                let there = known.take_if(|known| known.0 == number).map(|known| known.1);
                let mut keys = Keys::default();
                let mut numbers = vec![vec![None; level.rows.len()]; child.from.len()];
                let wanted = || child.from.iter().zip(0..).filter(|((_, when), _)| self.mask.has(*when));
                for ((from, _), of) in wanted() {
                    for row in level.pages.iter().flat_map(|page| page.rows.clone()) {
                        let key = value::key(&level.rows[row], level.from + from, &child.holds);
                        numbers[of][row] = key.map_err(|error| self.fail(error))?.map(|key| keys.number(key));
                    }
                }
                let is_wanted = wanted().next().is_some();
                reads.push(async move {
                    if !is_wanted {
                        return None;
                    }
                    let level = match (there, keys.all.is_empty()) {
                        (Some(there), _) => there,
                        (None, true) => Ok(Level::default()),
                        (None, false) => self.child(&child.what, keys).await,
                    };
                    Some(Lower { numbers, level })
                });
            }
            let children = join_all(reads).await;
            Ok(Level { children, ..level })
        })
    }

    async fn child(&self, what: &Behind, keys: Keys) -> Result<Level, Error> {
        match what {
            Behind::List(list) => self.list(list, &keys.all, LARGEST_PAGE, None).await.map(|(level, _)| level),
            Behind::One(rows) => self.objects(rows, keys).await,
        }
    }

    /// Reads the objects that keys identify: each has a page, of one row or of none.
    async fn objects(&self, rows: &Rows, keys: Keys) -> Result<Level, Error> {
        let reading = self.reading(rows);
        let read = self.rows(reading.all(reading.is_one_of(&keys.all))).await?;
        let mut pages = vec![Found::default(); keys.all.len()];
        let table = &rows.reads.noun.table;
        let at = rows.reads.id_at().ok_or_else(|| self.reader.fail("a row is read without its key"))?;
        for (number, row) in read.iter().enumerate() {
            let key = value::key(row, at, &table.columns[table.id].holds).map_err(|error| self.fail(error))?;
            if let Some(place) = key.and_then(|key| keys.numbers.get(&key)) {
                pages[*place].rows = number..number + 1;
            }
        }
        self.behind(rows, Level { rows: read, pages, ..Level::default() }, None).await
    }
}

/// Divides rows into the pages of their near sides, which come one after another: the number of each, from 1, stands at a place of its
/// rows where there are several.
fn divide(rows: &mut [QueryResult], number: Option<usize>, window: &Window, pages: &mut [Found]) -> Result<(), DbErr> {
    let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
    let near_of = |row: &QueryResult| number.map_or(Ok(1), |at| row.try_get_by_index::<i64>(at));
    let mut begin = 0;
    while begin < rows.len() {
        let near = near_of(&rows[begin])?;
        let mut end = begin + 1;
        while end < rows.len() && near_of(&rows[end])? == near {
            end += 1;
        }
        let shown = begin..end.min(begin + limit);
        if window.backward {
            rows[shown.clone()].reverse();
        }
        if let Some(page) = usize::try_from(near - 1).ok().and_then(|near| pages.get_mut(near)) {
            *page = Found { more: end - begin > limit, rows: shown };
        }
        begin = end;
    }
    Ok(())
}
