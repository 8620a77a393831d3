//! How the process listens, serves, and stops. The loop is ours for three bounds that axum's has not: on the time in which a
//! client must send its headers, on their size, and on the number of connections.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use futures::future::join;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use super::{Door, router};

/// How long requests that are under way may take to end when the process is told to stop.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often clients are forgotten whose budget is full again.
const FORGETTING: Duration = Duration::from_secs(60);
/// How long a client may take to send the headers of a request, and keep a connection without one.
const HEADERS_WITHIN: Duration = Duration::from_secs(20);
/// How long a peer may take nothing of what is sent.
const UNREAD_FOR: Duration = Duration::from_secs(12);
/// The bytes of the first line and the headers of a request at most.
const LARGEST_HEAD: usize = 64 * 1024;
/// Connections at most; further ones wait until one ends.
const MOST_CONNECTIONS: usize = 20_000;
/// How long to wait when the system has no more sockets to give.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(100);

/// Serves until `stop` resolves, then lets requests that are under way end.
pub async fn serve(
    listener: TcpListener,
    door: Door,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let forgetting = tokio::spawn(forget(door.clone()));
    door.app.tail.start();
    let served = accept(listener, door, stop).await;
    forgetting.abort();
    served
}

async fn accept(listener: TcpListener, door: Door, stop: impl Future<Output = ()>) -> std::io::Result<()> {
    let router: Router = router(door.clone());
    let mut http = Builder::new(TokioExecutor::new()).http1_only();
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN).max_buf_size(LARGEST_HEAD);
    let (connections, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(MOST_CONNECTIONS)));
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await.map_err(std::io::Error::other)?;
            Ok::<_, std::io::Error>((place, listener.accept().await?))
        };
        let (place, (stream, peer)) = tokio::select! {
            () = &mut stop => break,
            next = next => match next {
                Ok(next) => next,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(OUT_OF_SOCKETS).await;
                    continue;
                }
            },
        };
        let (http, router, watcher) = (http.clone(), router.clone(), connections.watcher());
        tokio::spawn(async move {
            let service = service_fn(|mut request: Request<Incoming>| {
                request.extensions_mut().insert(ConnectInfo(peer));
                router.clone().oneshot(request.map(Body::new))
            });
            // Small answers go out at once; where the system cannot do it they come a little later.
            let undelayed = stream.set_nodelay(true);
            let bounded = bound(&stream);
            let connection = http.serve_connection_with_upgrades(TokioIo::new(stream), service);
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(%error, ?undelayed, ?bounded, "a connection ended early");
            }
            drop(place);
        });
    }
    tracing::info!(streams = door.staying(), "stopping: requests under way may end, streams are told to go");
    door.close();
    tokio::select! {
        // Sockets are not connections of HTTP any more.
        ((), ()) = join(connections.shutdown(), door.left()) => {}
        () = tokio::time::sleep(PATIENCE) => {
            tracing::warn!("requests still under way after {} s are dropped", PATIENCE.as_secs());
        }
    }
    Ok(())
}

/// Lets the system end a connection whose peer takes nothing of what is sent for a while: it is gone, or never reads. A stream of
/// events has no other way to know.
fn bound(stream: &TcpStream) -> std::io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    socket2::SockRef::from(stream).set_tcp_user_timeout(Some(UNREAD_FOR))?;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = (stream, UNREAD_FOR);
    Ok(())
}

async fn forget(door: Door) {
    let mut minutes = tokio::time::interval(FORGETTING);
    loop {
        minutes.tick().await;
        door.rates.forget();
    }
}
