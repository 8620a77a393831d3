//! How far an import has come, for whoever looks.

use std::io::{IsTerminal, Write};

use crate::phrase::say;

/// A line that tells on a terminal how far it is; nothing where nobody looks.
pub(super) struct Bar<'a> {
    language: &'a str,
    seen: bool,
}

impl<'a> Bar<'a> {
    pub(super) fn new(language: &'a str) -> Self {
        Self { language, seen: std::io::stderr().is_terminal() }
    }

    /// How many rows have been read; or applied, of how many.
    pub(super) fn draw(&self, rows: u64, of: Option<u64>) {
        if !self.seen {
            return;
        }
        let mut out = std::io::stderr();
        let _ = match of {
            Some(all) => {
                let done = usize::try_from(rows.min(all) * 40 / all.max(1)).unwrap_or(40);
                let said = say!("{rows} of {all} rows applied", rows, all).translate(self.language);
                write!(out, "\r[{}{}] {said}", "#".repeat(done), " ".repeat(40 - done))
            }
            None => write!(out, "\r{}", say!("{rows} rows read", rows).translate(self.language)),
        };
        let _ = out.flush();
    }

    pub(super) fn end(&self) {
        if self.seen {
            let _ = writeln!(std::io::stderr());
        }
    }
}
