//! Names in the reader's language.

use async_graphql::Enum;

/// A language that names can be asked for in (ISO 639-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
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

/// BCP 47 tags in the order of preference.
#[derive(Clone, Debug, Default)]
pub struct Languages(pub Vec<String>);

impl Languages {
    /// The same, with `asked` before all others and English behind them.
    pub fn first(mut self, asked: Option<Language>) -> Self {
        if let Some(asked) = asked {
            self.0.insert(0, asked.tag().to_owned());
        }
        self.0.push(Language::En.tag().to_owned());
        self
    }

    /// The text in the dearest language that there is: each candidate is a tag and a text; what is in none of the
    /// languages comes last, in the order given.
    pub fn choose<T>(&self, candidates: impl IntoIterator<Item = (String, T)>) -> Option<T> {
        let rank = |tag: &str| {
            let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_lowercase();
            self.0.iter().position(|wanted| primary(wanted) == primary(tag)).unwrap_or(usize::MAX)
        };
        candidates.into_iter().min_by_key(|candidate| rank(&candidate.0)).map(|candidate| candidate.1)
    }

    /// Of an English text and one in Indonesian that may be missing, the dearer.
    pub fn en_or_id(&self, english: &str, indonesian: Option<&str>) -> String {
        let candidates = [Some(("en", english)), indonesian.map(|text| ("id", text))];
        let candidates = candidates.into_iter().flatten().map(|(tag, text)| (tag.to_owned(), text.to_owned()));
        self.choose(candidates).unwrap_or_else(|| english.to_owned())
    }
}
