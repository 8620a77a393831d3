//! What an import shows: what its rows would change, before anything is changed.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::import;
use entity::import_row::{self, Column};
use entity::vocabulary::{ImportRowState, ImportState, ImportTable};
use futures::future::try_join;
use sea_orm::{ColumnTrait, Condition};

use super::columns::{ColumnUse, MappedColumn, ShownColumn, shown};
use super::progress::rows_done;
use super::query::{ImportFilter, ImportOrder};
use super::remark::Remark;
use super::undo::ImportUndone;
use crate::engine::object::object;
use crate::graphql::context::{Nullable, RequestContext};
use crate::graphql::edge::count::CountLoader;
use crate::graphql::edge::{Edge, FewLoader};
use crate::graphql::language::Language;
use crate::graphql::list::List;
use crate::graphql::listing::{Listing, place, read_place};
use crate::graphql::loader::Key;
use crate::graphql::order::OrderDirection;
use crate::graphql::page::{USUAL_PAGE, size};
use crate::graphql::scalars::Cursor;
use crate::network::institution::Institution;
use crate::phrase::Phrase;

/// A column of a file, with what it is taken for.
#[derive(Clone, Debug)]
pub struct ImportColumn {
    name: String,
    field: Option<String>,
    usage: ImportColumnUse,
    note: Option<Phrase>,
}

/// A column of a file, with what it is taken for.
#[Object(name = "ImportColumnPayload")]
impl ImportColumn {
    /// As it is headed.
    async fn name(&self) -> &str {
        &self.name
    }

    /// The field that it is taken for; null where nothing is known of it, and it is left out.
    async fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// What becomes of it.
    async fn r#use(&self) -> ImportColumnUse {
        self.usage
    }

    /// Why it is left out, the rest of a sentence that begins with the heading; null where it is
    /// not, or somebody has said so.
    async fn note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language.")] language: Option<Language>,
    ) -> Option<String> {
        self.note.as_ref().map(|note| note.translate(ctx.languages(language).of_phrases()))
    }
}

/// A field that is the same in all rows of a file, whatever stands in them.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "ImportSetPayload")]
pub struct ImportSet {
    /// The field.
    field: String,
    /// What it is, written as in a cell.
    value: String,
}

/// What becomes of a column of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "ColumnUse")]
pub enum ImportColumnUse {
    /// It is read as a field.
    Used,
    /// It is left out, as somebody has said.
    LeftOut,
    /// It is left out, since it is not known what it is, or another column is that already; nobody
    /// has said so.
    Unknown,
}

/// Which of day and month comes first in `3/4/2024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ImportDayOrder {
    /// The day.
    DayFirst,
    /// The month.
    MonthFirst,
}

/// A row of a file, and what it would change, or did.
#[derive(Clone, Debug)]
pub struct ImportRow(Arc<import_row::Model>);

/// A row of a file, and what it would change, or did.
#[Object(name = "ImportRowPayload")]
impl ImportRow {
    /// Where it begins in the file: the line, or the row of the workbook, from 1.
    async fn line(&self) -> i32 {
        self.0.line
    }

    /// What it would change, or did.
    async fn state(&self) -> ImportRowState {
        self.0.state
    }

    /// The key of the record that it is about; null where there is none yet, or it is made of
    /// somebody's name.
    async fn about(&self) -> Option<&str> {
        self.0.about.as_deref()
    }

    /// Why: a sentence for each thing that is to be said of it.
    async fn reasons(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language.")] language: Option<Language>,
    ) -> Vec<String> {
        let tag = ctx.languages(language).of_phrases();
        self.read().iter().map(|remark| remark.translate(tag)).collect()
    }

    /// The same, each with its column and value.
    async fn remarks(&self) -> List<Remark> {
        List(self.read())
    }

    /// As written in the file, cell by cell; empty once it has been applied.
    async fn cells(&self) -> Vec<String> {
        let cells: Vec<String> = serde_json::from_value(self.0.cells.clone()).unwrap_or_default();
        cells.iter().map(|cell| super::read::unmarked(cell).to_owned()).collect()
    }
}

impl ImportRow {
    fn read(&self) -> Vec<Remark> {
        serde_json::from_value(self.0.remarks.clone()).unwrap_or_default()
    }
}

object! {
    /// A file that an officer has handed in: what its rows would change, and whether that has been
    /// done. Seen by its officer alone.
    Import of import, chosen by ImportFilter, ordered by ImportOrder {
        /// For which institution it was handed in; null where for none.
        maybe institution: Institution by institution_id;

        /// What its rows are to become.
        column table: ImportTable = into_table;
        /// How the file was called.
        column file_name: &str;
        /// In what it was written: an encoding, or a sheet of a workbook; empty until that is
        /// known.
        column written: &str;
        /// How far it has come.
        column state: ImportState;
        /// The key of the source whose claims it files; there is no such source until something is
        /// claimed.
        column source_key: &str;
        /// How many rows enter something new.
        column new_rows: i32;
        /// How many rows change something.
        column changed_rows: i32;
        /// How many rows say what the register has.
        column unchanged_rows: i32;
        /// How many rows cannot be.
        column refused_rows: i32;
        /// How many rows may mean several things.
        column ambiguous_rows: i32;
        /// When it was applied; null where it has not been.
        column applied_at: Option<DateTime<Utc>>;
    } {
        /// How many of its rows have been read, or applied, so far: where that is under way in the
        /// process that answers; null otherwise.
        async fn rows_done(&self) -> Option<i32> {
            rows_done(self.0.id).map(|rows| i32::try_from(rows).unwrap_or(i32::MAX))
        }

        /// Why it failed, or could not be applied and waits again; null otherwise.
        async fn message(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The language.")] language: Option<Language>,
        ) -> Option<String> {
            self.0
                .message
                .as_deref()
                .map(|kept| Phrase::read(kept).translate(ctx.languages(language).of_phrases()))
        }

        /// What undoing it came to; null where it was not undone.
        async fn undone(&self, ctx: &Context<'_>) -> Nullable<ImportUndone> {
            ImportUndone::of(ctx, self.0.id.0).await
        }

        /// The columns of the file, each with what it is taken for. `mapImport` corrects that.
        async fn columns(&self) -> List<ImportColumn> {
            let columns = mapped(&self.0);
            let one = |column: ShownColumn<'_>| ImportColumn {
                name: column.name.to_owned(),
                field: column.field.map(str::to_owned),
                usage: column.usage.into(),
                note: column.note,
            };
            shown(self.0.into_table, &columns).into_iter().map(one).collect()
        }

        /// Fields that are the same in all rows, where somebody has said so.
        async fn set(&self) -> List<ImportSet> {
            let set = |column: MappedColumn| {
                Some(ImportSet { field: column.field?, value: column.value? })
            };
            mapped(&self.0).into_iter().filter_map(set).collect()
        }

        /// Which of day and month comes first; null where nobody has said so, and a day that may be
        /// either is ambiguous.
        async fn day_order(&self) -> Option<ImportDayOrder> {
            match self.0.day_order.as_deref() {
                Some("DAY_FIRST") => Some(ImportDayOrder::DayFirst),
                Some("MONTH_FIRST") => Some(ImportDayOrder::MonthFirst),
                _ => None,
            }
        }

        /// Its rows, in the order of the file. As CSV they are the report to take away.
        async fn rows(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "Only rows of these kinds; all unless given.")]
            states: Option<Vec<ImportRowState>>,
            #[graphql(desc = "How many, at most 100; 20 where it is not given.")]
            first: Option<i32>,
            #[graphql(desc = "Only what stands behind this place.")] after: Option<Cursor>,
        ) -> Result<Listing<ImportRow>> {
            rows(ctx, &self.0, states, first, after).await
        }
    }
}

fn mapped(import: &import::Model) -> Vec<MappedColumn> {
    serde_json::from_value(import.columns.clone()).unwrap_or_default()
}

async fn rows(
    ctx: &Context<'_>,
    import: &import::Model,
    states: Option<Vec<ImportRowState>>,
    first: Option<i32>,
    after: Option<Cursor>,
) -> Result<Listing<ImportRow>> {
    let reader = ctx.reader();
    let limit = first
        .map(|first| size("first", first, ctx.largest_page()))
        .transpose()?
        .unwrap_or(USUAL_PAGE);
    let list = format!("rows of {}", import.id);
    let behind: Option<i32> = after.as_ref().map(|cursor| read_place(&list, cursor)).transpose()?;
    let condition = Condition::all().add_option(states.map(|states| Column::State.is_in(states)));
    let look = ctx.look_ahead();
    // Rows of an import that is over may be there for a while, until they are removed.
    let is_over = matches!(import.state, ImportState::Discarded | ImportState::Failed);
    let wanted = |field: &str| !is_over && look.field(field).exists();
    let (edge, near) = (Edge::<import_row::Entity>::by(Column::ImportId), Key::Id(import.id.0));
    let name = format!("rows {condition:?} {behind:?} {limit}");
    let page = async {
        if !wanted("nodes") && !wanted("pageInfo") {
            return Ok(None);
        }
        let condition = condition.clone().add_option(behind.map(|line| Column::Line.gt(line)));
        let order = vec![(Column::Line, OrderDirection::Asc)];
        // One more than asked for tells whether there are more.
        let few = || FewLoader { edge: edge.clone(), condition, order, limit: Some(limit + 1) };
        reader.load(name.clone(), few, near.clone()).await
    };
    let total = async {
        if !wanted("totalCount") {
            return Ok(None);
        }
        let count = || CountLoader { edge: edge.clone(), condition: condition.clone() };
        reader.load(name.clone(), count, near.clone()).await
    };
    let (page, total) = try_join(page, total).await?;
    let mut rows = page.map(|rows| rows.to_vec()).unwrap_or_default();
    let has_next = rows.len() as u64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let total = total.map_or(0, |total| *total);
    let items = rows.into_iter().map(|row| (place(&list, &row.line), ImportRow(row))).collect();
    Ok(Listing { items, has_previous: behind.is_some(), has_next, total })
}
