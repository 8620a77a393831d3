//! Which institution or group a row names.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::id::{CountryCode, InstitutionId};
use entity::vocabulary::{InstitutionKind, NameKind};
use entity::{institution, regional_group};

use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use super::Knowledge;
use super::directory::written_key;
use crate::exchange::names::bodies::{BodyMatch, BodyVia};
use crate::phrase::{Phrase, say};
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
            found.push(Differing {
                is_place: true,
                field: "country",
                one: one.to_string(),
                other: other.to_string(),
            });
        }
        if let (Some(one), Some(other)) = (&self.city, &other.city)
            && fold(one) != fold(other)
        {
            found.push(Differing {
                is_place: true,
                field: "city",
                one: one.clone(),
                other: other.clone(),
            });
        }
        if let (Some(one), Some(other)) = (self.kind, other.kind)
            && one != other
        {
            found.push(Differing {
                is_place: false,
                field: "kind",
                one: one.to_string(),
                other: other.to_string(),
            });
        }
        found
    }

    /// The fields of the parts that are known here, and not there.
    fn lacking(&self, other: &Self) -> impl Iterator<Item = &'static str> {
        let kind = (self.kind.is_some() && other.kind.is_none()).then_some("kind");
        let country = (self.country.is_some() && other.country.is_none()).then_some("country");
        let city = (self.city.is_some() && other.city.is_none()).then_some("city");
        [kind, country, city].into_iter().flatten()
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

/// An institution that a row of the file enters, or is about.
#[derive(Clone, Debug)]
pub(in super::super) struct BodyOfFile {
    pub(in super::super) line: u64,
    /// The one of the register, where it has it.
    pub(in super::super) known: Option<InstitutionId>,
    pub(in super::super) key: Option<String>,
    /// What the row says of it.
    pub(in super::super) parts: Parts,
    /// Whether it is called so by its acronym.
    pub(in super::super) is_acronym: bool,
}

impl Knowledge {
    /// The institution that a field names: by its key, an identifier, a name as at a date, or an
    /// acronym, in this order.
    pub(in super::super) fn institution(
        &self,
        parser: &mut RowParser<'_>,
        field: &str,
        date: Option<NaiveDate>,
    ) -> Option<InstitutionId> {
        self.institution_told_by(parser, field, date, &Parts::default())
    }

    /// The same where the row says of what kind the institution is, and where: of several that have
    /// the name the one that agrees is meant. One that differs in a part is not taken, and what the
    /// register does not know of it is remarked.
    pub(in super::super) fn institution_in(
        &self,
        parser: &mut RowParser<'_>,
        field: &str,
        date: Option<NaiveDate>,
        parts: &Parts,
    ) -> Option<InstitutionId> {
        let id = self.institution_told_by(parser, field, date, parts)?;
        let (known, _) = self.parts_of(id);
        let differing = parts.differing(&known);
        if !differing.is_empty() {
            let told = differing.iter().map(|part| {
                let (one, other) = (&part.one, &part.other);
                say!("{field} {other} there and {one} here", field = part.field, other, one)
            });
            let message = say!(
                "is \"{key}\", which is another one by its {parts}: \
                 give the key, or leave these out",
                key = self.key_of(id),
                parts = Phrase::joined(told, ", ")
            );
            parser.remark(Weight::Ambiguous, field, message);
            return None;
        }
        for part in parts.lacking(&known) {
            let field = match part {
                "country" if !parser.layout.has("country") => "country_code",
                part => part,
            };
            let message =
                say!("is not taken: \"{key}\" is known without it", key = self.key_of(id));
            parser.remark(Weight::Note, field, message);
        }
        Some(id)
    }

    fn institution_told_by(
        &self,
        parser: &mut RowParser<'_>,
        field: &str,
        date: Option<NaiveDate>,
        parts: &Parts,
    ) -> Option<InstitutionId> {
        let printed = parser.text(field)?;
        let (decided, denied) = self.decided_body(&printed);
        if decided.is_some() {
            return decided;
        }
        if let Some(id) = self.bodies_by_key.get(&printed) {
            return Some(*id);
        }
        let shown = |candidates: Vec<(InstitutionId, String)>| {
            let open = candidates.into_iter().filter(|(id, _)| !denied.contains(id));
            open.map(|(id, name)| format!("{name} ({})", self.key_of(id))).collect::<Vec<_>>()
        };
        let keys =
            |ids: &BTreeSet<InstitutionId>| Phrase::any_of(ids.iter().map(|id| self.key_of(*id)));
        if let Some(ids) = self.identified.get(&printed) {
            if let (1, Some(only)) = (ids.len(), ids.first()) {
                return Some(*only);
            }
            let keys = keys(ids);
            let message =
                say!("is an identifier of several institutions: {keys}; give a key", keys);
            parser.remark(Weight::Ambiguous, field, message);
            return None;
        }
        let otherwise = written_key(&printed).and_then(|key| self.bodies_by_key.get(&key).copied());
        match (self.bodies.find_as_at(&printed, date), otherwise) {
            (BodyMatch::One { id, via: BodyVia::Listed(NameKind::Acronym) }, Some(other))
                if other != id =>
            {
                let keys = keys(&BTreeSet::from([id, other]));
                let message =
                    say!("is an acronym of one institution and the key of another: {keys}", keys);
                parser.remark(Weight::Ambiguous, field, message);
            }
            (BodyMatch::One { id, .. }, _) if !denied.contains(&id) => return Some(id),
            (BodyMatch::One { .. }, _) => {
                parser.refuse(field, say!("was said not to be the institution of that name"));
            }
            (BodyMatch::Ambiguous { candidates }, _) => {
                let agreeing: Vec<(InstitutionId, String)> = candidates
                    .iter()
                    .filter(|(id, _)| !denied.contains(id) && parts.agrees(&self.parts_of(*id).0))
                    .cloned()
                    .collect();
                if let ([(only, _)], false) = (&agreeing[..], *parts == Parts::default()) {
                    return Some(*only);
                }
                let candidates = if agreeing.is_empty() { candidates } else { agreeing };
                let names = Phrase::any_of(shown(candidates));
                let message = say!("is the name of several institutions: {names}", names);
                parser.remark(Weight::Ambiguous, field, message);
            }
            (BodyMatch::None { .. }, Some(id)) => return Some(id),
            (BodyMatch::None { suggestions }, None) => match shown(suggestions) {
                none if none.is_empty() => {
                    parser
                        .refuse(field, say!("is no name of an institution that the register has"));
                }
                some => {
                    let names = Phrase::any_of(some);
                    let message = say!(
                        "is no name of an institution that the register has; perhaps {names}",
                        names
                    );
                    parser.remark(Weight::Ambiguous, field, message);
                }
            },
        }
        None
    }

    /// The key of an institution.
    pub(in super::super) fn key_of(&self, body: InstitutionId) -> &str {
        self.known_bodies.get(&body).map_or("", |known| known.key.as_str())
    }

    /// What tells an institution from others of its name, as earlier rows leave it, and the row
    /// that changes it.
    pub(in super::super) fn parts_of(&self, body: InstitutionId) -> (Parts, Option<u64>) {
        self.known_bodies
            .get(&body)
            .map_or_else(Default::default, |known| (known.parts.clone(), known.line))
    }

    /// The institution with this key.
    pub(in super::super) fn body_with_key(&self, key: &str) -> Option<InstitutionId> {
        self.bodies_by_key.get(key).copied()
    }

    /// What was said of a printed name: whose it is, and whose it is not.
    pub(in super::super) fn decided_body(
        &self,
        printed: &str,
    ) -> (Option<InstitutionId>, Vec<InstitutionId>) {
        let decided =
            self.bodies_decided.get(&fold(printed)).map(Vec::as_slice).unwrap_or_default();
        let same = decided.iter().rev().find(|decision| decision.1).map(|decision| decision.0);
        (same, decided.iter().filter(|decision| !decision.1).map(|decision| decision.0).collect())
    }

    /// Whether an institution has this name, by the matcher.
    pub(in super::super) fn has_body(&self, printed: &str) -> BodyMatch {
        self.bodies.find_as_at(printed, None)
    }

    /// Institutions of which this is the acronym.
    pub(in super::super) fn bodies_abbreviated(&self, printed: &str) -> Vec<InstitutionId> {
        self.bodies_abbreviated.get(&fold(printed)).into_iter().flatten().copied().collect()
    }

    /// Whether a text may mean an institution that the register has.
    pub(in super::super) fn knows_body(&self, printed: &str) -> bool {
        let is_key = |key: &str| self.bodies_by_key.contains_key(key);
        self.decided_body(printed).0.is_some()
            || is_key(printed)
            || self.identified.contains_key(printed)
            || written_key(printed).is_some_and(|key| is_key(&key))
            || !matches!(self.has_body(printed), BodyMatch::None { .. })
    }

    /// The institutions of a name that earlier rows of the file enter or are about.
    pub(in super::super) fn bodies_of_file(&self, name: &str) -> &[BodyOfFile] {
        self.bodies_of_file.get(&fold(name)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The institutions of a key that earlier rows of the file enter.
    pub(in super::super) fn bodies_of_file_with_key(&self, key: &str) -> &[BodyOfFile] {
        self.bodies_of_file.get(&by_key(key)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Remembers what a row makes of an institution that the register has, or that it enters one:
    /// by its names, each with whether it is an acronym, and by its key.
    pub(in super::super) fn remember_body(&mut self, names: &[(&str, bool)], body: BodyOfFile) {
        if let Some(known) = body.known.and_then(|id| self.known_bodies.get_mut(&id)) {
            let parts = body.parts.or(&known.parts);
            if parts != known.parts {
                (known.parts, known.line) = (parts, Some(body.line));
            }
        }
        if let Some(key) = body.key.as_ref().filter(|_| body.known.is_none()) {
            self.bodies_of_file.entry(by_key(key)).or_default().push(body.clone());
        }
        for (name, is_acronym) in names {
            let all = self.bodies_of_file.entry(fold(name)).or_default();
            if all.iter().all(|other| other.line != body.line) {
                all.push(BodyOfFile { is_acronym: *is_acronym, ..body.clone() });
            }
        }
    }

    /// All groups.
    pub(in super::super) fn groups(&self) -> impl Iterator<Item = &regional_group::Model> {
        self.groups.values()
    }

    /// The groups that a text may mean.
    pub(super) fn groups_called(&self, printed: &str) -> Vec<&regional_group::Model> {
        self.group_names.find(printed).iter().filter_map(|id| self.groups.get(id)).collect()
    }

    /// The group that a field names: by its key, a name or its acronym, in this order.
    pub(in super::super) fn group(
        &self,
        parser: &mut RowParser<'_>,
        field: &str,
    ) -> Option<regional_group::Model> {
        let printed = parser.required(field)?;
        let found = self.groups_called(&printed);
        match found[..] {
            [only] => Some(only.clone()),
            [] => {
                let message =
                    say!("is neither the name nor the key of a group that the register has");
                parser.refuse(field, message);
                None
            }
            _ => {
                let mut keys: Vec<_> = found.iter().map(|row| row.key.as_str()).collect();
                keys.sort_unstable();
                let (count, keys) = (keys.len(), Phrase::any_of(keys));
                let message = say!("may be {count} groups, {keys}: give the key", count, keys);
                parser.remark(Weight::Ambiguous, field, message);
                None
            }
        }
    }
}

/// Under what an institution of the file stands by its key: no name is folded to it.
fn by_key(key: &str) -> String {
    format!("={key}")
}
