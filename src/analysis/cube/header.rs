//! What the rows and the columns of a cube stand for, as the API shows it.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use entity::vocabulary::{RecordKind, TagVocabulary};
use entity::{batch, institution, programme, regional_group, topic};
use sea_orm::QueryFilter;
use sea_orm::sea_query::{Alias, Expr, ExprTrait};

use super::dimension::AttendanceDimension;
use crate::access::Scoped;
use crate::delivery::tag::title;
use crate::engine::node::Node;
use crate::graphql::context::{Nullable, RequestContext, nullable};
use crate::graphql::language::Language;
use crate::graphql::loader::{Key, LevelFuture, LevelLoader, Reader};
use crate::network::country::common_name;
use crate::network::institution::present_name;
use crate::record::Record;

/// What a row or a column of a cube stands for.
#[derive(Clone, Debug)]
pub struct AttendanceHeader {
    dimension: AttendanceDimension,
    value: String,
}

impl AttendanceHeader {
    pub(super) fn new(dimension: AttendanceDimension, value: &str) -> Self {
        Self { dimension, value: value.to_owned() }
    }

    fn key(&self) -> Option<Key> {
        (!self.value.is_empty()).then(|| Key::Code(self.value.clone()))
    }
}

/// What a row or a column of a cube stands for.
#[Object(name = "AttendanceHeaderPayload")]
impl AttendanceHeader {
    /// The code of the country or of the sector, the key of the record, the modality, the year, or
    /// the city; null for what has none recorded, as a batch without a venue has no city.
    #[graphql(name = "key")]
    async fn value(&self) -> Option<&str> {
        (!self.value.is_empty()).then_some(self.value.as_str())
    }

    /// Its name in a language: the one asked for, else that of the request, else English, else as
    /// printed; a batch without an accepted title is called by its key. Null for what has none
    /// recorded.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language.")] language: Option<Language>,
    ) -> Nullable<String> {
        nullable(self.called(ctx, language)).await
    }

    /// The record that it is; null where it is none, as a year is none.
    async fn record(&self, ctx: &Context<'_>) -> Nullable<Node> {
        nullable(self.node(ctx)).await
    }
}

impl AttendanceHeader {
    async fn called(
        &self,
        ctx: &Context<'_>,
        language: Option<Language>,
    ) -> Result<Option<String>> {
        let Some(key) = self.key() else { return Ok(None) };
        let languages = ctx.languages(language);
        let name = match self.dimension {
            AttendanceDimension::Country | AttendanceDimension::HostCountry => {
                Some(common_name(ctx, key, &languages).await?)
            }
            AttendanceDimension::RegionalGroup => {
                let group = keyed::<regional_group::Entity>(ctx, key).await?;
                group.map(|group| languages.en_or_id(&group.name_en, group.name_id.as_deref()))
            }
            AttendanceDimension::Institution
            | AttendanceDimension::Organiser
            | AttendanceDimension::Host
            | AttendanceDimension::Funder
            | AttendanceDimension::Implementer
            | AttendanceDimension::Partner => match keyed::<institution::Entity>(ctx, key).await? {
                Some(body) => Some(present_name(ctx, &body, &languages).await?),
                None => None,
            },
            AttendanceDimension::Topic => {
                let topic = keyed::<topic::Entity>(ctx, key).await?;
                topic.map(|topic| languages.en_or_id(&topic.label_en, Some(&topic.label_id)))
            }
            AttendanceDimension::Sector => {
                title(TagVocabulary::DacPurpose, &self.value).map(str::to_owned)
            }
            AttendanceDimension::Programme => {
                keyed::<programme::Entity>(ctx, key).await?.map(|programme| programme.title.clone())
            }
            AttendanceDimension::Batch => {
                let batch = keyed::<batch::Entity>(ctx, key).await?;
                batch.map(|batch| batch.title.as_ref().unwrap_or(&batch.key).clone())
            }
            AttendanceDimension::Modality
            | AttendanceDimension::Year
            | AttendanceDimension::Quarter
            | AttendanceDimension::Month
            | AttendanceDimension::City
            | AttendanceDimension::Category
            | AttendanceDimension::HasHead => None,
        };
        Ok(Some(name.unwrap_or_else(|| self.value.clone())))
    }

    async fn node(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        let Some(key) = self.key() else { return Ok(None) };
        Ok(match self.dimension {
            AttendanceDimension::Country | AttendanceDimension::HostCountry => {
                Some(Node::seen(RecordKind::Country, key))
            }
            AttendanceDimension::RegionalGroup => {
                record::<regional_group::Entity>(ctx, key).await?
            }
            AttendanceDimension::Institution
            | AttendanceDimension::Organiser
            | AttendanceDimension::Host
            | AttendanceDimension::Funder
            | AttendanceDimension::Implementer
            | AttendanceDimension::Partner => record::<institution::Entity>(ctx, key).await?,
            AttendanceDimension::Programme => record::<programme::Entity>(ctx, key).await?,
            AttendanceDimension::Batch => record::<batch::Entity>(ctx, key).await?,
            AttendanceDimension::Topic => record::<topic::Entity>(ctx, key).await?,
            AttendanceDimension::Sector
            | AttendanceDimension::Modality
            | AttendanceDimension::Year
            | AttendanceDimension::Quarter
            | AttendanceDimension::Month
            | AttendanceDimension::City
            | AttendanceDimension::Category
            | AttendanceDimension::HasHead => None,
        })
    }
}

/// The record with a key.
async fn keyed<E: Record + Scoped<Model: Send + Sync>>(
    ctx: &Context<'_>,
    key: Key,
) -> Result<Option<Arc<E::Model>>> {
    ctx.reader().load("", || ByKey::<E>(std::marker::PhantomData), key).await
}

/// The same as the API shows it.
async fn record<E: Record + Scoped<Model: Send + Sync>>(
    ctx: &Context<'_>,
    key: Key,
) -> Result<Option<Node>> {
    Ok(keyed::<E>(ctx, key).await?.map(|row| Node::seen(E::KIND, Key::Id(E::id(&row)))))
}

/// Asks for the record that a key names.
struct ByKey<E>(std::marker::PhantomData<E>);

impl<E: Record + Scoped<Model: Send + Sync>> LevelLoader for ByKey<E> {
    type Answer = E::Model;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> LevelFuture<Self::Answer> {
        Box::pin(async move {
            let wanted =
                Expr::col((E::default(), Alias::new("key"))).is_in(keys.iter().map(Key::text));
            let rows = reader.visible().select::<E>().filter(wanted).all(reader.db()).await?;
            Ok(rows.into_iter().map(|row| (Key::Code(E::key(&row).to_owned()), row)).collect())
        })
    }
}
