//! What is done to tags.

use entity::id::{ProgrammeId, TopicId};
use entity::vocabulary::TagVocabulary;
use entity::{programme, tag, topic};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Tag, rules};
use crate::access::Authorizer;
use crate::access::policy::{Action, Relation};
use crate::db::Write;
use crate::error::WriteError;
use crate::mutation::{IdOf, mutations};
use crate::rule::{key_or, unset};

mutations! {
    /// Mutations of tags.
    TAG_MUTATIONS {
        /// Says that a programme or topic falls under an entry of an international classification.
        /// A programme is tagged by officers of the institution that keeps it, a topic by curators.
        /// A wrong tag is taken off by `voidRecord`.
        add_tag(AddTagInput) -> AddTagPayload { tag: Tag }, a KeepRecord {
            /// The programme; or
            programme_id: Option<IdOf<programme::Entity>>,
            /// the topic.
            topic_id: Option<IdOf<topic::Entity>>,
            /// The classification.
            vocabulary: TagVocabulary,
            /// The code of the entry: `8.3` of `SDG`, `0214` of `ISCED_F`, `25010` of
            /// `DAC_PURPOSE`.
            code: String,
            /// The key; unless given, made of what tells the record apart.
            key: Option<String>,
        }
    }
}

async fn add_tag(w: &mut Write, by: &Authorizer, input: &AddTagInput) -> Result<Uuid, WriteError> {
    // The subject is locked, so that of two who tag it alike at once the second is told of the
    // first. That there is one of them alone, the rule says.
    let subject_key = match (input.programme_id, input.topic_id) {
        (Some(id), _) => {
            let by = by.acting(Action::KeepRecord);
            let row = by.target::<programme::Entity>(w, "programme_id", id.0).await?;
            by.require_of(row.owner_id)?;
            row.key
        }
        (None, Some(id)) => {
            let by = by.acting(Action::KeepCommon);
            by.require(Relation::Stranger)?;
            by.target::<topic::Entity>(w, "topic_id", id.0).await?.key
        }
        (None, None) => String::new(),
    };
    let stem = rules::key_stem(&subject_key, input.vocabulary, &input.code);
    let draft = tag::ActiveModel {
        key: key_or(w, input.key.as_ref(), stem).await?,
        programme_id: Set(input.programme_id.map(|id| ProgrammeId(id.0))),
        topic_id: Set(input.topic_id.map(|id| TopicId(id.0))),
        vocabulary: Set(input.vocabulary),
        code: Set(input.code.clone()),
        ..unset()
    };
    Ok(rules::enter(w, None, draft).await?.row.id.0)
}
