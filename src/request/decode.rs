//! The JSON shape of a GraphQL-over-HTTP request. What is wrong in it is told in one sentence each; keys that the
//! specification does not name are left alone, as it says.

use serde_json::{Map, Value};

use super::error::RequestError;
use super::limits::Limits;

/// A request as it was sent, its shape checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GraphQlParams {
    /// The document; may be missing where `document_id` or an extension names one that the server knows.
    pub query: Option<String>,
    /// Which operation of the document.
    pub operation_name: Option<String>,
    /// The values of its variables. A key that is missing stays missing: it is not null.
    pub variables: Map<String, Value>,
    /// What clients and servers agreed on beyond the specification.
    pub extensions: Map<String, Value>,
    /// The name of a trusted document.
    pub document_id: Option<String>,
}

impl GraphQlParams {
    /// A request for a document without variables.
    pub fn new(query: impl Into<String>) -> Self {
        Self { query: Some(query.into()), ..Self::default() }
    }

    /// Reads a body.
    pub fn from_slice(body: &[u8], limits: &Limits) -> Result<Self, RequestError> {
        if body.len() > limits.max_body_bytes {
            let message = format!("the body has {} bytes; at most {} are read", body.len(), limits.max_body_bytes);
            return Err(RequestError::limit(message));
        }
        let json = serde_json::from_slice(body);
        let json = json.map_err(|error| RequestError::input(format!("the body is not JSON: {error}")))?;
        Self::from_json(json)
    }

    /// Checks the shape of a body.
    pub fn from_json(body: Value) -> Result<Self, RequestError> {
        let Value::Object(mut body) = body else {
            return Err(RequestError::input(format!("the body must be a JSON object, not {}", kind(&body))));
        };
        let query = text(&mut body, "query")?;
        let document_id = text(&mut body, "documentId")?;
        let operation_name = text(&mut body, "operationName")?;
        let variables = object(&mut body, "variables")?;
        let extensions = object(&mut body, "extensions")?;
        if query.is_none() && document_id.is_none() && !extensions.contains_key("persistedQuery") {
            return Err(RequestError::input("the body has no `query`"));
        }
        Ok(Self { query, operation_name, variables, extensions, document_id })
    }

    /// Whether `extensions: {cost: true}` asks what the request costs.
    pub fn asks_for_cost(&self) -> bool {
        self.extensions.get("cost") == Some(&Value::Bool(true))
    }
}

/// A text or nothing; null counts as nothing.
fn text(body: &mut Map<String, Value>, key: &str) -> Result<Option<String>, RequestError> {
    match body.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(RequestError::input(format!("`{key}` must be a string, not {}", kind(&other)))),
    }
}

fn object(body: &mut Map<String, Value>, key: &str) -> Result<Map<String, Value>, RequestError> {
    match body.remove(key) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(other) => Err(RequestError::input(format!("`{key}` must be an object, not {}", kind(&other)))),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(body: Value) -> String {
        GraphQlParams::from_json(body).expect_err("a wrong shape").message
    }

    #[test]
    fn each_wrong_shape_is_named() {
        assert_eq!(refusal(json!([])), "the body must be a JSON object, not a list");
        assert_eq!(refusal(json!({})), "the body has no `query`");
        assert_eq!(refusal(json!({ "query": null })), "the body has no `query`");
        assert_eq!(refusal(json!({ "query": 1 })), "`query` must be a string, not a number");
        assert_eq!(refusal(json!({ "query": "{a}", "variables": [] })), "`variables` must be an object, not a list");
        assert_eq!(
            refusal(json!({ "query": "{a}", "extensions": "x" })),
            "`extensions` must be an object, not a string"
        );
        assert_eq!(
            refusal(json!({ "query": "{a}", "operationName": {} })),
            "`operationName` must be a string, not an object"
        );
        assert_eq!(refusal(json!({ "documentId": false })), "`documentId` must be a string, not a boolean");
    }

    #[test]
    fn null_counts_as_missing_and_unknown_keys_are_left_alone() {
        let body = json!({ "query": "{a}", "variables": null, "extensions": null, "operationName": null, "more": 1 });
        assert_eq!(GraphQlParams::from_json(body), Ok(GraphQlParams::new("{a}")));
        assert!(GraphQlParams::from_json(json!({ "documentId": "sha256:00" })).is_ok());
        assert!(GraphQlParams::from_json(json!({ "extensions": { "persistedQuery": {} } })).is_ok());
    }

    #[test]
    fn a_body_is_read_up_to_its_limit() {
        let limits = Limits { max_body_bytes: 20, ..Limits::default() };
        assert!(GraphQlParams::from_slice(br#"{"query":"{ab}"}"#, &limits).is_ok());
        let large = GraphQlParams::from_slice(br#"{"query":"{abcdefghij}"}"#, &limits).expect_err("too large");
        assert_eq!(large.message, "the body has 24 bytes; at most 20 are read");
        let broken = GraphQlParams::from_slice(b"\xff", &limits).expect_err("not JSON");
        assert!(broken.message.starts_with("the body is not JSON"), "{broken}");
        // serde_json itself stops at 128 levels.
        let deep = "[".repeat(100_000);
        let limits = Limits { max_body_bytes: 1 << 20, ..Limits::default() };
        assert!(GraphQlParams::from_slice(deep.as_bytes(), &limits).is_err());
    }
}
