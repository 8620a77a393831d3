//! What holds for reminders by mail, and how they are written. No sentence here repeats an address,
//! and no event has one: it says that there is one.

use std::net::IpAddr;
use std::str::FromStr;

use chrono::TimeDelta;
use entity::{account, reminder_mail};
use lettre::Address;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use crate::access::Actor;
use crate::access::token::Secret;
use crate::clock::Clock;
use crate::db::{Db, Write, write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::graphql::language::Language;
use crate::phrase::say;
use crate::rule::{check, unset};

/// Anybody's address can be given: so far apart are mails that nobody has asked for, at least.
const APART: TimeDelta = TimeDelta::minutes(15);
/// As much as SMTP takes (RFC 5321, 4.5.3.1.3).
const LONGEST: usize = 254;
/// For how long an address may be confirmed.
pub const CONFIRMED_WITHIN: TimeDelta = TimeDelta::days(7);

/// Gives an account an address, which is to be confirmed.
pub async fn set(
    w: &mut Write,
    account: &account::Model,
    address: &str,
    language: Language,
) -> Result<(), WriteError> {
    let address = checked(address)?;
    let row = of(w, account).await?;
    if let Some(row) = &row {
        let next = row.asked_at + APART;
        if w.now() < next {
            let message =
                say!("an address was given a moment ago: give another after {next}", next);
            return Err(Refusal::new(RefusalCode::OutOfRange, "address", message).into());
        }
    }
    let Ok(secret) = Secret::draw() else {
        return Err(WriteError::Contract("the machine has no source of chance"));
    };
    let draft = reminder_mail::ActiveModel {
        account_id: Set(account.id),
        address: Set(Some(address)),
        language: Set(language.tag().to_owned()),
        secret: Set(Some(secret.reveal())),
        asked_at: Set(w.now()),
        confirmed_at: Set(None),
        due_at: Set(Some(w.now())),
        tries: Set(0),
        told: Set(json!([])),
    };
    let before = row.as_ref().and_then(state);
    w.put::<reminder_mail::Entity>(row.as_ref(), draft).await?;
    emit(w, account, before, Some("UNCONFIRMED")).await
}

/// Ends the reminders of an account, where it has any.
pub async fn stop(w: &mut Write, account: &account::Model) -> Result<(), WriteError> {
    let Some(row) = of(w, account).await? else { return Ok(()) };
    let Some(before) = state(&row) else { return Ok(()) };
    let draft = reminder_mail::ActiveModel {
        address: Set(None),
        secret: Set(None),
        confirmed_at: Set(None),
        due_at: Set(None),
        told: Set(json!([])),
        ..unset()
    };
    w.put::<reminder_mail::Entity>(Some(&row), draft).await?;
    emit(w, account, Some(before), None).await
}

/// What whoever reads the mail at an address wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The reminders.
    Reminders,
    /// No mail any more.
    Nothing,
}

/// Does what somebody wants who shows the secret of a mail; false where it is good for nothing.
pub async fn decide(
    db: &Db,
    clock: &Clock,
    secret: &str,
    wanted: Wanted,
) -> Result<bool, WriteError> {
    let decided = write(db, clock, Actor::Operator, async |w| {
        let shown = reminder_mail::Entity::find().filter(reminder_mail::Column::Secret.eq(secret));
        let Some(row) = shown.one(w.read()).await? else { return Ok(false) };
        let account = account::Entity::find_by_id(row.account_id).one(w.read()).await?;
        let Some(account) = account else { return Ok(false) };
        match wanted {
            Wanted::Reminders => confirm(w, &account, &row).await,
            Wanted::Nothing => stop(w, &account).await.map(|()| true),
        }
    });
    Ok(decided.await?.value)
}

/// Confirms an address; false where that comes too late.
async fn confirm(
    w: &mut Write,
    account: &account::Model,
    row: &reminder_mail::Model,
) -> Result<bool, WriteError> {
    if row.confirmed_at.is_some() {
        return Ok(true);
    }
    if w.now() > row.asked_at + CONFIRMED_WITHIN {
        return Ok(false);
    }
    let now = Some(w.now());
    let draft = reminder_mail::ActiveModel { confirmed_at: Set(now), due_at: Set(now), ..unset() };
    w.put::<reminder_mail::Entity>(Some(row), draft).await?;
    emit(w, account, state(row), Some("CONFIRMED")).await?;
    Ok(true)
}

/// An address to which mail can be sent by any server: in ASCII, and at a name, since an address of
/// the network would have the mail server knock where its writer likes.
fn checked(address: &str) -> Result<String, WriteError> {
    let address = address.trim();
    let at_name = |address: Address| {
        let domain = address.domain();
        !domain.starts_with('[') && domain.parse::<IpAddr>().is_err()
    };
    let short = address.is_ascii() && address.len() <= LONGEST;
    if short && Address::from_str(address).is_ok_and(at_name) {
        return Ok(address.to_owned());
    }
    let message = say!("this is no address for mail, such as name@example.org");
    Err(check::invalid("address", message).into())
}

async fn of(
    w: &Write,
    account: &account::Model,
) -> Result<Option<reminder_mail::Model>, WriteError> {
    Ok(reminder_mail::Entity::find_by_id(account.id).one(w.read()).await?)
}

/// How things stand, as events tell it; none where there is no address.
fn state(row: &reminder_mail::Model) -> Option<&'static str> {
    row.address.as_ref()?;
    Some(if row.confirmed_at.is_some() { "CONFIRMED" } else { "UNCONFIRMED" })
}

async fn emit(
    w: &mut Write,
    account: &account::Model,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<(), WriteError> {
    w.advance::<account::Entity>(account).await?;
    let changes = [("reminders".to_owned(), json!([before, after]))].into_iter().collect();
    let event = Event::about::<account::Entity>(EventKind::AccountUpdated, account);
    w.record(event.changing(changes));
    Ok(())
}
