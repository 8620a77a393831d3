//! One cell of a cube, as the API shows it.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Result};
use entity::vocabulary::DelegationStatus;
use sea_orm::Iterable;

use super::count::Count;
use super::header::AttendanceHeader;
use super::page::Page;
use super::statement::{Behind, key_of};
use super::sums::{ActionPlanCount, PeopleCount, PersonDays, int};
use super::{Cube, Place};
use crate::delivery::delegation::Delegation;
use crate::engine::reference::Records;
use crate::graphql::context::RequestContext;
use crate::graphql::loader::Key;
use crate::graphql::page::size;

/// What is known of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AttendanceState {
    /// At least one delegation attended.
    Attended,
    /// None attended, and that is known of all that are recorded: a known zero.
    Nobody,
    /// No delegation is recorded, or none is known to have attended while that of some is not
    /// settled: not a zero.
    Unknown,
}

/// One cell of a cube.
#[derive(Clone, Debug)]
pub struct AttendanceCell {
    pub(super) cube: Arc<Cube>,
    /// The cells that it was read with.
    pub(super) page: Arc<Page>,
    pub(super) place: Place,
    pub(super) counts: BTreeMap<Count, i64>,
    /// How many delegations attended in all cells, where that was asked for.
    pub(super) attended_in_all: i64,
    pub(super) people: Option<PeopleCount>,
    pub(super) person_days: Option<PersonDays>,
    pub(super) median: Option<f64>,
    pub(super) plans: Option<ActionPlanCount>,
}

/// One cell of a cube.
#[Object(name = "AttendanceCellAggregates")]
impl AttendanceCell {
    /// The row that it stands in; null in totals of columns.
    async fn row(&self) -> Option<AttendanceHeader> {
        self.cube.rows.map(|dimension| AttendanceHeader::new(dimension, &self.place.0))
    }

    /// The column that it stands in; null in totals of rows, and where the cube has no columns.
    async fn column(&self) -> Option<AttendanceHeader> {
        self.cube.columns.map(|dimension| AttendanceHeader::new(dimension, &self.place.1))
    }

    /// What is known of it.
    async fn state(&self) -> AttendanceState {
        if self.count_of(Some(DelegationStatus::Attended)) > 0 {
            AttendanceState::Attended
        } else if self.of(Count::Delegations) == 0 || self.unsettled_parties() > 0 {
            AttendanceState::Unknown
        } else {
            AttendanceState::Nobody
        }
    }

    /// How many delegations there are, of these statuses where any are given.
    async fn count(
        &self,
        #[graphql(
            desc = "Which accepted statuses; all delegations unless given, also those whose status \
                    is not decided."
        )]
        status: Option<Vec<DelegationStatus>>,
    ) -> i32 {
        int(match status {
            None => self.of(Count::Delegations),
            Some(wanted) => DelegationStatus::iter()
                .filter(|status| wanted.contains(status))
                .map(|status| self.count_of(Some(status)))
                .sum(),
        })
    }

    /// How many delegations are not settled: merely invited, nominated or confirmed, or sources
    /// contradict each other.
    async fn unsettled(&self) -> i32 {
        int(self.unsettled_parties())
    }

    /// How many different countries attended. Delegations of institutions are nobody's attendance
    /// but their own.
    async fn countries(&self) -> i32 {
        int(self.of(Count::Countries))
    }

    /// How many of these countries attended here for the first time: they had attended no earlier
    /// batch of the register, whichever batches the cube counts. Batches without a date count as
    /// the latest.
    async fn first_time(&self) -> i32 {
        int(self.of(Count::FirstTime))
    }

    /// How many of these countries came again: they had attended an earlier batch of the register.
    /// A country that attended here for the first time, and then once more, is among both.
    async fn returning(&self) -> i32 {
        int(self.of(Count::Returning))
    }

    /// The share of this cell in all delegations that attended, from 0 to 1; null where none
    /// attended. In cubes in which a delegation stands several times, such as by topic, the shares
    /// add up to more than 1.
    async fn share(&self) -> Option<f64> {
        let attended = self.count_of(Some(DelegationStatus::Attended));
        (self.attended_in_all > 0).then(|| attended as f64 / self.attended_in_all as f64)
    }

    /// How many batches there are.
    async fn batches(&self) -> i32 {
        int(self.of(Count::Batches))
    }

    /// The people who took part. Where the parties are told apart (by country, regional group or
    /// institution, or where delegations are chosen), the accepted headcounts of the delegations
    /// that attended; otherwise the accepted numbers of the batches.
    async fn people(&self) -> PeopleCount {
        self.people.clone().unwrap_or_default()
    }

    /// The days that these people spent.
    async fn person_days(&self) -> PersonDays {
        self.person_days.clone().unwrap_or_default()
    }

    /// The median of the numbers of people that `people` sums up, in persons: of a number with two
    /// bounds, what lies half way between them. Null where no number is accepted.
    async fn median_people(&self) -> Option<f64> {
        self.median
    }

    /// The action plans of the delegations; an error where the cube is as known at an earlier place
    /// of the log, since these are not restored.
    async fn action_plans(&self) -> ActionPlanCount {
        self.plans.clone().unwrap_or_default()
    }

    /// The delegations that are counted, whatever their status: by date of the batch, then by name.
    /// Where the cube is as known at an earlier place of the log, they are shown as they are today,
    /// and those that are void are left out.
    async fn delegations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100.", default = 20)] first: i32,
    ) -> Result<Records<Delegation>> {
        let limit = size("first", first, crate::graphql::page::LARGEST_PAGE)?;
        let (cube, page) = (self.cube.clone(), self.page.clone());
        let root = ctx.path_node.and_then(|path| path.to_string_vec().into_iter().next());
        let name = format!("{} {limit} {page:?} {root:?}", cube.name());
        let key = Key::Code(key_of(&self.place));
        let found = ctx.reader().load(name, || Behind { cube, page, limit }, key).await?;
        let keys = found.map(|keys| keys.to_vec()).unwrap_or_default();
        // Some of those that were known then may be void.
        Ok(if self.cube.then.is_some() { Records::seen(keys) } else { Records::required(keys) })
    }
}

impl AttendanceCell {
    fn of(&self, count: Count) -> i64 {
        *self
            .counts
            .get(&count)
            .unwrap_or_else(|| unreachable!("{count:?} is counted for the fields that show it"))
    }

    fn count_of(&self, status: Option<DelegationStatus>) -> i64 {
        self.of(Count::Status(status))
    }

    fn unsettled_parties(&self) -> i64 {
        use DelegationStatus::{Confirmed, Invited, Nominated};
        [None, Some(Invited), Some(Nominated), Some(Confirmed)]
            .into_iter()
            .map(|status| self.count_of(status))
            .sum()
    }
}
