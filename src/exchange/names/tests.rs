use std::sync::LazyLock;

use proptest::prelude::*;

use super::suggest::MOST_SUGGESTIONS;
use super::*;

const COUNTRIES: &[(&str, &str, &str, &str)] = &[
    ("BE", "BEL", "", ""),
    ("BUMM", "BUR", "", "1989-06-17"),
    ("CD", "COD", "1997-05-17", ""),
    ("CG", "COG", "", ""),
    ("CN", "CHN", "", ""),
    ("CI", "CIV", "", ""),
    ("CSXX", "SCG", "2003-02-04", "2006-06-02"),
    ("DE", "DEU", "", ""),
    ("DDDE", "DDR", "", "1990-10-02"),
    ("FQHH", "ATF", "", "1979-12-31"),
    ("GB", "GBR", "", ""),
    ("GE", "GEO", "", ""),
    ("GN", "GIN", "", ""),
    ("GQ", "GNQ", "", ""),
    ("GW", "GNB", "", ""),
    ("HK", "HKG", "", ""),
    ("ID", "IDN", "", ""),
    ("IE", "IRL", "", ""),
    ("IN", "IND", "", ""),
    ("IR", "IRN", "", ""),
    ("KH", "KHM", "", ""),
    ("KP", "PRK", "", ""),
    ("KR", "KOR", "", ""),
    ("LA", "LAO", "", ""),
    ("LC", "LCA", "", ""),
    ("ME", "MNE", "2006-06-03", ""),
    ("MM", "MMR", "1989-06-18", ""),
    ("NA", "NAM", "", ""),
    ("OM", "OMN", "", ""),
    ("PG", "PNG", "", ""),
    ("PH", "PHL", "", ""),
    ("PK", "PAK", "", ""),
    ("RS", "SRB", "2006-06-05", ""),
    ("SB", "SLB", "", ""),
    ("SD", "SDN", "", ""),
    ("SG", "SGP", "", ""),
    ("SS", "SSD", "2011-07-09", ""),
    ("ST", "STP", "", ""),
    ("SUHH", "SUN", "", "1991-12-26"),
    ("SZ", "SWZ", "", ""),
    ("TF", "ATF", "", ""),
    ("TR", "TUR", "", ""),
    ("TW", "TWN", "", ""),
    ("US", "USA", "", ""),
    ("VDVN", "VDR", "", "1976-07-01"),
    ("VN", "VNM", "", ""),
];

const NAMES: &[(&str, NameKind, &str)] = &[
    ("BE", NameKind::Common, "Belgium"),
    ("BE", NameKind::Common, "Belgia"),
    ("BE", NameKind::Official, "Kingdom of Belgium"),
    ("BUMM", NameKind::Common, "Burma"),
    ("CD", NameKind::Alias, "Congo"),
    ("CD", NameKind::Alias, "Kongo"),
    ("CD", NameKind::Common, "Congo - Kinshasa"),
    ("CD", NameKind::Official, "Democratic Republic of the Congo"),
    ("CG", NameKind::Alias, "Congo"),
    ("CG", NameKind::Alias, "Kongo"),
    ("CG", NameKind::Common, "Congo - Brazzaville"),
    ("CG", NameKind::Official, "Republic of the Congo"),
    ("CI", NameKind::Common, "Côte d’Ivoire"),
    ("CI", NameKind::Alias, "Ivory Coast"),
    ("CN", NameKind::Common, "China"),
    ("CN", NameKind::Common, "Tiongkok"),
    ("CN", NameKind::Official, "People's Republic of China"),
    ("CSXX", NameKind::Common, "Serbia and Montenegro"),
    ("DE", NameKind::Common, "Germany"),
    ("DE", NameKind::Official, "Federal Republic of Germany"),
    ("DDDE", NameKind::Common, "German Democratic Republic"),
    ("DDDE", NameKind::Alias, "East Germany"),
    ("GB", NameKind::Common, "United Kingdom"),
    ("GB", NameKind::Alias, "UK"),
    ("GB", NameKind::Official, "United Kingdom of Great Britain and Northern Ireland"),
    ("GE", NameKind::Common, "Georgia"),
    ("GN", NameKind::Common, "Guinea"),
    ("GN", NameKind::Official, "Republic of Guinea"),
    ("GQ", NameKind::Common, "Equatorial Guinea"),
    ("GW", NameKind::Common, "Guinea-Bissau"),
    ("HK", NameKind::Common, "Hong Kong"),
    ("HK", NameKind::Treaty, "Hong Kong, China"),
    ("ID", NameKind::Common, "Indonesia"),
    ("ID", NameKind::Official, "Republic of Indonesia"),
    ("ID", NameKind::Official, "Negara Kesatuan Republik Indonesia"),
    ("ID", NameKind::Alias, "Republik Indonesia"),
    ("IE", NameKind::Common, "Ireland"),
    ("IN", NameKind::Common, "India"),
    ("IN", NameKind::Official, "Republic of India"),
    ("IR", NameKind::Common, "Iran"),
    ("IR", NameKind::Official, "Islamic Republic of Iran"),
    ("KH", NameKind::Common, "Cambodia"),
    ("KH", NameKind::Common, "Kamboja"),
    ("KP", NameKind::Alias, "Korea"),
    ("KP", NameKind::Common, "North Korea"),
    ("KP", NameKind::Official, "Democratic People's Republic of Korea"),
    ("KR", NameKind::Alias, "Korea"),
    ("KR", NameKind::Common, "South Korea"),
    ("KR", NameKind::Official, "Republic of Korea"),
    ("LA", NameKind::Common, "Laos"),
    ("LA", NameKind::Official, "Lao People's Democratic Republic"),
    ("LA", NameKind::Treaty, "Lao PDR"),
    ("LC", NameKind::Official, "Saint Lucia"),
    ("ME", NameKind::Common, "Montenegro"),
    ("MM", NameKind::Common, "Myanmar"),
    ("MM", NameKind::Alias, "Burma"),
    ("NA", NameKind::Common, "Namibia"),
    ("OM", NameKind::Common, "Oman"),
    ("PG", NameKind::Common, "Papua New Guinea"),
    ("PG", NameKind::Common, "Papua Nugini"),
    ("PH", NameKind::Common, "Philippines"),
    ("PH", NameKind::Common, "Filipina"),
    ("PK", NameKind::Common, "Pakistan"),
    ("PK", NameKind::Official, "Islamic Republic of Pakistan"),
    ("RS", NameKind::Common, "Serbia"),
    ("SB", NameKind::Common, "Solomon Islands"),
    ("SD", NameKind::Common, "Sudan"),
    ("SD", NameKind::Official, "Republic of the Sudan"),
    ("SG", NameKind::Common, "Singapore"),
    ("SG", NameKind::Common, "Singapura"),
    ("SS", NameKind::Common, "South Sudan"),
    ("ST", NameKind::Common, "São Tomé & Príncipe"),
    ("SUHH", NameKind::Common, "USSR"),
    ("SUHH", NameKind::Alias, "Soviet Union"),
    ("SZ", NameKind::Common, "Eswatini"),
    ("SZ", NameKind::Alias, "Swaziland"),
    ("TR", NameKind::Common, "Türkiye"),
    ("TW", NameKind::Common, "Taiwan"),
    ("US", NameKind::Common, "United States"),
    ("US", NameKind::Alias, "USA"),
    ("VDVN", NameKind::Alias, "North Vietnam"),
    ("VN", NameKind::Common, "Vietnam"),
    ("VN", NameKind::Official, "Socialist Republic of Viet Nam"),
    ("VN", NameKind::Treaty, "Viet Nam"),
];

fn day(text: &str) -> Option<NaiveDate> {
    (!text.is_empty()).then(|| text.parse().expect("a date"))
}

static LISTED: LazyLock<CountryNames> = LazyLock::new(|| {
    let country = |&(code, alpha3, from, to): &(&'static str, &'static str, &str, &str)| Country {
        code,
        alpha3,
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
    let join = |codes: Vec<CountryCode>, with: &str| codes.into_iter().map(|c| c.0).collect::<Vec<_>>().join(with);
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
    let found: Vec<_> = expected.iter().map(|(printed, _)| (*printed, line(names.find(printed)))).collect();
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
        ("Ireland (Northern)", "none, but IE"),
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
        ("Republic of China", "none, but CN"),
        ("Republik Tiongkok", "none, but CN"),
        ("Republic of Vietnam", "none, but VN"),
        ("Republic of Germany", "none, but DE"),
        ("Kingdom of Cambodia", "none, but KH"),
        ("Kingdom of Iran", "none, but IR"),
        ("Democratic Republic of Germany", "none, but DE"),
        ("Republik", "none"),
    ]);
}

#[test]
fn a_name_of_several_countries_is_never_decided() {
    assert_found(&[("Congo", "CD or CG"), ("The Congo", "CD or CG"), ("Korea", "KP or KR"), ("Burma", "BUMM or MM")]);
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

/// The date is that of what is reported, so the country is the one that existed then.
#[test]
fn a_date_decides_between_a_country_and_its_predecessor_of_the_same_name() {
    let names = names();
    let as_at = |printed, date| line(names.find_as_at(printed, day(date)));
    assert_eq!(as_at("Burma", "1975-01-01"), "BUMM Listed(Common)");
    assert_eq!(as_at("Burma", "1989-06-17"), "BUMM Listed(Common)");
    assert_eq!(as_at("Burma", "1989-06-18"), "MM Listed(Alias)");
    assert_eq!(as_at("Burma", "2017-08-09"), "MM Listed(Alias)");
    assert_eq!(as_at("Korea", "2017-08-09"), "KP or KR");
    assert_eq!(as_at("Congo", "1980-01-01"), "CG Listed(Alias)");
    assert_eq!(as_at("Soviet Union", "2017-08-09"), "SUHH Listed(Alias)", "a name's only bearer keeps it");
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

/// The rows of the reference data that the program carries.
fn reference(table: &str) -> Vec<Vec<String>> {
    let path = format!("{}/data/reference/{table}.csv", env!("CARGO_MANIFEST_DIR"));
    let mut rows = csv::Reader::from_path(&path).expect(&path);
    rows.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

fn reference_names() -> (CountryNames, Vec<(String, String)>) {
    use entity::vocabulary::Vocabulary;
    let (countries, rows) = (reference("countries"), reference("country_names"));
    let names = CountryNames::new(
        countries.iter().map(|row| Country {
            code: &row[0],
            alpha3: &row[1],
            valid_from: day(&row[3]),
            valid_to: day(&row[4]),
        }),
        rows.iter().map(|row| ListedName {
            country: &row[0],
            kind: NameKind::parse(&row[2]).expect("a kind"),
            name: &row[4],
        }),
    );
    (names, rows.iter().map(|row| (row[0].clone(), row[4].clone())).collect())
}

#[test]
fn the_reference_data_resolve_the_names_that_reports_print() {
    let (names, rows) = reference_names();
    let as_at_2017 = |printed| line(names.find_as_at(printed, day("2017-08-09")));
    for (printed, code) in [
        ("Kamboja", "KH"),
        ("Lao PDR", "LA"),
        ("Laos", "LA"),
        ("Papua Nugini", "PG"),
        ("Viet Nam", "VN"),
        ("Hong Kong, China", "HK"),
        ("Filipina", "PH"),
        ("Singapura", "SG"),
        ("Brunei Darussalam", "BN"),
        ("Burma", "MM"),
        ("Timor Leste", "TL"),
        ("Korea Selatan", "KR"),
        ("Soviet Union", "SUHH"),
    ] {
        let found = as_at_2017(printed);
        assert_eq!(found.split(' ').next(), Some(code), "{printed}: {found}");
    }
    assert_eq!(line(names.find("Congo")), "CD or CG");
    assert_eq!(line(names.find("Korea")), "KP or KR");
    for printed in ["England", "Scotland", "European Union", "Republic of Vietnam", "Georgia (USA)"] {
        assert!(line(names.find(printed)).starts_with("none"), "{printed}");
    }
    for (code, name) in rows {
        let found = line(names.find(&name));
        assert!(found.split(' ').any(|word| word == code), "{name} of {code}: {found}");
    }
}

/// A text typed otherwise: other capitals, other apostrophes, decomposed, with invisible characters and wider spaces.
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
    let signs = [", ", " (", ")", " - ", "/", "; ", " Republic of ", " Negara ", " the ", "ID", "\n", "St. ", "d’"];
    let pieces: Vec<_> = words.chain(signs.map(str::to_owned)).collect();
    prop::collection::vec((prop::sample::select(pieces), any::<bool>()), 0..7)
        .prop_map(|pieces| pieces.into_iter().map(|(piece, apart)| piece + if apart { " " } else { "" }).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in prop_oneof![any::<String>(), near_names()]) {
        match names().find(&text) {
            NameMatch::One { .. } => {}
            NameMatch::Ambiguous { candidates } => prop_assert!(candidates.len() > 1 && candidates.is_sorted()),
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
            NameMatch::Ambiguous { candidates } => prop_assert!(candidates.iter().any(|code| code.0 == country)),
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
        prop_assume!(two_parts(&text).is_none_or(|(one, other)| [one, other].iter().all(|part| names.find_code(part).is_none())));
        let typed = typed_otherwise(&text, &noise);
        prop_assume!(two_parts(&typed).is_none_or(|(one, other)| [one, other].iter().all(|part| names.find_code(part).is_none())));
        prop_assert_eq!(names.find(&typed), names.find(&text));
    }
}
