//! What a tag shows.

use entity::vocabulary::TagVocabulary;
use entity::{citation, tag};

use super::TagFilter;
use super::query::TagOrder;
use super::vocabulary::title;
use crate::delivery::topic::Topic;
use crate::engine::Computed;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::network::programme::Programme;
use crate::provenance::citation::Citation;

object! {
    /// That a programme or topic falls under an entry of an international classification: a
    /// Sustainable Development Goal or target, a field of education, a purpose of aid.
    Tag of tag, chosen by TagFilter, ordered by TagOrder {
        /// The programme that falls under the entry; null where a topic does.
        maybe programme: Programme by programme_id;

        /// The topic that falls under the entry; null where a programme does.
        maybe topic: Topic by topic_id;

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// The classification.
        column vocabulary: TagVocabulary;
        /// The code of the entry: `8.3` of `SDG`, `0214` of `ISCED_F`, `25010` of `DAC_PURPOSE`.
        column code: &str;

        /// The title of the entry in English. Titles of `SDG` targets are short descriptions, not
        /// the wording of the United Nations.
        computed title: String = Computed::of(&["vocabulary", "code"], |made| {
            let row = made.row::<tag::Entity>()?;
            Ok(title(row.vocabulary, &row.code).unwrap_or(&row.code).into())
        });
    } {}
}
