//! How findings are chosen and ordered.

use std::collections::BTreeSet;

use async_graphql::Result;
use entity::finding;
use entity::vocabulary::{ClaimProperty, FindingRule, FindingState, Severity};
use sea_orm::sea_query::{ExprTrait, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition};

use crate::delivery::batch::BatchFilter;
use crate::graphql::filter::*;
use crate::graphql::input::input;
use crate::graphql::order::order;
use crate::provenance::claim::ClaimListFilter;
use crate::provenance::finding::rules::rank;

filter! {
    /// Which findings.
    FindingFilter / FindingListFilter of finding {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By how grave it is.
        severity: SeverityFilter => column(SortSeverity);
        /// By what has become of it.
        state: FindingStateFilter => column(State);
        /// By the rule that found it.
        rule: FindingRuleFilter => column(Rule);
        /// By the kind of record that it is about.
        record_kind: RecordKindFilter => column(SubjectKind);
        /// By the property that it is about.
        property: ClaimPropertyFilter => column(Property);
        /// By the batch that it concerns.
        batch: BatchFilter => one(BatchId in batch);
        /// By the claims behind it.
        claims: ClaimListFilter => through(finding_claim.FindingId/ClaimId to claim);
    }
}

order! {
    /// In which order findings are listed.
    FindingOrder / FindingOrderField of finding by SortSeverity Desc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// How grave it is, and of one severity what is certain first.
        Severity => SortSeverity,
    }
}

/// The ids of records about a property of which sources contradict each other.
pub(crate) fn contradicted(property: ClaimProperty, scope: &Scope<'_>) -> SelectStatement {
    use finding::Column::{Property, Rule, State, SubjectId};
    let conflict = Condition::all()
        .add(Rule.eq(FindingRule::ValueConflict))
        .add(Property.eq(property))
        .add(State.is_in([FindingState::Open, FindingState::Explained]));
    matching::<finding::Entity>(SubjectId, conflict, scope)
}

input! {
    /// Tests how grave something is.
    #[derive(Default)]
    pub struct SeverityFilter {
        /// Equal to this.
        eq: Option<Severity>,
        /// Equal to one of these.
        one_of as "in": Option<Vec<Severity>>,
        /// As grave as this, or graver: `INFO` < `WARNING` < `SEVERE`.
        gte: Option<Severity>,
    }
}

impl Operator for SeverityFilter {
    /// `column` holds ranks: two of each severity.
    fn test(self, column: SimpleExpr, _: &Scope<'_>) -> Result<Condition> {
        let is_one_of = |values: Vec<Severity>| {
            let ranks = values.into_iter().flat_map(|of| [rank(of, false), rank(of, true)]);
            column.clone().is_in(ranks.collect::<BTreeSet<i32>>())
        };
        Ok(Condition::all()
            .add_option(self.eq.map(|value| is_one_of(vec![value])))
            .add_option(self.one_of.map(is_one_of))
            .add_option(self.gte.map(|value| column.clone().gte(rank(value, false)))))
    }
}
