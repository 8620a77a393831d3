//! The codes of countries and sectors in TOSSD. `data/vocabularies/NOTICE.md` says where they come
//! from.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A code and what it stands for.
pub(super) type Coded = (i32, String);

/// By a code that the register has.
type Codes = BTreeMap<String, Coded>;

/// By the ISO 3166-1 alpha-3 code: countries that can receive (list 13 of the OECD).
static RECIPIENTS: LazyLock<Codes> = LazyLock::new(|| read(vocabulary_file!("tossd-recipient")));
/// By the ISO 3166-1 alpha-3 code: countries that report what they provide (list 5 of the OECD).
static PROVIDERS: LazyLock<Codes> = LazyLock::new(|| read(vocabulary_file!("tossd-provider")));
/// By the first three digits of a purpose: the sectors of the published data file, which are those
/// categories, or what stands over them in the list (list 10 of the OECD).
static SECTORS: LazyLock<Codes> = LazyLock::new(|| read(vocabulary_file!("tossd-sector")));

fn read(file: &str) -> Codes {
    let mut rows = csv::Reader::from_reader(file.as_bytes());
    let rows = rows.deserialize::<(String, i32, String)>().filter_map(Result::ok);
    rows.map(|(of, code, name)| (of, (code, name))).collect()
}

/// A country as one that receives; none where the list does not have it.
pub(super) fn recipient(alpha3: &str) -> Option<&'static Coded> {
    RECIPIENTS.get(alpha3)
}

/// A country as one that provides; none where the list does not have it.
pub(super) fn provider(alpha3: &str) -> Option<&'static Coded> {
    PROVIDERS.get(alpha3)
}

/// The sector of a purpose, or of a category of purposes.
pub(super) fn sector(purpose: &str) -> Option<&'static Coded> {
    SECTORS.get(purpose.get(..3)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every row is read, and none stands there twice.
    #[test]
    fn the_lists_are_whole() {
        for (list, file) in [
            (&RECIPIENTS, vocabulary_file!("tossd-recipient")),
            (&PROVIDERS, vocabulary_file!("tossd-provider")),
            (&SECTORS, vocabulary_file!("tossd-sector")),
        ] {
            assert_eq!(list.len(), file.lines().count() - 1);
        }
    }

    #[test]
    fn codes_are_those_of_the_lists() {
        let of = |coded: Option<&Coded>| coded.map(|(code, name)| (*code, name.clone()));
        assert_eq!(of(recipient("LAO")), Some((745, "Lao People's Democratic Republic".into())));
        assert_eq!(of(provider("IDN")), Some((738, "Indonesia".into())));
        assert_eq!(of(recipient("SGP")), None);
        let industry = Some((320, "III.2. Industry, mining, construction".into()));
        assert_eq!(of(sector("32120")), industry);
        assert_eq!(of(sector("321")), industry);
        assert_eq!(of(sector("15210")), None, "a category that no sector of the file has");
        assert_eq!(of(sector("é")), None);
    }
}
