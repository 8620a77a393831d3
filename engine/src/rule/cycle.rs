//! Records that stand above one another.

use sea_orm::PrimaryKeyTrait;

use crate::db::Write;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;
use crate::record::Record;

/// Nothing is above itself: neither is the new parent of a record the record, nor is any that
/// stands above that parent.
pub async fn no_cycle<E>(
    w: &Write,
    row: &E::Model,
    parent: <E::PrimaryKey as PrimaryKeyTrait>::ValueType,
    parent_of: impl Fn(&E::Model) -> Option<<E::PrimaryKey as PrimaryKeyTrait>::ValueType>,
) -> Result<(), WriteError>
where
    E: Record,
{
    let mut above = E::find_by_id(parent).one(w.read()).await?;
    let first = above.as_ref().map_or_else(String::new, |row| E::key(row).to_owned());
    while let Some(next) = above {
        if E::id(&next) == E::id(row) {
            return Err(cycle(E::key(row), &first).into());
        }
        above = match parent_of(&next) {
            Some(id) => E::find_by_id(id).one(w.read()).await?,
            None => None,
        };
    }
    Ok(())
}

/// The sentence about a record that would stand above itself.
pub fn cycle(key: &str, parent: &str) -> Refusal {
    let message = if key == parent {
        say!("\"{key}\" cannot be part of itself", key)
    } else {
        say!(
            "\"{key}\" cannot be part of \"{parent}\", which is itself part of \"{key}\"",
            key,
            parent
        )
    };
    Refusal::new(RefusalCode::Cycle, "parent_id", message)
}
