//! What lasts for a time, such as a country's membership and a person's post, as earlier rows leave
//! it, and which of several terms a row is about.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::NaiveDate;
use entity::vocabulary::DatePrecision;

use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use crate::network::membership::rules::Days;
use crate::phrase::{Phrase, Value, say};
use crate::provenance::claim::value::Period;
use crate::rule::check;

/// A day, and how exactly it is known.
type Day = (NaiveDate, DatePrecision);

/// A term: of the register, or of an earlier row.
#[derive(Clone, Debug)]
pub(super) struct Term<R> {
    /// The record, where the register has it.
    pub(super) row: Option<R>,
    /// The row that enters it, or is about it.
    pub(super) line: Option<u64>,
    pub(super) days: Days,
    precision: DatePrecision,
}

/// The terms of what a row may be about, as earlier rows leave them.
#[derive(Debug)]
pub(in super::super) struct Terms<Of, R>(HashMap<Of, Vec<Term<R>>>);

impl<Of, R> Default for Terms<Of, R> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<Of: Eq + Hash, R> Terms<Of, R> {
    /// Adds one that the register has.
    pub(super) fn add(&mut self, of: Of, row: R, days: Days, precision: DatePrecision) {
        self.0.entry(of).or_default().push(Term { row: Some(row), line: None, days, precision });
    }

    pub(super) fn of(&self, of: &Of) -> &[Term<R>] {
        self.0.get(of).map(Vec::as_slice).unwrap_or_default()
    }

    /// Remembers what a row leaves of a term, or that it enters one.
    pub(super) fn remember(&mut self, of: Of, place: Option<usize>, days: Days, line: u64) {
        let terms = self.0.entry(of).or_default();
        match place.and_then(|place| terms.get_mut(place)) {
            Some(term) => (term.days, term.line) = (days, Some(line)),
            None => terms.push(Term {
                row: None,
                line: Some(line),
                days,
                precision: DatePrecision::Day,
            }),
        }
    }
}

/// What a row makes of the days of a term.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewDays {
    /// The first day, where the row changes it.
    pub(super) from: Option<NaiveDate>,
    /// The last day, where the row changes it.
    pub(super) to: Option<NaiveDate>,
    /// How exactly the days are known, where the row changes that.
    pub(super) precision: Option<DatePrecision>,
    /// Both days, as the row leaves them.
    pub(super) days: Days,
    /// How exactly they are known then.
    pub(super) known: DatePrecision,
}

/// Which term a row is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    None,
    One(usize),
    Several(Vec<usize>),
}

/// What a row says of the days.
#[derive(Clone, Copy, Debug)]
pub(super) struct StatedTerm {
    pub(super) from: Option<Day>,
    pub(super) to: Option<Day>,
}

impl StatedTerm {
    /// What a row says in the columns of the days; a last day before the first one is refused.
    pub(super) fn read(parser: &mut RowParser<'_>) -> Self {
        let from = parser.day("valid_from").map(|day| (day.date, day.precision));
        let said = Self { from, to: parser.last_day("valid_to") };
        let days = (said.from.map(|day| day.0), said.to.map(|day| day.0));
        if let Err(refusal) = check::order("valid_to", days.0, days.1) {
            parser.refuse("valid_to", refusal.message);
        }
        said
    }

    /// The term that a row is about: the one that begins on its first day, else the one from whose
    /// days its own do not differ, as far as both are known.
    pub(super) fn find<R>(self, terms: &[Term<R>]) -> Found {
        let begins =
            |term: &Term<R>| term.days.0.is_some() && term.days.0 == self.from.map(|day| day.0);
        if let Some(place) = terms.iter().position(begins) {
            return Found::One(place);
        }
        let agreeing =
            terms.iter().enumerate().filter(|(_, term)| self.agrees(term)).map(|(place, _)| place);
        let agreeing: Vec<usize> = agreeing.collect();
        match agreeing[..] {
            [] => Found::None,
            [only] => Found::One(only),
            _ => Found::Several(agreeing),
        }
    }

    /// Whether the days are those of a term, as far as both are known.
    fn agrees<R>(&self, term: &Term<R>) -> bool {
        let (from, to) = term.days;
        let same = |said: Option<Day>, known: Option<NaiveDate>| match (said, known) {
            (Some((day, precision)), Some(known)) => {
                let (said, known) = (Period::of(day, precision), Period::of(known, term.precision));
                said.within(known) || known.within(said)
            }
            _ => true,
        };
        let begins = self.from.map(|day| day.0).or(from);
        let ends = self.to.map(|day| day.0).or(to);
        same(self.from, from)
            && same(self.to, to)
            && begins.zip(ends).is_none_or(|(from, to)| from <= to)
    }

    /// The days that a row knows better than what is there, if anything is.
    fn better<R>(&self, term: Option<&Term<R>>) -> (Option<Day>, Option<Day>) {
        let Some(term) = term else { return (self.from, self.to) };
        let (from, to) = term.days;
        let finer = |said: Day, known: NaiveDate| {
            let (said, known) = (Period::of(said.0, said.1), Period::of(known, term.precision));
            said != known && said.within(known)
        };
        let from = self.from.filter(|said| from.is_none_or(|known| finer(*said, known)));
        // The end is known as exactly as the day says, which is not kept beside that of the first.
        let to = self.to.filter(|said| {
            to.is_none_or(|known| {
                let day = Period::of(said.0, said.1);
                said.0 != known && !(Period { first: known, last: known }).within(day)
            })
        });
        (from, to)
    }

    /// What a row makes of the days of a term, or of a new one. That a last day is kept as exactly
    /// as the first one is known is remarked.
    pub(super) fn change<R>(self, parser: &mut RowParser<'_>, term: Option<&Term<R>>) -> NewDays {
        let (from, to) = self.better(term);
        let days = (
            from.map(|day| day.0).or_else(|| term?.days.0),
            to.map(|day| day.0).or_else(|| term?.days.1),
        );
        let precision = match (from, to, term) {
            (Some((_, precision)), ..) => Some(precision),
            (None, Some((_, precision)), term) if term.is_none_or(|term| term.days.0.is_none()) => {
                Some(precision)
            }
            _ => None,
        };
        let there = term.filter(|term| term.row.is_some()).map(|term| term.precision);
        let known = precision.or(there).unwrap_or(DatePrecision::Day);
        if let Some((day, precision)) = to.filter(|(_, precision)| *precision != known) {
            let message = say!(
                "is kept as {day}, known to the {known} as the first day is: \
                 it is written to the {precision}",
                day,
                known = named(known),
                precision = named(precision)
            );
            parser.remark(Weight::Note, "valid_to", message);
        }
        let day = |day: Option<Day>| day.map(|day| day.0);
        NewDays { from: day(from), to: day(to), precision, days, known }
    }
}

/// How exactly a day is known.
fn named(precision: DatePrecision) -> Phrase {
    match precision {
        DatePrecision::Day => say!("day"),
        DatePrecision::Month => say!("month"),
        DatePrecision::Year => say!("year"),
    }
}

/// Periods of some terms, one behind the other.
pub(super) fn periods<R>(terms: &[Term<R>], places: &[usize]) -> Phrase {
    let periods = places.iter().filter_map(|place| terms.get(*place)).map(|term| {
        let (from, to) = term.days;
        check::period(from, to)
    });
    let all = periods.map(Value::phrase);
    all.reduce(|first, last| say!("{first}, and {last}", first, last))
        .unwrap_or_else(|| Phrase::verbatim(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(from: &str, to: &str, precision: DatePrecision) -> Term<()> {
        Term { row: None, line: None, days: (from.parse().ok(), to.parse().ok()), precision }
    }

    fn said(from: &str, to: &str, precision: DatePrecision) -> StatedTerm {
        let day = |text: &str| text.parse().ok().map(|day| (day, precision));
        StatedTerm { from: day(from), to: day(to) }
    }

    #[test]
    fn a_row_is_about_the_term_from_which_it_does_not_differ() {
        use DatePrecision::{Day, Year};
        let dateless = [term("", "", Day)];
        assert_eq!(said("1967-08-08", "", Day).find(&dateless), Found::One(0));
        assert_eq!(said("", "", Day).find(&dateless), Found::One(0));
        let twice = [term("1950-01-01", "1965-01-20", Day), term("1966-09-28", "", Day)];
        assert_eq!(said("1966-09-28", "", Day).find(&twice), Found::One(1));
        assert_eq!(
            said("1966-01-01", "", Year).find(&twice),
            Found::One(1),
            "some day of that year"
        );
        assert_eq!(said("", "1965-01-20", Day).find(&twice), Found::One(0));
        assert_eq!(said("", "", Day).find(&twice), Found::Several(vec![0, 1]));
        assert_eq!(said("1970-01-01", "", Day).find(&twice), Found::None, "it overlaps");
        assert_eq!(said("2015-01-01", "", Day).find(&[term("", "2010-12-31", Day)]), Found::None);
    }

    #[test]
    fn what_is_known_better_improves_what_is_there() {
        use DatePrecision::{Day, Year};
        let better = |said: StatedTerm, term: &Term<()>| {
            let (from, to) = said.better(Some(term));
            (from.map(|day| day.0.to_string()), to.map(|day| day.0.to_string()))
        };
        let some = |day: &str| Some(day.to_owned());
        assert_eq!(
            better(said("1967-08-08", "", Day), &term("", "", Day)),
            (some("1967-08-08"), None)
        );
        assert_eq!(
            better(said("1967-08-08", "", Day), &term("1967-01-01", "", Year)),
            (some("1967-08-08"), None)
        );
        assert_eq!(
            better(said("1967-01-01", "", Year), &term("1967-08-08", "", Day)),
            (None, None)
        );
        assert_eq!(
            better(said("", "2010-12-31", Year), &term("", "2010-06-30", Day)),
            (None, None)
        );
        assert_eq!(
            better(said("1967-01-01", "2012-01-01", Day), &term("1967-01-01", "2010-01-01", Day)).1,
            some("2012-01-01")
        );
        assert_eq!(better(said("1967-01-01", "", Day), &term("1967-01-01", "", Day)), (None, None));
    }
}
