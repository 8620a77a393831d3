//! Tokens of a provider of OpenID Connect: a provider of our own, which can go away.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use jejaring::access::Actor;
use jejaring::access::oidc::{Oidc, OidcConfig};
use jejaring::http::authenticate::authenticate;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::support::TestApp;

both_dbs!(a_provider_vouches_for_an_account, what_a_provider_does_not_vouch_for_is_refused);

/// A provider on a port of its own.
struct Provider {
    issuer: String,
    away: Arc<AtomicBool>,
    /// PKCS #8.
    key: Vec<u8>,
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let away = Arc::new(AtomicBool::new(false));
        let answer = move |away: Arc<AtomicBool>, body: Value| async move {
            if away.load(Ordering::SeqCst) { Err(StatusCode::SERVICE_UNAVAILABLE) } else { Ok(Json(body)) }
        };
        let chance = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &chance).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &chance).expect("a key");
        // The public point: a byte that tells its form, and two coordinates.
        let [x, y] = [1, 33].map(|from| URL_SAFE_NO_PAD.encode(&pair.public_key().as_ref()[from..from + 32]));
        let keys = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": "k1", "alg": "ES256", "use": "sig", "x": x, "y": y }] });
        let configuration = json!({ "issuer": issuer, "jwks_uri": format!("{issuer}/keys") });
        let (one, other) = (away.clone(), away.clone());
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(move || answer(one.clone(), configuration.clone())))
            .route("/keys", get(move || answer(other.clone(), keys.clone())));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { issuer, away, key: key.as_ref().to_vec() }
    }

    fn app(&self, app: &TestApp) -> jejaring::app::App {
        let algorithms = vec!["ES256".to_owned()];
        let config = OidcConfig { issuer: self.issuer.clone(), audience: "jejaring".to_owned(), algorithms };
        app.app.clone().trusting(Oidc::new(&config, &app.app.clock))
    }

    fn token(&self, app: &TestApp, changed: &Value) -> String {
        let now = app.app.clock.now().timestamp();
        let mut claims =
            json!({ "iss": self.issuer, "aud": "jejaring", "sub": "u-1", "exp": now + 600, "name": "Citra" });
        for (name, value) in changed.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        let key = EncodingKey::from_ec_der(&self.key);
        let header = Header { kid: Some("k1".to_owned()), ..Header::new(Algorithm::ES256) };
        encode(&header, &claims, &key).expect("a token")
    }
}

async fn show(app: &jejaring::app::App, token: &str) -> Result<Actor, String> {
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().expect("a header"));
    authenticate(app, &headers).await.map_err(|error| error.to_string())
}

/// The same account each time, without any right, and also while the provider is away.
async fn a_provider_vouches_for_an_account(app: TestApp) {
    let provider = Provider::start().await;
    let register = provider.app(&app);
    let token = provider.token(&app, &json!({}));
    let citra = show(&register, &token).await.expect("she is let in");
    assert!(citra.rights().account.is_some() && citra.rights().roles.is_empty());
    let seen = app.ask_as(&citra, "{ viewer { name subject grants { totalCount } } }").await;
    assert_eq!(seen.data.to_string(), r#"{"viewer":{"grants":{"totalCount":0},"name":"Citra","subject":"u-1"}}"#);
    provider.away.store(true, Ordering::SeqCst);
    for minutes in [1, 9, 20] {
        app.app.clock.set(app.app.clock.now() + TimeDelta::minutes(minutes));
        let token = provider.token(&app, &json!({}));
        assert_eq!(show(&register, &token).await.as_ref(), Ok(&citra), "after {minutes} minutes");
    }
    // Whoever has not seen the keys yet cannot tell.
    let other = provider.app(&app);
    assert_eq!(show(&other, &token).await, Err("the provider of the token cannot be reached".to_owned()));
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
        let refused = show(&register, &provider.token(&app, &wrong)).await.expect_err("it is refused");
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
    let forged = encode(&secret, &json!({ "sub": "u-1" }), &EncodingKey::from_secret(b"secret")).expect("a token");
    assert!(show(&register, &forged).await.is_err());
    assert!(
        OidcConfig { issuer: String::new(), audience: String::new(), algorithms: vec!["HS256".to_owned()] }
            .allowed()
            .is_err()
    );
}
