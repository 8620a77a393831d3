//! What is done to one's own reminders by mail.

use async_graphql::Context;
use entity::account;
use uuid::Uuid;

use super::rules;
use crate::access::Authorizer;
use crate::access::policy::Relation;
use crate::accounts::account::Account;
use crate::db::Write;
use crate::error::WriteError;
use crate::graphql::language::Language;
use crate::graphql::service_config::ServiceConfig;
use crate::mutation::mutations;
use crate::phrase::say;
use crate::rule::check;

mutations! {
    /// Mutations of reminders by mail.
    REMINDER_MUTATIONS {
        /// Has you reminded by mail of what is due: at most one mail a day, and only when there is
        /// something that the last one did not tell, or that has become overdue. The first mail
        /// has a link that confirms the address; until it is followed nothing else is sent, and
        /// after seven days the address is forgotten. The address takes the place of the one
        /// before; another may be given after fifteen minutes. Refused where the register sends
        /// no mail (`serviceConfig { remindersByMail }`).
        set_reminders(SetRemindersInput)
            -> SetRemindersPayload { account: Account }, a KeepOwnWebhooks after sends_mail {
            /// The address.
            address: String,
            /// The language of the mails.
            language: Language = Language::En,
        }

        /// Ends your reminders by mail, and forgets the address.
        stop_reminders(StopRemindersInput)
            -> StopRemindersPayload { account: Account }, a KeepOwnWebhooks {}
    }
}

async fn sends_mail(ctx: &Context<'_>, _: &SetRemindersInput) -> Result<(), WriteError> {
    if ctx.data_unchecked::<ServiceConfig>().sends_reminders() {
        return Ok(());
    }
    let message = say!("this register sends no mail: whoever runs it has not set it up");
    Err(check::invalid("address", message).into())
}

async fn set_reminders(
    w: &mut Write,
    by: &Authorizer,
    input: &SetRemindersInput,
) -> Result<Uuid, WriteError> {
    let account = own(w, by).await?;
    rules::set(w, &account, &input.address, input.language).await?;
    Ok(account.id.0)
}

async fn stop_reminders(
    w: &mut Write,
    by: &Authorizer,
    _: &StopRemindersInput,
) -> Result<Uuid, WriteError> {
    let account = own(w, by).await?;
    rules::stop(w, &account).await?;
    Ok(account.id.0)
}

/// The writer's own account.
async fn own(w: &Write, by: &Authorizer) -> Result<account::Model, WriteError> {
    let Some(account) = by.actor().rights().account else { return Err(WriteError::Forbidden) };
    by.require(Relation::Own)?;
    by.target::<account::Entity>(w, "account_id", account.0).await
}
