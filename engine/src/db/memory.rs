//! What others remember of a write while it lasts: the door keeps it for them, by its type, and
//! tells it of what the write does. What it is, the door does not know.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Write;

/// Something that is remembered of a write as long as it lasts.
pub trait Memory: Any + Send {
    /// Takes in what the write is about to do, or has done.
    fn hear(&mut self, news: News<'_>);
}

/// What the door tells.
#[derive(Clone, Copy)]
pub enum News<'a> {
    /// Rows of this table are about to come in.
    Coming(&'a str),
    /// A row of this table is about to become another.
    Changing(&'a str),
    /// A record has changed; the row (`Model`) as it stands.
    Changed(&'a dyn Any),
    /// A record is about to get another version by what belongs to it.
    Advancing,
    /// Texts have been rewritten past the rules.
    Rewritten,
    /// Others are to follow what was written: what can be read again is to take no memory.
    Spooled,
    /// A part of the write begins, perhaps within another part.
    PartBegun,
    /// The part that began last is done.
    PartDone,
    /// The part that began last is undone.
    PartUndone,
}

/// Something that is undone with a part of the write: as it is now, and as it was when each part
/// began that has not ended. A part whose beginning was not heard began before there was anything.
#[derive(Default)]
pub struct Undoable<T> {
    /// As it is now.
    pub now: T,
    before: Vec<T>,
}

impl<T: Clone + Default + Send + 'static> Memory for Undoable<T> {
    fn hear(&mut self, news: News<'_>) {
        match news {
            News::PartBegun => self.before.push(self.now.clone()),
            News::PartDone => drop(self.before.pop()),
            News::PartUndone => self.now = self.before.pop().unwrap_or_default(),
            _ => {}
        }
    }
}

/// All that is remembered.
#[derive(Default)]
pub(super) struct Memories(Mutex<HashMap<TypeId, Box<dyn Memory>>>);

impl Memories {
    fn all(&self) -> MutexGuard<'_, HashMap<TypeId, Box<dyn Memory>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells all of it.
    pub(super) fn notify(&mut self, news: News<'_>) {
        self.all().values_mut().for_each(|memory| memory.hear(news));
    }
}

impl Write {
    /// What is remembered of this kind, nothing at first. Nothing else may be asked for within
    /// `ask`.
    pub fn remembered<M: Memory + Default, T>(&self, ask: impl FnOnce(&mut M) -> T) -> T {
        let mut all = self.memories.all();
        let memory = all.entry(TypeId::of::<M>()).or_insert_with(|| Box::new(M::default()));
        let memory: &mut dyn Any = memory.as_mut();
        ask(memory.downcast_mut().unwrap_or_else(|| unreachable!("each stands under its type")))
    }
}
