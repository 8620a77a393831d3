//! Documents that were validated and found good, by the digest of their text, so that a repeated
//! question is not validated again.
//!
//! Only good documents enter: bad ones would push them out, and cost nothing but themselves. The
//! digest is SHA-256, so no two documents can be made to meet.

use std::any::Any;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};
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

/// What is made of a document once and kept with it, by the class of the requests that it is for.
/// There are few classes.
#[derive(Default)]
pub struct MadeOnce(RwLock<Vec<(u8, Arc<dyn Any + Send + Sync>)>>);

impl MadeOnce {
    /// That of a class, which is made where it is not there yet.
    pub fn get<T: Send + Sync + 'static>(&self, class: u8, make: impl FnOnce() -> T) -> Arc<T> {
        let found = |made: &[(u8, Arc<dyn Any + Send + Sync>)]| {
            let mut made = made.iter().filter(|(of, _)| *of == class).map(|(_, made)| made.clone());
            made.find_map(|made| made.downcast::<T>().ok())
        };
        let known = found(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        known.unwrap_or_else(|| {
            let made = Arc::new(make());
            let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
            // Another request may have made it meanwhile.
            found(&all).unwrap_or_else(|| {
                all.push((class, made.clone()));
                made
            })
        })
    }
}

impl fmt::Debug for MadeOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what was made")
    }
}

/// What a document takes up in memory for each token (an estimate on the high side: a token becomes
/// a node in the validator's tree, and one in the library's), for each of its selections with
/// fragments put in, of which plans are made, and what it takes besides.
const BYTES_PER_TOKEN: u64 = 512;
const BYTES_PER_SELECTION: u64 = 512;
const BYTES_BESIDES: u64 = 2_048;

/// A few shards: each must hold the largest item, however many cores there are.
const SHARDS: usize = 4;

/// A cache that takes up about `bytes` by what `weighter` says, where an item usually weighs so
/// many.
pub fn bounded<K, V, W>(bytes: u64, usual: u64, weighter: W) -> Cache<K, V, W>
where
    K: Eq + Hash,
    V: Clone,
    W: Weighter<K, V> + Clone,
{
    let items = usize::try_from(bytes / usual).unwrap_or(usize::MAX).clamp(16, 10_000);
    let options = OptionsBuilder::new()
        .shards(SHARDS)
        .weight_capacity(bytes)
        .estimated_items_capacity(items)
        .build();
    // Only a setting that is missing is an error.
    let options = options.unwrap_or_else(|_| unreachable!("both capacities are set"));
    Cache::with_options(
        options,
        weighter,
        DefaultHashBuilder::default(),
        DefaultLifecycle::default(),
    )
}

/// The cache of documents.
pub struct Documents(Cache<Digest, Arc<Document>, ByBytes>);

#[derive(Clone)]
struct ByBytes;

impl Weighter<Digest, Arc<Document>> for ByBytes {
    fn weight(&self, _: &Digest, document: &Arc<Document>) -> u64 {
        let (tokens, selections) = (document.tokens as u64, document.plan.selections());
        BYTES_BESIDES + BYTES_PER_TOKEN * tokens + BYTES_PER_SELECTION * selections
    }
}

impl Documents {
    /// A cache that takes up about `bytes`.
    pub fn new(bytes: u64) -> Self {
        Self(bounded(bytes, BYTES_BESIDES + 50 * BYTES_PER_TOKEN, ByBytes))
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
