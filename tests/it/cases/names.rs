//! Names of countries as public lists print them, and those that were in use before, against the
//! names that the program is delivered with.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use entity::vocabulary::{NameKind, Vocabulary};
use jejaring::exchange::names::{Country, CountryNames, ListedName, NameMatch};

/// A table of `data/reference` or `tests/cases` as rows of text.
fn rows(path: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let read =
        csv::Reader::from_path(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        row.expect("a row").iter().map(str::to_owned).collect()
    };
    read.into_records().map(row).collect()
}

/// The names that the program is delivered with.
fn delivered() -> CountryNames {
    let (countries, names) =
        (rows("data/reference/countries.csv"), rows("data/reference/country_names.csv"));
    CountryNames::new(
        countries.iter().map(|row| Country {
            code: &row[0],
            alpha3: &row[1],
            numeric: Some(&row[2]),
            valid_from: row[3].parse().ok(),
            valid_to: row[4].parse().ok(),
        }),
        names.iter().map(|row| ListedName {
            country: &row[0],
            kind: NameKind::parse(&row[2]).expect("a kind"),
            name: &row[4],
        }),
    )
}

fn found(names: &CountryNames, printed: &str, year: i32) -> NameMatch {
    names.find_as_at(printed, NaiveDate::from_ymd_opt(year, 3, 2))
}

#[test]
fn printed_names_are_matched_and_none_to_another() {
    let names = delivered();
    let (mut matched, mut wrong): (BTreeMap<String, (u32, u32)>, Vec<String>) = Default::default();
    for row in rows("tests/cases/printed-names.csv") {
        let [printed, year, code, language] = &row[..] else { panic!("{row:?}") };
        let (right, all) = matched.entry(language.clone()).or_default();
        *all += 1;
        match found(&names, printed, year.parse().expect("a year")) {
            NameMatch::One { code: found, .. } if found.0 == *code => *right += 1,
            NameMatch::One { code: found, .. } => {
                wrong.push(format!("{printed} is {code}, not {}", found.0))
            }
            NameMatch::Ambiguous { .. } | NameMatch::None { .. } => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    for language in ["en", "fr", "es"] {
        let (right, all) = matched[language];
        assert!(right * 100 >= all * 95, "{language}: {right} of {all}");
    }
}

#[test]
fn names_that_were_in_use_are_known() {
    let names = delivered();
    for (printed, year, code) in [
        ("West Germany", 1985, "DE"),
        ("Germany, Federal Republic of", 1975, "DE"),
        ("German Democratic Republic", 1975, "DDDE"),
        ("Ukrainian SSR", 1985, "UA"),
        ("Byelorussian SSR", 1985, "BYAA"),
        ("Khmer Republic", 1972, "KH"),
        ("Democratic Kampuchea", 1980, "KH"),
        ("Libyan Arab Republic", 1972, "LY"),
        ("Libyan Arab Jamahiriya", 1985, "LY"),
        ("Antigua", 1990, "AG"),
        ("Yemen Arab Republic", 1976, "YE"),
        ("Democratic Yemen", 1976, "YDYE"),
        ("Union of South Africa", 1953, "ZA"),
        ("Siam", 1947, "TH"),
        ("Ceylon", 1960, "LK"),
        ("Persia", 1946, "IR"),
        ("Malaya", 1958, "MY"),
        ("Belorussia", 1985, "BYAA"),
        ("Haute-Volta", 1975, "HVBF"),
        ("Checoslovaquia", 1985, "CSHH"),
        ("Alemania Oriental", 1985, "DDDE"),
        ("PDR Yemen", 1985, "YDYE"),
        ("United Arab Republic", 1965, "EG"),
        ("Abyssinia", 1946, "ET"),
        ("Kosovo", 2012, "XK"),
        ("Republik Kosovo", 2012, "XK"),
        ("Jerman Barat", 1985, "DE"),
    ] {
        let found = found(&names, printed, year);
        assert!(
            matches!(&found, NameMatch::One { code: one, .. } if one.0 == code),
            "{printed}: {found:?}"
        );
    }
}

#[test]
fn what_is_suggested_agrees_in_what_tells_names_apart() {
    let names = delivered();
    for (printed, expected) in [
        ("Lybian Arab Republic", "LY"),
        ("Republic of Naura", "NR"),
        ("Kingdom of Thailnd", "TH"),
        ("Philipines", "PH"),
        ("Democratic Republic of Nowhere", ""),
        ("Republic of Republics", ""),
    ] {
        let NameMatch::None { suggestions } = found(&names, printed, 2024) else {
            panic!("{printed} is matched")
        };
        let codes: Vec<&str> = suggestions.iter().map(|one| one.code.0.as_str()).collect();
        assert_eq!(codes.join(" "), expected, "{printed}");
    }
}
