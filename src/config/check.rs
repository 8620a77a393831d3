//! What a setting may be, beyond its type.

use super::{Config, ConfigError};
use crate::db::redact;

/// Whether all settings may be as they are.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    let within = |key: &str, value: u64, least: u64, most: u64| {
        let message = || format!("{key}: {value} does not lie between {least} and {most}");
        if (least..=most).contains(&value) { Ok(()) } else { Err(ConfigError(message())) }
    };
    within("readers", config.readers.into(), 1, 100)?;
    within("heavy_readers", config.heavy_readers.into(), 1, 100)?;
    within("http.timeout_seconds", config.http.timeout_seconds, 1, 3600)?;
    within("http.header_timeout_seconds", config.http.header_timeout_seconds, 1, 3600)?;
    within("http.max_connections", config.http.max_connections as u64, 4, 1_000_000)?;
    within("http.max_batch", config.http.max_batch as u64, 0, 100)?;
    within("http.max_import_bytes", config.http.max_import_bytes as u64, 1024, 1 << 30)?;
    within("webhooks.timeout_seconds", config.webhooks.timeout_seconds, 1, 60)?;
    within("webhooks.lease_seconds", config.webhooks.lease_seconds, 1, 600)?;
    within("limits.max_body_bytes", config.limits.max_body_bytes as u64, 1024, 10 << 20)?;
    within("limits.max_nesting", config.limits.max_nesting as u64, 8, 200)?;
    if let Err(name) = config.oidc.allowed() {
        let message = format!(
            "oidc.algorithms: {name:?} is not an algorithm whose key is no secret, \
             such as RS256"
        );
        return Err(ConfigError(message));
    }
    if !config.oidc.client_id.is_empty() && config.oidc.issuer.is_empty() {
        let why = "oidc.client_id: there is nobody to sign in at: oidc.issuer is empty";
        return Err(ConfigError(why.to_owned()));
    }
    config.mail.check()?;
    if let Some(url) = &config.database_url {
        check_database(url)?;
    }
    if let Some(url) = &config.public_url {
        check_public(url)?;
    }
    config.http.cors_origins.iter().try_for_each(|origin| check_origin(origin))
}

/// A browser names an origin by scheme, host and port alone.
fn check_origin(origin: &str) -> Result<(), ConfigError> {
    let host = origin.split_once("://").map(|(_, host)| host);
    let plain = |host: &str| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/')
    };
    if origin == "*" || host.is_some_and(plain) {
        return Ok(());
    }
    Err(ConfigError(format!(
        "http.cors_origins: {origin:?} is no origin: write \"https://host\", without a path, \
         or \"*\""
    )))
}

/// Links are made of it: an address of the web, without anything behind its path.
fn check_public(url: &str) -> Result<(), ConfigError> {
    let plain = |url: &url::Url| {
        matches!(url.scheme(), "http" | "https")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
    };
    match url::Url::parse(url) {
        Ok(parsed) if plain(&parsed) => Ok(()),
        _ => Err(ConfigError(format!(
            "public_url: {url:?} is no address of the web such as \"https://register.example\""
        ))),
    }
}

fn check_database(url: &str) -> Result<(), ConfigError> {
    let known =
        ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme));
    if url.starts_with("sqlite::memory:") || url.contains("mode=memory") {
        let why = "the program opens it more than once, and each time would be another database";
        return Err(ConfigError(format!("database_url: {url:?} cannot be in memory: {why}")));
    }
    if !known {
        let url = redact(url);
        return Err(ConfigError(format!(
            "database_url: {url:?} begins with neither sqlite: nor postgres:"
        )));
    }
    Ok(())
}
