//! Variables that were left out are not null.
//!
//! The library reads a variable that has neither value nor default as null, so that an update would
//! clear a column because a client left a variable out. The specification says that an argument or
//! input field whose variable is absent is absent itself (and takes its default). So the uses of
//! absent variables are taken out of the document before it runs.

use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};
use async_graphql_value::Value;

/// Takes every use of the `absent` variables out.
pub fn leave_out(document: &mut ExecutableDocument, absent: &[Name]) {
    if let DocumentOperations::Single(operation) = &mut document.operations {
        directives(&mut operation.node.directives, absent);
        selections(&mut operation.node.selection_set.node, absent);
    }
    for fragment in document.fragments.values_mut() {
        directives(&mut fragment.node.directives, absent);
        selections(&mut fragment.node.selection_set.node, absent);
    }
}

fn selections(set: &mut SelectionSet, absent: &[Name]) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => {
                arguments(&mut field.node.arguments, absent);
                directives(&mut field.node.directives, absent);
                selections(&mut field.node.selection_set.node, absent);
            }
            Selection::FragmentSpread(spread) => directives(&mut spread.node.directives, absent),
            Selection::InlineFragment(fragment) => {
                directives(&mut fragment.node.directives, absent);
                selections(&mut fragment.node.selection_set.node, absent);
            }
        }
    }
}

fn directives(list: &mut [Positioned<Directive>], absent: &[Name]) {
    for directive in list {
        arguments(&mut directive.node.arguments, absent);
    }
}

fn arguments(list: &mut Vec<(Positioned<Name>, Positioned<Value>)>, absent: &[Name]) {
    list.retain_mut(|(_, value)| keep(&mut value.node, absent));
}

/// Whether a value is there; parts of it that are not are taken out.
fn keep(value: &mut Value, absent: &[Name]) -> bool {
    match value {
        Value::Variable(name) => !absent.contains(name),
        Value::Object(fields) => {
            fields.retain(|_, value| keep(value, absent));
            true
        }
        Value::List(items) => {
            // An item keeps its place.
            for item in items {
                if !keep(item, absent) {
                    *item = Value::Null;
                }
            }
            true
        }
        _ => true,
    }
}
