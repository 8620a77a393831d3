//! What an indicator shows.

use entity::{citation, observation};

use super::IndicatorFilter;
use super::query::IndicatorOrder;
use crate::engine::Computed;
use crate::engine::computed::LANGUAGE;
use crate::engine::object::object;
use crate::graphql::edge::Edge;
use crate::provenance::citation::Citation;
use crate::provenance::observation::Observation;

object! {
    /// A sector statistic that sources quote with a programme or batch, such as the demand for
    /// jewellery.
    Indicator of indicator, chosen by IndicatorFilter, ordered by IndicatorOrder {
        /// Its values, as sources state them.
        list observations: Observation => Edge::by(observation::Column::IndicatorId);
        /// Which sources document it.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// The unit of its values: a UCUM code where there is one ("t" is the tonne), else a word
        /// in braces or plain.
        column unit: &str;

        /// What is measured, in a language: the one asked for, else that of the request, else
        /// English.
        computed label: String = Computed::of(&["label_en", "label_id"], |made| {
            let row = made.row::<entity::indicator::Entity>()?;
            Ok(made.languages().en_or_id(&row.label_en, row.label_id.as_deref()).into())
        }).taking(&[LANGUAGE]);
    } {}
}
