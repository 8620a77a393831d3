//! Who asks or writes.

use std::fmt;

/// Who asks or writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody on the network, unknown.
    Anonymous,
    /// Whoever runs the program on the machine of the register.
    Operator,
}

impl fmt::Display for Actor {
    /// The name under which the log keeps the actor.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anonymous => "anonymous",
            Self::Operator => "operator",
        })
    }
}
