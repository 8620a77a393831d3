//! What events of a register like this one say beside what all calendars say (`pages/calendar.rs`
//! writes it): the keys of the batch and of its programme, which run it is, and its places part by
//! part.

use super::super::Entry;
use super::lines::{parameter, unescaped};
use crate::pages::{OWN_KEY, OWN_NUMBER, OWN_PROGRAMME, OWN_VENUE};

/// In front of the title of an event that was cancelled, for programs that show nothing else of it.
const CANCELLED: &str = "CANCELLED: ";

/// What an event of our own says of itself.
#[derive(Default)]
pub(super) struct Own {
    key: Option<String>,
    programme: Option<String>,
    number: Option<String>,
    places: Vec<Place>,
}

struct Place {
    name: String,
    city: Option<String>,
    country: Option<String>,
}

impl Own {
    /// Whether the event is one of our own.
    pub(super) fn is_own(&self) -> bool {
        self.key.is_some()
    }

    /// Takes a property, if it is one of these.
    pub(super) fn says(&mut self, name: &str, parameters: &[&str], value: &str) -> bool {
        let text = unescaped(value);
        match name {
            OWN_KEY => self.key = Some(text),
            OWN_PROGRAMME => self.programme = Some(text),
            OWN_NUMBER => self.number = Some(text),
            OWN_VENUE => {
                let part = |name| {
                    parameter(parameters, name).filter(|part| !part.is_empty()).map(str::to_owned)
                };
                self.places.push(Place {
                    name: text,
                    city: part("CITY"),
                    country: part("COUNTRY"),
                });
            }
            _ => return false,
        }
        true
    }

    /// The event as rows: one for each of its places.
    pub(super) fn told(self, mut entry: Entry) -> Vec<Entry> {
        let is_own = self.is_own();
        for (column, value) in
            [("key", self.key), ("programme", self.programme), ("number", self.number)]
        {
            if let Some(value) = value {
                entry.values.insert(column.to_owned(), value);
            }
        }
        let is_cancelled = entry.values.get("status").is_some_and(|status| status == "CANCELLED");
        if let Some(title) = entry.values.get_mut("title").filter(|_| is_own && is_cancelled)
            && let Some(plain) = title.strip_prefix(CANCELLED)
        {
            *title = plain.to_owned();
        }
        if self.places.is_empty() {
            return vec![entry];
        }
        let at = |place: Place| {
            let mut entry = entry.clone();
            entry.values.insert("venue".to_owned(), place.name);
            let parts = [("city", place.city), ("country_code", place.country)];
            entry.values.extend(
                parts.into_iter().filter_map(|(column, part)| Some((column.to_owned(), part?))),
            );
            entry
        };
        self.places.into_iter().map(at).collect()
    }
}
