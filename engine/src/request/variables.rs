//! The values of variables, made to fit their types as the specification's `CoerceVariableValues`
//! says. What was left out stays out: it is not null.

use std::collections::HashMap;

use apollo_compiler::Schema;
use apollo_compiler::ast::{Type, VariableDefinition};
use apollo_compiler::executable::Operation;
use apollo_compiler::schema::{ExtendedType, InputObjectType};
use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, PathSegment, Value as Const, Variables};
use serde_json::{Map, Value};

use super::convert;
use super::error::{Limit, MOST_ERRORS, RequestError};
use super::limits::Limits;
use super::literals::ZERO;

/// Says why a value is none of a custom scalar.
pub type ScalarCheck = fn(&Const) -> Result<(), String>;
/// The custom scalars of a schema by name; a scalar that is missing here takes any value.
pub type Scalars = HashMap<&'static str, ScalarCheck>;

/// The variables of a request, and the names of those that have no value.
#[derive(Debug, Default)]
pub struct Coerced {
    /// Those with a value, given or by default.
    pub values: Variables,
    /// Those without.
    pub absent: Vec<Name>,
}

/// Whether an input object takes exactly one of its fields.
pub(super) fn takes_one(object: &InputObjectType) -> bool {
    object.directives.has("oneOf")
}

/// Coerces the variables that an operation declares; others are left alone, as the specification
/// says.
pub fn coerce(
    schema: &Schema,
    scalars: &Scalars,
    operation: &Operation,
    given: &Map<String, Value>,
    limits: &Limits,
) -> Result<Coerced, Vec<RequestError>> {
    let mut coerced = Coerced::default();
    if operation.variables.is_empty() {
        return Ok(coerced);
    }
    let mut coercer = Coercer {
        schema,
        scalars,
        left: limits.max_input_values.saturating_add(1),
        errors: Vec::new(),
        path: Vec::new(),
    };
    for variable in &operation.variables {
        let name = Name::new(variable.name.as_str());
        match coercer.variable(variable, given) {
            Some(value) => drop(coerced.values.insert(name, value)),
            None => coerced.absent.push(name),
        }
        if coercer.left == 0 {
            let most = limits.max_input_values;
            let message = format!("the variables hold more than {most} values");
            return Err(vec![RequestError::limit(Limit::InputValues, message)]);
        }
    }
    if coercer.errors.is_empty() { Ok(coerced) } else { Err(coercer.errors) }
}

struct Coercer<'a> {
    schema: &'a Schema,
    scalars: &'a Scalars,
    /// How many more values may come, and one: at none, there were too many.
    left: usize,
    errors: Vec<RequestError>,
    path: Vec<PathSegment>,
}

impl Coercer<'_> {
    fn variable(
        &mut self,
        variable: &VariableDefinition,
        given: &Map<String, Value>,
    ) -> Option<Const> {
        let name = variable.name.as_str();
        self.path.push(PathSegment::Field(name.to_owned()));
        let value = match (given.get(name), &variable.default_value) {
            (Some(value), _) => self.value(&variable.ty, value),
            (None, Some(default)) => convert::constant(default),
            (None, None) => {
                if variable.ty.is_non_null() {
                    self.refuse(&format!(
                        "a value of type `{}` is required, and none is given",
                        variable.ty
                    ));
                }
                None
            }
        };
        self.path.pop();
        value
    }

    /// Notes a fault of the value at the path.
    fn refuse(&mut self, fault: &str) {
        if self.errors.len() >= MOST_ERRORS {
            return;
        }
        let mut place = String::from("$");
        for (depth, segment) in self.path.iter().enumerate() {
            match segment {
                PathSegment::Field(name) if depth == 0 => place.push_str(name),
                PathSegment::Field(name) => place.extend([".", name]),
                PathSegment::Index(index) => place.push_str(&format!("[{index}]")),
            }
        }
        self.errors.push(RequestError::input(format!("variable `{place}`: {fault}")));
    }

    /// A value of a type; what cannot be coerced is noted, and stands as null.
    fn value(&mut self, ty: &Type, value: &Value) -> Option<Const> {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return None;
        }
        if value.is_null() {
            if ty.is_non_null() {
                self.refuse(&format!("a value of type `{ty}` is required, not null"));
            }
            return Some(Const::Null);
        }
        match ty {
            Type::List(inner) | Type::NonNullList(inner) => {
                let Value::Array(items) = value else {
                    // A single value stands for a list of it.
                    return Some(Const::List(vec![self.value(inner, value)?]));
                };
                let mut list = Vec::with_capacity(items.len().min(self.left));
                for (index, item) in items.iter().enumerate() {
                    self.path.push(PathSegment::Index(index));
                    let item = self.value(inner, item);
                    self.path.pop();
                    list.push(item?);
                }
                Some(Const::List(list))
            }
            Type::Named(name) | Type::NonNullNamed(name) => match self.schema.types.get(name) {
                Some(ExtendedType::InputObject(object)) => self.object(object, value),
                Some(ExtendedType::Enum(choices)) => {
                    let text = value.as_str().filter(|text| choices.values.contains_key(*text));
                    if text.is_none() {
                        self.refuse(&format!("{value} is not a value of `{name}`"));
                    }
                    Some(text.map_or(Const::Null, |text| Const::Enum(Name::new(text))))
                }
                _ => Some(self.scalar(name, value)),
            },
        }
    }

    fn scalar(&mut self, name: &str, value: &Value) -> Const {
        if value.as_str().is_some_and(|text| text.contains('\0')) {
            self.refuse(ZERO);
            return Const::Null;
        }
        let fits = match name {
            // JSON has one kind of number: 5.0 is the integer 5.
            "Int" => whole(value).is_some_and(|number| i32::try_from(number).is_ok()),
            "Float" => value.as_f64().is_some_and(f64::is_finite),
            "String" => value.is_string(),
            "Boolean" => value.is_boolean(),
            "ID" => value.is_string() || whole(value).is_some(),
            _ => {
                let value = Const::from_json(value.clone()).unwrap_or_default();
                if let Some(Err(fault)) = self.scalars.get(name).map(|check| check(&value)) {
                    self.refuse(&fault);
                }
                return value;
            }
        };
        if !fits {
            self.refuse(&format!("{value} is not of type `{name}`"));
        }
        match (name, whole(value)) {
            ("ID", Some(number)) => Const::String(number.to_string()),
            ("Int", Some(number)) => Const::from(number),
            _ => Const::from_json(value.clone()).unwrap_or_default(),
        }
    }

    fn object(&mut self, object: &InputObjectType, value: &Value) -> Option<Const> {
        let Value::Object(given) = value else {
            self.refuse(&format!("`{}` is an input object, not {value}", object.name));
            return Some(Const::Null);
        };
        for key in given.keys().filter(|key| !object.fields.contains_key(key.as_str())) {
            self.refuse(&format!("`{}` has no field {key:?}", object.name));
        }
        if takes_one(object) && (given.len() != 1 || given.values().any(Value::is_null)) {
            self.refuse(&format!("`{}` takes exactly one field, which is not null", object.name));
        }
        let mut fields = IndexMap::new();
        for (key, field) in &object.fields {
            let value = match (given.get(key.as_str()), &field.default_value) {
                (Some(value), _) => {
                    self.path.push(PathSegment::Field(key.to_string()));
                    let value = self.value(&field.ty, value);
                    self.path.pop();
                    Some(value?)
                }
                (None, Some(default)) => convert::constant(default),
                (None, None) => {
                    if field.ty.is_non_null() {
                        self.refuse(&format!("`{}` requires the field `{key}`", object.name));
                    }
                    None
                }
            };
            if let Some(value) = value {
                fields.insert(Name::new(key.as_str()), value);
            }
        }
        Some(Const::Object(fields))
    }
}

/// A number without a fraction.
fn whole(value: &Value) -> Option<i64> {
    let float = || {
        value
            .as_f64()
            .filter(|number| number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0)
    };
    value.as_i64().or_else(|| float().map(|number| number as i64))
}
