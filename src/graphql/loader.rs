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
use sea_orm::DbErr;
use uuid::Uuid;

use super::error::{Shared, fault, written_fault};
use super::page::LARGEST_PAGE;
use crate::access::Visible;
use crate::clock::Clock;
use crate::db::row::Columns;
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

    /// Puts the question for all `keys` at once. Of rows, `columns` are wanted.
    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>, columns: Columns) -> Fetched<Self::Answer>;
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
    /// Whether there is one for a key.
    pub fn has(&self, key: &Key) -> bool {
        self.known.contains_key(key)
    }

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
    fn put(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>, columns: Columns) -> Putting;
}

type Putting = BoxFuture<'static, Result<Known, DbErr>>;

impl<F: Fetch> Question for F {
    fn put(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>, columns: Columns) -> Putting {
        let fetched = self.fetch(reader, keys, columns);
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
    /// Whether it runs an execution, in whose step questions are put.
    driven: AtomicBool,
    marks: AtomicUsize,
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
    /// What was answered, and what of the rows had been read for it.
    answers: Keyed<(Columns, Answer)>,
}

/// What one statement asks for.
#[derive(Default)]
struct Asked {
    keys: HashSet<Key, RandomState>,
    /// What of the rows is wanted.
    columns: Columns,
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
        let statement = self.question.clone().put(reader.clone(), keys, asked.columns);
        let (reader, name) = (reader.clone(), name.clone());
        Some(Box::pin(async move {
            let found = statement.await.map_err(Arc::new);
            if let Some(group) = reader.state().groups.get_mut(&name) {
                group.answer(asked, found);
            }
        }))
    }

    fn answer(&mut self, asked: Asked, found: Result<Known, Shared>) {
        let Asked { keys, columns, by } = asked;
        let answered = found.map(|mut found| {
            for key in keys {
                let answer = found.remove(&key);
                // Another statement of the level may have told more meanwhile: in whichever order they come, the same is known.
                let known = self.answers.entry(key).or_default();
                if !known.0.have(columns) || known.1.is_none() {
                    *known = (columns, answer);
                }
            }
        });
        for sender in by {
            // A field that no longer waits was dropped with its request.
            let _ = sender.send(answered.clone());
        }
    }

    /// Takes what more is known than was.
    fn know(&mut self, columns: Columns, found: Known) {
        self.answers.reserve(found.len());
        for (key, answer) in found {
            let known = self.answers.entry(key).or_default();
            // What else is known of the row is what somebody asked for.
            if columns.have(known.0) {
                *known = (columns, Some(answer));
            }
        }
    }

    /// Asks for what is not known yet, if there is such. Nothing is under way meanwhile: the driver lets nobody ask before a level is
    /// answered.
    fn ask(&mut self, keys: &[Key], columns: Columns) -> Option<oneshot::Receiver<Result<(), Shared>>> {
        let mut waits = false;
        for key in keys {
            let known = self.answers.get(key).map(|known| known.0);
            if known.is_some_and(|known| known.have(columns)) {
                continue;
            }
            // What is read again is read with all that was wanted of it so far.
            let wanted = known.unwrap_or_default().and(columns);
            self.waiting.columns = self.waiting.columns.and(wanted);
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
    fn known(&self, kind: TypeId, name: Cow<'static, str>) -> Option<&Keyed<(Columns, Answer)>> {
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
        let (written, driven) = (AtomicBool::default(), AtomicBool::default());
        let (marks, state) = (AtomicUsize::default(), Mutex::default());
        Arc::new(Self { db, heavy, visible, clock, largest_page, written, driven, marks, state })
    }

    /// Nodes on a page of the outermost list at most; see [`Reading::largest_page`](super::context::Reading::largest_page).
    pub fn largest_page(&self) -> u64 {
        self.largest_page
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Forgets what was read: after a write, which stands alone in its request, nothing of it need be true any more. `written` says
    /// whether the write was committed.
    pub fn forget(&self, written: bool) {
        self.written.fetch_or(written, Ordering::Relaxed);
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
        let mut answers = self.load_all(name, question, std::slice::from_ref(&key), Columns::ALL).await?;
        Ok(answers.pop().flatten())
    }

    /// Asks for keys at once; the answers come in their order. Of rows, no more than `columns` need be read.
    pub async fn load_all<F: Fetch>(
        &self,
        name: impl Into<Cow<'static, str>>,
        question: impl FnOnce() -> F,
        keys: &[Key],
        columns: Columns,
    ) -> async_graphql::Result<Vec<Option<Arc<F::Answer>>>> {
        let (kind, name) = (TypeId::of::<F>(), name.into());
        let question = || -> Arc<dyn Question> { Arc::new(question()) };
        let asked = self.state().group(kind, name.clone(), question).ask(keys, columns);
        if let Some(asked) = asked {
            self.wait(asked).await?;
        }
        let answers: Option<_> = self.state().known(kind, name).and_then(|known| {
            let answers = keys.iter().map(|key| known.get(key).map(|(_, answer)| answer.clone().map(typed::<F>)));
            answers.collect()
        });
        answers.ok_or_else(|| self.fail("what was read is forgotten before it is used"))
    }

    /// Whether it knows the answer for a key already, with so much of the row.
    pub(super) fn knows<F: Fetch>(&self, name: impl Into<Cow<'static, str>>, key: &Key, columns: Columns) -> bool {
        let state = self.state();
        let known = state.known(TypeId::of::<F>(), name.into()).and_then(|known| known.get(key));
        known.is_some_and(|known| known.0.have(columns))
    }

    /// Has been told answers, with no more of the rows than `columns`, by another statement than that of the question.
    pub(super) fn know<F: Fetch>(
        &self,
        name: impl Into<Cow<'static, str>>,
        question: impl FnOnce() -> F,
        columns: Columns,
        answers: Answers<F::Answer>,
    ) {
        let question = || -> Arc<dyn Question> { Arc::new(question()) };
        self.state().group(TypeId::of::<F>(), name.into(), question).know(columns, answers.known);
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

    /// Runs a question in step with the others where there are any: at once where the reader runs no execution.
    pub async fn in_step<T: Send + 'static>(
        &self,
        question: impl Future<Output = Result<T, DbErr>> + Send + 'static,
    ) -> async_graphql::Result<T> {
        if self.driven.load(Ordering::Relaxed) {
            return self.run(question).await;
        }
        question.await.map_err(|error| self.fail(error))
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
        self.driven.store(true, Ordering::Relaxed);
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

#[cfg(test)]
mod tests {
    use entity::country;
    use futures::FutureExt;

    use super::*;

    /// Asks for nothing of a database.
    struct Silent;

    impl Question for Silent {
        fn put(self: Arc<Self>, _: Arc<Reader>, _: Vec<Key>, _: Columns) -> Putting {
            unreachable!("no statement is put here")
        }
    }

    /// What a statement of a level found for a key.
    fn found(key: &Key) -> Known {
        let answer: Arc<dyn Any + Send + Sync> = Arc::new(());
        [(key.clone(), answer)].into_iter().collect()
    }

    #[test]
    fn what_is_known_does_not_hang_from_which_statement_is_answered_first() {
        let column = |name| Columns::named::<country::Entity>(&[name]);
        let (alpha3, numeric) = (column("alpha3"), column("numeric"));
        let key = Key::Code("ID".to_owned());
        let keys = std::slice::from_ref(&key);
        for (asked, told, kept) in [
            (alpha3, numeric, alpha3),
            (alpha3, alpha3.and(numeric), alpha3.and(numeric)),
            (alpha3.and(numeric), numeric, alpha3.and(numeric)),
        ] {
            for told_first in [true, false] {
                let mut group =
                    Group { question: Arc::new(Silent), waiting: Asked::default(), answers: Keyed::default() };
                let waits = group.ask(keys, asked).expect("nothing is known yet");
                let waiting = std::mem::take(&mut group.waiting);
                if told_first {
                    group.know(told, found(&key));
                    group.answer(waiting, Ok(found(&key)));
                } else {
                    group.answer(waiting, Ok(found(&key)));
                    group.know(told, found(&key));
                }
                assert!(waits.now_or_never().is_some_and(|answered| matches!(answered, Ok(Ok(())))));
                assert!(group.answers[&key].0 == kept && group.answers[&key].1.is_some());
                assert!(group.ask(keys, kept).is_none(), "what is kept is not asked for again");
                // What is read again is read with all that was known of the row.
                let more = column("valid_from");
                assert!(group.ask(keys, more).is_some());
                assert!(group.waiting.columns == kept.and(more));
            }
        }
    }
}
