//! Times of day, and the zones behind them, among the pieces of a text.

use super::{Piece, until};

/// Words in front of a time.
const AT: [&str; 6] = ["at", "pukul", "pkl", "pk", "jam", "jm"];

/// Words behind a time.
const HOURS: [&str; 5] = ["h", "hr", "hrs", "hours", "uhr"];

/// Names of time zones that stand behind a time.
const ZONES: [&str; 16] = [
    "z", "utc", "gmt", "wib", "wita", "wit", "ict", "sgt", "pht", "hkt", "jst", "kst", "ist",
    "cet", "cest", "bst",
];

/// How many pieces from the first on are a time of day, with its zone.
pub(super) fn time(pieces: &[Piece]) -> Option<usize> {
    let word = |place: usize, known: &[&str]| {
        matches!(
            pieces.get(place),
            Some(Piece::Word(word)) if known.contains(&word.as_str())
        )
    };
    let sign = |place: usize, signs: &[char]| {
        matches!(
            pieces.get(place),
            Some(Piece::Sign(c)) if signs.contains(c)
        )
    };
    let digits = |place: usize, most: u32, length: std::ops::RangeInclusive<usize>| {
        matches!(
            pieces.get(place),
            Some(Piece::Digits(digits)) if length.contains(&digits.len())
                && digits.parse().is_ok_and(|number: u32| number <= most)
        )
    };
    let mut place = usize::from(word(0, &AT));
    let introduced = place == 1;
    if introduced && sign(place, &['.', ':']) {
        place += 1;
    }
    // 20231120T090000
    if word(0, &["t"]) && (digits(1, 2400, 4..=4) || digits(1, 240_000, 6..=6)) {
        return Some(2 + zone(pieces.get(2..).unwrap_or_default(), true));
    }
    let after_t = word(place, &["t"]);
    place += usize::from(after_t);
    if !digits(place, 24, 1..=2) {
        return None;
    }
    let noon = |place: usize| word(place, &["am", "pm"]);
    if noon(place + 1) {
        return Some(place + 2 + zone(pieces.get(place + 2..).unwrap_or_default(), false));
    }
    let dotted = sign(place + 1, &['.']);
    if !(sign(place + 1, &[':']) || dotted) || !digits(place + 2, 59, 2..=2) {
        return introduced
            .then(|| place + 1 + zone(pieces.get(place + 1..).unwrap_or_default(), false));
    }
    let mut end = place + 3;
    if sign(end, &[':']) || (dotted && sign(end, &['.']) && digits(end + 1, 59, 2..=2)) {
        // 20:11:2023 is no time.
        if !digits(end + 1, 60, 2..=2) {
            return None;
        }
        end += 2;
        if sign(end, &['.', ',']) && digits(end + 1, u32::MAX, 1..=9) {
            end += 2;
        }
    }
    if noon(end) || word(end, &HOURS) {
        end += 1;
    }
    // With a dot it may be a day and a month; what stands beside it says that it is a time.
    let is_one = !dotted
        || introduced
        || after_t
        || word(end, &ZONES)
        || !matches!(pieces.get(end - 1), Some(Piece::Digits(_)));
    let behind = pieces.get(end..).unwrap_or_default();
    (is_one || is_joined(behind)).then(|| end + zone(behind, after_t))
}

/// Whether it is until the end: 09.00 s.d. selesai.
pub(super) fn is_open(pieces: &[Piece]) -> bool {
    matches!(pieces.first(), Some(Piece::Word(word)) if word == "selesai")
}

/// Whether a time is joined to what stands before: `–17.00 WIB`.
fn is_joined(pieces: &[Piece]) -> bool {
    let joint = until(pieces).or(matches!(pieces.first(), Some(Piece::Sign('-'))).then_some(1));
    joint.is_some_and(|joint| {
        let behind = pieces.get(joint..).unwrap_or_default();
        is_open(behind) || time(behind).is_some()
    })
}

/// How many pieces from the first on are a zone: a name, a difference, or both. What a hyphen and a
/// time follow is a zone in ISO 8601 alone, where a T stands before the time; else it is the end of
/// a range: 09:00-12:00.
pub(super) fn zone(pieces: &[Piece], is_iso: bool) -> usize {
    let name = |place: usize| {
        usize::from(
            matches!(pieces.get(place), Some(Piece::Word(word)) if ZONES.contains(&word.as_str())),
        )
    };
    let number = |place: usize, length: usize, most: u32| {
        matches!(pieces.get(place), Some(Piece::Digits(digits))
            if digits.len() == length && digits.parse().is_ok_and(|number: u32| number <= most))
    };
    let end = name(0);
    let Some(Piece::Sign(sign @ ('+' | '-'))) = pieces.get(end) else { return end };
    let colon = matches!(pieces.get(end + 2), Some(Piece::Sign(':')));
    if number(end + 1, 2, 14) && colon && number(end + 3, 2, 59) {
        return if *sign == '+' || is_iso { end + 4 + name(end + 4) } else { end };
    }
    // UTC+7; behind a hyphen so few digits are a day.
    let short = *sign == '+' && (1..=2).any(|length| number(end + 1, length, 14));
    if number(end + 1, 4, 1400) || short { end + 2 + name(end + 2) } else { end }
}

/// An hour and its minutes with a dot between them, behind which there is nothing of a day.
pub(super) fn plain_time(pieces: &[Piece]) -> Option<usize> {
    match pieces {
        [Piece::Digits(hour), Piece::Sign('.'), Piece::Digits(minute), rest @ ..]
            if is_clock(hour, minute) && !matches!(rest.first(), Some(Piece::Sign('.' | '/'))) =>
        {
            Some(3 + zone(rest, false))
        }
        _ => None,
    }
}

fn is_clock(hour: &str, minute: &str) -> bool {
    let within = |digits: &str, most: u32| digits.parse().is_ok_and(|number: u32| number <= most);
    hour.len() <= 2 && within(hour, 24) && minute.len() == 2 && within(minute, 59)
}
