//! Where a batch stands: what it may become, who must have been told what before, and what is told
//! of it.

use entity::batch;
use entity::vocabulary::{BatchStatus, Vocabulary};
use sea_orm::ActiveValue;

use super::rules::{enter, write};
use crate::db::Write;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::EventKind;
use crate::phrase::{Phrase, say};
use crate::rule;
use crate::rule::history::{reasoned, status_before};

/// What a batch may become: `DRAFT → ANNOUNCED → CONFIRMED → CLOSED`; once it is public and until
/// it is closed it may be put off or called off, and what was put off may be announced or confirmed
/// again.
pub fn moves(from: BatchStatus) -> &'static [BatchStatus] {
    use BatchStatus::*;
    match from {
        Draft => &[Announced],
        Announced => &[Confirmed, Postponed, Cancelled],
        Confirmed => &[Closed, Postponed, Cancelled],
        Postponed => &[Announced, Confirmed, Cancelled],
        Cancelled | Closed => &[],
    }
}

/// What helps whoever wants a batch to become what it cannot become from where it stands.
pub(super) fn way(from: BatchStatus, to: BatchStatus) -> Phrase {
    use BatchStatus::*;
    match (from, to) {
        (Cancelled | Closed, _) => say!("reopenBatch opens it again"),
        (Draft, Postponed) => {
            say!("nobody has been told of it yet, and rescheduleBatch gives it other dates")
        }
        (Draft, Cancelled) => say!("nobody has been told of it yet, and voidRecord takes it back"),
        (Draft, _) => say!("announceBatch makes it public first"),
        (Announced | Postponed, Closed) => say!("confirmBatch says first that it takes place"),
        (Confirmed, Announced) => say!("it is public already, and postponeBatch puts it off"),
        _ => say!("voidRecord takes back what was entered in error"),
    }
}

/// Decides about a batch: announces, confirms, postpones, cancels or closes it. To decide again
/// what has been decided changes nothing. Whoever decides names the batch alone, so that this is
/// what is refused.
pub async fn decide(
    w: &mut Write,
    row: &batch::Model,
    status: BatchStatus,
) -> Result<(), WriteError> {
    if row.status == status {
        return Ok(());
    }
    let draft = batch::ActiveModel { status: ActiveValue::Set(status), ..rule::unset() };
    let of_batch =
        |error: WriteError| error.retold(|refusal| Refusal { field: "batch_id", ..refusal });
    enter(w, Some(row), draft).await.map_err(of_batch).map(|_| ())
}

/// Announces a batch, which has a title by then, and a first day unless it is said that its dates
/// will follow. What comes from elsewhere, such as history, may have neither.
pub async fn announce(
    w: &mut Write,
    row: &batch::Model,
    dates_to_follow: bool,
) -> Result<(), WriteError> {
    let key = &row.key;
    if moves(row.status).contains(&BatchStatus::Announced) {
        if row.title.is_none() {
            let message = say!(
                "\"{key}\" has no accepted title, without which it cannot be announced: \
                 updateBatch states it",
                key
            );
            return Err(Refusal::new(RefusalCode::Required, "batch_id", message).into());
        }
        if row.starts_on.is_none() && !dates_to_follow {
            let message = say!(
                "\"{key}\" has no accepted first day: rescheduleBatch states it, or say that the \
                 dates will follow",
                key
            );
            return Err(Refusal::new(RefusalCode::Required, "dates_to_follow", message).into());
        }
    }
    decide(w, row, BatchStatus::Announced).await
}

/// Opens a batch again that had been closed or called off, for a reason: what was closed will take
/// place or has taken place, and what was called off is what it was before. A batch that came in
/// called off is announced, since everybody may know of it.
pub async fn reopen(w: &mut Write, row: &batch::Model) -> Result<(), WriteError> {
    let status = match row.status {
        BatchStatus::Closed => BatchStatus::Confirmed,
        BatchStatus::Cancelled => {
            let was = status_before::<batch::Entity>(w, row, EventKind::BatchCancelled).await?;
            was.and_then(|was| BatchStatus::parse(&was).ok()).unwrap_or(BatchStatus::Announced)
        }
        status => {
            let help = match status {
                BatchStatus::Draft => say!("announceBatch makes it public"),
                BatchStatus::Postponed => say!("confirmBatch says that it takes place after all"),
                _ => say!("it is open"),
            };
            let message = say!(
                "\"{key}\" is {status}, and only what is CLOSED or CANCELLED can be reopened: \
                 {help}",
                key = &row.key,
                status,
                help
            );
            return Err(Refusal::new(RefusalCode::IllegalMove, "batch_id", message).into());
        }
    };
    reasoned(w)?;
    let draft = batch::ActiveModel { status: ActiveValue::Set(status), ..rule::unset() };
    write(w, Some(row), draft, Some(EventKind::BatchReopened)).await.map(|_| ())
}

/// The event that tells of a batch that comes in. Of one that is over nobody is told as if it were
/// news.
pub(super) fn entry(status: BatchStatus) -> EventKind {
    match status {
        BatchStatus::Closed | BatchStatus::Cancelled => EventKind::BatchRecorded,
        status => announcement(status),
    }
}

/// The event that tells of a status. A draft is told of as an update, which is not public as long
/// as it is a draft.
pub(super) fn announcement(status: BatchStatus) -> EventKind {
    match status {
        BatchStatus::Draft => EventKind::BatchUpdated,
        BatchStatus::Announced => EventKind::BatchAnnounced,
        BatchStatus::Confirmed => EventKind::BatchConfirmed,
        BatchStatus::Postponed => EventKind::BatchPostponed,
        BatchStatus::Cancelled => EventKind::BatchCancelled,
        BatchStatus::Closed => EventKind::BatchClosed,
    }
}
