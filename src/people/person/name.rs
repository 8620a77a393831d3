//! A person's name as it stands in texts: finding it there, and taking it out.

use crate::text::fold;

/// What stands in a text where a name stood.
const REMOVED: &str = "[…]";

/// A name, in the forms in which texts have it.
pub struct Name {
    written: String,
    /// Folded, its words in the orders in which lists of people have them.
    forms: Vec<String>,
    /// Folded, its words written as one, as file names have them.
    joined: Option<String>,
}

impl Name {
    /// A name that has words.
    pub fn new(written: &str) -> Option<Self> {
        let folded = fold(written);
        let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        let (last, first) = words.split_last()?;
        let last_first = [&[*last], first].concat().join(" ");
        let backwards: Vec<&str> = words.iter().rev().copied().collect();
        let mut forms = vec![folded.clone(), last_first, backwards.join(" ")];
        forms.dedup();
        let joined = (!first.is_empty()).then(|| words.concat());
        Some(Self { written: written.to_owned(), forms, joined })
    }

    /// Whether a text has the name: whole words of it, however they are spelt.
    pub fn stands_in(&self, text: &str) -> bool {
        let words = format!(" {} ", fold(text));
        let joined =
            |word: &str| self.joined.as_ref().is_some_and(|joined| word.contains(joined.as_str()));
        self.forms.iter().any(|form| words.contains(&format!(" {form} ")))
            || words.split(' ').any(joined)
    }

    /// A text without the name, where the text has it. Where it is written otherwise than in the
    /// record, nothing of the text is left.
    pub fn without(&self, text: &str) -> Option<String> {
        if !self.stands_in(text) {
            return None;
        }
        let mut left = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(self.written.as_str()) {
            let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let within = is_word(before.chars().next_back()) || is_word(after.chars().next());
            left.push_str(before);
            left.push_str(if within { self.written.as_str() } else { REMOVED });
            rest = after;
        }
        left.push_str(rest);
        Some(if self.stands_in(&left) { REMOVED.to_owned() } else { left })
    }

    /// A folded text, or a key of folded words parted by hyphens, without the name. `instead`
    /// stands where it stood.
    fn without_folded(&self, text: &str, between: char, instead: &str) -> Option<String> {
        if !self.stands_in(text) {
            return None;
        }
        // A key that is made of several has two hyphens between them.
        let apart = between.to_string().repeat(2);
        if let Some((first, rest)) = text.split_once(&apart) {
            let without = |part: &str| {
                self.without_folded(part, between, instead).unwrap_or_else(|| part.to_owned())
            };
            let left = format!("{}{apart}{}", without(first), without(rest));
            return Some(if self.stands_in(&left) { instead.to_owned() } else { left });
        }
        let words = text.replace(between, " ");
        let mut words = format!(" {words} ");
        for form in &self.forms {
            words = words.replace(&format!(" {form} "), &format!(" {instead} "));
        }
        let joined =
            |word: &str| self.joined.as_ref().is_some_and(|joined| word.contains(joined.as_str()));
        let words = words.split(' ').filter(|word| !word.is_empty());
        let words: Vec<&str> =
            words.map(|word| if joined(word) { instead } else { word }).collect();
        let left = words.join(&between.to_string());
        Some(if self.stands_in(&left) { instead.to_owned() } else { left })
    }

    /// What a column has without the name, where it has the name. Keys stay keys, of which no two
    /// may be alike: `unique` tells them apart.
    pub fn without_in(&self, column: &str, text: &str, unique: &str) -> Option<String> {
        match column {
            "key" | "source_key" => self.without_folded(text, '-', &format!("removed-{unique}")),
            _ if crate::record::is_derived(column) => self.without_folded(text, ' ', ""),
            _ => self.without(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::rewritten;

    #[test]
    fn a_name_is_found_as_it_is_written_and_otherwise() {
        let name = Name::new("Siti d’Aminah").unwrap();
        for text in [
            "SITI DAMINAH",
            "list/siti_d'aminah.xlsx",
            "Daminah, Siti",
            "SitiDaminah2024.csv",
            "by  Siti\td’Aminah.",
        ] {
            assert!(name.stands_in(text), "{text}");
        }
        for text in ["Siti", "Daminah", "Sitida minah", "Siti of Daminahs"] {
            assert!(!name.stands_in(text), "{text}");
        }
        assert!(Name::new(" …").is_none());
    }

    #[test]
    fn what_is_not_the_name_stays() {
        let name = Name::new("Ana").unwrap();
        assert_eq!(
            name.without("Analysis by Ana, of bananas"),
            Some("Analysis by […], of bananas".to_owned())
        );
        assert_eq!(name.without("Analysis of bananas"), None);
        assert_eq!(name.without("ANA spoke"), Some("[…]".to_owned()));
        assert_eq!(
            name.without_in("key", "file-of-ana-12", "9f"),
            Some("file-of-removed-9f-12".to_owned())
        );
        assert_eq!(
            name.without_in("key", "ana-x--batch--ana", "9f"),
            Some("removed-9f-x--batch--removed-9f".to_owned())
        );
        let two = Name::new("Siti Aminah").unwrap();
        assert_eq!(
            two.without_in("key", "list-sitiaminah-2024", "9f"),
            Some("list-removed-9f-2024".to_owned())
        );
        assert_eq!(name.without_in("sort_title", "ana speaks", "9f"), Some("speaks".to_owned()));
        let json = serde_json::json!({ "ana": ["x", { "y": "of Ana" }], "n": 1 });
        let left = rewritten(&json, &|text| name.without(text));
        assert_eq!(left, Some(serde_json::json!({ "[…]": ["x", { "y": "of […]" }], "n": 1 })));
    }
}
