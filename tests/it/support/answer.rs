//! An answer in a form that can be read in a snapshot.

use std::fmt;

use async_graphql::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// What came back, and how many SQL statements it took.
pub struct Answer {
    /// The data.
    pub data: Value,
    /// The errors: `CODE at path: message`.
    pub errors: Vec<String>,
    /// How many SQL statements were sent.
    pub statements: u64,
}

impl Answer {
    pub fn new(response: &Response, statements: u64) -> Self {
        let data = serde_json::to_value(&response.data).expect("data are JSON");
        let errors = response.errors.iter().map(|error| {
            let error = serde_json::to_value(error).expect("errors are JSON");
            let path = error["path"]
                .as_array()
                .map(|path| path.iter().map(part).collect::<Vec<_>>().join("."));
            let code = error["extensions"]["code"].as_str().unwrap_or("NO CODE").to_owned();
            let message = error["message"].as_str().unwrap_or_default().to_owned();
            format!("{code} at {}: {message}", path.unwrap_or_default())
        });
        Self { data, errors: errors.collect(), statements }
    }

    /// The value at a JSON pointer such as `/batch/title`.
    pub fn at(&self, pointer: &str) -> &Value {
        assert!(self.errors.is_empty(), "{self}");
        self.data.pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer} in {self}"))
    }

    /// The refusals of a mutation, each as `CODE at path: message`, the path within the input.
    pub fn refusals(&self, mutation: &str) -> Vec<String> {
        let errors =
            self.at(&format!("/{mutation}/errors")).as_array().cloned().unwrap_or_default();
        let text =
            |error: &Value, field: &str| error[field].as_str().unwrap_or_default().to_owned();
        let path = |error: &Value| {
            let path = error["path"].as_array().into_iter().flatten().skip(1);
            path.map(part).collect::<Vec<_>>().join(".")
        };
        errors
            .iter()
            .map(|error| {
                format!("{} at {}: {}", text(error, "code"), path(error), text(error, "message"))
            })
            .collect()
    }

    /// The text at a JSON pointer.
    pub fn text(&self, pointer: &str) -> &str {
        self.at(pointer).as_str().unwrap_or_else(|| panic!("no text at {pointer} in {self}"))
    }

    /// The texts of `field` in the list at a JSON pointer, in the order of the list.
    pub fn texts(&self, pointer: &str, field: &str) -> Vec<&str> {
        let list =
            self.at(pointer).as_array().unwrap_or_else(|| panic!("no list at {pointer} in {self}"));
        let mut texts = Vec::new();
        for item in list {
            let text = item.pointer(field).and_then(Value::as_str);
            texts.push(text.unwrap_or_else(|| panic!("no text at {field} in {item}")));
        }
        texts
    }

    /// The same, sorted.
    pub fn sorted(&self, pointer: &str, field: &str) -> Vec<&str> {
        let mut texts = self.texts(pointer, field);
        texts.sort_unstable();
        texts
    }
}

fn part(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl fmt::Display for Answer {
    /// Ids become `[Batch-1]` by first appearance.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut data = self.data.clone();
        let mut seen = Vec::new();
        rename_ids(&mut data, &mut seen);
        if !data.is_null() {
            writeln!(f, "{}", serde_json::to_string_pretty(&data).map_err(|_| fmt::Error)?)?;
        }
        for error in &self.errors {
            writeln!(f, "{error}")?;
        }
        write!(f, "-- {} statements", self.statements)
    }
}

fn rename_ids(value: &mut Value, seen: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => {
            if let Some((known, _)) = seen.iter().find(|(_, id)| id == text) {
                *text = known.clone();
                return;
            }
            let decoded = URL_SAFE_NO_PAD
                .decode(text.as_bytes())
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok());
            let Some((kind, rest)) = decoded.as_deref().and_then(|decoded| decoded.split_once(':'))
            else {
                return;
            };
            if rest.len() == 32 && kind.chars().all(char::is_alphanumeric) {
                let number = seen
                    .iter()
                    .filter(|(known, _)| known.starts_with(&format!("[{kind}-")))
                    .count()
                    + 1;
                let name = format!("[{kind}-{number}]");
                seen.push((name.clone(), text.clone()));
                *text = name;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename_ids(item, seen)),
        Value::Object(fields) => fields.values_mut().for_each(|field| rename_ids(field, seen)),
        _ => {}
    }
}
