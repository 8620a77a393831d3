//! What holds for webhook endpoints, and how they are written. No sentence here repeats an address
//! or a secret.

use chrono::TimeDelta;
use entity::id::{AccountId, WebhookEndpointId};
use entity::vocabulary::{WebhookDeliveryState, WebhookState};
use entity::{account, event_head, webhook_course, webhook_delivery, webhook_endpoint};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::access::token::Secret;
use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind, LogCursor, Subject};
use crate::phrase::say;
use crate::rule::{self, check, tidy, unset};
use crate::webhooks::address::{self, Unfit};
use crate::webhooks::cloud_event::PING;
use crate::webhooks::signature::SigningKeys;

/// Endpoints of one account that are not closed.
const MOST: u64 = 20;
/// Hours for which a former secret may go on signing.
const LONGEST_OVERLAP: i32 = 24 * 14;
/// Deliveries that are replayed at once; whoever wants more goes back in the log.
const MOST_REPLAYED: u64 = 1_000;

/// What is wrong with an address.
pub fn unfit(unfit: &Unfit) -> Refusal {
    check::invalid("url", unfit.why())
}

/// Makes an endpoint, or changes it.
///
/// It says what it is for, and has an address of the web. An account has at most twenty. One that
/// is closed stays closed.
pub async fn enter(
    w: &mut Write,
    existing: Option<&webhook_endpoint::Model>,
    mut draft: webhook_endpoint::ActiveModel,
) -> Result<Put<webhook_endpoint::Model>, WriteError> {
    existing.map(open).transpose()?;
    tidy(&mut draft.name, "name")?;
    if let Set(url) = &draft.url {
        draft.url = Set(address::parse(url).map_err(|error| unfit(&error))?.into());
    }
    let put = rule::put::<webhook_endpoint::Entity>(w, existing, draft).await?;
    let kind =
        if put.change.is_new() { EventKind::WebhookCreated } else { EventKind::WebhookUpdated };
    emit::<webhook_endpoint::Entity>(w, kind, &put);
    Ok(put)
}

/// Makes an endpoint of an account, which is told what follows `position`, and the secret that
/// signs for it.
pub async fn create(
    w: &mut Write,
    account: AccountId,
    mut draft: webhook_endpoint::ActiveModel,
    position: i64,
) -> Result<(Put<webhook_endpoint::Model>, Secret), WriteError> {
    // Two at once would each be the last that there may be.
    account::Entity::find_by_id(account).lock(LockType::NoKeyUpdate).one(w.read()).await?;
    let open = webhook_endpoint::Entity::find()
        .filter(webhook_endpoint::Column::AccountId.eq(account))
        .filter(webhook_endpoint::Column::State.ne(WebhookState::Closed))
        .count(w.read())
        .await?;
    if open >= MOST {
        let message = say!("an account has at most {most} webhook endpoints", most = MOST);
        return Err(Refusal::new(RefusalCode::OutOfRange, "url", message).into());
    }
    let keys = draw(SigningKeys::default(), w, TimeDelta::zero())?;
    draft.account_id = Set(account);
    draft.state = Set(WebhookState::Active);
    draft.secrets = Set(keys.stored());
    let put = enter(w, None, draft).await?;
    let course = webhook_course::ActiveModel {
        endpoint_id: Set(put.row.id),
        position: Set(position),
        revision: Set(1),
        leased_by: Set(None),
        leased_until: Set(None),
        failures: Set(0),
        failing_since: Set(None),
        resting_until: Set(None),
    };
    w.insert_all(vec![course]).await?;
    Ok((put, Secret::of_another_kind(keys.secret())))
}

/// Changes what is sent where.
pub async fn update(
    w: &mut Write,
    row: &webhook_endpoint::Model,
    draft: webhook_endpoint::ActiveModel,
) -> Result<Put<webhook_endpoint::Model>, WriteError> {
    let put = enter(w, Some(row), draft).await?;
    if put.change.changes().is_some() {
        look_anew(w, row.id, |_| ()).await?;
    }
    Ok(put)
}

fn draw(keys: SigningKeys, w: &Write, overlap: TimeDelta) -> Result<SigningKeys, WriteError> {
    keys.renewed(w.now() + overlap)
        .map_err(|_| WriteError::Contract("the machine has no source of chance"))
}

/// One that is closed is no more.
fn open(row: &webhook_endpoint::Model) -> Result<(), Refusal> {
    if row.state == WebhookState::Closed {
        let message = say!("\"{key}\" is closed", key = &row.key);
        return Err(Refusal::new(RefusalCode::IllegalMove, "endpoint_id", message));
    }
    Ok(())
}

/// Gives an endpoint another secret; the former one signs for some hours yet, beside it.
pub async fn renew_secret(
    w: &mut Write,
    row: &webhook_endpoint::Model,
    overlap_hours: i32,
) -> Result<(Put<webhook_endpoint::Model>, Secret), WriteError> {
    if !(0..=LONGEST_OVERLAP).contains(&overlap_hours) {
        let (most, hours) = (LONGEST_OVERLAP, overlap_hours);
        let message = say!("overlapHours lies between 0 and {most}; it is {hours}", most, hours);
        return Err(Refusal::new(RefusalCode::OutOfRange, "overlap_hours", message).into());
    }
    let keys =
        draw(SigningKeys::from_stored(&row.secrets), w, TimeDelta::hours(overlap_hours.into()))?;
    let put = enter(
        w,
        Some(row),
        webhook_endpoint::ActiveModel { secrets: Set(keys.stored()), ..unset() },
    )
    .await?;
    look_anew(w, row.id, |_| ()).await?;
    Ok((put, Secret::of_another_kind(keys.secret())))
}

/// Changes whether events are sent to an endpoint. One that goes on is tried at once, whatever had
/// failed before; of one that is closed, address and secrets are removed.
pub async fn decide(
    w: &mut Write,
    row: &webhook_endpoint::Model,
    state: WebhookState,
) -> Result<Put<webhook_endpoint::Model>, WriteError> {
    open(row)?;
    if row.state == state {
        let message = say!("\"{key}\" is {status} already", key = &row.key, status = state);
        return Err(Refusal::new(RefusalCode::IllegalMove, "endpoint_id", message).into());
    }
    let mut draft = webhook_endpoint::ActiveModel { state: Set(state), ..unset() };
    if state == WebhookState::Closed {
        draft.url = Set(String::new());
        draft.secrets = Set(SigningKeys::default().stored());
    }
    let put = rule::put::<webhook_endpoint::Entity>(w, Some(row), draft).await?;
    emit::<webhook_endpoint::Entity>(w, EventKind::WebhookUpdated, &put);
    look_anew(w, row.id, |course| {
        if state == WebhookState::Active {
            course.failures = Set(0);
            course.failing_since = Set(None);
            course.resting_until = Set(None);
        }
    })
    .await?;
    if state == WebhookState::Active {
        send_again(w, pending(row.id)).await?;
    }
    Ok(put)
}

/// Gives an endpoint up, unless its owner has decided otherwise meanwhile.
pub async fn give_up(
    w: &mut Write,
    endpoint: WebhookEndpointId,
    revision: i32,
) -> Result<(), WriteError> {
    let row = webhook_endpoint::Entity::find_by_id(endpoint)
        .lock(LockType::NoKeyUpdate)
        .one(w.read())
        .await?;
    let course = webhook_course::Entity::find_by_id(endpoint).one(w.read()).await?;
    let Some(row) = row.filter(|row| row.state == WebhookState::Active) else { return Ok(()) };
    if course.is_none_or(|course| course.revision != revision) {
        return Ok(());
    }
    let draft = webhook_endpoint::ActiveModel { state: Set(WebhookState::Disabled), ..unset() };
    let put = rule::put::<webhook_endpoint::Entity>(w, Some(&row), draft).await?;
    emit::<webhook_endpoint::Entity>(w, EventKind::WebhookDisabled, &put);
    look_anew(w, endpoint, |_| ()).await
}

/// Sends a message to an endpoint that says nothing, to see whether it arrives.
pub async fn ping(
    w: &mut Write,
    row: &webhook_endpoint::Model,
) -> Result<Put<webhook_delivery::Model>, WriteError> {
    active(row)?;
    let head = head(w).await?;
    let draft = webhook_delivery::ActiveModel {
        key: Set(format!("ping-{}", w.new_id().simple())),
        endpoint_id: Set(row.id),
        position: Set(None),
        kind: Set(PING.to_owned()),
        sort_position: Set(head.position),
        lane: Set(String::new()),
        occurred_at: Set(w.now()),
        state: Set(WebhookDeliveryState::Pending),
        due_at: Set(w.now()),
        tries: Set(0),
        attempts: Set(serde_json::json!([])),
        ..unset()
    };
    let put = rule::put::<webhook_delivery::Entity>(w, None, draft).await?;
    let event = Event::about::<webhook_endpoint::Entity>(EventKind::WebhookPinged, row);
    w.record(event);
    look_anew(w, row.id, |_| ()).await?;
    Ok(put)
}

fn active(row: &webhook_endpoint::Model) -> Result<(), Refusal> {
    open(row)?;
    if row.state != WebhookState::Active {
        let message =
            say!("\"{key}\" is {state}: resume it first", key = &row.key, state = row.state);
        return Err(Refusal::new(RefusalCode::IllegalMove, "endpoint_id", message));
    }
    Ok(())
}

/// Sends what an endpoint was told, or was to be told, once more.
pub async fn replay(
    w: &mut Write,
    endpoint: &webhook_endpoint::Model,
    row: &webhook_delivery::Model,
) -> Result<webhook_delivery::Model, WriteError> {
    open(endpoint)?;
    let put = send_now(w, row).await?;
    let event = Event::about::<webhook_delivery::Entity>(EventKind::WebhookReplayed, row);
    w.record(event);
    look_anew(w, endpoint.id, |_| ()).await?;
    Ok(put)
}

/// Sends what has failed once more, of a stretch of the log; the oldest thousand.
pub async fn replay_failed(
    w: &mut Write,
    row: &webhook_endpoint::Model,
    after: Option<i64>,
    until: Option<i64>,
) -> Result<(), WriteError> {
    open(row)?;
    let failed = Condition::all()
        .add(webhook_delivery::Column::EndpointId.eq(row.id))
        .add(webhook_delivery::Column::State.eq(WebhookDeliveryState::Failed))
        .add_option(after.map(|after| webhook_delivery::Column::SortPosition.gt(after)))
        .add_option(until.map(|until| webhook_delivery::Column::SortPosition.lte(until)));
    let count = send_again(w, failed).await?;
    replayed(w, row, ("deliveries", count.into())).await
}

/// Sends all that an endpoint is to be told behind a place in the log, whether it was told before
/// or not.
pub async fn rewind(
    w: &mut Write,
    row: &webhook_endpoint::Model,
    position: i64,
) -> Result<(), WriteError> {
    open(row)?;
    replayed(w, row, ("position", position.into())).await?;
    look_anew(w, row.id, |course| course.position = Set(position)).await
}

async fn replayed(
    w: &mut Write,
    row: &webhook_endpoint::Model,
    (what, value): (&str, serde_json::Value),
) -> Result<(), WriteError> {
    w.advance::<webhook_endpoint::Entity>(row).await?;
    let changes = [(what.to_owned(), serde_json::json!([null, value]))].into_iter().collect();
    let event =
        Event::about::<webhook_endpoint::Entity>(EventKind::WebhookReplayed, row).changing(changes);
    w.record(event);
    look_anew(w, row.id, |_| ()).await
}

fn pending(endpoint: WebhookEndpointId) -> Condition {
    Condition::all()
        .add(webhook_delivery::Column::EndpointId.eq(endpoint))
        .add(webhook_delivery::Column::State.eq(WebhookDeliveryState::Pending))
}

/// Deliveries are due now, as if they had never been tried; how many.
async fn send_again(w: &mut Write, which: Condition) -> Result<usize, WriteError> {
    let rows = webhook_delivery::Entity::find()
        .filter(which)
        .order_by_asc(webhook_delivery::Column::SortPosition)
        .limit(MOST_REPLAYED)
        .all(w.read())
        .await?;
    for row in &rows {
        send_now(w, row).await?;
    }
    Ok(rows.len())
}

async fn send_now(
    w: &mut Write,
    row: &webhook_delivery::Model,
) -> Result<webhook_delivery::Model, WriteError> {
    let draft = webhook_delivery::ActiveModel {
        state: Set(WebhookDeliveryState::Pending),
        due_at: Set(w.now()),
        tries: Set(0),
        ..unset()
    };
    let put = w.put::<webhook_delivery::Entity>(Some(row), draft).await?;
    w.advance::<webhook_delivery::Entity>(&put.row).await?;
    Ok(put.row)
}

/// Whoever serves the endpoint is to look at it anew: what he was about to write does not stand any
/// more.
async fn look_anew(
    w: &mut Write,
    endpoint: WebhookEndpointId,
    change: impl FnOnce(&mut webhook_course::ActiveModel),
) -> Result<(), WriteError> {
    let course = webhook_course::Entity::find_by_id(endpoint)
        .lock(LockType::NoKeyUpdate)
        .one(w.read())
        .await?;
    let Some(course) = course else {
        return Err(WriteError::Contract("an endpoint has no course"));
    };
    let mut draft = webhook_course::ActiveModel { revision: Set(course.revision + 1), ..unset() };
    change(&mut draft);
    w.put::<webhook_course::Entity>(Some(&course), draft).await?;
    Ok(())
}

/// Where the log ends.
pub async fn head(w: &Write) -> Result<LogCursor, WriteError> {
    let head = event_head::Entity::find().one(w.read()).await?;
    let head = head.ok_or(WriteError::Contract("the log has no head"))?;
    Ok(LogCursor { epoch: head.epoch, position: head.position })
}

/// The position of a place that the log has.
pub async fn position(w: &Write, field: &'static str, place: &str) -> Result<i64, WriteError> {
    let head = head(w).await?;
    let known = place.parse().ok();
    let known = known
        .filter(|place: &LogCursor| place.epoch == head.epoch && place.position <= head.position);
    let message = || {
        say!(
            "this log does not have that place: the register was restored, or the cursor is \
             another's"
        )
    };
    known.map(|place| place.position).ok_or_else(|| check::invalid(field, message()).into())
}

fn emit<E: Subject>(w: &mut Write, kind: EventKind, put: &Put<E::Model>) {
    let Some(changes) = put.change.changes() else { return };
    let event = Event::about::<E>(kind, &put.row).changing(rule::public_changes::<E>(changes));
    w.record(event);
}
