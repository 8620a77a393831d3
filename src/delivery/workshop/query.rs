//! How workshops are chosen and ordered.

use async_graphql::Result;
use entity::{batch, workshop};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition};

use crate::delivery::batch::{self as batches, BatchFilter};
use crate::delivery::partnership::PartnershipListFilter;
use crate::delivery::topic::TopicListFilter;
use crate::delivery::venue::VenueFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::people::engagement::EngagementListFilter;
use crate::provenance::citation::CitationListFilter;

filter! {
    /// Which workshops.
    WorkshopFilter / WorkshopListFilter of workshop {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By kind of activity.
        kind: WorkshopKindFilter => column(Kind);
        /// By what has been decided.
        status: WorkshopStatusFilter => column(Status);
        /// By title.
        title: TextFilter => column(SearchText);
        /// By the first day.
        starts_on: DateFilter => column(StartsOn);
        /// By the last day.
        ends_on: DateFilter => column(EndsOn);
        /// By the year of the first day, else of the last, else of its batch.
        year: IntFilter => year(SortDate);
        /// By days that it has in common with a period; where its own are not known, by those of
        /// its batch.
        overlaps: PeriodFilter => by(overlapping);
        /// By its batch.
        batch: BatchFilter => one(BatchId in batch);
        /// By its own venue.
        venue: VenueFilter => one(VenueId in venue);
        /// By what it is about.
        topics: TopicListFilter => through(workshop_topic.WorkshopId/TopicId to topic);
        /// By who has a role in it.
        partnerships: PartnershipListFilter => many(partnership.WorkshopId);
        /// By what people do at it.
        engagements: EngagementListFilter => many(engagement.WorkshopId);
        /// By the sources that document it.
        citations: CitationListFilter => many(citation.SubjectId);
    }
}

order! {
    /// In which order workshops are listed.
    WorkshopOrder / WorkshopOrderField of workshop by SortDate Asc, Position Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The first day, else the last day, else the date of the batch.
        Date => SortDate,
        /// The key.
        Key => Key,
        /// The place within the batch.
        Position => Position,
    }
}

fn overlapping(period: PeriodFilter, scope: &Scope<'_>) -> Result<Condition> {
    use workshop::Column::{BatchId, EndsOn, StartsOn};
    let day = |column: workshop::Column| Expr::col((workshop::Entity, column));
    let own = period.overlaps(day(StartsOn), day(EndsOn))?;
    let of_batch =
        matching::<batch::Entity>(batch::Column::Id, batches::overlapping(period, scope)?, scope);
    let undated = Condition::all().add(StartsOn.is_null()).add(EndsOn.is_null());
    Ok(Condition::any().add(own).add(undated.add(BatchId.in_subquery(of_batch))))
}
