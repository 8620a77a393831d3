//! Which events a reader wants.

use entity::id::BatchId;
use entity::vocabulary::RecordKind;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
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
            && self.batch.is_none_or(|(kind, batch)| {
                event.row.subject_kind == Some(kind) && event.batch == Some(batch)
            })
    }
}

/// A choice as it is stored: without what concerns a single batch, which only streams ask for.
#[derive(Serialize, Deserialize)]
struct Stored {
    types: Option<Vec<String>>,
    institutions: Option<Vec<Uuid>>,
    programmes: Option<Vec<Uuid>>,
    countries: Option<Vec<String>>,
    topics: Option<Vec<Uuid>>,
}

impl Choice {
    /// As it is stored.
    pub fn stored(&self) -> Value {
        let names =
            |kinds: &Vec<EventKind>| kinds.iter().map(|kind| kind.name().to_owned()).collect();
        json!(Stored {
            types: self.kinds.as_ref().map(names),
            institutions: self.institutions.clone(),
            programmes: self.programmes.clone(),
            countries: self.countries.clone(),
            topics: self.topics.clone(),
        })
    }

    /// As it was stored. What cannot be read chooses nothing, rather than all.
    pub fn from_stored(stored: &Value) -> Self {
        let Ok(stored) = serde_json::from_value::<Stored>(stored.clone()) else {
            return Self { kinds: Some(Vec::new()), ..Self::default() };
        };
        let kinds =
            |names: Vec<String>| names.iter().filter_map(|name| EventKind::named(name)).collect();
        Self {
            kinds: stored.types.map(kinds),
            institutions: stored.institutions,
            programmes: stored.programmes,
            countries: stored.countries,
            topics: stored.topics,
            batch: None,
        }
    }
}

fn fits<T: PartialEq>(wanted: &Option<Vec<T>>, has: &[T]) -> bool {
    wanted.as_ref().is_none_or(|wanted| has.iter().any(|item| wanted.contains(item)))
}
