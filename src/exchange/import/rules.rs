//! What holds for imports, and how they are written.

use std::fmt;

use chrono::TimeDelta;
use entity::id::ImportId;
use entity::vocabulary::{GrantRole, ImportRowState, ImportState, ImportTable, Vocabulary};
use entity::{import, import_row, institution};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter};
use sha2::{Digest, Sha256};

use super::applying::take_back;
use super::dates::DayOrder;
use super::plan::Plan;
use super::read::{ReadError, Row};
use super::tables;
use crate::access::policy::{Action, Relation};
use crate::access::{Actor, Authorizer};
use crate::clock::Clock;
use crate::db::{Db, Put, Write, clear_rows, write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::{Phrase, say};
use crate::rule::{self, check, unguessable_key, unset};
use crate::text::{fold, hexadecimal, tidy};

/// The most imports that one account may have waiting.
const MOST_WAITING: u64 = 20;
/// The longest name of a file, or of a mapping.
const LONGEST_NAME: usize = 200;
/// Rows that are planned and carried out with one set of statements.
pub(super) const ROWS_AT_A_TIME: u64 = 2000;

/// What is to become of a file.
#[derive(Clone, Debug)]
pub struct Upload {
    /// What its rows are to become.
    pub table: ImportTable,
    /// How it is called. The claims of a file that is handed in again under the same name are those
    /// that it had.
    pub file_name: String,
    /// For which institution it is handed in, by its key; that of the officer, where there is one,
    /// unless given.
    pub institution: Option<String>,
    /// The name of a mapping that was saved.
    pub mapping: Option<String>,
    /// What columns are, by their headings, where that is not to be guessed; `None` leaves one out.
    pub columns: Vec<(String, Option<String>)>,
    /// What fields are in all rows, where no column says so.
    pub set: Vec<(String, String)>,
    /// Which of day and month comes first.
    pub order: Option<DayOrder>,
}

/// The table that somebody names, in small letters or in capitals.
pub fn table_named(name: &str) -> Result<ImportTable, Phrase> {
    ImportTable::parse(&name.to_uppercase()).map_err(|unknown| {
        let known = unknown.known.iter().map(|known| known.to_lowercase());
        say!(
            "\"{name}\" is no table: it is one of {known}",
            name,
            known = Phrase::joined(known, ", ")
        )
    })
}

/// Why a file was not taken.
#[derive(Debug)]
pub enum UploadError {
    /// It cannot be read.
    Unreadable(ReadError),
    /// It is refused, or the register failed.
    Write(WriteError),
}

impl UploadError {
    /// Why, in the language of a tag.
    pub fn translate(&self, tag: &str) -> String {
        match self {
            Self::Unreadable(error) => error.phrase().translate(tag),
            Self::Write(WriteError::Refused(refusal)) => refusal.message.translate(tag),
            Self::Write(error) => error.to_string(),
        }
    }
}

impl fmt::Display for UploadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.translate("en"))
    }
}

impl std::error::Error for UploadError {}

impl From<WriteError> for UploadError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl From<DbErr> for UploadError {
    fn from(error: DbErr) -> Self {
        Self::Write(error.into())
    }
}

impl From<ReadError> for UploadError {
    fn from(error: ReadError) -> Self {
        Self::Unreadable(error)
    }
}

/// Enters an import whose file is about to be read.
///
/// Whoever hands it in may import, for an institution of which it is an officer; an officer of
/// several says for which. It has not many others waiting.
pub(super) async fn enter(
    w: &mut Write,
    actor: &Actor,
    upload: &Upload,
    digest: String,
) -> Result<import::Model, WriteError> {
    Authorizer::new(actor.clone(), Action::Import, None).require(Relation::Own)?;
    let (account, ours) = (actor.rights().account, &actor.rights().institutions);
    let body = match &upload.institution {
        Some(key) => {
            let normal = institution::Column::Key.eq(tables::normal_key(key));
            let found = institution::Entity::find().filter(normal).one(w.read()).await?;
            let found = found.filter(|row| *actor == Actor::Operator || ours.contains(&row.id));
            let key = check::short(key);
            let message =
                || say!("\"{key}\" is not the key of an institution for which you may import", key);
            Some(
                found.ok_or_else(|| {
                    Refusal::new(RefusalCode::NotFound, "institution_id", message())
                })?,
            )
        }
        None if ours.len() > 1 && !actor.rights().is(GrantRole::Curator) => {
            let message = say!(
                "you are an officer of several institutions: say for which of them you import"
            );
            return Err(Refusal::new(RefusalCode::Required, "institution_id", message).into());
        }
        None => match ours.first().filter(|_| ours.len() == 1) {
            Some(only) => {
                Some(rule::row_of::<institution::Entity>(w, "institution_id", *only).await?)
            }
            None => None,
        },
    };
    if let Some(account) = account {
        let waiting = import::Entity::find()
            .filter(import::Column::AccountId.eq(account))
            .filter(import::Column::State.is_in([
                ImportState::Reading,
                ImportState::Ready,
                ImportState::Applying,
            ]))
            .count(w.read())
            .await?;
        if waiting >= MOST_WAITING {
            let message =
                say!("you have {waiting} imports waiting: apply or discard some first", waiting);
            return Err(Refusal::new(RefusalCode::OutOfRange, "import_id", message).into());
        }
    }
    let file_name = named("file_name", &upload.file_name)?;
    let whose = body.as_ref().map_or_else(|| actor.to_string(), |row| row.key.clone());
    let same = Sha256::digest(format!("{whose}\n{}\n{}", upload.table, fold(&file_name)));
    let stem: String =
        body.as_ref().map_or("import", |row| row.key.as_str()).chars().take(80).collect();
    let source_key = format!("file-of-{stem}-{}", hexadecimal(&same).get(..12).unwrap_or_default());
    let draft = import::ActiveModel {
        key: Set(unguessable_key(w, "import")),
        account_id: Set(account),
        institution_id: Set(body.map(|row| row.id)),
        into_table: Set(upload.table),
        file_name: Set(file_name),
        sha256: Set(digest),
        written: Set(String::new()),
        columns: Set(serde_json::json!([])),
        day_order: Set(upload.order.map(order_name)),
        source_key: Set(source_key),
        state: Set(ImportState::Reading),
        message: Set(None),
        new_rows: Set(0),
        changed_rows: Set(0),
        unchanged_rows: Set(0),
        refused_rows: Set(0),
        ambiguous_rows: Set(0),
        applied_at: Set(None),
        ..unset()
    };
    let put = rule::put::<import::Entity>(w, None, draft).await?;
    emit(w, EventKind::ImportReceived, &put);
    Ok(put.row)
}

pub(super) fn order_name(order: DayOrder) -> String {
    match order {
        DayOrder::DayFirst => "DAY_FIRST",
        DayOrder::MonthFirst => "MONTH_FIRST",
    }
    .to_owned()
}

pub(super) fn named(field: &'static str, name: &str) -> Result<String, Refusal> {
    let name = tidy(name);
    let length = name.chars().count();
    if name.is_empty() || length > LONGEST_NAME {
        let message = say!(
            "a name has 1 to {most} characters; this has {length}",
            most = LONGEST_NAME,
            length
        );
        return Err(Refusal::new(RefusalCode::OutOfRange, field, message));
    }
    Ok(name)
}

/// What happened to an import is for its officer and auditors.
pub(super) fn emit(w: &mut Write, kind: EventKind, put: &Put<import::Model>) {
    emit_with(w, kind, put, []);
}

/// The same, with more than has changed of its row.
pub(super) fn emit_with(
    w: &mut Write,
    kind: EventKind,
    put: &Put<import::Model>,
    more: impl IntoIterator<Item = (&'static str, serde_json::Value)>,
) {
    let Some(changes) = put.change.changes() else { return };
    let mut changes = rule::public_changes::<import::Entity>(changes);
    changes.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
    w.record(Event::about::<import::Entity>(kind, &put.row).changing(changes));
}

/// How many rows would do what.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RowCounts([i32; 5]);

impl RowCounts {
    /// Rows that are left out already.
    pub(super) fn hindered(refused: i32, ambiguous: i32) -> Self {
        Self([0, 0, 0, refused, ambiguous])
    }

    pub(super) fn add<T>(&mut self, plans: &[Plan<T>]) {
        for plan in plans {
            let place = match plan.state {
                ImportRowState::New => 0,
                ImportRowState::Changed => 1,
                ImportRowState::Unchanged => 2,
                ImportRowState::Refused => 3,
                ImportRowState::Ambiguous => 4,
            };
            if let Some(count) = self.0.get_mut(place) {
                *count += 1;
            }
        }
    }

    pub(super) fn draft(self) -> import::ActiveModel {
        let [new, changed, unchanged, refused, ambiguous] = self.0;
        import::ActiveModel {
            new_rows: Set(new),
            changed_rows: Set(changed),
            unchanged_rows: Set(unchanged),
            refused_rows: Set(refused),
            ambiguous_rows: Set(ambiguous),
            ..unset()
        }
    }
}

/// Whether rows may end early, since blank cells are not written.
pub(super) fn is_ragged(written: &str) -> bool {
    written.starts_with("XLSX")
}

/// Rows of a file as they are kept, with what they would change.
pub(super) fn kept<T>(
    import: ImportId,
    rows: Vec<Row>,
    plans: Vec<Plan<T>>,
) -> Vec<import_row::ActiveModel> {
    let row = |(row, plan): (Row, Plan<T>)| import_row::ActiveModel {
        import_id: Set(import),
        line: Set(i32::try_from(plan.line).unwrap_or(i32::MAX)),
        cells: Set(serde_json::json!(row.cells)),
        state: Set(plan.state),
        place: Set(plan.place),
        about: Set(plan.about),
        remarks: Set(serde_json::json!(plan.remarks)),
    };
    rows.into_iter().zip(plans).map(row).collect()
}

pub(super) fn read_row(kept: &import_row::Model) -> Row {
    let line = u64::try_from(kept.line).unwrap_or_default();
    Row { line, cells: serde_json::from_value(kept.cells.clone()).unwrap_or_default() }
}

/// An import that is waiting for somebody to say what is to become of it.
pub(super) fn waiting(row: &import::Model) -> Result<(), Refusal> {
    if row.state == ImportState::Ready {
        return Ok(());
    }
    let message = say!(
        "the import is {state}, and only one that is READY can be changed or applied",
        state = row.state
    );
    Err(Refusal::new(RefusalCode::IllegalMove, "import_id", message))
}

/// Throws an import away that has not been applied, with its rows; of a very large one, [`clear`]
/// removes the rest.
pub async fn discard(
    w: &mut Write,
    import: &import::Model,
) -> Result<Put<import::Model>, WriteError> {
    use ImportState::*;
    if matches!(import.state, Applying | Applied | Undone | Discarded) {
        let message =
            say!("the import is {state}, and cannot be thrown away", state = import.state);
        return Err(Refusal::new(RefusalCode::IllegalMove, "import_id", message).into());
    }
    // Before its rows: whoever is still reading the file keeps no more of them behind this.
    let draft = import::ActiveModel { state: Set(ImportState::Discarded), ..unset() };
    let put = rule::put::<import::Entity>(w, Some(import), draft).await?;
    emit(w, EventKind::ImportDiscarded, &put);
    w.forget_rows(import.id).await?;
    Ok(put)
}

/// How long a file waits for somebody to say what is to become of it.
const WAITS: TimeDelta = TimeDelta::days(14);

/// Throws away what has been waiting for longer, and lets wait again whose process has ended while
/// it was applied. Any process may call it at any time.
pub async fn expire(db: &Db, clock: &Clock) -> Result<(), WriteError> {
    take_back(db, clock).await?;
    let old = || {
        let waiting = [ImportState::Reading, ImportState::Ready, ImportState::Failed];
        let old = import::Entity::find().filter(import::Column::State.is_in(waiting));
        old.filter(import::Column::UpdatedAt.lt(clock.now() - WAITS))
    };
    // A write for each, so that others have their turn between them.
    for row in old().all(db.reading()).await? {
        let throwing = async |w: &mut Write| {
            // Of two processes that come here at once the second finds nothing left to do.
            w.lock_register().await?;
            match old().filter(import::Column::Id.eq(row.id)).one(w.read()).await? {
                Some(row) => discard(w, &row).await.map(|_| ()),
                None => Ok(()),
            }
        };
        write(db, clock, Actor::Operator, throwing).await?;
    }
    Ok(clear(db).await?)
}

/// Removes rows that imports which were thrown away, or failed, have left: a few thousand at a
/// time, so that others have their turn.
pub async fn clear(db: &Db) -> Result<(), DbErr> {
    let mut rows = Query::select();
    rows.expr(Expr::val(1)).from(import_row::Entity);
    rows.and_where(
        Expr::col((import_row::Entity, import_row::Column::ImportId))
            .equals((import::Entity, import::Column::Id)),
    );
    let over = import::Entity::find()
        .filter(import::Column::State.is_in([ImportState::Discarded, ImportState::Failed]))
        .filter(Expr::exists(rows));
    for row in over.all(db.reading()).await? {
        while clear_rows(db, row.id).await? {}
    }
    Ok(())
}
