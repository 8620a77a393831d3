//! What surrounds the register: its settings, and others that it reaches.

use std::time::Duration;

use entity::vocabulary::WebhookState;
use entity::webhook_endpoint;
use futures::StreamExt;
use futures::stream::iter;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::Condition::{Failed, Ok as Well, Skipped, Warning};
use super::{Condition, Report};
use crate::access::oidc::Oidc;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::webhooks::address::Vetting;

/// How long a receiver may take to take a connection.
const CONNECTS_WITHIN: Duration = Duration::from_secs(5);
/// So many receivers are tried at a time.
const AT_A_TIME: usize = 16;

/// Settings that are allowed and probably not meant.
pub(super) fn settings(config: &Config, report: &mut Report) {
    let is_seen_by_others = !config.listen.ip().is_loopback() || config.public_url.is_some();
    let mut doubts = Vec::new();
    if is_seen_by_others && config.public_url.is_none() {
        doubts.push(
            "public_url is not set: links in calendars, feeds and messages lead to the \
                     address on which the program listens",
        );
    }
    if is_seen_by_others && config.database_url.is_none() {
        doubts.push(
            "database_url is not set: the register is a file in the working directory, \
                     with the five reports in it",
        );
    }
    if config.listen.ip().is_loopback()
        && config.public_url.is_some()
        && config.http.trusted_proxies.is_empty()
    {
        doubts.push("http.trusted_proxies is empty: behind a proxy all clients share one budget");
    }
    match doubts.is_empty() {
        true => report.note("settings", Well, "they can be as they are"),
        false => report.note("settings", Warning, doubts.join("; ")),
    }
}

/// Whether the provider of OpenID Connect can be asked for its keys.
pub(super) async fn provider(config: &Config, clock: &Clock, report: &mut Report) {
    let Some(oidc) = Oidc::new(&config.oidc, clock) else {
        return report.note("OpenID Connect", Skipped, "no provider is configured");
    };
    match oidc.number_of_keys().await {
        Ok(0) => report.note(
            "OpenID Connect",
            Failed,
            format!("{} publishes no key that is understood", config.oidc.issuer),
        ),
        Ok(keys) => {
            let message = format!("{} publishes {keys} keys", config.oidc.issuer);
            report.note("OpenID Connect", Well, message);
        }
        Err(why) => report.note("OpenID Connect", Failed, why),
    }
}

/// Whether the receivers of webhooks take connections. Nothing is sent to them.
pub(super) async fn webhooks(db: &Db, config: &Config, report: &mut Report) {
    report.looked("webhooks", receivers(db, config).await);
}

async fn receivers(db: &Db, config: &Config) -> Result<(Condition, String), DbErr> {
    let endpoints = webhook_endpoint::Entity::find()
        .filter(webhook_endpoint::Column::State.ne(WebhookState::Disabled))
        .all(db.reading())
        .await?;
    if endpoints.is_empty() {
        return Ok((Skipped, "there is no endpoint".to_owned()));
    }
    if !config.webhooks.deliver {
        let message = "there are endpoints, and webhooks.deliver is false: nothing is delivered \
                       by processes with these settings";
        return Ok((Warning, message.to_owned()));
    }
    let vetting = &Vetting::new(config.webhooks.allowed_networks.clone());
    let number = endpoints.len();
    let tried = iter(endpoints).map(|endpoint| async move {
        let away = unreachable(vetting, &endpoint.url).await?;
        // Its address may hold a secret.
        Some(format!("{} {away}", endpoint.key))
    });
    let mut away: Vec<String> =
        tried.buffer_unordered(AT_A_TIME).filter_map(std::future::ready).collect().await;
    away.sort();
    Ok(match away.is_empty() {
        true => (Well, format!("{number} endpoints take connections")),
        false => (Warning, format!("{} of {number} endpoints: {}", away.len(), away.join("; "))),
    })
}

/// Why a receiver cannot be reached; nothing where it can.
async fn unreachable(vetting: &Vetting, url: &str) -> Option<String> {
    let Ok(url) = Url::parse(url) else { return Some("has no address".to_owned()) };
    let addresses = match vetting.vet(&url).await {
        Ok(addresses) => addresses,
        Err(unfit) => return Some(unfit.why().english()),
    };
    match timeout(CONNECTS_WITHIN, TcpStream::connect(&addresses[..])).await {
        Ok(Ok(_)) => None,
        Ok(Err(error)) => Some(format!("takes no connection: {error}")),
        Err(_) => Some(format!("takes no connection within {} s", CONNECTS_WITHIN.as_secs())),
    }
}
