//! A large import is applied while nobody waits for the answer: it is `APPLYING`, and a task does
//! in one transaction what a small one has done before it is answered. What fails, or is cut off,
//! leaves nothing behind, and the import can be applied again.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use entity::id::ImportId;
use entity::import;
use entity::vocabulary::ImportState;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::apply::apply;
use super::progress::{Progress, rows_done};
use super::rules::emit;
use crate::access::Actor;
use crate::clock::Clock;
use crate::db::{Db, Put, Write, write};
use crate::error::{Classified, Failure, Refusal, RefusalCode, WriteError};
use crate::events::EventKind;
use crate::phrase::{Phrase, say};
use crate::rule::{self, unset};

/// How many rows are applied while the answer waits.
const AT_ONCE: i32 = 2_000;
/// How long the task waits for whoever holds the register.
const PATIENCE: Duration = Duration::from_secs(120);
/// After this time whoever applies an import holds its row, or has ended: longer than the task
/// waits.
const GIVEN_UP: TimeDelta = TimeDelta::minutes(3);

/// Applies an import: a small one here, a large one in a task of its own that begins when this
/// write is committed.
pub(super) async fn begin(
    w: &mut Write,
    actor: &Actor,
    import: &import::Model,
    leave_out: bool,
) -> Result<Put<import::Model>, WriteError> {
    let rows = [import.new_rows, import.changed_rows, import.unchanged_rows]
        .into_iter()
        .fold(0, i32::saturating_add);
    let is_hindered = import.refused_rows > 0 || import.ambiguous_rows > 0;
    // What is refused at once is refused here.
    if rows <= AT_ONCE || import.state != ImportState::Ready || (is_hindered && !leave_out) {
        return Box::pin(apply(w, actor, import, leave_out, |_| ())).await;
    }
    let draft =
        import::ActiveModel { state: Set(ImportState::Applying), message: Set(None), ..unset() };
    let put = rule::put::<import::Entity>(w, Some(import), draft).await?;
    emit(w, EventKind::ImportRead, &put);
    let (row, actor) = (put.row.clone(), actor.clone());
    w.afterwards(move |db, clock| {
        let work = Work { db: db.clone(), clock: clock.clone(), actor, import: row, leave_out };
        let progress = Progress::of(work.import.id);
        tokio::spawn(async move {
            work.run().await;
            drop(progress);
        });
    });
    Ok(put)
}

/// An import that is to be applied.
struct Work {
    db: Db,
    clock: Clock,
    actor: Actor,
    import: import::Model,
    leave_out: bool,
}

impl Work {
    async fn run(self) {
        let began = Instant::now();
        let applied = loop {
            match self.apply().await {
                Err(error) if is_to_be_tried_again(&error, began) => {}
                done => break done,
            }
        };
        let why = match applied {
            Ok(()) => return,
            Err(WriteError::Refused(refusal)) => refusal.message,
            Err(WriteError::Forbidden) => say!("your account may not do this any more"),
            Err(error) => {
                tracing::warn!(%error, import = %self.import.key, "an import could not be applied");
                say!("the register failed, and nothing is changed: apply it again")
            }
        };
        let began = Instant::now();
        let put = loop {
            match self.put_back(&why).await {
                Err(error) if is_to_be_tried_again(&error, began) => {}
                done => break done,
            }
        };
        if let Err(error) = put {
            tracing::warn!(
                %error,
                import = %self.import.key,
                "an import that could not be applied waits for nobody"
            );
        }
    }

    /// The import as it was marked, locked; nothing where somebody has taken it for given up
    /// meanwhile.
    async fn marked(&self, w: &Write) -> Result<Option<import::Model>, WriteError> {
        let row = w.locked::<import::Entity>(self.import.id).await?;
        Ok(row
            .filter(|row| row.state == ImportState::Applying && row.version == self.import.version))
    }

    async fn apply(&self) -> Result<(), WriteError> {
        let applying = async |w: &mut Write| {
            let Some(row) = self.marked(w).await? else { return Ok(()) };
            let ready = import::Model { state: ImportState::Ready, ..row };
            Box::pin(apply(w, &self.actor, &ready, self.leave_out, |_| ())).await.map(|_| ())
        };
        let written = write(&self.db, &self.clock, self.actor.clone(), applying);
        self.db.reached(written).await.map(|_| ())
    }

    async fn put_back(&self, why: &Phrase) -> Result<(), WriteError> {
        let putting = async |w: &mut Write| {
            let Some(row) = self.marked(w).await? else { return Ok(()) };
            back(w, &row, why).await
        };
        let written = write(&self.db, &self.clock, self.actor.clone(), putting);
        self.db.reached(written).await.map(|_| ())
    }
}

/// Whether others were in the way, and may not be for much longer.
fn is_to_be_tried_again(error: &WriteError, began: Instant) -> bool {
    error.failure() == Failure::Busy && began.elapsed() < PATIENCE
}

/// The import waits again, and says why.
async fn back(w: &mut Write, row: &import::Model, why: &Phrase) -> Result<(), WriteError> {
    let draft = import::ActiveModel {
        state: Set(ImportState::Ready),
        message: Set(Some(why.kept())),
        ..unset()
    };
    let put = rule::put::<import::Entity>(w, Some(row), draft).await?;
    emit(w, EventKind::ImportRead, &put);
    Ok(())
}

/// Why an import waits again whose process has ended.
fn cut_off() -> Phrase {
    say!("the process that applied it has ended, and nothing is changed: apply it again")
}

/// Whether an import that is `APPLYING` may be one that nobody is at any more.
fn is_given_up(row: &import::Model, now: DateTime<Utc>) -> bool {
    row.updated_at < now - GIVEN_UP && rows_done(row.id).is_none()
}

/// Refuses at once what is to be done to an import that somebody applies; one that nobody is at any
/// more waits again.
pub(super) async fn free(w: &mut Write, import: import::Model) -> Result<(), WriteError> {
    if import.state != ImportState::Applying {
        return Ok(());
    }
    let row = match is_given_up(&import, w.now()) {
        true => w.unless_locked::<import::Entity>(import.id).await?,
        false => None,
    };
    match row {
        Some(row) if row.version == import.version => back(w, &row, &cut_off()).await,
        _ => {
            let message = say!(
                "the import is APPLYING: `rowsDone` tells how far it has come, `state` when it is \
                 done"
            );
            Err(Refusal::new(RefusalCode::IllegalMove, "import_id", message).into())
        }
    }
}

/// Lets imports wait again whose process has ended while it applied them. Any process may call it
/// at any time.
pub(super) async fn take_back(db: &Db, clock: &Clock) -> Result<(), WriteError> {
    let applying = import::Entity::find().filter(import::Column::State.eq(ImportState::Applying));
    for row in
        applying.all(db.reading()).await?.into_iter().filter(|row| is_given_up(row, clock.now()))
    {
        let taking = async |w: &mut Write| take_one_back(w, row.id).await;
        write(db, clock, Actor::Operator, taking).await?;
    }
    Ok(())
}

async fn take_one_back(w: &mut Write, import: ImportId) -> Result<(), WriteError> {
    let row = w.unless_locked::<import::Entity>(import).await?;
    if let Some(row) =
        row.filter(|row| row.state == ImportState::Applying && is_given_up(row, w.now()))
    {
        back(w, &row, &cut_off()).await?;
    }
    Ok(())
}
