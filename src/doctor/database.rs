//! The database: whether it is whole, has room, and agrees with the clock.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DbErr;

use super::Condition::{Failed, Ok as Well, Skipped, Warning};
use super::{Condition, Report};
use crate::clock::Clock;
use crate::db::{Db, LogExtent};

/// Less than this free is too little for any register.
const LEAST_FREE: u64 = 256 << 20;
/// By how much clocks may differ: leases of webhooks are counted in seconds.
const APART: TimeDelta = TimeDelta::seconds(5);

type Found = Result<(Condition, String), DbErr>;

pub(super) async fn examine(db: &Db, clock: &Clock, report: &mut Report) {
    let system = db.system().await;
    report.looked("database", system.map(|name| (Well, format!("{name}, up to date"))));
    report.looked("room", room(db));
    report.looked("integrity", integrity(db).await);
    let extent = db.log_extent().await;
    let newest = extent.as_ref().ok().and_then(|extent| extent.newest);
    report.looked("log", extent.map(|extent| log(&extent)));
    report.looked("clock", time(db, clock, newest).await);
}

fn room(db: &Db) -> std::io::Result<(Condition, String)> {
    let Some(room) = db.room()? else {
        return Ok((Skipped, "the disk of PostgreSQL is not seen from here".to_owned()));
    };
    let file = room.file.display();
    let (size, free) = (bytes(room.size), bytes(room.free));
    // Erasing a person writes the whole file anew.
    let needed = room.size.max(LEAST_FREE);
    let told = format!("{file} has {size}, and {free} are free beside it");
    Ok(if room.free < needed {
        let why = "to erase a person the file is written anew, which needs as much again";
        (Warning, format!("{told}; have {} free: {why}", bytes(needed)))
    } else if room.is_open_to_all {
        (Warning, format!("{told}; everybody on this machine may open it: chmod 640 {file}"))
    } else {
        (Well, told)
    })
}

fn bytes(number: u64) -> String {
    format!("{} MiB", number.div_ceil(1 << 20))
}

async fn integrity(db: &Db) -> Found {
    let faults = db.faults().await?;
    Ok(match faults.len() {
        0 => (Well, "the database finds nothing wrong with itself".to_owned()),
        _ => (Failed, format!("{}; restore a backup (docs/OPERATIONS.md)", faults.join("; "))),
    })
}

fn log(extent: &LogExtent) -> (Condition, String) {
    let LogExtent { head, events, first, last, .. } = *extent;
    let gaps = last - first + 1 - events;
    if events == 0 && head == 0 {
        (Well, "empty".to_owned())
    } else if gaps != 0 || first != 1 || last != head {
        let told = format!(
            "{events} events stand at the positions {first} to {last}, and the head is {head}"
        );
        (Failed, format!("{told}: some are missing, and nothing behind the gap is told to anybody"))
    } else {
        (Well, format!("{events} events without a gap"))
    }
}

async fn time(db: &Db, clock: &Clock, newest: Option<DateTime<Utc>>) -> Found {
    let before = clock.now();
    let there = db.time().await?;
    let here = clock.now();
    // An event that is yet to come was written by a clock that was ahead, or this one is behind.
    if let Some(newest) = newest.filter(|newest| *newest > here + APART) {
        let message = format!(
            "the newest event is of {newest}, and here it is {here}: the clock of this machine is \
             behind, or was ahead"
        );
        return Ok((Failed, message));
    }
    Ok(match there {
        None => (Well, format!("it is {here}")),
        Some(there) if there < before - APART || there > here + APART => {
            let message = format!(
                "it is {here} here and {there} at PostgreSQL: let both follow a time server"
            );
            (Warning, message)
        }
        Some(_) => (Well, format!("it is {here}, here and at PostgreSQL")),
    })
}
