//! Events on their way into the log: each with what it concerns.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::id::{BatchId, CountryCode, InstitutionId, ProgrammeId};
use entity::vocabulary::{BatchStatus, RecordKind, Representation};
use entity::{batch, batch_topic, delegation, event, programme, programme_topic};
use sea_orm::prelude::Expr;
use sea_orm::sea_query::{Query, UnionType};
use sea_orm::{ActiveValue, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::IDS_PER_QUERY;
use super::Write;
use crate::events::{Event, Standing, Under, formerly, standings};

impl Write {
    /// The events as rows, each with what it concerns.
    pub(super) async fn events_as_rows(&self, events: Vec<Event>) -> Result<Vec<event::ActiveModel>, DbErr> {
        let places = self.places_of(&events).await?;
        let batches: BTreeSet<BatchId> = places.iter().filter_map(|place| place.batch).collect();
        // One party's event concerns that party's country alone.
        let of_all = events.iter().zip(&places);
        let of_all = of_all.filter(|(event, _)| event.countries.is_empty() && !event.of_one_party);
        let of_all: BTreeSet<BatchId> = of_all.filter_map(|(_, place)| place.batch).collect();
        let former = places.iter().flat_map(|place| place.former.iter().copied());
        let with_former: BTreeSet<BatchId> = batches.iter().copied().chain(former).collect();
        let mut known = HashMap::new();
        let mut owners: HashMap<ProgrammeId, InstitutionId> = HashMap::new();
        for ids in in_chunks(&with_former) {
            for (batch, programme) in self.batches_with_programmes(ids).await? {
                owners.insert(programme.id, programme.owner_id);
                known.insert(batch.id, (batch.programme_id, batch.owner_id, batch.status));
            }
        }
        let countries = self.countries_of(&of_all).await?;
        let named = places.iter().filter_map(|place| place.programme);
        let named: BTreeSet<ProgrammeId> = named.filter(|id| !owners.contains_key(id)).collect();
        for ids in in_chunks(&named) {
            let rows =
                programme::Entity::find().filter(programme::Column::Id.is_in(ids)).all(&self.transaction).await?;
            owners.extend(rows.into_iter().map(|row| (row.id, row.owner_id)));
        }
        let topics = self.topics_of(&batches, &owners.keys().copied().collect()).await?;
        let row = |(event, place): (Event, Place)| {
            let batch = place.batch.and_then(|id| known.get(&id));
            let programme = place.programme.or(batch.map(|row| row.0));
            let owner = event.owner.or(place.owner).or(batch.map(|row| row.1));
            let owner = owner.or_else(|| programme.and_then(|id| owners.get(&id)).copied());
            // It has the former place as well, and who keeps the record now need not know of that.
            let of_others =
                |id: &BatchId| known.get(id).is_some_and(|row| row.2 == BatchStatus::Draft && Some(row.1) != owner);
            let owner = owner.filter(|_| !place.former.iter().any(of_others));
            // What concerns a draft is public no sooner than the draft.
            let is_draft = |id: &BatchId| known.get(id).is_none_or(|row| row.2 == BatchStatus::Draft);
            let public = !place.withheld && !place.batch.iter().chain(&place.former).any(is_draft);
            // An event about one party concerns the country of that party, if it represents one; one about the batch
            // concerns all of its countries.
            let of_countries: BTreeSet<CountryCode> = if event.countries.is_empty() && !event.of_one_party {
                place.batch.and_then(|id| countries.get(&id)).cloned().unwrap_or_default()
            } else {
                event.countries.into_iter().collect()
            };
            let of_batch = place.batch.and_then(|id| topics.get(&id.0));
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
                public: ActiveValue::Set(public),
                actor: ActiveValue::Set(self.actor.to_string()),
            }
        };
        Ok(events.into_iter().zip(places).map(row).collect())
    }

    /// The places of the subjects of events: each is followed from record to record until one tells who keeps it.
    async fn places_of(&self, events: &[Event]) -> Result<Vec<Place>, DbErr> {
        let mut places: Vec<Place> = events.iter().map(|_| Place::default()).collect();
        let mut open: Vec<(usize, bool, Standing)> = Vec::new();
        for (index, event) in events.iter().enumerate() {
            open.push((index, true, event.standing));
            let kind = event.subject.as_ref().map(|subject| subject.0);
            let former = kind.map(|kind| formerly(kind, &event.changes)).unwrap_or_default();
            open.extend(former.into_iter().map(|standing| (index, false, standing)));
        }
        while !open.is_empty() {
            let mut wanted: BTreeMap<RecordKind, BTreeSet<Uuid>> = BTreeMap::new();
            let mut next = Vec::new();
            for (index, current, standing) in open {
                if let Under::Record(kind, id) = standing.under {
                    wanted.entry(kind).or_default().insert(id);
                    next.push((index, current, standing));
                }
                if let Some(place) = places.get_mut(index) {
                    place.learn(standing, current);
                }
            }
            let mut known = HashMap::new();
            for (kind, ids) in &wanted {
                for ids in in_chunks(ids) {
                    known.extend(standings(&self.transaction, *kind, ids).await?);
                }
            }
            // What a record that is gone belonged to is not known: such an event is not public.
            let unknown = Standing { under: Under::Register, withheld: true };
            let follow = |standing: Standing| match standing.under {
                Under::Record(_, id) => known.get(&id).copied().unwrap_or(unknown),
                _ => unknown,
            };
            open = next.into_iter().map(|(index, current, standing)| (index, current, follow(standing))).collect();
        }
        Ok(places)
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

/// What the subject of an event belongs to, in the end.
#[derive(Default)]
struct Place {
    batch: Option<BatchId>,
    programme: Option<ProgrammeId>,
    owner: Option<InstitutionId>,
    withheld: bool,
    /// The batches to which it belonged before.
    former: Vec<BatchId>,
}

impl Place {
    /// Adds what a standing tells of where the subject is now, or was before.
    fn learn(&mut self, standing: Standing, current: bool) {
        self.withheld |= standing.withheld;
        match standing.under {
            Under::Batch(id) if current => self.batch = Some(id),
            Under::Batch(id) => self.former.push(id),
            Under::Programme(id) if current => self.programme = Some(id),
            Under::Institution(id) if current => self.owner = Some(id),
            Under::Programme(_) | Under::Institution(_) | Under::Register | Under::Record(..) => {}
        }
    }
}

/// Ids in lists that a statement can take.
fn in_chunks<T: Copy>(ids: &BTreeSet<T>) -> Vec<Vec<T>> {
    let ids: Vec<T> = ids.iter().copied().collect();
    ids.chunks(IDS_PER_QUERY).map(<[T]>::to_vec).collect()
}
