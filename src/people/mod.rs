//! People, their posts, and what they do.

pub mod appointment;
pub mod engagement;
pub mod person;
