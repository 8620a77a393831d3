//! Who asks or writes.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::id::{AccountId, ApiTokenId, CountryCode, InstitutionId};
use entity::vocabulary::{GrantRole, TokenScope};

/// Who asks or writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody on the network, unknown.
    Anonymous,
    /// Whoever runs the program on the machine of the register.
    Operator,
    /// Somebody who has said who it is, and has shown it.
    Account(Arc<SignedIn>),
}

/// An account, and what it may do in this request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedIn {
    /// Which account.
    pub account: Option<AccountId>,
    /// The institutions of which it is an officer.
    pub institutions: BTreeSet<InstitutionId>,
    /// The countries of which it is a focal point.
    pub countries: BTreeSet<CountryCode>,
    /// Its roles.
    pub roles: BTreeSet<GrantRole>,
    /// What the token that was shown may be used for.
    pub scopes: BTreeSet<TokenScope>,
    /// The token that was shown, where it is one of the register.
    pub token: Option<ApiTokenId>,
    /// From when on what was shown is good for nothing.
    pub until: Option<DateTime<Utc>>,
}

/// Somebody without any right.
static NOBODY: SignedIn = SignedIn {
    account: None,
    institutions: BTreeSet::new(),
    countries: BTreeSet::new(),
    roles: BTreeSet::new(),
    scopes: BTreeSet::new(),
    token: None,
    until: None,
};

impl Actor {
    /// What the actor may do; nothing where nobody knows who it is. The operator is not asked for
    /// rights.
    pub fn rights(&self) -> &SignedIn {
        match self {
            Self::Account(signed_in) => signed_in,
            Self::Anonymous | Self::Operator => &NOBODY,
        }
    }
}

impl SignedIn {
    /// Whether the account has a role.
    pub fn is(&self, role: GrantRole) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the account writes anything anywhere.
    pub fn keeps_records(&self) -> bool {
        self.is(GrantRole::Officer) || self.is(GrantRole::Curator)
    }

    /// Whether the account may see what is not public of records that are not its own.
    pub fn oversees(&self) -> bool {
        self.is(GrantRole::Curator) || self.is(GrantRole::Auditor)
    }

    /// Whether the account may see accounts other than itself.
    pub fn sees_accounts(&self) -> bool {
        self.is(GrantRole::Administrator) || self.is(GrantRole::Auditor)
    }
}

impl fmt::Display for Actor {
    /// The name under which the log keeps the actor: of an account its id, never its name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Operator => f.write_str("operator"),
            Self::Account(signed_in) => match signed_in.account {
                Some(account) => account.fmt(f),
                None => f.write_str("anonymous"),
            },
        }
    }
}
