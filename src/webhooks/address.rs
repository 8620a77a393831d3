//! Where something may be sent: to hosts of the public Internet alone, unless the operator allows
//! more. Whoever makes an endpoint chooses an address, and the register would otherwise knock for
//! him at doors of its own network.
//!
//! An address is looked at as the URL standard reads it, so that `0x7f.1` is known for what it is;
//! a name is looked up at each connection, and all that it leads to must be fit. What was found fit
//! is what is connected to: the name is not asked twice.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Deserializer};
use tokio::time::timeout;
use url::{Host, Url};

use crate::phrase::{Phrase, say};

/// The longest address.
const LONGEST: usize = 2048;
/// How long a name may take to be looked up.
const LOOKUP_WITHIN: Duration = Duration::from_secs(5);
/// Addresses that a name may have: each is one more connection to try.
const MOST_ADDRESSES: usize = 16;

/// Reads networks, or single addresses, as settings have them.
pub(crate) fn networks<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpNet>, D::Error> {
    let read = |text: &String| {
        let address = || text.parse().map(|address: IpAddr| IpNet::from(address));
        let told =
            |_| serde::de::Error::custom(format!("{text:?} is neither an address nor a network"));
        text.parse().or_else(|_| address()).map_err(told)
    };
    Vec::<String>::deserialize(from)?.iter().map(read).collect()
}

/// Why nothing is sent to an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is no address to send to, whatever it leads to.
    Form(Phrase),
    /// It leads nowhere, or to where nothing may be sent. Which of the two is not told: the names
    /// of a private network are nobody's business.
    Nowhere,
    /// It is not encrypted, and leads to the public Internet.
    Plain,
}

impl Unfit {
    /// What is wrong with the address.
    pub fn why(&self) -> Phrase {
        match self {
            Self::Form(why) => why.clone(),
            Self::Nowhere => say!("the address leads to no host of the public Internet"),
            Self::Plain => say!("the address must begin with https://"),
        }
    }
}

/// How names are looked up.
pub type Resolve =
    Arc<dyn Fn(String, u16) -> BoxFuture<'static, std::io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// What decides where something may be sent.
#[derive(Clone)]
pub struct Vetting {
    allowed: Vec<IpNet>,
    resolve: Resolve,
}

impl Vetting {
    /// Names are looked up as the machine does, and nothing is allowed but the public Internet and
    /// `allowed`.
    pub fn new(allowed: Vec<IpNet>) -> Self {
        let resolve = |name: String, port| -> BoxFuture<'static, _> {
            Box::pin(async move { Ok(tokio::net::lookup_host((name, port)).await?.collect()) })
        };
        Self::resolving(allowed, Arc::new(resolve))
    }

    /// The same, with names looked up otherwise.
    pub fn resolving(allowed: Vec<IpNet>, resolve: Resolve) -> Self {
        Self { allowed, resolve }
    }

    /// What an address leads to now: only such as something may be sent to, and all that it leads
    /// to.
    pub async fn vet(&self, url: &Url) -> Result<Vec<SocketAddr>, Unfit> {
        let port = url.port_or_known_default().ok_or(Unfit::Nowhere)?;
        let addresses = match url.host().ok_or(Unfit::Nowhere)? {
            Host::Ipv4(address) => vec![SocketAddr::from((address, port))],
            Host::Ipv6(address) => vec![SocketAddr::from((address, port))],
            Host::Domain(name) => {
                let found = timeout(LOOKUP_WITHIN, (self.resolve)(name.to_owned(), port)).await;
                found.ok().and_then(Result::ok).ok_or(Unfit::Nowhere)?
            }
        };
        let allowed = |address: &SocketAddr| {
            self.allowed.iter().any(|network| network.contains(&address.ip()))
        };
        let fit = |address: &SocketAddr| {
            address.port() == port && (allowed(address) || is_public(address.ip()))
        };
        if addresses.is_empty() || addresses.len() > MOST_ADDRESSES || !addresses.iter().all(fit) {
            return Err(Unfit::Nowhere);
        }
        // In the networks that the operator allows there may be no certificates.
        if url.scheme() != "https" && !addresses.iter().all(allowed) {
            return Err(Unfit::Plain);
        }
        Ok(addresses)
    }
}

/// The address that a text is, in the form of the URL standard.
///
/// It is one of the web, and names no user: whatever it shows to the receiver stands in its path or
/// query.
pub fn parse(text: &str) -> Result<Url, Unfit> {
    if text.len() > LONGEST {
        return Err(Unfit::Form(say!("an address has at most {most} characters", most = LONGEST)));
    }
    let url =
        Url::parse(text).map_err(|_| Unfit::Form(say!("that is not an address of the web")))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(Unfit::Form(say!("an address begins with https://")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Unfit::Form(say!("an address names no user and no password")));
    }
    if url.fragment().is_some() {
        return Err(Unfit::Form(say!("what stands behind # is never sent: leave it out")));
    }
    if url.host().is_none() || url.port() == Some(0) {
        return Err(Unfit::Form(say!("an address names a host, and no port 0")));
    }
    Ok(url)
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(a: u16, b: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), length)
}

/// What is special in IPv4, after the registry of special-purpose addresses (RFC 6890 and later),
/// with multicast, what is reserved, and the address under which one cloud answers its machines.
const SPECIAL_V4: [Ipv4Net; 18] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(168, 63, 129, 16, 32),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 31, 196, 0, 24),
    v4(192, 52, 193, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(192, 175, 48, 0, 24),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 3),
];

/// What is handed out to hosts of the public Internet of IPv6; all else is special: loopback,
/// link-local, unique local, multicast, IPv4 within IPv6, NAT64.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

/// What is special within that: protocol assignments (Teredo and benchmarks among them),
/// documentation, 6to4, which wraps an address of IPv4, and the relays of AS112.
const SPECIAL_V6: [Ipv6Net; 5] = [
    v6(0x2001, 0, 23),
    v6(0x2001, 0xdb8, 32),
    v6(0x2002, 0, 16),
    v6(0x2620, 0x4f, 32),
    v6(0x3fff, 0, 20),
];

/// Whether an address is one of a host on the public Internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => {
            // ISATAP: the last four bytes are an address of IPv4, on the network of the router.
            let isatap = matches!(address.segments()[4..6], [0 | 0x200, 0x5efe]);
            GLOBAL_V6.contains(&address)
                && !SPECIAL_V6.iter().any(|network| network.contains(&address))
                && !isatap
        }
    }
}
