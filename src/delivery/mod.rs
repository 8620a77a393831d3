//! What is held, and who comes.

/// A file of `data/vocabularies`.
macro_rules! vocabulary_file {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/vocabularies/", $name, ".csv"))
    };
}

pub mod batch;
pub mod claims;
pub mod delegation;
pub mod part;
pub mod partnership;
pub mod tag;
pub mod topic;
pub mod tossd;
pub mod venue;
pub mod workshop;
