//! What it shows.

use super::PersonFilter;
use crate::graphql::object::object;

object! {
    /// People in public roles.
    Person of person, chosen by PersonFilter {
    } {
    }
}
