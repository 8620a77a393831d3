//! What is due, by mail: at most once a day for each account that wants it, and only when there is
//! something that the last mail did not tell, or that has become overdue since.
//!
//! A day is one of UTC, as everywhere in the register: in Jakarta it begins at seven in the
//! morning.

mod letter;
mod smtp;

use std::pin::pin;
use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use entity::reminder_mail;
use lettre::message::Message;
use sea_orm::DbErr;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use self::letter::Recipient;
pub use self::smtp::Mailer;
use super::due;
use super::entry::{Entry, entries};
use crate::access::{Actor, AuthError, by_account};
use crate::accounts::reminder_mail::MailOutcome;
use crate::app::App;
use crate::db::{claim_mail, due_mails, give_up_mail, mail_was_sent, retry_mail};
use crate::graphql::language::Languages;

/// How often it is looked whether a mail is due.
const LOOK: Duration = Duration::from_secs(15);
/// How long mails that are on their way may take when the process is told to stop.
const LEAVING: Duration = Duration::from_secs(10);
/// Mails that are thought of at a time, so that several processes share them.
const AT_A_TIME: u64 = 50;
/// What is due within so many days is told.
const AHEAD: TimeDelta = TimeDelta::days(7);
/// How long to wait behind each attempt that failed, within the day.
const WAITS: [TimeDelta; 6] = [
    TimeDelta::minutes(2),
    TimeDelta::minutes(10),
    TimeDelta::minutes(30),
    TimeDelta::hours(1),
    TimeDelta::hours(3),
    TimeDelta::hours(6),
];

/// Sends mails until `stop` changes.
pub async fn send(app: App, mailer: Mailer, mut stop: watch::Receiver<bool>) {
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = stop.changed() => return,
            _ = look.tick() => {}
        }
        let mut sending = pin!(app.db.reached(round(&app, &mailer)));
        let (sent, leaving) = tokio::select! {
            sent = &mut sending => (sent, false),
            _ = stop.changed() => match timeout(LEAVING, &mut sending).await {
                Ok(sent) => (sent, true),
                Err(_) => return tracing::warn!("a mail that is on its way may come a day late"),
            },
        };
        if let Err(error) = sent {
            tracing::warn!(%error, "it could not be looked whether mails are due");
        }
        if leaving {
            return;
        }
    }
}

/// Sends what is due now. Where the server is away, the others wait until the next round.
pub async fn round(app: &App, mailer: &Mailer) -> Result<(), DbErr> {
    let now = app.clock.now();
    for row in due_mails(&app.db, now, AT_A_TIME).await? {
        if !claim_mail(&app.db, &row, now, next_day(now)).await? {
            continue;
        }
        let (message, told) = match written(app, mailer, &row, now).await {
            Ok(Some(written)) => written,
            Ok(None) => continue,
            // The others have theirs all the same.
            Err(error) => {
                tracing::warn!(account = %row.account_id, %error, "a mail could not be written");
                again(app, &row, now).await?;
                continue;
            }
        };
        let outcome = mailer.send(&message).await;
        app.mails.count(outcome);
        tracing::info!(account = %row.account_id, outcome = outcome.as_str(), "a mail was tried");
        match outcome {
            MailOutcome::Sent => mail_was_sent(&app.db, &row, json!(told)).await?,
            MailOutcome::Deferred => again(app, &row, now).await?,
            MailOutcome::Refused | MailOutcome::Unknown => give_up_mail(&app.db, &row).await?,
            MailOutcome::Failed => {
                again(app, &row, now).await?;
                return Ok(());
            }
        }
    }
    Ok(())
}

/// When the next day begins.
fn next_day(now: DateTime<Utc>) -> DateTime<Utc> {
    (now.date_naive() + TimeDelta::days(1)).and_time(NaiveTime::MIN).and_utc()
}

/// Puts a mail off that could not be sent, as long as the day lasts.
async fn again(app: &App, row: &reminder_mail::Model, now: DateTime<Utc>) -> Result<(), DbErr> {
    let wait = usize::try_from(row.tries).ok().and_then(|tries| WAITS.get(tries));
    match wait.map(|wait| now + *wait).filter(|at| *at < next_day(now)) {
        Some(at) => retry_mail(&app.db, row, at, row.tries + 1).await,
        None => give_up_mail(&app.db, row).await,
    }
}

/// The mail to an account, and what it tells of; none where there is nothing to tell.
async fn written(
    app: &App,
    mailer: &Mailer,
    row: &reminder_mail::Model,
    now: DateTime<Utc>,
) -> Result<Option<(Message, Vec<String>)>, DbErr> {
    let (Some(address), Some(secret)) = (&row.address, &row.secret) else { return Ok(None) };
    let Ok(address) = address.parse() else { return Ok(None) };
    let id = app.clock.id();
    let to = Recipient { address, language: &row.language, secret, id };
    let shown = match by_account(&app.db, row.account_id, None).await {
        Ok(Actor::Account(shown)) => shown,
        Ok(_) | Err(AuthError::Refused(_)) => return Ok(None),
        Err(AuthError::Database(error)) => return Err(error),
    };
    if row.confirmed_at.is_none() {
        let question = letter::question(&to, mailer.from(), &app.site);
        return question.map(|message| Some((message, Vec::new()))).map_err(failed);
    }
    let today = now.date_naive();
    let due = due(app, &shown, &Languages::preferring([row.language.as_str()])).await;
    let mut entries = entries(&due.map_err(DbErr::Custom)?, today);
    entries.retain(|entry| entry.on <= today + AHEAD);
    entries.sort_by_key(|entry| entry.on);
    let names: Vec<String> =
        entries.iter().flat_map(|entry| names(entry, entry.on < today)).collect();
    let told: Vec<&str> =
        row.told.as_array().into_iter().flatten().filter_map(|name| name.as_str()).collect();
    if names.iter().all(|name| told.contains(&name.as_str())) {
        return Ok(None);
    }
    let reminder = letter::reminder(&to, mailer.from(), &app.site, &entries);
    reminder.map(|message| Some((message, names))).map_err(failed)
}

/// By which it is known in the next mail what this one told: what has become overdue has another
/// name.
fn names(entry: &Entry, overdue: bool) -> Vec<String> {
    let state = if overdue { "overdue" } else { "due" };
    match entry.parts.as_slice() {
        [] => vec![format!("{state} {}", entry.uid)],
        parts => parts.iter().map(|id| format!("{state} {id}")).collect(),
    }
}

fn failed(error: lettre::error::Error) -> DbErr {
    DbErr::Custom(format!("a mail could not be written: {error}"))
}
