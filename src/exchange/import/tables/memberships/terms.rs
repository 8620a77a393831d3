//! Memberships of a country in a group and kind, as earlier rows leave them, and which of them a
//! row is about.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use entity::id::{CountryCode, RegionalGroupId};
use entity::membership;
use entity::vocabulary::{DatePrecision, MembershipKind};
use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, EntityTrait, QueryFilter};

use crate::db::IDS_PER_QUERY;
use crate::network::membership::rules::Days;
use crate::provenance::claim::value::Period;

/// Who belongs to what, in which quality.
type Of = (RegionalGroupId, CountryCode, MembershipKind);

/// A day, and how exactly it is known.
type Day = (NaiveDate, DatePrecision);

/// A membership: of the register, or of an earlier row.
#[derive(Clone, Debug)]
pub(super) struct Term {
    /// The record, where the register has it.
    pub(super) row: Option<membership::Model>,
    /// The row that enters it, or is about it.
    pub(super) line: Option<u64>,
    pub(super) days: Days,
    precision: DatePrecision,
}

/// Memberships, as earlier rows leave them.
#[derive(Debug, Default)]
pub(in super::super::super) struct Terms {
    read: HashSet<RegionalGroupId>,
    terms: HashMap<Of, Vec<Term>>,
}

/// Which membership a row is about.
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

impl Terms {
    /// Reads the memberships in groups that no earlier row has named.
    pub(super) async fn read(
        &mut self,
        db: &DatabaseExecutor<'_>,
        groups: BTreeSet<RegionalGroupId>,
    ) -> Result<(), DbErr> {
        let new: Vec<RegionalGroupId> =
            groups.into_iter().filter(|group| self.read.insert(*group)).collect();
        for some in new.chunks(IDS_PER_QUERY) {
            let of_these = membership::Column::RegionalGroupId.is_in(some.iter().copied());
            for row in membership::Entity::find().filter(of_these).all(db).await? {
                let (days, precision) = ((row.valid_from, row.valid_to), row.precision);
                let of = (row.regional_group_id, row.country_code.clone(), row.kind);
                self.terms.entry(of).or_default().push(Term {
                    row: Some(row),
                    line: None,
                    days,
                    precision,
                });
            }
        }
        Ok(())
    }

    pub(super) fn of(&self, of: Of) -> &[Term] {
        self.terms.get(&of).map(Vec::as_slice).unwrap_or_default()
    }

    /// Remembers what a row leaves of a membership, or that it enters one.
    pub(super) fn remember(&mut self, of: Of, place: Option<usize>, days: Days, line: u64) {
        let terms = self.terms.entry(of).or_default();
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

    /// The membership that a row is about: the one that begins on its first day, else the one from
    /// whose days its own do not differ, as far as both are known.
    pub(super) fn find(terms: &[Term], said: &StatedTerm) -> Found {
        let begins =
            |term: &Term| term.days.0.is_some() && term.days.0 == said.from.map(|day| day.0);
        if let Some(place) = terms.iter().position(begins) {
            return Found::One(place);
        }
        let agreeing =
            terms.iter().enumerate().filter(|(_, term)| said.agrees(term)).map(|(place, _)| place);
        let agreeing: Vec<usize> = agreeing.collect();
        match agreeing[..] {
            [] => Found::None,
            [only] => Found::One(only),
            _ => Found::Several(agreeing),
        }
    }
}

impl StatedTerm {
    /// Whether the days are those of a membership, as far as both are known.
    fn agrees(&self, term: &Term) -> bool {
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
    pub(super) fn better(&self, term: Option<&Term>) -> (Option<Day>, Option<Day>) {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(from: &str, to: &str, precision: DatePrecision) -> Term {
        Term { row: None, line: None, days: (from.parse().ok(), to.parse().ok()), precision }
    }

    fn said(from: &str, to: &str, precision: DatePrecision) -> StatedTerm {
        let day = |text: &str| text.parse().ok().map(|day| (day, precision));
        StatedTerm { from: day(from), to: day(to) }
    }

    #[test]
    fn a_row_is_about_the_membership_from_which_it_does_not_differ() {
        use DatePrecision::{Day, Year};
        let dateless = [term("", "", Day)];
        assert_eq!(Terms::find(&dateless, &said("1967-08-08", "", Day)), Found::One(0));
        assert_eq!(Terms::find(&dateless, &said("", "", Day)), Found::One(0));
        let twice = [term("1950-01-01", "1965-01-20", Day), term("1966-09-28", "", Day)];
        assert_eq!(Terms::find(&twice, &said("1966-09-28", "", Day)), Found::One(1));
        assert_eq!(
            Terms::find(&twice, &said("1966-01-01", "", Year)),
            Found::One(1),
            "some day of that year"
        );
        assert_eq!(Terms::find(&twice, &said("", "1965-01-20", Day)), Found::One(0));
        assert_eq!(Terms::find(&twice, &said("", "", Day)), Found::Several(vec![0, 1]));
        assert_eq!(Terms::find(&twice, &said("1970-01-01", "", Day)), Found::None, "it overlaps");
        assert_eq!(
            Terms::find(&[term("", "2010-12-31", Day)], &said("2015-01-01", "", Day)),
            Found::None
        );
    }

    #[test]
    fn what_is_known_better_improves_what_is_there() {
        use DatePrecision::{Day, Year};
        let better = |said: StatedTerm, term: &Term| {
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
