//! A copy of a register in use, and a register of that copy: whole, and in an epoch of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jejaring::app::App;
use jejaring::db::{Db, backup, restore};
use jejaring::events::{EventKind, LogCursor, log};
use jejaring::request::GraphQlParams;
use sea_orm::EntityTrait;

use crate::command::{jejaring, text};
use crate::events::happen;
use crate::support::{Backend, Contents, TestApp, db_options, no_trusted, settings, test_clock};

both_dbs!(a_register_in_use_is_copied_and_restored_in_a_new_epoch, the_log_is_printed);

async fn opened(url: &str) -> App {
    let options = db_options(url, 2, 2);
    App::over(
        Db::connect(&options).await.expect("it opens"),
        test_clock(),
        &settings(""),
        no_trusted(),
    )
}

async fn all_events(app: &App) -> Vec<entity::event::Model> {
    use sea_orm::QueryOrder;
    let events = entity::event::Entity::find().order_by_asc(entity::event::Column::Position);
    events.all(app.db.reading()).await.expect("the log is read")
}

/// How often: more by `BACKUP_LOOPS`.
fn loops() -> u32 {
    std::env::var("BACKUP_LOOPS").ok().and_then(|loops| loops.parse().ok()).unwrap_or(1)
}

async fn a_register_in_use_is_copied_and_restored_in_a_new_epoch(app: TestApp) {
    let stop = Arc::new(AtomicBool::new(false));
    let (writing, until) = (app.app.clone(), stop.clone());
    let writer = tokio::spawn(async move {
        while !until.load(Ordering::SeqCst) {
            happen(&writing, &[(EventKind::RegisterLoaded, true)]).await;
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    });
    for _ in 0..loops() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let file = folder.path().join("register.backup");
        let from = db_options(&app.url, 1, 2);
        backup(&from, &file).await.expect("a copy");
        assert!(backup(&from, &file).await.is_err(), "nothing is overwritten");
        let before = happen(&app.app, &[(EventKind::RegisterLoaded, true)]).await;
        let empty = match app.backend {
            Backend::Sqlite => None,
            Backend::Postgres => TestApp::new(Backend::Postgres, Contents::Nothing).await,
        };
        let url = empty.as_ref().map_or_else(
            || format!("sqlite://{}", folder.path().join("restored.sqlite").display()),
            |empty| empty.url.clone(),
        );
        let to = db_options(&url, 1, 2);
        restore(&to, &file, &test_clock()).await.expect("a register");
        assert!(restore(&to, &file, &test_clock()).await.is_err(), "nothing is overwritten");
        let restored = opened(&url).await;
        let (copied, whole) = (all_events(&restored).await, all_events(&app.app).await);
        assert!(
            copied.len() < whole.len() && copied == whole[..copied.len()],
            "the copy is of one moment"
        );
        let head = log::head(restored.db.reading()).await.expect("a head");
        assert_eq!(head.position, copied.len() as i64);
        let old = log::head(app.app.db.reading()).await.expect("a head");
        assert_ne!(head.epoch, old.epoch);
        let lost = LogCursor { position: before, ..old };
        let query = format!("{{ events(after: \"{lost}\") {{ cursor }} }}");
        let params = GraphQlParams::new(query);
        let answer =
            restored.answer(jejaring::access::Actor::Anonymous, Default::default(), &params).await;
        let answer = serde_json::to_value(answer).expect("JSON");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "CURSOR_LOST");
        assert_eq!(answer["errors"][0]["extensions"]["cursor"], head.to_string());
    }
    stop.store(true, Ordering::SeqCst);
    writer.await.expect("the writer ends");
}

async fn the_log_is_printed(app: TestApp) {
    let head = log::head(app.app.db.reading()).await.expect("a head");
    let replay = |arguments: &[&str]| {
        let all = [&["events", "replay", "--database-url", app.url.as_str()], arguments].concat();
        let output = jejaring(&all).output().expect("the program runs");
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect::<Vec<serde_json::Value>>()
    };
    let all = replay(&[]);
    assert_eq!(all.len() as i64, head.position);
    let cursor = all[all.len() - 3]["cursor"].as_str().expect("a cursor");
    assert_eq!(replay(&["--after", cursor]), all[all.len() - 2..]);
    assert_eq!(all.last().expect("an event")["cursor"], head.to_string());
}
