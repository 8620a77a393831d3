//! What is done to groups of countries.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use async_graphql::MaybeUndefined;
use entity::regional_group;
use entity::vocabulary::RegionalGroupKind;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{RegionalGroup, rules};
use crate::access::policy::Relation;
use crate::mutation::{IdOf, changed, given, mutations};
use crate::rule::{self, key_or, unset};

mutations! {
    /// Mutations of groups of countries.
    REGIONAL_GROUP_MUTATIONS {
        /// Enters a group of countries. For curators.
        add_regional_group(AddRegionalGroupInput)
            -> AddRegionalGroupPayload { regional_group: RegionalGroup }, a KeepCommon {
            /// The key; unless given, made of what tells the record apart.
            key: Option<String>,
            /// What binds it together.
            kind: RegionalGroupKind,
            /// The name in English.
            name_en: String,
            /// The name in Indonesian.
            name_id: Option<String>,
            /// The acronym.
            acronym: Option<String>,
        }

        /// Changes a group of countries. For curators. What is left out stays as it is.
        update_regional_group(UpdateRegionalGroupInput)
            -> UpdateRegionalGroupPayload { regional_group: RegionalGroup }, a KeepCommon {
            /// The group.
            group_id: IdOf<regional_group::Entity>,
            /// The name in English.
            name_en: Option<String>,
            /// The name in Indonesian; null where there is none.
            name_id: MaybeUndefined<String>,
            /// The acronym; null where there is none.
            acronym: MaybeUndefined<String>,
        }
    }
}

async fn add_regional_group(
    w: &mut Write,
    by: &Authorizer,
    input: &AddRegionalGroupInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let stem = rules::key_stem(&input.name_en, input.acronym.as_deref());
    let draft = regional_group::ActiveModel {
        key: key_or(w, input.key.as_ref(), stem).await?,
        kind: Set(input.kind),
        name_en: Set(input.name_en.clone()),
        name_id: Set(input.name_id.clone()),
        acronym: Set(input.acronym.clone()),
        ..unset()
    };
    let put = rules::enter(w, None, draft).await?;
    rule::emit::<regional_group::Entity>(w, &put);
    Ok(put.row.id.0)
}

async fn update_regional_group(
    w: &mut Write,
    by: &Authorizer,
    input: &UpdateRegionalGroupInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let row = by.target::<regional_group::Entity>(w, "regional_group_id", input.group_id.0).await?;
    let draft = regional_group::ActiveModel {
        name_en: given(input.name_en.clone()),
        name_id: changed(input.name_id.clone(), |name| name),
        acronym: changed(input.acronym.clone(), |acronym| acronym),
        ..unset()
    };
    let put = rules::enter(w, Some(&row), draft).await?;
    rule::emit::<regional_group::Entity>(w, &put);
    Ok(put.row.id.0)
}
