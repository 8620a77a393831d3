//! Who may do what.

vocabulary! {
    /// What an account may do.
    GrantRole {
        /// Keeps the records of one institution.
        Officer,
        /// Speaks for one country: says whether what is recorded of its delegations is right.
        FocalPoint,
        /// Ranks claims and explains findings anywhere.
        Curator,
        /// Manages accounts, grants and tokens.
        Administrator,
        /// Reads drafts, guesses, history and what concerns accounts; no participants. Writes
        /// nothing.
        Auditor,
    }

    /// What a token may be used for.
    TokenScope {
        /// To read what its account may see.
        Read,
        /// To write what its account may write.
        Write,
        /// To manage accounts, grants and tokens, as far as its account may.
        Administer,
        /// To read what is due as a calendar, at an address that has the token in it. Such a token
        /// has no other scope.
        Calendar,
    }
}
