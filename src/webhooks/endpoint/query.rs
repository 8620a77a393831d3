//! How webhook endpoints are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::webhooks::delivery::WebhookDeliveryListFilter;

filter! {
    /// Which webhook endpoints.
    WebhookEndpointFilter / WebhookEndpointListFilter of webhook_endpoint {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By whether events are sent to it.
        state: WebhookStateFilter => column(State);
        /// By its deliveries.
        deliveries: WebhookDeliveryListFilter => many(webhook_delivery.EndpointId);
    }
}

order! {
    /// In which order webhook endpoints are listed.
    WebhookEndpointOrder / WebhookEndpointOrderField of webhook_endpoint by Id Asc {
        /// When it was made.
        CreatedAt => Id,
        /// The key.
        Key => Key,
    }
}
