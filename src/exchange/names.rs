//! From the name of a country as printed to its code.
//!
//! A name is found, or found to be several countries', or not found; it is never guessed.
//! [`CountryNames::find`] takes these steps and stops at the first that yields a country:
//!
//! 1. The name is listed: equal to a listed name after [`fold`]ing.
//! 2. It is another spelling of a listed name: articles, *of*, *and*/*dan*/*&* and spaces do not
//!    count, usual abbreviations are written out (*St.*, *Rep.*, *Dem.*, *Is.*, *Kep.*, *S.
//!    Sudan*). A listed *Hong Kong, China* is listed as *China Hong Kong*, too.
//! 3. It is a listed name turned round at a comma, a dash or a parenthesis: *Korea, Republic of*;
//!    *Iran (Islamic Republic of)*.
//! 4. It is two names of one country, *Cambodia/Kamboja*, or a name with the country's own code,
//!    *Indonesia (IDN)*, *Bahamas (the) (BS)*. The two have to agree: *Georgia (USA)* is nothing. A
//!    name in parentheses may tell which of several is meant: *Congo (DRC)*.
//! 5. It is a title and a listed name, and that very title is the country's by one of its listed
//!    names, in whichever language: *Kerajaan Belgia*, since *Kingdom of Belgium* is listed. Of
//!    three things more can be said that they only mean the country: *Negara X*, and *Republic of
//!    X* or *Republik X* where X is some kind of republic and no other country's name contains X.
//!    The Republic of Viet Nam was not Viet Nam, so contested names are left out of this.
//! 6. It is one of these behind the number of a list or before the mark of a footnote: *12.
//!    Thailand*, *Thailand (1)*.
//!
//! Of the codes that one country has had (`times.rs`), a name means the one in force at the date.
//! Several countries named in one text are none, unless they are listed as one, by the same signs:
//! *Serbia, Montenegro* is not *Serbia and Montenegro*, *China dan Hong Kong* not *Hong Kong,
//! China*. Split lists first. Codes are not names: *IN* is no country here, but is one for
//! [`CountryNames::find_code`]. What stands in a column of countries may be either:
//! [`CountryNames::find_written`].

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use entity::id::CountryCode;
use entity::vocabulary::NameKind;
use entity::{country, country_name};

use crate::text::fold;

pub mod bodies;
mod codes;
mod kept;
mod parts;
mod steps;
mod suggest;
mod times;
mod words;

#[cfg(test)]
mod tests;

use parts::{Signs, elided, lines, list_parts, split, turned_round, undecorated};
use times::Times;
use words::{Title, distinguishing, is_of_a_republic, key, skeleton};

/// A country that names may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Country<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its alpha-3 code.
    pub alpha3: &'a str,
    /// Its numeric code, which a country keeps when its name and other codes change.
    pub numeric: Option<&'a str>,
    /// The first day of the code, where known.
    pub valid_from: Option<NaiveDate>,
    /// The last day of the code: set for a dissolved country.
    pub valid_to: Option<NaiveDate>,
}

impl<'a> From<&'a country::Model> for Country<'a> {
    fn from(row: &'a country::Model) -> Self {
        let country::Model { code, alpha3, numeric, valid_from, valid_to, .. } = row;
        Self {
            code: &code.0,
            alpha3,
            numeric: numeric.as_deref(),
            valid_from: *valid_from,
            valid_to: *valid_to,
        }
    }
}

/// A listed name of a country, in any language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedName<'a> {
    /// The code of the country.
    pub country: &'a str,
    /// What the name is to the country.
    pub kind: NameKind,
    /// The name as written.
    pub name: &'a str,
}

impl<'a> From<&'a country_name::Model> for ListedName<'a> {
    fn from(row: &'a country_name::Model) -> Self {
        Self { country: &row.country_code.0, kind: row.kind, name: &row.name }
    }
}

/// What a printed name was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameMatch {
    /// One country.
    One {
        /// Its code.
        code: CountryCode,
        /// How it was found.
        via: CountryVia,
    },
    /// A name of several countries: a person has to decide.
    Ambiguous {
        /// The countries, in the order of their codes.
        candidates: Vec<CountryCode>,
    },
    /// No country's name.
    None {
        /// The countries that may have been meant, the likeliest first; often none.
        suggestions: Vec<Suggestion>,
    },
}

/// How a country was found: the steps of the [module](self), in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountryVia {
    /// By a listed name, of this kind.
    Listed(NameKind),
    /// By another spelling of a listed name.
    Spelling,
    /// By a listed name, turned round.
    Inversion,
    /// By two names that agree, or a name and the code.
    TwoNames,
    /// By a listed name and the title of the country.
    Title,
    /// By a code in the place of a name.
    Code,
}

/// A country that may have been meant, for a person to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Its code.
    pub code: CountryCode,
    /// The listed name that is close to what was printed, as listed.
    pub name: String,
}

/// The names of all countries, ready to be looked up. Built once; a name that is found costs a few
/// hash look-ups, one that is not found a pass over all names, for the suggestions.
#[derive(Debug)]
pub struct CountryNames {
    times: Times,
    codes: HashMap<String, CountryCode>,
    /// Folded name → who bears it, and as what.
    listed: HashMap<String, BTreeMap<CountryCode, NameKind>>,
    /// Spelling key → who bears it.
    spellings: HashMap<String, BTreeSet<CountryCode>>,
    /// The listed names that look like lists, such as *Hong Kong, China*.
    listed_lists: HashSet<(Signs, Vec<String>)>,
    titles: HashMap<CountryCode, BTreeSet<Title>>,
    republics: HashSet<CountryCode>,
    /// All names, for suggestions: folded, as listed.
    all: Vec<(String, CountryCode, String)>,
    /// Of each of them what tells it from others, in the same order.
    skeletons: Vec<String>,
}

impl CountryNames {
    /// Takes the countries and their names, in any order. A name of a country that is not among the
    /// countries is taken for valid at any time.
    pub fn new<'a>(
        countries: impl IntoIterator<Item = Country<'a>>,
        names: impl IntoIterator<Item = ListedName<'a>>,
    ) -> Self {
        let mut built = Self {
            times: Times::default(),
            codes: HashMap::new(),
            listed: HashMap::new(),
            spellings: HashMap::new(),
            listed_lists: HashSet::new(),
            titles: HashMap::new(),
            republics: HashSet::new(),
            all: Vec::new(),
            skeletons: Vec::new(),
        };
        let mut countries: Vec<_> = countries.into_iter().collect();
        // An alpha-3 code that was given again (`ATF`) is its present holder's.
        countries.sort_by_key(|country| (country.valid_to.is_some(), country.code));
        for country in countries {
            let code = CountryCode(country.code.to_owned());
            for written in [country.code, country.alpha3] {
                built.codes.entry(written.to_owned()).or_insert_with(|| code.clone());
            }
            built.times.add(code, &country);
        }
        for ListedName { country, kind, name } in names {
            built.list(&CountryCode(country.to_owned()), kind, name);
        }
        built.all.sort();
        built.all.dedup();
        built.skeletons = built
            .all
            .iter()
            .map(|(folded, ..)| skeleton(&distinguishing(&split(folded))))
            .collect();
        built.learn_titles();
        built
    }

    fn list(&mut self, code: &CountryCode, kind: NameKind, name: &str) {
        let folded = fold(name);
        if folded.is_empty() {
            return;
        }
        let turned = turned_round(&lines(name)).map(|turned| fold(&turned));
        let apart = elided(name).map(|apart| fold(&apart));
        for spelling in [Some(&folded), turned.as_ref(), apart.as_ref()].into_iter().flatten() {
            let key = key(&split(spelling));
            if !key.is_empty() {
                self.spellings.entry(key).or_default().insert(code.clone());
            }
        }
        self.listed_lists.extend(list_parts(&lines(name)));
        let bearers = self.listed.entry(folded.clone()).or_default();
        bearers.entry(code.clone()).and_modify(|known| *known = kind.min(*known)).or_insert(kind);
        self.all.push((folded, code.clone(), name.to_owned()));
    }

    /// A country has a title if one of its names is that title and another of its names, the
    /// shorter one.
    fn learn_titles(&mut self) {
        let mut titles: HashMap<CountryCode, BTreeSet<Title>> = HashMap::new();
        for (name, code, _) in &self.all {
            let words = split(name);
            if is_of_a_republic(&words) {
                self.republics.insert(code.clone());
            }
            let own = |rest| self.spelt(rest).is_some_and(|bearers| bearers.contains(code));
            if let Some((title, _)) = self.titled(&words).filter(|(_, rest)| own(rest)).last() {
                titles.entry(code.clone()).or_default().insert(title);
            }
        }
        self.titles = titles;
    }

    /// The country that a printed name means, at no known date. A name that a country shares with a
    /// dissolved one (*Burma*) is ambiguous.
    pub fn find(&self, printed: &str) -> NameMatch {
        self.find_as_at(printed, None)
    }

    /// The country that a name means that was printed of this date, under the code that it had
    /// then.
    ///
    /// Of countries that share the name those are left out that had ended by then. That its only
    /// bearer had ended, or had not begun, is for a rule to notice, not a reason to overlook it.
    pub fn find_as_at(&self, printed: &str, date: Option<NaiveDate>) -> NameMatch {
        let printed = &lines(printed);
        if let Some(code) = self.with_its_code(printed) {
            return NameMatch::One { code: self.in_force(&code, date), via: CountryVia::TwoNames };
        }
        if let Some(codes) = self.several(printed) {
            return NameMatch::None { suggestions: self.suggest_all(&codes) };
        }
        let Some(mut found) = self.bearers(printed) else {
            return match undecorated(printed) {
                Some(name) => self.find_as_at(&name, date),
                None => NameMatch::None { suggestions: self.suggestions(printed) },
            };
        };
        if let Some(date) = date {
            found = self.times.borne(found, &key(&split(&fold(printed))), date);
        }
        match (found.len(), found.pop_first()) {
            (1, Some((code, via))) => NameMatch::One { code, via },
            (_, first) => NameMatch::Ambiguous {
                candidates: first.into_iter().chain(found).map(|(code, _)| code).collect(),
            },
        }
    }

    /// The country with this code: alpha-2, alpha-3, or the four letters of a dissolved country; in
    /// capitals. A name is no code: `OMAN` and `MALI` are nothing here.
    pub fn find_code(&self, printed: &str) -> Option<&CountryCode> {
        self.codes.get(printed.trim())
    }
}
