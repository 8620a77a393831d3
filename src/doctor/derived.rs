//! What the register derives: values that are accepted, findings, and entries of the search, each
//! computed anew and compared with what is kept.

use entity::batch;
use entity::id::BatchId;
use sea_orm::{EntityTrait, QueryOrder, QuerySelect};

use super::Condition::{Failed, Ok as Well, Warning};
use super::{Condition, Report};
use crate::access::Actor;
use crate::analysis::search;
use crate::clock::Clock;
use crate::db::{Db, Write, foresee, write};
use crate::error::WriteError;
use crate::events::{Event, EventKind};

/// How many batches are computed anew in one transaction, so that others have their turn.
const BATCHES_AT_A_TIME: usize = 200;
/// So many records that differ are named.
const MOST_NAMED: usize = 5;

type Found = Result<(Condition, String), WriteError>;

pub(super) async fn examine(db: &Db, clock: &Clock, repair: bool, report: &mut Report) {
    let entries = entries(db, clock, repair).await;
    report.looked("accepted values and findings", values(db, clock, repair).await);
    report.looked("search", entries);
}

/// Values and findings of all batches, and the findings that rest on the register as a whole.
async fn values(db: &Db, clock: &Clock, repair: bool) -> Found {
    let batches: Vec<BatchId> = batch::Entity::find()
        .select_only()
        .column(batch::Column::Id)
        .order_by_asc(batch::Column::Id)
        .into_tuple()
        .all(db.reading())
        .await?;
    let mut differing = Vec::new();
    for some in batches.chunks(BATCHES_AT_A_TIME) {
        let due = async |w: &mut Write| {
            w.lock_register().await?;
            some.iter().for_each(|batch| w.mark_dirty(*batch));
            Ok(())
        };
        differing.extend(derive(db, clock, repair, due).await?);
    }
    let due = async |w: &mut Write| {
        w.lock_register().await?;
        w.mark_people_dirty();
        w.mark_names_dirty();
        Ok(())
    };
    differing.extend(derive(db, clock, repair, due).await?);
    Ok(told(differing, repair, &format!("{} batches are as their claims say", batches.len())))
}

/// Derives anew what is due, and says of which records that changes something: the table and the id
/// of each. What was found is kept where it is to be repaired.
async fn derive(
    db: &Db,
    clock: &Clock,
    repair: bool,
    due: impl AsyncFn(&mut Write) -> Result<(), WriteError>,
) -> Result<Vec<String>, WriteError> {
    let rows = foresee(db, clock, Actor::Operator, &due).await?;
    let differing: Vec<String> =
        rows.take().map(|(id, table, _)| format!("{table} {id}")).collect();
    if repair && !differing.is_empty() {
        let repaired = async |w: &mut Write| {
            due(w).await?;
            w.record(Event::general(EventKind::RegisterRepaired));
            Ok(())
        };
        write(db, clock, Actor::Operator, repaired).await?;
    }
    Ok(differing)
}

async fn entries(db: &Db, clock: &Clock, repair: bool) -> Found {
    let differing = search::differing(db).await?;
    if repair && !differing.is_empty() {
        search::make_anew(db, clock, &differing).await?;
    }
    let named = differing.into_iter().map(|(kind, subject)| format!("{kind} {subject}")).collect();
    Ok(told(named, repair, "each record is found by what it is called"))
}

fn told(mut differing: Vec<String>, repair: bool, well: &str) -> (Condition, String) {
    let number = differing.len();
    if number == 0 {
        return (Well, well.to_owned());
    }
    differing.sort();
    differing.truncate(MOST_NAMED);
    let named = differing.join(", ");
    let more = if number > MOST_NAMED { ", …" } else { "" };
    if repair {
        return (Warning, format!("{number} records were derived anew: {named}{more}"));
    }
    let message = format!(
        "{number} records are not what they are derived from: {named}{more}; `jejaring doctor \
         --repair` derives them anew"
    );
    (Failed, message)
}
