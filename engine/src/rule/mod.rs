//! What the rules of all kinds of record share: reading a draft over what is there, writing a
//! record, telling what changed.
//!
//! A rule takes a *draft*, an active model whose set columns are what is to be, and the row that is
//! there, if one is. Columns that the draft leaves unset stay as they are. Columns that follow from
//! others (`sort_…`, `search_text`) are the rule's.

pub mod check;
pub mod country;
mod cycle;
pub mod dates;
mod dirty;
pub mod history;
mod key;
pub mod reassign;
mod voided;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ActiveValue, ColumnTrait, EntityTrait, IdenStatic,
    IntoActiveModel, Iterable, ModelTrait, PrimaryKeyTrait, QueryFilter, SqlErr, Value,
};

use crate::db::{Changes, IDS_PER_QUERY, Put, Write, any_of};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind, Subject};
use crate::phrase::say;
use crate::record::{Record, is_derived};
use crate::text;

/// The value that a column will have, which must be there: the draft's, else that of the row.
#[macro_export]
macro_rules! required {
    ($draft:ident, $existing:ident, $column:ident) => {
        match &$draft.$column {
            sea_orm::ActiveValue::Set(value) | sea_orm::ActiveValue::Unchanged(value) => {
                value.clone()
            }
            sea_orm::ActiveValue::NotSet => match $existing {
                Some(row) => row.$column.clone(),
                None => return Err($crate::rule::missing(stringify!($column)).into()),
            },
        }
    };
}

/// The value that a column will have, or none: the draft's, else that of the row.
#[macro_export]
macro_rules! optional {
    ($draft:ident, $existing:ident, $column:ident) => {
        match &$draft.$column {
            sea_orm::ActiveValue::Set(value) | sea_orm::ActiveValue::Unchanged(value) => {
                value.clone()
            }
            sea_orm::ActiveValue::NotSet => $existing.and_then(|row| row.$column.clone()),
        }
    };
}

pub use cycle::{cycle, no_cycle};
pub use dirty::{
    mark_all_dirty, mark_batches_naming_dirty, mark_batches_of_dirty, mark_claimed_batches_dirty,
};
pub use key::{Stem, key_or, letters_of, look_up_keys, made_key, made_keys, unguessable_key};
pub use voided::void_keys;
pub use {optional, required};

/// A column that must have a value has none.
pub fn missing(field: &'static str) -> Refusal {
    Refusal::new(RefusalCode::Required, field, say!("{field} is missing", field))
}

/// Characters in a name, a title or a label.
const LONGEST: usize = 500;
/// Bytes of its folded form, which is what indexes hold: an entry of PostgreSQL's takes 2,700.
const LONGEST_FOLDED: usize = 2000;

/// A text that names something is short enough to be indexed.
pub fn bounded(text: &str, field: &'static str) -> Result<(), Refusal> {
    let characters = text.chars().count();
    if characters > LONGEST || text::fold(text).len() > LONGEST_FOLDED {
        let message = say!(
            "{field} takes at most {most} characters; this has {characters}",
            field,
            most = LONGEST,
            characters
        );
        return Err(Refusal::new(RefusalCode::OutOfRange, field, message));
    }
    Ok(())
}

/// A text that must say something, tidied.
pub fn tidied(entered: &str, field: &'static str) -> Result<String, Refusal> {
    let tidied = text::tidy(entered);
    if tidied.is_empty() {
        return Err(Refusal::new(RefusalCode::Required, field, say!("{field} is empty", field)));
    }
    bounded(&tidied, field)?;
    Ok(tidied)
}

/// Tidies a text that must say something.
pub fn tidy(value: &mut ActiveValue<String>, field: &'static str) -> Result<(), Refusal> {
    if let ActiveValue::Set(set) = value {
        *set = tidied(set, field)?;
    }
    Ok(())
}

/// Tidies a text that may say nothing; what then says nothing is null.
pub fn tidy_optional(
    value: &mut ActiveValue<Option<String>>,
    field: &'static str,
) -> Result<(), Refusal> {
    if let ActiveValue::Set(set) = value {
        *set = set.as_deref().map(text::tidy).filter(|tidied| !tidied.is_empty());
        if let Some(tidied) = set {
            bounded(tidied, field)?;
        }
    }
    Ok(())
}

/// Folds several texts, as far as they are there, into one that is searched.
pub fn folded<'a>(parts: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let parts: Vec<String> =
        parts.into_iter().flatten().map(text::fold).filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

/// Puts a record with a key.
///
/// The key of a new record has the right form, and no other record of its kind has it; the key of
/// one that is there is permanent, and stays whatever the draft says. Its dates lie in the years in
/// which those of the register lie.
pub async fn put<E>(
    w: &mut Write,
    existing: Option<&E::Model>,
    draft: E::ActiveModel,
) -> Result<Put<E::Model>, WriteError>
where
    E: Record<Model: IntoActiveModel<E::ActiveModel>>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    dates::all_in_years::<E>(existing, &draft)?;
    let mut taken = None;
    if existing.is_none() {
        let key = E::Column::iter()
            .find(|column| column.as_str() == "key")
            .map(|column| draft.get(column));
        let Some(ActiveValue::Set(Value::String(Some(key)))) = key else {
            return Err(missing("key").into());
        };
        let personal = E::PERSONAL.contains(&"key");
        // The key of a citation is made, not given.
        if E::KIND != entity::vocabulary::RecordKind::Citation {
            check::key(&key, personal)?;
        }
        voided::refuse_void_keys::<E>(w, [key.clone()]).await?;
        key::note_key(w, E::KIND, &key);
        let told = if personal { say!("this key") } else { say!("the key \"{key}\"", key = &key) };
        taken = Some((key, told));
    }
    let put = w.put::<E>(existing, draft).await;
    put.map_err(|error| match (error.sql_err(), taken) {
        (Some(_), Some((key, _))) if key::is_overtaken::<E>(w, &error, &key) => {
            WriteError::Overtaken
        }
        // What else must be unique has been looked up by the rule, which can say more about it.
        (Some(SqlErr::UniqueConstraintViolation(_)), Some((_, taken))) => Refusal::new(
            RefusalCode::Duplicate,
            "key",
            say!(
                "{taken} already belongs to another record of the kind {kind}",
                taken,
                kind = E::KIND
            ),
        )
        .into(),
        _ => error.into(),
    })
}

/// Inserts many records that are new and complete, as [`Write::put_all`]. A key that is given and
/// belongs to a void record is refused.
pub async fn put_all<E>(
    w: &mut Write,
    rows: Vec<E::Model>,
) -> Result<Vec<Put<E::Model>>, WriteError>
where
    E: Record<Model: IntoActiveModel<E::ActiveModel>>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    let keys: Vec<String> = rows.iter().map(|row| E::key(row).to_owned()).collect();
    voided::refuse_void_keys::<E>(w, keys.iter().cloned()).await?;
    let put = w.put_all::<E>(rows).await;
    put.map_err(|error| match keys.iter().any(|key| key::is_overtaken::<E>(w, &error, key)) {
        true => WriteError::Overtaken,
        false => error.into(),
    })
}

/// The changes that an event may tell: no personal columns, not who is quoted, none that merely
/// follow from others, none from nothing to nothing.
pub fn public_changes<E: Record>(changes: &Changes) -> Changes {
    let person = |field: &str| field == "stated_by_id" || E::PERSONAL.contains(&field);
    let void = |change: &serde_json::Value| {
        change.as_array().is_some_and(|pair| pair.iter().all(serde_json::Value::is_null))
    };
    changes
        .iter()
        .filter(|(field, change)| !person(field) && !is_derived(field) && !void(change))
        .map(|(field, change)| (field.clone(), change.clone()))
        .collect()
}

/// Tells of a change to a record whose kind has no event type of its own.
pub fn emit<E: Subject>(w: &mut Write, put: &Put<E::Model>) {
    let Some(changes) = put.change.changes() else { return };
    let event = Event::about::<E>(EventKind::RecordChanged, &put.row)
        .changing(public_changes::<E>(changes));
    w.record(event);
}

/// One field's change, from the old set of values to the new one.
pub fn set_change(field: &str, old: Vec<String>, new: Vec<String>) -> Changes {
    Changes::from_iter([(field.to_owned(), serde_json::json!([old, new]))])
}

/// The key of a record, for a sentence.
pub async fn key_of<E>(
    w: &Write,
    id: <E::PrimaryKey as PrimaryKeyTrait>::ValueType,
) -> Result<String, WriteError>
where
    E: Record,
{
    let row = E::find_by_id(id).one(w.read()).await?;
    Ok(row.map_or_else(|| "(unknown)".to_owned(), |row| E::key(&row).to_owned()))
}

/// A record that must be there, though no foreign key could have told.
pub async fn row_of<E>(
    w: &Write,
    field: &'static str,
    id: <E::PrimaryKey as PrimaryKeyTrait>::ValueType,
) -> Result<E::Model, WriteError>
where
    E: EntityTrait,
{
    let row = E::find_by_id(id).one(w.read()).await?;
    row.ok_or_else(|| refers_to_nothing(field).into())
}

/// What is said of a reference to a record that is not there.
pub fn refers_to_nothing(field: &'static str) -> Refusal {
    Refusal::new(RefusalCode::Invalid, field, say!("{field} refers to nothing", field))
}

/// An active model of which nothing is set: `default()` would call `new()`, which may set an id.
pub fn unset<A: ActiveModelTrait>() -> A {
    <A as ActiveModelTrait>::default()
}

/// What became of a set of rows that belong to a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replaced {
    /// How many came in.
    pub added: usize,
    /// How many went.
    pub removed: usize,
}

impl Replaced {
    /// Whether anything differs.
    pub fn changed(self) -> bool {
        self != Self::default()
    }
}

/// The rows that belong to a record: none as long as it is new.
pub async fn rows_of<C: EntityTrait, M>(
    w: &Write,
    owner: &Put<M>,
    which: Expr,
) -> Result<Vec<C::Model>, WriteError> {
    if owner.change.is_new() {
        return Ok(Vec::new());
    }
    Ok(C::find().filter(which).all(w.read()).await?)
}

/// Replaces the rows that belong to a record by `new`, leaving those alone that are the same but
/// for their id. The record has another version where that changes anything.
pub async fn replace<O, E>(
    w: &mut Write,
    owner: &Put<O::Model>,
    existing: Vec<E::Model>,
    new: Vec<E::ActiveModel>,
) -> Result<Replaced, WriteError>
where
    O: EntityTrait<Model: ModelTrait<Entity = O> + IntoActiveModel<O::ActiveModel>>,
    O::ActiveModel: ActiveModelTrait<Entity = O> + ActiveModelBehavior + Send,
    E: EntityTrait<Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel> + Send>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    let mut gone = existing;
    let mut coming = Vec::new();
    for mut row in new {
        match gone.iter().position(|old| same::<E>(old, &row)) {
            Some(same) => {
                gone.swap_remove(same);
            }
            None => {
                if let Some(id) = E::Column::iter().find(|column| column.as_str() == "id") {
                    row.set(id, Value::from(w.new_id()));
                }
                coming.push(row);
            }
        }
    }
    let replaced = Replaced { added: coming.len(), removed: gone.len() };
    for which in conditions_on_keys::<E>(&gone) {
        w.delete_all::<E>(which).await?;
    }
    w.insert_all(coming).await?;
    if replaced.changed() && !owner.change.is_new() {
        w.advance::<O>(&owner.row).await?;
    }
    Ok(replaced)
}

/// How many rows with a key of several columns go into one condition: SQLite takes no deeper
/// expression than 1000.
const ROWS_PER_CONDITION: usize = 200;

/// Conditions that these rows fulfil and no others, each short enough for one statement.
fn conditions_on_keys<E>(rows: &[E::Model]) -> Vec<sea_orm::Condition>
where
    E: EntityTrait<Model: ModelTrait<Entity = E>>,
{
    let key: Vec<E::Column> =
        E::PrimaryKey::iter().map(sea_orm::PrimaryKeyToColumn::into_column).collect();
    if let [column] = key[..] {
        let chunks = rows.chunks(IDS_PER_QUERY);
        return chunks
            .map(|rows| column.is_in(rows.iter().map(|row| row.get(column))).into())
            .collect();
    }
    let this = |row: &E::Model| {
        key.iter()
            .fold(sea_orm::Condition::all(), |all, column| all.add(column.eq(row.get(*column))))
    };
    let any = |rows: &[E::Model]| any_of(rows.iter().map(this).collect());
    rows.chunks(ROWS_PER_CONDITION).map(any).collect()
}

/// Whether a row is as a draft would have it: each column that the draft sets, but for the id.
pub fn same<E>(row: &E::Model, draft: &E::ActiveModel) -> bool
where
    E: EntityTrait<Model: ModelTrait<Entity = E>>,
    E::ActiveModel: ActiveModelTrait<Entity = E>,
{
    E::Column::iter().filter(|column| column.as_str() != "id").all(|column| {
        match draft.get(column) {
            ActiveValue::Set(value) | ActiveValue::Unchanged(value) => row.get(column) == value,
            ActiveValue::NotSet => true,
        }
    })
}
