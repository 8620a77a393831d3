//! What is done to partnerships.

use async_graphql::MaybeUndefined;
use entity::vocabulary::PartnershipRole;
use entity::{batch, institution, partnership, programme, regional_group, workshop};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Partnership, rules};
use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use crate::mutation::{IdOf, changed, given, mutations};
use crate::rule::{key_or, unset};

mutations! {
    /// Mutations of partnerships.
    PARTNERSHIP_MUTATIONS {
        /// Says that an institution or group holds a role in a programme, a batch or a workshop:
        /// one of each. Whoever is made an `ORGANISER` or `HOST` of a batch may keep its
        /// delegations.
        add_partnership(AddPartnershipInput)
            -> AddPartnershipPayload { partnership: Partnership }, a KeepRecord {
            /// The institution that holds the role; or
            institution_id: Option<IdOf<institution::Entity>>,
            /// the group that holds it.
            group_id: Option<IdOf<regional_group::Entity>>,
            /// In this programme; or
            programme_id: Option<IdOf<programme::Entity>>,
            /// in this batch; or
            batch_id: Option<IdOf<batch::Entity>>,
            /// in this workshop.
            workshop_id: Option<IdOf<workshop::Entity>>,
            /// The role.
            role: PartnershipRole,
            /// The name of the holder as printed.
            label: Option<String>,
            /// The key; unless given, made of what tells the record apart.
            key: Option<String>,
        }

        /// Changes the role of a partnership, or the name as printed.
        change_partnership(ChangePartnershipInput)
            -> ChangePartnershipPayload { partnership: Partnership }, a KeepRecord {
            /// The partnership.
            partnership_id: IdOf<partnership::Entity>,
            /// The role.
            role: Option<PartnershipRole>,
            /// The name of the holder as printed; null where none is printed.
            label: MaybeUndefined<String>,
        }

        /// Says that a role is held no more. Its holder may do no more with the batch than others;
        /// the record stays.
        end_partnership(EndPartnershipInput)
            -> EndPartnershipPayload { partnership: Partnership }, a KeepRecord {
            /// The partnership.
            partnership_id: IdOf<partnership::Entity>,
        }
    }
}

async fn add_partnership(
    w: &mut Write,
    by: &Authorizer,
    input: &AddPartnershipInput,
) -> Result<Uuid, WriteError> {
    let (programme, batch, workshop) = (input.programme_id, input.batch_id, input.workshop_id);
    let mut subject_key = String::new();
    if let Some(id) = programme {
        let row = by.find::<programme::Entity>(w, "programme_id", id.0).await?;
        by.require_of(row.owner_id)?;
        subject_key = row.key;
    }
    if let Some(id) = batch {
        subject_key = by.under_batch(w, id.0).await?.key;
    }
    if let Some(id) = workshop {
        subject_key = by.batch_scoped::<workshop::Entity>(w, "workshop_id", id.0).await?.1.key;
    }
    let body = input.institution_id.map(|id| id.0);
    let body = by.find_optional::<institution::Entity>(w, "institution_id", body).await?;
    let group = input.group_id.map(|id| id.0);
    let group = by.find_optional::<regional_group::Entity>(w, "regional_group_id", group).await?;
    let holder = body.as_ref().map(|row| &row.key).or(group.as_ref().map(|row| &row.key));
    let holder = holder.or(input.label.as_ref()).map_or("", |holder| holder);
    let stem = rules::key_stem(&subject_key, input.role, holder);
    let draft = partnership::ActiveModel {
        key: key_or(w, input.key.as_ref(), stem).await?,
        institution_id: Set(body.map(|row| row.id)),
        regional_group_id: Set(group.map(|row| row.id)),
        programme_id: Set(programme.map(|id| entity::id::ProgrammeId(id.0))),
        batch_id: Set(batch.map(|id| entity::id::BatchId(id.0))),
        workshop_id: Set(workshop.map(|id| entity::id::WorkshopId(id.0))),
        role: Set(input.role),
        label: Set(input.label.clone()),
        ..unset()
    };
    Ok(rules::enter(w, None, draft).await?.row.id.0)
}

async fn change_partnership(
    w: &mut Write,
    by: &Authorizer,
    input: &ChangePartnershipInput,
) -> Result<Uuid, WriteError> {
    let row = kept(w, by, input.partnership_id).await?;
    let draft = partnership::ActiveModel {
        role: given(input.role),
        label: changed(input.label.clone(), |label| label),
        ..unset()
    };
    Ok(rules::enter(w, Some(&row), draft).await?.row.id.0)
}

async fn end_partnership(
    w: &mut Write,
    by: &Authorizer,
    input: &EndPartnershipInput,
) -> Result<Uuid, WriteError> {
    let row = kept(w, by, input.partnership_id).await?;
    Ok(rules::end(w, &row).await?.row.id.0)
}

/// The partnership that is to be changed, by somebody who keeps what it is held in.
async fn kept(
    w: &Write,
    by: &Authorizer,
    id: IdOf<partnership::Entity>,
) -> Result<partnership::Model, WriteError> {
    let row = by.find::<partnership::Entity>(w, "partnership_id", id.0).await?;
    match row.programme_id {
        Some(programme) => {
            by.require_of(
                by.find::<programme::Entity>(w, "partnership_id", programme.0).await?.owner_id,
            )?;
            by.target::<partnership::Entity>(w, "partnership_id", id.0).await
        }
        None => Ok(by.batch_scoped::<partnership::Entity>(w, "partnership_id", id.0).await?.1),
    }
}
