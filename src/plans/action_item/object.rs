//! What it shows.

use super::ActionItemFilter;
use crate::graphql::object::object;

object! {
    /// The things that a plan undertakes.
    ActionItem of action_item, chosen by ActionItemFilter {
    } {
    }
}
