//! Addresses within the site, and what of a record leads to its page.

use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error};

/// What is text within HTML. An apostrophe too: attributes may stand in either quotation mark.
pub(super) fn escaped(text: &str) -> String {
    crate::pages::escaped(text).replace('\'', "&#39;")
}

/// The address of a path in a language, below the path of the register.
pub(super) fn within(prefix: &str, language: &str, path: &str) -> String {
    let path = if path == "/" { "" } else { path };
    format!("{prefix}/{language}{path}")
}

/// A part of a path as addresses have it.
pub(super) fn encoded(part: &str) -> String {
    let mut encoded = String::with_capacity(part.len());
    for byte in part.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// The segment under which records of a type have pages.
fn segment(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "Batch" | "BATCH" => "batches",
        "Country" | "COUNTRY" => "countries",
        "Programme" | "PROGRAMME" => "programmes",
        "Institution" | "INSTITUTION" => "institutions",
        "RegionalGroup" | "REGIONAL_GROUP" => "groups",
        "Topic" | "TOPIC" => "topics",
        "Source" | "SOURCE" => "sources",
        _ => return None,
    })
}

/// The path of the page of a record, from its type and its key or code.
pub(super) fn path_of(kind: &str, key: &str) -> Option<String> {
    segment(kind).map(|segment| format!("/{segment}/{}", encoded(key)))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What stands behind the `?` of a page that is asked for as this one was, but for some changes;
/// another choice begins at the first page of a list again.
fn asked_for(frame: &Value, changes: &[(&str, Value)]) -> Result<String, Error> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for pair in frame.get_attr("asked")?.try_iter()? {
        let part = |place| pair.get_item_by_index(place).map(|value| text(&value));
        let (name, value) = (part(0)?, part(1)?);
        let is_place = name == "after" || name == "before";
        let changed = changes.iter().any(|(other, _)| *other == name);
        if !changed && (changes.is_empty() || !is_place) {
            query.append_pair(&name, &value);
        }
    }
    for (name, value) in changes {
        if !value.is_none() && !value.is_undefined() {
            query.append_pair(name, &value.to_string());
        }
    }
    let query = query.finish();
    Ok(if query.is_empty() { query } else { format!("?{query}") })
}

/// What templates of a language make addresses with: `at` (of a path), `href` (of a record), `with`
/// (what stands behind the `?` of the same list, asked for otherwise), `here` (of this page),
/// `form` (what stands behind a `?` or `#`), and the filters `encoded`,
/// `json` and `pretty`.
pub(super) fn add_to(templates: &mut Environment<'static>, prefix: &str, language: &'static str) {
    let below = prefix.to_owned();
    templates.add_function("at", move |path: &str, other: Option<&str>| {
        within(&below, other.unwrap_or(language), path)
    });
    let below = prefix.to_owned();
    templates.add_function("href", move |record: Value| {
        let of = |name: &str| {
            let part = record.get_attr(name).ok()?;
            part.as_str().map(str::to_owned)
        };
        let path = path_of(&of("__typename")?, &of("code").or_else(|| of("key"))?)?;
        Some(within(&below, language, &path))
    });
    templates.add_function("here", |frame: Value, language: Option<&str>| {
        let (origin, path) = (frame.get_attr("origin")?, text(&frame.get_attr("path")?));
        let path = match language {
            Some(language) => within("", language, &path),
            None => path,
        };
        let query = asked_for(&frame, &[])?;
        Ok::<_, Error>(format!("{}{path}{query}", text(&origin)))
    });
    templates.add_function("with", |frame: Value, changes: Kwargs| {
        let changes: Result<Vec<(&str, Value)>, Error> =
            changes.args().map(|name| Ok((name, changes.get(name)?))).collect();
        asked_for(&frame, &changes?)
    });
    templates.add_function("form", |values: Kwargs| {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for name in values.args() {
            form.append_pair(name, &values.get::<Value>(name)?.to_string());
        }
        Ok::<_, Error>(form.finish())
    });
    templates.add_filter("encoded", |part: &str| encoded(part));
    templates.add_filter("pretty", pretty);
    templates.add_filter("json", |value: Value| {
        let mut json = serde_json::to_value(&value).unwrap_or_default();
        without_nulls(&mut json);
        // No mark that could end the element it stands in.
        let json = json.to_string().replace('<', "\\u003c").replace('>', "\\u003e");
        Value::from_safe_string(json.replace('&', "\\u0026"))
    });
}

/// A value as JSON that people read.
fn pretty(value: Value) -> String {
    serde_json::to_string_pretty(&value).unwrap_or_default()
}

/// Leaves out what is not known.
fn without_nulls(json: &mut serde_json::Value) {
    if let Some(object) = json.as_object_mut() {
        object.retain(|_, value| !value.is_null());
        object.values_mut().for_each(without_nulls);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_no_more_than_a_part_of_an_address() {
        assert_eq!(path_of("Batch", "a b/../c?d"), Some("/batches/a%20b%2F..%2Fc%3Fd".to_owned()));
        assert_eq!(path_of("COUNTRY", "KH"), Some("/countries/KH".to_owned()));
        assert_eq!(path_of("Person", "x"), None);
        assert_eq!(within("/sub", "id", "/"), "/sub/id");
    }
}
