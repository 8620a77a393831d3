//! Names out of their time, and names alike.

use entity::id::{InstitutionId, InstitutionNameId, PersonId};
use entity::institution_name;
use entity::vocabulary::{DatePrecision, InstitutionKind, NameKind};
use sea_orm::prelude::Uuid;
use serde_json::json;

use super::*;
use crate::provenance::fixtures::{BatchFixture, code, day};

fn dated(
    institution: u128,
    name: &str,
    from: Option<&str>,
    to: Option<&str>,
) -> institution_name::Model {
    institution_name::Model {
        id: InstitutionNameId(Uuid::nil()),
        institution_id: InstitutionId(Uuid::from_u128(institution)),
        language: "id".to_owned(),
        kind: NameKind::Common,
        name: String::new(),
        search_text: name.to_owned(),
        valid_from: from.map(day),
        valid_to: to.map(day),
        precision: DatePrecision::Year,
    }
}

#[test]
fn names_have_their_time() {
    let names = [
        dated(1, "balai besar kerajinan dan batik", Some("2002-01-01"), Some("2022-12-31")),
        dated(1, "bbspjikb", Some("2022-01-01"), None),
        dated(1, "kerajinan", None, None),
        dated(2, "bbspjikb", None, None),
    ];
    let register = BatchFixture::new();
    let rule = |folded, from: &str, to: &str| {
        let institution = InstitutionId(Uuid::from_u128(1));
        let subject = Subject::batch(register.batch.id);
        let printed =
            PrintedName { subject, claim: None, institution, folded, from: day(from), to: day(to) };
        name_out_of_period(&printed, &names)
    };
    assert_eq!(rule("balai besar kerajinan dan batik", "2017-08-01", "2017-08-09"), None);
    assert_eq!(rule("bbspjikb", "2022-02-01", "2022-02-01"), None, "in force all that year");
    assert_eq!(rule("kerajinan", "1950-01-01", "1950-01-01"), None);
    assert_eq!(rule("another name", "1950-01-01", "1950-01-01"), None);
    let found = rule("bbspjikb", "2017-08-01", "2017-08-09").expect("a finding");
    assert_eq!(found.detail["inForce"], json!([{ "from": "2022-01-01", "to": null }]));
    assert!(rule("balai besar kerajinan dan batik", "2023-11-20", "2023-11-27").is_some());
    assert_eq!(
        rule("balai besar kerajinan dan batik", "2022-12-31", "2023-01-02"),
        None,
        "on its first day it was"
    );
}

fn same_people(names: &[&str]) -> Vec<(u128, u128)> {
    let id = |at: usize| PersonId(Uuid::from_u128(at as u128));
    let people: Vec<_> =
        names.iter().enumerate().map(|(at, folded)| NamedPerson { id: id(at), folded }).collect();
    let found = possible_same_person(&people);
    let pair = |found: &Found| {
        assert_eq!(
            found.detail.as_object().map(serde_json::Map::len),
            Some(2),
            "ids and edits, no names"
        );
        let [one, other]: [PersonId; 2] =
            serde_json::from_value(found.detail["people"].clone()).expect("two ids");
        (one.0.as_u128(), other.0.as_u128())
    };
    found.iter().map(pair).collect()
}

#[test]
fn people_with_like_names_may_be_one() {
    for (one, other) in [
        ("siti rohmatul umah", "siti rohmatul ummah"),
        ("virginia s setiadi", "virginia setiadi"),
        ("gati wibawaningsih", "wibawaningsih, gati"),
        ("hagung eko pawowo", "hagung eko prawowo"),
        ("soetrisno bachir", "sutrisno bachir"),
        ("sutiaji", "sutiaji"),
        ("sutiaji", "sutaiji"),
        ("retno prawati", "retnoprawati"),
    ] {
        assert_eq!(same_people(&[one, other]), [(0, 1)], "{one}, {other}");
    }
    for (one, other) in [
        ("maya mardiana", "maya mardiani s"),
        ("a rahman putra", "b rahman putra"),
        ("budi santoso", "rudi santoso"),
        ("siti aminah", "siti rohmah"),
        ("", ""),
        ("ali", "adi"),
    ] {
        let expected: &[_] = if one == "maya mardiana" { &[(0, 1)] } else { &[] };
        assert_eq!(same_people(&[one, other]), expected, "{one}, {other}");
    }
}

/// One finding per pair, whichever was given first.
#[test]
fn pairs_of_people_are_told_once() {
    let names = ["soetrisno bachir", "gati wibawaningsih", "sutrisno bachir", "sutrisno b"];
    assert_eq!(same_people(&names), [(0, 2)]);
    let id = |n| PersonId(Uuid::from_u128(n));
    let (one, other) = (
        NamedPerson { id: id(1), folded: "sutrisno bachir" },
        NamedPerson { id: id(2), folded: "sutrisno bakhir" },
    );
    let alias = NamedPerson { id: id(1), folded: "sutrisno bachir s" };
    let found = possible_same_person(&[one, other, alias]);
    assert_eq!(found.len(), 1);
    assert_eq!(found, possible_same_person(&[alias, other, one]));
    assert_eq!(found[0].subject, Subject::person(id(1)));
}

#[test]
fn institutions_with_like_names_may_be_one() {
    let (indonesia, thailand) = (code("ID"), code("TH"));
    let base = |id: u128, folded: &'static str| NamedInstitution {
        id: InstitutionId(Uuid::from_u128(id)),
        folded,
        kind: InstitutionKind::OtherPublicSector,
        country: Some(&indonesia),
        city: None,
    };
    let found = |one, other| possible_same_institution(&[one, other]).len();
    let centre = base(1, "centre for standardization of batik");
    assert_eq!(found(centre, base(2, "center for standardization of batik")), 1);
    assert_eq!(found(centre, base(2, "centre for standardisation of batik")), 1);
    assert_eq!(
        found(centre, base(1, "center for standardization of batik")),
        0,
        "one and the same"
    );
    let other = base(2, "centre for standardisation of batik");
    assert_eq!(found(centre, NamedInstitution { kind: InstitutionKind::Academic, ..other }), 0);
    assert_eq!(found(centre, NamedInstitution { country: Some(&thailand), ..other }), 0);
    assert_eq!(found(centre, NamedInstitution { country: None, ..other }), 1);
    let (yogyakarta, malang) = (Some("Yogyakarta"), Some("Malang"));
    let here = NamedInstitution { city: yogyakarta, ..centre };
    assert_eq!(found(here, NamedInstitution { city: malang, ..other }), 0);
    assert_eq!(found(here, NamedInstitution { city: yogyakarta, ..other }), 1);
    for (one, other) in [
        ("kemenkes", "kemenkeu"),
        ("direktorat wilayah i", "direktorat wilayah ii"),
        ("balai pelatihan 12", "balai pelatihan 13"),
        ("dinas koperasi kota malang", "dinas koperasi kota padang"),
        ("asipa", "iwapi"),
    ] {
        assert_eq!(found(base(1, one), base(2, other)), 0, "{one}, {other}");
    }
}
