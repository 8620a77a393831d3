//! Judging a document: counted, parsed, validated, counted again; and what is remembered of a good one.

use apollo_compiler::Node;
use apollo_compiler::Schema;
use apollo_compiler::ast::{Definition, FieldDefinition, Type};
use apollo_compiler::executable::{Operation, OperationType};
use apollo_compiler::name;
use apollo_compiler::parser::Parser;
use apollo_compiler::schema::{Component, ExtendedType};
use apollo_compiler::validation::{DiagnosticList, Valid};
use async_graphql::parser::types::ExecutableDocument;

use super::Kind;
use super::convert::convert;
use super::error::{Code, Limit, MOST_ERRORS, RequestError};
use super::limits::Limits;
use super::literals;
use super::plan::Plan;
use super::scan::{Places, scan};
use super::variables::Scalars;

/// The operations of a document at most: the validator walks the fragments that they share once for each.
const MOST_OPERATIONS: usize = 20;

/// One operation of a document that was found good.
#[derive(Debug)]
pub struct Document {
    /// Query, mutation or subscription.
    pub kind: Kind,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Its declaration.
    pub operation: Node<Operation>,
    /// What the engine executes: this operation and the fragments that it reaches.
    pub executable: ExecutableDocument,
    /// What it asks for.
    pub plan: Plan,
    /// The length of the document's text.
    pub text_length: usize,
}

/// Judges documents against a schema.
pub struct Guard {
    /// The schema.
    pub schema: Valid<Schema>,
    /// Its custom scalars.
    pub scalars: Scalars,
    /// The limits.
    pub limits: Limits,
}

impl Guard {
    /// Reads the schema that documents are judged against.
    ///
    /// # Panics
    /// Where the SDL is no valid schema: it is the program's own.
    pub fn new(sdl: &str, scalars: Scalars, limits: Limits) -> Self {
        let schema = Schema::parse(sdl, "schema.graphql").map_err(|invalid| invalid.errors).and_then(|mut schema| {
            tell_one_of(&mut schema);
            schema.validate().map_err(|invalid| invalid.errors)
        });
        let schema = schema.unwrap_or_else(|errors| panic!("the schema is invalid: {errors}"));
        Self { schema, scalars, limits }
    }

    /// Judges a document and picks the operation to run.
    pub fn judge(&self, text: &str, operation_name: Option<&str>) -> Result<Document, Vec<RequestError>> {
        scan(text, &self.limits).map_err(|error| vec![error])?;
        let places = Places::of(text);
        // The parser counts blanks, commas and comments as well; ours is the limit that is published.
        let most = self.limits.max_tokens.saturating_mul(8);
        let mut parser = Parser::new().token_limit(most);
        let parsed = parser.parse_ast(text, "request").map_err(|invalid| {
            if parser.tokens_reached() < most {
                return told(&invalid.errors, Code::ParseFailed, &places);
            }
            let message = format!("the document has more than {most} tokens, blanks and comments");
            vec![RequestError::limit(Limit::Tokens, message)]
        })?;
        if parsed.definitions.is_empty() {
            return Err(vec![RequestError::new(Code::ParseFailed, "the document is empty")]);
        }
        let operations = parsed.definitions.iter().filter(|part| matches!(part, Definition::OperationDefinition(_)));
        let operations = operations.count();
        if operations > MOST_OPERATIONS {
            let message = format!("the document has {operations} operations; at most {MOST_OPERATIONS} are allowed");
            return Err(vec![RequestError::limit(Limit::Operations, message)]);
        }
        let document = parsed.to_executable_validate(&self.schema);
        let document = document.map_err(|invalid| told(&invalid.errors, Code::ValidationFailed, &places))?;
        let picked = document.operations.get(operation_name);
        let operation = picked.map_err(|_| vec![unknown_operation(operation_name)])?;
        literals::check(&self.schema, &self.scalars, &document, operation, &places)?;
        let plan = Plan::new(&document, operation, &self.limits).map_err(|error| vec![error])?;
        Ok(Document {
            kind: match operation.operation_type {
                OperationType::Query => Kind::Query,
                OperationType::Mutation => Kind::Mutation,
                OperationType::Subscription => Kind::Subscription,
            },
            name: operation.name.as_ref().map(ToString::to_string),
            executable: convert(&document, operation, &places),
            operation: operation.clone(),
            plan,
            text_length: text.len(),
        })
    }
}

/// `__Type.isOneOf`, which newer tools ask for and the engine answers, is not in the validator's introspection.
fn tell_one_of(schema: &mut Schema) {
    if let Some(ExtendedType::Object(meta)) = schema.types.get_mut("__Type") {
        let field = FieldDefinition {
            description: None,
            name: name!("isOneOf"),
            arguments: Vec::new(),
            ty: Type::Named(name!("Boolean")),
            directives: Default::default(),
        };
        meta.make_mut().fields.insert(name!("isOneOf"), Component::new(field));
    }
}

fn unknown_operation(name: Option<&str>) -> RequestError {
    RequestError::input(match name {
        Some(name) => format!("the document has no operation {name:?}"),
        None => "the document has several operations: `operationName` must say which one is meant".to_owned(),
    })
}

/// The first faults that were found; a place each.
fn told(faults: &DiagnosticList, code: Code, places: &Places) -> Vec<RequestError> {
    let tell = |fault: apollo_compiler::diagnostic::Diagnostic<'_, _>| {
        let place =
            apollo_compiler::diagnostic::ToCliReport::location(fault.error).map(|span| places.find(span.offset()));
        RequestError::new(code, apollo_compiler::validation::DiagnosticData::to_string(fault.error)).at(place)
    };
    faults.iter().take(MOST_ERRORS).map(tell).collect()
}
