//! The document within which own fields are resolved.

use async_graphql::Name;
use async_graphql::parser::types::OperationDefinition;

use super::*;

/// The document in whose only field the fields stand that code of its own resolves.
pub(super) fn of(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    own: &[Positioned<Selected>],
) -> ExecutableDocument {
    let pos = operation.selection_set.pos;
    let all =
        own.iter().cloned().map(|field| Positioned::new(Selection::Field(field), pos)).collect();
    let only = Selected {
        alias: None,
        name: Positioned::new(Name::new(OWN_FIELDS), pos),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items: all }, pos),
    };
    let items = vec![Positioned::new(Selection::Field(Positioned::new(only, pos)), pos)];
    let operation = OperationDefinition {
        ty: OperationType::Query,
        variable_definitions: operation.variable_definitions.clone(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items }, pos),
    };
    let operations = DocumentOperations::Single(Positioned::new(operation, pos));
    ExecutableDocument { operations, fragments: reached(own, &document.fragments) }
}

/// The fragments that fields reach: what a request takes along is copied for it.
fn reached(own: &[Positioned<Selected>], fragments: &Fragments) -> Fragments {
    let mut found = Fragments::new();
    let mut sets: Vec<&SelectionSet> =
        own.iter().map(|field| &field.node.selection_set.node).collect();
    while let Some(set) = sets.pop() {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => sets.push(&field.node.selection_set.node),
                Selection::InlineFragment(fragment) => sets.push(&fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) =
                        fragments.get(name).filter(|_| !found.contains_key(name))
                    {
                        found.insert(name.clone(), fragment.clone());
                        sets.push(&fragment.node.selection_set.node);
                    }
                }
            }
        }
    }
    found
}
