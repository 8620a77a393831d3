//! How delegations are chosen and ordered.

use async_graphql::Result;
use entity::vocabulary::ClaimProperty;
use entity::{batch, delegation};
use sea_orm::{ColumnTrait, Condition};

use crate::delivery::batch::{self as batches, BatchFilter};
use crate::delivery::part::BatchPartListFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::institution::InstitutionFilter;
use crate::network::regional_group::RegionalGroupFilter;
use crate::people::engagement::EngagementListFilter;
use crate::plans::action_plan::ActionPlanListFilter;
use crate::provenance::citation::CitationListFilter;
use crate::provenance::claim::ClaimListFilter;
use crate::provenance::finding::{FindingListFilter, contradicted};

filter! {
    /// Which delegations.
    DelegationFilter / DelegationListFilter of delegation {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By the country whose party it is.
        country: CountryCodeFilter => column(CountryCode);
        /// By accepted status.
        status: DelegationStatusFilter => column(Status);
        /// By the year of the first day of its batch, else of the last.
        year: IntFilter => year(SortDate);
        /// By days that its batch has in common with a period.
        overlaps: PeriodFilter => by(overlapping);
        /// By whom it stands for.
        represents: RepresentationFilter => column(Represents);
        /// By as what it takes part.
        category: DelegationCategoryFilter => column(Category);
        /// By what tells it from another party of the same country, institution or group.
        label: ExactTextFilter => column(Label);
        /// By the lower bound of the accepted number of its people, in persons.
        headcount_min: IntFilter => column(HeadcountMin);
        /// By the upper bound of the accepted number of its people, in persons.
        headcount_max: IntFilter => column(HeadcountMax);
        /// By the lower bound of its person-days.
        person_days_min: IntFilter => column(PersonDaysMin);
        /// By the upper bound of its person-days.
        person_days_max: IntFilter => column(PersonDaysMax);
        /// By what its country says of what is recorded.
        country_position: CountryPositionFilter => column(CountryPosition);
        /// By when the record last changed.
        updated_at: DateTimeFilter => column(UpdatedAt);
        /// By its batch.
        batch: BatchFilter => one(BatchId in batch);
        /// By the institution that it stands for or that sent it.
        institution: InstitutionFilter => one(InstitutionId in institution);
        /// By the group that is the party itself.
        group: RegionalGroupFilter => one(RegionalGroupId in regional_group);
        /// By the parts of the batch in which it took part.
        parts: BatchPartListFilter
            => through(delegation_part.DelegationId/PartId to batch_part);
        /// By what it undertakes at home.
        action_plans: ActionPlanListFilter => many(action_plan.DelegationId);
        /// By its people, as far as you may see them.
        engagements: EngagementListFilter => many(engagement.DelegationId);
        /// By what sources state about it.
        claims: ClaimListFilter => many(claim.DelegationId);
        /// By the findings about it.
        findings: FindingListFilter => many(finding.SubjectId);
        /// Whether sources contradict each other about a property of it, and none is preferred:
        /// there is a finding
        /// `VALUE_CONFLICT` of the property, open or explained.
        has_conflict: ClaimProperty => by(conflicting);
        /// By the sources that document it.
        citations: CitationListFilter => many(citation.SubjectId);
    }
}

order! {
    /// In which order delegations are listed.
    DelegationOrder / DelegationOrderField of delegation by SortName Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The date of the batch.
        Date => SortDate,
        /// The accepted number of its people: its lower bound, else its upper one; an unknown
        /// number is less than any other.
        Headcount => SortHeadcount,
        /// The key.
        Key => Key,
        /// The English name of the country or group, else the name of the institution.
        Name => SortName,
        /// When it last changed.
        UpdatedAt => UpdatedAt,
    }
}

fn overlapping(period: PeriodFilter, scope: &Scope<'_>) -> Result<Condition> {
    let condition = batches::overlapping(period, scope)?;
    let batches = matching::<batch::Entity>(batch::Column::Id, condition, scope);
    Ok(delegation::Column::BatchId.in_subquery(batches).into())
}

fn conflicting(property: ClaimProperty, scope: &Scope<'_>) -> Result<Condition> {
    Ok(delegation::Column::Id.in_subquery(contradicted(property, scope)).into())
}
