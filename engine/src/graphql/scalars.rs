//! The scalars of the schema, each with the specification that defines it.

use std::fmt;

use async_graphql::{InputType, InputValueError, InputValueResult, Pos, Scalar, ScalarType, Value};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use entity::id::CountryCode as CountryCodeId;
use serde::{Serialize, Serializer};

use crate::request::{ScalarCheck, Scalars};

macro_rules! text_scalar {
    ($(#[$meta:meta])* $name:ident($inner:ty) as $graphql:literal at $url:literal, $parse:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub $inner);

        $(#[$meta])*
        #[Scalar(name = $graphql, specified_by_url = $url)]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                let Value::String(text) = value else {
                    return Err(InputValueError::expected_type(value));
                };
                let parse: fn(&str) -> Result<$inner, String> = $parse;
                parse(&text).map(Self).map_err(InputValueError::custom)
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.to_string())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

/// The date that a text of the form `YYYY-MM-DD` names, from year 1 to 9999: chrono also reads
/// "2023-1-2" and years with a sign, of which RFC 3339 knows nothing.
pub fn calendar_date(text: &str) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    ((1..=9999).contains(&date.year()) && date.to_string() == text).then_some(date)
}

text_scalar! {
    /// A calendar date without a time zone, as `YYYY-MM-DD` (RFC 3339 full-date).
    Date(NaiveDate) as "Date" at "https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
    |text| {
        calendar_date(text).ok_or_else(|| format!("{text:?} is not a date of the form YYYY-MM-DD"))
    }
}

text_scalar! {
    /// A time of day without a time zone, as `HH:MM` or `HH:MM:SS` (RFC 3339 partial-time).
    Time(chrono::NaiveTime) as "Time" at "https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
    |text| {
        chrono::NaiveTime::parse_from_str(text, "%H:%M:%S")
            .or_else(|_| chrono::NaiveTime::parse_from_str(text, "%H:%M"))
            .map_err(|_| format!("{text:?} is not a time of the form HH:MM or HH:MM:SS"))
    }
}

text_scalar! {
    /// A country: its ISO 3166-1 alpha-2 code, or the four letters of ISO 3166-3 for a dissolved
    /// one; in capitals.
    CountryCode(CountryCodeId) as "CountryCode"
        at "https://www.iso.org/iso-3166-country-codes.html",
    |text| {
        let well_formed =
            matches!(text.len(), 2 | 4) && text.bytes().all(|byte| byte.is_ascii_uppercase());
        if well_formed {
            Ok(CountryCodeId(text.to_owned()))
        } else {
            Err(format!(
                "{text:?} is not a country code: two capitals, such as ID, or four for a dissolved \
                 country"
            ))
        }
    }
}

text_scalar! {
    /// An address on the web (RFC 3986), `http` or `https`.
    Url(String) as "URL" at "https://www.rfc-editor.org/rfc/rfc3986",
    |text| {
        if text.starts_with("https://") || text.starts_with("http://") {
            Ok(text.to_owned())
        } else {
            Err(format!("{text:?} is not an http or https address"))
        }
    }
}

text_scalar! {
    /// A place in a list: opaque, valid for the order of the list that it came from.
    Cursor(String) as "Cursor" at "https://relay.dev/graphql/connections.htm#sec-Cursor",
    |text| Ok(text.to_owned())
}

/// A whole number of 64 bits, as a JSON number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Long(pub i64);

/// A whole number of 64 bits, as a JSON number.
#[Scalar(name = "Long", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-6")]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => {
                number.as_i64().map(Self).ok_or_else(|| InputValueError::expected_type(value))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}

/// The custom scalars, as the request pipeline knows them: a value that is none is refused before
/// anything is executed.
pub fn checks() -> Scalars {
    fn check<S: InputType>(value: &Value) -> Result<(), String> {
        let parsed = <S as InputType>::parse(Some(value.clone()));
        parsed.map(drop).map_err(|error| error.into_server_error(Pos::default()).message)
    }
    Scalars::from([
        ("CountryCode", check::<CountryCode> as ScalarCheck),
        ("Cursor", check::<Cursor>),
        ("Date", check::<Date>),
        ("DateTime", check::<DateTime<Utc>>),
        ("Long", check::<Long>),
        ("Time", check::<Time>),
        ("URL", check::<Url>),
    ])
}
