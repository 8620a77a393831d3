//! The register within a program of somebody else: its schema as an ordinary one of async-graphql,
//! to be served by whatever serves such schemas, as `async-graphql-axum` does
//! (`examples/embedded.rs`).
//!
//! Documents are parsed and validated by the library then, and nothing bounds what they cost but
//! their depth: whoever lets strangers ask has that to see to, or takes [`App::answer`], which
//! validates first. A request of the library has no `onError` either: errors propagate.

use std::sync::Arc;

use async_graphql::futures_util::stream::{self, BoxStream, StreamExt};
use async_graphql::{Data, Executor, Request, Response};

use crate::access::{Actor, Visible};
use crate::app::App;
use crate::graphql::error::bad_input;
use crate::graphql::language::Languages;
use crate::graphql::loader::Reader;
use crate::request::once::selected_twice;
use crate::schema::ApiSchema;
use crate::schema::execute::without_marks;
use crate::schema::subscribe::failure;

/// Answers queries and mutations on somebody's behalf.
#[derive(Clone)]
pub struct Embedded {
    app: App,
    schema: ApiSchema,
    actor: Actor,
}

impl Embedded {
    /// One on behalf of `actor`: whoever mounts it says who that is.
    pub fn new(app: &App, actor: Actor) -> Self {
        Self { app: app.clone(), schema: app.ordinary_schema(), actor }
    }
}

impl Executor for Embedded {
    async fn execute(&self, mut request: Request) -> Response {
        // The library would carry it out twice; what it cannot parse it refuses itself.
        let variables = request.variables.clone();
        let twice =
            request.parsed_query().ok().and_then(|document| selected_twice(document, &variables));
        if let Some(key) = twice {
            return failure(bad_input(format!(
                "`{key}` is selected twice: a mutation is carried out once"
            )));
        }
        let App { db, clock, .. } = &self.app;
        let reader = Reader::new(db, Visible::to(self.actor.clone()), clock.clone());
        let request = request.data(reader.clone()).data(Languages::default());
        let request = request
            .data(self.app.mutation_context(self.actor.clone()))
            .data(self.app.webhook_sender.clone());
        let mut response = reader.drive(self.schema.execute(request)).await;
        without_marks(&mut response);
        response
    }

    fn execute_stream(&self, _: Request, _: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let refused =
            failure(bad_input("subscriptions are not served here; ask the register itself"));
        stream::once(std::future::ready(refused)).boxed()
    }
}
