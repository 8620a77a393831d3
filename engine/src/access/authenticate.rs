//! From what a request shows to who sends it.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::id::{AccountId, ApiTokenId, CountryCode, InstitutionId};
use entity::vocabulary::{GrantRole, TokenScope, Vocabulary};
use entity::{access_grant, account, api_token};
use sea_orm::sea_query::{ExprTrait, IntoCondition};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationTrait, Select,
};

use super::token::Secret;
use super::{Actor, SignedIn};
use crate::clock::Clock;
use crate::db::{Db, note_token_use};

/// Why nobody knows who sends a request.
#[derive(Debug)]
pub enum AuthError {
    /// What was shown is not good for anything. The sentence says no more than whoever showed it
    /// knows.
    Refused(&'static str),
    /// The database failed.
    Database(DbErr),
}

impl From<DbErr> for AuthError {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) => f.write_str(why),
            Self::Database(error) => write!(f, "the database failed: {error}"),
        }
    }
}

impl std::error::Error for AuthError {}

/// The credentials of a header `Authorization: Bearer …`.
pub fn bearer(authorization: &str) -> Result<&str, AuthError> {
    let (scheme, credentials) = authorization.split_once(' ').unwrap_or((authorization, ""));
    match credentials.trim() {
        credentials if scheme.eq_ignore_ascii_case("bearer") && !credentials.is_empty() => {
            Ok(credentials)
        }
        _ => Err(AuthError::Refused("the header Authorization takes the form `Bearer <token>`")),
    }
}

/// A token's row, its account, and one grant of that account: what one statement reads.
type TokenRow = (
    ApiTokenId,
    serde_json::Value,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
    AccountId,
    Option<DateTime<Utc>>,
    Option<GrantRole>,
    Option<InstitutionId>,
    Option<CountryCode>,
);

/// When an account was closed, and one of its grants.
type AccountRow =
    (Option<DateTime<Utc>>, Option<GrantRole>, Option<InstitutionId>, Option<CountryCode>);

/// A role, and the institution or country for which it is.
type Granted = (GrantRole, Option<InstitutionId>, Option<CountryCode>);

/// Joins the grants that are in force.
fn with_grants<E: EntityTrait>(select: Select<E>) -> Select<E> {
    let grants = access_grant::Relation::Account.def().rev().on_condition(|_, grants| {
        let revoked = sea_orm::sea_query::Expr::col((grants, access_grant::Column::RevokedAt));
        sea_orm::Condition::all().add(revoked.is_null())
    });
    use access_grant::Column;
    select.join(JoinType::LeftJoin, grants).columns([
        Column::Role,
        Column::InstitutionId,
        Column::CountryCode,
    ])
}

const UNKNOWN: AuthError =
    AuthError::Refused("the token is not known here, has expired, or was revoked");

/// Whoever shows this token.
pub async fn by_token(db: &Db, clock: &Clock, shown: &str) -> Result<Actor, AuthError> {
    let Some(secret) = Secret::read(shown) else {
        return Err(AuthError::Refused(
            "that is not a token of this register: it begins with jej_ and has 50 characters",
        ));
    };
    db.reached(by_row(db, clock, api_token::Column::Sha256.eq(secret.sha256()))).await
}

/// The same actor with the rights that it has now; refused where what it has shown is good for
/// nothing any more.
pub async fn renewed(db: &Db, clock: &Clock, actor: &Actor) -> Result<Actor, AuthError> {
    let Actor::Account(signed_in) = actor else { return Ok(actor.clone()) };
    match (signed_in.token, signed_in.account) {
        (Some(token), _) => db.reached(by_row(db, clock, api_token::Column::Id.eq(token))).await,
        (None, Some(_)) if signed_in.until.is_some_and(|until| until <= clock.now()) => {
            Err(UNKNOWN)
        }
        (None, Some(account)) => by_account(db, account, signed_in.until).await,
        (None, None) => Ok(actor.clone()),
    }
}

async fn by_row(db: &Db, clock: &Clock, which: impl IntoCondition) -> Result<Actor, AuthError> {
    use api_token::Column::*;
    let select = api_token::Entity::find()
        .select_only()
        .columns([Id, Scopes, ExpiresAt, LastUsedAt, RevokedAt])
        .filter(which)
        .join(JoinType::InnerJoin, api_token::Relation::Account.def())
        .column(account::Column::Id)
        .column(account::Column::DisabledAt);
    let rows: Vec<TokenRow> = with_grants(select).into_tuple().all(db.reading()).await?;
    let Some((token, scopes, expires, used, revoked, account, disabled, ..)) =
        rows.first().cloned()
    else {
        return Err(UNKNOWN);
    };
    let now = clock.now();
    if revoked.is_some() || disabled.is_some() || expires.is_some_and(|moment| moment <= now) {
        return Err(UNKNOWN);
    }
    if let Err(error) = note_token_use(db, token, used, now).await {
        // Whoever asks is who he is all the same.
        tracing::warn!(%error, %token, "the use of a token could not be noted");
    }
    let scopes = scopes
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|name| TokenScope::parse(name.as_str()?).ok());
    let grants = rows.into_iter().filter_map(|row| Some((row.7?, row.8, row.9)));
    Ok(signed_in(
        SignedIn {
            account: Some(account),
            scopes: scopes.collect(),
            token: Some(token),
            until: expires,
            ..SignedIn::default()
        },
        grants,
    ))
}

/// Whoever has this account, and may do with it all that it may, until what vouches for that
/// expires.
pub async fn by_account(
    db: &Db,
    account: AccountId,
    until: Option<DateTime<Utc>>,
) -> Result<Actor, AuthError> {
    let select =
        account::Entity::find_by_id(account).select_only().column(account::Column::DisabledAt);
    let rows: Vec<AccountRow> =
        db.reached(with_grants(select).into_tuple().all(db.reading())).await?;
    if rows.first().is_none_or(|row| row.0.is_some()) {
        return Err(AuthError::Refused("the account has been closed"));
    }
    let grants = rows.into_iter().filter_map(|row| Some((row.1?, row.2, row.3)));
    let scopes = [TokenScope::Read, TokenScope::Write, TokenScope::Administer].into();
    Ok(signed_in(SignedIn { account: Some(account), scopes, until, ..SignedIn::default() }, grants))
}

fn signed_in(mut signed_in: SignedIn, grants: impl Iterator<Item = Granted>) -> Actor {
    for (role, institution, country) in grants {
        signed_in.roles.insert(role);
        signed_in.institutions.extend(institution.filter(|_| role == GrantRole::Officer));
        signed_in.countries.extend(country.filter(|_| role == GrantRole::FocalPoint));
    }
    Actor::Account(Arc::new(signed_in))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_is_let_in() {
        assert_eq!(bearer("Bearer x").ok(), Some("x"));
        assert_eq!(bearer("bearer  x ").ok(), Some("x"));
        for wrong in ["", "Bearer", "Bearer ", "Basic x", "x"] {
            assert!(bearer(wrong).is_err(), "{wrong}");
        }
    }
}
