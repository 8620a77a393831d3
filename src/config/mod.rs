//! Configuration: defaults, then a file, then the environment, then flags. An unknown key is an
//! error that names it.

mod check;
mod layer;
mod mail;
mod read;

use std::net::SocketAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

pub use self::layer::Layer;
use self::layer::{defaults, merge};
pub use self::mail::{MailConfig, MailTls};
use self::read::{if_given, listening, listening_if_given};
use crate::access::oidc::OidcConfig;
use crate::commit::BEFORE_COMMIT;
use crate::db::{DbOptions, redact};
use crate::request::{DocumentsConfig, Limits};
use crate::site::Site;
use crate::webhooks::WebhooksConfig;
use crate::webhooks::address::networks;

/// The settings of a process. `config.default.toml` has each with its default and says what it
/// does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    #[serde(deserialize_with = "listening")]
    pub listen: SocketAddr,
    /// Where `/metrics` is served; nowhere unless given.
    #[serde(deserialize_with = "listening_if_given")]
    pub metrics_listen: Option<SocketAddr>,
    /// Where others reach the register on the web; where it listens unless given.
    #[serde(deserialize_with = "if_given")]
    pub public_url: Option<String>,
    /// Which database; null means a file of its own, `jejaring.sqlite` in the working directory,
    /// with the reports in it.
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
    /// The server through which accounts are reminded by mail.
    pub mail: MailConfig,
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
    /// How long a client may take to send the headers of a request, and keep a connection without
    /// one.
    pub header_timeout_seconds: u64,
    /// Connections at once.
    pub max_connections: usize,
    /// Connections of one address at once; 0 means half of all.
    pub max_connections_per_address: usize,
    /// How many requests one body may hold; 0 or 1 means that a body is one request.
    pub max_batch: usize,
    /// What the answers may take up that are kept until something is written, in bytes; 0 means
    /// that none is.
    pub answer_cache_bytes: usize,
    /// The largest file that is taken at `/imports`, in bytes.
    pub max_import_bytes: usize,
}

/// How much each client may ask for in a while, in cost (see [`Limits::max_cost`]); 0 means as much
/// as it likes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateConfig {
    /// Each address of readers without an account, in a minute.
    pub anonymous_per_minute: u32,
    /// Each account, in a minute.
    pub account_per_minute: u32,
}

/// The defaults, with their documentation; also what `jejaring config --default` prints.
pub const DEFAULTS: &str = include_str!("../../config.default.toml");

/// The database of a process that was not told of one.
pub const OWN_DATABASE: &str = "sqlite://jejaring.sqlite";

/// A setting that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(pub String);

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Puts the layers on top of one another, the strongest first, above the defaults.
    pub fn from_layers(layers: impl IntoIterator<Item = Layer>) -> Result<Self, ConfigError> {
        let layers: Vec<Layer> = layers.into_iter().collect();
        let mut all = defaults();
        for layer in layers.into_iter().rev() {
            merge(&mut all, layer.0);
        }
        let config: Self = all.try_into().map_err(|error: toml::de::Error| {
            ConfigError(error.to_string().trim_end().replace('\n', " "))
        })?;
        check::check(&config)?;
        Ok(config)
    }

    /// How to connect.
    pub fn db_options(&self) -> DbOptions {
        let url = self.database_url.clone().unwrap_or_else(|| OWN_DATABASE.to_owned());
        DbOptions {
            url,
            readers: self.readers,
            heavy_readers: self.heavy_readers,
            observer: None,
            before_commit: BEFORE_COMMIT,
        }
    }

    /// Where the register stands on the web.
    pub fn site(&self) -> Site {
        let listening = || format!("http://{}", self.listen);
        Site::new(&self.public_url.clone().unwrap_or_else(listening))
    }

    /// The settings as they may be shown: without the passwords of the database and of the mail
    /// server.
    pub fn shown(&self) -> Self {
        let hidden = if self.mail.password.is_empty() { "" } else { "***" };
        let mail = MailConfig { password: hidden.to_owned(), ..self.mail.clone() };
        let database_url = self.database_url.as_deref().map(redact);
        Self { database_url, mail, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

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
        let file = Layer::from_toml(
            "listen = \"127.0.0.1:1\"\nreaders = 1\nlog = \"warn\"\nlimits.max_depth = 9",
        );
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
        assert_eq!(
            config.http.trusted_proxies,
            ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()]
        );
    }

    #[test]
    fn a_value_may_stand_in_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "postgres://ann:secret@host/register\n").unwrap();
        let path = file.path().display().to_string();
        let (layer, _) = env(&[("JEJARING_DATABASE_URL_FILE", &path)]).unwrap();
        let config = Config::from_layers([layer]).unwrap();
        assert_eq!(config.database_url.as_deref(), Some("postgres://ann:secret@host/register"));
        let missing = env(&[("JEJARING_DATABASE_URL_FILE", "/no/where")]).unwrap_err().0;
        assert!(missing.contains("JEJARING_DATABASE_URL_FILE") && missing.contains("/no/where"));
        assert!(env(&[("JEJARING_NOTHING_FILE", &path)]).unwrap_err().0.contains("NOTHING_FILE"));
    }

    #[test]
    fn an_unknown_key_and_a_bad_value_are_named() {
        let message = |error: ConfigError| error.0;
        assert!(message(Layer::from_toml("lisen = 1").unwrap_err()).contains("lisen"));
        assert!(
            message(Layer::from_toml("[limits]\nmax_dept = 1").unwrap_err())
                .contains("limits.max_dept")
        );
        assert!(message(env(&[("JEJARING_LISEN", "x")]).unwrap_err()).contains("JEJARING_LISEN"));
        assert!(
            message(env(&[("JEJARING_LIMITS_DEPTH", "1")]).unwrap_err())
                .contains("JEJARING_LIMITS_DEPTH")
        );
        assert!(message(env(&[("JEJARING_READERS", "many")]).unwrap_err()).contains("many"));
        let bad = |text: &str| {
            message(Config::from_layers([Layer::from_toml(text).unwrap()]).unwrap_err())
        };
        assert!(bad("listen = \"nowhere\"").contains("nowhere"));
        assert!(bad("readers = 0").contains("readers: 0"));
        assert!(bad("readers = \"few\"").contains("few"));
        assert!(bad("log_format = \"xml\"").contains("xml"));
        assert!(
            bad("http.cors_origins = [\"https://portal.example/\"]")
                .contains("https://portal.example/")
        );
        assert!(bad("http.trusted_proxies = [\"proxy\"]").contains("proxy"));
        let refused = bad("database_url = \"mysql://u:secret@h/d\"");
        assert!(refused.contains("mysql") && !refused.contains("secret"));
    }

    #[test]
    fn what_mail_needs_is_asked_for_and_its_password_is_not_shown() {
        let of = |rest: &str| {
            let text = format!("[mail]\nhost = \"mail.example\"\n{rest}");
            Config::from_layers([Layer::from_toml(&text).unwrap()])
        };
        let from = "from = \"Register <register@example.org>\"\n";
        let bad = |rest: &str| of(&format!("{from}{rest}")).unwrap_err().0;
        assert!(of("").unwrap_err().0.contains("mail.from: \"\""));
        assert!(of("from = \"a@b.example\\r\\nBcc: c@d.example\"").is_err());
        assert!(bad("tls = \"ssl\"").contains("ssl"));
        assert!(bad("port = 0").contains("mail.port"));
        assert!(bad("user = \"register\"").contains("mail.user"));
        let both = "user = \"register\"\npassword = \"hush\"\n";
        for more in ["tls = \"none\"", "password_file = \"/run/secrets/mail\""] {
            let told = bad(&format!("{both}{more}"));
            assert!(told.contains("mail.") && !told.contains("hush"), "{told}");
        }
        let shown = of(&format!("{from}{both}")).unwrap().shown();
        assert!(!toml::to_string(&shown).unwrap().contains("hush"));
    }
}
