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
use crate::phrase::{Phrase, say};

/// How many rows are shown one by one.
const SHOWN: u64 = 50;
/// Rows that are changed only when somebody has mended them, or said what is meant.
const HINDERED: [ImportRowState; 2] = [ImportRowState::Refused, ImportRowState::Ambiguous];

/// How many rows were left out when an import was applied.
fn left_out(row: &import::Model) -> i32 {
    if row.state == ImportState::Applied { row.refused_rows + row.ambiguous_rows } else { 0 }
}

/// Why a row is one of these.
fn hindered(state: ImportRowState) -> Phrase {
    match state {
        ImportRowState::Ambiguous => say!("ambiguous"),
        _ => say!("refused"),
    }
}

impl Import {
    pub(super) async fn show(&self, db: &Db, row: &import::Model) -> Result<(), Failure> {
        let mut out = std::io::stdout();
        let columns: Vec<MappedColumn> =
            serde_json::from_value(row.columns.clone()).unwrap_or_default();
        let set = columns
            .iter()
            .filter_map(|column| Some((column.field.clone()?, column.value.clone()?)));
        let set: Vec<(String, String)> = set.collect();
        if self.json {
            let columns: Vec<_> = shown(row.into_table, &columns)
                .into_iter()
                .map(|column| {
                    let note = column.note.map(|note| note.translate(&self.language));
                    let mut shown = serde_json::json!({
                        "name": column.name, "field": column.field, "use": column.usage,
                    });
                    if let Some(note) = note {
                        shown["note"] = note.into();
                    }
                    shown
                })
                .collect();
            let set: serde_json::Map<_, _> =
                set.into_iter().map(|(field, value)| (field, value.into())).collect();
            let shown = serde_json::json!({
                "key": row.key, "table": row.into_table, "state": row.state, "written": row.written,
                "columns": columns, "set": set,
                "new": row.new_rows, "changed": row.changed_rows, "unchanged": row.unchanged_rows,
                "refused": row.refused_rows, "ambiguous": row.ambiguous_rows,
                "left_out": left_out(row),
            });
            writeln!(out, "{shown}")?;
            return Ok(());
        }
        let language = &self.language;
        let title = say!(
            "{file} ({written}) as {table}",
            file = &row.file_name,
            written = &row.written,
            table = row.into_table.to_string().to_lowercase()
        );
        writeln!(out, "{}", title.translate(language))?;
        show_columns(&mut out, row, &columns, language)?;
        for (field, value) in set {
            writeln!(
                out,
                "  {}",
                say!("{field} is \"{value}\" in all rows", field, value).translate(language)
            )?;
        }
        let counts = say!(
            "{new} new, {changed} changed, {unchanged} unchanged, {refused} refused, {ambiguous} \
             ambiguous",
            new = row.new_rows,
            changed = row.changed_rows,
            unchanged = row.unchanged_rows,
            refused = row.refused_rows,
            ambiguous = row.ambiguous_rows
        );
        writeln!(out, "{}", counts.translate(language))?;
        let remarked = rows(db, row, 0, HINDERED, SHOWN).await?;
        for row in &remarked {
            let remarks: Vec<Remark> =
                serde_json::from_value(row.remarks.clone()).unwrap_or_default();
            for remark in remarks {
                let said = say!(
                    "line {line}, {hindered}: {remark}",
                    line = row.line,
                    hindered = hindered(row.state),
                    remark = remark.translate(language)
                );
                writeln!(out, "  {}", said.translate(language))?;
            }
        }
        let rest = i64::from(row.refused_rows + row.ambiguous_rows)
            - i64::try_from(remarked.len()).unwrap_or(i64::MAX);
        if rest > 0 {
            let more =
                say!("… and {rest} more rows: --report writes all of them into a file", rest);
            writeln!(out, "  {}", more.translate(language))?;
        }
        let key = &row.key;
        let end = match (row.state, left_out(row)) {
            (ImportState::Applied, 0) => say!("{key} is applied", key),
            (ImportState::Applied, rows) => {
                say!("{key} is applied; rows that are left out: {rows}", key, rows)
            }
            (ImportState::Undone, _) => say!("{key} was undone", key),
            _ => say!(
                "nothing is changed yet: `jejaring import --waiting {key} --apply` does it",
                key
            ),
        };
        writeln!(out, "{}", end.translate(language))?;
        Ok(())
    }
}

fn show_columns(
    out: &mut impl Write,
    row: &import::Model,
    columns: &[MappedColumn],
    language: &str,
) -> std::io::Result<()> {
    let widest = columns.iter().map(|column| column.name.chars().count()).max().unwrap_or(0);
    for column in shown(row.into_table, columns) {
        let becomes = match (column.usage, column.field, &column.note) {
            (ColumnUse::Used, Some(field), _) => field.to_owned(),
            (ColumnUse::LeftOut, ..) => say!("– left out, as was said").translate(language),
            (_, _, Some(note)) => {
                say!("– left out: it {note}", note = note.clone()).translate(language)
            }
            _ => say!("– left out").translate(language),
        };
        writeln!(out, "  {:widest$}  {becomes}", column.name)?;
    }
    let missing = fields(row.into_table)
        .iter()
        .filter(|field| !columns.iter().any(|column| column.is(field.name)));
    let missing: Vec<&str> = missing.map(|field| field.name).collect();
    if !missing.is_empty() {
        let missing = say!("no column is {field}", field = missing.join(", "));
        writeln!(out, "  {}", missing.translate(language))?;
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
pub(super) async fn report(
    db: &Db,
    row: &import::Model,
    path: &Path,
    language: &str,
) -> Result<(), Failure> {
    let mut report =
        csv::Writer::from_path(path).map_err(|error| format!("{}: {error}", path.display()))?;
    report.write_record(["line", "state", "about", "reasons"])?;
    let is_applied = row.state == ImportState::Applied;
    let mut behind = 0;
    loop {
        let page = rows(db, row, behind, ImportRowState::iter(), 1000).await?;
        let Some(last) = page.last() else { break };
        behind = last.line;
        for row in page {
            let remarks: Vec<Remark> = serde_json::from_value(row.remarks).unwrap_or_default();
            let left_out = (is_applied && HINDERED.contains(&row.state))
                .then(|| say!("left out").translate(language));
            let reasons: Vec<String> = left_out
                .into_iter()
                .chain(remarks.iter().map(|remark| remark.translate(language)))
                .collect();
            let about = row.about.unwrap_or_default();
            let state = row.state.to_string();
            report.write_record([
                &row.line.to_string(),
                &state,
                &about,
                &harmless(reasons.join("; ")),
            ])?;
        }
    }
    report.flush()?;
    Ok(())
}
