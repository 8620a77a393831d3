//! Which places are known, what they show to whom, and what it takes to read them.

use entity::event;
use entity::vocabulary::GrantRole;
use jejaring::access::Actor;
use jejaring::events::{EventKind, LogCursor, log};
use jejaring::request::GraphQlParams;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::cursor;
use crate::events::happen;
use crate::intents::{draft, invite, mutation, owner};
use crate::support::{Answer, TestApp};

both_dbs!(
    a_place_that_is_not_known_is_refused_by_its_name,
    a_cube_goes_ten_thousand_events_back,
    a_draft_of_then_is_seen_by_those_who_kept_it,
    what_is_void_today_was_known_then,
    what_is_not_restored_cannot_be_asked_for,
    what_is_restored_may_choose,
    what_happened_since_explains_the_difference,
    it_takes_four_statements_more_at_most,
    it_is_read_with_what_takes_long,
);

/// What is asked at a place: a batch, a country, and a cube.
fn questions(at: &str) -> [String; 3] {
    [
        format!(
            "{{ it: batchSnapshot(by: {{key: \"jewellery-2023\"}}, asKnownAt: {at:?}) {{ key }} }}"
        ),
        format!("{{ it: countrySnapshot(code: \"KH\", asKnownAt: {at:?}) {{ code }} }}"),
        format!("{{ it: attendance(rows: YEAR, asKnownAt: {at:?}) {{ total {{ count }} }} }}"),
    ]
}

async fn done(app: &TestApp, who: &Actor, name: &str, input: &str) -> Answer {
    let answer = app.ask_as(who, &mutation(name, input, "__typename")).await;
    assert_eq!(answer.refusals(name), Vec::<String>::new(), "{input}");
    answer
}

async fn a_place_that_is_not_known_is_refused_by_its_name(app: TestApp) {
    let head = log::head(app.app.db.reading()).await.expect("a head");
    let other = LogCursor { epoch: app.app.clock.id(), ..head }.to_string();
    let loaded = event::Entity::find()
        .filter(event::Column::Kind.eq(EventKind::RegisterLoaded.name()))
        .order_by_asc(event::Column::Position)
        .one(app.app.db.reading());
    let loaded = loaded.await.expect("the log is read").expect("it was loaded").position;
    let future = head.at(head.position + 1).to_string();
    let past = head.at(loaded - 1).to_string();
    let ends = format!("is position {} of the log, which ends at", head.position + 1);
    let nothing_older =
        format!("Nothing older is known than position {loaded}, where the register was loaded");
    for (place, why) in [
        ("Tuesday", "is not a cursor of the log"),
        (other.as_str(), "is a place of another log than this one"),
        (future.as_str(), ends.as_str()),
        (past.as_str(), nothing_older.as_str()),
    ] {
        for question in questions(place) {
            let answer = app.ask(&question).await;
            let [error] = &answer.errors[..] else { panic!("{question}: {answer}") };
            assert!(error.starts_with("BAD_USER_INPUT"), "{error}");
            assert!(error.contains(why) && error.contains(place), "{error}");
        }
    }
    for question in questions(&head.at(loaded).to_string()) {
        assert!(app.ask(&question).await.errors.is_empty(), "{question}");
    }
}

async fn a_cube_goes_ten_thousand_events_back(app: TestApp) {
    let at = cursor(&app).await;
    happen(&app.app, &vec![(EventKind::SourceAdded, true); 10_000]).await;
    for question in questions(&at) {
        assert!(app.ask(&question).await.errors.is_empty(), "{question}");
    }
    happen(&app.app, &[(EventKind::SourceAdded, true)]).await;
    let [batch, country, cube] = questions(&at);
    // Only what is told of the batch, or of the country, is gone back over there.
    assert!(app.ask(&batch).await.errors.is_empty());
    assert!(app.ask(&country).await.errors.is_empty());
    let answer = app.ask(&cube).await;
    let [error] = &answer.errors[..] else { panic!("{answer}") };
    assert!(error.contains("lies 10001 events back") && error.contains("at most 10000"), "{error}");
}

async fn a_draft_of_then_is_seen_by_those_who_kept_it(app: TestApp) {
    let officer = owner(&app).await;
    let (stranger, curator) = (app.officer("iwapi").await, app.staff(GrantRole::Curator).await);
    let batch = draft(&app, &officer, "draft-then", "").await;
    invite(&app, &officer, &batch, &["KH"]).await;
    let then = cursor(&app).await;
    done(&app, &officer, "announceBatch", &format!("batchId: {batch:?}")).await;
    let now = cursor(&app).await;
    let title = |at: &str| {
        format!(
            "{{ it: batchSnapshot(by: {{key: \"draft-then\"}}, asKnownAt: {at:?}) {{ status \
             delegations {{ totalCount }} }} country: countrySnapshot(code: \"KH\", asKnownAt: \
             {at:?}) {{ delegations(first: 100) {{ nodes {{ batchKey }} }} }} cube: \
             attendance(rows: BATCH, batches: {{key: {{eq: \"draft-then\"}}}}, asKnownAt: {at:?}) \
             {{ total {{ count }} }} }}"
        )
    };
    for (who, sees) in [
        (&Actor::Anonymous, false),
        (&stranger, false),
        (&curator, true),
        (&officer, true),
        (&Actor::Operator, true),
    ] {
        for (at, sees) in [(&then, sees), (&now, true)] {
            let answer = app.ask_as(who, &title(at)).await;
            assert!(answer.errors.is_empty(), "{answer}");
            assert_eq!(!answer.data["it"].is_null(), sees, "{who:?} {answer}");
            let country = answer.texts("/country/delegations/nodes", "/batchKey");
            assert_eq!(country.contains(&"draft-then"), sees, "{who:?} {answer}");
            assert_eq!(answer.at("/cube/total/count"), i64::from(sees), "{who:?} {answer}");
        }
    }
    // Before there was a batch there is none, for whomever.
    done(&app, &officer, "voidRecord", &format!("recordId: {batch:?}, reason: \"an error\"")).await;
    let answer = app.ask_as(&officer, &title(&then)).await;
    assert_eq!(answer.at("/it/status"), "DRAFT");
    assert!(app.ask(&title(&then)).await.data["it"].is_null());
    assert_eq!(app.ask(&title(&now)).await.at("/it/status"), "ANNOUNCED");
}

async fn what_is_void_today_was_known_then(app: TestApp) {
    let then = cursor(&app).await;
    let id = app.id_of(&Actor::Operator, "delegation", "jewellery-2023-kh").await;
    let void = format!("recordId: {id:?}, reason: \"entered in error\"");
    done(&app, &Actor::Operator, "voidRecord", &void).await;
    let now = cursor(&app).await;
    let asked = |at: &str| {
        format!(
            "{{ it: countrySnapshot(code: \"KH\", asKnownAt: {at:?}) {{ delegations {{ nodes {{ \
             key delegation {{ key }} batch {{ key }} }} }} }} }}"
        )
    };
    let keys = |answer: &Answer| {
        let keys = answer.texts("/it/delegations/nodes", "/key");
        keys.contains(&"jewellery-2023-kh")
    };
    let answer = app.ask(&asked(&then)).await;
    assert!(keys(&answer), "{answer}");
    let nodes = answer.at("/it/delegations/nodes").as_array().expect("nodes").clone();
    let void = nodes.iter().find(|node| node["key"] == "jewellery-2023-kh").expect("it is there");
    assert_eq!(void["delegation"], json!(null), "today it is void");
    assert_eq!(void["batch"]["key"], "jewellery-2023");
    assert!(!keys(&app.ask(&asked(&now)).await));
    let behind = format!(
        "{{ it: attendance(rows: BATCH, batches: {{key: {{eq: \"jewellery-2023\"}}}}, delegations: \
         {{country: {{eq: \"KH\"}}}}, asKnownAt: {then:?}) {{ total {{ count delegations {{ key }} \
         }} }} }}"
    );
    let behind = app.ask(&behind).await;
    assert_eq!(behind.at("/it/total"), &json!({ "count": 1, "delegations": [] }), "{behind}");
}

async fn what_is_not_restored_cannot_be_asked_for(app: TestApp) {
    let at = cursor(&app).await;
    for (arguments, fields, why) in [
        ("rows: HOST", "count", "told apart by HOST"),
        ("rows: YEAR, columns: HAS_HEAD", "count", "told apart by HAS_HEAD"),
        (
            "rows: YEAR, delegations: {engagements: {some: {role: {eq: HEAD_OF_DELEGATION}}}}",
            "count",
            "of the kind engagement",
        ),
        ("rows: SECTOR", "count", "told apart by SECTOR: tags are"),
        ("rows: YEAR, columns: SECTOR", "count", "told apart by SECTOR: tags are"),
        ("rows: YEAR, batches: {partnerships: {some: {}}}", "count", "of the kind partnership"),
        ("rows: YEAR, batches: {citations: {some: {}}}", "count", "of the kind citation"),
        ("rows: YEAR, delegations: {actionPlans: {none: {}}}", "count", "of the kind action plan"),
        ("rows: YEAR, batches: {programme: {tags: {some: {}}}}", "count", "of the kind tag"),
        (
            "rows: YEAR, batches: {not: {or: [{owner: {name: {eq: \"a\"}}}]}}",
            "count",
            "of the kind institution name",
        ),
        ("rows: YEAR, batches: {owner: {involvedIn: {}}}", "count", "of the kind"),
        ("rows: YEAR", "actionPlans { all }", "are not restored"),
    ] {
        let query = format!(
            "{{ attendance({arguments}, asKnownAt: {at:?}) {{ cells {{ nodes {{ {fields} }} \
             }} }} }}"
        );
        let answer = app.ask(&query).await;
        let [error] = &answer.errors[..] else { panic!("{query}: {answer}") };
        assert!(error.starts_with("BAD_USER_INPUT") && error.contains(why), "{error}");
    }
}

async fn what_is_restored_may_choose(app: TestApp) {
    let at = cursor(&app).await;
    for filter in [
        "batches: {venues: {some: {city: {eq: \"a\"}}}, topics: {none: {key: {eq: \"a\"}}}}",
        "batches: {programme: {group: {key: {eq: \"a\"}}}, owner: {parent: {key: {eq: \"a\"}}}}",
        "batches: {title: {contains: \"a\"}, phase: {eq: PAST}, hasConflict: STARTS_ON}",
        "delegations: {claims: {some: {}}, findings: {none: {}}}",
    ] {
        let query = format!(
            "{{ then: attendance(rows: BATCH, {filter}, asKnownAt: {at:?}) {{ total {{ count }} }} \
             now: attendance(rows: BATCH, {filter}) {{ total {{ count }} }} }}"
        );
        let answer = app.ask(&query).await;
        assert!(answer.errors.is_empty(), "{query}: {answer}");
        assert_eq!(answer.data["then"], answer.data["now"], "{query}");
    }
}

async fn what_happened_since_explains_the_difference(app: TestApp) {
    let officer = owner(&app).await;
    let then = cursor(&app).await;
    let id = app.id_of(&Actor::Operator, "delegation", "jewellery-2023-kh").await;
    let input = format!("delegationId: {id:?}, headcount: 9");
    done(&app, &officer, "recordAttendance", &input).await;
    let since = |more: &str| {
        format!(
            "{{ it: batchSnapshot(by: {{key: \"jewellery-2023\"}}, asKnownAt: {then:?}) {{ \
             eventsSince(first: 1{more}) {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes \
             {{ name subjectKey batch {{ key }} changes {{ field from to }} }} }} }} }}"
        )
    };
    let answer = app.ask(&since("")).await;
    let event = answer.at("/it/eventsSince/nodes/0");
    assert_eq!(event["subjectKey"], "jewellery-2023-kh", "{answer}");
    assert_eq!(event["batch"]["key"], "jewellery-2023");
    assert!(event["changes"].to_string().contains(r#""field":"headcountMax""#), "{answer}");
    let total = answer.at("/it/eventsSince/totalCount").as_i64().expect("a number");
    let end = answer.text("/it/eventsSince/pageInfo/endCursor");
    let next = app.ask(&since(&format!(", after: {end:?}"))).await;
    let nodes = next.at("/it/eventsSince/nodes").as_array().expect("nodes").len();
    assert_eq!(nodes, usize::from(total > 1), "{next}");
    assert_eq!(app.ask(&since(", after: \"x\"")).await.errors.len(), 1);
}

async fn it_takes_four_statements_more_at_most(app: TestApp) {
    let at = cursor(&app).await;
    let id = app.id_of(&Actor::Operator, "delegation", "jewellery-2023-kh").await;
    let input = format!("delegationId: {id:?}, headcount: 9");
    done(&app, &owner(&app).await, "recordAttendance", &input).await;
    let void = app.id_of(&Actor::Operator, "delegation", "jewellery-2023-my").await;
    let void = format!("recordId: {void:?}, reason: \"entered in error\"");
    done(&app, &Actor::Operator, "voidRecord", &void).await;
    let plain = "{ batch(by: {key: \"jewellery-2023\"}) { title delegations { nodes { key status } \
                 } findings { nodes { rule } } venues { nodes { key } } topics { nodes { key } \
                 } } }";
    let known = format!(
        "{{ batchSnapshot(by: {{key: \"jewellery-2023\"}}, asKnownAt: {at:?}) {{ title delegations \
         {{ nodes {{ key status }} }} findings {{ rule }} venues {{ key }} topics {{ key }} }} }}"
    );
    let (plain, known) = (app.ask(plain).await, app.ask(&known).await);
    println!("batch: {} and {}", plain.statements, known.statements);
    assert!(known.errors.is_empty(), "{known}");
    let few = known.statements <= plain.statements + 4;
    let (before, then) = (plain.statements, known.statements);
    let plain = "{ country(code: \"KH\") { code delegations { nodes { key status batch { title } } \
                 } memberships { nodes { kind group { key } } } } }";
    let known = format!(
        "{{ countrySnapshot(code: \"KH\", asKnownAt: {at:?}) {{ code delegations {{ nodes {{ key \
         status batchTitle }} }} memberships {{ kind group {{ key }} }} }} }}"
    );
    let (plain, known) = (app.ask(plain).await, app.ask(&known).await);
    println!("country: {} and {}", plain.statements, known.statements);
    assert!(known.errors.is_empty(), "{known}");
    assert!(known.statements <= plain.statements + 4, "{} {}", plain.statements, known.statements);
    assert!(few, "{before} {then}");
}

async fn it_is_read_with_what_takes_long(app: TestApp) {
    let at = cursor(&app).await;
    let [batch, country, _] = questions(&at);
    for question in [batch, country] {
        let prepared = app.app.pipeline.prepare(&GraphQlParams::new(&question));
        assert!(prepared.is_ok_and(|prepared| prepared.is_heavy()), "{question}");
        let inner = question.trim_start_matches('{').trim_end_matches('}');
        let five: Vec<_> =
            (0..5).map(|number| inner.replace(" it:", &format!(" a{number}:"))).collect();
        let answer = app.ask(&format!("{{{}}}", five.join(" "))).await;
        let [error] = &answer.errors[..] else { panic!("{answer}") };
        assert!(error.starts_with("COST_LIMIT_EXCEEDED"), "{error}");
    }
}
