//! Days one behind the other: `5, 6 dan 7 Maret 2024`. Those that follow each other are a period;
//! others are named singly, and no period is made of them.

use super::tokens::Token;
use super::{Day, NoDay, Part, no_day, wrong, year_of};
use crate::phrase::say;

/// What joins a day to the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    None,
    /// A comma, or "and".
    And,
    /// A dash, or "until".
    Until,
}

/// A day of the month, with what joins it to the one before, and its month once that is known.
#[derive(Clone, Copy, Debug)]
struct Listed {
    joint: Joint,
    day: u32,
    month: Option<u32>,
}

/// Reads days of which each is parted from the others by a sign or a word, and whose months are
/// written by their names, all before or all behind the days; the year stands at the end.
pub(super) fn listed(tokens: &[Token]) -> Result<(Day, Day), NoDay> {
    let (mut days, mut joint): (Vec<Listed>, Joint) = (Vec::new(), Joint::None);
    let (mut month, mut year) = (None, None);
    let is_month_first = matches!(tokens.first(), Some(Token::Month(_)));
    let mut before = None;
    for token in tokens {
        let is_behind_a_month = matches!(before.replace(token), Some(Token::Month(_)));
        if year.is_some() {
            return wrong(no_day());
        }
        match token {
            Token::Sign('.') if is_behind_a_month => {}
            Token::Sign(',') | Token::And if joint != Joint::Until => joint = Joint::And,
            Token::Sign('-') | Token::Until if joint == Joint::None => joint = Joint::Until,
            Token::Month(named) if is_month_first == days.is_empty() && joint == Joint::None => {
                days.iter_mut().for_each(|listed| listed.month = listed.month.or(Some(*named)));
                month = Some(*named);
            }
            Token::Number(digits)
                if digits.len() == 4 && month.is_some() && joint != Joint::Until =>
            {
                year = Some(year_of(digits)?);
            }
            Token::Number(digits)
                if digits.len() <= 2 && (joint != Joint::None || days.is_empty()) =>
            {
                let day = digits.parse().map_err(|_| NoDay::Wrong(no_day()))?;
                days.push(Listed { joint, day, month: month.filter(|_| is_month_first) });
                joint = Joint::None;
            }
            _ => return wrong(no_day()),
        }
    }
    if year.is_none() || !days.iter().skip(1).any(|listed| listed.joint == Joint::And) {
        return wrong(no_day());
    }
    one_behind_the_other(&days, year)
}

/// The first and the last of days that follow each other.
fn one_behind_the_other(days: &[Listed], year: Option<i32>) -> Result<(Day, Day), NoDay> {
    let mut period: Option<(Day, Day)> = None;
    for listed in days {
        let Some(month) = listed.month else { return wrong(no_day()) };
        let day =
            Part { day: Some(listed.day), month: Some(month), year, ..Part::default() }.day()?;
        period = match (period, listed.joint) {
            (None, _) => Some((day, day)),
            (Some((_, last)), _) if day.date <= last.date => {
                let (end, begin) = (day.date, last.date);
                return wrong(say!("ends on {end}, before it begins on {begin}", end, begin));
            }
            (Some((_, last)), Joint::And) if last.date.succ_opt() != Some(day.date) => {
                return wrong(say!(
                    "names single days, and no period: give its first and its last day"
                ));
            }
            (Some((first, _)), _) => Some((first, day)),
        };
    }
    period.ok_or(NoDay::Wrong(no_day()))
}
