//! What is done to engagements.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use async_graphql::MaybeUndefined;
use entity::vocabulary::EngagementRole;
use entity::{appointment, batch, delegation, engagement, institution, person, workshop};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Engagement, rules};
use crate::mutation::{IdOf, changed, given, mutations, reference};
use crate::rule::{unguessable_key, unset};

mutations! {
    /// Mutations of engagements.
    ENGAGEMENT_MUTATIONS {
        /// Says what a person does at a batch or at a workshop. Whoever is engaged as `PARTICIPANT`
        /// is seen by officers of the organisers and of the institution that sends the person
        /// alone; whoever is engaged otherwise is public.
        engage_person(EngagePersonInput)
            -> EngagePersonPayload { engagement: Engagement }, a KeepRecord {
            /// The person.
            person_id: IdOf<person::Entity>,
            /// At this batch; or
            batch_id: Option<IdOf<batch::Entity>>,
            /// at this workshop.
            workshop_id: Option<IdOf<workshop::Entity>>,
            /// As what.
            role: EngagementRole,
            /// The post in which.
            appointment_id: Option<IdOf<appointment::Entity>>,
            /// For whom.
            institution_id: Option<IdOf<institution::Entity>>,
            /// Whom the person stands in for.
            on_behalf_of_id: Option<IdOf<person::Entity>>,
            /// A participant's party.
            delegation_id: Option<IdOf<delegation::Entity>>,
        }

        /// Changes what a person does. What is left out stays as it is.
        change_engagement(ChangeEngagementInput)
            -> ChangeEngagementPayload { engagement: Engagement }, a KeepRecord {
            /// The engagement.
            engagement_id: IdOf<engagement::Entity>,
            /// As what.
            role: Option<EngagementRole>,
            /// The post in which; null where in none.
            appointment_id: MaybeUndefined<IdOf<appointment::Entity>>,
            /// For whom; null where for nobody.
            institution_id: MaybeUndefined<IdOf<institution::Entity>>,
            /// Whom the person stands in for; null where for nobody.
            on_behalf_of_id: MaybeUndefined<IdOf<person::Entity>>,
        }

        /// Says that an engagement is over, or was called off; the record stays.
        end_engagement(EndEngagementInput)
            -> EndEngagementPayload { engagement: Engagement }, a KeepRecord {
            /// The engagement.
            engagement_id: IdOf<engagement::Entity>,
        }
    }
}

async fn engage_person(
    w: &mut Write,
    by: &Authorizer,
    input: &EngagePersonInput,
) -> Result<Uuid, WriteError> {
    if let Some(id) = input.batch_id {
        by.under_batch(w, id.0).await?;
    }
    if let Some(id) = input.workshop_id {
        by.batch_scoped::<workshop::Entity>(w, "workshop_id", id.0).await?;
    }
    let id = |id: uuid::Uuid| id;
    let person = by.find::<person::Entity>(w, "person_id", input.person_id.0).await?;
    let post = by
        .find_optional::<appointment::Entity>(
            w,
            "appointment_id",
            input.appointment_id.map(|post| id(post.0)),
        )
        .await?;
    let body = by
        .find_optional::<institution::Entity>(
            w,
            "institution_id",
            input.institution_id.map(|body| id(body.0)),
        )
        .await?;
    let other = by
        .find_optional::<person::Entity>(
            w,
            "on_behalf_of_id",
            input.on_behalf_of_id.map(|other| id(other.0)),
        )
        .await?;
    let party = by
        .find_optional::<delegation::Entity>(
            w,
            "delegation_id",
            input.delegation_id.map(|party| id(party.0)),
        )
        .await?;
    let draft = engagement::ActiveModel {
        key: Set(unguessable_key(w, "engagement")),
        person_id: Set(person.id),
        batch_id: Set(input.batch_id.map(|batch| entity::id::BatchId(batch.0))),
        workshop_id: Set(input.workshop_id.map(|workshop| entity::id::WorkshopId(workshop.0))),
        role: Set(input.role),
        appointment_id: Set(post.map(|row| row.id)),
        institution_id: Set(body.map(|row| row.id)),
        on_behalf_of_id: Set(other.map(|row| row.id)),
        delegation_id: Set(party.map(|row| row.id)),
        ..unset()
    };
    Ok(rules::enter(w, None, draft).await?.row.id.0)
}

async fn change_engagement(
    w: &mut Write,
    by: &Authorizer,
    input: &ChangeEngagementInput,
) -> Result<Uuid, WriteError> {
    let (_, row) =
        by.batch_scoped::<engagement::Entity>(w, "engagement_id", input.engagement_id.0).await?;
    let post =
        reference::<appointment::Entity>(by, w, "appointment_id", input.appointment_id).await?;
    let body =
        reference::<institution::Entity>(by, w, "institution_id", input.institution_id).await?;
    let other =
        reference::<person::Entity>(by, w, "on_behalf_of_id", input.on_behalf_of_id).await?;
    let draft = engagement::ActiveModel {
        role: given(input.role),
        appointment_id: changed(post, |post| post.id),
        institution_id: changed(body, |body| body.id),
        on_behalf_of_id: changed(other, |other| other.id),
        ..unset()
    };
    Ok(rules::enter(w, Some(&row), draft).await?.row.id.0)
}

async fn end_engagement(
    w: &mut Write,
    by: &Authorizer,
    input: &EndEngagementInput,
) -> Result<Uuid, WriteError> {
    let (_, row) =
        by.batch_scoped::<engagement::Entity>(w, "engagement_id", input.engagement_id.0).await?;
    Ok(rules::end(w, &row).await?.row.id.0)
}
