//! What apollo-compiler does not check in the values of a document: custom scalars, input objects
//! that take exactly one field, fields of input objects that are given twice. Each definition is
//! looked at once.

use std::collections::HashSet;

use apollo_compiler::Node;
use apollo_compiler::ast::{Argument, InputValueDefinition, Type, Value};
use apollo_compiler::executable::{ExecutableDocument, Selection, SelectionSet};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Schema};

use super::convert;
use super::error::{Code, MOST_ERRORS, RequestError};
use super::scan::Places;
use super::variables::{Scalars, takes_one};

/// Checks the literals of a valid document.
pub fn check(
    schema: &Schema,
    scalars: &Scalars,
    document: &ExecutableDocument,
    places: &Places,
) -> Result<(), Vec<RequestError>> {
    let mut checker = Checker { schema, scalars, places, errors: Vec::new() };
    for operation in document.operations.iter() {
        for variable in &operation.variables {
            if let Some(default) = &variable.default_value {
                checker.value(&variable.ty, default);
            }
        }
        checker.set(&operation.selection_set);
    }
    for fragment in document.fragments.values() {
        checker.set(&fragment.selection_set);
    }
    if checker.errors.is_empty() { Ok(()) } else { Err(checker.errors) }
}

/// PostgreSQL keeps no such text, so that no text of the register has it.
pub(super) const ZERO: &str = "a text with the character U+0000; no text of the register has it";

struct Checker<'a> {
    schema: &'a Schema,
    scalars: &'a Scalars,
    places: &'a Places,
    errors: Vec<RequestError>,
}

impl Checker<'_> {
    fn refuse(&mut self, value: &Node<Value>, message: String) {
        if self.errors.len() < MOST_ERRORS {
            let place = value.location().map(|span| self.places.find(span.offset()));
            self.errors.push(RequestError::new(Code::ValidationFailed, message).at(place));
        }
    }

    fn set(&mut self, set: &SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.arguments, &field.definition.arguments);
                    self.set(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set),
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn arguments(&mut self, given: &[Node<Argument>], declared: &[Node<InputValueDefinition>]) {
        for argument in given {
            if let Some(declared) = declared.iter().find(|declared| declared.name == argument.name)
            {
                self.value(&declared.ty, &argument.value);
            }
        }
    }

    fn value(&mut self, ty: &Type, value: &Node<Value>) {
        match (ty, &**value) {
            (_, Value::Variable(_) | Value::Null) => {}
            (Type::List(inner) | Type::NonNullList(inner), Value::List(items)) => {
                for item in items {
                    self.value(inner, item);
                }
            }
            // A single value stands for a list of it.
            (Type::List(inner) | Type::NonNullList(inner), _) => self.value(inner, value),
            (Type::Named(name) | Type::NonNullNamed(name), _) => self.named(name, value),
        }
    }

    fn named(&mut self, name: &Name, value: &Node<Value>) {
        match (self.schema.types.get(name), &**value) {
            (Some(ExtendedType::InputObject(object)), Value::Object(fields)) => {
                if takes_one(object) {
                    self.one(name, fields, value);
                }
                let mut seen = HashSet::new();
                for (key, value) in fields {
                    if !seen.insert(key) {
                        self.refuse(
                            value,
                            format!("the field `{key}` of `{name}` is given more than once"),
                        );
                    }
                    if let Some(field) = object.fields.get(key) {
                        self.value(&field.ty, value);
                    }
                }
            }
            (_, Value::String(text)) if text.contains('\0') => self.refuse(value, ZERO.to_owned()),
            (Some(ExtendedType::Scalar(_)), _) => {
                let check = self.scalars.get(name.as_str());
                // A literal with variables in it is no custom scalar's; the library says so.
                let checked =
                    check.and_then(|check| convert::constant(value).map(|value| check(&value)));
                if let Some(Err(fault)) = checked {
                    self.refuse(value, fault);
                }
            }
            _ => {}
        }
    }

    fn one(&mut self, name: &Name, fields: &[(Name, Node<Value>)], value: &Node<Value>) {
        let [(key, only)] = fields else {
            return self.refuse(
                value,
                format!("`{name}` takes exactly one field; {} are given", fields.len()),
            );
        };
        if only.is_null() {
            self.refuse(only, format!("the field `{key}` of `{name}` must not be null"));
        }
    }
}
