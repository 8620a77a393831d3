//! How values are read that TOML has no type for.

use std::net::{SocketAddr, ToSocketAddrs};

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Where to listen: an address or a name, and a port.
pub(super) fn listening<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    resolve(&String::deserialize(from)?).map_err(D::Error::custom)
}

/// The same; an empty text stands for nowhere.
pub(super) fn listening_if_given<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() { Ok(None) } else { resolve(&text).map(Some).map_err(D::Error::custom) }
}

fn resolve(text: &str) -> Result<SocketAddr, String> {
    let named = text
        .rsplit_once(':')
        .filter(|(name, port)| !name.is_empty() && port.parse::<u16>().is_ok());
    let Some((name, _)) = named else {
        return Err(format!("{text:?} is not a host and a port, such as \"127.0.0.1:8080\""));
    };
    let found = text
        .to_socket_addrs()
        .map_err(|error| format!("{text:?}: the host {name:?} is not known ({error})"))?;
    // Every machine has addresses of version 4, and `localhost` is both.
    let mut found: Vec<SocketAddr> = found.collect();
    found.sort_by_key(SocketAddr::is_ipv6);
    found.first().copied().ok_or_else(|| format!("{text:?}: the host {name:?} has no address"))
}

/// An empty text stands for nothing.
pub(super) fn if_given<'de, D: Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(from)?;
    let parse =
        |text: &str| text.parse().map_err(|error| D::Error::custom(format!("{text:?}: {error}")));
    if text.is_empty() { Ok(None) } else { parse(&text).map(Some) }
}
