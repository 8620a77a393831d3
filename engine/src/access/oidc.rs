//! JSON Web Tokens of a provider of OpenID Connect: issuer, audience and time are checked,
//! algorithms are those that are allowed, and keys come from the provider.

mod keys;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, TokenData, Validation, decode, decode_header};
use serde::Deserialize;
use url::Url;

use self::keys::IssuerKeys;
use super::AuthError;
use crate::clock::Clock;

/// How far the clocks of provider and register may differ.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);

/// What a register knows of a provider.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// The address by which the provider names itself, as tokens have it; empty where there is
    /// none.
    pub issuer: String,
    /// What tokens for this register are for, as the provider calls it.
    pub audience: String,
    /// The algorithms with which tokens may be signed.
    pub algorithms: Vec<String>,
    /// As whom the desk signs people in at the provider; empty where it does not.
    pub client_id: String,
    /// What the desk asks for then.
    pub scope: String,
}

/// Algorithms whose key is no secret. With a shared secret, whoever can check a token could make
/// one.
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
            let algorithm =
                name.parse::<Algorithm>().ok().filter(|algorithm| ASYMMETRIC.contains(algorithm));
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
    keys: IssuerKeys,
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

/// Whether the header of a token says that extensions must be understood to check it. None is
/// understood here, so such a token means something else than it would be taken for.
fn demands_extensions(token: &str) -> bool {
    let header = token.split('.').next().and_then(|header| URL_SAFE_NO_PAD.decode(header).ok());
    let header =
        header.and_then(|header| serde_json::from_slice::<serde_json::Value>(&header).ok());
    header.is_none_or(|header| header.get("crit").is_some())
}

impl Oidc {
    /// A provider of which nothing is known yet; none where none is configured.
    pub fn new(config: &OidcConfig, clock: &Clock) -> Option<Self> {
        // The configuration was checked when it was read; where it is wrong all the same, no token
        // is right.
        let algorithms = config.allowed().unwrap_or_default();
        let keys = IssuerKeys::new(&config.issuer, clock);
        let (config, clock) = (config.clone(), clock.clone());
        (!config.issuer.is_empty()).then_some(Self { config, algorithms, clock, keys })
    }

    /// Where the provider publishes what it says of itself.
    pub fn metadata(&self) -> String {
        keys::metadata(&self.config.issuer)
    }

    /// How many keys the provider publishes that are understood; an error says why it cannot be
    /// asked.
    pub async fn number_of_keys(&self) -> Result<usize, String> {
        keys::number(&self.config.issuer).await
    }

    /// Where the provider gives tokens for codes, if people sign in at it through the desk; none
    /// where it cannot be reached and could not be for too long.
    pub async fn token_endpoint(&self) -> Option<Url> {
        if self.config.client_id.is_empty() {
            return None;
        }
        self.keys.token_endpoint().await
    }

    /// Whoever shows this token.
    pub async fn verify(&self, token: &str) -> Result<Subject, AuthError> {
        const WRONG: AuthError = AuthError::Refused(
            "the token is not one of the configured provider for this register, or has expired",
        );
        let Ok(header) = decode_header(token) else { return Err(WRONG) };
        let (true, Some(kid)) = (self.algorithms.contains(&header.alg), header.kid) else {
            return Err(WRONG);
        };
        if demands_extensions(token) {
            return Err(AuthError::Refused(
                "the token demands extensions (crit) that this register does not know",
            ));
        }
        let Some(known) = self.keys.with(&kid).await else {
            return Err(AuthError::Refused("the provider of the token cannot be reached"));
        };
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[&self.config.issuer]);
        validation.set_audience(&[&self.config.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Time is that of the register's clock.
        validation.validate_exp = false;
        // A provider may call keys of several kinds by one name.
        let mut fitting = known.keys.iter().filter_map(|key| key.of(&kid, header.alg));
        let token: Option<TokenData<Claims>> =
            fitting.find_map(|key| decode(token, key, &validation).ok());
        let Some(token) = token else { return Err(WRONG) };
        let (claims, now) = (token.claims, self.clock.now().timestamp());
        let leeway = LEEWAY.num_seconds();
        if claims.exp <= now - leeway || claims.nbf.is_some_and(|from| from > now + leeway) {
            return Err(WRONG);
        }
        let name = claims.name.or(claims.preferred_username).unwrap_or_else(|| claims.sub.clone());
        let Some(until) = DateTime::from_timestamp(claims.exp, 0) else { return Err(WRONG) };
        Ok(Subject {
            issuer: self.config.issuer.clone(),
            subject: claims.sub,
            name,
            until: until + LEEWAY,
        })
    }
}
