//! The first five reports: what the rules have to say of them is known beforehand.

use entity::vocabulary::ClaimProperty::{
    Attendance, Countries, EndsOn, Organiser, Participants, StartsOn, Title,
};
use entity::vocabulary::DelegationStatus::{Attended, NotSent};
use entity::vocabulary::{
    Comparator, Completeness, CountBasis, CountScope, CountUnit, FindingRule, VenueKind,
};
use serde_json::json;

use crate::provenance::claim::accepted::{
    Stated, accepted_batch, accepted_delegation, corroboration,
};
use crate::provenance::fixtures::{BatchFixture, day};

const ASEAN_2023: [&str; 10] = ["ID", "MY", "PH", "SG", "TH", "BN", "VN", "LA", "MM", "KH"];
const COLOMBO_PLAN: [&str; 27] = [
    "AF", "AU", "BD", "BT", "BN", "FJ", "IN", "ID", "IR", "JP", "LA", "MY", "MV", "MN", "MM", "NP",
    "NZ", "PK", "PG", "PH", "SA", "SG", "KR", "LK", "TH", "US", "VN",
];

/// Two reports of the jewellery training of 2023.
fn jewellery() -> BatchFixture {
    let mut register = BatchFixture::new();
    register.published(2, "2023-11-20");
    register.title(
        1,
        "Capacity Building to Increase MSMEs Competitiveness on Jewelry Design",
        "en",
    );
    register.title(2, "Pelatihan Desain Perhiasan dan Pemasaran untuk UKM ASEAN-Hong Kong", "id");
    let hotel = register.venue(VenueKind::Site, "Hotel Grand Zuri Malioboro", Some("Yogyakarta"));
    let city = register.venue(VenueKind::City, "Yogyakarta", Some("Yogyakarta"));
    register.held_at(1, hotel);
    register.held_at(2, city);
    let (centre, ahkfta, afta) = (1, 2, 3);
    register.group(1, ahkfta);
    register.group(2, afta);
    for source in [1, 2] {
        register.institution(source, centre);
        register.date(source, StartsOn, "2023-11-20").printed_weekday = Some(1);
        register.date(source, EndsOn, "2023-11-27");
        register.people(source, 22);
        register.list(source, Completeness::NonExhaustive);
        register.attendances(source, &["ID", "KH", "LA", "MM", "PH", "TH"], Attended);
        register.attendances(source, &["SG", "MY", "BN", "VN"], NotSent);
    }
    register.members(&ASEAN_2023);
    register
}

/// The handicraft training of 2018 in Tangerang Selatan.
fn handicraft() -> BatchFixture {
    let mut register = BatchFixture::new();
    register.title(1, "Pelatihan dan pengembangan kerajinan Handicraft", "id");
    for property in [StartsOn, EndsOn] {
        let date = register.date(1, property, "2018-11-16");
        (date.printed_weekday, date.basis) = (Some(5), Some(CountBasis::Inferred));
    }
    let restaurant =
        register.venue(VenueKind::Site, "Resto Kampung Anggrek", Some("Tangerang Selatan"));
    register.held_at(1, restaurant);
    register.institution(1, 1);
    let tens = register.count(1, Participants, 0, CountUnit::Enterprise);
    (tens.comparator, tens.number_min, tens.number_max) = (Some(Comparator::Tens), None, None);
    register.attendances(1, &["asipa", "ipemi", "iwapi"], Attended);
    register
}

/// The workshop of 2020 in Malang.
fn craft_and_fashion() -> BatchFixture {
    let mut register = BatchFixture::new();
    register.title(1, "Workshop Teknis Industri Kreatif Kriya dan Fashion", "id");
    register.date(1, StartsOn, "2020-09-28");
    register.date(1, EndsOn, "2020-10-02");
    register.institution(1, 1);
    register.institution(1, 2);
    register.count(1, Participants, 700, CountUnit::Enterprise);
    register.people(1, 700);
    let per_day = register.people(1, 100);
    (per_day.comparator, per_day.scope) = (Some(Comparator::About), Some(CountScope::PerDay));
    register
}

/// Batch II of the programme of 2017 with the Colombo Plan.
fn small_industry() -> BatchFixture {
    let mut register = BatchFixture::new();
    register.title(
        1,
        "Capacity Building Program on Enhancing the Development of Small and Medium Industry",
        "en",
    );
    register.date(1, EndsOn, "2017-08-09");
    for organiser in 1..=3 {
        register.institution(1, organiser);
    }
    register.people(1, 22);
    register.count(1, Countries, 22, CountUnit::Country);
    register.list(1, Completeness::NonExhaustive);
    register.attendances(
        1,
        &["BD", "BT", "LA", "MM", "NP", "LK", "AF", "IR", "VN", "PG", "PK", "ID"],
        Attended,
    );
    register.members(&COLOMBO_PLAN);
    register
}

/// Exactly five things in the five reports call for an explanation.
#[test]
fn the_reports_have_five_findings_that_matter() {
    let conflict = FindingRule::ValueConflict;
    assert_eq!(jewellery().warnings(), [(conflict, Some(Title)), (conflict, Some(Organiser))]);
    assert_eq!(handicraft().warnings(), []);
    assert_eq!(
        craft_and_fashion().warnings(),
        [
            (FindingRule::UnitConfusion, Some(Participants)),
            (FindingRule::SumMismatch, Some(Participants))
        ]
    );
    assert_eq!(small_industry().warnings(), [(FindingRule::UnitConfusion, Some(Countries))]);
}

/// What is told along with them: the ten members of 2023 are all accounted for, and one story is of
/// the opening day.
#[test]
fn the_reports_have_findings_worth_knowing() {
    let info = |mut register: BatchFixture| -> Vec<_> {
        register.findings().into_iter().map(|f| f.rule).skip(2).collect()
    };
    assert_eq!(info(jewellery()), [FindingRule::PartitionComplete, FindingRule::ReportedBeforeEnd]);
    assert_eq!(handicraft().findings(), []);
    assert_eq!(small_industry().findings()[1].rule, FindingRule::PartitionOpen);
}

/// The numbers behind each are in its detail.
#[test]
fn the_findings_carry_their_numbers() {
    let found = small_industry().findings().remove(0);
    let expected = json!({
        "sameNumber": [{ "number": 22, "units": ["PERSON", "COUNTRY"] }],
        "moreThanNamed": [{ "claimed": 22, "named": 12, "closed": false }],
    });
    assert_eq!(found.detail, expected);
    // Both counts, the line that opens the list, and the twelve on it.
    assert_eq!(found.claims.len(), 15);

    let found = craft_and_fashion().findings();
    let expected = json!({
        "sameNumber": [{ "number": 700, "units": ["PERSON", "ENTERPRISE"] }],
        "moreThanNamed": [],
    });
    assert_eq!(found[0].detail, expected);
    assert_eq!(found[1].detail["days"], 5);
    assert_eq!(found[1].detail["perDay"][0]["min"], 100);
    assert_eq!(found[1].detail["total"][0]["min"], 700);

    let found = jewellery().findings();
    assert_eq!(
        found[1].detail["values"].as_array().map(Vec::len),
        Some(2),
        "the centre is in dispute with nobody"
    );
    assert_eq!(found[2].detail["unknown"], json!([]));
    assert_eq!(found[2].detail["sentNobody"], json!(["BN", "MY", "SG", "VN"]));
}

/// 22 people each, by two independent reports and by one.
#[test]
fn the_reports_say_how_many_came() {
    let people = |register: &BatchFixture| {
        let statements = register.stated();
        let count = accepted_batch(&statements).participants?;
        let is_it =
            |s: &&Stated<'_>| s.claim.property == Participants && s.claim.number_min == count.min;
        let claim = statements.iter().find(is_it)?.claim;
        Some((count.min, count.max, corroboration(&statements, claim)))
    };
    assert_eq!(people(&jewellery()), Some((Some(22), Some(22), 2)));
    assert_eq!(people(&small_industry()), Some((Some(22), Some(22), 1)));
    assert_eq!(people(&handicraft()), None, "tens of enterprises are no number of people");
}

/// What is stated once, or alike, is accepted; what is not stated is not made up.
#[test]
fn the_reports_say_when_and_who() {
    let batch = accepted_batch(&small_industry().stated());
    assert_eq!(batch.starts_on, None);
    assert_eq!(batch.ends_on.map(|(date, _)| date), Some(day("2017-08-09")));
    let register = jewellery();
    let batch = accepted_batch(&register.stated());
    assert_eq!(
        (batch.title, batch.starts_on.map(|(date, _)| date)),
        (None, Some(day("2023-11-20")))
    );
    let statuses: Vec<_> = register
        .delegations
        .iter()
        .filter_map(|d| accepted_delegation(&register.stated(), d.id).status)
        .collect();
    assert_eq!(statuses, [[Attended; 6].as_slice(), &[NotSent; 4]].concat());
    let inferred = accepted_batch(&handicraft().stated());
    assert_eq!(inferred.starts_on.map(|(date, _)| date), Some(day("2018-11-16")));
}

/// A story of the opening day names who was there then.
#[test]
fn the_opening_story_is_early() {
    let found = jewellery().findings();
    let early = found
        .iter()
        .find(|f| f.rule == FindingRule::ReportedBeforeEnd)
        .map(|f| (f.property, f.claims.len()));
    assert_eq!(early, Some((Some(Attendance), 6)), "the claims of the one report that is dated");
}
