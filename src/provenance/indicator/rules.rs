//! What holds for indicators, and how they are written.

use entity::indicator;

use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::rule::{self, tidy, tidy_optional};

/// Enters an indicator, or changes it.
///
/// It has a label in English, and a unit.
pub async fn enter(
    w: &mut Write,
    existing: Option<&indicator::Model>,
    mut draft: indicator::ActiveModel,
) -> Result<Put<indicator::Model>, WriteError> {
    tidy(&mut draft.label_en, "label_en")?;
    tidy_optional(&mut draft.label_id, "label_id")?;
    tidy(&mut draft.unit, "unit")?;
    rule::put::<indicator::Entity>(w, existing, draft).await
}
