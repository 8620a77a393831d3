//! Claims: what sources state about a batch or a delegation, and the value that is accepted of it.

pub mod accepted;
pub mod stated;
pub(crate) mod value;

#[cfg(test)]
mod tests;
