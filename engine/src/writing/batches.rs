//! Batches that a write has locked, with what it has read of them, as it stands.

use std::collections::HashMap;

use entity::id::{BatchId, InstitutionId, SourceId};
use entity::vocabulary::SourceKind;
use entity::{action_plan, batch, delegation, programme, source};
use sea_orm::prelude::Expr;
use sea_orm::sea_query::{ExprTrait, LockType, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IdenStatic, JoinType};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, QueryTrait, RelationTrait};

use crate::db::{Memory, News, Write, row};

/// A batch with its programme.
pub type Batch = (batch::Model, programme::Model);

/// A delegation, with its plans.
#[derive(Clone, Debug)]
pub struct Party {
    /// The delegation.
    pub row: delegation::Model,
    /// Its plans.
    pub plans: Vec<action_plan::Model>,
}

/// What is known of batches.
#[derive(Default)]
pub(super) struct Batches {
    /// Batches that are locked, as long as nothing of them has changed.
    locked: HashMap<BatchId, Batch>,
    /// The delegations of batches that are locked, with their plans.
    parties: HashMap<BatchId, Vec<Party>>,
    /// The sources by which the owners of batches that are locked speak, as long as no source has
    /// changed.
    speaking: HashMap<InstitutionId, SourceId>,
}

impl Memory for Batches {
    fn hear(&mut self, news: News<'_>) {
        match news {
            News::Coming("delegation") => self.parties.clear(),
            // It takes the place of the former one when it has changed.
            News::Changing("delegation") => {}
            News::Changed(row) => row.downcast_ref().into_iter().for_each(|row| self.changed(row)),
            News::Coming(table) | News::Changing(table) => match table {
                "batch" | "programme" => self.locked.clear(),
                "action_plan" => self.parties.clear(),
                "source" => self.speaking.clear(),
                _ => {}
            },
            News::Advancing => self.locked.clear(),
            News::Rewritten => self.parties.clear(),
            News::Spooled => {
                self.locked.clear();
                self.parties.clear();
            }
            News::PartUndone => *self = Self::default(),
            News::PartBegun | News::PartDone => {}
        }
    }
}

impl Batches {
    /// All of some batches; none where one of them is not known.
    pub(super) fn locked(&self, ids: &[BatchId]) -> Option<Vec<Batch>> {
        ids.iter().map(|id| self.locked.get(id).cloned()).collect()
    }

    /// The delegations of a batch, where they are known.
    pub(super) fn parties(&self, batch: BatchId) -> Option<&[Party]> {
        self.parties.get(&batch).map(Vec::as_slice)
    }

    /// A delegation has changed.
    fn changed(&mut self, row: &delegation::Model) {
        let known = self.parties.get_mut(&row.batch_id).into_iter().flatten();
        known.filter(|party| party.row.id == row.id).for_each(|party| party.row = row.clone());
    }
}

impl Write {
    /// Waits until no other write is under way that changes what is accepted of these batches, and
    /// keeps such out until this one has ended: what is read of them afterwards is all that there
    /// is.
    pub async fn lock_batches(&self, ids: &[BatchId]) -> Result<Vec<Batch>, DbErr> {
        if let Some(locked) = self.remembered(|known: &mut Batches| known.locked(ids)) {
            return Ok(locked);
        }
        self.lock_batches_where(batch::Column::Id.is_in(ids.iter().copied()).into()).await
    }

    /// The same for all batches of which something holds. In the order of the ids, so that no two
    /// writes wait for each other; not `FOR UPDATE`, for which each would wait until the other's
    /// new claims are in.
    pub async fn lock_batches_where(&self, which: Condition) -> Result<Vec<Batch>, DbErr> {
        const SPEAKING: &str = "speaking";
        let select = batch::Entity::find().filter(which).order_by_asc(batch::Column::Id);
        let mut select = select.find_also_related(programme::Entity);
        QuerySelect::query(&mut select)
            .expr_as(Expr::SubQuery(None, Box::new(owners_source().into())), SPEAKING)
            .lock_with_tables(LockType::NoKeyUpdate, [batch::Entity]);
        let (mut batches, mut speaking) = (Vec::new(), Vec::new());
        let of_batch = row::columns::<batch::Entity>();
        let of_programme = row::columns::<programme::Entity>();
        for row in self.read().query_all(&select.into_query()).await? {
            let batch = row::model::<batch::Entity>(&row, 0, &of_batch)?;
            let programme = row::model::<programme::Entity>(&row, of_batch.len(), &of_programme)?;
            if let Some(source) = row.try_get("", SPEAKING)? {
                speaking.push((batch.owner_id, source));
            }
            batches.push((batch, programme));
        }
        self.remembered(|known: &mut Batches| {
            known.speaking.extend(speaking);
            known.locked.extend(batches.iter().map(|row| (row.0.id, row.clone())));
        });
        Ok(batches)
    }

    /// The source by which an institution speaks of its own records, where it has spoken before.
    pub async fn owner_statement_source(
        &self,
        owner: InstitutionId,
    ) -> Result<Option<SourceId>, DbErr> {
        let known = self.remembered(|known: &mut Batches| known.speaking.get(&owner).copied());
        if known.is_some() {
            return Ok(known);
        }
        let found = sources_of(Expr::val(owner));
        let row = self.read().query_one(&found).await?;
        row.map(|row| row.try_get("", source::Column::Id.as_str())).transpose()
    }

    /// The delegations of batches that are locked, in the order of their ids, with their plans.
    pub async fn parties_of(&self, batches: &[BatchId]) -> Result<Vec<Party>, DbErr> {
        let known = self.remembered(|known: &mut Batches| {
            let parties = batches.iter().map(|batch| known.parties(*batch).map(<[Party]>::to_vec));
            parties.collect::<Option<Vec<_>>>()
        });
        if let Some(known) = known {
            return Ok(known.into_iter().flatten().collect());
        }
        let select = delegation::Entity::find()
            .filter(delegation::Column::BatchId.is_in(batches.iter().copied()))
            .order_by_asc(delegation::Column::Id)
            .select_also(action_plan::Entity)
            .join(JoinType::LeftJoin, action_plan::Relation::Delegation.def().rev())
            .into_query();
        let of_party = row::columns::<delegation::Entity>();
        let of_plan = row::columns::<action_plan::Entity>();
        let mut parties: Vec<Party> = Vec::new();
        for row in self.read().query_all(&select).await? {
            let plan = row::maybe::<action_plan::Entity>(&row, of_party.len(), &of_plan)?;
            let row = row::model::<delegation::Entity>(&row, 0, &of_party)?;
            match parties.last_mut().filter(|last| last.row.id == row.id) {
                Some(last) => last.plans.extend(plan),
                None => parties.push(Party { row, plans: plan.into_iter().collect() }),
            }
        }
        let mut by_batch: HashMap<BatchId, Vec<Party>> = HashMap::new();
        by_batch.extend(batches.iter().map(|batch| (*batch, Vec::new())));
        for party in &parties {
            by_batch.entry(party.row.batch_id).or_default().push(party.clone());
        }
        self.remembered(|known: &mut Batches| known.parties.extend(by_batch));
        Ok(parties)
    }
}

/// The id of the source by which the owner of a batch speaks.
fn owners_source() -> SelectStatement {
    sources_of(Expr::col((batch::Entity, batch::Column::OwnerId)))
}

/// The id of the first statement of an institution.
fn sources_of(owner: Expr) -> SelectStatement {
    // Written out, so that PostgreSQL knows how few there are, and can keep the plan.
    let statement = Expr::Constant(SourceKind::OwnerStatement.into());
    Query::select()
        .column((source::Entity, source::Column::Id))
        .from(source::Entity)
        .and_where(Expr::col((source::Entity, source::Column::Kind)).eq(statement))
        .and_where(Expr::col((source::Entity, source::Column::PublisherId)).eq(owner))
        .order_by((source::Entity, source::Column::Id), Order::Asc)
        .limit(1)
        .take()
}
