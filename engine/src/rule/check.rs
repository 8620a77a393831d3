//! The syntax of keys, codes, dates, addresses and places, each check with the sentence that says
//! what is wrong.

use std::fmt::Display;

use chrono::NaiveDate;
use sea_orm::{ActiveValue, Value};

use crate::error::{Refusal, RefusalCode};
use crate::phrase::{self, Phrase, say};
use crate::text::is_text;

/// The longest key.
pub const KEY_LENGTH: usize = 120;

/// The longest web address.
const URL_LENGTH: usize = 2048;

/// The day that sorts before all others: of a period that has no known beginning.
pub const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).expect("a day");

/// The day that sorts behind all others: of what has no known date.
pub const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a day");

/// Whether a key is lower-case letters, digits and hyphens, 1 to 120 of them.
pub fn is_key(key: &str) -> bool {
    (1..=KEY_LENGTH).contains(&key.len())
        && key.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// A key is lower-case letters, digits and hyphens, 1 to 120 of them. A personal one is not
/// repeated.
pub fn key(key: &str, personal: bool) -> Result<(), Refusal> {
    if is_key(key) {
        return Ok(());
    }
    let which = if personal { say!("the key") } else { Phrase::verbatim(format!("\"{key}\"")) };
    let message = say!(
        "{which} is not a key: only a-z, 0-9 and hyphens, at most {most} of them",
        which,
        most = KEY_LENGTH
    );
    Err(invalid("key", message))
}

/// A language is a BCP 47 tag: `id`, `en-GB`, `zh-Hant`.
pub fn language(field: &'static str, tag: &str) -> Result<(), Refusal> {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    let right = (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
        && tag.len() <= 35;
    if right {
        Ok(())
    } else {
        Err(invalid(field, say!("\"{tag}\" is not a language tag such as en, id or zh-Hant", tag)))
    }
}

/// An address of the web begins with http: or https: and names a host.
pub fn url(field: &'static str, address: &str) -> Result<(), Refusal> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let odd =
        |c: char| c.is_whitespace() || !is_text(c) || matches!(c, '<' | '>' | '"' | '\\' | '`');
    let right =
        address.len() <= URL_LENGTH && !address.chars().any(odd) && host.is_some_and(is_host);
    if right {
        Ok(())
    } else {
        let address = short(address);
        Err(invalid(
            field,
            say!(
                "\"{address}\" is not a web address that begins with http:// or https://",
                address
            ),
        ))
    }
}

/// A host, perhaps with a port; no user name, which an address in a public register has no use for.
fn is_host(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !name.contains('[') || name.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let right = match name.strip_prefix('[') {
        Some(rest) => {
            rest.strip_suffix(']').is_some_and(|v6| v6.parse::<std::net::Ipv6Addr>().is_ok())
        }
        None => {
            !name.is_empty()
                && name.split('.').all(|label| {
                    !label.is_empty()
                        && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
                })
        }
    };
    right && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// A period begins before it ends, or on the same day.
pub fn order(
    field: &'static str,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Result<(), Refusal> {
    match (from, to) {
        (Some(from), Some(to)) if to < from => Err(Refusal::new(
            RefusalCode::OutOfRange,
            field,
            say!("the end, {end}, is before the start, {start}", end = to, start = from),
        )),
        _ => Ok(()),
    }
}

/// Whether a code is two capital letters, or four (ISO 3166-3).
pub fn is_country_code(code: &str) -> bool {
    matches!(code.len(), 2 | 4) && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// A subdivision is an ISO 3166-2 code of its country: `ID-YO`.
pub fn subdivision(code: &str, country: Option<&str>) -> Result<(), Refusal> {
    let parts = code.split_once('-').filter(|(country, part)| {
        country.len() == 2
            && country.bytes().all(|byte| byte.is_ascii_uppercase())
            && (1..=3).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    });
    let Some((of, _)) = parts else {
        return Err(invalid(
            "subdivision",
            say!("\"{code}\" is not an ISO 3166-2 code such as ID-YO", code),
        ));
    };
    match country {
        Some(country) if country != of => {
            let message = say!(
                "\"{code}\" lies in {of}, not in {country}, where the record stands",
                code,
                of,
                country
            );
            Err(invalid("subdivision", message))
        }
        _ => Ok(()),
    }
}

/// A place on earth has both coordinates, in degrees.
pub fn coordinates(latitude: Option<f64>, longitude: Option<f64>) -> Result<(), Refusal> {
    for (field, value, limit) in [("latitude", latitude, 90.0), ("longitude", longitude, 180.0)] {
        if let Some(value) = value
            && !(-limit..=limit).contains(&value)
        {
            let what = if field == "latitude" { say!("latitude") } else { say!("longitude") };
            let message = say!(
                "{value} is not a {what}: it lies between -{limit} and {limit} degrees",
                value,
                what,
                limit
            );
            return Err(Refusal::new(RefusalCode::OutOfRange, field, message));
        }
    }
    let (missing, message) = match (latitude, longitude) {
        (Some(given), None) => ("longitude", say!("the latitude {given} needs a longitude", given)),
        (None, Some(given)) => ("latitude", say!("the longitude {given} needs a latitude", given)),
        _ => return Ok(()),
    };
    Err(Refusal::new(RefusalCode::Required, missing, message))
}

/// A SHA-256 is 64 hexadecimal digits in lower case.
pub fn sha256(field: &'static str, hash: &str) -> Result<(), Refusal> {
    if hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(());
    }
    let hash = short(hash);
    Err(invalid(
        field,
        say!("\"{hash}\" is not a SHA-256: 64 hexadecimal digits in lower case", hash),
    ))
}

/// A time zone has a name in the IANA database.
pub fn time_zone(field: &'static str, name: &str) -> Result<(), Refusal> {
    match name.parse::<chrono_tz::Tz>() {
        Ok(_) => Ok(()),
        Err(_) => Err(invalid(
            field,
            say!("\"{name}\" is not an IANA time zone such as Asia/Jakarta", name),
        )),
    }
}

/// A number that counts is at least `least`.
pub fn at_least(field: &'static str, value: i32, least: i32) -> Result<(), Refusal> {
    if value >= least {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalCode::OutOfRange,
        field,
        say!("{value} is less than {least}", value, least),
    ))
}

/// A record that stands at `from` cannot go to `to`: what helps instead, by the name of the
/// mutation that does it.
pub fn no_move(
    field: &'static str,
    key: &str,
    from: impl phrase::Value,
    to: impl Display,
    help: Phrase,
) -> Refusal {
    let to = Phrase::verbatim(to);
    let message = say!("\"{key}\" is {from} and cannot become {to}: {help}", key, from, to, help);
    Refusal::new(RefusalCode::IllegalMove, field, message)
}

/// A list has at most so many items.
pub fn at_most(field: &'static str, length: usize, most: usize) -> Result<(), Refusal> {
    if length <= most {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalCode::OutOfRange,
        field,
        say!("{length} are given, and at most {most} are taken", length, most),
    ))
}

/// What is in the register is merged by its own rule, which hands over all that refers to it; what
/// comes in may be merged already. `before` is what an existing record was merged into.
pub fn not_merged<T>(
    before: Option<Option<T>>,
    draft: &ActiveValue<Option<T>>,
) -> Result<(), Refusal>
where
    Option<T>: Into<Value>,
{
    let merged = matches!(draft, ActiveValue::Set(Some(_)));
    if merged && matches!(before, Some(None)) {
        let message = say!("the record is in use here; a mutation merges it into another");
        return Err(invalid("merged_into_id", message));
    }
    Ok(())
}

/// Exactly one of these columns has a value.
pub fn exactly_one(fields: &[(&'static str, bool)]) -> Result<(), Refusal> {
    at_most_one(fields)?;
    if fields.iter().any(|field| field.1) {
        return Ok(());
    }
    let first = fields.first().map_or("", |field| field.0);
    Err(Refusal::new(
        RefusalCode::Required,
        first,
        say!("one of {fields} is needed", fields = names(fields)),
    ))
}

/// At most one of these columns has a value.
pub fn at_most_one(fields: &[(&'static str, bool)]) -> Result<(), Refusal> {
    let given: Vec<_> = fields.iter().filter(|field| field.1).copied().collect();
    match given.get(1) {
        Some(second) => {
            let (fields, given) = (names(fields), names(&given));
            let message = say!("only one of {fields} may be given, not {given}", fields, given);
            Err(invalid(second.0, message))
        }
        None => Ok(()),
    }
}

fn names(fields: &[(&'static str, bool)]) -> Phrase {
    Phrase::all_of(fields.iter().map(|field| match field.0 {
        "batch_id" => say!("batch"),
        "country_code" => say!("country"),
        "institution_id" => say!("institution"),
        "programme_id" => say!("programme"),
        "regional_group_id" => say!("group"),
        "subject_id" => say!("subject"),
        "topic_id" => say!("topic"),
        "workshop_id" => say!("workshop"),
        other => Phrase::verbatim(other),
    }))
}

/// A refusal of something that is not what belongs there.
pub fn invalid(field: &'static str, message: Phrase) -> Refusal {
    Refusal::new(RefusalCode::Invalid, field, message)
}

/// A period for a sentence.
pub fn period(from: Option<impl Display>, to: Option<impl Display>) -> Phrase {
    let from = from.map_or_else(|| say!("from the beginning"), |from| say!("from {from}", from));
    let to = to.map_or_else(|| say!("until further notice"), |to| say!("to {to}", to));
    Phrase::joined([from, to], " ")
}

/// The beginning of a value that may be long.
pub fn short(value: &str) -> String {
    const SHOWN: usize = 80;
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_and_what_is_not_a_web_address() {
        for right in [
            "https://asean.org/",
            "http://a-b.example:8080/x?y=1#z",
            "https://[::1]/",
            "https://bücher.example",
        ] {
            assert_eq!(url("url", right), Ok(()), "{right}");
        }
        for wrong in [
            "",
            "asean.org",
            "ftp://a.b",
            "https://",
            "https:///x",
            "https://a b",
            "https://a..b",
            "https://a.b/\u{fffe}",
            "https://u:p@a.b",
            "https://a.b:99999",
        ] {
            assert!(url("url", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_and_what_is_not_a_language_tag() {
        for right in ["id", "en-GB", "zh-Hant", "kok"] {
            assert_eq!(language("language", right), Ok(()), "{right}");
        }
        for wrong in ["", "ID", "english", "en_GB", "en-"] {
            assert!(language("language", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_subdivision_lies_in_the_country_of_its_record() {
        assert_eq!(subdivision("ID-YO", Some("ID")), Ok(()));
        assert!(subdivision("ID-YO", Some("TH")).is_err());
        assert!(subdivision("Yogyakarta", None).is_err());
    }
}
