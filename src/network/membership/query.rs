//! How memberships are chosen and ordered.

use async_graphql::Result;
use chrono::{Days, NaiveTime};
use entity::membership;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition};

use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::graphql::scalars::Date;
use crate::network::regional_group::RegionalGroupFilter;

filter! {
    /// Which memberships.
    MembershipFilter / MembershipListFilter of membership {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By group.
        group: RegionalGroupFilter => one(RegionalGroupId in regional_group);
        /// By country.
        country: CountryCodeFilter => column(CountryCode);
        /// By quality.
        kind: MembershipKindFilter => column(Kind);
        /// By the first day.
        valid_from: DateFilter => column(ValidFrom);
        /// By the last day.
        valid_to: DateFilter => column(ValidTo);
        /// Those in force on this day. Without a first day a membership counts as in force from the
        /// start, without a last day as still in force.
        as_of: Date => by(in_force_on);
        /// Those in force on this day for certain: not those whose first day is not known and may
        /// lie behind it. A membership without a first day is certain on its last day, and from the
        /// day on which it entered the register.
        certain_as_of: Date => by(certain_on);
    }
}

order! {
    /// In which order memberships are listed.
    MembershipOrder / MembershipOrderField of membership by SortDate Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The first day; memberships without one stand before all others.
        ValidFrom => SortDate,
    }
}

/// The same definition as in [`dates`](crate::rule::dates), in SQL.
fn in_force_on(day: Date, _: &Scope<'_>) -> Result<Condition> {
    use membership::Column::{SortDate, ValidTo};
    // The sort date of a membership without a first day lies before all others.
    Ok(Condition::all().add(SortDate.lte(day.0)).add(ValidTo.is_null().or(ValidTo.gte(day.0))))
}

/// The same of what is certain.
fn certain_on(day: Date, scope: &Scope<'_>) -> Result<Condition> {
    use membership::Column::{CreatedAt, ValidFrom, ValidTo};
    // Recorded on that day or before.
    let next = day.0.checked_add_days(Days::new(1)).unwrap_or(day.0).and_time(NaiveTime::MIN);
    let begun = Condition::any()
        .add(ValidFrom.is_not_null())
        .add(ValidTo.eq(day.0))
        .add(CreatedAt.lt(next.and_utc()));
    Ok(in_force_on(day, scope)?.add(begun))
}
