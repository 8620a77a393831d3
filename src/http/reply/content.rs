//! The body of an answer: data, errors up to a bound, extensions.

use std::collections::BTreeMap;
use std::fmt;

use async_graphql::{ServerError, Value};
use axum::body::Bytes;
use serde_json::value::RawValue;

use super::{Answer, Reply};

/// The errors of an answer at most, and the bytes that they may take up.
const MOST_ERRORS: usize = 20;
const MOST_ERROR_BYTES: usize = 16 * 1024;

/// What was asked for.
#[derive(Clone)]
pub enum Data {
    /// As it was made.
    Made(Value),
    /// As JSON.
    Json(Bytes),
}

impl Data {
    /// As JSON.
    pub fn into_json(self) -> Bytes {
        match self {
            // Maps of texts and values: nothing that JSON could not hold.
            Self::Made(value) => serde_json::to_vec(&value).unwrap_or_default().into(),
            Self::Json(json) => json,
        }
    }
}

impl fmt::Debug for Data {
    /// Nothing of it: it may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Made(_) => "made",
            Self::Json(_) => "JSON",
        })
    }
}

impl Reply {
    pub(super) fn into_body(self) -> Content {
        let (data, errors, extensions) = match self {
            Self::Executed(executed) => {
                let Answer { data, errors, extensions } = *executed;
                (Some(data), errors, extensions)
            }
            Self::Faulty(errors) => {
                (None, errors.into_iter().map(ServerError::from).collect(), Default::default())
            }
            Self::Closed(closed) => (None, vec![closed.0.error], Default::default()),
        };
        let mut content = Content { data, errors: Vec::new(), extensions };
        let (count, mut bytes) = (errors.len(), 0);
        for error in errors {
            let json = serde_json::value::to_raw_value(&error)
                .unwrap_or_else(|_| RawValue::NULL.to_owned());
            bytes += json.get().len();
            let fits = content.errors.len() < MOST_ERRORS && bytes <= MOST_ERROR_BYTES;
            if !fits && !content.errors.is_empty() {
                break;
            }
            content.errors.push(json);
        }
        if content.errors.len() < count {
            let omitted = Value::from(count - content.errors.len());
            content.extensions.insert("errorsOmitted".to_owned(), omitted);
        }
        content
    }
}

/// The body of an answer.
pub(super) struct Content {
    data: Option<Data>,
    pub(super) errors: Vec<Box<RawValue>>,
    extensions: BTreeMap<String, Value>,
}

impl Content {
    /// As JSON: the data stand in it as they were written.
    pub(super) fn into_json(self) -> Vec<u8> {
        let data = self.data.map(Data::into_json);
        let mut json = Vec::with_capacity(data.as_ref().map_or(0, Bytes::len) + 256);
        let mut part = |name: &str, value: &[u8]| {
            json.push(if json.is_empty() { b'{' } else { b',' });
            json.extend_from_slice(format!("\"{name}\":").as_bytes());
            json.extend_from_slice(value);
        };
        if let Some(data) = data {
            part("data", &data);
        }
        // Maps of texts and values: nothing that JSON could not hold.
        if !self.errors.is_empty() {
            part("errors", &serde_json::to_vec(&self.errors).unwrap_or_default());
        }
        if !self.extensions.is_empty() {
            part("extensions", &serde_json::to_vec(&self.extensions).unwrap_or_default());
        }
        if json.is_empty() {
            json.push(b'{');
        }
        json.push(b'}');
        json
    }
}
