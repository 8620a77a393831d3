//! How a row comes in, changes or goes.

use sea_orm::{ActiveModelBehavior, ActiveModelTrait, ActiveValue, IntoActiveModel, ModelTrait};
use sea_orm::{Condition, DbErr, EntityTrait, IdenStatic, Iterable, QueryFilter, Value};

use super::Write;
use super::memory::News;
use crate::record::is_derived;

/// How many rows go into one INSERT: well below the 32,766 parameters of SQLite at thirty columns.
pub(super) const ROWS_PER_INSERT: usize = 500;

/// Columns that the door keeps itself.
const KEPT: [&str; 5] = ["id", "key", "version", "created_at", "updated_at"];

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

/// A row as it stands after a put.
#[derive(Clone, Debug)]
pub struct Put<M> {
    /// The row.
    pub row: M,
    /// What became of it.
    pub change: Change,
}

impl Write {
    /// Inserts a record, or changes the one that is there. Sets id, version and times; columns that
    /// the draft leaves unset stay as they are.
    pub async fn put<E>(
        &mut self,
        existing: Option<&E::Model>,
        mut draft: E::ActiveModel,
    ) -> Result<Put<E::Model>, DbErr>
    where
        E: EntityTrait<Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel>>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    {
        let table = E::default();
        let changes = leave_changes::<E>(existing, &mut draft);
        let Some(row) = existing else {
            self.memories.notify(News::Coming(table.table_name()));
            self.complete::<E>(&mut draft);
            self.changed = true;
            let row = draft.insert(&self.transaction).await?;
            self.versions.note::<E>(&row);
            self.keep_row::<E>(&row);
            self.note_put::<E>(&row, &changes);
            return Ok(Put { row, change: Change::Inserted(changes) });
        };
        self.memories.notify(News::Changing(table.table_name()));
        if changes.is_empty() {
            return Ok(Put { row: row.clone(), change: Change::Unchanged });
        }
        let mut update = row.clone().into_active_model();
        for column in own_columns::<E>() {
            if let ActiveValue::Set(new) = draft.get(column) {
                update.set(column, new);
            }
        }
        // What merely follows from others is no change of the record: whoever knows the version
        // knows all that it shows.
        if !changes.keys().all(|column| is_derived(column)) {
            self.stamp::<E>(row, &mut update);
        }
        self.changed = true;
        let row = update.update(&self.transaction).await?;
        self.memories.notify(News::Changed(&row));
        self.keep_row::<E>(&row);
        self.note_put::<E>(&row, &changes);
        Ok(Put { row, change: Change::Updated(changes) })
    }

    /// Sets what the door keeps itself of a row that comes in.
    fn complete<E>(&self, draft: &mut E::ActiveModel)
    where
        E: EntityTrait,
        E::ActiveModel: ActiveModelTrait<Entity = E>,
    {
        if let Some(id) = column::<E>("id")
            && draft.is_not_set(id)
        {
            draft.set(id, Value::from(self.clock.id()));
        }
        let now = || Value::from(self.now);
        let kept = [("version", Value::from(1)), ("created_at", now()), ("updated_at", now())];
        for (name, value) in kept {
            if let Some(column) = column::<E>(name) {
                draft.set(column, value);
            }
        }
    }

    /// Tells whoever was given to the door what became of a row.
    pub(super) fn note_put<E>(&mut self, row: &E::Model, changes: &Changes)
    where
        E: EntityTrait<Model: ModelTrait<Entity = E>>,
    {
        let value = |name: &str| {
            let value = json(&row.get(column::<E>(name)?));
            value.as_str().map(str::to_owned)
        };
        let put = self.before_commit.put;
        put(self, E::default().table_name(), changes, &value);
    }

    /// Inserts rows that belong to a record (names, links) and have no identity that anybody refers
    /// to.
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
    pub async fn delete_all<E>(&mut self, which: impl Into<Condition>) -> Result<(), DbErr>
    where
        E: EntityTrait,
    {
        self.changed = true;
        E::delete_many().filter(which).exec(&self.transaction).await.map(|_| ())
    }
}

/// What a draft changes; of what it does not change nothing is set any more.
fn leave_changes<E>(existing: Option<&E::Model>, draft: &mut E::ActiveModel) -> Changes
where
    E: EntityTrait<Model: ModelTrait<Entity = E>>,
    E::ActiveModel: ActiveModelTrait<Entity = E>,
{
    let mut changes = Changes::new();
    for column in own_columns::<E>() {
        let ActiveValue::Set(new) = draft.get(column) else { continue };
        let old = existing.map(|row| row.get(column));
        if old.as_ref() == Some(&new) {
            draft.reset(column);
            draft.not_set(column);
        } else {
            changes.insert(column.as_str().to_owned(), change(old.as_ref(), &new));
        }
    }
    changes
}

/// The change of a column.
pub(super) fn change(old: Option<&Value>, new: &Value) -> serde_json::Value {
    vec![old.map_or(serde_json::Value::Null, json), json(new)].into()
}

/// The columns that the door does not keep itself.
pub(super) fn own_columns<E: EntityTrait>() -> impl Iterator<Item = E::Column> {
    E::Column::iter().filter(|column| !KEPT.contains(&column.as_str()))
}

/// The column of this name, where the table has one.
pub(super) fn column<E: EntityTrait>(name: &str) -> Option<E::Column> {
    E::Column::iter().find(|column| column.as_str() == name)
}

/// A column's value as JSON.
pub(super) fn json(value: &Value) -> serde_json::Value {
    let text = |text: Option<String>| text.map_or(serde_json::Value::Null, Into::into);
    match value {
        Value::Uuid(id) => text(id.map(|id| id.to_string())),
        // As SQL writes them they would stand in quotation marks.
        Value::ChronoDate(date) => text(date.map(|date| date.to_string())),
        Value::ChronoTime(time) => text(time.map(|time| time.to_string())),
        Value::ChronoDateTimeUtc(at) => text(at.map(|at| at.to_rfc3339())),
        other => sea_orm::sea_query::sea_value_to_json_value(other),
    }
}
