//! A record that was found, and what is shown of it.

use async_graphql::{Context, Enum, ID, Object, Result};
use entity::search_entry;
use entity::vocabulary::RecordKind;

use super::index::words;
use super::sought::Sought;
use crate::engine::node::Node;
use crate::graphql::context::{Nullable, RequestContext};
use crate::graphql::loader::Key;
use crate::graphql::node::global_id;
use crate::text::fold;

/// Signs of an excerpt at most.
const LONGEST_EXCERPT: usize = 160;

/// How a record fits what is sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SearchMatch {
    /// It is a name, a title or the key of the record.
    Exact,
    /// A name, a title or the key of the record begins with it.
    Prefix,
    /// Each word of it is the beginning of a word of the record.
    Words,
}

/// A record that was found.
#[derive(Clone, Debug)]
pub struct SearchHit {
    entry: search_entry::Model,
    fits: SearchMatch,
    excerpt: String,
}

/// A record that was found.
#[Object]
impl SearchHit {
    /// The id of the record.
    async fn id(&self, ctx: &Context<'_>) -> Result<ID> {
        Ok(global_id(self.entry.subject_kind, &self.key(ctx)?))
    }

    /// The record; null where it went away in between.
    async fn record(&self, ctx: &Context<'_>) -> Nullable<Node> {
        Some(self.key(ctx).map(|key| Node::seen(self.entry.subject_kind, key)))
    }

    /// Which kind of record it is.
    async fn kind(&self) -> RecordKind {
        self.entry.subject_kind
    }

    /// How it fits.
    #[graphql(name = "match")]
    async fn fits(&self) -> SearchMatch {
        self.fits
    }

    /// The text of the record in which most words of the search stand, as written, in the language
    /// in which it is written; a long text is shortened around the first of them, to about 160
    /// characters.
    async fn excerpt(&self) -> &str {
        &self.excerpt
    }
}

impl SearchHit {
    fn key(&self, ctx: &Context<'_>) -> Result<Key> {
        match self.entry.subject.parse() {
            _ if self.entry.subject_kind == RecordKind::Country => {
                Ok(Key::Code(self.entry.subject.clone()))
            }
            Ok(id) => Ok(Key::Id(id)),
            Err(error) => Err(ctx.reader().fail(error.to_string())),
        }
    }
}

impl Sought {
    /// What is shown of an entry that was found, and has this rank.
    pub(super) fn hit(&self, rank: i32, entry: search_entry::Model) -> SearchHit {
        let fits = match rank {
            0 => SearchMatch::Exact,
            1 => SearchMatch::Prefix,
            _ => SearchMatch::Words,
        };
        let excerpt = self
            .excerpt(entry.texts.as_array().into_iter().flatten().filter_map(|text| text.as_str()));
        SearchHit { entry, fits, excerpt }
    }

    fn is_begun_by(&self, word: &str) -> Option<usize> {
        let folded = words(word);
        self.words.iter().position(|sought| folded.iter().any(|word| word.starts_with(sought)))
    }

    /// The first of the texts that have the most words, the whole text before all others, around
    /// the first of these words.
    fn excerpt<'a>(&self, texts: impl Iterator<Item = &'a str>) -> String {
        let fit = |text: &&str| {
            let has = words(text);
            let found = self
                .words
                .iter()
                .filter(|sought| has.iter().any(|word| word.starts_with(*sought)))
                .count();
            (fold(text) == self.folded, fold(text).starts_with(&self.folded), found)
        };
        // Of equals `max_by_key` takes the last.
        let texts: Vec<&str> = texts.collect();
        let Some(text) = texts.into_iter().rev().max_by_key(fit) else { return String::new() };
        if text.chars().count() <= LONGEST_EXCERPT {
            return text.to_owned();
        }
        let parts: Vec<&str> = text.split(' ').collect();
        let at = parts.iter().position(|part| self.is_begun_by(part).is_some()).unwrap_or(0);
        // A third of the room for what stands before.
        let (mut from, mut before) = (at, 0);
        while from > 0 && before + parts[from - 1].chars().count() < LONGEST_EXCERPT / 3 {
            from -= 1;
            before += parts[from].chars().count() + 1;
        }
        let mut excerpt = String::from(if from > 0 { "… " } else { "" });
        for (place, part) in parts.iter().enumerate().skip(from) {
            if place > from && excerpt.chars().count() + part.chars().count() > LONGEST_EXCERPT {
                excerpt.push_str(" …");
                break;
            }
            if place > from {
                excerpt.push(' ');
            }
            excerpt.extend(part.chars().take(LONGEST_EXCERPT));
        }
        excerpt
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::DatabaseBackend;

    use super::*;

    fn sought(text: &str) -> Sought {
        Sought { folded: fold(text), words: words(text), backend: DatabaseBackend::Sqlite }
    }

    #[test]
    fn an_excerpt_is_the_text_that_fits_best_around_what_was_found() {
        let texts = ["Cambodia", "Kerajaan Kamboja", "Kamboja", "KH"];
        assert_eq!(sought("kamboja").excerpt(texts.into_iter()), "Kamboja");
        assert_eq!(sought("keraj").excerpt(texts.into_iter()), "Kerajaan Kamboja");
        let long = format!("{} the café of Malang {}", "before ".repeat(40), "behind ".repeat(40));
        let excerpt = sought("cafe").excerpt([long.as_str()].into_iter());
        assert!(
            excerpt.starts_with("… before")
                && excerpt.ends_with(" …")
                && excerpt.contains("the café of Malang")
        );
        assert!(excerpt.chars().count() <= LONGEST_EXCERPT + 4, "{excerpt}");
        assert_eq!(
            sought("x").excerpt(["y".repeat(500).as_str()].into_iter()).chars().count(),
            LONGEST_EXCERPT
        );
    }
}
