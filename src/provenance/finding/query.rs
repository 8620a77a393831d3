//! How findings are chosen and ordered.

use async_graphql::Result;
use entity::vocabulary::Severity;
use sea_orm::Condition;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};

use crate::delivery::batch::BatchFilter;
use crate::graphql::filter::*;
use crate::graphql::input::input;
use crate::graphql::order::order;
use crate::provenance::claim::ClaimListFilter;

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
        /// How grave it is.
        Severity => SortSeverity,
    }
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

/// What `sort_severity` holds for a severity.
fn rank(severity: Severity) -> i32 {
    match severity {
        Severity::Info => 0,
        Severity::Warning => 1,
        Severity::Severe => 2,
    }
}

impl Operator for SeverityFilter {
    /// `column` holds ranks.
    fn test(self, column: SimpleExpr, _: &Scope<'_>) -> Result<Condition> {
        let one_of = self.one_of.map(|values| {
            let mut ranks: Vec<_> = values.into_iter().map(rank).collect();
            ranks.sort_unstable();
            ranks.dedup();
            column.clone().is_in(ranks)
        });
        Ok(Condition::all()
            .add_option(self.eq.map(|value| column.clone().eq(rank(value))))
            .add_option(one_of)
            .add_option(self.gte.map(|value| column.gte(rank(value)))))
    }
}
