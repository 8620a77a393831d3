//! Names of countries.

use async_graphql::{ID, SimpleObject};
use entity::country_name;
use entity::vocabulary::NameKind;
use serde::Serialize;

use crate::network::entry::entry_id;

/// One name of a country, in one language.
#[derive(Clone, Debug, Serialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct CountryName {
    /// Tells names apart; opaque, and not resolved by `node`.
    id: ID,
    /// The language of the name (BCP 47 tag).
    language: String,
    /// What the name is to the country.
    kind: NameKind,
    /// Who names it so: `CLDR` (Unicode Common Locale Data Repository), a treaty's acronym …
    authority: String,
    /// The name as written.
    name: String,
}

impl From<&country_name::Model> for CountryName {
    fn from(row: &country_name::Model) -> Self {
        Self {
            id: entry_id("CountryName", row.id.0),
            language: row.language.clone(),
            kind: row.kind,
            authority: row.authority.clone(),
            name: row.name.clone(),
        }
    }
}
