//! Which events a reader wants.

use entity::id::BatchId;
use entity::vocabulary::RecordKind;
use uuid::Uuid;

use super::EventKind;
use super::log::Logged;

/// Which events a reader wants: those that fit every list that is given, by any of its items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What happened.
    pub kinds: Option<Vec<EventKind>>,
    /// Whose records.
    pub institutions: Option<Vec<Uuid>>,
    /// Concerning which programmes.
    pub programmes: Option<Vec<Uuid>>,
    /// Concerning which countries.
    pub countries: Option<Vec<String>>,
    /// Concerning which topics.
    pub topics: Option<Vec<Uuid>>,
    /// About a batch, or about the delegations of one.
    pub batch: Option<(RecordKind, BatchId)>,
}

impl Choice {
    /// Whether an event is wanted.
    pub fn has(&self, event: &Logged) -> bool {
        fits(&self.kinds, event.kind.as_slice())
            && fits(&self.institutions, event.row.owner_id.as_slice())
            && fits(&self.programmes, &event.programmes)
            && fits(&self.countries, &event.countries)
            && fits(&self.topics, &event.topics)
            && self.batch.is_none_or(|(kind, batch)| event.row.subject_kind == Some(kind) && event.batch == Some(batch))
    }
}

fn fits<T: PartialEq>(wanted: &Option<Vec<T>>, has: &[T]) -> bool {
    wanted.as_ref().is_none_or(|wanted| has.iter().any(|item| wanted.contains(item)))
}
