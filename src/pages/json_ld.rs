//! A batch in the words of schema.org, as Bioschemas has them for a run of a course.

use entity::vocabulary::{BatchStatus, DatePrecision, DeliveryMode, PartnershipRole};
use serde_json::{Map, Value, json};

use super::BatchView;
use crate::site::Site;

const PROFILE: &str = "https://bioschemas.org/profiles/CourseInstance/1.0-RELEASE";

/// The batch as JSON-LD. People are not in it, nor is anything that is not accepted.
pub fn json_ld(shown: &BatchView, site: &Site) -> Value {
    let row = &shown.batch;
    let (title, language) = shown.title();
    let mut about = Map::new();
    let mut put = |name: &str, value: Value| {
        if !(value.is_null() || value.as_array().is_some_and(Vec::is_empty)) {
            about.insert(name.to_owned(), value);
        }
    };
    put("@context", json!(["https://schema.org/", { "dct": "http://purl.org/dc/terms/" }]));
    put("@id", site.batch(&row.key).into());
    put("@type", "CourseInstance".into());
    put("dct:conformsTo", json!({ "@id": PROFILE }));
    put("url", site.batch(&row.key).into());
    put("identifier", row.key.clone().into());
    put("name", json!({ "@value": title, "@language": language }));
    put("courseMode", mode(row.mode).into());
    put("startDate", date(row.starts_on, row.starts_precision));
    put("endDate", date(row.ends_on, row.ends_precision));
    put("eventStatus", format!("https://schema.org/{}", status(shown)).into());
    put("previousStartDate", shown.moved_from.map(|day| day.to_string()).into());
    put("maximumAttendeeCapacity", row.capacity.into());
    put("about", shown.topics.clone().into());
    put("location", shown.venues.iter().map(place).collect());
    let of = |roles: &[PartnershipRole]| -> Value {
        let bodies = shown.bodies.iter().filter(|(_, role)| roles.contains(role));
        bodies.map(|(name, _)| json!({ "@type": "Organization", "name": name })).collect()
    };
    put("organizer", of(&[PartnershipRole::Organiser, PartnershipRole::Host]));
    put("funder", of(&[PartnershipRole::Funder]));
    let course = json!({
        "@type": "Course",
        "@id": format!("{}#{}", site.base(), shown.programme.key),
        "name": { "@value": shown.programme.title, "@language": shown.programme.language },
    });
    put("@reverse", json!({ "hasCourseInstance": course }));
    Value::Object(about)
}

/// A date as exactly as it is known (ISO 8601).
fn date(day: Option<chrono::NaiveDate>, precision: Option<DatePrecision>) -> Value {
    let format = match precision {
        Some(DatePrecision::Year) => "%Y",
        Some(DatePrecision::Month) => "%Y-%m",
        Some(DatePrecision::Day) | None => "%Y-%m-%d",
    };
    day.map(|day| day.format(format).to_string()).into()
}

fn status(shown: &BatchView) -> &'static str {
    match shown.batch.status {
        BatchStatus::Postponed => "EventPostponed",
        BatchStatus::Cancelled => "EventCancelled",
        _ if shown.moved_from.is_some() => "EventRescheduled",
        BatchStatus::Draft
        | BatchStatus::Announced
        | BatchStatus::Confirmed
        | BatchStatus::Closed => "EventScheduled",
    }
}

fn mode(mode: DeliveryMode) -> String {
    mode.to_string().to_lowercase().replace('_', "-")
}

fn place(venue: &entity::venue::Model) -> Value {
    let mut place = json!({ "@type": "Place", "name": venue.name });
    let mut address = Map::new();
    let parts = [
        ("streetAddress", &venue.address),
        ("addressLocality", &venue.city),
        ("addressRegion", &venue.subdivision),
        ("addressCountry", &venue.country_code.clone().map(|code| code.0)),
    ];
    for (name, part) in parts {
        address.extend(part.clone().map(|part| (name.to_owned(), part.into())));
    }
    if !address.is_empty() {
        address.insert("@type".to_owned(), "PostalAddress".into());
        place["address"] = address.into();
    }
    if let (Some(latitude), Some(longitude)) = (venue.latitude, venue.longitude) {
        place["geo"] =
            json!({ "@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude });
    }
    place
}
