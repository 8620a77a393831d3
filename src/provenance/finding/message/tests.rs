//! One case of every rule, in the shapes that the rules give.

mod indonesian;

use serde_json::json;

use super::*;

fn says(rule: FindingRule, property: Option<ClaimProperty>, detail: Json) -> String {
    message(rule, property, &detail, &HashMap::new()).sentence("en")
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn named(property: Option<ClaimProperty>, rule: FindingRule, detail: Json) -> String {
    let names: HashMap<_, _> =
        [(id(1), "AHKFTA".to_owned()), (id(2), "ASEAN Free Trade Area".to_owned())].into();
    let known = mentioned(property, &detail);
    assert!(known.iter().all(|(_, id)| names.contains_key(id)), "{known:?}");
    assert!(!known.is_empty());
    message(rule, property, &detail, &names).sentence("en")
}

#[test]
fn unit_confusion() {
    let countries = json!({
        "sameNumber": [{ "number": 22, "units": ["PERSON", "COUNTRY"] }],
        "moreThanNamed": [{ "claimed": 22, "named": 12, "closed": false }],
    });
    assert_eq!(
        says(FindingRule::UnitConfusion, Some(ClaimProperty::Countries), countries),
        "22 is stated as the number of persons and countries; 22 countries against 12 named."
    );
    let enterprises = json!({
        "sameNumber": [{ "number": 700, "units": ["PERSON", "ENTERPRISE"] }], "moreThanNamed": []
    });
    assert_eq!(
        says(FindingRule::UnitConfusion, Some(ClaimProperty::Participants), enterprises),
        "700 is stated as the number of persons and enterprises."
    );
    let closed = json!({
        "sameNumber": [], "moreThanNamed": [{ "claimed": 8, "named": 3, "closed": true }]
    });
    assert_eq!(
        says(FindingRule::UnitConfusion, None, closed),
        "8 countries against 3 named, in a closed list."
    );
}

#[test]
fn sum_mismatch() {
    let number = |number: i32, comparator: &str, scope: &str| {
        json!({
            "min": number, "max": number, "comparator": comparator,
            "unit": "PERSON", "basis": "REPORTED", "scope": scope,
        })
    };
    let per_day = json!({
        "days": 5, "perDay": [number(100, "ABOUT", "PER_DAY")],
        "total": [number(700, "EXACT", "WHOLE_BATCH")],
    });
    assert_eq!(
        says(FindingRule::SumMismatch, Some(ClaimProperty::Participants), per_day),
        "About 100 persons per day over 5 days is not 700 persons."
    );
    let headcounts = json!({
        "delegations": 3, "sum": { "min": 30, "max": null },
        "total": { "min": 22, "max": 22, "comparator": "EXACT" },
    });
    assert_eq!(
        says(FindingRule::SumMismatch, Some(ClaimProperty::Participants), headcounts),
        "The headcounts of 3 delegations add up to at least 30 persons, not to 22 persons."
    );
}

#[test]
fn list_conflict() {
    let detail = json!({ "contradicted": ["KH", "LA"], "notOnClosedList": ["VN"] });
    assert_eq!(
        says(FindingRule::ListConflict, Some(ClaimProperty::Countries), detail),
        "The sources contradict each other on the attendance of KH and LA; one source names VN, \
         which the closed list of another leaves out."
    );
    let detail = json!({
        "contradicted": ["LA"],
        "says": [
            { "country": "LA", "source": id(1), "status": "ATTENDED" },
            { "country": "LA", "source": id(2), "status": "NOT_SENT" },
        ],
        "notOnClosedList": ["TH", "VN"],
        "leftOut": [
            { "country": "TH", "named": id(1), "closed": id(2) },
            { "country": "VN", "named": id(1), "closed": id(2) },
        ],
    });
    assert_eq!(
        named(Some(ClaimProperty::Countries), FindingRule::ListConflict, detail),
        "The sources contradict each other on the attendance of LA (“AHKFTA”: ATTENDED; “ASEAN \
         Free Trade Area”: NOT_SENT); “AHKFTA” names TH and VN, which the closed list of “ASEAN \
         Free Trade Area” leaves out."
    );
}

#[test]
fn fewer_countries() {
    let number = |min: i32, max: i32, comparator: &str| {
        json!({
            "min": min, "max": max, "comparator": comparator, "unit": "COUNTRY", "basis": "REPORTED"
        })
    };
    let detail = json!({ "counted": [number(10, 10, "EXACT")], "attended": ["ID", "LA"] });
    assert_eq!(
        says(FindingRule::FewerCountriesThanAttended, Some(ClaimProperty::Countries), detail),
        "10 countries are counted, but 2 attended (ID, LA)."
    );
    let detail = json!({ "counted": [number(1, 1, "EXACT")], "attended": ["ID", "LA"] });
    assert_eq!(
        says(FindingRule::FewerCountriesThanAttended, Some(ClaimProperty::Countries), detail),
        "1 country is counted, but 2 attended (ID, LA)."
    );
}

#[test]
fn value_conflict() {
    let conflict = |property, values: Json| {
        says(FindingRule::ValueConflict, Some(property), json!({ "values": values }))
    };
    assert_eq!(
        conflict(ClaimProperty::Title, json!(["Jewelry Design", "ATTEND"])),
        "The sources do not agree on the title: “Jewelry Design”; “ATTEND”."
    );
    assert_eq!(
        conflict(
            ClaimProperty::EndsOn,
            json!([
                { "date": "2017-08-09", "precision": "DAY" },
                { "date": "2017-09-30", "precision": "MONTH" },
            ])
        ),
        "The sources do not agree on the last day: 2017-08-09; 2017-09."
    );
    assert_eq!(
        conflict(ClaimProperty::Attendance, json!(["ATTENDED", "NOT_SENT"])),
        "The sources do not agree on the status of the delegation: ATTENDED; NOT_SENT."
    );
    let number = |number| {
        json!({
            "min": number, "max": number, "comparator": "EXACT", "unit": "PERSON", "basis": null,
            "scope": null
        })
    };
    assert_eq!(
        conflict(ClaimProperty::Participants, json!([number(22), number(24)])),
        "The sources do not agree on how many took part: 22 persons; 24 persons."
    );
    let tens = json!({
        "min": null, "max": null, "comparator": "TENS", "unit": "ENTERPRISE", "basis": null,
        "scope": "PER_DAY"
    });
    assert_eq!(
        conflict(ClaimProperty::Participants, json!([tens, number(1)])),
        "The sources do not agree on how many took part: tens of enterprises per day; 1 person."
    );
}

#[test]
fn organisers_and_venues_by_name() {
    let organisers = json!({ "values": [{ "group": id(1) }, { "institution": id(2) }] });
    assert_eq!(
        named(Some(ClaimProperty::Organiser), FindingRule::ValueConflict, organisers.clone()),
        "The sources do not agree on the organisers: “AHKFTA”; “ASEAN Free Trade Area”."
    );
    let kinds = mentioned(Some(ClaimProperty::Organiser), &organisers);
    assert_eq!(kinds, [(RecordKind::RegionalGroup, id(1)), (RecordKind::Institution, id(2))]);
    let venues = json!({ "values": [id(1)] });
    assert_eq!(
        named(Some(ClaimProperty::Venue), FindingRule::ValueConflict, venues.clone()),
        "The sources do not agree on the venue: “AHKFTA”."
    );
    // Without a name the id remains.
    assert_eq!(
        says(FindingRule::ValueConflict, Some(ClaimProperty::Venue), venues),
        "The sources do not agree on the venue: “00000000-0000-0000-0000-000000000001”."
    );
}

#[test]
fn members() {
    assert_eq!(
        says(FindingRule::NotAMember, None, json!({ "country": "TL", "status": "ATTENDED" })),
        "The delegation of TL has the status ATTENDED, but TL was not a member of the programme's \
         group at the time of the batch."
    );
    let complete =
        json!({ "attended": ["ID", "KH"], "sentNobody": ["SG"], "declined": [], "unknown": [] });
    assert_eq!(
        says(FindingRule::PartitionComplete, None, complete),
        "Something final is known of all 3 members: 2 attended (ID, KH), 1 sent nobody (SG)."
    );
    let open = json!({
        "attended": ["ID"], "sentNobody": [], "declined": ["JP"], "unknown": ["AU", "FJ"]
    });
    assert_eq!(
        says(FindingRule::PartitionOpen, None, open),
        "Nothing final is known of 2 of 4 members (AU, FJ): 1 attended (ID), 1 declined (JP)."
    );
}

#[test]
fn fewer_people_than_delegations() {
    let detail =
        json!({ "people": { "min": 10, "max": 10, "comparator": "EXACT" }, "delegations": 12 });
    assert_eq!(
        says(FindingRule::FewerPeopleThanDelegations, Some(ClaimProperty::Participants), detail),
        "10 persons cannot have come in 12 delegations."
    );
}

#[test]
fn heads_without_presence() {
    let number = |number: i32, comparator: &str, basis: &str| {
        json!({
            "min": number, "max": number, "comparator": comparator, "unit": "PERSON",
            "basis": basis,
            "scope": "PER_COUNTRY",
        })
    };
    let says = |heads: &[Json]| {
        let detail = json!({ "status": "NOT_SENT", "heads": heads });
        says(FindingRule::HeadsWithoutPresence, Some(ClaimProperty::Headcount), detail)
    };
    assert_eq!(
        says(&[
            number(3, "EXACT", "NAMED"),
            number(3, "EXACT", "REPORTED"),
            number(5, "ABOUT", "REPORTED")
        ]),
        "The delegation has the status NOT_SENT, so nobody of it was there, but 3 persons or about \
         5 persons are claimed to have been; no number of its people is accepted."
    );
    assert!(says(&[]).starts_with("HEADS_WITHOUT_PRESENCE: "), "{}", says(&[]));
}

#[test]
fn dates() {
    assert_eq!(
        says(
            FindingRule::WeekdayMismatch,
            Some(ClaimProperty::StartsOn),
            json!({ "date": "2018-11-16", "weekday": 5, "printed": 7 })
        ),
        "2018-11-16 is a Friday, but the source prints Sunday."
    );
    assert_eq!(
        says(
            FindingRule::ReportedBeforeEnd,
            Some(ClaimProperty::Attendance),
            json!({ "publishedOn": ["2023-11-20", "2023-11-21"], "endsOn": "2023-11-27" })
        ),
        "Who attended was reported on 2023-11-20 and 2023-11-21, before the batch ended on \
         2023-11-27."
    );
    assert_eq!(
        says(
            FindingRule::PlanOverdue,
            None,
            json!({ "dueOn": "2018-01-31", "status": "EXPECTED", "delegation": id(1) })
        ),
        "The action plan was due on 2018-01-31 and still has the status EXPECTED."
    );
    let order = json!({
        "startsOn": "2023-12-01", "startsPrecision": "MONTH", "endsOn": "2023-11-27",
        "endsPrecision": "DAY",
    });
    assert_eq!(
        says(FindingRule::InvariantWouldBreak, Some(ClaimProperty::StartsOn), order),
        "By the claims the batch would start (2023-12) after it ends (2023-11-27), so its dates \
         stayed as they were."
    );
}

#[test]
fn names() {
    let detail = json!({
        "institution": id(1), "name": "balai besar kerajinan dan batik",
        "inForce": [{ "from": null, "to": "2022-12-31" }],
        "used": { "from": "2023-11-20", "to": "2023-11-27" },
    });
    assert_eq!(
        says(FindingRule::NameOutOfPeriod, None, detail),
        "The name “balai besar kerajinan dan batik” stands for the time from 2023-11-20 to \
         2023-11-27, but was in force until 2022-12-31."
    );
    assert_eq!(
        named(
            None,
            FindingRule::PossibleSamePerson,
            json!({ "people": [id(1), id(2)], "edits": 0 })
        ),
        "“AHKFTA” and “ASEAN Free Trade Area” may be one person: names of theirs differ only in \
         the order or division of words."
    );
    assert_eq!(
        says(
            FindingRule::PossibleSamePerson,
            None,
            json!({ "people": [id(1), id(2)], "edits": 1 })
        ),
        "Somebody who is not public and somebody who is not public may be one person: names of \
         theirs differ by 1 letter."
    );
    assert_eq!(
        named(
            None,
            FindingRule::PossibleSameInstitution,
            json!({ "institutions": [id(1), id(2)], "edits": 2 })
        ),
        "“AHKFTA” and “ASEAN Free Trade Area” may be one institution: names of theirs differ by 2 \
         letters."
    );
}

/// Whatever shape a detail has, the values are shown and nothing fails.
#[test]
fn other_shapes_are_shown_as_they_are() {
    let odd = json!({ "batch": "jewellery-2023", "days": 3 });
    assert_eq!(
        says(FindingRule::InvariantWouldBreak, None, odd.clone()),
        "INVARIANT_WOULD_BREAK: batch \"jewellery-2023\"; days 3."
    );
    for rule in <FindingRule as sea_orm::Iterable>::iter() {
        for detail in
            [Json::Null, json!({}), json!([1]), json!("x"), odd.clone(), json!({ "values": [] })]
        {
            let said = says(rule, None, detail.clone());
            assert!(
                said.starts_with(&rule.to_string()) && said.ends_with('.'),
                "{rule} {detail}: {said}"
            );
        }
    }
}
