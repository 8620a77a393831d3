//! What comes in and goes out as files, and how printed names become references.

pub mod iati;
pub mod import;
pub mod names;
pub mod package;
pub mod table;
pub mod workbook;
