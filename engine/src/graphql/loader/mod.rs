//! One loader for the whole graph.
//!
//! Resolvers ask a [`Reader`] for rows, one key at a time, and wait. While any of them can still
//! run, nothing is sent; when all of them wait, each group of like questions goes out as one SQL
//! statement, and the next level begins when all answers are there. So the number of statements
//! depends on the depth of a query, never on its rows, and is the same in every run: there is no
//! timer that a slow machine could miss.

mod group;
mod key;
mod level_loader;
mod scheduler;

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use foldhash::fast::RandomState;
use futures::channel::oneshot;
use futures::future::BoxFuture;
use sea_orm::{DbErr, Value};

use self::group::State;
pub use self::key::{Key, Keyed};
pub use self::level_loader::{Answers, LevelFuture, LevelLoader};
use self::level_loader::{ErasedLoader, typed};
use super::error::{Shared, fault, written_fault};
use super::page::LARGEST_PAGE;
use crate::access::Visible;
use crate::clock::Clock;
use crate::db::{Db, Readers};
use crate::error::Classified;

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
    /// Rows that need not be read, by the names of their tables and by their keys; each with the
    /// values of all columns.
    kept_rows: Mutex<Keyed<(String, Arc<Vec<Value>>)>>,
    /// What was made of parts of the document, by name.
    made: Mutex<HashMap<String, Arc<dyn Any + Send + Sync>, RandomState>>,
    state: Mutex<State>,
}

impl Reader {
    /// A reader for one request.
    pub fn new(db: &Db, visible: Visible, clock: Clock) -> Arc<Self> {
        Self::over((db.reading().clone(), db.heavy().clone()), visible, clock, LARGEST_PAGE)
    }

    /// A reader for one request that may take long, whose lists may have pages of `largest_page`
    /// nodes.
    pub fn of_heavy(db: &Db, visible: Visible, clock: Clock, largest_page: u64) -> Arc<Self> {
        Self::over((db.heavy().clone(), db.heavy().clone()), visible, clock, largest_page)
    }

    fn over(
        (db, heavy): (Readers, Readers),
        visible: Visible,
        clock: Clock,
        largest_page: u64,
    ) -> Arc<Self> {
        let (written, marks) = (AtomicBool::default(), AtomicUsize::default());
        let (kept_rows, made, state) = (Mutex::default(), Mutex::default(), Mutex::default());
        Arc::new(Self {
            db,
            heavy,
            visible,
            clock,
            largest_page,
            written,
            marks,
            kept_rows,
            made,
            state,
        })
    }

    /// Nodes on a page of the outermost list at most; a table's own list may have larger pages than
    /// others.
    pub fn largest_page(&self) -> u64 {
        self.largest_page
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Forgets what was read and told: after a write nothing of it need be true any more. `written`
    /// says whether the write was committed.
    pub fn forget(&self, written: bool) {
        self.written.fetch_or(written, Ordering::Relaxed);
        self.kept_rows.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clear();
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

    /// Asks for one key; none where nothing is there. Questions of the same type and `name` share a
    /// statement.
    pub async fn load<F: LevelLoader>(
        &self,
        name: impl Into<Cow<'static, str>>,
        loader: impl FnOnce() -> F,
        key: Key,
    ) -> async_graphql::Result<Option<Arc<F::Answer>>> {
        let mut answers = self.load_all(name, loader, std::slice::from_ref(&key)).await?;
        Ok(answers.pop().flatten())
    }

    /// Asks for keys at once; the answers come in their order.
    pub async fn load_all<F: LevelLoader>(
        &self,
        name: impl Into<Cow<'static, str>>,
        loader: impl FnOnce() -> F,
        keys: &[Key],
    ) -> async_graphql::Result<Vec<Option<Arc<F::Answer>>>> {
        let (kind, name) = (TypeId::of::<F>(), name.into());
        let loader = || -> Arc<dyn ErasedLoader> { Arc::new(loader()) };
        let asked = self.state().group(kind, name.clone(), loader).ask(keys);
        if let Some(asked) = asked {
            self.wait(asked).await?;
        }
        let answers: Option<_> = self.state().known(kind, name).and_then(|known| {
            let answers =
                keys.iter().map(|key| known.get(key).map(|answer| answer.clone().map(typed::<F>)));
            answers.collect()
        });
        answers.ok_or_else(|| self.fail("what was read is forgotten before it is used"))
    }

    /// Runs a question of its own in step with the others.
    pub async fn run<T: Send + 'static>(
        &self,
        loader: impl Future<Output = Result<T, DbErr>> + Send + 'static,
    ) -> async_graphql::Result<T> {
        let (sender, receiver) = oneshot::channel();
        self.state().direct.push(Box::pin(async move {
            let _ = sender.send(loader.await.map_err(Arc::new));
        }));
        self.wait(receiver).await
    }

    /// Is told a row of a table that is to be shown, with the values of all columns: it is not
    /// read, nor asked whether it may be seen.
    pub fn keep_row(&self, table: &str, key: Key, values: Vec<Value>) {
        let mut kept_rows = self.kept_rows.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        kept_rows.insert(key, (table.to_owned(), Arc::new(values)));
    }

    /// What it was told of rows; none unless it was told all of them.
    pub fn kept_rows(&self, table: &str, keys: &[Key]) -> Option<Vec<Arc<Vec<Value>>>> {
        let kept_rows = self.kept_rows.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let values = |key| {
            kept_rows.get(key).filter(|(of, _)| of == table).map(|(_, values)| values.clone())
        };
        keys.iter().map(values).collect()
    }

    /// What is made of a part of the document once for the request, which a name tells from others
    /// of its type.
    pub fn kept<T: Send + Sync + 'static>(
        &self,
        name: &str,
        make: impl FnOnce() -> Option<T>,
    ) -> Option<Arc<T>> {
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

    async fn wait<T>(
        &self,
        receiver: oneshot::Receiver<Result<T, Shared>>,
    ) -> async_graphql::Result<T> {
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
}
