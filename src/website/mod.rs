//! The site: what the register knows, to look at. A page is an operation and a template of
//! `web/pages` and a line in the table of [`pages`](page::PAGES); the operation is asked of the
//! public schema as anybody without an account would ask it, and nothing else is read.

mod address;
mod files;
mod links;
mod lists;
mod map;
pub mod page;
mod parameter;
mod words;

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

pub use address::Asked;
pub use parameter::Wrong;

use crate::site::Site;
use page::Page;
use words::Words;

/// The languages of the site, in the order in which a reader may choose.
pub const LANGUAGES: [&str; 2] = ["id", "en"];

/// What makes pages of answers.
#[derive(Debug)]
pub struct Website {
    /// What makes them, in each language.
    templates: [Environment<'static>; 2],
    /// The path below which the register stands, without a slash at its end.
    prefix: String,
    site: Site,
    carried: Carried,
}

/// What the program carries besides, of what pages refer to.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Carried {
    /// The name of the stylesheet.
    pub style: &'static str,
    /// The name of the icon.
    pub icon: &'static str,
    /// The name of the script that follows the log.
    pub script: &'static str,
    /// The name of the map; empty where the program was built without it.
    pub map: &'static str,
    /// Whether there is GraphiQL to ask in.
    pub graphiql: bool,
    /// Whether there is a desk for officers.
    pub desk: bool,
}

/// What every page knows besides its answer.
#[derive(Serialize)]
struct Frame<'a> {
    lang: &'a str,
    other: &'a str,
    /// The address within the site, without prefix and language.
    path: &'a str,
    page: &'a str,
    /// What the address asks for behind its `?`, as far as the page knows it.
    asked: &'a [(String, String)],
    /// The same by name.
    chosen: BTreeMap<&'a str, &'a str>,
    prefix: &'a str,
    origin: &'a str,
    #[serde(flatten)]
    carried: Carried,
    today: String,
    operations: Vec<&'a str>,
    variables: &'a serde_json::Value,
}

/// The documents with which the site asks, as a manifest: they are trusted wherever others are.
pub fn documents() -> String {
    let asked = page::PAGES.iter().flat_map(|page| {
        page.asks().enumerate().map(|(n, text)| (format!("{}-{n}", page.name), text))
    });
    let all: serde_json::Map<String, serde_json::Value> = asked
        .chain([
            ("void".to_owned(), page::VOID),
            ("table".to_owned(), page::LIST_TABLE),
            ("keys".to_owned(), page::LIST_KEYS.operation),
            ("sitemap".to_owned(), page::SITEMAP),
            ("sitemap-lists".to_owned(), page::SITEMAP_LISTS),
        ])
        .map(|(name, text)| (format!("site-{name}"), text.into()))
        .collect();
    serde_json::Value::Object(all).to_string()
}

/// What an error page tells.
#[derive(Debug, Serialize)]
pub struct Trouble {
    /// The status of the answer.
    pub status: u16,
    /// Which text of the catalogue explains it.
    pub text: &'static str,
    /// What stands in that text.
    pub value: String,
    /// What was expected, or when it happened.
    pub about: String,
}

impl Website {
    /// The site of a register at an address.
    pub fn new(site: &Site, carried: Carried) -> Self {
        let prefix = url::Url::parse(site.base()).map(|url| url.path().to_owned());
        let prefix = prefix.unwrap_or_default().trim_end_matches('/').to_owned();
        let templates = LANGUAGES.map(|language| templates(&prefix, language));
        Self { templates, prefix, site: site.clone(), carried }
    }

    /// The page that answers an address, of the data of its operation.
    pub fn render(
        &self,
        asked: &Asked<'_>,
        data: &serde_json::Value,
        today: chrono::NaiveDate,
    ) -> Result<String, minijinja::Error> {
        let Page { name, template, .. } = asked.page;
        let frame = self.frame(asked, name, today);
        let template = self.templates(asked.language).get_template(template)?;
        template.render(Value::from_pairs([
            ("frame", Value::from(Serde(&frame))),
            ("data", Value::from(Serde(data))),
            ("lang", Value::from(asked.language)),
        ]))
    }

    /// The page that says what is wrong.
    pub fn trouble(
        &self,
        asked: &Asked<'_>,
        trouble: &Trouble,
        today: chrono::NaiveDate,
    ) -> Result<String, minijinja::Error> {
        let frame = self.frame(asked, "error", today);
        let template = self.templates(asked.language).get_template("error.html")?;
        template.render(Value::from_pairs([
            ("frame", Value::from(Serde(&frame))),
            ("trouble", Value::from(Serde(trouble))),
            ("lang", Value::from(asked.language)),
        ]))
    }

    /// The address of a path of the site in a language, as links have it.
    pub fn path(&self, language: &str, path: &str) -> String {
        links::within(&self.prefix, language, path)
    }

    fn templates(&self, language: &str) -> &Environment<'static> {
        let place = LANGUAGES.into_iter().position(|tag| tag == language);
        &self.templates[place.unwrap_or_default()]
    }

    fn frame<'a>(
        &'a self,
        asked: &'a Asked<'_>,
        page: &'a str,
        today: chrono::NaiveDate,
    ) -> Frame<'a> {
        Frame {
            lang: asked.language,
            other: LANGUAGES.into_iter().find(|tag| *tag != asked.language).unwrap_or("en"),
            path: &asked.path,
            page,
            asked: &asked.given,
            chosen: asked.given.iter().map(|(name, value)| (&**name, &**value)).collect(),
            prefix: &self.prefix,
            origin: self.site.base(),
            carried: self.carried,
            today: today.to_string(),
            operations: asked.page.asks().collect(),
            variables: &asked.variables,
        }
    }
}

/// The templates in a language.
fn templates(prefix: &str, language: &'static str) -> Environment<'static> {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    // Ours, since that of the library writes each slash of an address as an entity; and nothing
    // where there is nothing.
    templates.set_formatter(|out, _, value| {
        if value.is_safe() {
            write!(out, "{value}")?;
        } else if !value.is_none() && !value.is_undefined() {
            out.write_str(&links::escaped(&value.to_string()))?;
        }
        Ok(())
    });
    templates.set_undefined_behavior(UndefinedBehavior::Chainable);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    templates.set_syntax(syntax.unwrap_or_default());
    for (name, text) in files::TEMPLATES {
        templates.add_template(name, text).unwrap_or_else(|error| panic!("{name}: {error:#}"));
    }
    Words::read().add_to(&mut templates, language);
    links::add_to(&mut templates, prefix, language);
    lists::add_to(&mut templates);
    map::add_to(&mut templates);
    templates
}
