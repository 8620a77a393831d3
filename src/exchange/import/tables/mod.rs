//! What rows become, a file for each table.

mod delegations;

use entity::source;
use entity::vocabulary::ImportTable;
use sea_orm::{DatabaseExecutor, DbErr};

use super::knowledge::Knowledge;
use super::plan::Plan;
use super::read::Row;
use crate::db::Write;
use crate::error::WriteError;

/// What a row is to become.
#[derive(Debug)]
pub(super) enum What {
    Party(delegations::Party),
}

/// Plans rows of the table of an import.
pub(super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<What>>, DbErr> {
    fn all<T>(plans: Vec<Plan<T>>, into: fn(T) -> What) -> Vec<Plan<What>> {
        plans.into_iter().map(|plan| plan.map(into)).collect()
    }
    Ok(match k.import.into_table {
        ImportTable::Delegations => all(delegations::plan(k, db, rows).await?, What::Party),
        _ => Vec::new(),
    })
}

/// Writes what was planned: all of it is of one table.
pub(super) async fn carry_out(
    w: &mut Write,
    k: &Knowledge,
    source: &source::Model,
    planned: Vec<What>,
) -> Result<(), WriteError> {
    let _ = k;
    let mut parties = Vec::new();
    for what in planned {
        match what {
            What::Party(party) => parties.push(party),
        }
    }
    delegations::carry_out(w, source, parties).await
}
