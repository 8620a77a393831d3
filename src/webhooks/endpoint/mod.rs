//! Webhook endpoints: where somebody wants to be told of events.

mod mutation;
mod object;
mod query;
pub mod rules;

pub use mutation::WEBHOOK_MUTATIONS;
pub use object::WebhookEndpoint;
pub use query::{
    WebhookEndpointFilter, WebhookEndpointListFilter, WebhookEndpointOrder,
    WebhookEndpointOrderField,
};
