//! The engine of reads: nouns as data, one plan for each document, a statement for each level, and
//! the rows written as JSON.
//!
//! It knows no noun. A [`Noun`] says what one shows; a [`Plan`](plan::Plan) is what a document
//! wants of them, made once and kept with the document; [`fetch`] reads the rows level by level,
//! and the [writer](mod@write) writes the answer in one walk over plan and rows. Who may see what
//! is part of each statement.

pub mod answer;
pub mod collect;
pub mod computed;
pub mod fetch;
pub mod keyset;
pub mod lookup;
pub mod node;
pub mod noun;
pub mod object;
pub mod own;
pub mod plan;
pub mod planner;
pub mod reads;
pub mod reference;
pub mod register;
pub mod statement;
pub mod table;
pub mod value;
pub mod write;

pub use computed::Computed;
pub use noun::{Described, Field, FieldKind, Noun};
