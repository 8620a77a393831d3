//! `jejaring events`

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;

use super::Failure;
use crate::access::{Actor, Visible};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Accept, Db};
use crate::eventlog::feed::{Feed, FeedError, FeedRequest, Item};
use crate::eventlog::{Tail, shown};
use crate::events::{Choice, LogCursor};

#[derive(Args)]
#[command(after_help = "Example:\n  jejaring events tail --database-url \
                        sqlite:///var/lib/jejaring/register.sqlite")]
pub(super) struct Events {
    #[command(subcommand)]
    what: EventsVerb,
}

#[derive(Subcommand)]
enum EventsVerb {
    /// Print what happens, one JSON object a line, until it is stopped
    #[command(after_help = "Example:\n  jejaring events tail | jq .name")]
    Tail(From),
    /// Print what happened, one JSON object a line, from the beginning of the log to its end
    #[command(after_help = "Example:\n  jejaring events replay > log.ndjson")]
    Replay(From),
}

#[derive(Args)]
struct From {
    /// Only what happened behind this place: the `cursor` of a line, or of an item of a
    /// subscription
    #[arg(long, value_name = "CURSOR", value_parser = cursor)]
    after: Option<LogCursor>,
}

fn cursor(text: &str) -> Result<LogCursor, String> {
    text.parse().map_err(|_| "that is no cursor of a log".to_owned())
}

/// Nothing is printed where nothing happens.
const SILENCE: Duration = Duration::from_secs(3600);

impl Events {
    pub(super) async fn run(&self, config: &Config) -> Result<(), Failure> {
        let db = Db::open(&config.db_options(), Accept::Current).await?;
        let tail = Arc::new(Tail::new(db.clone()));
        let (from, replay) = match &self.what {
            EventsVerb::Tail(from) => (from, false),
            EventsVerb::Replay(from) => (from, true),
        };
        let wanted = FeedRequest {
            choice: Choice::default(),
            after: from.after,
            from_beginning: replay,
            first: None,
            heartbeat: SILENCE,
        };
        let end = tail.head().await?;
        let feed = Feed::begin(tail.clone(), Clock::system(), Visible::to(Actor::Operator), wanted)
            .await
            .map_err(told)?;
        let printed = tokio::select! {
            printed = print(feed, replay.then_some(end)) => printed,
            stopped = tokio::signal::ctrl_c() => stopped.map_err(Failure::from),
        };
        db.close().await?;
        printed
    }
}

/// Prints until the end, if there is one.
async fn print(mut feed: Feed, end: Option<LogCursor>) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    while end.is_none_or(|end| feed.place().position < end.position) {
        let Some(item) = feed.next().await else { break };
        let item = item.map_err(told)?;
        if let Some(line) = line(&item) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

fn line(item: &Item) -> Option<serde_json::Value> {
    let event = item.event.as_ref()?;
    let row = &event.row;
    let changes = shown::changes(row).into_iter();
    let changes: serde_json::Map<_, _> =
        changes.map(|change| (change.field, json!([change.from, change.to]))).collect();
    Some(json!({
        "cursor": item.cursor.to_string(),
        "position": row.position,
        "type": row.kind,
        // Former versions called the type so.
        "name": row.kind,
        "payloadVersion": shown::payload_version(row),
        "occurredAt": row.occurred_at,
        "subject": { "kind": row.subject_kind, "id": row.subject_id, "key": row.subject_key },
        "owner": row.owner_id,
        "programmes": row.programmes,
        "countries": row.countries,
        "topics": row.topics,
        "changes": changes,
        "public": row.public,
        "actor": row.actor,
    }))
}

fn told(error: FeedError) -> Failure {
    match error {
        FeedError::Lost(end) => format!(
            "the log does not have that place: it is from before a restore; the log ends at {end}"
        )
        .into(),
        FeedError::Refused(why, _) => why.into(),
        FeedError::Database(error) => format!("the log cannot be read: {error}").into(),
    }
}
