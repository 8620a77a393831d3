//! What is read of JSON-LD.

use super::super::tests::{is, values};
use super::Mark;
use crate::exchange::import::read::feeds::Feed;

#[test]
fn a_training_event_of_json_ld_is_a_run() {
    let text = r#"{"@context": "https://schema.org", "@graph": [{"@type": "Course",
            "name": "Batik",
            "hasCourseInstance": {"@type": ["CourseInstance"], "@id": "https://example.org/Runs/7",
            "name": "Batik, run 7",
            "startDate": "2024-03-04T09:00", "courseMode": "online",
            "eventStatus": "https://schema.org/EventPostponed",
            "location": [{"@type": "Place", "name": "Hall",
            "address": {"addressLocality": "Malang", "addressCountry": "ID"}}, "Annex"],
            "organizer": {"name": "Craft Centre"}}}]}"#;
    let read = values(&Feed::JsonLd.rows(text).unwrap());
    assert_eq!(read.len(), 1);
    let expected = [
        ("key", "https-example-org-runs-7-cc3f2d767cf6"),
        ("title", "Batik, run 7"),
        ("starts_on", "2024-03-04T09:00"),
        ("mode", "online"),
        ("status", "EventPostponed"),
        ("venue", "Hall"),
        ("city", "Malang"),
        ("country", "ID"),
        ("schema.org location", "Annex"),
        ("schema.org organizer", "Craft Centre"),
    ];
    is(&read[0].1, &expected);
    assert!(Feed::JsonLd.rows("{").is_err());
}

fn run(context: &str, fields: &str) -> String {
    let text = format!(r#"{{"@context": {context}, "@type": "CourseInstance", {fields}}}"#);
    let read = values(&Feed::JsonLd.rows(&text).unwrap());
    let at = |name: &str| read[0].1.get(name).cloned().unwrap_or_default();
    format!("{}|{}|{}|{}", at("key"), at("language"), at("title"), at("schema.org name"))
}

#[test]
fn a_text_has_its_own_language_then_that_of_the_record_then_that_of_the_document() {
    const PLAIN: &str = r#""https://schema.org""#;
    const FRENCH: &str = r#"["https://schema.org", {"@language": "fr"}]"#;
    for (context, fields, expected) in [
        (PLAIN, r#""name": {"@language": "en", "@value": "T"}, "inLanguage": "id""#, "|en|T|"),
        (PLAIN, r#""name": "T", "inLanguage": "id""#, "|id|T|"),
        (FRENCH, r#""name": "T", "inLanguage": "id""#, "|id|T|"),
        (FRENCH, r#""name": "T""#, "|fr|T|"),
        (PLAIN, r#""name": "T""#, "||T|"),
        (PLAIN, r#""name": "T", "inLanguage": ["id", "en"]"#, "||T|"),
        (
            PLAIN,
            r#""name": "T", "inLanguage": {"@type": "Language", "name": "English",
                    "alternateName": "en"}"#,
            "|en|T|",
        ),
        (
            PLAIN,
            r#""name": [{"@language": "id", "@value": "A"}, {"@language": "en",
                    "@value": "B"}]"#,
            "|id|A|B",
        ),
        (PLAIN, r#""name": {"en": "B"}"#, "|en|B|"),
    ] {
        assert_eq!(run(context, fields), expected, "{context} {fields}");
    }
}

#[test]
fn an_end_at_midnight_ends_the_day_before() {
    let ends = |start: &str, end: &str| {
        let text =
            format!(r#"{{"@type": "CourseInstance", "startDate": "{start}", "endDate": "{end}"}}"#);
        values(&Feed::JsonLd.rows(&text).unwrap())[0].1.get("ends_on").cloned().unwrap_or_default()
    };
    assert_eq!(ends("2023-11-20T09:00:00+07:00", "2023-11-28T00:00:00+07:00"), "2023-11-27");
    let utc = Mark::Utc.sign();
    assert_eq!(ends("2023-11-20T09:00:00Z", "2023-11-28T00:00:00Z"), format!("{utc}2023-11-27"));
    assert_eq!(
        ends("2023-11-20T09:00:00Z", "2023-11-28T09:00:00Z"),
        format!("{utc}2023-11-28T09:00:00Z")
    );
    assert_eq!(ends("2023-11-20T09:00", "2023-11-28T00:00:01"), "2023-11-28T00:00:01");
    assert_eq!(ends("2023-11-20T00:00", "2023-11-20T00:00"), "2023-11-20T00:00");
    assert_eq!(ends("2023-11-20", "2023-11-28"), "2023-11-28");
}

#[test]
fn a_document_without_events_says_so() {
    for text in [r#"{"@type": "Organization", "name": "A"}"#, r#"{"a": [1]}"#, "[]"] {
        let why = Feed::JsonLd.rows(text).map_err(|error| error.to_string());
        assert!(why.is_err_and(|why| why.contains("schema.org") && why.contains("CSV")), "{text}");
    }
    let within =
        r#"{"@type": "Organization", "event": [{"@type": "EducationEvent", "name": "Batik"}]}"#;
    is(&values(&Feed::JsonLd.rows(within).unwrap())[0].1, &[("title", "Batik")]);
    let prefixed = r#"{"@type": "schema:Event", "schema:name": "Batik",
            "schema:startDate": "2024-03-04"}"#;
    let expected = [("title", "Batik"), ("starts_on", "2024-03-04")];
    is(&values(&Feed::JsonLd.rows(prefixed).unwrap())[0].1, &expected);
}

#[test]
fn an_identifier_is_its_value() {
    const CONTEXT: &str = r#""https://schema.org""#;
    for (fields, key) in [
        (
            r#""identifier": {"@type": "PropertyValue", "name": "Course code",
                    "value": "pv-13"}"#,
            "pv-13",
        ),
        (r#""identifier": {"@type": "PropertyValue", "propertyID": "code", "value": 13}"#, "13"),
        (
            r#""identifier": [{"@type": "PropertyValue", "name": "Course code"},
                    {"value": "pv-14"}, "x"]"#,
            "pv-14",
        ),
        (
            r#""identifier": {"@type": "PropertyValue", "name": "Course code"},
                    "url": "http://x.y/1""#,
            "http-x-y-1-58c76809dcd9",
        ),
        (r#""identifier": ["a-1", "b-2"]"#, "a-1"),
    ] {
        assert_eq!(run(CONTEXT, fields).split('|').next(), Some(key), "{fields}");
    }
}

#[test]
fn a_run_without_a_name_has_that_of_its_course() {
    let nested = r#"{"@type": "Course", "name": "Batik", "inLanguage": "en",
            "hasCourseInstance": [{"@type": "CourseInstance", "@id": "a", "startDate": "2024"},
            {"@type": "CourseInstance", "@id": "b", "name": "B"}]}"#;
    let read = values(&Feed::JsonLd.rows(nested).unwrap());
    is(&read[0].1, &[("title", "Batik"), ("language", "en")]);
    is(&read[1].1, &[("title", "B")]);
    let apart = r#"{"@context": {"@language": "id"}, "@graph": [{"@type": "CourseInstance",
            "@id": "a", "startDate": "2024-03-04"},
            {"@type": "Course", "name": "Batik", "hasCourseInstance": {"@id": "a"}}]}"#;
    let read = values(&Feed::JsonLd.rows(apart).unwrap());
    assert_eq!(read.len(), 1);
    is(&read[0].1, &[("title", "Batik"), ("language", "id")]);
}
