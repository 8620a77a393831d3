//! A file, whatever it is: read to its end, or refused with a reason.
#![no_main]
#![allow(dead_code, unused_imports, reason = "the readers are used in part")]

use std::io::Cursor;

use jejaring_engine::{phrase, rule, text};
use libfuzzer_sys::fuzz_target;

#[path = "../../../src/exchange/import/cells.rs"]
mod cells;
#[path = "../../../src/exchange/import/columns/mod.rs"]
mod columns;
#[path = "../../../src/exchange/import/dates/mod.rs"]
mod dates;
/// What calendars of our own say of themselves, as `src/pages/calendar.rs` names it.
mod pages {
    pub const OWN_KEY: &str = "X-JEJARING-KEY";
    pub const OWN_NUMBER: &str = "X-JEJARING-NUMBER";
    pub const OWN_PROGRAMME: &str = "X-JEJARING-PROGRAMME";
    pub const OWN_VENUE: &str = "X-JEJARING-VENUE";
}
#[path = "../../../src/exchange/import/read/mod.rs"]
mod read;

fuzz_target!(|bytes: &[u8]| {
    let Ok((_, mut rows)) = read::read(Cursor::new(bytes.to_vec())) else { return };
    let mut last = None;
    while let Some(Ok(chunk)) = rows.blocking_recv() {
        for row in chunk {
            assert!(
                last.is_none_or(|last| row.line > last),
                "rows come in the order of the file, each in a line of its own"
            );
            assert!(row.cells.len() <= read::MOST_COLUMNS);
            last = Some(row.line);
        }
    }
});
