//! Validation of a document: counted, parsed, validated, counted again; and what is remembered of a
//! good one.

use std::sync::Arc;

use apollo_compiler::Node;
use apollo_compiler::Schema;
use apollo_compiler::ast::{Definition, FieldDefinition, Type};
use apollo_compiler::executable::{Operation, OperationType};
use apollo_compiler::parser::Parser;
use apollo_compiler::schema::{Component, ExtendedType};
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{Name, name};
use async_graphql::Name as VariableName;
use async_graphql::parser::types::ExecutableDocument;

use super::Kind;
use super::cache::MadeOnce;
use super::convert::convert;
use super::error::{Code, Limit, MOST_ERRORS, RequestError};
use super::limits::Limits;
use super::literals;
use super::plan::Plan;
use super::price::Filters;
use super::scan::{Places, scan};
use super::shape;
use super::usages;
use super::variables::Scalars;

/// The operations of a document at most.
const MOST_OPERATIONS: usize = 20;
/// The validator walks the fragments of a document once for each operation: how often at most.
const MOST_WALKS: usize = 200;

/// One operation of a document that was found good.
#[derive(Debug)]
pub struct Document {
    /// Query, mutation or subscription.
    pub kind: Kind,
    /// Its declaration.
    pub operation: Node<Operation>,
    /// What is executed: this operation and the fragments that it reaches.
    pub executable: ExecutableDocument,
    /// What it asks for.
    pub plan: Plan,
    /// The variables that are used within its root fields.
    pub selected: Vec<VariableName>,
    /// The lexical tokens of the document.
    pub tokens: usize,
    /// The variables that decide, in `@include` or `@skip`, and so must not be null.
    pub deciding: Vec<Name>,
    /// What others made of it.
    pub made: MadeOnce,
}

/// Validates documents against a schema.
pub struct Guard {
    /// The schema.
    pub schema: Valid<Schema>,
    /// Its custom scalars.
    pub scalars: Scalars,
    /// The limits.
    pub limits: Limits,
    /// What filters cost.
    pub filters: Arc<Filters>,
}

impl Guard {
    /// Reads the schema that documents are validated against.
    ///
    /// # Panics
    /// Where the SDL is no valid schema: it is the program's own.
    pub fn new(sdl: &str, scalars: Scalars, limits: Limits) -> Self {
        let schema = Schema::parse(sdl, "schema.graphql")
            .map_err(|invalid| invalid.errors)
            .and_then(|mut schema| {
                declare_one_of(&mut schema);
                schema.validate().map_err(|invalid| invalid.errors)
            });
        let schema = schema.unwrap_or_else(|errors| panic!("the schema is invalid: {errors}"));
        let filters = Arc::new(Filters::of(&schema));
        Self { schema, scalars, limits, filters }
    }

    /// Validates a document and picks the operation to run.
    pub fn validate(
        &self,
        text: &str,
        operation_name: Option<&str>,
    ) -> Result<Document, Vec<RequestError>> {
        let tokens = scan(text, &self.limits).map_err(|error| vec![error])?.tokens;
        let places = Places::of(text);
        // The parser counts blanks, commas and comments as well; ours is the limit that is
        // published.
        let most = self.limits.max_tokens.saturating_mul(8);
        let mut parser = Parser::new().token_limit(most);
        let parsed = parser.parse_ast(text, "request").map_err(|invalid| {
            if parser.tokens_reached() < most {
                let known = Vec::new();
                let mut faults = request_errors(&invalid.errors, Code::ParseFailed, &places, known);
                // The first is what is to be mended; the others follow from it.
                faults.truncate(1);
                return faults;
            }
            let message = format!("the document has more than {most} tokens, blanks and comments");
            vec![RequestError::limit(Limit::Tokens, message)]
        })?;
        if parsed.definitions.is_empty() {
            return Err(vec![RequestError::new(Code::ParseFailed, "the document is empty")]);
        }
        let operations = parsed
            .definitions
            .iter()
            .filter(|part| matches!(part, Definition::OperationDefinition(_)));
        let operations = operations.count();
        let fragments = parsed.definitions.len() - operations;
        if operations > MOST_OPERATIONS || operations.saturating_mul(fragments) > MOST_WALKS {
            let message = format!(
                "the document has {operations} operations and {fragments} fragments; at most \
                 {MOST_OPERATIONS} operations are allowed, and {MOST_WALKS} as the product of the \
                 two"
            );
            return Err(vec![RequestError::limit(Limit::Operations, message)]);
        }
        let document = parsed.to_executable_validate(&self.schema);
        let document = document.map_err(|invalid| {
            // The validator does not name a variable that is of another type than its place.
            let known = usages::check(&self.schema, &invalid.partial, None, &places);
            let known = known.err().unwrap_or_default();
            request_errors(&invalid.errors, Code::ValidationFailed, &places, known)
        })?;
        literals::check(&self.schema, &self.scalars, &document, &places)?;
        let picked = document.operations.get(operation_name).ok();
        let deciding = usages::check(&self.schema, &document, picked, &places)?;
        let operation = picked.ok_or_else(|| vec![unknown_operation(operation_name)])?;
        let plan = Plan::new(&document, operation, &self.limits, &self.filters)
            .map_err(|error| vec![error])?;
        Ok(Document {
            kind: match operation.operation_type {
                OperationType::Query => Kind::Query,
                OperationType::Mutation => Kind::Mutation,
                OperationType::Subscription => Kind::Subscription,
            },
            executable: convert(&document, operation, &places),
            selected: shape::selected(&document, operation),
            operation: operation.clone(),
            plan,
            tokens,
            deciding,
            made: MadeOnce::default(),
        })
    }
}

/// `__Type.isOneOf`, which newer tools ask for and the library answers, is not in the validator's
/// introspection.
fn declare_one_of(schema: &mut Schema) {
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
        None => "the document has several operations: `operationName` must say which one is meant"
            .to_owned(),
    })
}

/// The first faults that were found; a place each. Where one of `known` has the same place, it is
/// told instead.
fn request_errors(
    faults: &DiagnosticList,
    code: Code,
    places: &Places,
    mut known: Vec<RequestError>,
) -> Vec<RequestError> {
    let report = |fault: apollo_compiler::diagnostic::Diagnostic<'_, _>| {
        let place = apollo_compiler::diagnostic::ToCliReport::location(fault.error)
            .map(|span| places.find(span.offset()));
        match known.iter().position(|known| place.is_some_and(|place| known.locations == [place])) {
            Some(same) => known.remove(same),
            None => {
                let message = apollo_compiler::validation::DiagnosticData::to_string(fault.error);
                RequestError::new(code, message).at(place)
            }
        }
    };
    faults.iter().take(MOST_ERRORS).map(report).collect()
}
