//! Records that were one all along.

use entity::vocabulary::GrantRole;
use jejaring::access::Actor;

use crate::intents::{draft, mutation, owner};
use crate::support::TestApp;

both_dbs!(a_merged_institution_keeps_resolving, a_merged_person_keeps_resolving,);

async fn a_merged_institution_keeps_resolving(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let officer = app.officer("asipa").await;
    let from = app.id_of(&curator, "institution", "asipa").await;
    let into = app.id_of(&curator, "institution", "phri").await;
    let input = format!("institutionId: {from:?}, intoId: {into:?}, reason: \"One body\"");
    let merged = app
        .ask_as(
            &curator,
            &mutation(
                "mergeInstitutions",
                &input,
                "institution { key mergedInto { key } delegations { totalCount } }",
            ),
        )
        .await;
    assert_eq!(merged.refusals("mergeInstitutions"), Vec::<String>::new());
    assert_eq!(merged.at("/mergeInstitutions/institution/mergedInto/key"), "phri");
    assert_eq!(merged.at("/mergeInstitutions/institution/delegations/totalCount"), 0);
    let seen = app
        .ask(&format!(
            "{{ node(id: {from:?}) {{ ... on Institution {{ key mergedInto {{ \
             id }} }} }} institution(by: {{key: \"asipa\"}}) {{ key }} }}"
        ))
        .await;
    assert_eq!(seen.at("/node/mergedInto/id"), into.as_str());
    assert_eq!(seen.at("/institution/key"), "asipa");
    let again =
        app.ask_as(&curator, &mutation("mergeInstitutions", &input, "institution { key }")).await;
    assert!(again.refusals("mergeInstitutions")[0].starts_with("ILLEGAL_MOVE"), "{again}");
    // Its officers are the other's from now on.
    let grants = app
        .ask_as(
            &officer,
            "{ viewer { grants(filter: {revokedAt: {isNull: true}}) { nodes { institution { key } \
             } } } }",
        )
        .await;
    assert_eq!(grants.texts("/viewer/grants/nodes", "/institution/key"), ["phri"]);
}

/// Two records of one person become one, whoever referred to which; the public finds the former
/// under its id.
async fn a_merged_person_keeps_resolving(app: TestApp) {
    let officer = owner(&app).await;
    let curator = app.staff(GrantRole::Curator).await;
    let batch = draft(&app, &officer, "merged", "").await;
    app.ask_as(
        &officer,
        &mutation("announceBatch", &format!("batchId: {batch:?}"), "batch { id }"),
    )
    .await;
    let mut people = Vec::new();
    for (name, role) in [("Wayan", "SPEAKER"), ("I Wayan", "TRAINER"), ("Wayan S.", "GUEST")] {
        let made = app
            .ask_as(&officer, &mutation("addPerson", &format!("name: {name:?}"), "person { id }"))
            .await;
        let id = made.text("/addPerson/person/id").to_owned();
        let engaged = format!("personId: {id:?}, batchId: {batch:?}, role: {role}");
        let engaged =
            app.ask_as(&officer, &mutation("engagePerson", &engaged, "engagement { id }")).await;
        assert_eq!(engaged.refusals("engagePerson"), Vec::<String>::new());
        people.push(id);
    }
    let merge = async |actor: &Actor, from: usize, into: usize| {
        let input = format!("personId: {:?}, intoId: {:?}", people[from], people[into]);
        app.ask_as(actor, &mutation("mergePeople", &input, "person { mergedInto { id } }")).await
    };
    assert!(merge(&officer, 0, 1).await.errors[0].starts_with("FORBIDDEN"));
    assert!(
        merge(&curator, 0, 0).await.refusals("mergePeople")[0].starts_with("INVALID at intoId")
    );
    // The first into the second, and that into the third.
    for from in [0, 1] {
        let merged = merge(&curator, from, from + 1).await;
        assert_eq!(merged.refusals("mergePeople"), Vec::<String>::new());
        assert_eq!(merged.at("/mergePeople/person/mergedInto/id"), people[from + 1].as_str());
    }
    assert!(
        merge(&curator, 0, 2).await.refusals("mergePeople")[0]
            .starts_with("ILLEGAL_MOVE at personId")
    );
    let seen = app
        .ask(&format!(
            "{{ nodes(ids: {people:?}) {{ ... on Person {{ engagements {{ totalCount }} mergedInto \
             {{ id }} }} }} }}"
        ))
        .await;
    let third = people[2].as_str();
    for (place, engagements, into) in [(0, 0, Some(third)), (1, 0, Some(third)), (2, 3, None)] {
        assert_eq!(
            seen.at(&format!("/nodes/{place}/engagements/totalCount")),
            engagements,
            "{seen}"
        );
        assert_eq!(
            seen.at(&format!("/nodes/{place}/mergedInto")).get("id").and_then(|id| id.as_str()),
            into,
            "{seen}"
        );
    }
}
