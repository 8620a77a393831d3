//! Whether variables may stand where they stand: "All Variable Usages Are Allowed" of the
//! specification. apollo-compiler looks at arguments, not at what lies within lists and input
//! objects; and only here it is known that an input object takes exactly one field.

use std::collections::{HashMap, HashSet};

use apollo_compiler::ast::{DirectiveList, Type, Value, VariableDefinition};
use apollo_compiler::executable::{ExecutableDocument, Operation, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node, Schema};

use super::error::{Code, MOST_ERRORS, RequestError};
use super::scan::Places;
use super::variables::takes_one;

/// Checks every operation of a valid document, each with the fragments that it reaches. Returns the
/// variables of `picked` that decide, in `@include` or `@skip`.
pub fn check(
    schema: &Schema,
    document: &ExecutableDocument,
    picked: Option<&Node<Operation>>,
    places: &Places,
) -> Result<Vec<Name>, Vec<RequestError>> {
    let mut errors = Vec::new();
    let mut deciding = Vec::new();
    for operation in document.operations.iter() {
        let declared =
            operation.variables.iter().map(|variable| (&variable.name, &**variable)).collect();
        let mut walk = Walk {
            schema,
            document,
            places,
            declared,
            seen: HashSet::new(),
            deciding: Vec::new(),
            errors: &mut errors,
        };
        walk.set(&operation.selection_set);
        if picked.is_some_and(|picked| picked.ptr_eq(operation)) {
            deciding = walk.deciding;
        }
    }
    if errors.is_empty() { Ok(deciding) } else { Err(errors) }
}

struct Walk<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    places: &'a Places,
    declared: HashMap<&'a Name, &'a VariableDefinition>,
    /// The fragments that were walked.
    seen: HashSet<&'a Name>,
    deciding: Vec<Name>,
    errors: &'a mut Vec<RequestError>,
}

impl<'a> Walk<'a> {
    fn set(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            self.directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    for argument in &field.arguments {
                        if let Some(declared) = field.definition.argument_by_name(&argument.name) {
                            self.value(
                                &declared.ty,
                                declared.default_value.is_some(),
                                &argument.value,
                            );
                        }
                    }
                    self.set(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) =
                        fragment.filter(|_| self.seen.insert(&spread.fragment_name))
                    {
                        self.set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &'a DirectiveList) {
        for argument in directives.iter().flat_map(|directive| &directive.arguments) {
            if let Value::Variable(name) = &*argument.value
                && !self.deciding.contains(name)
            {
                self.deciding.push(name.clone());
            }
        }
    }

    /// A value where `ty` is wanted; what has a default there may be left out, but not be null.
    fn value(&mut self, ty: &Type, has_default: bool, value: &Node<Value>) {
        match &**value {
            Value::Variable(name) => self.usage(ty, has_default, name, value),
            Value::List(items) => {
                for item in items {
                    self.value(ty.item_type(), false, item);
                }
            }
            Value::Object(fields) => {
                let Some(ExtendedType::InputObject(object)) =
                    self.schema.types.get(ty.inner_named_type())
                else {
                    return;
                };
                for (key, value) in fields {
                    let Some(field) = object.fields.get(key) else { continue };
                    if takes_one(object) && matches!(&**value, Value::Variable(_)) {
                        // Whichever field is chosen must not be null.
                        self.value(&Type::clone(&field.ty).non_null(), false, value);
                    } else {
                        self.value(&field.ty, field.default_value.is_some(), value);
                    }
                }
            }
            _ => {}
        }
    }

    fn usage(&mut self, ty: &Type, has_default: bool, name: &Name, at: &Node<Value>) {
        // What is not declared is refused elsewhere.
        let Some(variable) = self.declared.get(name) else { return };
        let given = variable.default_value.as_ref().is_some_and(|value| !value.is_null());
        let fits = if ty.is_non_null() && !variable.ty.is_non_null() {
            (has_default || given) && variable.ty.is_assignable_to(&ty.clone().nullable())
        } else {
            variable.ty.is_assignable_to(ty)
        };
        if !fits && self.errors.len() < MOST_ERRORS {
            let message = format!(
                "the variable `${name}` of type `{}` stands where `{ty}` is wanted",
                variable.ty
            );
            let place = at.location().map(|span| self.places.find(span.offset()));
            self.errors.push(RequestError::new(Code::ValidationFailed, message).at(place));
        }
    }
}
