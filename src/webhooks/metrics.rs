//! What operators see of deliveries.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use entity::vocabulary::{WebhookDeliveryState, WebhookOutcome, WebhookState};
use entity::{event, webhook_course, webhook_delivery, webhook_endpoint};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, Iterable, JoinType, PaginatorTrait,
    QueryFilter, QuerySelect, RelationTrait,
};

/// Attempts of a process, by what became of them.
#[derive(Debug, Default)]
pub struct WebhookMetrics([AtomicU64; 7]);

impl WebhookMetrics {
    /// Counts an attempt.
    pub fn count(&self, outcome: WebhookOutcome) {
        if let Some((_, count)) = self.all().find(|(of, _)| *of == outcome) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many there were of each.
    pub fn all(&self) -> impl Iterator<Item = (WebhookOutcome, &AtomicU64)> {
        WebhookOutcome::iter().zip(&self.0)
    }
}

/// Where the deliveries of all processes stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryBacklog {
    /// When the oldest event happened that an active endpoint has not taken yet.
    pub oldest: Option<DateTime<Utc>>,
    /// Endpoints that the register has given up.
    pub disabled: u64,
}

/// Where the deliveries of all processes stand.
pub async fn standing(db: &impl ConnectionTrait) -> Result<DeliveryBacklog, DbErr> {
    let active = webhook_endpoint::Column::State.eq(WebhookState::Active);
    let pending: Option<Option<DateTime<Utc>>> = webhook_delivery::Entity::find()
        .select_only()
        .expr(webhook_delivery::Column::OccurredAt.min())
        .join(JoinType::InnerJoin, webhook_delivery::Relation::WebhookEndpoint.def())
        .filter(webhook_delivery::Column::State.eq(WebhookDeliveryState::Pending))
        .filter(active.clone())
        .into_tuple()
        .one(db)
        .await?;
    // What nobody has looked at yet is not among the deliveries.
    let behind: Option<Option<i64>> = webhook_course::Entity::find()
        .select_only()
        .expr(webhook_course::Column::Position.min())
        .join(JoinType::InnerJoin, webhook_course::Relation::WebhookEndpoint.def())
        .filter(active)
        .into_tuple()
        .one(db)
        .await?;
    let next = match behind.flatten() {
        Some(position) => {
            event::Entity::find()
                .select_only()
                .column(event::Column::OccurredAt)
                .filter(Expr::col(event::Column::Position).eq(position + 1))
                .into_tuple::<DateTime<Utc>>()
                .one(db)
                .await?
        }
        None => None,
    };
    let disabled = webhook_endpoint::Entity::find()
        .filter(webhook_endpoint::Column::State.eq(WebhookState::Disabled))
        .count(db)
        .await?;
    let oldest = pending.flatten().into_iter().chain(next).min();
    Ok(DeliveryBacklog { oldest, disabled })
}
