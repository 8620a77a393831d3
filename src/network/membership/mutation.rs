//! What is done to memberships.

use crate::access::Authorizer;
use crate::db::Write;
use entity::vocabulary::{DatePrecision, MembershipKind};
use entity::{membership, regional_group};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Membership, rules};
use crate::access::policy::Relation;
use crate::error::WriteError;
use crate::graphql::scalars::{CountryCode, Date};
use crate::mutation::{IdOf, mutations};
use crate::rule::country::known;
use crate::rule::{Stem, key_or, missing, unset};

mutations! {
    /// Mutations of memberships.
    MEMBERSHIP_MUTATIONS {
        /// Says that a country belongs to a group. For curators.
        add_membership(AddMembershipInput)
            -> AddMembershipPayload { membership: Membership }, a KeepCommon {
            /// The key; unless given, made of what tells the record apart.
            key: Option<String>,
            /// The group.
            group_id: IdOf<regional_group::Entity>,
            /// The country.
            country: CountryCode,
            /// In which quality.
            kind: MembershipKind,
            /// From which day; not given where it is not known.
            valid_from: Option<Date>,
            /// To which day; not given while it lasts.
            valid_to: Option<Date>,
            /// How exactly the days are known.
            precision: DatePrecision = DatePrecision::Day,
        }

        /// Says when a membership ended. For curators.
        end_membership(EndMembershipInput)
            -> EndMembershipPayload { membership: Membership }, a KeepCommon {
            /// The membership.
            membership_id: IdOf<membership::Entity>,
            /// Its last day.
            valid_to: Date,
        }
    }
}

async fn add_membership(
    w: &mut Write,
    by: &Authorizer,
    input: &AddMembershipInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let group = by.find::<regional_group::Entity>(w, "regional_group_id", input.group_id.0).await?;
    let Some(country) = known(w, Some(&input.country.0)).await? else {
        return Err(missing("country_code").into());
    };
    // Before a key is chosen, so that nobody else chooses it.
    w.lock_register().await?;
    let draft = membership::ActiveModel {
        key: key_or(w, input.key.as_ref(), Stem::<membership::Entity>::of(&group.key, &country.0))
            .await?,
        regional_group_id: Set(group.id),
        country_code: Set(country),
        kind: Set(input.kind),
        valid_from: Set(input.valid_from.as_ref().map(|day| day.0)),
        valid_to: Set(input.valid_to.as_ref().map(|day| day.0)),
        precision: Set(input.precision),
        ..unset()
    };
    Ok(rules::enter(w, None, draft).await?.row.id.0)
}

async fn end_membership(
    w: &mut Write,
    by: &Authorizer,
    input: &EndMembershipInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let row = by.target::<membership::Entity>(w, "membership_id", input.membership_id.0).await?;
    let draft = membership::ActiveModel { valid_to: Set(Some(input.valid_to.0)), ..unset() };
    Ok::<_, WriteError>(rules::enter(w, Some(&row), draft).await?.row.id.0)
}
