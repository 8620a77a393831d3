//! What one's own reminders by mail show.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entity::reminder_mail;

use crate::graphql::context::{Nullable, RequestContext, nullable};
use crate::graphql::language::Language;

/// Where you are reminded by mail of what is due.
pub struct ReminderMail(reminder_mail::Model);

impl ReminderMail {
    /// That of whoever asks; none where he is not reminded.
    pub async fn of_reader(ctx: &Context<'_>) -> Nullable<Self> {
        nullable(async {
            let reader = ctx.reader().clone();
            let own = reader.visible().select::<reminder_mail::Entity>();
            let own = reader.clone().run(async move { own.one(reader.db()).await }).await?;
            Ok(own.filter(|own| own.address.is_some()).map(Self))
        })
        .await
    }
}

/// Where you are reminded by mail of what is due. Seen by nobody but you.
#[Object]
impl ReminderMail {
    /// Always the same: you have one at most. It cannot be looked up with `node`.
    async fn id(&self) -> ID {
        "ReminderMail".into()
    }

    /// The address.
    async fn address(&self) -> &str {
        self.0.address.as_deref().unwrap_or_default()
    }

    /// The language of the mails.
    async fn language(&self) -> Language {
        match self.0.language.as_str() {
            "id" => Language::Id,
            _ => Language::En,
        }
    }

    /// Since when the address is confirmed; null as long as the link in the first mail was not
    /// followed, and nothing else is sent.
    async fn confirmed_at(&self) -> Option<DateTime<Utc>> {
        self.0.confirmed_at
    }
}
