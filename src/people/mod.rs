//! People, the posts they hold, and what they do at batches and workshops.

pub mod appointment;
pub mod engagement;
pub mod person;
