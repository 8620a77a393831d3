//! What is done to grants.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use entity::vocabulary::GrantRole;
use entity::{access_grant, account, institution};
use uuid::Uuid;

use super::{Grant, rules};
use crate::access::policy::Relation;
use crate::graphql::scalars::CountryCode;
use crate::mutation::{IdOf, mutations};
use crate::rule::country::known;

mutations! {
    /// Mutations of grants.
    GRANT_MUTATIONS {
        /// Allows an account something. For administrators.
        grant_role(GrantRoleInput) -> GrantRolePayload { grant: Grant }, a Administer {
            /// The account.
            account_id: IdOf<account::Entity>,
            /// In which role.
            role: GrantRole,
            /// For an officer: of which institution.
            institution_id: Option<IdOf<institution::Entity>>,
            /// For a focal point: of which country.
            country: Option<CountryCode>,
        }

        /// Takes a grant back. For administrators.
        revoke_grant(RevokeGrantInput) -> RevokeGrantPayload { grant: Grant }, a Administer {
            /// The grant.
            grant_id: IdOf<access_grant::Entity>,
        }
    }
}

async fn grant_role(
    w: &mut Write,
    by: &Authorizer,
    input: &GrantRoleInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let account = by.find::<account::Entity>(w, "account_id", input.account_id.0).await?;
    let body = input.institution_id.map(|id| id.0);
    let body = by.find_optional::<institution::Entity>(w, "institution_id", body).await?;
    let country = known(w, input.country.as_ref().map(|code| &code.0)).await?;
    let of = rules::GrantedFor { institution: body.as_ref(), country };
    Ok(rules::give(w, account.id, input.role, of).await?.row.id.0)
}

async fn revoke_grant(
    w: &mut Write,
    by: &Authorizer,
    input: &RevokeGrantInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let row = by.target::<access_grant::Entity>(w, "grant_id", input.grant_id.0).await?;
    Ok(rules::revoke(w, &row).await?.row.id.0)
}
