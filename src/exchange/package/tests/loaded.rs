//! What good packages come to.

use std::collections::{BTreeMap, BTreeSet};

use entity::*;
use insta::assert_snapshot;
use sea_orm::{EntityTrait, PaginatorTrait};

use super::*;

/// What a handler on a server runs must be able to move between threads.
#[test]
fn a_load_can_move_between_threads() {
    fn sends<T: Send>(_: impl FnOnce(Db, PackageFiles) -> T) {}
    sends(|db, files| async move { load(&db, &Clock::system(), Actor::Operator, &files).await });
}

/// A changed row updates the record that has its key; rows that are not in the package stay.
#[tokio::test]
async fn a_changed_row_updates_its_record() {
    let register = TestRegister::small().await;
    let position = register.load(&package(&[])).await.unwrap().position;
    let report = register
        .load(&package(&[
            (
                "programmes",
                "key,title,language,modality,owner,group\n\
                 weaving,Weaving by hand,en,REGIONAL,centre,asean\n",
            ),
            ("institution_names", "institution,language,kind,name\ncentre,id,COMMON,Balai Besar\n"),
        ]))
        .await
        .unwrap();
    assert_eq!(
        report
            .tables
            .iter()
            .map(|table| (table.added, table.changed, table.removed))
            .collect::<Vec<_>>(),
        [(1, 0, 1), (0, 1, 0)]
    );
    assert_snapshot!(register.events_after(position).await, @"
    institution.renamed centre {\"names\":[[\"Balai\"],[\"Balai Besar\"]]}
    programme.updated weaving {\"title\":[\"Weaving\",\"Weaving by hand\"]}
    register.loaded  {\"institution_names\":{\"added\":1,\"changed\":0,\"removed\":1},\
    \"programmes\":{\"added\":0,\"changed\":1,\"removed\":0}}
    ");
    let db = register.db.reading();
    let programme = programme::Entity::find().one(db).await.unwrap().unwrap();
    assert_eq!((programme.version, programme.sort_title.as_str()), (2, "weaving by hand"));
    assert_eq!(institution_name::Entity::find().count(db).await.unwrap(), 2);
}

/// The new parent of a body is above all that is part of it, and the former one no longer.
#[tokio::test]
async fn a_body_that_moves_takes_along_what_is_part_of_it() {
    let register = TestRegister::small().await;
    let moved = "key,kind,country,parent\n\
                 state,GOVERNMENT,ID,\n\
                 ministry,GOVERNMENT,ID,state\n\
                 lab,ACADEMIC,ID,centre\n";
    register.load(&package(&[("institutions", moved)])).await.unwrap();
    let db = register.db.reading();
    let keys: BTreeMap<_, _> = institution::Entity::find()
        .all(db)
        .await
        .unwrap()
        .into_iter()
        .map(|row| (row.id, row.key))
        .collect();
    let rows = institution_ancestor::Entity::find().all(db).await.unwrap();
    let rows: BTreeSet<String> = rows
        .iter()
        .filter(|row| row.depth > 0)
        .map(|row| {
            format!("{} < {} ({})", keys[&row.institution_id], keys[&row.ancestor_id], row.depth)
        })
        .collect();
    assert_snapshot!(rows.into_iter().collect::<Vec<_>>().join("\n"), @r"
    centre < ministry (1)
    centre < state (2)
    lab < centre (1)
    lab < ministry (2)
    lab < state (3)
    ministry < state (1)
    ");
    let circle = "key,kind,country,parent\nstate,GOVERNMENT,ID,centre\n";
    assert_snapshot!(
        register.problems(&[("institutions", circle)]).await,
        @"institutions.csv:2 parent: \"state\" cannot be part of \"centre\", which is itself part \
          of \"state\""
    );
}

/// A draft is nobody's business, and neither is what hangs from it.
#[tokio::test]
async fn a_draft_tells_the_public_nothing() {
    let register = TestRegister::small().await;
    let position = register.load(&package(&[])).await.unwrap().position;
    let draft = package(&[
        (
            "batches",
            "key,programme,ordinal,mode,status,owner\n\
                     weaving-3,weaving,3,ONSITE,DRAFT,centre\n",
        ),
        ("delegations", "key,batch,represents,country\nweaving-3-kh,weaving-3,COUNTRY,KH\n"),
    ]);
    register.load(&draft).await.unwrap();
    let events = register.events_after(position).await;
    let kinds: Vec<&str> =
        events.lines().filter_map(|line| line.split_once(" {").map(|line| line.0)).collect();
    assert_snapshot!(kinds.join("\n"), @r"
    batch.updated weaving-3 (not public)
    delegation.updated weaving-3-kh (not public)
    register.loaded
    ");
}

/// What reprints another source has its origin.
#[tokio::test]
async fn a_reprint_has_the_origin_of_what_it_reprints() {
    let register = TestRegister::small().await;
    let sources = "key,kind,title,language\n\
                   agency,NEWS_REPORT,First,en\n\
                   reprint,NEWS_REPORT,Second,en\n";
    let relations = "source,kind,related\nreprint,REPRINT_OF,paper\npaper,REPRINT_OF,agency\n";
    register
        .load(&package(&[("sources", sources), ("source_relations", relations)]))
        .await
        .unwrap();
    let rows = source::Entity::find().all(register.db.reading()).await.unwrap();
    let agency = rows.iter().find(|row| row.key == "agency").unwrap().id;
    assert!(rows.iter().all(|row| row.origin_id == Some(agency)));
    let circle = "source,kind,related\nagency,BASED_ON,reprint\n";
    assert_snapshot!(
        register.problems(&[("source_relations", circle)]).await,
        @"source_relations.csv:2 related: \"agency\" cannot rest on \"reprint\", which itself \
          rests on \"agency\""
    );
}

/// Children may stand before their parents.
#[tokio::test]
async fn a_child_may_stand_before_its_parent() {
    let register = TestRegister::small().await;
    let topics = "key,parent,label_en,label_id\nc,b,C,C\nb,a,B,B\na,batik,A,A\n";
    assert_eq!(register.load(&package(&[("topics", topics)])).await.unwrap().tables[0].added, 3);
}

/// A membership that is cut short and the one that follows it may come together, in any order.
#[tokio::test]
async fn memberships_that_come_together_are_judged_together() {
    let register = TestRegister::small().await;
    let memberships = "key,group,country,kind,valid_from,valid_to\n\
                       asean-kh-2,asean,KH,FULL,2020-01-01,\n\
                       asean-kh,asean,KH,FULL,1999-04-30,2019-12-31\n";
    let report = register.load(&package(&[("memberships", memberships)])).await.unwrap();
    assert_eq!((report.tables[0].added, report.tables[0].changed), (1, 1));
}

/// Of two claims, the preferred one may change.
#[tokio::test]
async fn another_claim_may_be_preferred() {
    let register = TestRegister::small().await;
    let titles = |first: &str, second: &str| {
        let text = format!(
            "key,source,batch,property,text,language,rank\n\
             a,paper,weaving-1,TITLE,A,en,{first}\n\
             b,paper,weaving-1,TITLE,B,en,{second}\n"
        );
        PackageFiles::new("titles").with("claims", "claims.csv", text.into_bytes())
    };
    register.load(&titles("NORMAL", "PREFERRED")).await.unwrap();
    register.load(&titles("PREFERRED", "NORMAL")).await.unwrap();
    assert_snapshot!(
        register.problems_of(&titles("PREFERRED", "PREFERRED")).await,
        @r#"claims.csv:3 rank: "a" is already the preferred claim of TITLE"#
    );
}
