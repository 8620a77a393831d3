//! What a country shows.

use async_graphql::{Context, ID, Result};
use entity::vocabulary::{NameKind, RecordKind};
use entity::{country_name, delegation};

use super::CountryFilter;
use crate::delivery::delegation::Delegation;
use crate::graphql::context::Reading;
use crate::graphql::edge::Edge;
use crate::graphql::language::Language;
use crate::graphql::loader::Key;
use crate::graphql::node::global_id;
use crate::graphql::object::bare_object;
use crate::graphql::order::OrderDirection;
use crate::graphql::scalars::CountryCode;

impl Country {
    /// What the far sides of its lists refer to.
    pub(crate) fn near(&self) -> Key {
        Key::Code(self.0.code.0.clone())
    }
}

bare_object! {
    /// A country or economy of ISO 3166-1 that can send a delegation, or a dissolved one of ISO 3166-3.
    Country of country, chosen by CountryFilter {
        /// Its parties at batches; also where it is said to have sent nobody.
        list delegations: Delegation => Edge::by(delegation::Column::CountryCode);
    } {
        /// The id of the record: opaque, permanent, unique in the whole register.
        pub async fn id(&self) -> ID {
            global_id(RecordKind::Country, &self.near())
        }

        /// The ISO 3166-1 alpha-2 code, or the four letters of ISO 3166-3 for a dissolved country.
        async fn code(&self) -> CountryCode {
            CountryCode(self.0.code.clone())
        }

        /// The common name in a language: the one asked for, else that of the request, else English.
        async fn name(&self, ctx: &Context<'_>, #[graphql(desc = "The language.")] language: Option<Language>) -> Result<String> {
            let edge = Edge::by(country_name::Column::CountryCode);
            let order = vec![(country_name::Column::SearchText, OrderDirection::Asc)];
            let names = ctx.rows::<country_name::Entity>(edge, self.near(), order).await?;
            let common = names.into_iter().filter(|name| name.kind == NameKind::Common);
            let name = ctx.languages(language).choose(common.map(|name| (name.language, name.name)));
            Ok(name.unwrap_or_else(|| self.0.code.0.clone()))
        }
    }
}
