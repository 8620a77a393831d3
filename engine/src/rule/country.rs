//! Countries that are referred to.

use entity::country;
use entity::id::CountryCode;
use sea_orm::EntityTrait;

use crate::db::Write;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;

/// A country that is referred to, if one is: one that the register knows.
pub async fn known(
    w: &Write,
    code: Option<&CountryCode>,
) -> Result<Option<CountryCode>, WriteError> {
    let Some(code) = code else { return Ok(None) };
    let row = country::Entity::find_by_id(code.clone()).one(w.read()).await?;
    let message = || say!("there is no country {code}", code);
    let missing = || Refusal::new(RefusalCode::NotFound, "country_code", message());
    row.map(|row| Some(row.code)).ok_or_else(|| missing().into())
}
