//! How countries are chosen and ordered.

use async_graphql::Result;
use entity::{country, country_name};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition};

use crate::delivery::delegation::DelegationListFilter;
use crate::delivery::venue::VenueListFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::institution::InstitutionListFilter;
use crate::network::membership::MembershipListFilter;
use crate::provenance::observation::ObservationListFilter;

filter! {
    /// Which countries.
    CountryFilter / CountryListFilter of country {
        /// By code.
        code: CountryCodeFilter => column(Code);
        /// By ISO 3166-1 alpha-3 code.
        alpha3: ExactTextFilter => column(Alpha3);
        /// By any of its names, of every kind and language.
        name: TextFilter => by(named);
        /// By the groups that it belongs or belonged to.
        memberships: MembershipListFilter => many(membership.CountryCode);
        /// By the delegations that they sent, or did not send.
        delegations: DelegationListFilter => many(delegation.CountryCode);
        /// By the institutions that are established in it.
        institutions: InstitutionListFilter => many(institution.CountryCode);
        /// By the venues in it.
        venues: VenueListFilter => many(venue.CountryCode);
        /// By the statistics about it.
        observations: ObservationListFilter => many(observation.CountryCode);
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

/// One name fulfils the whole test.
fn named(filter: TextFilter, scope: &Scope<'_>) -> Result<Condition> {
    let name = Expr::col((country_name::Entity, country_name::Column::SearchText));
    let names = matching::<country_name::Entity>(
        country_name::Column::CountryCode,
        filter.test(name, scope)?,
        scope,
    );
    Ok(country::Column::Code.in_subquery(names).into())
}
