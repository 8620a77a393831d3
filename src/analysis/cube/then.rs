//! What a cube can count as it was known at an earlier place of the log.

use std::sync::Arc;

use async_graphql::Result;
use entity::{appointment, engagement, person};
use sea_orm::{DatabaseBackend, EntityName, Statement};

use super::Cube;
use super::dimension::AttendanceDimension;
use super::statement::Cells;
use crate::db::sql::first;
use crate::graphql::error::bad_input;
use crate::graphql::loader::Reader;

/// Refuses what is not restored: roles of institutions, and people, whoever asks for them in a
/// dimension or in a filter.
pub(super) fn can_be_known(reader: &Reader, cube: &Cube) -> Result<()> {
    for dimension in [cube.rows, cube.columns].into_iter().flatten() {
        if !is_restored(dimension) {
            return Err(bad_input(format!(
                "a cube as known at an earlier place of the log cannot be told apart by \
                 {dimension}: roles of institutions and people are not restored"
            )));
        }
    }
    let Statement { sql, .. } = Cells::new(reader, Arc::new(cube.clone())).behind_all();
    let of_people = [
        engagement::Entity.table_name().to_owned(),
        person::Entity.table_name().to_owned(),
        appointment::Entity.table_name().to_owned(),
    ];
    if let Some(table) = of_people.iter().find(|table| sql.contains(&format!("\"{table}\""))) {
        return Err(bad_input(format!(
            "a cube as known at an earlier place of the log cannot be chosen by its people \
             ({table}): these are not restored"
        )));
    }
    Ok(())
}

fn is_restored(dimension: AttendanceDimension) -> bool {
    use AttendanceDimension::{Funder, HasHead, Host, Implementer, Organiser, Partner};
    !matches!(dimension, Organiser | Host | Funder | Implementer | Partner | HasHead)
}

/// That action plans are not restored.
pub(super) fn no_plans() -> async_graphql::Error {
    bad_input(
        "`actionPlans` of a cube as known at an earlier place of the log are not restored: ask for \
         them without `asKnownAt`",
    )
}

impl Cells<'_> {
    /// A statement with all that the cube asks for.
    fn behind_all(&self) -> Statement {
        first(&self.placed(true).select, 1, DatabaseBackend::Sqlite)
    }
}
