//! Configuration: defaults, then a file, then the environment, then flags. An unknown key is an error that names it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize};
use toml::{Table, Value};

use crate::access::oidc::OidcConfig;
use crate::db::{DbOptions, redact};
use crate::request::{DocumentsConfig, Limits};
use crate::site::Site;
use crate::webhooks::WebhooksConfig;

/// The settings of a process. `config.default.toml` has each with its default and says what it does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    #[serde(deserialize_with = "parsed")]
    pub listen: SocketAddr,
    /// Where `/metrics` is served; nowhere unless given.
    #[serde(deserialize_with = "if_given")]
    pub metrics_listen: Option<SocketAddr>,
    /// Where others reach the register on the web; where it listens unless given.
    #[serde(deserialize_with = "if_given")]
    pub public_url: Option<String>,
    /// Which database; null means a file of its own, `jejaring.sqlite` in the working directory, with the reports in it.
    #[serde(deserialize_with = "if_given")]
    pub database_url: Option<String>,
    /// Whether to load the five reports into an empty database that was configured.
    pub with_reports: bool,
    /// How many connections read at a time.
    pub readers: u32,
    /// How many more read what may take long.
    pub heavy_readers: u32,
    /// Which log lines are written, as `tracing` filters them.
    pub log: String,
    /// How they are written.
    pub log_format: LogFormat,
    /// The door on the network.
    pub http: HttpConfig,
    /// How much each client may ask for in a while.
    pub rate: RateConfig,
    /// How much one request may ask for.
    pub limits: Limits,
    /// Documents that clients name instead of sending.
    pub documents: DocumentsConfig,
    /// How events are delivered to webhook endpoints.
    pub webhooks: WebhooksConfig,
    /// The provider of OpenID Connect whose tokens are taken.
    pub oidc: OidcConfig,
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

/// The door on the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpConfig {
    /// The origins whose pages may read answers, or `*`.
    pub cors_origins: Vec<String>,
    /// Who may say, in `X-Forwarded-For`, for whom they ask: addresses or networks.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// How long a request may take, its body and its answer each.
    pub timeout_seconds: u64,
    /// How long a client may take to send the headers of a request, and keep a connection without one.
    pub header_timeout_seconds: u64,
    /// Connections at once.
    pub max_connections: usize,
    /// Connections of one address at once; 0 means half of all.
    pub max_connections_per_address: usize,
    /// How many requests one body may hold; 0 or 1 means that a body is one request.
    pub max_batch: usize,
    /// What the answers may take up that are kept until something is written, in bytes; 0 means that none is.
    pub answer_cache_bytes: usize,
    /// The largest file that is taken at `/imports`, in bytes.
    pub max_import_bytes: usize,
}

/// How much each client may ask for in a while, in cost (see [`Limits::max_cost`]); 0 means as much as it likes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateConfig {
    /// Each address of readers without an account, in a minute.
    pub anonymous_per_minute: u32,
    /// Each account, in a minute.
    pub account_per_minute: u32,
}

/// The defaults, with their documentation; also what `jejaring config --default` prints.
pub const DEFAULTS: &str = include_str!("../config.default.toml");

/// The database of a process that was not told of one.
pub const OWN_DATABASE: &str = "sqlite://jejaring.sqlite";

/// One layer of settings: what it leaves out stays as the layer beneath has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer(Table);

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
        let told = |error: String| ConfigError(format!("{}: {error}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| told(error.to_string()))?;
        Self::from_toml(&text).map_err(|error| told(error.0))
    }

    /// Reads the text of a file.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let table: Table =
            toml::from_str(text).map_err(|error| ConfigError(error.to_string().trim_end().to_owned()))?;
        check_keys(&table, &defaults(), "")?;
        Ok(Self(table))
    }

    /// Reads the environment variables `JEJARING_…`; also the path of a file, `JEJARING_CONFIG`.
    pub fn from_env(variables: impl Iterator<Item = (String, String)>) -> Result<(Self, Option<PathBuf>), ConfigError> {
        let (mut layer, mut file) = (Self::default(), None);
        let defaults = defaults();
        for (name, value) in variables {
            let Some(key) = name.strip_prefix(PREFIX) else { continue };
            match key {
                "CONFIG" => file = Some(PathBuf::from(value)),
                // For the build (`build.rs`), which may share its environment with the process.
                "SKIP_WEB" => {}
                _ => set_from_env(&mut layer.0, &defaults, &key.to_lowercase(), &name, &value)?,
            }
        }
        Ok((layer, file))
    }

    /// The layer with a setting at the top level more, where there is a value.
    #[must_use]
    pub fn with(mut self, key: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.0.insert(key.to_owned(), value.into());
        }
        self
    }
}

fn defaults() -> Table {
    toml::from_str(DEFAULTS).expect("the defaults are TOML, which a test reads")
}

fn check_keys(table: &Table, known: &Table, within: &str) -> Result<(), ConfigError> {
    for (key, value) in table {
        match (known.get(key), value) {
            (None, _) => return Err(ConfigError(format!("{within}{key} is not a setting"))),
            (Some(Value::Table(known)), Value::Table(inner)) => check_keys(inner, known, &format!("{within}{key}."))?,
            _ => {}
        }
    }
    Ok(())
}

/// Puts the value of an environment variable where it belongs, as what the default is: `limits_max_depth` is `max_depth` of
/// `[limits]`.
fn set_from_env(into: &mut Table, known: &Table, key: &str, name: &str, value: &str) -> Result<(), ConfigError> {
    let inner = known.iter().find_map(|(section, inner)| {
        let rest = key.strip_prefix(section.as_str())?.strip_prefix('_')?;
        inner.as_table().map(|inner| (section, inner, rest))
    });
    if let Some((section, inner, rest)) = inner {
        let table = into.entry(section).or_insert_with(|| Value::Table(Table::new()));
        return match table {
            Value::Table(table) => set_from_env(table, inner, rest, name, value),
            _ => Err(ConfigError(format!("{name} is a section"))),
        };
    }
    let parsed = match known.get(key) {
        Some(Value::Boolean(_)) => Value::Boolean(parse(name, value)?),
        Some(Value::Integer(_)) => Value::Integer(parse(name, value)?),
        Some(Value::Array(_)) => {
            Value::Array(value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect())
        }
        Some(Value::String(_)) => Value::from(value),
        _ => return Err(ConfigError(format!("the environment variable {name} is not a setting"))),
    };
    into.insert(key.to_owned(), parsed);
    Ok(())
}

fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(name: &str, value: &str) -> Result<T, ConfigError> {
    value.parse().map_err(|error| ConfigError(format!("{name}: {value:?} cannot be read: {error}")))
}

fn parsed<'de, D: Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(from: D) -> Result<T, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(|error| serde::de::Error::custom(format!("{text:?} cannot be read: {error}")))
}

/// An empty text stands for nothing.
fn if_given<'de, D: Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(from)?;
    let parse = |text: &str| text.parse().map_err(|error| serde::de::Error::custom(format!("{text:?}: {error}")));
    if text.is_empty() { Ok(None) } else { parse(&text).map(Some) }
}

/// Networks, or single addresses.
pub(crate) fn networks<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpNet>, D::Error> {
    let read = |text: &String| {
        let address = || text.parse().map(|address: std::net::IpAddr| IpNet::from(address));
        let told = |_| serde::de::Error::custom(format!("{text:?} is neither an address nor a network"));
        text.parse().or_else(|_| address()).map_err(told)
    };
    Vec::<String>::deserialize(from)?.iter().map(read).collect()
}

fn merge(beneath: &mut Table, above: Table) {
    for (key, value) in above {
        match (beneath.get_mut(&key), value) {
            (Some(Value::Table(beneath)), Value::Table(above)) => merge(beneath, above),
            (_, value) => drop(beneath.insert(key, value)),
        }
    }
}

impl Config {
    /// Puts the layers on top of one another, the strongest first, above the defaults.
    pub fn from_layers(layers: impl IntoIterator<Item = Layer>) -> Result<Self, ConfigError> {
        let layers: Vec<Layer> = layers.into_iter().collect();
        let mut all = defaults();
        for layer in layers.into_iter().rev() {
            merge(&mut all, layer.0);
        }
        let config: Self =
            all.try_into().map_err(|error: toml::de::Error| ConfigError(error.to_string().trim_end().to_owned()))?;
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
            let message =
                format!("oidc.algorithms: {name:?} is not an algorithm whose key is no secret, such as RS256");
            return Err(ConfigError(message));
        }
        if let Some(url) = &config.database_url {
            check_database(url)?;
        }
        if let Some(url) = &config.public_url {
            check_public(url)?;
        }
        config.http.cors_origins.iter().try_for_each(|origin| check_origin(origin))?;
        Ok(config)
    }

    /// How to connect.
    pub fn db_options(&self) -> DbOptions {
        let url = self.database_url.clone().unwrap_or_else(|| OWN_DATABASE.to_owned());
        DbOptions { url, readers: self.readers, heavy_readers: self.heavy_readers, observer: None }
    }

    /// Where the register stands on the web.
    pub fn site(&self) -> Site {
        let listening = || format!("http://{}", self.listen);
        Site::new(&self.public_url.clone().unwrap_or_else(listening))
    }

    /// The settings as they may be shown: without the password of the database.
    pub fn shown(&self) -> Self {
        Self { database_url: self.database_url.as_deref().map(redact), ..self.clone() }
    }
}

/// A browser names an origin by scheme, host and port alone.
fn check_origin(origin: &str) -> Result<(), ConfigError> {
    let host = origin.split_once("://").map(|(_, host)| host);
    let plain = |host: &str| !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/');
    if origin == "*" || host.is_some_and(plain) {
        return Ok(());
    }
    Err(ConfigError(format!(
        "http.cors_origins: {origin:?} is no origin: write \"https://host\", without a path, or \"*\""
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
    let known = ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme));
    if url.starts_with("sqlite::memory:") || url.contains("mode=memory") {
        let why = "the program opens it more than once, and each time would be another database";
        return Err(ConfigError(format!("database_url: {url:?} cannot be in memory: {why}")));
    }
    if !known {
        let url = redact(url);
        return Err(ConfigError(format!("database_url: {url:?} begins with neither sqlite: nor postgres:")));
    }
    Ok(())
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
        assert_eq!((config.database_url, config.metrics_listen), (None, None));
        assert!(!config.with_reports);
        assert_eq!(config.limits, Limits::default());
        assert_eq!(config.documents, DocumentsConfig::default());
    }

    #[test]
    fn flags_are_stronger_than_the_environment_and_that_is_stronger_than_the_file() {
        let file = Layer::from_toml("listen = \"127.0.0.1:1\"\nreaders = 1\nlog = \"warn\"\nlimits.max_depth = 9");
        let (env, _) = env(&[
            ("JEJARING_LISTEN", "127.0.0.1:2"),
            ("JEJARING_READERS", "2"),
            ("JEJARING_LIMITS_MAX_ALIASES", "7"),
            ("JEJARING_HTTP_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
            ("JEJARING_SKIP_WEB", "1"),
            ("HOME", "/"),
        ])
        .unwrap();
        let flags = Layer::default().with("listen", Some("127.0.0.1:3"));
        let config = Config::from_layers([flags, env, file.unwrap()]).unwrap();
        assert_eq!((config.listen.port(), config.readers, config.log.as_str()), (3, 2, "warn"));
        assert_eq!((config.limits.max_depth, config.limits.max_aliases), (9, 7));
        assert_eq!(config.http.trusted_proxies, ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()]);
    }

    #[test]
    fn an_unknown_key_and_a_bad_value_are_named() {
        let message = |error: ConfigError| error.0;
        assert!(message(Layer::from_toml("lisen = 1").unwrap_err()).contains("lisen"));
        assert!(message(Layer::from_toml("[limits]\nmax_dept = 1").unwrap_err()).contains("limits.max_dept"));
        assert!(message(env(&[("JEJARING_LISEN", "x")]).unwrap_err()).contains("JEJARING_LISEN"));
        assert!(message(env(&[("JEJARING_LIMITS_DEPTH", "1")]).unwrap_err()).contains("JEJARING_LIMITS_DEPTH"));
        assert!(message(env(&[("JEJARING_READERS", "many")]).unwrap_err()).contains("many"));
        let bad = |text: &str| message(Config::from_layers([Layer::from_toml(text).unwrap()]).unwrap_err());
        assert!(bad("listen = \"nowhere\"").contains("nowhere"));
        assert!(bad("readers = 0").contains("readers: 0"));
        assert!(bad("readers = \"few\"").contains("few"));
        assert!(bad("log_format = \"xml\"").contains("xml"));
        assert!(bad("http.cors_origins = [\"https://portal.example/\"]").contains("https://portal.example/"));
        assert!(bad("http.trusted_proxies = [\"proxy\"]").contains("proxy"));
        let refused = bad("database_url = \"mysql://u:secret@h/d\"");
        assert!(refused.contains("mysql") && !refused.contains("secret"));
    }
}
