//! The sentences of findings about lists of countries.

use std::collections::{BTreeMap, HashMap};

use entity::vocabulary::DelegationStatus;
use serde::Deserialize;
use serde_json::Value as Json;
use uuid::Uuid;

use super::{quoted, read, sentence};
use crate::phrase::{Phrase, say};
use crate::provenance::claim::words::terms;

/// A finding of a former version has no `says` and no `leftOut`: which source names whom was not
/// kept then.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListConflict {
    #[serde(default)]
    contradicted: Vec<String>,
    #[serde(default)]
    not_on_closed_list: Vec<String>,
    #[serde(default)]
    says: Vec<Says>,
    #[serde(default)]
    left_out: Vec<LeftOut>,
}

/// What a source says of the delegation of a country.
#[derive(Deserialize)]
struct Says {
    country: String,
    source: Uuid,
    status: DelegationStatus,
}

/// A country that a source names and the closed list of another leaves out.
#[derive(Deserialize)]
struct LeftOut {
    country: String,
    named: Uuid,
    closed: Uuid,
}

/// The sources that a detail mentions, if it is one of lists.
pub(super) fn sources(detail: &Json) -> Vec<Uuid> {
    let Some(ListConflict { says, left_out, .. }) = read(detail) else { return Vec::new() };
    let says = says.into_iter().map(|one| one.source);
    let mut sources: Vec<_> =
        says.chain(left_out.into_iter().flat_map(|one| [one.named, one.closed])).collect();
    sources.sort_unstable();
    sources.dedup();
    sources
}

pub(super) fn list_conflict(detail: &Json, names: &HashMap<Uuid, String>) -> Option<Phrase> {
    let ListConflict { contradicted, not_on_closed_list, says, left_out } = read(detail)?;
    let title = |id: &Uuid| names.get(id).map_or_else(|| id.to_string(), |title| quoted(title));
    let contradicted: Vec<_> = contradicted
        .into_iter()
        .map(|country| {
            let of_it = says.iter().filter(|one| one.country == country);
            let of_it: Vec<_> = of_it
                .map(|one| {
                    let status = terms::delegation_status(one.status);
                    Phrase::joined([Phrase::verbatim(title(&one.source)), status], ": ")
                })
                .collect();
            if of_it.is_empty() {
                return Phrase::verbatim(country);
            }
            let (country, of_it) = (Phrase::verbatim(country), Phrase::joined(of_it, "; "));
            Phrase::Joined(vec![country, Phrase::verbatim(" ("), of_it, Phrase::verbatim(")")])
        })
        .collect();
    let contradicted = (!contradicted.is_empty()).then(|| {
        say!(
            "the sources contradict each other on the attendance of {countries}",
            countries = Phrase::all_of(contradicted)
        )
    });
    let mut by_sources: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for LeftOut { country, named, closed } in left_out {
        by_sources.entry((named, closed)).or_default().push(country);
    }
    let mut missing: Vec<_> = by_sources
        .into_iter()
        .map(|((named, closed), countries)| {
            say!(
                "{named} names {countries}, which the closed list of {closed} leaves out",
                named = title(&named),
                countries = Phrase::all_of(countries),
                closed = title(&closed)
            )
        })
        .collect();
    if missing.is_empty() && !not_on_closed_list.is_empty() {
        missing.push(say!(
            "one source names {countries}, which the closed list of another leaves out",
            countries = Phrase::all_of(not_on_closed_list)
        ));
    }
    sentence(contradicted.into_iter().chain(missing))
}

#[derive(Deserialize)]
struct NotAMember {
    country: String,
    status: DelegationStatus,
}

pub(super) fn not_a_member(detail: &Json) -> Option<Phrase> {
    let NotAMember { country, status } = read(detail)?;
    Some(say!(
        "the delegation of {country} has the status {status}, but {country} was not a member of \
         the programme's group at the time of the batch.",
        country,
        status = terms::delegation_status(status)
    ))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Partition {
    attended: Vec<String>,
    sent_nobody: Vec<String>,
    declined: Vec<String>,
    unknown: Vec<String>,
}

/// What so many members did.
type Told = fn(usize) -> Phrase;

pub(super) fn partition(detail: &Json) -> Option<Phrase> {
    let Partition { attended, sent_nobody, declined, unknown } = read(detail)?;
    let all = attended.len() + sent_nobody.len() + declined.len() + unknown.len();
    let members = if all == 1 { say!("1 member") } else { say!("{all} members", all) };
    let verdict = match unknown.len() {
        0 => say!("something final is known of all {members}", members),
        some => say!(
            "nothing final is known of {some} of {members} ({countries})",
            some,
            members,
            countries = unknown.join(", ")
        ),
    };
    let did: [(Vec<String>, Told); 3] = [
        (attended, |number| say!("{number} attended", number)),
        (sent_nobody, |number| say!("{number} sent nobody", number)),
        (declined, |number| say!("{number} declined", number)),
    ];
    let parts = did.into_iter().filter(|(countries, _)| !countries.is_empty());
    let parts: Vec<_> = parts
        .map(|(countries, did)| {
            let named = Phrase::verbatim(format!("({})", countries.join(", ")));
            Phrase::joined([did(countries.len()), named], " ")
        })
        .collect();
    let parts = (!parts.is_empty()).then(|| Phrase::joined(parts, ", "));
    sentence([Phrase::joined([verdict].into_iter().chain(parts), ": ")].into_iter())
}
