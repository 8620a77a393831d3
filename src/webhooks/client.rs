//! A POST to somebody else's server: to an address that was found fit a moment ago and to no other,
//! with one deadline for all of it. No redirect is followed, no proxy asked, and no more of the
//! answer read than keeps the connection usable.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use chrono::{DateTime, TimeDelta, Utc};
use entity::vocabulary::WebhookOutcome;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use super::address::{Unfit, Vetting};

/// Bytes of an answer that are read at most, its headers and its body each.
const MOST_READ: usize = 16 * 1024;
const MOST_HEADERS: usize = 64;
/// How long one of several addresses of a host may take to be connected to.
const CONNECT_WITHIN: Duration = Duration::from_secs(4);
/// How long a connection is kept for the next delivery.
const KEPT_FOR: Duration = Duration::from_secs(20);
const MOST_KEPT: usize = 16;
const USER_AGENT: &str = concat!("jejaring/", env!("CARGO_PKG_VERSION"));

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// How it ended.
    pub outcome: WebhookOutcome,
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// How long the receiver asks to be left alone.
    pub retry_after: Option<TimeDelta>,
}

impl Sent {
    fn without_answer(outcome: WebhookOutcome) -> Self {
        Self { outcome, status: None, retry_after: None }
    }

    fn answered(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Self {
        let outcome = match status {
            status if status.is_success() => WebhookOutcome::Delivered,
            StatusCode::GONE => WebhookOutcome::Gone,
            status if status.is_redirection() => WebhookOutcome::Redirected,
            _ => WebhookOutcome::Refused,
        };
        Self { outcome, status: Some(status.as_u16()), retry_after: retry_after(headers, now) }
    }
}

/// Seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<TimeDelta> {
    let asked = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = || asked.parse::<u32>().ok().map(|seconds| TimeDelta::seconds(seconds.into()));
    let until =
        || DateTime::parse_from_rfc2822(asked).ok().map(|until| until.with_timezone(&Utc) - now);
    seconds().or_else(until).filter(|wait| *wait > TimeDelta::zero())
}

/// Connections to one endpoint, for the next delivery.
#[derive(Clone, Default)]
pub struct Connections(Arc<Mutex<Vec<Connection>>>);

struct Connection {
    sender: SendRequest<Full<Bytes>>,
    driver: AbortHandle,
    since: Instant,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Connections {
    fn kept(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn take(&self) -> Option<Connection> {
        let mut kept = self.kept();
        kept.retain(|connection| {
            connection.since.elapsed() < KEPT_FOR && !connection.sender.is_closed()
        });
        kept.pop()
    }

    fn keep(&self, connection: Connection) {
        let mut kept = self.kept();
        if kept.len() < MOST_KEPT {
            kept.push(connection);
        }
    }
}

/// What sends.
pub struct Client {
    vetting: Vetting,
    tls: TlsConnector,
    within: Duration,
}

/// Why there is no connection.
enum Unconnected {
    Unfit,
    Failed,
}

impl Client {
    /// Sends to where `vetting` lets it, each time within a deadline.
    pub fn new(vetting: Vetting, within: Duration) -> Self {
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has the protocols that rustls takes for safe")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { vetting, tls: TlsConnector::from(Arc::new(config)), within }
    }

    /// What decides where something may be sent.
    pub fn vetting(&self) -> &Vetting {
        &self.vetting
    }

    /// Sends a message.
    pub async fn post(
        &self,
        connections: &Connections,
        url: &Url,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Bytes,
        now: DateTime<Utc>,
    ) -> Sent {
        let Some(request) = request(url, headers, body) else {
            return Sent::without_answer(WebhookOutcome::Unreachable);
        };
        match timeout(self.within, self.exchange(connections, url, request, now)).await {
            Ok(sent) => sent,
            Err(_) => Sent::without_answer(WebhookOutcome::Timeout),
        }
    }

    async fn exchange(
        &self,
        connections: &Connections,
        url: &Url,
        mut request: Request<Full<Bytes>>,
        now: DateTime<Utc>,
    ) -> Sent {
        let unreachable = Sent::without_answer(WebhookOutcome::Unreachable);
        loop {
            let kept = connections.take();
            let is_new = kept.is_none();
            let mut connection = match kept {
                Some(connection) => connection,
                None => match self.connect(url).await {
                    Ok(connection) => connection,
                    Err(Unconnected::Unfit) => {
                        return Sent::without_answer(WebhookOutcome::Forbidden);
                    }
                    Err(Unconnected::Failed) => return unreachable,
                },
            };
            // The receiver may have closed a connection that was kept, as long as nothing was on
            // its way to it.
            if connection.sender.ready().await.is_err() && !is_new {
                continue;
            }
            match connection.sender.try_send_request(request).await {
                Ok(answer) => {
                    let sent = Sent::answered(answer.status(), answer.headers(), now);
                    // The status has told all. The rest is read as long as it is short, and the
                    // connection is kept for it.
                    let connections = connections.clone();
                    let within = self.within;
                    tokio::spawn(async move {
                        if let Ok(true) = timeout(within, read(answer.into_body())).await {
                            connections.keep(connection);
                        }
                    });
                    return sent;
                }
                Err(mut error) => match error.take_message().filter(|_| !is_new) {
                    Some(unsent) => request = unsent,
                    None => return unreachable,
                },
            }
        }
    }

    async fn connect(&self, url: &Url) -> Result<Connection, Unconnected> {
        let addresses = self.vetting.vet(url).await.map_err(|unfit| match unfit {
            Unfit::Form(_) | Unfit::Nowhere | Unfit::Plain => Unconnected::Unfit,
        })?;
        let stream = first(&addresses).await.ok_or(Unconnected::Failed)?;
        // Small messages go out at once; where the system cannot do it they come a little later.
        let _ = stream.set_nodelay(true);
        if url.scheme() != "https" {
            return open(stream).await.ok_or(Unconnected::Failed);
        }
        let name = match url.host() {
            Some(Host::Domain(name)) => {
                ServerName::try_from(name.to_owned()).map_err(|_| Unconnected::Failed)?
            }
            Some(Host::Ipv4(address)) => ServerName::from(std::net::IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => ServerName::from(std::net::IpAddr::V6(address)),
            None => return Err(Unconnected::Unfit),
        };
        let stream = self.tls.connect(name, stream).await.map_err(|_| Unconnected::Failed)?;
        open(stream).await.ok_or(Unconnected::Failed)
    }
}

/// A connection to the first of the addresses that answers.
async fn first(addresses: &[SocketAddr]) -> Option<TcpStream> {
    for address in addresses {
        if let Ok(Ok(stream)) = timeout(CONNECT_WITHIN, TcpStream::connect(address)).await {
            return Some(stream);
        }
    }
    None
}

async fn open(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Option<Connection> {
    let builder = http1::Builder::new().max_buf_size(MOST_READ).max_headers(MOST_HEADERS).clone();
    let (sender, driver) = builder.handshake(TokioIo::new(stream)).await.ok()?;
    let driver = tokio::spawn(async move {
        // How a connection ends is told by what was sent on it.
        let _ = driver.await;
    });
    Some(Connection { sender, driver: driver.abort_handle(), since: Instant::now() })
}

/// Reads an answer to its end; false where it is too long, or breaks.
async fn read(mut body: Incoming) -> bool {
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return false };
        length += frame.data_ref().map_or(0, Bytes::len);
        if length > MOST_READ {
            return false;
        }
    }
    true
}

fn request(
    url: &Url,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
) -> Option<Request<Full<Bytes>>> {
    let path = url
        .query()
        .map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str()?),
        None => url.host_str()?.to_owned(),
    };
    let mut request =
        Request::post(path).header(header::HOST, host).header(header::USER_AGENT, USER_AGENT);
    request.headers_mut()?.extend(headers);
    request.body(Full::new(body)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_asks_for_time_in_seconds_or_by_a_date() {
        let now = "2026-06-01T00:00:00Z".parse().unwrap();
        let asked = |value: &str| {
            retry_after(&HeaderMap::from_iter([(header::RETRY_AFTER, value.parse().unwrap())]), now)
        };
        assert_eq!(asked("120"), Some(TimeDelta::minutes(2)));
        assert_eq!(asked("Mon, 01 Jun 2026 00:05:00 GMT"), Some(TimeDelta::minutes(5)));
        for nothing in ["0", "-1", "soon", "Mon, 01 Jun 2020 00:05:00 GMT", "99999999999"] {
            assert_eq!(asked(nothing), None, "{nothing}");
        }
    }
}
