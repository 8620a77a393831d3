//! What a webhook endpoint shows, to its owner: never a secret.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use entity::vocabulary::{RecordKind, WebhookOrder, WebhookState};
use entity::{webhook_course, webhook_delivery};
use uuid::Uuid;

use super::WebhookEndpointFilter;
use super::query::WebhookEndpointOrder;
use crate::accounts::account::Account;
use crate::engine::object::object;
use crate::events::{Choice, EventKind, LogCursor, log};
use crate::graphql::context::LoadRows;
use crate::graphql::context::{Nullable, RequestContext, nullable};
use crate::graphql::edge::{Edge, ROOT};
use crate::graphql::list::List;
use crate::graphql::loader::{Key, LevelFuture, LevelLoader, Reader};
use crate::graphql::node::global_id;
use crate::graphql::scalars::{CountryCode, Cursor, Url};
use crate::webhooks::delivery::WebhookDelivery;
use crate::webhooks::signature::SigningKeys;

/// Which events are sent: those that fit every list that is there, by any of its values.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "WebhookChoicePayload")]
pub struct WebhookChoice {
    /// What happened; null where nothing is asked of it.
    types: Option<List<EventKind>>,
    /// Whose records they are about: ids of institutions; null where nothing is asked of it.
    institutions: Option<List<ID>>,
    /// The programmes concerned: their ids; null where nothing is asked of it.
    programmes: Option<List<ID>>,
    /// The countries concerned; null where nothing is asked of it.
    countries: Option<List<CountryCode>>,
    /// The topics concerned: their ids; null where nothing is asked of it.
    topics: Option<List<ID>>,
}

impl From<Choice> for WebhookChoice {
    fn from(choice: Choice) -> Self {
        let ids = |kind, ids: Option<Vec<Uuid>>| {
            ids.map(|ids| ids.into_iter().map(|id| global_id(kind, &Key::Id(id))).collect())
        };
        let codes = |codes: Vec<String>| {
            codes.into_iter().map(|code| CountryCode(entity::id::CountryCode(code)))
        };
        Self {
            types: choice.kinds.map(List),
            institutions: ids(RecordKind::Institution, choice.institutions),
            programmes: ids(RecordKind::Programme, choice.programmes),
            countries: choice.countries.map(|list| codes(list).collect()),
            topics: ids(RecordKind::Topic, choice.topics),
        }
    }
}

/// How far deliveries to an endpoint have come.
async fn course(ctx: &Context<'_>, endpoint: Uuid) -> Nullable<Arc<webhook_course::Model>> {
    ctx.row::<webhook_course::Entity>(Key::Id(endpoint)).await.transpose()
}

/// Asks where the log ends, once for all endpoints.
struct Head;

impl LevelLoader for Head {
    type Answer = LogCursor;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, _: Vec<Key>) -> LevelFuture<Self::Answer> {
        Box::pin(async move { Ok([(ROOT, log::head(reader.db()).await?)].into_iter().collect()) })
    }
}

object! {
    /// An address at which somebody wants to be told of events, by signed messages after the
    /// Standard Webhooks specification. Seen by its owner alone.
    WebhookEndpoint of webhook_endpoint, chosen by WebhookEndpointFilter,
    ordered by WebhookEndpointOrder {
        /// Whose it is: it is told what this account may see, at the time of each attempt.
        one account: Account by account_id;

        /// What it is told; of what is over, the newest 10,000.
        list deliveries: WebhookDelivery => Edge::by(webhook_delivery::Column::EndpointId);

        /// What it is for.
        column name: &str;
        /// In which order.
        column order: WebhookOrder = delivery_order;
        /// Whether events are sent to it.
        column state: WebhookState;
    } {
        /// Where messages are sent; null where it is closed.
        async fn url(&self) -> Option<Url> {
            (!self.0.url.is_empty()).then(|| Url(self.0.url.clone()))
        }

        /// Which events.
        async fn filter(&self) -> WebhookChoice {
            Choice::from_stored(&self.0.filter).into()
        }

        /// The keys with which signatures `v1a` can be checked (`whpk_…`), the newest first;
        /// several as long as a former one is good beside the newest.
        async fn public_keys(&self, ctx: &Context<'_>) -> List<String> {
            let signers = SigningKeys::from_stored(&self.0.secrets).signers();
            signers.public_keys(ctx.reader().clock().now()).into_iter().collect()
        }

        /// The place in the log up to which its deliveries are made out.
        async fn cursor(&self, ctx: &Context<'_>) -> Nullable<Cursor> {
            nullable(async {
                let Some(course) = course(ctx, self.0.id.0).await.transpose()? else {
                    return Ok(None);
                };
                let head = ctx.reader().load("", || Head, ROOT).await?;
                Ok(head.map(|head| Cursor(head.at(course.position).to_string())))
            })
            .await
        }

        /// How many attempts have failed since the last that did not; null where that is not known.
        async fn failures(&self, ctx: &Context<'_>) -> Nullable<i32> {
            nullable(async {
                Ok(course(ctx, self.0.id.0).await.transpose()?.map(|course| course.failures))
            })
            .await
        }

        /// Since when every attempt has failed; null where the last one did not. After five days
        /// the endpoint is given up.
        async fn failing_since(&self, ctx: &Context<'_>) -> Nullable<DateTime<Utc>> {
            nullable(async {
                Ok(course(ctx, self.0.id.0).await.transpose()?
                    .and_then(|course| course.failing_since))
            })
            .await
        }

        /// Until when it is left alone, since it has failed often or asked for it; null where it is
        /// not.
        async fn resting_until(&self, ctx: &Context<'_>) -> Nullable<DateTime<Utc>> {
            nullable(async {
                Ok(course(ctx, self.0.id.0).await.transpose()?
                    .and_then(|course| course.resting_until))
            })
            .await
        }
    }
}
