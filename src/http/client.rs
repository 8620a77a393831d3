//! From where a request comes: the address of whoever asks, and whether a browser sent it on
//! another page's behalf.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap, header};
use entity::id::AccountId;
use ipnet::IpNet;

use crate::access::Actor;

/// The address of the client: the peer's, or what the nearest trusted proxies say of those before
/// them.
pub fn address(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_canonical());
    let mut address = peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .collect();
    // Each proxy appends whom it heard; only what a trusted one appended is known.
    for hop in hops.into_iter().rev() {
        if !trusted.iter().any(|network| network.contains(&address)) {
            break;
        }
        // Some proxies append the port.
        let before =
            hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|before| before.ip()));
        match before {
            Ok(before) => address = before.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

/// Whom bounds for each client count: an account, or the address of somebody who has none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    /// Whoever is at an address, as [`rate_limit_prefix`] has it.
    Anonymous(IpAddr),
    /// An account, wherever it is.
    Account(AccountId),
}

impl Client {
    /// The client that `actor` at `address` is.
    pub fn new(actor: &Actor, address: IpAddr) -> Self {
        let account = actor.rights().account;
        account.map_or_else(|| Self::Anonymous(rate_limit_prefix(address)), Self::Account)
    }

    /// Whether it is the same account, or neither is one: an address may change while the client
    /// stays the same.
    pub fn is_alike(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Account(one), Self::Account(other)) => one == other,
            (Self::Anonymous(_), Self::Anonymous(_)) => true,
            _ => false,
        }
    }
}

/// Whose budget an address spends: a household of IPv6 has a whole /64.
pub fn rate_limit_prefix(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// Any of these makes a browser ask first (a preflight) before it sends the request across origins.
const PREFLIGHT_HEADERS: [&str; 3] =
    ["graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name"];

/// Whether a browser may have sent this on behalf of a page that was not asked: an image, a link, a
/// form, a script of another origin. A body of JSON, or a header that makes it ask first, rules
/// that out; so does not being a browser.
pub fn is_simple_of_browser(headers: &HeaderMap) -> bool {
    let asked_first = PREFLIGHT_HEADERS.iter().any(|name| headers.contains_key(*name));
    let is = |name: &str, values: &[&str]| {
        headers.get(name).is_some_and(|value| values.iter().any(|it| value == it))
    };
    let elsewhere =
        is("sec-fetch-site", &["cross-site", "same-site"]) || headers.contains_key(header::ORIGIN);
    let embedded = is("sec-fetch-mode", &["no-cors", "navigate"]);
    !asked_first && (elsewhere || embedded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_speaks_for_others() {
        let trusted: Vec<IpNet> =
            ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()].into();
        let from = |peer: &str, forwarded: &str| {
            let mut extensions = Extensions::new();
            extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
            let headers = HeaderMap::from_iter([(
                "x-forwarded-for".parse().unwrap(),
                forwarded.parse().unwrap(),
            )]);
            address(&extensions, &headers, &trusted).to_string()
        };
        assert_eq!(from("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(from("10.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(from("10.0.0.1", "198.51.100.1:555"), "198.51.100.1");
        assert_eq!(from("10.0.0.1", "192.0.2.66, 198.51.100.1, 10.1.1.1"), "198.51.100.1");
        assert_eq!(from("::ffff:10.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(from("::1", "rubbish"), "::1");
        assert_eq!(
            rate_limit_prefix("2001:db8:1:2:3:4:5:6".parse().unwrap()).to_string(),
            "2001:db8:1:2::"
        );
    }

    #[test]
    fn what_a_browser_sends_unasked_is_told_apart() {
        let simple = |pairs: &[(&'static str, &'static str)]| {
            let pairs =
                pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            is_simple_of_browser(&HeaderMap::from_iter(pairs))
        };
        assert!(!simple(&[]));
        assert!(!simple(&[("sec-fetch-mode", "cors"), ("sec-fetch-site", "same-origin")]));
        assert!(simple(&[("sec-fetch-mode", "no-cors"), ("sec-fetch-site", "cross-site")]));
        assert!(simple(&[("sec-fetch-mode", "navigate"), ("sec-fetch-site", "none")]));
        assert!(simple(&[("origin", "https://elsewhere.example")]));
        assert!(!simple(&[
            ("origin", "https://elsewhere.example"),
            ("graphql-require-preflight", "1")
        ]));
    }
}
