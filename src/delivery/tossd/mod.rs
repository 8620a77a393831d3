//! What a delegation is in the columns of TOSSD (Total Official Support for Sustainable
//! Development, <https://www.tossd.org>): those of the published data file (2019–2024) that follow
//! from what the register keeps. Nothing is valued, added up or shared out for them.

mod activity;
mod codes;
mod read;

pub use activity::TossdActivity;
