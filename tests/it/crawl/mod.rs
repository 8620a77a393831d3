//! A crawl for what may not be seen. The register has one record of each kind in public, in a
//! draft, and around a participant; anonymous readers and accounts with four roles ask for
//! everything there is: each path of the schema, the log, and all files. No text, key or id of a
//! hidden record may be in what they get; and what they may see is there, so that the crawl is seen
//! to get everywhere.

mod class;
mod files;
mod log;
mod rows;
mod scene;
mod walk;

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::vocabulary::RecordKind;
use serde_json::Value;

use self::class::Class;
use self::scene::{Scene, Who};
use self::walk::Walk;
use crate::example::schema::Schema;
use crate::support::{Answer, TestApp, all_of_it, roomy};

both_dbs!(
    nothing_hidden_is_on_any_path_of_the_schema,
    nothing_hidden_is_found_by_any_filter,
    nothing_hidden_changes_what_is_counted,
);

/// What stands in an answer: its texts, and what is packed in its ids and cursors.
fn all_of(value: &Value, into: &mut String) {
    match value {
        Value::String(text) => {
            into.push_str(&text.to_lowercase());
            into.push('\n');
            // Ids of the API are looked for as they are; a cursor says more once it is opened.
            into.push_str(text);
            into.push('\n');
            if let Some(inner) =
                URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok())
            {
                into.push_str(&inner.to_lowercase());
                into.push('\n');
            }
        }
        Value::Array(items) => items.iter().for_each(|item| all_of(item, into)),
        Value::Object(fields) => fields.values().for_each(|field| all_of(field, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// All that an answer says, its errors included.
fn said(answer: &Answer) -> String {
    let mut said = answer.errors.join("\n").to_lowercase();
    all_of(&answer.data, &mut said);
    said
}

/// What of it may not be there.
fn leaks<'a>(said: &str, forbidden: &'a [String]) -> Vec<&'a str> {
    forbidden.iter().map(String::as_str).filter(|text| said.contains(text)).collect()
}

/// The classes of which a mark was seen.
fn marks(said: &str) -> BTreeSet<Class> {
    Class::ALL.into_iter().filter(|class| said.contains(class.mark())).collect()
}

async fn nothing_hidden_is_on_any_path_of_the_schema(app: TestApp) {
    let app = roomy(app);
    let mut scene = Scene::set(&app).await;
    scene.hide(&app).await;
    let mut walk = Walk::new(Schema::read().await);
    let words: Vec<&str> = Class::ALL.map(Class::mark).to_vec();
    let mut queries = walk.lists();
    queries.extend(walk.others(&words));
    let around: BTreeSet<_> =
        scene.records.values().flat_map(|records| records.around.clone()).collect();
    let rows: Vec<_> = scene.records.values().flat_map(|records| records.rows.clone()).collect();
    queries.extend(walk.named(&rows));
    // Those from whom most is hidden look further, and at groups.
    let (near, far, groups) = (walk.around(&around, 1), walk.around(&around, 2), walk.groups());
    // Kinds that nothing hidden refers to have been asked for by their lists.
    let missed = walk.missed();
    assert!(
        missed.iter().all(|field| LISTED.contains(&field.as_str())),
        "nobody asked for {missed:?}"
    );
    let (mut wrong, mut refused) = (Vec::new(), Vec::new());
    for who in &scene.who {
        let forbidden = scene.forbidden(who, false);
        let mut seen = BTreeSet::new();
        let curious = ["anonymous", "curator"].contains(&who.name);
        // Two records away the same conditions hide it as one away; PostgreSQL would take minutes.
        let further = if all_of_it(app.backend) { &far } else { &near };
        let more = if curious { further.iter().chain(&groups) } else { near.iter().chain(&[]) };
        for query in queries.iter().chain(more) {
            let answer = app.ask_as(&who.actor, query).await;
            let said = said(&answer);
            // A question that is refused shows nothing, and is no question.
            let of_groups = |error: &String| error.contains(".group");
            if !answer.errors.iter().all(of_groups) {
                refused.push(format!("{:?} {:.300}", answer.errors, query));
            }
            for leak in leaks(&said, &forbidden) {
                wrong.push(format!("{} finds {leak} by {query}", who.name));
            }
            seen.extend(marks(&said));
        }
        let unseen: Vec<&Class> =
            who.sees.difference(&seen).filter(|class| **class != Class::Guess).collect();
        assert!(
            unseen.is_empty(),
            "{} may see {unseen:?}, which the crawl does not get to",
            who.name
        );
    }
    refused.truncate(5);
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    wrong.truncate(20);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Fields that need no question of their own: they are asked otherwise, or lead from what is
/// somebody's own to that account.
const LISTED: [&str; 17] = [
    "Query.batchSnapshot",
    "Query.countrySnapshot",
    "Query.events",
    "Query.history",
    "Query.node",
    "Query.nodes",
    "Query.country",
    "Query.tombstone",
    "Tombstone.record",
    "Tombstone.voidedWith",
    "Query.account",
    "Query.grant",
    "Query.apiToken",
    "Query.webhookEndpoint",
    "Query.webhookDelivery",
    "WebhookDelivery.endpoint",
    "WebhookEndpoint.account",
];

/// Filters of every list, on its records and on those that these lead to, ask for what hidden
/// records say; keys are asked for through two edges by the tests of permissions.
async fn nothing_hidden_is_found_by_any_filter(app: TestApp) {
    let app = roomy(app);
    let mut scene = Scene::set(&app).await;
    scene.hide(&app).await;
    let walk = Walk::new(Schema::read().await);
    for who in scene.who.iter().filter(|who| who.name != "auditor") {
        for (sees, classes) in [
            (
                true,
                Class::ALL.into_iter().filter(|class| who.sees.contains(class)).collect::<Vec<_>>(),
            ),
            (false, Class::ALL.into_iter().filter(|class| !who.sees.contains(class)).collect()),
        ] {
            let words: Vec<String> = classes.iter().map(|class| class.mark().to_owned()).collect();
            let rows = classes
                .iter()
                .filter_map(|class| scene.records.get(class))
                .flat_map(|records| &records.rows);
            let keys: Vec<String> = rows
                .filter(|row| row.0 != RecordKind::Institution)
                .map(|row| row.2.clone())
                .collect();
            let mut found = 0;
            for some in walk.filters(&words, &keys, 1).chunks(20) {
                let some: Vec<String> = some
                    .iter()
                    .enumerate()
                    .map(|(place, one)| format!("p{place}: {one}"))
                    .collect();
                let answer = app.ask_as(&who.actor, &format!("{{ {} }}", some.join("\n"))).await;
                assert!(answer.errors.is_empty(), "{answer}");
                for (probe, counted) in
                    some.iter().zip(answer.data.as_object().expect("an object").values())
                {
                    let count = counted["totalCount"].as_i64().expect("a count");
                    assert!(sees || count == 0, "{} learns something by {probe}", who.name);
                    found += count;
                }
            }
            assert_eq!(found > 0, sees, "{}", who.name);
        }
    }
}

/// Whoever may not see something is answered as if it were not there: lists, counts, groups, cube
/// and search are the same before it comes in and after.
async fn nothing_hidden_changes_what_is_counted(app: TestApp) {
    let app = roomy(app);
    let mut scene = Scene::set(&app).await;
    let mut walk = Walk::new(Schema::read().await);
    let mut queries = walk.lists();
    queries.extend(walk.groups());
    queries.extend(walk.others(&["zqopen", "trainer"]));
    let strangers: Vec<Who> = scene.who.drain(..).filter(|who| who.name == "anonymous").collect();
    let answers = async || {
        let mut answers = Vec::new();
        for who in &strangers {
            for query in &queries {
                answers.push((query.clone(), app.ask_as(&who.actor, query).await.data.to_string()));
            }
        }
        answers
    };
    let before = answers().await;
    scene.hide(&app).await;
    for ((query, before), (_, after)) in before.iter().zip(answers().await) {
        assert_eq!(*before, after, "what is hidden is told by {query}");
    }
}
