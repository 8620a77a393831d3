//! What the rules of the register refuse.

use entity::*;
use insta::assert_snapshot;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter};

use super::*;
use crate::rule;

/// What the rules refuse is told with its line, all of it, and what only fails for want of a
/// refused row is not told.
#[tokio::test]
async fn what_the_rules_refuse_is_told_with_its_line() {
    let register = TestRegister::small().await;
    let memberships = "key,group,country,kind,valid_from,valid_to\n\
                       a,asean,KH,FULL,2010-01-01,\n\
                       b,asean,ID,FULL,,1980-01-01\n\
                       c,asean,ID,FULL,1970-01-01,1990-01-01\n";
    assert_snapshot!(register.problems(&[("memberships", memberships)]).await, @"
    memberships.csv:2 valid_from: KH is FULL in asean from 1999-04-30 until further notice \
    (\"asean-kh\"), and so it would be again from 2010-01-01 until further notice
    memberships.csv:3 valid_from: ID is FULL in asean from 1970-01-01 to 1990-01-01 (\"c\"), and \
    so it would be again from the beginning to 1980-01-01
    memberships.csv:4 valid_from: ID is FULL in asean from the beginning to 1980-01-01 (\"b\"), \
    and so it would be again from 1970-01-01 to 1990-01-01
    ");
    let claims = "key,source,batch,delegation,property,status,rank,text\n\
                  a,paper,weaving-1,weaving-2-kh,ATTENDANCE,ATTENDED,NORMAL,\n\
                  b,paper,weaving-1,,TITLE,,NORMAL,A title\n\
                  c,paper,weaving-1,,ATTENDANCE,,NORMAL,\n\
                  d,paper,weaving-2,weaving-2-kh,ATTENDANCE,ATTENDED,DEPRECATED,\n";
    assert_snapshot!(register.problems(&[("claims", claims)]).await, @r#"
    claims.csv:2 delegation: "weaving-2-kh" is a delegation at "weaving-2", not at "weaving-1"
    claims.csv:3 language: a claim of TITLE needs a language
    claims.csv:4 delegation: ATTENDANCE is stated of a delegation, and none is given
    claims.csv:5 rank_reason: a deprecated claim needs a reason
    "#);
    let days = |rank: &str| {
        format!(
            "key,source,batch,property,date,rank,rank_reason\n\
             begin,paper,weaving-2,STARTS_ON,2026-03-20,{rank}\n\
             end,paper,weaving-2,ENDS_ON,2026-03-01,NORMAL,\n"
        )
    };
    assert_snapshot!(
        register.problems(&[("claims", &days("NORMAL,"))]).await,
        @"claims.csv:3 date: the end, 2026-03-01, is before the start, 2026-03-20"
    );
    // A misprint is kept.
    register.load(&package(&[("claims", &days("DEPRECATED,TYPO"))])).await.unwrap();
    let batches = "key,programme,ordinal,mode,status,owner\n\
                   x,weaving,2,ONSITE,CLOSED,centre\n\
                   weaving-1,weaving,1,ONSITE,DRAFT,centre\n";
    let delegations = "key,batch,represents,country\n\
         x-kh,x,COUNTRY,KH\n\
         again,weaving-1,COUNTRY,KH\n\
         empty,weaving-2,INSTITUTION,\n";
    assert_snapshot!(
        register.problems(&[("batches", batches), ("delegations", delegations)]).await,
        @"
        batches.csv:2 ordinal: \"weaving-2\" is already run number 2 of \"weaving\"
        batches.csv:3 status: \"weaving-1\" is CLOSED and cannot become DRAFT: reopenBatch opens \
        it again
        delegations.csv:4 institution: a delegation that represents an institution needs the \
        institution
        "
    );
    let again = "key,batch,represents,country\n\
                 again,weaving-1,COUNTRY,KH\n\
                 weaving-1-kh,weaving-2,COUNTRY,KH\n";
    assert_snapshot!(register.problems(&[("delegations", again)]).await, @"
    delegations.csv:2 label: \"weaving-1-kh\" is already the delegation of the same country, \
    sender and label there, and is ATTENDED: voidRecord takes it back if it was entered in error
    delegations.csv:3 batch: \"weaving-1-kh\" is a delegation at \"weaving-1\" and stays there
    ");
    let workshops = "key,batch,position,kind,title,language,starts_on,ends_on,starts_at,time_zone,\
                     status\n\
                     a,weaving-1,1,TRAINING,A,en,2023-02-02,2023-02-01,,,SCHEDULED\n\
                     b,weaving-1,2,TRAINING,B,en,2023-02-02,,09:00,,SCHEDULED\n\
                     c,weaving-1,2,TRAINING,C,en,,,09:00,Asia/Yogyakarta,SCHEDULED\n";
    assert_snapshot!(register.problems(&[("workshops", workshops)]).await, @r#"
    workshops.csv:2 ends_on: the end, 2023-02-01, is before the start, 2023-02-02
    workshops.csv:3 time_zone: the time 09:00 needs a time zone such as Asia/Jakarta
    workshops.csv:4 time_zone: "Asia/Yogyakarta" is not an IANA time zone such as Asia/Jakarta
    "#);
    let plans = "key,delegation,status\na,weaving-2-kh,EXPECTED\nb,weaving-1-kh,EXPECTED\n";
    assert_snapshot!(
        register.problems(&[("action_plans", plans)]).await,
        @"action_plans.csv:2 delegation: no source says that \"weaving-2-kh\" ATTENDED, so it has \
          no plan"
    );
    let identifiers = "institution,scheme,value\nministry,ROR,1\ncentre,ROR,1\n";
    assert_snapshot!(
        register.problems(&[("institution_identifiers", identifiers)]).await,
        @"institution_identifiers.csv:3 value: ROR 1 already identifies \"ministry\", so it cannot \
          identify \"centre\""
    );
    let partnerships = "key,institution,group,programme,batch,role\n\
                        a,centre,asean,weaving,,HOST\n\
                        b,centre,,,,HOST\n\
                        c,centre,,weaving,weaving-1,HOST\n";
    assert_snapshot!(register.problems(&[("partnerships", partnerships)]).await, @"
    partnerships.csv:2 group: only one of institution and group may be given, not institution and \
    group
    partnerships.csv:3 programme: one of programme, batch and workshop is needed
    partnerships.csv:4 batch: only one of programme, batch and workshop may be given, not \
    programme and batch
    ");
    let tags = "key,programme,topic,vocabulary,code\n\
                a,weaving,,SDG,8.3\n\
                b,weaving,,SDG,8.33\n\
                c,weaving,,ISCED_F,214\n\
                d,weaving,,SDG,8.3\n\
                e,,,SDG,8.3\n";
    assert_snapshot!(register.problems(&[("tags", tags)]).await, @r#"
    tags.csv:3 code: "8.33" is not a code of SDG: perhaps 8.3
    tags.csv:4 code: "214" is not a code of ISCED_F: perhaps 0214
    tags.csv:5 code: "a" says already that it falls under SDG 8.3
    tags.csv:6 programme: one of programme and topic is needed
    "#);
    let venues = "key,kind,name,country,subdivision,latitude,longitude\n\
                  a,SITE,A,ID,TH-10,,\n\
                  b,SITE,B,ID,,95,100\n\
                  c,SITE,C,,,1,\n";
    assert_snapshot!(register.problems(&[("venues", venues)]).await, @r#"
    venues.csv:2 subdivision: "TH-10" lies in TH, not in ID, where the record stands
    venues.csv:3 latitude: 95 is not a latitude: it lies between -90 and 90 degrees
    venues.csv:4 longitude: the latitude 1 needs a longitude
    "#);
    let sources = "key,kind,title,language,url,archive_sha256\n\
                   a,REPORT,A,english,,\n\
                   b,REPORT,B,en,www.example.org,\n\
                   c,REPORT,C,en,,abc\n";
    assert_snapshot!(register.problems(&[("sources", sources)]).await, @r#"
    sources.csv:2 language: "english" is not a language tag such as en, id or zh-Hant
    sources.csv:3 url: "www.example.org" is not a web address that begins with http:// or https://
    sources.csv:4 archive_sha256: "abc" is not a SHA-256: 64 hexadecimal digits in lower case
    "#);
}

/// A workshop lies within its batch as far as the dates of that are known, and that is judged when
/// all is written.
#[tokio::test]
async fn a_workshop_lies_within_its_batch() {
    let register = TestRegister::small().await;
    let dates = "key,source,batch,property,date,rank\n\
                 begin,paper,weaving-1,STARTS_ON,2026-03-01,NORMAL\n\
                 end,paper,weaving-1,ENDS_ON,2026-03-20,NORMAL\n";
    register.load(&package(&[("claims", dates)])).await.unwrap();
    // What these claims come to, whoever reconciles them.
    let batch = batch::Entity::find()
        .filter(batch::Column::Key.eq("weaving-1"))
        .one(register.db.reading())
        .await;
    let dated = async |w: &mut Write| {
        let draft = batch::ActiveModel {
            starts_on: ActiveValue::Set("2026-03-01".parse().ok()),
            ends_on: ActiveValue::Set("2026-03-20".parse().ok()),
            ..rule::unset()
        };
        w.put::<batch::Entity>(batch.unwrap().as_ref(), draft).await?;
        w.record(Event::general(EventKind::BatchRescheduled));
        Ok(())
    };
    db::write(&register.db, &register.clock, Actor::Operator, dated).await.unwrap();
    let workshops = "key,batch,position,kind,title,language,starts_on,ends_on,status\n\
                     a,weaving-1,1,TRAINING,A,en,2026-03-01,2026-03-20,SCHEDULED\n\
                     b,weaving-1,2,TRAINING,B,en,2026-02-27,,SCHEDULED\n\
                     c,weaving-1,3,TRAINING,C,en,2026-03-19,2026-03-21,SCHEDULED\n";
    assert_snapshot!(register.problems(&[("workshops", workshops)]).await, @r"
    workshops.csv:3 starts_on: 2026-02-27 is before the batch, which starts on 2026-03-01
    workshops.csv:4 ends_on: 2026-03-21 is after the batch, which ends on 2026-03-20
    ");
}
