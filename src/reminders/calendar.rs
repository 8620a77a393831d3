//! What is due, as a calendar: one all-day event for each plan, each batch and all findings.

use chrono::{NaiveDate, NaiveTime};

use super::Due;
use super::entry::{Entry, entries};
use crate::pages::ical::{Lines, begin, day, moment};
use crate::phrase::{Phrase, say};
use crate::site::Site;

/// The calendar of what is due, as it stands on a day, in the language of a tag.
pub fn calendar(due: &Due, today: NaiveDate, site: &Site, language: &str) -> String {
    let mut lines = Lines::default();
    let told = |phrase: Phrase| phrase.translate(language);
    let title = format!("{} – Jejaring", told(say!("What is due")));
    let about = told(say!(
        "Action plans that fall due, invitations without an answer, attendance to record, and \
         findings to explain."
    ));
    begin(&mut lines, &title, &about);
    lines.put("REFRESH-INTERVAL;VALUE=DURATION", "PT6H");
    lines.put("X-PUBLISHED-TTL", "PT6H");
    for entry in entries(due, today) {
        put(&entry, &mut lines, today, site, language);
    }
    lines.put("END", "VCALENDAR");
    lines.into_text()
}

fn put(entry: &Entry, lines: &mut Lines, today: NaiveDate, site: &Site, language: &str) {
    lines.put("BEGIN", "VEVENT");
    lines.put("UID", &entry.uid);
    // The same all day, so that whoever asks again is told that nothing has changed.
    lines.put("DTSTAMP", &moment(today.and_time(NaiveTime::MIN).and_utc()));
    lines.put("DTSTART;VALUE=DATE", &day(entry.on));
    lines.put_text(&format!("SUMMARY;LANGUAGE={language}"), &entry.summary.translate(language));
    lines.put("TRANSP", "TRANSPARENT");
    if !entry.about.is_empty() {
        lines.put_text("DESCRIPTION", &entry.about);
    }
    lines.put("URL", &site.at(&entry.path));
    lines.put("END", "VEVENT");
}
