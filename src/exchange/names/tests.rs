use std::sync::LazyLock;

use proptest::prelude::*;

use super::parts::two_parts;
use super::suggest::MOST_SUGGESTIONS;
use super::*;

mod listed;
mod reference;
mod said;

use listed::{COUNTRIES, NAMES, numeric};

fn day(text: &str) -> Option<NaiveDate> {
    (!text.is_empty()).then(|| text.parse().expect("a date"))
}

static LISTED: LazyLock<CountryNames> = LazyLock::new(|| {
    let country = |&(code, alpha3, from, to): &(&'static str, &'static str, &str, &str)| Country {
        code,
        alpha3,
        numeric: numeric(code),
        valid_from: day(from),
        valid_to: day(to),
    };
    CountryNames::new(
        COUNTRIES.iter().map(country),
        NAMES.iter().map(|&(country, kind, name)| ListedName { country, kind, name }),
    )
});

fn names() -> &'static CountryNames {
    &LISTED
}

/// The answer in one line: `VN Listed(Treaty)`, `CD or CG`, `none`, `none, but GE, US`.
fn line(found: NameMatch) -> String {
    let join = |codes: Vec<CountryCode>, with: &str| {
        codes.into_iter().map(|c| c.0).collect::<Vec<_>>().join(with)
    };
    match found {
        NameMatch::One { code, via } => format!("{code} {via:?}"),
        NameMatch::Ambiguous { candidates } => join(candidates, " or "),
        NameMatch::None { suggestions } if suggestions.is_empty() => "none".to_owned(),
        NameMatch::None { suggestions } => {
            format!("none, but {}", join(suggestions.into_iter().map(|s| s.code).collect(), ", "))
        }
    }
}

#[track_caller]
fn assert_found(expected: &[(&str, &str)]) {
    let names = names();
    let found: Vec<_> =
        expected.iter().map(|(printed, _)| (*printed, line(names.find(printed)))).collect();
    let found: Vec<_> = found.iter().map(|(printed, line)| (*printed, &line[..])).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_listed_name_is_found_however_it_is_typed() {
    assert_found(&[
        ("Kamboja", "KH Listed(Common)"),
        ("KAMBOJA", "KH Listed(Common)"),
        ("Cote d'Ivoire", "CI Listed(Common)"),
        ("CÔTE D´IVOIRE", "CI Listed(Common)"),
        ("Turkiye", "TR Listed(Common)"),
        ("Hong Kong, China", "HK Listed(Treaty)"),
        ("Hong Kong (China)", "HK Listed(Treaty)"),
        ("Guinea Bissau", "GW Listed(Common)"),
        ("  Papua\u{a0}Nugini*", "PG Listed(Common)"),
    ]);
}

#[test]
fn articles_conjunctions_abbreviations_and_spaces_do_not_count() {
    assert_found(&[
        ("The Philippines", "PH Spelling"),
        ("Philippines, the", "PH Spelling"),
        ("Viet-Nam", "VN Listed(Treaty)"),
        ("VietNam", "VN Listed(Common)"),
        ("Hongkong", "HK Spelling"),
        ("Sao Tome dan Principe", "ST Spelling"),
        ("Sao Tome and Principe", "ST Spelling"),
        ("St. Lucia", "LC Spelling"),
        ("Solomon Is.", "SB Spelling"),
        ("S. Sudan", "SS Spelling"),
        ("Lao P.D.R.", "LA Spelling"),
        ("Lao People’s Dem. Rep.", "LA Spelling"),
        ("Rep. of Korea", "KR Spelling"),
        ("U.S.A.", "US Spelling"),
        ("Cote d Ivoire", "CI Spelling"),
        ("Congo Kinshasa", "CD Listed(Common)"),
    ]);
}

#[test]
fn a_name_may_be_turned_round() {
    assert_found(&[
        ("Korea, Republic of", "KR Inversion"),
        ("Korea (Democratic People's Republic of)", "KP Inversion"),
        ("Iran (Islamic Republic of)", "IR Inversion"),
        ("Congo, Dem. Rep.", "CD Inversion"),
        ("Congo (Democratic Republic of the)", "CD Inversion"),
        ("Korea – South", "KR Inversion"),
        ("China, Hong Kong", "HK Spelling"),
        ("Sudan (South)", "SS Inversion"),
        ("Guinea, Equatorial", "GQ Inversion"),
        ("Ireland (Northern)", "none"),
    ]);
}

#[test]
fn two_names_have_to_agree() {
    assert_found(&[
        ("Myanmar (Burma)", "MM TwoNames"),
        ("Cambodia/Kamboja", "KH TwoNames"),
        ("Eswatini (formerly Swaziland)", "SZ TwoNames"),
        ("Cambodia (Kamboja)", "KH TwoNames"),
        ("Indonesia (ID)", "ID TwoNames"),
        ("IDN – Indonesia", "ID TwoNames"),
        ("Korea (KOR)", "KR TwoNames"),
        ("Korea (South Korea)", "KR TwoNames"),
        ("Korea, South Korea", "none, but KP, KR"),
        ("Indonesia (IN)", "none, but ID"),
        ("Georgia (USA)", "none, but GE, US"),
        ("Bali, Indonesia", "none, but ID"),
    ]);
}

#[test]
fn a_title_has_to_be_the_countrys_own() {
    assert_found(&[
        ("Kerajaan Belgia", "BE Title"),
        ("Republik Islam Pakistan", "PK Title"),
        ("Republik India", "IN Title"),
        ("Republik Demokratik Kongo", "CD Title"),
        ("Republik Kongo", "CG Title"),
        ("Republik Rakyat Tiongkok", "CN Title"),
        ("negara Kamboja", "KH Title"),
        ("Negara Korea", "KP or KR"),
        ("Republic of Pakistan", "PK Title"),
        ("Republic of China", "none"),
        ("Republik Tiongkok", "none"),
        ("República de Chi na", "none"),
        ("Republik Ch·ina", "none"),
        ("Republic of Vietnam", "none"),
        ("Republic of Germany", "none"),
        ("Kingdom of Cambodia", "none, but KH"),
        ("Kingdom of Iran", "none, but IR"),
        ("Democratic Republic of Germany", "none"),
        ("Republik", "none"),
    ]);
}

#[test]
fn a_name_of_several_countries_is_never_decided() {
    assert_found(&[
        ("Congo", "CD or CG"),
        ("The Congo", "CD or CG"),
        ("Korea", "KP or KR"),
        ("Burma", "BUMM or MM"),
    ]);
}

#[test]
fn parts_unions_codes_and_other_words_are_no_countries() {
    assert_found(&[
        ("England", "none"),
        ("Scotland", "none"),
        ("Northern Ireland", "none"),
        ("European Union", "none"),
        ("ASEAN", "none"),
        ("NA", "none"),
        ("IN", "none"),
        ("ID", "none"),
        ("the", "none"),
        ("", "none"),
        ("?!", "none"),
    ]);
}

#[test]
fn several_countries_in_one_text_are_none() {
    assert_found(&[
        ("Indonesia, India", "none, but ID, IN"),
        ("Serbia, Montenegro", "none, but ME, RS"),
        ("Serbia/Montenegro", "none, but ME, RS"),
        ("Serbia\nMontenegro", "none, but ME, RS"),
        ("Serbia; Montenegro", "none, but ME, RS"),
        ("Serbia and Montenegro", "CSXX Listed(Common)"),
        ("Papua\nNew Guinea", "PG Listed(Common)"),
        ("Serbia (Montenegro)", "none, but ME, RS"),
        ("Indonesia dan India", "none, but ID, IN"),
        ("China dan Hong Kong", "none, but CN, HK"),
        ("China & Hong Kong", "none, but CN, HK"),
        ("China; Hong Kong", "none, but CN, HK"),
        ("Hong Kong\nChina", "none, but CN, HK"),
        ("United States Indonesia", "none"),
    ]);
}

#[test]
fn a_slip_of_the_pen_is_suggested_not_taken() {
    assert_found(&[
        ("Indonesa", "none, but ID"),
        ("Filippina", "none, but PH"),
        ("Irak", "none, but IR"),
        ("Pakistna", "none, but PK"),
        ("Om", "none"),
    ]);
}

#[test]
fn a_code_is_found_as_a_code_only() {
    let names = names();
    let code = |printed| names.find_code(printed).map(|code| &code.0[..]);
    assert_eq!(code("NA"), Some("NA"));
    assert_eq!(code("IND"), Some("IN"));
    assert_eq!(code(" SUHH "), Some("SUHH"));
    assert_eq!(code("SUN"), Some("SUHH"));
    assert_eq!(code("ATF"), Some("TF"), "given again after FQHH");
    for no_code in ["in", "Na", "OMAN", "Oman", "UK", "XX", ""] {
        assert_eq!(code(no_code), None, "{no_code}");
    }
}

#[test]
fn a_suggestion_carries_the_listed_name() {
    let one = |printed| match names().find(printed) {
        NameMatch::None { mut suggestions } => suggestions.remove(0).name,
        found => panic!("{found:?}"),
    };
    assert_eq!(one("Turkye"), "Türkiye");
    assert_eq!(one("Jakarta, Indonesia"), "Indonesia");
}

/// A text typed otherwise: other capitals, other apostrophes, decomposed, with invisible characters
/// and wider spaces.
fn typed_otherwise(text: &str, noise: &[u8]) -> String {
    use unicode_normalization::UnicodeNormalization;
    let noise = noise.iter().copied().cycle();
    let retype = |(c, noise): (char, u8)| match (c, noise % 4) {
        ('\'' | '’', 0) => "’".to_owned(),
        ('\'' | '’', 1) => "`".to_owned(),
        (' ', 0) => "\u{a0} ".to_owned(),
        (c, 0) => c.to_uppercase().collect(),
        (c, 1) => c.to_lowercase().collect(),
        (c, 2) if c.is_alphabetic() => format!("{c}\u{ad}"),
        (c, _) => c.nfd().collect(),
    };
    text.chars().zip(noise).map(retype).collect()
}

/// Texts made of the words and signs on which the steps turn.
fn near_names() -> impl Strategy<Value = String> {
    let words = NAMES.iter().flat_map(|(_, _, name)| name.split(' ').map(str::to_owned));
    let signs = [
        ", ",
        " (",
        ")",
        " - ",
        "/",
        "; ",
        " Republic of ",
        " Negara ",
        " the ",
        "ID",
        "\n",
        "St. ",
        "d’",
    ];
    let pieces: Vec<_> = words.chain(signs.map(str::to_owned)).collect();
    prop::collection::vec((prop::sample::select(pieces), any::<bool>()), 0..7).prop_map(|pieces| {
        pieces.into_iter().map(|(piece, apart)| piece + if apart { " " } else { "" }).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in prop_oneof![any::<String>(), near_names()]) {
        match names().find(&text) {
            NameMatch::One { .. } => {}
            NameMatch::Ambiguous { candidates } => {
                prop_assert!(candidates.len() > 1 && candidates.is_sorted())
            }
            NameMatch::None { suggestions } => prop_assert!(suggestions.len() <= MOST_SUGGESTIONS),
        }
    }

    #[test]
    fn every_listed_name_finds_its_country_however_it_is_typed(
        index in 0..NAMES.len(),
        noise in prop::collection::vec(any::<u8>(), 1..20),
    ) {
        let (country, _, name) = NAMES[index];
        let names = names();
        let found = names.find(&typed_otherwise(name, &noise));
        prop_assert_eq!(&found, &names.find(name));
        match found {
            NameMatch::One { code, .. } => prop_assert_eq!(code.0, country),
            NameMatch::Ambiguous { candidates } => {
                prop_assert!(candidates.iter().any(|code| code.0 == country))
            }
            NameMatch::None { .. } => prop_assert!(false, "{} is listed", name),
        }
    }

    #[test]
    fn the_way_of_typing_never_changes_the_answer(
        text in near_names(),
        noise in prop::collection::vec(any::<u8>(), 1..20),
    ) {
        let names = names();
        // A code is a code in capitals only.
        prop_assume!(two_parts(&text).is_none_or(|(one, other)| {
            [one, other].iter().all(|part| names.find_code(part).is_none())
        }));
        let typed = typed_otherwise(&text, &noise);
        prop_assume!(two_parts(&typed).is_none_or(|(one, other)| {
            [one, other].iter().all(|part| names.find_code(part).is_none())
        }));
        prop_assert_eq!(names.find(&typed), names.find(&text));
    }
}
