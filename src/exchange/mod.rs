//! Taking records in and giving them out, as files.

pub mod package;
