//! What stands in a cell: a date, a number of people, a formula, nothing.
#![no_main]
#![allow(dead_code, unused_imports, reason = "the readers are used in part")]

use jejaring_engine::{phrase, rule, text};
use libfuzzer_sys::fuzz_target;

#[path = "../../../src/exchange/import/cells.rs"]
mod cells;
#[path = "../../../src/exchange/import/dates/mod.rs"]
mod dates;

fuzz_target!(|written: &str| {
    for order in [None, Some(dates::DayOrder::DayFirst), Some(dates::DayOrder::MonthFirst)] {
        let _ = dates::day(written, order);
        if let Ok((first, last)) = dates::days(written, order) {
            assert!(first.date <= last.last(), "{written:?}");
        }
    }
    let clean = cells::clean(written);
    let _ = (cells::is_formula(written), cells::is_nothing(&clean), cells::whole(&clean));
    let _ = (cells::number_of_run(&clean), cells::number_in(&clean), cells::language(&clean));
    if let Ok(count) = cells::count(&clean) {
        assert!(count.min.zip(count.max).is_none_or(|(min, max)| min <= max), "{written:?}");
    }
});
