//! How values are read that TOML has no type for.

use serde::{Deserialize, Deserializer};

/// A value that is written as a text.
pub(super) fn parsed<'de, D: Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(
    from: D,
) -> Result<T, D::Error> {
    let text = String::deserialize(from)?;
    text.parse()
        .map_err(|error| serde::de::Error::custom(format!("{text:?} cannot be read: {error}")))
}

/// An empty text stands for nothing.
pub(super) fn if_given<'de, D: Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(from)?;
    let parse = |text: &str| {
        text.parse().map_err(|error| serde::de::Error::custom(format!("{text:?}: {error}")))
    };
    if text.is_empty() { Ok(None) } else { parse(&text).map(Some) }
}
