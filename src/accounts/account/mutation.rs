//! What is done to accounts.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use entity::account;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Account, rules};
use crate::access::policy::Relation;
use crate::accounts::reminder_mail;
use crate::mutation::{IdOf, given, mutations};
use crate::rule::{unguessable_key, unset};

mutations! {
    /// Mutations of accounts.
    ACCOUNT_MUTATIONS {
        /// Makes an account, which may do nothing until something is granted to it.
        create_account(CreateAccountInput)
            -> CreateAccountPayload { account: Account }, a Administer {
            /// The name of the person or the service.
            name: String,
            /// The key; made unless given.
            key: Option<String>,
        }

        /// Changes the name of an account.
        rename_account(RenameAccountInput)
            -> RenameAccountPayload { account: Account }, a Administer {
            /// The account.
            account_id: IdOf<account::Entity>,
            /// The name of the person or the service.
            name: String,
        }

        /// Closes an account: none of its tokens is good for anything as long as it is closed. Its
        /// reminders by mail end for good.
        close_account(CloseAccountInput) -> CloseAccountPayload { account: Account }, a Administer {
            /// The account.
            account_id: IdOf<account::Entity>,
        }

        /// Opens an account that was closed.
        reopen_account(ReopenAccountInput)
            -> ReopenAccountPayload { account: Account }, a Administer {
            /// The account.
            account_id: IdOf<account::Entity>,
        }
    }
}

async fn create_account(
    w: &mut Write,
    by: &Authorizer,
    input: &CreateAccountInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let key = input.key.clone().unwrap_or_else(|| unguessable_key(w, "account"));
    let draft = account::ActiveModel { key: Set(key), name: Set(input.name.clone()), ..unset() };
    Ok(rules::enter(w, None, draft).await?.row.id.0)
}

async fn rename_account(
    w: &mut Write,
    by: &Authorizer,
    input: &RenameAccountInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let row = by.target::<account::Entity>(w, "account_id", input.account_id.0).await?;
    let draft = account::ActiveModel { name: given(Some(input.name.clone())), ..unset() };
    Ok(rules::enter(w, Some(&row), draft).await?.row.id.0)
}

async fn close_account(
    w: &mut Write,
    by: &Authorizer,
    input: &CloseAccountInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let row = by.target::<account::Entity>(w, "account_id", input.account_id.0).await?;
    let draft =
        account::ActiveModel { disabled_at: Set(row.disabled_at.or(Some(w.now()))), ..unset() };
    let closed = rules::enter(w, Some(&row), draft).await?.row;
    reminder_mail::rules::stop(w, &closed).await?;
    Ok(closed.id.0)
}

async fn reopen_account(
    w: &mut Write,
    by: &Authorizer,
    input: &ReopenAccountInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let row = by.target::<account::Entity>(w, "account_id", input.account_id.0).await?;
    let draft = account::ActiveModel { disabled_at: Set(None), ..unset() };
    Ok(rules::enter(w, Some(&row), draft).await?.row.id.0)
}
