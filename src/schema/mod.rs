//! The schema of the register: what stands at its roots, put together of all nouns, and how a
//! request to it is carried out.

pub mod execute;
mod lookups;
pub mod mutations;
mod query;
pub mod root;
mod roots;
pub mod subscribe;

use async_graphql::{Schema, SchemaBuilder, ValidationMode};

use self::mutations::Mutations;
use self::root::Root;
pub use self::roots::{CODE, ROOTS};
use crate::eventlog::Subscription;

/// The schema of the register.
pub type ApiSchema = Schema<Root, Mutations, Subscription>;

/// The schema, without anything that a request needs to run: it is the same for every process.
pub fn schema() -> SchemaBuilder<Root, Mutations, Subscription> {
    // Documents are validated, and their depth is bounded, in front of execution (`request`).
    Schema::build(Root, Mutations, Subscription)
        .validation_mode(ValidationMode::Fast)
        .limit_recursive_depth(usize::MAX)
}
