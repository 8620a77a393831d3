//! Which institution a row is about: name, kind, country and city together say which. A part that is
//! not known on one side differs from nothing.

use entity::id::InstitutionId;

use super::super::super::knowledge::{BodyOfFile, Knowledge, Parts};
use super::super::super::reading::Reading;
use super::super::super::remark::Weight;
use crate::exchange::names::bodies::BodyMatch;

/// What a row says of which institution it is about.
pub(super) struct Said<'a> {
    pub(super) key: Option<&'a str>,
    pub(super) name: &'a str,
    pub(super) parts: &'a Parts,
}

/// The institution that a row is about, where the register has it. What may be the same hinders
/// until it is decided; what has the name and is another one is told.
pub(super) fn find(k: &mut Knowledge, reading: &mut Reading<'_>, said: &Said<'_>) -> Option<InstitutionId> {
    let id = among_known(k, reading, said);
    if id.is_none() && !reading.is_hindered() {
        among_rows(k, reading, said);
    }
    id
}

/// The institution that has the key, else the one that has the name and differs in nothing.
fn among_known(k: &mut Knowledge, reading: &mut Reading<'_>, said: &Said<'_>) -> Option<InstitutionId> {
    if let Some(id) = said.key.and_then(|key| k.body_with_key(key)) {
        return Some(id);
    }
    let (decided, denied) = k.decided_body(said.name);
    if let Some(id) = decided {
        if said.key.is_some() {
            reading.remark(Weight::Note, "key", format!("is not taken: the key stays {:?}", k.key_of(id)));
        }
        return Some(id);
    }
    let bearers = match k.has_body(said.name) {
        BodyMatch::One { id, .. } => vec![id],
        BodyMatch::Ambiguous { candidates } => candidates.into_iter().map(|one| one.0).collect(),
        BodyMatch::None { suggestions } => {
            let open = |id: &InstitutionId| !denied.contains(id) && said.parts.agrees(&k.parts_of(*id).0);
            let close = suggestions.into_iter().filter(|(id, _)| open(id));
            let close: Vec<_> = close.map(|(id, name)| format!("{name} ({})", k.key_of(id))).collect();
            if !close.is_empty() {
                let message = format!(
                    "is close to the name of an institution that the register has: {}; say whether it is the same",
                    close.join(" or ")
                );
                reading.remark(Weight::Ambiguous, "name", message);
            }
            return None;
        }
    };
    let bearers: Vec<InstitutionId> = bearers.into_iter().filter(|id| !denied.contains(id)).collect();
    let mut agreeing: Vec<InstitutionId> =
        bearers.iter().copied().filter(|id| said.parts.agrees(&k.parts_of(*id).0)).collect();
    let same: Vec<InstitutionId> = agreeing.iter().copied().filter(|id| said.parts.is_in(&k.parts_of(*id).0)).collect();
    if let [only] = same[..] {
        agreeing = vec![only];
    }
    match agreeing[..] {
        [only] => {
            if said.key.is_some() {
                let message = format!(
                    "is not the key of the institution of that name, which is {:?}: say whether it is the same",
                    k.key_of(only)
                );
                reading.remark(Weight::Ambiguous, "key", message);
            }
            Some(only)
        }
        [] => {
            for id in bearers {
                let (parts, line) = k.parts_of(id);
                if let Some(line) = line {
                    k.stand_behind(reading.row.line, line);
                }
                tell_apart(reading, said.parts, &parts, &format!("{:?}", k.key_of(id)));
            }
            None
        }
        _ => {
            let told: Vec<_> = agreeing.iter().map(|id| shown(k, *id)).collect();
            let message = format!(
                "is the name of several institutions: {}; give the key, or what tells them apart",
                told.join(" or ")
            );
            reading.remark(Weight::Ambiguous, "name", message);
            None
        }
    }
}

/// Tells a row apart from earlier ones that enter an institution of the same name.
fn among_rows(k: &mut Knowledge, reading: &mut Reading<'_>, said: &Said<'_>) {
    let earlier: Vec<BodyOfFile> = k.bodies_of_file(said.name).to_vec();
    for one in earlier.iter().filter(|one| one.line != reading.row.line) {
        let called = format!("line {}", one.line);
        if let (Some(key), Some(_)) = (&one.key, said.key) {
            let message = format!("is the name in {called} too, of {key:?}: entered as another institution");
            reading.remark(Weight::Note, "name", message);
        } else if said.parts.agrees(&one.parts) {
            reading.remark(Weight::Ambiguous, "name", format!("stands in {called} already: tell the two apart"));
        } else {
            tell_apart(reading, said.parts, &one.parts, &called);
        }
        k.stand_behind(reading.row.line, one.line);
    }
}

/// Says that a row has the name of another institution, and in what the two differ. Where that is
/// the kind alone, they may be one.
fn tell_apart(reading: &mut Reading<'_>, one: &Parts, other: &Parts, called: &str) {
    let differing = one.differing(other);
    let told: Vec<_> =
        differing.iter().map(|part| format!("{} {} there and {} here", part.field, part.other, part.one)).collect();
    let (weight, end) = if differing.iter().any(|part| part.is_place) {
        (Weight::Note, "entered as another institution")
    } else {
        (Weight::Ambiguous, "say whether it is the same")
    };
    reading.remark(weight, "name", format!("is the name of {called} too, with {}: {end}", told.join(", ")));
}

/// An institution with what is known of it.
fn shown(k: &Knowledge, id: InstitutionId) -> String {
    let parts = k.parts_of(id).0;
    let kind = parts.kind.map(|kind| kind.to_string());
    let known: Vec<String> =
        [parts.city, parts.country.map(|code| code.to_string()), kind].into_iter().flatten().collect();
    if known.is_empty() { k.key_of(id).to_owned() } else { format!("{} ({})", k.key_of(id), known.join(", ")) }
}
