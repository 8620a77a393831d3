//! Going back: a row as it stands, and the events that made it so, the newest first.

use chrono::NaiveDate;
use entity::vocabulary::{DatePrecision, FindingState};
use entity::{batch, delegation};
use sea_orm::{DbErr, EntityTrait, ModelTrait};
use serde_json::Value as Json;

use crate::db::row::values;
use crate::db::{ArchivedRow, ArchivedTable};
use crate::eventlog::shown::plain;
use crate::provenance::claim::people::{UNKNOWN, days_between, sort_count};
use crate::rule::check::LAST_DAY;
use crate::text::fold;
use crate::voiding::model;

/// A row at a place of the log.
#[derive(Clone, Debug)]
pub(super) struct Former {
    /// Its values.
    pub(super) row: ArchivedRow,
    /// Whether the record was in the register.
    pub(super) is_there: bool,
}

impl Former {
    /// A row as it stands today.
    pub(super) fn of_today<M>(row: &M) -> Self
    where
        M: ModelTrait<Entity: EntityTrait<Model = M>>,
    {
        Self { row: values::<M::Entity>(row), is_there: true }
    }

    /// A row that is void today.
    pub(super) fn void(row: ArchivedRow) -> Self {
        Self { row, is_there: false }
    }

    /// Goes back behind an event about the row.
    pub(super) fn undo(&mut self, table: &ArchivedTable, kind: &str, changes: &Json) {
        if kind.ends_with(".voided") {
            self.is_there = true;
        } else if kind.ends_with(".restored") {
            self.is_there = false;
        }
        for (column, change) in changes.as_object().into_iter().flatten() {
            let Some([old, _]) = change.as_array().map(Vec::as_slice) else { continue };
            if old.is_null() && table.is_required(column) {
                // What is never null was nothing before: the record came in.
                self.is_there = false;
            } else if let Some((name, old)) = table.value_of(column, &plain(old))
                && let Some(place) = table.place(name)
            {
                self.row[place] = old;
            }
        }
    }
}

/// The state of a finding behind the last event about it before a place: the log tells of each
/// event which state it led to, and not from which.
pub(super) fn state_after(kind: &str) -> Option<FindingState> {
    match kind {
        "finding.opened" => Some(FindingState::Open),
        "finding.explained" => Some(FindingState::Explained),
        "finding.resolved" => Some(FindingState::Resolved),
        _ => None,
    }
}

/// The row of a batch, in which the columns that follow from others do so again.
pub(super) fn batch_row(row: &ArchivedRow) -> Result<batch::Model, DbErr> {
    let mut row = model::<batch::Entity>(row)?;
    let day = |day: Option<NaiveDate>, precision: Option<DatePrecision>| day.zip(precision);
    let (starts, ends) =
        (day(row.starts_on, row.starts_precision), day(row.ends_on, row.ends_precision));
    row.sort_date = row.starts_on.or(row.ends_on).unwrap_or(LAST_DAY);
    row.sort_duration = days_between(starts, ends).unwrap_or(UNKNOWN);
    row.sort_participants = sort_count((row.participants_min, row.participants_max));
    row.sort_ordinal = row.ordinal.unwrap_or(UNKNOWN);
    if let Some(title) = &row.title {
        row.sort_title = fold(title);
    }
    Ok(row)
}

/// The row of a delegation, likewise.
pub(super) fn delegation_row(row: &ArchivedRow) -> Result<delegation::Model, DbErr> {
    let mut row = model::<delegation::Entity>(row)?;
    row.sort_headcount = sort_count((row.headcount_min, row.headcount_max));
    Ok(row)
}

/// A set of references of a batch, behind an event that says what it was before.
pub(super) fn undo_set(set: &mut Vec<String>, field: &str, changes: &Json) {
    let old = changes.get(field).and_then(|change| change.get(0)).and_then(Json::as_array);
    if let Some(old) = old {
        *set = old.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect();
    }
}
