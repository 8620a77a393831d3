//! What SQLite is asked in the task itself: the same rows as by the driver, and nothing that takes
//! long.

use std::time::{Duration, Instant};

use jejaring::db::row::{Row, value_of};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, EntityTrait, Iterable, ModelTrait, QuerySelect, QueryTrait,
    Statement,
};

use crate::network::{Size, fill};
use crate::support::{Backend, TestApp, run, writable};

/// How many rows were the same, and whether all of them were read in the task itself.
async fn same<E: EntityTrait<Model: ModelTrait<Entity = E>>>(app: &TestApp) -> (usize, bool) {
    let db = app.app.db.reading();
    let statement = E::find().limit(20).build(DatabaseBackend::Sqlite);
    let by_driver = db.query_all_raw(statement.clone()).await.expect("rows");
    let rows = db.rows(statement).await.expect("rows");
    assert_eq!(rows.len(), by_driver.len());
    for (row, other) in rows.iter().zip(&by_driver) {
        for (at, column) in E::Column::iter().enumerate() {
            let value = row.value(at, &E::Model::get_value_type(column)).expect("a value");
            assert_eq!(value, value_of::<E>(other, at, column).expect("a value"), "{column:?}");
            assert_eq!(row.is_null(at).expect("a place"), value == value.as_null(), "{column:?}");
        }
    }
    (rows.len(), rows.iter().all(|row| matches!(row, Row::Quick(..))))
}

/// Of which tables rows were not read in the task itself.
macro_rules! same_of {
    ($app:ident: $($module:ident)+) => {{
        let mut left = Vec::new();
        $(
            let (rows, quick) = same::<entity::$module::Entity>(&$app).await;
            assert!(rows > 0, stringify!($module));
            if !quick {
                left.push(stringify!($module));
            }
        )+
        left
    }};
}

#[tokio::test]
async fn rows_are_those_of_the_driver() {
    run(Backend::Sqlite, async |app| {
        fill(&writable(&app).await, Size::named("small").expect("a size"))
            .await
            .expect("a network");
        let left = same_of!(app: action_plan batch citation claim country country_name delegation engagement
            event finding institution membership outcome partnership person programme regional_group
            source topic venue workshop);
        // What waits for a processor takes its time as well, and is left to a thread.
        assert!(left.len() <= 3, "{left:?}");
    })
    .await;
}

#[tokio::test]
async fn what_takes_long_is_left_to_a_thread() {
    run(Backend::Sqlite, async |app| {
        let count = |to: u32| {
            format!(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {to}) \
                 SELECT count(*) FROM n"
            )
        };
        let (short, long) = (count(10), count(2_000_000));
        let ask = async |sql: &str| {
            let statement = Statement::from_string(DatabaseBackend::Sqlite, sql);
            let rows = app.app.db.reading().rows(statement).await.expect("a row");
            (matches!(rows[0], Row::Quick(..)), rows[0].number(0).expect("a number"))
        };
        let before = app.app.db.statements().count();
        assert_eq!(ask(&short).await, (true, 10));
        assert_eq!(ask(&long).await, (false, 2_000_000));
        assert_eq!(ask(&long).await, (false, 2_000_000));
        assert_eq!(ask(&short).await, (true, 10));
        assert_eq!(app.app.db.statements().count() - before, 4);
        // Whoever asks for it lets others go on.
        let (began, mut turns) = (Instant::now(), 0);
        let long = async {
            ask(&long).await;
            began.elapsed()
        };
        let others = async {
            loop {
                tokio::time::sleep(Duration::from_millis(1)).await;
                turns += 1;
            }
        };
        tokio::select! {
            _ = long => {}
            () = others => {}
        }
        assert!(turns > 5, "{turns} turns");
    })
    .await;
}

#[tokio::test]
async fn what_fails_says_so_as_the_driver_does() {
    run(Backend::Sqlite, async |app| {
        let db = app.app.db.reading();
        let statement = |sql: &str| Statement::from_string(DatabaseBackend::Sqlite, sql);
        for wrong in ["SELECT nothing FROM batch", "DELETE FROM batch", "SELEC"] {
            let error = db.rows(statement(wrong)).await.expect_err(wrong).to_string();
            let driver = db.query_all_raw(statement(wrong)).await.expect_err(wrong).to_string();
            assert_eq!(error, driver);
        }
        let rows = db.rows(statement("SELECT 'x', 1.5, NULL")).await.expect("a row");
        let [text, number, nothing] = [0, 1, 2].map(|at| rows[0].number(at));
        assert!(text.is_err() && number.is_err() && nothing.is_err());
        for moment in ["2026-11-29 21:20:10", "2026-11-29T21:20:10+00:00", "2026-11-29 21:20:10.5"]
        {
            let sql = format!("SELECT '{moment}'");
            let by_driver = db.query_one_raw(statement(&sql)).await.expect("a row").expect("one");
            let moment: Option<chrono::DateTime<chrono::Utc>> =
                by_driver.try_get_by_index(0).expect("a moment");
            let row = db.rows(statement(&sql)).await.expect("a row");
            let kind = sea_orm::sea_query::ArrayType::ChronoDateTimeUtc;
            assert_eq!(
                row[0].value(0, &kind).expect("a moment"),
                sea_orm::Value::ChronoDateTimeUtc(moment)
            );
        }
        // A table that changes under a statement that is kept.
        let width = async || {
            let rows = db.rows(statement("SELECT * FROM venue LIMIT 1")).await.expect("rows");
            assert!(matches!(rows[0], Row::Quick(..)));
            (0..100).take_while(|at| rows[0].is_null(*at).is_ok()).count()
        };
        let before = width().await;
        writable(&app)
            .await
            .execute_unprepared("ALTER TABLE venue ADD COLUMN more TEXT")
            .await
            .expect("a column");
        assert_eq!(width().await, before + 1);
        // Where the database is closed nothing is read any more.
        let closed = app.app.db.clone();
        closed.close().await.expect("it closes");
        assert!(db.rows(statement("SELECT 1")).await.is_err());
        assert_eq!(rows[0].text(0).expect("a text").as_deref(), Some("x"));
        assert!(rows[0].text(3).is_err());
    })
    .await;
}
