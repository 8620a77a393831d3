//! iCalendar (RFC 5545, with the names of RFC 7986): one all-day event for each batch that begins
//! on a known day.
//!
//! Lines are written here: what a library would add is a tree of types for the dozen properties
//! that there are.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::vocabulary::{BatchStatus, DatePrecision};

use super::{BatchView, PageScope};
use crate::site::Site;

/// The key of a batch, as a property of its event.
pub const OWN_KEY: &str = "X-JEJARING-KEY";
/// The key of its programme.
pub const OWN_PROGRAMME: &str = "X-JEJARING-PROGRAMME";
/// Which run of the programme it is.
pub const OWN_NUMBER: &str = "X-JEJARING-NUMBER";
/// A place where it is held, with the parameters `CITY` and `COUNTRY`.
pub const OWN_VENUE: &str = "X-JEJARING-VENUE";

/// Octets of a line at most, its end not counted.
const LONGEST_LINE: usize = 75;

/// The calendar of a scope: its batches, and how many are left out since nobody knows on which day
/// they begin.
pub fn calendar(scope: &PageScope, shown: &[BatchView], left_out: u64, site: &Site) -> String {
    let mut lines = Lines::default();
    let title = format!("{} – Jejaring", scope.title);
    let about = match left_out {
        0 => "Batches of capacity-building programmes.".to_owned(),
        _ => format!(
            "Batches of capacity-building programmes. Left out, without a known first day: \
             {left_out}."
        ),
    };
    lines.put("BEGIN", "VCALENDAR");
    lines.put("VERSION", "2.0");
    lines.put("PRODID", "-//Jejaring//Register of capacity building//EN");
    lines.put("CALSCALE", "GREGORIAN");
    lines.put("METHOD", "PUBLISH");
    for name in ["NAME", "X-WR-CALNAME"] {
        lines.put_text(name, &title);
    }
    for name in ["DESCRIPTION", "X-WR-CALDESC"] {
        lines.put_text(name, &about);
    }
    lines.put("X-JEJARING-LEFT-OUT", &left_out.to_string());
    lines.put("URL", &site.at(&format!("/calendar/{}.ics", scope.path)));
    lines.put("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    lines.put("X-PUBLISHED-TTL", "PT1H");
    for batch in shown {
        event(&mut lines, batch, site);
    }
    lines.put("END", "VCALENDAR");
    lines.0
}

fn event(lines: &mut Lines, shown: &BatchView, site: &Site) {
    let row = &shown.batch;
    let Some(start) = row.starts_on else { return };
    let (title, language) = shown.title();
    // Some programs show no status: who looks at the title alone is told too.
    let title =
        if row.status == BatchStatus::Cancelled { format!("CANCELLED: {title}") } else { title };
    lines.put("BEGIN", "VEVENT");
    lines.put("UID", &row.id.to_string());
    lines.put("DTSTAMP", &moment(row.updated_at));
    lines.put("CREATED", &moment(row.created_at));
    lines.put("LAST-MODIFIED", &moment(row.updated_at));
    // Each change is another version, and of two the one with the larger number holds.
    lines.put("SEQUENCE", &(row.version - 1).to_string());
    lines.put("DTSTART;VALUE=DATE", &day(start));
    if let Some(end) = row.ends_on.filter(|_| row.ends_precision == Some(DatePrecision::Day)) {
        // The first day after it.
        lines.put("DTEND;VALUE=DATE", &day(end + TimeDelta::days(1)));
    }
    lines.put_text(&format!("SUMMARY;LANGUAGE={language}"), &title);
    lines.put("STATUS", status(row.status));
    lines.put("TRANSP", "TRANSPARENT");
    let places: Vec<String> = shown.venues.iter().map(place).collect();
    if !places.is_empty() {
        lines.put_text("LOCATION", &places.join("; "));
    }
    if let [venue] = &shown.venues[..]
        && let (Some(latitude), Some(longitude)) = (venue.latitude, venue.longitude)
    {
        lines.put("GEO", &format!("{latitude:.6};{longitude:.6}"));
    }
    if !shown.topics.is_empty() {
        let topics: Vec<String> = shown.topics.iter().map(|topic| text(topic)).collect();
        lines.put("CATEGORIES", &topics.join(","));
    }
    let bodies: Vec<&str> = shown.bodies.iter().map(|(name, _)| name.as_str()).collect();
    lines.put_text("DESCRIPTION", &format!("{}\n{}", shown.programme.title, bodies.join("\n")));
    lines.put("URL", &site.batch(&row.key));
    own(lines, shown);
    lines.put("END", "VEVENT");
}

/// What another register needs to know again what it reads, and programs for calendars pass over:
/// keys, and places part by part.
fn own(lines: &mut Lines, shown: &BatchView) {
    lines.put(OWN_KEY, &shown.batch.key);
    lines.put(OWN_PROGRAMME, &shown.programme.key);
    if let Some(number) = shown.batch.ordinal {
        lines.put(OWN_NUMBER, &number.to_string());
    }
    for venue in &shown.venues {
        let country = venue.country_code.as_ref().map(|code| code.0.as_str());
        let parts = [("CITY", venue.city.as_deref()), ("COUNTRY", country)];
        let parts = parts
            .into_iter()
            .filter_map(|(name, part)| Some(format!(";{name}=\"{}\"", quotable(part?))));
        lines.put_text(&format!("{OWN_VENUE}{}", parts.collect::<String>()), &venue.name);
    }
}

/// What may stand in a parameter between quotes (3.2).
fn quotable(value: &str) -> String {
    value.chars().filter(|c| *c != '"' && !c.is_control()).collect()
}

fn status(status: BatchStatus) -> &'static str {
    match status {
        BatchStatus::Draft | BatchStatus::Announced | BatchStatus::Postponed => "TENTATIVE",
        BatchStatus::Confirmed | BatchStatus::Closed => "CONFIRMED",
        BatchStatus::Cancelled => "CANCELLED",
    }
}

fn place(venue: &entity::venue::Model) -> String {
    let parts = [Some(venue.name.as_str()), venue.address.as_deref(), venue.city.as_deref()];
    let mut told: Vec<&str> = Vec::new();
    for part in parts.into_iter().flatten() {
        if !told.contains(&part) {
            told.push(part);
        }
    }
    told.join(", ")
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn day(date: NaiveDate) -> String {
    date.format("%Y%m%d").to_string()
}

/// Text as a value (3.3.11): nothing in it has a meaning of its own.
fn text(value: &str) -> String {
    let mut safe = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\\' | ';' | ',' => safe.extend(['\\', c]),
            '\n' => safe.push_str("\\n"),
            c if c.is_control() && c != '\t' => {}
            c => safe.push(c),
        }
    }
    safe
}

/// Content lines (3.1).
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn put_text(&mut self, name: &str, value: &str) {
        self.put(name, &text(value));
    }

    /// A line, folded where it is too long: between characters, and never within one.
    fn put(&mut self, name: &str, value: &str) {
        let mut length = 0;
        for c in format!("{name}:{value}").chars() {
            if length + c.len_utf8() > LONGEST_LINE {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(c);
            length += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_a_text_has_in_it_it_is_one_line_of_at_most_75_octets(
            value in "\\PC*|[\\s\\S]{0,200}",
        ) {
            let mut lines = Lines::default();
            lines.put_text("SUMMARY", &value);
            prop_assert!(lines.0.split("\r\n").all(|line| line.len() <= LONGEST_LINE));
            let unfolded = lines.0.replace("\r\n ", "");
            prop_assert_eq!(unfolded.matches('\n').count(), 1);
            prop_assert!(unfolded.starts_with("SUMMARY:") && unfolded.ends_with("\r\n"));
            let back = unfolded[8..unfolded.len() - 2]
                .replace("\\n", "\n")
                .replace("\\,", ",")
                .replace("\\;", ";");
            if !value.contains('\\')
                && !value.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
            {
                prop_assert_eq!(back, value);
            }
        }
    }
}
