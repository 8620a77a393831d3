//! How outcomes are chosen and ordered.

use crate::delivery::batch::BatchFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::institution::InstitutionFilter;
use crate::people::person::PersonFilter;
use crate::provenance::citation::CitationListFilter;

filter! {
    /// Which outcomes.
    OutcomeFilter / OutcomeListFilter of outcome {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By what it is to the batch.
        kind: OutcomeKindFilter => column(Kind);
        /// By the day on which it came about.
        occurred_on: DateFilter => column(OccurredOn);
        /// By its batch.
        batch: BatchFilter => one(BatchId in batch);
        /// By the institution that it concerns.
        institution: InstitutionFilter => one(InstitutionId in institution);
        /// By who named it.
        stated_by: PersonFilter => one(StatedById in person);
        /// By the sources that document it.
        citations: CitationListFilter => many(citation.SubjectId);
    }
}

order! {
    /// In which order outcomes are listed.
    OutcomeOrder / OutcomeOrderField of outcome by Id Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
    }
}
