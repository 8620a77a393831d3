//! Rules about names. They reach beyond one batch, so each takes what it needs; all names are given
//! folded (lower case, no diacritics), and no name of a person goes into a finding.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::id::{CountryCode, InstitutionId, PersonId};
use entity::institution_name;
use entity::vocabulary::{FindingRule, InstitutionKind};
use sea_orm::prelude::Date;
use serde_json::json;

use super::{Found, Subject};
use crate::provenance::claim::stated::Stated;
use crate::provenance::claim::value::Period;

/// A name of an institution as something prints it: a claim's text or a partnership's label.
#[derive(Clone, Debug)]
pub struct PrintedName<'a> {
    /// The record that prints it.
    pub subject: Subject,
    /// The claim that prints it, if one.
    pub claim: Option<Stated<'a>>,
    /// Whose name it is.
    pub institution: InstitutionId,
    /// The name, folded.
    pub folded: &'a str,
    /// The first day of the time of which it is said: of the batch, where known, else its last.
    pub from: Date,
    /// The last day of that time: of the batch, where known, else its first.
    pub to: Date,
}

/// `NAME_OUT_OF_PERIOD`: something that was held at one time is told under a name that the
/// institution did not have then. Only where the whole printed name is one of its dated names
/// (`names`, other institutions' are passed over), and no name of that spelling was in force on any
/// day of the time. A name known to have begun or ended in some year is taken to have been in force
/// all that year.
pub fn name_out_of_period(
    printed: &PrintedName<'_>,
    names: &[institution_name::Model],
) -> Option<Found> {
    let mut periods = BTreeSet::new();
    for name in names
        .iter()
        .filter(|n| n.institution_id == printed.institution && n.search_text == printed.folded)
    {
        let from = name.valid_from.map(|date| Period::of(date, name.precision).first);
        let to = name.valid_to.map(|date| Period::of(date, name.precision).last);
        if from.is_none_or(|from| from <= printed.to) && to.is_none_or(|to| printed.from <= to) {
            return None;
        }
        periods.insert((from, to));
    }
    if periods.is_empty() {
        return None;
    }
    let detail = json!({
        "institution": printed.institution, "name": printed.folded,
        "inForce": periods.iter().map(|(from, to)| json!({
            "from": from, "to": to
        })).collect::<Vec<_>>(),
        "used": { "from": printed.from, "to": printed.to },
    });
    let mut found = Found::new(FindingRule::NameOutOfPeriod, printed.subject.clone()).with(detail);
    if let Some(claim) = printed.claim {
        found = found.about(claim.claim.property).behind(&[claim]);
    }
    Some(found.resting_on(json!([printed.institution, printed.folded])))
}

/// A name of a person. Somebody with several names is given once with each.
#[derive(Clone, Copy, Debug)]
pub struct NamedPerson<'a> {
    /// Who bears it.
    pub id: PersonId,
    /// The name, folded.
    pub folded: &'a str,
}

/// `POSSIBLE_SAME_PERSON`: the names of two people are spelling variants of each other (as
/// `Name::edits` says). One finding per pair, about the one entered first, for curators only.
pub fn possible_same_person(people: &[NamedPerson<'_>]) -> Vec<Found> {
    let names: Vec<_> = people.iter().map(|person| Name::of_person(person.folded)).collect();
    let pairs = variants(&names, |one, other| ordered(people[one].id, people[other].id));
    let found = pairs.into_iter().map(|((one, other), edits)| {
        Found::new(FindingRule::PossibleSamePerson, Subject::person(one))
            .with(json!({ "people": [one, other], "edits": edits }))
            .resting_on(json!([other]))
    });
    found.collect()
}

/// A name of an institution. One with several names is given once with each.
#[derive(Clone, Copy, Debug)]
pub struct NamedInstitution<'a> {
    /// Who bears it.
    pub id: InstitutionId,
    /// The name, folded.
    pub folded: &'a str,
    /// What kind of body it is.
    pub kind: InstitutionKind,
    /// Its country, where known.
    pub country: Option<&'a CountryCode>,
    /// The city of its seat, where known.
    pub city: Option<&'a str>,
}

/// `POSSIBLE_SAME_INSTITUTION`: a name of one institution is a spelling variant of a name of
/// another (as `Name::edits` says). One finding per pair, about the one entered first, for curators
/// only. Bodies of another kind, country or city are not the same, where those are known: city
/// offices bear like names in city after city.
pub fn possible_same_institution(institutions: &[NamedInstitution<'_>]) -> Vec<Found> {
    let names: Vec<_> =
        institutions.iter().map(|institution| Name::of_institution(institution.folded)).collect();
    let pairs = variants(&names, |one, other| {
        let (one, other) = (&institutions[one], &institutions[other]);
        let elsewhere = one.country.zip(other.country).is_some_and(|(a, b)| a != b)
            || one.city.zip(other.city).is_some_and(|(a, b)| !a.eq_ignore_ascii_case(b));
        if one.kind == other.kind && !elsewhere { ordered(one.id, other.id) } else { None }
    });
    let found = pairs.into_iter().map(|((one, other), edits)| {
        Found::new(FindingRule::PossibleSameInstitution, Subject::institution(one))
            .with(json!({ "institutions": [one, other], "edits": edits }))
            .resting_on(json!([other]))
    });
    found.collect()
}

/// The pair in the order of entry; `None` where it is one and the same.
fn ordered<T: Ord>(one: T, other: T) -> Option<(T, T)> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    match one.cmp(&other) {
        Less => Some((one, other)),
        Equal => None,
        Greater => Some((other, one)),
    }
}

/// A folded name, cut into words.
struct Name<'a> {
    /// The words in alphabetical order, as the order of given and family names varies.
    words: Vec<&'a str>,
    /// Of people, single letters beside the words.
    initials: Vec<&'a str>,
    /// All words written together, as printed.
    together: String,
    is_person: bool,
}

impl<'a> Name<'a> {
    fn of_person(folded: &'a str) -> Self {
        let (initials, words): (Vec<_>, Vec<_>) =
            words(folded).partition(|word| word.chars().count() == 1);
        if words.is_empty() {
            Self::new(initials, Vec::new(), true)
        } else {
            Self::new(words, initials, true)
        }
    }

    /// A single letter in the name of an institution tells it from others ("Wilayah I"), so it is a
    /// word like any other.
    fn of_institution(folded: &'a str) -> Self {
        Self::new(words(folded).collect(), Vec::new(), false)
    }

    fn new(mut words: Vec<&'a str>, mut initials: Vec<&'a str>, is_person: bool) -> Self {
        let together = words.concat();
        words.sort_unstable();
        initials.sort_unstable();
        Self { words, initials, together, is_person }
    }

    /// By how many edits two names differ that are spelling variants; `None` where they are
    /// different names.
    ///
    /// Conservative: they have the same words in some order, or are the same when written together,
    /// or differ in one word alone by no more edits (Damerau-Levenshtein) than its length allows.
    /// Initials may be left out on one side.
    fn edits(&self, other: &Self) -> Option<usize> {
        let initials_differ = self.initials != other.initials
            && !self.initials.is_empty()
            && !other.initials.is_empty();
        if self.words.is_empty() || other.words.is_empty() || initials_differ {
            return None;
        }
        if self.words == other.words || self.together == other.together {
            return Some(0);
        }
        let (mut one, mut two) = (self.words.clone(), other.words.clone());
        one.retain(|word| match two.iter().position(|w| w == word) {
            Some(at) => {
                two.remove(at);
                false
            }
            None => true,
        });
        let ([one], [two]) = (&one[..], &two[..]) else { return None };
        let allowed = self.allowed(one).min(self.allowed(two));
        // Counting edits takes its time, and they are no fewer than letters that one has more.
        let longer = one.chars().count().abs_diff(two.chars().count());
        let edits = (longer <= allowed).then(|| strsim::damerau_levenshtein(one, two))?;
        (edits <= allowed).then_some(edits)
    }

    /// How many edits make a variant of one of its words and not another word. Numbers, also Roman
    /// ones, and short words differ in earnest; so do one-word names of institutions, most of which
    /// are acronyms (Kemenkes and Kemenkeu).
    fn allowed(&self, word: &str) -> usize {
        let is_numeral =
            word.chars().any(|c| c.is_ascii_digit()) || word.chars().all(|c| "ivxlcdm".contains(c));
        let is_single = self.words.len() == 1;
        if is_numeral || (is_single && !self.is_person) {
            return 0;
        }
        match word.chars().count() {
            0..4 => 0,
            4 => usize::from(self.words.len() > 2),
            5..8 => 1,
            _ => 2,
        }
    }

    /// Names that are compared at all share one of these: so the work grows with the variants there
    /// are, not with the square of the names. No word is left out of which no edit makes a variant
    /// ("Peserta 1", "Peserta 2"). One-word names of people whose two ends both differ are not
    /// found.
    fn blocks(&self) -> Vec<String> {
        let mut blocks = vec![format!("={}", self.together)];
        if self.words.len() > 1 {
            for left_out in (0..self.words.len()).filter(|at| self.allowed(self.words[*at]) > 0) {
                let rest = self
                    .words
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| *at != left_out)
                    .map(|(_, word)| *word);
                blocks.push(format!("-{}", rest.collect::<Vec<_>>().join(" ")));
            }
        } else if let (true, Some(word)) = (self.is_person, self.words.first()) {
            blocks.push(format!("^{}", word.chars().take(2).collect::<String>()));
            blocks.push(format!("${}", word.chars().rev().take(2).collect::<String>()));
        }
        blocks
    }
}

fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The pairs of bearers that names of theirs make possibly the same, with the fewest edits. `pair`
/// gives the bearers of two names by position, and `None` where they cannot be the same.
fn variants<T: Ord>(
    names: &[Name<'_>],
    pair: impl Fn(usize, usize) -> Option<(T, T)>,
) -> BTreeMap<(T, T), usize> {
    let mut blocks: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, name) in names.iter().enumerate() {
        for block in name.blocks() {
            blocks.entry(block).or_default().push(at);
        }
    }
    let mut pairs = BTreeMap::new();
    for block in blocks.values() {
        for (position, one) in block.iter().enumerate() {
            for other in &block[position + 1..] {
                let Some(pair) = pair(*one, *other) else { continue };
                if let Some(edits) = names[*one].edits(&names[*other]) {
                    pairs
                        .entry(pair)
                        .and_modify(|least: &mut usize| *least = edits.min(*least))
                        .or_insert(edits);
                }
            }
        }
    }
    pairs
}
