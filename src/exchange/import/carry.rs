//! How what is planned is carried out: each row that a rule refuses is undone by itself, and told
//! why. What would become of rows is found out by doing it and undoing all of it, so that a preview
//! holds them to every rule that applying holds them to.

use std::collections::HashSet;

use entity::import;
use entity::vocabulary::{ImportRowState, ImportTable};

use super::apply::source_of;
use super::knowledge::Knowledge;
use super::plan::Plan;
use super::read::Row;
use super::remark::{Remark, Weight};
use super::tables::{self, What};
use crate::db::Write;
use crate::error::{Refusal, WriteError};

/// Rows that are rehearsed in one transaction: so few that nobody waits long for it.
pub(super) const ROWS_REHEARSED: usize = 250;

/// What rules refuse: places among the plans, with the reason.
pub(super) type Refused = Vec<(usize, Refusal)>;

/// Carries out what is planned, in its order. Where it is refused it is undone and tried in halves,
/// so that a row that is refused is left out by itself.
pub(super) async fn carry_out(
    w: &mut Write,
    import: &import::Model,
    k: &Knowledge,
    plans: &[Plan<What>],
) -> Result<Refused, WriteError> {
    let planned: Vec<usize> =
        plans.iter().enumerate().filter(|(_, plan)| plan.what.is_some()).map(|(place, _)| place).collect();
    if planned.is_empty() {
        return Ok(Vec::new());
    }
    let (mut refused, mut lines, mut waiting) = (Vec::new(), HashSet::new(), vec![planned]);
    let source = if claims(import.into_table) { Some(source_of(w, import).await?) } else { None };
    while let Some(mut places) = waiting.pop() {
        // What is about the same as a row that is refused stands behind it.
        let line = |place: &usize| plans.get(*place).map(|plan| plan.line);
        let depends = |place: &usize| k.behind(line(place)?).filter(|first| lines.contains(first));
        places.retain(|place| depends(place).is_none());
        if places.is_empty() {
            continue;
        }
        let these: Vec<What> = places.iter().filter_map(|place| plans.get(*place)?.what.clone()).collect();
        let carried = w.attempt(async |w| {
            // On the heap: much is awaited within it.
            Box::pin(tables::carry_out(w, import.into_table, source.as_ref(), these)).await
        });
        let carried = carried.await?;
        let Err(refusal) = carried else { continue };
        if let [place] = places[..] {
            lines.extend(plans.get(place).map(|plan| plan.line));
            refused.push((place, refusal));
            continue;
        }
        let second = places.split_off(places.len() / 2);
        waiting.push(second);
        waiting.push(places);
    }
    Ok(refused)
}

/// Whether rows of a table file claims.
pub(super) fn claims(table: ImportTable) -> bool {
    matches!(table, ImportTable::Delegations | ImportTable::Batches)
}

/// Leaves out rows that are refused, and those that are about the same as one that is left out.
pub(super) fn leave_out(k: &mut Knowledge, rows: &[Row], plans: &mut [Plan<What>], refused: Refused) {
    for (place, refusal) in refused {
        let (Some(plan), Some(row)) = (plans.get_mut(place), rows.get(place)) else { continue };
        let remark = k.layout.refused(row, &refusal);
        plan.hinder(remark);
    }
    for plan in plans {
        if !plan.is_hindered()
            && let Some(first) = k.behind(plan.line)
            && let Some(state) = k.hindered(first)
        {
            let (weight, word) = match state {
                ImportRowState::Ambiguous => (Weight::Ambiguous, "ambiguous"),
                _ => (Weight::Refused, "refused"),
            };
            let message = format!("the row is about the same as line {first}, which is {word}: mend that one first");
            plan.hinder(Remark::of_row(weight, message));
        }
        if plan.is_hindered() {
            k.hinder(plan.line, plan.state);
        }
    }
}
