//! Designs that are run again and again, and umbrellas over such.

pub mod rules;
