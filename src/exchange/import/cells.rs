//! What a cell says: nothing, a text, a number of people, or something that is no value at all.

use entity::vocabulary::Comparator;

use crate::text::{fold, tidy};

/// What people write where nothing is known.
const NOTHING: [&str; 14] = [
    "na",
    "n a",
    "null",
    "none",
    "nil",
    "tba",
    "tbd",
    "tbc",
    "unknown",
    "tidak ada",
    "tidak diketahui",
    "belum ada",
    "belum diketahui",
    "kosong",
];

/// A text that a spreadsheet takes for a formula, or what is left of one.
pub fn is_formula(cell: &str) -> bool {
    let cell = cell.trim_start();
    let error = cell.starts_with('#')
        && ["REF!", "N/A", "VALUE!", "NAME?", "DIV/0!", "NULL!", "NUM!", "SPILL!"]
            .iter()
            .any(|name| cell[1..].starts_with(name));
    let called = |begin: char| cell.strip_prefix(begin).is_some_and(|rest| rest.contains('(') || rest.contains('!'));
    error || cell.starts_with('=') || called('+') || called('@')
}

/// A cell in the form in which it is kept: composed, without what is not seen, without the apostrophe by which a spreadsheet was told
/// that it is text.
pub fn clean(cell: &str) -> String {
    let text = tidy(cell);
    let plain = |rest: &&str| rest.starts_with(['=', '+', '-', '@']);
    text.strip_prefix('\'').filter(plain).map_or(text.clone(), str::to_owned)
}

/// Whether a clean cell says nothing: it is empty, signs alone, or what people write for that. `NA` is one of these, but not where a
/// country's code is meant.
pub fn is_nothing(clean: &str) -> bool {
    let folded = fold(clean);
    folded.is_empty() || NOTHING.contains(&folded.as_str())
}

/// A number of people, as it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How it is meant.
    pub comparator: Comparator,
    /// At least.
    pub min: Option<i32>,
    /// At most.
    pub max: Option<i32>,
}

/// Words that stand behind a number and say what everybody knows.
const PEOPLE: [&str; 10] =
    ["orang", "peserta", "people", "persons", "person", "pax", "participants", "participant", "delegates", "org"];
const ABOUT: [&str; 8] = ["about", "around", "approximately", "approx", "ca", "sekitar", "kira kira", "kurang lebih"];
const AT_LEAST: [&str; 6] = ["at least", "minimal", "min", "sedikitnya", "paling sedikit", "lebih dari sama dengan"];
const AT_MOST: [&str; 5] = ["at most", "maksimal", "max", "paling banyak", "up to"];

/// Reads a number of people: `22`, `22 orang`, `± 100`, `sekitar 100`, `at least 20`, `20-25`, `1.000`.
pub fn count(clean: &str) -> Result<Count, String> {
    let text = clean.trim();
    let (sign, rest) = match text.chars().next() {
        Some('~' | '±' | '≈') => (Some(Comparator::About), text.trim_start_matches(['~', '±', '≈'])),
        Some('≥') => (Some(Comparator::AtLeast), text.trim_start_matches('≥')),
        Some('≤') => (Some(Comparator::AtMost), text.trim_start_matches('≤')),
        Some('>') if text.starts_with(">=") => (Some(Comparator::AtLeast), text.trim_start_matches(">=")),
        Some('<') if text.starts_with("<=") => (Some(Comparator::AtMost), text.trim_start_matches("<=")),
        Some('-' | '−') => return Err("is less than nothing".to_owned()),
        _ => (None, text.strip_suffix('+').map_or(text, str::trim_end)),
    };
    let sign = sign.or(text.ends_with('+').then_some(Comparator::AtLeast));
    if let Some((from, to)) = rest.split_once(['-', '–', '—'])
        && sign.is_none()
    {
        let (min, max) = (whole(from)?, whole(&without_people(to))?);
        if max < min {
            return Err(format!("goes from {min} down to {max}"));
        }
        return Ok(Count { comparator: Comparator::Range, min: Some(min), max: Some(max) });
    }
    let mut words = without_people(rest);
    let mut comparator = sign.unwrap_or(Comparator::Exact);
    for (known, means) in
        [(&ABOUT[..], Comparator::About), (&AT_LEAST, Comparator::AtLeast), (&AT_MOST, Comparator::AtMost)]
    {
        let folded = fold(&words);
        if let Some(begin) =
            known.iter().find(|begin| folded.strip_prefix(**begin).is_some_and(|rest| rest.starts_with(' ')))
        {
            comparator = means;
            words = folded[begin.len()..].trim().to_owned();
        }
    }
    let number = whole(&words)?;
    let (min, max) = match comparator {
        Comparator::AtLeast => (Some(number), None),
        Comparator::AtMost => (None, Some(number)),
        _ => (Some(number), Some(number)),
    };
    Ok(Count { comparator, min, max })
}

fn without_people(text: &str) -> String {
    let text = text.trim();
    match text.rsplit_once(' ') {
        Some((number, word)) if PEOPLE.contains(&fold(word).as_str()) => number.trim().to_owned(),
        _ => text.to_owned(),
    }
}

/// A whole number, with a sign between its thousands or without.
pub fn whole(text: &str) -> Result<i32, String> {
    let text = text.trim();
    let plain: String = match text.split_once([' ', '.', ',', '\'']) {
        None => text.to_owned(),
        Some((first, rest)) => {
            let groups: Vec<&str> = rest.split([' ', '.', ',', '\'']).collect();
            let decimals = groups.len() == 1
                && groups.iter().all(|group| !group.is_empty() && group.bytes().all(|byte| byte == b'0'));
            if groups.iter().all(|group| group.len() == 3) && (1..=3).contains(&first.len()) {
                format!("{first}{}", groups.concat())
            } else if decimals {
                // What a spreadsheet makes of a whole number: 22.0
                first.to_owned()
            } else {
                return Err("is not a whole number".to_owned());
            }
        }
    };
    let digits = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
    plain.parse().ok().filter(|_| digits).ok_or_else(|| "is not a whole number".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_no_break_space_is_nothing_and_so_is_what_people_write_for_it() {
        for nothing in ["\u{a0}", "", " ", "-", "–", "n/a", "N/A", "NA", "?", "\u{200b}", "tidak ada", "...", "\u{ad}"]
        {
            assert!(is_nothing(&clean(nothing)), "{nothing:?}");
        }
        assert!(!is_nothing(&clean("Nauru")));
    }

    #[test]
    fn a_formula_and_what_is_left_of_one_is_no_value() {
        for formula in ["=VLOOKUP(A2,Negara!A:B,2)", "#REF!", "#N/A", "+SUM(A1)", "=Indonesia"] {
            assert!(is_formula(formula), "{formula}");
        }
        for text in ["+62 21", "#1 Batch", "@jejaring", "Indonesia", "-", "é="] {
            assert!(!is_formula(text), "{text}");
        }
        assert_eq!(clean("'=1+1"), "=1+1");
        assert_eq!(clean("'Abidin"), "'Abidin");
    }

    #[test]
    fn numbers_of_people_are_read_as_they_are_meant() {
        let read = |text: &str| count(text).map(|count| (count.comparator, count.min, count.max));
        assert_eq!(read("22"), Ok((Comparator::Exact, Some(22), Some(22))));
        assert_eq!(read("22.0"), Ok((Comparator::Exact, Some(22), Some(22))));
        assert_eq!(read("22 orang"), Ok((Comparator::Exact, Some(22), Some(22))));
        assert_eq!(read("1.250"), Ok((Comparator::Exact, Some(1250), Some(1250))));
        assert_eq!(read("sekitar 100 orang"), Ok((Comparator::About, Some(100), Some(100))));
        assert_eq!(read("± 100"), Ok((Comparator::About, Some(100), Some(100))));
        assert_eq!(read("at least 20"), Ok((Comparator::AtLeast, Some(20), None)));
        assert_eq!(read("20+"), Ok((Comparator::AtLeast, Some(20), None)));
        assert_eq!(read("20–25 peserta"), Ok((Comparator::Range, Some(20), Some(25))));
        for wrong in ["-3", "2.5", "many", "", "25-20", "99999999999", "1,5 orang"] {
            assert!(count(wrong).is_err(), "{wrong}");
        }
    }
}
