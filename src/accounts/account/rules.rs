//! What holds for accounts, and how they are written. No sentence here repeats a name or a key.

use entity::account;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::db::{Put, Write};
use crate::error::WriteError;
use crate::events::{Event, EventKind};
use crate::rule::{self, optional, tidy, unguessable_key, unset};

/// Enters an account, or changes it.
///
/// It has a name. What is told of it is for auditors alone.
pub async fn enter(
    w: &mut Write,
    existing: Option<&account::Model>,
    mut draft: account::ActiveModel,
) -> Result<Put<account::Model>, WriteError> {
    tidy(&mut draft.name, "name")?;
    let closed = optional!(draft, existing, disabled_at);
    let put = rule::put::<account::Entity>(w, existing, draft).await?;
    if let Some(changes) = put.change.changes() {
        let kind =
            if put.change.is_new() { EventKind::AccountCreated } else { EventKind::AccountUpdated };
        let event = Event::about::<account::Entity>(kind, &put.row)
            .changing(rule::public_changes::<account::Entity>(changes));
        w.record(event);
        tracing::info!(
            account = %put.row.id,
            closed = closed.is_some(),
            "an account was entered or changed"
        );
    }
    Ok(put)
}

/// The account of whoever a provider of OpenID Connect vouches for: made at first sight, without
/// any grant.
pub async fn of_subject(
    w: &mut Write,
    issuer: &str,
    subject: &str,
    name: &str,
) -> Result<account::Model, WriteError> {
    // Two who come first at once would make two.
    w.lock_register().await?;
    let known = account::Entity::find()
        .filter(account::Column::Issuer.eq(issuer))
        .filter(account::Column::Subject.eq(subject))
        .one(w.read())
        .await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let draft = account::ActiveModel {
        key: Set(unguessable_key(w, "account")),
        name: Set(name.to_owned()),
        issuer: Set(Some(issuer.to_owned())),
        subject: Set(Some(subject.to_owned())),
        ..unset()
    };
    Ok(enter(w, None, draft).await?.row)
}
