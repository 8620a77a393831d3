//! What an outcome shows.

use entity::citation;
use entity::vocabulary::OutcomeKind;

use super::OutcomeFilter;
use super::query::OutcomeOrder;
use crate::delivery::batch::Batch;
use crate::engine::Computed;
use crate::engine::computed::LANGUAGE;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::graphql::scalars::Date;
use crate::network::institution::Institution;
use crate::people::person::Person;
use crate::provenance::citation::Citation;

object! {
    /// An aim, a result or a follow-up that is named with a batch.
    Outcome of outcome, chosen by OutcomeFilter, ordered by OutcomeOrder {
        /// The batch.
        one batch: Batch by batch_id;

        /// The institution that it concerns; null where none is named.
        maybe institution: Institution by institution_id;

        /// Who named it; null where nobody is quoted, or where you may not see the person.
        maybe stated_by: Person by stated_by_id;

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// What it is to the batch.
        column kind: OutcomeKind;
        /// The day on which it came about; null where it did not, or the day is not known.
        column occurred_on: Option<Date>;

        /// What it is, in a language: the one asked for, else that of the request, else English.
        computed label: String = Computed::of(&["label_en", "label_id"], |made| {
            let row = made.row::<entity::outcome::Entity>()?;
            Ok(made.languages().en_or_id(&row.label_en, row.label_id.as_deref()).into())
        }).taking(&[LANGUAGE]);
    } {}
}
