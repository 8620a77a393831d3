//! Who says so: sources, what they claim, and where they disagree.

pub mod citation;
pub mod claim;
pub mod finding;
pub mod indicator;
pub mod observation;
mod reconcile;
pub mod source;
pub mod statement;

#[cfg(test)]
pub(crate) mod fixtures;

pub(crate) use reconcile::{is_accepted, note_people, reconcile, store_findings};
pub use reconcile::{reconcile_former, sweep};
