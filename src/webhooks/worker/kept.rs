//! What the database knows: what was made and tried is written down, what is due is read.

use std::collections::HashMap;
use std::pin::pin;
use std::time::{Duration, Instant};

use sea_orm::DbErr;

use super::{EndpointWorker, PendingDelivery, Sending};
use crate::db::deliveries::{Lanes, Progress, WriteOutcome, due, later};
use crate::events::log;

/// Deliveries that are kept in memory.
const WINDOW: usize = 512;
/// How often the place in the log is written down where there is nothing else to write.
const NOTE_PLACE: Duration = Duration::from_secs(5);
/// After so many deliveries those are forgotten that nobody looks at any more.
const FORGET_AFTER: usize = 1_000;

impl EndpointWorker {
    /// Writes down what was done, and takes in what came into being; false where somebody else
    /// decides now. What can be sent meanwhile is: an endpoint waits for no transaction.
    pub(super) async fn write(
        &mut self,
        made: Vec<PendingDelivery>,
        how: &Sending<'_>,
    ) -> Result<bool, DbErr> {
        let idle = made.is_empty() && self.tried.is_empty();
        if idle && (self.seen == self.course.position || self.noted.elapsed() < NOTE_PLACE) {
            return Ok(true);
        }
        self.course.position = self.seen;
        self.noted = Instant::now();
        let progress = Progress {
            course: self.course.clone(),
            made: made.iter().map(|delivery| delivery.row.clone()).collect(),
            tried: std::mem::take(&mut self.tried),
            forget: self.over >= FORGET_AFTER,
        };
        if progress.forget {
            self.over = 0;
        }
        let context = self.context.clone();
        let mut writing = pin!(context.progress_writer.write(progress));
        self.launch(how).await;
        let kept = loop {
            tokio::select! {
                kept = &mut writing => break kept?,
                Some(landed) = self.on_their_way.join_next() => {
                    self.land(landed);
                    self.land_all();
                    self.launch(how).await;
                }
            }
        };
        if kept != WriteOutcome::All {
            return Ok(false);
        }
        for delivery in made {
            // What does not fit is read again when there is room; so is what waits for something
            // before it.
            if self.more || self.deliveries.len() >= WINDOW {
                self.more = true;
            } else if !self.held_up.contains_key(&self.lane(&delivery.row)) {
                self.deliveries.insert((delivery.row.sort_position, delivery.row.id.0), delivery);
            }
        }
        Ok(true)
    }

    /// Reads what is to be tried later.
    pub(super) async fn look_ahead(&mut self) -> Result<(), DbErr> {
        let later = later(self.context.with.db.reading(), self.endpoint.id, self.now()).await?;
        self.waiting = later.len();
        self.wake = later.iter().map(|(_, at)| *at).min();
        self.held_up = match self.lanes {
            Lanes::Each => HashMap::new(),
            Lanes::Records => later.into_iter().collect(),
            Lanes::One => later.into_iter().map(|(_, at)| (String::new(), at)).collect(),
        };
        Ok(())
    }

    /// Reads deliveries that are due, where there may be some that are not in memory.
    pub(super) async fn refill(&mut self) -> Result<(), DbErr> {
        let now = self.now();
        if self.wake.is_some_and(|wake| wake <= now) {
            self.look_ahead().await?;
            self.more = true;
        }
        if !self.more || self.deliveries.len() > WINDOW / 2 {
            return Ok(());
        }
        let known = self.deliveries.keys().map(|(_, id)| *id).collect();
        let (db, most) = (self.context.with.db.reading(), WINDOW - self.deliveries.len());
        let rows = due(db, self.endpoint.id, self.lanes, now, known, most as u64).await?;
        self.more = rows.len() == most;
        let events = log::at(db, rows.iter().filter_map(|row| row.position).collect()).await?;
        for row in rows {
            let event = row.position.and_then(|position| events.get(&position).cloned());
            self.deliveries.insert(
                (row.sort_position, row.id.0),
                PendingDelivery { row, event, on_its_way: false },
            );
        }
        Ok(())
    }
}
