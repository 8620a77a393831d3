//! How deliveries are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::webhooks::endpoint::WebhookEndpointFilter;

filter! {
    /// Which deliveries.
    WebhookDeliveryFilter / WebhookDeliveryListFilter of webhook_delivery {
        /// By id.
        id: IdFilter => column(Id);
        /// By key: the `webhook-id` of its messages.
        key: ExactTextFilter => column(Key);
        /// By the endpoint.
        endpoint: WebhookEndpointFilter => one(EndpointId in webhook_endpoint);
        /// By where it stands.
        state: WebhookDeliveryStateFilter => column(State);
        /// By what happened, as a dotted name.
        name: ExactTextFilter => column(Kind);
        /// By how often it was tried.
        tries: IntFilter => column(Tries);
    }
}

order! {
    /// In which order deliveries are listed.
    WebhookDeliveryOrder / WebhookDeliveryOrderField of webhook_delivery by SortPosition Asc {
        /// The order of the log.
        Position => SortPosition,
        /// The key.
        Key => Key,
    }
}
