//! `jejaring token`

use std::io::Write;

use chrono::TimeDelta;
use clap::{Args, Subcommand};
use entity::id::CountryCode;
use entity::vocabulary::{GrantRole, TokenScope, Vocabulary};
use entity::{access_grant, account, api_token, institution};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::Failure;
use crate::access::Actor;
use crate::accounts::token::rules::TokenDraft;
use crate::accounts::{account::rules as accounts, grant::rules as grants, token::rules as tokens};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Accept, Db, Written, exclusively, migrate, write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;
use crate::rule::country::known;
use crate::rule::unset;

#[derive(Args)]
#[command(after_help = "Example:\n  \
                  jejaring token create --account ana --name \"Ana\" --role administrator")]
pub(super) struct Token {
    #[command(subcommand)]
    what: TokenVerb,
}

#[derive(Subcommand)]
enum TokenVerb {
    /// Make a token, with its account and grant where these are not there; the token is printed
    /// this once
    #[command(
        after_help = "Example:\n  jejaring token create --account ana --name \"Ana\" --role \
                      administrator\n  \
                      jejaring token create --account budi --name \"Budi\" --role officer \
                      --institution kemenperin --days 90"
    )]
    Create(Create),
    /// List the tokens there are, without themselves
    #[command(after_help = "Example:\n  jejaring token list --json")]
    List {
        /// As a JSON array
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token
    #[command(after_help = "Example:\n  jejaring token revoke token-0123456789ab")]
    Revoke {
        /// The key of the token, as `token list` has it
        key: String,
    },
}

#[derive(Args)]
struct Create {
    /// The key of the account: lower-case letters, digits and hyphens
    #[arg(long)]
    account: String,

    /// The name of the person or the service, for an account that is not there yet [default: the
    /// key]
    #[arg(long)]
    name: Option<String>,

    /// What the account is to be allowed: officer, focal-point, curator, administrator or auditor
    #[arg(long)]
    role: Option<String>,

    /// The key of the institution, for an officer
    #[arg(long)]
    institution: Option<String>,

    /// The country of a focal point: its ISO 3166-1 code of two letters
    #[arg(long)]
    country: Option<String>,

    /// What the token may be used for: read, write, administer [default: all three]
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,

    /// After how many days it expires [default: never]
    #[arg(long)]
    days: Option<u32>,

    /// What the token is for
    #[arg(long, default_value = "command line")]
    purpose: String,

    /// As one JSON object
    #[arg(long)]
    json: bool,
}

impl Token {
    pub(super) async fn run(&self, config: &Config) -> Result<(), Failure> {
        let db = Db::open(&config.db_options(), Accept::Older).await?;
        exclusively(&db, async || migrate(&db).await).await?;
        match &self.what {
            TokenVerb::Create(create) => create.run(&db).await?,
            TokenVerb::List { json } => list(&db, *json).await?,
            TokenVerb::Revoke { key } => revoke(&db, key).await?,
        }
        db.close().await?;
        Ok(())
    }
}

/// Writes on behalf of whoever runs the program.
async fn change<T>(
    db: &Db,
    change: impl AsyncFnOnce(&mut crate::db::Write) -> Result<T, WriteError>,
) -> Result<Written<T>, WriteError> {
    write(db, &Clock::system(), Actor::Operator, change).await
}

fn parsed<V: Vocabulary>(name: &str) -> Result<V, Failure> {
    Ok(V::parse(&name.to_uppercase().replace('-', "_"))?)
}

impl Create {
    async fn run(&self, db: &Db) -> Result<(), Failure> {
        let role = self.role.as_deref().map(parsed::<GrantRole>).transpose()?;
        let scopes = match &self.scopes[..] {
            [] => vec![TokenScope::Read, TokenScope::Write, TokenScope::Administer],
            names => names.iter().map(|name| parsed(name)).collect::<Result<_, _>>()?,
        };
        let made = change(db, async |w| {
            let account = self.account(w).await?;
            if let Some(role) = role {
                self.grant(w, &account, role).await?;
            }
            let expires_at = self.days.map(|days| w.now() + TimeDelta::days(i64::from(days)));
            let scopes = scopes.into_iter().collect();
            let token =
                TokenDraft { account: account.id, name: self.purpose.clone(), scopes, expires_at };
            tokens::create(w, token).await
        });
        let (put, secret) = made.await?.value;
        let mut out = std::io::stdout();
        if self.json {
            let made = serde_json::json!({
                "key": put.row.key, "account": self.account, "expiresAt": put.row.expires_at,
                "token": secret.reveal(),
            });
            writeln!(out, "{made}")?;
        } else {
            writeln!(out, "{}", secret.reveal())?;
            eprintln!(
                "this is {}; it is shown this once: send it as `Authorization: Bearer …`",
                put.row.key
            );
        }
        Ok(())
    }

    async fn account(&self, w: &mut crate::db::Write) -> Result<account::Model, WriteError> {
        let known = account::Entity::find()
            .filter(account::Column::Key.eq(&self.account))
            .one(w.read())
            .await?;
        if let Some(known) = known {
            return Ok(known);
        }
        let name = self.name.clone().unwrap_or_else(|| self.account.clone());
        let draft =
            account::ActiveModel { key: Set(self.account.clone()), name: Set(name), ..unset() };
        Ok(accounts::enter(w, None, draft).await?.row)
    }

    /// Grants the role, unless the account has it.
    async fn grant(
        &self,
        w: &mut crate::db::Write,
        account: &account::Model,
        role: GrantRole,
    ) -> Result<(), WriteError> {
        let body = match &self.institution {
            Some(key) => {
                let body = institution::Entity::find()
                    .filter(institution::Column::Key.eq(key))
                    .one(w.read())
                    .await?;
                let missing = || {
                    let message = say!("there is no institution \"{key}\"", key);
                    Refusal::new(RefusalCode::NotFound, "institution_id", message)
                };
                Some(body.ok_or_else(missing)?)
            }
            None => None,
        };
        let country = self.country.as_ref().map(|code| CountryCode(code.to_uppercase()));
        let country = known(w, country.as_ref()).await?;
        let of = grants::GrantedFor { institution: body.as_ref(), country };
        if grants::in_force(w, account.id, role, &of).await? {
            return Ok(());
        }
        grants::give(w, account.id, role, of).await.map(|_| ())
    }
}

async fn list(db: &Db, json: bool) -> Result<(), Failure> {
    let tokens = api_token::Entity::find()
        .find_also_related(account::Entity)
        .order_by_asc(api_token::Column::Id)
        .all(db.reading())
        .await?;
    let grants = access_grant::Entity::find()
        .filter(access_grant::Column::RevokedAt.is_null())
        .all(db.reading())
        .await?;
    let mut out = std::io::stdout();
    let rows = tokens.into_iter().filter_map(|(token, account)| Some((token, account?)));
    let rows: Vec<_> = rows
        .map(|(token, account)| {
            let roles = grants
                .iter()
                .filter(|grant| grant.account_id == account.id)
                .map(|grant| grant.role);
            serde_json::json!({
                "key": token.key, "account": account.key, "prefix": token.prefix,
                "purpose": token.name,
                "scopes": token.scopes, "roles": roles.collect::<Vec<_>>(),
                "createdAt": token.created_at,
                "expiresAt": token.expires_at, "lastUsedAt": token.last_used_at,
                "revokedAt": token.revoked_at,
            })
        })
        .collect();
    if json {
        writeln!(out, "{}", serde_json::Value::from(rows))?;
        return Ok(());
    }
    for row in rows {
        let state = if row["revokedAt"].is_null() { "good" } else { "revoked" };
        let text = |field: &str| row[field].as_str().unwrap_or("-").to_owned();
        let shown = [
            text("key"),
            text("account"),
            text("prefix"),
            text("expiresAt"),
            text("lastUsedAt"),
            state.to_owned(),
        ];
        writeln!(out, "{}", shown.join("  "))?;
    }
    Ok(())
}

async fn revoke(db: &Db, key: &str) -> Result<(), Failure> {
    let token =
        api_token::Entity::find().filter(api_token::Column::Key.eq(key)).one(db.reading()).await?;
    let token = token.ok_or_else(|| {
        format!("there is no token {key:?}: `jejaring token list` shows those there are")
    })?;
    change(db, async |w| tokens::revoke(w, &token).await).await?;
    Ok(())
}
