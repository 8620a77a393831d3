//! Who asks, and what they may see.

mod actor;
mod visible;

pub use actor::Actor;
pub use visible::{Scoped, Visible};
