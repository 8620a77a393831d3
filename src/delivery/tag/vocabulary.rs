//! The codes that tags may have, with their English titles. `data/vocabularies/NOTICE.md` says
//! where they come from.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use entity::vocabulary::TagVocabulary;

/// Title by code.
type Codes = BTreeMap<String, String>;

/// The 17 goals and 169 targets of the 2030 Agenda for Sustainable Development (United Nations,
/// A/RES/70/1). Titles of targets are the register's own.
static SDG: LazyLock<Codes> = LazyLock::new(|| read(vocabulary_file!("sdg")));
/// ISCED Fields of Education and Training 2013 (UNESCO Institute for Statistics).
static ISCED_F: LazyLock<Codes> = LazyLock::new(|| read(vocabulary_file!("isced-f")));
/// Purpose codes and their categories of the OECD's DAC and CRS code lists, as IATI publishes them.
static DAC_PURPOSE: LazyLock<Codes> = LazyLock::new(|| read(vocabulary_file!("dac-purpose")));

/// How many codes are suggested in place of an unknown one.
const SUGGESTED: usize = 5;

fn codes(vocabulary: TagVocabulary) -> &'static Codes {
    match vocabulary {
        TagVocabulary::Sdg => &SDG,
        TagVocabulary::IscedF => &ISCED_F,
        TagVocabulary::DacPurpose => &DAC_PURPOSE,
    }
}

fn read(file: &str) -> Codes {
    let mut rows = csv::Reader::from_reader(file.as_bytes());
    rows.deserialize().filter_map(Result::ok).collect()
}

/// The English title of an entry; none where the vocabulary does not have the code.
pub fn title(vocabulary: TagVocabulary, code: &str) -> Option<&'static str> {
    codes(vocabulary).get(code).map(String::as_str)
}

/// Codes that somebody may have meant by one that the vocabulary does not have: those that differ
/// in leading zeros, which spreadsheets drop, else those that begin as it does.
pub fn near(vocabulary: TagVocabulary, code: &str) -> Vec<&'static str> {
    let codes = codes(vocabulary);
    let without_zeros: Vec<_> =
        codes.keys().filter(|known| known.trim_start_matches('0') == code).collect();
    let mut near = without_zeros;
    let mut start = code;
    while near.is_empty() && !start.is_empty() {
        near = codes.keys().filter(|known| known.starts_with(start)).take(SUGGESTED).collect();
        let last = start.chars().next_back().map_or(0, char::len_utf8);
        start = start.get(..start.len() - last).unwrap_or_default();
    }
    near.into_iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    /// As the files have it: every row is read, and no code stands there twice.
    #[test]
    fn every_row_is_a_code_of_its_own() {
        for (vocabulary, file, rows) in [
            (TagVocabulary::Sdg, vocabulary_file!("sdg"), 17 + 169),
            (TagVocabulary::IscedF, vocabulary_file!("isced-f"), 218),
            (TagVocabulary::DacPurpose, vocabulary_file!("dac-purpose"), 44 + 325),
        ] {
            assert_eq!(file.lines().count(), rows + 1, "{vocabulary}");
            assert_eq!(codes(vocabulary).len(), rows, "{vocabulary}");
        }
        for vocabulary in TagVocabulary::iter() {
            for (code, title) in codes(vocabulary) {
                let of_code = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'd' | b'.');
                assert!(code.bytes().all(of_code), "{vocabulary} {code:?}");
                assert_eq!(crate::text::tidy(title), *title, "{vocabulary} {code}");
                assert!(!title.is_empty(), "{vocabulary} {code}");
            }
        }
    }

    #[test]
    fn an_entry_lies_below_one_that_is_there() {
        for code in SDG.keys().filter(|code| code.contains('.')) {
            let goal = code.split('.').next().unwrap_or_default();
            assert!(SDG.contains_key(goal), "{code}");
        }
        for code in ISCED_F.keys().filter(|code| code.len() > 2) {
            assert!(ISCED_F.contains_key(&code[..code.len() - 1]), "{code}");
        }
        for code in DAC_PURPOSE.keys().filter(|code| code.len() == 5) {
            assert!(DAC_PURPOSE.contains_key(&code[..3]), "{code}");
        }
    }

    #[test]
    fn titles_are_found_by_code() {
        let of = |vocabulary, code| title(vocabulary, code).unwrap_or_default();
        assert_eq!(of(TagVocabulary::Sdg, "8"), "Decent work and economic growth");
        assert_eq!(of(TagVocabulary::Sdg, "8.3"), "Policies for jobs and small enterprises");
        assert_eq!(of(TagVocabulary::IscedF, "0214"), "Handicrafts");
        let isced = "Fashion, interior and industrial design";
        assert_eq!(of(TagVocabulary::IscedF, "0212"), isced);
        assert_eq!(of(TagVocabulary::DacPurpose, "25010"), "Business policy and administration");
        assert_eq!(title(TagVocabulary::Sdg, "0214"), None);
    }

    #[test]
    fn what_is_near_begins_the_same() {
        assert_eq!(near(TagVocabulary::Sdg, "8.13"), ["8.1", "8.10"]);
        assert_eq!(near(TagVocabulary::Sdg, "18"), ["1", "1.1", "1.2", "1.3", "1.4"]);
        assert_eq!(near(TagVocabulary::DacPurpose, "25011"), ["25010"]);
        assert_eq!(near(TagVocabulary::IscedF, "214"), ["0214"]);
        assert_eq!(near(TagVocabulary::IscedF, "Ärzte"), [""; 0]);
    }
}
