//! The names that the program is delivered with.

use super::*;

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
            numeric: Some(&row[2]),
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
    for printed in ["England", "Scotland", "European Union", "Republic of Vietnam", "Georgia (USA)"]
    {
        assert!(line(names.find(printed)).starts_with("none"), "{printed}");
    }
    for (code, name) in rows {
        let found = line(names.find(&name));
        assert!(found.split(' ').any(|word| word == code), "{name} of {code}: {found}");
    }
}

/// Of the same state in one year there is one code, by whichever of its names.
#[test]
fn a_country_has_one_code_at_a_date() {
    let (names, _) = reference_names();
    for (year, code, printed) in [
        (1985, "BUMM", &["Burma", "Myanmar", "Birmanie", "Birmania"][..]),
        (2024, "MM", &["Burma", "Myanmar"]),
        (1985, "BYAA", &["Byelorussian SSR", "Byelorussia", "Belorussia", "Belarus", "BY"]),
        (1995, "BY", &["Byelorussia", "Belarus"]),
        (
            1980,
            "ZRCD",
            &["Zaire", "Congo-Kinshasa", "Democratic Republic of the Congo", "Belgian Congo"],
        ),
        (1960, "ZRCD", &["Congo-Kinshasa", "Congo (Leopoldville)", "Belgian Congo"]),
        (1985, "TPTL", &["East Timor", "Timor-Leste", "Timor Timur"]),
        (2024, "TL", &["East Timor", "Timor-Leste", "Timor Timur"]),
        (1970, "DYBJ", &["Dahomey", "Benin"]),
        (1975, "HVBF", &["Upper Volta", "Haute-Volta", "Burkina Faso"]),
        (1996, "YUCS", &["Yugoslavia", "Serbia and Montenegro", "FR Yugoslavia"]),
        (2004, "CSXX", &["Serbia and Montenegro", "Serbie-et-Monténégro"]),
    ] {
        for printed in printed {
            let found = line(names.find_written(printed, NaiveDate::from_ymd_opt(year, 3, 2)));
            assert_eq!(found.split(' ').next(), Some(code), "{printed} in {year}: {found}");
            assert!(!found.contains(" or "), "{printed} in {year}: {found}");
        }
    }
}

#[test]
fn titles_and_words_are_abbreviated_in_several_languages() {
    let (names, _) = reference_names();
    for (printed, code) in [
        ("Rép. centrafricaine", "CF"),
        ("Rep. Dominicana", "DO"),
        ("Rép. de Corée", "KR"),
        ("Rép. dém. du Congo", "CD"),
        ("Ste-Lucie", "LC"),
        ("Papua N. Guinea", "PG"),
        ("N. Mariana Is.", "MP"),
        ("Bahamas (the) (BS)", "BS"),
        ("Afghanistan (l') (AF)", "AF"),
        ("Samoa Amerika (AS)", "AS"),
        ("Rusia (RU)", "RU"),
        ("Bundesrepublik Deutschland", "DE"),
        ("Российская Федерация", "RU"),
        ("ประเทศไทย", "TH"),
        ("香港", "HK"),
        ("臺灣", "TW"),
    ] {
        let found = line(names.find_written(printed, day("2024-01-01")));
        assert_eq!(found.split(' ').next(), Some(code), "{printed}: {found}");
    }
}

#[test]
fn suggestions_hold_what_tells_names_apart() {
    let (names, _) = reference_names();
    for (printed, expected) in [
        ("República de China", "none"),
        ("République de Chine", "none"),
        ("South Vietnam", "none"),
        ("Vietnam, South", "none"),
        ("Sud-Corée du Nord", "none"),
        ("RKO", "none"),
        ("China, Hong Kong Territory", "none, but CN, HK"),
        ("Thailnd", "none, but TH"),
        ("Bandung, Indonesia", "none, but ID"),
    ] {
        assert_eq!(line(names.find_written(printed, day("1965-01-01"))), expected, "{printed}");
    }
}
