//! The history of a record: what the log has of it, for those who may see it.

use async_graphql::{Context, SimpleObject};
use chrono::{DateTime, Utc};
use entity::event_reason;

use crate::accounts::account::Account;
use crate::graphql::context::{Nullable, Reading, nullable};
use crate::graphql::edge::Edge;
use crate::graphql::filter::*;
use crate::graphql::loader::Key;
use crate::graphql::object::bare_object;
use crate::graphql::order::order;
use crate::graphql::scalars::Long;

impl HistoryEvent {
    fn near(&self) -> Key {
        Key::Long(self.0.position)
    }
}

bare_object! {
    /// Something that happened to a record.
    HistoryEvent of event, chosen by HistoryEventFilter {} {
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
        async fn changes(&self) -> Vec<FieldChangeEvent> {
            let changes = self.0.changes.as_object().into_iter().flatten();
            let text = |value: Option<&serde_json::Value>| match value {
                None | Some(serde_json::Value::Null) => None,
                Some(serde_json::Value::String(text)) => Some(text.clone()),
                Some(other) => Some(other.to_string()),
            };
            changes
                .map(|(field, change)| FieldChangeEvent {
                    field: field.clone(),
                    from: text(change.get(0)),
                    to: text(change.get(1)),
                })
                .collect()
        }

        /// Why, in the words of whoever did it; null where no reason was given, or it was erased.
        async fn reason(&self, ctx: &Context<'_>) -> Nullable<String> {
            let edge = Edge::by(event_reason::Column::Position);
            let reasons = ctx.rows::<event_reason::Entity>(edge, self.near(), Vec::new()).await;
            reasons.map(|reasons| reasons.into_iter().next().map(|reason| reason.text)).transpose()
        }
    }
}

/// The change of one field.
#[derive(Clone, Debug, SimpleObject)]
pub struct FieldChangeEvent {
    /// Which field.
    field: String,
    /// What it was; null where it was nothing.
    from: Option<String>,
    /// What it is since; null where it is nothing.
    to: Option<String>,
}

filter! {
    /// Which events.
    HistoryEventFilter / HistoryEventListFilter of event {
        /// By what happened.
        kind: ExactTextFilter => column(Kind);
        /// By when.
        occurred_at: DateTimeFilter => column(OccurredAt);
    }
}

order! {
    /// In which order events are listed.
    HistoryEventOrder / HistoryEventOrderField of event by Position Desc {
        /// The place in the log.
        Position => Position,
    }
}
