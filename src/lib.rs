//! Jejaring.
