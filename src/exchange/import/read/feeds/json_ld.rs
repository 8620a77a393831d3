//! Events of schema.org and Bioschemas in JSON-LD as runs: `@id`, `identifier` or `url` → key,
//! `name` → title, `startDate` and `endDate` → first and last day, `location` → venue, city,
//! country and coordinates, `eventStatus` → status, `courseMode` or `eventAttendanceMode` → mode,
//! `maximumAttendeeCapacity` → capacity. A text has the language that it says, or the record, or
//! the document. A run without a name has that of its course.

mod names;
mod place;

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::super::{Mark, ReadError};
use super::keys::key_of_identifier;
use super::{Entry, MOST_VALUES};
use crate::phrase::say;

/// What stands above the events of a document.
const HOLDERS: [&str; 9] = [
    "@graph",
    "itemListElement",
    "item",
    "hasCourseInstance",
    "subEvent",
    "hasPart",
    "mainEntity",
    "event",
    "events",
];

/// A text and its language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Text {
    text: String,
    language: Option<String>,
}

/// The events of a document.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, ReadError> {
    let document: Value = serde_json::from_str(text).map_err(|error| {
        let line = u64::try_from(error.line()).unwrap_or(0);
        ReadError::At { line, message: say!("the document is not JSON from here on") }
    })?;
    let document = names::plain_names(document);
    let mut courses = HashMap::new();
    name_runs(&document, None, &mut courses);
    let mut entries = Vec::new();
    let mut waiting = vec![(&document, None::<Text>, None::<String>)];
    while let Some((value, course, language)) = waiting.pop() {
        match value {
            Value::Array(all) => {
                waiting.extend(all.iter().rev().map(|one| (one, course.clone(), language.clone())));
            }
            Value::Object(fields) => {
                let language = language_of_context(fields).or(language);
                if is_event(value) && !is_reference(fields) {
                    let of_it = fields
                        .get("@id")
                        .and_then(Value::as_str)
                        .and_then(|id| courses.get(id))
                        .cloned();
                    let line = entries.len() as u64 + 1;
                    entries.push(event(fields, line, of_it.or(course), language.as_deref()));
                    continue;
                }
                let course = named(fields, language.as_deref())
                    .filter(|_| has_type(value, &|name| name == "Course"));
                let inner = HOLDERS.iter().rev().filter_map(|name| fields.get(*name));
                waiting.extend(inner.map(|value| (value, course.clone(), language.clone())));
            }
            _ => {}
        }
    }
    Ok(entries)
}

/// The names of courses by the ids of their runs, which may stand elsewhere in the document.
fn name_runs(value: &Value, language: Option<&str>, courses: &mut HashMap<String, Text>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| name_runs(one, language, courses)),
        Value::Object(fields) => {
            let own = language_of_context(fields);
            let language = own.as_deref().or(language);
            if let (Some(runs), Some(name)) =
                (fields.get("hasCourseInstance"), named(fields, language))
            {
                for run in runs.as_array().map_or(std::slice::from_ref(runs), Vec::as_slice) {
                    if let Some(id) = run.get("@id").and_then(Value::as_str).or(run.as_str()) {
                        courses.insert(id.to_owned(), name.clone());
                    }
                }
            }
            fields.values().for_each(|value| name_runs(value, language, courses));
        }
        _ => {}
    }
}

/// The language that a document has by default.
fn language_of_context(fields: &Map<String, Value>) -> Option<String> {
    let of = |value: &Value| value.get("@language").and_then(Value::as_str).map(str::to_owned);
    match fields.get("@context")? {
        Value::Array(all) => all.iter().rev().find_map(of),
        one => of(one),
    }
}

fn has_type(value: &Value, wanted: &dyn Fn(&str) -> bool) -> bool {
    let is = |value: &Value| {
        let name = value.as_str().unwrap_or_default();
        wanted(name.rsplit(['/', ':', '#']).next().unwrap_or_default())
    };
    match value.get("@type") {
        Some(Value::Array(all)) => all.iter().any(is),
        Some(one) => is(one),
        None => false,
    }
}

fn is_event(value: &Value) -> bool {
    has_type(value, &|name| name == "CourseInstance" || name.ends_with("Event"))
}

/// Whether an object only says which one is meant that is described elsewhere.
fn is_reference(fields: &Map<String, Value>) -> bool {
    fields.contains_key("@id")
        && fields.keys().all(|name| matches!(name.as_str(), "@id" | "@type" | "@context"))
}

/// The name of a record, with its language.
fn named(fields: &Map<String, Value>, document: Option<&str>) -> Option<Text> {
    let own = fields.get("inLanguage").and_then(tag);
    let text = texts(fields.get("name")?).into_iter().next()?;
    Some(Text { language: text.language.or(own).or(document.map(str::to_owned)), ..text })
}

/// The texts of a value, each with the language that it says: a text, one with its language,
/// several of these, or texts by language.
fn texts(value: &Value) -> Vec<Text> {
    match value {
        Value::String(text) => vec![Text { text: text.clone(), language: None }],
        Value::Array(all) => all.iter().take(MOST_VALUES).flat_map(texts).collect(),
        Value::Object(fields) => match fields.get("@value") {
            Some(value) => {
                let language = fields.get("@language").and_then(Value::as_str).map(str::to_owned);
                texts(value)
                    .into_iter()
                    .map(|text| Text { language: language.clone(), ..text })
                    .collect()
            }
            None if fields.keys().all(|name| is_tag(name)) => fields
                .iter()
                .flat_map(|(language, value)| {
                    texts(value)
                        .into_iter()
                        .map(move |text| Text { language: Some(language.clone()), ..text })
                })
                .collect(),
            None => Some(plain(value))
                .filter(|text| !text.is_empty())
                .map(|text| Text { text, language: None })
                .into_iter()
                .collect(),
        },
        Value::Null => Vec::new(),
        other => vec![Text { text: other.to_string(), language: None }],
    }
}

/// Whether a name may be the tag of a language.
fn is_tag(name: &str) -> bool {
    let mut parts = name.split('-');
    let primary = parts.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// The tag of a language: a text, or an object that has a tag as its other name. Of several none is
/// that of the record.
fn tag(value: &Value) -> Option<String> {
    match value {
        Value::String(tag) => Some(tag.clone()),
        Value::Array(all) => match &all[..] {
            [only] => tag(only),
            _ => None,
        },
        Value::Object(fields) => {
            let said = ["alternateName", "identifier", "@value", "name"]
                .iter()
                .filter_map(|name| fields.get(*name));
            said.filter_map(Value::as_str).map(str::to_owned).next()
        }
        _ => None,
    }
}

/// What an identifier says: of an object its value, never how the scheme is called; of several the
/// first that says anything.
fn identifier(value: &Value) -> String {
    match value {
        Value::Array(all) => {
            all.iter().map(identifier).find(|id| !id.is_empty()).unwrap_or_default()
        }
        Value::Object(fields) => {
            let values =
                ["value", "@value", "@id", "url"].iter().filter_map(|name| fields.get(*name));
            values.map(identifier).find(|id| !id.is_empty()).unwrap_or_default()
        }
        Value::Null => String::new(),
        other => plain(other),
    }
}

fn event(
    fields: &Map<String, Value>,
    line: u64,
    course: Option<Text>,
    document: Option<&str>,
) -> Entry {
    let mut entry = Entry { line, ..Entry::default() };
    for (name, value) in fields {
        let said = plain(value);
        match name.as_str() {
            "@context" | "@type" => {}
            "@id" | "identifier" | "url" => {
                entry.set("key", &key_of_identifier(&identifier(value)))
            }
            "name" => {
                for other in texts(value).iter().skip(1) {
                    entry.add("schema.org name", &other.text);
                }
            }
            "inLanguage" if tag(value).is_some() => {}
            "startDate" => entry.set("starts_on", &marked(said)),
            "endDate" => entry.set("ends_on", &marked(said)),
            "eventStatus" => {
                entry.set("status", said.rsplit(['/', ':', '#']).next().unwrap_or_default())
            }
            "maximumAttendeeCapacity" => entry.set("capacity", &said),
            // Together, below.
            "location" | "courseMode" | "eventAttendanceMode" => {}
            other => entry.add(&format!("schema.org {other}"), &said),
        }
    }
    place::held(&mut entry, fields);
    if let Some((day, is_utc)) = day_before_midnight(fields) {
        let mark = if is_utc { Mark::Utc.sign().to_string() } else { String::new() };
        entry.values.insert("ends_on".to_owned(), format!("{mark}{day}"));
    }
    let title = named(fields, document).filter(|name| !name.text.trim().is_empty()).or(course);
    if let Some(title) = title {
        entry.set("title", &title.text);
        entry.set("language", title.language.as_deref().unwrap_or_default());
    }
    entry
}

/// A day, with the mark of one that is told in UTC.
fn marked(said: String) -> String {
    let is_time = said.contains('T') && said.trim_end().ends_with(['Z', 'z']);
    if is_time { format!("{}{said}", Mark::Utc.sign()) } else { said }
}

/// The last day of an event that begins at some time and ends at midnight: that belongs to the day
/// before; and whether it is told in UTC.
fn day_before_midnight(fields: &Map<String, Value>) -> Option<(NaiveDate, bool)> {
    let moment = |name: &str| {
        let (day, time) = fields.get(name)?.as_str()?.split_once('T')?;
        Some((day.parse::<NaiveDate>().ok()?, time))
    };
    let ((start, _), (end, time)) = (moment("startDate")?, moment("endDate")?);
    let is_midnight = time.strip_prefix("00:00").is_some_and(|rest| {
        let rest = rest.strip_prefix(":00").unwrap_or(rest);
        rest.is_empty() || rest.starts_with(['Z', '+', '-', '.'])
    });
    let day = end.pred_opt().filter(|day| is_midnight && *day >= start)?;
    Some((day, time.ends_with(['Z', 'z'])))
}

/// A value as a text: of an object its value, name or id, of a list its texts.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all
            .iter()
            .take(MOST_VALUES)
            .map(plain)
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("; "),
        Value::Object(fields) => {
            let is_value = has_type(value, &|name| name == "PropertyValue");
            let names: &[&str] =
                if is_value { &["value", "name"] } else { &["@value", "name", "value", "@id"] };
            let named =
                names.iter().filter_map(|name| fields.get(*name)).map(|value| match value {
                    Value::Object(inner) => inner.get("@value").map(plain).unwrap_or_default(),
                    other => plain(other),
                });
            named.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
