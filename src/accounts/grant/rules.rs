//! What holds for grants, and how they are written.

use entity::id::{AccountId, CountryCode, InstitutionId};
use entity::vocabulary::GrantRole;
use entity::{access_grant, institution};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::rule::{self, check, unguessable_key, unset};

/// For what a role is granted.
#[derive(Clone, Debug, Default)]
pub struct GrantedFor<'a> {
    /// The institution of an officer.
    pub institution: Option<&'a institution::Model>,
    /// The country of a focal point.
    pub country: Option<CountryCode>,
}

impl GrantedFor<'_> {
    /// Refuses what is not that for which this role is granted.
    fn check(&self, role: GrantRole) -> Result<(), Refusal> {
        match (role, self.institution) {
            (GrantRole::Officer, None) => {
                let message = say!("an OFFICER is one of an institution, and none is given");
                return Err(Refusal::new(RefusalCode::Required, "institution_id", message));
            }
            (GrantRole::Officer, Some(body)) if body.merged_into_id.is_some() => {
                let message =
                    say!("\"{key}\" was merged into another institution", key = &body.key);
                return Err(check::invalid("institution_id", message));
            }
            (GrantRole::Officer, Some(_)) | (_, None) => {}
            (role, Some(_)) => {
                let message = say!("a {role} is not one of an institution", role);
                return Err(check::invalid("institution_id", message));
            }
        }
        match (role, &self.country) {
            (GrantRole::FocalPoint, None) => {
                let message = say!("a FOCAL_POINT is one of a country, and none is given");
                Err(Refusal::new(RefusalCode::Required, "country_code", message))
            }
            (GrantRole::FocalPoint, Some(_)) | (_, None) => Ok(()),
            (role, Some(_)) => {
                let message = say!("a {role} is not one of a country", role);
                Err(check::invalid("country_code", message))
            }
        }
    }
}

/// Grants a role to an account.
///
/// An officer is one of an institution, and of one that has not been merged into another; a focal
/// point is one of a country; any other role is one for the register. What is granted already is
/// not granted again.
pub async fn give(
    w: &mut Write,
    account: AccountId,
    role: GrantRole,
    of: GrantedFor<'_>,
) -> Result<Put<access_grant::Model>, WriteError> {
    of.check(role)?;
    // Two who grant the same at once would grant it twice.
    w.lock_register().await?;
    if in_force(w, account, role, &of).await? {
        return Err(Refusal::new(
            RefusalCode::Duplicate,
            "role",
            say!("the account is {role} already", role),
        )
        .into());
    }
    let draft = access_grant::ActiveModel {
        key: Set(unguessable_key(w, "grant")),
        account_id: Set(account),
        role: Set(role),
        institution_id: Set(of.institution.map(|body| body.id)),
        country_code: Set(of.country),
        ..unset()
    };
    let put = rule::put::<access_grant::Entity>(w, None, draft).await?;
    emit(w, EventKind::GrantGiven, &put);
    Ok(put)
}

/// Takes a grant back. From then on it allows nothing.
pub async fn revoke(
    w: &mut Write,
    row: &access_grant::Model,
) -> Result<Put<access_grant::Model>, WriteError> {
    if row.revoked_at.is_some() {
        let message = say!("\"{key}\" is revoked already", key = &row.key);
        return Err(Refusal::new(RefusalCode::IllegalMove, "grant_id", message).into());
    }
    let draft = access_grant::ActiveModel { revoked_at: Set(Some(w.now())), ..unset() };
    let put = rule::put::<access_grant::Entity>(w, Some(row), draft).await?;
    emit(w, EventKind::GrantRevoked, &put);
    Ok(put)
}

/// Hands the officers of an institution that is merged over to the one that it is merged into.
pub(crate) async fn hand_over(
    w: &mut Write,
    from: InstitutionId,
    to: &institution::Model,
) -> Result<(), WriteError> {
    let rows = access_grant::Entity::find()
        .filter(access_grant::Column::InstitutionId.eq(from))
        .filter(access_grant::Column::RevokedAt.is_null())
        .all(w.read())
        .await?;
    for row in rows {
        revoke(w, &row).await?;
        let of = GrantedFor { institution: Some(to), country: None };
        if !in_force(w, row.account_id, row.role, &of).await? {
            give(w, row.account_id, row.role, of).await?;
        }
    }
    Ok(())
}

/// Whether an account has been granted a role, and it has not been taken back.
pub(crate) async fn in_force(
    w: &Write,
    account: AccountId,
    role: GrantRole,
    of: &GrantedFor<'_>,
) -> Result<bool, WriteError> {
    let institution = match of.institution {
        Some(body) => access_grant::Column::InstitutionId.eq(body.id),
        None => access_grant::Column::InstitutionId.is_null(),
    };
    let country = match &of.country {
        Some(code) => access_grant::Column::CountryCode.eq(code.clone()),
        None => access_grant::Column::CountryCode.is_null(),
    };
    let same = access_grant::Entity::find()
        .filter(access_grant::Column::AccountId.eq(account))
        .filter(access_grant::Column::Role.eq(role))
        .filter(access_grant::Column::RevokedAt.is_null())
        .filter(institution)
        .filter(country);
    Ok(same.one(w.read()).await?.is_some())
}

fn emit(w: &mut Write, kind: EventKind, put: &Put<access_grant::Model>) {
    let Some(changes) = put.change.changes() else { return };
    let changes = rule::public_changes::<access_grant::Entity>(changes);
    let event = Event::about::<access_grant::Entity>(kind, &put.row).changing(changes);
    w.record(event);
}
