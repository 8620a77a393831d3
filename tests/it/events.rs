//! The log for those who follow it: exact, in order, a chain without a gap, whoever writes and
//! wherever they come back.

use entity::vocabulary::{GrantRole, TokenScope};
use jejaring::access::{Actor, Visible, by_token};
use jejaring::app::App;
use jejaring::db::{Db, write};
use jejaring::eventlog::feed::{Feed, Item};
use jejaring::events::{Event, EventKind, LogCursor};
use jejaring::graphql::language::Languages;
use jejaring::request::{GraphQlParams, Prepared};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::intents::{draft, mutation, owner};
use crate::support::{
    Role, TestApp, db_options, no_trusted, settings, test_clock, token_of, writable,
};

both_dbs!(
    a_feed_is_a_chain_of_all_events,
    the_first_item_tells_the_place,
    what_may_not_be_seen_and_was_not_asked_for_is_left_out_of_the_chain,
    another_process_is_heard,
    a_place_that_the_log_does_not_have_is_told,
    the_log_is_read_in_stretches,
    arguments_that_cannot_be_are_refused,
    a_batch_and_its_delegations_are_followed,
    who_fell_behind_reads_the_log,
    what_is_not_public_is_told_to_those_who_may_see_it,
    rights_are_those_of_the_moment,
    a_stream_ends_where_its_token_does,
);

/// Writes events of these kinds in one transaction.
pub async fn happen(app: &App, kinds: &[(EventKind, bool)]) -> i64 {
    let written = write(&app.db, &app.clock, Actor::Operator, async |w| {
        for (kind, public) in kinds {
            let event = Event::general(*kind);
            w.record(if *public { event } else { event.withheld() });
        }
        Ok(())
    });
    written.await.expect("it is written").cursor.position
}

fn prepare(app: &App, query: &str) -> Prepared {
    app.pipeline.prepare(&GraphQlParams::new(query)).expect("a good request")
}

pub async fn follow(app: &App, query: &str) -> Feed {
    let visible = Visible::to(Actor::Anonymous);
    app.follow(&visible, &prepare(app, query), None).await.expect("it begins")
}

pub async fn next(feed: &mut Feed) -> Item {
    feed.next().await.expect("an item").expect("the log is read")
}

async fn refused(app: &App, query: &str) -> Value {
    let answer = app.follow(&Visible::to(Actor::Anonymous), &prepare(app, query), None).await;
    serde_json::to_value(answer.err().expect("it is refused")).expect("JSON")
}

pub async fn show(app: &App, query: &str, item: Item) -> Value {
    let visible = Visible::to(Actor::Anonymous);
    let shown = app.show(&visible, Languages::default(), &prepare(app, query), item).await;
    serde_json::to_value(shown.response).expect("JSON")
}

/// Another process on the same database.
async fn other(app: &TestApp) -> App {
    let options = db_options(&app.url, 2, 2);
    let db = Db::connect(&options).await.expect("the database opens");
    App::over(db, test_clock(), &settings(""), no_trusted())
}

async fn a_feed_is_a_chain_of_all_events(app: TestApp) {
    let mut feed = follow(&app.app, "subscription { events(from: BEGINNING) { cursor } }").await;
    let head = app.position().await;
    happen(&app.app, &[(EventKind::RegisterLoaded, true); 3]).await;
    let mut place = LogCursor { position: 0, ..feed.place() };
    while place.position < head + 3 {
        let item = next(&mut feed).await;
        assert_eq!(item.after, place);
        assert!(item.cursor.position > place.position);
        place = item.cursor;
    }
    assert_eq!(place.position, head + 3);
}

/// What is read by a query after the first item, and what comes after it, leave no gap.
async fn the_first_item_tells_the_place(app: TestApp) {
    let query = "subscription { events(first: 2) { after cursor event { type name } } }";
    let mut feed = follow(&app.app, query).await;
    let position = happen(&app.app, &[(EventKind::RegisterLoaded, true)]).await;
    let place = next(&mut feed).await;
    assert_eq!((place.after, place.cursor.position), (place.cursor, position - 1));
    let shown = show(&app.app, query, place.clone()).await;
    let cursor = place.cursor.to_string();
    assert_eq!(
        shown["data"]["events"],
        json!({ "after": cursor, "cursor": cursor, "event": null })
    );
    let item = next(&mut feed).await;
    let shown = show(&app.app, query, item.clone()).await;
    assert_eq!(
        shown["data"]["events"]["event"],
        json!({ "type": "REGISTER_LOADED", "name": "register.loaded" })
    );
    assert!(feed.next().await.is_none(), "two were wanted");
    let again = format!("subscription {{ events(after: \"{cursor}\") {{ cursor }} }}");
    assert_eq!(next(&mut follow(&app.app, &again).await).await.cursor, item.cursor);
}

async fn what_may_not_be_seen_and_was_not_asked_for_is_left_out_of_the_chain(app: TestApp) {
    let query = "subscription { events(filter: {types: [SOURCE_ADDED, CLAIM_FILED]}, \
                 heartbeatSeconds: 1) { cursor } }";
    let mut feed = follow(&app.app, query).await;
    let first = next(&mut feed).await;
    let kinds = [
        (EventKind::SourceAdded, false),
        (EventKind::RegisterLoaded, true),
        (EventKind::ClaimFiled, true),
        (EventKind::FindingOpened, true),
    ];
    happen(&app.app, &kinds).await;
    let item = next(&mut feed).await;
    assert_eq!(item.event.expect("an event").kind, Some(EventKind::ClaimFiled));
    assert_eq!((item.after, item.cursor.position), (first.cursor, first.cursor.position + 3));
    let beat = next(&mut feed).await;
    assert!(beat.event.is_none(), "a heartbeat passes what was not asked for");
    assert_eq!((beat.after, beat.cursor.position), (item.cursor, item.cursor.position + 1));
}

async fn another_process_is_heard(app: TestApp) {
    let mut feed = follow(&app.app, "subscription { events { cursor } }").await;
    let place = next(&mut feed).await;
    let other = other(&app).await;
    happen(&other, &[(EventKind::RegisterLoaded, true)]).await;
    assert_eq!(next(&mut feed).await.cursor.position, place.cursor.position + 1);
    // A cursor of a process that is ahead of this one is good here.
    let cursor = place.cursor.at(happen(&other, &[(EventKind::RegisterLoaded, true)]).await);
    let mut ahead =
        follow(&app.app, &format!("subscription {{ events(after: \"{cursor}\") {{ cursor }} }}"))
            .await;
    happen(&other, &[(EventKind::RegisterLoaded, true)]).await;
    assert_eq!(next(&mut ahead).await.cursor.position, cursor.position + 1);
}

async fn a_place_that_the_log_does_not_have_is_told(app: TestApp) {
    let mut feed = follow(&app.app, "subscription { events { cursor } }").await;
    let place = next(&mut feed).await.cursor;
    let elsewhere = LogCursor { epoch: uuid::Uuid::nil(), ..place };
    for lost in [elsewhere, place.at(place.position + 1)] {
        let answer = refused(
            &app.app,
            &format!("subscription {{ events(after: \"{lost}\") {{ cursor }} }}"),
        )
        .await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "CURSOR_LOST");
        assert_eq!(answer["errors"][0]["extensions"]["cursor"], place.to_string());
        let asked = app.ask(&format!("{{ events(after: \"{lost}\") {{ cursor }} }}")).await;
        assert!(asked.errors[0].starts_with("CURSOR_LOST"), "{asked}");
    }
    // A restore under those who listen.
    let epoch = if app.backend == crate::support::Backend::Sqlite {
        "randomblob(16)"
    } else {
        "gen_random_uuid()"
    };
    let restore = format!("UPDATE event_head SET epoch = {epoch}");
    writable(&app).await.execute_unprepared(&restore).await.expect("a new epoch");
    let ended = feed.next().await.expect("it is told");
    assert!(matches!(
        ended,
        Err(jejaring::eventlog::feed::FeedError::Lost(end)) if end.epoch != place.epoch
    ));
}

async fn the_log_is_read_in_stretches(app: TestApp) {
    let mut after = String::new();
    let (mut seen, mut chain) = (0, None);
    loop {
        let query = format!(
            "{{ events(first: 100, from: BEGINNING{after}) {{ after cursor event {{ name }} }} }}"
        );
        let page = app.ask(&query).await;
        let items = page.at("/events").as_array().expect("a list").clone();
        for item in &items {
            assert!(chain.is_none_or(|cursor: Value| cursor == item["after"]), "{item}");
            chain = Some(item["cursor"].clone());
            seen += usize::from(!item["event"].is_null());
        }
        let last = &items.last().expect("one at least")["cursor"];
        if items.len() < 100 {
            break;
        }
        after = format!(", after: {last}");
    }
    use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
    let public = entity::event::Entity::find().filter(entity::event::Column::Public.eq(true));
    assert_eq!(seen as u64, public.count(app.app.db.reading()).await.expect("a count"));
    let cursor = chain.expect("a cursor");
    let none = app
        .ask(&format!("{{ events(after: {cursor}) {{ after cursor event {{ name }} }} }}"))
        .await;
    assert_eq!(none.at("/events"), &json!([{ "after": cursor, "cursor": cursor, "event": null }]));
    let now = app.ask("{ events { cursor } }").await;
    assert_eq!(now.at("/events"), &json!([{ "cursor": cursor }]));
}

async fn arguments_that_cannot_be_are_refused(app: TestApp) {
    for arguments in
        ["after: \"x\"", "first: 0", "heartbeatSeconds: 0", "filter: {programmes: [\"x\"]}"]
    {
        let answer =
            refused(&app.app, &format!("subscription {{ events({arguments}) {{ cursor }} }}"))
                .await;
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
            "{arguments}: {answer}"
        );
    }
    let skipped = refused(&app.app, "subscription { batchChanged(id: \"x\") { cursor } }").await;
    assert_eq!(skipped["errors"][0]["path"], json!(["batchChanged"]));
}

async fn a_batch_and_its_delegations_are_followed(app: TestApp) {
    let answer = app
        .ask(
            "{ batch(by: {key: \"jewellery-2023\"}) { id delegations(first: 1) { nodes { id } \
             } } }",
        )
        .await;
    let (id, party) =
        (answer.at("/batch/id").clone(), answer.at("/batch/delegations/nodes/0/id").clone());
    let query =
        format!("subscription {{ batchChanged(id: {id}) {{ event {{ name }} batch {{ key }} }} }}");
    let mut batches = follow(&app.app, &query).await;
    let shown = show(&app.app, &query, next(&mut batches).await).await;
    assert_eq!(
        shown["data"]["batchChanged"],
        json!({ "event": null, "batch": { "key": "jewellery-2023" } })
    );
    let of_parties = format!(
        "subscription {{ delegationChanged(batch: {id}) {{ event {{ name subject {{ id }} batch {{ \
         id }} }} delegation {{ id }} }} }}"
    );
    let mut parties = follow(&app.app, &of_parties).await;
    next(&mut parties).await;
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
    let batch =
        entity::batch::Entity::find().filter(entity::batch::Column::Key.eq("jewellery-2023"));
    let batch = batch.one(app.app.db.reading()).await.expect("a read").expect("a batch");
    let delegation =
        entity::delegation::Entity::find().filter(entity::delegation::Column::BatchId.eq(batch.id));
    let all = delegation.all(app.app.db.reading()).await.expect("a read");
    let asked = jejaring::graphql::node::parse_id(&party.as_str().expect("text").into())
        .expect("an id")
        .1
        .text();
    let row =
        all.into_iter().find(|row| row.id.0.simple().to_string() == asked).expect("the party");
    let written = write(&app.app.db, &app.app.clock, Actor::Operator, async |w| {
        w.record(
            Event::about::<entity::delegation::Entity>(EventKind::DelegationUpdated, &row)
                .of_party(&row),
        );
        w.record(
            Event::about::<entity::batch::Entity>(EventKind::BatchUpdated, &batch)
                .of_batch(batch.id),
        );
        Ok(())
    });
    written.await.expect("it is written");
    let shown = show(&app.app, &of_parties, next(&mut parties).await).await;
    let event =
        json!({ "name": "delegation.updated", "subject": { "id": party }, "batch": { "id": id } });
    assert_eq!(
        shown["data"]["delegationChanged"],
        json!({ "event": event, "delegation": { "id": party } })
    );
    let item = next(&mut batches).await;
    assert_eq!(item.event.expect("an event").kind, Some(EventKind::BatchUpdated));
}

/// Memory is bounded: what is not kept any more is read from the log.
async fn who_fell_behind_reads_the_log(app: TestApp) {
    let mut feed = follow(&app.app, "subscription { events { cursor } }").await;
    let mut place = next(&mut feed).await.cursor;
    let many = vec![(EventKind::RegisterLoaded, true); 1_500];
    happen(&app.app, &many).await;
    let head = happen(&app.app, &many).await;
    // Somebody else keeps the tail going.
    let mut other = follow(&app.app, "subscription { events { cursor } }").await;
    while next(&mut other).await.cursor.position < head {}
    while place.position < head {
        let item = next(&mut feed).await;
        assert_eq!(item.after, place);
        place = item.cursor;
    }
    let metrics = app.app.tail.metrics();
    assert_eq!(metrics.gaps.load(std::sync::atomic::Ordering::Relaxed), 0);
}

/// The types of the events that an actor is told of, up to the next heartbeat.
async fn told(feed: &mut Feed) -> Vec<EventKind> {
    let mut kinds = Vec::new();
    while let Some(event) = next(feed).await.event {
        kinds.extend(event.kind);
    }
    kinds
}

async fn follow_as(app: &App, actor: &Actor) -> Feed {
    let query = "subscription { events(heartbeatSeconds: 1) { cursor } }";
    let mut feed = app
        .follow(&Visible::to(actor.clone()), &prepare(app, query), None)
        .await
        .expect("it begins");
    next(&mut feed).await;
    feed
}

async fn what_is_not_public_is_told_to_those_who_may_see_it(app: TestApp) {
    let owner = owner(&app).await;
    let other = app.officer("asean-secretariat").await;
    let curator = app.staff(GrantRole::Curator).await;
    let auditor = app.staff(GrantRole::Auditor).await;
    let mut feeds = Vec::new();
    for actor in [&Actor::Anonymous, &other, &owner, &curator, &auditor] {
        feeds.push(follow_as(&app.app, actor).await);
    }
    draft(&app, &owner, "jewellery-2030", "").await;
    token_of(&app, "Cici", &[], &[TokenScope::Read]).await;
    let mut heard = Vec::new();
    for feed in &mut feeds {
        heard.push(told(feed).await);
    }
    let drafted = |kinds: &[EventKind]| kinds.contains(&EventKind::BatchUpdated);
    let accounts = |kinds: &[EventKind]| kinds.contains(&EventKind::TokenCreated);
    assert_eq!(
        heard.iter().map(|kinds| drafted(kinds)).collect::<Vec<_>>(),
        [false, false, true, true, true]
    );
    assert_eq!(
        heard.iter().map(|kinds| accounts(kinds)).collect::<Vec<_>>(),
        [false, false, false, false, true]
    );
}

/// A stream that was begun with a right goes on without it once it is lost.
async fn rights_are_those_of_the_moment(app: TestApp) {
    let auditor = app.staff(GrantRole::Auditor).await;
    let administrator = app.staff(GrantRole::Administrator).await;
    let mut feed = follow_as(&app.app, &auditor).await;
    happen(&app.app, &[(EventKind::SourceAdded, false)]).await;
    assert_eq!(told(&mut feed).await, [EventKind::SourceAdded]);
    let grants = app.ask_as(&auditor, "{ viewer { grants { nodes { id } } } }").await;
    let grant = grants.texts("/viewer/grants/nodes", "/id")[0];
    let revoke = mutation("revokeGrant", &format!("grantId: \"{grant}\""), "grant { id }");
    app.ask_as(&administrator, &revoke).await.text("/revokeGrant/grant/id");
    happen(&app.app, &[(EventKind::SourceAdded, false), (EventKind::RegisterLoaded, true)]).await;
    let kinds = told(&mut feed).await;
    assert_eq!(kinds, [EventKind::RegisterLoaded]);
}

async fn a_stream_ends_where_its_token_does(app: TestApp) {
    let (token, key) =
        token_of(&app, "Dewi", &[Role::Of(GrantRole::Curator)], &[TokenScope::Read]).await;
    let dewi = by_token(&app.app.db, &app.app.clock, &token).await.expect("it is good");
    let mut feed = follow_as(&app.app, &dewi).await;
    let place = feed.place();
    let revoke = mutation(
        "revokeToken",
        &format!("tokenId: \"{}\"", app.id_of(&dewi, "apiToken", &key).await),
        "token { id }",
    );
    app.ask_as(&app.staff(GrantRole::Administrator).await, &revoke)
        .await
        .text("/revokeToken/token/id");
    happen(&app.app, &[(EventKind::SourceAdded, false)]).await;
    let Some(Err(error)) = feed.next().await else { panic!("the stream ends") };
    let ended =
        serde_json::to_value(app.app.failed(error).extensions.expect("extensions")).expect("JSON");
    assert_eq!(ended["code"], "UNAUTHENTICATED");
    // Whoever comes back with that place misses nothing of what was not told.
    let resumed: LogCursor = ended["cursor"].as_str().expect("a cursor").parse().expect("a place");
    let behind = resumed.position - place.position;
    assert!(
        behind >= 1,
        "the account and grant of the administrator, and the revocation: {behind}"
    );
    let refused = app
        .app
        .follow(&Visible::to(dewi), &prepare(&app.app, "subscription { events { cursor } }"), None)
        .await;
    assert!(refused.is_err(), "a token that is good for nothing begins nothing");
}
