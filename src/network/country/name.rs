//! Names of countries.

use std::sync::Arc;

use async_graphql::{ID, Object};
use entity::country_name;
use entity::vocabulary::NameKind;

use crate::network::entry::entry_id;

/// One name of a country, in one language.
#[derive(Clone, Debug)]
pub struct CountryName(pub Arc<country_name::Model>);

/// One name of a country, in one language.
#[Object]
impl CountryName {
    /// Tells names apart; opaque, and not resolved by `node`.
    async fn id(&self) -> ID {
        entry_id("CountryName", self.0.id.0)
    }

    /// The language of the name (BCP 47 tag).
    async fn language(&self) -> &str {
        &self.0.language
    }

    /// What the name is to the country.
    async fn kind(&self) -> NameKind {
        self.0.kind
    }

    /// Who names it so: `CLDR` (Unicode Common Locale Data Repository), a treaty's acronym …
    async fn authority(&self) -> &str {
        &self.0.authority
    }

    /// The name as written.
    async fn name(&self) -> &str {
        &self.0.name
    }
}
