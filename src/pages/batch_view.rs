//! Reading what is shown of batches: a fixed number of statements, however many there are.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::id::{BatchId, InstitutionId, ProgrammeId};
use entity::vocabulary::{BatchStatus, DatePrecision, PartnershipRole, RecordKind};
use entity::{
    batch, batch_topic, batch_venue, event, institution, institution_name, partnership, programme,
    tombstone, topic, venue,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::PageScope;
use crate::access::{Actor, Visible};
use crate::db::IDS_PER_QUERY;
use crate::events::EventKind;
use crate::graphql::language::Languages;
use crate::network::institution::name_on;

/// Batches of a calendar at most: the latest.
const MOST_SCHEDULED: u64 = 2_000;
/// Entries of a feed.
const MOST_CHANGED: u64 = 50;

/// A batch, with what is shown beside it.
#[derive(Clone, Debug)]
pub struct BatchView {
    /// The batch.
    pub batch: batch::Model,
    /// Its programme.
    pub programme: programme::Model,
    /// Where it is held.
    pub venues: Vec<venue::Model>,
    /// What it is about, in English.
    pub topics: Vec<String>,
    /// Who organises or hosts it, and who pays for it: name and role.
    pub bodies: Vec<(String, PartnershipRole)>,
    /// The first day that it had before, where it has another one now.
    pub moved_from: Option<NaiveDate>,
}

impl BatchView {
    /// The accepted title as printed, else that of the programme with the printed label; with its
    /// language.
    pub fn title(&self) -> (String, &str) {
        if let (Some(title), Some(language)) = (&self.batch.title, &self.batch.title_language) {
            return (title.clone(), language);
        }
        let parts = [Some(self.programme.title.as_str()), self.batch.label.as_deref()];
        (parts.into_iter().flatten().collect::<Vec<_>>().join(", "), &self.programme.language)
    }
}

fn public() -> sea_orm::Select<batch::Entity> {
    Visible::to(Actor::Anonymous).select::<batch::Entity>()
}

/// What tells that a batch has a first day that is known to the day.
fn on_a_day() -> Condition {
    Condition::all()
        .add(batch::Column::StartsOn.is_not_null())
        .add(batch::Column::StartsPrecision.eq(DatePrecision::Day))
}

/// The batches that begin on a known day, the latest first, and how many others there are.
pub async fn scheduled(
    db: &impl ConnectionTrait,
    scope: &PageScope,
) -> Result<(Vec<BatchView>, u64), DbErr> {
    let all = public().filter(scope.condition.clone());
    let count = all.clone().count(db).await?;
    let rows = all.filter(on_a_day());
    let rows = rows
        .order_by_desc(batch::Column::StartsOn)
        .order_by_desc(batch::Column::Id)
        .limit(MOST_SCHEDULED);
    let shown = read(db, rows.all(db).await?).await?;
    let left_out = count.saturating_sub(shown.len() as u64);
    Ok((shown, left_out))
}

/// The batches that came in or changed last.
pub async fn changed(
    db: &impl ConnectionTrait,
    scope: &PageScope,
) -> Result<Vec<BatchView>, DbErr> {
    let rows = public().filter(scope.condition.clone());
    let rows = rows
        .order_by_desc(batch::Column::UpdatedAt)
        .order_by_desc(batch::Column::Id)
        .limit(MOST_CHANGED);
    read(db, rows.all(db).await?).await
}

/// The batch with a key.
pub async fn one(db: &impl ConnectionTrait, key: &str) -> Result<Option<BatchView>, DbErr> {
    let row = public().filter(batch::Column::Key.eq(key)).one(db).await?;
    Ok(read(db, row.into_iter().collect()).await?.into_iter().next())
}

/// Since when the batch of this key is void, where it is and was public.
pub async fn void_since(
    db: &impl ConnectionTrait,
    key: &str,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    use tombstone::Column;
    let void = Visible::to(Actor::Anonymous).select::<tombstone::Entity>();
    let void = void.filter(Column::RecordKind.eq(RecordKind::Batch)).filter(Column::Key.eq(key));
    Ok(void.one(db).await?.map(|row| row.voided_at))
}

async fn read(db: &impl ConnectionTrait, rows: Vec<batch::Model>) -> Result<Vec<BatchView>, DbErr> {
    let mut shown = Vec::with_capacity(rows.len());
    for rows in rows.chunks(IDS_PER_QUERY) {
        shown.extend(with_relations(db, rows).await?);
    }
    Ok(shown)
}

async fn with_relations(
    db: &impl ConnectionTrait,
    rows: &[batch::Model],
) -> Result<Vec<BatchView>, DbErr> {
    let ids: Vec<BatchId> = rows.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let programmes: Vec<ProgrammeId> = rows.iter().map(|row| row.programme_id).collect();
    let programmes =
        programme::Entity::find().filter(programme::Column::Id.is_in(programmes)).all(db).await?;
    let programmes: HashMap<_, _> = programmes.into_iter().map(|row| (row.id, row)).collect();
    let links = batch_venue::Entity::find().filter(batch_venue::Column::BatchId.is_in(ids.clone()));
    let links = links
        .order_by_asc(batch_venue::Column::VenueId)
        .find_also_related(venue::Entity)
        .all(db)
        .await?;
    let mut venues: HashMap<BatchId, Vec<venue::Model>> = HashMap::new();
    for (link, venue) in links {
        venues.entry(link.batch_id).or_default().extend(venue);
    }
    let links = batch_topic::Entity::find().filter(batch_topic::Column::BatchId.is_in(ids.clone()));
    let links = links
        .order_by_asc(batch_topic::Column::TopicId)
        .find_also_related(topic::Entity)
        .all(db)
        .await?;
    let mut topics: HashMap<BatchId, Vec<String>> = HashMap::new();
    for (link, topic) in links {
        topics.entry(link.batch_id).or_default().extend(topic.map(|topic| topic.label_en));
    }
    let mut bodies = bodies(db, rows, &ids).await?;
    let moved = moved(db, &ids).await?;
    let shown = rows.iter().filter_map(|row| {
        let before = moved.get(&row.id).copied().filter(|before| Some(*before) != row.starts_on);
        Some(BatchView {
            batch: row.clone(),
            programme: programmes.get(&row.programme_id)?.clone(),
            venues: venues.remove(&row.id).unwrap_or_default(),
            topics: topics.remove(&row.id).unwrap_or_default(),
            bodies: bodies.remove(&row.id).unwrap_or_default(),
            moved_from: before
                .filter(|_| matches!(row.status, BatchStatus::Announced | BatchStatus::Confirmed)),
        })
    });
    Ok(shown.collect())
}

/// Who organises, hosts or funds each batch, under the name of the day; the keeper of the record
/// where nobody is known to organise.
async fn bodies(
    db: &impl ConnectionTrait,
    rows: &[batch::Model],
    ids: &[BatchId],
) -> Result<HashMap<BatchId, Vec<(String, PartnershipRole)>>, DbErr> {
    const TOLD: [PartnershipRole; 3] =
        [PartnershipRole::Organiser, PartnershipRole::Host, PartnershipRole::Funder];
    let held = Visible::to(Actor::Anonymous)
        .select::<partnership::Entity>()
        .filter(partnership::Column::BatchId.is_in(ids.iter().copied()))
        .filter(partnership::Column::Role.is_in(TOLD))
        .filter(partnership::Column::EndedAt.is_null())
        .order_by_asc(partnership::Column::Id)
        .all(db)
        .await?;
    let mut roles: HashMap<BatchId, Vec<(InstitutionId, PartnershipRole)>> = HashMap::new();
    for role in held {
        if let (Some(batch), Some(body)) = (role.batch_id, role.institution_id) {
            roles.entry(batch).or_default().push((body, role.role));
        }
    }
    for row in rows {
        let roles = roles.entry(row.id).or_default();
        if roles.iter().all(|(_, role)| *role != PartnershipRole::Organiser) {
            roles.insert(0, (row.owner_id, PartnershipRole::Organiser));
        }
    }
    let known: Vec<InstitutionId> = roles.values().flatten().map(|(body, _)| *body).collect();
    let keys = institution::Entity::find()
        .filter(institution::Column::Id.is_in(known.clone()))
        .all(db)
        .await?;
    let keys: HashMap<_, _> = keys.into_iter().map(|row| (row.id, row.key)).collect();
    let mut names: HashMap<InstitutionId, Vec<institution_name::Model>> = HashMap::new();
    let all = institution_name::Entity::find()
        .filter(institution_name::Column::InstitutionId.is_in(known));
    for name in all.all(db).await? {
        names.entry(name.institution_id).or_default().push(name);
    }
    let languages = Languages::default();
    let named = |body: &InstitutionId, day| {
        let name = names.get(body).and_then(|names| name_on(names, day, &languages));
        name.or_else(|| keys.get(body).cloned()).unwrap_or_default()
    };
    let told = rows.iter().map(|row| {
        let roles = roles.get(&row.id).into_iter().flatten();
        (row.id, roles.map(|(body, role)| (named(body, row.sort_date), *role)).collect())
    });
    Ok(told.collect())
}

/// The first day that batches had before they were rescheduled the last time, as the log tells
/// everybody.
async fn moved(
    db: &impl ConnectionTrait,
    ids: &[BatchId],
) -> Result<HashMap<BatchId, NaiveDate>, DbErr> {
    let events = event::Entity::find()
        .filter(event::Column::SubjectKind.eq(RecordKind::Batch))
        .filter(event::Column::SubjectId.is_in(ids.iter().map(ToString::to_string)))
        .filter(event::Column::Kind.eq(EventKind::BatchRescheduled.name()))
        .filter(event::Column::Public.eq(true))
        .order_by_asc(event::Column::Position)
        .all(db)
        .await?;
    let told = events.iter().filter_map(|event| {
        let id = BatchId(event.subject_id.as_deref()?.parse().ok()?);
        // Earlier versions of the program wrote dates in quotation marks.
        let day = event.changes.get("starts_on")?.get(0)?.as_str()?.trim_matches('\'');
        Some((id, day.parse().ok()?))
    });
    Ok(told.collect())
}
