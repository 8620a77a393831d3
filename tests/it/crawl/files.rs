//! Files and pages: tables, data packages, calendars, feeds, pages of batches, the map of the site;
//! and what refusals tell.

use axum::body::Body;
use axum::http::StatusCode;
use entity::vocabulary::{GrantRole, TokenScope};
use jejaring::access::{Actor, Visible};
use jejaring::exchange::package::export;
use serde_json::json;

use super::class::Class;
use super::leaks;
use super::scene::Scene;
use super::walk::Walk;
use crate::example::schema::Schema;
use crate::http::{post, request, send};
use crate::intents::{draft, mutation};
use crate::support::{Role, TestApp, roomy, token_of};

both_dbs!(nothing_hidden_is_in_any_file, a_key_that_is_taken_tells_no_more_than_that);

async fn nothing_hidden_is_in_any_file(app: TestApp) {
    let app = roomy(app);
    let mut scene = Scene::set(&app).await;
    scene.hide(&app).await;
    let state = app.state_with(
        "[rate]\nanonymous_per_minute = 0\naccount_per_minute = 0\n[limits]\nmax_cost = 100000000",
    );
    let token = async |name: &str, role| {
        let (token, _) = token_of(&app, name, &[role], &[TokenScope::Read]).await;
        format!("Bearer {token}")
    };
    let stranger = token("Another stranger", Role::OfficerOf("iwapi")).await;
    let curator = token("Another curator", Role::Of(GrantRole::Curator)).await;
    // Tables of all lists, and pages, by everybody who is no keeper of what is hidden.
    let mut walk = Walk::new(Schema::read().await);
    let tables: Vec<String> =
        walk.lists().into_iter().filter(|query| query.contains("totalCount")).collect();
    let mut paths = vec![
        "/calendar/all.ics".to_owned(),
        "/feeds/all.atom".to_owned(),
        "/sitemaps/batches-1.xml".to_owned(),
    ];
    let scopes = app
        .ask(
            "{ countries(first: 100, filter: {code: {in: [\"KH\"]}}) { nodes { code } } \
             programmes(first: 100) { nodes { key } } institutions(first: 100) { nodes { key } } \
             topics(first: 100) { nodes { key } } }",
        )
        .await;
    for (kind, list, key) in [
        ("countries", "/countries/nodes", "/code"),
        ("programmes", "/programmes/nodes", "/key"),
        ("institutions", "/institutions/nodes", "/key"),
        ("topics", "/topics/nodes", "/key"),
    ] {
        for key in scopes.texts(list, key) {
            paths.push(format!("/calendar/{kind}/{key}.ics"));
            paths.push(format!("/feeds/{kind}/{key}.atom"));
        }
    }
    for (who, token) in
        [("anonymous", None), ("stranger", Some(&stranger)), ("curator", Some(&curator))]
    {
        let known = scene.who.iter().find(|known| known.name == who).expect("somebody");
        let forbidden = scene.forbidden(known, false);
        let authorization: Vec<(&str, &str)> =
            token.map(|token| ("authorization", token.as_str())).into_iter().collect();
        for form in ["text/csv", "application/x-ndjson"] {
            let mut all = String::new();
            for query in &tables {
                let nodes = query.replace("totalCount edges { cursor node", "edges { node");
                let nodes = nodes.replace("history {", "history(first: 20) {");
                let headers: Vec<_> =
                    [("accept", form)].into_iter().chain(authorization.iter().copied()).collect();
                let got = post(&state, json!({ "query": nodes }), &headers).await;
                all += &String::from_utf8_lossy(&got.body);
                all += &String::from_utf8_lossy(&got.body).to_lowercase();
            }
            let leaks = leaks(&all, &forbidden);
            assert!(leaks.is_empty(), "{form} shows {who} {leaks:?}");
            assert!(all.contains(Class::Open.mark()), "{form} shows {who} nothing");
        }
        // Documents are public, and alike for everybody.
        let forbidden = scene.forbidden(&scene.who[0], false);
        for (path, accept) in paths.iter().map(|path| (path.clone(), "*/*")).chain([
            ("/batches/zqopen-batch".to_owned(), "application/ld+json"),
            ("/batches/zqopen-batch".to_owned(), "text/html"),
        ]) {
            let headers: Vec<_> =
                [("accept", accept)].into_iter().chain(authorization.iter().copied()).collect();
            let got = send(&state, request("GET", &path, &headers, Body::empty())).await;
            let text = String::from_utf8_lossy(&got.body).replace("\r\n ", "");
            let all = format!("{text}\n{}", text.to_lowercase());
            assert!(
                leaks(&all, &forbidden).is_empty(),
                "{path} shows {who} {:?}",
                leaks(&all, &forbidden)
            );
            let expected =
                ["all", "sitemap", "zqopen", "KH"].iter().any(|part| path.contains(part));
            assert!(!expected || all.contains("zqopen"), "{path} shows {who} nothing: {text}");
        }
        let hidden =
            send(&state, request("GET", "/batches/zqdraft-batch", &authorization, Body::empty()))
                .await;
        let nothing =
            send(&state, request("GET", "/batches/no-such-batch", &authorization, Body::empty()))
                .await;
        assert_eq!((hidden.status, &hidden.body), (StatusCode::NOT_FOUND, &nothing.body), "{who}");
    }
    // A data package has what whoever takes it may see; the operator's has all.
    for (actor, forbidden) in
        [(Actor::Anonymous, scene.forbidden(&scene.who[0], false)), (Actor::Operator, Vec::new())]
    {
        let package = export(&app.app.db, &Visible::to(actor.clone())).await.expect("a package");
        let all: String =
            package.files().map(|file| String::from_utf8_lossy(file.1).to_lowercase()).collect();
        assert!(leaks(&all, &forbidden).is_empty(), "a package has {:?}", leaks(&all, &forbidden));
        for (class, there) in [
            (Class::Open, true),
            (Class::Draft, actor == Actor::Operator),
            (Class::Participant, actor == Actor::Operator),
        ] {
            assert_eq!(all.contains(class.mark()), there, "{actor} {class:?}");
        }
    }
}

/// Keys are unique in the register, drafts included: that one is taken is told to whoever wants it,
/// and nothing else is. Where a number is taken by a draft, its key is not told.
async fn a_key_that_is_taken_tells_no_more_than_that(app: TestApp) {
    let mut scene = Scene::set(&app).await;
    scene.hide(&app).await;
    // A draft of another institution in the owner's own programme, by somebody who may write for
    // both.
    let programme = app
        .ask("{ batch(by: {key: \"jewellery-2023\"}) { programme { id key owner { key } } } }")
        .await;
    let of = |what: &str| programme.text(&format!("/batch/programme/{what}")).to_owned();
    let (programme, programme_key, keeper) = (of("id"), of("key"), of("owner/key"));
    let both = app.somebody("Of both", &[Role::OfficerOf(&keeper), Role::OfficerOf("iwapi")]).await;
    let other = app.id_of(&both, "institution", "iwapi").await;
    draft(
        &app,
        &both,
        "zqdraft-numbered",
        &format!(", ownerId: {other:?}, ordinal: 77, label: \"zqdraft label\""),
    )
    .await;
    let refused = async |more: &str| {
        let input = format!("programmeId: {programme:?}, {more}");
        let answer =
            app.ask_as(&scene.owner, &mutation("draftBatch", &input, "batch { id }")).await;
        answer.refusals("draftBatch")
    };
    let taken = refused("key: \"zqdraft-numbered\"").await;
    let public = refused("key: \"zqopen-batch\"").await;
    assert_eq!(taken.len(), 1, "{taken:?}");
    // The same words, whether the batch that has the key may be seen or not.
    let without = |refusals: &[String], key: &str| refusals.join("\n").replace(key, "KEY");
    assert_eq!(without(&taken, "zqdraft-numbered"), without(&public, "zqopen-batch"));
    assert!(
        taken[0].starts_with("DUPLICATE") && taken[0].contains("already belongs to another record"),
        "{taken:?}"
    );
    let numbered = refused("key: \"mine\", ordinal: 77").await.join("\n");
    let expected = format!("another batch is already run number 77 of {programme_key:?}");
    assert!(numbered.starts_with("DUPLICATE") && numbered.contains(&expected), "{numbered}");
    let stranger = app.officer("asipa").await;
    // To refer to what is hidden is to refer to nothing.
    let hidden = scene.records[&Class::Draft]
        .rows
        .iter()
        .map(|(kind, id, _)| super::scene::id_of(*kind, id));
    let source = app
        .ask("{ sources(first: 1) { nodes { id } } }")
        .await
        .text("/sources/nodes/0/id")
        .to_owned();
    for id in hidden {
        let cite = mutation(
            "citeSource",
            &format!("recordId: {id:?}, sourceId: {source:?}"),
            "citation { id }",
        );
        let answer = app.ask_as(&stranger, &cite).await;
        assert_eq!(answer.refusals("citeSource").len(), 1, "{answer}");
        assert!(answer.refusals("citeSource")[0].starts_with("NOT_FOUND"), "{answer}");
    }
}
