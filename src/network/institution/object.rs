//! What it shows.

use super::InstitutionFilter;
use crate::graphql::object::object;

object! {
    /// Bodies of any kind, with their names as at a date.
    Institution of institution, chosen by InstitutionFilter {
    } {
    }
}
