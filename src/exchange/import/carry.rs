//! How what is planned is carried out: each row that a rule refuses is undone by itself, and told
//! why. What would become of rows is found out by doing it and undoing all of it, so that a preview
//! holds them to every rule that applying holds them to.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use entity::import;
use entity::vocabulary::{ImportRowState, ImportTable};

use super::apply::source_of;
use super::knowledge::{Knowledge, Tie};
use super::plan::Plan;
use super::read::Row;
use super::remark::{Remark, Weight};
use super::tables::{self, What};
use crate::access::Actor;
use crate::clock::Clock;
use crate::db::{Db, Write, rehearse};
use crate::error::{Classified, Failure, Refusal, WriteError};
use crate::phrase::say;

/// Rows that are rehearsed in one transaction: so few that nobody waits long for it.
const ROWS_REHEARSED: usize = 250;
/// How long a file waits for whoever holds the register: another import is applied, or a package is
/// loaded.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// What rules refuse: places among the plans, with the reason.
type Refused = Vec<(usize, Refusal)>;

/// What becomes of what is carried out.
pub(super) enum Way<'a> {
    /// It is kept.
    Kept(&'a mut Write),
    /// It is undone within a write that keeps other things.
    Undone(&'a mut Write),
    /// It is undone, in transactions of its own.
    Rehearsed { db: &'a Db, clock: &'a Clock, actor: &'a Actor },
}

/// Carries out what is planned, but for rows that are left out: those that a rule refuses, and
/// those that rest on one that is left out.
pub(super) async fn carry_through(
    mut way: Way<'_>,
    import: &import::Model,
    k: &mut Knowledge,
    rows: &[Row],
    plans: &mut [Plan<What>],
) -> Result<(), WriteError> {
    let at_once = match way {
        Way::Rehearsed { .. } => ROWS_REHEARSED,
        Way::Kept(_) | Way::Undone(_) => rows.len().max(1),
    };
    for (rows, plans) in rows.chunks(at_once).zip(plans.chunks_mut(at_once)) {
        leave_out(k, rows, plans, Vec::new());
        let (known, planned) = (&*k, &*plans);
        let refused = match &mut way {
            Way::Kept(w) => carry_out(w, import, known, planned).await?,
            Way::Undone(w) => {
                w.undone(async |w| carry_out(w, import, known, planned).await).await?
            }
            Way::Rehearsed { db, clock, actor } => {
                rehearsed(db, clock, actor, import, known, planned).await?
            }
        };
        leave_out(k, rows, plans, refused);
    }
    Ok(())
}

/// Carries out what is planned and undoes it, as soon as those who hold the register let it.
async fn rehearsed(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    import: &import::Model,
    k: &Knowledge,
    plans: &[Plan<What>],
) -> Result<Refused, WriteError> {
    let began = Instant::now();
    loop {
        let carried = async |w: &mut Write| carry_out(w, import, k, plans).await;
        match rehearse(db, clock, actor.clone(), carried).await {
            Err(WriteError::Database(error))
                if error.failure() == Failure::Busy && began.elapsed() < PATIENCE => {}
            carried => return carried,
        }
    }
}

/// Carries out what is planned, in its order. Where it is refused it is undone and tried in halves,
/// so that a row that is refused is left out by itself.
async fn carry_out(
    w: &mut Write,
    import: &import::Model,
    k: &Knowledge,
    plans: &[Plan<What>],
) -> Result<Refused, WriteError> {
    let planned: Vec<usize> = plans
        .iter()
        .enumerate()
        .filter(|(_, plan)| plan.what.is_some())
        .map(|(place, _)| place)
        .collect();
    if planned.is_empty() {
        return Ok(Vec::new());
    }
    let (mut refused, mut lines, mut waiting) = (Vec::new(), HashSet::new(), vec![planned]);
    let source = match &k.source {
        _ if !claims(import.into_table) => None,
        Some(known) => Some(known.clone()),
        None => Some(source_of(w, import).await?),
    };
    while let Some(waited) = waiting.pop() {
        // What is about the same as a row that is refused stands behind it.
        let line = |place: &usize| plans.get(*place).map(|plan| plan.line);
        let behind = |place: &usize| line(place).map(|line| k.behind(line)).unwrap_or_default();
        let mut places = Vec::with_capacity(waited.len());
        for place in waited {
            match behind(&place).iter().any(|(first, _)| lines.contains(first)) {
                true => lines.extend(line(&place)),
                false => places.push(place),
            }
        }
        if places.is_empty() {
            continue;
        }
        let these: Vec<What> =
            places.iter().filter_map(|place| plans.get(*place)?.what.clone()).collect();
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

/// Leaves out rows that are refused, and those that rest on one that is left out.
fn leave_out(k: &mut Knowledge, rows: &[Row], plans: &mut [Plan<What>], refused: Refused) {
    for (place, refusal) in refused {
        let (Some(plan), Some(row)) = (plans.get_mut(place), rows.get(place)) else { continue };
        let remark = k.layout.refused(row, &refusal);
        plan.hinder(remark);
    }
    for plan in plans {
        let left_out = |(first, tie): &(u64, Tie)| Some((*first, *tie, k.hindered(*first)?));
        plan.remarks.retain(|remark| remark.beside.is_none_or(|line| k.hindered(line).is_none()));
        if !plan.is_hindered()
            && let Some((first, tie, state)) = k.behind(plan.line).iter().find_map(left_out)
        {
            let (weight, word) = match state {
                ImportRowState::Ambiguous => (Weight::Ambiguous, say!("ambiguous")),
                _ => (Weight::Refused, say!("refused")),
            };
            let message = match tie {
                Tie::Same => {
                    say!(
                        "the row is about the same as line {first}, which is {word}: mend that one \
                         first",
                        first,
                        word
                    )
                }
                Tie::Named => {
                    say!(
                        "the row names what line {first} enters, which is {word}: mend that one \
                         first",
                        first,
                        word
                    )
                }
            };
            plan.hinder(Remark::of_row(weight, message));
        }
        if plan.is_hindered() {
            k.hinder(plan.line, plan.state);
        }
    }
}
