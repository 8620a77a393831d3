//! Questions that can be put for many keys in one statement, and their answers.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use futures::future::BoxFuture;
use sea_orm::DbErr;

use super::{Key, Keyed, Reader};

/// A question that can be put for many keys in one statement.
pub trait LevelLoader: Send + Sync + 'static {
    /// The answer for one key.
    type Answer: Send + Sync + 'static;

    /// Puts the question for all `keys` at once.
    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> LevelFuture<Self::Answer>;
}

/// A statement on its way.
pub type LevelFuture<A> = BoxFuture<'static, Result<Answers<A>, DbErr>>;

/// The answers of one statement by their keys; a key without one has nothing there.
pub struct Answers<A> {
    known: Known,
    of: PhantomData<A>,
}

/// Answers without their type, so that what happens to all of them alike is compiled once.
pub(super) type Known = Keyed<Arc<dyn Any + Send + Sync>>;

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
pub(super) trait ErasedLoader: Send + Sync {
    fn put(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> Putting;
}

pub(super) type Putting = BoxFuture<'static, Result<Known, DbErr>>;

impl<F: LevelLoader> ErasedLoader for F {
    fn put(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> Putting {
        let fetched = self.fetch(reader, keys);
        Box::pin(async move { fetched.await.map(|answers| answers.known) })
    }
}

/// An answer with its type.
pub(super) fn typed<F: LevelLoader>(answer: Arc<dyn Any + Send + Sync>) -> Arc<F::Answer> {
    answer
        .downcast()
        .unwrap_or_else(|_| unreachable!("groups are kept by the type of their question"))
}
