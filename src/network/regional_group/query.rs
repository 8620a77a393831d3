//! How groups are chosen and ordered.

use async_graphql::Result;
use entity::regional_group;
use sea_orm::Condition;
use sea_orm::sea_query::Expr;

use crate::delivery::partnership::PartnershipListFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::membership::MembershipListFilter;
use crate::network::programme::ProgrammeListFilter;
use crate::provenance::observation::ObservationListFilter;

filter! {
    /// Which groups.
    RegionalGroupFilter / RegionalGroupListFilter of regional_group {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By what binds it together.
        kind: RegionalGroupKindFilter => column(Kind);
        /// By acronym.
        acronym: ExactTextFilter => column(Acronym);
        /// By name: `contains` looks in the names of all languages and the acronym, the other
        /// operators at the English name.
        name: TextFilter => by(named);
        /// By who belongs or belonged to it.
        memberships: MembershipListFilter => many(membership.RegionalGroupId);
        /// By the programmes that address its members.
        programmes: ProgrammeListFilter => many(programme.RegionalGroupId);
        /// By the roles that it holds.
        partnerships: PartnershipListFilter => many(partnership.RegionalGroupId);
        /// By the statistics about it.
        observations: ObservationListFilter => many(observation.RegionalGroupId);
    }
}

order! {
    /// In which order groups are listed.
    RegionalGroupOrder / RegionalGroupOrderField of regional_group by SortName Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The English name.
        Name => SortName,
    }
}

fn named(filter: TextFilter, scope: &Scope<'_>) -> Result<Condition> {
    use regional_group::Column::{SearchText, SortName};
    let test = |column| filter.clone().test(Expr::col((regional_group::Entity, column)), scope);
    Ok(Condition::any().add(test(SortName)?).add(test(SearchText)?))
}
