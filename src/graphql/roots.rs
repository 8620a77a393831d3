//! The root of all queries: the lookups and lists of every record.

use async_graphql::{Context, EmptyMutation, EmptySubscription, ID, Object, Result, Schema};

use super::node::{Node, find, parse_id};

/// The schema of the register.
pub type Register = Schema<Query, EmptyMutation, EmptySubscription>;

/// The entry to all that can be read.
pub struct Query;

/// The entry to all that can be read.
#[Object]
impl Query {
    /// The record with this id, if it exists and may be seen.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The id of a record.")] id: ID) -> Result<Option<Node>> {
        let (kind, key) = parse_id(&id)?;
        find(ctx, kind, key).await
    }
}
