//! Deliveries: that an endpoint is told of an event.

mod attempt;
mod object;
mod query;

pub use attempt::{Attempt, attempts};
pub use object::WebhookDelivery;
pub use query::{
    WebhookDeliveryFilter, WebhookDeliveryListFilter, WebhookDeliveryOrder,
    WebhookDeliveryOrderField,
};
