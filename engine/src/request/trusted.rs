//! Documents that clients name instead of sending them: trusted ones, which their authors gave the
//! server in a manifest, and those that clients register under their digest (Apollo's automatic
//! persisted queries).

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cache::{Digest, digest};
use super::decode::GraphQlParams;
use super::error::{Code, RequestError};
use crate::text::hexadecimal;

/// How documents are named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentsConfig {
    /// What the manifest is for.
    pub mode: Mode,
    /// The file of trusted documents; empty for none.
    pub manifest: PathBuf,
    /// Whether clients may register documents.
    pub automatic: bool,
}

impl Default for DocumentsConfig {
    fn default() -> Self {
        Self { mode: Mode::Off, manifest: PathBuf::new(), automatic: true }
    }
}

/// What a manifest of trusted documents is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Nothing.
    Off,
    /// Its documents may be named.
    Prefer,
    /// Its documents may be named, and no other is executed.
    Only,
}

/// The documents that can be named.
#[derive(Debug)]
pub struct Trusted {
    mode: Mode,
    automatic: bool,
    /// By the names of the manifest, and by SHA-256 in hexadecimal.
    documents: HashMap<String, String>,
}

/// What a request asks to execute.
pub(super) enum DocumentSource<'a> {
    /// This document.
    Text(&'a str),
    /// The document with this digest, if it was seen.
    Digest(Digest),
}

impl Trusted {
    /// Reads the manifest. The error says what is wrong with it.
    pub fn open(config: &DocumentsConfig) -> Result<Self, String> {
        let mut trusted = Self {
            mode: config.mode,
            automatic: config.automatic && config.mode != Mode::Only,
            documents: HashMap::new(),
        };
        if config.mode != Mode::Off {
            let path = config.manifest.display();
            trusted.documents = read(&config.manifest)
                .map_err(|error| format!("documents.manifest: {path}: {error}"))?;
        }
        Ok(trusted)
    }

    /// Adds the documents of a manifest that the program itself carries: they can be named in every
    /// mode, and are trusted where no others are.
    pub fn with_carried(mut self, manifest: &str) -> Result<Self, String> {
        self.documents.extend(parse(manifest)?);
        Ok(self)
    }

    /// Which document a request asks for.
    pub(super) fn asked<'a>(
        &'a self,
        params: &'a GraphQlParams,
    ) -> Result<DocumentSource<'a>, RequestError> {
        let named = match (&params.document_id, persisted(params)?) {
            (Some(id), _) => Some(self.by_id(id, params)?),
            (None, Some(hash)) => self.by_hash(hash, params)?,
            (None, None) => None,
        };
        match (named, &params.query) {
            (Some(named), _) => Ok(named),
            (None, Some(query)) if self.mode == Mode::Only && !self.knows(&digest(query)) => {
                Err(RequestError::new(
                    Code::Forbidden,
                    "this server executes trusted documents alone: name one by `documentId`",
                ))
            }
            (None, Some(query)) => Ok(DocumentSource::Text(query)),
            (None, None) => Err(RequestError::input("the request has no `query`")),
        }
    }

    fn knows(&self, digest: &Digest) -> bool {
        self.documents.contains_key(&hexadecimal(digest))
    }

    fn get(&self, name: &str) -> Option<DocumentSource<'_>> {
        self.documents.get(name).map(|text| DocumentSource::Text(text))
    }

    fn by_id<'a>(
        &'a self,
        id: &str,
        params: &GraphQlParams,
    ) -> Result<DocumentSource<'a>, RequestError> {
        if params.query.is_some() {
            return Err(RequestError::input(
                "a request has either `query` or `documentId`, not both",
            ));
        }
        let name = id.strip_prefix("sha256:").unwrap_or(id);
        self.get(name).ok_or_else(|| {
            if self.mode == Mode::Off {
                let message =
                    "this server has no trusted documents: send `query` in place of `documentId`";
                return RequestError::new(Code::PersistedQueryNotSupported, message);
            }
            let message = format!("`documentId` {id:?} names none of the trusted documents");
            RequestError::new(Code::PersistedQueryNotFound, message)
        })
    }

    /// The document with this digest; none where the request has its text, which is then taken.
    fn by_hash<'a>(
        &'a self,
        hash: &str,
        params: &GraphQlParams,
    ) -> Result<Option<DocumentSource<'a>>, RequestError> {
        if let Some(query) = &params.query {
            let actual = hexadecimal(&digest(query));
            if actual != hash {
                let message =
                    format!("`sha256Hash` is {hash:?}, and the digest of `query` is {actual}");
                return Err(RequestError::input(message));
            }
            return Ok(None);
        }
        if let Some(known) = self.get(hash) {
            return Ok(Some(known));
        }
        // Clients know these two by their messages.
        if !self.automatic {
            return Err(RequestError::new(
                Code::PersistedQueryNotSupported,
                "PersistedQueryNotSupported",
            ));
        }
        from_hexadecimal(hash)
            .map(|digest| Some(DocumentSource::Digest(digest)))
            .ok_or_else(not_found)
    }
}

/// The client is to send the document in full. Clients know this by its message.
pub(super) fn not_found() -> RequestError {
    RequestError::new(Code::PersistedQueryNotFound, "PersistedQueryNotFound")
}

/// The digest in `extensions.persistedQuery`.
fn persisted(params: &GraphQlParams) -> Result<Option<&str>, RequestError> {
    let Some(asked) = params.extensions.get("persistedQuery") else { return Ok(None) };
    let version = asked.get("version").and_then(Value::as_u64);
    match (version, asked.get("sha256Hash").and_then(Value::as_str)) {
        (Some(1), Some(hash)) => Ok(Some(hash)),
        (Some(1), None) => {
            Err(RequestError::input("`extensions.persistedQuery` has no `sha256Hash`"))
        }
        _ => Err(RequestError::input("`extensions.persistedQuery` is of a version other than 1")),
    }
}

fn from_hexadecimal(text: &str) -> Option<Digest> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?))
        .collect();
    bytes?.try_into().ok()
}

/// The documents of a manifest: an object of names and texts, as graphql-codegen and Relay write
/// it, or Apollo's list.
fn read(path: &Path) -> Result<HashMap<String, String>, String> {
    parse(&std::fs::read_to_string(path).map_err(|error| error.to_string())?)
}

fn parse(text: &str) -> Result<HashMap<String, String>, String> {
    let manifest: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let Value::Object(entries) = &manifest else {
        return Err("it is not a JSON object".to_owned());
    };
    let listed: Option<Vec<(&str, &str)>> = match entries.get("operations") {
        Some(Value::Array(operations)) => operations
            .iter()
            .map(|operation| {
                Some((operation.get("id")?.as_str()?, operation.get("body")?.as_str()?))
            })
            .collect(),
        _ => entries.iter().map(|(name, text)| Some((name.as_str(), text.as_str()?))).collect(),
    };
    let listed = listed.ok_or(
        "it is neither an object of names and documents, nor a list of operations with id and body",
    )?;
    let mut documents = HashMap::new();
    for (name, text) in listed {
        documents.insert(name.strip_prefix("sha256:").unwrap_or(name).to_owned(), text.to_owned());
        documents.insert(hexadecimal(&digest(text)), text.to_owned());
    }
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn trusted(mode: Mode, manifest: &Value) -> Trusted {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("manifest.json");
        std::fs::write(&path, manifest.to_string()).expect("it is written");
        Trusted::open(&DocumentsConfig { mode, manifest: path, automatic: true })
            .expect("a manifest")
    }

    fn asked(trusted: &Trusted, body: Value) -> Result<String, Code> {
        let params = GraphQlParams::from_json(body).expect("a request");
        trusted.asked(&params).map_err(|error| error.code).map(|asked| match asked {
            DocumentSource::Text(text) => text.to_owned(),
            DocumentSource::Digest(digest) => hexadecimal(&digest),
        })
    }

    #[test]
    fn manifests_of_three_tools_are_read() {
        let hash = hexadecimal(&digest("{a}"));
        let apollo = json!({ "format": "apollo-persisted-query-manifest", "version": 1,
            "operations": [{ "id": hash, "name": "A", "type": "query", "body": "{a}" }] });
        for manifest in
            [json!({ &hash: "{a}" }), json!({ "0cc175b9c0f1b6a831c399e269772661": "{a}" }), apollo]
        {
            let trusted = trusted(Mode::Prefer, &manifest);
            assert_eq!(
                asked(&trusted, json!({ "documentId": format!("sha256:{hash}") })),
                Ok("{a}".to_owned())
            );
            let automatic =
                json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } });
            assert_eq!(asked(&trusted, automatic), Ok("{a}".to_owned()));
        }
        assert!(read(Path::new("/nowhere")).is_err());
    }

    #[test]
    fn only_means_only() {
        let only = trusted(Mode::Only, &json!({ "one": "{a}" }));
        assert_eq!(asked(&only, json!({ "documentId": "one" })), Ok("{a}".to_owned()));
        assert_eq!(asked(&only, json!({ "documentId": "two" })), Err(Code::PersistedQueryNotFound));
        assert_eq!(
            asked(&only, json!({ "query": "{a}" })),
            Ok("{a}".to_owned()),
            "it is the same document"
        );
        assert_eq!(asked(&only, json!({ "query": "{b}" })), Err(Code::Forbidden));
        assert_eq!(
            asked(&only, json!({ "query": "{b}", "documentId": "one" })),
            Err(Code::BadUserInput)
        );
        let hash = hexadecimal(&digest("{b}"));
        let register = json!({
            "query": "{b}", "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } }
        });
        assert_eq!(asked(&only, register), Err(Code::Forbidden));
    }

    #[test]
    fn documents_that_the_program_carries_can_be_named_in_every_mode() {
        let manifest = json!({ "sha256:d1": "{carried}" }).to_string();
        let off = Trusted::open(&DocumentsConfig::default()).expect("nothing to read");
        for trusted in [off, trusted(Mode::Only, &json!({ "one": "{a}" }))] {
            let trusted = trusted.with_carried(&manifest).expect("a manifest");
            let named = json!({ "documentId": "sha256:d1" });
            assert_eq!(asked(&trusted, named), Ok("{carried}".to_owned()));
            let text = json!({ "query": "{carried}" });
            assert_eq!(asked(&trusted, text), Ok("{carried}".to_owned()));
        }
    }

    #[test]
    fn a_digest_that_is_not_the_document_s_is_refused() {
        let off = Trusted::open(&DocumentsConfig::default()).expect("nothing to read");
        let with = |hash: &str, version: u64| {
            json!({
                "query": "{a}",
                "extensions": { "persistedQuery": { "version": version, "sha256Hash": hash } }
            })
        };
        assert_eq!(asked(&off, with(&hexadecimal(&digest("{a}")), 1)), Ok("{a}".to_owned()));
        assert_eq!(asked(&off, with(&hexadecimal(&digest("{b}")), 1)), Err(Code::BadUserInput));
        assert_eq!(asked(&off, with("", 2)), Err(Code::BadUserInput));
        assert_eq!(
            asked(&off, json!({ "documentId": "one" })),
            Err(Code::PersistedQueryNotSupported)
        );
        let short =
            json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "abc" } } });
        assert_eq!(asked(&off, short), Err(Code::PersistedQueryNotFound));
    }
}
