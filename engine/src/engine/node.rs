//! A record of any kind.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use entity::vocabulary::RecordKind;

use super::noun::Catalogue;
use super::reference::Reference;
use crate::graphql::context::RequestContext;
use crate::graphql::loader::Key;

/// A record of any kind. Its type, which all nouns implement, is
/// [registered](super::register::interface) with the root.
#[derive(Clone, Debug)]
pub struct Node {
    kind: RecordKind,
    reference: Reference,
}

impl Node {
    /// The record of a kind that a key identifies: null where it is not there, or may not be seen.
    pub fn seen(kind: RecordKind, key: Key) -> Self {
        Self { kind, reference: Reference { key, must: false } }
    }
}

impl OutputType for Node {
    fn type_name() -> Cow<'static, str> {
        "Node".into()
    }

    fn create_type_info(_: &mut Registry) -> String {
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let catalogue: &Arc<Catalogue> = ctx.data_unchecked();
        match catalogue.noun(&format!("{:?}", self.kind)) {
            Some(noun) => self.reference.resolve(noun, ctx, field).await,
            None => {
                let error = ctx.reader().fail(format!("{:?} is no noun", self.kind));
                Err(ctx.set_error_path(error.into_server_error(field.pos)))
            }
        }
    }
}
