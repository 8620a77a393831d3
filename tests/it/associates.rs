//! Associate members of a group: they are entered like others, and are not counted among its
//! members.

use entity::vocabulary::{GrantRole, ImportTable};
use jejaring::access::Actor;
use serde_json::json;

use crate::export::{exported, loaded_elsewhere};
use crate::import::{apply, hand_in, upload};
use crate::intents::{invite, mutation, owner};
use crate::support::TestApp;

both_dbs!(
    an_associate_is_not_counted_among_the_members,
    files_call_associates_by_several_words,
    associates_go_out_and_come_in_with_packages,
);

/// Makes Papua New Guinea an associate of ASEAN.
async fn enter(app: &TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let group = app.id_of(&curator, "regionalGroup", "asean").await;
    let input =
        format!("groupId: {group:?}, country: \"PG\", kind: ASSOCIATE, validFrom: \"1981-01-01\"");
    let entered =
        app.ask_as(&curator, &mutation("addMembership", &input, "membership { kind }")).await;
    assert_eq!(entered.refusals("addMembership"), Vec::<String>::new());
    assert_eq!(entered.at("/addMembership/membership/kind"), "ASSOCIATE");
}

const ASSOCIATES: &str = "{ memberships(filter: {kind: {eq: ASSOCIATE}}) { nodes { country { code \
                          } kind validFrom } } }";

async fn an_associate_is_not_counted_among_the_members(app: TestApp) {
    enter(&app).await;
    assert_eq!(app.ask(ASSOCIATES).await.texts("/memberships/nodes", "/country/code"), ["PG"]);
    let members =
        r#"{ regionalGroup(by: {key: "asean"}) { members(asOf: "2023-11-20") { code } } }"#;
    let members = app.ask(members).await;
    let members = members.texts("/regionalGroup/members", "/code");
    assert!(members.len() == 10 && !members.contains(&"PG"), "{members:?}");
    // Nobody expected it, so nobody asks whether it came.
    let never = r#"{ membersNotAttending(group: {key: "asean"}, asOf: "2023-11-20") {
        members { code } attended { code } sentNobody { code } unknown { code }
    } }"#;
    assert!(!app.ask(never).await.at("").to_string().contains("PG"));
    // It comes, as an observer may: from outside the members, who are accounted for without it.
    let officer = owner(&app).await;
    let batch = app.id_of(&officer, "batch", "jewellery-2023").await;
    let party = invite(&app, &officer, &batch, &["PG"]).await.remove(0);
    let came =
        mutation("recordAttendance", &format!("delegationId: {party:?}"), "delegation { status }");
    assert_eq!(
        app.ask_as(&officer, &came).await.refusals("recordAttendance"),
        Vec::<String>::new()
    );
    let found = r#"{ batch(by: {key: "jewellery-2023"}) {
        findings(filter: {state: {eq: OPEN}, rule: {
            in: [NOT_A_MEMBER, PARTITION_COMPLETE, PARTITION_OPEN]
        }}) {
            nodes { rule }
        }
    } }"#;
    let found = app.ask(found).await;
    assert_eq!(
        found.sorted("/batch/findings/nodes", "/rule"),
        ["NOT_A_MEMBER", "PARTITION_COMPLETE"]
    );
    let cells = r#"{ attendance(rows: REGIONAL_GROUP, batches: {key: {eq: "jewellery-2023"}}) {
        cells(first: 10) { nodes { row { key } count(status: ATTENDED) } }
    } }"#;
    let cells = app.ask(cells).await;
    let cells = cells.at("/attendance/cells/nodes").as_array().expect("cells").iter();
    let of_asean: Vec<_> =
        cells.filter(|cell| cell["row"]["key"] == "asean").map(|cell| &cell["count"]).collect();
    assert_eq!(of_asean, [&json!(6)], "the cube counts the members");
}

async fn files_call_associates_by_several_words(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let text = "group,country,kind,valid_from\nasean,PG,associate,1981-01-01\n\
                asean,FJ,Associate Member,1981-01-01\nasean,NZ,anggota asosiasi,1981-01-01\n\
                asean,AU,ASSOCIATE,1981-01-01\n";
    let id = hand_in(&app, &curator, upload(ImportTable::Memberships, "members.csv"), text).await;
    assert_eq!(apply(&app, &curator, &id, "").await, Vec::<String>::new());
    assert_eq!(
        app.ask(ASSOCIATES).await.sorted("/memberships/nodes", "/country/code"),
        ["AU", "FJ", "NZ", "PG"]
    );
}

async fn associates_go_out_and_come_in_with_packages(app: TestApp) {
    enter(&app).await;
    let package = exported(&app, Actor::Anonymous).await;
    let memberships = package.files().find(|file| file.0 == "memberships.csv").expect("the file").1;
    let memberships = std::str::from_utf8(memberships).expect("UTF-8");
    assert!(memberships.contains("asean,PG,ASSOCIATE,1981-01-01"), "{memberships}");
    let Some(other) = loaded_elsewhere(&app, &package).await else { return };
    assert_eq!(other.ask(ASSOCIATES).await.at(""), app.ask(ASSOCIATES).await.at(""));
}
