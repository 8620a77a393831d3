//! From the name of an institution as printed to its record: found, found to be several
//! institutions', or not found; never guessed.
//!
//! 1. The name is listed: equal to one of an institution's names after folding, else to one of its
//!    acronyms. Where several bear it, the date decides, if just one of them bore it then.
//! 2. It is another spelling of a listed name: *of*, *and*/*dan*/*&* and spaces do not count, usual
//!    abbreviations are written out (*Ditjen*, *Univ.*, *Kab.*).
//! 3. It is two names of one institution: *Kementerian Perindustrian (Kemenperin)*, *BBKB – Balai
//!    Besar Kerajinan dan Batik*.
//!
//! Legal forms (*PT*, *CV*) count: two firms may differ in nothing else. What is not found may have
//! suggestions, for a person to choose.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::id::InstitutionId;
use entity::institution_name;
use entity::vocabulary::NameKind;

use super::parts::{split, two_parts};
use crate::text::fold;

/// Words that may be missing without changing which body is meant.
const SILENT: [&str; 6] = ["the", "of", "for", "and", "dan", "untuk"];

/// Words that may be abbreviated, each with what stands for it.
const WRITTEN_AS: [(&str, &str); 16] = [
    ("ditjen", "direktorat jenderal"),
    ("dirjen", "direktorat jenderal"),
    ("dit", "direktorat"),
    ("kemen", "kementerian"),
    ("dep", "departemen"),
    ("dept", "department"),
    ("univ", "universitas"),
    ("university", "universitas"),
    ("kab", "kabupaten"),
    ("prov", "provinsi"),
    ("min", "ministry"),
    ("dg", "directorate general"),
    ("govt", "government"),
    ("assoc", "association"),
    ("intl", "international"),
    ("inst", "institute"),
];

/// How an institution was found: the steps of the [module](self), in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyVia {
    /// By a listed name, of this kind.
    Listed(NameKind),
    /// By another spelling of a listed name.
    Spelling,
    /// By two names that agree.
    TwoNames,
}

/// What a printed name was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyMatch {
    /// One institution.
    One {
        /// Which.
        id: InstitutionId,
        /// How it was found.
        via: BodyVia,
    },
    /// A name of several: a person has to decide.
    Ambiguous {
        /// The institutions, in the order of their ids, each with the name that it bears.
        candidates: Vec<(InstitutionId, String)>,
    },
    /// No institution's name.
    None {
        /// The institutions that may have been meant, the likeliest first, each with the listed
        /// name that is close.
        suggestions: Vec<(InstitutionId, String)>,
    },
}

#[derive(Debug)]
struct Bearer {
    id: InstitutionId,
    kind: NameKind,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    name: String,
}

impl Bearer {
    fn bore(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// The names of all institutions, ready to be looked up.
#[derive(Debug, Default)]
pub struct InstitutionNames {
    bearers: Vec<Bearer>,
    listed: HashMap<String, Vec<usize>>,
    spellings: HashMap<String, Vec<usize>>,
}

/// Folded words as one key, equal for the spellings of one name.
fn key(folded: &str) -> String {
    let words = split(folded).into_iter().filter(|word| !SILENT.contains(word));
    words
        .map(|word| {
            WRITTEN_AS.iter().find(|(written, _)| *written == word).map_or(word, |(_, meant)| meant)
        })
        .flat_map(|word| word.split(' '))
        .filter(|word| !SILENT.contains(word))
        .collect()
}

/// How many institutions are suggested at most.
const MOST_SUGGESTIONS: usize = 5;

impl InstitutionNames {
    /// Takes the names of institutions that are in use, in any order.
    pub fn new(names: impl IntoIterator<Item = institution_name::Model>) -> Self {
        let mut built = Self::default();
        for row in names {
            let folded = fold(&row.name);
            if folded.is_empty() {
                continue;
            }
            let place = built.bearers.len();
            built.spellings.entry(key(&folded)).or_default().push(place);
            built.listed.entry(folded).or_default().push(place);
            let institution_name::Model {
                institution_id: id,
                kind,
                valid_from: from,
                valid_to: to,
                name,
                ..
            } = row;
            built.bearers.push(Bearer { id, kind, from, to, name });
        }
        built
    }

    /// The institution that a name means that was printed of this date.
    pub fn find_as_at(&self, printed: &str, date: Option<NaiveDate>) -> BodyMatch {
        let folded = fold(printed);
        let Some((bearers, via)) = self.candidates(printed, &folded) else {
            return BodyMatch::None { suggestions: self.suggestions(&folded) };
        };
        let mut bearers: Vec<&Bearer> =
            bearers.into_iter().filter_map(|place| self.bearers.get(place)).collect();
        let distinct =
            |bearers: &[&Bearer]| bearers.iter().map(|bearer| bearer.id).collect::<BTreeSet<_>>();
        if let Some(date) = date
            && distinct(&bearers).len() > 1
        {
            let then: Vec<_> = bearers.iter().copied().filter(|bearer| bearer.bore(date)).collect();
            if distinct(&then).len() == 1 {
                bearers = then;
            }
        }
        let mut ids: BTreeMap<InstitutionId, &Bearer> = BTreeMap::new();
        for bearer in bearers {
            ids.entry(bearer.id)
                .and_modify(|known| *known = if bearer.kind < known.kind { bearer } else { known })
                .or_insert(bearer);
        }
        match (ids.len(), ids.first_key_value()) {
            (1, Some((id, bearer))) => {
                BodyMatch::One { id: *id, via: via.unwrap_or(BodyVia::Listed(bearer.kind)) }
            }
            _ => BodyMatch::Ambiguous {
                candidates: ids.into_iter().map(|(id, bearer)| (id, bearer.name.clone())).collect(),
            },
        }
    }

    /// Who bears the name, by the first step that finds anybody; `None` as the way means that it is
    /// listed.
    fn candidates(&self, printed: &str, folded: &str) -> Option<(Vec<usize>, Option<BodyVia>)> {
        if let Some(bearers) = self.listed.get(folded) {
            return Some((self.by_name_first(bearers), None));
        }
        if let Some(bearers) = self.spellings.get(&key(folded)).filter(|_| !key(folded).is_empty())
        {
            return Some((self.by_name_first(bearers), Some(BodyVia::Spelling)));
        }
        let (one, other) = two_parts(printed)?;
        let named = |part: &str| self.spellings.get(&key(&fold(part)));
        let (first, second) = (named(&one)?, named(&other)?);
        let id = |place: &usize| self.bearers.get(*place).map(|bearer| bearer.id);
        let others: BTreeSet<_> = second.iter().filter_map(id).collect();
        let agreed: Vec<usize> = first
            .iter()
            .copied()
            .filter(|place| id(place).is_some_and(|id| others.contains(&id)))
            .collect();
        (!agreed.is_empty()).then_some((agreed, Some(BodyVia::TwoNames)))
    }

    /// Those that bear it as a name; where none does, those of which it is the acronym.
    fn by_name_first(&self, bearers: &[usize]) -> Vec<usize> {
        let is_acronym = |place: &usize| {
            self.bearers.get(*place).is_some_and(|one| one.kind == NameKind::Acronym)
        };
        let (acronyms, names): (Vec<usize>, Vec<usize>) =
            bearers.iter().copied().partition(is_acronym);
        if names.is_empty() { acronyms } else { names }
    }

    fn suggestions(&self, folded: &str) -> Vec<(InstitutionId, String)> {
        let length = folded.chars().count();
        // One slip in four letters, at most four.
        let limit = (length / 4).min(4);
        let mut close: BTreeMap<InstitutionId, (usize, &str)> = BTreeMap::new();
        for (name, bearers) in &self.listed {
            if name.chars().count().abs_diff(length) > limit {
                continue;
            }
            let distance = strsim::osa_distance(name, folded);
            for bearer in bearers
                .iter()
                .filter_map(|place| self.bearers.get(*place))
                .filter(|_| distance <= limit)
            {
                let known = close.entry(bearer.id).or_insert((distance, &bearer.name));
                if distance < known.0 {
                    *known = (distance, &bearer.name);
                }
            }
        }
        let mut close: Vec<_> = close.into_iter().collect();
        close.sort_by_key(|(id, (distance, _))| (*distance, *id));
        close
            .into_iter()
            .take(MOST_SUGGESTIONS)
            .map(|(id, (_, name))| (id, name.to_owned()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use entity::id::InstitutionNameId;
    use entity::vocabulary::DatePrecision;
    use uuid::Uuid;

    use super::*;

    fn name(
        id: u128,
        kind: NameKind,
        name: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> institution_name::Model {
        let date = |date: &str| date.parse().unwrap();
        institution_name::Model {
            id: InstitutionNameId(Uuid::nil()),
            institution_id: InstitutionId(Uuid::from_u128(id)),
            language: "id".to_owned(),
            kind,
            name: name.to_owned(),
            search_text: fold(name),
            valid_from: from.map(date),
            valid_to: to.map(date),
            precision: DatePrecision::Day,
        }
    }

    fn names() -> InstitutionNames {
        use NameKind::{Acronym, Common};
        InstitutionNames::new([
            name(1, Common, "Kementerian Perindustrian", None, None),
            name(1, Acronym, "Kemenperin", None, None),
            name(2, Common, "Balai Besar Kerajinan dan Batik", None, Some("2022-01-01")),
            name(2, Acronym, "BBKB", None, None),
            name(3, Common, "Direktorat Jenderal Industri Kecil dan Menengah", None, None),
            name(4, Common, "Dinas Perindustrian", None, Some("2010-12-31")),
            name(5, Common, "Dinas Perindustrian", Some("2011-01-01"), None),
            name(6, Common, "PT Maju", None, None),
        ])
    }

    fn found(printed: &str) -> Option<u128> {
        match names().find_as_at(printed, None) {
            BodyMatch::One { id, .. } => Some(id.0.as_u128()),
            _ => None,
        }
    }

    #[test]
    fn a_body_is_found_by_its_names_in_their_spellings() {
        for printed in [
            "Kementerian Perindustrian",
            "KEMENTERIAN  PERINDUSTRIAN",
            "kemenperin",
            "Kementerian Perindustrian (Kemenperin)",
            "Kemenperin - Kementerian Perindustrian",
            "Kementerian\u{a0}Per\u{ad}industrian",
        ] {
            assert_eq!(found(printed), Some(1), "{printed}");
        }
        assert_eq!(found("Balai Besar Kerajinan & Batik"), Some(2));
        assert_eq!(found("Ditjen Industri Kecil dan Menengah"), Some(3));
    }

    #[test]
    fn a_name_beats_an_acronym_and_an_acronym_of_several_is_ambiguous() {
        use NameKind::{Acronym, Common};
        let names = InstitutionNames::new([
            name(1, Common, "Centre for Arts", None, None),
            name(1, Acronym, "ACE", None, None),
            name(2, Common, "Ace", None, None),
            name(3, Acronym, "BBK", None, None),
            name(4, Acronym, "bbk", None, None),
        ]);
        let found = |printed| names.find_as_at(printed, None);
        assert!(matches!(
            found("ACE"),
            BodyMatch::One { id, via: BodyVia::Listed(Common) } if id.0.as_u128() == 2
        ));
        assert!(
            matches!(found("BBK"), BodyMatch::Ambiguous { candidates } if candidates.len() == 2)
        );
        assert!(matches!(
            found("Centre for Arts (ACE)"),
            BodyMatch::One { id, .. } if id.0.as_u128() == 1
        ));
    }

    #[test]
    fn the_date_decides_between_bodies_of_one_name_and_nothing_else_does() {
        let on = |day: &str| names().find_as_at("Dinas Perindustrian", Some(day.parse().unwrap()));
        assert!(matches!(on("2005-01-01"), BodyMatch::One { id, .. } if id.0.as_u128() == 4));
        assert!(matches!(on("2020-01-01"), BodyMatch::One { id, .. } if id.0.as_u128() == 5));
        let any = names().find_as_at("Dinas Perindustrian", None);
        assert!(matches!(any, BodyMatch::Ambiguous { candidates } if candidates.len() == 2));
    }

    #[test]
    fn what_is_close_is_suggested_and_never_taken() {
        assert_eq!(found("CV Maju"), None);
        assert_eq!(
            found("Kementerian Perindustrian (BBKB)"),
            None,
            "the two contradict each other"
        );
        let BodyMatch::None { suggestions } = names().find_as_at("Kementrian Perindustrian", None)
        else {
            panic!("one letter is missing")
        };
        assert_eq!(suggestions.first().map(|one| one.0.0.as_u128()), Some(1));
        assert_eq!(found(""), None);
    }
}
