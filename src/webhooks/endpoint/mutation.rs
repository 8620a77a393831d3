//! What is done to webhook endpoints, each by its owner.

use std::sync::Arc;
use uuid::Uuid;

use async_graphql::Context;
use entity::vocabulary::{WebhookOrder, WebhookState};
use entity::{webhook_delivery, webhook_endpoint};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;

use super::{WebhookEndpoint, rules};
use crate::access::Authorizer;
use crate::access::policy::Relation;
use crate::db::Write;
use crate::error::WriteError;
use crate::eventlog::{EventFilter, EventsFrom};
use crate::events::Choice;
use crate::graphql::scalars::{Cursor, Url};
use crate::mutation::{IdOf, given, mutations};
use crate::rule::{check, unguessable_key, unset};
use crate::webhooks::delivery::WebhookDelivery;
use crate::webhooks::{WebhookSender, address};

mutations! {
    /// Mutations of webhook endpoints.
    WEBHOOK_MUTATIONS {
        /// Has events sent to an address of yours. The answer has the secret with which messages
        /// are signed, this once; the same mutation sent again with an idempotency key answers
        /// without it. The address must lead to the public Internet.
        create_webhook_endpoint(CreateWebhookEndpointInput)
            -> CreateWebhookEndpointPayload { endpoint: WebhookEndpoint, secret },
            a KeepOwnWebhooks after vet_new {
            /// Where to send: an address that begins with `https://`.
            url: Url,
            /// What it is for.
            name: String,
            /// The key; made unless given.
            key: Option<String>,
            /// Which events; all that you may see unless given.
            filter: Option<EventFilter>,
            /// In which order.
            order: WebhookOrder = WebhookOrder::None,
            /// Behind this place in the log: the `cursor` of an item, or of a mutation.
            after: Option<Cursor>,
            /// Where to begin where `after` is not given.
            from: EventsFrom = Default::default(),
        }

        /// Changes what is sent where. What is on its way is sent as it was.
        update_webhook_endpoint(UpdateWebhookEndpointInput)
            -> UpdateWebhookEndpointPayload { endpoint: WebhookEndpoint },
            a KeepOwnWebhooks after vet_changed {
            /// The endpoint.
            endpoint_id: IdOf<webhook_endpoint::Entity>,
            /// Where to send.
            url: Option<Url>,
            /// What it is for.
            name: Option<String>,
            /// Which events, from where its deliveries are made out.
            filter: Option<EventFilter>,
            /// In which order.
            order: Option<WebhookOrder>,
        }

        /// Gives an endpoint another secret and another pair of keys. Messages are signed with the
        /// former ones too until the overlap ends, so that the receiver can change over in its own
        /// time.
        rotate_webhook_secret(RotateWebhookSecretInput)
            -> RotateWebhookSecretPayload { endpoint: WebhookEndpoint, secret }, a KeepOwnWebhooks {
            /// The endpoint.
            endpoint_id: IdOf<webhook_endpoint::Entity>,
            /// For how many hours the former secret goes on signing, 0 to 336.
            overlap_hours: i32 = 24,
        }

        /// Sends nothing to an endpoint for the time being. What happens meanwhile is sent when it
        /// is resumed.
        pause_webhook_endpoint(PauseWebhookEndpointInput)
            -> PauseWebhookEndpointPayload { endpoint: WebhookEndpoint }, a KeepOwnWebhooks {
            /// The endpoint.
            endpoint_id: IdOf<webhook_endpoint::Entity>,
        }

        /// Goes on with an endpoint that was paused, or that the register has given up, from where
        /// it stood.
        resume_webhook_endpoint(ResumeWebhookEndpointInput)
            -> ResumeWebhookEndpointPayload { endpoint: WebhookEndpoint }, a KeepOwnWebhooks {
            /// The endpoint.
            endpoint_id: IdOf<webhook_endpoint::Entity>,
        }

        /// Ends an endpoint for good: its address and secrets are removed, and what was not sent is
        /// not sent any more.
        close_webhook_endpoint(CloseWebhookEndpointInput)
            -> CloseWebhookEndpointPayload { endpoint: WebhookEndpoint }, a KeepOwnWebhooks {
            /// The endpoint.
            endpoint_id: IdOf<webhook_endpoint::Entity>,
        }

        /// Sends a message of the type `webhook.ping` to an endpoint, to see whether it arrives.
        ping_webhook_endpoint(PingWebhookEndpointInput)
            -> PingWebhookEndpointPayload { delivery: WebhookDelivery }, a KeepOwnWebhooks {
            /// The endpoint.
            endpoint_id: IdOf<webhook_endpoint::Entity>,
        }

        /// Sends one message again, under the id that it had; at once, where it was to be tried
        /// later.
        replay_webhook_delivery(ReplayWebhookDeliveryInput)
            -> ReplayWebhookDeliveryPayload { delivery: WebhookDelivery }, a KeepOwnWebhooks {
            /// The delivery.
            delivery_id: IdOf<webhook_delivery::Entity>,
        }

        /// Sends again what an endpoint has not taken in all its attempts, under the ids that it
        /// had; the oldest thousand at once.
        replay_failed_webhook_deliveries(ReplayFailedWebhookDeliveriesInput)
            -> ReplayFailedWebhookDeliveriesPayload { endpoint: WebhookEndpoint },
            a KeepOwnWebhooks {
            /// The endpoint.
            endpoint_id: IdOf<webhook_endpoint::Entity>,
            /// Only of events behind this place in the log.
            after: Option<Cursor>,
            /// Only of events up to this place.
            until: Option<Cursor>,
        }

        /// Goes back, or ahead, to a place in the log: all that an endpoint is to be told behind it
        /// is sent, under the ids that it had where it was sent before.
        rewind_webhook_endpoint(RewindWebhookEndpointInput)
            -> RewindWebhookEndpointPayload { endpoint: WebhookEndpoint }, a KeepOwnWebhooks {
            /// The endpoint.
            endpoint_id: IdOf<webhook_endpoint::Entity>,
            /// The place: the `cursor` of an item, of a mutation or of a message; the beginning of
            /// the log unless given.
            after: Option<Cursor>,
        }
    }
}

/// Asks whether the address may be sent to.
async fn vet_new(ctx: &Context<'_>, input: &CreateWebhookEndpointInput) -> Result<(), WriteError> {
    vet(ctx, &input.url).await
}

async fn create_webhook_endpoint(
    w: &mut Write,
    by: &Authorizer,
    input: &CreateWebhookEndpointInput,
) -> Result<Uuid, WriteError> {
    let Some(account) = by.actor().rights().account else { return Err(WriteError::Forbidden) };
    by.require(Relation::Own)?;
    let position = match (&input.after, input.from) {
        (Some(after), _) => rules::position(w, "after", &after.0).await?,
        (None, EventsFrom::Now) => rules::head(w).await?.position,
        (None, EventsFrom::Beginning) => 0,
    };
    let draft = webhook_endpoint::ActiveModel {
        key: Set(input.key.clone().unwrap_or_else(|| unguessable_key(w, "webhook"))),
        url: Set(input.url.0.clone()),
        name: Set(input.name.clone()),
        filter: Set(choice(input.filter.clone())?.stored()),
        delivery_order: Set(input.order),
        ..unset()
    };
    let (put, secret) = rules::create(w, account, draft, position).await?;
    by.hand_out(secret);
    Ok(put.row.id.0)
}

/// Asks whether the address may be sent to.
async fn vet_changed(
    desk: &Context<'_>,
    input: &UpdateWebhookEndpointInput,
) -> Result<(), WriteError> {
    match &input.url {
        Some(url) => vet(desk, url).await,
        None => Ok(()),
    }
}

async fn update_webhook_endpoint(
    w: &mut Write,
    by: &Authorizer,
    input: &UpdateWebhookEndpointInput,
) -> Result<Uuid, WriteError> {
    let row = target(w, by, input.endpoint_id).await?;
    let filter = input.filter.clone().map(|filter| choice(Some(filter))).transpose()?;
    let draft = webhook_endpoint::ActiveModel {
        url: given(input.url.as_ref().map(|url| url.0.clone())),
        name: given(input.name.clone()),
        filter: given(filter.map(|choice| choice.stored())),
        delivery_order: given(input.order),
        ..unset()
    };
    Ok(rules::update(w, &row, draft).await?.row.id.0)
}

async fn rotate_webhook_secret(
    w: &mut Write,
    by: &Authorizer,
    input: &RotateWebhookSecretInput,
) -> Result<Uuid, WriteError> {
    let row = target(w, by, input.endpoint_id).await?;
    let (put, secret) = rules::renew_secret(w, &row, input.overlap_hours).await?;
    by.hand_out(secret);
    Ok(put.row.id.0)
}

async fn pause_webhook_endpoint(
    w: &mut Write,
    by: &Authorizer,
    input: &PauseWebhookEndpointInput,
) -> Result<Uuid, WriteError> {
    let row = target(w, by, input.endpoint_id).await?;
    Ok(rules::decide(w, &row, WebhookState::Paused).await?.row.id.0)
}

async fn resume_webhook_endpoint(
    w: &mut Write,
    by: &Authorizer,
    input: &ResumeWebhookEndpointInput,
) -> Result<Uuid, WriteError> {
    let row = target(w, by, input.endpoint_id).await?;
    Ok(rules::decide(w, &row, WebhookState::Active).await?.row.id.0)
}

async fn close_webhook_endpoint(
    w: &mut Write,
    by: &Authorizer,
    input: &CloseWebhookEndpointInput,
) -> Result<Uuid, WriteError> {
    let row = target(w, by, input.endpoint_id).await?;
    Ok(rules::decide(w, &row, WebhookState::Closed).await?.row.id.0)
}

async fn ping_webhook_endpoint(
    w: &mut Write,
    by: &Authorizer,
    input: &PingWebhookEndpointInput,
) -> Result<Uuid, WriteError> {
    let row = by.find::<webhook_endpoint::Entity>(w, "endpoint_id", input.endpoint_id.0).await?;
    by.require(Relation::Own)?;
    Ok(rules::ping(w, &row).await?.row.id.0)
}

async fn replay_webhook_delivery(
    w: &mut Write,
    by: &Authorizer,
    input: &ReplayWebhookDeliveryInput,
) -> Result<Uuid, WriteError> {
    let row = by.target::<webhook_delivery::Entity>(w, "delivery_id", input.delivery_id.0).await?;
    by.require(Relation::Own)?;
    let endpoint = by.find::<webhook_endpoint::Entity>(w, "endpoint_id", row.endpoint_id.0).await?;
    Ok(rules::replay(w, &endpoint, &row).await?.id.0)
}

async fn replay_failed_webhook_deliveries(
    w: &mut Write,
    by: &Authorizer,
    input: &ReplayFailedWebhookDeliveriesInput,
) -> Result<Uuid, WriteError> {
    let row = target(w, by, input.endpoint_id).await?;
    let after = place(w, "after", &input.after).await?;
    let until = place(w, "until", &input.until).await?;
    rules::replay_failed(w, &row, after, until).await?;
    Ok(row.id.0)
}

async fn rewind_webhook_endpoint(
    w: &mut Write,
    by: &Authorizer,
    input: &RewindWebhookEndpointInput,
) -> Result<Uuid, WriteError> {
    let row = target(w, by, input.endpoint_id).await?;
    let position = place(w, "after", &input.after).await?.unwrap_or(0);
    rules::rewind(w, &row, position).await?;
    Ok(row.id.0)
}

/// An endpoint of the writer's that is to be changed: those of others are not seen.
async fn target(
    w: &Write,
    by: &Authorizer,
    id: IdOf<webhook_endpoint::Entity>,
) -> Result<<webhook_endpoint::Entity as EntityTrait>::Model, WriteError> {
    let row = by.target::<webhook_endpoint::Entity>(w, "endpoint_id", id.0).await?;
    by.require(Relation::Own)?;
    Ok(row)
}

async fn place(
    w: &Write,
    field: &'static str,
    cursor: &Option<Cursor>,
) -> Result<Option<i64>, WriteError> {
    match cursor {
        Some(cursor) => rules::position(w, field, &cursor.0).await.map(Some),
        None => Ok(None),
    }
}

/// Something may be sent to the address. It is asked again at each connection: names change.
async fn vet(ctx: &Context<'_>, url: &Url) -> Result<(), WriteError> {
    let vetted = match address::parse(&url.0) {
        Ok(url) => {
            ctx.data_unchecked::<Arc<WebhookSender>>().client.vetting().vet(&url).await.map(|_| ())
        }
        Err(unfit) => Err(unfit),
    };
    vetted.map_err(|unfit| rules::unfit(&unfit).into())
}

fn choice(filter: Option<EventFilter>) -> Result<Choice, WriteError> {
    let choice = filter.map_or_else(|| Ok(Choice::default()), EventFilter::choice);
    choice.map_err(|why| check::invalid("filter", why).into())
}
