//! What a single cell says.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use entity::vocabulary::Vocabulary;

use crate::rule::dates::{YEARS, out_of_years};
use crate::text;

pub(super) fn one_line(cell: &str) -> Result<String, String> {
    let tidied = text::tidy(cell);
    if tidied.is_empty() { Err("says nothing".to_owned()) } else { Ok(tidied) }
}

pub(super) fn known<V: Vocabulary>(cell: &str) -> Result<V, String> {
    V::parse(cell).map_err(|unknown| {
        format!("is not a {}: it is one of {}", unknown.vocabulary, unknown.known.join(", "))
    })
}

pub(super) fn integer(cell: &str) -> Result<i32, String> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("is not a whole number".to_owned());
    }
    cell.parse().map_err(|_| format!("is not between {} and {}", i32::MIN, i32::MAX))
}

pub(super) fn boolean(cell: &str) -> Result<bool, String> {
    match cell {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("is neither true nor false".to_owned()),
    }
}

pub(super) fn decimal(cell: &str) -> Result<f64, String> {
    let plain = cell.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    let number = cell.parse::<f64>().ok().filter(|number| plain && number.is_finite());
    number.ok_or_else(|| "is not a decimal number such as -1.5".to_owned())
}

pub(super) fn date(cell: &str) -> Result<NaiveDate, String> {
    let date = NaiveDate::parse_from_str(cell, "%Y-%m-%d").ok().filter(|_| cell.len() == 10);
    let date = date.ok_or_else(|| "is not a date (YYYY-MM-DD)".to_owned())?;
    if YEARS.contains(&date.year()) { Ok(date) } else { Err(out_of_years().english()) }
}

pub(super) fn moment(cell: &str) -> Result<DateTime<Utc>, String> {
    let moment = DateTime::parse_from_rfc3339(cell).map(|moment| moment.to_utc());
    moment.map_err(|_| "is not a moment (2026-11-22T09:30:00Z)".to_owned())
}
