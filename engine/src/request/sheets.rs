//! A query of several root fields as several queries of one.

use async_graphql::Positioned;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, Selection};

/// The same document with each root field alone, under the response key of the field; `None` where
/// one is not a field by itself, or two are one.
pub(super) fn each(document: &ExecutableDocument) -> Option<Vec<(String, ExecutableDocument)>> {
    let DocumentOperations::Single(operation) = &document.operations else { return None };
    let fields = &operation.node.selection_set.node.items;
    let mut all: Vec<(String, ExecutableDocument)> = Vec::with_capacity(fields.len());
    for field in fields {
        let Positioned { node: Selection::Field(selected), .. } = field else { return None };
        let name = selected.node.response_key().node.to_string();
        if all.iter().any(|(other, _)| *other == name) {
            return None;
        }
        let mut alone = document.clone();
        if let DocumentOperations::Single(operation) = &mut alone.operations {
            operation.node.selection_set.node.items = vec![field.clone()];
        }
        all.push((name, alone));
    }
    Some(all)
}
