//! What an institution shows.

use std::cmp::Ordering;
use std::sync::Arc;

use async_graphql::{Context, Result, Value};
use entity::vocabulary::InstitutionKind;
use entity::{
    appointment, batch, citation, claim, delegation, engagement, finding, institution,
    institution_ancestor, institution_identifier, institution_name, outcome, partnership,
    programme, source,
};

use super::name::{acronym_on, name_on};
use super::query::InstitutionOrder;
use super::{InstitutionFilter, InstitutionIdentifier, InstitutionName};
use crate::delivery::batch::Batch;
use crate::delivery::delegation::Delegation;
use crate::delivery::partnership::Partnership;
use crate::engine::computed::{AS_OF, LANGUAGE};
use crate::engine::computed::{Computed, Short};
use crate::engine::object::object;
use crate::engine::reference::Records;
use crate::graphql::context::LoadRows;
use crate::graphql::context::RequestContext;
use crate::graphql::edge::Edge;
use crate::graphql::language::Languages;
use crate::graphql::list::List;
use crate::graphql::loader::Key;
use crate::graphql::order::OrderDirection;
use crate::graphql::scalars::Url;
use crate::network::country::Country;
use crate::network::programme::Programme;
use crate::people::appointment::Appointment;
use crate::people::engagement::Engagement;
use crate::plans::outcome::Outcome;
use crate::provenance::citation::Citation;
use crate::provenance::claim::Claim;
use crate::provenance::finding::Finding;
use crate::provenance::source::Source;
use crate::site::ScopeKind;

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
    (time, one.kind, &one.language, &one.name).cmp(&(
        other_time,
        other.kind,
        &other.language,
        &other.name,
    ))
}

impl Institution {
    /// All that names are, for the engine.
    fn names_read() -> Short {
        Short::of::<institution_name::Entity>(institution_name::Column::InstitutionId, &NAMES)
    }

    /// All that identifiers are, for the engine.
    fn identifiers_read() -> Short {
        Short::of::<institution_identifier::Entity>(
            institution_identifier::Column::InstitutionId,
            &IDENTIFIERS,
        )
    }

    /// What it takes to choose among names, for the engine.
    fn naming_read() -> Short {
        Short::of::<institution_name::Entity>(institution_name::Column::InstitutionId, &NAMING)
    }
}

/// From an institution to its names.
pub(crate) fn names_of() -> Edge<institution_name::Entity> {
    Edge::by(institution_name::Column::InstitutionId)
}

/// The name of an institution today; its key where it has none.
pub async fn present_name(
    ctx: &Context<'_>,
    body: &institution::Model,
    languages: &Languages,
) -> Result<String> {
    let names = ctx.rows(names_of(), Key::Id(body.id.0), Vec::new()).await?;
    let name = name_on(&names, ctx.reader().clock().today(), languages);
    Ok(name.unwrap_or_else(|| body.key.clone()))
}

object! {
    /// A body of any kind: ministry, technical centre, city office, secretariat, university,
    /// association, hotel, newspaper. A body that was renamed is one record with dated names.
    Institution of institution, chosen by InstitutionFilter, ordered by InstitutionOrder {
        /// The country in which it is established; null where it is not known.
        maybe country: Country by country_code;

        /// The body that it is part of; null where it is part of none.
        maybe parent: Institution by parent_id;

        /// The record that it was merged into, being about the same body; null where it is not
        /// merged.
        maybe merged_into: Institution by merged_into_id;

        /// The bodies that are directly part of it. `within` as a filter of institutions finds
        /// those on all levels.
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

        /// The name on a day, in a language: of the names in force the common one, in the language
        /// asked for, else that of the request, else English, else as printed. Where no name is
        /// known for the day, the one nearest to it in time.
        computed name: String = Computed::with(&["key"], Institution::naming_read, |made| {
            let names = made.entries::<institution_name::Entity>(&NAMING)?;
            let name = name_on(&names, made.day()?, &made.languages());
            Ok(name.map_or_else(|| made.text("key").map(str::to_owned), Ok)?.into())
        }).taking(&[LANGUAGE, AS_OF]);
        /// The acronym on a day, in the language of the request where there are several; null where
        /// none was in force.
        computed acronym: Option<String> = Computed::with(&[], Institution::naming_read, |made| {
            let names = made.entries::<institution_name::Entity>(&NAMING)?;
            Ok(acronym_on(&names, made.day()?, &made.languages()).map_or(Value::Null, Value::from))
        }).or_null().taking(&[AS_OF]);
        /// All its names, past ones included: those without a first day before the others, which
        /// stand in order of time.
        computed names: List<InstitutionName>
            = Computed::with(&[], Institution::names_read, |made| {
            let mut names = made.entries::<institution_name::Entity>(&NAMES)?;
            names.sort_by(in_order);
            made.list(names.iter().map(|name| InstitutionName::from(name.as_ref())))
        }).list_of("InstitutionName");
        /// What others know it by, by scheme.
        computed identifiers: List<InstitutionIdentifier>
            = Computed::with(&[], Institution::identifiers_read, |made| {
            let mut identifiers = made.entries::<institution_identifier::Entity>(&IDENTIFIERS)?;
            identifiers.sort_by(|one, other| {
                (&one.scheme, &one.value).cmp(&(&other.scheme, &other.value))
            });
            made.list(
                identifiers
                    .iter()
                    .map(|identifier| InstitutionIdentifier::from(identifier.as_ref())),
            )
        }).list_of("InstitutionIdentifier");
        /// The address of a calendar of its batches (`webcal://…`), for programs that subscribe to
        /// calendars.
        computed webcal: String = Computed::of(&["key"], |made| {
            Ok(made.site.webcal(&ScopeKind::Institution.path(made.text("key")?)).into())
        });
        /// The address of an Atom feed of its batches, those that came in or changed last.
        computed feed: Url = Computed::of(&["key"], |made| {
            Ok(made.site.feed(&ScopeKind::Institution.path(made.text("key")?)).into())
        });
    } {
        /// The bodies above it, the nearest first.
        async fn ancestors(&self, ctx: &Context<'_>) -> Result<Records<Institution>> {
            use institution_ancestor::Column::{Depth, InstitutionId};
            let order = vec![(Depth, OrderDirection::Asc)];
            let rows = ctx
                .rows::<institution_ancestor::Entity>(
                    Edge::by(InstitutionId),
                    self.parent_key(),
                    order,
                )
                .await?;
            // The hierarchy also has the institution itself, at depth 0.
            let above = rows.iter().filter(|row| row.depth > 0);
            Ok(Records::required(above.map(|row| Key::Id(row.ancestor_id.0)).collect()))
        }
    }
}
