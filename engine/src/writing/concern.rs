//! What events concern: each goes into the log with its owner, its countries, programme and topics,
//! and whether it is public.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use entity::id::{BatchId, CountryCode, InstitutionId, ProgrammeId};
use entity::vocabulary::{BatchStatus, RecordKind, Representation};
use entity::{batch, batch_topic, delegation, event, programme, programme_topic};
use futures::future::BoxFuture;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::prelude::Expr;
use sea_orm::sea_query::{Query, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::batches::{Batch, Batches, Party};
use crate::db::{IDS_PER_QUERY, Write};
use crate::events::{Event, Standing, Under, formerly, standings};

/// Rows of the log.
type Rows = Vec<event::ActiveModel>;

/// The events as rows of the log, each with what it concerns.
pub fn concerning(w: &Write, events: Vec<Event>) -> BoxFuture<'_, Result<Rows, DbErr>> {
    Box::pin(async move {
        let places = places_of(w, &events).await?;
        let around = Around::read(w, &events, &places).await?;
        let row = |(event, place)| around.row(w, event, place);
        Ok(events.into_iter().zip(places).map(row).collect())
    })
}

/// What stands around the subjects of events.
struct Around {
    /// The programme, the owner and the status of batches.
    batches: HashMap<BatchId, (ProgrammeId, InstitutionId, BatchStatus)>,
    owners: HashMap<ProgrammeId, InstitutionId>,
    countries: HashMap<BatchId, BTreeSet<CountryCode>>,
    /// Those of batches and of programmes, by the id of either.
    topics: HashMap<Uuid, BTreeSet<Uuid>>,
}

impl Around {
    async fn read(w: &Write, events: &[Event], places: &[Place]) -> Result<Self, DbErr> {
        let of_now: BTreeSet<BatchId> = places.iter().filter_map(|place| place.batch).collect();
        let former = places.iter().flat_map(|place| place.former.iter().copied());
        let with_former: BTreeSet<BatchId> = of_now.iter().copied().chain(former).collect();
        let mut batches = HashMap::new();
        let mut owners: HashMap<ProgrammeId, InstitutionId> = HashMap::new();
        for ids in in_chunks(&with_former) {
            for (batch, programme) in batches_with_programmes(w, ids).await? {
                owners.insert(programme.id, programme.owner_id);
                batches.insert(batch.id, (batch.programme_id, batch.owner_id, batch.status));
            }
        }
        let of_all = events.iter().zip(places).filter(|(event, _)| concerns_all(event));
        let of_all: BTreeSet<BatchId> = of_all.filter_map(|(_, place)| place.batch).collect();
        let countries = countries_of(w, &of_all).await?;
        let named = places.iter().filter_map(|place| place.programme);
        let named: BTreeSet<ProgrammeId> = named.filter(|id| !owners.contains_key(id)).collect();
        for ids in in_chunks(&named) {
            let rows = programme::Entity::find().filter(programme::Column::Id.is_in(ids));
            let rows = rows.all(w.read()).await?;
            owners.extend(rows.into_iter().map(|row| (row.id, row.owner_id)));
        }
        let topics = topics_of(w, &of_now, &owners.keys().copied().collect()).await?;
        Ok(Self { batches, owners, countries, topics })
    }

    fn row(&self, w: &Write, event: Event, place: Place) -> event::ActiveModel {
        let batch = place.batch.and_then(|id| self.batches.get(&id));
        let programme = place.programme.or(batch.map(|row| row.0));
        let owner = event.owner.or(place.owner).or(batch.map(|row| row.1));
        let owner = owner.or_else(|| programme.and_then(|id| self.owners.get(&id)).copied());
        let is_draft = |id: &BatchId| {
            let status = self.batches.get(id).map(|row| row.2);
            status.is_none_or(|status| status == BatchStatus::Draft)
        };
        // It has the former place as well, and who keeps the record now need not know of that.
        let is_others = |id: &BatchId| {
            let keeper = self.batches.get(id).map(|row| row.1);
            keeper.is_some_and(|keeper| Some(keeper) != owner) && is_draft(id)
        };
        let owner = owner.filter(|_| !place.former.iter().any(is_others));
        // What concerns a draft is public no sooner than the draft.
        let is_of_draft = place.batch.iter().chain(&place.former).any(is_draft);
        // An event about one party concerns the country of that party, if it represents one; one
        // about the batch concerns all of its countries.
        let countries: BTreeSet<CountryCode> = match concerns_all(&event) {
            true => place.batch.and_then(|id| self.countries.get(&id)).cloned().unwrap_or_default(),
            false => event.countries.into_iter().collect(),
        };
        let of_batch = place.batch.and_then(|id| self.topics.get(&id.0));
        let of_programme = programme.and_then(|id| self.topics.get(&id.0));
        let topics = of_batch.into_iter().chain(of_programme).flatten();
        let topics: BTreeSet<Uuid> = topics.copied().collect();
        let (subject_kind, subject_id, subject_key) = match event.subject {
            Some((kind, id, key)) => (Some(kind), Some(id), Some(key)),
            None => (None, None, None),
        };
        event::ActiveModel {
            position: NotSet,
            kind: Set(event.kind.name().to_owned()),
            payload_version: Set(1),
            occurred_at: Set(w.now()),
            subject_kind: Set(subject_kind),
            subject_id: Set(subject_id),
            subject_key: Set(subject_key),
            owner_id: Set(owner.map(|id| id.0)),
            countries: Set(json!(countries)),
            programmes: Set(json!(programme.into_iter().collect::<Vec<_>>())),
            topics: Set(json!(topics)),
            changes: Set(serde_json::Value::Object(event.changes)),
            public: Set(!place.withheld && !is_of_draft),
            actor: Set(w.actor().to_string()),
        }
    }
}

/// Whether an event concerns all countries of its batch: one party's concerns that party's alone.
fn concerns_all(event: &Event) -> bool {
    event.countries.is_empty() && !event.of_one_party
}

/// The places of the subjects of events: each is followed from record to record until one tells who
/// keeps it.
async fn places_of(w: &Write, events: &[Event]) -> Result<Vec<Place>, DbErr> {
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
                known.extend(standings(w.read(), *kind, ids).await?);
            }
        }
        // What a record that is gone belonged to is not known: such an event is not public.
        let unknown = Standing { under: Under::Register, withheld: true };
        let follow = |standing: Standing| match standing.under {
            Under::Record(_, id) => known.get(&id).copied().unwrap_or(unknown),
            _ => unknown,
        };
        let followed = next.into_iter();
        open = followed.map(|(index, current, from)| (index, current, follow(from))).collect();
    }
    Ok(places)
}

/// Batches as they stand, with their programmes: those that are locked are known.
async fn batches_with_programmes(w: &Write, ids: Vec<BatchId>) -> Result<Vec<Batch>, DbErr> {
    if let Some(locked) = w.remembered(|known: &mut Batches| known.locked(&ids)) {
        return Ok(locked);
    }
    let rows = batch::Entity::find().filter(batch::Column::Id.is_in(ids));
    let rows = rows.find_also_related(programme::Entity).all(w.read()).await?;
    Ok(rows.into_iter().filter_map(|(batch, programme)| Some((batch, programme?))).collect())
}

/// The countries that have delegations at batches: those of batches that are locked may be known.
async fn countries_of(
    w: &Write,
    batches: &BTreeSet<BatchId>,
) -> Result<HashMap<BatchId, BTreeSet<CountryCode>>, DbErr> {
    let mut countries: HashMap<BatchId, BTreeSet<CountryCode>> = HashMap::new();
    let mut unknown = BTreeSet::new();
    for batch in batches {
        match w.remembered(|known: &mut Batches| known.parties(*batch).map(countries_among)) {
            Some(known) => countries.entry(*batch).or_default().extend(known),
            None => drop(unknown.insert(*batch)),
        }
    }
    for ids in in_chunks(&unknown) {
        let rows = delegation::Entity::find()
            .select_only()
            .columns([delegation::Column::BatchId, delegation::Column::CountryCode])
            .filter(delegation::Column::BatchId.is_in(ids))
            .filter(delegation::Column::Represents.eq(Representation::Country))
            .filter(delegation::Column::CountryCode.is_not_null())
            .into_tuple::<(BatchId, CountryCode)>()
            .all(w.read())
            .await?;
        for (batch, country) in rows {
            countries.entry(batch).or_default().insert(country);
        }
    }
    Ok(countries)
}

/// The topics of batches and of programmes, by the id of either.
async fn topics_of(
    w: &Write,
    batches: &BTreeSet<BatchId>,
    programmes: &BTreeSet<ProgrammeId>,
) -> Result<HashMap<Uuid, BTreeSet<Uuid>>, DbErr> {
    let mut topics: HashMap<Uuid, BTreeSet<Uuid>> = HashMap::new();
    let of_batches = batches.iter().map(|id| id.0);
    let ids: BTreeSet<Uuid> = of_batches.chain(programmes.iter().map(|id| id.0)).collect();
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
        for row in w.read().query_all(&select).await? {
            topics.entry(row.try_get("", "of")?).or_default().insert(row.try_get("", "topic_id")?);
        }
    }
    Ok(topics)
}

/// The countries that some delegations represent.
fn countries_among(parties: &[Party]) -> BTreeSet<CountryCode> {
    let standing_for = parties.iter().map(|party| &party.row);
    let standing_for = standing_for.filter(|row| row.represents == Representation::Country);
    standing_for.filter_map(|row| row.country_code.clone()).collect()
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
