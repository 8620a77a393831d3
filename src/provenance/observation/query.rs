//! How observations are chosen and ordered.

use crate::delivery::batch::BatchFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::programme::ProgrammeFilter;
use crate::network::regional_group::RegionalGroupFilter;
use crate::people::person::PersonFilter;
use crate::provenance::citation::CitationListFilter;
use crate::provenance::indicator::IndicatorFilter;
use crate::provenance::source::SourceFilter;

filter! {
    /// Which observations.
    ObservationFilter / ObservationListFilter of observation {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By what is measured.
        indicator: IndicatorFilter => one(IndicatorId in indicator);
        /// By the source that states it.
        source: SourceFilter => one(SourceId in source);
        /// By the country that was measured.
        country: CountryCodeFilter => column(CountryCode);
        /// By the group of countries that was measured.
        group: RegionalGroupFilter => one(RegionalGroupId in regional_group);
        /// By the programme that it is quoted with.
        programme: ProgrammeFilter => one(ProgrammeId in programme);
        /// By the batch that it is quoted with.
        batch: BatchFilter => one(BatchId in batch);
        /// By the first day of the period.
        period_from: DateFilter => column(PeriodFrom);
        /// By the last day of the period.
        period_to: DateFilter => column(PeriodTo);
        /// By whom the source quotes.
        stated_by: PersonFilter => one(StatedById in person);
        /// By what further documents it.
        citations: CitationListFilter => many(citation.SubjectId);
    }
}

order! {
    /// In which order observations are listed.
    ObservationOrder / ObservationOrderField of observation by SortDate Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The first day of the period, else the last; observations without one stand behind all
        /// others.
        Period => SortDate,
    }
}
