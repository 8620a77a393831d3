//! JSON Web Tokens of a provider of OpenID Connect: issuer, audience and time are checked, algorithms are those that are allowed,
//! and keys come from the provider. Keys that were read once are used for as long as the provider is away.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::AuthError;
use crate::clock::Clock;

/// Keys are read again after this long.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// A provider is asked no more often than this, whatever keys tokens name.
const APART: TimeDelta = TimeDelta::seconds(30);
/// How far the clocks of provider and register may differ.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);
/// How long an answer of the provider may take, and how long it may be.
const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_ANSWER: u64 = 1 << 20;

/// What a register knows of a provider.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// The address by which the provider names itself, as tokens have it; empty where there is none.
    pub issuer: String,
    /// What tokens for this register are for, as the provider calls it.
    pub audience: String,
    /// The algorithms with which tokens may be signed.
    pub algorithms: Vec<String>,
}

/// Algorithms whose key is no secret. With a shared secret, whoever can check a token could make one.
const ASYMMETRIC: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

impl OidcConfig {
    /// The algorithms, or the name of the first that may not be allowed.
    pub fn allowed(&self) -> Result<Vec<Algorithm>, String> {
        let known = |name: &String| {
            let algorithm = name.parse::<Algorithm>().ok().filter(|algorithm| ASYMMETRIC.contains(algorithm));
            algorithm.ok_or_else(|| name.clone())
        };
        self.algorithms.iter().map(known).collect()
    }
}

/// Whoever a provider vouches for.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject {
    /// The provider.
    pub issuer: String,
    /// Its name for the subject.
    pub subject: String,
    /// The name of the person or service, as the provider gives it, else its name for the subject.
    pub name: String,
    /// When the token expires.
    pub until: DateTime<Utc>,
}

/// A provider, with its keys as far as they are known.
pub struct Oidc {
    config: OidcConfig,
    algorithms: Vec<Algorithm>,
    clock: Clock,
    keys: Mutex<Keys>,
}

#[derive(Default)]
struct Keys {
    known: Option<Arc<JwkSet>>,
    read_at: Option<DateTime<Utc>>,
    asked_at: Option<DateTime<Utc>>,
}

/// The claims of a token that are looked at here; audience and issuer are looked at by the library.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
    nbf: Option<i64>,
    name: Option<String>,
    preferred_username: Option<String>,
}

/// Why keys could not be read.
#[derive(Debug)]
struct Unreachable(String);

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Oidc {
    /// A provider of which nothing is known yet; none where none is configured.
    pub fn new(config: &OidcConfig, clock: &Clock) -> Option<Self> {
        // The configuration was checked when it was read; where it is wrong all the same, no token is right.
        let algorithms = config.allowed().unwrap_or_default();
        let (config, clock) = (config.clone(), clock.clone());
        (!config.issuer.is_empty()).then(|| Self { config, algorithms, clock, keys: Mutex::default() })
    }

    /// Whoever shows this token.
    pub async fn verify(&self, token: &str) -> Result<Subject, AuthError> {
        const WRONG: AuthError =
            AuthError::Refused("the token is not one of the configured provider for this register, or has expired");
        let Ok(header) = decode_header(token) else { return Err(WRONG) };
        let (true, Some(kid)) = (self.algorithms.contains(&header.alg), header.kid) else { return Err(WRONG) };
        let keys = self.keys_with(&kid).await?;
        let Some(key) = keys.find(&kid).and_then(|key| DecodingKey::from_jwk(key).ok()) else { return Err(WRONG) };
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[&self.config.issuer]);
        validation.set_audience(&[&self.config.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Time is that of the register's clock.
        validation.validate_exp = false;
        let Ok(token) = decode::<Claims>(token, &key, &validation) else { return Err(WRONG) };
        let (claims, now) = (token.claims, self.clock.now().timestamp());
        let leeway = LEEWAY.num_seconds();
        if claims.exp <= now - leeway || claims.nbf.is_some_and(|from| from > now + leeway) {
            return Err(WRONG);
        }
        let name = claims.name.or(claims.preferred_username).unwrap_or_else(|| claims.sub.clone());
        let Some(until) = DateTime::from_timestamp(claims.exp, 0) else { return Err(WRONG) };
        Ok(Subject { issuer: self.config.issuer.clone(), subject: claims.sub, name, until: until + LEEWAY })
    }

    /// The keys of the provider: read anew where they are old, or none of them has this name; the former ones where that fails.
    async fn keys_with(&self, kid: &str) -> Result<Arc<JwkSet>, AuthError> {
        let mut keys = self.keys.lock().await;
        let now = self.clock.now();
        let old = keys.read_at.is_none_or(|read| now - read >= FRESH);
        let missing = keys.known.as_ref().is_none_or(|known| known.find(kid).is_none());
        if (old || missing) && keys.asked_at.is_none_or(|asked| now - asked >= APART) {
            keys.asked_at = Some(now);
            match self.read().await {
                Ok(read) => {
                    keys.known = Some(Arc::new(read));
                    keys.read_at = Some(now);
                }
                Err(error) => tracing::warn!(%error, "the keys of the OpenID Connect provider could not be read"),
            }
        }
        keys.known.clone().ok_or(AuthError::Refused("the provider of the token cannot be reached"))
    }

    async fn read(&self) -> Result<JwkSet, Unreachable> {
        #[derive(Deserialize)]
        struct Discovered {
            issuer: String,
            jwks_uri: String,
        }
        let issuer = self.config.issuer.clone();
        let read = move || -> Result<JwkSet, Unreachable> {
            let configuration = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
            let discovered: Discovered = fetch(&configuration)?;
            if discovered.issuer != issuer {
                return Err(Unreachable(format!("{configuration} names another issuer")));
            }
            fetch(&discovered.jwks_uri)
        };
        tokio::task::spawn_blocking(read).await.map_err(|error| Unreachable(error.to_string()))?
    }
}

/// Reads a JSON document. No redirect is followed: an issuer is where it says it is.
fn fetch<T: serde::de::DeserializeOwned>(url: &str) -> Result<T, Unreachable> {
    let unreachable = |error: &dyn fmt::Display| Unreachable(format!("{url}: {error}"));
    let agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).build().new_agent();
    let mut answer = agent.get(url).call().map_err(|error| unreachable(&error))?;
    let body =
        answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string().map_err(|error| unreachable(&error))?;
    serde_json::from_str(&body).map_err(|error| unreachable(&error))
}
