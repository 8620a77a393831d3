//! What decides how the items of a subscription look: the variables that are used within its root
//! field. The arguments of the field itself decide which items there are.

use std::collections::{BTreeSet, HashSet};

use apollo_compiler::ast::{Argument, DirectiveList, Value};
use apollo_compiler::executable::{ExecutableDocument, Operation, Selection, SelectionSet};
use apollo_compiler::{Name, Node};
use async_graphql::Name as VariableName;

/// The variables that are used within the root fields of an operation, or decide whether these are
/// there.
pub fn selected(document: &ExecutableDocument, operation: &Operation) -> Vec<VariableName> {
    let mut walk = Walk { document, seen: HashSet::new(), found: BTreeSet::new() };
    walk.directives(&operation.directives);
    walk.set(&operation.selection_set, true);
    walk.found.into_iter().map(|name| VariableName::new(name.as_str())).collect()
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    /// Fragments that were walked, at the root and elsewhere.
    seen: HashSet<(&'a Name, bool)>,
    found: BTreeSet<&'a Name>,
}

impl<'a> Walk<'a> {
    fn set(&mut self, set: &'a SelectionSet, root: bool) {
        for selection in &set.selections {
            self.directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    if !root {
                        self.arguments(&field.arguments);
                    }
                    self.set(&field.selection_set, false);
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set, root),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name)
                        && self.seen.insert((&spread.fragment_name, root))
                    {
                        self.directives(&fragment.directives);
                        self.set(&fragment.selection_set, root);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &'a DirectiveList) {
        directives.iter().for_each(|directive| self.arguments(&directive.arguments));
    }

    fn arguments(&mut self, arguments: &'a [Node<Argument>]) {
        arguments.iter().for_each(|argument| self.value(&argument.value));
    }

    fn value(&mut self, value: &'a Value) {
        match value {
            Value::Variable(name) => drop(self.found.insert(name)),
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(fields) => fields.iter().for_each(|(_, value)| self.value(value)),
            _ => {}
        }
    }
}
