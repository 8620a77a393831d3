//! The names of a document as schema.org has them, however they are written: with a prefix
//! (`schema:name`), as a whole address (`https://schema.org/name`), or by another name that the
//! context of the document gives them.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// The vocabulary itself.
const SCHEMA: [&str; 2] = ["https://schema.org/", "http://schema.org/"];

/// A document in which names of schema.org are plain ones.
pub(super) fn plain_names(document: Value) -> Value {
    let mut names = Names { prefixes: vec!["schema:".to_owned()], terms: HashMap::new() };
    names.learn(&document);
    names.renamed(document)
}

struct Names {
    /// What stands in front of a name of schema.org, the colon with it.
    prefixes: Vec<String>,
    /// Other names, and those of schema.org.
    terms: HashMap<String, String>,
}

impl Names {
    /// Learns what the contexts of a document say.
    fn learn(&mut self, value: &Value) {
        match value {
            Value::Array(all) => all.iter().for_each(|one| self.learn(one)),
            Value::Object(fields) => {
                if let Some(context) = fields.get("@context") {
                    for one in
                        context.as_array().map_or(std::slice::from_ref(context), Vec::as_slice)
                    {
                        one.as_object().into_iter().for_each(|terms| self.learn_terms(terms));
                    }
                }
                fields
                    .iter()
                    .filter(|(name, _)| *name != "@context")
                    .for_each(|(_, value)| self.learn(value));
            }
            _ => {}
        }
    }

    fn learn_terms(&mut self, terms: &Map<String, Value>) {
        let said = |value: &Value| {
            value.as_str().or(value.get("@id").and_then(Value::as_str)).map(str::to_owned)
        };
        let all = || terms.iter().filter_map(|(term, value)| Some((term, said(value)?)));
        let prefixes =
            all().filter(|(term, iri)| !term.starts_with('@') && SCHEMA.contains(&iri.as_str()));
        self.prefixes.extend(prefixes.map(|(term, _)| format!("{term}:")));
        for (term, iri) in all().filter(|(term, _)| !term.starts_with('@')) {
            let is_keyword =
                matches!(iri.as_str(), "@id" | "@type" | "@graph" | "@value" | "@language");
            let name = if is_keyword { Some(iri.as_str()) } else { self.bare(&iri) };
            if let Some(name) = name.map(str::to_owned) {
                self.terms.insert(term.clone(), name);
            }
        }
    }

    /// The name that is written with a prefix or as an address; none of anything else.
    fn bare<'a>(&self, name: &'a str) -> Option<&'a str> {
        let begins = SCHEMA.into_iter().chain(self.prefixes.iter().map(String::as_str));
        let bare = begins.filter_map(|begin| name.strip_prefix(begin)).next()?;
        (!bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(bare)
    }

    fn renamed(&self, value: Value) -> Value {
        match value {
            Value::Array(all) => all.into_iter().map(|one| self.renamed(one)).collect(),
            Value::Object(fields) => {
                let mut renamed = Map::new();
                let mut others = Vec::new();
                for (name, value) in fields {
                    if name == "@context" {
                        renamed.insert(name, value);
                        continue;
                    }
                    let value = self.renamed(value);
                    match self.bare(&name).or(self.terms.get(&name).map(String::as_str)) {
                        Some(bare) if bare != name => others.push((bare.to_owned(), name, value)),
                        _ => drop(renamed.insert(name, value)),
                    }
                }
                // Where both are there, neither is lost.
                for (bare, name, value) in others {
                    let free = if renamed.contains_key(&bare) { name } else { bare };
                    renamed.insert(free, value);
                }
                Value::Object(renamed)
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_plain_however_they_are_written() {
        for document in [
            json!({
                "@type": "schema:Event", "schema:name": "A",
                "schema:location": {"schema:name": "B"}
            }),
            json!({
                "https://schema.org/name": "A",
                "http://schema.org/location": [{"https://schema.org/name": "B"}]
            }),
            json!({
                "@context": {"sdo": "https://schema.org/"}, "sdo:name": "A",
                "sdo:location": {"sdo:name": "B"}
            }),
            json!({
                "@context": ["x", {"schema": "http://schema.org/", "judul": "schema:name",
                    "tempat": {"@id": "https://schema.org/location"}}],
                "judul": "A",
                "tempat": {"judul": "B"}
            }),
        ] {
            let plain = plain_names(document.clone());
            let inner = plain["location"].get(0).unwrap_or(&plain["location"]);
            assert_eq!(
                (plain["name"].as_str(), inner["name"].as_str()),
                (Some("A"), Some("B")),
                "{document}"
            );
        }
        let both = plain_names(json!({"name": "A", "schema:name": "B", "other:name": "C"}));
        assert_eq!(both, json!({"name": "A", "schema:name": "B", "other:name": "C"}));
        let keyword = plain_names(
            json!({"@context": {"id": "@id", "type": "@type"}, "id": "a", "type": "Event"}),
        );
        assert_eq!(
            (keyword["@id"].as_str(), keyword["@type"].as_str()),
            (Some("a"), Some("Event"))
        );
    }
}
