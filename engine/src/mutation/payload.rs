//! What a mutation answers with: what was changed, or why it was refused. One type for the payloads
//! of all of them, which differ in their names and in what they lead to.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaField, Registry};
use async_graphql::resolver_utils::resolve_container;
use async_graphql::types::Any;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, OutputType, Positioned, ServerError, ServerResult,
    Value,
};
use futures::future::BoxFuture;

use super::carry_out::{Outcome, decide};
use super::user_error::UserError;
use super::{Mutation, MutationRequest};
use crate::engine::reference::{Reference, records};
use crate::engine::register::{Argument, field, object};
use crate::graphql::context::RequestContext;
use crate::graphql::list::List;
use crate::graphql::loader::Key;
use crate::graphql::names::camel_case;
use crate::graphql::scalars::Cursor;
use crate::request::OnError;

/// The field of a mutation, with the types that it leads to.
pub fn described(registry: &mut Registry, mutation: &Mutation) -> (String, MetaField) {
    let record = [
        "What was changed, as it stands now; with `CONFLICT`, the record as others have left it. \
         Nothing where it was",
        "refused otherwise.",
    ];
    let noun = ((mutation.noun)().ty)(registry);
    let ty =
        if mutation.is_list { format!("[{noun}]!") } else { noun.trim_end_matches('!').to_owned() };
    let mut fields = vec![field(registry, &camel_case(mutation.record), &record, ty, &[])];
    if let Some(secret) = mutation.secret {
        let doc =
            ["The secret, shown this once; null where it was refused, or carried out before."];
        let ty = <Option<String> as OutputType>::create_type_info(registry);
        fields.push(field(registry, &camel_case(secret), &doc, ty, &[]));
    }
    let errors = <List<UserError> as OutputType>::create_type_info(registry);
    fields.push(field(
        registry,
        "errors",
        &["Why it was refused; none where it was carried out."],
        errors,
        &[],
    ));
    let cursor = ["The place in the log behind the events of it; null where it was refused."];
    let ty = <Option<Cursor> as OutputType>::create_type_info(registry);
    fields.push(field(registry, "cursor", &cursor, ty, &[]));
    let payload = object(mutation.payload, &["What became of it."], fields.into_iter().collect());
    registry.types.insert(mutation.payload.to_owned(), payload);
    let input = [Argument::new("input", "What is to be done.", mutation.input)];
    field(
        registry,
        &camel_case(mutation.name),
        mutation.doc,
        format!("{}!", mutation.payload),
        &input,
    )
}

/// Carries out a mutation, and answers with what is selected.
pub fn carry_out<'a>(
    mutation: &'a Mutation,
    ctx: &'a Context<'_>,
) -> BoxFuture<'a, ServerResult<Value>> {
    Box::pin(async move {
        let asked = asked(mutation, ctx).map_err(|error| ctx.set_error_path(error))?;
        let outcome = decide(ctx, mutation, &*asked).await;
        let mut outcome =
            outcome.map_err(|error| ctx.set_error_path(error.into_server_error(ctx.item.pos)))?;
        // A writer is shown what he has written.
        let written = std::mem::take(&mut outcome.written);
        for (id, table, values) in written.take().filter(|(id, ..)| outcome.ids.contains(id)) {
            ctx.reader().keep_row(&table, Key::Id(id), values);
        }
        let payload = Payload { mutation, outcome };
        payload.resolve(&ctx.with_selection_set(&ctx.item.node.selection_set), ctx.item).await
    })
}

fn asked(mutation: &Mutation, ctx: &Context<'_>) -> ServerResult<Box<dyn MutationRequest>> {
    let (pos, Any(input)) = ctx.param_value("input", None)?;
    (mutation.read)(input).map_err(|message| ServerError::new(message, Some(pos)))
}

/// What became of a mutation.
struct Payload<'a> {
    mutation: &'a Mutation,
    outcome: Outcome,
}

impl Payload<'_> {
    /// What is selected of the records. One that the writer may not see, such as one of another
    /// kind whose version did not fit, is left out.
    async fn records(&self, ctx: &Context<'_>) -> ServerResult<Value> {
        let (noun, selection) =
            ((self.mutation.noun)(), ctx.with_selection_set(&ctx.item.node.selection_set));
        let mut keys = self.outcome.ids.iter().copied().map(Key::Id);
        let answer = if self.mutation.is_list {
            records(noun, &keys.collect::<Vec<_>>(), false, &selection, ctx.item).await
        } else {
            match keys.next() {
                Some(key) => {
                    Reference { key, must: false }.resolve(noun, &selection, ctx.item).await
                }
                None => Ok(Value::Null),
            }
        };
        // Only a list must not be null.
        let may_be_null = !self.mutation.is_list || ctx.on_error() == OnError::Null;
        match answer {
            Err(error) if may_be_null => {
                ctx.add_error(error);
                Ok(Value::Null)
            }
            answer => answer,
        }
    }
}

impl OutputType for Payload<'_> {
    /// Each has the name that its mutation gives it.
    fn type_name() -> Cow<'static, str> {
        "Payload".into()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.mutation.payload.into()
    }

    fn create_type_info(_: &mut Registry) -> String {
        <Self as OutputType>::qualified_type_name()
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ContainerType for Payload<'_> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let Outcome { errors, cursor, secret, .. } = &self.outcome;
        let selection = ctx.with_selection_set(&ctx.item.node.selection_set);
        let name = ctx.item.node.name.node.as_str();
        let answer = match name {
            "errors" => errors.resolve(&selection, ctx.item).await?,
            "cursor" => cursor.resolve(&selection, ctx.item).await?,
            _ if self.mutation.secret.is_some_and(|secret| camel_case(secret) == name) => {
                secret.resolve(&selection, ctx.item).await?
            }
            _ => self.records(ctx).await?,
        };
        Ok(Some(answer))
    }
}
