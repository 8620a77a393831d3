//! How an import is applied: all of it, or what can be of it, in one transaction.

use entity::vocabulary::{
    DatePrecision, ImportRowState, ImportState, ImportTable, RecordKind, SourceKind,
};
use entity::{import, import_row, source};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::carry::{Way, carry_through, claims};
use super::knowledge::Knowledge;
use super::plan::Plan;
use super::progress::Progress;
use super::read::Row;
use super::remark::Remark;
use super::rules::{ROWS_AT_A_TIME, RowCounts, emit_with, is_ragged, kept, read_row, waiting};
use super::tables::{self, What};
use super::undo::EVENTS;
use crate::access::Actor;
use crate::db::IDS_PER_QUERY;
use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::EventKind;
use crate::phrase::{Phrase, say};
use crate::provenance::reconcile;
use crate::provenance::source::rules as sources;
use crate::rule::{self, unset};
use crate::voiding;

/// Does what an import would change: all of it, or with `leave_out` what can be of it.
///
/// The import is waiting. Rows that are refused or ambiguous are mended first, or left out by
/// saying so, also those that have become so since they were seen: each is told of afterwards, with
/// the reason. Without `leave_out` one of these ends all, and what is refused names its line.
pub async fn apply(
    w: &mut Write,
    actor: &Actor,
    import: &import::Model,
    leaves_out: bool,
    on_progress: impl Fn(u64),
) -> Result<Put<import::Model>, WriteError> {
    waiting(import)?;
    let (refused, ambiguous) = (import.refused_rows, import.ambiguous_rows);
    if (refused > 0 || ambiguous > 0) && !leaves_out {
        let refused = (refused > 0).then(|| say!("{rows} refused", rows = refused));
        let ambiguous = (ambiguous > 0).then(|| say!("{rows} ambiguous", rows = ambiguous));
        let message = say!(
            "rows that are {hindered}: mend them in the file, or say that they are left out",
            hindered = Phrase::all_of(refused.into_iter().chain(ambiguous))
        );
        return Err(Refusal::new(RefusalCode::Invalid, "import_id", message).into());
    }
    let progress = Progress::of(import.id);
    let mut k = Knowledge::read(
        &w.read().into(),
        actor.clone(),
        import.clone(),
        is_ragged(&import.written),
    )
    .await?;
    if claims(import.into_table) {
        k.source = Some(source_of(w, import).await?);
    }
    let (mut behind, mut done) = ((String::new(), 0), 0);
    let mut counts = RowCounts::hindered(import.refused_rows, import.ambiguous_rows);
    loop {
        let page = next_page(w, import, &behind).await?;
        let Some(last) = page.last().map(|row| (row.place.clone(), row.line)) else { break };
        let whole = (page.len() as u64) < ROWS_AT_A_TIME && done == 0;
        done += page.len() as u64;
        let rows: Vec<Row> = page.iter().map(read_row).collect();
        let mut plans = tables::plan(&mut k, &w.read().into(), &rows).await?;
        carry_through(Way::Kept(w), import, &mut k, &rows, &mut plans).await?;
        tables::tell_entered(&k, &mut plans);
        if let Some(wrong) = plans.iter().find(|plan| plan.is_hindered()).filter(|_| !leaves_out) {
            let why = wrong.remarks.iter().map(Remark::phrase);
            let message = say!(
                "line {line}: {why}; it was not so when the file was read",
                line = wrong.line,
                why = Phrase::joined(why, "; ")
            );
            return Err(Refusal::new(RefusalCode::Invalid, "import_id", message).into());
        }
        counts.add(&plans);
        restate(w, import, &page, rows, plans).await?;
        if !whole {
            // Names are compared over the whole register: once, at the end.
            if import.into_table == ImportTable::Delegations {
                reconcile(w).await?;
            }
            w.spool().await?;
        }
        progress.publish(done);
        on_progress(done);
        behind = last;
    }
    // What follows from all that is told before the import is: undoing it reads what it did there.
    reconcile(w).await?;
    let events = w.recorded();
    let draft = import::ActiveModel {
        state: Set(ImportState::Applied),
        applied_at: Set(Some(w.now())),
        ..counts.draft()
    };
    let put = rule::put::<import::Entity>(w, Some(import), draft).await?;
    emit_with(w, EventKind::ImportApplied, &put, [(EVENTS, serde_json::json!(events))]);
    w.forget_cells(import.id).await?;
    Ok(put)
}

/// The next rows that nothing hinders, behind a place and line: those of one place together.
async fn next_page(
    w: &Write,
    import: &import::Model,
    behind: &(String, i32),
) -> Result<Vec<import_row::Model>, WriteError> {
    let next = Condition::any().add(import_row::Column::Place.gt(behind.0.as_str())).add(
        Condition::all()
            .add(import_row::Column::Place.eq(behind.0.as_str()))
            .add(import_row::Column::Line.gt(behind.1)),
    );
    let page = import_row::Entity::find()
        .filter(import_row::Column::ImportId.eq(import.id))
        .filter(
            import_row::Column::State
                .is_not_in([ImportRowState::Refused, ImportRowState::Ambiguous]),
        )
        .filter(next)
        .order_by_asc(import_row::Column::Place)
        .order_by_asc(import_row::Column::Line)
        .limit(ROWS_AT_A_TIME);
    Ok(page.all(w.read()).await?)
}

/// Keeps what became of rows where it is another thing than what was said before.
async fn restate(
    w: &mut Write,
    import: &import::Model,
    page: &[import_row::Model],
    rows: Vec<Row>,
    plans: Vec<Plan<What>>,
) -> Result<(), WriteError> {
    let all = kept(import.id, rows, plans).into_iter().zip(page);
    let other: Vec<import_row::ActiveModel> = all
        .filter(|(now, then)| {
            (now.state.as_ref(), now.remarks.as_ref()) != (&then.state, &then.remarks)
                || now.about.as_ref() != &then.about
        })
        .map(|(now, _)| now)
        .collect();
    for some in other.chunks(IDS_PER_QUERY) {
        let lines = some.iter().map(|row| *row.line.as_ref());
        let these = Condition::all()
            .add(import_row::Column::ImportId.eq(import.id))
            .add(import_row::Column::Line.is_in(lines));
        w.delete_all::<import_row::Entity>(these).await?;
        w.insert_all(some.to_vec()).await?;
    }
    Ok(())
}

/// The source of what an import claims: a file that somebody handed in, by its name known again. It
/// is entered when the first of its rows is; a file of another content under the same name is its
/// newer version.
pub(super) async fn source_of(
    w: &mut Write,
    import: &import::Model,
) -> Result<source::Model, WriteError> {
    let by_key = source::Column::Key.eq(&import.source_key);
    let existing = source::Entity::find().filter(by_key);
    let mut there = existing.clone().one(w.read()).await?;
    // Undoing an import voids its source, which is of a later one of its name as well.
    if there.is_none()
        && is_undone(w, &import.source_key).await?
        && voiding::revive(w, RecordKind::Source, &import.source_key).await?
    {
        there = existing.one(w.read()).await?;
    }
    let existing = there;
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

/// Whether an import was undone whose claims have this source.
async fn is_undone(w: &Write, source_key: &str) -> Result<bool, WriteError> {
    let undone = import::Entity::find()
        .filter(import::Column::SourceKey.eq(source_key))
        .filter(import::Column::State.eq(ImportState::Undone));
    Ok(undone.one(w.read()).await?.is_some())
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
        ImportTable::RegionalGroups => "Regional groups",
        ImportTable::Partnerships => "Partnerships",
        ImportTable::Appointments => "Appointments",
    }
}
