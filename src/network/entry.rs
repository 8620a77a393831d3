//! Entries of closed lists, such as names: they belong to a record and are not records themselves.

use async_graphql::ID;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// The id of an entry: it tells entries apart, as clients that keep a cache want it, and cannot be
/// fetched by.
pub fn entry_id(kind: &str, id: Uuid) -> ID {
    URL_SAFE_NO_PAD.encode(format!("{kind}:{}", id.simple())).into()
}
