//! A place in the log, as clients keep it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// A place in the log: in which history of it, and behind which event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogCursor {
    /// Changes when a restore takes the log back.
    pub epoch: Uuid,
    /// The position of the last event before the place; 0 at the beginning.
    pub position: i64,
}

impl fmt::Display for LogCursor {
    /// Opaque, for clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(format!("log:{}:{}", self.epoch.simple(), self.position)))
    }
}
