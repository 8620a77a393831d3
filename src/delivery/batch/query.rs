//! How batches are chosen and ordered.

use async_graphql::Result;
use entity::batch;
use entity::vocabulary::{BatchPhase, BatchStatus, ClaimProperty};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition};

use crate::delivery::delegation::DelegationListFilter;
use crate::delivery::part::BatchPartListFilter;
use crate::delivery::partnership::PartnershipListFilter;
use crate::delivery::topic::TopicListFilter;
use crate::delivery::venue::VenueListFilter;
use crate::delivery::workshop::WorkshopListFilter;
use crate::graphql::filter::*;
use crate::graphql::input::input;
use crate::graphql::order::order;
use crate::network::institution::InstitutionFilter;
use crate::network::programme::ProgrammeFilter;
use crate::people::engagement::EngagementListFilter;
use crate::plans::outcome::OutcomeListFilter;
use crate::provenance::citation::CitationListFilter;
use crate::provenance::claim::ClaimListFilter;
use crate::provenance::finding::{FindingListFilter, contradicted};
use crate::provenance::observation::ObservationListFilter;

filter! {
    /// Which batches.
    BatchFilter / BatchListFilter of batch {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By what has been decided.
        status: BatchStatusFilter => column(Status);
        /// By where it stands in time today.
        phase: BatchPhaseFilter => by(in_phase);
        /// By the accepted first day.
        starts_on: DateFilter => column(StartsOn);
        /// By the accepted last day.
        ends_on: DateFilter => column(EndsOn);
        /// By the year of the accepted first day, else of the last.
        year: IntFilter => year(SortDate);
        /// By days that it has in common with a period. Where one of its ends is not known, the
        /// other is its only day.
        overlaps: PeriodFilter => by(overlapping);
        /// By how it is attended.
        mode: DeliveryModeFilter => column(Mode);
        /// By which run of the programme it is: 1, 2 …
        ordinal: IntFilter => column(Ordinal);
        /// By the places there are, in persons.
        capacity: IntFilter => column(Capacity);
        /// By the lower bound of the accepted number of people, in persons.
        participants_min: IntFilter => column(ParticipantsMin);
        /// By the upper bound of the accepted number of people, in persons.
        participants_max: IntFilter => column(ParticipantsMax);
        /// By the lower bound of its person-days.
        person_days_min: IntFilter => column(PersonDaysMin);
        /// By the upper bound of its person-days.
        person_days_max: IntFilter => column(PersonDaysMax);
        /// By title. The whole text and its beginning are those of the accepted title, else of the
        /// programme's; `contains`
        /// looks into all titles that sources claim, the programme's title and the label; `isNull`
        /// tells whether a title is
        /// accepted.
        title: TextFilter => by(titled);
        /// By when the record last changed.
        updated_at: DateTimeFilter => column(UpdatedAt);
        /// By its programme.
        programme: ProgrammeFilter => one(ProgrammeId in programme);
        /// By the institution whose officers keep it.
        owner: InstitutionFilter => one(OwnerId in institution);
        /// By where it is held.
        venues: VenueListFilter => through(batch_venue.BatchId/VenueId to venue);
        /// By what it is about.
        topics: TopicListFilter => through(batch_topic.BatchId/TopicId to topic);
        /// By its delegations.
        delegations: DelegationListFilter => many(delegation.BatchId);
        /// By its parts.
        parts: BatchPartListFilter => many(batch_part.BatchId);
        /// By its activities.
        workshops: WorkshopListFilter => many(workshop.BatchId);
        /// By who has a role in the batch as a whole.
        partnerships: PartnershipListFilter => many(partnership.BatchId);
        /// By what people do at the batch as a whole.
        engagements: EngagementListFilter => many(engagement.BatchId);
        /// By its outcomes.
        outcomes: OutcomeListFilter => many(outcome.BatchId);
        /// By what sources state about it and about its delegations.
        claims: ClaimListFilter => many(claim.BatchId);
        /// By the findings that concern it.
        findings: FindingListFilter => many(finding.BatchId);
        /// Whether sources contradict each other about a property of it, and none is preferred:
        /// there is a finding
        /// `VALUE_CONFLICT` of the property, open or explained.
        has_conflict: ClaimProperty => by(conflicting);
        /// By the statistics quoted with it.
        observations: ObservationListFilter => many(observation.BatchId);
        /// By the sources that document it.
        citations: CitationListFilter => many(citation.SubjectId);
    }
}

order! {
    /// In which order batches are listed.
    BatchOrder / BatchOrderField of batch by SortDate Desc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The first day, else the last day; undated ones stand behind all others.
        Date => SortDate,
        /// The key.
        Key => Key,
        /// The number of delegations, whatever their status.
        Delegations => SortDelegations,
        /// The number of days, where both the first and the last are known to the day; an unknown
        /// number is less than any other.
        Duration => SortDuration,
        /// Which run of the programme it is; one without a number comes before the first.
        Ordinal => SortOrdinal,
        /// The accepted number of people: its lower bound, else its upper one; an unknown number is
        /// less than any other.
        Participants => SortParticipants,
        /// The title.
        Title => SortTitle,
        /// When it last changed.
        UpdatedAt => UpdatedAt,
    }
}

/// The condition on batches that they have days in common with a period.
pub(in crate::delivery) fn overlapping(period: PeriodFilter, _: &Scope<'_>) -> Result<Condition> {
    let day = |column: batch::Column| Expr::col((batch::Entity, column));
    period.overlaps(day(batch::Column::StartsOn), day(batch::Column::EndsOn))
}

fn conflicting(property: ClaimProperty, scope: &Scope<'_>) -> Result<Condition> {
    Ok(batch::Column::Id.in_subquery(contradicted(property, scope)).into())
}

input! {
    /// Tests where a batch stands in time.
    #[derive(Default)]
    pub struct BatchPhaseFilter {
        /// Equal to this.
        eq: Option<BatchPhase>,
        /// Equal to one of these.
        one_of as "in": Option<Vec<BatchPhase>>,
    }
}

/// The searched text holds several titles, so that no title is the whole of it; the ordering one is
/// a title.
fn titled(filter: TextFilter, scope: &Scope<'_>) -> Result<Condition> {
    use batch::Column::{SearchText, SortTitle, Title};
    let column = |column: batch::Column| Expr::col((batch::Entity, column));
    let (accepted, filter) = filter.apart();
    let titled = Condition::any()
        .add(filter.clone().test(column(SortTitle), scope)?)
        .add(filter.test(column(SearchText), scope)?);
    Ok(accepted.test(column(Title), scope)?.add(titled))
}

/// The same definition as [`phase`](super::phase), in SQL.
fn in_phase(filter: BatchPhaseFilter, scope: &Scope<'_>) -> Result<Condition> {
    use batch::Column::{EndsOn, StartsOn, Status};
    let today = scope.today();
    let past = Condition::any().add(EndsOn.lt(today)).add(
        Condition::all()
            .add(StartsOn.lte(today))
            .add(EndsOn.is_null())
            .add(Status.eq(BatchStatus::Closed)),
    );
    let of = |phase: BatchPhase| match phase {
        BatchPhase::Past => past.clone(),
        BatchPhase::Upcoming => StartsOn.gt(today).into(),
        BatchPhase::Ongoing => Condition::all().add(StartsOn.lte(today)).add(
            Condition::any()
                .add(EndsOn.gte(today))
                .add(Condition::all().add(EndsOn.is_null()).add(Status.ne(BatchStatus::Closed))),
        ),
        BatchPhase::Undated => {
            Condition::all().add(StartsOn.is_null()).add(EndsOn.is_null().or(EndsOn.gte(today)))
        }
    };
    let mut all = Condition::all().add_option(filter.eq.map(of));
    if let Some(phases) = filter.one_of {
        all = all.add(phases.into_iter().map(of).fold(Condition::any(), Condition::add));
    }
    Ok(all)
}
