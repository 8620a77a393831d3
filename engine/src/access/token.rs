//! Tokens: `jej_`, forty letters and digits drawn by chance, and a checksum of six by which a slip
//! of the pen is told from a token that is unknown. Only the SHA-256 of a token is kept.

use sha2::{Digest, Sha256};

use crate::text::hexadecimal;

/// How every token begins, so that whoever finds one knows what it is.
const PREFIX: &str = "jej_";
const SECRET: usize = 40;
const CHECKSUM: usize = 6;
/// How much of a token may be shown, so that its owner knows which it is.
const SHOWN: usize = 10;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A token, whole, or another secret. It is shown once, and has no `Debug`, so that no log shows
/// it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A token drawn from the machine's source of chance.
    pub fn draw() -> Result<Self, getrandom::Error> {
        let mut text = PREFIX.to_owned();
        while text.len() < PREFIX.len() + SECRET {
            let mut bytes = [0; SECRET];
            getrandom::fill(&mut bytes)?;
            let wanted = PREFIX.len() + SECRET - text.len();
            // What lies beyond the last whole round of 62 is left out, so that all digits are
            // equally likely.
            let even = bytes.into_iter().filter(|byte| *byte < 248).take(wanted);
            text.extend(even.map(|byte| char::from(DIGITS[usize::from(byte % 62)])));
        }
        text.push_str(&checksum(&text));
        Ok(Self(text))
    }

    /// A secret of another kind, which is shown once as a token is.
    pub fn of_another_kind(text: String) -> Self {
        Self(text)
    }

    /// The token that somebody shows, if it has the form of one.
    pub fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(PREFIX)?;
        let right = rest.len() == SECRET + CHECKSUM
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let body = text.get(..PREFIX.len() + SECRET)?;
        (right && text.ends_with(&checksum(body))).then(|| Self(text.to_owned()))
    }

    /// Whether somebody means to show a token of this register, whether it is one or not.
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// What is kept of it.
    pub fn sha256(&self) -> String {
        hexadecimal(&Sha256::digest(&self.0))
    }

    /// Its beginning, which may be shown.
    pub fn shown(&self) -> &str {
        self.0.get(..SHOWN).unwrap_or_default()
    }

    /// The whole of it, for the one who may know it.
    pub fn reveal(self) -> String {
        self.0
    }
}

fn checksum(body: &str) -> String {
    let hash = Sha256::digest(body);
    let mut number = u64::from(u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]));
    let mut digits = String::new();
    for _ in 0..CHECKSUM {
        digits.push(char::from(DIGITS[usize::try_from(number % 62).unwrap_or(0)]));
        number /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_a_slip_is_noticed() {
        let token = Secret::draw().unwrap();
        let (shown, hash) = (token.shown().to_owned(), token.sha256());
        let text = token.reveal();
        assert!(text.starts_with(&shown) && text.len() == 50 && hash.len() == 64);
        assert_eq!(Secret::read(&text).unwrap().sha256(), hash);
        let slip = if text.ends_with('0') { '1' } else { '0' };
        assert!(Secret::read(&format!("{}{slip}", &text[..49])).is_none());
        for wrong in
            ["", "jej_", "jej_x", &text[1..], &format!("{text}0"), "jej_ééééééééééééééééééééééé"]
        {
            assert!(Secret::read(wrong).is_none(), "{wrong}");
        }
        assert!(Secret::draw().unwrap().reveal() != text);
    }
}
