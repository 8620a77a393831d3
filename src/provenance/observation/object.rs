//! What an observation shows.

use entity::citation;
use entity::vocabulary::{Comparator, CountBasis};

use super::ObservationFilter;
use super::query::ObservationOrder;
use crate::delivery::batch::Batch;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::graphql::scalars::Date;
use crate::network::country::Country;
use crate::network::programme::Programme;
use crate::network::regional_group::RegionalGroup;
use crate::people::person::Person;
use crate::provenance::citation::Citation;
use crate::provenance::indicator::Indicator;
use crate::provenance::source::Source;

object! {
    /// One value of an indicator, as a source states it.
    Observation of observation, chosen by ObservationFilter, ordered by ObservationOrder {
        /// The programme that it is quoted with; null where it is quoted with a batch, or with
        /// neither.
        maybe programme: Programme by programme_id;

        /// What is measured.
        one indicator: Indicator by indicator_id;

        /// The source that states it.
        one source: Source by source_id;

        /// The batch that it is quoted with; null where it is quoted with a programme, or with
        /// neither.
        maybe batch: Batch by batch_id;

        /// The country that was measured; null where it was a group, or neither is stated.
        maybe country: Country by country_code;

        /// The group of countries that was measured as a whole; null where it was one country, or
        /// neither is stated.
        maybe group: RegionalGroup by regional_group_id;

        /// Whom the source quotes for it; null where it quotes nobody, or the person is not public.
        maybe stated_by: Person by stated_by_id;

        /// Which further sources document it.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// The first day of the period; null where it is not stated.
        column period_from: Option<Date>;
        /// The last day of the period; null where it is not stated.
        column period_to: Option<Date>;
        /// What the period rests on: `REPORTED` where it is stated, `INFERRED` where it is
        /// concluded; null where there is no period or nothing is recorded.
        column period_basis: Option<CountBasis>;
        /// How the stated value relates to the true one.
        column comparator: Comparator;
        /// The value, in the unit of the indicator.
        column value: f64;
        /// Where in the source: "paragraph 4"; null where that is not recorded.
        column locator: Option<&str>;
    } {}
}
