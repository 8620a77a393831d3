//! What holds for tags, and how they are written.

use entity::tag;
use entity::vocabulary::TagVocabulary;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter};

use super::vocabulary::{near, title};
use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::{Phrase, say};
use crate::rule::{self, Stem, check, optional, required};

/// What the key of a tag is made of where none is given: the key of its subject, its vocabulary and
/// its code.
pub fn key_stem(subject: &str, vocabulary: TagVocabulary, code: &str) -> Stem<tag::Entity> {
    Stem::of(subject, &format!("{vocabulary} {code}"))
}

/// Enters a tag, or changes it.
///
/// It is of a programme or of a topic. Its vocabulary has its code. A programme or topic falls
/// under an entry once.
pub async fn enter(
    w: &mut Write,
    existing: Option<&tag::Model>,
    mut draft: tag::ActiveModel,
) -> Result<Put<tag::Model>, WriteError> {
    let programme = optional!(draft, existing, programme_id);
    let topic = optional!(draft, existing, topic_id);
    check::exactly_one(&[("programme_id", programme.is_some()), ("topic_id", topic.is_some())])?;
    let vocabulary = required!(draft, existing, vocabulary);
    // Targets such as 8.a are printed with a capital letter as well.
    let code = rule::tidied(&required!(draft, existing, code), "code")?.to_ascii_lowercase();
    if title(vocabulary, &code).is_none() {
        return Err(unknown(vocabulary, &code).into());
    }
    let subject = match (programme, topic) {
        (Some(programme), _) => tag::Column::ProgrammeId.eq(programme),
        (None, topic) => tag::Column::TopicId.eq(topic),
    };
    let same = tag::Entity::find()
        .filter(subject)
        .filter(tag::Column::Vocabulary.eq(vocabulary))
        .filter(tag::Column::Code.eq(&code))
        .one(w.read())
        .await?
        .filter(|same| existing.is_none_or(|row| row.id != same.id));
    if let Some(same) = same {
        let key = same.key;
        let message = say!(
            "\"{key}\" says already that it falls under {vocabulary} {code}",
            key,
            vocabulary,
            code
        );
        return Err(Refusal::new(RefusalCode::Duplicate, "code", message).into());
    }
    draft.code = ActiveValue::Set(code);
    let put = rule::put::<tag::Entity>(w, existing, draft).await?;
    if let Some(changes) = put.change.changes() {
        let event = Event::about::<tag::Entity>(EventKind::TagChanged, &put.row);
        w.record(event.changing(rule::public_changes::<tag::Entity>(changes)));
    }
    Ok(put)
}

/// What is said of a code that a vocabulary does not have.
fn unknown(vocabulary: TagVocabulary, code: &str) -> Refusal {
    let near = near(vocabulary, code);
    let message = if near.is_empty() {
        say!("\"{code}\" is not a code of {vocabulary}", code, vocabulary)
    } else {
        let near = Phrase::any_of(near);
        say!("\"{code}\" is not a code of {vocabulary}: perhaps {near}", code, vocabulary, near)
    };
    check::invalid("code", message)
}
