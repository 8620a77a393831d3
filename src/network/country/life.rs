//! When countries were there, as far as their codes tell.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::country;
use entity::id::CountryCode;
use entity::vocabulary::DatePrecision;

use crate::phrase::{Phrase, say};
use crate::provenance::claim::value::Period;

/// A first and a last day, each where it is known.
type Days = (Option<NaiveDate>, Option<NaiveDate>);

/// When countries were there.
#[derive(Debug, Default)]
pub struct Lives {
    codes: HashMap<CountryCode, Days>,
    /// The first day of countries that had another code before: that of the former one.
    begun: HashMap<CountryCode, Option<NaiveDate>>,
}

impl Lives {
    /// Takes countries, those among them that have a first or a last day.
    ///
    /// A country that only changed its name has another code from then on, and the number that it
    /// had: it was there before, under the former code.
    pub fn new<'a>(countries: impl IntoIterator<Item = &'a country::Model>) -> Self {
        let dated =
            countries.into_iter().filter(|row| row.valid_from.is_some() || row.valid_to.is_some());
        let dated: Vec<&country::Model> = dated.collect();
        let codes =
            dated.iter().map(|row| (row.code.clone(), (row.valid_from, row.valid_to))).collect();
        let former = |row: &country::Model| {
            let same = |other: &&&country::Model| {
                other.code != row.code
                    && other.numeric.is_some()
                    && other.numeric == row.numeric
                    && other
                        .valid_to
                        .zip(row.valid_from)
                        .is_some_and(|(ended, began)| ended < began)
            };
            dated.iter().filter(same).map(|other| other.valid_from).min()
        };
        let begun = dated
            .iter()
            .map(|row| (row.code.clone(), former(row).unwrap_or(row.valid_from)))
            .collect();
        Self { codes, begun }
    }

    /// The first and the last day of a code.
    pub fn of_code(&self, country: &CountryCode) -> Option<Days> {
        self.codes.get(country).copied()
    }

    /// Says how a period lies outside the life of its country, if it does: the column, and why. A
    /// day that is known to the month or year lies within where any day of that does.
    pub fn outside(
        &self,
        country: &CountryCode,
        (from, to): Days,
        precision: DatePrecision,
    ) -> Option<(&'static str, Phrase)> {
        let begun = self.begun.get(country).copied().flatten();
        let ended = self.codes.get(country).and_then(|days| days.1);
        for (column, day) in [("valid_from", from), ("valid_to", to)] {
            let Some(day) = day else { continue };
            let period = Period::of(day, precision);
            if let Some(begun) = begun.filter(|begun| period.last < *begun) {
                let why = say!(
                    "{day} is before {country} began, which was on {begun}",
                    day,
                    country,
                    begun
                );
                return Some((column, why));
            }
            if let Some(ended) = ended.filter(|ended| *ended < period.first) {
                let why = say!(
                    "{day} is after {country} ended, which was on {ended}",
                    day,
                    country,
                    ended
                );
                return Some((column, why));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lives() -> Lives {
        let country =
            |code: &str, number: &str, from: Option<&str>, to: Option<&str>| country::Model {
                code: CountryCode(code.to_owned()),
                numeric: Some(number.to_owned()),
                valid_from: from.map(|day| day.parse().unwrap()),
                valid_to: to.map(|day| day.parse().unwrap()),
                ..Default::default()
            };
        Lives::new(&[
            country("MM", "104", Some("1989-06-18"), None),
            country("BUMM", "104", None, Some("1989-06-17")),
            country("SS", "728", Some("2011-07-09"), None),
            country("SUHH", "810", None, Some("1991-12-26")),
            country("ID", "360", None, None),
        ])
    }

    fn outside(code: &str, from: &str, to: &str, precision: DatePrecision) -> Option<&'static str> {
        let day = |text: &str| text.parse().ok();
        lives()
            .outside(&CountryCode(code.to_owned()), (day(from), day(to)), precision)
            .map(|found| found.0)
    }

    #[test]
    fn a_period_lies_within_the_life_of_its_country() {
        use DatePrecision::{Day, Year};
        assert_eq!(outside("SS", "2011-07-08", "", Day), Some("valid_from"));
        assert_eq!(outside("SS", "2011-01-01", "", Year), None, "on some day of that year");
        assert_eq!(outside("SS", "", "2010-12-31", Year), Some("valid_to"));
        assert_eq!(outside("SUHH", "1945-10-24", "", Day), None, "its end is not said");
        assert_eq!(outside("SUHH", "1945-10-24", "1992-01-01", Day), Some("valid_to"));
        assert_eq!(outside("SUHH", "1992-01-01", "", Day), Some("valid_from"));
        assert_eq!(outside("MM", "1948-04-19", "", Day), None, "it had another code then");
        assert_eq!(outside("BUMM", "1948-04-19", "2000-01-01", Day), Some("valid_to"));
        assert_eq!(outside("ID", "1900-01-01", "2100-01-01", Day), None);
    }
}
