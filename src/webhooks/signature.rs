//! Signatures after the Standard Webhooks specification: `v1`, HMAC-SHA256 with a secret that both
//! sides know, and `v1a`, Ed25519, for receivers that would rather know nothing that could sign.
//!
//! What signs must be kept; who reads the database can sign in the name of the register.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use ring::hmac;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Keys that are good at once: who changes them more often than the overlap allows loses the
/// oldest.
const MOST: usize = 3;
const LENGTH: usize = 32;

/// What signs for an endpoint, as it is stored. Without `Debug`, so that no log shows it.
#[derive(Clone, Serialize, Deserialize)]
struct Pair {
    /// The secret of `v1`.
    secret: String,
    /// What the key of `v1a` is made of.
    seed: String,
    /// Until when it signs; as long as it is the newest, without end.
    until: Option<DateTime<Utc>>,
}

/// The keys of an endpoint, the newest first.
#[derive(Clone, Default)]
pub struct SigningKeys(Vec<Pair>);

impl SigningKeys {
    /// The keys with a new one, drawn from the machine's source of chance; the former ones sign
    /// until then too.
    pub fn renewed(self, until: DateTime<Utc>) -> Result<Self, getrandom::Error> {
        let draw = || {
            let mut bytes = [0; LENGTH];
            getrandom::fill(&mut bytes).map(|()| STANDARD.encode(bytes))
        };
        let newest = Pair { secret: draw()?, seed: draw()?, until: None };
        let former = self
            .0
            .into_iter()
            .map(|pair| Pair { until: Some(pair.until.map_or(until, |at| at.min(until))), ..pair });
        Ok(Self(std::iter::once(newest).chain(former).take(MOST).collect()))
    }

    /// As they are stored.
    pub fn stored(&self) -> Value {
        serde_json::json!(self.0)
    }

    /// As they were stored.
    pub fn from_stored(stored: &Value) -> Self {
        Self(serde_json::from_value(stored.clone()).unwrap_or_default())
    }

    /// The newest secret, as the receiver is told.
    pub fn secret(&self) -> String {
        self.0.first().map(|pair| format!("whsec_{}", pair.secret)).unwrap_or_default()
    }

    /// The keys, ready to sign.
    pub fn signers(&self) -> Signers {
        let signers = self.0.iter().filter_map(|pair| {
            let (secret, seed) =
                (STANDARD.decode(&pair.secret).ok()?, STANDARD.decode(&pair.seed).ok()?);
            let public = Ed25519KeyPair::from_seed_unchecked(&seed).ok()?;
            Some(Signer {
                secret: hmac::Key::new(hmac::HMAC_SHA256, &secret),
                pair: public,
                until: pair.until,
            })
        });
        Signers(signers.collect())
    }
}

/// Keys, ready to sign.
pub struct Signers(Vec<Signer>);

struct Signer {
    secret: hmac::Key,
    pair: Ed25519KeyPair,
    until: Option<DateTime<Utc>>,
}

impl Signers {
    /// Those that sign at a moment.
    fn at(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Signer> {
        self.0.iter().filter(move |signer| signer.until.is_none_or(|until| now < until))
    }

    /// What receivers check `v1a` with, the newest first.
    pub fn public_keys(&self, now: DateTime<Utc>) -> Vec<String> {
        self.at(now)
            .map(|signer| format!("whpk_{}", STANDARD.encode(signer.pair.public_key())))
            .collect()
    }

    /// The header `webhook-signature` of a message that is sent now.
    pub fn sign(&self, id: &str, now: DateTime<Utc>, body: &[u8]) -> String {
        let mut signed = format!("{id}.{}.", now.timestamp()).into_bytes();
        signed.extend_from_slice(body);
        let secrets = self
            .at(now)
            .map(|signer| format!("v1,{}", STANDARD.encode(hmac::sign(&signer.secret, &signed))));
        let pairs = self
            .at(now)
            .map(|signer| format!("v1a,{}", STANDARD.encode(signer.pair.sign(&signed))));
        secrets.chain(pairs).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_former_key_signs_until_the_overlap_ends() {
        let first = SigningKeys::default().renewed(at("2026-06-01T00:00:00Z")).unwrap();
        let both = first.clone().renewed(at("2026-06-02T00:00:00Z")).unwrap();
        assert!(first.secret() != both.secret() && both.secret().starts_with("whsec_"));
        let (before, after) = (at("2026-06-01T12:00:00Z"), at("2026-06-02T00:00:00Z"));
        let signers = both.signers();
        assert_eq!((signers.public_keys(before).len(), signers.public_keys(after).len()), (2, 1));
        assert_eq!(signers.public_keys(before)[0], signers.public_keys(after)[0]);
        assert_eq!(signers.sign("a", before, b"{}").split(' ').count(), 4);
        assert_eq!(SigningKeys::from_stored(&both.stored()).stored(), both.stored());
        // A later change does not lengthen the time of those that have theirs.
        let third = both.renewed(at("2026-06-09T00:00:00Z")).unwrap();
        assert_eq!(third.signers().public_keys(after).len(), 2);
    }

    #[test]
    fn the_public_library_takes_the_signature() {
        let keys = SigningKeys::default().renewed(at("2026-06-01T00:00:00Z")).unwrap();
        let library = standardwebhooks::Webhook::new(&keys.secret()).unwrap();
        let now = at("2026-06-01T00:00:00Z");
        let header = keys.signers().sign("msg_1", now, b"{}");
        assert_eq!(
            header.split(' ').next(),
            library.sign("msg_1", now.timestamp(), b"{}").ok().as_deref()
        );
    }

    #[test]
    fn the_public_key_takes_the_other_signature() {
        let now = at("1970-01-01T00:00:07Z");
        let signers = SigningKeys::default().renewed(now).unwrap().signers();
        let header = signers.sign("msg_1", now, b"{}");
        let signature = header.split(' ').find_map(|one| one.strip_prefix("v1a,")).unwrap();
        let keys = signers.public_keys(now);
        let public = STANDARD.decode(keys[0].strip_prefix("whpk_").unwrap()).unwrap();
        let public = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, public);
        public.verify(b"msg_1.7.{}", &STANDARD.decode(signature).unwrap()).unwrap();
    }
}
