//! Who sends a request, by its header `Authorization`.

use axum::http::{HeaderMap, header};
use entity::account;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::HttpState;
use super::graphql::Caller;
use super::rate::COST_OF_A_REQUEST;
use super::reply::Closed;
use crate::access::oidc::Subject;
use crate::access::token::Secret;
use crate::access::{Actor, AuthError, bearer, by_account, by_token};
use crate::accounts::account::rules as accounts;
use crate::app::App;
use crate::db::write;
use crate::error::WriteError;
use crate::request::{Code, RequestError};

/// Who sends a request. What is shown and not good for anything is refused, and not taken for
/// nothing: whoever shows an expired token is to know it.
pub async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Actor, AuthError> {
    let Some(shown) = headers.get(header::AUTHORIZATION) else { return Ok(Actor::Anonymous) };
    let shown =
        shown.to_str().map_err(|_| AuthError::Refused("the header Authorization is not text"))?;
    identify(app, shown).await
}

/// Whoever shows this, in the form of a header `Authorization`.
pub(super) async fn identify(app: &App, shown: &str) -> Result<Actor, AuthError> {
    let shown = bearer(shown)?;
    match &app.oidc {
        Some(oidc) if !Secret::is_meant(shown) => by_subject(app, oidc.verify(shown).await?).await,
        _ => by_token(&app.db, &app.clock, shown).await,
    }
}

/// The account of whoever a provider vouches for, made at first sight.
async fn by_subject(app: &App, subject: Subject) -> Result<Actor, AuthError> {
    let Subject { issuer, subject, name, until } = subject;
    let known = account::Entity::find()
        .filter(account::Column::Issuer.eq(&issuer))
        .filter(account::Column::Subject.eq(&subject));
    let known = app.db.reached(known.one(app.db.reading())).await?;
    let account = match known {
        Some(row) => row.id,
        None => {
            let made = write(&app.db, &app.clock, Actor::Operator, async |w| {
                accounts::of_subject(w, &issuer, &subject, &name).await.map(|row| row.id)
            });
            app.db
                .reached(made)
                .await
                .map_err(|error| match error {
                    WriteError::Database(error) => AuthError::Database(error),
                    _ => {
                        AuthError::Refused("the provider gives no name that could be an account's")
                    }
                })?
                .value
        }
    };
    by_account(&app.db, account, Some(until)).await
}

impl HttpState {
    /// Learns who the caller is. Whoever tries tokens spends what anybody may spend; the answer is
    /// 401, in the form of any other GraphQL answer.
    pub(super) async fn recognise(&self, caller: &mut Caller) -> Result<(), Closed> {
        match authenticate(&self.app, &caller.headers).await {
            Ok(actor) => {
                caller.actor = actor;
                Ok(())
            }
            Err(error) => {
                self.spend(caller, COST_OF_A_REQUEST)?;
                Err(match error {
                    AuthError::Refused(why) => {
                        Closed::unauthenticated(RequestError::new(Code::Unauthenticated, why))
                    }
                    AuthError::Database(error) => self.fault(error),
                })
            }
        }
    }
}
