//! What a batch shows.

use async_graphql::Context;
use chrono::NaiveDate;
use entity::vocabulary::{BatchPhase, BatchStatus, DatePrecision, DeliveryMode};
use entity::{batch, delegation};

use super::BatchFilter;
use crate::delivery::delegation::Delegation;
use crate::graphql::context::Reading;
use crate::graphql::edge::Edge;
use crate::graphql::object::object;
use crate::graphql::scalars::Date;

/// Where a batch stands on `today`. What is not known of its dates can leave it undated:
///
/// * past, once the last day is over;
/// * upcoming, before the first day;
/// * ongoing, from the first day to the last one; where the last day is not known, until the batch is closed;
/// * undated otherwise.
pub fn phase(batch: &batch::Model, today: NaiveDate) -> BatchPhase {
    match (batch.starts_on, batch.ends_on) {
        (_, Some(end)) if end < today => BatchPhase::Past,
        (Some(start), _) if today < start => BatchPhase::Upcoming,
        (Some(_), Some(_)) => BatchPhase::Ongoing,
        (Some(_), None) if batch.status == BatchStatus::Closed => BatchPhase::Past,
        (Some(_), None) => BatchPhase::Ongoing,
        (None, _) => BatchPhase::Undated,
    }
}

object! {
    /// One run of a programme. Title, dates and participants are the values accepted from what the sources claim; where
    /// sources contradict each other they are null, and the claims and findings tell why.
    Batch of batch, chosen by BatchFilter {
        /// The parties that came, were invited, or are said to have sent nobody.
        list delegations: Delegation => Edge::by(delegation::Column::BatchId);
    } {
        /// Which run of the programme it is: 1, 2 …
        async fn ordinal(&self) -> Option<i32> {
            self.0.ordinal
        }

        /// The label as printed: "Batch II".
        async fn label(&self) -> Option<&str> {
            self.0.label.as_deref()
        }

        /// The accepted title.
        async fn title(&self) -> Option<&str> {
            self.0.title.as_deref()
        }

        /// How it is attended.
        async fn mode(&self) -> DeliveryMode {
            self.0.mode
        }

        /// What has been decided about it.
        async fn status(&self) -> BatchStatus {
            self.0.status
        }

        /// Where it stands in time today (UTC), as far as its dates are known.
        async fn phase(&self, ctx: &Context<'_>) -> BatchPhase {
            phase(&self.0, ctx.reader().clock().today())
        }

        /// The accepted first day; the first day of the period where only month or year is known.
        async fn starts_on(&self) -> Option<Date> {
            self.0.starts_on.map(Date)
        }

        /// How exactly the first day is known.
        async fn starts_precision(&self) -> Option<DatePrecision> {
            self.0.starts_precision
        }
    }
}
