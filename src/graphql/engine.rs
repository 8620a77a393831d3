//! Where the engine departs from the specification, and what it is told so that it does not. The other half is
//! [`convert`](crate::request::convert), which makes the documents that it executes.

use std::borrow::Cow;

use async_graphql::async_trait::async_trait;
use async_graphql::parser::types::{Directive, Field};
use async_graphql::registry::{MetaType, Registry};
use async_graphql::{
    Context, ContextDirective, ContextSelectionSet, CustomDirective, CustomDirectiveFactory, ObjectType, OutputType,
    Positioned, ResolveFut, SchemaBuilder, ServerResult, SubscriptionType, Value,
};

use crate::request::convert::{NULL_ON_ERROR, union_condition};

/// Prepares a schema to execute what `convert` makes. Its SDL is no longer that of the API.
pub fn executing<Q, M, S>(builder: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    builder.register_output_type::<Unions>().directive(NullOnError)
}

/// Has each member of a union implement an interface that stands for the union: the engine applies a fragment to an object where
/// it names the object's type or one of its interfaces, and leaves out those on a union. Introspection does not show the
/// interfaces, since no type has their names.
struct Unions;

impl OutputType for Unions {
    fn type_name() -> Cow<'static, str> {
        "unions".into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let members = |ty: &MetaType| match ty {
            MetaType::Union { name, possible_types, .. } => {
                possible_types.iter().map(|member| (member.clone(), union_condition(name))).collect()
            }
            _ => Vec::new(),
        };
        let members: Vec<_> = registry.types.values().flat_map(members).collect();
        for (member, union) in members {
            registry.add_implements(&member, &union);
        }
        Self::type_name().into_owned()
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::Null)
    }
}

/// Turns an error at a nullable field into null at that field. The engine reads the arguments of a field on behalf of its parent, and nulls that where one
/// of them is wrong.
struct NullOnError;

impl CustomDirectiveFactory for NullOnError {
    fn name(&self) -> Cow<'static, str> {
        NULL_ON_ERROR.into()
    }

    /// It is no directive of the schema.
    fn register(&self, _: &mut Registry) {}

    fn create(&self, _: &ContextDirective<'_>, _: &Directive) -> ServerResult<Box<dyn CustomDirective>> {
        Ok(Box::new(Self))
    }
}

#[async_trait]
impl CustomDirective for NullOnError {
    async fn resolve_field(&self, ctx: &Context<'_>, resolve: ResolveFut<'_>) -> ServerResult<Option<Value>> {
        Ok(resolve.await.unwrap_or_else(|error| {
            // One that comes from within the field has its place already.
            ctx.add_error(if error.path.is_empty() { ctx.set_error_path(error) } else { error });
            None
        }))
    }
}
