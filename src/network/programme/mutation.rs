//! What is done to programmes.

use async_graphql::MaybeUndefined;
use entity::vocabulary::Modality;
use entity::{institution, programme, regional_group, topic};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Programme, rules};
use crate::access::Authorizer;
use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::mutation::{IdOf, changed, given, mutations, reference, references};
use crate::rule::{key_or, unset};

mutations! {
    /// Mutations of programmes.
    PROGRAMME_MUTATIONS {
        /// Enters a programme, for officers of the institution that is to keep it.
        create_programme(CreateProgrammeInput)
            -> CreateProgrammePayload { programme: Programme }, a KeepRecord {
            /// The institution that keeps its record.
            owner_id: IdOf<institution::Entity>,
            /// The key; unless given, made of what tells the record apart.
            key: Option<String>,
            /// The title, as printed.
            title: String,
            /// The language of the title (BCP 47 tag).
            language: String,
            /// The acronym.
            acronym: Option<String>,
            /// The programme of which it is a part.
            parent_id: Option<IdOf<programme::Entity>>,
            /// The group of countries for which it is.
            group_id: Option<IdOf<regional_group::Entity>>,
            /// Who cooperates with whom.
            modality: Modality,
            /// What it is about.
            topic_ids: Option<Vec<IdOf<topic::Entity>>>,
        }

        /// Changes a programme. What is left out stays as it is.
        update_programme(UpdateProgrammeInput)
            -> UpdateProgrammePayload { programme: Programme }, a KeepRecord {
            /// The programme.
            programme_id: IdOf<programme::Entity>,
            /// The title, as printed.
            title: Option<String>,
            /// The language of the title (BCP 47 tag).
            language: Option<String>,
            /// The acronym; null where there is none.
            acronym: MaybeUndefined<String>,
            /// The programme of which it is a part; null where it is part of none.
            parent_id: MaybeUndefined<IdOf<programme::Entity>>,
            /// The group of countries for which it is; null where it is for none.
            group_id: MaybeUndefined<IdOf<regional_group::Entity>>,
            /// Who cooperates with whom.
            modality: Option<Modality>,
            /// What it is about, instead of what was said before.
            topic_ids: Option<Vec<IdOf<topic::Entity>>>,
        }
    }
}

async fn create_programme(
    w: &mut Write,
    by: &Authorizer,
    input: &CreateProgrammeInput,
) -> Result<Uuid, WriteError> {
    let owner = by.find::<institution::Entity>(w, "owner_id", input.owner_id.0).await?;
    by.require_of(owner.id)?;
    let parent = by
        .find_optional::<programme::Entity>(w, "parent_id", input.parent_id.map(|id| id.0))
        .await?;
    let group = input.group_id.map(|id| id.0);
    let group = by.find_optional::<regional_group::Entity>(w, "regional_group_id", group).await?;
    let stem = rules::key_stem(&input.title, input.acronym.as_deref());
    let draft = programme::ActiveModel {
        key: key_or(w, input.key.as_ref(), stem).await?,
        owner_id: Set(owner.id),
        title: Set(input.title.clone()),
        language: Set(input.language.clone()),
        acronym: Set(input.acronym.clone()),
        parent_id: Set(parent.map(|row| row.id)),
        regional_group_id: Set(group.map(|row| row.id)),
        modality: Set(input.modality),
        ..unset()
    };
    let put = rules::enter(w, None, draft).await?;
    about(w, by, &put, input.topic_ids.as_deref()).await?;
    Ok(put.row.id.0)
}

async fn update_programme(
    w: &mut Write,
    by: &Authorizer,
    input: &UpdateProgrammeInput,
) -> Result<Uuid, WriteError> {
    let row = by.target::<programme::Entity>(w, "programme_id", input.programme_id.0).await?;
    by.require_of(row.owner_id)?;
    let parent_id = reference::<programme::Entity>(by, w, "parent_id", input.parent_id).await?;
    let group_id =
        reference::<regional_group::Entity>(by, w, "regional_group_id", input.group_id).await?;
    let draft = programme::ActiveModel {
        title: given(input.title.clone()),
        language: given(input.language.clone()),
        acronym: changed(input.acronym.clone(), |acronym| acronym),
        parent_id: changed(parent_id, |parent| parent.id),
        regional_group_id: changed(group_id, |group| group.id),
        modality: given(input.modality),
        ..unset()
    };
    let put = rules::enter(w, Some(&row), draft).await?;
    about(w, by, &put, input.topic_ids.as_deref()).await?;
    Ok(put.row.id.0)
}

async fn about(
    w: &mut Write,
    by: &Authorizer,
    put: &Put<programme::Model>,
    topics: Option<&[IdOf<topic::Entity>]>,
) -> Result<(), WriteError> {
    let Some(ids) = topics else { return Ok(()) };
    let rows = references::<topic::Entity>(by, w, "topic_ids", ids).await?;
    rules::enter_topics(w, put, rows.into_iter().map(|row| row.id).collect()).await.map(|_| ())
}
