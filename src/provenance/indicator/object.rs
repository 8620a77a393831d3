//! What an indicator shows.

use async_graphql::Context;
use entity::{citation, observation};

use super::IndicatorFilter;
use crate::engine::Computed;
use crate::engine::object::object;
use crate::graphql::context::Reading;
use crate::graphql::edge::Edge;
use crate::graphql::language::Language;
use crate::provenance::citation::Citation;
use crate::provenance::observation::Observation;

object! {
    /// A sector statistic that sources quote with a programme or batch, such as the demand for jewellery.
    Indicator of indicator, chosen by IndicatorFilter {
        /// Its values, as sources state them.
        list observations: Observation => Edge::by(observation::Column::IndicatorId);
        /// Which sources document it.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// The unit of its values: a UCUM code where there is one ("t" is the tonne), else a word in braces or plain.
        column unit: &str;

        computed label = Computed::of(&["label_en", "label_id"], |made| {
            let row = made.row::<entity::indicator::Entity>()?;
            Ok(made.languages().en_or_id(&row.label_en, row.label_id.as_deref()).into())
        });
    } {
        /// What is measured, in a language: the one asked for, else that of the request, else English.
        async fn label(&self, ctx: &Context<'_>, #[graphql(desc = "The language.")] language: Option<Language>) -> String {
            ctx.languages(language).en_or_id(&self.0.label_en, self.0.label_id.as_deref())
        }
    }
}
