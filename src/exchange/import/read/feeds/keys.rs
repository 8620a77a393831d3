//! Keys of the register that are made of what others write.

use sha2::{Digest, Sha256};

use crate::rule::letters_of;
use crate::text::hexadecimal;

/// The most letters of a key that is made here.
const LONGEST_KEY: usize = 100;
/// How many of them are left in front of a digest.
const STEM: usize = 87;
/// The digits of a digest.
const DIGEST: usize = 12;

/// A key of the register made of another system's identifier: what of it a key may have, letters
/// and digits, with hyphens between. Where that loses what tells it from others, since it is too
/// long or in another script, a digest of all of it is added.
pub fn key_of(id: &str) -> String {
    let (key, is_whole) = letters_of(id);
    if is_whole && key.len() <= LONGEST_KEY { key } else { with_digest(key, id) }
}

/// The key of a record of another system, of its identifier there: where anything is lost but for
/// capitals and what stands at its ends, with a digest, since systems tell `run/1` from `run-1`.
pub fn key_of_identifier(id: &str) -> String {
    let id = id.trim();
    let (key, _) = letters_of(id);
    let inner = id.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
    match key.len() {
        ..=LONGEST_KEY if inner == key => key,
        // All of what it was without one, by which it is found.
        1..=LONGEST_KEY => format!("{key}-{}", digest(id)),
        _ => with_digest(key, id),
    }
}

/// The key that was made of an identifier before those with a loss had a digest; none of a key that
/// has no digest.
pub fn former_key(key: &str) -> Option<&str> {
    let (former, digest) = key.rsplit_once('-')?;
    let is_digest = digest.len() == DIGEST
        && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (is_digest && !former.is_empty()).then_some(former)
}

fn with_digest(mut key: String, id: &str) -> String {
    key.truncate(STEM);
    let digest = digest(id);
    match key.trim_end_matches('-') {
        "" => format!("id-{digest}"),
        stem => format!("{stem}-{digest}"),
    }
}

fn digest(id: &str) -> String {
    let mut digest = hexadecimal(&Sha256::digest(id.as_bytes()));
    digest.truncate(DIGEST);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_that_differ_are_keys_that_differ() {
        let long = |end: &str| {
            key_of(&format!("https://training.example.org/{}/{end}", "programmes/".repeat(10)))
        };
        assert_ne!(long("run-1"), long("run-2"));
        assert!(
            long("run-1").len() <= 100 && crate::rule::check::is_key(&long("run-1")),
            "{}",
            long("run-1")
        );
        assert_ne!(key_of("培训一"), key_of("培训二"));
        assert_ne!(key_of("run 一"), key_of("run 二"));
        assert!(crate::rule::check::is_key(&key_of("培训一")));
        assert_eq!(key_of("Batik-2024@example.org"), "batik-2024-example-org");
        assert_eq!(key_of("KC_2010"), "kc-2010");
        assert_eq!(key_of("Café 1"), "cafe-1");
        assert_eq!(key_of("--"), "");
    }

    #[test]
    fn identifiers_of_other_systems_lose_nothing_that_tells_them_apart() {
        for (one, other) in [
            ("https://x.example/run/1", "https://x.example/run-1"),
            ("GB-1-20/3", "GB-1-20-3"),
            ("a.b@example.org", "a-b@example.org"),
            ("run--1", "run-1"),
            ("run 1", "run-1"),
            ("café-1", "cafe-1"),
            ("培训一", "培训二"),
        ] {
            let (one, other) = (key_of_identifier(one), key_of_identifier(other));
            assert!(one != other && crate::rule::check::is_key(&one), "{one} {other}");
        }
        for (id, key) in [("PV-13", "pv-13"), (" {Batik-7} ", "batik-7"), ("--", "")] {
            assert_eq!(key_of_identifier(id), key, "{id}");
        }
        let key = key_of_identifier("https://x.example/run/1");
        assert_eq!(former_key(&key), Some("https-x-example-run-1"));
        assert_eq!(
            (former_key("run-1"), former_key("2024-03-04"), former_key("run")),
            (None, None, None)
        );
    }
}
