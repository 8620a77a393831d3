//! What undoing an import came to, as the log keeps it and the API shows it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use entity::event;
use entity::vocabulary::RecordKind;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::deeds::Deed;
use crate::db::ArchivedRow;
use crate::eventlog::shown::field_of;
use crate::events::EventKind;
use crate::graphql::context::{Nullable, RequestContext};
use crate::graphql::language::Language;
use crate::graphql::list::List;
use crate::graphql::loader::{Key, LevelFuture, LevelLoader, Reader};
use crate::graphql::node::global_id;
use crate::phrase::{Phrase, say};
use crate::voiding::{TABLES, table_of};

/// How much of what stays is listed.
const MOST_LISTED: usize = 500;

/// Something that undoing an import has left as it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportKept {
    kind: RecordKind,
    id: Uuid,
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    reason: Phrase,
}

/// Something that undoing an import has left as it is: a record that it entered, or a field that it
/// changed.
#[Object(name = "ImportKeptPayload")]
impl ImportKept {
    /// What kind of record it is.
    async fn record_kind(&self) -> RecordKind {
        self.kind
    }

    /// The id of the record.
    async fn record_id(&self) -> ID {
        global_id(self.kind, &Key::Id(self.id))
    }

    /// The key of the record; its bare id where the key is personal.
    async fn record_key(&self) -> &str {
        &self.key
    }

    /// The field that is not what it was; null where the record stays that was entered.
    async fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Why.
    async fn reason(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language.")] language: Option<Language>,
    ) -> String {
        self.reason.translate(ctx.languages(language).of_phrases())
    }
}

/// What undoing an import came to.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "ImportUndonePayload")]
pub struct ImportUndone {
    /// How many records are void that it had entered, beside what hangs from them.
    voided_count: i32,
    /// How many fields are what they were.
    reverted_count: i32,
    /// How many records and fields stay as they are.
    kept_count: i32,
    /// The records and fields that stay as they are, each with the reason: the first 500.
    kept: List<ImportKept>,
}

impl ImportUndone {
    /// What it came to.
    pub(super) fn new(voided: usize, reverted: usize, stays: Stays) -> Self {
        let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        Self {
            voided_count: count(voided),
            reverted_count: count(reverted),
            kept_count: count(stays.count),
            kept: List(stays.listed),
        }
    }

    /// For the log, which keeps it.
    pub(super) fn told(&self) -> [(&'static str, Json); 4] {
        [
            (VOIDED, json!(self.voided_count)),
            (REVERTED, json!(self.reverted_count)),
            (KEPT_COUNT, json!(self.kept_count)),
            // From nothing to this, as changes are told.
            (KEPT, json!([null, self.kept.0])),
        ]
    }

    fn read(changes: &Json) -> Self {
        let count = |name| changes[name].as_i64().and_then(|count| count.try_into().ok());
        Self {
            voided_count: count(VOIDED).unwrap_or_default(),
            reverted_count: count(REVERTED).unwrap_or_default(),
            kept_count: count(KEPT_COUNT).unwrap_or_default(),
            kept: List(serde_json::from_value(changes[KEPT][1].clone()).unwrap_or_default()),
        }
    }

    /// What undoing an import came to that is seen; null where it was not undone.
    pub(in super::super) async fn of(ctx: &Context<'_>, import: Uuid) -> Nullable<Self> {
        let found = ctx.reader().load("undone", || UndoneLoader, Key::Id(import)).await;
        found.map(|found| found.map(|found| Self::clone(&found))).transpose()
    }
}

const VOIDED: &str = "voided_count";
const REVERTED: &str = "reverted_count";
const KEPT_COUNT: &str = "kept_count";
const KEPT: &str = "kept";

/// Asks what the log has of it. The event is for auditors; what stands in it is also for whoever
/// sees the import, which has been looked at before.
struct UndoneLoader;

impl LevelLoader for UndoneLoader {
    type Answer = ImportUndone;

    fn fetch(self: Arc<Self>, reader: Arc<Reader>, keys: Vec<Key>) -> LevelFuture<Self::Answer> {
        Box::pin(async move {
            let ids = keys.iter().filter_map(|key| match key {
                Key::Id(id) => Some(id.to_string()),
                _ => None,
            });
            let told = event::Entity::find()
                .select_only()
                .columns([event::Column::SubjectId, event::Column::Changes])
                .filter(event::Column::SubjectKind.eq(RecordKind::Import))
                .filter(event::Column::SubjectId.is_in(ids))
                .filter(event::Column::Kind.eq(EventKind::ImportUndone.name()))
                .into_query();
            let mut answers = Vec::new();
            for row in reader.db().query_all(&told).await? {
                let (id, changes) = (row.try_get::<String>("", "subject_id")?, "changes");
                if let Ok(id) = id.parse() {
                    let changes = row.try_get::<Json>("", changes)?;
                    answers.push((Key::Id(id), ImportUndone::read(&changes)));
                }
            }
            Ok(answers.into_iter().collect())
        })
    }
}

/// What stays.
#[derive(Default)]
pub(super) struct Stays {
    count: usize,
    listed: Vec<ImportKept>,
}

impl Stays {
    /// Adds a record, or a field of it by its column.
    pub(super) fn add(
        &mut self,
        kind: RecordKind,
        id: Uuid,
        row: &ArchivedRow,
        column: Option<&str>,
        reason: &Phrase,
    ) {
        let key = table_of(kind).and_then(|at| TABLES[at].public_key(row));
        let key = key.map_or_else(|| id.to_string(), str::to_owned);
        self.list(ImportKept {
            kind,
            id,
            key,
            field: column.map(|column| field_of(kind, column)),
            reason: reason.clone(),
        });
    }

    /// Adds a field of a record that is there.
    pub(super) fn add_field(
        &mut self,
        deed: &Deed,
        row: &ArchivedRow,
        column: &str,
        reason: &Phrase,
    ) {
        self.add(deed.kind, deed.id, row, Some(column), reason);
    }

    /// Adds a field of a record that is void.
    pub(super) fn add_void(&mut self, deed: &Deed, column: &str) {
        self.list(ImportKept {
            kind: deed.kind,
            id: deed.id,
            key: deed.key.clone(),
            field: Some(field_of(deed.kind, column)),
            reason: say!("the record is void"),
        });
    }

    fn list(&mut self, one: ImportKept) {
        self.count += 1;
        if self.listed.len() < MOST_LISTED {
            self.listed.push(one);
        }
    }
}
