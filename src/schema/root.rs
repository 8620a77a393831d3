//! The root of queries as the library sees it, with the field within which parts of a plan are
//! resolved that code of its own resolves.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, Selection, SelectionSet};
use async_graphql::registry::{MetaType, MetaTypeId, Registry};
use async_graphql::resolver_utils::resolve_container;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult,
    Value, Variables,
};
use futures::future::BoxFuture;

use super::query::Query;
use super::roots::ROOTS;
use crate::engine::answer::answer;
use crate::engine::collect::Mask;
use crate::engine::fetch::LevelExecutor;
use crate::engine::noun::{Catalogue, Entry, nouns};
use crate::engine::own::{self, Execution};
use crate::engine::plan::Plan;
use crate::engine::planner::{OWN_FIELDS, Sees, roots};
use crate::engine::register::{connection, field, interface, list_arguments, object};
use crate::engine::write::JsonAnswer;
use crate::eventlog::History;
use crate::graphql::context::RequestContext;
use crate::graphql::names::camel_case;
use crate::site::Site;

/// The root of queries.
pub struct Root;

/// A plan that is to be answered within an execution.
pub struct Job {
    /// The plan.
    pub plan: Arc<Option<Plan>>,
    /// Which parts are wanted.
    pub mask: Mask,
    /// The variables of the request, as the plan names them.
    pub variables: Variables,
    /// The answer, when it is there.
    pub written: Mutex<Option<JsonAnswer>>,
}

impl OutputType for Root {
    fn type_name() -> Cow<'static, str> {
        "Query".into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Object, |registry| {
            let mut fields = match registry.create_fake_output_type::<Query>() {
                MetaType::Object { fields, .. } => fields,
                _ => IndexMap::new(),
            };
            for root in ROOTS {
                let (ty, arguments) = match (root.to, root.ty) {
                    (Entry::List(noun), _) => {
                        (connection(registry, noun()), list_arguments(noun()).to_vec())
                    }
                    (_, Some(ty)) => (ty(registry), root.arguments.to_vec()),
                    (_, None) => continue,
                };
                fields.extend([field(registry, &camel_case(root.name), root.doc, ty, &arguments)]);
            }
            let nouns = nouns(ROOTS);
            let common = registry.create_fake_output_type::<History>();
            if let MetaType::Object { fields: common, .. } = common {
                for noun in nouns.iter().filter(|noun| noun.is_record()) {
                    if let Some(MetaType::Object { fields, .. }) = registry.types.get_mut(noun.name)
                    {
                        fields.extend(common.clone());
                    }
                }
            }
            let doc = ["A record of the register: what has an id of its own."];
            let node = interface(registry, "Node", &doc, nouns.into_iter());
            registry.types.insert("Node".to_owned(), node);
            object("Query", &["The entry to all that can be read."], fields)
        })
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ContainerType for Root {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        match ctx.data_opt::<Arc<Job>>().filter(|_| ctx.item.node.name.node == OWN_FIELDS) {
            Some(job) => carry_out(job, ctx).await,
            None => by_itself(ctx).await.map(Some),
        }
    }
}

impl ObjectType for Root {}

/// Answers a plan within the execution of its own fields.
fn carry_out<'a>(job: &'a Job, ctx: &'a Context<'_>) -> BoxFuture<'a, ServerResult<Option<Value>>> {
    Box::pin(async move {
        if let Some(plan) = job.plan.as_ref() {
            let items = ctx.item.node.selection_set.node.items.iter();
            let fields = items.filter_map(|item| match &item.node {
                Selection::Field(field) => Some(field),
                Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
            });
            let written = answered(plan, &job.mask, &job.variables, fields.collect(), ctx).await;
            *job.written.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(written);
        }
        Ok(None)
    })
}

/// Answers one field of the root, as whoever runs the schema without our pipeline asks for it.
fn by_itself<'a>(ctx: &'a Context<'_>) -> BoxFuture<'a, ServerResult<Value>> {
    Box::pin(async move {
        let reader = ctx.reader();
        let catalogue: &Arc<Catalogue> = ctx.data_unchecked();
        let selection = Positioned::new(Selection::Field((*ctx.item).clone()), ctx.item.pos);
        let set = SelectionSet { items: vec![selection] };
        // The reader keeps it: selections within are told apart by where they lie in memory.
        let planned = reader.kept(&format!("root {}", reader.mark()), || {
            let plan = roots(
                &set,
                &ctx.query_env.fragments,
                catalogue,
                &Sees { visible: reader.visible(), known: false },
            )?;
            plan.conditions.is_empty().then_some(plan)
        });
        let plan = planned.ok_or_else(|| {
            let error = reader.fail(format!("the field {} has no plan", ctx.item.node.name));
            ctx.set_error_path(error.into_server_error(ctx.item.pos))
        })?;
        let variables = &ctx.all_variables();
        let written =
            answered(&plan, &Mask::none(), variables, plan.own.iter().collect(), ctx).await;
        let answer = match serde_json::from_slice(&written.data) {
            Ok(Value::Object(fields)) => Some(fields.into_values().next().unwrap_or_default()),
            _ => None,
        };
        own::answered(ctx, answer, written.errors)
    })
}

async fn answered(
    plan: &Plan,
    mask: &Mask,
    variables: &Variables,
    fields: Vec<&Positioned<Field>>,
    ctx: &Context<'_>,
) -> JsonAnswer {
    let languages = &ctx.languages(None);
    let (reader, on_error) = (ctx.reader(), ctx.on_error());
    let executor = LevelExecutor { reader, variables, languages, mask, on_error, in_step: true };
    let execution = Execution::within(ctx, fields);
    answer(plan, &executor, ctx.data_unchecked::<Site>(), Some(&execution)).await
}
