//! What holds for citations, and how they are written.

use entity::id::*;
use entity::vocabulary::RecordKind;
use entity::*;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, PrimaryKeyTrait, QueryFilter};
use uuid::Uuid;

use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;
use crate::record::Record;
use crate::rule::{self, check, optional, required, tidy_optional};

/// Enters a citation, or changes it.
///
/// It is of a record that is there; a country is cited by its code, any other record by its id. A
/// source is cited for a record once. Its key is made of the source, the kind of record and the
/// record's key. It hangs from the batch from which the record hangs.
pub async fn enter(
    w: &mut Write,
    existing: Option<&citation::Model>,
    mut draft: citation::ActiveModel,
) -> Result<Put<citation::Model>, WriteError> {
    tidy_optional(&mut draft.locator, "locator")?;
    let source = required!(draft, existing, source_id);
    let kind = required!(draft, existing, subject_kind);
    let (id, country) =
        (optional!(draft, existing, subject_id), optional!(draft, existing, country_code));
    check::exactly_one(&[("subject_id", id.is_some()), ("country_code", country.is_some())])?;
    let subject = match (id, &country) {
        (Some(id), _) if kind != RecordKind::Country => subject(w, kind, id).await?,
        (None, Some(code)) if kind == RecordKind::Country => {
            Subject { key: code.0.to_lowercase(), batch: None }
        }
        _ => {
            let message = say!("a country is cited by its code, any other record by its id");
            return Err(check::invalid("subject_kind", message).into());
        }
    };
    let same = match country {
        Some(code) => citation::Column::CountryCode.eq(code),
        None => citation::Column::SubjectId.eq(id),
    };
    let other = citation::Entity::find()
        .filter(citation::Column::SourceId.eq(source))
        .filter(same)
        .one(w.read())
        .await?
        .filter(|other| existing.is_none_or(|row| row.id != other.id));
    if other.is_some() {
        let source = rule::key_of::<source::Entity>(w, source).await?;
        let message = say!("\"{source}\" is already cited for this {kind}", source, kind);
        return Err(Refusal::new(RefusalCode::Duplicate, "source_id", message).into());
    }
    draft.batch_id = ActiveValue::Set(subject.batch);
    if existing.is_none() && draft.key.is_not_set() {
        let source = rule::key_of::<source::Entity>(w, source).await?;
        draft.key = ActiveValue::Set(key(&source, kind, &subject.key));
    }
    rule::put::<citation::Entity>(w, existing, draft).await
}

/// The key of a citation. Country codes are written small in it.
pub fn key(source: &str, kind: RecordKind, record: &str) -> String {
    let kind = kind.to_string().to_lowercase().replace('_', "-");
    format!("{source}--{kind}--{}", record.to_lowercase())
}

/// A record that is cited.
struct Subject {
    key: String,
    batch: Option<BatchId>,
}

/// The record of this kind and id, and the batch from which it hangs, if one.
async fn subject(w: &Write, kind: RecordKind, id: Uuid) -> Result<Subject, WriteError> {
    /// A record that is there.
    async fn row<E: Record>(
        w: &Write,
        id: <E::PrimaryKey as PrimaryKeyTrait>::ValueType,
    ) -> Result<E::Model, WriteError> {
        rule::row_of::<E>(w, "subject_id", id).await
    }
    let at = |key: String, batch: Option<BatchId>| Ok(Subject { key, batch });
    let of_workshop = async |id: Option<WorkshopId>| match id {
        Some(id) => row::<workshop::Entity>(w, id).await.map(|row| Some(row.batch_id)),
        None => Ok(None),
    };
    let of_plan = async |id: ActionPlanId| {
        let plan = row::<action_plan::Entity>(w, id).await?;
        row::<delegation::Entity>(w, plan.delegation_id).await.map(|row| (plan.key, row.batch_id))
    };
    match kind {
        RecordKind::Account
        | RecordKind::Grant
        | RecordKind::ApiToken
        | RecordKind::Import
        | RecordKind::WebhookEndpoint
        | RecordKind::WebhookDelivery
        | RecordKind::Tombstone => Err(check::invalid(
            "subject_kind",
            say!("no source documents a record of the kind {kind}", kind),
        )
        .into()),
        RecordKind::Country => {
            Err(check::invalid("subject_kind", say!("a country is cited by its code")).into())
        }
        RecordKind::RegionalGroup => {
            at(row::<regional_group::Entity>(w, RegionalGroupId(id)).await?.key, None)
        }
        RecordKind::Membership => {
            at(row::<membership::Entity>(w, MembershipId(id)).await?.key, None)
        }
        RecordKind::Institution => {
            at(row::<institution::Entity>(w, InstitutionId(id)).await?.key, None)
        }
        RecordKind::Programme => at(row::<programme::Entity>(w, ProgrammeId(id)).await?.key, None),
        RecordKind::Batch => at(row::<batch::Entity>(w, BatchId(id)).await?.key, Some(BatchId(id))),
        RecordKind::BatchPart => {
            let row = row::<batch_part::Entity>(w, BatchPartId(id)).await?;
            at(row.key, Some(row.batch_id))
        }
        RecordKind::Workshop => {
            let row = row::<workshop::Entity>(w, WorkshopId(id)).await?;
            at(row.key, Some(row.batch_id))
        }
        RecordKind::Partnership => {
            let row = row::<partnership::Entity>(w, PartnershipId(id)).await?;
            at(row.key, row.batch_id.or(of_workshop(row.workshop_id).await?))
        }
        RecordKind::Delegation => {
            let row = row::<delegation::Entity>(w, DelegationId(id)).await?;
            at(row.key, Some(row.batch_id))
        }
        RecordKind::Person => at(row::<person::Entity>(w, PersonId(id)).await?.key, None),
        RecordKind::Appointment => {
            at(row::<appointment::Entity>(w, AppointmentId(id)).await?.key, None)
        }
        RecordKind::Engagement => {
            let row = row::<engagement::Entity>(w, EngagementId(id)).await?;
            at(row.key, row.batch_id.or(of_workshop(row.workshop_id).await?))
        }
        RecordKind::Venue => at(row::<venue::Entity>(w, VenueId(id)).await?.key, None),
        RecordKind::Topic => at(row::<topic::Entity>(w, TopicId(id)).await?.key, None),
        RecordKind::Tag => at(row::<tag::Entity>(w, TagId(id)).await?.key, None),
        RecordKind::ActionPlan => {
            let (key, batch) = of_plan(ActionPlanId(id)).await?;
            at(key, Some(batch))
        }
        RecordKind::ActionItem => {
            let row = row::<action_item::Entity>(w, ActionItemId(id)).await?;
            at(row.key, Some(of_plan(row.action_plan_id).await?.1))
        }
        RecordKind::ProgressNote => {
            let note = row::<progress_note::Entity>(w, ProgressNoteId(id)).await?;
            let item = row::<action_item::Entity>(w, note.action_item_id).await?;
            at(note.key, Some(of_plan(item.action_plan_id).await?.1))
        }
        RecordKind::Outcome => {
            let row = row::<outcome::Entity>(w, OutcomeId(id)).await?;
            at(row.key, Some(row.batch_id))
        }
        RecordKind::Indicator => at(row::<indicator::Entity>(w, IndicatorId(id)).await?.key, None),
        RecordKind::Observation => {
            let row = row::<observation::Entity>(w, ObservationId(id)).await?;
            at(row.key, row.batch_id)
        }
        RecordKind::Source => at(row::<source::Entity>(w, SourceId(id)).await?.key, None),
        RecordKind::Claim => {
            let row = row::<claim::Entity>(w, ClaimId(id)).await?;
            at(row.key, Some(row.batch_id))
        }
        RecordKind::Citation => {
            let row = row::<citation::Entity>(w, CitationId(id)).await?;
            if row.subject_kind == RecordKind::Citation {
                let message = say!(
                    "\"{key}\" cites another citation, and is not cited itself",
                    key = &row.key
                );
                return Err(check::invalid("subject_id", message).into());
            }
            at(row.key, row.batch_id)
        }
        RecordKind::Finding => {
            let row = row::<finding::Entity>(w, FindingId(id)).await?;
            at(row.key, row.batch_id)
        }
    }
}
