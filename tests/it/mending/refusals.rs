//! Days and inputs that are refused, and where the refusal says that they are.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jejaring::access::Actor;

use super::{ask, done, handed_in, refusal, scene};
use crate::intents::{draft, owner};
use crate::support::TestApp;

both_dbs!(
    days_that_contradict_each_other_are_refused,
    a_year_outside_is_refused_everywhere,
    an_error_leads_to_its_place_in_the_input,
);

async fn days_that_contradict_each_other_are_refused(app: TestApp) {
    let officer = owner(&app).await;
    let batch = draft(&app, &officer, "days", "").await;
    let at = format!("batchId: {batch:?}");
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let new = format!("programmeId: {programme:?}, title: {{text: \"T\", language: \"en\"}}");
    let wrong = "startsOn: \"2016-07-10\", endsOn: \"2016-07-01\"";
    let told = "OUT_OF_RANGE at endsOn: the end, 2016-07-01, is before the start, 2016-07-10";
    for (name, input) in [
        ("draftBatch", format!("{new}, {wrong}")),
        ("recordPastBatch", format!("{new}, {wrong}")),
        ("rescheduleBatch", format!("{at}, {wrong}")),
    ] {
        assert_eq!(refusal(&app, &officer, name, &input).await, told, "{name}");
    }
    assert_eq!(
        refusal(&app, &officer, "rescheduleBatch", &format!("{at}, endsOn: \"2026-06-30\"")).await,
        "OUT_OF_RANGE at endsOn: the end, 2026-06-30, is before the start, 2026-07-01"
    );
    // An officer's file, of both days and of one.
    let rows = "key,programme,title,language,starts_on,ends_on\n\
                new-days,jewellery,T,en,2024-03-08,2024-03-04\n\
                days,jewellery,,,,2026-06-30\n";
    let reasons = refused(&app, &officer, rows).await;
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(
        reasons[0].ends_with("the end, 2024-03-04, is before the start, 2024-03-08"),
        "{reasons:?}"
    );
    assert!(
        reasons[1].ends_with("the end, 2026-06-30, is before the start, 2026-07-01"),
        "{reasons:?}"
    );
    // One source of both days; a misprint is kept as one.
    let source =
        app.ask("{ sources(first: 1, filter: {kind: {eq: NEWS_REPORT}}) { nodes { id } } }").await;
    let source = source.text("/sources/nodes/0/id");
    let claim = |property: &str, date: &str| {
        format!("sourceId: {source:?}, {at}, property: {property}, date: {date:?}")
    };
    let filed =
        ask(&app, &officer, "fileClaim", &claim("STARTS_ON", "2026-07-08"), "claim { id }").await;
    let misprint = filed.text("/fileClaim/claim/id");
    let ends = claim("ENDS_ON", "2026-07-05");
    assert_eq!(
        refusal(&app, &officer, "fileClaim", &ends).await,
        "OUT_OF_RANGE at date: the end, 2026-07-05, is before the start, 2026-07-08, as the same \
         source states it: rankClaim makes the one that is wrong DEPRECATED, and so it is kept"
    );
    let curator = app.staff(entity::vocabulary::GrantRole::Curator).await;
    let rank = |rank: &str| format!("claimId: {misprint:?}, rank: {rank}");
    done(&app, &curator, "rankClaim", &rank("DEPRECATED, rankReason: TYPO")).await;
    done(&app, &officer, "fileClaim", &ends).await;
    assert!(
        refusal(&app, &curator, "rankClaim", &rank("NORMAL")).await.starts_with(
            "OUT_OF_RANGE at rank: the end, 2026-07-05, is before the start, 2026-07-08"
        )
    );
}

async fn a_year_outside_is_refused_everywhere(app: TestApp) {
    let officer = owner(&app).await;
    let curator = app.staff(entity::vocabulary::GrantRole::Curator).await;
    let batch = draft(&app, &officer, "years", "").await;
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let group = app.id_of(&officer, "regionalGroup", "asean").await;
    let past = format!("programmeId: {programme:?}, title: {{text: \"T\", language: \"en\"}}");
    let workshop = format!("batchId: {batch:?}, kind: TRAINING, title: \"W\", language: \"en\"");
    let asked = [
        (&officer, "draftBatch", format!("programmeId: {programme:?}"), "startsOn"),
        (&officer, "draftBatch", format!("programmeId: {programme:?}"), "endsOn"),
        (&officer, "recordPastBatch", format!("{past}, endsOn: \"2016-05-06\""), "startsOn"),
        (&officer, "rescheduleBatch", format!("batchId: {batch:?}"), "startsOn"),
        (&officer, "scheduleWorkshop", workshop, "startsOn"),
        (
            &officer,
            "addSource",
            "kind: REPORT, title: \"S\", language: \"en\"".to_owned(),
            "publishedOn",
        ),
        (
            &curator,
            "addMembership",
            format!("groupId: {group:?}, country: \"BR\", kind: FULL"),
            "validFrom",
        ),
    ];
    for (who, name, input, field) in asked {
        for year in ["0016", "1799", "2201", "9999"] {
            // A day that is out of order besides is told of either way.
            if name == "recordPastBatch" && year > "2016"
                || name == "rescheduleBatch" && year > "2026"
            {
                continue;
            }
            assert_eq!(
                refusal(&app, who, name, &format!("{input}, {field}: \"{year}-05-04\"")).await,
                format!(
                    "OUT_OF_RANGE at {field}: {year}-05-04 lies outside the years 1800 to 2200, in \
                     which all dates of the register lie"
                ),
                "{name}"
            );
        }
    }
    for year in ["1800", "2200"] {
        done(
            &app,
            &officer,
            "draftBatch",
            &format!("programmeId: {programme:?}, startsOn: \"{year}-01-01\""),
        )
        .await;
    }
    // What is asked for may lie anywhere.
    let filter = "{ batches(filter: {startsOn: {gte: \"0016-05-04\", lte: \"9999-12-31\"}}) { \
                  totalCount } }";
    assert!(app.ask(filter).await.at("/batches/totalCount").as_i64() > Some(0));
    let rows = "key,programme,title,language,starts_on\n\
                old,jewellery,T,en,1799-12-31\n\
                new,jewellery,T,en,2201-01-01\n\
                fine,jewellery,T,en,1800-01-01\n";
    let told = "lies outside the years 1800 to 2200, in which all dates of the register lie";
    let reasons = refused(&app, &officer, rows).await;
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons.iter().all(|reason| reason.ends_with(told)), "{reasons:?}");
}

async fn an_error_leads_to_its_place_in_the_input(app: TestApp) {
    let officer = owner(&app).await;
    let (batch, party) = scene(&app, &officer, "paths").await;
    let at = format!("batchId: {batch:?}");
    let other = scene(&app, &officer, "other-paths").await.1;
    let venue = app.id_of(&officer, "venue", "hotel-atria-malang").await;
    let one = format!("{{delegationId: {party:?}, headcount: 2}}");
    for (name, input, path) in [
        (
            "updateBatch",
            format!("{at}, venueIds: [{venue:?}, {:?}]", absent(&venue)),
            "NOT_FOUND at venueIds.1",
        ),
        (
            "recordAttendances",
            format!("{at}, attendances: [{one}, {{delegationId: {:?}}}]", absent(&party)),
            "NOT_FOUND at attendances.1.delegationId",
        ),
        (
            "recordAttendances",
            format!("{at}, attendances: [{one}, {{delegationId: {other:?}}}]"),
            "INVALID at attendances.1.delegationId",
        ),
        (
            "recordAttendances",
            format!("{at}, attendances: [{one}, {{delegationId: {party:?}, headcount: -1}}]"),
            "OUT_OF_RANGE at attendances.1.headcount",
        ),
        (
            "inviteCountries",
            format!("{at}, countries: [\"VN\", \"LA\"]"),
            "DUPLICATE at countries.1",
        ),
        (
            "scheduleWorkshop",
            format!("{at}, kind: TRAINING, title: \"W\", language: \"en\", startsAt: \"09:00\""),
            "REQUIRED at timeZone",
        ),
        (
            "createInstitution",
            "kind: GOVERNMENT, names: [{name: \"A\", language: \"en\"}, {name: \"B\", language: \
             \"en\", validFrom: \"1066-10-14\"}]"
                .to_owned(),
            "OUT_OF_RANGE at names.1.validFrom",
        ),
    ] {
        let told = refusal(&app, &officer, name, &input).await;
        assert!(told.starts_with(&format!("{path}:")), "{name} {input}: {told}");
    }
}

/// The id of a record of the same kind that is not there.
fn absent(id: &str) -> String {
    let known = URL_SAFE_NO_PAD.decode(id).expect("an id");
    let known = String::from_utf8(known).expect("an id");
    let (kind, _) = known.split_once(':').expect("a kind");
    URL_SAFE_NO_PAD.encode(format!("{kind}:{}", uuid::Uuid::nil()))
}

/// Why rows of a file of batches are refused, in the order of the file.
async fn refused(app: &TestApp, officer: &Actor, text: &str) -> Vec<String> {
    let id = handed_in(app, officer, text).await;
    let rows = "rows(first: 50) { nodes { state reasons } }";
    let query = format!("{{ node(id: {id:?}) {{ ... on Import {{ {rows} }} }} }}");
    let rows = app.ask_as(officer, &query).await;
    let rows = rows.at("/node/rows/nodes").as_array().expect("rows").clone();
    let rows = rows.iter().filter(|row| row["state"] == "REFUSED");
    rows.map(|row| row["reasons"][0].as_str().expect("a reason").to_owned()).collect()
}
