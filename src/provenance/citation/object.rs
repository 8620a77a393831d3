//! What a citation shows.

use entity::vocabulary::RecordKind;

use super::CitationFilter;
use super::query::CitationOrder;
use crate::engine::node::Node;
use crate::engine::object::object;
use crate::graphql::loader::Key;
use crate::provenance::source::Source;

object! {
    /// That a source documents a record. What it states about batches and delegations stands in its
    /// claims.
    Citation of citation, chosen by CitationFilter, ordered by CitationOrder {
        /// The source that documents the record.
        one source: Source by source_id;

        /// What kind of record is documented.
        column record_kind: RecordKind = subject_kind;
        /// Where in the source: "paragraph 4"; null where that is not recorded.
        column locator: Option<&str>;
    } {
        /// The record that is documented; null where it is not there any more or may not be seen.
        async fn record(&self) -> Option<Node> {
            let country = self.0.country_code.clone().map(|code| Key::Code(code.0));
            Some(Node::seen(self.0.subject_kind, country.or(self.0.subject_id.map(Key::Id))?))
        }
    }
}
