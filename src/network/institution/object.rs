//! What an institution shows.

use std::cmp::Ordering;
use std::sync::{Arc, LazyLock};

use async_graphql::resolver_utils::enum_value;
use async_graphql::{Context, Result, Value, value};
use chrono::NaiveDate;
use entity::vocabulary::InstitutionKind;
use entity::{
    appointment, batch, citation, claim, delegation, engagement, finding, institution, institution_ancestor,
    institution_identifier, institution_name, outcome, partnership, programme, source,
};

use super::name::{acronym_on, name_on};
use super::{InstitutionFilter, InstitutionIdentifier, InstitutionName};
use crate::delivery::batch::Batch;
use crate::delivery::delegation::Delegation;
use crate::delivery::partnership::Partnership;
use crate::engine::computed::{Computed, Short};
use crate::engine::object::object;
use crate::graphql::context::{Nullable, Reading, nullable};
use crate::graphql::edge::Edge;
use crate::graphql::entries::Entries;
use crate::graphql::language::Language;
use crate::graphql::list::List;
use crate::graphql::loader::Key;
use crate::graphql::order::OrderDirection;
use crate::graphql::scalars::{Date, Url};
use crate::network::country::Country;
use crate::network::entry::entry_id;
use crate::network::programme::Programme;
use crate::people::appointment::Appointment;
use crate::people::engagement::Engagement;
use crate::plans::outcome::Outcome;
use crate::provenance::citation::Citation;
use crate::provenance::claim::Claim;
use crate::provenance::finding::Finding;
use crate::provenance::source::Source;
use crate::site::{ScopeKind, Site};

/// What it takes of the names of an institution to choose among them.
const NAMING: [institution_name::Column; 5] = {
    use institution_name::Column::{Kind, Language, Name, ValidFrom, ValidTo};
    [Kind, Language, Name, ValidFrom, ValidTo]
};

/// All that is shown of them.
const NAMES: [institution_name::Column; 7] = {
    use institution_name::Column::{Id, Kind, Language, Name, Precision, ValidFrom, ValidTo};
    [Id, Kind, Language, Name, ValidFrom, ValidTo, Precision]
};

/// All that is shown of identifiers.
const IDENTIFIERS: [institution_identifier::Column; 3] = {
    use institution_identifier::Column::{Id, Scheme, Value};
    [Id, Scheme, Value]
};

/// In the order of time, those without a first day before the others.
fn in_order(one: &Arc<institution_name::Model>, other: &Arc<institution_name::Model>) -> Ordering {
    let (time, other_time) = (one.valid_from, other.valid_from);
    (time, one.kind, &one.language, &one.name).cmp(&(other_time, other.kind, &other.language, &other.name))
}

impl Institution {
    /// What the names of an institution are.
    fn own_names() -> Entries<institution_name::Entity> {
        Entries::by(institution_name::Column::InstitutionId).few()
    }

    /// What it takes to choose among them.
    pub(crate) fn naming() -> Entries<institution_name::Entity> {
        // It is asked for of each object.
        static ENTRIES: LazyLock<Entries<institution_name::Entity>> =
            LazyLock::new(|| Institution::own_names().with(&NAMING));
        *ENTRIES
    }

    /// All that names are, for the engine.
    fn names_read() -> Short {
        Short::of::<institution_name::Entity>(institution_name::Column::InstitutionId, &NAMES)
    }

    /// All that identifiers are, for the engine.
    fn identifiers_read() -> Short {
        Short::of::<institution_identifier::Entity>(institution_identifier::Column::InstitutionId, &IDENTIFIERS)
    }

    /// What it takes to choose among names, for the engine.
    fn naming_read() -> Short {
        Short::of::<institution_name::Entity>(institution_name::Column::InstitutionId, &NAMING)
    }
}

object! {
    /// A body of any kind: ministry, technical centre, city office, secretariat, university, association, hotel, newspaper. A
    /// body that was renamed is one record with dated names.
    Institution of institution, chosen by InstitutionFilter {
        /// The country in which it is established; null where it is not known.
        maybe country: Country by country_code;

        /// The body that it is part of; null where it is part of none.
        maybe parent: Institution by parent_id;

        /// The record that it was merged into, being about the same body; null where it is not merged.
        maybe merged_into: Institution by merged_into_id;

        with Self::naming() => name, acronym;
        with Self::own_names() => names;

        /// The bodies that are directly part of it. `within` as a filter of institutions finds those on all levels.
        list children: Institution => Edge::by(institution::Column::ParentId);
        /// The records that were merged into this one.
        list merged_from: Institution => Edge::by(institution::Column::MergedIntoId);
        /// The roles that it holds in programmes, batches and workshops.
        list partnerships: Partnership => Edge::by(partnership::Column::InstitutionId);
        /// The delegations that it sent.
        list delegations: Delegation => Edge::by(delegation::Column::InstitutionId);
        /// The programmes whose record its officers keep.
        list owned_programmes: Programme => Edge::by(programme::Column::OwnerId);
        /// The batches whose record its officers keep.
        list owned_batches: Batch => Edge::by(batch::Column::OwnerId);
        /// The posts that people hold or held at it.
        list appointments: Appointment => Edge::by(appointment::Column::InstitutionId);
        /// What people do for it at batches and workshops.
        list engagements: Engagement => Edge::by(engagement::Column::InstitutionId);
        /// The aims, results and follow-ups of batches that concern it.
        list outcomes: Outcome => Edge::by(outcome::Column::InstitutionId);
        /// The sources that it published.
        list published_sources: Source => Edge::by(source::Column::PublisherId);
        /// What sources claim of it, such as that it organised a batch.
        list claims: Claim => Edge::by(claim::Column::InstitutionId);
        /// The disagreements and gaps about the record.
        list findings: Finding => Edge::by(finding::Column::SubjectId);
        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// What kind of body it is (IATI organisation types, with `ASSOCIATION` added).
        column kind: InstitutionKind;
        /// The city of its seat; null where it is not known.
        column city: Option<&str>;
        /// Its own site on the web; null where none is recorded.
        column website: Option<Url>;

        computed name = Computed::with(&["key"], Institution::naming_read, |made| {
            let names = made.entries::<institution_name::Entity>(&NAMING)?;
            let name = name_on(&names, made.day()?, &made.languages());
            Ok(name.map_or_else(|| made.text("key").map(str::to_owned), Ok)?.into())
        });
        computed acronym = Computed::with(&[], Institution::naming_read, |made| {
            let names = made.entries::<institution_name::Entity>(&NAMING)?;
            Ok(acronym_on(&names, made.day()?, &made.languages()).map_or(Value::Null, Value::from))
        }).or_null();
        computed names = Computed::with(&[], Institution::names_read, |made| {
            let mut names = made.entries::<institution_name::Entity>(&NAMES)?;
            names.sort_by(in_order);
            let date = |date: Option<NaiveDate>| date.map_or(Value::Null, |date| date.to_string().into());
            let name = |name: &Arc<institution_name::Model>| value!({
                "id": entry_id("InstitutionName", name.id.0).to_string(),
                "kind": enum_value(name.kind),
                "language": name.language,
                "name": name.name,
                "validFrom": date(name.valid_from),
                "validTo": date(name.valid_to),
                "precision": enum_value(name.precision),
            });
            Ok(names.iter().map(name).collect::<Vec<_>>().into())
        }).list_of("InstitutionName");
        computed identifiers = Computed::with(&[], Institution::identifiers_read, |made| {
            let mut identifiers = made.entries::<institution_identifier::Entity>(&IDENTIFIERS)?;
            identifiers.sort_by(|one, other| (&one.scheme, &one.value).cmp(&(&other.scheme, &other.value)));
            let identifier = |identifier: &Arc<institution_identifier::Model>| value!({
                "id": entry_id("InstitutionIdentifier", identifier.id.0).to_string(),
                "scheme": identifier.scheme,
                "value": identifier.value,
            });
            Ok(identifiers.iter().map(identifier).collect::<Vec<_>>().into())
        }).list_of("InstitutionIdentifier");
        computed webcal = Computed::of(&["key"], |made| {
            Ok(made.site.webcal(&ScopeKind::Institution.path(made.text("key")?)).into())
        });
        computed feed = Computed::of(&["key"], |made| {
            Ok(made.site.feed(&ScopeKind::Institution.path(made.text("key")?)).into())
        });
    } {
        /// The name on a day, in a language: of the names in force the common one, in the language asked for, else that of the
        /// request, else English, else as printed. Where no name is known for the day, the one nearest to it in time.
        pub async fn name(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The language.")] language: Option<Language>,
            #[graphql(desc = "On which day; today (UTC) where not given.")] as_of: Option<Date>,
        ) -> Result<String> {
            let day = as_of.map_or_else(|| ctx.reader().clock().today(), |day| day.0);
            let name = name_on(&Self::naming().of(ctx, self.near()).await?, day, &ctx.languages(language));
            Ok(name.unwrap_or_else(|| self.0.key.clone()))
        }

        /// The acronym on a day, in the language of the request where there are several; null where none was in force.
        async fn acronym(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "On which day; today (UTC) where not given.")] as_of: Option<Date>,
        ) -> Nullable<String> {
            nullable(async {
                let day = as_of.map_or_else(|| ctx.reader().clock().today(), |day| day.0);
                Ok(acronym_on(&Self::naming().of(ctx, self.near()).await?, day, &ctx.languages(None)))
            })
            .await
        }

        /// All its names, past ones included: those without a first day before the others, which stand in order of time.
        async fn names(&self, ctx: &Context<'_>) -> Result<List<InstitutionName>> {
            let mut names = Self::own_names().of(ctx, self.near()).await?;
            names.sort_by(in_order);
            Ok(names.into_iter().map(InstitutionName).collect())
        }

        /// What others know it by, by scheme.
        async fn identifiers(&self, ctx: &Context<'_>) -> Result<List<InstitutionIdentifier>> {
            use institution_identifier::Column::{InstitutionId, Scheme, Value};
            let order = vec![(Scheme, OrderDirection::Asc), (Value, OrderDirection::Asc)];
            let rows = ctx.rows::<institution_identifier::Entity>(Edge::by(InstitutionId), self.near(), order).await?;
            Ok(rows.into_iter().map(InstitutionIdentifier).collect())
        }

        /// The bodies above it, the nearest first.
        async fn ancestors(&self, ctx: &Context<'_>) -> Result<List<Institution>> {
            use institution_ancestor::Column::{Depth, InstitutionId};
            let order = vec![(Depth, OrderDirection::Asc)];
            let rows = ctx.rows::<institution_ancestor::Entity>(Edge::by(InstitutionId), self.near(), order).await?;
            // The hierarchy also has the institution itself, at depth 0.
            let above = rows.iter().filter(|row| row.depth > 0);
            ctx.all_required(above.map(|row| Key::Id(row.ancestor_id.0)).collect()).await.map(List)
        }

        /// The address of a calendar of its batches (`webcal://…`), for programs that subscribe to calendars.
        async fn webcal(&self, ctx: &Context<'_>) -> String {
            ctx.data_unchecked::<Site>().webcal(&ScopeKind::Institution.path(&self.0.key))
        }

        /// The address of an Atom feed of its batches, those that came in or changed last.
        async fn feed(&self, ctx: &Context<'_>) -> Url {
            Url(ctx.data_unchecked::<Site>().feed(&ScopeKind::Institution.path(&self.0.key)))
        }
    }
}
