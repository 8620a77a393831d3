//! How a file is read: its rows are kept, each with what it would change. They are planned by what
//! the reading connections see, and kept in a transaction for each chunk, so that nobody waits for
//! a file of a million rows. Nothing of the register changes by that.

use std::io::SeekFrom;
use std::time::Instant;

use entity::import;
use entity::vocabulary::ImportState;
use sea_orm::ActiveValue::Set;
use sea_orm::{DatabaseExecutor, TransactionOptions};
use sha2::{Digest, Sha256};

use super::carry::{PATIENCE, Way, carry_through};
use super::columns::guess;
use super::header;
use super::knowledge::Knowledge;
use super::mapping::{correct, saved};
use super::plan::Plan;
use super::progress::Progress;
use super::read::{self, Bytes, ReadError, Row, Rows};
use super::rules::{RowCounts, Upload, UploadError, emit, enter, is_ragged, kept, order_name};
use super::tables::{self, What};
use crate::access::Actor;
use crate::clock::Clock;
use crate::db::{Db, Snapshot, Write, clear_rows, stage, write};
use crate::error::{Classified, Failure, Refusal, RefusalCode, WriteError};
use crate::events::EventKind;
use crate::phrase::{Phrase, say};
use crate::rule::{self, unset};
use crate::text::hexadecimal;

/// Takes a file: reads it, and keeps its rows with what each would change. `on_progress` hears of
/// the import and how many of its rows have been read.
pub async fn receive(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    upload: Upload,
    mut file: impl Bytes,
    on_progress: impl Fn(&import::Model, u64),
) -> Result<import::Model, UploadError> {
    let (file, digest) = run_blocking(move || digest(&mut file).map(|digest| (file, digest)))
        .await?
        .map_err(ReadError::from)?;
    let enter = write(db, clock, actor.clone(), async |w| enter(w, actor, &upload, digest).await);
    let started = db.reached(enter).await?.value;
    let progress = Progress::of(started.id);
    on_progress(&started, 0);
    let staging = Staging {
        db,
        clock,
        actor,
        upload: &upload,
        import: started.clone(),
        counts: RowCounts::default(),
    };
    let on_progress = |rows| {
        progress.publish(rows);
        on_progress(&started, rows);
    };
    let read = match run_blocking(move || read::read(file)).await? {
        Ok((written, rows)) => {
            match db.reached(staging.take(&written.to_string(), rows, on_progress)).await {
                Ok((import, counts)) => db
                    .reached(ready(db, clock, actor, import, counts))
                    .await
                    .map_err(UploadError::Write),
                Err(error) => Err(error),
            }
        }
        Err(error) => Err(UploadError::Unreadable(error)),
    };
    if let Err(error) = &read {
        let message = match error {
            UploadError::Unreadable(error) => error.phrase(),
            UploadError::Write(WriteError::Refused(refusal)) => refusal.message.clone(),
            UploadError::Write(_) => say!("the register failed"),
        };
        db.reached(fail(db, clock, actor, &started, message)).await?;
    }
    read
}

/// Does what takes its time where it holds nobody up.
async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, UploadError> {
    let broken = |_| WriteError::Contract("a file could not be read to its end");
    Ok(tokio::task::spawn_blocking(work).await.map_err(broken)?)
}

fn digest(file: &mut impl Bytes) -> std::io::Result<String> {
    let (mut hash, mut chunk) = (Sha256::new(), vec![0; 64 << 10]);
    loop {
        let length = file.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        hash.update(chunk.get(..length).unwrap_or_default());
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(hexadecimal(&hash.finalize()))
}

/// A file whose rows are being read.
struct Staging<'a> {
    db: &'a Db,
    clock: &'a Clock,
    actor: &'a Actor,
    upload: &'a Upload,
    /// With what has become known of its columns.
    import: import::Model,
    counts: RowCounts,
}

impl Staging<'_> {
    /// Takes the rows; the import with what is known of its columns, and how many rows would do
    /// what.
    async fn take(
        mut self,
        written: &str,
        mut rows: Rows,
        on_progress: impl Fn(u64),
    ) -> Result<(import::Model, RowCounts), UploadError> {
        let (mut knowledge, mut taken): (Option<Knowledge>, u64) = (None, 0);
        while let Some(chunk) = rows.recv().await {
            let mut chunk = chunk?;
            let mut k = match knowledge.take() {
                Some(known) => known,
                None => self.begin(&mut chunk, written).await?,
            };
            let snapshot = self.snapshot().await?;
            let reading = DatabaseExecutor::Transaction(&snapshot);
            let mut plans =
                tables::plan(&mut k, &reading, &chunk).await.map_err(WriteError::from)?;
            snapshot.end().await.map_err(WriteError::from)?;
            // What rules would refuse is refused now.
            let way = Way::Rehearsed { db: self.db, clock: self.clock, actor: self.actor };
            carry_through(way, &self.import, &mut k, &chunk, &mut plans).await?;
            self.counts.add(&plans);
            taken += chunk.len() as u64;
            self.keep(chunk, plans).await?;
            on_progress(taken);
            knowledge = Some(k);
        }
        if taken == 0 {
            return Err(ReadError::File(say!("the file has no rows")).into());
        }
        Ok((self.import, self.counts))
    }

    /// Learns what the columns are from the first rows, of which those up to the header are taken
    /// away.
    async fn begin(
        &mut self,
        chunk: &mut Vec<Row>,
        written: &str,
    ) -> Result<Knowledge, WriteError> {
        let (snapshot, upload) = (self.snapshot().await?, self.upload);
        let db = &DatabaseExecutor::Transaction(&snapshot);
        let header = header::take(upload.table, chunk, is_ragged(written));
        let mut columns = guess(upload.table, &header, chunk);
        let order = saved(db, self.actor, upload, &mut columns).await?;
        correct(upload.table, &mut columns, &upload.columns, &upload.set)?;
        self.import.columns = serde_json::json!(columns);
        self.import.day_order = upload.order.map(order_name).or(order);
        self.import.written = written.to_owned();
        let knowledge =
            Knowledge::read(db, self.actor.clone(), self.import.clone(), is_ragged(written))
                .await?;
        snapshot.end().await?;
        Ok(knowledge)
    }

    /// The register as it stands, for those who plan a chunk: as soon as those who read what takes
    /// long leave a connection.
    async fn snapshot(&self) -> Result<Snapshot, WriteError> {
        let began = Instant::now();
        loop {
            match self.db.heavy().begin(TransactionOptions::default()).await {
                Err(error) if error.failure() == Failure::Busy && began.elapsed() < PATIENCE => {}
                begun => return begun.map_err(WriteError::from),
            }
        }
    }

    /// Keeps a chunk of rows, as soon as those who hold the register let it.
    async fn keep(&self, rows: Vec<Row>, plans: Vec<Plan<What>>) -> Result<(), WriteError> {
        let (rows, began) = (kept(self.import.id, rows, plans), Instant::now());
        loop {
            match stage(self.db, self.import.id, rows.clone()).await {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(gone()),
                Err(error) if error.failure() == Failure::Busy && began.elapsed() < PATIENCE => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Somebody has thrown the import away while its file was read.
fn gone() -> WriteError {
    let message = say!("the import was thrown away while its file was read");
    Refusal::new(RefusalCode::IllegalMove, "import_id", message).into()
}

/// The import if its file is still being read, locked.
async fn reading(w: &Write, import: &import::Model) -> Result<Option<import::Model>, WriteError> {
    let row = w.locked::<import::Entity>(import.id).await?;
    Ok(row.filter(|row| row.state == ImportState::Reading))
}

/// All rows are kept: somebody may decide what is to become of them.
async fn ready(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    import: import::Model,
    counts: RowCounts,
) -> Result<import::Model, WriteError> {
    let ready = async |w: &mut Write| {
        let existing = reading(w, &import).await?.ok_or_else(gone)?;
        let draft = import::ActiveModel {
            columns: Set(import.columns.clone()),
            day_order: Set(import.day_order.clone()),
            written: Set(import.written.clone()),
            state: Set(ImportState::Ready),
            ..counts.draft()
        };
        let put = rule::put::<import::Entity>(w, Some(&existing), draft).await?;
        emit(w, EventKind::ImportRead, &put);
        Ok(put.row)
    };
    Ok(write(db, clock, actor.clone(), ready).await?.value)
}

/// The file cannot be read, and none of its rows is kept.
async fn fail(
    db: &Db,
    clock: &Clock,
    actor: &Actor,
    import: &import::Model,
    message: Phrase,
) -> Result<(), WriteError> {
    let failing = async |w: &mut Write| {
        let Some(existing) = reading(w, import).await? else { return Ok(()) };
        let draft = import::ActiveModel {
            state: Set(ImportState::Failed),
            message: Set(Some(message.kept())),
            ..unset()
        };
        let put = rule::put::<import::Entity>(w, Some(&existing), draft).await?;
        emit(w, EventKind::ImportRead, &put);
        Ok(())
    };
    write(db, clock, actor.clone(), failing).await?;
    while clear_rows(db, import.id).await? {}
    Ok(())
}
