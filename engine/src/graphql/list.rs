//! Lists in answers.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use futures::future::{BoxFuture, try_join_all};

/// A list in an answer.
///
/// A `Vec` would look the same to clients. But the library makes the machine that waits for its
/// items anew for each type of item, and with some eighty such types that was an eighth of the
/// whole program.
#[derive(Clone, Debug)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T: OutputType> OutputType for List<T> {
    fn type_name() -> Cow<'static, str> {
        format!("[{}]", T::qualified_type_name()).into()
    }

    fn qualified_type_name() -> String {
        format!("[{}]!", T::qualified_type_name())
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry);
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let mut items: Vec<BoxFuture<'_, ServerResult<Value>>> = Vec::with_capacity(self.0.len());
        for (place, item) in self.0.iter().enumerate() {
            let ctx = ctx.with_index(place);
            items.push(Box::pin(async move {
                item.resolve(&ctx, field).await.map_err(|error| ctx.set_error_path(error))
            }));
        }
        all(items).await
    }
}

fn all(items: Vec<BoxFuture<'_, ServerResult<Value>>>) -> BoxFuture<'_, ServerResult<Value>> {
    Box::pin(async move { try_join_all(items).await.map(Value::List) })
}
