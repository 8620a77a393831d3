//! What is held: batches and their workshops, who sends a delegation, who has which role, where, and about what.

pub mod batch;
pub mod delegation;
pub mod partnership;
pub mod topic;
pub mod venue;
pub mod workshop;
