//! How far deliveries to an endpoint have come: what the program keeps of it, and its owner does
//! not decide.

use sea_orm::entity::prelude::*;

use crate::id::WebhookEndpointId;

/// How far deliveries to an endpoint have come.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_course")]
pub struct Model {
    /// Of which endpoint.
    #[sea_orm(primary_key, auto_increment = false)]
    pub endpoint_id: WebhookEndpointId,
    /// The position up to which there are deliveries.
    pub position: i64,
    /// Changes when its owner changes what is to be delivered, so that who serves it looks anew.
    pub revision: i32,
    /// The process that serves it.
    pub leased_by: Option<Uuid>,
    /// Until when, unless it is renewed.
    pub leased_until: Option<DateTimeUtc>,
    /// How many attempts have failed since the last that did not.
    pub failures: i32,
    /// Since when every attempt has failed.
    pub failing_since: Option<DateTimeUtc>,
    /// Until when nothing is tried.
    pub resting_until: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "endpoint_id", to = "id")]
    pub endpoint: BelongsTo<super::webhook_endpoint::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
