//! Who may do what: accounts, what they have been granted, and their tokens.

pub mod account;
pub mod grant;
pub mod token;
