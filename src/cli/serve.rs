//! `jejaring serve`

use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::time::Duration;

use futures::future::join;
use sd_notify::NotifyState;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use super::{Failure, tell_if_new};
use crate::accounts::reminder_mail::rules::CONFIRMED_WITHIN;
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, HttpConfig, OWN_DATABASE};
use crate::db::{forget_receipts, forget_unconfirmed};
use crate::exchange::import::expire;
use crate::provenance::sweep;
use crate::reminders::mail::{self, Mailer};
use crate::webhooks::dispatch;
use crate::{http, telemetry};

/// How long the connections to the database may take to end.
const CLOSING: Duration = Duration::from_secs(10);

/// A first question, to paste: which countries attended the jewellery training?
pub const FIRST_QUERY: &str = "{ batch(by: {key: \"jewellery-2023\"}) { startsOn endsOn \
                               delegations(filter: {status: {eq: ATTENDED}}) { nodes { country { \
                               code name } } } } }";

pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    telemetry::start(config)?;
    // Before the database is prepared: a port that is taken is known at once.
    let listener = bind(config.listen).await?;
    let metrics_listener = match config.metrics_listen {
        None => None,
        Some(address) => Some(bind(address).await?),
    };
    let address = listener.local_addr()?;
    // Port 0 has become another one.
    let http =
        HttpConfig { max_connections: http::most_connections(config), ..config.http.clone() };
    let config = &Config { listen: address, http, ..config.clone() };
    let mailer = Mailer::new(&config.mail)?;
    tell_if_new(config).await?;
    let app = App::open(config, Clock::system()).await?;
    let own = config.database_url.is_none();
    let mut out = std::io::stdout();
    writeln!(out, "listening on http://{address}")?;
    if own {
        writeln!(
            out,
            "the register is in {}; ask it, for example:",
            OWN_DATABASE.trim_start_matches("sqlite://")
        )?;
        let body = serde_json::json!({ "query": FIRST_QUERY }).to_string();
        writeln!(
            out,
            "curl http://{address}/graphql -H 'content-type: application/json' -d '{body}'"
        )?;
    }
    out.flush()?;
    // Whoever started it as a service waits for this; others have not asked.
    sd_notify::notify(&[NotifyState::Ready])?;
    tracing::info!(
        %address,
        database = config.shown().database_url.as_deref().unwrap_or(OWN_DATABASE),
        "ready"
    );
    let db = app.db.clone();
    let watched = db.clone();
    let watching = tokio::spawn(async move { watched.watch_reach().await });
    let sweeping = tokio::spawn(sweep_hourly(app.clone()));
    let (stopping, stopped) = watch::channel(false);
    let delivering = config.webhooks.deliver.then(|| tokio::spawn(dispatch(app.means(), stopped)));
    let mailing =
        mailer.map(|mailer| tokio::spawn(mail::send(app.clone(), mailer, stopping.subscribe())));
    let state = http::HttpState::new(app, config);
    let metrics_server = metrics_listener.map(|listener| {
        tracing::info!(address = ?listener.local_addr(), "metrics are served");
        tokio::spawn(http::serve_metrics(listener, state.clone()))
    });
    let stop = stop()?;
    let within = Duration::from_secs(config.webhooks.timeout_seconds + 1);
    // Messages that are on their way end beside the requests that are.
    let (told, end) = oneshot::channel();
    let delivered = async move {
        // Without a sender the server has failed, and nothing is waited for.
        let _ = end.await;
        stopping.send_replace(true);
        if let Some(mailing) = mailing {
            let _ = mailing.await;
        }
        let Some(delivering) = delivering else { return };
        if timeout(within, delivering).await.is_err() {
            tracing::warn!("messages that are still on their way are sent again");
        }
    };
    let stop = async move {
        stop.await;
        if let Err(error) = sd_notify::notify(&[NotifyState::Stopping]) {
            tracing::debug!(%error, "the service manager could not be told");
        }
        // Without a receiver the server has failed.
        let _ = told.send(());
    };
    let (served, ()) = join(http::serve(listener, state, stop), delivered).await;
    served?;
    sweeping.abort();
    watching.abort();
    if let Some(metrics_server) = metrics_server {
        metrics_server.abort();
    }
    match timeout(CLOSING, db.close()).await {
        Ok(closed) => closed?,
        // What is being written is written as a whole, or not at all.
        Err(_) => {
            tracing::warn!("connections in use after {} s more are dropped", CLOSING.as_secs())
        }
    }
    tracing::info!("stopped");
    Ok(())
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    let bound = TcpListener::bind(address).await;
    Ok(bound.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => {
            format!("cannot listen on {address}: another program listens there")
        }
        ErrorKind::PermissionDenied if address.port() < 1024 => format!(
            "cannot listen on {address}: ports below 1024 are for those to whom the system gives \
             them (CAP_NET_BIND_SERVICE)"
        ),
        ErrorKind::AddrNotAvailable => {
            format!("cannot listen on {address}: this machine does not have the address")
        }
        _ => format!("cannot listen on {address}: {error}"),
    })?)
}

/// Opens findings that come with time, at the start and every hour. A failure is logged, and the
/// next hour tries again.
async fn sweep_hourly(app: App) {
    let mut hours = tokio::time::interval(Duration::from_secs(3600));
    loop {
        hours.tick().await;
        let db = &app.db;
        if let Err(error) = db.reached(sweep(db, &app.clock)).await {
            tracing::warn!(%error, "findings that are due could not be opened");
        }
        if let Err(error) = db.reached(forget_receipts(db, app.clock.now())).await {
            tracing::warn!(%error, "receipts of mutations could not be removed");
        }
        let asked = app.clock.now() - CONFIRMED_WITHIN;
        if let Err(error) = db.reached(forget_unconfirmed(db, asked)).await {
            tracing::warn!(%error, "addresses that nobody has confirmed could not be forgotten");
        }
        if let Err(error) = db.reached(expire(db, &app.clock)).await {
            tracing::warn!(%error, "files that nobody wanted could not be thrown away");
        }
    }
}

/// Resolves when the process is told to stop, by Ctrl-C or by its supervisor.
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
