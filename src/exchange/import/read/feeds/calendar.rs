//! Events of iCalendar (RFC 5545) as runs: `UID` → key, `SUMMARY` → title, `DTSTART` and `DTEND` or
//! `DURATION` → first and last day, `LOCATION` → venue, `GEO` → coordinates, `STATUS` → status.
//! Events of a register like this one also say their keys, and their places part by part.

mod lines;
mod own;
mod zones;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;

use super::super::{Mark, ReadError};
use super::Entry;
use super::keys::key_of_identifier;
use crate::phrase::say;

use self::lines::{parameter, property, split_outside_quotes, unescaped, unfolded};
use self::own::Own;

/// When an event begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// A day as a whole.
    Day(NaiveDate),
    /// A time at the place of the event.
    Time(NaiveDateTime),
}

impl Moment {
    fn date(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Time(time) => time.date(),
        }
    }

    /// The last day of an event that ends then: the day before where that is a whole day or
    /// midnight.
    fn last_day(self) -> NaiveDate {
        match self {
            Self::Time(time) if time.time() != NaiveTime::MIN => time.date(),
            moment => moment.date().pred_opt().unwrap_or(moment.date()),
        }
    }
}

/// What an event says of its time.
#[derive(Default)]
struct When {
    start: Option<Moment>,
    end: Option<Moment>,
    duration: Option<String>,
    /// Whether a moment is told in UTC, and nothing says in which zone it is to be told.
    is_utc: bool,
}

/// In which zone a calendar says that it is to be shown.
fn zone_of(lines: &[(u64, String)]) -> Option<String> {
    let named = lines.iter().filter_map(|(_, line)| line.split_once(':'));
    let zone = named.filter(|(name, _)| {
        name.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("X-WR-TIMEZONE"))
    });
    zone.map(|(_, zone)| unescaped(zone).trim().to_owned()).next()
}

/// The events of a calendar.
pub(super) fn entries(bytes: &[u8]) -> Result<Vec<Entry>, ReadError> {
    let mut entries = Vec::new();
    let mut entry: Option<(Entry, When, Own)> = None;
    let mut inner = 0_usize;
    let lines = unfolded(bytes)?;
    let named = zone_of(&lines);
    let zone = named.as_deref().and_then(zones::zone);
    for (line, content) in lines {
        let (name, value) = property(&content);
        let parts = split_outside_quotes(name, ';');
        let (name, parameters) =
            parts.split_first().map_or(("", &[][..]), |(name, rest)| (*name, rest));
        let name = name.trim().to_ascii_uppercase();
        match (name.as_str(), value.trim().to_ascii_uppercase().as_str()) {
            ("BEGIN", "VEVENT") if entry.is_none() => {
                entry = Some((Entry { line, ..Entry::default() }, When::default(), Own::default()));
            }
            ("BEGIN", _) if entry.is_some() => inner += 1,
            ("END", "VEVENT") if inner == 0 => {
                if let Some((mut entry, when, own)) = entry.take() {
                    if let (Some(named), None, true) = (&named, zone, when.is_utc) {
                        entry.add("iCalendar X-WR-TIMEZONE", named);
                    }
                    ends(&mut entry, &when, own.is_own());
                    entries.extend(own.told(entry));
                }
            }
            ("END", _) => inner = inner.saturating_sub(1),
            _ => {
                if let Some((entry, when, own)) = entry.as_mut().filter(|_| inner == 0)
                    && !own.says(&name, parameters, value)
                {
                    says(entry, when, &name, parameters, value, zone);
                }
            }
        }
    }
    if entry.is_some() {
        return Err(ReadError::File(say!("the calendar ends within an event")));
    }
    Ok(entries)
}

fn says(
    entry: &mut Entry,
    when: &mut When,
    name: &str,
    parameters: &[&str],
    written: &str,
    zone: Option<Tz>,
) {
    let value = unescaped(written);
    // What is said once is not said anew.
    let field = match name {
        "UID" => "key",
        "DTSTART" => "starts_on",
        "LOCATION" => "venue",
        "STATUS" => "status",
        "GEO" => "latitude",
        _ => "",
    };
    let is_said = match name {
        "DTEND" => when.end.is_some() || entry.values.contains_key("ends_on"),
        "DURATION" => when.duration.is_some(),
        _ => entry.values.contains_key(field),
    };
    if is_said {
        return entry.add(&format!("iCalendar {name}"), &value);
    }
    match name {
        "UID" => entry.set("key", &key_of_identifier(&value)),
        "SUMMARY" if entry.values.contains_key("title") => entry.add("iCalendar SUMMARY", &value),
        "SUMMARY" => {
            entry.set("title", &value);
            if let Some(language) = parameter(parameters, "LANGUAGE") {
                entry.set("language", language);
            }
        }
        "DTSTART" => {
            let (start, is_utc) = moment(&value, zone);
            when.start = start;
            when.is_utc |= is_utc;
            let day = start.map_or_else(|| value.clone(), |start| start.date().to_string());
            entry.set("starts_on", &marked(day, is_utc));
        }
        "DTEND" => {
            let (end, is_utc) = moment(&value, zone);
            when.end = end;
            when.is_utc |= is_utc;
            if when.end.is_none() {
                entry.set("ends_on", &value);
            }
        }
        "DURATION" => when.duration = Some(value),
        "LOCATION" => entry.set("venue", &value),
        "STATUS" => entry.set("status", &value),
        "GEO" => match written.split_once(';') {
            Some((latitude, longitude)) => {
                entry.set("latitude", latitude);
                entry.set("longitude", longitude);
            }
            None => entry.add("iCalendar GEO", &value),
        },
        // The book-keeping of calendars.
        "DTSTAMP" | "SEQUENCE" | "CREATED" | "LAST-MODIFIED" | "TRANSP" => {}
        other => entry.add(&format!("iCalendar {other}"), &value),
    }
}

/// The last day of an event: by its end, by how long it is, or the day on which it is as a whole;
/// of one that is our own, which says its end where that is known, by its end alone.
fn ends(entry: &mut Entry, when: &When, is_own: bool) {
    let end = match (when.start, when.end, &when.duration) {
        (_, Some(end), _) => Some(end.last_day()),
        (Some(start), None, Some(duration)) => match lasting(start, duration) {
            Some(end) => Some(end.last_day()),
            None => {
                entry.add("iCalendar DURATION", duration);
                None
            }
        },
        (Some(Moment::Day(day)), None, None)
            if !is_own && !entry.values.contains_key("ends_on") =>
        {
            Some(day)
        }
        _ => None,
    };
    // An end that is not behind the start is written by calendars that mean the day of the start.
    let same = |end: NaiveDate| match (when.start, when.end) {
        (Some(start), Some(written)) if written.date() == start.date() => end.max(start.date()),
        (Some(start), None) => end.max(start.date()),
        _ => end,
    };
    if let (Some(_), Some(duration)) = (when.end, &when.duration) {
        entry.add("iCalendar DURATION", duration);
    }
    if let Some(end) = end {
        entry.set("ends_on", &marked(same(end).to_string(), when.is_utc));
    }
}

/// A day, with the mark of one that is told in UTC.
fn marked(day: String, is_utc: bool) -> String {
    if is_utc { format!("{}{day}", Mark::Utc.sign()) } else { day }
}

/// `20231120`, `20231120T090000`, `20231120T090000Z`; the same with hyphens and colons, which
/// others write. What ends with Z is told in the zone of the calendar, where it has one; whether it
/// has none.
fn moment(value: &str, zone: Option<Tz>) -> (Option<Moment>, bool) {
    let value = value.trim();
    let read = read_moment(value, zone);
    let is_utc =
        value.ends_with(['Z', 'z']) && zone.is_none() && matches!(read, Some(Moment::Time(_)));
    (read, is_utc)
}

fn read_moment(value: &str, zone: Option<Tz>) -> Option<Moment> {
    let (plain, is_utc) =
        value.strip_suffix(['Z', 'z']).map_or((value, false), |plain| (plain, true));
    let is_plain = |c: char| c.is_ascii_digit() || matches!(c, 'T' | '-' | ':');
    if !plain.chars().all(is_plain) {
        return None;
    }
    let day = ["%Y%m%d", "%Y-%m-%d"]
        .into_iter()
        .find_map(|format| NaiveDate::parse_from_str(plain, format).ok());
    // chrono takes fewer digits, too.
    if let Some(day) = day.filter(|_| matches!(plain.len(), 8 | 10)) {
        return Some(Moment::Day(day));
    }
    let formats = [
        ("%Y%m%dT%H%M%S", 15),
        ("%Y%m%dT%H%M", 13),
        ("%Y-%m-%dT%H:%M:%S", 19),
        ("%Y-%m-%dT%H:%M", 16),
    ];
    let time = formats
        .into_iter()
        .filter(|(_, length)| plain.len() == *length)
        .find_map(|(format, _)| NaiveDateTime::parse_from_str(plain, format).ok())?;
    let local =
        zone.filter(|_| is_utc).map(|zone| time.and_utc().with_timezone(&zone).naive_local());
    Some(Moment::Time(local.unwrap_or(time)))
}

/// The end of what begins then and lasts so long: `P1W`, `P5D`, `PT8H30M`.
fn lasting(start: Moment, duration: &str) -> Option<Moment> {
    let rest = duration.trim().trim_start_matches('+').strip_prefix('P')?;
    let (mut seconds, mut number, mut in_time) = (0_i64, String::new(), false);
    for c in rest.chars() {
        match c {
            '0'..='9' if number.len() < 6 => number.push(c),
            'T' => in_time = true,
            unit => {
                let each = match (unit, in_time) {
                    ('W', false) => 604_800,
                    ('D', false) => 86_400,
                    ('H', true) => 3_600,
                    ('M', true) => 60,
                    ('S', true) => 1,
                    _ => return None,
                };
                seconds += std::mem::take(&mut number).parse::<i64>().ok()? * each;
            }
        }
    }
    let length = TimeDelta::try_seconds(seconds).filter(|_| number.is_empty())?;
    match start {
        Moment::Day(day) if seconds % 86_400 == 0 => {
            day.checked_add_signed(length).map(Moment::Day)
        }
        Moment::Day(_) => None,
        Moment::Time(time) => time.checked_add_signed(length).map(Moment::Time),
    }
}

#[cfg(test)]
mod tests;
