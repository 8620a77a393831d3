//! Who may do what: accounts, what they have been granted, their tokens, and where they are
//! reminded by mail.

pub mod account;
pub mod grant;
pub mod reminder_mail;
pub mod token;
