//! Two days on either side of a word or a dash, of which each lends the other what that leaves out.

use chrono::{Datelike, Weekday};

use super::tokens::Token;
use super::{Day, DayOrder, NoDay, Part, is_plain, no_day, part, wrong};
use crate::phrase::say;

/// How many days lie between the days of a period at most that begins in one year and ends in the
/// next.
const TURN_OF_THE_YEAR: i64 = 183;

/// Two days, parted by a word or a dash. Of several places at which they may be parted just one has
/// to make sense.
pub(super) fn period(tokens: &[Token], order: DayOrder) -> Result<(Day, Day), NoDay> {
    let (mut tokens, weekdays) = without_weekdays(tokens);
    tokens.retain(|token| *token != Token::From);
    let at = |wanted: &[Token]| -> Vec<usize> {
        tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| wanted.contains(token))
            .map(|(place, _)| place)
            .collect()
    };
    let (words, dashes) = (at(&[Token::Until, Token::And]), at(&[Token::Sign('-')]));
    let slashes = at(&[Token::Sign('/')]);
    // A slash parts two days of ISO 8601, and otherwise a day from its month.
    let places = match (&words[..], &dashes[..]) {
        ([_, ..], _) => words,
        ([], [_, ..]) => dashes.into_iter().chain(slashes).collect(),
        _ => return wrong(no_day()),
    };
    let mut found: Option<(Day, Day)> = None;
    let mut why = NoDay::Wrong(no_day());
    for place in places {
        let (from, to) =
            (tokens.get(..place).unwrap_or_default(), tokens.get(place + 1..).unwrap_or_default());
        let parted = match tokens.get(place) {
            Some(Token::Sign('/')) if is_shortened(from, to) => {
                both(from, to, weekdays, DayOrder::MonthFirst)
            }
            Some(Token::Sign('/')) if !(has_year(from) && has_year(to)) => continue,
            _ => both(from, to, weekdays, order),
        };
        match parted {
            Ok(days)
                if tokens.get(place) == Some(&Token::And)
                    && days.0.date.succ_opt() != Some(days.1.date) =>
            {
                why = NoDay::Wrong(say!(
                    "names single days, and no period: give its first and its last day"
                ));
            }
            Ok(days) => {
                if found.is_some_and(|known| known != days) {
                    return wrong(say!(
                        "may be parted into two days in several ways: write both days in full"
                    ));
                }
                found = Some(days);
            }
            Err(error) if is_plain(&why) => why = error,
            Err(_) => {}
        }
    }
    found.ok_or(why)
}

/// `Senin–Jumat, 20–24 November 2023`: the weekdays of the first and the last day, and all else.
fn without_weekdays(tokens: &[Token]) -> (Vec<Token>, Option<(Weekday, Weekday)>) {
    let joined = |token: &Token| matches!(token, Token::Until | Token::And | Token::Sign('-'));
    let place = tokens.windows(3).position(
        |three| matches!(three, [Token::Weekday(_), between, Token::Weekday(_)] if joined(between)),
    );
    match place.and_then(|place| Some((place, tokens.get(place..place + 3)?))) {
        Some((place, [Token::Weekday(one), _, Token::Weekday(other)])) => {
            let rest = tokens.iter().take(place).chain(tokens.iter().skip(place + 3));
            (rest.cloned().collect(), Some((*one, *other)))
        }
        _ => (tokens.to_vec(), None),
    }
}

fn both(
    from: &[Token],
    to: &[Token],
    weekdays: Option<(Weekday, Weekday)>,
    order: DayOrder,
) -> Result<(Day, Day), NoDay> {
    let mut first = part(from, order)?;
    // November 20–27, 2023: what stands behind a month and a day is a day and the year.
    let is_behind_a_month = first.is_named && first.day.is_some() && first.year.is_none();
    let mut last = match first
        .month
        .filter(|_| is_behind_a_month && !to.iter().any(|token| matches!(token, Token::Month(_))))
    {
        Some(month) if has_year(to) => part(&[&[Token::Month(month)], to].concat(), order)?,
        _ => part(to, order)?,
    };
    if let Some((one, other)) = weekdays {
        (first.weekday, last.weekday) = (first.weekday.or(Some(one)), last.weekday.or(Some(other)));
    }
    // 9-10 s.d. 11 November: a number is no month where the other day names its own.
    let is_mixed = |one: Part, other: Part| {
        one.month.is_some() && !one.is_named && one.year.is_none() && other.is_named
    };
    if is_mixed(first, last) || is_mixed(last, first) {
        return wrong(no_day());
    }
    if first.day.is_some() != last.day.is_some() && !(first.is_named && last.is_named) {
        return wrong(no_day());
    }
    let (written, borrowed, lends) = (first, first.year.is_none(), last.year.is_none());
    first = first.with(last);
    last = last.with(written);
    // 28 December – 3 January 2024 begins the year before; 28 December 2023 – 3 January ends the
    // year after.
    let turned = |first: Part, last: Part| {
        let (Ok(one), Ok(other)) =
            (Part { weekday: None, ..first }.day(), Part { weekday: None, ..last }.day())
        else {
            return false;
        };
        one.date > other.date && one.date.month() != other.date.month() && {
            let year = other.date.with_year(other.date.year() + 1).unwrap_or(other.date);
            (year - one.date).num_days() < TURN_OF_THE_YEAR
        }
    };
    if turned(first, last) {
        if borrowed {
            first.year = first.year.map(|year| year - 1);
        } else if lends {
            last.year = last.year.map(|year| year + 1);
        }
    }
    let (first, last) = (first.day()?, last.day()?);
    if last.last() < first.date {
        return wrong(say!(
            "ends on {end}, before it begins on {begin}",
            end = last.date,
            begin = first.date
        ));
    }
    Ok((first, last))
}

/// Whether these are the two days of an interval of ISO 8601, of which the second leaves out what
/// it has in common with the first: 2023-11-20/27, 2023-11-28/12-03.
fn is_shortened(from: &[Token], to: &[Token]) -> bool {
    use Token::{Number, Sign};
    let is_short = match to {
        [Number(day)] => day.len() == 2,
        [Number(month), Sign('-'), Number(day)] => month.len() == 2 && day.len() == 2,
        _ => false,
    };
    is_short
        && matches!(from, [Number(year), Sign('-'), Number(month), Sign('-'), Number(day)]
            if year.len() == 4 && month.len() == 2 && day.len() == 2)
}

fn has_year(tokens: &[Token]) -> bool {
    tokens.iter().filter_map(Token::digits).any(|digits| matches!(digits.len(), 4 | 8))
}
