//! Parts of batches, and how what is known of parties comes from files and goes into packages.

use entity::vocabulary::ImportTable;
use serde_json::json;

use crate::cases::network::comes_to;
use crate::export::comes_back_identical;
use crate::intents::{invite, owner};
use crate::parties::{announced, done, id, refusal, shown};
use crate::support::TestApp;

both_dbs!(
    a_batch_has_parts,
    all_of_it_is_carried_in_packages,
    files_tell_of_groups_categories_and_sexes,
);

async fn a_batch_has_parts(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "parted").await;
    let days = format!("batchId: {batch:?}, startsOn: \"2026-05-04\", endsOn: \"2026-05-15\"");
    done(&app, &officer, "rescheduleBatch", &days, "__typename").await;
    let parties = invite(&app, &officer, &batch, &["LA", "KH"]).await;
    for party in &parties {
        let heads = format!("delegationId: {party:?}, headcount: 3");
        done(&app, &officer, "recordAttendance", &heads, "__typename").await;
    }
    let spent = async |party: &str| {
        let node = shown(&app, "Delegation", party, "personDaysMin personDaysMax").await;
        json!([node["personDaysMin"], node["personDaysMax"]])
    };
    assert_eq!(spent(&parties[0]).await, json!([36, 36]), "it is held as one");

    let venue = id(&app, &officer, "venue", "hotel-atria-malang").await;
    let mut parts = Vec::new();
    for more in [
        "mode: ONLINE, label: \"virtual\", startsOn: \"2026-05-04\", endsOn: \"2026-05-05\""
            .to_owned(),
        format!("venueId: {venue:?}, startsOn: \"2026-05-11\", endsOn: \"2026-05-15\""),
    ] {
        let input = format!("batchId: {batch:?}, {more}");
        let fields = "batchPart { id key position mode label batch { key } venue { key } }";
        parts.push(done(&app, &officer, "addBatchPart", &input, fields).await["batchPart"].clone());
    }
    assert_eq!(parts[0]["key"], json!("parted-virtual"));
    assert_eq!((&parts[1]["key"], &parts[1]["position"]), (&json!("parted-part-2"), &json!(2)));
    assert_eq!(parts[1]["mode"], json!("ONSITE"), "as the batch");
    assert_eq!(spent(&parties[0]).await, json!([6, 21]), "it may have been at either, or both");

    let attend = |party: &str, parts: &str| format!("delegationId: {party:?}, partIds: [{parts}]");
    let virtual_part = parts[0]["id"].to_string();
    let input = attend(&parties[0], &virtual_part);
    let fields = "delegation { parts { nodes { label } } }";
    let position = app.position().await;
    let made = done(&app, &officer, "updateDelegation", &input, fields).await;
    assert_eq!(made["delegation"]["parts"]["nodes"], json!([{ "label": "virtual" }]));
    done(&app, &officer, "updateDelegation", &input, fields).await;
    // That of the parts, and that of the person-days.
    assert_eq!(app.position().await, position + 2, "the same again is no news");
    assert_eq!(spent(&parties[0]).await, json!([6, 6]));
    assert_eq!(spent(&parties[1]).await, json!([6, 21]));
    let input = format!("batchPartId: {virtual_part}, endsOn: \"2026-05-06\"");
    done(&app, &officer, "updateBatchPart", &input, "__typename").await;
    assert_eq!(spent(&parties[0]).await, json!([9, 9]));

    let filter = "filter: {delegations: {some: {country: {eq: \"LA\"}}}}";
    let query = format!(
        "{{ batchParts({filter}) {{ nodes {{ key delegations {{ nodes {{ key }} }} }} }} \
         batches(filter: {{parts: {{some: {{mode: {{eq: ONLINE}}}}}}}}) {{ nodes {{ key }} }} \
         batchPart(by: {{key: \"parted-part-2\"}}) {{ venue {{ key }} startsOn }} }}"
    );
    let answer = app.ask(&query).await;
    assert_eq!(
        answer.data,
        json!({
            "batchParts": { "nodes": [{
                "key": "parted-virtual", "delegations": { "nodes": [{ "key": "parted-la" }] },
            }] },
            "batches": { "nodes": [{ "key": "parted" }] },
            "batchPart": { "venue": { "key": "hotel-atria-malang" }, "startsOn": "2026-05-11" },
        })
    );

    let outside = format!("batchId: {batch:?}, startsOn: \"2026-05-16\"");
    let said = refusal(&app, &officer, "addBatchPart", &outside).await;
    assert!(said.contains("2026-05-16") && said.contains("\"parted\""), "{said}");
    let backwards = format!("batchPartId: {virtual_part}, endsOn: \"2026-05-03\"");
    let said = refusal(&app, &officer, "updateBatchPart", &backwards).await;
    assert!(said.contains("2026-05-03") && said.contains("endsOn"), "{said}");
    let other = announced(&app, &officer, "not-parted").await;
    let stranger = invite(&app, &officer, &other, &["LA"]).await.remove(0);
    let said = refusal(&app, &officer, "updateDelegation", &attend(&stranger, &virtual_part)).await;
    assert!(said.contains("another batch") && said.contains("partIds"), "{said}");

    // It is carried in packages, and what is void is gone from the days.
    comes_back_identical(&app).await;
    let voided = format!("recordId: {virtual_part}, reason: \"it was not held\"");
    done(&app, &officer, "voidRecord", &voided, "__typename").await;
    assert_eq!(spent(&parties[0]).await, json!([15, 15]));
    let restored = format!("recordId: {virtual_part}");
    done(&app, &officer, "restoreRecord", &restored, "__typename").await;
    assert_eq!(spent(&parties[0]).await, json!([9, 9]));
}

async fn all_of_it_is_carried_in_packages(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "carried").await;
    let source = id(&app, &officer, "source", "hariane-2023-jewellery").await;
    let asean = id(&app, &officer, "regionalGroup", "asean").await;
    let input = format!(
        "batchId: {batch:?}, sourceId: {source:?}, \
         participants: [{{number: 9, category: PARTY, bySex: {{female: 4, otherOrUnknown: 1}}}}], \
         amounts: [{{amount: 0.1, currency: \"EUR\", costKind: TUITION, inKind: false}}], \
         delegations: [{{groupId: {asean:?}, status: ATTENDED, headcountBySex: \
         {{female: 1, male: 2}}}}]"
    );
    done(&app, &officer, "fileClaims", &input, "__typename").await;
    comes_back_identical(&app).await;
}

async fn files_tell_of_groups_categories_and_sexes(app: TestApp) {
    let officer = owner(&app).await;
    let batch = announced(&app, &officer, "in-file").await;
    invite(&app, &officer, &batch, &["KH", "AF"]).await;
    let text = "batch,country,group,category,status,headcount,women,men\n\
                in-file,Laos,,party,attended,,2,3\n\
                in-file,,ASEAN,IGO,attended,4,1,\n\
                in-file,Cambodia,,Observer,attended,,,\n\
                in-file,Vietnam,ASEAN,,attended,,,\n\
                in-file,Brunei,,,attended,,2,\n\
                in-file,Thailand,,,attended,2,2,1\n";
    let expected: &[(i64, &str, &[&str])] = &[
        (2, "NEW", &[]),
        (3, "NEW", &[]),
        (4, "CHANGED", &["category", "OBSERVER_STATE"]),
        (5, "REFUSED", &["group", "beside a country"]),
        (6, "REFUSED", &["women", "in all"]),
        (7, "REFUSED", &["women", "3 by sex are more"]),
    ];
    let table = ImportTable::Delegations;
    comes_to(&app, &officer, table, text, expected).await;
    let query = format!(
        "{{ node(id: {batch:?}) {{ ... on Batch {{ delegations {{ nodes {{ \
         key category represents headcountMin headcountFemale headcountMale }} }} }} }} }}"
    );
    let answer = app.ask(&query).await;
    let told: Vec<String> = answer
        .at("/node/delegations/nodes")
        .as_array()
        .expect("delegations")
        .iter()
        .map(|row| {
            let fields = ["key", "category", "headcountMin", "headcountFemale", "headcountMale"];
            fields.map(|field| row[field].to_string().replace('"', "")).join(" ")
        })
        .collect();
    assert_eq!(
        told,
        [
            "in-file-af null null null null",
            // By its name, the Association of Southeast Asian Nations.
            "in-file-asean IGO 4 1 null",
            "in-file-kh OBSERVER_STATE null null null",
            "in-file-la PARTY 5 2 3",
        ]
    );
    let again: &[(i64, &str, &[&str])] =
        &[(2, "UNCHANGED", &[]), (3, "UNCHANGED", &[]), (4, "UNCHANGED", &[])];
    let three: String = text.split_inclusive('\n').take(4).collect();
    comes_to(&app, &officer, table, &three, again).await;
}
