//! The messages of graphql-transport-ws
//! (<https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverWebSocket.md>).

use axum::extract::ws::Utf8Bytes;
use serde_json::{Map, Value, json};

use crate::request::GraphQlParams;

/// The subprotocol.
pub const PROTOCOL: &str = "graphql-transport-ws";
/// The longest id of an operation, in bytes.
const LONGEST_ID: usize = 128;

/// What a client says.
#[derive(Debug, PartialEq)]
pub enum Said {
    /// Begin, with whatever the client shows.
    Init(Option<Map<String, Value>>),
    /// Are you there?
    Ping(Option<Value>),
    /// I am here.
    Pong,
    /// Carry this out.
    Subscribe(String, GraphQlParams),
    /// Enough of that one.
    Complete(String),
}

impl Said {
    /// Reads a message; what is wrong with it is the reason of a close with 4400.
    pub fn read(text: &str) -> Result<Self, String> {
        let message: Value =
            serde_json::from_str(text).map_err(|_| "the message is not JSON".to_owned())?;
        let Value::Object(mut message) = message else {
            return Err("a message is a JSON object".to_owned());
        };
        let kind = message.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let payload = message.remove("payload").filter(|payload| !payload.is_null());
        match kind.as_str() {
            "connection_init" => match payload {
                None => Ok(Self::Init(None)),
                Some(Value::Object(shown)) => Ok(Self::Init(Some(shown))),
                Some(_) => Err("the payload of connection_init is an object".to_owned()),
            },
            "ping" => Ok(Self::Ping(payload)),
            "pong" => Ok(Self::Pong),
            "subscribe" => {
                let id = id(&message)?;
                let payload = payload.ok_or("a subscribe message has a payload")?;
                let params = GraphQlParams::from_json(payload).map_err(|error| error.message)?;
                Ok(Self::Subscribe(id, params))
            }
            "complete" => Ok(Self::Complete(id(&message)?)),
            _ => Err(format!(
                "{:?} is no type of message",
                kind.chars().take(40).collect::<String>()
            )),
        }
    }
}

fn id(message: &Map<String, Value>) -> Result<String, String> {
    match message.get("id").and_then(Value::as_str) {
        Some(id) if !id.is_empty() && id.len() <= LONGEST_ID => Ok(id.to_owned()),
        Some(_) => Err(format!("an id has 1 to {LONGEST_ID} bytes")),
        None => Err("the message has no id".to_owned()),
    }
}

/// The answer to connection_init.
pub fn ack() -> Utf8Bytes {
    Utf8Bytes::from_static(r#"{"type":"connection_ack"}"#)
}

/// The answer to a ping.
pub fn pong(payload: Option<Value>) -> Utf8Bytes {
    match payload {
        Some(payload) => json!({ "type": "pong", "payload": payload }).to_string().into(),
        None => Utf8Bytes::from_static(r#"{"type":"pong"}"#),
    }
}

/// An answer, which is JSON already.
pub fn next(id: &str, payload: &str) -> Utf8Bytes {
    with_payload("next", id, payload)
}

/// The errors with which an operation ends, a JSON list.
pub fn error(id: &str, errors: &str) -> Utf8Bytes {
    with_payload("error", id, errors)
}

fn with_payload(kind: &str, id: &str, payload: &str) -> Utf8Bytes {
    let id = Value::from(id).to_string();
    let mut text = String::with_capacity(payload.len() + id.len() + 40);
    text.extend([r#"{"id":"#, &id, r#","type":""#, kind, r#"","payload":"#, payload, "}"]);
    text.into()
}

/// An operation is complete.
pub fn complete(id: &str) -> Utf8Bytes {
    json!({ "id": id, "type": "complete" }).to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read() {
        assert_eq!(Said::read(r#"{"type":"connection_init"}"#), Ok(Said::Init(None)));
        assert_eq!(
            Said::read(r#"{"type":"ping","payload":{"a":1}}"#),
            Ok(Said::Ping(Some(json!({ "a": 1 }))))
        );
        assert_eq!(
            Said::read(r#"{"type":"complete","id":"1"}"#),
            Ok(Said::Complete("1".to_owned()))
        );
        let subscribe = r#"{"type":"subscribe","id":"1","payload":{"query":"{a}"}}"#;
        assert_eq!(
            Said::read(subscribe),
            Ok(Said::Subscribe("1".to_owned(), GraphQlParams::new("{a}")))
        );
        for wrong in [
            "x",
            "[]",
            "{}",
            r#"{"type":"start","id":"1","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":7}}"#,
            r#"{"type":"connection_init","payload":7}"#,
        ] {
            assert!(Said::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_sent_is_json() {
        let sent: Value = serde_json::from_str(&next("a\"b", r#"{"data":null}"#)).unwrap();
        assert_eq!(sent, json!({ "id": "a\"b", "type": "next", "payload": { "data": null } }));
    }
}
