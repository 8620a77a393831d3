//! Where async-graphql departs from the specification, and what it is told so that it does not. The
//! other half is [`convert`](crate::request::convert), which makes the documents that it executes.

use std::borrow::Cow;

use async_graphql::async_trait::async_trait;
use async_graphql::parser::types::Directive;
use async_graphql::registry::Registry;
use async_graphql::{
    Context, ContextDirective, CustomDirective, CustomDirectiveFactory, ObjectType, ResolveFut,
    SchemaBuilder, ServerResult, SubscriptionType, Value,
};

use crate::request::convert::NULL_ON_ERROR;

/// Prepares a schema to execute what `convert` makes.
pub fn executing<Q, M, S>(builder: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    builder.directive(NullOnError)
}

/// Turns an error at a field into null at that field. The library reads the arguments of a field on
/// behalf of its parent, and nulls that where one of them is wrong.
struct NullOnError;

impl CustomDirectiveFactory for NullOnError {
    fn name(&self) -> Cow<'static, str> {
        NULL_ON_ERROR.into()
    }

    /// It is no directive of the schema.
    fn register(&self, _: &mut Registry) {}

    fn create(
        &self,
        _: &ContextDirective<'_>,
        _: &Directive,
    ) -> ServerResult<Box<dyn CustomDirective>> {
        Ok(Box::new(Self))
    }
}

#[async_trait]
impl CustomDirective for NullOnError {
    async fn resolve_field(
        &self,
        ctx: &Context<'_>,
        resolve: ResolveFut<'_>,
    ) -> ServerResult<Option<Value>> {
        Ok(resolve.await.unwrap_or_else(|error| {
            // One that comes from within the field has its place already.
            ctx.add_error(if error.path.is_empty() { ctx.set_error_path(error) } else { error });
            None
        }))
    }
}
