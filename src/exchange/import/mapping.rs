//! What is said of a file that waits: what its columns are, what is the same in all of its rows,
//! how its days are written, and whose the printed names are. Its rows are planned again by that.

pub(super) mod decisions;

use entity::id::ImportMappingId;
use entity::vocabulary::ImportTable;
use entity::{import, import_mapping, import_row};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait, Condition, DatabaseExecutor, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::carry::{Way, carry_through};
use super::columns::{Field, MappedColumn, column_name, field_named, fields};
use super::dates::DayOrder;
use super::knowledge::Knowledge;
use super::read::Row;
use super::rules::{
    ROWS_AT_A_TIME, RowCounts, Upload, emit, is_ragged, kept, named, order_name, read_row, waiting,
};
use super::tables;
use crate::access::Actor;
use crate::db::{Db, Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::{Phrase, say};
use crate::rule::{self, check};
use crate::text::{fold, tidy};

/// The longest value that a field has in all rows.
const LONGEST_VALUE: usize = 500;
/// In front of the name of a field that is the same in all rows, in a mapping that is kept: no
/// heading is folded to it.
const SET: &str = "=";

/// Takes what columns are from a mapping that was saved; the order of its days.
pub(super) async fn saved(
    db: &DatabaseExecutor<'_>,
    actor: &Actor,
    upload: &Upload,
    columns: &mut Vec<MappedColumn>,
) -> Result<Option<String>, WriteError> {
    let Some(name) = &upload.mapping else { return Ok(None) };
    let found = import_mapping::Entity::find()
        .filter(of_account(actor, name))
        .filter(import_mapping::Column::IntoTable.eq(upload.table))
        .one(db)
        .await?;
    let Some(found) = found else {
        let name = check::short(name);
        let message =
            say!("there is no mapping \"{name}\" for {table}", name, table = upload.table);
        return Err(Refusal::new(RefusalCode::NotFound, "mapping", message).into());
    };
    let known = |field: &str| field_named(upload.table, field);
    for place in 0..columns.len() {
        if let Some(field) = found.columns.get(heading(columns, place)) {
            assign(columns, place, field.as_str().and_then(known));
        }
    }
    for field in fields(upload.table) {
        if let Some(value) =
            found.columns.get(format!("{SET}{}", field.name)).and_then(|value| value.as_str())
        {
            set_for_all(columns, field, value.to_owned());
        }
    }
    Ok(found.day_order)
}

/// All of it, to be kept under a name.
fn to_be_saved(columns: &[MappedColumn]) -> serde_json::Value {
    let one = |(place, column): (usize, &MappedColumn)| match (&column.value, &column.field) {
        (Some(value), Some(field)) => (format!("{SET}{field}"), serde_json::json!(value)),
        (_, field) => (heading(columns, place), serde_json::json!(field)),
    };
    serde_json::Value::Object(columns.iter().enumerate().map(one).collect())
}

fn of_account(actor: &Actor, name: &str) -> Condition {
    let whose = match actor.rights().account {
        Some(account) => import_mapping::Column::AccountId.eq(account),
        None => import_mapping::Column::AccountId.is_null(),
    };
    Condition::all().add(whose).add(import_mapping::Column::Name.eq(name))
}

/// By what a column is known: its heading, folded; of several with one heading, or of one without
/// letters, those of the spreadsheet.
fn heading(columns: &[MappedColumn], place: usize) -> String {
    let folded = |column: &MappedColumn| fold(&column.name);
    let heading = columns.get(place).map(folded).unwrap_or_default();
    let alike =
        columns.iter().filter(|column| column.is_of_file() && folded(column) == heading).count();
    if heading.is_empty() || alike > 1 { fold(&column_name(place)) } else { heading }
}

/// Says what a column is. A field is one column, or the same in all rows: what was said last holds.
fn assign(columns: &mut Vec<MappedColumn>, place: usize, field: Option<&Field>) {
    if let Some(field) = field {
        // Columns of the file stand in front of these, and keep their places.
        columns.retain(|column| column.is_of_file() || !column.is(field.name));
        columns
            .iter_mut()
            .filter(|column| column.is(field.name))
            .for_each(|column| column.field = None);
    }
    if let Some(column) = columns.get_mut(place) {
        column.field = field.map(|field| field.name.to_owned());
        column.said = true;
    }
}

/// Says what a field is in all rows; nothing, and it is that no more. A column that was taken for
/// it is left out.
fn set_for_all(columns: &mut Vec<MappedColumn>, field: &Field, value: String) {
    columns.retain(|column| column.is_of_file() || !column.is(field.name));
    if value.is_empty() {
        return;
    }
    for column in columns.iter_mut().filter(|column| column.is(field.name)) {
        (column.field, column.said) = (None, false);
    }
    columns.push(MappedColumn::set(field, value));
}

/// Says what columns are, and what fields are in all rows, instead of what was guessed. What was
/// said last holds.
pub(super) fn correct(
    table: ImportTable,
    columns: &mut Vec<MappedColumn>,
    said: &[(String, Option<String>)],
    set: &[(String, String)],
) -> Result<(), Refusal> {
    for (name, field) in said {
        let field = field.as_deref().map(|field| known(table, "columns", field)).transpose()?;
        let place = place_of(columns, name)?;
        assign(columns, place, field);
    }
    for (place, (field, value)) in set.iter().enumerate() {
        let field = known(table, "set", field)?;
        let value = tidy(value);
        let refuse =
            |message: Phrase| Err(check::invalid("set", message).within(place).within("set"));
        if field.personal {
            return refuse(say!(
                "{field} says who somebody is: it is not the same in all rows",
                field = field.name
            ));
        }
        if value.chars().count() > LONGEST_VALUE {
            let message = say!(
                "{field} has at most {most} characters",
                field = field.name,
                most = LONGEST_VALUE
            );
            return refuse(message);
        }
        let twice = set.iter().filter(|(other, _)| fold(other) == fold(field.name)).count() > 1;
        let is = |(_, said): &(String, Option<String>)| {
            said.as_deref().is_some_and(|said| fold(said) == fold(field.name)) && !value.is_empty()
        };
        if twice {
            return refuse(say!("{field} is set twice: say one of the two", field = field.name));
        }
        if let Some((column, _)) = said.iter().find(|said| is(said)) {
            return refuse(say!(
                "{field} is said to be the column \"{column}\", and set for all rows: say one of \
                 the two",
                field = field.name,
                column = check::short(column)
            ));
        }
        set_for_all(columns, field, value);
    }
    Ok(())
}

/// A field that somebody names.
fn known(table: ImportTable, of: &'static str, name: &str) -> Result<&'static Field, Refusal> {
    field_named(table, name).ok_or_else(|| {
        let message = say!(
            "\"{name}\" is not a field of {table}: it has {all}",
            name = check::short(name),
            table,
            all = Phrase::joined(fields(table).iter().map(|known| known.name), ", ")
        );
        check::invalid(of, message)
    })
}

/// The place of a column that somebody names by its heading, or by the letters of the spreadsheet.
fn place_of(columns: &[MappedColumn], name: &str) -> Result<usize, Refusal> {
    let (folded, name) = (fold(name), check::short(name));
    let of_file = || (0..).zip(columns).filter(|(_, column)| column.is_of_file());
    let headed: Vec<usize> = of_file()
        .filter(|(_, column)| fold(&column.name) == folded)
        .map(|(place, _)| place)
        .collect();
    let lettered =
        || of_file().map(|(place, _)| place).find(|place| fold(&column_name(*place)) == folded);
    match headed[..] {
        [only] => Ok(only),
        [] => lettered().ok_or_else(|| {
            let known = of_file().map(|(_, column)| format!("\"{}\"", column.name));
            let known = Phrase::joined(known, ", ");
            let message =
                say!("\"{name}\" heads no column of the file: it has {known}", name, known);
            check::invalid("columns", message)
        }),
        ref several => {
            let message = say!(
                "\"{name}\" heads {several} columns: say which, by {known}",
                name,
                several = several.len(),
                known = Phrase::any_of(
                    several.iter().map(|place| format!("\"{}\"", column_name(*place)))
                )
            );
            Err(check::invalid("columns", message))
        }
    }
}

/// Plans the rows of an import again: what its columns are has changed, or what is known of names.
async fn plan_again(
    w: &mut Write,
    actor: &Actor,
    import: &import::Model,
) -> Result<RowCounts, WriteError> {
    let ragged = is_ragged(&import.written);
    let mut k = Knowledge::read(&w.read().into(), actor.clone(), import.clone(), ragged).await?;
    let (mut counts, mut behind) = (RowCounts::default(), 0);
    loop {
        let page = import_row::Entity::find()
            .filter(import_row::Column::ImportId.eq(import.id))
            .filter(import_row::Column::Line.gt(behind))
            .order_by_asc(import_row::Column::Line)
            .limit(ROWS_AT_A_TIME)
            .all(w.read())
            .await?;
        let (Some(first), Some(last)) =
            (page.first().map(|row| row.line), page.last().map(|row| row.line))
        else {
            return Ok(counts);
        };
        let rows: Vec<Row> = page.iter().map(read_row).collect();
        let mut plans = tables::plan(&mut k, &w.read().into(), &rows).await?;
        carry_through(Way::Undone(w), import, &mut k, &rows, &mut plans).await?;
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
    /// What fields are in all rows; an empty text, and one is that no more.
    pub set: Vec<(String, String)>,
    /// Which of day and month comes first.
    pub order: Option<DayOrder>,
    /// Under which name all of it is kept for the next file.
    pub save_as: Option<String>,
}

/// Says what the columns of an import are, and what is the same in all of its rows.
///
/// The import is waiting. Columns are named by their headings, and fields are those of its table.
pub async fn map(
    w: &mut Write,
    actor: &Actor,
    import: &import::Model,
    said: &Saved,
) -> Result<Put<import::Model>, WriteError> {
    waiting(import)?;
    let mut columns: Vec<MappedColumn> =
        serde_json::from_value(import.columns.clone()).unwrap_or_default();
    correct(import.into_table, &mut columns, &said.columns, &said.set)?;
    let order = said.order.map(order_name).or_else(|| import.day_order.clone());
    if let Some(name) = &said.save_as {
        let name = named("save_as", name)?;
        w.delete_all::<import_mapping::Entity>(
            of_account(actor, &name).add(import_mapping::Column::IntoTable.eq(import.into_table)),
        )
        .await?;
        let draft = import_mapping::ActiveModel {
            id: Set(ImportMappingId(w.new_id())),
            account_id: Set(import.account_id),
            into_table: Set(import.into_table),
            name: Set(name),
            columns: Set(to_be_saved(&columns)),
            day_order: Set(order.clone()),
        };
        w.insert_all(vec![draft]).await?;
    }
    let changed =
        import::Model { columns: serde_json::json!(columns), day_order: order, ..import.clone() };
    let counts = plan_again(w, actor, &changed).await?;
    let draft = import::ActiveModel {
        columns: Set(changed.columns),
        day_order: Set(changed.day_order),
        ..counts.draft()
    };
    again(w, import, draft).await
}

/// Puts what an import has been planned to be anew. Where nothing differs it has another version
/// all the same: its rows may.
async fn again(
    w: &mut Write,
    import: &import::Model,
    draft: import::ActiveModel,
) -> Result<Put<import::Model>, WriteError> {
    // Why it could not be applied before may not hold any more.
    let draft = import::ActiveModel { message: Set(None), ..draft };
    let put = rule::put::<import::Entity>(w, Some(import), draft).await?;
    if put.change.changes().is_some() {
        emit(w, EventKind::ImportRead, &put);
        return Ok(put);
    }
    w.advance::<import::Entity>(import).await?;
    let event = Event::about::<import::Entity>(EventKind::ImportRead, import);
    w.record(event);
    Ok(Put {
        row: import::Model { version: import.version + 1, ..import.clone() },
        change: put.change,
    })
}

/// A key in its normal form, however it is written.
pub fn as_key(written: &str) -> String {
    tables::normal_key(written)
}

/// The import with a key, however that is written.
pub async fn with_key(db: &Db, key: &str) -> Result<Option<import::Model>, DbErr> {
    import::Entity::find().filter(import::Column::Key.eq(as_key(key))).one(db.reading()).await
}
