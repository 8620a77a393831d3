//! The JSON shape of a GraphQL-over-HTTP request. What is wrong in it is told in one sentence each;
//! keys that the specification does not name are left alone, as it says.

use serde_json::{Map, Value};

use super::error::RequestError;

/// What becomes of an error in the answer: `onError` of a request
/// (<https://github.com/graphql/graphql-spec/pull/1236>).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnError {
    /// Where its field must not be null, its parent becomes null, and so on up to a field that may
    /// be.
    #[default]
    Propagate,
    /// Its field becomes null, whether it may be or not.
    Null,
    /// There are no data, and one error.
    Halt,
}

/// A request as it was sent, its shape checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GraphQlParams {
    /// The document; may be missing where `document_id` or an extension names one that the server
    /// knows.
    pub query: Option<String>,
    /// Which operation of the document.
    pub operation_name: Option<String>,
    /// The values of its variables. A key that is missing stays missing: it is not null.
    pub variables: Map<String, Value>,
    /// What clients and servers agreed on beyond the specification.
    pub extensions: Map<String, Value>,
    /// The name of a trusted document.
    pub document_id: Option<String>,
    /// What becomes of an error in the answer.
    pub on_error: OnError,
}

impl GraphQlParams {
    /// A request for a document without variables.
    pub fn new(query: impl Into<String>) -> Self {
        Self { query: Some(query.into()), ..Self::default() }
    }

    /// Reads a body, which is within its limit.
    pub fn from_slice(body: &[u8]) -> Result<Self, RequestError> {
        Self::from_json(json(body)?)
    }

    /// Checks the shape of a body.
    pub fn from_json(body: Value) -> Result<Self, RequestError> {
        let Value::Object(mut body) = body else {
            return Err(RequestError::input(format!(
                "the request must be a JSON object, not {}",
                kind(&body)
            )));
        };
        let query = text(&mut body, "query")?;
        let document_id = text(&mut body, "documentId")?;
        let operation_name = text(&mut body, "operationName")?;
        let variables = object(&mut body, "variables")?;
        let extensions = object(&mut body, "extensions")?;
        let on_error = on_error(&mut body)?;
        if query.is_none() && document_id.is_none() && !extensions.contains_key("persistedQuery") {
            return Err(RequestError::input("the request has no `query`"));
        }
        Ok(Self { query, operation_name, variables, extensions, document_id, on_error })
    }

    /// Reads the query of a URL: the keys of a body, `variables` and `extensions` as JSON.
    pub fn from_url_query(query: &str) -> Result<Self, RequestError> {
        let mut body = Map::new();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = match &*key {
                "query" | "operationName" | "documentId" | "onError" => {
                    Value::String(value.into_owned())
                }
                "variables" | "extensions" if value.is_empty() => Value::Null,
                "variables" | "extensions" => serde_json::from_str(&value).map_err(|error| {
                    RequestError::input(format!("`{key}` is not JSON: {error}"))
                })?,
                _ => continue,
            };
            if body.insert(key.to_string(), value).is_some() {
                return Err(RequestError::input(format!("`{key}` is given more than once")));
            }
        }
        Self::from_json(Value::Object(body))
    }

    /// Whether `extensions: {cost: true}` asks what the request costs.
    pub fn asks_for_cost(&self) -> bool {
        self.extensions.get("cost") == Some(&Value::Bool(true))
    }
}

/// The JSON of a body.
pub fn json(body: &[u8]) -> Result<Value, RequestError> {
    serde_json::from_slice(body)
        .map_err(|error| RequestError::input(format!("the body is not JSON: {error}")))
}

/// A text or nothing; null counts as nothing.
fn text(body: &mut Map<String, Value>, key: &str) -> Result<Option<String>, RequestError> {
    match body.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => {
            Err(RequestError::input(format!("`{key}` must be a string, not {}", kind(&other))))
        }
    }
}

fn on_error(body: &mut Map<String, Value>) -> Result<OnError, RequestError> {
    match text(body, "onError")?.as_deref() {
        None => Ok(OnError::default()),
        Some("PROPAGATE") => Ok(OnError::Propagate),
        Some("NULL") => Ok(OnError::Null),
        Some("HALT") => Ok(OnError::Halt),
        Some(other) => {
            let other: String = other.chars().take(40).collect();
            Err(RequestError::input(format!(
                "`onError` must be PROPAGATE, NULL or HALT, not {other:?}"
            )))
        }
    }
}

fn object(body: &mut Map<String, Value>, key: &str) -> Result<Map<String, Value>, RequestError> {
    match body.remove(key) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(other) => {
            Err(RequestError::input(format!("`{key}` must be an object, not {}", kind(&other))))
        }
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
        assert_eq!(refusal(json!([])), "the request must be a JSON object, not a list");
        assert_eq!(refusal(json!({})), "the request has no `query`");
        assert_eq!(refusal(json!({ "query": null })), "the request has no `query`");
        assert_eq!(refusal(json!({ "query": 1 })), "`query` must be a string, not a number");
        assert_eq!(
            refusal(json!({ "query": "{a}", "variables": [] })),
            "`variables` must be an object, not a list"
        );
        assert_eq!(
            refusal(json!({ "query": "{a}", "extensions": "x" })),
            "`extensions` must be an object, not a string"
        );
        assert_eq!(
            refusal(json!({ "query": "{a}", "operationName": {} })),
            "`operationName` must be a string, not an object"
        );
        assert_eq!(
            refusal(json!({ "documentId": false })),
            "`documentId` must be a string, not a boolean"
        );
        assert_eq!(
            refusal(json!({ "query": "{a}", "onError": "null" })),
            "`onError` must be PROPAGATE, NULL or HALT, not \"null\""
        );
        assert_eq!(
            refusal(json!({ "query": "{a}", "onError": 1 })),
            "`onError` must be a string, not a number"
        );
    }

    #[test]
    fn null_counts_as_missing_and_unknown_keys_are_left_alone() {
        let body = json!({
            "query": "{a}", "variables": null, "extensions": null, "operationName": null, "more": 1,
            "onError": null
        });
        assert_eq!(GraphQlParams::from_json(body), Ok(GraphQlParams::new("{a}")));
        assert!(GraphQlParams::from_json(json!({ "documentId": "sha256:00" })).is_ok());
        assert!(
            GraphQlParams::from_json(json!({ "extensions": { "persistedQuery": {} } })).is_ok()
        );
    }

    #[test]
    fn rubbish_is_no_body() {
        assert!(GraphQlParams::from_slice(br#"{"query":"{ab}"}"#).is_ok());
        let broken = GraphQlParams::from_slice(b"\xff").expect_err("not JSON");
        assert!(broken.message.starts_with("the body is not JSON"), "{broken}");
        // serde_json itself stops at 128 levels.
        assert!(GraphQlParams::from_slice("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn a_url_has_the_keys_of_a_body() {
        let read =
            |query: &str| GraphQlParams::from_url_query(query).map_err(|error| error.message);
        let expected = GraphQlParams {
            operation_name: Some("A".to_owned()),
            variables: Map::from_iter([("n".to_owned(), json!(1))]),
            on_error: OnError::Null,
            ..GraphQlParams::new("query A {a}")
        };
        assert_eq!(
            read(
                "query=query+A+%7Ba%7D&variables=%7B%22n%22%3A1%7D&operationName=A&more=1&\
                 onError=NULL"
            ),
            Ok(expected)
        );
        assert!(read("query=%7Ba%7D&variables=").is_ok());
        assert!(read("query=%7Ba%7D&variables=x").unwrap_err().contains("`variables` is not JSON"));
        assert_eq!(
            read("query=%7Ba%7D&query=%7Bb%7D").unwrap_err(),
            "`query` is given more than once"
        );
        assert_eq!(read("").unwrap_err(), "the request has no `query`");
    }
}
