//! What is done to findings.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use entity::finding;
use uuid::Uuid;

use super::{Finding, explanation};
use crate::access::policy::Relation;
use crate::mutation::{IdOf, mutations};

mutations! {
    /// Mutations of findings.
    FINDING_MUTATIONS {
        /// Says why what a finding says is as it is. For officers of the owner of the batch, and
        /// for curators. The explanation stays for as long as what is behind the finding is the
        /// same.
        explain_finding(ExplainFindingInput)
            -> ExplainFindingPayload { finding: Finding }, a ExplainFinding {
            /// The finding.
            finding_id: IdOf<finding::Entity>,
            /// The explanation. It is public: name nobody in it who need not be named.
            explanation: String,
        }
    }
}

async fn explain_finding(
    w: &mut Write,
    by: &Authorizer,
    input: &ExplainFindingInput,
) -> Result<Uuid, WriteError> {
    let row = by.find::<finding::Entity>(w, "finding_id", input.finding_id.0).await?;
    let row = match row.batch_id {
        Some(_) => by.batch_scoped::<finding::Entity>(w, "finding_id", row.id.0).await?.1,
        None => {
            by.require(Relation::Stranger)?;
            by.target::<finding::Entity>(w, "finding_id", row.id.0).await?
        }
    };
    Ok(explanation::explain(w, &row, input.explanation.clone()).await?.row.id.0)
}
