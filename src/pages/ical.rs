//! The lines of iCalendar (RFC 5545).
//!
//! They are written here: what a library would add is a tree of types for the dozen properties that
//! there are.

use chrono::{DateTime, NaiveDate, Utc};

/// Octets of a line at most, its end not counted.
const LONGEST_LINE: usize = 75;

/// A moment as a value.
pub fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A day as a value.
pub fn day(date: NaiveDate) -> String {
    date.format("%Y%m%d").to_string()
}

/// Text as a value (3.3.11): nothing in it has a meaning of its own.
pub fn text(value: &str) -> String {
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
pub struct Lines(String);

impl Lines {
    /// All lines.
    pub fn into_text(self) -> String {
        self.0
    }

    /// A line whose value is text.
    pub fn put_text(&mut self, name: &str, value: &str) {
        self.put(name, &text(value));
    }

    /// A line, folded where it is too long: between characters, and never within one.
    pub fn put(&mut self, name: &str, value: &str) {
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

/// Begins a calendar that has a title, and says what it is about.
pub fn begin(lines: &mut Lines, title: &str, about: &str) {
    lines.put("BEGIN", "VCALENDAR");
    lines.put("VERSION", "2.0");
    lines.put("PRODID", "-//Jejaring//Register of capacity building//EN");
    lines.put("CALSCALE", "GREGORIAN");
    lines.put("METHOD", "PUBLISH");
    for name in ["NAME", "X-WR-CALNAME"] {
        lines.put_text(name, title);
    }
    for name in ["DESCRIPTION", "X-WR-CALDESC"] {
        lines.put_text(name, about);
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
