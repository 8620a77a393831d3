//! Which of its codes a country has at a date, and what it was called for a time only.
//!
//! A country that changes its name gets another code and keeps its number: Burma (`BUMM`) and
//! Myanmar (`MM`) are 104.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::id::CountryCode;
use entity::vocabulary::NameKind;

use super::{Country, CountryNames, CountryVia};

/// Until 26 October 1971, when it became Zaire, the Congo of Léopoldville was called as that of
/// Brazzaville was, too.
const ZAIRE: (&str, Option<NaiveDate>) = ("ZRCD", NaiveDate::from_ymd_opt(1971, 10, 26));

/// What both were called, as spelling keys.
const BOTH_CONGOS: [&str; 10] = [
    "congo",
    "kongo",
    "republiccongo",
    "republiquecongo",
    "republicacongo",
    "republikkongo",
    "congorepublic",
    "congorepublique",
    "congorepublica",
    "kongorepublik",
];

/// When codes were in force, and which are of one country.
#[derive(Debug, Default)]
pub(super) struct Times {
    periods: HashMap<CountryCode, (Option<NaiveDate>, Option<NaiveDate>)>,
    numbers: HashMap<CountryCode, String>,
    of_number: HashMap<String, Vec<CountryCode>>,
}

impl Times {
    pub(super) fn add(&mut self, code: CountryCode, country: &Country<'_>) {
        self.periods.insert(code.clone(), (country.valid_from, country.valid_to));
        if let Some(number) = country.numeric.filter(|number| !number.is_empty()) {
            self.numbers.insert(code.clone(), number.to_owned());
            self.of_number.entry(number.to_owned()).or_default().push(code);
        }
    }

    /// Which of those that bear the name of this spelling key bore it at the date, under their
    /// codes of that time.
    pub(super) fn borne(
        &self,
        found: BTreeMap<CountryCode, CountryVia>,
        key: &str,
        date: NaiveDate,
    ) -> BTreeMap<CountryCode, CountryVia> {
        let mut borne = BTreeMap::new();
        for (code, via) in found {
            let then = self.in_force(&code, date);
            if then == code {
                borne.insert(code, via);
            } else {
                borne.entry(then).or_insert(via);
            }
        }
        if let (code, Some(until)) = ZAIRE
            && BOTH_CONGOS.contains(&key)
        {
            let code = CountryCode(code.to_owned());
            if date <= until {
                borne.entry(code).or_insert(CountryVia::Listed(NameKind::Alias));
            } else if borne.len() > 1 {
                borne.remove(&code);
            }
        }
        if borne.keys().any(|code| !self.has_ended(code, date)) {
            borne.retain(|code, _| !self.has_ended(code, date));
        }
        borne
    }

    fn period(&self, code: &CountryCode) -> (Option<NaiveDate>, Option<NaiveDate>) {
        self.periods.get(code).copied().unwrap_or_default()
    }

    fn has_begun(&self, code: &CountryCode, date: NaiveDate) -> bool {
        self.period(code).0.is_none_or(|from| from <= date)
    }

    fn has_ended(&self, code: &CountryCode, date: NaiveDate) -> bool {
        self.period(code).1.is_some_and(|to| to < date)
    }

    /// The only other code of the same country that was in force at the date.
    fn other(&self, code: &CountryCode, date: NaiveDate) -> Option<&CountryCode> {
        let codes = self.numbers.get(code).and_then(|number| self.of_number.get(number))?;
        let mut then = codes.iter().filter(|other| {
            *other != code && self.has_begun(other, date) && !self.has_ended(other, date)
        });
        then.next().filter(|_| then.next().is_none())
    }

    /// The code that the country had at the date, where this one had not begun; else this one.
    fn in_force(&self, code: &CountryCode, date: NaiveDate) -> CountryCode {
        let former = (!self.has_begun(code, date)).then(|| self.other(code, date)).flatten();
        former.unwrap_or(code).clone()
    }
}

impl CountryNames {
    /// The code that the country of this code had at the date: *BUMM* for *MM* before Burma became
    /// Myanmar. A code that had ended stays what it is.
    pub fn in_force(&self, code: &CountryCode, date: Option<NaiveDate>) -> CountryCode {
        date.map_or_else(|| code.clone(), |date| self.times.in_force(code, date))
    }

    /// The code that the same country had at the date, where this one had ended.
    pub fn successor(&self, code: &CountryCode, date: NaiveDate) -> Option<&CountryCode> {
        self.times.has_ended(code, date).then(|| self.times.other(code, date)).flatten()
    }
}
