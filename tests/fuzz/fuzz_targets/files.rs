//! A file, whatever it is: read to its end, or refused with a reason.
#![no_main]
#![allow(dead_code, reason = "the readers are used in part")]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;

#[path = "../../../src/exchange/import/columns/mod.rs"]
mod columns;
#[path = "../../../src/exchange/import/read/mod.rs"]
mod read;
#[path = "../../../src/text.rs"]
mod text;

fuzz_target!(|bytes: &[u8]| {
    let Ok((_, mut rows)) = read::read(Cursor::new(bytes.to_vec())) else { return };
    let mut last = None;
    while let Some(Ok(chunk)) = rows.blocking_recv() {
        for row in chunk {
            assert!(last.is_none_or(|last| row.line > last), "rows come in the order of the file, each in a line of its own");
            assert!(row.cells.len() <= read::MOST_COLUMNS);
            last = Some(row.line);
        }
    }
});
