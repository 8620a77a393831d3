//! How the process serves, and stops.

use std::time::Duration;

use futures::future::{join, pending};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::accept_loop::{Accepting, accept};
use super::places::Places;
use super::{HttpState, metrics_router, router};

/// How long requests that are under way may take to end when the process is told to stop.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often clients are forgotten whose budget is full again, and streams that were reserved and
/// not opened.
const FORGETTING: Duration = Duration::from_secs(20);
/// Connections of those who read figures.
const MOST_READERS_OF_FIGURES: usize = 64;

/// Serves until `stop` resolves, then lets requests that are under way end.
pub async fn serve(
    listener: TcpListener,
    state: HttpState,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let forgetting = tokio::spawn(forget(state.clone()));
    state.app.tail.start();
    let (closing, _) = watch::channel(false);
    let accepting = Accepting {
        listener,
        router: router(state.clone()),
        places: state.places.clone(),
        headers_within: Duration::from_secs(state.settings.header_timeout_seconds),
        turned_away: state.metrics.turned_away(),
    };
    accept(accepting, &closing, stop).await;
    tracing::info!(
        streams = state.staying(),
        "stopping: requests under way may end, streams are told to go"
    );
    closing.send_replace(true);
    state.close();
    tokio::select! {
        // Sockets are not connections of HTTP any more.
        ((), ()) = join(closing.closed(), state.left()) => {}
        () = tokio::time::sleep(PATIENCE) => {
            tracing::warn!("requests still under way after {} s are dropped", PATIENCE.as_secs());
        }
    }
    forgetting.abort();
    Ok(())
}

/// Serves what operators look at, for as long as it is polled.
pub async fn serve_metrics(listener: TcpListener, state: HttpState) {
    let accepting = Accepting {
        listener,
        router: metrics_router(state.clone()),
        places: Places::new(MOST_READERS_OF_FIGURES, MOST_READERS_OF_FIGURES, Vec::new()),
        headers_within: Duration::from_secs(state.settings.header_timeout_seconds),
        turned_away: state.metrics.turned_away(),
    };
    let (closing, _) = watch::channel(false);
    accept(accepting, &closing, pending()).await;
}

async fn forget(state: HttpState) {
    let mut times = tokio::time::interval(FORGETTING);
    loop {
        times.tick().await;
        state.rates.forget();
        state.live.reservations.expire(std::time::Instant::now());
    }
}
