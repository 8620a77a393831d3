//! By what each kind of record is found.

use std::collections::{BTreeSet, HashMap};

use entity::id::{ActionItemId, ActionPlanId, BatchId, PersonId};
use entity::vocabulary::{ClaimProperty, RecordKind};
use entity::{
    action_item, action_plan, batch, claim, country, country_name, delegation, indicator,
    institution, institution_name, outcome, person, programme, progress_note, regional_group,
    search_entry, source, topic, venue, workshop,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter,
};
use serde_json::json;
use uuid::Uuid;

use super::words;
use crate::graphql::filter::id_column;
use crate::record::Record;
use crate::text::fold;

/// What a record is found by.
pub(super) struct Entry {
    kind: RecordKind,
    subject: String,
    batch: Option<BatchId>,
    person: Option<PersonId>,
    /// What it is called: these are found before others.
    names: Vec<String>,
    /// What else is said of it.
    others: Vec<String>,
}

impl Entry {
    fn new<'a>(
        kind: RecordKind,
        subject: String,
        names: impl IntoIterator<Item = Option<&'a str>>,
    ) -> Self {
        let names = names.into_iter().flatten().map(str::to_owned).collect();
        Self { kind, subject, batch: None, person: None, names, others: Vec::new() }
    }

    /// Of a record with a key, which is the last of its names.
    fn of<'a, E: Record>(
        row: &'a E::Model,
        names: impl IntoIterator<Item = Option<&'a str>>,
    ) -> Self {
        Self::new(E::KIND, E::id(row).to_string(), names.into_iter().chain([Some(E::key(row))]))
    }

    fn also<'a>(mut self, others: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        self.others.extend(others.into_iter().flatten().map(str::to_owned));
        self
    }

    fn in_batch(self, batch: BatchId) -> Self {
        Self { batch: Some(batch), ..self }
    }

    pub(super) fn into_row(self) -> search_entry::ActiveModel {
        let row = self.into_model().into_active_model().reset_all();
        search_entry::ActiveModel { id: NotSet, ..row }
    }

    pub(super) fn into_model(self) -> search_entry::Model {
        let names: BTreeSet<String> = self.names.iter().map(|name| fold(name)).collect();
        let texts: Vec<String> = self.names.into_iter().chain(self.others).collect();
        let words: BTreeSet<String> = texts.iter().flat_map(|text| words(text)).collect();
        let names: String =
            names.into_iter().filter(|name| !name.is_empty()).map(|name| name + "\n").collect();
        search_entry::Model {
            id: 0,
            subject_kind: self.kind,
            subject: self.subject,
            batch_id: self.batch,
            person_id: self.person,
            names: format!("\n{names}"),
            words: words.into_iter().collect::<Vec<_>>().join(" "),
            texts: json!(texts),
        }
    }
}

/// By what those of `subjects` are found that exist and are found at all.
pub(super) async fn entries(
    db: &impl ConnectionTrait,
    kind: RecordKind,
    subjects: &[String],
) -> Result<Vec<Entry>, DbErr> {
    let ids: Vec<Uuid> = subjects.iter().filter_map(|subject| subject.parse().ok()).collect();
    Ok(match kind {
        RecordKind::Country => countries(db, subjects).await?,
        RecordKind::Institution => institutions(db, &ids).await?,
        RecordKind::Batch => batches(db, &ids).await?,
        RecordKind::RegionalGroup => {
            let names = |row: &regional_group::Model| {
                let names =
                    [Some(row.name_en.as_str()), row.name_id.as_deref(), row.acronym.as_deref()];
                Entry::of::<regional_group::Entity>(row, names)
            };
            rows::<regional_group::Entity>(db, &ids).await?.iter().map(names).collect()
        }
        RecordKind::Programme => {
            let names = |row: &programme::Model| {
                Entry::of::<programme::Entity>(
                    row,
                    [Some(row.title.as_str()), row.acronym.as_deref()],
                )
            };
            rows::<programme::Entity>(db, &ids).await?.iter().map(names).collect()
        }
        RecordKind::Workshop => {
            let names = |row: &workshop::Model| {
                Entry::of::<workshop::Entity>(row, [Some(row.title.as_str())])
                    .in_batch(row.batch_id)
            };
            rows::<workshop::Entity>(db, &ids).await?.iter().map(names).collect()
        }
        RecordKind::Person => {
            let people = rows::<person::Entity>(db, &ids).await?;
            let names = |row: &person::Model| Entry {
                person: Some(row.id),
                ..Entry::of::<person::Entity>(row, [Some(row.name.as_str())])
            };
            people.iter().filter(|row| row.merged_into_id.is_none()).map(names).collect()
        }
        RecordKind::Venue => {
            let names = |row: &venue::Model| {
                let others = [row.address.as_deref(), row.city.as_deref()];
                Entry::of::<venue::Entity>(row, [Some(row.name.as_str())]).also(others)
            };
            let venues = rows::<venue::Entity>(db, &ids).await?;
            venues.iter().filter(|row| row.merged_into_id.is_none()).map(names).collect()
        }
        RecordKind::Topic => {
            let names = |row: &topic::Model| {
                let names = [row.label_en.as_str(), row.label_id.as_str()].map(Some);
                Entry::of::<topic::Entity>(row, names).also([row.dac_code.as_deref()])
            };
            rows::<topic::Entity>(db, &ids).await?.iter().map(names).collect()
        }
        RecordKind::ActionPlan => {
            let plans = rows::<action_plan::Entity>(db, &ids).await?;
            let batches = batches_of_plans(db, plans.iter().map(|row| row.id)).await?;
            let entry = |row: &action_plan::Model| {
                let batch = *batches.get(&row.id)?;
                Some(Entry::of::<action_plan::Entity>(row, [row.title.as_deref()]).in_batch(batch))
            };
            plans.iter().filter_map(entry).collect()
        }
        RecordKind::ActionItem => {
            let items = rows::<action_item::Entity>(db, &ids).await?;
            let batches = batches_of_plans(db, items.iter().map(|row| row.action_plan_id)).await?;
            let entry = |row: &action_item::Model| {
                let batch = *batches.get(&row.action_plan_id)?;
                Some(
                    Entry::of::<action_item::Entity>(row, [Some(row.title.as_str())])
                        .in_batch(batch),
                )
            };
            items.iter().filter_map(entry).collect()
        }
        RecordKind::ProgressNote => {
            let notes = rows::<progress_note::Entity>(db, &ids).await?;
            let items: Vec<Uuid> = notes.iter().map(|row| row.action_item_id.0).collect();
            let items = rows::<action_item::Entity>(db, &items).await?;
            let plans: HashMap<ActionItemId, ActionPlanId> =
                items.iter().map(|row| (row.id, row.action_plan_id)).collect();
            let batches = batches_of_plans(db, plans.values().copied()).await?;
            let entry = |row: &progress_note::Model| {
                let batch = *batches.get(plans.get(&row.action_item_id)?)?;
                Some(
                    Entry::of::<progress_note::Entity>(row, [])
                        .also([Some(row.text.as_str())])
                        .in_batch(batch),
                )
            };
            notes.iter().filter_map(entry).collect()
        }
        RecordKind::Outcome => {
            let names = |row: &outcome::Model| {
                let names = [Some(row.label_en.as_str()), row.label_id.as_deref()];
                Entry::of::<outcome::Entity>(row, names).in_batch(row.batch_id)
            };
            rows::<outcome::Entity>(db, &ids).await?.iter().map(names).collect()
        }
        RecordKind::Source => {
            let names = |row: &source::Model| {
                let others = [row.reference.as_deref(), row.url.as_deref()];
                Entry::of::<source::Entity>(row, [Some(row.title.as_str())]).also(others)
            };
            rows::<source::Entity>(db, &ids).await?.iter().map(names).collect()
        }
        RecordKind::Indicator => {
            let names = |row: &indicator::Model| {
                Entry::of::<indicator::Entity>(
                    row,
                    [Some(row.label_en.as_str()), row.label_id.as_deref()],
                )
            };
            rows::<indicator::Entity>(db, &ids).await?.iter().map(names).collect()
        }
        // These have no text of their own, or none that is for everybody.
        RecordKind::BatchPart
        | RecordKind::Membership
        | RecordKind::Partnership
        | RecordKind::Tag
        | RecordKind::Delegation
        | RecordKind::Appointment
        | RecordKind::Engagement
        | RecordKind::Observation
        | RecordKind::Claim
        | RecordKind::Citation
        | RecordKind::Finding
        | RecordKind::Account
        | RecordKind::Grant
        | RecordKind::ApiToken
        | RecordKind::Import
        | RecordKind::WebhookEndpoint
        | RecordKind::WebhookDelivery
        | RecordKind::Tombstone => Vec::new(),
    })
}

async fn rows<E: Record>(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<E::Model>, DbErr> {
    E::find().filter(id_column::<E>().is_in(ids.iter().copied())).all(db).await
}

async fn countries(db: &impl ConnectionTrait, codes: &[String]) -> Result<Vec<Entry>, DbErr> {
    let rows = country::Entity::find().filter(country::Column::Code.is_in(codes)).all(db).await?;
    let names = country_name::Entity::find()
        .filter(country_name::Column::CountryCode.is_in(codes))
        .all(db)
        .await?;
    let entry = |row: &country::Model| {
        let names = names
            .iter()
            .filter(|name| name.country_code == row.code)
            .map(|name| Some(name.name.as_str()));
        let codes = [Some(row.code.0.as_str()), Some(row.alpha3.as_str())];
        Entry::new(RecordKind::Country, row.code.to_string(), names.chain(codes))
    };
    Ok(rows.iter().map(entry).collect())
}

/// What was merged into another is not found any more: the other is, by its own names.
async fn institutions(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Entry>, DbErr> {
    let bodies = rows::<institution::Entity>(db, ids).await?;
    let of = institution_name::Column::InstitutionId.is_in(ids.iter().copied());
    let names = institution_name::Entity::find().filter(of).all(db).await?;
    let entry = |row: &institution::Model| {
        let names = names
            .iter()
            .filter(|name| name.institution_id == row.id)
            .map(|name| Some(name.name.as_str()));
        Entry::of::<institution::Entity>(row, names).also([row.city.as_deref()])
    };
    Ok(bodies.iter().filter(|row| row.merged_into_id.is_none()).map(entry).collect())
}

/// A batch is found by every title that a source claims.
async fn batches(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Entry>, DbErr> {
    let rows = batch::Entity::find()
        .filter(batch::Column::Id.is_in(ids.iter().copied()))
        .find_also_related(programme::Entity);
    let rows = rows.all(db).await?;
    let titles = claim::Entity::find()
        .filter(claim::Column::BatchId.is_in(ids.iter().copied()))
        .filter(claim::Column::Property.eq(ClaimProperty::Title))
        .all(db)
        .await?;
    let entry = |(row, programme): &(batch::Model, Option<programme::Model>)| {
        let claimed = titles
            .iter()
            .filter(|claim| claim.batch_id == row.id)
            .map(|claim| claim.text.as_deref());
        // The accepted title is one of those that are claimed.
        let names: BTreeSet<Option<&str>> = claimed.collect();
        let others =
            [row.label.as_deref(), programme.as_ref().map(|programme| programme.title.as_str())];
        Entry::of::<batch::Entity>(row, names).also(others).in_batch(row.id)
    };
    Ok(rows.iter().map(entry).collect())
}

/// The batch of each plan.
async fn batches_of_plans(
    db: &impl ConnectionTrait,
    plans: impl Iterator<Item = ActionPlanId>,
) -> Result<HashMap<ActionPlanId, BatchId>, DbErr> {
    let plans = action_plan::Entity::find().filter(action_plan::Column::Id.is_in(plans));
    let rows = plans.find_also_related(delegation::Entity).all(db).await?;
    Ok(rows.into_iter().filter_map(|(plan, party)| Some((plan.id, party?.batch_id))).collect())
}
