//! What the door is given, since it stands below whatever knows it.

use entity::event;
use futures::future::BoxFuture;
use sea_orm::DbErr;

use super::{Changes, Write};
use crate::error::WriteError;
use crate::events::Event;

/// Reads a column of a row as text.
pub type ReadColumn<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What every write does besides what is asked of it, all within its transaction. Whoever puts the
/// program together gives it to the database, and there is no database without it.
#[derive(Clone, Copy)]
pub struct BeforeCommit {
    /// A row of a table came in or changed.
    pub put: fn(&mut Write, table: &str, &Changes, ReadColumn<'_>),
    /// Brings up to date what follows from the rows that changed.
    pub reconcile: for<'a> fn(&'a mut Write) -> BoxFuture<'a, Result<(), WriteError>>,
    /// Finds what events concern: they as rows of the log, but for their positions.
    pub concerning: Concerning,
}

/// Makes rows of the log of events.
type Concerning = for<'a> fn(&'a Write, Vec<Event>) -> BoxFuture<'a, Result<Rows, DbErr>>;

type Rows = Vec<event::ActiveModel>;
