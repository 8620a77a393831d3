//! Days as people write them, in Indonesian and English. Where day and month could be either, both readings are told and neither is
//! taken, unless somebody has said which comes first.

use chrono::{Datelike, NaiveDate, Weekday};
use entity::vocabulary::DatePrecision;

use crate::text::fold;

/// Which of day and month comes first in `3/4/2024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DayOrder {
    /// The day.
    DayFirst,
    /// The month.
    MonthFirst,
}

/// A day that was read, or the first of a month or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day; the first of the period where only month or year are written.
    pub date: NaiveDate,
    /// How exactly it is written.
    pub precision: DatePrecision,
    /// The weekday that is written with it.
    pub weekday: Option<Weekday>,
}

/// Why no day was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoDay {
    /// It may be either.
    Ambiguous(NaiveDate, NaiveDate),
    /// It is none, and why.
    Wrong(String),
}

/// Months by the beginnings of their names in both languages, folded; a name has three letters at least.
const MONTHS: [&[&str]; 12] = [
    &["january", "januari"],
    &["february", "februari", "pebruari"],
    &["march", "maret", "mrt"],
    &["april"],
    &["may", "mei"],
    &["june", "juni"],
    &["july", "juli"],
    &["august", "agustus", "agt", "ags"],
    &["september"],
    &["october", "oktober"],
    &["november", "nopember"],
    &["december", "desember"],
];

const WEEKDAYS: [(&[&str], Weekday); 7] = [
    (&["monday", "senin"], Weekday::Mon),
    (&["tuesday", "selasa"], Weekday::Tue),
    (&["wednesday", "rabu"], Weekday::Wed),
    (&["thursday", "kamis"], Weekday::Thu),
    (&["friday", "jumat", "jum at"], Weekday::Fri),
    (&["saturday", "sabtu"], Weekday::Sat),
    (&["sunday", "minggu", "ahad"], Weekday::Sun),
];

/// Words between a day and its month that say nothing.
const SILENT: [&str; 6] = ["the", "of", "tanggal", "tgl", "on", "pada"];

/// The years in which batches are held.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

fn beginning_of(word: &str, names: &[&str]) -> bool {
    word.len() >= 3 && names.iter().any(|name| name.starts_with(word))
}

fn month(word: &str) -> Option<u32> {
    let place =
        MONTHS.iter().position(|names| beginning_of(word, names) || (word == "sept" && names[0] == "september"))?;
    u32::try_from(place + 1).ok()
}

fn weekday(word: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(names, _)| beginning_of(word, names)).map(|(_, day)| *day)
}

fn wrong(message: impl Into<String>) -> NoDay {
    NoDay::Wrong(message.into())
}

/// Reads a day. A time of day behind it is left out.
pub fn day(written: &str, order: Option<DayOrder>) -> Result<Day, NoDay> {
    let text = written.trim();
    if text.len() > 80 {
        return Err(wrong("is too long for a day"));
    }
    // 2023-11-20T09:00, 2023-11-20 09:00: the time says nothing of the day.
    let plain = match text.split_once(['T', ' ']) {
        Some((day, time)) if day.len() == 10 && day.is_ascii() && time.contains(':') => day,
        _ => text,
    };
    let folded = fold(plain);
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    words.retain(|word| !SILENT.contains(word));
    if words.first() == Some(&"jum") && words.get(1) == Some(&"at") {
        words.splice(..2, ["jumat"]);
    }
    let named = words.first().and_then(|word| weekday(word));
    if named.is_some() {
        words.remove(0);
    }
    let read = read(&words, plain, order)?;
    match named {
        Some(printed) if read.precision == DatePrecision::Day && read.date.weekday() != printed => {
            let is = read.date.format("%A");
            Err(wrong(format!("says {}, and {} was a {is}", english(printed), read.date)))
        }
        _ => Ok(Day { weekday: named, ..read }),
    }
}

fn english(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

fn read(words: &[&str], plain: &str, order: Option<DayOrder>) -> Result<Day, NoDay> {
    let exact = |date| Ok(Day { date, precision: DatePrecision::Day, weekday: None });
    match words {
        [year, month, day] if year.len() == 4 && number(year).is_some() => match (month_of(month), number(day)) {
            (Some(month), Some(day)) => exact(date(year, month, day)?),
            _ => Err(wrong("is not a day")),
        },
        [one, other, year] if number(one).is_some() && number(other).is_some() => {
            if year.len() == 2 && number(year).is_some() {
                return Err(wrong("has a year of two digits: write all four"));
            }
            either(one, other, year, order)
        }
        [first, second, year] => {
            if year.len() == 2 && number(year).is_some() {
                return Err(wrong("has a year of two digits: write all four"));
            }
            let (day, month) =
                if number(first).is_some() || ordinal(first).is_some() { (first, second) } else { (second, first) };
            match (number(day).or_else(|| ordinal(day)), month_of_name(month)) {
                (Some(day), Some(month)) => exact(date(year, month, day)?),
                _ => Err(wrong("is not a day")),
            }
        }
        [month, year] | [year, month] if month_of_name(month).is_some() && year.len() == 4 => {
            let date = date(year, month_of_name(month).unwrap_or(1), 1)?;
            Ok(Day { date, precision: DatePrecision::Month, weekday: None })
        }
        // 2023-11, which is ISO 8601; 11/2023 is no less clear.
        [year, month] | [month, year] if year.len() == 4 && month.len() <= 2 && number(month).is_some() => {
            let date = date(year, number(month).unwrap_or(0), 1)?;
            Ok(Day { date, precision: DatePrecision::Month, weekday: None })
        }
        [year] if year.len() == 4 && number(year).is_some() => {
            Ok(Day { date: date(year, 1, 1)?, precision: DatePrecision::Year, weekday: None })
        }
        [digits] if digits.len() == 8 && plain.len() == 8 => match (digits.get(..4), digits.get(4..6), digits.get(6..))
        {
            (Some(year), Some(month), Some(day)) => match (number(month), number(day)) {
                (Some(month), Some(day)) => exact(date(year, month, day)?),
                _ => Err(wrong("is not a day")),
            },
            _ => Err(wrong("is not a day")),
        },
        [digits] if digits.len() == 5 && number(digits).is_some() => {
            Err(wrong("is the number by which a spreadsheet keeps a day: format the column as a date"))
        }
        [day, month] | [month, day] if number(day).is_some() && month_of_name(month).is_some() => {
            Err(wrong("has no year"))
        }
        _ => Err(wrong("is not a day")),
    }
}

/// A day and a month in either order.
fn either(one: &str, other: &str, year: &str, order: Option<DayOrder>) -> Result<Day, NoDay> {
    let read = |day: &str, month: &str| date(year, number(month).unwrap_or(0), number(day).unwrap_or(0));
    let (day_first, month_first) = (read(one, other), read(other, one));
    let date = match (order, day_first, month_first) {
        (Some(DayOrder::DayFirst), read, _) | (Some(DayOrder::MonthFirst), _, read) => read?,
        (None, Ok(one), Ok(other)) if one == other => one,
        (None, Ok(one), Ok(other)) => return Err(NoDay::Ambiguous(one, other)),
        (None, Ok(only), Err(_)) | (None, Err(_), Ok(only)) => only,
        (None, Err(error), Err(_)) => return Err(error),
    };
    Ok(Day { date, precision: DatePrecision::Day, weekday: None })
}

fn number(word: &str) -> Option<u32> {
    (word.len() <= 4 || word.len() == 5).then_some(())?;
    word.bytes().all(|byte| byte.is_ascii_digit()).then(|| word.parse().ok()).flatten()
}

/// 1st, 2nd, 3rd, 20th; Indonesian has none.
fn ordinal(word: &str) -> Option<u32> {
    ["st", "nd", "rd", "th"].iter().find_map(|ending| number(word.strip_suffix(ending)?))
}

fn month_of(word: &str) -> Option<u32> {
    number(word).or_else(|| month_of_name(word))
}

fn month_of_name(word: &str) -> Option<u32> {
    month(word)
}

fn date(year: &str, month: u32, day: u32) -> Result<NaiveDate, NoDay> {
    let year = year.parse().ok().filter(year_is_known).ok_or_else(|| wrong("is not a day of these centuries"))?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| wrong("is a day that no calendar has"))
}

fn year_is_known(year: &i32) -> bool {
    YEARS.contains(year)
}

/// Reads a first and a last day: `20–27 November 2023`, `28 Sep – 2 Okt 2020`, `2023-11-20 s.d. 2023-11-27`, or one day for both.
pub fn days(written: &str, order: Option<DayOrder>) -> Result<(Day, Day), NoDay> {
    let text = written.trim();
    let mut parts = None;
    for between in [" s.d. ", " s/d ", " sd ", " sampai ", " hingga ", " to ", " until ", " - ", " – ", " — ", "–", "—"]
    {
        if let Some((from, to)) = text.split_once(between) {
            parts = Some((from, to));
            break;
        }
    }
    // 20-27 November 2023: a hyphen between two days, and not within one.
    if parts.is_none()
        && let Some((from, to)) = text.split_once('-')
        && number(from.trim()).is_some_and(|day| day <= 31)
        && fold(to).split(' ').any(|word| month_of_name(word).is_some())
        && fold(to).split(' ').next().is_some_and(|word| number(word).is_some())
    {
        parts = Some((from, to));
    }
    let Some((from, to)) = parts else {
        let one = day(text, order)?;
        return Ok((one, one));
    };
    let last = day(to, order)?;
    let folded = fold(from);
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    // What the first day leaves out is the last day's.
    let first = match words[..] {
        [only] if number(only).is_some_and(|day| day <= 31) => {
            let date = NaiveDate::from_ymd_opt(last.date.year(), last.date.month(), number(only).unwrap_or(0));
            let date = date.ok_or_else(|| wrong("begins on a day that no calendar has"))?;
            Day { date, precision: DatePrecision::Day, weekday: None }
        }
        [day_of, month] | [month, day_of] if number(day_of).is_some() && month_of_name(month).is_some() => {
            day(&format!("{} {}", from.trim(), last.date.year()), order)?
        }
        [month] if month_of_name(month).is_some() => day(&format!("{month} {}", last.date.year()), order)?,
        _ => day(from, order)?,
    };
    if last.date < first.date {
        return Err(wrong(format!("ends on {}, before it begins on {}", last.date, first.date)));
    }
    Ok((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(written: &str) -> String {
        match day(written, None) {
            Ok(Day { date, precision: DatePrecision::Day, .. }) => date.to_string(),
            Ok(Day { date, precision, .. }) => format!("{date} {precision}"),
            Err(NoDay::Ambiguous(one, other)) => format!("{one} or {other}"),
            Err(NoDay::Wrong(message)) => message,
        }
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for written in [
            "2023-11-20",
            "2023/11/20",
            "20231120",
            "2023-11-20 09:00",
            "2023-11-20T09:00:00Z",
            "20/11/2023",
            "11/20/2023",
            "20.11.2023",
            "20 November 2023",
            "20 Nopember 2023",
            "20 Nov. 2023",
            "20-Nov-2023",
            "November 20, 2023",
            "Nov 20th, 2023",
            "Senin, 20 November 2023",
            "Monday 20 November 2023",
            "tgl. 20 Nov 2023",
            "20\u{a0}November\u{a0}2023",
        ] {
            assert_eq!(exact(written), "2023-11-20", "{written}");
        }
        assert_eq!(exact("9 Agustus 2017"), "2017-08-09");
        assert_eq!(exact("9 Ags 2017"), "2017-08-09");
        assert_eq!(exact("1 Mei 2024"), "2024-05-01");
        assert_eq!(exact("Jum'at, 16 November 2018"), "2018-11-16");
        assert_eq!(exact("4/4/2024"), "2024-04-04");
        assert_eq!(exact("November 2023"), "2023-11-01 MONTH");
        assert_eq!(exact("2023-11"), "2023-11-01 MONTH");
        assert_eq!(exact("2023"), "2023-01-01 YEAR");
    }

    #[test]
    fn what_may_be_either_is_neither_until_somebody_says_which() {
        assert_eq!(exact("03/04/2024"), "2024-04-03 or 2024-03-04");
        assert_eq!(exact("3.4.2024"), "2024-04-03 or 2024-03-04");
        let read = |order| day("03/04/2024", Some(order)).unwrap().date.to_string();
        assert_eq!((read(DayOrder::DayFirst), read(DayOrder::MonthFirst)), ("2024-04-03".into(), "2024-03-04".into()));
        assert!(day("20/11/2023", Some(DayOrder::MonthFirst)).is_err());
    }

    #[test]
    fn what_is_no_day_says_why() {
        assert_eq!(exact("31 April 2024"), "is a day that no calendar has");
        assert_eq!(exact("16 November"), "has no year");
        assert_eq!(exact("20/11/23"), "has a year of two digits: write all four");
        assert!(exact("45250").starts_with("is the number by which a spreadsheet keeps a day"));
        assert_eq!(exact("Selasa, 20 November 2023"), "says Tuesday, and 2023-11-20 was a Monday");
        for nothing in ["", "soon", "20", "=A1", "TBA", "32/13/2024", "99999999"] {
            assert!(day(nothing, None).is_err(), "{nothing}");
        }
    }

    #[test]
    fn a_period_is_two_days() {
        let both = |written: &str| days(written, None).map(|(one, other)| format!("{} {}", one.date, other.date));
        for written in ["20–27 November 2023", "20-27 Nov 2023", "20 s.d. 27 November 2023", "2023-11-20 - 2023-11-27"]
        {
            assert_eq!(both(written), Ok("2023-11-20 2023-11-27".to_owned()), "{written}");
        }
        assert_eq!(both("28 Sep – 2 Okt 2020"), Ok("2020-09-28 2020-10-02".to_owned()));
        assert_eq!(both("20 November 2023"), Ok("2023-11-20 2023-11-20".to_owned()));
        assert!(both("27–20 November 2023").is_err());
    }
}
