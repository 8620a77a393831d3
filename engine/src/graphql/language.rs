//! Names in the reader's language.

use std::sync::Arc;

use async_graphql::Enum;

/// A language that names can be asked for in (ISO 639-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum Language {
    /// English.
    En,
    /// Indonesian.
    Id,
}

impl Language {
    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Id => "id",
        }
    }
}

/// The languages that a reader would like, dearest first. Made once for a request, and asked for
/// each name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Languages {
    asked: Option<Language>,
    preferred: Arc<[String]>,
}

/// The languages of a reader at most: whoever wrote more did not mean them.
const MOST_LANGUAGES: usize = 8;

impl Languages {
    /// From BCP 47 tags, dearest first. Only what stands before the first hyphen counts, and only
    /// the first eight languages do.
    pub fn preferring<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        let mut preferred: Vec<String> = Vec::new();
        for tag in tags {
            let tag = primary(tag).to_lowercase();
            if preferred.len() < MOST_LANGUAGES && !preferred.contains(&tag) {
                preferred.push(tag);
            }
        }
        Self { asked: None, preferred: preferred.into() }
    }

    /// The same, with `asked` before all others.
    #[must_use]
    pub fn first(mut self, asked: Option<Language>) -> Self {
        self.asked = asked.or(self.asked);
        self
    }

    /// The text in the dearest language that there is, English behind those that were asked for:
    /// each candidate is a tag and a text; what is in none of the languages comes last, in the
    /// order given.
    pub fn choose<'a, T>(&self, candidates: impl IntoIterator<Item = (&'a str, T)>) -> Option<T> {
        let rank = |tag: &str| {
            let tag = primary(tag);
            let asked = self.asked.map(Language::tag).into_iter();
            let mut wanted =
                asked.chain(self.preferred.iter().map(String::as_str)).chain([Language::En.tag()]);
            wanted.position(|wanted| wanted.eq_ignore_ascii_case(tag)).unwrap_or(usize::MAX)
        };
        candidates
            .into_iter()
            .min_by_key(|candidate| rank(candidate.0))
            .map(|candidate| candidate.1)
    }

    /// The primary languages that are wanted, the dearest first, English behind those that were
    /// asked for: as BCP 47 has them, of two or three letters.
    pub fn wanted(&self) -> Vec<&str> {
        let asked = self.asked.map(Language::tag).into_iter();
        let mut wanted: Vec<&str> = Vec::new();
        for tag in
            asked.chain(self.preferred.iter().map(String::as_str)).chain([Language::En.tag()])
        {
            let is_tag =
                matches!(tag.len(), 2 | 3) && tag.bytes().all(|letter| letter.is_ascii_lowercase());
            if is_tag && !wanted.contains(&tag) {
                wanted.push(tag);
            }
        }
        wanted
    }

    /// The language in which phrases are told: English, or Indonesian where that is dearer.
    pub fn of_phrases(&self) -> &'static str {
        self.choose([("en", "en"), ("id", "id")]).unwrap_or("en")
    }

    /// Of an English text and one in Indonesian that may be missing, the dearer.
    pub fn en_or_id(&self, english: &str, indonesian: Option<&str>) -> String {
        let candidates = [Some(("en", english)), indonesian.map(|text| ("id", text))];
        self.choose(candidates.into_iter().flatten()).unwrap_or(english).to_owned()
    }
}

/// What a tag says before its first hyphen.
fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or_default()
}
