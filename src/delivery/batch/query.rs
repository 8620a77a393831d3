//! How batches are chosen and ordered.

use async_graphql::{InputObject, Result};
use entity::batch;
use entity::vocabulary::{BatchPhase, BatchStatus};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition};

use crate::delivery::delegation::DelegationListFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which batches.
    BatchFilter / BatchListFilter of batch {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By what has been decided.
        status: BatchStatusFilter => column(Status);
        /// By where it stands in time today.
        phase: BatchPhaseFilter => by(in_phase);
        /// By the accepted first day.
        starts_on: DateFilter => column(StartsOn);
        /// By the accepted last day.
        ends_on: DateFilter => column(EndsOn);
        /// By its delegations.
        delegations: DelegationListFilter => many(delegation.BatchId);
    }
}

order! {
    /// In which order batches are listed.
    BatchOrder / BatchOrderField of batch by SortDate Desc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The first day, else the last day; undated ones stand behind all others.
        Date => SortDate,
        /// The key.
        Key => Key,
        /// The title.
        Title => SortTitle,
        /// When it last changed.
        UpdatedAt => UpdatedAt,
    }
}

/// Tests where a batch stands in time.
#[derive(Clone, Debug, Default, InputObject)]
pub struct BatchPhaseFilter {
    /// Equal to this.
    eq: Option<BatchPhase>,
    /// Equal to one of these.
    #[graphql(name = "in")]
    one_of: Option<Vec<BatchPhase>>,
}

/// The same definition as [`phase`](super::phase), in SQL.
fn in_phase(filter: BatchPhaseFilter, scope: &Scope<'_>) -> Result<Condition> {
    use batch::Column::{EndsOn, StartsOn, Status};
    let today = scope.today;
    let past = Condition::any()
        .add(EndsOn.lt(today))
        .add(Condition::all().add(StartsOn.lte(today)).add(EndsOn.is_null()).add(Status.eq(BatchStatus::Closed)));
    let of = |phase: BatchPhase| match phase {
        BatchPhase::Past => past.clone(),
        BatchPhase::Upcoming => StartsOn.gt(today).into(),
        BatchPhase::Ongoing => Condition::all().add(StartsOn.lte(today)).add(
            Condition::any()
                .add(EndsOn.gte(today))
                .add(Condition::all().add(EndsOn.is_null()).add(Status.ne(BatchStatus::Closed))),
        ),
        BatchPhase::Undated => Condition::all().add(StartsOn.is_null()).add(EndsOn.is_null().or(EndsOn.gte(today))),
    };
    let mut all = Condition::all().add_option(filter.eq.map(of));
    if let Some(phases) = filter.one_of {
        all = all.add(phases.into_iter().map(of).fold(Condition::any(), Condition::add));
    }
    Ok(all)
}
