//! Documents that were judged and found good, by the digest of their text, so that a repeated question is not judged again.
//!
//! Only good documents enter: bad ones would push them out, and cost nothing but themselves. The digest is SHA-256, so no
//! two documents can be made to meet.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};

use super::guard::Document;

/// The digest of a document.
pub type Digest = [u8; 32];

/// The digest of a text.
pub fn digest(text: &str) -> Digest {
    Sha256::digest(text.as_bytes()).into()
}

/// The digest of one operation of a document.
pub fn operation_digest(document: &Digest, name: &str) -> Digest {
    Sha256::new().chain_update(document).chain_update(name.as_bytes()).finalize().into()
}

/// What a document takes up in memory for each byte of its text (an estimate on the high side: a token of a few bytes becomes
/// a node of a hundred, in the validator's tree and in the engine's), and what it takes besides.
const BYTES_PER_BYTE: u64 = 64;
const BYTES_BESIDES: u64 = 2_048;

/// The cache of documents.
pub struct Documents(Cache<Digest, Arc<Document>, ByBytes>);

#[derive(Clone)]
struct ByBytes;

impl Weighter<Digest, Arc<Document>> for ByBytes {
    fn weight(&self, _: &Digest, document: &Arc<Document>) -> u64 {
        BYTES_BESIDES + BYTES_PER_BYTE * document.text_length as u64
    }
}

impl Documents {
    /// A cache that takes up about `bytes`.
    pub fn new(bytes: u64) -> Self {
        let usual = BYTES_BESIDES + 500 * BYTES_PER_BYTE;
        let items = usize::try_from(bytes / usual).unwrap_or(usize::MAX).clamp(16, 10_000);
        Self(Cache::with_weighter(items, bytes, ByBytes))
    }

    /// The document with this digest.
    pub fn get(&self, digest: &Digest) -> Option<Arc<Document>> {
        self.0.get(digest)
    }

    /// Keeps a document that is good.
    pub fn keep(&self, digest: Digest, document: Arc<Document>) {
        self.0.insert(digest, document);
    }

    /// How many documents are kept.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How often a document was looked for: found, and not found.
    pub fn lookups(&self) -> (u64, u64) {
        (self.0.hits(), self.0.misses())
    }

    /// The bytes that they are taken to take up.
    pub fn bytes(&self) -> u64 {
        self.0.weight()
    }
}
