//! Lists within the rows of a table: they say themselves how long they are.

use std::collections::HashSet;

use apollo_compiler::Name as TypeName;
use async_graphql::Value as Const;
use async_graphql::parser::types::{Selection, SelectionSet};
use async_graphql_value::Value;

use super::super::limits::LARGEST_PAGE;
use super::{Row, definition, no_table};
use crate::request::error::RequestError;
use crate::request::plan::is_list;

impl<'a> Row<'a> {
    /// Refuses a list within a row that would be cut off at its usual page without a sign of it.
    pub(super) fn check_lists<'b>(
        &self,
        parent: &TypeName,
        set: &'b SelectionSet,
        seen: &mut HashSet<&'b str>,
    ) -> Result<(), RequestError>
    where
        'a: 'b,
    {
        for item in &set.items {
            let Selection::Field(field) = &item.node else {
                if let Selection::FragmentSpread(spread) = &item.node
                    && !seen.insert(spread.node.fragment_name.node.as_str())
                {
                    continue;
                }
                if let Some((on, set)) = self.fragment(&item.node) {
                    self.check_lists(on.as_ref().unwrap_or(parent), set, seen)?;
                }
                continue;
            };
            let field = &field.node;
            let Some(definition) = definition(self.schema, parent, &field.name.node) else {
                continue;
            };
            let given = |argument: &str| match field.get_argument(argument).map(|value| &value.node)
            {
                None | Some(Value::Null) => false,
                Some(Value::Variable(name)) => {
                    self.variables.get(name).is_some_and(|value| *value != Const::Null)
                }
                Some(_) => true,
            };
            let inner = &field.selection_set.node;
            let has_items = !is_list(definition.ty.inner_named_type())
                || self.has_items(inner, &mut HashSet::new());
            let is_paged = definition.argument_by_name("first").is_some();
            if is_paged && has_items && !given("first") && !given("last") {
                return Err(no_table(&format!(
                    "a list within a row says how long it may be, so that nothing is left out \
                     unsaid, and `{}` does not: give it `first`, at most {LARGEST_PAGE}",
                    field.response_key().node
                )));
            }
            self.check_lists(definition.ty.inner_named_type(), inner, seen)?;
        }
        Ok(())
    }

    /// Whether items of a connection are selected, and not only how many there are.
    fn has_items<'b>(&self, set: &'b SelectionSet, seen: &mut HashSet<&'b str>) -> bool
    where
        'a: 'b,
    {
        set.items.iter().any(|item| match &item.node {
            Selection::Field(field) => matches!(field.node.name.node.as_str(), "nodes" | "edges"),
            Selection::FragmentSpread(spread)
                if !seen.insert(spread.node.fragment_name.node.as_str()) =>
            {
                false
            }
            fragment => self.fragment(fragment).is_some_and(|(_, set)| self.has_items(set, seen)),
        })
    }
}
