//! Which institution a row is about: name, kind, country and city together say which. A part that
//! is not known on one side differs from nothing.

use entity::id::InstitutionId;

use super::super::super::knowledge::{BodyOfFile, Knowledge, Parts};
use super::super::super::remark::Weight;
use super::super::super::row_parser::RowParser;
use crate::exchange::names::bodies::BodyMatch;
use crate::phrase::{Phrase, say};

/// What a row says of which institution it is about.
pub(super) struct StatedInstitution<'a> {
    pub(super) key: Option<&'a str>,
    pub(super) name: &'a str,
    /// What else it is called.
    pub(super) name_en: Option<&'a str>,
    pub(super) acronym: Option<&'a str>,
    pub(super) parts: &'a Parts,
}

/// An institution that a row may be about.
#[derive(Clone)]
struct Candidate {
    who: Who,
    parts: Parts,
    /// Whether a name hides it, since it is called so by its acronym alone.
    is_hidden: bool,
}

#[derive(Clone)]
enum Who {
    Known(InstitutionId),
    /// The one that the row of a line enters.
    OfLine(u64),
}

/// The institution that a row is about, where the register has it. What may be the same hinders
/// until it is decided; what has the name and is another one is told.
pub(super) fn find(
    k: &mut Knowledge,
    parser: &mut RowParser<'_>,
    said: &StatedInstitution<'_>,
) -> Option<InstitutionId> {
    if let Some(id) = decided(k, parser, said) {
        return Some(id);
    }
    let id = named(k, parser, said);
    if id.is_none() && !parser.is_hindered() {
        return otherwise_named(k, parser, said);
    }
    id
}

/// The institution that has the key, or of which it was said that the name is its.
fn decided(
    k: &Knowledge,
    parser: &mut RowParser<'_>,
    said: &StatedInstitution<'_>,
) -> Option<InstitutionId> {
    if let Some(id) = said.key.and_then(|key| k.body_with_key(key)) {
        return Some(id);
    }
    let id = k.decided_body(said.name).0?;
    if said.key.is_some() {
        let message = say!("is not taken: the key stays \"{key}\"", key = k.key_of(id));
        parser.remark(Weight::Note, "key", message);
    }
    Some(id)
}

/// Who has a name in the register.
struct Bearers {
    /// The institutions, each with whether a name of another hides it.
    known: Vec<(InstitutionId, bool)>,
    /// Those whose name is close to it, where none has it.
    close: Vec<(InstitutionId, String)>,
}

fn bearers(k: &Knowledge, name: &str) -> Bearers {
    let (first, close) = match k.has_body(name) {
        BodyMatch::One { id, .. } => (vec![id], Vec::new()),
        BodyMatch::Ambiguous { candidates } => {
            (candidates.into_iter().map(|one| one.0).collect(), Vec::new())
        }
        BodyMatch::None { suggestions } => (Vec::new(), suggestions),
    };
    let hidden = k.bodies_abbreviated(name).into_iter().filter(|id| !first.contains(id));
    let hidden: Vec<_> = hidden.map(|id| (id, true)).collect();
    Bearers { known: first.into_iter().map(|id| (id, false)).chain(hidden).collect(), close }
}

/// The institution that has the name and differs in nothing, among those of the register and those
/// that earlier rows enter.
fn named(
    k: &mut Knowledge,
    parser: &mut RowParser<'_>,
    said: &StatedInstitution<'_>,
) -> Option<InstitutionId> {
    let line = parser.row.line;
    let denied = k.decided_body(said.name).1;
    let Bearers { known, close } = bearers(k, said.name);
    let open = |id: &InstitutionId| !denied.contains(id) && said.parts.agrees(&k.parts_of(*id).0);
    let close = close.into_iter().filter(|(id, _)| open(id));
    let close: Vec<_> = close.map(|(id, name)| format!("{name} ({})", k.key_of(id))).collect();
    if !close.is_empty() {
        let message = say!(
            "is close to the name of an institution that the register has: {names}; \
             say whether it is the same",
            names = Phrase::any_of(close)
        );
        parser.remark(Weight::Ambiguous, "name", message);
        return None;
    }
    let known: Vec<_> = known.into_iter().filter(|(id, _)| !denied.contains(id)).collect();
    let is_there =
        |one: &BodyOfFile| one.known.is_some_and(|id| known.iter().any(|known| known.0 == id));
    let is_open =
        |one: &&BodyOfFile| one.line != line && one.known.is_none_or(|id| !denied.contains(&id));
    let earlier: Vec<BodyOfFile> =
        k.bodies_of_file(said.name).iter().filter(is_open).cloned().collect();
    // Two rows with keys are two institutions.
    let (keyed, earlier): (Vec<_>, Vec<_>) = earlier
        .into_iter()
        .partition(|one| one.key.is_some() && said.key.is_some() && !is_there(one));
    let (again, earlier): (Vec<_>, Vec<_>) = earlier.into_iter().partition(is_there);
    let mut all: Vec<Candidate> = Vec::new();
    for (id, is_hidden) in &known {
        all.push(Candidate {
            who: Who::Known(*id),
            parts: k.parts_of(*id).0,
            is_hidden: *is_hidden,
        });
    }
    for one in &earlier {
        // As it is left by that row.
        let parts =
            one.known.map_or_else(|| one.parts.clone(), |id| one.parts.or(&k.parts_of(id).0));
        all.push(Candidate { who: Who::OfLine(one.line), parts, is_hidden: one.is_acronym });
    }
    let meant = meant(said.parts, &all);
    for one in &meant {
        if let Who::OfLine(first) = one.who {
            k.stand_behind(line, first);
        }
    }
    match &meant[..] {
        [Candidate { who: Who::Known(only), .. }] => {
            if said.key.is_some() {
                let message = say!(
                    "is not the key of the institution of that name, which is \"{key}\": \
                     say whether it is the same",
                    key = k.key_of(*only)
                );
                parser.remark(Weight::Ambiguous, "key", message);
            }
            return Some(*only);
        }
        [Candidate { who: Who::OfLine(first), .. }] => stands_already(parser, "name", *first),
        [] => {
            for one in &keyed {
                let (line, key) = (one.line, one.key.as_deref().unwrap_or_default());
                let message = say!(
                    "is the name in line {line} too, of \"{key}\": entered as another institution",
                    line,
                    key
                );
                parser.remark(Weight::Note, "name", message);
                tie_last_note(parser, line);
            }
            for one in &all {
                let (called, first) = match one.who {
                    Who::Known(id) => {
                        (Phrase::verbatim(format!("\"{}\"", k.key_of(id))), k.parts_of(id).1)
                    }
                    Who::OfLine(first) => (say!("line {line}", line = first), None),
                };
                // It is another one by what that row makes of it.
                if let Some(first) = first {
                    k.stand_behind(line, first);
                }
                tell_apart(parser, said.parts, &one.parts, called);
                if let Who::OfLine(first) = one.who {
                    tie_last_note(parser, first);
                }
            }
            // A row that did not say which it means would mean either, handed in again.
            for one in again.iter().filter(|one| one.key.is_none() && said.parts.agrees(&one.parts))
            {
                stands_already(parser, "name", one.line);
            }
        }
        several => {
            let shown = several.iter().map(|one| match one.who {
                Who::Known(id) => Phrase::verbatim(shown(k, id)),
                Who::OfLine(line) => say!("the institution of line {line}", line),
            });
            let message = say!(
                "is the name of several institutions: {keys}; give the key, or what tells them \
                 apart",
                keys = Phrase::any_of(shown)
            );
            parser.remark(Weight::Ambiguous, "name", message);
        }
    }
    None
}

/// Who of some is meant: those that differ in nothing; of these the only one of which all is known
/// that is said, else those whom no name hides.
fn meant(parts: &Parts, all: &[Candidate]) -> Vec<Candidate> {
    let agreeing: Vec<&Candidate> = all.iter().filter(|one| parts.agrees(&one.parts)).collect();
    let same: Vec<&Candidate> =
        agreeing.iter().copied().filter(|one| parts.is_in(&one.parts)).collect();
    if let [only] = same[..] {
        return vec![only.clone()];
    }
    let open: Vec<&Candidate> = agreeing.iter().copied().filter(|one| !one.is_hidden).collect();
    let chosen = if open.is_empty() { agreeing } else { open };
    chosen.into_iter().cloned().collect()
}

/// The institution of which it was said that the other names of a row are its. One that has such a
/// name, but not the first one, may be the same; an acronym says so together with the country.
fn otherwise_named(
    k: &mut Knowledge,
    parser: &mut RowParser<'_>,
    said: &StatedInstitution<'_>,
) -> Option<InstitutionId> {
    let line = parser.row.line;
    let denied = k.decided_body(said.name).1;
    let is_there =
        |known: &Parts| said.parts.country.is_some() && said.parts.country == known.country;
    for (field, text) in [("name_en", said.name_en), ("acronym", said.acronym)] {
        let Some(text) = text else { continue };
        let (decided, also_denied) = k.decided_body(text);
        let is_acronym = field == "acronym";
        let open = |id: &InstitutionId| {
            let known = k.parts_of(*id).0;
            !denied.contains(id)
                && !also_denied.contains(id)
                && said.parts.agrees(&known)
                && (!is_acronym || is_there(&known))
        };
        if let Some(id) = decided.filter(open) {
            return Some(id);
        }
        let known: Vec<_> =
            bearers(k, text).known.into_iter().map(|one| one.0).filter(open).collect();
        if !known.is_empty() {
            let message = say!(
                "is a name of {keys}, which is not called \"{name}\": say whether it is the same",
                keys = Phrase::any_of(known.into_iter().map(|id| shown(k, id))),
                name = said.name
            );
            parser.remark(Weight::Ambiguous, field, message);
        }
        if is_acronym {
            continue;
        }
        let is_same = |one: &&BodyOfFile| {
            let is_keyed = one.key.is_some() && said.key.is_some();
            one.line != line && !one.is_acronym && !is_keyed && said.parts.agrees(&one.parts)
        };
        let earlier: Vec<u64> =
            k.bodies_of_file(text).iter().filter(is_same).map(|one| one.line).collect();
        for first in earlier {
            stands_already(parser, field, first);
            k.stand_behind(line, first);
        }
    }
    None
}

/// The last remark, where it hinders nothing, stands only as long as the row of a line is not left
/// out.
fn tie_last_note(parser: &mut RowParser<'_>, line: u64) {
    if let Some(remark) = parser.remarks.last_mut().filter(|remark| remark.weight == Weight::Note) {
        remark.beside = Some(line);
    }
}

fn stands_already(parser: &mut RowParser<'_>, field: &str, line: u64) {
    parser.remark(
        Weight::Ambiguous,
        field,
        say!("stands in line {line} already: tell the two apart", line),
    );
}

/// Says that a row has the name of another institution, and in what the two differ. Where that is
/// the kind alone, they may be one.
fn tell_apart(parser: &mut RowParser<'_>, one: &Parts, other: &Parts, called: Phrase) {
    let differing = one.differing(other);
    let told = differing.iter().map(|part| {
        let (other, one) = (&part.other, &part.one);
        say!("{field} {other} there and {one} here", field = part.field, other, one)
    });
    let parts = Phrase::joined(told, ", ");
    let (weight, end) = if differing.iter().any(|part| part.is_place) {
        (Weight::Note, say!("entered as another institution"))
    } else {
        (Weight::Ambiguous, say!("say whether it is the same"))
    };
    let message = say!("is the name of {called} too, with {parts}: {end}", called, parts, end);
    parser.remark(weight, "name", message);
}

/// An institution with what is known of it.
fn shown(k: &Knowledge, id: InstitutionId) -> String {
    let parts = k.parts_of(id).0;
    let kind = parts.kind.map(|kind| kind.to_string());
    let known: Vec<String> = [parts.city, parts.country.map(|code| code.to_string()), kind]
        .into_iter()
        .flatten()
        .collect();
    if known.is_empty() {
        k.key_of(id).to_owned()
    } else {
        format!("{} ({})", k.key_of(id), known.join(", "))
    }
}
