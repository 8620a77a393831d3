//! What a delegation shows.

use async_graphql::{Context, Result};
use entity::vocabulary::{DelegationStatus, Representation};

use super::DelegationFilter;
use crate::delivery::batch::Batch;
use crate::graphql::context::Reading;
use crate::graphql::loader::Key;
use crate::graphql::object::object;
use crate::network::country::Country;

object! {
    /// The party of a country, or of an institution, at a batch. A country of which nothing is recorded has none: it is
    /// unknown, not absent.
    Delegation of delegation, chosen by DelegationFilter {
    } {
        /// Whom it stands for. Only those of a country count as a country's attendance.
        async fn represents(&self) -> Representation {
            self.0.represents
        }

        /// The accepted status; null where sources contradict each other.
        async fn status(&self) -> Option<DelegationStatus> {
            self.0.status
        }

        /// The country whose party it is.
        async fn country(&self, ctx: &Context<'_>) -> Result<Option<Country>> {
            ctx.one(self.0.country_code.clone().map(|code| Key::Code(code.0))).await
        }

        /// The batch.
        async fn batch(&self, ctx: &Context<'_>) -> Result<Batch> {
            ctx.required(Key::Id(self.0.batch_id.0)).await
        }
    }
}
