//! What the process tells of itself: logs, on standard error, and figures ([`metrics`]). Never
//! variables of a query, never personal data.

pub mod metrics;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, ConfigError, LogFormat};

/// Begins to log as configured.
pub fn start(config: &Config) -> Result<(), ConfigError> {
    // Thirty lines for a new database; what it comes to is one line of our own.
    let filter = EnvFilter::try_new(format!("sea_orm_migration=warn,{}", config.log))
        .map_err(|error| ConfigError(format!("log: {:?}: {error}", config.log)))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match config.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    std::panic::set_hook(Box::new(|panic| {
        // Where, and not with what: that may hold data.
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(location, "a panic");
    }));
    started.map_err(|error| ConfigError(format!("the log cannot be written: {error}")))
}
