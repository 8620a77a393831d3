//! The history of a record: what the log has of it, for those who may see it.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, Utc};
use entity::{event, event_reason};
use sea_orm::{ColumnTrait, Condition};

use super::FieldChangeEvent;
use crate::accounts::account::Account;
use crate::graphql::context::{Nullable, Reading, nullable};
use crate::graphql::edge::{Edge, Page};
use crate::graphql::list::List;
use crate::graphql::loader::Key;
use crate::graphql::order::OrderDirection;
use crate::graphql::page::{LARGEST_PAGE, Window, size};
use crate::graphql::scalars::Long;

/// Something that happened to a record.
#[derive(Clone, Debug)]
pub struct HistoryEvent(pub Arc<event::Model>);

/// Something that happened to a record.
#[Object]
impl HistoryEvent {
    /// Its place in the log of the register: contiguous, in the order of commits, from 1.
    async fn position(&self) -> Long {
        Long(self.0.position)
    }

    /// What happened: a dotted name such as `batch.announced`.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// When.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }

    /// Who did it: the id of an account, or `operator` for whoever runs the program.
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// The account that did it; null where it was the operator, or you may not see the account.
    async fn account(&self, ctx: &Context<'_>) -> Nullable<Account> {
        nullable(ctx.one(self.0.actor.parse().ok().map(Key::Id))).await
    }

    /// What changed, from what to what. Personal fields are not told.
    async fn changes(&self) -> List<FieldChangeEvent> {
        FieldChangeEvent::all(&self.0.changes)
    }

    /// Why, in the words of whoever did it; null where no reason was given, or it was erased.
    async fn reason(&self, ctx: &Context<'_>) -> Nullable<String> {
        let edge = Edge::by(event_reason::Column::Position);
        let reasons = ctx.rows::<event_reason::Entity>(edge, Key::Long(self.0.position), Vec::new()).await;
        reasons.map(|reasons| reasons.first().map(|reason| reason.text.clone())).transpose()
    }
}

/// The newest events about a record.
pub async fn history(ctx: &Context<'_>, near: Key, first: i32, before: Option<Long>) -> Result<List<HistoryEvent>> {
    let limit = size("first", first, LARGEST_PAGE)?;
    let earlier = before.map(|before| event::Column::Position.lt(before.0));
    let mut window = Window::<event::Entity>::whole(vec![(event::Column::Position, OrderDirection::Desc)]);
    window.limit = Some(limit);
    let edge = Edge::by_text(event::Column::SubjectId);
    let page = || Page::new(edge, Condition::all().add_option(earlier), window);
    let name = format!("history {first} {:?}", before.map(|before| before.0));
    let found = ctx.reader().load(name, page, near).await?;
    Ok(found.iter().flat_map(|found| found.rows.iter().cloned()).map(HistoryEvent).collect())
}
