//! What the date, the case of a code, and the signs around a name say.

use super::*;

fn as_at(printed: &str, date: &str) -> String {
    line(names().find_as_at(printed, day(date)))
}

/// The date is that of what is reported, so the code is the one that the country had then.
#[test]
fn a_date_decides_between_the_codes_of_one_country() {
    assert_eq!(as_at("Burma", "1975-01-01"), "BUMM Listed(Common)");
    assert_eq!(as_at("Burma", "1989-06-17"), "BUMM Listed(Common)");
    assert_eq!(as_at("Burma", "1989-06-18"), "MM Listed(Alias)");
    assert_eq!(as_at("Burma", "2017-08-09"), "MM Listed(Alias)");
    assert_eq!(as_at("Myanmar", "1985-01-01"), "BUMM Listed(Common)");
    assert_eq!(as_at("Korea", "2017-08-09"), "KP or KR");
    assert_eq!(as_at("Congo - Kinshasa", "1985-01-01"), "ZRCD Listed(Common)");
    assert_eq!(as_at("Serbia and Montenegro", "1996-01-01"), "YUCS Listed(Common)");
    assert_eq!(as_at("Serbia and Montenegro", "2004-01-01"), "CSXX Listed(Common)");
    assert_eq!(
        as_at("Soviet Union", "2017-08-09"),
        "SUHH Listed(Alias)",
        "a name's only bearer keeps it"
    );
    assert_eq!(as_at("Zaire", "2017-08-09"), "ZRCD Listed(Common)", "likewise");
    let code = |code: &str| CountryCode(code.to_owned());
    let successor = |of: &str, date: &str| names().successor(&code(of), day(date)?).cloned();
    assert_eq!(successor("ZRCD", "2017-08-09"), Some(code("CD")));
    assert_eq!(successor("ZRCD", "1990-01-01"), None, "it is there");
    assert_eq!(successor("SUHH", "2017-08-09"), None);
}

/// That the code of one of two countries began later does not make the other the only one.
#[test]
fn a_beginning_does_not_decide_between_countries() {
    for printed in
        ["Congo", "Kongo", "The Congo", "Republic of the Congo", "Congo, Republic of the"]
    {
        assert_eq!(as_at(printed, "1955-01-01"), "CG or ZRCD", "{printed}");
        assert_eq!(as_at(printed, "1965-01-01"), "CG or ZRCD", "{printed}");
    }
    assert_eq!(as_at("Congo", "2017-08-09"), "CD or CG");
    assert_eq!(as_at("Congo", "1980-01-01"), "CG Listed(Alias)", "the other was Zaire");
    assert_eq!(as_at("Republic of the Congo", "1980-01-01"), "CG Listed(Official)", "likewise");
    let names = CountryNames::new(
        [("MF", "MAF", ""), ("SX", "SXM", "2010-10-10")].map(|(code, alpha3, from)| Country {
            code,
            alpha3,
            numeric: None,
            valid_from: day(from),
            valid_to: None,
        }),
        ["MF", "SX"].map(|country| ListedName {
            country,
            kind: NameKind::Alias,
            name: "Saint Martin",
        }),
    );
    for date in ["1990-01-01", "2017-08-09"] {
        assert_eq!(line(names.find_as_at("Saint Martin", day(date))), "MF or SX", "{date}");
    }
}

#[test]
fn a_code_counts_in_capitals_and_where_it_is_no_word() {
    for (written, expected) in [
        ("KH", "KH Code"),
        ("kh", "KH Code"),
        ("KHM", "KH Code"),
        ("BUMM", "BUMM Code"),
        ("usa", "US Code"),
        ("Kh", "KH Code"),
        ("Bel", "none, but BE"),
        ("Png", "none, but PG"),
        ("in", "none, but IN"),
        ("In", "none, but IN"),
        ("la", "none, but LA"),
        ("IN", "IN Code"),
        ("Uk", "GB Listed(Alias)"),
        ("ANT", "none"),
        ("Kamboja", "KH Listed(Common)"),
    ] {
        assert_eq!(line(names().find_written(written, None)), expected, "{written}");
    }
    assert_eq!(line(names().find_written("MM", day("1985-01-01"))), "BUMM Code");
}

#[test]
fn list_numbers_and_footnotes_are_no_part_of_a_name() {
    for printed in [
        "Kamboja¹",
        "Kamboja ¹⁾",
        "Kamboja¹)",
        "Kamboja (1)",
        "Kamboja [1]",
        "Kamboja [a]",
        "Kamboja†",
        "Kamboja ** ",
        "12. Kamboja",
        "1) Kamboja",
        "(1) Kamboja",
        "3. Kamboja (2)",
    ] {
        assert_eq!(as_at(printed, "2017-08-09"), "KH Listed(Common)", "{printed}");
    }
    assert_eq!(as_at("12. Kambojo (1)", "2017-08-09"), "none, but KH");
    assert_eq!(as_at("Korea (1)", "2017-08-09"), "KP or KR");
    assert_eq!(as_at("12.", "2017-08-09"), "none");
    assert_eq!(as_at("Belgium (the) (BE)", "2017-08-09"), "BE TwoNames");
    assert_eq!(as_at("Burma (MM)", "2017-08-09"), "MM TwoNames");
    assert_eq!(as_at("Kamboja (Cambodia) (KH)", "2017-08-09"), "KH TwoNames");
    assert_eq!(as_at("Kamboja (BE)", "2017-08-09"), "none, but KH");
}
