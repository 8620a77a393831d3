//! Where an event is held, and whether people are there or attend over the network.

use serde_json::{Map, Value};

use super::super::Entry;
use super::{has_type, plain};
use crate::text::fold;

/// What is read of where an event is held; what no field is made of is shown.
pub(super) fn held(entry: &mut Entry, fields: &Map<String, Value>) {
    let locations = fields.get("location").map(items).unwrap_or_default();
    let (mut is_there, mut is_online) = (false, false);
    for location in locations {
        if has_type(location, &|name| name == "VirtualLocation") {
            is_online = true;
            online(entry, location);
        } else if !is_there && !plain_or_inner(location).is_empty() {
            is_there = true;
            place(entry, location);
        } else {
            entry.add("schema.org location", &described(location));
        }
    }
    mode(entry, fields, is_there, is_online);
}

/// How people attend: as is said of the course, or else of the event; where neither is, by where it
/// is held.
fn mode(entry: &mut Entry, fields: &Map<String, Value>, is_there: bool, is_online: bool) {
    let said = |name: &str| fields.get(name).map(plain).unwrap_or_default();
    entry.set("mode", &said("courseMode"));
    let attendance = said("eventAttendanceMode");
    let attends = match attendance.rsplit(['/', ':', '#']).next().unwrap_or_default() {
        "OfflineEventAttendanceMode" => "ONSITE",
        "OnlineEventAttendanceMode" => "ONLINE",
        "MixedEventAttendanceMode" => "BLENDED",
        other => other,
    };
    match entry.values.get("mode") {
        Some(mode) if fold(mode) != fold(attends) => {
            entry.add("schema.org eventAttendanceMode", &attendance)
        }
        Some(_) => {}
        None => entry.set("mode", attends),
    }
    match (is_online, is_there) {
        (true, false) => entry.set("mode", "ONLINE"),
        (true, true) => entry.set("mode", "BLENDED"),
        (false, _) => {}
    }
}

/// What of a value is one, in a list or alone.
fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// Of a list with one value that one.
fn only(value: &Value) -> &Value {
    match value.as_array().map(Vec::as_slice) {
        Some([only]) => only,
        _ => value,
    }
}

fn plain_or_inner(location: &Value) -> String {
    let said = plain(location);
    if said.is_empty() && location.as_object().is_some_and(|fields| !fields.is_empty()) {
        return "?".to_owned();
    }
    said
}

/// Somewhere in the network.
fn online(entry: &mut Entry, location: &Value) {
    let Some(fields) = location.as_object() else { return };
    for (name, value) in fields.iter().filter(|(name, _)| *name != "@type") {
        entry.add(&format!("schema.org location/{}", name.trim_start_matches('@')), &plain(value));
    }
}

/// The place whose parts become fields.
fn place(entry: &mut Entry, location: &Value) {
    let Some(fields) = location.as_object() else { return entry.set("venue", &plain(location)) };
    for (name, value) in fields {
        let value = only(value);
        let said = plain(value);
        let field = match (name.as_str(), value) {
            ("@type" | "@context", _) => continue,
            ("name", _) => "venue",
            ("latitude", _) => "latitude",
            ("longitude", _) => "longitude",
            ("address", Value::Object(parts)) => {
                address(entry, parts);
                continue;
            }
            ("geo", Value::Object(_)) => {
                geo(entry, value);
                continue;
            }
            ("@id", _) if fields.contains_key("name") => {
                entry.add("schema.org location/id", &said);
                continue;
            }
            ("@id", _) => "venue",
            _ => "",
        };
        put(entry, field, &format!("schema.org location/{name}"), &said);
    }
}

/// Puts a value where it belongs; where something else stands there already, it is shown.
fn put(entry: &mut Entry, field: &str, otherwise: &str, said: &str) {
    match entry.values.get(field) {
        Some(there) if there == said => {}
        Some(_) => entry.add(otherwise, said),
        None if field.is_empty() => entry.add(otherwise, said),
        None => entry.set(field, said),
    }
}

fn address(entry: &mut Entry, parts: &Map<String, Value>) {
    for (name, value) in parts.iter().filter(|(name, _)| *name != "@type") {
        let field = match name.as_str() {
            "addressLocality" => "city",
            "addressCountry" => "country",
            _ => "",
        };
        let name = name.trim_start_matches('@');
        put(entry, field, &format!("schema.org location/address/{name}"), &plain(value));
    }
}

fn geo(entry: &mut Entry, value: &Value) {
    for (name, value) in
        value.as_object().into_iter().flatten().filter(|(name, _)| *name != "@type")
    {
        let field = if matches!(name.as_str(), "latitude" | "longitude") { name } else { "" };
        let name = name.trim_start_matches('@');
        put(entry, field, &format!("schema.org location/geo/{name}"), &plain(value));
    }
}

/// A further place as a text: its name, and what is said of its address.
fn described(location: &Value) -> String {
    let mut parts = vec![plain(location)];
    match location.get("address").map(only) {
        Some(Value::Object(address)) => {
            parts.extend(
                address.iter().filter(|(name, _)| *name != "@type").map(|(_, value)| plain(value)),
            );
        }
        Some(other) => parts.push(plain(other)),
        None => {}
    }
    parts.retain(|part| !part.is_empty());
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::{is, values};
    use crate::exchange::import::read::feeds::Feed;

    fn read(fields: &str) -> std::collections::BTreeMap<String, String> {
        let text = format!(r#"{{"@type": "Event", {fields}}}"#);
        values(&Feed::JsonLd.rows(&text).unwrap())[0].1.clone()
    }

    #[test]
    fn what_is_held_over_the_network_is_so() {
        const ONLINE: &str = r#"{"@type": "VirtualLocation", "url": "https://meet.example/1"}"#;
        let url = ("schema.org location/url", "https://meet.example/1");
        is(&read(&format!(r#""location": {ONLINE}"#)), &[("mode", "ONLINE"), url]);
        let both =
            read(&format!(r#""location": [{ONLINE}, {{"@type": "Place", "name": "Hall"}}]"#));
        is(&both, &[("mode", "BLENDED"), ("venue", "Hall"), url]);
        // What is said outweighs it, and the address is shown all the same.
        is(
            &read(&format!(r#""courseMode": "onsite", "location": {ONLINE}"#)),
            &[("mode", "onsite"), url],
        );
    }

    #[test]
    fn ways_to_attend_that_contradict_each_other_are_both_shown() {
        let attendance = r#""eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode""#;
        let read_with = |course: &str| read(&format!(r#"{attendance}{course}, "name": "A""#));
        is(&read_with(""), &[("mode", "ONLINE")]);
        assert!(
            !read_with(r#", "courseMode": "online""#)
                .contains_key("schema.org eventAttendanceMode")
        );
        is(
            &read_with(r#", "courseMode": "onsite""#),
            &[
                ("mode", "onsite"),
                ("schema.org eventAttendanceMode", "https://schema.org/OnlineEventAttendanceMode"),
            ],
        );
    }

    #[test]
    fn no_part_of_a_place_is_lost() {
        let all = read(
            r#""location": [{"@type": "Place", "name": "Hall", "latitude": -7.8,
                "longitude": 110.4, "telephone": "1",
                "geo": {"latitude": -7.9, "longitude": 110.4},
                "address": {"@type": "PostalAddress", "streetAddress": "Jl. Malioboro 1",
                "addressRegion": "DIY",
                    "postalCode": "55271", "addressLocality": "Yogyakarta",
                    "addressCountry": {"name": "ID"}}},
                {"name": "Annex", "address": {"addressLocality": "Bantul"}}]"#,
        );
        let expected = [
            ("venue", "Hall"),
            ("city", "Yogyakarta"),
            ("country", "ID"),
            ("latitude", "-7.9"),
            ("longitude", "110.4"),
            ("schema.org location/latitude", "-7.8"),
            ("schema.org location/address/streetAddress", "Jl. Malioboro 1"),
            ("schema.org location/address/addressRegion", "DIY"),
            ("schema.org location/address/postalCode", "55271"),
            ("schema.org location/telephone", "1"),
            ("schema.org location", "Annex, Bantul"),
        ];
        is(&all, &expected);
        let text = r#""location": {"name": "Hall", "address": "Jl. Malioboro 1, Yogyakarta"}"#;
        is(
            &read(text),
            &[("venue", "Hall"), ("schema.org location/address", "Jl. Malioboro 1, Yogyakarta")],
        );
        let alone = r#""location": {"@type": "Place", "latitude": -7.8, "longitude": 110.4,
            "address": {"streetAddress": "S"}}"#;
        let expected = [("latitude", "-7.8"), ("schema.org location/address/streetAddress", "S")];
        is(&read(alone), &expected);
    }
}
