//! The loop that accepts connections. It is ours for what axum's does not bound: the time in which
//! a client must send its headers and take its answer, the size of headers, and the number of
//! connections, in all and of one address.
//!
//! HTTP/1.1 alone: a reverse proxy speaks the newer ones, and what is not spoken needs no bounds.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::metrics::counter::Counter;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tower::ServiceExt;

use super::paced::Paced;
use super::places::{Full, Place, Places};
use super::seldom::Seldom;

/// How long a peer may take next to nothing of what is sent.
const UNREAD_FOR: Duration = Duration::from_secs(12);
/// The bytes of the first line and the headers of a request at most.
const LARGEST_HEAD: usize = 64 * 1024;
/// How long to wait when the system has no more sockets to give.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(100);
/// How long somebody who is turned away may take to read that, and how many do so at once; of
/// others the connection is just closed.
const FAREWELL_PATIENCE: Duration = Duration::from_secs(1);
const MOST_FAREWELLS: usize = 32;

/// Where connections come from, and what becomes of them.
pub struct Accepting {
    pub listener: TcpListener,
    pub router: Router,
    pub places: Arc<Places>,
    /// How long a client may take to send the headers of a request, and keep a connection without
    /// one.
    pub headers_within: Duration,
    /// How many had no place.
    pub turned_away: Counter,
}

/// What is told of connections as a whole.
#[derive(Default)]
struct Log {
    turned_away: Seldom,
    not_accepted: Seldom,
    silent: Seldom,
}

/// Accepts connections until `stop` resolves. Those that it has accepted go on; `closing` tells
/// them to end when their request is answered, and has a receiver in each.
pub async fn accept(
    accepting: Accepting,
    closing: &watch::Sender<bool>,
    stop: impl Future<Output = ()>,
) {
    let Accepting { listener, router, places, headers_within, turned_away } = accepting;
    let mut http = Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(headers_within).max_buf_size(LARGEST_HEAD);
    let (log, farewells) = (Arc::new(Log::default()), Arc::new(Semaphore::new(MOST_FAREWELLS)));
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // The peer has gone again.
            Err(error) if is_of_the_peer(&error) => continue,
            Err(error) => {
                if let Some(times) = log.not_accepted.count() {
                    tracing::warn!(%error, times, "connections cannot be accepted; trying again");
                }
                tokio::time::sleep(OUT_OF_SOCKETS).await;
                continue;
            }
        };
        match places.take(peer.ip()) {
            Ok(place) => {
                let connection = Connection {
                    http: http.clone(),
                    router: router.clone(),
                    log: log.clone(),
                    peer,
                };
                tokio::spawn(connection.serve(stream, place, closing.subscribe()));
            }
            Err(full) => {
                turned_away.inc();
                if let Some(times) = log.turned_away.count() {
                    let of = match full {
                        Full::All => "all",
                        Full::Address => "one address",
                    };
                    tracing::warn!(
                        times,
                        most = places.most(),
                        of,
                        "connections are turned away: the places are taken"
                    );
                }
                if let Ok(turn) = farewells.clone().try_acquire_owned() {
                    tokio::spawn(async move {
                        // Who does not take it is turned away all the same.
                        let _ = timeout(FAREWELL_PATIENCE, turn_away(stream, full)).await;
                        drop(turn);
                    });
                }
            }
        }
    }
}

fn is_of_the_peer(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

struct Connection {
    http: Builder,
    router: Router,
    log: Arc<Log>,
    peer: SocketAddr,
}

impl Connection {
    async fn serve(self, stream: TcpStream, place: Place, mut closing: watch::Receiver<bool>) {
        let Self { http, router, log, peer } = self;
        let asked = AtomicBool::new(false);
        let service = service_fn(|mut request: Request<Incoming>| {
            asked.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request.map(Body::new))
        });
        // Small answers go out at once; where the system cannot do it they come a little later.
        let undelayed = stream.set_nodelay(true);
        let bounded = bound(&stream);
        let stream = Paced::new(stream, Some(place), UNREAD_FOR);
        let mut connection =
            pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = async { drop(closing.wait_for(|closing| *closing).await) } => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        let Err(error) = ended else { return };
        tracing::debug!(%error, ?undelayed, ?bounded, "a connection ended early");
        if error.is_timeout()
            && !asked.load(Ordering::Relaxed)
            && let Some(times) = log.silent.count()
        {
            tracing::info!(times, "connections were closed that sent no request in time");
        }
    }
}

/// Lets the system end a connection whose peer takes nothing of what is sent for a while: it is
/// gone, or never reads. A stream of events has no other way to know.
fn bound(stream: &TcpStream) -> std::io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    socket2::SockRef::from(stream).set_tcp_user_timeout(Some(UNREAD_FOR))?;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = stream;
    Ok(())
}

/// Tells somebody for whom there is no place when to come back. What it has sent is read, or it
/// would lose the answer.
async fn turn_away(mut stream: TcpStream, full: Full) -> std::io::Result<()> {
    let (status, message) = match full {
        Full::All => {
            ("503 Service Unavailable", "this process has no place for another connection\n")
        }
        Full::Address => {
            ("429 Too Many Requests", "this address has as many connections as one may have\n")
        }
    };
    let length = message.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nretry-after: 5\r\nconnection: close\r\n\
         content-type: text/plain; charset=utf-8\r\n\
         content-length: {length}\r\n\r\n{message}"
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
