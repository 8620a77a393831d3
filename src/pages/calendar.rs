//! iCalendar (RFC 5545, with the names of RFC 7986): one all-day event for each batch that begins
//! on a known day.

use chrono::TimeDelta;
use entity::vocabulary::{BatchStatus, DatePrecision};

use super::ical::{Lines, begin, day, moment, text};
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
    begin(&mut lines, &title, &about);
    lines.put("X-JEJARING-LEFT-OUT", &left_out.to_string());
    lines.put("URL", &site.at(&format!("/calendar/{}.ics", scope.path)));
    lines.put("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    lines.put("X-PUBLISHED-TTL", "PT1H");
    for batch in shown {
        event(&mut lines, batch, site);
    }
    lines.put("END", "VCALENDAR");
    lines.into_text()
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
