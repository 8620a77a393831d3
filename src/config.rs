//! Configuration: defaults, then a file, then the environment, then flags. An unknown key is an error that names it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::db::DbOptions;

/// The settings of a process. `config.default.toml` has each with its default and says what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Which database; null means a file of its own, `jejaring.sqlite` in the working directory, with the reports in it.
    pub database_url: Option<String>,
    /// Whether to load the five reports into an empty database that was configured.
    pub with_reports: bool,
    /// How many connections read at a time.
    pub readers: u32,
    /// Which log lines are written, as `tracing` filters them.
    pub log: String,
    /// How they are written.
    pub log_format: LogFormat,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The defaults, with their documentation; also what `jejaring config --default` prints.
pub const DEFAULTS: &str = include_str!("../config.default.toml");

/// The database of a process that was not told of one.
pub const OWN_DATABASE: &str = "sqlite://jejaring.sqlite";

/// One layer of settings: what it leaves out stays as the layer beneath has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// See [`Config::listen`].
    pub listen: Option<String>,
    /// See [`Config::database_url`].
    pub database_url: Option<String>,
    /// See [`Config::with_reports`].
    pub with_reports: Option<bool>,
    /// See [`Config::readers`].
    pub readers: Option<u32>,
    /// See [`Config::log`].
    pub log: Option<String>,
    /// See [`Config::log_format`].
    pub log_format: Option<String>,
}

/// A setting that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(pub String);

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

/// The prefix of all environment variables.
const PREFIX: &str = "JEJARING_";

impl Layer {
    /// Reads a file.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let text =
            std::fs::read_to_string(path).map_err(|error| ConfigError(format!("{}: {error}", path.display())))?;
        Self::from_toml(&text).map_err(|error| ConfigError(format!("{}: {error}", path.display())))
    }

    fn from_toml(text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| ConfigError(error.to_string().trim_end().to_owned()))
    }

    /// Reads the environment variables `JEJARING_…`; also the path of a file, `JEJARING_CONFIG`.
    pub fn from_env(variables: impl Iterator<Item = (String, String)>) -> Result<(Self, Option<PathBuf>), ConfigError> {
        let (mut layer, mut file) = (Self::default(), None);
        for (name, value) in variables {
            let Some(key) = name.strip_prefix(PREFIX) else { continue };
            match key {
                "CONFIG" => file = Some(PathBuf::from(value)),
                "LISTEN" => layer.listen = Some(value),
                "DATABASE_URL" => layer.database_url = Some(value),
                "WITH_REPORTS" => layer.with_reports = Some(parse(&name, &value)?),
                "READERS" => layer.readers = Some(parse(&name, &value)?),
                "LOG" => layer.log = Some(value),
                "LOG_FORMAT" => layer.log_format = Some(value),
                // For the build (`build.rs`), which may share its environment with the process.
                "SKIP_WEB" => {}
                _ => return Err(ConfigError(format!("the environment variable {name} is not a setting"))),
            }
        }
        Ok((layer, file))
    }

    fn over(self, beneath: Self) -> Self {
        Self {
            listen: self.listen.or(beneath.listen),
            database_url: self.database_url.or(beneath.database_url),
            with_reports: self.with_reports.or(beneath.with_reports),
            readers: self.readers.or(beneath.readers),
            log: self.log.or(beneath.log),
            log_format: self.log_format.or(beneath.log_format),
        }
    }
}

fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(name: &str, value: &str) -> Result<T, ConfigError> {
    value.parse().map_err(|error| ConfigError(format!("{name}: {value:?} cannot be read: {error}")))
}

impl Config {
    /// Puts the layers on top of one another, the strongest first, above the defaults.
    pub fn from_layers(layers: impl IntoIterator<Item = Layer>) -> Result<Self, ConfigError> {
        let defaults = Layer::from_toml(DEFAULTS)?;
        let all = layers.into_iter().chain([defaults]).reduce(Layer::over).unwrap_or_default();
        let missing = |key: &str| ConfigError(format!("{key} has no default"));
        let listen = all.listen.ok_or_else(|| missing("listen"))?;
        let log_format = match all.log_format.as_deref() {
            Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            other => {
                return Err(ConfigError(format!("log_format: {:?} is neither text nor json", other.unwrap_or(""))));
            }
        };
        let config = Self {
            listen: parse("listen", &listen)?,
            database_url: all.database_url,
            with_reports: all.with_reports.ok_or_else(|| missing("with_reports"))?,
            readers: all.readers.ok_or_else(|| missing("readers"))?,
            log: all.log.ok_or_else(|| missing("log"))?,
            log_format,
        };
        if config.readers == 0 || config.readers > 100 {
            return Err(ConfigError(format!("readers: {} does not lie between 1 and 100", config.readers)));
        }
        if let Some(url) = &config.database_url {
            let known = ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme));
            if url.starts_with("sqlite::memory:") || url.contains("mode=memory") {
                let why = "the program opens it more than once, and each time would be another database";
                return Err(ConfigError(format!("database_url: {url:?} cannot be in memory: {why}")));
            }
            if !known {
                let url = redact(url);
                return Err(ConfigError(format!("database_url: {url:?} begins with neither sqlite: nor postgres:")));
            }
        }
        Ok(config)
    }

    /// How to connect.
    pub fn db_options(&self) -> DbOptions {
        let url = self.database_url.clone().unwrap_or_else(|| OWN_DATABASE.to_owned());
        DbOptions { url, readers: self.readers, observer: None }
    }

    /// The settings as they may be shown: without the password of the database.
    pub fn shown(&self) -> Self {
        Self { database_url: self.database_url.as_deref().map(redact), ..self.clone() }
    }
}

/// A database URL without its password.
pub fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (credentials, host) = match rest.rsplit_once('@') {
        Some((credentials, host)) => (credentials, host),
        None => return url.to_owned(),
    };
    match credentials.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{host}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Result<(Layer, Option<PathBuf>), ConfigError> {
        Layer::from_env(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn the_defaults_are_what_the_file_of_defaults_says() {
        let config = Config::from_layers([]).unwrap();
        assert_eq!(config.listen, "127.0.0.1:8080".parse().unwrap());
        assert_eq!(config.database_url, None);
        assert!(!config.with_reports);
    }

    #[test]
    fn flags_are_stronger_than_the_environment_and_that_is_stronger_than_the_file() {
        let file = Layer::from_toml("listen = \"127.0.0.1:1\"\nreaders = 1\nlog = \"warn\"").unwrap();
        let (env, _) = env(&[
            ("JEJARING_LISTEN", "127.0.0.1:2"),
            ("JEJARING_READERS", "2"),
            ("JEJARING_SKIP_WEB", "1"),
            ("HOME", "/"),
        ])
        .unwrap();
        let flags = Layer { listen: Some("127.0.0.1:3".to_owned()), ..Layer::default() };
        let config = Config::from_layers([flags, env, file]).unwrap();
        assert_eq!((config.listen.port(), config.readers, config.log.as_str()), (3, 2, "warn"));
    }

    #[test]
    fn an_unknown_key_and_a_bad_value_are_named() {
        let message = |error: ConfigError| error.0;
        assert!(message(Layer::from_toml("lisen = 1").unwrap_err()).contains("lisen"));
        assert!(message(env(&[("JEJARING_LISEN", "x")]).unwrap_err()).contains("JEJARING_LISEN"));
        assert!(message(env(&[("JEJARING_READERS", "many")]).unwrap_err()).contains("many"));
        let bad = |layer: Layer| message(Config::from_layers([layer]).unwrap_err());
        assert!(bad(Layer { listen: Some("nowhere".to_owned()), ..Layer::default() }).contains("nowhere"));
        assert!(bad(Layer { readers: Some(0), ..Layer::default() }).contains("readers: 0"));
        assert!(bad(Layer { log_format: Some("xml".to_owned()), ..Layer::default() }).contains("xml"));
        let mysql = Layer { database_url: Some("mysql://u:secret@h/d".to_owned()), ..Layer::default() };
        let refused = bad(mysql);
        assert!(refused.contains("mysql") && !refused.contains("secret"));
    }

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(redact("postgres://ann:s3c@r:et@db/x"), "postgres://ann:***@db/x");
        assert_eq!(redact("postgres://ann@db/x"), "postgres://ann@db/x");
        assert_eq!(redact("sqlite://file.sqlite"), "sqlite://file.sqlite");
    }
}
