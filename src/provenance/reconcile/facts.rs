//! All that reconciling asks of some batches, read with a fixed number of statements.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::id::{
    BatchId, BatchPartId, CountryCode, DelegationId, InstitutionId, ProgrammeId, RegionalGroupId,
    SourceId, WorkshopId,
};
use entity::{
    action_plan, batch, batch_part, claim, delegation, delegation_part, institution_name,
    membership, partnership, programme, source, venue, workshop,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use super::{ByBatch, ByInstitution};
use crate::db::{IDS_PER_QUERY, Write, row};
use crate::rule::dates::is_member;
use crate::writing::RecomputeScope;

pub(super) struct Facts {
    pub batches: Vec<batch::Model>,
    pub programmes: BTreeMap<ProgrammeId, programme::Model>,
    pub delegations: ByBatch<delegation::Model>,
    pub claims: ByBatch<claim::Model>,
    pub sources: BTreeMap<SourceId, source::Model>,
    pub venues: Vec<venue::Model>,
    /// Roles in the batch and in its workshops.
    pub partnerships: ByBatch<partnership::Model>,
    pub workshops: ByBatch<workshop::Model>,
    parts: ByBatch<batch_part::Model>,
    attended: BTreeMap<DelegationId, Vec<BatchPartId>>,
    plans: BTreeMap<DelegationId, Vec<action_plan::Model>>,
    members: BTreeMap<RegionalGroupId, Vec<membership::Model>>,
    names: ByInstitution<institution_name::Model>,
}

/// The column by which undated rows are ordered too: a date that lies behind all others.
pub(crate) fn sort_date(date: Option<NaiveDate>) -> NaiveDate {
    date.unwrap_or_else(|| NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX))
}

impl Facts {
    pub(super) async fn read(
        w: &Write,
        ids: &[BatchId],
        scope: RecomputeScope,
    ) -> Result<Self, DbErr> {
        let db = w.read();
        // From here on nobody else reconciles them: what is read below is all that is committed of
        // them, and what is written here.
        let (batches, programmes): (Vec<_>, Vec<_>) =
            w.lock_batches(ids).await?.into_iter().unzip();
        let whole = scope == RecomputeScope::Whole;
        let groups: BTreeSet<_> =
            programmes.iter().filter_map(|row| row.regional_group_id).collect();
        let memberships = match groups.is_empty() {
            true => Vec::new(),
            false => {
                row::all(
                    db,
                    membership::Entity::find()
                        .filter(membership::Column::RegionalGroupId.is_in(groups)),
                )
                .await?
            }
        };
        let parties = w.parties_of(ids).await?;
        let ids = || ids.iter().copied();
        let (claims, sources) = Self::claims(w, ids().collect()).await?;
        let venues: BTreeSet<_> = claims.iter().filter_map(|row| row.venue_id).collect();
        let mut known_venues = Vec::new();
        for some in venues.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
            known_venues.extend(
                venue::Entity::find()
                    .filter(venue::Column::Id.is_in(some.to_vec()))
                    .all(db)
                    .await?,
            );
        }
        let workshops = match whole {
            true => {
                let of_batches = workshop::Column::BatchId.is_in(ids());
                workshop::Entity::find()
                    .filter(of_batches)
                    .order_by_asc(workshop::Column::Id)
                    .all(db)
                    .await?
            }
            false => Vec::new(),
        };
        let (partnerships, names) = match whole {
            true => Self::roles(w, ids().collect(), &workshops, &claims).await?,
            false => Default::default(),
        };
        let (parts, attended) = Self::parts(w, &batches).await?;
        let plans = parties.iter().map(|party| (party.row.id, party.plans.clone())).collect();
        Ok(Self {
            batches,
            programmes: programmes.into_iter().map(|row| (row.id, row)).collect(),
            delegations: grouped(parties.into_iter().map(|party| party.row).collect(), |row| {
                row.batch_id
            }),
            claims: grouped(claims, |row| row.batch_id),
            sources,
            venues: known_venues,
            partnerships,
            workshops: grouped(workshops, |row| row.batch_id),
            parts: grouped(parts, |row| row.batch_id),
            attended,
            plans,
            members: grouped(memberships, |row| row.regional_group_id),
            names: grouped(names, |row| row.institution_id),
        })
    }

    /// The parts of batches that have any, and in which of them delegations took part.
    async fn parts(
        w: &Write,
        batches: &[batch::Model],
    ) -> Result<(Vec<batch_part::Model>, BTreeMap<DelegationId, Vec<BatchPartId>>), DbErr> {
        let with_parts: Vec<BatchId> =
            batches.iter().filter(|row| row.has_parts).map(|row| row.id).collect();
        if with_parts.is_empty() {
            return Ok(Default::default());
        }
        let parts = batch_part::Entity::find()
            .filter(batch_part::Column::BatchId.is_in(with_parts.iter().copied()))
            .order_by_asc(batch_part::Column::Id)
            .all(w.read())
            .await?;
        let links = delegation_part::Entity::find()
            .inner_join(batch_part::Entity)
            .filter(batch_part::Column::BatchId.is_in(with_parts))
            .all(w.read())
            .await?;
        let mut attended: BTreeMap<DelegationId, Vec<BatchPartId>> = BTreeMap::new();
        for link in links {
            attended.entry(link.delegation_id).or_default().push(link.part_id);
        }
        Ok((parts, attended))
    }

    /// The parts of a batch.
    pub(super) fn parts_of(&self, batch: BatchId) -> &[batch_part::Model] {
        self.parts.get(&batch).map(Vec::as_slice).unwrap_or_default()
    }

    /// The parts in which a delegation is known to have taken part.
    pub(super) fn attended(&self, party: DelegationId) -> &[BatchPartId] {
        self.attended.get(&party).map(Vec::as_slice).unwrap_or_default()
    }

    /// What is stated of the batches, and by which sources.
    async fn claims(
        w: &Write,
        ids: Vec<BatchId>,
    ) -> Result<(Vec<claim::Model>, BTreeMap<SourceId, source::Model>), DbErr> {
        let select = claim::Entity::find()
            .filter(claim::Column::BatchId.is_in(ids))
            .order_by_asc(claim::Column::Id)
            .find_also_related(source::Entity);
        let (mut claims, mut sources) = (Vec::new(), BTreeMap::new());
        let (of_claim, of_source) =
            (row::columns::<claim::Entity>(), row::columns::<source::Entity>());
        for row in w.read().query_all(&select.into_query()).await? {
            // The columns of a record, and behind them those of the one that it refers to. A few
            // sources state most claims, and each is read once.
            let claim = row::model::<claim::Entity>(&row, 0, &of_claim)?;
            if let Entry::Vacant(unknown) = sources.entry(claim.source_id) {
                unknown.insert(row::model::<source::Entity>(&row, of_claim.len(), &of_source)?);
            }
            claims.push(claim);
        }
        Ok((claims, sources))
    }

    /// Roles in the batches and their workshops, and the names of all who hold one or are claimed
    /// to.
    async fn roles(
        w: &Write,
        ids: Vec<BatchId>,
        workshops: &[workshop::Model],
        claims: &[claim::Model],
    ) -> Result<(ByBatch<partnership::Model>, Vec<institution_name::Model>), DbErr> {
        let workshops: BTreeMap<WorkshopId, BatchId> =
            workshops.iter().map(|row| (row.id, row.batch_id)).collect();
        let of_workshops = workshop::Entity::find().select_only().column(workshop::Column::Id);
        let of_workshops =
            of_workshops.filter(workshop::Column::BatchId.is_in(ids.iter().copied()));
        let held = Condition::any()
            .add(partnership::Column::BatchId.is_in(ids))
            .add(partnership::Column::WorkshopId.in_subquery(query(of_workshops)));
        let rows = partnership::Entity::find()
            .filter(held)
            .order_by_asc(partnership::Column::Id)
            .all(w.read())
            .await?;
        let holders = rows.iter().filter_map(|row| row.institution_id);
        let holders: BTreeSet<_> =
            holders.chain(claims.iter().filter_map(|row| row.institution_id)).collect();
        let holders: Vec<_> = holders.into_iter().collect();
        let mut names = Vec::new();
        for some in holders.chunks(IDS_PER_QUERY) {
            let of_some = institution_name::Column::InstitutionId.is_in(some.iter().copied());
            names.extend(institution_name::Entity::find().filter(of_some).all(w.read()).await?);
        }
        let of_batch =
            |row: &partnership::Model| row.batch_id.or(workshops.get(&row.workshop_id?).copied());
        let mut by_batch = ByBatch::new();
        for row in rows {
            if let Some(batch) = of_batch(&row) {
                by_batch.entry(batch).or_default().push(row);
            }
        }
        Ok((by_batch, names))
    }

    pub(super) fn names_of(&self, institution: InstitutionId) -> &[institution_name::Model] {
        self.names.get(&institution).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn number_of_parties(&self, batch: BatchId) -> i32 {
        let parties = self.delegations.get(&batch).map(Vec::len).unwrap_or_default();
        i32::try_from(parties).unwrap_or(i32::MAX)
    }

    pub(super) fn plans_of(&self, delegations: &[delegation::Model]) -> Vec<action_plan::Model> {
        delegations.iter().flat_map(|row| self.plans_of_one(row.id)).cloned().collect()
    }

    pub(super) fn plans_of_one(&self, delegation: DelegationId) -> &[action_plan::Model] {
        self.plans.get(&delegation).map(Vec::as_slice).unwrap_or_default()
    }

    /// The members of the programme's group on the first day of the batch, or on its last day where
    /// that is all that is known; none where there is no group or no date.
    pub(super) fn members(
        &self,
        batch: &batch::Model,
        programme: &programme::Model,
    ) -> Option<Vec<CountryCode>> {
        let on = batch.starts_on.or(batch.ends_on)?;
        let members = self.members.get(&programme.regional_group_id?)?;
        let members = members.iter().filter(|row| is_member(row, on));
        Some(members.map(|row| row.country_code.clone()).collect())
    }
}

fn query<E: EntityTrait>(select: sea_orm::Select<E>) -> sea_orm::sea_query::SelectStatement {
    sea_orm::QueryTrait::into_query(select)
}

fn grouped<K: Ord, T>(rows: Vec<T>, key: impl Fn(&T) -> K) -> BTreeMap<K, Vec<T>> {
    let mut groups: BTreeMap<K, Vec<T>> = BTreeMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
