//! What stands in a column of countries: a code, or a name.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::id::CountryCode;

use super::{CountryNames, CountryVia, NameMatch};

/// Abbreviations of countries that are codes of others: in a language of the register, or of the
/// Olympic Committee.
const ABBREVIATIONS: [(&str, &str); 5] =
    [("AS", "US"), ("SA", "ZA"), ("ANT", "AG"), ("BRN", "BH"), ("BUR", "BF")];

/// Words of the languages of the register that are codes, too: what is left of a sentence, rather
/// than a code.
const WORDS: [&str; 17] = [
    "am", "and", "are", "at", "be", "by", "can", "do", "et", "in", "is", "it", "la", "nor", "per",
    "so", "to",
];

/// Names of countries in Vietnamese, without their accents, that are codes of others but for the
/// case of letters.
const CAPITALISED: [&str; 2] = ["Ao", "Bi"];

/// Whether a text that is a code but for the case of its letters is written as one: in capitals; in
/// lower case or, of two letters, in both, where that is no word.
fn is_as_a_code(written: &str) -> bool {
    let lower = written.to_lowercase();
    written == written.to_uppercase()
        || (written == lower || written.len() == 2)
            && !WORDS.contains(&lower.as_str())
            && !CAPITALISED.contains(&written)
}

impl CountryNames {
    /// The country whose code or name was written of this date in a column of countries.
    ///
    /// A code is one in capitals, and in lower case where that is no common word; *Nga* and *Are*
    /// are words of some language. It is the code of one country and the abbreviated name of
    /// another at times: then it is ambiguous.
    pub fn find_written(&self, written: &str, date: Option<NaiveDate>) -> NameMatch {
        let written = written.trim();
        let capitals = written.to_uppercase();
        let named = self.find_as_at(written, date);
        let Some(code) = self.find_code(&capitals) else { return named };
        if !is_as_a_code(written) {
            return match named {
                NameMatch::None { .. } => NameMatch::None {
                    suggestions: self.suggest_all(&BTreeSet::from([code.clone()])),
                },
                found => found,
            };
        }
        let code = self.in_force(code, date);
        let mut found = BTreeSet::from([code.clone()]);
        found.extend(
            ABBREVIATIONS
                .iter()
                .filter(|(short, _)| *short == capitals)
                .map(|(_, of)| CountryCode((*of).to_owned())),
        );
        if let NameMatch::One { code, .. } = named {
            found.insert(code);
        }
        if found.len() > 1 {
            return NameMatch::Ambiguous { candidates: found.into_iter().collect() };
        }
        NameMatch::One { code, via: CountryVia::Code }
    }
}
