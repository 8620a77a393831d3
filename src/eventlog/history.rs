//! The history of a record: what the log has of it, for those who may see it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::vocabulary::RecordKind;
use entity::{event, event_reason};
use sea_orm::{ColumnTrait, Condition};

use super::FieldChangeEvent;
use super::object::subject;
use crate::accounts::account::Account;
use crate::engine::reference::NodeType;
use crate::events::EventKind;
use crate::graphql::context::LoadRows;
use crate::graphql::context::{Nullable, RequestContext};
use crate::graphql::edge::{Edge, FewLoader};
use crate::graphql::list::List;
use crate::graphql::loader::Key;
use crate::graphql::node::global_id;
use crate::graphql::order::OrderDirection;
use crate::graphql::page::{LARGEST_PAGE, size};
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

    /// What happened; null where a newer server wrote of something that this one does not know:
    /// `name` tells it all the same.
    #[graphql(name = "type")]
    async fn event_kind(&self) -> Option<EventKind> {
        EventKind::named(&self.0.kind)
    }

    /// What happened, as a dotted name such as `batch.announced`.
    async fn name(&self) -> &str {
        &self.0.kind
    }

    /// What happened, as a dotted name.
    #[graphql(
        deprecation = "What happened is called `type` everywhere; `name` has the dotted name."
    )]
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// What kind of record it was done to; null where it was done to no single record.
    async fn record_kind(&self) -> Option<RecordKind> {
        self.0.subject_kind
    }

    /// The id of that record.
    async fn record_id(&self) -> Option<ID> {
        subject(&self.0).map(|(kind, key)| global_id(kind, &key))
    }

    /// The key of that record; its bare id where the key would name a person.
    async fn record_key(&self) -> Option<&str> {
        self.0.subject_key.as_deref()
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
    async fn account(&self) -> Option<Account> {
        self.0.actor.parse().ok().map(|id| Account::seen(Key::Id(id)))
    }

    /// What changed, from what to what. Personal fields are not told.
    async fn changes(&self) -> List<FieldChangeEvent> {
        FieldChangeEvent::all(&self.0)
    }

    /// Why, in the words of whoever did it; null where no reason was given, or it was erased.
    async fn reason(&self, ctx: &Context<'_>) -> Nullable<String> {
        let edge = Edge::by(event_reason::Column::Position);
        let reasons =
            ctx.rows::<event_reason::Entity>(edge, Key::Long(self.0.position), Vec::new()).await;
        reasons.map(|reasons| reasons.first().map(|reason| reason.text.clone())).transpose()
    }
}

/// A record, for what all kinds of record have in common.
pub struct History(pub Key);

/// What all kinds of record have in common.
#[Object]
impl History {
    /// What happened to the record, the newest first: for officers of the institution that keeps
    /// it, for curators and auditors; for anybody else, nothing.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100.", default = 20)] first: i32,
        #[graphql(desc = "Only what happened before this position of the log.")] before: Option<
            Long,
        >,
    ) -> Result<List<HistoryEvent>> {
        let limit = size("first", first, LARGEST_PAGE)?;
        let earlier = before.map(|before| event::Column::Position.lt(before.0));
        let edge = Edge::<event::Entity>::by_text(event::Column::SubjectId);
        let condition = Condition::all().add_option(earlier);
        let order = vec![(event::Column::Position, OrderDirection::Desc)];
        let few = || FewLoader { edge, condition, order, limit: Some(limit) };
        let name = format!("history {first} {:?}", before.map(|before| before.0));
        let found = ctx.reader().load(name, few, self.0.clone()).await?;
        Ok(found.iter().flat_map(|found| found.iter().cloned()).map(HistoryEvent).collect())
    }
}
