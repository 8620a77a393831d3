//! What others know institutions by.

use std::sync::Arc;

use async_graphql::{ID, InputObject, Object, Result};
use entity::{institution, institution_identifier};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition};

use crate::graphql::filter::*;
use crate::network::entry::entry_id;

/// A number or code of an institution in somebody's scheme. It belongs to one institution.
#[derive(Clone, Debug)]
pub struct InstitutionIdentifier(pub Arc<institution_identifier::Model>);

/// A number or code of an institution in somebody's scheme. It belongs to one institution.
#[Object]
impl InstitutionIdentifier {
    /// Tells identifiers apart; opaque, and not resolved by `node`.
    async fn id(&self) -> ID {
        entry_id("InstitutionIdentifier", self.0.id.0)
    }

    /// Whose scheme: `ROR`, `Wikidata`, `IATI` …
    async fn scheme(&self) -> &str {
        &self.0.scheme
    }

    /// The number or code in the scheme.
    async fn value(&self) -> &str {
        &self.0.value
    }
}

/// Tests the identifiers of an institution: one of them fulfils both tests.
#[derive(Clone, Debug, Default, InputObject)]
pub struct InstitutionIdentifierFilter {
    /// By scheme.
    scheme: Option<ExactTextFilter>,
    /// By the number or code in the scheme.
    value: Option<ExactTextFilter>,
}

pub(super) fn identified(filter: InstitutionIdentifierFilter, scope: &Scope<'_>) -> Result<Condition> {
    use institution_identifier::Column::{InstitutionId, Scheme, Value};
    let column = |column| Expr::col((institution_identifier::Entity, column));
    let both = Condition::all()
        .add_option(filter.scheme.map(|scheme| scheme.test(column(Scheme), scope)).transpose()?)
        .add_option(filter.value.map(|value| value.test(column(Value), scope)).transpose()?);
    let identifiers = matching::<institution_identifier::Entity>(InstitutionId, both, scope);
    Ok(institution::Column::Id.in_subquery(identifiers).into())
}
