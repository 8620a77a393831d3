//! An address of the site, read: which page it is, in which language, and what it asks for.

use serde_json::{Map, Value};

use super::page::{About, Page};
use super::parameter::{Wrong, country, variables};

/// What an address asks for.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The page.
    pub page: &'a Page,
    /// The language that the page is written in.
    pub language: &'static str,
    /// The address within the site: without what the register stands below, and without language.
    pub path: String,
    /// What stands behind the `?`, as far as the page knows it.
    pub given: Vec<(String, String)>,
    /// The variables of the operation.
    pub variables: Value,
}

impl<'a> Asked<'a> {
    /// A page as such, of which no more is known than where it was looked for.
    pub fn bare(page: &'a Page, language: &'static str, path: &str) -> Self {
        Self { page, language, path: path.to_owned(), given: Vec::new(), variables: Value::Null }
    }

    /// Reads an address: the part of its path that names a record, and what stands behind its `?`.
    pub fn read(
        page: &'a Page,
        language: &'static str,
        path: &str,
        named: Option<&str>,
        query: &str,
    ) -> Result<Self, Wrong> {
        let mut begun = Map::new();
        if let Some(named) = named {
            let (variable, value) = match page.about {
                About::Country => ("code", country(named).unwrap_or_else(|| "ZZ".to_owned())),
                _ => ("key", named.to_owned()),
            };
            begun.insert(variable.to_owned(), value.into());
        }
        let (mut variables, given) = variables(page.takes, begun, query)?;
        // What is told apart by one thing twice is told apart by it alone.
        if variables.get("rows").is_some() && variables["rows"] == variables["columns"] {
            variables["columns"] = Value::Null;
        }
        Ok(Self { given, variables, ..Self::bare(page, language, path) })
    }
}
