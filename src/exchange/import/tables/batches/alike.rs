//! What a run is known by again where a row gives neither key nor number: its programme, label or
//! title, and days. The register and earlier rows of the file are asked in the same way.

use chrono::{Datelike, NaiveDate};
use entity::id::ProgrammeId;
use entity::vocabulary::DatePrecision;

use super::assertion::Day;
use super::seen::{brief, digest};
use crate::provenance::claim::value::Period;

/// What a row says of it.
#[derive(Clone, Debug)]
pub(super) struct Alike {
    pub(super) programme: ProgrammeId,
    /// Folded, as is the title.
    pub(super) label: Option<String>,
    pub(super) title: Option<String>,
    pub(super) starts: Option<Day>,
    pub(super) ends: Option<Day>,
}

/// What is stated of a run: texts in digests, days in few bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Traits {
    pub(super) label: Option<u32>,
    pub(super) titles: Vec<u32>,
    pub(super) starts: Vec<ShortDay>,
    pub(super) ends: Vec<ShortDay>,
}

/// Which of several runs is meant.
#[derive(Clone, Debug)]
pub(super) enum Found<T> {
    None,
    One(T),
    Several(Vec<T>),
    /// None; but these may be it, whose days are known more or less exactly, each with such a day.
    Near(Vec<(T, PossibleMatch)>),
}

/// How two runs are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Match {
    /// They are one, and as much is said of both, or not.
    Same { is_whole: bool },
    /// They may be one: the days of one lie within those of the other.
    Near(PossibleMatch),
}

/// The day of a run that may be another's, and whether it is its last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PossibleMatch {
    pub(super) day: ShortDay,
    pub(super) is_last: bool,
}

/// A day, as exactly as it is known, in four bytes; never nought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ShortDay(pub(super) u32);

impl ShortDay {
    pub(super) fn of(day: &Day) -> Self {
        let precision = match day.1 {
            DatePrecision::Day => 1,
            DatePrecision::Month => 2,
            DatePrecision::Year => 3,
        };
        Self(((day.0.num_days_from_ce() << 2) | precision) as u32)
    }

    pub(super) fn day(self) -> Option<Day> {
        let precision = match self.0 & 3 {
            2 => DatePrecision::Month,
            3 => DatePrecision::Year,
            _ => DatePrecision::Day,
        };
        Some((NaiveDate::from_num_days_from_ce_opt(self.0 as i32 >> 2)?, precision))
    }

    fn is_exact(self) -> bool {
        self.0 & 3 == 1
    }

    /// Whether one of the two is known less exactly, and the other lies within it.
    fn is_near(self, other: Self) -> bool {
        let (Some(one), Some(other)) = (self.day(), other.day()) else { return false };
        let periods = (Period::of(one.0, one.1), Period::of(other.0, other.1));
        one.1 != other.1 && (periods.0.within(periods.1) || periods.1.within(periods.0))
    }
}

/// The digest of a label or a title, which are folded.
pub(super) fn of_text(text: &str) -> u32 {
    brief(text)
}

impl Alike {
    pub(super) fn traits(&self) -> Traits {
        Traits {
            label: self.label.as_deref().map(of_text),
            titles: self.title.as_deref().map(of_text).into_iter().collect(),
            starts: self.starts.as_ref().map(ShortDay::of).into_iter().collect(),
            ends: self.ends.as_ref().map(ShortDay::of).into_iter().collect(),
        }
    }

    /// Under what runs are looked up that may be the same.
    pub(super) fn wanted(&self) -> Vec<u64> {
        self.traits().wanted(self.programme)
    }
}

impl Traits {
    /// Under what a run is kept: one for each label or title and each first day, and one for the
    /// year of that; the last days where there is no first one.
    pub(super) fn keys(&self, programme: ProgrammeId) -> Vec<u64> {
        self.all_keys(programme, |day| vec![day.is_exact()])
    }

    /// Under what it is looked up. Runs of the year are asked for where one of the two is not known
    /// to the day.
    fn wanted(&self, programme: ProgrammeId) -> Vec<u64> {
        self.all_keys(programme, |day| if day.is_exact() { vec![false] } else { vec![false, true] })
    }

    fn all_keys(&self, programme: ProgrammeId, years: impl Fn(ShortDay) -> Vec<bool>) -> Vec<u64> {
        let texts: Vec<_> = self.label.iter().map(|text| ("label", *text)).collect();
        let titles = self.titles.iter().map(|text| ("title", *text));
        let texts = or_none(texts.into_iter().chain(titles).collect());
        let (of, all) = match (&self.starts[..], &self.ends[..]) {
            ([], []) => (["", ""], &[][..]),
            ([], ends) => (["ends", "ends in"], ends),
            (starts, _) => (["starts", "starts in"], starts),
        };
        let mut days = or_none(all.iter().map(|day| (of[0], day.0)).collect());
        for day in all {
            let year = day.day().map_or(0, |day| day.0.year() as u32);
            days.extend(
                years(*day).into_iter().map(|is_exact| (of[1], (year << 1) | u32::from(is_exact))),
            );
        }
        let keys = texts
            .iter()
            .flat_map(|text| days.iter().map(move |day| digest(&(programme, text, day))));
        keys.collect()
    }

    /// Whether these are said of one run.
    fn is_as(&self, other: &Self) -> Option<Match> {
        let title = (&self.titles[..], &other.titles[..]);
        let text = match (self.label, other.label, title) {
            (Some(one), Some(other), _) => one == other,
            (None, None, ([], [])) => true,
            (_, _, (one, other)) => meet(one, other),
        };
        if !text {
            return None;
        }
        let is_whole = self.ends.is_empty() == other.ends.is_empty();
        let starts = match (&self.starts[..], &other.starts[..]) {
            ([], []) => is_whole.then_some(None),
            (one, other) => days_meet(one, other, false),
        }?;
        let ends = match (&self.ends[..], &other.ends[..]) {
            ([], _) | (_, []) => Some(None),
            (one, other) => days_meet(one, other, true),
        }?;
        Some(starts.or(ends).map_or(Match::Same { is_whole }, Match::Near))
    }
}

fn or_none(all: Vec<(&'static str, u32)>) -> Vec<(&'static str, u32)> {
    if all.is_empty() { vec![("none", 0)] } else { all }
}

fn meet(one: &[u32], other: &[u32]) -> bool {
    one.iter().any(|digest| other.contains(digest))
}

/// Whether days of two runs are the same, or else may be: the one of the other by which they may.
fn days_meet(one: &[ShortDay], other: &[ShortDay], is_last: bool) -> Option<Option<PossibleMatch>> {
    if one.iter().any(|day| other.contains(day)) {
        return Some(None);
    }
    let near = other.iter().find(|day| one.iter().any(|one| one.is_near(**day)));
    near.map(|day| Some(PossibleMatch { day: *day, is_last }))
}

/// Which run is meant: the one of which as much is said, else the only one that it may be.
pub(super) fn choose<T: Clone>(
    wanted: &Traits,
    all: impl Iterator<Item = (T, Traits)>,
) -> Found<T> {
    let (mut fits, mut near) = (Vec::new(), Vec::new());
    for (one, traits) in all {
        match wanted.is_as(&traits) {
            Some(Match::Same { is_whole }) => fits.push((one, is_whole)),
            Some(Match::Near(day)) => near.push((one, day)),
            None => {}
        }
    }
    let whole = fits.iter().any(|(_, whole)| *whole);
    let mut fits: Vec<T> =
        fits.into_iter().filter(|(_, exact)| *exact || !whole).map(|(one, _)| one).collect();
    match (fits.len(), fits.pop()) {
        (1, Some(only)) => Found::One(only),
        (_, Some(last)) => {
            fits.push(last);
            Found::Several(fits)
        }
        (_, None) if near.is_empty() => Found::None,
        (_, None) => Found::Near(near),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(
        label: Option<&str>,
        title: Option<&str>,
        starts: Option<&str>,
        ends: Option<&str>,
    ) -> Traits {
        let day = |text: &str| (text.parse::<NaiveDate>().unwrap(), DatePrecision::Day);
        let row = Alike {
            programme: ProgrammeId::default(),
            label: label.map(str::to_owned),
            title: title.map(str::to_owned),
            starts: starts.map(day),
            ends: ends.map(day),
        };
        row.traits()
    }

    #[test]
    fn a_run_is_known_by_label_or_title_and_its_days() {
        let (first, last, other) = (Some("2016-10-24"), Some("2016-10-28"), Some("2017-10-24"));
        let label = Some("batch i");
        let one = run(label, Some("silver"), first, last);
        for (same, exact) in [
            (run(label, Some("silver"), first, last), true),
            (run(label, None, first, last), true),
            (run(None, Some("silver"), first, last), true),
            (run(label, Some("gold"), first, last), true),
            (run(label, None, first, None), false),
        ] {
            let is_same = Some(Match::Same { is_whole: exact });
            assert_eq!((one.is_as(&same), same.is_as(&one)), (is_same, is_same), "{same:?}");
            let keys = one.keys(ProgrammeId::default());
            assert!(same.wanted(ProgrammeId::default()).iter().any(|key| keys.contains(key)));
        }
        for different in [
            run(Some("batch ii"), Some("silver"), first, last),
            run(None, Some("gold"), first, last),
            run(label, None, other, last),
            run(label, None, first, other),
            run(label, None, None, last),
            run(label, None, None, None),
            run(None, None, first, last),
        ] {
            assert_eq!(one.is_as(&different), None, "{different:?}");
            assert_eq!(different.is_as(&one), None, "{different:?}");
        }
        let bare = run(None, None, None, None);
        assert_eq!(bare.is_as(&bare), Some(Match::Same { is_whole: true }));
    }

    #[test]
    fn a_run_whose_days_are_known_less_exactly_may_be_another() {
        let dated = |starts: (&str, DatePrecision), ends: Option<(&str, DatePrecision)>| {
            let day = |(text, precision): (&str, DatePrecision)| {
                ShortDay::of(&(text.parse().unwrap(), precision))
            };
            Traits {
                titles: vec![7],
                starts: vec![day(starts)],
                ends: ends.map(day).into_iter().collect(),
                label: None,
            }
        };
        use DatePrecision::{Day, Month, Year};
        let day = dated(("2023-11-20", Day), Some(("2023-11-24", Day)));
        for coarse in [
            dated(("2023-11-01", Month), None),
            dated(("2023-11-01", Month), Some(("2023-11-30", Month))),
            dated(("2023-01-01", Year), Some(("2023-12-31", Year))),
            dated(("2023-11-20", Day), Some(("2023-11-30", Month))),
        ] {
            for (one, other) in [(&day, &coarse), (&coarse, &day)] {
                assert!(matches!(one.is_as(other), Some(Match::Near(_))), "{other:?}");
                assert!(matches!(choose(one, [(1, other.clone())].into_iter()), Found::Near(_)));
                let both = [(1, other.clone()), (2, one.clone())].into_iter();
                assert!(matches!(choose(one, both), Found::One(2)), "the very same comes first");
                let keys = other.keys(ProgrammeId::default());
                assert!(one.wanted(ProgrammeId::default()).iter().any(|key| keys.contains(key)));
            }
        }
        for other in [
            dated(("2023-10-01", Month), None),
            dated(("2022-01-01", Year), None),
            dated(("2023-11-01", Month), Some(("2023-12-31", Month))),
            dated(("2023-11-21", Day), None),
        ] {
            assert_eq!((day.is_as(&other), other.is_as(&day)), (None, None), "{other:?}");
        }
        let last = ("1999-12-31".parse().unwrap(), Month);
        assert_eq!(ShortDay::of(&last).day(), Some(last));
    }

    #[test]
    fn of_several_runs_the_one_of_which_as_much_is_said_is_meant() {
        let (first, last) = (Some("2016-10-24"), Some("2016-10-28"));
        let (whole, part) = (run(Some("i"), None, first, last), run(Some("i"), None, first, None));
        let all = || [(1, whole.clone()), (2, part.clone())].into_iter();
        assert!(matches!(choose(&whole, all()), Found::One(1)));
        assert!(matches!(choose(&part, all()), Found::One(2)));
        let twice = [(1, whole.clone()), (3, whole.clone())].into_iter();
        assert!(matches!(choose(&part, twice), Found::Several(runs) if runs == [1, 3]));
    }
}
