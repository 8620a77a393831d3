//! Tokens of a provider of OpenID Connect: a provider of our own, which can go away.

mod keys;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use jejaring::access::oidc::{Oidc, OidcConfig};
use jejaring::access::{Actor, SignedIn};
use jejaring::http::authenticate::authenticate;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::support::TestApp;

both_dbs!(
    a_provider_vouches_for_an_account,
    what_a_provider_does_not_vouch_for_is_refused,
    keys_are_rotated,
    a_token_that_demands_extensions_is_refused,
);

/// A provider on a port of its own.
struct Provider {
    issuer: String,
    away: Arc<AtomicBool>,
    /// Whether it answers: while this is false, whoever asks for the keys waits.
    answers: watch::Sender<bool>,
    /// What it publishes.
    keys: Arc<Mutex<Value>>,
    /// How often it was asked for that.
    asked: Arc<AtomicU32>,
    /// With what it signs.
    key: Key,
}

/// A key, with the name by which tokens call it.
struct Key {
    kid: &'static str,
    pkcs8: Vec<u8>,
}

impl Key {
    fn new(kid: &'static str) -> Self {
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        Self { kid, pkcs8: pkcs8.expect("a key").as_ref().to_vec() }
    }

    /// What may be known of it.
    fn published(&self) -> Value {
        let pair = EcdsaKeyPair::from_pkcs8(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &self.pkcs8,
            &SystemRandom::new(),
        );
        let pair = pair.expect("a key");
        // The public point: a byte that tells its form, and two coordinates.
        let [x, y] = [1, 33]
            .map(|from| URL_SAFE_NO_PAD.encode(&pair.public_key().as_ref()[from..from + 32]));
        json!({
            "kty": "EC", "crv": "P-256", "kid": self.kid, "alg": "ES256", "use": "sig", "x": x,
            "y": y
        })
    }
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
            .await
            .expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let away = Arc::new(AtomicBool::new(false));
        let key = Key::new("k1");
        let keys = Arc::new(Mutex::new(json!([key.published()])));
        let asked = Arc::new(AtomicU32::new(0));
        let configuration = Json(json!({ "issuer": issuer, "jwks_uri": format!("{issuer}/keys") }));
        let answers = watch::Sender::new(true);
        let published = {
            let (away, keys, asked) = (away.clone(), keys.clone(), asked.clone());
            let mut answering = answers.subscribe();
            move || async move {
                asked.fetch_add(1, Ordering::SeqCst);
                let _ = answering.wait_for(|answers| *answers).await;
                match away.load(Ordering::SeqCst) {
                    true => Err(StatusCode::SERVICE_UNAVAILABLE),
                    false => Ok(Json(json!({ "keys": *keys.lock().expect("the keys") }))),
                }
            }
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(move || async move { configuration }))
            .route("/keys", get(published));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { issuer, away, answers, keys, asked, key }
    }

    /// Publishes these keys, and has the register read them when it needs one.
    fn publish(&self, keys: Value) {
        *self.keys.lock().expect("the keys") = keys;
    }

    /// A token whose header has more than the library writes.
    fn token_with(&self, app: &TestApp, more: &Value) -> String {
        let claims = self.token(app, &json!({}));
        let claims = claims.split('.').nth(1).expect("claims");
        let mut header = json!({ "alg": "ES256", "typ": "JWT", "kid": self.key.kid });
        for (name, value) in more.as_object().into_iter().flatten() {
            header[name] = value.clone();
        }
        let body = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header.to_string()));
        let key = EncodingKey::from_ec_der(&self.key.pkcs8);
        let signature = jsonwebtoken::crypto::sign(body.as_bytes(), &key, Algorithm::ES256)
            .expect("a signature");
        format!("{body}.{signature}")
    }

    /// Signs with another key from now on, and publishes it beside, or instead of, those before.
    fn rotate(&mut self, kid: &'static str, beside: bool) {
        self.key = Key::new(kid);
        let mut keys = self.keys.lock().expect("the keys");
        let former = keys.as_array().filter(|_| beside).cloned().unwrap_or_default();
        *keys = former.into_iter().chain([self.key.published()]).collect();
    }

    fn app(&self, app: &TestApp) -> jejaring::app::App {
        let algorithms = vec!["ES256".to_owned()];
        let config = OidcConfig {
            issuer: self.issuer.clone(),
            audience: "jejaring".to_owned(),
            algorithms,
            client_id: "desk".to_owned(),
            scope: "openid".to_owned(),
        };
        app.app.clone().trusting(Oidc::new(&config, &app.app.clock))
    }

    fn token(&self, app: &TestApp, changed: &Value) -> String {
        let now = app.app.clock.now().timestamp();
        let mut claims = json!({
            "iss": self.issuer, "aud": "jejaring", "sub": "u-1", "exp": now + 600, "name": "Citra"
        });
        for (name, value) in changed.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        let key = EncodingKey::from_ec_der(&self.key.pkcs8);
        let header = Header { kid: Some(self.key.kid.to_owned()), ..Header::new(Algorithm::ES256) };
        encode(&header, &claims, &key).expect("a token")
    }
}

/// Who is let in, whatever the time until the token expires.
async fn show(app: &jejaring::app::App, token: &str) -> Result<Actor, String> {
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().expect("a header"));
    let actor = authenticate(app, &headers).await.map_err(|error| error.to_string())?;
    assert!(actor.rights().until.is_some_and(|until| until > app.clock.now()), "{actor:?}");
    Ok(Actor::Account(Arc::new(SignedIn { until: None, ..actor.rights().clone() })))
}

/// The same account each time, without any right, and also while the provider is away.
async fn a_provider_vouches_for_an_account(app: TestApp) {
    let provider = Provider::start().await;
    let register = provider.app(&app);
    let token = provider.token(&app, &json!({}));
    let citra = show(&register, &token).await.expect("she is let in");
    assert!(citra.rights().account.is_some() && citra.rights().roles.is_empty());
    let seen = app.ask_as(&citra, "{ viewer { name subject grants { totalCount } } }").await;
    assert_eq!(
        seen.data.to_string(),
        r#"{"viewer":{"grants":{"totalCount":0},"name":"Citra","subject":"u-1"}}"#
    );
    provider.away.store(true, Ordering::SeqCst);
    for minutes in [1, 9, 20] {
        app.app.clock.set(app.app.clock.now() + TimeDelta::minutes(minutes));
        let token = provider.token(&app, &json!({}));
        assert_eq!(show(&register, &token).await.as_ref(), Ok(&citra), "after {minutes} minutes");
    }
    // Not for ever: a key that the provider has taken back meanwhile must not stay good.
    app.app.clock.set(app.app.clock.now() + TimeDelta::hours(24));
    let late = provider.token(&app, &json!({}));
    let unreachable = Err("the provider of the token cannot be reached".to_owned());
    assert_eq!(show(&register, &late).await, unreachable);
    // It comes back.
    provider.away.store(false, Ordering::SeqCst);
    app.app.clock.set(app.app.clock.now() + TimeDelta::seconds(31));
    assert_eq!(show(&register, &late).await.as_ref(), Ok(&citra));
    provider.away.store(true, Ordering::SeqCst);
    // Whoever has not seen the keys yet cannot tell.
    let other = provider.app(&app);
    assert_eq!(show(&other, &late).await, unreachable);
}

async fn what_a_provider_does_not_vouch_for_is_refused(app: TestApp) {
    let provider = Provider::start().await;
    let register = provider.app(&app);
    let now = app.app.clock.now().timestamp();
    for wrong in [
        json!({ "iss": "https://elsewhere.example" }),
        json!({ "aud": "another" }),
        json!({ "exp": now - 120 }),
        json!({ "nbf": now + 120 }),
    ] {
        let refused =
            show(&register, &provider.token(&app, &wrong)).await.expect_err("it is refused");
        assert!(refused.contains("not one of the configured provider"), "{wrong}: {refused}");
    }
    let good = provider.token(&app, &json!({}));
    let (body, _) = good.rsplit_once('.').expect("a signature");
    assert!(show(&register, &format!("{body}.AAAA")).await.is_err());
    // Without a signature, and with one by a secret that everybody knows.
    let claims = good.split('.').nth(1).expect("claims");
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    assert!(show(&register, &format!("{none}.{claims}.")).await.is_err());
    let secret = Header { kid: Some("k1".to_owned()), ..Header::new(Algorithm::HS256) };
    let forged = encode(&secret, &json!({ "sub": "u-1" }), &EncodingKey::from_secret(b"secret"))
        .expect("a token");
    assert!(show(&register, &forged).await.is_err());
    assert!(
        OidcConfig {
            issuer: String::new(),
            audience: String::new(),
            algorithms: vec!["HS256".to_owned()],
            client_id: String::new(),
            scope: String::new(),
        }
        .allowed()
        .is_err()
    );
}

/// A key that is new is read when a token names it, and one that is gone lets nobody in once that
/// is known. While the provider is away, what is known goes on.
async fn keys_are_rotated(app: TestApp) {
    let mut provider = Provider::start().await;
    let register = provider.app(&app);
    let later = |seconds: i64| app.app.clock.set(app.app.clock.now() + TimeDelta::seconds(seconds));
    let old = provider.token(&app, &json!({}));
    let citra = show(&register, &old).await.expect("she is let in");
    let asked = |provider: &Provider| provider.asked.load(Ordering::SeqCst);
    assert_eq!(asked(&provider), 1);
    provider.rotate("k2", true);
    let new = provider.token(&app, &json!({}));
    // Not at once: whoever names keys that there are not would make the register ask for each.
    assert!(show(&register, &new).await.is_err());
    assert_eq!(asked(&provider), 1);
    later(31);
    assert_eq!(show(&register, &new).await.as_ref(), Ok(&citra));
    assert_eq!(show(&register, &old).await.as_ref(), Ok(&citra));
    assert_eq!(asked(&provider), 2);
    // The provider goes away with a third key unread: the two that are known stay good, the third
    // is not.
    provider.rotate("k3", false);
    let third = provider.token(&app, &json!({}));
    provider.away.store(true, Ordering::SeqCst);
    later(31);
    assert!(show(&register, &third).await.is_err());
    assert_eq!(asked(&provider), 3);
    for known in [&old, &new] {
        assert_eq!(show(&register, known).await.as_ref(), Ok(&citra));
    }
    // It comes back, and has taken the two away.
    provider.away.store(false, Ordering::SeqCst);
    later(31);
    assert_eq!(show(&register, &third).await.as_ref(), Ok(&citra));
    for gone in [&old, &new] {
        assert!(show(&register, gone).await.is_err());
    }
}

async fn a_token_that_demands_extensions_is_refused(app: TestApp) {
    let provider = Provider::start().await;
    let register = provider.app(&app);
    assert!(
        show(&register, &provider.token_with(&app, &json!({ "x-something": 1 }))).await.is_ok()
    );
    for demanded in [
        json!({ "crit": ["exp"], "exp": 1 }),
        json!({ "crit": ["b64"], "b64": false }),
        json!({ "crit": ["urn:example:policy"], "urn:example:policy": "read-only" }),
        json!({ "crit": [] }),
        json!({ "crit": null }),
    ] {
        let refused = show(&register, &provider.token_with(&app, &demanded))
            .await
            .expect_err("it is refused");
        assert!(refused.contains("extensions (crit)"), "{demanded}: {refused}");
    }
}
