//! Like questions of one request: what is asked of each, who waits for it, and what was answered.

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;
use futures::channel::oneshot;
use futures::future::BoxFuture;

use super::level_loader::{ErasedLoader, Known};
use super::{Key, Keyed, Reader};
use crate::graphql::error::Shared;

/// What a request asks for, and what it was answered.
#[derive(Default)]
pub(super) struct State {
    /// In a fixed order, so that statements go out in the same order in every run.
    pub(super) groups: BTreeMap<Name, Group>,
    pub(super) direct: Vec<BoxFuture<'static, ()>>,
    kinds: HashMap<TypeId, usize, RandomState>,
}

/// The place of the question's type among those that the request met, and what tells it from others
/// of its type.
pub(super) type Name = (usize, Cow<'static, str>);

/// What is known of a key, if it is there.
pub(super) type Answer = Option<Arc<dyn Any + Send + Sync>>;

/// Told when the statement that somebody waits for is answered.
type Sender = oneshot::Sender<Result<(), Shared>>;

/// What was asked for in one way.
pub(super) struct Group {
    loader: Arc<dyn ErasedLoader>,
    waiting: PendingLoad,
    /// What was answered.
    answers: Keyed<Answer>,
}

/// What one statement asks for.
#[derive(Default)]
struct PendingLoad {
    keys: HashSet<Key, RandomState>,
    by: Vec<Sender>,
}

impl Group {
    pub(super) fn start(
        &mut self,
        name: &Name,
        reader: &Arc<Reader>,
    ) -> Option<BoxFuture<'static, ()>> {
        if self.waiting.keys.is_empty() {
            return None;
        }
        let asked = std::mem::take(&mut self.waiting);
        let mut keys: Vec<Key> = asked.keys.iter().cloned().collect();
        // The same in every run.
        keys.sort_unstable();
        let statement = self.loader.clone().put(reader.clone(), keys);
        let (reader, name) = (reader.clone(), name.clone());
        Some(Box::pin(async move {
            let found = statement.await.map_err(Arc::new);
            if let Some(group) = reader.state().groups.get_mut(&name) {
                group.answer(asked, found);
            }
        }))
    }

    fn answer(&mut self, asked: PendingLoad, found: Result<Known, Shared>) {
        let PendingLoad { keys, by } = asked;
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

    /// Asks for what is not known yet, if there is such. Nothing is under way meanwhile: the driver
    /// lets nobody ask before a level is answered.
    pub(super) fn ask(&mut self, keys: &[Key]) -> Option<oneshot::Receiver<Result<(), Shared>>> {
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
    pub(super) fn group(
        &mut self,
        kind: TypeId,
        name: Cow<'static, str>,
        loader: impl FnOnce() -> Arc<dyn ErasedLoader>,
    ) -> &mut Group {
        let known = self.kinds.len();
        let kind = *self.kinds.entry(kind).or_insert(known);
        self.groups.entry((kind, name)).or_insert_with(|| Group {
            loader: loader(),
            waiting: PendingLoad::default(),
            answers: Keyed::default(),
        })
    }

    /// What a group has been answered.
    pub(super) fn known(&self, kind: TypeId, name: Cow<'static, str>) -> Option<&Keyed<Answer>> {
        Some(&self.groups.get(&(*self.kinds.get(&kind)?, name))?.answers)
    }
}
