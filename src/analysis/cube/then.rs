//! What a cube can count as it was known at an earlier place of the log.

use std::collections::BTreeSet;

use async_graphql::Result;

use super::Cube;
use super::dimension::AttendanceDimension;
use crate::graphql::error::bad_input;
use crate::known::is_restored;

/// Refuses what is not restored, whoever asks for it in a dimension, or in a filter that reads the
/// tables `reached`.
pub(super) fn can_be_known(cube: &Cube, reached: &BTreeSet<&'static str>) -> Result<()> {
    for dimension in [cube.rows, cube.columns].into_iter().flatten() {
        if let Some(what) = not_restored(dimension) {
            return Err(bad_input(format!(
                "a cube as known at an earlier place of the log cannot be told apart by \
                 {dimension}: {what} are not restored"
            )));
        }
    }
    if let Some(table) = reached.iter().find(|table| !is_restored(table)) {
        let what = table.replace('_', " ");
        return Err(bad_input(format!(
            "a cube as known at an earlier place of the log cannot be chosen by records of the \
             kind {what}: these are not restored"
        )));
    }
    Ok(())
}

/// What a dimension reads that is not restored. Each one is named here, so that a new one is not
/// answered from today.
fn not_restored(dimension: AttendanceDimension) -> Option<&'static str> {
    use AttendanceDimension::*;
    match dimension {
        Organiser | Host | Funder | Implementer | Partner => Some("roles of institutions"),
        HasHead => Some("people"),
        Sector => Some("tags"),
        Country | RegionalGroup | Institution | Programme | Batch | Topic | Modality | Year
        | Quarter | Month | City | HostCountry | Category => None,
    }
}

/// That action plans are not restored.
pub(super) fn no_plans() -> async_graphql::Error {
    bad_input(
        "`actionPlans` of a cube as known at an earlier place of the log are not restored: ask for \
         them without `asKnownAt`",
    )
}
