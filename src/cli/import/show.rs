//! What a file would change, or has changed: on standard output, and row by row in a report.

use std::io::Write;
use std::path::Path;

use entity::vocabulary::{ImportRowState, ImportState};
use entity::{import, import_row};
use sea_orm::{ColumnTrait, EntityTrait, Iterable, QueryFilter, QueryOrder, QuerySelect};

use super::Import;
use crate::cli::Failure;
use crate::db::Db;
use crate::exchange::import::{ColumnUse, MappedColumn, Remark, fields, shown};
use crate::exchange::table::harmless;

/// How many rows are shown one by one.
const SHOWN: u64 = 50;
/// Rows that are changed only when somebody has mended them, or said what is meant.
const HINDERED: [ImportRowState; 2] = [ImportRowState::Refused, ImportRowState::Ambiguous];

/// How many rows were left out when an import was applied.
fn left_out(row: &import::Model) -> i32 {
    if row.state == ImportState::Applied { row.refused_rows + row.ambiguous_rows } else { 0 }
}

impl Import {
    pub(super) async fn show(&self, db: &Db, row: &import::Model) -> Result<(), Failure> {
        let mut out = std::io::stdout();
        let columns: Vec<MappedColumn> = serde_json::from_value(row.columns.clone()).unwrap_or_default();
        let set = columns.iter().filter_map(|column| Some((column.field.clone()?, column.value.clone()?)));
        let set: Vec<(String, String)> = set.collect();
        if self.json {
            let set: serde_json::Map<_, _> = set.into_iter().map(|(field, value)| (field, value.into())).collect();
            let shown = serde_json::json!({
                "key": row.key, "table": row.into_table, "state": row.state, "written": row.written,
                "columns": shown(row.into_table, &columns), "set": set,
                "new": row.new_rows, "changed": row.changed_rows, "unchanged": row.unchanged_rows,
                "refused": row.refused_rows, "ambiguous": row.ambiguous_rows, "left_out": left_out(row),
            });
            writeln!(out, "{shown}")?;
            return Ok(());
        }
        writeln!(out, "{} ({}) as {}", row.file_name, row.written, row.into_table.to_string().to_lowercase())?;
        show_columns(&mut out, row, &columns)?;
        for (field, value) in set {
            writeln!(out, "  {field} is \"{value}\" in all rows")?;
        }
        let import::Model { new_rows, changed_rows, unchanged_rows, refused_rows, ambiguous_rows, .. } = row;
        writeln!(
            out,
            "{new_rows} new, {changed_rows} changed, {unchanged_rows} unchanged, {refused_rows} refused, \
             {ambiguous_rows} ambiguous"
        )?;
        let remarked = rows(db, row, 0, HINDERED, SHOWN).await?;
        for row in &remarked {
            let remarks: Vec<Remark> = serde_json::from_value(row.remarks.clone()).unwrap_or_default();
            for remark in remarks {
                writeln!(out, "  line {}, {}: {remark}", row.line, row.state.to_string().to_lowercase())?;
            }
        }
        let rest = i64::from(refused_rows + ambiguous_rows) - i64::try_from(remarked.len()).unwrap_or(i64::MAX);
        if rest > 0 {
            writeln!(out, "  … and {rest} more rows: --report writes all of them into a file")?;
        }
        match (row.state, left_out(row)) {
            (ImportState::Applied, 0) => writeln!(out, "{} is applied", row.key)?,
            (ImportState::Applied, rows) => {
                writeln!(out, "{} is applied; rows that are left out: {rows}", row.key)?;
            }
            _ => writeln!(out, "nothing is changed yet: `jejaring import --waiting {} --apply` does it", row.key)?,
        }
        Ok(())
    }
}

fn show_columns(out: &mut impl Write, row: &import::Model, columns: &[MappedColumn]) -> std::io::Result<()> {
    let widest = columns.iter().map(|column| column.name.chars().count()).max().unwrap_or(0);
    for column in shown(row.into_table, columns) {
        let becomes = match (column.usage, column.field, &column.note) {
            (ColumnUse::Used, Some(field), _) => field.to_owned(),
            (ColumnUse::LeftOut, ..) => "– left out, as was said".to_owned(),
            (_, _, Some(note)) => format!("– left out: it {note}"),
            _ => "– left out".to_owned(),
        };
        writeln!(out, "  {:widest$}  {becomes}", column.name)?;
    }
    let missing = fields(row.into_table).iter().filter(|field| !columns.iter().any(|column| column.is(field.name)));
    let missing: Vec<&str> = missing.map(|field| field.name).collect();
    if !missing.is_empty() {
        writeln!(out, "  no column is {}", missing.join(", "))?;
    }
    Ok(())
}

/// Rows of some states behind a line.
async fn rows(
    db: &Db,
    row: &import::Model,
    behind: i32,
    states: impl IntoIterator<Item = ImportRowState>,
    most: u64,
) -> Result<Vec<import_row::Model>, Failure> {
    let select = import_row::Entity::find()
        .filter(import_row::Column::ImportId.eq(row.id))
        .filter(import_row::Column::Line.gt(behind))
        .filter(import_row::Column::State.is_in(states))
        .order_by_asc(import_row::Column::Line)
        .limit(most);
    Ok(select.all(db.reading()).await?)
}

/// Writes what is said of each row into a file.
pub(super) async fn report(db: &Db, row: &import::Model, path: &Path) -> Result<(), Failure> {
    let mut report = csv::Writer::from_path(path).map_err(|error| format!("{}: {error}", path.display()))?;
    report.write_record(["line", "state", "about", "reasons"])?;
    let is_applied = row.state == ImportState::Applied;
    let mut behind = 0;
    loop {
        let page = rows(db, row, behind, ImportRowState::iter(), 1000).await?;
        let Some(last) = page.last() else { break };
        behind = last.line;
        for row in page {
            let remarks: Vec<Remark> = serde_json::from_value(row.remarks).unwrap_or_default();
            let left_out = (is_applied && HINDERED.contains(&row.state)).then(|| "left out".to_owned());
            let reasons: Vec<String> = left_out.into_iter().chain(remarks.iter().map(Remark::to_string)).collect();
            let about = row.about.unwrap_or_default();
            let state = row.state.to_string();
            report.write_record([&row.line.to_string(), &state, &about, &harmless(reasons.join("; "))])?;
        }
    }
    report.flush()?;
    Ok(())
}
