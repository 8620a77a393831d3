//! What a source shows.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::vocabulary::{DatePrecision, SourceKind, SourceRelationKind};
use entity::{citation, claim, observation, source_relation};

use super::SourceFilter;
use super::query::SourceOrder;
use crate::engine::object::object;
use crate::engine::reference::NodeType;
use crate::graphql::context::LoadRows;
use crate::graphql::edge::Edge;
use crate::graphql::list::List;
use crate::graphql::loader::Key;
use crate::graphql::order::OrderDirection;
use crate::graphql::scalars::{Date, Url};
use crate::network::country::Country;
use crate::network::institution::Institution;
use crate::provenance::citation::Citation;
use crate::provenance::claim::Claim;
use crate::provenance::observation::Observation;

object! {
    /// A document that states facts: a report, a regulation, a web page, a list that was handed in,
    /// or the owner's own statement.
    Source of source, chosen by SourceFilter, ordered by SourceOrder {
        /// Who published it; null where that is not known.
        maybe publisher: Institution by publisher_id;

        /// Of `COUNTRY_STATEMENT`: which country states it; null for any other kind.
        maybe country: Country by country_code;

        /// What it states about batches and delegations.
        list claims: Claim => Edge::by(claim::Column::SourceId);
        /// Which other records it documents.
        list citations: Citation => Edge::by(citation::Column::SourceId);
        /// Which sources document this one, as a catalogue or an archive may.
        list documented_by: Citation => Edge::by(citation::Column::SubjectId);
        /// The values of indicators that it states.
        list observations: Observation => Edge::by(observation::Column::SourceId);

        /// What kind of document it is.
        column kind: SourceKind;
        /// The title as printed.
        column title: &str;
        /// The language of the document (BCP 47).
        column language: &str;
        /// Where it stands on the web; null where it does not, or that is not known.
        column url: Option<Url>;
        /// The day of publication; the first day of the period where only month or year is known;
        /// null where nothing is.
        column published_on: Option<Date>;
        /// How exactly the day of publication is known; says nothing where there is none.
        column precision: DatePrecision;
        /// Its own number or code, such as that of a regulation; null where it has none.
        column reference: Option<&str>;
        /// The SHA-256 of the archived copy, hexadecimal; null where no copy is kept.
        column archive_sha256: Option<&str>;
    } {
        /// The root of what it reprints or is based on; the source itself where it rests on
        /// nothing. Claims of sources with one origin are one testimony: who counts how often
        /// something is confirmed counts distinct origins.
        async fn origin(&self) -> Source {
            Source::required(Key::Id(self.0.origin_id.unwrap_or(self.0.id).0))
        }

        /// What it depends on.
        async fn relations(&self, ctx: &Context<'_>) -> Result<List<SourceRelation>> {
            related(ctx, self.parent_key(), source_relation::Column::SourceId).await
        }

        /// What depends on it: reprints, and what is based on it.
        async fn related_from(&self, ctx: &Context<'_>) -> Result<List<SourceRelation>> {
            related(ctx, self.parent_key(), source_relation::Column::RelatedId).await
        }
    }
}

/// The relations that have the source of this key in `column`, reprints last.
async fn related(
    ctx: &Context<'_>,
    key: Key,
    column: source_relation::Column,
) -> Result<List<SourceRelation>> {
    let order = vec![(source_relation::Column::Kind, OrderDirection::Asc)];
    let rows = ctx.rows::<source_relation::Entity>(Edge::by(column), key, order).await?;
    Ok(rows.into_iter().map(SourceRelation).collect())
}

/// How one source depends on another.
pub struct SourceRelation(Arc<source_relation::Model>);

/// How one source depends on another.
#[Object]
impl SourceRelation {
    /// Identifies the relation within an answer; it cannot be looked up with `node`.
    async fn id(&self) -> ID {
        URL_SAFE_NO_PAD.encode(format!("SourceRelation:{}", self.0.id.0.simple())).into()
    }

    /// In which way.
    async fn kind(&self) -> SourceRelationKind {
        self.0.kind
    }

    /// The source that depends on the other.
    async fn source(&self) -> Source {
        Source::required(Key::Id(self.0.source_id.0))
    }

    /// The source that the other depends on.
    async fn related(&self) -> Source {
        Source::required(Key::Id(self.0.related_id.0))
    }
}
