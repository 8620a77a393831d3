//! How far an import has come, for whoever looks.

use std::io::{IsTerminal, Write};

/// A line that tells on a terminal how far it is; nothing where nobody looks.
pub(super) struct Bar {
    what: &'static str,
    seen: bool,
}

impl Bar {
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, seen: std::io::stderr().is_terminal() }
    }

    pub(super) fn tell(&self, rows: u64, of: Option<u64>) {
        if !self.seen {
            return;
        }
        let mut out = std::io::stderr();
        let _ = match of.filter(|of| *of > 0) {
            Some(of) => {
                let done = usize::try_from(rows.min(of) * 40 / of).unwrap_or(40);
                write!(out, "\r[{}{}] {rows} of {of} rows {}", "#".repeat(done), " ".repeat(40 - done), self.what)
            }
            None => write!(out, "\r{rows} rows {}", self.what),
        };
        let _ = out.flush();
    }

    pub(super) fn end(&self) {
        if self.seen {
            let _ = writeln!(std::io::stderr());
        }
    }
}
