//! On whose behalf something is written: finding what it is about, and asking whether it is
//! allowed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use entity::id::{CountryCode, InstitutionId};
use entity::vocabulary::PartnershipRole;
use entity::{batch, delegation, institution, partnership};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IdenStatic, Iterable, ModelTrait, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::batch_scoped::BatchScoped;
use super::policy::{Action, Relation, may};
use super::token::Secret;
use super::visible::CO_ORGANISING;
use super::{Actor, Scoped, Visible};
use crate::db::IDS_PER_QUERY;
use crate::db::Write;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;
use crate::record::{Record, id_column};

/// Whoever writes, what for, and which version of the record is known to them.
///
/// Invariant: nothing is written on behalf of an account before [`may`] was asked; who carries out
/// an intent looks at [`Authorizer::was_allowed`] when it is done.
pub struct Authorizer {
    visible: Visible,
    action: Action,
    expected: Option<i32>,
    allowed: Arc<AtomicBool>,
    secret: Mutex<Option<Secret>>,
}

impl Authorizer {
    /// An actor who is about to do something, to `expected` version of a record.
    pub fn new(actor: Actor, action: Action, expected: Option<i32>) -> Self {
        Self {
            visible: Visible::to(actor),
            action,
            expected,
            allowed: Arc::default(),
            secret: Mutex::default(),
        }
    }

    /// The same writer about to do something that is part of this. Whether that is allowed decides
    /// about this as well; the version of the record is compared here alone.
    #[must_use]
    pub fn acting(&self, action: Action) -> Self {
        Self {
            visible: self.visible.clone(),
            action,
            expected: None,
            allowed: Arc::clone(&self.allowed),
            secret: Mutex::default(),
        }
    }

    /// Who it is.
    pub fn actor(&self) -> &Actor {
        self.visible.actor()
    }

    /// Gives the writer a secret that is kept nowhere.
    pub fn hand_out(&self, secret: Secret) {
        *self.secret.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(secret);
    }

    /// The secret that was handed out, if one was.
    pub fn take_secret(&self) -> Option<Secret> {
        self.secret.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take()
    }

    /// Whether the policy was asked, and allowed it.
    pub fn was_allowed(&self) -> bool {
        self.allowed.load(Ordering::Relaxed)
    }

    /// Asks whether it is allowed to somebody who stands in this relation to the record.
    pub fn may(&self, relation: Relation) -> bool {
        let may = may(self.actor(), self.action, relation);
        if may {
            self.allowed.store(true, Ordering::Relaxed);
        }
        may
    }

    /// Refuses what is not allowed to somebody who stands in this relation to the record.
    pub fn require(&self, relation: Relation) -> Result<(), WriteError> {
        if self.may(relation) { Ok(()) } else { Err(WriteError::Forbidden) }
    }

    /// A record that is referred to: what may not be seen is not there.
    pub async fn find<E: Record + Scoped>(
        &self,
        w: &Write,
        field: &'static str,
        id: Uuid,
    ) -> Result<E::Model, WriteError> {
        let which = id_column::<E>().eq(id);
        let row = self.visible.select::<E>().filter(which).one(w.read()).await?;
        row.ok_or_else(|| nothing(field).into())
    }

    /// Several records that are referred to by a list, with the place of the first of them that is
    /// not there.
    pub async fn find_all<E: Record + Scoped>(
        &self,
        w: &Write,
        field: &'static str,
        ids: &[Uuid],
    ) -> Result<Vec<E::Model>, WriteError> {
        let rows = self.find_some::<E>(w, &ids.iter().copied().collect()).await?;
        let there: BTreeSet<Uuid> = rows.iter().map(E::id).collect();
        match ids.iter().position(|id| !there.contains(id)) {
            Some(place) => Err(nothing("id").within(place).within(field).into()),
            None => Ok(rows),
        }
    }

    /// Those of several records that are there.
    pub async fn find_some<E: Record + Scoped>(
        &self,
        w: &Write,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<E::Model>, WriteError> {
        let mut rows = Vec::new();
        for some in ids.iter().copied().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
            let which = id_column::<E>().is_in(some.iter().copied());
            rows.extend(self.visible.select::<E>().filter(which).all(w.read()).await?);
        }
        Ok(rows)
    }

    /// The record that is to be changed, with the writer's version compared. Nobody else changes it
    /// until this write has ended.
    pub async fn target<E: Record + Scoped>(
        &self,
        w: &Write,
        field: &'static str,
        id: Uuid,
    ) -> Result<E::Model, WriteError> {
        let which = id_column::<E>().eq(id);
        let select = self.visible.select::<E>().filter(which).lock(LockType::NoKeyUpdate);
        let row = select.one(w.read()).await?.ok_or_else(|| nothing(field))?;
        self.expect::<E>(&row)?;
        Ok(row)
    }

    /// Refuses a change to another version than that which the writer knows.
    fn expect<E: Record>(&self, row: &E::Model) -> Result<(), WriteError> {
        expect_version::<E>(row, self.expected)
    }

    /// A batch that is to be changed or to get something, locked, by somebody who may do it to that
    /// batch.
    pub async fn batch(&self, w: &Write, id: Uuid) -> Result<batch::Model, WriteError> {
        let row = self.under_batch(w, id).await?;
        self.expect::<batch::Entity>(&row)?;
        Ok(row)
    }

    /// A batch that is to get something new: like [`Authorizer::batch`], but it is not the batch
    /// whose version is compared.
    pub async fn under_batch(&self, w: &Write, id: Uuid) -> Result<batch::Model, WriteError> {
        let row = self
            .lock_batch(w, batch::Column::Id.eq(id).into())
            .await?
            .ok_or_else(|| nothing("batch_id"))?;
        self.require_at(w, &row, None).await?;
        Ok(row)
    }

    /// A record that hangs from a batch and is to be changed, with the batch; the latter is locked
    /// first, so that no two writes wait for each other.
    pub async fn batch_scoped<E: BatchScoped>(
        &self,
        w: &Write,
        field: &'static str,
        id: Uuid,
    ) -> Result<(batch::Model, E::Model), WriteError> {
        let of_it = batch::Column::Id.in_subquery(E::batch_of(id));
        let batch = self.lock_batch(w, of_it.into()).await?.ok_or_else(|| nothing(field))?;
        let row = self.find::<E>(w, field, id).await?;
        let party = match E::party_of(id) {
            Some(party) => {
                let party = delegation::Column::Id.in_subquery(party);
                delegation::Entity::find().filter(party).one(w.read()).await?
            }
            None => None,
        };
        self.require_at(w, &batch, party.as_ref()).await?;
        self.expect::<E>(&row)?;
        Ok((batch, row))
    }

    /// A delegation that is to be changed, with its batch.
    pub async fn delegation(
        &self,
        w: &Write,
        id: Uuid,
    ) -> Result<(batch::Model, delegation::Model), WriteError> {
        let of_it = batch::Column::Id.in_subquery(delegation::Entity::batch_of(id));
        let batch =
            self.lock_batch(w, of_it.into()).await?.ok_or_else(|| nothing("delegation_id"))?;
        // Whoever sees the batch sees its delegations.
        let party = w.parties_of(&[batch.id]).await?.into_iter().find(|party| party.row.id.0 == id);
        let party = party.map(|party| party.row).ok_or_else(|| nothing("delegation_id"))?;
        self.require_at(w, &batch, Some(&party)).await?;
        self.expect::<delegation::Entity>(&party)?;
        Ok((batch, party))
    }

    /// The record that a reference names, where it names one.
    pub async fn find_optional<E: Record + Scoped>(
        &self,
        w: &Write,
        field: &'static str,
        id: Option<Uuid>,
    ) -> Result<Option<E::Model>, WriteError> {
        match id {
            Some(id) => self.find::<E>(w, field, id).await.map(Some),
            None => Ok(None),
        }
    }

    async fn lock_batch(
        &self,
        w: &Write,
        which: Condition,
    ) -> Result<Option<batch::Model>, WriteError> {
        let seen = Condition::all().add(self.visible.condition::<batch::Entity>()).add(which);
        Ok(w.lock_batches_where(seen).await?.into_iter().next().map(|row| row.0))
    }

    /// Refuses what is not allowed to the writer at this batch. What does not depend on who
    /// organises is not looked up.
    pub async fn require_at(
        &self,
        w: &Write,
        batch: &batch::Model,
        party: Option<&delegation::Model>,
    ) -> Result<(), WriteError> {
        let own = self.is_ours(batch.owner_id) && self.may(Relation::Own);
        if own || self.may(Relation::Stranger) {
            return Ok(());
        }
        if let Some(sender) = party.and_then(|party| party.institution_id)
            && self.is_ours(sender)
            && self.may(Relation::Party)
        {
            return Ok(());
        }
        if let Some(country) = party.and_then(|party| party.country_code.as_ref())
            && self.is_our_country(country)
            && self.may(Relation::OwnCountry)
        {
            return Ok(());
        }
        let held = self.held_at(w, batch).await?;
        if held.iter().any(|(role, _)| CO_ORGANISING.contains(role))
            && self.may(Relation::CoOrganiser)
        {
            return Ok(());
        }
        let nominates = |country: &Option<CountryCode>| {
            party
                .is_some_and(|party| party.country_code.is_some() && *country == party.country_code)
        };
        if held
            .iter()
            .any(|(role, country)| *role == PartnershipRole::Nominator && nominates(country))
        {
            return self.require(Relation::Party);
        }
        Err(WriteError::Forbidden)
    }

    /// Whether the writer keeps the delegations of a batch, whatever is to be done with them: as an
    /// officer of its owner, or of an organiser or host.
    pub async fn keeps_delegations(
        &self,
        w: &Write,
        batch: &batch::Model,
    ) -> Result<bool, WriteError> {
        let may = |relation| may(self.actor(), Action::KeepDelegations, relation);
        if self.is_ours(batch.owner_id) && may(Relation::Own) {
            return Ok(true);
        }
        let held = self.held_at(w, batch).await?;
        let co_organises = held.iter().any(|(role, _)| CO_ORGANISING.contains(role));
        Ok(co_organises && may(Relation::CoOrganiser))
    }

    /// The roles that the writer's institutions hold in a batch or its programme, each with the
    /// country of the institution.
    async fn held_at(
        &self,
        w: &Write,
        batch: &batch::Model,
    ) -> Result<Vec<(PartnershipRole, Option<CountryCode>)>, WriteError> {
        let ours = &self.actor().rights().institutions;
        if ours.is_empty() {
            return Ok(Vec::new());
        }
        let nominating = Condition::all()
            .add(partnership::Column::ProgrammeId.eq(batch.programme_id))
            .add(partnership::Column::Role.eq(PartnershipRole::Nominator));
        let rows = partnership::Entity::find()
            .filter(partnership::Column::InstitutionId.is_in(ours.iter().copied()))
            .filter(partnership::Column::EndedAt.is_null())
            .filter(Condition::any().add(partnership::Column::BatchId.eq(batch.id)).add(nominating))
            .find_also_related(institution::Entity)
            .all(w.read())
            .await?;
        Ok(rows
            .into_iter()
            .map(|(held, body)| (held.role, body.and_then(|body| body.country_code)))
            .collect())
    }

    /// Whether the writer is an officer of an institution.
    pub fn is_ours(&self, institution: InstitutionId) -> bool {
        self.actor().rights().institutions.contains(&institution)
            || *self.actor() == Actor::Operator
    }

    /// Whether the writer is a focal point of a country.
    pub fn is_our_country(&self, country: &CountryCode) -> bool {
        self.actor().rights().countries.contains(country) || *self.actor() == Actor::Operator
    }

    /// Refuses what is not allowed to the writer on a record that an institution keeps.
    pub fn require_of(&self, owner: InstitutionId) -> Result<(), WriteError> {
        if self.is_ours(owner) && self.may(Relation::Own) {
            Ok(())
        } else {
            self.require(Relation::Stranger)
        }
    }
}

/// What somebody refers to is not there, or may not be seen: which of the two is not told.
pub fn nothing(field: &'static str) -> Refusal {
    Refusal::new(RefusalCode::NotFound, field, say!("there is no such record"))
}

/// Refuses a change to another version of a row than that which is expected.
pub fn expect_version<E: Record>(row: &E::Model, expected: Option<i32>) -> Result<(), WriteError> {
    let version =
        E::Column::iter().find(|column| column.as_str() == "version").map(|column| row.get(column));
    let (Some(expected), Some(sea_orm::Value::Int(Some(current)))) = (expected, version) else {
        return Ok(());
    };
    if expected == current {
        return Ok(());
    }
    Err(WriteError::Stale { record: E::id(row), expected, current, within: Vec::new() })
}
