//! Days and periods as people write them, in Indonesian and English: one grammar for all tables and
//! formats. Where day and month could be either, both readings are told and neither is taken,
//! unless somebody has said which comes first.
//!
//! A text is read in two steps. Its [`tokens`] are numbers, names of months and weekdays, and
//! signs; times of day are left out there. Then it is one day, or two that stand on either side of
//! a word or a dash. What one of the two leaves out, month or year, is the other's. A weekday has
//! to be the day's.

mod list;
mod period;
mod tokens;

#[cfg(test)]
mod tests;

use chrono::{Datelike, NaiveDate, Weekday};
use entity::vocabulary::DatePrecision;

pub(super) use self::tokens::is_until;
use self::tokens::{Token, tokens};
use crate::phrase::{Phrase, say};
use crate::provenance::claim::words::terms::weekday;
use crate::rule::dates::{YEARS, out_of_years};

/// Which of day and month comes first in `3/4/2024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DayOrder {
    /// The day.
    DayFirst,
    /// The month.
    MonthFirst,
}

/// A day that was read, or a month or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day; the first of the period where only month or year are written.
    pub date: NaiveDate,
    /// How exactly it is written.
    pub precision: DatePrecision,
}

impl Day {
    /// The last day of what is written: of the month or year where no day is.
    pub fn last(self) -> NaiveDate {
        let next = match self.precision {
            DatePrecision::Day => return self.date,
            DatePrecision::Month if self.date.month() < 12 => {
                NaiveDate::from_ymd_opt(self.date.year(), self.date.month() + 1, 1)
            }
            _ => NaiveDate::from_ymd_opt(self.date.year() + 1, 1, 1),
        };
        next.and_then(|next| next.pred_opt()).unwrap_or(self.date)
    }
}

/// Why no day was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoDay {
    /// It may be either.
    Ambiguous(NaiveDate, NaiveDate),
    /// It is none, and why.
    Wrong(Phrase),
}

/// The longest text about days.
const LONGEST: usize = 160;

fn no_day() -> Phrase {
    say!("is not a day")
}

fn wrong<T>(message: Phrase) -> Result<T, NoDay> {
    Err(NoDay::Wrong(message))
}

/// Reads a day. A time of day beside it is left out.
pub fn day(written: &str, order: Option<DayOrder>) -> Result<Day, NoDay> {
    let tokens = about(written)?;
    let one = in_either_order(order, |order| whole(&tokens, order).map(|day| (day, day)));
    match one {
        Ok((day, _)) => Ok(day),
        Err(why) if is_plain(&why) && days(written, order).is_ok() => wrong(say!(
            "is a period, and no single day: give its days in two columns, or in a column of \
             periods"
        )),
        Err(error) => Err(error),
    }
}

/// Reads a first and a last day: `20–27 November 2023`, `28 Sep – 2 Okt 2020`, `2023-11-20 s.d.
/// 2023-11-27`, or one day for both.
pub fn days(written: &str, order: Option<DayOrder>) -> Result<(Day, Day), NoDay> {
    let tokens = about(written)?;
    in_either_order(order, |order| match whole(&tokens, order) {
        Ok(day) => Ok((day, day)),
        Err(why) if is_plain(&why) => period::period(&tokens, order).or_else(|why| {
            list::listed(&tokens).map_err(|listed| if is_plain(&why) { listed } else { why })
        }),
        Err(why) => Err(why),
    })
}

fn about(written: &str) -> Result<Vec<Token>, NoDay> {
    if written.len() > LONGEST {
        return wrong(say!("is too long for a day"));
    }
    Ok(tokens(written))
}

fn is_plain(why: &NoDay) -> bool {
    matches!(why, NoDay::Wrong(message) if *message == no_day())
}

/// Reads in the order that was said; without one in both, which have to come to the same, or only
/// one of them to anything.
fn in_either_order(
    order: Option<DayOrder>,
    read: impl Fn(DayOrder) -> Result<(Day, Day), NoDay>,
) -> Result<(Day, Day), NoDay> {
    if let Some(order) = order {
        return read(order);
    }
    match (read(DayOrder::DayFirst), read(DayOrder::MonthFirst)) {
        (Ok(one), Ok(other)) if one == other => Ok(one),
        (Ok(one), Ok(other)) => {
            let differ = if one.0 == other.0 { (one.1, other.1) } else { (one.0, other.0) };
            Err(NoDay::Ambiguous(differ.0.date, differ.1.date))
        }
        (Ok(only), Err(_)) | (Err(_), Ok(only)) => Ok(only),
        (Err(why), Err(other)) => Err(if is_plain(&why) { other } else { why }),
    }
}

/// A part of a period, as far as it is written.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    day: Option<u32>,
    month: Option<u32>,
    year: Option<i32>,
    weekday: Option<Weekday>,
    /// Whether the month is written by its name.
    is_named: bool,
}

impl Part {
    /// What is written, with what is left out taken from elsewhere.
    fn with(self, other: Self) -> Self {
        let month = self.month.or(other.month);
        Self {
            month,
            year: self.year.or(other.year),
            is_named: self.is_named || other.is_named,
            ..self
        }
    }

    fn day(self) -> Result<Day, NoDay> {
        let Some(year) = self.year else { return wrong(say!("has no year")) };
        let date = |month, day| match NaiveDate::from_ymd_opt(year, month, day) {
            Some(date) => Ok(date),
            None => wrong(say!("is a day that no calendar has")),
        };
        let day = match (self.month, self.day) {
            (Some(month), Some(day)) => {
                Day { date: date(month, day)?, precision: DatePrecision::Day }
            }
            (Some(month), None) => Day { date: date(month, 1)?, precision: DatePrecision::Month },
            (None, None) => Day { date: date(1, 1)?, precision: DatePrecision::Year },
            (None, Some(_)) => return wrong(no_day()),
        };
        match self.weekday {
            Some(_) if day.precision != DatePrecision::Day => wrong(no_day()),
            Some(printed) if day.date.weekday() != printed => {
                let (says, is) = (weekday(printed), weekday(day.date.weekday()));
                wrong(say!("says {says}, and {date} was a {is}", says, date = day.date, is))
            }
            _ => Ok(day),
        }
    }
}

fn whole(tokens: &[Token], order: DayOrder) -> Result<Day, NoDay> {
    part(tokens, order)?.day()
}

/// What stands on one side, or is all there is: a day, a month or a year, or as much of them as is
/// written.
fn part(tokens: &[Token], order: DayOrder) -> Result<Part, NoDay> {
    let mut items: Vec<&Token> = Vec::new();
    // The signs between two items, each once.
    let mut signs: Vec<Vec<char>> = Vec::new();
    let mut weekday = None;
    for token in tokens {
        match token {
            Token::Sign(sign) => {
                if let Some(between) = signs.last_mut().filter(|between| !between.contains(sign)) {
                    between.push(*sign);
                }
            }
            Token::Weekday(day) if weekday.is_none_or(|known| known == *day) => {
                weekday = Some(*day)
            }
            Token::Number(_) | Token::Month(_) => {
                items.push(token);
                signs.push(Vec::new());
            }
            Token::Weekday(_) | Token::From | Token::Until | Token::And | Token::Unknown => {
                return wrong(no_day());
            }
        }
    }
    // A dash at either end says that something is missing there.
    let dash = Some(&Token::Sign('-'));
    if tokens.first() == dash || tokens.last() == dash {
        return wrong(no_day());
    }
    signs.pop();
    Ok(Part { weekday, ..items_of(&items, &signs, order)? })
}

/// Numbers and months, in an order that people write, with the signs between them. A month that is
/// a number is parted by the same sign from all else, and by no comma: numbers behind commas are
/// days.
fn items_of(items: &[&Token], signs: &[Vec<char>], order: DayOrder) -> Result<Part, NoDay> {
    use Token::{Month, Number};
    let alike =
        signs.iter().all(|between| Some(between) == signs.first() && !between.contains(&','));
    match items {
        [Number(year), Month(month), Number(day)] if year.len() == 4 => {
            dated(Some(small(day)?), *month, Some(year_of(year)?), true)
        }
        [Number(day), Month(month), Number(year)] | [Month(month), Number(day), Number(year)] => {
            dated(Some(small(day)?), *month, Some(year_of(year)?), true)
        }
        [Number(year), Number(month), Number(day)] if year.len() == 4 && alike => {
            dated(Some(small(day)?), small(month)?, Some(year_of(year)?), false)
        }
        [Number(one), Number(other), Number(year)] if alike && year.len() != 1 => {
            let (one, other, year) = (small(one)?, small(other)?, year_of(year)?);
            let (day, month) =
                if order == DayOrder::DayFirst { (one, other) } else { (other, one) };
            dated(Some(day), month, Some(year), false)
        }
        [Month(month), Number(year)] | [Number(year), Month(month)] if year.len() == 4 => {
            dated(None, *month, Some(year_of(year)?), true)
        }
        // 2023-11, which is ISO 8601; 11/2023 is no less clear.
        [Number(year), Number(month)] | [Number(month), Number(year)]
            if year.len() == 4 && month.len() <= 2 && alike =>
        {
            dated(None, small(month)?, Some(year_of(year)?), false)
        }
        [Number(day), Month(month)] | [Month(month), Number(day)] => {
            dated(Some(small(day)?), *month, None, true)
        }
        // 20/11; two numbers that nothing but a blank parts are two days.
        [Number(one), Number(other)]
            if alike && signs.iter().all(|between| !between.is_empty()) =>
        {
            let (one, other) = (small(one)?, small(other)?);
            let (day, month) =
                if order == DayOrder::DayFirst { (one, other) } else { (other, one) };
            dated(Some(day), month, None, false)
        }
        [Month(month)] => dated(None, *month, None, true),
        [Number(digits)] => parse_digits(digits),
        _ => wrong(no_day()),
    }
}

fn dated(day: Option<u32>, month: u32, year: Option<i32>, is_named: bool) -> Result<Part, NoDay> {
    if day.is_some_and(|day| !(1..=31).contains(&day)) || !(1..=12).contains(&month) {
        return wrong(say!("is a day that no calendar has"));
    }
    Ok(Part { day, month: Some(month), year, weekday: None, is_named })
}

/// A number by itself.
fn parse_digits(digits: &str) -> Result<Part, NoDay> {
    let number =
        |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u32>().ok());
    match digits.len() {
        4 => Ok(Part { year: Some(year_of(digits)?), ..Part::default() }),
        8 => {
            let year = digits.get(..4).map(year_of).transpose()?;
            Ok(Part { day: number(6, 8), month: number(4, 6), year, ..Part::default() })
        }
        5 => wrong(say!(
            "is the number by which a spreadsheet keeps a day: format the column as a date"
        )),
        1 | 2 => Ok(Part { day: Some(small(digits)?), ..Part::default() }),
        _ => wrong(no_day()),
    }
}

/// The number of a day or month.
fn small(digits: &str) -> Result<u32, NoDay> {
    match digits.parse() {
        Ok(number) if digits.len() <= 2 => Ok(number),
        _ => wrong(no_day()),
    }
}

fn year_of(digits: &str) -> Result<i32, NoDay> {
    match digits.parse() {
        _ if digits.len() == 2 => wrong(say!("has a year of two digits: write all four")),
        Ok(year) if digits.len() == 4 && YEARS.contains(&year) => Ok(year),
        Ok(_) if digits.len() == 4 => wrong(out_of_years()),
        _ => wrong(no_day()),
    }
}
