//! Keys of a provider that are of other kinds, come slowly, or come without end.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

use super::{Key, Provider, show};
use crate::support::TestApp;

both_dbs!(
    keys_of_other_kinds_lock_nobody_out,
    a_key_that_does_not_sign_vouches_for_nobody,
    nobody_with_a_known_key_waits_for_a_slow_provider,
    a_provider_that_answers_without_end_is_given_up,
);

/// One key of a kind that nobody here knows, or that is rubbish, beside the one that signs.
async fn keys_of_other_kinds_lock_nobody_out(app: TestApp) {
    let provider = Provider::start().await;
    let token = provider.token(&app, &json!({}));
    for other in [
        json!({ "kty": "AKP", "kid": "k9", "alg": "ML-DSA-44", "pub": "AAAA" }),
        json!({ "kty": "EC", "crv": "P-521", "kid": "k9", "x": "AAAA", "y": "AAAA" }),
        json!({
            "kty": "EC", "crv": "secp256k1", "kid": "k9", "alg": "ES256K", "x": "AAAA", "y": "AAAA"
        }),
        json!({ "kty": "OKP", "crv": "X25519", "kid": "k9", "use": "enc", "x": "AAAA" }),
        json!({ "kty": "RSA", "kid": "k9", "n": "!!", "e": "AQAB" }),
        json!({ "kty": "RSA", "kid": 9 }),
        json!({ "kty": "oct", "kid": "k9", "k": "c2VjcmV0" }),
        json!({ "kid": "k9" }),
        json!({}),
        json!([]),
        json!("k9"),
        json!(null),
    ] {
        for keys in
            [[other.clone(), provider.key.published()], [provider.key.published(), other.clone()]]
        {
            provider.publish(json!(keys));
            let shown = show(&provider.app(&app), &token).await;
            assert!(shown.is_ok(), "{other}: {shown:?}");
        }
    }
    // One that has the same name, and the kind that signs.
    let mut same = Key::new("k1").published();
    for (name, value) in [("use", json!("enc")), ("alg", json!("ES384"))] {
        same[name] = value;
        provider.publish(json!([same, provider.key.published()]));
        assert!(show(&provider.app(&app), &token).await.is_ok(), "{same}");
    }
}

/// A key is good for what it is published for.
async fn a_key_that_does_not_sign_vouches_for_nobody(app: TestApp) {
    let provider = Provider::start().await;
    let token = provider.token(&app, &json!({}));
    for (changed, is_good) in [
        (json!({ "use": "sig" }), true),
        (json!({ "use": null, "key_ops": ["verify"] }), true),
        (json!({ "use": null, "key_ops": ["verify", "something-new"] }), true),
        (json!({ "use": null, "alg": null }), true),
        (json!({ "use": "enc" }), false),
        (json!({ "use": "something-new" }), false),
        (json!({ "use": null, "key_ops": ["encrypt", "wrapKey"] }), false),
        (json!({ "key_ops": [] }), false),
        (json!({ "key_ops": "verify" }), false),
        (json!({ "alg": "ES384" }), false),
        (json!({ "alg": "ECDH-ES" }), false),
        (json!({ "kid": null }), false),
    ] {
        let mut key = provider.key.published();
        for (name, value) in changed.as_object().expect("fields") {
            match value {
                Value::Null => drop(key.as_object_mut().expect("a key").remove(name)),
                value => key[name] = value.clone(),
            }
        }
        provider.publish(json!([key]));
        let shown = show(&provider.app(&app), &token).await;
        assert_eq!(shown.is_ok(), is_good, "{changed}: {shown:?}");
    }
}

/// Those who name keys that there are not wait for one reading, all for the same; whoever names one
/// that is known is let in meanwhile, also when the keys are old by now.
async fn nobody_with_a_known_key_waits_for_a_slow_provider(app: TestApp) {
    let mut provider = Provider::start().await;
    let register = provider.app(&app);
    let tomorrow = json!({ "exp": app.app.clock.now().timestamp() + 24 * 3600 });
    let known = provider.token(&app, &tomorrow);
    let citra = show(&register, &known).await.expect("she is let in");
    provider.rotate("k2", true);
    let unknown = provider.token(&app, &tomorrow);
    provider.answers.send_replace(false);
    for minutes in [1, 11] {
        app.app.clock.set(app.app.clock.now() + TimeDelta::minutes(minutes));
        provider.asked.store(0, Ordering::SeqCst);
        let waiting: Vec<_> = (0..20)
            .map(|_| {
                let (register, unknown) = (register.clone(), unknown.clone());
                tokio::spawn(async move { show(&register, &unknown).await })
            })
            .collect();
        while provider.asked.load(Ordering::SeqCst) == 0 {
            sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(show(&register, &known).await.as_ref(), Ok(&citra));
        assert!(waiting.iter().all(|waiting| !waiting.is_finished()), "they wait for the provider");
        if minutes == 11 {
            provider.answers.send_replace(true);
        }
        for waiting in waiting {
            let shown = waiting.await.expect("it ends");
            assert_eq!(shown.is_ok(), minutes == 11, "{shown:?}");
        }
        assert_eq!(provider.asked.load(Ordering::SeqCst), 1, "the provider is asked once");
        // Those who wait give up a moment before the reading that they wait for.
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(show(&register, &unknown).await.as_ref(), Ok(&citra));
}

/// A server that answers with JSON that does not end: as fast as it can, or a blank now and then.
/// What it has sent when the other side has had enough.
async fn endless(pause: Duration) -> (String, tokio::task::JoinHandle<usize>) {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
    let issuer = format!("http://{}", listener.local_addr().expect("an address"));
    let sending = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line).await.expect("a request");
        }
        let blanks = if pause.is_zero() { vec![b' '; 1 << 16] } else { vec![b' '] };
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
        stream.get_mut().write_all(head.as_bytes()).await.expect("it listens");
        let mut sent = 0;
        while stream.get_mut().write_all(&blanks).await.is_ok() {
            sent += blanks.len();
            sleep(pause).await;
        }
        sent
    });
    (issuer, sending)
}

async fn a_provider_that_answers_without_end_is_given_up(app: TestApp) {
    for pause in [Duration::ZERO, Duration::from_millis(50)] {
        let (issuer, sending) = endless(pause).await;
        let provider = Provider { issuer, ..Provider::start().await };
        let register = provider.app(&app);
        let refused = show(&register, &provider.token(&app, &json!({}))).await;
        assert_eq!(
            refused,
            Err("the provider of the token cannot be reached".to_owned()),
            "{pause:?}"
        );
        // As little as it takes, and not for ever: the bound on the time is one against a hang.
        let sent = timeout(Duration::from_secs(60), sending)
            .await
            .expect("it is given up")
            .expect("what was sent");
        assert!(sent < 16 << 20, "{sent} bytes");
    }
    // An answer that is too long is none, also where it has the keys.
    let provider = Provider::start().await;
    let keys =
        std::iter::repeat_with(|| json!({ "kid": "k9", "pad": "x".repeat(1000) })).take(1100);
    provider.publish(keys.chain([provider.key.published()]).collect());
    assert!(show(&provider.app(&app), &provider.token(&app, &json!({}))).await.is_err());
}
