//! What is held, and who comes.

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
