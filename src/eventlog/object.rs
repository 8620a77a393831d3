//! What an event shows.

use std::sync::Arc;

use async_graphql::{ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::event;
use entity::vocabulary::RecordKind;

use super::FieldChangeEvent;
use super::feed::Item;
use super::shown::payload_version;
use crate::delivery::batch::Batch;
use crate::delivery::delegation::Delegation;
use crate::delivery::topic::Topic;
use crate::engine::node::Node;
use crate::engine::reference::{NodeType, Records};
use crate::events::EventKind;
use crate::events::log::Logged;
use crate::graphql::list::List;
use crate::graphql::loader::Key;
use crate::graphql::node::global_id;
use crate::graphql::scalars::Cursor;
use crate::network::country::Country;
use crate::network::institution::Institution;
use crate::network::programme::Programme;

/// Something that happened in the register. It carries ids and changed fields, never personal data;
/// what it is about is shown as it stands now, to those who may see it.
#[derive(Clone, Debug)]
pub struct EventObject(pub Arc<Logged>);

impl EventObject {
    fn subject_key_in_graph(&self) -> Option<(RecordKind, Key)> {
        subject(&self.0.row)
    }
}

/// The record that an event is about.
pub(super) fn subject(row: &event::Model) -> Option<(RecordKind, Key)> {
    let (kind, id) = (row.subject_kind?, row.subject_id.as_deref()?);
    let key = if kind == RecordKind::Country {
        Key::Code(id.to_owned())
    } else {
        Key::Id(id.parse().ok()?)
    };
    Some((kind, key))
}

/// Something that happened in the register. It carries ids and changed fields, never personal data;
/// what it is about is shown as it stands now, to those who may see it.
#[Object(name = "Event")]
impl EventObject {
    /// What happened; null where a newer server wrote of something that this one does not know:
    /// `name` tells it all the same.
    #[graphql(name = "type")]
    async fn kind(&self) -> Option<EventKind> {
        self.0.kind
    }

    /// What happened, as a dotted name such as `batch.announced`.
    async fn name(&self) -> &str {
        &self.0.row.kind
    }

    /// Which shape `changes` has: 2 since it has the names of fields and the ids of this schema,
    /// also of events from before that.
    async fn payload_version(&self) -> i32 {
        payload_version(&self.0.row)
    }

    /// When.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.row.occurred_at
    }

    /// What kind of record it is about; null where it is about no single record.
    async fn subject_kind(&self) -> Option<RecordKind> {
        self.0.row.subject_kind
    }

    /// The id of that record.
    async fn subject_id(&self) -> Option<ID> {
        self.subject_key_in_graph().map(|(kind, key)| global_id(kind, &key))
    }

    /// The key of that record; its bare id where the key would name a person.
    async fn subject_key(&self) -> Option<&str> {
        self.0.row.subject_key.as_deref()
    }

    /// That record as it stands now; null where it may not be seen.
    async fn subject(&self) -> Option<Node> {
        self.subject_key_in_graph().map(|(kind, key)| Node::seen(kind, key))
    }

    /// The institution whose record it is; null where it is nobody's.
    async fn owner(&self) -> Option<Institution> {
        self.0.row.owner_id.map(|id| Institution::seen(Key::Id(id)))
    }

    /// The batch, where it is about one or about a delegation.
    async fn batch(&self) -> Option<Batch> {
        self.0.batch.map(|id| Batch::seen(Key::Id(id.0)))
    }

    /// The countries concerned.
    async fn countries(&self) -> Records<Country> {
        Records::seen(self.0.countries.iter().cloned().map(Key::Code).collect())
    }

    /// The programmes concerned.
    async fn programmes(&self) -> Records<Programme> {
        Records::seen(self.0.programmes.iter().copied().map(Key::Id).collect())
    }

    /// The topics concerned.
    async fn topics(&self) -> Records<Topic> {
        Records::seen(self.0.topics.iter().copied().map(Key::Id).collect())
    }

    /// What changed, from what to what. Personal fields are not told.
    async fn changes(&self) -> List<FieldChangeEvent> {
        FieldChangeEvent::all(&self.0.row)
    }
}

/// A stretch of the log. Items follow one another without a gap: each begins where the one before
/// ended, also where events between were not asked for or may not be seen. So a chain of items
/// proves that nothing was missed.
#[derive(Clone, Debug, SimpleObject)]
pub struct EventsPayload {
    /// The place where it begins: the `cursor` of the item before.
    after: Cursor,
    /// The place where it ends: the `after` of the next item, and of whoever comes back later.
    cursor: Cursor,
    /// What happened at its end; null where the item only says how far the log was read.
    event: Option<EventObject>,
}

impl From<Item> for EventsPayload {
    fn from(item: Item) -> Self {
        Self {
            after: Cursor(item.after.to_string()),
            cursor: Cursor(item.cursor.to_string()),
            event: item.event.map(EventObject),
        }
    }
}

/// A batch, after something happened to it.
pub struct BatchChangedPayload {
    /// The stretch of the log.
    pub item: EventsPayload,
    /// The batch.
    pub batch: Key,
}

/// A batch, after something happened to it.
#[Object]
impl BatchChangedPayload {
    /// The place where the stretch of the log begins that the item stands for.
    async fn after(&self) -> &Cursor {
        &self.item.after
    }

    /// The place where it ends.
    async fn cursor(&self) -> &Cursor {
        &self.item.cursor
    }

    /// What happened; null in the first item, and where the item only says how far the log was
    /// read.
    async fn event(&self) -> Option<&EventObject> {
        self.item.event.as_ref()
    }

    /// The batch as it stands now; null where it may not be seen.
    async fn batch(&self) -> Option<Batch> {
        Some(Batch::seen(self.batch.clone()))
    }
}

/// A delegation, after something happened to it.
pub struct DelegationChangedPayload(pub EventsPayload);

/// A delegation, after something happened to it.
#[Object]
impl DelegationChangedPayload {
    /// The place where the stretch of the log begins that the item stands for.
    async fn after(&self) -> &Cursor {
        &self.0.after
    }

    /// The place where it ends.
    async fn cursor(&self) -> &Cursor {
        &self.0.cursor
    }

    /// What happened; null in the first item, and where the item only says how far the log was
    /// read.
    async fn event(&self) -> Option<&EventObject> {
        self.0.event.as_ref()
    }

    /// The delegation as it stands now; null where nothing happened, or it may not be seen.
    async fn delegation(&self) -> Option<Delegation> {
        let subject = self.0.event.as_ref().and_then(EventObject::subject_key_in_graph);
        subject.map(|(_, key)| Delegation::seen(key))
    }
}
