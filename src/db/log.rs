//! Events on their way into the log: each with what it concerns.

use std::collections::{BTreeSet, HashMap};

use entity::id::{BatchId, CountryCode, InstitutionId, ProgrammeId};
use entity::vocabulary::{BatchStatus, Representation};
use entity::{batch, batch_topic, delegation, event, programme, programme_topic};
use sea_orm::prelude::Expr;
use sea_orm::sea_query::{Query, UnionType};
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::Write;
use crate::events::Event;
use crate::rule::IDS_PER_QUERY;

impl Write {
    /// The events as rows, each with what it concerns.
    pub(super) async fn events_as_rows(&self, events: Vec<Event>) -> Result<Vec<event::ActiveModel>, DbErr> {
        let batches: BTreeSet<BatchId> = events.iter().filter_map(|event| event.batch).collect();
        // One party's event concerns that party's country alone.
        let of_all = events.iter().filter(|event| event.countries.is_empty() && !event.of_one_party);
        let of_all: BTreeSet<BatchId> = of_all.filter_map(|event| event.batch).collect();
        let mut known = HashMap::new();
        let mut owners: HashMap<ProgrammeId, InstitutionId> = HashMap::new();
        for ids in in_chunks(&batches) {
            for (batch, programme) in self.batches_with_programmes(ids).await? {
                owners.insert(programme.id, programme.owner_id);
                known.insert(batch.id, (batch.programme_id, batch.owner_id, batch.status));
            }
        }
        let countries = self.countries_of(&of_all).await?;
        let named = events.iter().filter_map(|event| event.programme);
        let named: BTreeSet<ProgrammeId> = named.filter(|id| !owners.contains_key(id)).collect();
        for ids in in_chunks(&named) {
            let rows =
                programme::Entity::find().filter(programme::Column::Id.is_in(ids)).all(&self.transaction).await?;
            owners.extend(rows.into_iter().map(|row| (row.id, row.owner_id)));
        }
        let topics = self.topics_of(&batches, &owners.keys().copied().collect()).await?;
        let row = |event: Event| {
            let batch = event.batch.and_then(|id| known.get(&id));
            let programme = event.programme.or(batch.map(|row| row.0));
            let owner =
                event.owner.or(batch.map(|row| row.1)).or_else(|| programme.and_then(|id| owners.get(&id)).copied());
            // An event about one party concerns the country of that party, if it represents one; one about the batch
            // concerns all of its countries.
            let of_countries: BTreeSet<CountryCode> = if event.countries.is_empty() && !event.of_one_party {
                event.batch.and_then(|id| countries.get(&id)).cloned().unwrap_or_default()
            } else {
                event.countries.into_iter().collect()
            };
            let of_batch = event.batch.and_then(|id| topics.get(&id.0));
            let of_programme = programme.and_then(|id| topics.get(&id.0));
            let of_topics: BTreeSet<Uuid> = of_batch.into_iter().chain(of_programme).flatten().copied().collect();
            let (subject_kind, subject_id, subject_key) = match event.subject {
                Some((kind, id, key)) => (Some(kind), Some(id), Some(key)),
                None => (None, None, None),
            };
            event::ActiveModel {
                position: ActiveValue::NotSet,
                kind: ActiveValue::Set(event.kind.name().to_owned()),
                payload_version: ActiveValue::Set(1),
                occurred_at: ActiveValue::Set(self.now),
                subject_kind: ActiveValue::Set(subject_kind),
                subject_id: ActiveValue::Set(subject_id),
                subject_key: ActiveValue::Set(subject_key),
                owner_id: ActiveValue::Set(owner.map(|id| id.0)),
                countries: ActiveValue::Set(serde_json::json!(of_countries)),
                programmes: ActiveValue::Set(serde_json::json!(programme.into_iter().collect::<Vec<_>>())),
                topics: ActiveValue::Set(serde_json::json!(of_topics)),
                changes: ActiveValue::Set(serde_json::Value::Object(event.changes)),
                // What concerns a draft is public no sooner than the draft.
                public: ActiveValue::Set(event.public && batch.is_none_or(|row| row.2 != BatchStatus::Draft)),
                actor: ActiveValue::Set(self.actor.to_string()),
            }
        };
        Ok(events.into_iter().map(row).collect())
    }

    /// Batches as they stand, with their programmes: those that are locked are known.
    async fn batches_with_programmes(&self, ids: Vec<BatchId>) -> Result<Vec<(batch::Model, programme::Model)>, DbErr> {
        let known: Option<Vec<_>> = ids.iter().map(|id| self.known().get(id).cloned()).collect();
        if let Some(known) = known {
            return Ok(known);
        }
        let rows = batch::Entity::find().filter(batch::Column::Id.is_in(ids)).find_also_related(programme::Entity);
        let rows = rows.all(&self.transaction).await?;
        Ok(rows.into_iter().filter_map(|(batch, programme)| Some((batch, programme?))).collect())
    }

    /// The countries that have delegations at batches: those of batches that are locked may be known.
    async fn countries_of(
        &self,
        batches: &BTreeSet<BatchId>,
    ) -> Result<HashMap<BatchId, BTreeSet<CountryCode>>, DbErr> {
        let mut countries: HashMap<BatchId, BTreeSet<CountryCode>> = HashMap::new();
        let mut unknown = BTreeSet::new();
        for batch in batches {
            let Some(parties) = self.parties().get(batch).cloned() else {
                unknown.insert(*batch);
                continue;
            };
            let standing_for = parties.into_iter().map(|party| party.row);
            let standing_for = standing_for.filter(|party| party.represents == Representation::Country);
            countries.entry(*batch).or_default().extend(standing_for.filter_map(|party| party.country_code));
        }
        for ids in in_chunks(&unknown) {
            let rows = delegation::Entity::find()
                .select_only()
                .columns([delegation::Column::BatchId, delegation::Column::CountryCode])
                .filter(delegation::Column::BatchId.is_in(ids))
                .filter(delegation::Column::Represents.eq(Representation::Country))
                .filter(delegation::Column::CountryCode.is_not_null())
                .into_tuple::<(BatchId, CountryCode)>()
                .all(&self.transaction)
                .await?;
            for (batch, country) in rows {
                countries.entry(batch).or_default().insert(country);
            }
        }
        Ok(countries)
    }

    /// The topics of batches and of programmes, by the id of either.
    async fn topics_of(
        &self,
        batches: &BTreeSet<BatchId>,
        programmes: &BTreeSet<ProgrammeId>,
    ) -> Result<HashMap<Uuid, BTreeSet<Uuid>>, DbErr> {
        let mut topics: HashMap<Uuid, BTreeSet<Uuid>> = HashMap::new();
        let ids: BTreeSet<Uuid> = batches.iter().map(|id| id.0).chain(programmes.iter().map(|id| id.0)).collect();
        for ids in in_chunks(&ids) {
            let mut select = Query::select();
            select
                .expr_as(Expr::col(batch_topic::Column::BatchId), "of")
                .column(batch_topic::Column::TopicId)
                .from(batch_topic::Entity)
                .and_where(batch_topic::Column::BatchId.is_in(ids.iter().copied()));
            let mut of_programmes = Query::select();
            of_programmes
                .column(programme_topic::Column::ProgrammeId)
                .column(programme_topic::Column::TopicId)
                .from(programme_topic::Entity)
                .and_where(programme_topic::Column::ProgrammeId.is_in(ids));
            select.union(UnionType::All, of_programmes);
            for row in self.transaction.query_all(&select).await? {
                topics.entry(row.try_get("", "of")?).or_default().insert(row.try_get("", "topic_id")?);
            }
        }
        Ok(topics)
    }
}

/// Ids in lists that a statement can take.
fn in_chunks<T: Copy>(ids: &BTreeSet<T>) -> Vec<Vec<T>> {
    let ids: Vec<T> = ids.iter().copied().collect();
    ids.chunks(IDS_PER_QUERY).map(<[T]>::to_vec).collect()
}
