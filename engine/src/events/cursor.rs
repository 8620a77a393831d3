//! A place in the log, as clients keep it.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// A place in the log: in which history of it, and behind which event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LogCursor {
    /// Changes when a restore takes the log back.
    pub epoch: Uuid,
    /// The position of the last event before the place; 0 at the beginning.
    pub position: i64,
}

/// A text that is no place in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoCursor;

impl LogCursor {
    /// Another place in the same history.
    #[must_use]
    pub fn at(self, position: i64) -> Self {
        Self { position, ..self }
    }
}

impl fmt::Display for LogCursor {
    /// Opaque, for clients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(format!(
            "log:{}:{}",
            self.epoch.simple(),
            self.position
        )))
    }
}

impl FromStr for LogCursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NoCursor)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| NoCursor)?;
        let (epoch, position) =
            text.strip_prefix("log:").and_then(|rest| rest.split_once(':')).ok_or(NoCursor)?;
        let epoch = epoch.parse().map_err(|_| NoCursor)?;
        let position = position.parse().ok().filter(|position| *position >= 0).ok_or(NoCursor)?;
        Ok(Self { epoch, position })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is() {
        let cursor = LogCursor { epoch: Uuid::from_u128(7), position: 42 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let negative = format!("log:{}:-1", cursor.epoch.simple());
        for wrong in
            ["", "x", "ä", &encode("log:"), &encode("log:x:1"), &encode(&negative), &encode("[1]")]
        {
            assert_eq!(wrong.parse::<LogCursor>(), Err(NoCursor), "{wrong}");
        }
    }
}
