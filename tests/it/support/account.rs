//! Somebody who asks or writes in a test.

use entity::id::CountryCode;
use entity::vocabulary::{GrantRole, TokenScope};
use entity::{account, institution};
use jejaring::access::{Actor, by_token};
use jejaring::accounts::token::rules::TokenDraft;
use jejaring::accounts::{
    account::rules as accounts, grant::rules as grants, token::rules as tokens,
};
use jejaring::db::write;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::TestApp;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role<'a> {
    /// Keeps the records of the institution with this key.
    OfficerOf(&'a str),
    /// Speaks for the country with this code.
    FocalPointOf(&'a str),
    /// Holds a role for the register.
    Of(GrantRole),
}

/// All that a token can be for.
const SCOPES: [TokenScope; 3] = [TokenScope::Read, TokenScope::Write, TokenScope::Administer];

/// A token of a new account with these roles, and the key under which it can be revoked.
pub async fn token_of(
    app: &TestApp,
    name: &str,
    roles: &[Role<'_>],
    scopes: &[TokenScope],
) -> (String, String) {
    let made = write(&app.app.db, &app.app.clock, Actor::Operator, async |w| {
        let draft = account::ActiveModel {
            key: Set(name.to_lowercase().replace(' ', "-")),
            name: Set(name.to_owned()),
            ..<account::ActiveModel as ActiveModelTrait>::default()
        };
        let account = accounts::enter(w, None, draft).await?.row;
        for role in roles {
            let (role, body, country) = match role {
                Role::Of(role) => (*role, None, None),
                Role::FocalPointOf(code) => {
                    (GrantRole::FocalPoint, None, Some(CountryCode((*code).to_owned())))
                }
                Role::OfficerOf(key) => {
                    let body =
                        institution::Entity::find().filter(institution::Column::Key.eq(*key));
                    let body = body.one(w.read()).await?.expect("the institution");
                    (GrantRole::Officer, Some(body), None)
                }
            };
            let of = grants::GrantedFor { institution: body.as_ref(), country };
            grants::give(w, account.id, role, of).await?;
        }
        let scopes = scopes.iter().copied().collect();
        tokens::create(
            w,
            TokenDraft { account: account.id, name: "test".to_owned(), scopes, expires_at: None },
        )
        .await
    });
    let (put, secret) = made.await.expect("a token").value;
    (secret.reveal(), put.row.key)
}

impl TestApp {
    /// Somebody with these roles, who has shown a token.
    pub async fn somebody(&self, name: &str, roles: &[Role<'_>]) -> Actor {
        let (token, _) = token_of(self, name, roles, &SCOPES).await;
        by_token(&self.app.db, &self.app.clock, &token).await.expect("the token is good")
    }

    /// An officer of the institution with this key.
    pub async fn officer(&self, institution: &str) -> Actor {
        self.somebody(&format!("Officer of {institution}"), &[Role::OfficerOf(institution)]).await
    }

    /// Somebody with a role for the register.
    pub async fn staff(&self, role: GrantRole) -> Actor {
        self.somebody(&format!("The {role}"), &[Role::Of(role)]).await
    }

    /// The id of a record, as somebody sees it.
    pub async fn id_of(&self, actor: &Actor, lookup: &str, key: &str) -> String {
        let found =
            self.ask_as(actor, &format!("{{ {lookup}(by: {{key: \"{key}\"}}) {{ id }} }}")).await;
        found.text(&format!("/{lookup}/id")).to_owned()
    }
}
