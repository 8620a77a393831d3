//! Whole packages, good and bad, loaded into a register.

mod embedded;
mod formats;
mod loaded;
mod rules;
mod values;

use entity::*;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::*;
use crate::commit::BEFORE_COMMIT;
use crate::db::{DbOptions, migrate};

/// A register with its clock, in a folder that goes with it.
struct TestRegister {
    db: Db,
    clock: Clock,
    _folder: tempfile::TempDir,
}

impl TestRegister {
    async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("register.db").display());
        let options = DbOptions {
            url,
            readers: 2,
            heavy_readers: 2,
            observer: None,
            before_commit: BEFORE_COMMIT,
        };
        let db = Db::connect(&options).await.unwrap();
        migrate(&db).await.unwrap();
        Self { db, clock: Clock::fixed("2026-06-01T08:00:00Z".parse().unwrap()), _folder: folder }
    }

    /// With a country and what hangs from it.
    async fn small() -> Self {
        let register = Self::empty().await;
        register.load(&package(SMALL)).await.unwrap();
        register
    }

    async fn load(&self, package: &PackageFiles) -> Result<LoadReport, LoadError> {
        load(&self.db, &self.clock, Actor::Operator, package).await
    }

    /// What is wrong with a package of these files. Nothing may have been written.
    async fn problems(&self, files: &[(&str, &str)]) -> String {
        self.problems_of(&package(files)).await
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
        let head = event_head::Entity::find().one(db).await.unwrap().unwrap();
        vec![
            u64::try_from(head.position).unwrap(),
            event::Entity::find().count(db).await.unwrap(),
            country::Entity::find().count(db).await.unwrap(),
            country_name::Entity::find().count(db).await.unwrap(),
            institution::Entity::find().count(db).await.unwrap(),
            institution_ancestor::Entity::find().count(db).await.unwrap(),
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

    /// The kinds of the events after `position`, with their subjects.
    async fn events_after(&self, position: i64) -> String {
        let rows = event::Entity::find()
            .filter(event::Column::Position.gt(position))
            .order_by_asc(event::Column::Position)
            .all(self.db.reading())
            .await
            .unwrap();
        let line = |row: event::Model| {
            let audience = if row.public { "" } else { " (not public)" };
            format!(
                "{} {}{audience} {}",
                row.kind,
                row.subject_key.unwrap_or_default(),
                row.changes
            )
        };
        rows.into_iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// A package of these files.
fn package(files: &[(&str, &str)]) -> PackageFiles {
    let add = |package: PackageFiles, file: &(&str, &str)| {
        package.with(file.0, format!("{}.csv", file.0), file.1.as_bytes().to_vec())
    };
    files.iter().fold(PackageFiles::new("test"), add)
}

/// A register that has one of most things.
const SMALL: &[(&str, &str)] = &[
    ("countries", "code,alpha3\nID,IDN\nKH,KHM\n"),
    (
        "country_names",
        "country,language,kind,authority,name\n\
         ID,en,COMMON,CLDR,Indonesia\n\
         KH,en,COMMON,CLDR,Cambodia\n",
    ),
    (
        "regional_groups",
        "key,kind,name_en\n\
                         asean,ORGANISATION,Association of Southeast Asian Nations\n",
    ),
    (
        "memberships",
        "key,group,country,kind,valid_from,valid_to\n\
                     asean-kh,asean,KH,FULL,1999-04-30,\n",
    ),
    ("topics", "key,parent,label_en,label_id\ncraft,,Craft,Kerajinan\nbatik,craft,Batik,Batik\n"),
    (
        "institutions",
        "key,kind,country,parent\n\
                      ministry,GOVERNMENT,ID,\n\
                      centre,OTHER_PUBLIC_SECTOR,ID,ministry\n",
    ),
    (
        "institution_names",
        "institution,language,kind,name\n\
                           ministry,id,COMMON,Kementerian\n\
                           centre,id,COMMON,Balai\n",
    ),
    (
        "programmes",
        "key,title,language,modality,owner,group\n\
                    weaving,Weaving,en,REGIONAL,centre,asean\n",
    ),
    (
        "batches",
        "key,programme,ordinal,mode,status,owner\n\
         weaving-1,weaving,1,ONSITE,CLOSED,centre\n\
         weaving-2,weaving,2,ONSITE,ANNOUNCED,centre\n",
    ),
    (
        "delegations",
        "key,batch,represents,country\n\
         weaving-1-kh,weaving-1,COUNTRY,KH\n\
         weaving-2-kh,weaving-2,COUNTRY,KH\n",
    ),
    ("people", "key,name\nsari-dewi,Sari Dewi\n"),
    ("sources", "key,kind,title,language\npaper,NEWS_REPORT,Weavers meet,en\n"),
    (
        "claims",
        "key,source,batch,delegation,property,status,rank\n\
         kh-came,paper,weaving-1,weaving-1-kh,ATTENDANCE,ATTENDED,NORMAL\n",
    ),
];
