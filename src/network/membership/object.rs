//! What a membership shows.

use entity::citation;
use entity::vocabulary::{DatePrecision, MembershipKind};

use super::MembershipFilter;
use super::query::MembershipOrder;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::graphql::scalars::Date;
use crate::network::country::Country;
use crate::network::regional_group::RegionalGroup;
use crate::provenance::citation::Citation;

object! {
    /// That a country belonged to a group for a time. A country that left and came back has two.
    Membership of membership, chosen by MembershipFilter, ordered by MembershipOrder {
        /// The group.
        one group: RegionalGroup by regional_group_id;

        /// The country.
        one country: Country by country_code;

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// In which quality it belongs to the group.
        column kind: MembershipKind;
        /// The first day, of the period where only month or year is known; null where it is not
        /// known: what is asked as at a day counts the membership as in force throughout, and marks
        /// it as `UNKNOWN_START` before the day of which it is certain.
        column valid_from: Option<Date>;
        /// The last day, of the period where only month or year is known; null means until further
        /// notice.
        column valid_to: Option<Date>;
        /// How exactly the days are known.
        column precision: DatePrecision;
    } {}
}
