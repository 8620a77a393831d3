//! What holds for venues, and how they are written.

use entity::{claim, venue};
use sea_orm::{ActiveValue, ColumnTrait};

use crate::db::{Change, Put, Write};
use crate::error::WriteError;
use crate::rule::{self, Stem, check, folded, optional, required, tidy, tidy_optional};
use crate::text;

/// What the key of a venue is made of where none is given: its name, with its city where the name
/// does not have it.
pub fn key_stem(name: &str, city: Option<&str>) -> Stem<venue::Entity> {
    let called = text::fold(name);
    let city = city.map(text::fold).filter(|city| !called.contains(city.as_str()));
    Stem::named(&format!("{called} {}", city.unwrap_or_default()))
}

/// Enters a venue, or changes it.
///
/// It comes in merged, or is merged by `merge`. It has a name. Its subdivision lies in its country.
/// It has both coordinates or none, in degrees. Batches that are claimed to be held there are
/// reconciled.
pub async fn enter(
    w: &mut Write,
    existing: Option<&venue::Model>,
    mut draft: venue::ActiveModel,
) -> Result<Put<venue::Model>, WriteError> {
    tidy(&mut draft.name, "name")?;
    tidy_optional(&mut draft.address, "address")?;
    tidy_optional(&mut draft.city, "city")?;
    if let Some(subdivision) = optional!(draft, existing, subdivision) {
        let country = optional!(draft, existing, country_code);
        check::subdivision(&subdivision, country.as_ref().map(|code| code.0.as_str()))?;
    }
    check::coordinates(
        optional!(draft, existing, latitude),
        optional!(draft, existing, longitude),
    )?;
    check::not_merged(existing.map(|row| row.merged_into_id), &draft.merged_into_id)?;
    let name = required!(draft, existing, name);
    let (address, city) = (optional!(draft, existing, address), optional!(draft, existing, city));
    draft.sort_name = ActiveValue::Set(text::fold(&name));
    draft.search_text =
        ActiveValue::Set(folded([Some(name.as_str()), address.as_deref(), city.as_deref()]));
    let put = rule::put::<venue::Entity>(w, existing, draft).await?;
    if let Change::Updated(_) = put.change {
        rule::mark_claimed_batches_dirty(w, claim::Column::VenueId.eq(put.row.id)).await?;
    }
    Ok(put)
}
