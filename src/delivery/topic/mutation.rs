//! What is done to topics.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use async_graphql::MaybeUndefined;
use entity::topic;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Topic, rules};
use crate::access::policy::Relation;
use crate::mutation::{IdOf, changed, given, mutations, reference};
use crate::rule::{self, Stem, key_or, unset};

mutations! {
    /// Mutations of topics.
    TOPIC_MUTATIONS {
        /// Enters a subject. For curators.
        add_topic(AddTopicInput) -> AddTopicPayload { topic: Topic }, a KeepCommon {
            /// The key; unless given, made of what tells the record apart.
            key: Option<String>,
            /// The subject within which it lies.
            parent_id: Option<IdOf<topic::Entity>>,
            /// The label in English.
            label_en: String,
            /// The label in Indonesian.
            label_id: String,
            /// The DAC sector code.
            dac_code: Option<String>,
        }

        /// Changes a subject. For curators. What is left out stays as it is.
        update_topic(UpdateTopicInput) -> UpdateTopicPayload { topic: Topic }, a KeepCommon {
            /// The subject.
            topic_id: IdOf<topic::Entity>,
            /// The subject within which it lies; null where it lies within none.
            parent_id: MaybeUndefined<IdOf<topic::Entity>>,
            /// The label in English.
            label_en: Option<String>,
            /// The label in Indonesian.
            label_id: Option<String>,
            /// The DAC sector code; null where there is none.
            dac_code: MaybeUndefined<String>,
        }
    }
}

async fn add_topic(
    w: &mut Write,
    by: &Authorizer,
    input: &AddTopicInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let parent =
        by.find_optional::<topic::Entity>(w, "parent_id", input.parent_id.map(|id| id.0)).await?;
    let draft = topic::ActiveModel {
        key: key_or(w, input.key.as_ref(), Stem::<topic::Entity>::named(&input.label_en)).await?,
        parent_id: Set(parent.map(|row| row.id)),
        label_en: Set(input.label_en.clone()),
        label_id: Set(input.label_id.clone()),
        dac_code: Set(input.dac_code.clone()),
        ..unset()
    };
    let put = rules::enter(w, None, draft).await?;
    rule::emit::<topic::Entity>(w, &put);
    Ok(put.row.id.0)
}

async fn update_topic(
    w: &mut Write,
    by: &Authorizer,
    input: &UpdateTopicInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let row = by.target::<topic::Entity>(w, "topic_id", input.topic_id.0).await?;
    let parent_id = reference::<topic::Entity>(by, w, "parent_id", input.parent_id).await?;
    let draft = topic::ActiveModel {
        parent_id: changed(parent_id, |parent| parent.id),
        label_en: given(input.label_en.clone()),
        label_id: given(input.label_id.clone()),
        dac_code: changed(input.dac_code.clone(), |code| code),
        ..unset()
    };
    let put = rules::enter(w, Some(&row), draft).await?;
    rule::emit::<topic::Entity>(w, &put);
    Ok(put.row.id.0)
}
