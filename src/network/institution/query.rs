//! How institutions are chosen and ordered.

use async_graphql::Result;
use entity::{institution, institution_ancestor, institution_name};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition};

use super::identifier::{InstitutionIdentifierFilter, identified};
use super::involved::involved;
use crate::delivery::batch::{BatchFilter, BatchListFilter};
use crate::delivery::delegation::DelegationListFilter;
use crate::delivery::partnership::PartnershipListFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::programme::ProgrammeListFilter;
use crate::people::appointment::AppointmentListFilter;
use crate::people::engagement::EngagementListFilter;
use crate::plans::outcome::OutcomeListFilter;
use crate::provenance::claim::ClaimListFilter;
use crate::provenance::source::SourceListFilter;

filter! {
    /// Which institutions.
    InstitutionFilter / InstitutionListFilter of institution {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By any of its names and acronyms, of every language and time.
        name: TextFilter => by(named);
        /// By what others know it by.
        identifier: InstitutionIdentifierFilter => by(identified);
        /// By what kind of body it is.
        kind: InstitutionKindFilter => column(Kind);
        /// By the country in which it is established.
        country: CountryCodeFilter => column(CountryCode);
        /// By the city of its seat.
        city: ExactTextFilter => column(City);
        /// By the body that it is directly part of.
        parent: InstitutionFilter => one(ParentId in institution);
        /// By the bodies that are directly part of it.
        children: InstitutionListFilter => many(institution.ParentId);
        /// Those beneath a body that matches, on any level; not that body itself.
        within: InstitutionFilter => by(within);
        /// By the record that it was merged into. `not: {mergedInto: {}}` leaves merged records
        /// out.
        merged_into: InstitutionFilter => one(MergedIntoId in institution);
        /// Those that had to do with a batch that matches, or have a body beneath them that had:
        /// through a role in the batch, in one of its workshops or in its programme, a delegation
        /// sent, somebody engaged for it, or as owner of the batch.
        involved_in: BatchFilter => by(involved);
        /// By the roles that it holds.
        partnerships: PartnershipListFilter => many(partnership.InstitutionId);
        /// By the delegations that it sent.
        delegations: DelegationListFilter => many(delegation.InstitutionId);
        /// By the programmes whose record its officers keep.
        owned_programmes: ProgrammeListFilter => many(programme.OwnerId);
        /// By the batches whose record its officers keep.
        owned_batches: BatchListFilter => many(batch.OwnerId);
        /// By the posts at it.
        appointments: AppointmentListFilter => many(appointment.InstitutionId);
        /// By what people do for it.
        engagements: EngagementListFilter => many(engagement.InstitutionId);
        /// By the outcomes that concern it.
        outcomes: OutcomeListFilter => many(outcome.InstitutionId);
        /// By the sources that it published.
        published_sources: SourceListFilter => many(source.PublisherId);
        /// By what sources claim of it.
        claims: ClaimListFilter => many(claim.InstitutionId);
    }
}

order! {
    /// In which order institutions are listed.
    InstitutionOrder / InstitutionOrderField of institution by SortName Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The present common name.
        Name => SortName,
        /// When it last changed.
        UpdatedAt => UpdatedAt,
    }
}

/// One name fulfils the whole test.
fn named(filter: TextFilter, scope: &Scope<'_>) -> Result<Condition> {
    let name = Expr::col((institution_name::Entity, institution_name::Column::SearchText));
    let names = matching::<institution_name::Entity>(
        institution_name::Column::InstitutionId,
        filter.test(name, scope)?,
        scope,
    );
    Ok(institution::Column::Id.in_subquery(names).into())
}

fn within(filter: InstitutionFilter, scope: &Scope<'_>) -> Result<Condition> {
    use institution_ancestor::Column::{AncestorId, Depth, InstitutionId};
    let bodies =
        matching::<institution::Entity>(institution::Column::Id, filter.condition(scope)?, scope);
    let beneath = Condition::all().add(Depth.gt(0)).add(AncestorId.in_subquery(bodies));
    let beneath = matching::<institution_ancestor::Entity>(InstitutionId, beneath, scope);
    Ok(institution::Column::Id.in_subquery(beneath).into())
}
