//! What holds for imports, and how they are written.

use std::fmt;

use chrono::TimeDelta;
use entity::id::{CountryCode, ImportId, InstitutionId};
use entity::vocabulary::{DatePrecision, GrantRole, ImportRowState, ImportState, ImportTable, SourceKind};
use entity::{import, import_mapping, import_row, institution, name_decision, source};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, DatabaseExecutor, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use sha2::{Digest, Sha256};

use super::columns::{MappedColumn, fields};
use super::dates::DayOrder;
use super::knowledge::Knowledge;
use super::plan::Plan;
use super::progress::Progress;
use super::read::{ReadError, Row};
use super::remark::Remark;
use super::tables::{self, What};
use crate::access::policy::{Action, Relation};
use crate::access::{Actor, By};
use crate::clock::Clock;
use crate::db::{Db, Put, Write, clear_rows, write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::provenance::settle;
use crate::provenance::source::rules as sources;
use crate::rule::{self, check, made_key, unset};
use crate::text::{fold, hexadecimal, tidy};

/// The most imports that one account may have waiting.
const MOST_WAITING: u64 = 20;
/// The longest name of a file, or of a mapping.
const LONGEST_NAME: usize = 200;
/// Rows that are planned and carried out with one set of statements.
const ROWS_AT_A_TIME: u64 = 2000;

/// What is to become of a file.
#[derive(Clone, Debug)]
pub struct Upload {
    /// What its rows are to become.
    pub table: ImportTable,
    /// How it is called. The claims of a file that is handed in again under the same name are those that it had.
    pub file_name: String,
    /// For which institution it is handed in, by its key; that of the officer, where there is one, unless given.
    pub institution: Option<String>,
    /// The name of a mapping that was saved.
    pub mapping: Option<String>,
    /// What columns are, by their headings, where that is not to be guessed; `None` leaves one out.
    pub columns: Vec<(String, Option<String>)>,
    /// Which of day and month comes first.
    pub order: Option<DayOrder>,
}

/// Why a file was not taken.
#[derive(Debug)]
pub enum Handed {
    /// It cannot be read.
    Unreadable(ReadError),
    /// It is refused, or the register failed.
    Write(WriteError),
}

impl fmt::Display for Handed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => error.fmt(f),
            Self::Write(WriteError::Refused(refusal)) => f.write_str(&refusal.message),
            Self::Write(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Handed {}

impl From<WriteError> for Handed {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl From<DbErr> for Handed {
    fn from(error: DbErr) -> Self {
        Self::Write(error.into())
    }
}

impl From<ReadError> for Handed {
    fn from(error: ReadError) -> Self {
        Self::Unreadable(error)
    }
}

/// Enters an import whose file is about to be read.
///
/// Whoever hands it in may import, for an institution of which it is an officer; an officer of several says for which. It has not many
/// others waiting.
pub(super) async fn enter(
    w: &mut Write,
    actor: &Actor,
    upload: &Upload,
    digest: String,
) -> Result<import::Model, WriteError> {
    By::new(actor.clone(), Action::Import, None).require(Relation::Own)?;
    let (account, ours) = (actor.rights().account, &actor.rights().institutions);
    let body = match &upload.institution {
        Some(key) => {
            let found = institution::Entity::find().filter(institution::Column::Key.eq(key)).one(w.read()).await?;
            let found = found.filter(|row| *actor == Actor::Operator || ours.contains(&row.id));
            let message = || format!("{key:?} is not the key of an institution for which you may import");
            Some(found.ok_or_else(|| Refusal::new(RefusalCode::NotFound, "institution_id", message()))?)
        }
        None if ours.len() > 1 && !actor.rights().is(GrantRole::Curator) => {
            let message = "you are an officer of several institutions: say for which of them you import";
            return Err(Refusal::new(RefusalCode::Required, "institution_id", message).into());
        }
        None => match ours.first().filter(|_| ours.len() == 1) {
            Some(only) => Some(rule::row_of::<institution::Entity>(w, "institution_id", *only).await?),
            None => None,
        },
    };
    if let Some(account) = account {
        let waiting = import::Entity::find()
            .filter(import::Column::AccountId.eq(account))
            .filter(import::Column::State.is_in([ImportState::Reading, ImportState::Ready]))
            .count(w.read())
            .await?;
        if waiting >= MOST_WAITING {
            let message = format!("you have {waiting} imports waiting: apply or discard some first");
            return Err(Refusal::new(RefusalCode::OutOfRange, "import_id", message).into());
        }
    }
    let file_name = named("file_name", &upload.file_name)?;
    let whose = body.as_ref().map_or_else(|| actor.to_string(), |row| row.key.clone());
    let same = Sha256::digest(format!("{whose}\n{}\n{}", upload.table, fold(&file_name)));
    let stem: String = body.as_ref().map_or("import", |row| row.key.as_str()).chars().take(80).collect();
    let source_key = format!("file-of-{stem}-{}", hexadecimal(&same).get(..12).unwrap_or_default());
    let draft = import::ActiveModel {
        key: Set(made_key(w, "import")),
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
    tell(w, EventKind::ImportReceived, &put);
    Ok(put.row)
}

pub(super) fn order_name(order: DayOrder) -> String {
    match order {
        DayOrder::DayFirst => "DAY_FIRST",
        DayOrder::MonthFirst => "MONTH_FIRST",
    }
    .to_owned()
}

fn named(field: &'static str, name: &str) -> Result<String, Refusal> {
    let name = tidy(name);
    let length = name.chars().count();
    if name.is_empty() || length > LONGEST_NAME {
        let message = format!("a name has 1 to {LONGEST_NAME} characters; this has {length}");
        return Err(Refusal::new(RefusalCode::OutOfRange, field, message));
    }
    Ok(name)
}

/// What happened to an import is for its officer and auditors.
pub(super) fn tell(w: &mut Write, kind: EventKind, put: &Put<import::Model>) {
    let Some(changes) = put.change.changes() else { return };
    let event = Event::about::<import::Entity>(kind, &put.row).changing(rule::told::<import::Entity>(changes));
    w.record(event);
}

/// How many rows would do what.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts([i32; 5]);

impl Counts {
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

/// Takes what columns are from a mapping that was saved; the order of its days.
pub(super) async fn saved(
    db: &DatabaseExecutor<'_>,
    actor: &Actor,
    upload: &Upload,
    columns: &mut [MappedColumn],
) -> Result<Option<String>, WriteError> {
    let Some(name) = &upload.mapping else { return Ok(None) };
    let found = import_mapping::Entity::find()
        .filter(of_account(actor, name))
        .filter(import_mapping::Column::IntoTable.eq(upload.table))
        .one(db)
        .await?;
    let Some(found) = found else {
        let message = format!("there is no mapping {name:?} for {}", upload.table);
        return Err(Refusal::new(RefusalCode::NotFound, "mapping", message).into());
    };
    for column in columns {
        if let Some(field) = found.columns.get(fold(&column.name)) {
            column.field = field.as_str().map(str::to_owned);
        }
    }
    Ok(found.day_order)
}

fn of_account(actor: &Actor, name: &str) -> Condition {
    let whose = match actor.rights().account {
        Some(account) => import_mapping::Column::AccountId.eq(account),
        None => import_mapping::Column::AccountId.is_null(),
    };
    Condition::all().add(whose).add(import_mapping::Column::Name.eq(name))
}

/// Says what columns are, instead of what was guessed. A field is one column: the last one that is said to be it.
pub(super) fn correct(
    table: ImportTable,
    columns: &mut [MappedColumn],
    said: &[(String, Option<String>)],
) -> Result<(), Refusal> {
    for (name, field) in said {
        if let Some(field) = field
            && !fields(table).iter().any(|known| known.name == field)
        {
            let known: Vec<_> = fields(table).iter().map(|known| known.name).collect();
            let message = format!("{field:?} is not a field of {table}: it has {}", known.join(", "));
            return Err(check::invalid("columns", message));
        }
        let folded = fold(name);
        let Some(place) = columns.iter().position(|column| fold(&column.name) == folded) else {
            let known: Vec<_> = columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
            let message = format!("\"{name}\" heads no column of the file: it has {}", known.join(", "));
            return Err(check::invalid("columns", message));
        };
        for (other, column) in columns.iter_mut().enumerate() {
            if other == place {
                column.field.clone_from(field);
            } else if field.is_some() && column.field == *field {
                column.field = None;
            }
        }
    }
    Ok(())
}

/// Rows of a file as they are kept, with what they would change.
pub(super) fn kept<T>(import: ImportId, rows: Vec<Row>, plans: Vec<Plan<T>>) -> Vec<import_row::ActiveModel> {
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

fn read_row(kept: import_row::Model) -> Row {
    let line = u64::try_from(kept.line).unwrap_or_default();
    Row { line, cells: serde_json::from_value(kept.cells).unwrap_or_default() }
}

/// An import that is waiting for somebody to say what is to become of it.
fn waiting(row: &import::Model) -> Result<(), Refusal> {
    if row.state == ImportState::Ready {
        return Ok(());
    }
    let message = format!("the import is {}, and only one that is READY can be changed or applied", row.state);
    Err(Refusal::new(RefusalCode::IllegalMove, "import_id", message))
}

/// Plans the rows of an import again: what its columns are has changed, or what is known of names.
async fn plan_again(w: &mut Write, actor: &Actor, import: &import::Model) -> Result<Counts, WriteError> {
    let ragged = is_ragged(&import.written);
    let mut k = Knowledge::read(&w.read().into(), actor.clone(), import.clone(), ragged).await?;
    let (mut counts, mut behind) = (Counts::default(), 0);
    loop {
        let page = import_row::Entity::find()
            .filter(import_row::Column::ImportId.eq(import.id))
            .filter(import_row::Column::Line.gt(behind))
            .order_by_asc(import_row::Column::Line)
            .limit(ROWS_AT_A_TIME)
            .all(w.read())
            .await?;
        let (Some(first), Some(last)) = (page.first().map(|row| row.line), page.last().map(|row| row.line)) else {
            return Ok(counts);
        };
        let rows: Vec<Row> = page.into_iter().map(read_row).collect();
        let plans = tables::plan(&mut k, &w.read().into(), &rows).await?;
        counts.add(&plans);
        let these = Condition::all()
            .add(import_row::Column::ImportId.eq(import.id))
            .add(import_row::Column::Line.between(first, last));
        w.delete_all::<import_row::Entity>(these).await?;
        w.insert_all(kept(import.id, rows, plans)).await?;
        behind = last;
    }
}

/// A mapping under a name.
#[derive(Clone, Debug, Default)]
pub struct Saved {
    /// What columns are, by their headings; `None` leaves one out.
    pub columns: Vec<(String, Option<String>)>,
    /// Which of day and month comes first.
    pub order: Option<DayOrder>,
    /// Under which name all of it is kept for the next file.
    pub save_as: Option<String>,
}

/// Says what the columns of an import are.
///
/// The import is waiting. Columns are named by their headings, and fields are those of its table.
pub async fn map(
    w: &mut Write,
    actor: &Actor,
    import: &import::Model,
    said: &Saved,
) -> Result<Put<import::Model>, WriteError> {
    waiting(import)?;
    let mut columns: Vec<MappedColumn> = serde_json::from_value(import.columns.clone()).unwrap_or_default();
    correct(import.into_table, &mut columns, &said.columns)?;
    let order = said.order.map(order_name).or_else(|| import.day_order.clone());
    if let Some(name) = &said.save_as {
        let name = named("save_as", name)?;
        w.delete_all::<import_mapping::Entity>(
            of_account(actor, &name).add(import_mapping::Column::IntoTable.eq(import.into_table)),
        )
        .await?;
        let by_heading: serde_json::Map<String, serde_json::Value> =
            columns.iter().map(|column| (fold(&column.name), serde_json::json!(column.field))).collect();
        let draft = import_mapping::ActiveModel {
            id: Set(entity::id::ImportMappingId(w.new_id())),
            account_id: Set(import.account_id),
            into_table: Set(import.into_table),
            name: Set(name),
            columns: Set(by_heading.into()),
            day_order: Set(order.clone()),
        };
        w.insert_all(vec![draft]).await?;
    }
    let changed = import::Model { columns: serde_json::json!(columns), day_order: order, ..import.clone() };
    let counts = plan_again(w, actor, &changed).await?;
    let draft =
        import::ActiveModel { columns: Set(changed.columns), day_order: Set(changed.day_order), ..counts.draft() };
    again(w, import, draft).await
}

/// Puts what an import has been planned to be anew. Where nothing differs it has another version all the same: its rows may.
async fn again(
    w: &mut Write,
    import: &import::Model,
    draft: import::ActiveModel,
) -> Result<Put<import::Model>, WriteError> {
    let put = rule::put::<import::Entity>(w, Some(import), draft).await?;
    if put.change.changes().is_some() {
        tell(w, EventKind::ImportRead, &put);
        return Ok(put);
    }
    w.advance::<import::Entity>(import).await?;
    let event = Event::about::<import::Entity>(EventKind::ImportRead, import);
    w.record(event);
    Ok(Put { row: import::Model { version: import.version + 1, ..import.clone() }, change: put.change })
}

/// Says that a printed name is that of a country or an institution, or that it is not; it holds for this import and for all that the
/// same account hands in later.
///
/// The import is waiting. The name says something. It is of a country or of an institution.
pub async fn decide(
    w: &mut Write,
    actor: &Actor,
    import: &import::Model,
    name: &str,
    which: (Option<CountryCode>, Option<InstitutionId>),
    is_same: bool,
) -> Result<Put<import::Model>, WriteError> {
    waiting(import)?;
    check::exactly_one(&[("country_code", which.0.is_some()), ("institution_id", which.1.is_some())])?;
    let folded = fold(&named("name", name)?);
    if folded.is_empty() {
        return Err(Refusal::new(RefusalCode::Required, "name", "the name has no letter and no digit").into());
    }
    let draft = name_decision::ActiveModel {
        id: Set(entity::id::NameDecisionId(w.new_id())),
        account_id: Set(import.account_id),
        name: Set(folded),
        country_code: Set(which.0),
        institution_id: Set(which.1),
        is_same: Set(is_same),
        created_at: Set(w.now()),
    };
    w.insert_all(vec![draft]).await?;
    let counts = plan_again(w, actor, import).await?;
    again(w, import, counts.draft()).await
}

/// The source of what an import claims: a file that somebody handed in, by its name known again. It is entered when the first of its
/// rows is; a file of another content under the same name is its newer version.
async fn source_of(w: &mut Write, import: &import::Model) -> Result<source::Model, WriteError> {
    let by_key = source::Column::Key.eq(&import.source_key);
    let existing = source::Entity::find().filter(by_key).one(w.read()).await?;
    let hash = Set(Some(import.sha256.clone()));
    let draft = match &existing {
        Some(_) => source::ActiveModel { archive_sha256: hash, ..unset() },
        None => source::ActiveModel {
            key: Set(import.source_key.clone()),
            kind: Set(SourceKind::Spreadsheet),
            title: Set(format!("{} as handed in on {}", title(import.into_table), w.today())),
            language: Set("und".to_owned()),
            publisher_id: Set(import.institution_id),
            precision: Set(DatePrecision::Day),
            archive_sha256: hash,
            ..unset()
        },
    };
    Ok(sources::enter(w, existing.as_ref(), draft).await?.row)
}

/// Whether rows of a table file claims.
fn claims(table: ImportTable) -> bool {
    matches!(table, ImportTable::Delegations | ImportTable::Batches)
}

/// A table, for a sentence.
fn title(table: ImportTable) -> &'static str {
    match table {
        ImportTable::Delegations => "Delegations",
        ImportTable::Participants => "Participants",
        ImportTable::Workshops => "Workshops",
        ImportTable::Batches => "Batches",
        ImportTable::Institutions => "Institutions",
        ImportTable::Memberships => "Memberships",
        ImportTable::Programmes => "Programmes",
    }
}

/// Does what an import would change: all of it.
///
/// The import is waiting. Rows that are refused or ambiguous are mended first, or left out by saying so; a row that has become so since
/// it was seen ends all. What is refused names the line.
pub async fn apply(
    w: &mut Write,
    actor: &Actor,
    import: &import::Model,
    leave_out: bool,
    told: impl Fn(u64),
) -> Result<Put<import::Model>, WriteError> {
    waiting(import)?;
    let hindered = [(import.refused_rows, "refused"), (import.ambiguous_rows, "ambiguous")];
    let hindered: Vec<_> =
        hindered.iter().filter(|(rows, _)| *rows > 0).map(|(rows, why)| format!("{rows} {why}")).collect();
    if !hindered.is_empty() && !leave_out {
        let message =
            format!("rows that are {}: mend them in the file, or say that they are left out", hindered.join(" and "));
        return Err(Refusal::new(RefusalCode::Invalid, "import_id", message).into());
    }
    let progress = Progress::of(import.id);
    let source = if claims(import.into_table) { Some(source_of(w, import).await?) } else { None };
    let mut k = Knowledge::read(&w.read().into(), actor.clone(), import.clone(), is_ragged(&import.written)).await?;
    k.source.clone_from(&source);
    let (mut behind, mut done) = ((String::new(), 0), 0);
    loop {
        let next = Condition::any().add(import_row::Column::Place.gt(behind.0.as_str())).add(
            Condition::all()
                .add(import_row::Column::Place.eq(behind.0.as_str()))
                .add(import_row::Column::Line.gt(behind.1)),
        );
        let page = import_row::Entity::find()
            .filter(import_row::Column::ImportId.eq(import.id))
            .filter(import_row::Column::State.is_not_in([ImportRowState::Refused, ImportRowState::Ambiguous]))
            .filter(next)
            .order_by_asc(import_row::Column::Place)
            .order_by_asc(import_row::Column::Line)
            .limit(ROWS_AT_A_TIME)
            .all(w.read())
            .await?;
        let Some(last) = page.last().map(|row| (row.place.clone(), row.line)) else { break };
        let whole = (page.len() as u64) < ROWS_AT_A_TIME && done == 0;
        done += page.len() as u64;
        let rows: Vec<Row> = page.into_iter().map(read_row).collect();
        let plans = tables::plan(&mut k, &w.read().into(), &rows).await?;
        if let Some(wrong) = plans.iter().find(|plan| is_hindered(plan.state)) {
            let why: Vec<String> = wrong.remarks.iter().map(Remark::to_string).collect();
            let message = format!("line {}: {}; it was not so when the file was read", wrong.line, why.join("; "));
            return Err(Refusal::new(RefusalCode::Invalid, "import_id", message).into());
        }
        let planned: Vec<What> = plans.into_iter().filter_map(|plan| plan.what).collect();
        tables::carry_out(w, import.into_table, source.as_ref(), planned).await?;
        if !whole {
            // Names are compared over the whole register: once, at the end.
            if import.into_table == ImportTable::Delegations {
                settle(w).await?;
            }
            w.spool().await?;
        }
        progress.tell(done);
        told(done);
        behind = last;
    }
    let draft = import::ActiveModel { state: Set(ImportState::Applied), applied_at: Set(Some(w.now())), ..unset() };
    let put = rule::put::<import::Entity>(w, Some(import), draft).await?;
    tell(w, EventKind::ImportApplied, &put);
    w.forget_cells(import.id).await?;
    Ok(put)
}

fn is_hindered(state: ImportRowState) -> bool {
    matches!(state, ImportRowState::Refused | ImportRowState::Ambiguous)
}

/// Throws an import away that has not been applied, with its rows; of a very large one, [`clear`] removes the rest.
pub async fn discard(w: &mut Write, import: &import::Model) -> Result<Put<import::Model>, WriteError> {
    if matches!(import.state, ImportState::Applied | ImportState::Discarded) {
        let message = format!("the import is {} already", import.state);
        return Err(Refusal::new(RefusalCode::IllegalMove, "import_id", message).into());
    }
    // Before its rows: whoever is still reading the file keeps no more of them behind this.
    let draft = import::ActiveModel { state: Set(ImportState::Discarded), ..unset() };
    let put = rule::put::<import::Entity>(w, Some(import), draft).await?;
    tell(w, EventKind::ImportDiscarded, &put);
    w.forget_rows(import.id).await?;
    Ok(put)
}

/// How long a file waits for somebody to say what is to become of it.
const WAITS: TimeDelta = TimeDelta::days(14);

/// Throws away what has been waiting for longer. Any process may call it at any time.
pub async fn expire(db: &Db, clock: &Clock) -> Result<(), WriteError> {
    let old = || {
        let waiting = [ImportState::Reading, ImportState::Ready, ImportState::Failed];
        let old = import::Entity::find().filter(import::Column::State.is_in(waiting));
        old.filter(import::Column::UpdatedAt.lt(clock.now() - WAITS))
    };
    // A write for each, so that others have their turn between them.
    for row in old().all(db.reading()).await? {
        let throwing = async |w: &mut Write| {
            // Of two processes that come here at once the second finds nothing left to do.
            w.register_wide().await?;
            match old().filter(import::Column::Id.eq(row.id)).one(w.read()).await? {
                Some(row) => discard(w, &row).await.map(|_| ()),
                None => Ok(()),
            }
        };
        write(db, clock, Actor::Operator, throwing).await?;
    }
    Ok(clear(db).await?)
}

/// Removes rows that imports which were thrown away, or failed, have left: a few thousand at a time, so that others have their turn.
pub async fn clear(db: &Db) -> Result<(), DbErr> {
    let mut rows = Query::select();
    rows.expr(Expr::val(1)).from(import_row::Entity);
    rows.and_where(
        Expr::col((import_row::Entity, import_row::Column::ImportId)).equals((import::Entity, import::Column::Id)),
    );
    let over = import::Entity::find()
        .filter(import::Column::State.is_in([ImportState::Discarded, ImportState::Failed]))
        .filter(Expr::exists(rows));
    for row in over.all(db.reading()).await? {
        while clear_rows(db, row.id).await? {}
    }
    Ok(())
}
