//! What a cell says: nothing, a text, a number of people, or something that is no value at all.

use entity::vocabulary::Comparator;

use super::dates::is_until;
use crate::phrase::{Phrase, say};
use crate::rule::dates::YEARS;
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
    let called = |begin: char| {
        cell.strip_prefix(begin).is_some_and(|rest| rest.contains('(') || rest.contains('!'))
    };
    error || cell.starts_with('=') || called('+') || called('@')
}

/// A cell in the form in which it is kept: composed, without what is not seen, without the
/// apostrophe by which a spreadsheet was told that it is text.
pub fn clean(cell: &str) -> String {
    let text = tidy(cell);
    let plain = |rest: &&str| rest.starts_with(['=', '+', '-', '@']);
    text.strip_prefix('\'').filter(plain).map_or(text.clone(), str::to_owned)
}

/// Whether a clean cell says nothing: it is empty, signs that stand for that, or what people write
/// for it. `NA` is one of these, but not where a country's code is meant; a check mark, a cross and
/// a ditto mark are none, since they say something.
pub fn is_nothing(clean: &str) -> bool {
    let folded = fold(clean);
    (folded.is_empty() && clean.chars().all(says_nothing)) || NOTHING.contains(&folded.as_str())
}

fn says_nothing(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'
            ..='\u{2015}'
                | '−'
                | '_'
                | '~'
                | '='
                | '.'
                | '…'
                | ','
                | ';'
                | ':'
                | '·'
                | '•'
                | '?'
                | '!'
                | '*'
                | '/'
    ) || matches!(c, '\\' | '|' | '(' | ')' | '[' | ']' | '\'' | '`' | '’' | '‘' | ' ')
}

/// The language that a cell names, as a tag (BCP 47) in its usual letters: `en`, `en-US`,
/// `zh-Hant`; also the two languages of the register by their names.
pub fn language(clean: &str) -> String {
    match fold(clean).as_str() {
        "english" | "inggris" | "bahasa inggris" => return "en".to_owned(),
        "indonesian" | "indonesia" | "bahasa indonesia" => return "id".to_owned(),
        _ => {}
    }
    let parts =
        clean.split(['-', '_']).enumerate().map(|(place, part)| match (place, part.len()) {
            (0, _) => part.to_ascii_lowercase(),
            (_, 2) if part.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                part.to_ascii_uppercase()
            }
            (_, 4) if part.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                let (first, rest) = part.split_at(1);
                format!("{}{}", first.to_ascii_uppercase(), rest.to_ascii_lowercase())
            }
            _ => part.to_ascii_lowercase(),
        });
    parts.collect::<Vec<_>>().join("-")
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
pub const PEOPLE: [&str; 10] = [
    "orang",
    "peserta",
    "people",
    "persons",
    "person",
    "pax",
    "participants",
    "participant",
    "delegates",
    "org",
];
/// The same behind a number of countries.
pub const COUNTRIES: [&str; 6] =
    ["negara", "countries", "country", "economies", "economy", "ekonomi"];
const ABOUT: [&str; 8] =
    ["about", "around", "approximately", "approx", "ca", "sekitar", "kira kira", "kurang lebih"];
const AT_LEAST: [&str; 6] =
    ["at least", "minimal", "min", "sedikitnya", "paling sedikit", "lebih dari sama dengan"];
const AT_MOST: [&str; 5] = ["at most", "maksimal", "max", "paling banyak", "up to"];

/// Reads a number of people: `22`, `22 orang`, `± 100`, `sekitar 100`, `at least 20`, `20-25`,
/// `1.000`.
pub fn count(clean: &str) -> Result<Count, Phrase> {
    count_of(&PEOPLE, clean)
}

/// The same of what has these names: `12 negara`.
pub fn count_of(words_behind: &[&str], clean: &str) -> Result<Count, Phrase> {
    let text = clean.trim();
    let (sign, rest) = match text.chars().next() {
        Some('~' | '±' | '≈') => {
            (Some(Comparator::About), text.trim_start_matches(['~', '±', '≈']))
        }
        Some('≥') => (Some(Comparator::AtLeast), text.trim_start_matches('≥')),
        Some('≤') => (Some(Comparator::AtMost), text.trim_start_matches('≤')),
        Some('>') if text.starts_with(">=") => {
            (Some(Comparator::AtLeast), text.trim_start_matches(">="))
        }
        Some('<') if text.starts_with("<=") => {
            (Some(Comparator::AtMost), text.trim_start_matches("<="))
        }
        Some('-' | '−') => return Err(say!("is less than nothing")),
        _ => (None, text.strip_suffix('+').map_or(text, str::trim_end)),
    };
    let sign = sign.or(text.ends_with('+').then_some(Comparator::AtLeast));
    if let Some((from, to)) = ends(words_behind, rest)
        && sign.is_none()
    {
        let (min, max) = (whole(from)?, whole(&without(words_behind, to))?);
        if max < min {
            return Err(say!("goes from {min} down to {max}", min, max));
        }
        return Ok(Count { comparator: Comparator::Range, min: Some(min), max: Some(max) });
    }
    let mut words = without(words_behind, rest);
    let mut comparator = sign.unwrap_or(Comparator::Exact);
    for (known, means) in [
        (&ABOUT[..], Comparator::About),
        (&AT_LEAST, Comparator::AtLeast),
        (&AT_MOST, Comparator::AtMost),
    ] {
        let folded = fold(&words);
        if let Some(begin) = known
            .iter()
            .find(|begin| folded.strip_prefix(**begin).is_some_and(|rest| rest.starts_with(' ')))
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

/// A number without the word behind it.
fn without(words_behind: &[&str], text: &str) -> String {
    let text = text.trim();
    match text.rsplit_once(' ') {
        Some((number, word)) if words_behind.contains(&fold(word).as_str()) => {
            number.trim().to_owned()
        }
        _ => text.to_owned(),
    }
}

/// The two ends of a range of numbers, if a dash or a word for "until" stands between them, as
/// between days.
fn ends<'a>(words_behind: &[&str], text: &'a str) -> Option<(&'a str, &'a str)> {
    let is_between = |c: char| c.is_alphabetic() || is_until(c.encode_utf8(&mut [0; 4]));
    let (from, rest) = text.split_at(text.find(is_between)?);
    let (between, to) = rest.split_at(rest.find(|c: char| c.is_ascii_digit())?);
    // 20 orang s.d. 25 orang
    let between = between.trim();
    let between = match between.split_once(' ') {
        Some((word, rest)) if words_behind.contains(&fold(word).as_str()) => rest,
        _ => between,
    };
    (from.contains(|c: char| c.is_ascii_digit()) && is_until(between)).then_some((from, to))
}

/// A number of places for people: one number, or the most that there may be.
pub fn places(clean: &str) -> Result<i32, Phrase> {
    let count = count(clean)?;
    match (count.comparator, count.max) {
        (Comparator::Exact | Comparator::AtMost, Some(places)) => Ok(places),
        _ => Err(say!("is not one number")),
    }
}

/// A whole number, with one sign between all its thousands or without, and with decimals that are
/// noughts.
pub fn whole(text: &str) -> Result<i32, Phrase> {
    let wrong = || say!("is not a whole number");
    let text = text.trim();
    let is_sign = |c: char| matches!(c, ' ' | '.' | ',' | '\'' | '’');
    let signs: Vec<char> = text.chars().filter(|c| is_sign(*c)).collect();
    let mut groups: Vec<&str> = text.split(is_sign).collect();
    if groups
        .iter()
        .any(|group| group.is_empty() || !group.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return Err(wrong());
    }
    // What a spreadsheet makes of a whole number: 22.0; 1.250,00
    let (others, last) = signs.split_at(signs.len().saturating_sub(1));
    let is_point = match (others.first(), last.first()) {
        (_, None) => false,
        (None, Some(sign)) => {
            matches!(sign, '.' | ',') && groups.last().is_some_and(|group| group.len() != 3)
        }
        (Some(other), Some(sign)) => sign != other && matches!(sign, '.' | ','),
    };
    if is_point {
        let decimals = groups.pop().unwrap_or_default();
        if decimals.bytes().any(|digit| digit != b'0') {
            return Err(wrong());
        }
    }
    let thousands = if is_point { others } else { &signs };
    let (first, rest) = groups.split_first().ok_or_else(wrong)?;
    let grouped = (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && rest.iter().all(|group| group.len() == 3);
    let alike = thousands.iter().all(|sign| Some(sign) == thousands.first());
    if !(rest.is_empty() || grouped && alike) {
        return Err(wrong());
    }
    groups.concat().parse().map_err(|_| wrong())
}

/// Words beside the number of a run that say what it is the number of.
const OF_A_RUN: [&str; 16] = [
    "batch",
    "angkatan",
    "gelombang",
    "tahap",
    "kelompok",
    "run",
    "no",
    "nr",
    "nomor",
    "number",
    "ke",
    "the",
    "edition",
    "edisi",
    "round",
    "putaran",
];

/// Numbers in words, from one on, as people count runs.
const IN_WORDS: [&[&str]; 12] = [
    &["first", "one", "pertama", "satu", "kesatu"],
    &["second", "two", "kedua", "dua"],
    &["third", "three", "ketiga", "tiga"],
    &["fourth", "four", "keempat", "empat"],
    &["fifth", "five", "kelima", "lima"],
    &["sixth", "six", "keenam", "enam"],
    &["seventh", "seven", "ketujuh", "tujuh"],
    &["eighth", "eight", "kedelapan", "delapan"],
    &["ninth", "nine", "kesembilan", "sembilan"],
    &["tenth", "ten", "kesepuluh", "sepuluh"],
    &["eleventh", "eleven", "kesebelas", "sebelas"],
    &["twelfth", "twelve", "kedua belas", "dua belas"],
];

/// A folded word that is a number: digits, Roman, an ordinal, or in words.
fn numeral(word: &str) -> Option<i32> {
    let digits = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .unwrap_or(word);
    let digits = digits.strip_prefix("ke").unwrap_or(digits);
    if (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits.parse().ok();
    }
    let in_words = IN_WORDS.iter().position(|words| words.contains(&word));
    in_words.and_then(|place| i32::try_from(place + 1).ok()).or_else(|| roman(word))
}

/// A Roman number of I, V and X in its usual form; the other letters name runs by letters.
fn roman(word: &str) -> Option<i32> {
    const TENS: [&str; 4] = ["", "x", "xx", "xxx"];
    const ONES: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    if word.is_empty() || word.len() > 8 {
        return None;
    }
    let tens = word.bytes().take_while(|byte| *byte == b'x').count();
    let (first, rest) = word.split_at_checked(tens)?;
    let (tens, ones) =
        (TENS.iter().position(|ten| *ten == first)?, ONES.iter().position(|one| *one == rest)?);
    i32::try_from(tens * 10 + ones).ok()
}

/// The number of a run, however it is written: `2`, `II`, `2nd`, `ke-2`, `Batch II`, `Angkatan
/// ketiga`, `No. 4`.
pub fn number_of_run(text: &str) -> Option<i32> {
    if let Ok(number) = whole(text) {
        return Some(number);
    }
    if text.starts_with(['-', '−']) {
        return None;
    }
    let folded = fold(text);
    let mut numbers = folded.split(' ').filter(|word| !OF_A_RUN.contains(word)).map(numeral);
    let first = numbers.next()??;
    numbers.all(|other| other == Some(first)).then_some(first)
}

/// The number in the name of a run: `Pelatihan Batik Angkatan II Tahun 2023`. A year by itself is
/// none.
pub fn number_in(text: &str) -> Option<i32> {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').collect();
    let behind_a_word = words.windows(2).rev().find_map(|two| match two {
        [word, number] if OF_A_RUN.contains(word) => numeral(number),
        _ => None,
    });
    let last =
        || words.last().and_then(|last| numeral(last)).filter(|number| !YEARS.contains(number));
    number_of_run(text).or(behind_a_word).or_else(last)
}

#[cfg(test)]
mod tests;
