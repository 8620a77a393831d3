//! What people are told, in each language of the register.
//!
//! A phrase is written in English where it is said, with names in braces for its values. Its
//! translations stand in `data/messages`, one file for each language, by the English text, as with
//! gettext. What has no translation is told in English; a test holds that all phrases have one.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// Says something with values: `say!("stands in line {line} already", line)`, or
/// `line = first.line`. What the text names in braces is given behind it.
#[macro_export]
macro_rules! say {
    ($say:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::phrase::Phrase::said(
            $say,
            vec![$((
                stringify!($name),
                $crate::phrase::Value::phrase($crate::phrase::say!(@ $name $(= $value)?)),
            )),*],
        )
    };
    (@ $name:ident) => { $name };
    (@ $name:ident = $value:expr) => { $value };
}
pub use say;

/// The translations into Indonesian, by the English text.
static INDONESIAN: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/messages/id.json"))
        .expect("a translation for each text")
});

/// A sentence, or a part of one, with its values. As JSON: a string is the same in all languages, a
/// list is parts, an object has an English text and its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Phrase {
    /// The same in all languages: a name, a number, what somebody has written.
    Verbatim(String),
    /// Parts, one behind the other.
    Joined(Vec<Phrase>),
    /// A name that there is in each language.
    In {
        /// In English.
        en: String,
        /// In Indonesian.
        id: String,
    },
    /// What is said in words.
    Said {
        /// In English, with names in braces for its values.
        say: Cow<'static, str>,
        /// What stands for the names.
        #[serde(default, rename = "with", skip_serializing_if = "Vec::is_empty")]
        values: Vec<(Cow<'static, str>, Phrase)>,
    },
}

impl Phrase {
    /// What is said in words; `say!` makes one.
    pub fn said(say: &'static str, values: Vec<(&'static str, Self)>) -> Self {
        debug_assert!(
            names(say).all(|name| values.iter().any(|(known, _)| *known == name)),
            "a name without a value in {say:?}"
        );
        let values = values.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect();
        Self::Said { say: Cow::Borrowed(say), values }
    }

    /// What is the same in all languages.
    pub fn verbatim(value: impl Display) -> Self {
        Self::Verbatim(value.to_string())
    }

    /// From a text column: what [`Phrase::kept`] wrote; what was written otherwise is taken as it
    /// is.
    pub fn read(kept: &str) -> Self {
        serde_json::from_str(kept).unwrap_or_else(|_| Self::verbatim(kept))
    }

    /// For a text column, as JSON.
    pub fn kept(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| self.english())
    }

    /// Parts one behind the other, with the same between all of them.
    pub fn joined(parts: impl IntoIterator<Item = impl Value>, between: &str) -> Self {
        let mut all = Vec::new();
        for part in parts {
            if !all.is_empty() && !between.is_empty() {
                all.push(Self::verbatim(between));
            }
            all.push(part.phrase());
        }
        Self::Joined(all)
    }

    /// Items with commas between them, the last behind "or".
    pub fn any_of(items: impl IntoIterator<Item = impl Value>) -> Self {
        Self::listed(items, |first, last| say!("{first} or {last}", first, last))
    }

    /// The same with "and".
    pub fn all_of(items: impl IntoIterator<Item = impl Value>) -> Self {
        Self::listed(items, |first, last| say!("{first} and {last}", first, last))
    }

    fn listed(items: impl IntoIterator<Item = impl Value>, join: fn(Self, Self) -> Self) -> Self {
        let mut items: Vec<Self> = items.into_iter().map(Value::phrase).collect();
        match items.pop() {
            Some(last) if items.is_empty() => last,
            Some(last) => join(Self::joined(items, ", "), last),
            None => Self::Joined(items),
        }
    }

    /// In the language of a tag; in English where the register does not speak it.
    pub fn translate(&self, tag: &str) -> String {
        let mut told = String::new();
        self.write(tag, &mut told);
        told
    }

    /// In English.
    pub fn english(&self) -> String {
        self.translate("en")
    }

    /// The same as a sentence of its own, which begins with a capital.
    pub fn sentence(&self, tag: &str) -> String {
        let told = self.translate(tag);
        let mut letters = told.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect())
            .unwrap_or_default()
    }

    fn write(&self, tag: &str, told: &mut String) {
        let (say, values) = match self {
            Self::Verbatim(text) => return told.push_str(text),
            Self::In { en, id } => return told.push_str(if tag == "id" { id } else { en }),
            Self::Joined(parts) => return parts.iter().for_each(|part| part.write(tag, told)),
            Self::Said { say, values } => (say, values),
        };
        let translated = (tag == "id").then(|| INDONESIAN.get(say.as_ref())).flatten();
        let mut rest = translated.map_or(say.as_ref(), String::as_str);
        while let Some((before, name, behind)) = next_name(rest) {
            told.push_str(before);
            match values.iter().find(|(known, _)| known == name) {
                Some((_, value)) => value.write(tag, told),
                None => told.push_str(name),
            }
            rest = behind;
        }
        told.push_str(rest);
    }
}

/// What stands before the first name in braces, the name, and what stands behind it.
fn next_name(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, behind) = rest.split_once('}')?;
    Some((before, name, behind))
}

/// The names in braces.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, name, behind) = next_name(rest)?;
        rest = behind;
        Some(name)
    })
}

/// What may stand for a name in a phrase: another phrase, or whatever has one form in all
/// languages.
pub trait Value {
    /// As a phrase.
    fn phrase(self) -> Phrase;
}

impl Value for Phrase {
    fn phrase(self) -> Phrase {
        self
    }
}

impl<T: Display> Value for T {
    fn phrase(self) -> Phrase {
        Phrase::verbatim(self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn a_phrase_is_told_in_the_language_of_its_reader() {
        let phrase = say!("stands in line {line} already", line = 7);
        assert_eq!(phrase.english(), "stands in line 7 already");
        assert_eq!(phrase.translate("id"), "sudah ada di baris 7");
        assert_eq!(phrase.translate("fr"), phrase.english());
        assert_eq!(phrase.sentence("id"), "Sudah ada di baris 7");
        assert_eq!(Phrase::any_of(["a", "b", "c"]).translate("id"), "a, b atau c");
        assert_eq!(Phrase::all_of(["{a}"]).english(), "{a}");
        assert_eq!(Phrase::any_of(Vec::<String>::new()).english(), "");
    }

    #[test]
    fn a_phrase_comes_back_from_json_as_it_was() {
        let nested =
            say!("cannot be: {why}", why = say!("stands in line {line} already", line = 7));
        let named = Phrase::In { en: "Japan".to_owned(), id: "Jepang".to_owned() };
        assert_eq!((named.english().as_str(), named.translate("id").as_str()), ("Japan", "Jepang"));
        for phrase in [nested, Phrase::verbatim("{line} \"as\" written"), Phrase::all_of([named])] {
            let json = serde_json::to_string(&phrase).expect("JSON");
            assert_eq!(serde_json::from_str::<Phrase>(&json).expect("a phrase"), phrase, "{json}");
            assert_eq!(Phrase::read(&phrase.kept()), phrase);
        }
    }

    /// Every phrase of the program has its values and a translation with the same ones, and no
    /// translation is left of a phrase that is gone.
    #[test]
    fn all_phrases_are_translated() {
        let mut said = BTreeSet::new();
        let engine = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in [engine.join("src"), engine.join("../src")] {
            read_sources(&folder, &mut said);
        }
        assert!(said.len() > 2, "no phrase was found");
        let mut wrong = Vec::new();
        for text in &said {
            let of = |text: &str| names(text).map(str::to_owned).collect::<BTreeSet<_>>();
            match INDONESIAN.get(text) {
                None => wrong.push(format!("no translation: {text}")),
                Some(translated) if of(translated) != of(text) => {
                    wrong.push(format!("other names: {text}"))
                }
                Some(_) => {}
            }
        }
        wrong.extend(
            INDONESIAN
                .keys()
                .filter(|text| !said.contains(*text))
                .map(|text| format!("not said: {text}")),
        );
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    fn read_sources(folder: &Path, said: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                read_sources(&path, said);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = std::fs::read_to_string(&path).expect("a source");
                // In two parts, or it would find itself.
                const BEGIN: &str = concat!("say", "!(");
                for (place, begin) in source.match_indices(BEGIN) {
                    said.extend(literal(&source[place + begin.len()..]));
                }
            }
        }
    }

    /// The string that a source goes on with, without its escapes.
    fn literal(source: &str) -> Option<String> {
        let mut letters = source.trim_start().strip_prefix('"')?.chars().peekable();
        let mut text = String::new();
        while let Some(letter) = letters.next() {
            match letter {
                '"' => return Some(text),
                '\\' => match letters.next()? {
                    '\n' => while letters.next_if(|letter| letter.is_whitespace()).is_some() {},
                    'n' => text.push('\n'),
                    other => text.push(other),
                },
                other => text.push(other),
            }
        }
        None
    }
}
