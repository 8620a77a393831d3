//! What a write has to see to before it is committed: what is derived from the rows that it
//! changed.

use std::collections::{BTreeMap, HashSet};

use entity::id::{BatchId, DelegationId};
use uuid::Uuid;

use crate::db::{Changes, Undoable, Write};

/// How much of a batch is to be reconciled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecomputeScope {
    /// Where its delegations stand, and the findings that rest on that.
    Parties,
    /// All of it.
    Whole,
}

/// What is due.
#[derive(Clone, Default)]
struct Due {
    /// Batches whose derived values are due: all of them, or those of their parties alone.
    batches: BTreeMap<BatchId, RecomputeScope>,
    people: bool,
    names: bool,
    /// Delegations that came in, with what is to be told of them once it is reconciled where they
    /// stand.
    pending_events: BTreeMap<DelegationId, Changes>,
    /// Rows that are checked against what is accepted only after that is reconciled.
    unchecked: HashSet<Uuid>,
}

impl Write {
    fn due<T>(&self, ask: impl FnOnce(&mut Due) -> T) -> T {
        self.remembered(|due: &mut Undoable<Due>| ask(&mut due.now))
    }

    /// What is derived from the claims of this batch is to be computed anew.
    pub fn mark_dirty(&mut self, batch: BatchId) {
        self.due(|due| due.batches.insert(batch, RecomputeScope::Whole));
    }

    /// What is derived of the delegations of this batch is to be computed anew; nothing else of it
    /// can have changed.
    pub fn mark_parties_dirty(&mut self, batch: BatchId) {
        self.due(|due| {
            due.batches.entry(batch).or_insert(RecomputeScope::Parties);
        });
    }

    /// A person came in, has another name, or is public now or no longer: who might be the same
    /// person is to be computed anew.
    pub fn mark_people_dirty(&mut self) {
        self.due(|due| due.people = true);
    }

    /// An institution came in or changed its name: which might be the same is to be computed anew.
    pub fn mark_names_dirty(&mut self) {
        self.due(|due| due.names = true);
    }

    /// A delegation came in. Reconciling tells of it, when it is known where it stands.
    pub fn emit_when_reconciled(&mut self, delegation: DelegationId, changes: Changes) {
        self.due(|due| due.pending_events.insert(delegation, changes));
    }

    /// Takes what is to be told of a delegation that came in.
    pub fn take_pending_event(&mut self, delegation: DelegationId) -> Option<Changes> {
        self.due(|due| due.pending_events.remove(&delegation))
    }

    /// A row is checked against what is accepted of its batch once that is reconciled; until then
    /// it hinders nothing.
    pub fn check_later(&mut self, id: Uuid) {
        self.due(|due| due.unchecked.insert(id));
    }

    /// A row has been checked.
    pub fn checked(&mut self, id: Uuid) {
        self.due(|due| due.unchecked.remove(&id));
    }

    /// Whether a row is yet to be checked.
    pub fn is_unchecked(&self, id: Uuid) -> bool {
        self.due(|due| due.unchecked.contains(&id))
    }

    /// Takes the batches whose derived values are due.
    pub fn take_dirty_batches(&mut self) -> BTreeMap<BatchId, RecomputeScope> {
        self.due(|due| std::mem::take(&mut due.batches))
    }

    /// Takes whether people are to be compared.
    pub fn take_people(&mut self) -> bool {
        self.due(|due| std::mem::take(&mut due.people))
    }

    /// Takes whether names of institutions are to be compared.
    pub fn take_names(&mut self) -> bool {
        self.due(|due| std::mem::take(&mut due.names))
    }
}
