//! Who attended, who did not, and of whom nothing is known.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use chrono::NaiveDate;
use entity::id::{BatchId, CountryCode, RegionalGroupId};
use entity::vocabulary::{DelegationStatus, Representation};
use entity::{batch, delegation, membership};
use futures::future::try_join;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect};

use crate::delivery::batch::BatchFilter;
use crate::engine::reference::Records;
use crate::graphql::context::LoadRows;
use crate::graphql::context::RequestContext;
use crate::graphql::edge::Edge;
use crate::graphql::filter::{Filter, Scope, matching};
use crate::graphql::loader::Key;
use crate::graphql::order::OrderDirection;
use crate::graphql::scalars::Date;
use crate::network::country::Country;
use crate::rule::dates::{MembershipCertainty, member_on};

/// What is known of a member's attendance at some batches. Three values: a country of which nothing
/// settles the question is unknown, never absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attendance {
    /// It attended at least one of them.
    Attended,
    /// It attended none that is known, and at least once it is known to have sent nobody.
    SentNobody,
    /// Nothing settles it.
    Unknown,
}

/// The attendance of one country, given the accepted statuses of all its delegations at the batches
/// in question.
pub fn attendance(statuses: impl IntoIterator<Item = Option<DelegationStatus>>) -> Attendance {
    use DelegationStatus::{Attended, Declined, NoShow, NotSent, Withdrawn};
    let mut known = Attendance::Unknown;
    for status in statuses.into_iter().flatten() {
        match status {
            Attended => return Attendance::Attended,
            Declined | Withdrawn | NoShow | NotSent => known = Attendance::SentNobody,
            DelegationStatus::Invited
            | DelegationStatus::Nominated
            | DelegationStatus::Confirmed => {}
        }
    }
    known
}

/// Whom to take for the members of a group.
#[derive(Clone, Copy, Debug)]
pub struct AsOf {
    /// On which day.
    pub day: NaiveDate,
    /// Whether those are left out whose membership may have begun later.
    pub only_certain: bool,
}

/// The members of a group at a date, by what is known of their attendance.
pub struct MembersAttendanceAggregates {
    as_of: NaiveDate,
    members: BTreeMap<CountryCode, (MembershipCertainty, Attendance)>,
}

/// The members of a group at a date, by what is known of their attendance: each stands in exactly
/// one of the lists `attended`, `sentNobody` and `unknown`.
#[Object]
impl MembersAttendanceAggregates {
    /// The date as at which the members were taken.
    async fn as_of(&self) -> Date {
        Date(self.as_of)
    }

    /// All members at that date: full members of an organisation, parties to a treaty. Ordered by
    /// code. Those of whose membership the first day is not known are among them, unless
    /// `onlyCertain` left them out.
    async fn members(&self) -> Records<Country> {
        self.chosen(|_| true)
    }

    /// Those among the members whose membership may have begun after that date, since its first day
    /// is not known. Each of them stands in one of the other lists too.
    async fn unknown_start(&self) -> Records<Country> {
        self.chosen(|(certainty, _)| certainty == MembershipCertainty::UnknownStart)
    }

    /// Those that attended at least one of the batches.
    async fn attended(&self) -> Records<Country> {
        self.countries(|known| known == Attendance::Attended)
    }

    /// Those that attended none of which it is known, and at least once declined, withdrew, did not
    /// come, or are said to have sent nobody.
    async fn sent_nobody(&self) -> Records<Country> {
        self.countries(|known| known == Attendance::SentNobody)
    }

    /// Those of which nothing settles it: nothing is recorded, they are merely invited, or sources
    /// contradict each other.
    async fn unknown(&self) -> Records<Country> {
        self.countries(|known| known == Attendance::Unknown)
    }
}

impl MembersAttendanceAggregates {
    fn countries(&self, wanted: impl Fn(Attendance) -> bool) -> Records<Country> {
        self.chosen(|(_, known)| wanted(known))
    }

    fn chosen(
        &self,
        wanted: impl Fn((MembershipCertainty, Attendance)) -> bool,
    ) -> Records<Country> {
        let codes =
            self.members.iter().filter(|member| wanted(*member.1)).map(|member| member.0.0.clone());
        Records::required(codes.map(Key::Code).collect())
    }
}

/// Sorts the members of `group` on `as_of` by what is known of their attendance at the batches that
/// match.
pub async fn members_attendance(
    ctx: &Context<'_>,
    group: RegionalGroupId,
    as_of: AsOf,
    batches: Option<BatchFilter>,
) -> Result<MembersAttendanceAggregates> {
    let reader = ctx.reader();
    let scope = Scope::new(reader);
    let which =
        batches.map(|filter| filter.condition(&scope)).transpose()?.unwrap_or_else(Condition::all);
    let parties = reader
        .visible()
        .select::<delegation::Entity>()
        .select_only()
        .columns([delegation::Column::CountryCode, delegation::Column::Status])
        .distinct()
        .filter(delegation::Column::Represents.eq(Representation::Country))
        .filter(delegation::Column::BatchId.in_subquery(matching::<batch::Entity>(
            batch::Column::Id,
            which,
            &scope,
        )));
    let db = reader.heavy().clone();
    let parties = reader.run(async move {
        parties.into_tuple::<(CountryCode, Option<DelegationStatus>)>().all(&db).await
    });
    let (members, parties) = try_join(memberships(ctx, group), parties).await?;
    Ok(sorted(&members, as_of, parties))
}

/// Sorts the members of a group on `as_of` by what is known of their attendance at one batch.
pub async fn members_attendance_at(
    ctx: &Context<'_>,
    group: RegionalGroupId,
    as_of: AsOf,
    batch: BatchId,
) -> Result<MembersAttendanceAggregates> {
    let order = vec![(delegation::Column::SortName, OrderDirection::Asc)];
    let parties = ctx.rows(
        Edge::<delegation::Entity>::by(delegation::Column::BatchId),
        Key::Id(batch.0),
        order,
    );
    let (members, parties) = try_join(memberships(ctx, group), parties).await?;
    let parties = parties.into_iter().filter(|party| party.represents == Representation::Country);
    let parties = parties.filter_map(|party| Some((party.country_code.clone()?, party.status)));
    Ok(sorted(&members, as_of, parties.collect()))
}

async fn memberships(
    ctx: &Context<'_>,
    group: RegionalGroupId,
) -> Result<Vec<Arc<membership::Model>>> {
    let order = vec![(membership::Column::SortDate, OrderDirection::Asc)];
    ctx.rows(
        Edge::<membership::Entity>::by(membership::Column::RegionalGroupId),
        Key::Id(group.0),
        order,
    )
    .await
}

fn sorted(
    memberships: &[Arc<membership::Model>],
    as_of: AsOf,
    parties: Vec<(CountryCode, Option<DelegationStatus>)>,
) -> MembersAttendanceAggregates {
    let mut statuses: BTreeMap<CountryCode, Vec<Option<DelegationStatus>>> = BTreeMap::new();
    for (code, status) in parties {
        statuses.entry(code).or_default().push(status);
    }
    let known = |code: &CountryCode| attendance(statuses.get(code).into_iter().flatten().copied());
    let mut members: BTreeMap<CountryCode, (MembershipCertainty, Attendance)> = BTreeMap::new();
    for row in memberships {
        let Some(certainty) = member_on(row, as_of.day) else { continue };
        if as_of.only_certain && certainty != MembershipCertainty::Certain {
            continue;
        }
        // Of several memberships the most certain one counts.
        let code = &row.country_code;
        let member = members.entry(code.clone()).or_insert_with(|| (certainty, known(code)));
        member.0 = member.0.min(certainty);
    }
    MembersAttendanceAggregates { as_of: as_of.day, members }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_attendance_outweighs_any_number_of_absences_and_silence_is_not_absence() {
        use DelegationStatus::{Attended, Invited, NotSent};
        assert_eq!(attendance([]), Attendance::Unknown);
        assert_eq!(attendance([None, Some(Invited)]), Attendance::Unknown);
        assert_eq!(attendance([Some(NotSent), Some(Invited)]), Attendance::SentNobody);
        assert_eq!(attendance([Some(NotSent), Some(Attended), None]), Attendance::Attended);
    }
}
