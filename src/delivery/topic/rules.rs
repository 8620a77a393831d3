//! What holds for topics, and how they are written.

use entity::topic;
use sea_orm::ActiveValue;

use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::phrase::say;
use crate::rule::{self, check, folded, optional, required, tidy};
use crate::text;

/// Enters a topic, or changes it.
///
/// It has a label in English and one in Indonesian. Its DAC code is five digits, or the three of a
/// category. It lies within no topic that lies within it.
pub async fn enter(
    w: &mut Write,
    existing: Option<&topic::Model>,
    mut draft: topic::ActiveModel,
) -> Result<Put<topic::Model>, WriteError> {
    tidy(&mut draft.label_en, "label_en")?;
    tidy(&mut draft.label_id, "label_id")?;
    if let Some(code) = optional!(draft, existing, dac_code)
        && (!matches!(code.len(), 3 | 5) || !code.bytes().all(|byte| byte.is_ascii_digit()))
    {
        let message = say!("\"{code}\" is not a DAC code: five digits, or three", code);
        return Err(check::invalid("dac_code", message).into());
    }
    if let (Some(row), Some(parent)) = (existing, optional!(draft, existing, parent_id))
        && row.parent_id != Some(parent)
    {
        w.lock_register().await?;
        rule::no_cycle::<topic::Entity>(w, row, parent, |row| row.parent_id).await?;
    }
    let (english, indonesian) =
        (required!(draft, existing, label_en), required!(draft, existing, label_id));
    draft.sort_label = ActiveValue::Set(text::fold(&english));
    draft.search_text =
        ActiveValue::Set(folded([Some(english.as_str()), Some(indonesian.as_str())]));
    rule::put::<topic::Entity>(w, existing, draft).await
}
