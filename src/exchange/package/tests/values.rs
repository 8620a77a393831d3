//! Values that cannot be, and how they are told.

use insta::assert_snapshot;

use super::*;

/// Each class of bad value, with the line, the column and the value that are to be mended.
#[tokio::test]
async fn a_bad_value_is_told_with_its_place() {
    let register = TestRegister::small().await;
    assert_snapshot!(
        register.problems(&[("sources", "key,kind,title,language,published_on\r\n\
                                         a,REPORT,A,en,2023-02-28\r\n\
                                         \r\n\
                                         b,REPORT,B,en,2023-02-30\r\n\
                                         c,REPORT,C,en,1799-12-31\r\n\
                                         d,REPORT,D,en,1800-01-01\r\n")]).await,
        @"
        sources.csv:4 published_on: \"2023-02-30\" is not a date (YYYY-MM-DD)
        sources.csv:5 published_on: \"1799-12-31\" lies outside the years 1800 to 2200, in which \
        all dates of the register lie
        "
    );
    assert_snapshot!(
        register.problems(&[("institutions", "key,kind,country\n\
                                              a,ACADEMIC,ID\n\
                                              b,ACADEMIC,XX\n")]).await,
        @r#"institutions.csv:3 country: "XX" is no country of this package or of the register"#
    );
    assert_snapshot!(
        register.problems(&[("people", "key,name\nok,Someone\n,Nobody\n")]).await,
        @"people.csv:3 key: the cell is empty, and must not be"
    );
    assert_snapshot!(
        register.problems(&[("topics", "key,label_en,label_id\na,A,A\nb,B,B\na,C,C\n")]).await,
        @r#"topics.csv:4 key: "a" stands in line 2 already"#
    );
    assert_snapshot!(
        register.problems(&[("topics", "key,label_en,label_id\nA topic,A,A\n")]).await,
        @"topics.csv:2 key: \"A topic\" is not a key: only a-z, 0-9 and hyphens, at most 120 of \
          them"
    );
    assert_snapshot!(
        register.problems(&[("batches", "key,programme,mode,status,owner\n\
                                         x,weaving,ONSITE,OVER,centre\n")]).await,
        @"batches.csv:2 status: \"OVER\" is not a BatchStatus: it is one of DRAFT, ANNOUNCED, \
          CONFIRMED, POSTPONED, CANCELLED, CLOSED"
    );
    assert_snapshot!(
        register.problems(&[("batches", "key,programme,mode,status,owner\n\
                                         x,wovering,ONSITE,CLOSED,centre\n")]).await,
        @r#"batches.csv:2 programme: "wovering" is no programme of this package or of the register"#
    );
    assert_snapshot!(
        register.problems(&[("batches", "key,programme,mode,status,owner,ordinal,capacity\n\
                                         x,weaving,ONSITE,CLOSED,centre,22x,99999999999\n")]).await,
        @r#"
        batches.csv:2 ordinal: "22x" is not a whole number
        batches.csv:2 capacity: "99999999999" is not between -2147483648 and 2147483647
        "#
    );
    assert_snapshot!(
        register.problems(&[("citations", "source,record_kind,record\n\
                                           paper,BATCH,weaving-9\n\
                                           paper,BATCH,weaving-1\n\
                                           paper,BATCH,weaving-1\n")]).await,
        @r#"
        citations.csv:4 record: the same source and record stand in line 3 already
        citations.csv:2 record: "weaving-9" is no batch of this package or of the register
        "#
    );
    assert_snapshot!(
        register.problems(&[("programme_topics", "programme,topic\n\
                                                  weaving,batik\n\
                                                  weaving,batik\n")]).await,
        @"programme_topics.csv:3: the same row stands in line 2 already"
    );
}

/// Names of people, and the keys made of them, are told to nobody, not even to say what is wrong
/// with them.
#[tokio::test]
async fn personal_data_are_not_repeated() {
    let register = TestRegister::small().await;
    let engagements = "key,person,batch,role\nBad Sari,sari,weaving-1,SPEAKER\n";
    assert_snapshot!(
        register
            .problems(&[("people", "key,name\nSari D,Sari\n"), ("engagements", engagements)])
            .await,
        @"
        people.csv:2 key: what stands there is not a key: only a-z, 0-9 and hyphens, at most 120 \
        of them
        engagements.csv:2 key: what stands there is not a key: only a-z, 0-9 and hyphens, at most \
        120 of them
        engagements.csv:2 person: what stands there is no person of this package or of the register
        "
    );
    assert_snapshot!(
        register.problems(&[("citations", "source,record_kind,record\n\
                                           paper,PERSON,nobody-known\n")]).await,
        @"citations.csv:2 record: what stands there is no person of this package or of the register"
    );
}

/// A circle of parents is told once, with all who stand in it.
#[tokio::test]
async fn a_circle_of_parents_is_told_once() {
    let register = TestRegister::small().await;
    let topics = "key,parent,label_en,label_id\nz,a,Z,Z\na,b,A,A\nb,c,B,B\nc,a,C,C\nd,d,D,D\n";
    assert_snapshot!(register.problems(&[("topics", topics)]).await, @r#"
    topics.csv:3 parent: "a" is above itself: a → b → c → a
    topics.csv:6 parent: "d" is above itself: d → d
    "#);
}

/// Of many problems the first are told, and the others counted.
#[tokio::test]
async fn of_many_problems_the_first_are_told() {
    let register = TestRegister::small().await;
    let rows: String = (0..1000).map(|row| format!("t{row},,A\n")).collect();
    let told = register.problems(&[("topics", &format!("key,label_en,label_id\n{rows}"))]).await;
    assert_eq!(told.lines().count(), LISTED + 1);
    assert!(told.ends_with("… and 900 more"));
}
