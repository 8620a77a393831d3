//! One loader for the whole graph.
//!
//! Resolvers ask a [`Reader`] for rows, one key at a time, and wait. While any of them can still run, nothing is sent; when
//! all of them wait, each group of like questions goes out as one SQL statement, and the next level begins when all answers
//! are there. So the number of statements depends on the depth of a query, never on its rows, and is the same in every run:
//! there is no timer that a slow machine could miss.

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};

use foldhash::fast::RandomState;
use futures::channel::oneshot;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, Stream};
use sea_orm::{DbErr, Value};
use uuid::Uuid;

use super::error::{Shared, fault, written_fault};
use super::page::LARGEST_PAGE;
use crate::access::Visible;
use crate::clock::Clock;
use crate::db::{Db, Readers};
use crate::error::Classified;

/// What rows are looked up by: the id of a record, the code of a country, or the position of an event.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// Of a record.
    Id(Uuid),
    /// Of a country.
    Code(String),
    /// Of an event.
    Long(i64),
}

impl Key {
    /// The key that a column holds: an id, a code or a position. None where it is null.
    pub fn of(value: impl Into<sea_orm::Value>) -> Option<Self> {
        match value.into() {
            sea_orm::Value::Uuid(id) => id.map(Self::Id),
            sea_orm::Value::String(code) => code.map(Self::Code),
            sea_orm::Value::BigInt(number) => number.map(Self::Long),
            other => unreachable!("{other:?} identifies nothing"),
        }
    }

    /// The id in 32 hexadecimal digits, the code, or the position.
    pub fn text(&self) -> String {
        match self {
            Self::Id(id) => id.simple().to_string(),
            Self::Code(code) => code.clone(),
            Self::Long(number) => number.to_string(),
        }
    }
}

impl From<Key> for sea_orm::Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Id(id) => id.into(),
            Key::Code(code) => code.into(),
            Key::Long(number) => number.into(),
        }
    }
}

/// What is found by keys. A request has thousands of them, and hashes none but those of its rows: they need no hasher
/// that withstands an attack.
pub type Keyed<T> = HashMap<Key, T, RandomState>;

/// A question that can be put for many keys in one statement.
pub trait Fetch: Send + Sync + 'static {
    /// The answer for one key.
    type Answer: Send + Sync + 'static;

    /// Puts the question for all `keys` at once.
    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> Fetched<Self::Answer>;
}

/// A statement on its way.
pub type Fetched<A> = BoxFuture<'static, Result<Answers<A>, DbErr>>;

/// The answers of one statement by their keys; a key without one has nothing there.
pub struct Answers<A> {
    known: Known,
    of: PhantomData<A>,
}

/// Answers without their type, so that what happens to all of them alike is compiled once.
type Known = Keyed<Arc<dyn Any + Send + Sync>>;

impl<A> Default for Answers<A> {
    fn default() -> Self {
        Self { known: Known::default(), of: PhantomData }
    }
}

impl<A: Send + Sync + 'static> Answers<A> {
    /// Adds that for a key.
    pub fn add(&mut self, key: Key, answer: A) {
        self.known.insert(key, Arc::new(answer));
    }
}

impl<A: Send + Sync + 'static> FromIterator<(Key, A)> for Answers<A> {
    fn from_iter<I: IntoIterator<Item = (Key, A)>>(answers: I) -> Self {
        let mut all = Self::default();
        answers.into_iter().for_each(|(key, answer)| all.add(key, answer));
        all
    }
}

/// A question without the type of its answers.
trait Question: Send + Sync {
    fn put(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> Putting;
}

type Putting = BoxFuture<'static, Result<Known, DbErr>>;

impl<F: Fetch> Question for F {
    fn put(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> Putting {
        let fetched = self.fetch(reader, keys);
        Box::pin(async move { fetched.await.map(|answers| answers.known) })
    }
}

/// Reads for one request: what the actor may see, each row once.
pub struct Reader {
    db: Readers,
    heavy: Readers,
    visible: Visible,
    clock: Clock,
    largest_page: u64,
    /// Whether a write of this request was committed.
    written: AtomicBool,
    /// How many numbers were given out ([`Reader::mark`]).
    marks: AtomicUsize,
    /// Rows that need not be read, by the names of their tables and by their keys; each with the values of all columns.
    told: Mutex<Keyed<(String, Arc<Vec<Value>>)>>,
    /// What was made of parts of the document, by name.
    made: Mutex<HashMap<String, Arc<dyn Any + Send + Sync>, RandomState>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// In a fixed order, so that statements go out in the same order in every run.
    groups: BTreeMap<Name, Group>,
    direct: Vec<BoxFuture<'static, ()>>,
    kinds: HashMap<TypeId, usize, RandomState>,
}

/// The place of the question's type among those that the request met, and what tells it from others of its type.
type Name = (usize, Cow<'static, str>);

/// What is known of a key, if it is there.
type Answer = Option<Arc<dyn Any + Send + Sync>>;

/// Told when the statement that somebody waits for is answered.
type Sender = oneshot::Sender<Result<(), Shared>>;

/// What was asked for in one way.
struct Group {
    question: Arc<dyn Question>,
    waiting: Asked,
    /// What was answered.
    answers: Keyed<Answer>,
}

/// What one statement asks for.
#[derive(Default)]
struct Asked {
    keys: HashSet<Key, RandomState>,
    by: Vec<Sender>,
}

impl Group {
    fn start(&mut self, name: &Name, reader: &Arc<Reader>) -> Option<BoxFuture<'static, ()>> {
        if self.waiting.keys.is_empty() {
            return None;
        }
        let asked = std::mem::take(&mut self.waiting);
        let mut keys: Vec<Key> = asked.keys.iter().cloned().collect();
        // The same in every run.
        keys.sort_unstable();
        let statement = self.question.clone().put(reader.clone(), keys);
        let (reader, name) = (reader.clone(), name.clone());
        Some(Box::pin(async move {
            let found = statement.await.map_err(Arc::new);
            if let Some(group) = reader.state().groups.get_mut(&name) {
                group.answer(asked, found);
            }
        }))
    }

    fn answer(&mut self, asked: Asked, found: Result<Known, Shared>) {
        let Asked { keys, by } = asked;
        let answered = found.map(|mut found| {
            let answers = keys.into_iter().map(|key| {
                let answer = found.remove(&key);
                (key, answer)
            });
            self.answers.extend(answers);
        });
        for sender in by {
            // A field that no longer waits was dropped with its request.
            let _ = sender.send(answered.clone());
        }
    }

    /// Asks for what is not known yet, if there is such. Nothing is under way meanwhile: the driver lets nobody ask before a level is
    /// answered.
    fn ask(&mut self, keys: &[Key]) -> Option<oneshot::Receiver<Result<(), Shared>>> {
        let mut waits = false;
        for key in keys.iter().filter(|key| !self.answers.contains_key(key)) {
            if !self.waiting.keys.contains(key) {
                self.waiting.keys.insert(key.clone());
            }
            waits = true;
        }
        if !waits {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        self.waiting.by.push(sender);
        Some(receiver)
    }
}

impl State {
    fn group(
        &mut self,
        kind: TypeId,
        name: Cow<'static, str>,
        question: impl FnOnce() -> Arc<dyn Question>,
    ) -> &mut Group {
        let known = self.kinds.len();
        let kind = *self.kinds.entry(kind).or_insert(known);
        self.groups.entry((kind, name)).or_insert_with(|| Group {
            question: question(),
            waiting: Asked::default(),
            answers: Keyed::default(),
        })
    }

    /// What a group has been answered.
    fn known(&self, kind: TypeId, name: Cow<'static, str>) -> Option<&Keyed<Answer>> {
        Some(&self.groups.get(&(*self.kinds.get(&kind)?, name))?.answers)
    }
}

/// An answer with its type.
fn typed<F: Fetch>(answer: Arc<dyn Any + Send + Sync>) -> Arc<F::Answer> {
    answer.downcast().unwrap_or_else(|_| unreachable!("groups are kept by the type of their question"))
}

impl Reader {
    /// A reader for one request.
    pub fn new(db: &Db, visible: Visible, clock: Clock) -> Arc<Self> {
        Self::over((db.reading().clone(), db.heavy().clone()), visible, clock, LARGEST_PAGE)
    }

    /// A reader for one request that may take long, whose lists may have pages of `largest_page` nodes.
    pub fn of_heavy(db: &Db, visible: Visible, clock: Clock, largest_page: u64) -> Arc<Self> {
        Self::over((db.heavy().clone(), db.heavy().clone()), visible, clock, largest_page)
    }

    fn over((db, heavy): (Readers, Readers), visible: Visible, clock: Clock, largest_page: u64) -> Arc<Self> {
        let (written, marks) = (AtomicBool::default(), AtomicUsize::default());
        let (told, made, state) = (Mutex::default(), Mutex::default(), Mutex::default());
        Arc::new(Self { db, heavy, visible, clock, largest_page, written, marks, told, made, state })
    }

    /// Nodes on a page of the outermost list at most; a table's own list may have larger pages than others.
    pub fn largest_page(&self) -> u64 {
        self.largest_page
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Forgets what was read and told: after a write nothing of it need be true any more. `written` says whether the write was
    /// committed.
    pub fn forget(&self, written: bool) {
        self.written.fetch_or(written, Ordering::Relaxed);
        self.told.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clear();
        self.state().groups.clear();
    }

    /// The connections to read from.
    pub fn db(&self) -> &Readers {
        &self.db
    }

    /// The connections for statements that may read a whole table.
    pub fn heavy(&self) -> &Readers {
        &self.heavy
    }

    /// What the actor may see.
    pub fn visible(&self) -> &Visible {
        &self.visible
    }

    /// The clock of the register.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Turns a failure of the database into what the client may know of it.
    pub fn fail(&self, error: impl Classified) -> async_graphql::Error {
        let fault = if self.written.load(Ordering::Relaxed) { written_fault } else { fault };
        fault(error, self.clock.id())
    }

    /// Asks for one key; none where nothing is there. Questions of the same type and `name` share a statement.
    pub async fn load<F: Fetch>(
        &self,
        name: impl Into<Cow<'static, str>>,
        question: impl FnOnce() -> F,
        key: Key,
    ) -> async_graphql::Result<Option<Arc<F::Answer>>> {
        let mut answers = self.load_all(name, question, std::slice::from_ref(&key)).await?;
        Ok(answers.pop().flatten())
    }

    /// Asks for keys at once; the answers come in their order.
    pub async fn load_all<F: Fetch>(
        &self,
        name: impl Into<Cow<'static, str>>,
        question: impl FnOnce() -> F,
        keys: &[Key],
    ) -> async_graphql::Result<Vec<Option<Arc<F::Answer>>>> {
        let (kind, name) = (TypeId::of::<F>(), name.into());
        let question = || -> Arc<dyn Question> { Arc::new(question()) };
        let asked = self.state().group(kind, name.clone(), question).ask(keys);
        if let Some(asked) = asked {
            self.wait(asked).await?;
        }
        let answers: Option<_> = self.state().known(kind, name).and_then(|known| {
            let answers = keys.iter().map(|key| known.get(key).map(|answer| answer.clone().map(typed::<F>)));
            answers.collect()
        });
        answers.ok_or_else(|| self.fail("what was read is forgotten before it is used"))
    }

    /// Runs a question of its own in step with the others.
    pub async fn run<T: Send + 'static>(
        &self,
        question: impl Future<Output = Result<T, DbErr>> + Send + 'static,
    ) -> async_graphql::Result<T> {
        let (sender, receiver) = oneshot::channel();
        self.state().direct.push(Box::pin(async move {
            let _ = sender.send(question.await.map_err(Arc::new));
        }));
        self.wait(receiver).await
    }

    /// Is told a row of a table that is to be shown, with the values of all columns: it is not read, nor asked whether it may be seen.
    pub fn tell(&self, table: &str, key: Key, values: Vec<Value>) {
        let mut told = self.told.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        told.insert(key, (table.to_owned(), Arc::new(values)));
    }

    /// What it was told of rows; none unless it was told all of them.
    pub fn told(&self, table: &str, keys: &[Key]) -> Option<Vec<Arc<Vec<Value>>>> {
        let told = self.told.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let values = |key| told.get(key).filter(|(of, _)| of == table).map(|(_, values)| values.clone());
        keys.iter().map(values).collect()
    }

    /// What is made of a part of the document once for the request, which a name tells from others of its type.
    pub fn kept<T: Send + Sync + 'static>(&self, name: &str, make: impl FnOnce() -> Option<T>) -> Option<Arc<T>> {
        let made = || self.made.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let known = made().get(name).cloned();
        if let Some(known) = known.and_then(|known| known.downcast().ok()) {
            return Some(known);
        }
        let new = Arc::new(make()?);
        made().insert(name.to_owned(), new.clone());
        Some(new)
    }

    /// A number that the request had none of before.
    pub fn mark(&self) -> usize {
        self.marks.fetch_add(1, Ordering::Relaxed)
    }

    async fn wait<T>(&self, receiver: oneshot::Receiver<Result<T, Shared>>) -> async_graphql::Result<T> {
        match receiver.await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.fail(error)),
            Err(_) => Err(self.fail("a read was dropped before it was answered")),
        }
    }

    /// Everything that waits, as futures to be run together.
    fn start(self: &Arc<Self>) -> Vec<BoxFuture<'static, ()>> {
        let mut state = self.state();
        let mut started = std::mem::take(&mut state.direct);
        started.extend(state.groups.iter_mut().filter_map(|(name, group)| group.start(name, self)));
        started
    }

    /// Runs an execution whose resolvers read through this reader.
    pub fn drive<T>(self: Arc<Self>, execution: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
        Drive { reader: self, execution: Box::pin(execution), running: FuturesUnordered::new() }
    }
}

struct Drive<X> {
    reader: Arc<Reader>,
    execution: Pin<Box<X>>,
    running: FuturesUnordered<BoxFuture<'static, ()>>,
}

/// Notices whether the execution asked to be polled again, and passes that on.
struct Noticed {
    woken: AtomicBool,
    outer: Waker,
}

impl Wake for Noticed {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        self.outer.wake_by_ref();
    }
}

impl<X: Future> Future for Drive<X> {
    type Output = X::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let noticed = Arc::new(Noticed { woken: AtomicBool::new(false), outer: context.waker().clone() });
        let waker = Waker::from(noticed.clone());
        loop {
            // Nobody asks while a level is under way: what is known then would hang from which statement is answered first.
            while let Poll::Ready(Some(())) = Pin::new(&mut self.running).poll_next(context) {}
            if !self.running.is_empty() {
                return Poll::Pending;
            }
            noticed.woken.store(false, Ordering::SeqCst);
            if let Poll::Ready(output) = self.execution.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Poll::Ready(output);
            }
            if noticed.woken.load(Ordering::SeqCst) {
                continue;
            }
            // All resolvers wait, and no statement is on its way: the level is complete.
            let started = self.reader.start();
            if started.is_empty() {
                return Poll::Pending;
            }
            self.running.extend(started);
        }
    }
}
