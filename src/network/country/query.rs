//! How countries are chosen and ordered.

use crate::delivery::delegation::DelegationListFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which countries.
    CountryFilter / CountryListFilter of country {
        /// By code.
        code: CountryCodeFilter => column(Code);
        /// By the common English name.
        name: TextFilter => column(SortName);
        /// By the delegations that they sent, or did not send.
        delegations: DelegationListFilter => many(delegation.CountryCode);
    }
}

order! {
    /// In which order countries are listed.
    CountryOrder / CountryOrderField of country by SortName Asc {
        /// The code.
        Code => Code,
        /// The common English name.
        Name => SortName,
    }
}
