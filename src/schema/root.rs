//! The root of queries as the library sees it, with the field within which parts of a plan are resolved that code of its own resolves.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::resolve_container;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value,
};

use super::roots::Query;
use crate::engine::answer::answer;
use crate::engine::collect::Mask;
use crate::engine::fetch::Asking;
use crate::engine::noun::Catalogue;
use crate::engine::plan::Plan;
use crate::engine::planner::OWN_FIELDS;
use crate::engine::write::Written;
use crate::graphql::context::Reading;
use crate::graphql::language::Languages;
use crate::site::Site;

/// The root of queries.
pub struct Root;

/// A plan that is to be answered within an execution.
pub struct Job {
    /// The plan.
    pub plan: Arc<Option<Plan>>,
    /// What its parts were planned by.
    pub catalogue: Arc<Catalogue>,
    /// Which parts are wanted.
    pub mask: Mask,
    /// The variables of the request, as the plan names them.
    pub variables: async_graphql::Variables,
    /// The answer, when it is there.
    pub written: Mutex<Option<Written>>,
}

impl OutputType for Root {
    fn type_name() -> Cow<'static, str> {
        <Query as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Query::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ContainerType for Root {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let job = ctx.data_opt::<Arc<Job>>().filter(|_| ctx.item.node.name.node == OWN_FIELDS);
        let Some(job) = job else { return Query.resolve_field(ctx).await };
        if let Some(plan) = job.plan.as_ref() {
            let Job { catalogue, mask, variables, .. } = job.as_ref();
            let languages = ctx.data_unchecked::<Languages>();
            let asking = Asking { reader: ctx.reader(), variables, languages, mask };
            let written = answer(plan, &asking, ctx.data_unchecked::<Site>(), Some((ctx, catalogue))).await;
            *job.written.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(written);
        }
        Ok(None)
    }
}

impl ObjectType for Root {}
