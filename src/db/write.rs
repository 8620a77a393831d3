//! The write door: the only way in which a row of the domain changes.

use std::any::Any;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard};

use super::row::values;
use chrono::{DateTime, NaiveDate, Utc};
use entity::id::{BatchId, InstitutionId, SourceId};
use entity::vocabulary::{RecordKind, SourceKind};
use entity::{action_plan, batch, delegation, event_head, event_reason, programme, source};
use sea_orm::prelude::Expr;
use sea_orm::sea_query::{ExprTrait, LockType, Order, Query, SelectStatement};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ActiveValue, ColumnTrait, Condition, ConnectionTrait, DatabaseBackend,
    DatabaseTransaction, DbErr, EntityTrait, IdenStatic, IntoActiveModel, Iterable, JoinType, ModelTrait,
    PrimaryKeyToColumn, QueryFilter, QueryOrder, QuerySelect, QueryTrait, RelationTrait, Value,
};
use uuid::Uuid;

use super::Db;
use super::due::Due;
use super::receipt::Receipt;
use super::row;
use crate::actor::Actor;
use crate::clock::Clock;
use crate::error::WriteError;
use crate::events::{Event, LogCursor};
use crate::record::is_derived;

/// How many rows go into one INSERT: well below the 32,766 parameters of SQLite at thirty columns.
pub(super) const ROWS_PER_INSERT: usize = 500;

/// The key of the advisory lock of what holds over the whole register: any number that nobody else uses on this database.
const REGISTER_WIDE: i64 = 0x6a65_6a61_7769_6465;

/// A transaction in which rows may change.
///
/// Invariant: no `Write`, no write; no write without an event; no event outside the transaction.
pub struct Write {
    pub(super) transaction: DatabaseTransaction,
    pub(super) clock: Clock,
    pub(super) now: DateTime<Utc>,
    pub(super) actor: Actor,
    pub(super) changed: bool,
    pub(super) events: Vec<Event>,
    /// Under which id the events of a large write wait in the spool, and how many.
    pub(super) spooled: Option<(Uuid, i64)>,
    pub(super) due: Due,
    /// Batches that are locked, with their programmes, as long as nothing of them has changed.
    known: Mutex<HashMap<BatchId, (batch::Model, programme::Model)>>,
    /// The delegations of batches that are locked, with their plans, as they stand.
    parties: Mutex<HashMap<BatchId, Vec<Party>>>,
    /// The sources by which the owners of batches that are locked speak, as long as no source has changed.
    speaking: Mutex<HashMap<InstitutionId, SourceId>>,
    /// Records by whose words search finds them, where these may have changed.
    reworded: BTreeSet<(RecordKind, String)>,
    pub(super) register_wide: bool,
    pub(super) receipt: Option<Receipt>,
    pub(super) reason: Option<String>,
    /// Rows as they stand at the end, where somebody is to be answered with them.
    rows: Mutex<Option<Rows>>,
    /// What is to be begun once all of it is committed.
    next: Mutex<Vec<Next>>,
}

/// Something that is begun once a write is committed.
type Next = Box<dyn FnOnce(&Db, &Clock) + Send>;

/// What became of a row that was put.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It is new; the changes have null as their old values.
    Inserted(Changes),
    /// It differs from what was there.
    Updated(Changes),
    /// It was there as it is.
    Unchanged,
}

/// Field → `[old, new]`.
pub type Changes = serde_json::Map<String, serde_json::Value>;

impl Change {
    /// The changed fields, unless nothing changed.
    pub fn changes(&self) -> Option<&Changes> {
        match self {
            Self::Inserted(changes) | Self::Updated(changes) => Some(changes),
            Self::Unchanged => None,
        }
    }

    /// Whether the row is new.
    pub fn is_new(&self) -> bool {
        matches!(self, Self::Inserted(_))
    }
}

/// A delegation, with its plans.
#[derive(Clone, Debug)]
pub struct Party {
    /// The delegation.
    pub row: delegation::Model,
    /// Its plans.
    pub plans: Vec<action_plan::Model>,
}

/// A row as it stands after a put.
#[derive(Clone, Debug)]
pub struct Put<M> {
    /// The row.
    pub row: M,
    /// What became of it.
    pub change: Change,
}

/// The result of a write, and where the log stood when it was committed.
#[derive(Debug)]
pub struct Written<T> {
    /// What the closure returned.
    pub value: T,
    /// Where the log stood: behind the last event written, or the newest event if none was.
    pub cursor: LogCursor,
    /// The rows that changed, where they were kept ([`Write::keep_rows`]).
    pub rows: Rows,
}

/// Rows as they stand at the end: the name of the table and the values of all its columns, by id.
#[derive(Default)]
pub struct Rows(HashMap<Uuid, (String, Vec<Value>)>);

impl Rows {
    /// Takes them, each with its id.
    pub fn take(self) -> impl Iterator<Item = (Uuid, String, Vec<Value>)> {
        self.0.into_iter().map(|(id, (table, values))| (id, table, values))
    }
}

impl std::fmt::Debug for Rows {
    /// How many: rows hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} rows", self.0.len())
    }
}

/// Opens a transaction, runs `change` in it, settles what is derived, writes the events, and commits. Whatever fails
/// leaves the register as it was.
pub async fn write<T>(
    db: &Db,
    clock: &Clock,
    actor: Actor,
    change: impl AsyncFnOnce(&mut Write) -> Result<T, WriteError>,
) -> Result<Written<T>, WriteError> {
    let mut write = opened(db, clock, actor).await?;
    let done = async {
        let value = change(&mut write).await?;
        crate::provenance::settle(&mut write).await?;
        crate::analysis::search::index(&mut write).await?;
        let rows = write.kept_rows().take().unwrap_or_default();
        let next = std::mem::take(write.next.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner()));
        let (transaction, cursor) = write.finish().await?;
        Ok((Written { value, cursor, rows }, transaction, next))
    };
    let (written, transaction, next) = done.await.inspect_err(|error| {
        if let WriteError::Database(error) = error {
            db.note(error);
        }
    })?;
    db.commit(transaction).await?;
    db.committed();
    next.into_iter().for_each(|next| next(db, clock));
    Ok(written)
}

/// A write that has begun.
pub(super) async fn opened(db: &Db, clock: &Clock, actor: Actor) -> Result<Write, DbErr> {
    Ok(Write {
        transaction: db.begin().await?,
        clock: clock.clone(),
        now: clock.now(),
        actor,
        changed: false,
        events: Vec::new(),
        spooled: None,
        due: Due::default(),
        known: Mutex::default(),
        parties: Mutex::default(),
        speaking: Mutex::default(),
        reworded: BTreeSet::new(),
        register_wide: false,
        receipt: None,
        reason: None,
        rows: Mutex::default(),
        next: Mutex::default(),
    })
}

/// Columns that the door keeps itself.
pub(super) const KEPT: [&str; 5] = ["id", "key", "version", "created_at", "updated_at"];

impl Write {
    /// Reads inside the transaction. Nothing is changed through it: a test holds the writing calls of the database to this
    /// folder.
    pub fn read(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// The moment of the write.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The day of the write, in UTC.
    pub fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    /// A new id.
    pub fn new_id(&self) -> Uuid {
        self.clock.id()
    }

    /// Waits until no other write is under way that looks at the whole register, and keeps such out until this one has
    /// ended: for what is read in many rows before it is written, as are parents, memberships and names. To be called before
    /// anything that it protects is read. SQLite has one writer at a time anyway.
    pub async fn register_wide(&mut self) -> Result<(), DbErr> {
        if !self.register_wide && self.transaction.get_database_backend() == DatabaseBackend::Postgres {
            let lock = format!("SELECT pg_advisory_xact_lock({REGISTER_WIDE})");
            self.transaction.execute_unprepared(&lock).await?;
        }
        self.register_wide = true;
        Ok(())
    }

    /// Waits until no other write is under way that changes what is accepted of these batches, and keeps such out until
    /// this one has ended: what is read of them afterwards is all that there is.
    pub async fn lock_batches(&self, ids: &[BatchId]) -> Result<Vec<(batch::Model, programme::Model)>, DbErr> {
        let known = self.known().clone();
        if ids.iter().all(|id| known.contains_key(id)) {
            return Ok(ids.iter().filter_map(|id| known.get(id).cloned()).collect());
        }
        self.lock_batches_where(batch::Column::Id.is_in(ids.iter().copied()).into()).await
    }

    /// The same for all batches of which something holds. In the order of the ids, so that no two writes wait for each other;
    /// not `FOR UPDATE`, for which each would wait until the other's new claims are in.
    pub async fn lock_batches_where(&self, which: Condition) -> Result<Vec<(batch::Model, programme::Model)>, DbErr> {
        const SPEAKING: &str = "speaking";
        let mut select =
            batch::Entity::find().filter(which).order_by_asc(batch::Column::Id).find_also_related(programme::Entity);
        QuerySelect::query(&mut select)
            .expr_as(Expr::SubQuery(None, Box::new(owners_source().into())), SPEAKING)
            .lock_with_tables(LockType::NoKeyUpdate, [batch::Entity]);
        let mut batches = Vec::new();
        let (of_batch, of_programme) = (row::columns::<batch::Entity>(), row::columns::<programme::Entity>());
        for row in self.transaction.query_all(&select.into_query()).await? {
            let batch = row::model::<batch::Entity>(&row, 0, &of_batch)?;
            let programme = row::model::<programme::Entity>(&row, of_batch.len(), &of_programme)?;
            if let Some(source) = row.try_get("", SPEAKING)? {
                self.speaking().insert(batch.owner_id, source);
            }
            batches.push((batch, programme));
        }
        self.known().extend(batches.iter().map(|row| (row.0.id, row.clone())));
        Ok(batches)
    }

    /// The source by which an institution speaks of its own records, where it has spoken before.
    pub async fn speaks_by(&self, owner: InstitutionId) -> Result<Option<SourceId>, DbErr> {
        if let Some(known) = self.speaking().get(&owner) {
            return Ok(Some(*known));
        }
        let found = sources_of(Expr::val(owner));
        let row = self.transaction.query_one(&found).await?;
        row.map(|row| row.try_get("", source::Column::Id.as_str())).transpose()
    }

    fn speaking(&self) -> MutexGuard<'_, HashMap<InstitutionId, SourceId>> {
        self.speaking.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The delegations of batches that are locked, in the order of their ids, with their plans.
    pub async fn parties_of(&self, batches: &[BatchId]) -> Result<Vec<Party>, DbErr> {
        let known: Option<Vec<_>> = batches.iter().map(|batch| self.parties().get(batch).cloned()).collect();
        if let Some(known) = known {
            return Ok(known.into_iter().flatten().collect());
        }
        let select = delegation::Entity::find()
            .filter(delegation::Column::BatchId.is_in(batches.iter().copied()))
            .order_by_asc(delegation::Column::Id)
            .select_also(action_plan::Entity)
            .join(JoinType::LeftJoin, action_plan::Relation::Delegation.def().rev())
            .into_query();
        let (of_party, of_plan) = (row::columns::<delegation::Entity>(), row::columns::<action_plan::Entity>());
        let mut parties: Vec<Party> = Vec::new();
        for row in self.transaction.query_all(&select).await? {
            let plan = row::maybe::<action_plan::Entity>(&row, of_party.len(), &of_plan)?;
            let row = row::model::<delegation::Entity>(&row, 0, &of_party)?;
            match parties.last_mut().filter(|last| last.row.id == row.id) {
                Some(last) => last.plans.extend(plan),
                None => parties.push(Party { row, plans: plan.into_iter().collect() }),
            }
        }
        let mut known: HashMap<_, Vec<_>> = batches.iter().map(|batch| (*batch, Vec::new())).collect();
        for party in &parties {
            known.entry(party.row.batch_id).or_default().push(party.clone());
        }
        self.parties().extend(known);
        Ok(parties)
    }

    /// Batches whose delegations are known, with these as they stand.
    pub(super) fn parties(&self) -> MutexGuard<'_, HashMap<BatchId, Vec<Party>>> {
        self.parties.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Has something begun once this write is committed; nothing of it where it is not.
    pub fn afterwards(&mut self, next: impl FnOnce(&Db, &Clock) + Send + 'static) {
        self.next.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner()).push(Box::new(next));
    }

    /// Keeps the rows that change as they stand at the end, so that whoever writes can be answered without reading them again.
    pub fn keep_rows(&mut self) {
        *self.kept_rows() = Some(Rows::default());
    }

    fn kept_rows(&mut self) -> &mut Option<Rows> {
        self.rows.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn keep_row<E: EntityTrait<Model: ModelTrait<Entity = E>>>(&mut self, row: &E::Model) {
        let id = E::PrimaryKey::iter().next().map(|key| row.get(key.into_column()));
        if let (Some(rows), Some(Value::Uuid(Some(id)))) = (self.kept_rows(), id) {
            rows.0.insert(id, (E::default().table_name().to_owned(), values::<E>(row)));
        }
    }

    /// Batches that are locked, as they stand.
    pub(super) fn known(&self) -> MutexGuard<'_, HashMap<BatchId, (batch::Model, programme::Model)>> {
        self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Forgets what is known of rows, some of which are not there any more.
    pub(super) fn forget_known(&mut self) {
        self.known().clear();
        self.parties().clear();
        self.speaking().clear();
        if let Some(rows) = self.kept_rows() {
            rows.0.clear();
        }
    }

    /// Forgets what is known of rows that a change to `table` makes another.
    pub(super) fn will_change(&mut self, table: &str, is_new: bool) {
        match table {
            "batch" | "programme" => self.known().clear(),
            "delegation" if !is_new => {}
            "delegation" | "action_plan" => self.parties().clear(),
            "source" => self.speaking().clear(),
            _ => {}
        }
    }

    /// Inserts a record, or changes the one that is there. Sets id, version and times; columns that the draft leaves unset
    /// stay as they are.
    pub async fn put<E>(
        &mut self,
        existing: Option<&E::Model>,
        mut draft: E::ActiveModel,
    ) -> Result<Put<E::Model>, DbErr>
    where
        E: EntityTrait<Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel>>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    {
        let now = Value::from(self.now);
        self.will_change(E::default().table_name(), existing.is_none());
        let mut changes = Changes::new();
        for column in E::Column::iter().filter(|column| !KEPT.contains(&column.as_str())) {
            let ActiveValue::Set(new) = draft.get(column) else { continue };
            let old = existing.map(|row| row.get(column));
            if old.as_ref() != Some(&new) {
                let old = old.as_ref().map_or(serde_json::Value::Null, json);
                changes.insert(column.as_str().to_owned(), serde_json::Value::from(vec![old, json(&new)]));
            } else {
                draft.reset(column);
                draft.not_set(column);
            }
        }
        let kept = |name: &str| E::Column::iter().find(|column| column.as_str() == name);
        let Some(row) = existing else {
            if let Some(id) = kept("id")
                && draft.is_not_set(id)
            {
                draft.set(id, Value::from(self.clock.id()));
            }
            for (name, value) in [("version", Value::from(1)), ("created_at", now.clone()), ("updated_at", now)] {
                if let Some(column) = kept(name) {
                    draft.set(column, value);
                }
            }
            self.changed = true;
            let row = draft.insert(&self.transaction).await?;
            self.due.versioned.insert(identity::<E>(&row));
            self.keep_row::<E>(&row);
            self.note_words::<E>(&row, &changes);
            return Ok(Put { row, change: Change::Inserted(changes) });
        };
        if changes.is_empty() {
            return Ok(Put { row: row.clone(), change: Change::Unchanged });
        }
        let mut update = row.clone().into_active_model();
        for column in E::Column::iter().filter(|column| !KEPT.contains(&column.as_str())) {
            if let ActiveValue::Set(new) = draft.get(column) {
                update.set(column, new);
            }
        }
        // What merely follows from others is no change of the record: whoever knows the version knows all that it shows.
        if !changes.keys().all(|column| is_derived(column)) {
            self.stamp::<E>(row, &mut update);
        }
        self.changed = true;
        let row = update.update(&self.transaction).await?;
        if let Some(party) = (&row as &dyn Any).downcast_ref::<delegation::Model>() {
            let mut parties = self.parties();
            let known =
                parties.get_mut(&party.batch_id).and_then(|all| all.iter_mut().find(|one| one.row.id == party.id));
            known.into_iter().for_each(|known| known.row = party.clone());
        }
        self.keep_row::<E>(&row);
        self.note_words::<E>(&row, &changes);
        Ok(Put { row, change: Change::Updated(changes) })
    }

    /// Gives a record another version, of which no column has changed, but what belongs to it: names, links.
    pub async fn advance<E>(&mut self, row: &E::Model) -> Result<(), DbErr>
    where
        E: EntityTrait<Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel>>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    {
        let mut update = row.clone().into_active_model();
        if self.stamp::<E>(row, &mut update) {
            self.known().clear();
            let row = update.update(&self.transaction).await?;
            self.keep_row::<E>(&row);
        }
        Ok(())
    }

    /// Sets version and time of a change, where the kind of record has them; whether the version is another one. A transaction is
    /// one change, however often it comes back to a row.
    fn stamp<E>(&mut self, row: &E::Model, update: &mut E::ActiveModel) -> bool
    where
        E: EntityTrait<Model: ModelTrait<Entity = E>>,
        E::ActiveModel: ActiveModelTrait<Entity = E>,
    {
        let kept = |name: &str| E::Column::iter().find(|column| column.as_str() == name);
        let (Some(version), Some(updated_at)) = (kept("version"), kept("updated_at")) else { return false };
        update.set(updated_at, Value::from(self.now));
        let is_next = self.due.versioned.insert(identity::<E>(row));
        if is_next {
            update.set(version, Value::from(row.get(version).unwrap::<i32>() + 1));
        }
        is_next
    }

    pub(super) fn note_words<E: EntityTrait<Model: ModelTrait<Entity = E>>>(
        &mut self,
        row: &E::Model,
        changes: &Changes,
    ) {
        let value = |name: &str| {
            let column = E::Column::iter().find(|column| column.as_str() == name)?;
            json(&row.get(column)).as_str().map(str::to_owned)
        };
        if let Some((kind, subject)) = crate::analysis::search::reworded(E::default().table_name(), changes, value) {
            self.reword(kind, subject);
        }
    }

    /// The words by which a record is found may have changed, or the record is gone: its entry is to be made anew.
    pub(crate) fn reword(&mut self, kind: RecordKind, subject: impl ToString) {
        self.reworded.insert((kind, subject.to_string()));
    }

    /// Takes the records whose words may have changed.
    pub(crate) fn take_reworded(&mut self) -> BTreeSet<(RecordKind, String)> {
        std::mem::take(&mut self.reworded)
    }

    /// Inserts rows that belong to a record (names, links) and have no identity that anybody refers to.
    pub async fn insert_all<A>(&mut self, rows: Vec<A>) -> Result<(), DbErr>
    where
        A: ActiveModelTrait + ActiveModelBehavior + Send,
        <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            self.changed = true;
            let chunk: Vec<A> = rows.by_ref().take(ROWS_PER_INSERT).collect();
            A::Entity::insert_many(chunk).exec_without_returning(&self.transaction).await?;
        }
        Ok(())
    }

    /// Deletes rows that belong to a record (names, links). Records themselves are never deleted.
    pub async fn delete_all<E: EntityTrait>(&mut self, which: impl Into<sea_orm::Condition>) -> Result<(), DbErr> {
        self.changed = true;
        E::delete_many().filter(which).exec(&self.transaction).await.map(|_| ())
    }

    /// Who writes.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Why the writer makes the change: kept beside the events that tell of it, so that it can be erased.
    pub fn explain(&mut self, reason: Option<String>) {
        self.reason = reason;
    }

    /// Records that something happened.
    pub fn record(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Whether nothing has been told so far.
    pub(crate) fn is_silent(&self) -> bool {
        self.events.is_empty() && self.spooled.is_none()
    }

    /// Writes the events. What is left to do is to commit.
    async fn finish(mut self) -> Result<(DatabaseTransaction, LogCursor), WriteError> {
        if self.changed && self.events.is_empty() && self.spooled.is_none() {
            return Err(WriteError::Contract("rows changed without an event"));
        }
        let events = std::mem::take(&mut self.events);
        let spooled = self.spooled_events();
        let count = spooled + i64::try_from(events.len()).unwrap_or(i64::MAX);
        // What the register concludes is not what the writer gave a reason for.
        let explained: Vec<bool> = events.iter().map(|event| event.kind.is_intended()).collect();
        let mut rows = self.events_as_rows(events).await?;
        // Last of all, the head: positions are contiguous and in the order of commits, because whoever comes next waits
        // here until this transaction has ended.
        let head = event_head::Entity::update_many()
            .col_expr(event_head::Column::Position, Expr::col(event_head::Column::Position).add(count))
            .filter(event_head::Column::Id.eq(1))
            .exec_with_returning(&self.transaction)
            .await?;
        let Some(head) = head.into_iter().next() else {
            return Err(WriteError::Contract("the log has no head"));
        };
        let first = head.position - count + 1;
        self.unspool(first).await?;
        let first = first + spooled;
        for (row, position) in rows.iter_mut().zip(first..) {
            row.position = ActiveValue::Set(position);
        }
        self.insert_all(rows).await?;
        if let Some(text) = self.reason.take() {
            let positions = (first..).zip(explained).filter(|(_, explained)| *explained).map(|(position, _)| position);
            let reason = |position| event_reason::ActiveModel {
                position: ActiveValue::Set(position),
                text: ActiveValue::Set(text.clone()),
            };
            self.insert_all(positions.map(reason).collect()).await?;
        }
        self.complete_receipt(head.position).await?;
        Ok((self.transaction, LogCursor { epoch: head.epoch, position: head.position }))
    }
}

/// The id of the source by which the owner of a batch speaks.
fn owners_source() -> SelectStatement {
    sources_of(Expr::col((batch::Entity, batch::Column::OwnerId)))
}

/// The id of the first statement of an institution.
fn sources_of(owner: Expr) -> SelectStatement {
    Query::select()
        .column((source::Entity, source::Column::Id))
        .from(source::Entity)
        // Written out, so that PostgreSQL knows how few there are, and can keep the plan.
        .and_where(
            Expr::col((source::Entity, source::Column::Kind)).eq(Expr::Constant(SourceKind::OwnerStatement.into())),
        )
        .and_where(Expr::col((source::Entity, source::Column::PublisherId)).eq(owner))
        .order_by((source::Entity, source::Column::Id), Order::Asc)
        .limit(1)
        .take()
}

/// Which row it is, among those of all tables.
fn identity<E: EntityTrait<Model: ModelTrait<Entity = E>>>(row: &E::Model) -> String {
    let key: Vec<Value> = E::PrimaryKey::iter().map(|key| row.get(key.into_column())).collect();
    format!("{} {key:?}", E::default().table_name())
}

/// A column's value as JSON.
pub(super) fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Uuid(id) => id.map_or(serde_json::Value::Null, |id| id.to_string().into()),
        // As SQL writes them they would stand in quotation marks.
        Value::ChronoDate(date) => date.map_or(serde_json::Value::Null, |date| date.to_string().into()),
        Value::ChronoTime(time) => time.map_or(serde_json::Value::Null, |time| time.to_string().into()),
        Value::ChronoDateTimeUtc(at) => at.map_or(serde_json::Value::Null, |at| at.to_rfc3339().into()),
        other => sea_orm::sea_query::sea_value_to_json_value(other),
    }
}
