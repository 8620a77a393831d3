//! What a membership shows.

use chrono::NaiveDate;
use entity::vocabulary::{DatePrecision, MembershipKind};
use entity::{citation, membership};

use super::MembershipFilter;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::graphql::scalars::Date;
use crate::network::country::Country;
use crate::network::regional_group::RegionalGroup;
use crate::provenance::citation::Citation;

/// Whether a membership was in force on a day. Without a first day it was so from the start, as far as known; without a last
/// day it still is.
pub fn in_force(membership: &membership::Model, day: NaiveDate) -> bool {
    membership.valid_from.is_none_or(|from| from <= day) && membership.valid_to.is_none_or(|to| day <= to)
}

/// Whether the country belongs to the group on a day: as a full member of an organisation or as a party to a treaty.
/// Associates, observers, candidates and partners do not: a group invites them or does not, and
/// nobody may say of them that they were expected and sent nobody.
pub fn is_member(membership: &membership::Model, day: NaiveDate) -> bool {
    matches!(membership.kind, MembershipKind::Full | MembershipKind::Party) && in_force(membership, day)
}

object! {
    /// That a country belonged to a group for a time. A country that left and came back has two.
    Membership of membership, chosen by MembershipFilter {
        /// The group.
        one group: RegionalGroup by regional_group_id;

        /// The country.
        one country: Country by country_code;

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// In which quality it belongs to the group.
        column kind: MembershipKind;
        /// The first day, of the period where only month or year is known; null means throughout, as far as known.
        column valid_from: Option<Date>;
        /// The last day, of the period where only month or year is known; null means until further notice.
        column valid_to: Option<Date>;
        /// How exactly the days are known.
        column precision: DatePrecision;
    } {}
}
