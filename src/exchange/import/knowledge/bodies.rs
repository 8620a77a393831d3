//! Which institution or group a row names.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::id::{CountryCode, InstitutionId};
use entity::vocabulary::{InstitutionKind, NameKind};
use entity::{institution, regional_group};

use super::super::reading::Reading;
use super::super::remark::Weight;
use super::Knowledge;
use super::directory::written_key;
use crate::exchange::names::bodies::{BodyMatch, Via};
use crate::text::fold;

/// What tells institutions of one name apart, each where it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Parts {
    pub(in super::super) kind: Option<InstitutionKind>,
    pub(in super::super) country: Option<CountryCode>,
    pub(in super::super) city: Option<String>,
}

/// A part in which two institutions of one name differ, as it is in one and in the other.
pub(in super::super) struct Differing {
    /// Whether it says that they are two: a body may be put down under another kind, but it is in
    /// one place.
    pub(in super::super) is_place: bool,
    pub(in super::super) field: &'static str,
    pub(in super::super) one: String,
    pub(in super::super) other: String,
}

impl Parts {
    pub(in super::super) fn of(row: &institution::Model) -> Self {
        let (kind, country, city) = (row.kind, row.country_code.clone(), row.city.clone());
        Self { kind: Some(kind).filter(|kind| *kind != InstitutionKind::Other), country, city }
    }

    /// The parts that are known of both, and differ.
    pub(in super::super) fn differing(&self, other: &Self) -> Vec<Differing> {
        let mut found = Vec::new();
        if let (Some(one), Some(other)) = (&self.country, &other.country)
            && one != other
        {
            found.push(Differing { is_place: true, field: "country", one: one.to_string(), other: other.to_string() });
        }
        if let (Some(one), Some(other)) = (&self.city, &other.city)
            && fold(one) != fold(other)
        {
            found.push(Differing { is_place: true, field: "city", one: one.clone(), other: other.clone() });
        }
        if let (Some(one), Some(other)) = (self.kind, other.kind)
            && one != other
        {
            found.push(Differing { is_place: false, field: "kind", one: one.to_string(), other: other.to_string() });
        }
        found
    }

    /// Whether they differ in nothing that is known of both.
    pub(in super::super) fn agrees(&self, other: &Self) -> bool {
        self.differing(other).is_empty()
    }

    /// Whether all that is known here is known there, and the same.
    pub(in super::super) fn is_in(&self, other: &Self) -> bool {
        self.agrees(other)
            && self.kind.is_none_or(|_| other.kind.is_some())
            && self.country.as_ref().is_none_or(|_| other.country.is_some())
            && self.city.as_ref().is_none_or(|_| other.city.is_some())
    }

    /// What is known here, else there.
    pub(in super::super) fn or(&self, other: &Self) -> Self {
        Self {
            kind: self.kind.or(other.kind),
            country: self.country.clone().or_else(|| other.country.clone()),
            city: self.city.clone().or_else(|| other.city.clone()),
        }
    }
}

/// An institution that the register has.
#[derive(Debug)]
pub(super) struct KnownBody {
    key: String,
    parts: Parts,
    /// The row that changes what is known of it.
    line: Option<u64>,
}

impl KnownBody {
    pub(super) fn of(row: &institution::Model) -> Self {
        Self { key: row.key.clone(), parts: Parts::of(row), line: None }
    }
}

/// An institution that a row of the file enters.
#[derive(Clone, Debug)]
pub(in super::super) struct BodyOfFile {
    pub(in super::super) line: u64,
    pub(in super::super) key: Option<String>,
    pub(in super::super) parts: Parts,
}

impl Knowledge {
    /// The institution that a field names: by its key, an identifier, a name as at a date, or an
    /// acronym, in this order.
    pub(in super::super) fn institution(
        &self,
        reading: &mut Reading<'_>,
        field: &str,
        date: Option<NaiveDate>,
    ) -> Option<InstitutionId> {
        let printed = reading.text(field)?;
        let (decided, denied) = self.decided_body(&printed);
        if decided.is_some() {
            return decided;
        }
        if let Some(id) = self.bodies_by_key.get(&printed) {
            return Some(*id);
        }
        let shown = |candidates: Vec<(InstitutionId, String)>| {
            let open = candidates.into_iter().filter(|(id, _)| !denied.contains(id));
            open.map(|(id, name)| format!("{name} ({})", self.key_of(id))).collect::<Vec<_>>().join(" or ")
        };
        let keys =
            |ids: &BTreeSet<InstitutionId>| ids.iter().map(|id| self.key_of(*id)).collect::<Vec<_>>().join(" or ");
        if let Some(ids) = self.identified.get(&printed) {
            if let (1, Some(only)) = (ids.len(), ids.first()) {
                return Some(*only);
            }
            let message = format!("is an identifier of several institutions: {}; give a key", keys(ids));
            reading.remark(Weight::Ambiguous, field, message);
            return None;
        }
        let otherwise = written_key(&printed).and_then(|key| self.bodies_by_key.get(&key).copied());
        match (self.bodies.find_as_at(&printed, date), otherwise) {
            (BodyMatch::One { id, via: Via::Listed(NameKind::Acronym) }, Some(other)) if other != id => {
                let ids = BTreeSet::from([id, other]);
                let message = format!("is an acronym of one institution and the key of another: {}", keys(&ids));
                reading.remark(Weight::Ambiguous, field, message);
            }
            (BodyMatch::One { id, .. }, _) if !denied.contains(&id) => return Some(id),
            (BodyMatch::One { .. }, _) => reading.refuse(field, "was said not to be the institution of that name"),
            (BodyMatch::Ambiguous { candidates }, _) => {
                let message = format!("is the name of several institutions: {}", shown(candidates));
                reading.remark(Weight::Ambiguous, field, message);
            }
            (BodyMatch::None { .. }, Some(id)) => return Some(id),
            (BodyMatch::None { suggestions }, None) => match shown(suggestions) {
                none if none.is_empty() => reading.refuse(field, "is no name of an institution that the register has"),
                some => {
                    let message = format!("is no name of an institution that the register has; perhaps {some}");
                    reading.remark(Weight::Ambiguous, field, message);
                }
            },
        }
        None
    }

    /// The key of an institution.
    pub(in super::super) fn key_of(&self, body: InstitutionId) -> &str {
        self.known_bodies.get(&body).map_or("", |known| known.key.as_str())
    }

    /// What tells an institution from others of its name, as earlier rows leave it, and the row that
    /// changes it.
    pub(in super::super) fn parts_of(&self, body: InstitutionId) -> (Parts, Option<u64>) {
        self.known_bodies.get(&body).map_or_else(Default::default, |known| (known.parts.clone(), known.line))
    }

    /// The institution with this key.
    pub(in super::super) fn body_with_key(&self, key: &str) -> Option<InstitutionId> {
        self.bodies_by_key.get(key).copied()
    }

    /// What was said of a printed name: whose it is, and whose it is not.
    pub(in super::super) fn decided_body(&self, printed: &str) -> (Option<InstitutionId>, Vec<InstitutionId>) {
        let decided = self.bodies_decided.get(&fold(printed)).map(Vec::as_slice).unwrap_or_default();
        let same = decided.iter().rev().find(|decision| decision.1).map(|decision| decision.0);
        (same, decided.iter().filter(|decision| !decision.1).map(|decision| decision.0).collect())
    }

    /// Whether an institution has this name, by the matcher.
    pub(in super::super) fn has_body(&self, printed: &str) -> BodyMatch {
        self.bodies.find_as_at(printed, None)
    }

    /// The institutions of a name that earlier rows of the file enter.
    pub(in super::super) fn bodies_of_file(&self, name: &str) -> &[BodyOfFile] {
        self.bodies_of_file.get(&fold(name)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Remembers what a row makes of an institution that the register has, or that it enters one.
    pub(in super::super) fn remember_body(&mut self, known: Option<InstitutionId>, name: &str, mut body: BodyOfFile) {
        let is_named = known.is_some_and(|id| match self.has_body(name) {
            BodyMatch::One { id: bearer, .. } => bearer == id,
            BodyMatch::Ambiguous { candidates } => candidates.iter().any(|one| one.0 == id),
            BodyMatch::None { .. } => false,
        });
        if let Some(known) = known.and_then(|id| self.known_bodies.get_mut(&id)) {
            body.parts = body.parts.or(&known.parts);
            if body.parts != known.parts {
                (known.parts, known.line) = (body.parts.clone(), Some(body.line));
            }
        }
        // A name that a row gives to an institution is one of its names for the rows behind it.
        if !is_named {
            self.bodies_of_file.entry(fold(name)).or_default().push(body);
        }
    }

    /// The groups that a text may mean.
    pub(super) fn groups_called(&self, printed: &str) -> Vec<&regional_group::Model> {
        self.group_names.find(printed).iter().filter_map(|id| self.groups.get(id)).collect()
    }

    /// The group that a field names: by its key, a name or its acronym, in this order.
    pub(in super::super) fn group(&self, reading: &mut Reading<'_>, field: &str) -> Option<regional_group::Model> {
        let printed = reading.required(field)?;
        let found = self.groups_called(&printed);
        match found[..] {
            [only] => Some(only.clone()),
            [] => {
                reading.refuse(field, "is neither the name nor the key of a group that the register has");
                None
            }
            _ => {
                let mut keys: Vec<_> = found.iter().map(|row| row.key.as_str()).collect();
                keys.sort_unstable();
                let message = format!("may be {} groups, {}: give the key", keys.len(), keys.join(" or "));
                reading.remark(Weight::Ambiguous, field, message);
                None
            }
        }
    }
}
