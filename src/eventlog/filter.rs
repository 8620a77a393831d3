//! How events are chosen, as the API takes it.

use async_graphql::{Enum, ID};
use uuid::Uuid;

use crate::events::{Choice, EventKind};
use crate::graphql::input::input;
use crate::graphql::node::id_of;
use crate::graphql::scalars::CountryCode;
use crate::phrase::{Phrase, say};
use crate::record::Record;

/// Values in one list at most.
const LONGEST_LIST: usize = 500;

/// Where to begin in the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum EventsFrom {
    /// At its end: the first item only tells the place.
    #[default]
    Now,
    /// With the first event of the register.
    Beginning,
}

input! {
    /// Which events: those that fit every list that is given, by any of its values. Each list takes
    /// at most 500.
    #[derive(Default)]
    pub struct EventFilter {
        /// By what happened.
        types: Option<Vec<EventKind>>,
        /// By whose records they are about: ids of institutions.
        institutions: Option<Vec<ID>>,
        /// By the programmes concerned: their ids.
        programmes: Option<Vec<ID>>,
        /// By the countries concerned.
        countries: Option<Vec<CountryCode>>,
        /// By the topics concerned: their ids.
        topics: Option<Vec<ID>>,
    }
}

impl EventFilter {
    /// The choice that it stands for; or what is wrong.
    pub fn choice(self) -> Result<Choice, Phrase> {
        Ok(Choice {
            kinds: bounded("types", self.types)?,
            institutions: ids::<entity::institution::Entity>("institutions", self.institutions)?,
            programmes: ids::<entity::programme::Entity>("programmes", self.programmes)?,
            countries: bounded("countries", self.countries)?
                .map(|codes| codes.into_iter().map(|code| code.0.0).collect()),
            topics: ids::<entity::topic::Entity>("topics", self.topics)?,
            batch: None,
        })
    }
}

fn bounded<T>(name: &str, list: Option<Vec<T>>) -> Result<Option<Vec<T>>, Phrase> {
    match list {
        Some(list) if list.len() > LONGEST_LIST => {
            let (most, length) = (LONGEST_LIST, list.len());
            Err(say!("`{name}` takes at most {most} values, not {length}", name, most, length))
        }
        list => Ok(list),
    }
}

fn ids<E: Record>(name: &str, list: Option<Vec<ID>>) -> Result<Option<Vec<Uuid>>, Phrase> {
    bounded(name, list)?.map(|list| list.iter().map(id_of::<E>).collect()).transpose()
}
