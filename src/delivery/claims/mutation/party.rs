//! The delegation that a source names: one that the register has, or a new one.

use entity::vocabulary::Representation;
use entity::{batch, delegation, institution, regional_group};
use sea_orm::ActiveValue::Set;

use super::DelegationClaimInput;
use crate::access::Authorizer;
use crate::access::policy::Action;
use crate::db::Write;
use crate::delivery::delegation::rules;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::{Phrase, say};
use crate::rule::country::known;
use crate::rule::{check, made_key, tidied, unset};

/// The delegations of a batch, as they are named.
pub(super) struct Parties<'a> {
    by: &'a Authorizer,
    batch: &'a batch::Model,
    rows: Vec<delegation::Model>,
    /// Whether the writer may enter delegations; not known before one is to be.
    may_enter: Option<bool>,
}

impl<'a> Parties<'a> {
    /// Those that the register has.
    pub(super) async fn read(
        w: &Write,
        by: &'a Authorizer,
        batch: &'a batch::Model,
    ) -> Result<Self, WriteError> {
        let rows = w.parties_of(&[batch.id]).await?.into_iter().map(|party| party.row).collect();
        Ok(Self { by, batch, rows, may_enter: None })
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The delegation that is meant; entered where the register has none.
    ///
    /// One of the same country or group, sender and label is meant. Where only a country is given,
    /// or only an institution or group that it represents, the one delegation of it is meant
    /// whatever its sender and label; of several the writer says which.
    pub(super) async fn named(
        &mut self,
        w: &mut Write,
        input: &DelegationClaimInput,
    ) -> Result<delegation::Model, WriteError> {
        let given = [
            ("delegation_id", input.delegation_id.is_some()),
            ("country_code", input.country.is_some()),
            ("institution_id", input.institution_id.is_some()),
            ("regional_group_id", input.group_id.is_some()),
            ("label", input.label.is_some()),
        ];
        if let Some(id) = input.delegation_id {
            if let Some(other) = given.iter().skip(1).find(|field| field.1) {
                let message = say!("a delegation that is given by its id is described by it alone");
                return Err(check::invalid(other.0, message).into());
            }
            let row = self.rows.iter().find(|row| row.id.0 == id.0).cloned();
            let missing =
                || check::invalid("delegation_id", say!("the delegation is not one of this batch"));
            return row.ok_or_else(|| missing().into());
        }
        let is_given = given.iter().take(4).any(|field| field.1);
        if !is_given {
            let message =
                say!("a delegation is given by its id, its country, its institution or its group");
            return Err(Refusal::new(RefusalCode::Required, "country_code", message).into());
        }
        let country = known(w, input.country.as_ref().map(|code| &code.0)).await?;
        let id = input.institution_id.map(|id| id.0);
        let body = self.by.find_optional::<institution::Entity>(w, "institution_id", id).await?;
        let sender = body.as_ref().map(|row| row.key.clone());
        let body = body.map(|row| row.id);
        let label = input.label.as_deref().map(|label| tidied(label, "label")).transpose()?;
        let id = input.group_id.map(|id| id.0);
        let group =
            self.by.find_optional::<regional_group::Entity>(w, "regional_group_id", id).await?;
        let group_key = group.as_ref().map(|row| row.key.clone());
        let group = group.map(|row| row.id);
        let represents = match (&country, group) {
            (Some(_), _) => Representation::Country,
            (None, Some(_)) => Representation::Group,
            (None, None) => Representation::Institution,
        };
        let same = |row: &&delegation::Model| {
            row.country_code == country
                && row.institution_id == body
                && row.regional_group_id == group
                && row.label == label
        };
        if let Some(row) = self.rows.iter().find(same) {
            return Ok(row.clone());
        }
        let is_of_it = |row: &&delegation::Model| {
            row.represents == represents
                && match represents {
                    Representation::Country => row.country_code == country,
                    Representation::Group => row.regional_group_id == group,
                    Representation::Institution => row.institution_id == body,
                }
        };
        let is_bare =
            label.is_none() && (represents == Representation::Institution || body.is_none());
        let candidates: Vec<_> = self.rows.iter().filter(is_of_it).filter(|_| is_bare).collect();
        match candidates[..] {
            [] => {}
            [only] => return Ok(only.clone()),
            _ => {
                let keys =
                    candidates.iter().map(|row| Phrase::verbatim(format!("\"{}\"", row.key)));
                let message = say!(
                    "it may be any of {keys}: say which by its sender, its label or its id",
                    keys = Phrase::all_of(keys)
                );
                let field = match represents {
                    Representation::Country => "country_code",
                    Representation::Institution => "institution_id",
                    Representation::Group => "regional_group_id",
                };
                return Err(check::invalid(field, message).into());
            }
        }
        self.require_entering(w).await?;
        let code = country.as_ref().map(|code| code.0.as_str());
        let party = rules::Party {
            country: code,
            institution: sender.as_deref(),
            group: group_key.as_deref(),
            label: label.as_deref(),
        };
        let stem = rules::key_stem(&self.batch.key, represents, party);
        let draft = delegation::ActiveModel {
            key: Set(made_key(w, stem).await?),
            batch_id: Set(self.batch.id),
            represents: Set(represents),
            country_code: Set(country),
            institution_id: Set(body),
            regional_group_id: Set(group),
            label: Set(label),
            ..unset()
        };
        let row = rules::enter(w, None, draft).await?.row;
        self.rows.push(row.clone());
        Ok(row)
    }

    /// Entering a delegation is for those who may invite one.
    async fn require_entering(&mut self, w: &Write) -> Result<(), WriteError> {
        let may_enter = match self.may_enter {
            Some(known) => known,
            None => {
                let inviting = self.by.acting(Action::KeepDelegations);
                match inviting.require_at(w, self.batch, None).await {
                    Ok(()) => true,
                    Err(WriteError::Forbidden) => false,
                    Err(error) => return Err(error),
                }
            }
        };
        self.may_enter = Some(may_enter);
        if may_enter {
            return Ok(());
        }
        let message = say!(
            "\"{key}\" has no such delegation, and entering one is for officers of its owner, \
             organisers and hosts: leave it out, or have them enter it with inviteDelegation",
            key = &self.batch.key
        );
        Err(check::invalid("country_code", message).into())
    }
}
