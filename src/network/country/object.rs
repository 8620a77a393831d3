//! What a country shows.

use std::cmp::Ordering;
use std::sync::Arc;

use async_graphql::{Context, Result};
use chrono::{DateTime, Utc};
use entity::vocabulary::NameKind;
use entity::{citation, country_name, delegation, institution, membership, observation, venue};

use super::query::CountryOrder;
use super::{CountryFilter, CountryName};
use crate::delivery::delegation::Delegation;
use crate::delivery::venue::Venue;
use crate::engine::computed::LANGUAGE;
use crate::engine::computed::{Best, Computed, Short};
use crate::engine::object::bare_object;
use crate::graphql::context::LoadRows;
use crate::graphql::edge::Edge;
use crate::graphql::language::Languages;
use crate::graphql::list::List;
use crate::graphql::loader::Key;
use crate::graphql::scalars::{CountryCode, Date, Url};
use crate::network::institution::Institution;
use crate::network::membership::Membership;
use crate::provenance::citation::Citation;
use crate::provenance::observation::Observation;
use crate::site::ScopeKind;

/// What it takes of the names of a country to choose among them.
const NAMING: [country_name::Column; 3] = {
    use country_name::Column::{Kind, Language, Name};
    [Kind, Language, Name]
};

/// All that is shown of them.
const NAMES: [country_name::Column; 5] = {
    use country_name::Column::{Authority, Id, Kind, Language, Name};
    [Id, Kind, Language, Name, Authority]
};

/// By kind and language.
fn in_order(one: &Arc<country_name::Model>, other: &Arc<country_name::Model>) -> Ordering {
    (one.kind, &one.language, &one.name).cmp(&(other.kind, &other.language, &other.name))
}

impl Country {
    /// All that names are, for the engine.
    fn names_read() -> Short {
        Short::of::<country_name::Entity>(country_name::Column::CountryCode, &NAMES)
    }

    /// What it takes to choose among them, for the engine.
    fn naming_read() -> Short {
        // There are some thirty of each: the database looks for the one that is wanted.
        let best = Best { kind: ("kind", "COMMON"), language: "language" };
        Short::of::<country_name::Entity>(country_name::Column::CountryCode, &NAMING).best(best)
    }
}

/// The common name of the country with this code.
pub async fn common_name(ctx: &Context<'_>, code: Key, languages: &Languages) -> Result<String> {
    let edge = Edge::<country_name::Entity>::by(country_name::Column::CountryCode);
    let names = ctx.rows(edge, code.clone(), Vec::new()).await?;
    let common = names.iter().filter(|name| name.kind == NameKind::Common);
    let name = languages.choose(common.map(|name| (name.language.as_str(), &name.name)));
    Ok(name.map_or_else(|| code.text(), Clone::clone))
}

bare_object! {
    /// A country or economy of ISO 3166-1 that can send a delegation, or a dissolved one of ISO
    /// 3166-3.
    Country of country, chosen by CountryFilter, ordered by CountryOrder {

        /// The groups that it belongs or belonged to.
        list memberships: Membership => Edge::by(membership::Column::CountryCode);
        /// Its parties at batches; also where it is said to have sent nobody.
        list delegations: Delegation => Edge::by(delegation::Column::CountryCode);
        /// The institutions that are established in it.
        list institutions: Institution => Edge::by(institution::Column::CountryCode);
        /// The venues in it.
        list venues: Venue => Edge::by(venue::Column::CountryCode);
        /// The statistics about it that sources quote with a programme or batch.
        list observations: Observation => Edge::by(observation::Column::CountryCode);
        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::CountryCode);

        /// The ISO 3166-1 alpha-2 code, or the four letters of ISO 3166-3 for a dissolved country.
        /// It is the key of the record.
        column code: CountryCode;
        /// The ISO 3166-1 alpha-3 code.
        column alpha3: &str;
        /// The ISO 3166-1 numeric code, three digits; null where none is recorded.
        column numeric: Option<&str>;
        /// The first day of the code; null where it is not known.
        column valid_from: Option<Date>;
        /// The last day of the code, of a dissolved country; null while it is in force.
        column valid_to: Option<Date>;
        /// Counts the changes of the record, from 1.
        column version: i32;
        /// When the record entered the register.
        column created_at: DateTime<Utc>;
        /// When the record last changed.
        column updated_at: DateTime<Utc>;

        /// The common name in a language: the one asked for, else that of the request, else
        /// English.
        computed name: String = Computed::with(&["code"], Country::naming_read, |made| {
            let names = made.entries::<country_name::Entity>(&NAMING)?;
            let common = names.iter().filter(|name| name.kind == NameKind::Common);
            let name = made
                .languages()
                .choose(common.map(|name| (name.language.as_str(), name.name.as_str())));
            Ok(name.map_or_else(|| made.text("code"), Ok)?.into())
        }).taking(&[LANGUAGE]);
        /// All its names, by kind and language.
        computed names: List<CountryName> = Computed::with(&[], Country::names_read, |made| {
            let mut names = made.entries::<country_name::Entity>(&NAMES)?;
            names.sort_by(in_order);
            made.list(names.iter().map(|name| CountryName::from(name.as_ref())))
        }).list_of("CountryName");
        /// The address of a calendar of its batches (`webcal://…`), for programs that subscribe to
        /// calendars.
        computed webcal: String = Computed::of(&["code"], |made| {
            Ok(made.site.webcal(&ScopeKind::Country.path(made.text("code")?)).into())
        });
        /// The address of an Atom feed of its batches, those that came in or changed last.
        computed feed: Url = Computed::of(&["code"], |made| {
            Ok(made.site.feed(&ScopeKind::Country.path(made.text("code")?)).into())
        });
    } {}
}
