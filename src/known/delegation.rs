//! A delegation at an earlier place of the log.

use std::sync::Arc;

use async_graphql::{ID, Object};
use entity::vocabulary::{
    BatchStatus, Comparator, CountryPosition, DelegationCategory, DelegationStatus, RecordKind,
    Representation,
};
use entity::{batch, delegation};

use crate::delivery::batch::Batch;
use crate::delivery::delegation::Delegation;
use crate::engine::reference::NodeType;
use crate::graphql::loader::Key;
use crate::graphql::node::global_id;
use crate::graphql::scalars::Date;
use crate::network::country::Country;
use crate::network::institution::Institution;
use crate::network::regional_group::RegionalGroup;

/// A delegation as it was known at a place of the log, with its batch likewise.
#[derive(Clone, Debug)]
pub struct DelegationSnapshot {
    pub(super) row: delegation::Model,
    pub(super) batch: Arc<batch::Model>,
}

/// A delegation as it was known at a place of the log. Its own fields and those of its batch are as
/// they were then; records that fields lead to are as they are today.
#[Object(name = "DelegationSnapshotPayload")]
impl DelegationSnapshot {
    /// The id of the delegation.
    async fn record_id(&self) -> ID {
        global_id(RecordKind::Delegation, &Key::Id(self.row.id.0))
    }

    /// The key of the delegation.
    async fn key(&self) -> &str {
        &self.row.key
    }

    /// The delegation as it is today; null where it is void.
    async fn delegation(&self) -> Option<Delegation> {
        Some(Delegation::seen(Key::Id(self.row.id.0)))
    }

    /// What it represented.
    async fn represents(&self) -> Representation {
        self.row.represents
    }

    /// The country whose party it was; null where it was none of a country.
    async fn country(&self) -> Option<Country> {
        self.row.country_code.as_ref().map(|code| Country::seen(Key::Code(code.0.clone())))
    }

    /// The institution that it stood for, or that sent it; null where none was recorded.
    async fn institution(&self) -> Option<Institution> {
        self.row.institution_id.map(|id| Institution::seen(Key::Id(id.0)))
    }

    /// The regional group that was the party; null where it was none of a group.
    async fn group(&self) -> Option<RegionalGroup> {
        self.row.regional_group_id.map(|id| RegionalGroup::seen(Key::Id(id.0)))
    }

    /// As what it took part, where that was told apart.
    async fn category(&self) -> Option<DelegationCategory> {
        self.row.category
    }

    /// What told two parties of one country apart; null where nothing did.
    async fn label(&self) -> Option<&str> {
        self.row.label.as_deref()
    }

    /// The status that was accepted; null where sources contradicted each other.
    async fn status(&self) -> Option<DelegationStatus> {
        self.row.status
    }

    /// The number of people that was accepted, in persons: at least.
    async fn headcount_min(&self) -> Option<i32> {
        self.row.headcount_min
    }

    /// The number of people that was accepted, in persons: at most.
    async fn headcount_max(&self) -> Option<i32> {
        self.row.headcount_max
    }

    /// How that number related to the true one; null where none was accepted.
    async fn headcount_comparator(&self) -> Option<Comparator> {
        self.row.headcount_comparator
    }

    /// How many of the people were women; null where that was not told.
    async fn headcount_female(&self) -> Option<i32> {
        self.row.headcount_female
    }

    /// How many were men; null where that was not told.
    async fn headcount_male(&self) -> Option<i32> {
        self.row.headcount_male
    }

    /// How many were neither, or not known to be either; null where that was not told.
    async fn headcount_other_or_unknown(&self) -> Option<i32> {
        self.row.headcount_other_or_unknown
    }

    /// Person-days: at least; null where they were not known.
    async fn person_days_min(&self) -> Option<i32> {
        self.row.person_days_min
    }

    /// Person-days: at most; null where they were not known.
    async fn person_days_max(&self) -> Option<i32> {
        self.row.person_days_max
    }

    /// What the country said of its attendance; null where it had said nothing.
    async fn country_position(&self) -> Option<CountryPosition> {
        self.row.country_position
    }

    /// The batch as it is today; null where it is void.
    async fn batch(&self) -> Option<Batch> {
        Some(Batch::seen(Key::Id(self.batch.id.0)))
    }

    /// The key of the batch.
    async fn batch_key(&self) -> &str {
        &self.batch.key
    }

    /// The title of the batch that was accepted; null where none was.
    async fn batch_title(&self) -> Option<&str> {
        self.batch.title.as_deref()
    }

    /// What had been decided about the batch.
    async fn batch_status(&self) -> BatchStatus {
        self.batch.status
    }

    /// The first day of the batch that was accepted; null where none was.
    async fn starts_on(&self) -> Option<Date> {
        self.batch.starts_on.map(Date)
    }

    /// The last day of the batch that was accepted; null where none was.
    async fn ends_on(&self) -> Option<Date> {
        self.batch.ends_on.map(Date)
    }
}
