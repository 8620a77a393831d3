//! From the document as it was validated to the document as it is executed.
//!
//! The library has a parser of its own, which does not accept quite the same documents. Converting
//! what was validated spares the second parsing, and what was validated is what runs.
//!
//! In one place the library departs from the specification, and the converted document makes up for
//! it by a name that no client can write, since it contains blanks: an argument that is null
//! against its type makes the parent null instead of the field ([`NULL_ON_ERROR`]). Where the
//! request has it that errors null no parents, the same stands at every field.

use std::collections::{HashMap, HashSet};

use apollo_compiler::Node;
use apollo_compiler::ast::{self, DirectiveList, Value as Ast};
use apollo_compiler::executable::{self as valid, ExecutableDocument};
use apollo_compiler::parser::SourceSpan;
use async_graphql::parser::types::{
    BaseType, Directive, DocumentOperations, ExecutableDocument as Executed, Field,
    FragmentDefinition, FragmentSpread, InlineFragment, OperationDefinition, OperationType,
    Selection, SelectionSet, Type, TypeCondition, VariableDefinition,
};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::{ConstValue, Value};

use super::scan::Places;

/// The directive of a field at which an error is null: of a nullable one whose arguments may turn
/// out to be null against their type, and of all under `onError: NULL`.
pub const NULL_ON_ERROR: &str = "null on error";

/// One operation, with the fragments that it reaches.
pub fn convert(
    document: &ExecutableDocument,
    operation: &valid::Operation,
    places: &Places,
) -> Executed {
    let nullable = operation.variables.iter().filter(|variable| !variable.ty.is_non_null());
    let nullable = nullable.map(|variable| &variable.name).collect();
    let mut converter = Converter { places, nullable, wanted: Vec::new() };
    let definition = OperationDefinition {
        ty: match operation.operation_type {
            ast::OperationType::Query => OperationType::Query,
            ast::OperationType::Mutation => OperationType::Mutation,
            ast::OperationType::Subscription => OperationType::Subscription,
        },
        variable_definitions: operation
            .variables
            .iter()
            .map(|variable| converter.variable(variable))
            .collect(),
        directives: converter.directives(&operation.directives, Pos::default()),
        selection_set: converter.set(&operation.selection_set, Pos::default()),
    };
    let mut fragments = HashMap::new();
    let mut seen = HashSet::new();
    while let Some(name) = converter.wanted.pop() {
        let Some(fragment) = document.fragments.get(&name).filter(|_| seen.insert(name.clone()))
        else {
            continue;
        };
        let pos = converter.pos(fragment.location());
        let definition = FragmentDefinition {
            type_condition: converter.condition(&fragment.selection_set.ty, pos),
            directives: converter.directives(&fragment.directives, pos),
            selection_set: converter.set(&fragment.selection_set, pos),
        };
        fragments.insert(self::name(&name), Positioned::new(definition, pos));
    }
    let operations = DocumentOperations::Single(Positioned::new(definition, Pos::default()));
    Executed { operations, fragments }
}

/// Makes an error at any field null at that field.
pub fn null_on_any_error(document: &mut Executed) {
    let mut spreads = Vec::new();
    if let DocumentOperations::Single(operation) = &mut document.operations {
        let at = if operation.node.ty == OperationType::Mutation {
            At::Mutations
        } else {
            At::Elsewhere
        };
        null_within(&mut operation.node.selection_set.node, at, &mut spreads);
    }
    let mut done = HashSet::new();
    while let Some((name, at)) = spreads.pop() {
        if let Some(fragment) = document.fragments.get_mut(&name).filter(|_| done.insert(name)) {
            null_within(&mut fragment.node.selection_set.node, at, &mut spreads);
        }
    }
}

/// Where a selection set stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// At the root of mutations.
    Mutations,
    /// At the answer of one, which sees to its fields itself.
    Payload,
    Elsewhere,
}

fn null_within(set: &mut SelectionSet, at: At, spreads: &mut Vec<(Name, At)>) {
    let within = if at == At::Mutations { At::Payload } else { At::Elsewhere };
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => {
                // A field that we made up fails nowhere, and the library does not know it.
                if at != At::Payload && !field.node.name.node.contains(' ') {
                    field
                        .node
                        .directives
                        .retain(|directive| directive.node.name.node != NULL_ON_ERROR);
                    field.node.directives.push(null_on_error(field.pos));
                }
                null_within(&mut field.node.selection_set.node, within, spreads);
            }
            Selection::InlineFragment(fragment) => {
                null_within(&mut fragment.node.selection_set.node, at, spreads);
            }
            Selection::FragmentSpread(spread) => {
                spreads.push((spread.node.fragment_name.node.clone(), at))
            }
        }
    }
}

fn null_on_error(pos: Pos) -> Positioned<Directive> {
    let name = Positioned::new(Name::new(NULL_ON_ERROR), pos);
    Positioned::new(Directive { name, arguments: Vec::new() }, pos)
}

fn name(name: &apollo_compiler::Name) -> Name {
    Name::new(name.as_str())
}

struct Converter<'a> {
    places: &'a Places,
    /// The variables that may be null.
    nullable: HashSet<&'a apollo_compiler::Name>,
    /// Fragments that are spread somewhere.
    wanted: Vec<apollo_compiler::Name>,
}

impl Converter<'_> {
    fn pos(&self, span: Option<SourceSpan>) -> Pos {
        span.map_or_else(Pos::default, |span| self.places.find(span.offset()))
    }

    fn condition(&self, on: &apollo_compiler::Name, pos: Pos) -> Positioned<TypeCondition> {
        Positioned::new(TypeCondition { on: Positioned::new(name(on), pos) }, pos)
    }

    /// The directives of a field, and that by which an error of its arguments is its own.
    fn directives_of(&self, field: &valid::Field, pos: Pos) -> Vec<Positioned<Directive>> {
        let mut directives = self.directives(&field.directives, pos);
        if !field.ty().is_non_null()
            && field.arguments.iter().any(|argument| self.may_be_null(field, argument))
        {
            directives.push(null_on_error(pos));
        }
        directives
    }

    /// Whether an argument may be null where its type has no null: a variable that may be null
    /// stands there by right where it or the argument has a default.
    fn may_be_null(&self, field: &valid::Field, argument: &ast::Argument) -> bool {
        match &*argument.value {
            Ast::Variable(name) => {
                let declared = field.definition.argument_by_name(&argument.name);
                self.nullable.contains(name)
                    && declared.is_some_and(|declared| declared.ty.is_non_null())
            }
            value => self.has_nullable(value),
        }
    }

    fn has_nullable(&self, value: &Ast) -> bool {
        match value {
            Ast::Variable(name) => self.nullable.contains(name),
            Ast::List(items) => items.iter().any(|item| self.has_nullable(item)),
            Ast::Object(fields) => fields.iter().any(|(_, value)| self.has_nullable(value)),
            _ => false,
        }
    }

    fn variable(&self, variable: &Node<ast::VariableDefinition>) -> Positioned<VariableDefinition> {
        let pos = self.pos(variable.location());
        let default =
            variable.default_value.as_ref().and_then(|value| self::value(value).into_const());
        let definition = VariableDefinition {
            name: Positioned::new(name(&variable.name), pos),
            var_type: Positioned::new(type_of(&variable.ty), pos),
            directives: self.directives(&variable.directives, pos),
            default_value: default.map(|value| Positioned::new(value, pos)),
        };
        Positioned::new(definition, pos)
    }

    fn directives(&self, directives: &DirectiveList, pos: Pos) -> Vec<Positioned<Directive>> {
        let convert = |directive: &Node<ast::Directive>| {
            let name = Positioned::new(name(&directive.name), pos);
            let arguments = self.arguments(&directive.arguments);
            Positioned::new(Directive { name, arguments }, pos)
        };
        directives.iter().map(convert).collect()
    }

    fn arguments(
        &self,
        arguments: &[Node<ast::Argument>],
    ) -> Vec<(Positioned<Name>, Positioned<Value>)> {
        let convert = |argument: &Node<ast::Argument>| {
            let pos = self.pos(argument.value.location());
            (
                Positioned::new(name(&argument.name), pos),
                Positioned::new(value(&argument.value), pos),
            )
        };
        arguments.iter().map(convert).collect()
    }

    fn set(&mut self, set: &valid::SelectionSet, pos: Pos) -> Positioned<SelectionSet> {
        let items = set.selections.iter().map(|selection| self.selection(selection)).collect();
        Positioned::new(SelectionSet { items }, pos)
    }

    fn selection(&mut self, selection: &valid::Selection) -> Positioned<Selection> {
        match selection {
            valid::Selection::Field(field) => {
                let pos = self.pos(field.location());
                let converted = Field {
                    alias: field.alias.as_ref().map(|alias| Positioned::new(name(alias), pos)),
                    name: Positioned::new(name(&field.name), pos),
                    arguments: self.arguments(&field.arguments),
                    directives: self.directives_of(field, pos),
                    selection_set: self.set(&field.selection_set, pos),
                };
                Positioned::new(Selection::Field(Positioned::new(converted, pos)), pos)
            }
            valid::Selection::FragmentSpread(spread) => {
                let pos = self.pos(spread.location());
                self.wanted.push(spread.fragment_name.clone());
                let converted = FragmentSpread {
                    fragment_name: Positioned::new(name(&spread.fragment_name), pos),
                    directives: self.directives(&spread.directives, pos),
                };
                Positioned::new(Selection::FragmentSpread(Positioned::new(converted, pos)), pos)
            }
            valid::Selection::InlineFragment(fragment) => {
                let pos = self.pos(fragment.location());
                let converted = InlineFragment {
                    type_condition: fragment
                        .type_condition
                        .as_ref()
                        .map(|on| self.condition(on, pos)),
                    directives: self.directives(&fragment.directives, pos),
                    selection_set: self.set(&fragment.selection_set, pos),
                };
                Positioned::new(Selection::InlineFragment(Positioned::new(converted, pos)), pos)
            }
        }
    }
}

fn type_of(ty: &ast::Type) -> Type {
    let (base, nullable) = match ty {
        ast::Type::Named(ty) => (BaseType::Named(name(ty)), true),
        ast::Type::NonNullNamed(ty) => (BaseType::Named(name(ty)), false),
        ast::Type::List(inner) => (BaseType::List(Box::new(type_of(inner))), true),
        ast::Type::NonNullList(inner) => (BaseType::List(Box::new(type_of(inner))), false),
    };
    Type { base, nullable }
}

/// A literal, with the variables in it.
pub fn value(value: &Ast) -> Value {
    match value {
        Ast::Null => Value::Null,
        Ast::Enum(value) => Value::Enum(name(value)),
        Ast::Variable(variable) => Value::Variable(name(variable)),
        Ast::String(text) => Value::String(text.clone()),
        Ast::Boolean(value) => Value::Boolean(*value),
        Ast::Int(number) => Value::Number(self::number(number.as_str())),
        Ast::Float(number) => Value::Number(self::number(number.as_str())),
        Ast::List(items) => Value::List(items.iter().map(|item| self::value(item)).collect()),
        Ast::Object(fields) => Value::Object(
            fields.iter().map(|(key, value)| (name(key), self::value(value))).collect(),
        ),
    }
}

/// A literal without variables; none where there are any.
pub fn constant(value: &Ast) -> Option<ConstValue> {
    self::value(value).into_const()
}

/// Numbers are of JSON's range; validation has refused what does not fit its type.
fn number(text: &str) -> serde_json::Number {
    text.parse().unwrap_or_else(|_| serde_json::Number::from(0))
}
