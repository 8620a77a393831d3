//! What a run is known by again where a row gives neither key nor number: its programme, label or
//! title, and days. The register and earlier rows of the file are asked in the same way.

use entity::id::ProgrammeId;

use super::said::Day;
use super::seen::{brief, digest};

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

/// What is stated of a run, in digests.
#[derive(Clone, Debug, Default)]
pub(super) struct Traits {
    pub(super) label: Option<u32>,
    pub(super) titles: Vec<u32>,
    pub(super) starts: Vec<u32>,
    pub(super) ends: Vec<u32>,
}

/// Which of several runs is meant.
#[derive(Clone, Debug)]
pub(super) enum Found<T> {
    None,
    One(T),
    Several(Vec<T>),
}

/// The digest of a day.
pub(super) fn of_day(day: &Day) -> u32 {
    brief(&(day.0, day.1.to_string()))
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
            starts: self.starts.as_ref().map(of_day).into_iter().collect(),
            ends: self.ends.as_ref().map(of_day).into_iter().collect(),
        }
    }

    /// Under what runs are looked up that may be the same.
    pub(super) fn keys(&self) -> Vec<u64> {
        self.traits().keys(self.programme)
    }
}

impl Traits {
    /// One for each label or title and each first day; the last days where there is no first one.
    pub(super) fn keys(&self, programme: ProgrammeId) -> Vec<u64> {
        let texts: Vec<_> = self.label.iter().map(|text| ("label", *text)).collect();
        let titles = self.titles.iter().map(|text| ("title", *text));
        let texts = or_none(texts.into_iter().chain(titles).collect());
        let (of, days) = match (&self.starts[..], &self.ends[..]) {
            ([], []) => ("", &[][..]),
            ([], ends) => ("ends", ends),
            (starts, _) => ("starts", starts),
        };
        let days = or_none(days.iter().map(|day| (of, *day)).collect());
        let keys = texts.iter().flat_map(|text| days.iter().map(move |day| digest(&(programme, text, day))));
        keys.collect()
    }

    /// Whether these are said of one run, and whether as much is said of both.
    fn is_as(&self, other: &Self) -> Option<bool> {
        let title = (&self.titles[..], &other.titles[..]);
        let text = match (self.label, other.label, title) {
            (Some(one), Some(other), _) => one == other,
            (None, None, ([], [])) => true,
            (_, _, (one, other)) => meet(one, other),
        };
        let day = match (&self.starts[..], &other.starts[..]) {
            ([], []) => self.ends.is_empty() == other.ends.is_empty(),
            (one, other) => meet(one, other),
        };
        let ends = match (&self.ends[..], &other.ends[..]) {
            ([], _) | (_, []) => true,
            (one, other) => meet(one, other),
        };
        (text && day && ends).then_some(self.ends.is_empty() == other.ends.is_empty())
    }
}

fn or_none(all: Vec<(&'static str, u32)>) -> Vec<(&'static str, u32)> {
    if all.is_empty() { vec![("none", 0)] } else { all }
}

fn meet(one: &[u32], other: &[u32]) -> bool {
    one.iter().any(|digest| other.contains(digest))
}

/// Which run is meant: the one of which as much is said, else the only one that it may be.
pub(super) fn choose<T: Clone>(wanted: &Traits, all: impl Iterator<Item = (T, Traits)>) -> Found<T> {
    let fits: Vec<(T, bool)> = all.filter_map(|(one, traits)| Some((one, wanted.is_as(&traits)?))).collect();
    let whole = fits.iter().any(|(_, whole)| *whole);
    let mut fits: Vec<T> = fits.into_iter().filter(|(_, exact)| *exact || !whole).map(|(one, _)| one).collect();
    match (fits.len(), fits.pop()) {
        (1, Some(only)) => Found::One(only),
        (_, Some(last)) => {
            fits.push(last);
            Found::Several(fits)
        }
        (_, None) => Found::None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use entity::vocabulary::DatePrecision;

    use super::*;

    fn run(label: Option<&str>, title: Option<&str>, starts: Option<&str>, ends: Option<&str>) -> Traits {
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
            assert_eq!(one.is_as(&same), Some(exact), "{same:?}");
            assert_eq!(same.is_as(&one), Some(exact), "{same:?}");
            let keys = one.keys(ProgrammeId::default());
            assert!(same.keys(ProgrammeId::default()).iter().any(|key| keys.contains(key)));
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
        assert_eq!(bare.is_as(&bare), Some(true));
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
