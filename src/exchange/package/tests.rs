//! Whole packages, good and bad, loaded into a register.

use std::path::Path;

use entity::vocabulary::DatePrecision;
use entity::*;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::*;
use crate::db::{DbOptions, migrate};

/// A register with its clock, in a folder that goes with it.
struct Register {
    db: Db,
    clock: Clock,
    _folder: tempfile::TempDir,
}

impl Register {
    async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("register.db").display());
        let db = Db::connect(&DbOptions { url, readers: 2 }).await.unwrap();
        migrate(&db).await.unwrap();
        Self { db, clock: Clock::fixed("2026-06-01T08:00:00Z".parse().unwrap()), _folder: folder }
    }

    /// With the two packages that the program carries.
    async fn full() -> Self {
        let register = Self::empty().await;
        register.load(&reference()).await.unwrap();
        register.load(&reports()).await.unwrap();
        register
    }

    async fn load(&self, package: &PackageFiles) -> Result<LoadReport, LoadError> {
        load(&self.db, &self.clock, Actor::Operator, package).await
    }

    /// What is wrong with a package of these files; nothing may have been written.
    async fn problems(&self, files: &[(&str, &str)]) -> String {
        let mut package = PackageFiles::new("test");
        for (table, text) in files {
            package = package.with(*table, format!("{table}.csv"), text.as_bytes().to_vec());
        }
        self.problems_of(&package).await
    }

    async fn problems_of(&self, package: &PackageFiles) -> String {
        let before = self.everything().await;
        let problems = match self.load(package).await {
            Err(LoadError::Problems(problems)) => problems.to_string(),
            other => panic!("no problems, but {other:?}"),
        };
        assert_eq!(self.everything().await, before);
        problems
    }

    /// The position of the log, and how many rows there are.
    async fn everything(&self) -> Vec<u64> {
        let db = self.db.reading();
        vec![
            event::Entity::find().count(db).await.unwrap(),
            u64::try_from(event_head::Entity::find().one(db).await.unwrap().unwrap().position).unwrap(),
            country::Entity::find().count(db).await.unwrap(),
            country_name::Entity::find().count(db).await.unwrap(),
            institution::Entity::find().count(db).await.unwrap(),
            institution_name::Entity::find().count(db).await.unwrap(),
            programme::Entity::find().count(db).await.unwrap(),
            batch::Entity::find().count(db).await.unwrap(),
            claim::Entity::find().count(db).await.unwrap(),
            person::Entity::find().count(db).await.unwrap(),
            citation::Entity::find().count(db).await.unwrap(),
            topic::Entity::find().count(db).await.unwrap(),
            membership::Entity::find().count(db).await.unwrap(),
        ]
    }
}

/// Both packages load into an empty register, and loading them again changes nothing and tells nobody.
#[tokio::test]
async fn what_is_loaded_twice_is_there_once() {
    let register = Register::empty().await;
    let first = register.load(&reference()).await.unwrap();
    assert!(first.changed());
    assert_eq!(first.tables.iter().find(|table| table.table == "countries").unwrap().added, 280);
    let second = register.load(&reports()).await.unwrap();
    assert!(second.tables.iter().all(|table| table.added == table.rows), "{second:?}");
    let before = register.everything().await;
    let statements = register.db.statements();
    for package in [reference(), reports()] {
        let so_far = statements.count();
        let again = register.load(&package).await.unwrap();
        println!("{}: {} statements again", again.package, statements.count() - so_far);
        assert!(!again.changed());
        assert_eq!(again.position, second.position);
        assert!(statements.count() - so_far < 90);
    }
    assert_eq!(register.everything().await, before);
}
