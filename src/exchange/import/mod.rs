//! Files that officers hand in: spreadsheets, and what other systems export. `docs/IMPORT.md`
//! describes them.
//!
//! A file is read once. Its rows are kept, each with what it would change and why it would not;
//! nothing else is changed until somebody has seen that and says so. Then all of it is done in one
//! transaction or none: each row is planned again, by what is known then, with the rights of
//! whoever says so, and carried out by the rules that mutations use. When it is done, or not
//! wanted, the rows' cells are removed. What was done can be undone (`undo`).

mod apply;
mod applying;
mod carry;
mod cells;
mod changes;
mod columns;
mod dates;
mod header;
mod knowledge;
mod layout;
mod mapping;
mod mutation;
mod object;
mod plan;
mod progress;
mod query;
mod read;
mod remark;
mod row_parser;
mod rules;
mod staging;
mod tables;
mod undo;

pub use apply::apply;
pub use columns::{ColumnUse, MappedColumn, ShownColumn, fields, shown};
pub use dates::DayOrder;
pub use mapping::decisions::{Decision, decide, decide_all};
pub use mapping::{Saved, as_key, map, with_key};
pub use mutation::IMPORT_MUTATIONS;
pub use object::Import;
pub use query::{ImportFilter, ImportListFilter, ImportOrder, ImportOrderField};
pub use read::{Bytes, ReadError, held};
pub use remark::{Remark, Weight};
pub use rules::{Upload, UploadError, clear, discard, expire, table_named};
pub use staging::receive;
