//! A COMMIT that PostgreSQL refuses, or of which no answer comes: nothing is acknowledged, and what
//! is written afterwards is there.

use jejaring::access::Actor;
use jejaring::db::write;
use jejaring::events::{Event, EventKind};
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, QueryOrder};

use crate::support::{Backend, Contents, TestApp, writable};

/// Makes the commit of each event do something else.
async fn at_commit(db: &DatabaseConnection, what: &str) {
    let function = format!(
        "CREATE OR REPLACE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN {what}; RETURN NULL; END $$"
    );
    db.execute_unprepared(&function).await.expect("the function");
}

#[tokio::test]
async fn what_is_acknowledged_after_a_commit_that_failed_is_committed() {
    let Some(app) = TestApp::new(Backend::Postgres, Contents::Reports).await else { return };
    let db = writable(&app).await;
    at_commit(&db, "NULL").await;
    let trigger = "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON event DEFERRABLE INITIALLY \
                   DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit()";
    db.execute_unprepared(trigger).await.expect("the trigger");
    let happen = async || {
        let written = write(&app.app.db, &app.app.clock, Actor::Operator, async |w| {
            w.record(Event::general(EventKind::RegisterLoaded));
            Ok(())
        });
        written.await.map(|written| written.cursor.position)
    };
    let mut last = app.position().await;
    for failure in ["RAISE EXCEPTION 'not now'", "PERFORM pg_terminate_backend(pg_backend_pid())"] {
        at_commit(&db, failure).await;
        // More than the pool has connections.
        for _ in 0..6 {
            happen().await.expect_err("it is not committed");
        }
        at_commit(&db, "NULL").await;
        for _ in 0..6 {
            last += 1;
            // A connection that the server has closed is noticed at its next use, when it was idle
            // meanwhile.
            let written = match happen().await {
                Err(_) => happen().await,
                written => written,
            };
            assert_eq!(written.expect("it is written"), last);
        }
        assert_eq!(app.app.db.writable().await, Ok(()));
    }
    let events =
        entity::event::Entity::find().order_by_asc(entity::event::Column::Position).all(&db).await;
    let positions: Vec<i64> =
        events.expect("the log").into_iter().map(|event| event.position).collect();
    assert_eq!(positions, (1..=last).collect::<Vec<_>>());
}
