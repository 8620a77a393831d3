//! What others know institutions by.

use async_graphql::{ID, Result, SimpleObject};
use entity::{institution, institution_identifier};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition};
use serde::Serialize;

use crate::graphql::filter::*;
use crate::graphql::input::input;
use crate::network::entry::entry_id;

/// A number or code of an institution in somebody's scheme. It belongs to one institution.
#[derive(Clone, Debug, Serialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct InstitutionIdentifier {
    /// Tells identifiers apart; opaque, and not resolved by `node`.
    id: ID,
    /// Whose scheme: `ROR`, `Wikidata`, `IATI` …
    scheme: String,
    /// The number or code in the scheme.
    value: String,
}

impl From<&institution_identifier::Model> for InstitutionIdentifier {
    fn from(row: &institution_identifier::Model) -> Self {
        Self {
            id: entry_id("InstitutionIdentifier", row.id.0),
            scheme: row.scheme.clone(),
            value: row.value.clone(),
        }
    }
}

input! {
    /// Tests the identifiers of an institution: one of them fulfils both tests.
    #[derive(Default)]
    pub struct InstitutionIdentifierFilter {
        /// By scheme.
        scheme: Option<ExactTextFilter>,
        /// By the number or code in the scheme.
        value: Option<ExactTextFilter>,
    }
}

pub(super) fn identified(
    filter: InstitutionIdentifierFilter,
    scope: &Scope<'_>,
) -> Result<Condition> {
    use institution_identifier::Column::{InstitutionId, Scheme, Value};
    let column = |column| Expr::col((institution_identifier::Entity, column));
    let both = Condition::all()
        .add_option(filter.scheme.map(|scheme| scheme.test(column(Scheme), scope)).transpose()?)
        .add_option(filter.value.map(|value| value.test(column(Value), scope)).transpose()?);
    let identifiers = matching::<institution_identifier::Entity>(InstitutionId, both, scope);
    Ok(institution::Column::Id.in_subquery(identifiers).into())
}
