//! Plain HTTP, for what no client library is to decide: HTTP/1.0, in which an answer ends with its
//! connection.

use std::io;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long an answer may take before the server is taken to hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer as it came.
#[derive(Debug)]
pub struct Plain {
    pub status: u16,
    /// The headers, in small letters, a line each.
    pub head: String,
    pub body: String,
}

impl Plain {
    /// A header, as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The body; null where it is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The code of its first error.
    pub fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// Asks the server at an address.
pub async fn ask(
    address: &str,
    request: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<Plain> {
    let headers: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let message =
        format!("{request} HTTP/1.0\r\nhost: x\r\n{headers}content-length: {length}\r\n\r\n{body}");
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(message.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok::<_, io::Error>(answer)
    };
    let answer = timeout(PATIENCE, exchange).await.map_err(io::Error::other)??;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or(io::ErrorKind::InvalidData)?;
    Ok(Plain { status, head: head.to_lowercase(), body: body.to_owned() })
}

/// Sends a GraphQL document by POST.
pub async fn post(address: &str, query: &str, headers: &[(&str, &str)]) -> io::Result<Plain> {
    let headers = [&[("content-type", "application/json")], headers].concat();
    ask(address, "POST /graphql", &headers, &serde_json::json!({ "query": query }).to_string())
        .await
}
