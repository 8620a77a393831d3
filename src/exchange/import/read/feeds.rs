//! What other systems export, as rows: events of iCalendar (RFC 5545), training events of schema.org and Bioschemas in JSON-LD, and
//! activities of IATI 2.03. Each is read field by field into columns that are named like the fields of a table; what no field is made of
//! becomes a column of its own that is left out, and is shown as such.

use std::collections::BTreeMap;

use quick_xml::Reader as Xml;
use quick_xml::events::Event;
use serde_json::Value;

use super::{ReadError, Row};

/// The most values that are read of one entry.
const MOST_VALUES: usize = 150;
/// The deepest nesting of XML.
const DEEPEST: usize = 64;

/// The format of a text that is not a table, by its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// iCalendar.
    Calendar,
    /// JSON-LD.
    JsonLd,
    /// IATI activities.
    Iati,
}

impl Feed {
    /// What a text is, unless it is a table.
    pub fn of(beginning: &str) -> Option<Self> {
        let text = beginning.trim_start_matches('\u{feff}').trim_start();
        if text.get(..15).is_some_and(|begin| begin.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
            Some(Self::Calendar)
        } else if text.starts_with('{') || text.starts_with("[{") || text.starts_with("[\n") {
            Some(Self::JsonLd)
        } else if text.starts_with('<') && text.contains("<iati-activit") {
            Some(Self::Iati)
        } else {
            None
        }
    }

    /// How it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Calendar => "iCalendar",
            Self::JsonLd => "JSON-LD",
            Self::Iati => "IATI",
        }
    }

    /// Its entries as rows, with the header in front.
    pub fn rows(self, text: &str) -> Result<Vec<Row>, ReadError> {
        let entries = match self {
            Self::Calendar => calendar(text)?,
            Self::JsonLd => json_ld(text)?,
            Self::Iati => iati(text)?,
        };
        Ok(table(entries))
    }
}

/// The values of an entry by their columns, and the line in which it begins.
#[derive(Debug, Default)]
struct Entry {
    line: u64,
    values: BTreeMap<String, String>,
}

impl Entry {
    /// Adds a value; several of one column are joined.
    fn add(&mut self, column: &str, value: &str) {
        if value.is_empty() || self.values.len() >= MOST_VALUES {
            return;
        }
        let there = self.values.entry(column.to_owned()).or_default();
        if there.is_empty() {
            there.push_str(value);
        } else if there.len() + value.len() < super::LARGEST_ROW / 8 {
            there.push_str("; ");
            there.push_str(value);
        }
    }

    /// Sets a value unless there is one.
    fn set(&mut self, column: &str, value: &str) {
        if !self.values.contains_key(column) {
            self.add(column, value);
        }
    }
}

/// Entries as a table with a column for each thing that any of them says.
fn table(entries: Vec<Entry>) -> Vec<Row> {
    let mut columns: Vec<String> = Vec::new();
    for column in entries.iter().flat_map(|entry| entry.values.keys()) {
        if !columns.contains(column) && columns.len() < super::MOST_COLUMNS {
            columns.push(column.clone());
        }
    }
    let cells =
        |entry: &Entry| columns.iter().map(|column| entry.values.get(column).cloned().unwrap_or_default()).collect();
    let rows = entries.iter().map(|entry| Row { line: entry.line, cells: cells(entry) }).collect::<Vec<_>>();
    let header = Row { line: 0, cells: columns.clone() };
    std::iter::once(header).filter(|row| !row.cells.is_empty()).chain(rows).collect()
}

/// A key of the register made of another system's identifier: `file:` and what of it a key may have.
fn key_of(id: &str) -> String {
    let mut key = String::new();
    for c in id.to_lowercase().chars() {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            key.push(c);
        } else if !key.ends_with('-') && !key.is_empty() {
            key.push('-');
        }
    }
    key.truncate(100);
    key.trim_end_matches('-').to_owned()
}

/// The events of a calendar as runs: `UID` → key, `SUMMARY` → title, `DTSTART` and `DTEND` → first and last day, `LOCATION` → venue,
/// `GEO` → coordinates, `STATUS` → status.
fn calendar(text: &str) -> Result<Vec<Entry>, ReadError> {
    let mut entries = Vec::new();
    let mut entry: Option<Entry> = None;
    let mut inner = 0_usize;
    for (line, content) in unfolded(text) {
        let (name, value) = property(&content);
        let (name, parameters) = name.split_once(';').unwrap_or((name, ""));
        let name = name.to_ascii_uppercase();
        match (name.as_str(), value.trim().to_ascii_uppercase().as_str()) {
            ("BEGIN", "VEVENT") if entry.is_none() => entry = Some(Entry { line, ..Entry::default() }),
            ("BEGIN", _) if entry.is_some() => inner += 1,
            ("END", "VEVENT") if inner == 0 => entries.extend(entry.take()),
            ("END", _) => inner = inner.saturating_sub(1),
            _ => {
                let Some(entry) = entry.as_mut().filter(|_| inner == 0) else { continue };
                let value = unescaped(value);
                match name.as_str() {
                    "UID" => entry.set("key", &key_of(&value)),
                    "SUMMARY" => {
                        entry.set("title", &value);
                        if let Some(language) = parameter(parameters, "LANGUAGE") {
                            entry.set("language", language);
                        }
                    }
                    "DTSTART" => entry.set("starts_on", &calendar_day(&value)),
                    // The end of whole days is the day after the last one.
                    "DTEND" if value.len() == 8 => entry.set("ends_on", &day_before(&calendar_day(&value))),
                    "DTEND" => entry.set("ends_on", &calendar_day(&value)),
                    "LOCATION" => entry.set("venue", &value),
                    "STATUS" => entry.set("status", &value),
                    "GEO" => {
                        if let Some((latitude, longitude)) = value.split_once(';') {
                            entry.set("latitude", latitude);
                            entry.set("longitude", longitude);
                        }
                    }
                    // The book-keeping of calendars.
                    "DTSTAMP" | "SEQUENCE" | "CREATED" | "LAST-MODIFIED" | "TRANSP" => {}
                    other => entry.add(&format!("iCalendar {other}"), &value),
                }
            }
        }
    }
    if entry.is_some() {
        return Err(ReadError::File("the calendar ends within an event".to_owned()));
    }
    Ok(entries)
}

/// Lines with their continuations.
fn unfolded(text: &str) -> Vec<(u64, String)> {
    let mut lines: Vec<(u64, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, last))) if last.len() < super::LARGEST_ROW => last.push_str(rest),
            (Some(_), _) => {}
            (None, _) => lines.push((number, line.to_owned())),
        }
    }
    lines
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

fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    parameters
        .split(';')
        .find_map(|one| one.split_once('=').filter(|one| one.0.eq_ignore_ascii_case(name)).map(|one| one.1))
}

fn unescaped(value: &str) -> String {
    value.replace("\\n", " ").replace("\\N", " ").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
}

/// `20231120T090000Z` → `2023-11-20`; anything else as it is.
fn calendar_day(value: &str) -> String {
    match (value.get(..4), value.get(4..6), value.get(6..8)) {
        (Some(year), Some(month), Some(day)) if value.is_ascii() && value.len() >= 8 => format!("{year}-{month}-{day}"),
        _ => value.to_owned(),
    }
}

fn day_before(day: &str) -> String {
    let before = day.parse::<chrono::NaiveDate>().ok().and_then(|day| day.pred_opt());
    before.map_or_else(|| day.to_owned(), |day| day.to_string())
}

/// The events of a document as runs: `@id` or `identifier` → key, `name` → title, `startDate` and `endDate` → first and last day,
/// `location` → venue, city, country and coordinates, `eventStatus` → status, `courseMode` or `eventAttendanceMode` → mode,
/// `maximumAttendeeCapacity` → capacity, `inLanguage` → language.
fn json_ld(text: &str) -> Result<Vec<Entry>, ReadError> {
    let document: Value = serde_json::from_str(text).map_err(|error| {
        let line = u64::try_from(error.line()).unwrap_or(0);
        ReadError::At { line, message: "the document is not JSON from here on".to_owned() }
    })?;
    let mut entries = Vec::new();
    let mut waiting = vec![&document];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Array(all) => waiting.extend(all.iter().rev()),
            Value::Object(fields) => {
                if is_event(value) {
                    let line = entries.len() as u64 + 1;
                    entries.push(event(value, line));
                } else {
                    waiting.extend(
                        ["@graph", "itemListElement", "item", "hasCourseInstance", "subEvent"]
                            .iter()
                            .rev()
                            .filter_map(|name| fields.get(*name)),
                    );
                }
            }
            _ => {}
        }
    }
    Ok(entries)
}

fn is_event(value: &Value) -> bool {
    let names = |value: &Value| {
        let name = value.as_str().unwrap_or_default();
        let name = name.rsplit(['/', ':']).next().unwrap_or_default();
        name == "CourseInstance" || name.ends_with("Event")
    };
    match value.get("@type") {
        Some(Value::Array(all)) => all.iter().any(names),
        Some(one) => names(one),
        None => false,
    }
}

fn event(value: &Value, line: u64) -> Entry {
    let mut entry = Entry { line, ..Entry::default() };
    for (name, value) in value.as_object().into_iter().flatten() {
        let said = plain(value);
        match name.as_str() {
            "@context" | "@type" => {}
            "@id" | "identifier" | "url" if !said.is_empty() => entry.set("key", &key_of(&said)),
            "name" => entry.set("title", &said),
            "inLanguage" => entry.set("language", &said),
            "startDate" => entry.set("starts_on", said.get(..10).unwrap_or(&said)),
            "endDate" => entry.set("ends_on", said.get(..10).unwrap_or(&said)),
            "eventStatus" => entry.set("status", said.rsplit('/').next().unwrap_or_default()),
            "courseMode" => entry.set("mode", &said),
            "eventAttendanceMode" => {
                let mode = said.rsplit('/').next().unwrap_or_default();
                let mode = match mode {
                    "OfflineEventAttendanceMode" => "ONSITE",
                    "OnlineEventAttendanceMode" => "ONLINE",
                    "MixedEventAttendanceMode" => "BLENDED",
                    other => other,
                };
                entry.set("mode", mode);
            }
            "maximumAttendeeCapacity" => entry.set("capacity", &said),
            "location" => location(&mut entry, value),
            other => entry.add(&format!("schema.org {other}"), &said),
        }
    }
    entry
}

fn location(entry: &mut Entry, value: &Value) {
    let value = value.as_array().and_then(|all| all.first()).unwrap_or(value);
    match value {
        Value::Object(_) => {
            let at = |path: &str| value.pointer(path).map(plain).unwrap_or_default();
            entry.set("venue", &at("/name"));
            entry.set("city", &at("/address/addressLocality"));
            entry.set("country", &at("/address/addressCountry"));
            entry.set("latitude", &at("/geo/latitude"));
            entry.set("longitude", &at("/geo/longitude"));
        }
        other => entry.set("venue", &plain(other)),
    }
}

/// A value as a text: of an object its name or id, of a list its texts.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(all) => {
            all.iter().take(MOST_VALUES).map(plain).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
        }
        Value::Object(fields) => {
            let named = ["name", "@value", "value", "@id"].iter().find_map(|name| fields.get(*name));
            named.filter(|value| !value.is_object()).map(plain).unwrap_or_default()
        }
        other => other.to_string(),
    }
}

/// The activities of a document as programmes: `iati-identifier` → key, the first narrative of `title` → title, and its language,
/// `collaboration-type` → modality.
fn iati(text: &str) -> Result<Vec<Entry>, ReadError> {
    let broken = |line: u64| ReadError::At { line, message: "the document is not XML from here on".to_owned() };
    let mut xml = Xml::from_str(text);
    let mut line = Lines { text: text.as_bytes(), byte: 0, line: 1 };
    let (mut path, mut entries): (Vec<String>, Vec<Entry>) = (Vec::new(), Vec::new());
    let mut entry: Option<Entry> = None;
    let (mut language, mut said) = (String::new(), String::new());
    loop {
        let place = usize::try_from(xml.buffer_position()).unwrap_or(usize::MAX);
        let event = xml.read_event().map_err(|_| broken(line.at(place)))?;
        match event {
            Event::Text(text) => said.push_str(&text),
            Event::CData(text) => said.push_str(&text),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok().flatten().map(String::from);
                let named = || quick_xml::escape::resolve_predefined_entity(&reference).map(str::to_owned);
                said.extend(character.or_else(named));
            }
            Event::Start(start) => {
                if let Some(entry) = &mut entry {
                    says(entry, &path, std::mem::take(&mut said).trim());
                }
                said.clear();
                let name = start.name().as_ref().to_owned();
                if path.len() >= DEEPEST {
                    return Err(broken(line.at(place)));
                }
                let told: Vec<(String, String)> = attributes(start.attributes());
                let tag = told.iter().find(|(key, _)| key.ends_with("lang")).map(|(_, tag)| tag.clone());
                if name == "iati-activity" {
                    entry = Some(Entry { line: line.at(place), ..Entry::default() });
                    language = tag.clone().unwrap_or_default();
                }
                if let Some(entry) = &mut entry {
                    noted(entry, &path, &name, &told);
                    if path.last().is_some_and(|within| within == "title") && name == "narrative" {
                        entry.set("language", tag.as_deref().unwrap_or(&language));
                    }
                }
                path.push(name);
            }
            Event::Empty(empty) => {
                if let Some(entry) = &mut entry {
                    noted(entry, &path, empty.name().as_ref(), &attributes(empty.attributes()));
                }
            }
            Event::End(_) => {
                if let Some(entry) = &mut entry {
                    says(entry, &path, std::mem::take(&mut said).trim());
                }
                if path.pop().as_deref() == Some("iati-activity") {
                    entries.extend(entry.take());
                }
            }
            Event::Eof if path.is_empty() => return Ok(entries),
            Event::Eof => return Err(broken(line.at(place))),
            _ => {}
        }
    }
}

fn attributes(all: quick_xml::events::attributes::Attributes<'_>) -> Vec<(String, String)> {
    let told = all.flatten().take(MOST_VALUES);
    told.map(|one| (one.key.as_ref().to_owned(), one.value.to_string())).collect()
}

/// What an element's text says of an activity.
fn says(entry: &mut Entry, path: &[String], said: &str) {
    let within: Vec<&str> =
        path.iter().map(String::as_str).skip_while(|name| *name != "iati-activity").skip(1).collect();
    match within[..] {
        _ if said.is_empty() => {}
        ["iati-identifier"] => entry.set("key", &key_of(said)),
        ["title", "narrative"] => entry.set("title", said),
        [] => {}
        _ => {
            let names: Vec<&str> = within.iter().copied().filter(|name| *name != "narrative").collect();
            entry.add(&format!("IATI {}", names.join("/")), said);
        }
    }
}

/// The attributes that carry what an element without text says.
fn noted(entry: &mut Entry, path: &[String], name: &str, attributes: &[(String, String)]) {
    if path.last().is_none_or(|last| last != "iati-activity") {
        return;
    }
    for (key, value) in attributes {
        // How the partners cooperate: the codes that say as much as a modality of the register.
        let modality = match (name, key.as_str(), value.as_str()) {
            ("collaboration-type", "code", "1") => Some("BILATERAL"),
            ("collaboration-type", "code", "8") => Some("TRIANGULAR"),
            _ => None,
        };
        if let Some(modality) = modality {
            entry.set("modality", modality);
        } else if matches!(key.as_str(), "code" | "iso-date" | "type" | "ref" | "role") {
            entry.add(&format!("IATI {name}/@{key}"), value);
        }
    }
}

/// Counts lines up to a place, each byte once.
struct Lines<'a> {
    text: &'a [u8],
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    fn at(&mut self, place: usize) -> u64 {
        while self.byte < place.min(self.text.len()) {
            if self.text.get(self.byte) == Some(&b'\n') {
                self.line += 1;
            }
            self.byte += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(feed: Feed, text: &str) -> Vec<(u64, BTreeMap<String, String>)> {
        assert_eq!(Feed::of(text), Some(feed));
        let rows = feed.rows(text).unwrap();
        let Some((header, rows)) = rows.split_first() else { return Vec::new() };
        let entry = |row: &Row| (row.line, header.cells.iter().cloned().zip(row.cells.iter().cloned()).collect());
        rows.iter().map(entry).collect()
    }

    fn is(values: &BTreeMap<String, String>, expected: &[(&str, &str)]) {
        for (name, value) in expected {
            assert_eq!(values.get(*name).map(String::as_str), Some(*value), "{name} in {values:?}");
        }
    }

    #[test]
    fn an_event_of_a_calendar_is_a_run() {
        let text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:Batik-2024@example.org\r\nSUMMARY;LANGUAGE=id:Pelatihan batik\\, tingkat\r\n  dua\r\n\
                    DTSTART;VALUE=DATE:20240304\r\nDTEND;VALUE=DATE:20240309\r\nLOCATION:Yogyakarta\r\nGEO:-7.79;110.36\r\nSTATUS:CONFIRMED\r\n\
                    ORGANIZER;CN=\"A: B\":mailto:x@y.z\r\nBEGIN:VALARM\r\nDESCRIPTION:no\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let read = values(Feed::Calendar, text);
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
        assert!(Feed::Calendar.rows("BEGIN:VCALENDAR\nBEGIN:VEVENT\n").is_err());
    }

    #[test]
    fn a_training_event_of_json_ld_is_a_run() {
        let text = r#"{"@context": "https://schema.org", "@graph": [{"@type": "Course", "name": "Batik",
            "hasCourseInstance": {"@type": ["CourseInstance"], "@id": "https://example.org/Runs/7", "name": "Batik, run 7",
            "startDate": "2024-03-04T09:00", "courseMode": "online", "eventStatus": "https://schema.org/EventPostponed",
            "location": {"@type": "Place", "name": "Hall", "address": {"addressLocality": "Malang", "addressCountry": "ID"}},
            "organizer": {"name": "Craft Centre"}}}]}"#;
        let read = values(Feed::JsonLd, text);
        assert_eq!(read.len(), 1);
        let expected = [
            ("key", "https-example-org-runs-7"),
            ("title", "Batik, run 7"),
            ("starts_on", "2024-03-04"),
            ("mode", "online"),
            ("status", "EventPostponed"),
            ("venue", "Hall"),
            ("city", "Malang"),
            ("country", "ID"),
            ("schema.org organizer", "Craft Centre"),
        ];
        is(&read[0].1, &expected);
        assert!(Feed::JsonLd.rows("{").is_err());
    }

    #[test]
    fn an_activity_of_iati_is_a_programme() {
        let text = "<?xml version=\"1.0\"?>\n<iati-activities version=\"2.03\">\n<iati-activity xml:lang=\"en\">\n\
                    <iati-identifier>ID-KEM-1-craft</iati-identifier><title><narrative xml:lang=\"id\">Kerajinan &amp; batik</narrative>\
                    <narrative>Crafts</narrative></title><activity-status code=\"2\"/><collaboration-type code=\"8\"/><description><narrative>Long</narrative></description>\
                    </iati-activity></iati-activities>";
        let read = values(Feed::Iati, text);
        assert_eq!((read.len(), read[0].0), (1, 3));
        let expected = [
            ("key", "id-kem-1-craft"),
            ("title", "Kerajinan & batik"),
            ("language", "id"),
            ("modality", "TRIANGULAR"),
            ("IATI activity-status/@code", "2"),
            ("IATI description", "Long"),
        ];
        is(&read[0].1, &expected);
        assert!(Feed::Iati.rows("<iati-activities><iati-activity>").is_err());
    }
}
