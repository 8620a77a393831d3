//! What holds for tokens, and how they are written.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::api_token;
use entity::id::AccountId;
use entity::vocabulary::TokenScope;
use sea_orm::ActiveValue::Set;

use crate::access::Actor;
use crate::access::token::Secret;
use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::rule::{self, check, tidy, unguessable_key, unset};

/// What a token is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenDraft {
    /// For whom it stands.
    pub account: AccountId,
    /// What it is for.
    pub name: String,
    /// What it may be used for.
    pub scopes: BTreeSet<TokenScope>,
    /// From when on it is good for nothing.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Makes a token; the secret is for whoever asked for it, and is kept nowhere.
///
/// It says what it is for, and may be used for something, but for nothing that the token with which
/// it is made may not be used for, whosever it is; a calendar is a part of reading. It expires in
/// the future, if at all, and no later than the token with which it is made.
pub async fn create(
    w: &mut Write,
    token: TokenDraft,
) -> Result<(Put<api_token::Model>, Secret), WriteError> {
    if token.scopes.is_empty() {
        let message = say!("a token that may be used for nothing is of no use: give it a scope");
        return Err(Refusal::new(RefusalCode::Required, "scopes", message).into());
    }
    if token.scopes.contains(&TokenScope::Calendar) && token.scopes.len() > 1 {
        // Addresses are seen by more than those who may see tokens.
        let message = say!("a token for a calendar stands in an address: it has no other scope");
        return Err(check::invalid("scopes", message).into());
    }
    if let Actor::Account(maker) = w.actor() {
        let mut own = maker.scopes.clone();
        if own.contains(&TokenScope::Read) {
            // It shows a part of what may be read.
            own.insert(TokenScope::Calendar);
        }
        let names = |scopes: &mut dyn Iterator<Item = &TokenScope>| {
            scopes.map(ToString::to_string).collect::<Vec<_>>().join(", ")
        };
        let beyond = names(&mut token.scopes.difference(&own));
        if !beyond.is_empty() {
            let own = names(&mut maker.scopes.iter());
            let message = say!(
                "the token with which you ask has the scopes {own}: it cannot give {beyond}",
                own,
                beyond
            );
            return Err(check::invalid("scopes", message).into());
        }
        let ends = maker.until.filter(|_| maker.token.is_some());
        if let Some(ends) =
            ends.filter(|ends| token.expires_at.is_none_or(|expires| expires > *ends))
        {
            let message = say!(
                "the token with which you ask expires at {ends}: it cannot give one that lasts \
                 longer",
                ends
            );
            return Err(Refusal::new(RefusalCode::OutOfRange, "expires_at", message).into());
        }
    }
    if let Some(expires) = token.expires_at
        && expires <= w.now()
    {
        let message = say!("the token would have expired already, at {expires}", expires);
        return Err(Refusal::new(RefusalCode::OutOfRange, "expires_at", message).into());
    }
    let Ok(secret) = Secret::draw() else {
        return Err(WriteError::Contract("the machine has no source of chance"));
    };
    let mut draft = api_token::ActiveModel {
        key: Set(unguessable_key(w, "token")),
        account_id: Set(token.account),
        name: Set(token.name),
        prefix: Set(secret.shown().to_owned()),
        sha256: Set(secret.sha256()),
        scopes: Set(serde_json::json!(token.scopes)),
        expires_at: Set(token.expires_at),
        ..unset()
    };
    tidy(&mut draft.name, "name")?;
    let put = rule::put::<api_token::Entity>(w, None, draft).await?;
    emit(w, EventKind::TokenCreated, &put);
    Ok((put, secret))
}

/// Revokes a token: from then on it is good for nothing.
pub async fn revoke(
    w: &mut Write,
    row: &api_token::Model,
) -> Result<Put<api_token::Model>, WriteError> {
    if row.revoked_at.is_some() {
        let message = say!("\"{key}\" is revoked already", key = &row.key);
        return Err(Refusal::new(RefusalCode::IllegalMove, "token_id", message).into());
    }
    let draft = api_token::ActiveModel { revoked_at: Set(Some(w.now())), ..unset() };
    let put = rule::put::<api_token::Entity>(w, Some(row), draft).await?;
    emit(w, EventKind::TokenRevoked, &put);
    Ok(put)
}

fn emit(w: &mut Write, kind: EventKind, put: &Put<api_token::Model>) {
    let Some(changes) = put.change.changes() else { return };
    let changes = rule::public_changes::<api_token::Entity>(changes);
    let event = Event::about::<api_token::Entity>(kind, &put.row).changing(changes);
    w.record(event);
}
