//! A batch at an earlier place of the log, as the API shows it.

mod read;

use async_graphql::{Context, ID, Object, Result};
use entity::finding;
use entity::vocabulary::{
    BatchStatus, Comparator, DatePrecision, DeliveryMode, FindingRule, FindingState, RecordKind,
    Severity,
};
use sea_orm::Condition;

use self::read::{BatchThen, Wanted, batch_at};
use super::delegation::DelegationSnapshot;
use super::place::Place;
use super::read::{page, page_of_events};
use crate::delivery::batch::Batch;
use crate::delivery::topic::Topic;
use crate::delivery::venue::Venue;
use crate::engine::reference::{NodeType, Records};
use crate::eventlog::EventObject;
use crate::graphql::context::RequestContext;
use crate::graphql::list::List;
use crate::graphql::listing::Listing;
use crate::graphql::loader::Key;
use crate::graphql::node::global_id;
use crate::graphql::scalars::{Cursor, Date};
use crate::network::institution::Institution;
use crate::network::programme::Programme;
use crate::provenance::finding::Finding;

/// A batch as it was known at a place of the log.
#[derive(Clone, Debug)]
pub struct BatchSnapshot {
    place: Place,
    then: BatchThen,
}

impl BatchSnapshot {
    /// The batch that `which` chooses or, where it is void, the one whose tombstone `void` chooses.
    pub async fn read(
        ctx: &Context<'_>,
        which: Condition,
        void: Option<Condition>,
        as_known_at: &Cursor,
    ) -> Result<Option<Self>> {
        let place = Place::named(ctx, as_known_at).await?;
        let look = ctx.look_ahead();
        let wanted = Wanted {
            venues: look.field("venues").exists(),
            topics: look.field("topics").exists(),
            findings: look.field("findings").exists(),
        };
        let reader = ctx.reader().clone();
        let position = place.at.position;
        let found = ctx.reader().run(batch_at(reader, position, (which, void), wanted)).await?;
        Ok(found.then()?.map(|then| Self { place, then }))
    }
}

/// A batch as it was known at a place of the log. Its own fields, its venues, its topics, its
/// delegations and the findings that stood are as they were then; records that fields lead to
/// are as they are today.
#[Object(name = "BatchSnapshotPayload")]
impl BatchSnapshot {
    /// The place of the log.
    async fn as_known_at(&self) -> Cursor {
        Cursor(self.place.at.to_string())
    }

    /// The id of the batch.
    async fn record_id(&self) -> ID {
        global_id(RecordKind::Batch, &Key::Id(self.then.row.id.0))
    }

    /// The key of the batch.
    async fn key(&self) -> &str {
        &self.then.row.key
    }

    /// The batch as it is today; null where it is void.
    async fn batch(&self) -> Option<Batch> {
        Some(Batch::seen(Key::Id(self.then.row.id.0)))
    }

    /// The programme that it was a run of.
    async fn programme(&self) -> Option<Programme> {
        Some(Programme::seen(Key::Id(self.then.row.programme_id.0)))
    }

    /// The institution whose officers kept the record.
    async fn owner(&self) -> Option<Institution> {
        Some(Institution::seen(Key::Id(self.then.row.owner_id.0)))
    }

    /// Where it was to be held, or was.
    async fn venues(&self) -> Records<Venue> {
        Records::seen(self.then.venues.iter().copied().map(Key::Id).collect())
    }

    /// What it was about, besides the topics of its programme.
    async fn topics(&self) -> Records<Topic> {
        Records::seen(self.then.topics.iter().copied().map(Key::Id).collect())
    }

    /// Which run of the programme it was: 1, 2 …; null where it had no number.
    async fn ordinal(&self) -> Option<i32> {
        self.then.row.ordinal
    }

    /// The label as printed; null where none was known.
    async fn label(&self) -> Option<&str> {
        self.then.row.label.as_deref()
    }

    /// The title that was accepted; null where none was.
    async fn title(&self) -> Option<&str> {
        self.then.row.title.as_deref()
    }

    /// The language of that title (BCP 47 tag); null where there was none.
    async fn title_language(&self) -> Option<&str> {
        self.then.row.title_language.as_deref()
    }

    /// How it was to be attended.
    async fn mode(&self) -> DeliveryMode {
        self.then.row.mode
    }

    /// What had been decided about it.
    async fn status(&self) -> BatchStatus {
        self.then.row.status
    }

    /// The places there were, in persons; null where that was not known.
    async fn capacity(&self) -> Option<i32> {
        self.then.row.capacity
    }

    /// The first day that was accepted; null where none was.
    async fn starts_on(&self) -> Option<Date> {
        self.then.row.starts_on.map(Date)
    }

    /// How exactly the first day was known; null where there was none.
    async fn starts_precision(&self) -> Option<DatePrecision> {
        self.then.row.starts_precision
    }

    /// The last day that was accepted; null where none was.
    async fn ends_on(&self) -> Option<Date> {
        self.then.row.ends_on.map(Date)
    }

    /// How exactly the last day was known; null where there was none.
    async fn ends_precision(&self) -> Option<DatePrecision> {
        self.then.row.ends_precision
    }

    /// The number of people that was accepted, in persons: at least.
    async fn participants_min(&self) -> Option<i32> {
        self.then.row.participants_min
    }

    /// The number of people that was accepted, in persons: at most.
    async fn participants_max(&self) -> Option<i32> {
        self.then.row.participants_max
    }

    /// How that number related to the true one; null where none was accepted.
    async fn participants_comparator(&self) -> Option<Comparator> {
        self.then.row.participants_comparator
    }

    /// How many of the people were women; null where that was not told.
    async fn participants_female(&self) -> Option<i32> {
        self.then.row.participants_female
    }

    /// How many were men; null where that was not told.
    async fn participants_male(&self) -> Option<i32> {
        self.then.row.participants_male
    }

    /// How many were neither, or not known to be either; null where that was not told.
    async fn participants_other_or_unknown(&self) -> Option<i32> {
        self.then.row.participants_other_or_unknown
    }

    /// Person-days: at least; null where they were not known.
    async fn person_days_min(&self) -> Option<i32> {
        self.then.row.person_days_min
    }

    /// Person-days: at most; null where they were not known.
    async fn person_days_max(&self) -> Option<i32> {
        self.then.row.person_days_max
    }

    /// The delegations that it had, by name.
    async fn delegations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands behind this place.")] after: Option<Cursor>,
    ) -> Result<Listing<DelegationSnapshot>> {
        let list = format!("batch snapshot {}", self.place.at);
        let all = self.then.delegations.iter();
        let all = all.map(|row| (row.id.to_string(), row));
        page(ctx, &list, all.collect(), (first, after), |row| DelegationSnapshot {
            row: row.clone(),
            batch: self.then.row.clone(),
        })
    }

    /// The findings that stood, open or explained: the gravest first.
    async fn findings(&self) -> List<FindingSnapshot> {
        self.then.findings.iter().cloned().map(FindingSnapshot).collect()
    }

    /// What happened to the batch and its delegations since, the oldest first: what makes the
    /// difference to today. What you may not see is left out.
    async fn events_since(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands behind this place.")] after: Option<Cursor>,
    ) -> Result<Listing<EventObject>> {
        let list = format!("batch events since {}", self.place.at);
        page_of_events(ctx, &list, &self.then.since, (first, after))
    }
}

/// A finding that stood at a place of the log.
#[derive(Clone, Debug)]
pub struct FindingSnapshot(finding::Model);

/// A finding that stood at a place of the log. What it says of values is not restored: `finding`
/// has the sentence of today.
#[Object(name = "FindingSnapshotPayload")]
impl FindingSnapshot {
    /// The id of the finding.
    async fn record_id(&self) -> ID {
        global_id(RecordKind::Finding, &Key::Id(self.0.id.0))
    }

    /// The rule that found it.
    async fn rule(&self) -> FindingRule {
        self.0.rule
    }

    /// How grave it is.
    async fn severity(&self) -> Severity {
        self.0.severity
    }

    /// Whether it was open or explained.
    async fn state(&self) -> FindingState {
        self.0.state
    }

    /// The finding as it is today; null where what it is about is void.
    async fn finding(&self) -> Option<Finding> {
        Some(Finding::seen(Key::Id(self.0.id.0)))
    }
}
