//! Events of iCalendar (RFC 5545) as runs: `UID` → key, `SUMMARY` → title, `DTSTART` and `DTEND` or `DURATION` → first and last day,
//! `LOCATION` → venue, `GEO` → coordinates, `STATUS` → status. Events of a register like this one also say their keys, and their places
//! part by part.

mod own;

use std::io::Read;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;

use super::super::decode::{Decoded, Encoding};
use super::super::{LARGEST_ROW, ReadError};
use super::{Entry, key_of};

use self::own::Own;
pub use self::own::{OWN_KEY, OWN_NUMBER, OWN_PROGRAMME, OWN_VENUE};

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

    /// The last day of an event that ends then: the day before where that is a whole day or midnight.
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
}

/// The events of a calendar.
pub(super) fn entries(bytes: &[u8]) -> Result<Vec<Entry>, ReadError> {
    let mut entries = Vec::new();
    let mut entry: Option<(Entry, When, Own)> = None;
    let mut inner = 0_usize;
    let mut zone: Option<Tz> = None;
    for (line, content) in unfolded(bytes)? {
        let (name, value) = property(&content);
        let parts = split_outside_quotes(name, ';');
        let (name, parameters) = parts.split_first().map_or(("", &[][..]), |(name, rest)| (*name, rest));
        let name = name.trim().to_ascii_uppercase();
        match (name.as_str(), value.trim().to_ascii_uppercase().as_str()) {
            ("BEGIN", "VEVENT") if entry.is_none() => {
                entry = Some((Entry { line, ..Entry::default() }, When::default(), Own::default()));
            }
            ("BEGIN", _) if entry.is_some() => inner += 1,
            ("END", "VEVENT") if inner == 0 => {
                if let Some((mut entry, when, own)) = entry.take() {
                    ends(&mut entry, &when, own.is_own());
                    entries.extend(own.told(entry));
                }
            }
            ("END", _) => inner = inner.saturating_sub(1),
            // In which zone the calendar is to be shown.
            ("X-WR-TIMEZONE", _) if entry.is_none() => zone = value.trim().parse().ok(),
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
        return Err(ReadError::File("the calendar ends within an event".to_owned()));
    }
    Ok(entries)
}

fn says(entry: &mut Entry, when: &mut When, name: &str, parameters: &[&str], written: &str, zone: Option<Tz>) {
    let value = unescaped(written);
    match name {
        "UID" => entry.set("key", &key_of(&value)),
        "SUMMARY" if entry.values.contains_key("title") => entry.add("iCalendar SUMMARY", &value),
        "SUMMARY" => {
            entry.set("title", &value);
            if let Some(language) = parameter(parameters, "LANGUAGE") {
                entry.set("language", language);
            }
        }
        "DTSTART" => {
            when.start = moment(&value, zone);
            entry.set("starts_on", &when.start.map_or_else(|| value.clone(), |start| start.date().to_string()));
        }
        "DTEND" => {
            when.end = moment(&value, zone);
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

/// The last day of an event: by its end, by how long it is, or the day on which it is as a whole; of one that is our own, which says its
/// end where that is known, by its end alone.
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
        (Some(Moment::Day(day)), None, None) if !is_own && !entry.values.contains_key("ends_on") => Some(day),
        _ => None,
    };
    // An end that is not behind the start is written by calendars that mean the day of the start.
    let same = |end: NaiveDate| match (when.start, when.end) {
        (Some(start), Some(written)) if written.date() == start.date() => end.max(start.date()),
        (Some(start), None) => end.max(start.date()),
        _ => end,
    };
    if let Some(end) = end {
        entry.set("ends_on", &same(end).to_string());
    }
}

/// `20231120`, `20231120T090000`, `20231120T090000Z`; the same with hyphens and colons, which others write. What ends with Z is told in
/// the zone of the calendar, where it has one.
fn moment(value: &str, zone: Option<Tz>) -> Option<Moment> {
    let value = value.trim();
    let (plain, is_utc) = value.strip_suffix(['Z', 'z']).map_or((value, false), |plain| (plain, true));
    let is_plain = |c: char| c.is_ascii_digit() || matches!(c, 'T' | '-' | ':');
    if !plain.chars().all(is_plain) {
        return None;
    }
    let day = ["%Y%m%d", "%Y-%m-%d"].into_iter().find_map(|format| NaiveDate::parse_from_str(plain, format).ok());
    // chrono takes fewer digits, too.
    if let Some(day) = day.filter(|_| matches!(plain.len(), 8 | 10)) {
        return Some(Moment::Day(day));
    }
    let formats = [("%Y%m%dT%H%M%S", 15), ("%Y%m%dT%H%M", 13), ("%Y-%m-%dT%H:%M:%S", 19), ("%Y-%m-%dT%H:%M", 16)];
    let time = formats
        .into_iter()
        .filter(|(_, length)| plain.len() == *length)
        .find_map(|(format, _)| NaiveDateTime::parse_from_str(plain, format).ok())?;
    let local = zone.filter(|_| is_utc).map(|zone| time.and_utc().with_timezone(&zone).naive_local());
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
        Moment::Day(day) if seconds % 86_400 == 0 => day.checked_add_signed(length).map(Moment::Day),
        Moment::Day(_) => None,
        Moment::Time(time) => time.checked_add_signed(length).map(Moment::Time),
    }
}

/// Lines with their continuations. They are put together as bytes: where a line is folded, a character may be parted.
fn unfolded(bytes: &[u8]) -> Result<Vec<(u64, String)>, ReadError> {
    let mut lines: Vec<(u64, Vec<u8>)> = Vec::new();
    let plain = |line: &[u8]| line.strip_suffix(b"\r").unwrap_or(line).to_vec();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        match (line, lines.last_mut()) {
            ([b' ' | b'\t', rest @ ..], Some((_, last))) => {
                if last.len() < LARGEST_ROW {
                    last.extend(plain(rest));
                }
            }
            _ => lines.push((number, plain(line))),
        }
    }
    let all = lines.iter().map(|(_, line)| line.as_slice()).collect::<Vec<_>>().join(&b'\n');
    let encoding = Encoding::of(&mut all.as_slice())?;
    let mut texts = Vec::with_capacity(lines.len());
    for (number, line) in lines {
        let mut text = String::new();
        Decoded::new(line.as_slice(), encoding).read_to_string(&mut text)?;
        texts.push((number, text));
    }
    Ok(texts)
}

/// The name of a line with its parameters, and its value: parted by the first colon that stands in no quotes.
fn property(line: &str) -> (&str, &str) {
    let mut quoted = false;
    for (place, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ':' if !quoted => {
                return (line.get(..place).unwrap_or_default(), line.get(place + 1..).unwrap_or_default());
            }
            _ => {}
        }
    }
    (line, "")
}

/// The parts of a text at a sign that stands in no quotes.
fn split_outside_quotes(text: &str, sign: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c: char| {
        quoted ^= c == '"';
        c == sign && !quoted
    })
    .collect()
}

/// The value of a parameter; the quotes around it are no part of it.
fn parameter<'a>(parameters: &[&'a str], name: &str) -> Option<&'a str> {
    let one =
        |one: &&'a str| one.split_once('=').filter(|one| one.0.trim().eq_ignore_ascii_case(name)).map(|one| one.1);
    parameters.iter().find_map(one).map(|value| value.trim().trim_matches('"'))
}

fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut signs = value.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => match signs.next() {
                Some('n' | 'N') => text.push(' '),
                Some(escaped @ (',' | ';' | '\\' | ':' | '"')) => text.push(escaped),
                other => {
                    text.push('\\');
                    text.extend(other);
                }
            },
            sign => text.push(sign),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::tests::{is, values};
    use crate::exchange::import::read::feeds::{Feed, calendar_rows};

    #[test]
    fn an_event_of_a_calendar_is_a_run() {
        let text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:Batik-2024@example.org\r\nSUMMARY;LANGUAGE=id:Pelatihan batik\\, tingkat\r\n  dua\r\n\
                    DTSTART;VALUE=DATE:20240304\r\nDTEND;VALUE=DATE:20240309\r\nLOCATION:Yogyakarta\r\nGEO:-7.79;110.36\r\nSTATUS:CONFIRMED\r\n\
                    ORGANIZER;CN=\"A: B\":mailto:x@y.z\r\nBEGIN:VALARM\r\nDESCRIPTION:no\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let read = values(&calendar_rows(text.as_bytes()).unwrap());
        assert_eq!((read.len(), read[0].0), (1, 2));
        let expected = [
            ("key", "batik-2024-example-org"),
            ("title", "Pelatihan batik, tingkat dua"),
            ("language", "id"),
            ("starts_on", "2024-03-04"),
            ("ends_on", "2024-03-08"),
            ("venue", "Yogyakarta"),
            ("latitude", "-7.79"),
            ("status", "CONFIRMED"),
            ("iCalendar ORGANIZER", "mailto:x@y.z"),
        ];
        is(&read[0].1, &expected);
        assert!(!read[0].1.contains_key("iCalendar DESCRIPTION"), "the alarm is not the event");
        assert!(calendar_rows(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n").is_err());
        assert!(Feed::is_calendar(b"\xEF\xBB\xBFBEGIN:VCALENDAR"));
    }

    fn event(lines: &str) -> String {
        let text =
            format!("BEGIN:VCALENDAR\nX-WR-TIMEZONE:Asia/Jakarta\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n");
        let read = values(&calendar_rows(text.as_bytes()).unwrap());
        let at = |name: &str| read[0].1.get(name).cloned().unwrap_or_default();
        format!("{} {}", at("starts_on"), at("ends_on"))
    }

    #[test]
    fn days_are_those_on_which_it_is() {
        for (lines, expected) in [
            ("DTSTART;VALUE=DATE:20231120\nDTEND;VALUE=DATE:20231128", "2023-11-20 2023-11-27"),
            ("DTSTART:2023-11-20\nDTEND:2023-11-27", "2023-11-20 2023-11-26"),
            ("DTSTART:20231120T090000\nDTEND:20231127T170000", "2023-11-20 2023-11-27"),
            (
                "DTSTART;TZID=Asia/Jakarta:20231120T000000\nDTEND;TZID=Asia/Jakarta:20231128T000000",
                "2023-11-20 2023-11-27",
            ),
            ("DTSTART:20231120T000000\nDTEND:20231128T000001", "2023-11-20 2023-11-28"),
            ("DTSTART:20231119T170000Z\nDTEND:20231127T170000Z", "2023-11-20 2023-11-27"),
            ("DTSTART;VALUE=DATE:20231120", "2023-11-20 2023-11-20"),
            ("DTSTART;VALUE=DATE:20231120\nDTEND;VALUE=DATE:20231120", "2023-11-20 2023-11-20"),
            ("DTSTART;VALUE=DATE:20231120\nDURATION:P8D", "2023-11-20 2023-11-27"),
            ("DURATION:P1W\nDTSTART;VALUE=DATE:20231120", "2023-11-20 2023-11-26"),
            ("DTSTART:20231120T090000\nDURATION:P7DT8H", "2023-11-20 2023-11-27"),
            ("DTSTART:20231120T090000\nDURATION:PT15H", "2023-11-20 2023-11-20"),
            ("DTSTART:20231120T090000", "2023-11-20 "),
            ("DTSTART:20231", "20231 "),
            ("DTSTART:20231120\nDTEND:20231", "2023-11-20 20231"),
            ("DTSTART:20231120\nDTEND:20231118", "2023-11-20 2023-11-17"),
        ] {
            assert_eq!(event(lines), expected, "{lines}");
        }
    }

    #[test]
    fn quotes_part_nothing_and_are_no_part_of_a_value() {
        let language = |line: &str| {
            let text = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{line}\nEND:VEVENT\nEND:VCALENDAR\n");
            let read = values(&calendar_rows(text.as_bytes()).unwrap());
            let at = |name: &str| read[0].1.get(name).cloned().unwrap_or_default();
            format!("{} {}", at("language"), at("title"))
        };
        assert_eq!(language("SUMMARY;LANGUAGE=\"en-us\":T"), "en-us T");
        assert_eq!(language("SUMMARY;ALTREP=\"http://x.example/a;LANGUAGE=fr\";LANGUAGE=en:T2"), "en T2");
        assert_eq!(language("SUMMARY;X=\"a:b\";LANGUAGE=id:a\\\\nb\\, c"), "id a\\nb, c");
    }

    #[test]
    fn a_character_that_is_parted_by_a_fold_is_one() {
        let text = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Caf\xC3\r\n \xA9 C\xC3\xB4te\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let read = values(&calendar_rows(text).unwrap());
        assert_eq!(read[0].1.get("title").map(String::as_str), Some("Café Côte"));
    }
}
