//! Two at once: the same mutation under one key, and two edits of what both know. Made from the
//! schema: what is added to it is tested, or fails for want of an example.

use std::collections::BTreeMap;

use crate::example::Scene;
use crate::support::{Answer, TestApp, all_of_it};

both_dbs!(every_mutation_twice_at_once_has_one_effect, of_two_edits_at_once_one_wins);

async fn every_mutation_twice_at_once_has_one_effect(app: TestApp) {
    let scene = Scene::set(app).await;
    let mut wrong = Vec::new();
    for name in scene.mutations() {
        let app = scene.begin(Scene::before(name)).await;
        let before = app.position().await;
        let key = ", idempotencyKey: \"once\"";
        let (one, other) = tokio::join!(scene.ask(&app, name, key), scene.ask(&app, name, key));
        let after = app.position().await;
        let again = scene.ask(&app, name, key).await;
        if !one.refusals(name).is_empty() || after == before {
            wrong.push(format!("{name} is to be carried out, and to change something: {one}"));
        }
        // Each effect has a place in the log of its own, which the answers tell.
        if [&other.data, &again.data] != [&one.data; 2] || app.position().await != after {
            wrong.push(format!("{name} has more than one effect: {one}\n{other}\n{again}"));
        }
        app.discard().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A version that no record has.
const NO_VERSION: i64 = 999;

/// The version that the record of a mutation has, where the mutation is an edit of a record that
/// knows its version.
fn version(answer: &Answer, name: &str) -> Option<i64> {
    answer.at(&format!("/{name}/errors")).get(0)?["currentVersion"].as_i64()
}

async fn of_two_edits_at_once_one_wins(app: TestApp) {
    let backend = app.backend;
    let scene = Scene::set(app).await;
    // Edits by the record that they are edits of. What is carried out whatever version is expected
    // is none.
    let mut edits: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for name in scene.mutations() {
        let app = scene.begin(Scene::before(name)).await;
        let answer = scene.ask(&app, name, &expecting(NO_VERSION)).await;
        if version(&answer, name).is_some()
            && let Some(id) = answer.at(&format!("/{name}/record")).get("id")
        {
            edits.entry(id.as_str().expect("an id").to_owned()).or_default().push(name);
        }
        app.discard().await;
    }
    assert!(edits.len() > 15, "{edits:?}");
    // A database of its own for each pair takes long on PostgreSQL: there each edit meets itself
    // and the next one.
    let others = if all_of_it(backend) { usize::MAX } else { 2 };
    let mut wrong = Vec::new();
    for names in edits.values() {
        for (place, one) in names.iter().enumerate() {
            for other in names[place..].iter().take(others) {
                wrong.extend(one_of_two_wins(&scene, one, other).await.err());
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn expecting(version: i64) -> String {
    format!(", expectedVersion: {version}")
}

/// Of two edits at once one is carried out, and the other is told the version that the record has
/// then.
async fn one_of_two_wins(scene: &Scene, one: &str, other: &str) -> Result<(), String> {
    // What must come before the one makes way for it; the other may be out of place there.
    let (one, other) = if Scene::before(other).is_some() { (other, one) } else { (one, other) };
    let app = scene.begin(Scene::before(one)).await;
    let current = async || version(&scene.ask(&app, one, &expecting(NO_VERSION)).await, one);
    let known = current().await.expect("a version");
    let knowing = expecting(known);
    let (first, second) =
        tokio::join!(scene.ask(&app, one, &knowing), scene.ask(&app, other, &knowing));
    let refusals = [first.refusals(one), second.refusals(other)];
    let told = match [refusals[0].is_empty(), refusals[1].is_empty()] {
        [true, false] => version(&second, other),
        [false, true] => version(&first, one),
        _ => None,
    };
    let now = current().await;
    app.discard().await;
    if told.is_some() && told == now && now > Some(known) {
        return Ok(());
    }
    // Unless the other is out of place: by itself it is refused all the same, or changes nothing.
    let app = scene.begin(Scene::before(one)).await;
    let before = app.position().await;
    let alone = scene.ask(&app, other, &knowing).await.refusals(other);
    let idle = app.position().await == before;
    app.discard().await;
    match refusals[0].is_empty() && alone == refusals[1] && idle {
        true => Ok(()),
        false => Err(format!(
            "{one} and {other}: {refusals:?}, version {known}, then {now:?}; alone: {alone:?}"
        )),
    }
}
