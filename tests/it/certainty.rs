//! Members as at a day whose first day nobody has recorded: they are among the members, and marked;
//! who wants certain ones alone leaves them out.

use entity::vocabulary::GrantRole;
use jejaring::access::Actor;
use serde_json::json;

use crate::intents::{invite, mutation, owner};
use crate::support::TestApp;

both_dbs!(
    a_membership_without_a_first_day_is_not_certain_before_it_was_recorded,
    lists_say_the_same_as_the_members_of_a_group,
    questions_about_attendance_leave_uncertain_members_out,
);

/// Makes a country a member of ASEAN from nobody knows when; the id of the membership.
async fn enter(app: &TestApp, country: &str) -> (Actor, String) {
    let curator = app.staff(GrantRole::Curator).await;
    let group = app.id_of(&curator, "regionalGroup", "asean").await;
    let input = format!("groupId: {group:?}, country: {country:?}, kind: FULL");
    let entered =
        app.ask_as(&curator, &mutation("addMembership", &input, "membership { id }")).await;
    assert_eq!(entered.refusals("addMembership"), Vec::<String>::new());
    let id = entered.text("/addMembership/membership/id").to_owned();
    (curator, id)
}

/// How certain it is that Fiji is a member on a day, and whether it is among those that are
/// certain.
async fn fiji(app: &TestApp, day: &str) -> (Option<String>, bool) {
    let members = format!(
        r#"{{ regionalGroup(by: {{key: "asean"}}) {{
            membersWithCertainty(asOf: {day:?}) {{ country {{ code }} certainty }}
            members(asOf: {day:?}) {{ code }}
            certain: members(asOf: {day:?}, onlyCertain: true) {{ code }}
        }} }}"#
    );
    let members = app.ask(&members).await;
    let at = "/regionalGroup";
    let marked = members.at(&format!("{at}/membersWithCertainty")).as_array().expect("members");
    let all = members.texts(&format!("{at}/members"), "/code");
    let same: Vec<&str> =
        marked.iter().filter_map(|member| member["country"]["code"].as_str()).collect();
    assert_eq!(same, all, "the same countries in the same order");
    let fiji = marked.iter().find(|member| member["country"]["code"] == "FJ");
    let certainty = fiji.and_then(|member| member["certainty"].as_str()).map(str::to_owned);
    (certainty, members.texts(&format!("{at}/certain"), "/code").contains(&"FJ"))
}

async fn a_membership_without_a_first_day_is_not_certain_before_it_was_recorded(app: TestApp) {
    assert_eq!(fiji(&app, "1960-01-01").await, (None, false));
    let (curator, id) = enter(&app, "FJ").await;
    let unknown = (Some("UNKNOWN_START".to_owned()), false);
    let certain = (Some("CERTAIN".to_owned()), true);
    assert_eq!(fiji(&app, "1960-01-01").await, unknown);
    assert_eq!(fiji(&app, "2026-05-31").await, unknown);
    assert_eq!(fiji(&app, "2026-06-01").await, certain, "what was recorded on that day");
    let today = r#"{ regionalGroup(by: {key: "asean"}) { membersWithCertainty { certainty } } }"#;
    let today = app.ask(today).await;
    let today = today.texts("/regionalGroup/membersWithCertainty", "/certainty");
    assert!(today.len() == 12 && today.iter().all(|one| *one == "CERTAIN"), "{today:?}");
    // It was one on its last day, whenever it had begun.
    let end = format!(r#"membershipId: {id:?}, validTo: "1999-12-31""#);
    let ended = app.ask_as(&curator, &mutation("endMembership", &end, "membership { id }")).await;
    assert_eq!(ended.refusals("endMembership"), Vec::<String>::new());
    assert_eq!(fiji(&app, "1999-12-30").await, unknown);
    assert_eq!(fiji(&app, "1999-12-31").await, certain);
    assert_eq!(fiji(&app, "2000-01-01").await, (None, false));
}

async fn lists_say_the_same_as_the_members_of_a_group(app: TestApp) {
    enter(&app, "FJ").await;
    for day in ["1960-01-01", "1967-08-08", "1999-04-30", "2026-05-31", "2026-06-01", "2026-06-02"]
    {
        let both = format!(
            r#"{{ regionalGroup(by: {{key: "asean"}}) {{
                members(asOf: {day:?}, onlyCertain: true) {{ code }}
                memberships(first: 100, filter: {{kind: {{eq: FULL}}, certainAsOf: {day:?}}}) {{
                nodes {{ country {{ code }} }} }}
            }} }}"#
        );
        let both = app.ask(&both).await;
        let members = both.sorted("/regionalGroup/members", "/code");
        let listed = both.sorted("/regionalGroup/memberships/nodes", "/country/code");
        assert_eq!(members, listed, "{day}");
    }
}

async fn questions_about_attendance_leave_uncertain_members_out(app: TestApp) {
    enter(&app, "FJ").await;
    let asked = r#"{ batch(by: {key: "jewellery-2023"}) {
        all: membersNotAttending { members { code } unknown { code } unknownStart { code } }
        certain: membersNotAttending(onlyCertain: true) { members { code } unknown { code }
        unknownStart { code } }
    }
    all: membersNotAttending(group: {key: "asean"}, asOf: "2023-11-20") { members { code }
    unknownStart { code } }
    certain: membersNotAttending(group: {key: "asean"}, asOf: "2023-11-20", onlyCertain: true) {
    members { code } unknownStart { code } } }"#;
    let asked = app.ask(asked).await;
    for at in ["/batch", ""] {
        let all = asked.texts(&format!("{at}/all/members"), "/code");
        let certain = asked.texts(&format!("{at}/certain/members"), "/code");
        assert!(all.contains(&"FJ") && all.len() == certain.len() + 1, "{all:?} {certain:?}");
        assert_eq!(asked.texts(&format!("{at}/all/unknownStart"), "/code"), ["FJ"]);
        assert_eq!(asked.at(&format!("{at}/certain/unknownStart")), &json!([]));
    }
    assert!(asked.texts("/batch/all/unknown", "/code").contains(&"FJ"));
    assert!(!asked.texts("/batch/certain/unknown", "/code").contains(&"FJ"));

    let officer = owner(&app).await;
    let batch = app.id_of(&officer, "batch", "jewellery-2023").await;
    let party = invite(&app, &officer, &batch, &["FJ"]).await.remove(0);
    let came =
        mutation("recordAttendance", &format!("delegationId: {party:?}"), "delegation { status }");
    let came = app.ask_as(&officer, &came).await;
    assert_eq!(came.refusals("recordAttendance"), Vec::<String>::new());
    let cube = async |more: &str| {
        let cells = format!(
            r#"{{ attendance(rows: REGIONAL_GROUP, batches: {{key: {{eq: "jewellery-2023"}}}}
                {more}) {{
                cells(first: 10) {{ nodes {{ row {{ key }} count(status: ATTENDED) }} }}
            }} }}"#
        );
        let cells = app.ask(&cells).await;
        let cells = cells.at("/attendance/cells/nodes").as_array().expect("cells").clone();
        let asean = cells.into_iter().find(|cell| cell["row"]["key"] == "asean").expect("ASEAN");
        asean["count"].as_i64().expect("a number")
    };
    assert_eq!(cube("").await, cube(", onlyCertain: true").await + 1);
}
