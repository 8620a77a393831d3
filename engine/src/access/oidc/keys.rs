//! What a provider publishes, its keys above all: read in the background, one reading at a time,
//! and used for a while when the provider is away.
//!
//! Invariant: whoever names a key that is known waits for nothing. A reading is begun no more often
//! than [`APART`] allows, whatever keys tokens name, and only those wait for it who name a key that
//! is not known.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::timeout;
use url::Url;

use crate::clock::Clock;

/// Keys are read again after this long.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// Keys that could not be read again are used no longer than this.
const STALE: TimeDelta = TimeDelta::hours(24);
/// A provider is asked no more often than this, whatever keys tokens name.
const APART: TimeDelta = TimeDelta::seconds(30);
/// How long an answer of the provider may take, and how long anybody waits for the keys.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long an answer may be, in bytes.
const LONGEST_ANSWER: u64 = 1 << 20;

/// A key that signs tokens.
pub(super) struct Key {
    kid: String,
    /// The one algorithm that it is for, where it says so.
    alg: Option<String>,
    key: DecodingKey,
}

impl Key {
    /// The key that a member of a JWK set describes; none where it is no key that signs, or is not
    /// understood.
    fn read(described: &Value) -> Option<Self> {
        let text = |name: &str| described.get(name).and_then(Value::as_str);
        let is_for_signatures = described.get("use").is_none_or(|purpose| purpose == "sig");
        let verifies = match described.get("key_ops") {
            None => true,
            Some(operations) => {
                operations.as_array()?.iter().any(|operation| operation == "verify")
            }
        };
        if !is_for_signatures || !verifies || text("kty") == Some("oct") {
            return None;
        }
        // What it is for is looked at above. The library refuses a key of which it does not know a
        // purpose or an operation.
        let mut parameters = described.as_object()?.clone();
        parameters.retain(|name, _| !["use", "key_ops", "alg"].contains(&name.as_str()));
        let jwk: Jwk = serde_json::from_value(Value::Object(parameters)).ok()?;
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        Some(Self { kid: text("kid")?.to_owned(), alg: text("alg").map(str::to_owned), key })
    }

    /// The key, if it may have signed a token of which the header says this.
    pub(super) fn of(&self, kid: &str, algorithm: Algorithm) -> Option<&DecodingKey> {
        // The names of the library are those of the standard.
        let fits = self.alg.as_ref().is_none_or(|alg| *alg == format!("{algorithm:?}"));
        (self.kid == kid && fits).then_some(&self.key)
    }
}

/// What a provider publishes.
#[derive(Default)]
pub(super) struct Published {
    /// The keys that are understood.
    pub(super) keys: Vec<Key>,
    /// Where it gives tokens for codes, if it says so.
    token_endpoint: Option<Url>,
}

impl Published {
    fn has(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid == kid)
    }
}

/// What a provider publishes, as far as it is known.
pub(super) struct IssuerKeys {
    issuer: String,
    clock: Clock,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    known: Arc<Published>,
    read_at: Option<DateTime<Utc>>,
    asked_at: Option<DateTime<Utc>>,
    /// The last reading that was begun; its sender is gone when it has ended.
    reading: Option<watch::Receiver<()>>,
}

impl State {
    /// What is known, unless it is too old to be used.
    fn usable(&self, now: DateTime<Utc>) -> Option<Arc<Published>> {
        self.read_at.filter(|read| now - *read < STALE).map(|_| self.known.clone())
    }

    /// The reading that is under way.
    fn under_way(&self) -> Option<watch::Receiver<()>> {
        self.reading.clone().filter(|reading| reading.has_changed().is_ok())
    }
}

impl IssuerKeys {
    pub(super) fn new(issuer: &str, clock: &Clock) -> Self {
        Self { issuer: issuer.to_owned(), clock: clock.clone(), state: Arc::default() }
    }

    /// The keys, among them that with this name if the provider has it; none where the provider
    /// cannot be reached and could not be for too long.
    pub(super) async fn with(&self, kid: &str) -> Option<Arc<Published>> {
        self.that(|known| known.has(kid)).await
    }

    /// Where the provider gives tokens for codes, if it says so.
    pub(super) async fn token_endpoint(&self) -> Option<Url> {
        self.that(|_| true).await?.token_endpoint.clone()
    }

    /// What is known, if it is enough for the asker; else what is known after a reading.
    async fn that(&self, is_enough: impl Fn(&Published) -> bool) -> Option<Arc<Published>> {
        let (usable, reading) = self.look(&is_enough);
        if usable.as_deref().is_some_and(&is_enough) {
            return usable;
        }
        let Some(mut reading) = reading else { return usable };
        // An error says that it has ended; whoever has waited long enough goes on with what is
        // known.
        let _ = timeout(PATIENCE, reading.changed()).await;
        lock(&self.state).usable(self.clock.now())
    }

    /// What is known, and the reading that is under way; one is begun where it is time for that, or
    /// what is known is not enough.
    fn look(
        &self,
        is_enough: impl Fn(&Published) -> bool,
    ) -> (Option<Arc<Published>>, Option<watch::Receiver<()>>) {
        let now = self.clock.now();
        let mut state = lock(&self.state);
        let usable = state.usable(now);
        let is_old = state.read_at.is_none_or(|read| now - read >= FRESH);
        let is_wanted = is_old || !usable.as_deref().is_some_and(is_enough);
        let is_time = state.asked_at.is_none_or(|asked| now - asked >= APART);
        if is_wanted && is_time && state.under_way().is_none() {
            state.asked_at = Some(now);
            state.reading = Some(self.begin());
        }
        (usable, state.under_way())
    }

    /// Reads the keys in the background.
    fn begin(&self) -> watch::Receiver<()> {
        let (reading, ended) = watch::channel(());
        let (issuer, clock, state) = (self.issuer.clone(), self.clock.clone(), self.state.clone());
        tokio::spawn(async move {
            let read = tokio::task::spawn_blocking(move || read(&issuer)).await;
            match read.unwrap_or_else(|error| Err(Unreadable(error.to_string()))) {
                Ok(published) => {
                    let mut state = lock(&state);
                    state.known = Arc::new(published);
                    state.read_at = Some(clock.now());
                }
                Err(error) => {
                    tracing::warn!(
                        %error,
                        "the keys of the OpenID Connect provider could not be read"
                    );
                }
            }
            drop(reading);
        });
        ended
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Why keys could not be read.
#[derive(Debug)]
struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a provider publishes what it says of itself.
pub(super) fn metadata(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

/// How many keys a provider publishes that are understood.
pub(super) async fn number(issuer: &str) -> Result<usize, String> {
    let issuer = issuer.to_owned();
    let read = tokio::task::spawn_blocking(move || read(&issuer)).await;
    let published = read.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
    Ok(published.keys.len())
}

/// Reads what a provider publishes. Keys that are not understood are left out: they are nothing to
/// tokens that are signed with others.
fn read(issuer: &str) -> Result<Published, Unreadable> {
    #[derive(Deserialize)]
    struct Discovered {
        issuer: String,
        jwks_uri: String,
        token_endpoint: Option<String>,
    }
    #[derive(Deserialize)]
    struct KeySet {
        keys: Vec<Value>,
    }
    let metadata = metadata(issuer);
    let discovered: Discovered = fetch(&metadata)?;
    if discovered.issuer != issuer {
        return Err(Unreadable(format!("{metadata} names another issuer")));
    }
    let set: KeySet = fetch(&discovered.jwks_uri)?;
    let keys: Vec<Key> = set.keys.iter().filter_map(Key::read).collect();
    let left_out = set.keys.len() - keys.len();
    if left_out > 0 {
        tracing::debug!(
            left_out,
            used = keys.len(),
            "keys of the OpenID Connect provider are left out"
        );
    }
    let token_endpoint = discovered.token_endpoint.and_then(|url| Url::parse(&url).ok());
    Ok(Published { keys, token_endpoint })
}

/// Reads a JSON document. No redirect is followed: an issuer is where it says it is.
fn fetch<T: DeserializeOwned>(url: &str) -> Result<T, Unreadable> {
    let unreadable = |error: &dyn fmt::Display| Unreadable(format!("{url}: {error}"));
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .build()
        .new_agent();
    let mut answer = agent.get(url).call().map_err(|error| unreadable(&error))?;
    let body = answer
        .body_mut()
        .with_config()
        .limit(LONGEST_ANSWER)
        .read_to_string()
        .map_err(|error| unreadable(&error))?;
    serde_json::from_str(&body).map_err(|error| unreadable(&error))
}
