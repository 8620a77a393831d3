//! Parts of a write that are undone by themselves: what is refused of them leaves the rest as it
//! is.

use sea_orm::{ConnectionTrait, DbErr, RuntimeErr};

use super::after_commit::Rows;
use super::memory::News;
use super::version::Versions;
use super::write::opened;
use super::{Db, Write};
use crate::actor::Actor;
use crate::clock::Clock;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;

/// What the door knows beside its transaction, as it was when a part of the write began.
struct Before {
    changed: bool,
    register_locked: bool,
    events: usize,
    versions: Versions,
}

/// Runs `change` as [`write`](super::write()) does, and undoes all of it: what it would come to.
pub async fn rehearse<T>(
    db: &Db,
    clock: &Clock,
    actor: Actor,
    change: impl AsyncFnOnce(&mut Write) -> Result<T, WriteError>,
) -> Result<T, WriteError> {
    let mut write = opened(db, clock, actor).await?;
    let done = change(&mut write).await.inspect_err(|error| {
        if let WriteError::Database(error) = error {
            db.note(error);
        }
    })?;
    write.transaction.rollback().await?;
    Ok(done)
}

/// What [`write`](super::write()) would change: the rows as they would stand, those that merely
/// follow from others among them. Nothing is changed.
pub async fn foresee(
    db: &Db,
    clock: &Clock,
    actor: Actor,
    change: impl AsyncFnOnce(&mut Write) -> Result<(), WriteError>,
) -> Result<Rows, WriteError> {
    let foreseen = rehearse(db, clock, actor, async |w: &mut Write| {
        w.keep_rows();
        change(w).await?;
        (w.before_commit.reconcile)(w).await?;
        Ok(w.after_commit.take().0)
    });
    foreseen.await
}

impl Write {
    /// Does a part of a write. Where it is refused, by a rule or by a constraint of the database,
    /// that part is undone and nothing else; any other error ends the write. What is recorded
    /// within must stay in memory: it is not to be spooled before the part has ended.
    pub async fn attempt<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Self) -> Result<T, WriteError>,
    ) -> Result<Result<T, Refusal>, WriteError> {
        let before = self.before();
        self.transaction.execute_unprepared("SAVEPOINT part").await?;
        let refusal = match work(self).await {
            Ok(done) => {
                self.transaction.execute_unprepared("RELEASE SAVEPOINT part").await?;
                self.memories.notify(News::PartDone);
                return Ok(Ok(done));
            }
            Err(WriteError::Refused(refusal)) => refusal,
            Err(WriteError::Database(error)) if contradicts(&error) => {
                let message = say!(
                    "contradicts what the register has: a key, a name or a number is taken, \
                     or something that it refers to is not there"
                );
                Refusal::new(RefusalCode::Duplicate, "key", message)
            }
            Err(error) => return Err(error),
        };
        self.undo(before).await?;
        Ok(Err(refusal))
    }

    /// Does a part of a write and undoes it: what it would come to.
    pub async fn undone<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Self) -> Result<T, WriteError>,
    ) -> Result<T, WriteError> {
        let before = self.before();
        self.transaction.execute_unprepared("SAVEPOINT part").await?;
        let done = work(self).await;
        // Any other error ends the write.
        if matches!(done, Ok(_) | Err(WriteError::Refused(_))) {
            self.undo(before).await?;
        }
        done
    }

    fn before(&mut self) -> Before {
        self.memories.notify(News::PartBegun);
        Before {
            changed: self.changed,
            register_locked: self.register_locked,
            events: self.outbox.events.len(),
            versions: self.versions.clone(),
        }
    }

    async fn undo(&mut self, before: Before) -> Result<(), WriteError> {
        // A savepoint may stand in another of the same name: the innermost is meant.
        self.transaction.execute_unprepared("ROLLBACK TO SAVEPOINT part").await?;
        self.transaction.execute_unprepared("RELEASE SAVEPOINT part").await?;
        let Before { changed, register_locked, events, versions } = before;
        (self.changed, self.register_locked, self.versions) = (changed, register_locked, versions);
        self.outbox.events.truncate(events);
        self.memories.notify(News::PartUndone);
        self.after_commit.forget_rows();
        Ok(())
    }
}

/// Whether an error says that a row contradicts a constraint, or that a value has no place in its
/// column: the classes 22 and 23 of PostgreSQL, CONSTRAINT, MISMATCH and TOOBIG of SQLite.
fn contradicts(error: &DbErr) -> bool {
    let (DbErr::Exec(error) | DbErr::Query(error)) = error else { return false };
    let RuntimeErr::SqlxError(error) = error else { return false };
    let Some(error) = error.as_database_error() else { return false };
    let Some(code) = error.code() else { return false };
    match code.parse::<u32>() {
        // Of SQLite they are numbers, the low byte of which is the class; of PostgreSQL five signs.
        Ok(number) if code.len() != 5 => matches!(number & 0xff, 18..=20),
        _ => code.starts_with("22") || code.starts_with("23"),
    }
}
