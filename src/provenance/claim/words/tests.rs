//! What claims state, in both languages.

use entity::id::VenueId;
use entity::vocabulary::{ClaimRank, CostKind, CountBasis, DelegationCategory, DelegationStatus};

use super::*;

fn claim(property: ClaimProperty) -> claim::Model {
    claim::Model { property, rank: ClaimRank::Normal, ..claim::Model::default() }
}

fn english(claim: &claim::Model, name: Option<&str>) -> String {
    value(claim, name).english()
}

fn stated(
    property: ClaimProperty,
    comparator: Comparator,
    (number_min, number_max): (Option<i32>, Option<i32>),
    unit: CountUnit,
    scope: CountScope,
) -> String {
    let (comparator, unit, scope) = (Some(comparator), Some(unit), Some(scope));
    english(
        &claim::Model { number_min, number_max, comparator, unit, scope, ..claim(property) },
        None,
    )
}

#[test]
fn counts_keep_comparator_unit_and_scope() {
    use ClaimProperty::{Countries, Headcount, Participants};
    use Comparator::{About, AtLeast, AtMost, Exact, Range, Tens};
    use CountScope::{PerCountry, PerDay, PerWave, WholeBatch};
    use CountUnit::{Country, Enterprise, Organisation, Person};
    let both = |number| (Some(number), Some(number));
    let said = [
        (stated(Participants, Exact, both(22), Person, WholeBatch), "22 persons"),
        (stated(Participants, Exact, both(1), Person, WholeBatch), "1 person"),
        (stated(Participants, Exact, both(0), Person, WholeBatch), "0 persons"),
        (stated(Participants, About, both(100), Person, PerDay), "about 100 persons per day"),
        (
            stated(Participants, AtLeast, (Some(20), None), Organisation, WholeBatch),
            "at least 20 organisations",
        ),
        (
            stated(Participants, AtMost, (None, Some(30)), Person, PerWave),
            "at most 30 persons per wave",
        ),
        (
            stated(Participants, Range, (Some(20), Some(30)), Person, PerCountry),
            "20 to 30 persons per country",
        ),
        (stated(Participants, Tens, (None, None), Enterprise, WholeBatch), "tens of enterprises"),
        (stated(Countries, Exact, both(22), Country, WholeBatch), "22 countries"),
        (stated(Headcount, Exact, both(2), Person, PerCountry), "2 persons"),
    ];
    for (words, expected) in said {
        assert_eq!(words, expected);
    }
}

#[test]
fn dates_are_as_exact_as_stated() {
    let date = NaiveDate::from_ymd_opt(2017, 8, 9);
    let on = |precision| {
        english(&claim::Model { date, precision, ..claim(ClaimProperty::EndsOn) }, None)
    };
    assert_eq!(on(None), "2017-08-09");
    assert_eq!(on(Some(DatePrecision::Day)), "2017-08-09");
    assert_eq!(on(Some(DatePrecision::Month)), "2017-08");
    assert_eq!(on(Some(DatePrecision::Year)), "2017");
}

#[test]
fn names_are_as_printed_where_they_are_printed() {
    let title = claim::Model { text: Some("Batch II".to_owned()), ..claim(ClaimProperty::Title) };
    assert_eq!(english(&title, None), "Batch II");
    let mut venue =
        claim::Model { venue_id: Some(VenueId(Uuid::nil())), ..claim(ClaimProperty::Venue) };
    assert_eq!(unprinted(&venue), Some((RecordKind::Venue, Uuid::nil())));
    assert_eq!(english(&venue, Some("Hotel Atria")), "Hotel Atria");
    venue.text = Some("Hotel Atria Kota Malang".to_owned());
    assert_eq!(unprinted(&venue), None);
    assert_eq!(english(&venue, None), "Hotel Atria Kota Malang");
}

#[test]
fn the_rest() {
    let status = Some(DelegationStatus::NotSent);
    assert_eq!(
        english(&claim::Model { status, ..claim(ClaimProperty::Attendance) }, None),
        "NOT_SENT"
    );
    let list = |completeness| {
        let (basis, completeness) = (Some(CountBasis::Named), Some(completeness));
        english(&claim::Model { basis, completeness, ..claim(ClaimProperty::Countries) }, None)
    };
    assert_eq!(list(Completeness::NonExhaustive), "open list of countries");
    assert_eq!(list(Completeness::Exhaustive), "closed list of countries");
    assert_eq!(english(&claim(ClaimProperty::Organiser), None), "not stated");
    assert_eq!(english(&claim(ClaimProperty::Participants), None), "not stated");
}

#[test]
fn what_is_stated_is_told_in_indonesian() {
    let told = |claim: claim::Model| value(&claim, None).translate("id");
    let number = |comparator, number, unit| claim::Model {
        number_min: Some(number),
        number_max: Some(number),
        comparator: Some(comparator),
        unit: Some(unit),
        ..claim(ClaimProperty::Participants)
    };
    let people = number(Comparator::About, 100, CountUnit::Person);
    let per_day = claim::Model { scope: Some(CountScope::PerDay), ..people.clone() };
    assert_eq!(told(per_day), "sekitar 100 orang per hari");
    let category = Some(DelegationCategory::ObserverState);
    let observers = claim::Model { category, ..people };
    assert_eq!(english(&observers, None), "about 100 persons of OBSERVER_STATE");
    assert_eq!(told(observers), "sekitar 100 orang dari kategori negara pengamat");
    assert_eq!(told(number(Comparator::Tens, 0, CountUnit::Enterprise)), "puluhan perusahaan");
    let status = Some(DelegationStatus::NotSent);
    assert_eq!(told(claim::Model { status, ..claim(ClaimProperty::Attendance) }), "tidak mengirim");
    let spent = claim::Model {
        amount: Some(250_000_000.0),
        currency: Some("IDR".to_owned()),
        cost_kind: Some(CostKind::Travel),
        in_kind: Some(true),
        ..claim(ClaimProperty::Amount)
    };
    assert_eq!(english(&spent, None), "IDR 250000000 for TRAVEL, in kind");
    assert_eq!(
        told(spent),
        "IDR 250000000 untuk keperluan perjalanan, dalam bentuk barang atau jasa"
    );
    let completeness = Some(Completeness::NonExhaustive);
    let list = claim::Model { completeness, ..claim(ClaimProperty::Countries) };
    assert_eq!(told(list), "daftar negara yang mungkin tidak lengkap");
    assert_eq!(told(claim(ClaimProperty::Organiser)), "tidak dinyatakan");
    let title = claim::Model { text: Some("Batch II".to_owned()), ..claim(ClaimProperty::Title) };
    assert_eq!(told(title), "Batch II");
}
