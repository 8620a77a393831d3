//! What is read of calendars.

use super::super::tests::{is, values};
use crate::exchange::import::read::feeds::{Feed, calendar_rows};

#[test]
fn an_event_of_a_calendar_is_a_run() {
    let text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:Batik-2024@example.org\r\n\
                SUMMARY;LANGUAGE=id:Pelatihan batik\\, tingkat\r\n  dua\r\n\
                DTSTART;VALUE=DATE:20240304\r\nDTEND;VALUE=DATE:20240309\r\n\
                LOCATION:Yogyakarta\r\nGEO:-7.79;110.36\r\nSTATUS:CONFIRMED\r\n\
                ORGANIZER;CN=\"A: B\":mailto:x@y.z\r\nBEGIN:VALARM\r\nDESCRIPTION:no\r\n\
                END:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let read = values(&calendar_rows(text.as_bytes()).unwrap());
    assert_eq!((read.len(), read[0].0), (1, 2));
    let expected = [
        ("key", "batik-2024-example-org-3f74feb6ef78"),
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
    let text = format!(
        "BEGIN:VCALENDAR\nX-WR-TIMEZONE:Asia/Jakarta\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\n\
         END:VCALENDAR\n"
    );
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
            "DTSTART;TZID=Asia/Jakarta:20231120T000000\n\
             DTEND;TZID=Asia/Jakarta:20231128T000000",
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
fn days_in_utc_are_told_in_the_zone_of_the_calendar_or_as_such() {
    let read = |zone: &str| {
        let text = format!(
            "BEGIN:VCALENDAR\n{zone}BEGIN:VEVENT\nDTSTART:20231119T230000Z\n\
             DTEND:20231120T090000Z\nEND:VEVENT\n"
        );
        let read = values(&calendar_rows(text.as_bytes()).unwrap());
        ["starts_on", "ends_on", "iCalendar X-WR-TIMEZONE"]
            .map(|name| read[0].1.get(name).cloned().unwrap_or_default())
    };
    for zone in ["Asia/Jakarta", "SE Asia Standard Time", "\"SE Asia Standard Time\""] {
        assert_eq!(
            read(&format!("X-WR-TIMEZONE:{zone}\n")),
            ["2023-11-20", "2023-11-20", ""],
            "{zone}"
        );
    }
    let utc = crate::exchange::import::read::Mark::Utc.sign();
    let days = ["2023-11-19", "2023-11-20"].map(|day| format!("{utc}{day}"));
    assert_eq!(read(""), [days[0].as_str(), &days[1], ""]);
    assert_eq!(read("X-WR-TIMEZONE:Nowhere Time\n"), [days[0].as_str(), &days[1], "Nowhere Time"]);
    assert_eq!(
        read("X-WR-TIMEZONE:Etc/UTC\n"),
        [days[0].as_str(), &days[1], "Etc/UTC"],
        "says no place"
    );
}

#[test]
fn what_is_said_twice_is_shown() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:t1\nUID:t2\nDTSTART:20231120\n\
                DTSTART:20231125\nDTEND:20231130\n\
                DTEND:20231201\nDURATION:P1D\nLOCATION:L1\nLOCATION:L2\nSTATUS:CONFIRMED\n\
                STATUS:CANCELLED\nEND:VEVENT\n";
    let read = values(&calendar_rows(text.as_bytes()).unwrap());
    let expected = [
        ("key", "t1"),
        ("iCalendar UID", "t2"),
        ("starts_on", "2023-11-20"),
        ("iCalendar DTSTART", "20231125"),
        ("ends_on", "2023-11-29"),
        ("iCalendar DTEND", "20231201"),
        ("iCalendar DURATION", "P1D"),
        ("venue", "L1"),
        ("iCalendar LOCATION", "L2"),
        ("status", "CONFIRMED"),
        ("iCalendar STATUS", "CANCELLED"),
    ];
    is(&read[0].1, &expected);
}

#[test]
fn a_calendar_without_events_says_so() {
    for text in
        ["BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:x\nEND:VTODO\nEND:VCALENDAR\n", "BEGIN:VCALENDAR\n"]
    {
        let why = calendar_rows(text.as_bytes()).map_err(|error| error.to_string());
        assert!(why.is_err_and(|why| why.contains("VEVENT")), "{text}");
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
    assert_eq!(
        language("SUMMARY;ALTREP=\"http://x.example/a;LANGUAGE=fr\";LANGUAGE=en:T2"),
        "en T2"
    );
    assert_eq!(language("SUMMARY;X=\"a:b\";LANGUAGE=id:a\\\\nb\\, c"), "id a\\nb, c");
}

#[test]
fn a_character_that_is_parted_by_a_fold_is_one() {
    let text = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Caf\xC3\r\n \xA9 C\xC3\xB4te\r\n\
                 END:VEVENT\r\nEND:VCALENDAR\r\n";
    let read = values(&calendar_rows(text).unwrap());
    assert_eq!(read[0].1.get("title").map(String::as_str), Some("Café Côte"));
}
