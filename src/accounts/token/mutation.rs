//! What is done to tokens.

use crate::db::Write;
use chrono::{DateTime, Utc};
use entity::vocabulary::TokenScope;
use entity::{account, api_token};
use uuid::Uuid;

use super::ApiToken;
use super::rules::{self, TokenDraft};
use crate::access::Authorizer;
use crate::access::policy::{Action, Relation, may};
use crate::error::WriteError;
use crate::mutation::{IdOf, mutations};

mutations! {
    /// Mutations of tokens.
    TOKEN_MUTATIONS {
        /// Makes a token for your own account or, as an administrator, for another. The answer has
        /// the token itself, this once; the same mutation sent again with an idempotency key
        /// answers without it.
        create_token(CreateTokenInput)
            -> CreateTokenPayload { token: ApiToken, secret }, a KeepOwnTokens {
            /// For whom it is to stand; for you unless given.
            account_id: Option<IdOf<account::Entity>>,
            /// What it is for.
            name: String,
            /// What it may be used for: no more than the token with which you ask.
            scopes: Vec<TokenScope> = vec![TokenScope::Read, TokenScope::Write],
            /// From when on it is to be good for nothing.
            expires_at: Option<DateTime<Utc>>,
        }

        /// Revokes a token of your own account or, as an administrator, of another.
        revoke_token(RevokeTokenInput) -> RevokeTokenPayload { token: ApiToken }, a KeepOwnTokens {
            /// The token.
            token_id: IdOf<api_token::Entity>,
        }
    }
}

async fn create_token(
    w: &mut Write,
    by: &Authorizer,
    input: &CreateTokenInput,
) -> Result<Uuid, WriteError> {
    let own = by.actor().rights().account;
    let account = match input.account_id {
        Some(id) => Some(by.find::<account::Entity>(w, "account_id", id.0).await?.id),
        None => own,
    };
    let Some(account) = account else { return Err(WriteError::Forbidden) };
    require(by, own == Some(account))?;
    let token = TokenDraft {
        account,
        name: input.name.clone(),
        scopes: input.scopes.iter().copied().collect(),
        expires_at: input.expires_at,
    };
    let (put, secret) = rules::create(w, token).await?;
    by.hand_out(secret);
    Ok(put.row.id.0)
}

async fn revoke_token(
    w: &mut Write,
    by: &Authorizer,
    input: &RevokeTokenInput,
) -> Result<Uuid, WriteError> {
    let row = by.target::<api_token::Entity>(w, "token_id", input.token_id.0).await?;
    require(by, by.actor().rights().account == Some(row.account_id))?;
    Ok(rules::revoke(w, &row).await?.row.id.0)
}

/// Whoever manages tokens manages those of others too; everybody else his own.
fn require(by: &Authorizer, own: bool) -> Result<(), WriteError> {
    let administers = may(by.actor(), Action::Administer, Relation::Stranger);
    by.require(if own || administers { Relation::Own } else { Relation::Stranger })
}
