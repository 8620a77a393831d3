//! One field for each response key at the root of a mutation.
//!
//! The specification collects fields first, and carries out what is selected twice once. The
//! library carries it out twice, and merges the answers: a mutation in two fragments would be done
//! twice.

use std::collections::{HashMap, HashSet};

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition,
    OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Value as Const, Variables};
use async_graphql_value::Value;

/// Puts fragments in at the root of a mutation, leaves out what a condition leaves out, and merges
/// what has the same response key. A query is left as it is: reading twice changes nothing.
pub fn merge_roots(document: &mut ExecutableDocument, variables: &Variables) {
    let fragments = &document.fragments;
    let merge = |operation: &mut Positioned<OperationDefinition>| {
        if operation.node.ty == OperationType::Mutation {
            let roots = Roots { fragments, variables, operation: &operation.node };
            let set = roots.merged();
            operation.node.selection_set.node = set;
        }
    };
    match &mut document.operations {
        DocumentOperations::Single(operation) => merge(operation),
        DocumentOperations::Multiple(operations) => operations.values_mut().for_each(merge),
    }
}

/// What a mutation selects twice at its root, for whoever cannot merge it.
pub fn selected_twice(document: &ExecutableDocument, variables: &Variables) -> Option<Name> {
    let fragments = &document.fragments;
    let mut operations = document.operations.iter().map(|(_, operation)| operation);
    operations.find_map(|operation| {
        if operation.node.ty != OperationType::Mutation {
            return None;
        }
        let roots = Roots { fragments, variables, operation: &operation.node };
        let mut seen = HashSet::new();
        let mut keys =
            roots.wanted().into_iter().map(|field| field.node.response_key().node.clone());
        keys.find(|key| !seen.insert(key.clone()))
    })
}

struct Roots<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    variables: &'a Variables,
    operation: &'a OperationDefinition,
}

impl Roots<'_> {
    fn merged(&self) -> SelectionSet {
        let mut fields: IndexMap<Name, Positioned<Field>> = IndexMap::new();
        for field in self.wanted() {
            let more = &field.node.selection_set.node.items;
            fields
                .entry(field.node.response_key().node.clone())
                .and_modify(|known| {
                    known.node.selection_set.node.items.extend(more.iter().cloned());
                })
                .or_insert_with(|| unconditional(field));
        }
        let items = fields.into_values().map(|field| {
            let pos = field.pos;
            Positioned::new(Selection::Field(field), pos)
        });
        SelectionSet { items: items.collect() }
    }

    /// The fields that are selected, in their order, each as often as it is.
    fn wanted(&self) -> Vec<&Positioned<Field>> {
        let mut wanted = Vec::new();
        let items = &self.operation.selection_set.node.items;
        let mut left: Vec<&Positioned<Selection>> = items.iter().rev().collect();
        while let Some(selection) = left.pop() {
            if !self.is_wanted(selection.node.directives()) {
                continue;
            }
            let within = match &selection.node {
                Selection::Field(field) => {
                    wanted.push(field);
                    None
                }
                Selection::InlineFragment(fragment) => Some(&fragment.node.selection_set),
                Selection::FragmentSpread(spread) => self
                    .fragments
                    .get(&spread.node.fragment_name.node)
                    .map(|fragment| &fragment.node.selection_set),
            };
            left.extend(within.into_iter().flat_map(|set| set.node.items.iter().rev()));
        }
        wanted
    }

    /// Whether `@skip` and `@include` leave something in.
    fn is_wanted(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let holds =
                directive.node.get_argument("if").is_some_and(|held| self.holds(&held.node));
            match directive.node.name.node.as_str() {
                "include" => holds,
                "skip" => !holds,
                _ => true,
            }
        })
    }

    fn holds(&self, condition: &Value) -> bool {
        match condition {
            Value::Boolean(value) => *value,
            Value::Variable(name) => {
                let mut definitions = self.operation.variable_definitions.iter();
                let definition = definitions.find(|one| one.node.name.node == *name);
                let default = definition.and_then(|one| one.node.default_value.as_ref());
                let value = self.variables.get(name).or(default.map(|value| &value.node));
                value == Some(&Const::Boolean(true))
            }
            _ => false,
        }
    }
}

/// A field that is wanted: its conditions are decided.
fn unconditional(field: &Positioned<Field>) -> Positioned<Field> {
    let mut field = field.clone();
    let decided = |name: &Name| name == "skip" || name == "include";
    field.node.directives.retain(|directive| !decided(&directive.node.name.node));
    field
}
