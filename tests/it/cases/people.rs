//! People, memberships and invitations: nothing is matched wrongly, and what changes is told from
//! what to what.

use entity::vocabulary::{GrantRole, ImportTable};
use entity::{delegation, engagement, membership, person};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::network::{comes_to, file};
use super::{apply, enter};
use crate::intents::{invite, mutation};
use crate::support::TestApp;

both_dbs!(
    people_are_known_on_as_many_batches_as_there_are,
    memberships_are_known_better_or_refused,
    what_changes_is_told_from_what_to_what,
    what_came_of_an_invitation_takes_its_place,
    many_memberships_and_people_are_written_like_few,
);

async fn people_are_known_on_as_many_batches_as_there_are(app: TestApp) {
    let officer = app.officer("bbspjikb").await;
    let table = ImportTable::Participants;
    enter(&app, &officer, ImportTable::Programmes, "key,title,modality\npt,People,BILATERAL\n")
        .await;
    for key in ["pt-a", "pt-b", "pt-c", "pt-d"] {
        let text = format!(
            "key,programme,title,language,status,starts_on,ends_on\n\
             {key},pt,{key},en,CLOSED,2020-03-02,2020-03-06\n"
        );
        enter(&app, &officer, ImportTable::Batches, &text).await;
        enter(
            &app,
            &officer,
            ImportTable::Delegations,
            &format!("batch,country\n{key},Spain\n{key},Portugal\n"),
        )
        .await;
    }
    let people = async || {
        let named = person::Entity::find().filter(person::Column::SortName.eq("peserta contoh"));
        named.count(app.app.db.reading()).await.expect("people")
    };
    // The same person in two rows of one file, for two batches.
    let file = String::from_utf8(super::read("participant-at-two-batches.csv")).expect("UTF-8");
    comes_to(&app, &officer, table, &file, &[(2, "NEW", &[]), (3, "NEW", &["line 2", "!Contoh"])])
        .await;
    assert_eq!(people().await, 1);
    // One person with two engagements.
    comes_to(&app, &officer, table, &file, &[(2, "UNCHANGED", &[]), (3, "UNCHANGED", &[])]).await;
    assert_eq!(people().await, 1);
    // For a third batch, and for another country; then with an institution, of which nothing was
    // known.
    comes_to(
        &app,
        &officer,
        table,
        "batch,name,country,institution\n\
         pt-c,peserta contoh,Spain,\n\
         pt-c,Peserta Contoh,Portugal,\n\
         pt-b,Peserta Contoh,Spain,iwapi\n",
        &[
            (2, "NEW", &["same person"]),
            (3, "NEW", &["another person", "!Contoh"]),
            (4, "CHANGED", &["from nothing to \"iwapi\""]),
        ],
    )
    .await;
    assert_eq!(people().await, 2);
    comes_to(
        &app,
        &officer,
        table,
        "batch,name,country,institution\n\
         pt-d,Peserta Contoh,Spain,bbspjikb\n\
         pt-b,Peserta Contoh,Spain,bbspjikb\n\
         pt-d,Peserta Contoh,Spain,iwapi\n",
        &[
            (2, "NEW", &["another person"]),
            (3, "AMBIGUOUS", &["institution", "bbspjikb", "by hand"]),
            (4, "AMBIGUOUS", &["line 2"]),
        ],
    )
    .await;
    assert_eq!(people().await, 3);
    let spanish = delegation::Entity::find().filter(delegation::Column::CountryCode.eq("ES"));
    let ids =
        spanish.all(app.app.db.reading()).await.expect("delegations").into_iter().map(|row| row.id);
    let engaged = engagement::Entity::find().filter(engagement::Column::DelegationId.is_in(ids));
    assert_eq!(engaged.count(app.app.db.reading()).await.expect("engagements"), 4);
}

async fn memberships_are_known_better_or_refused(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let table = ImportTable::Memberships;
    let input = "key: \"oex\", kind: ORGANISATION, nameEn: \"Organisation of Examples\"";
    let made =
        app.ask_as(&curator, &mutation("addRegionalGroup", input, "regionalGroup { key }")).await;
    assert_eq!(made.refusals("addRegionalGroup"), Vec::<String>::new());
    comes_to(
        &app,
        &curator,
        table,
        "group,country_code,valid_from,valid_to\n\
         oex,KH,,\n\
         oex,LA,1960-05-01,1970-12-31\n\
         oex,LA,1965,1980\n\
         oex,LA,1999,\n\
         oex,VN,1995,\n\
         oex,SS,2005-01-01,\n\
         oex,SS,2011,\n\
         oex,SUHH,1950,1995-01-01\n\
         oex,SUHH,1950,1991\n\
         oex,MM,1948-04-19,\n",
        &[
            (2, "NEW", &[]),
            (3, "NEW", &[]),
            (
                4,
                "REFUSED",
                &["from 1965-01-01 to 1980-12-31", "from 1960-05-01 to 1970-12-31", "line 3"],
            ),
            (5, "NEW", &[]),
            (6, "NEW", &[]),
            (7, "REFUSED", &["2005-01-01", "2011-07-09"]),
            (8, "NEW", &[]),
            (9, "REFUSED", &["1995-01-01", "1991-12-26"]),
            (10, "NEW", &[]),
            (11, "NEW", &[]),
        ],
    )
    .await;
    let better = "group,country_code,valid_from,valid_to\n\
         oex,KH,1999-04-30,2010-01-01\n\
         oex,KH,2015-01-01,\n\
         oex,LA,,\n\
         oex,LA,1999-07-23,\n\
         oex,LA,1969-01-01,\n\
         oex,VN,1995-07-28,\n\
         oex,VN,1995,\n";
    comes_to(
        &app,
        &curator,
        table,
        better,
        &[
            (2, "CHANGED", &["from nothing to 1999-04-30", "from nothing to 2010-01-01"]),
            (3, "NEW", &[]),
            (4, "AMBIGUOUS", &["from 1960-05-01 to 1970-12-31", "from 1999-01-01 until"]),
            (5, "CHANGED", &["from 1999-01-01 to 1999-07-23"]),
            (6, "REFUSED", &["1969-01-01", "from 1960-05-01 to 1970-12-31"]),
            (7, "CHANGED", &["from 1995-01-01 to 1995-07-28"]),
            (8, "AMBIGUOUS", &["line 7"]),
        ],
    )
    .await;
    comes_to(
        &app,
        &curator,
        table,
        "group,country_code,valid_from,valid_to\noex,KH,1999-04-30,\noex,VN,1995,\n\
         oex,LA,July 1999,\noex,KH,2015,2020\n",
        &[
            (2, "UNCHANGED", &[]),
            (3, "UNCHANGED", &[]),
            (4, "UNCHANGED", &[]),
            (5, "CHANGED", &["valid_to", "from nothing to 2020-12-31"]),
        ],
    )
    .await;
    let all = membership::Entity::find().filter(membership::Column::Key.starts_with("oex-"));
    assert_eq!(all.count(app.app.db.reading()).await.expect("memberships"), 8);
    // By hand it is refused in the same way.
    let group = app.id_of(&curator, "regionalGroup", "oex").await;
    let input =
        format!("groupId: {group:?}, country: \"SS\", kind: OBSERVER, validFrom: \"2000-01-01\"");
    let refused =
        app.ask_as(&curator, &mutation("addMembership", &input, "membership { key }")).await;
    let refused = refused.refusals("addMembership");
    assert!(
        refused[0].starts_with("OUT_OF_RANGE at validFrom: 2000-01-01 is before SS began"),
        "{refused:?}"
    );
}

async fn what_changes_is_told_from_what_to_what(app: TestApp) {
    let officer = app.officer("bbspjikb").await;
    enter(
        &app,
        &officer,
        ImportTable::Programmes,
        "key,title,language,modality\nch,Changes,en,BILATERAL\n",
    )
    .await;
    let text = "key,programme,title,language,status,starts_on,ends_on\n\
                ch-a,ch,A,en,CLOSED,2020-03-02,2020-03-06\n";
    enter(&app, &officer, ImportTable::Batches, text).await;
    comes_to(
        &app,
        &officer,
        ImportTable::Programmes,
        "key,judul,modalitas\nch,Great Changes,TRIANGULAR\n",
        &[(
            2,
            "CHANGED",
            &[
                "judul: ",
                "from \"Changes\" to \"Great Changes\"",
                "from \"BILATERAL\" to \"TRIANGULAR\"",
            ],
        )],
    )
    .await;
    let workshops = "key,batch,title,language,starts_on,venue\nch-w,ch-a,Opening,id,2020-03-02,\n";
    comes_to(&app, &officer, ImportTable::Workshops, workshops, &[(2, "NEW", &[])]).await;
    comes_to(
        &app,
        &officer,
        ImportTable::Workshops,
        "key,batch,title,starts_on,venue\nch-w,ch-a,Opening,2020-03-03,Nowhere Hall\n",
        &[(
            2,
            "CHANGED",
            &[
                "from 2020-03-02 to 2020-03-03",
                "venue: \"Nowhere Hall\" changes from nothing",
                "!\"id\"",
            ],
        )],
    )
    .await;
    let parties = "batch,country_code,status,headcount\nch-a,KH,invited,3\n";
    comes_to(&app, &officer, ImportTable::Delegations, parties, &[(2, "NEW", &[])]).await;
    comes_to(
        &app,
        &officer,
        ImportTable::Delegations,
        "batch,country_code,status,headcount\nch-a,KH,attended,4-5\n",
        &[(2, "CHANGED", &["from INVITED to ATTENDED", "from 3 to 4 to 5"])],
    )
    .await;
}

async fn what_came_of_an_invitation_takes_its_place(app: TestApp) {
    let officer = app.officer("bbspjikb").await;
    enter(
        &app,
        &officer,
        ImportTable::Programmes,
        "key,title,language,modality\nia,Invitations,en,BILATERAL\n",
    )
    .await;
    let text = "key,programme,title,language,status,starts_on,ends_on\n\
                ia-a,ia,A,en,CLOSED,2020-03-02,2020-03-06\n";
    enter(&app, &officer, ImportTable::Batches, text).await;
    let batch = app.id_of(&officer, "batch", "ia-a").await;
    let parties = invite(&app, &officer, &batch, &["TH", "VN"]).await;
    let file = String::from_utf8(super::read("invited-then-attended.csv")).expect("UTF-8");
    let expected: [(i64, &str, &[&str]); 1] =
        [(2, "CHANGED", &["from INVITED to ATTENDED", "planned"])];
    comes_to(&app, &officer, ImportTable::Delegations, &file, &expected).await;
    let shown = "{ batch(by: {key: \"ia-a\"}) { delegations { nodes { country { code } status \
                 findings { nodes { rule } } } } } }";
    let answer = app.ask_as(&officer, shown).await;
    assert_eq!(answer.text("/batch/delegations/nodes/0/status"), "ATTENDED");
    assert_eq!(answer.at("/batch/delegations/nodes/0/findings/nodes"), &serde_json::json!([]));
    // The owner's own word still counts: what others state takes nothing from it.
    let input = format!("delegationId: {:?}", parties[0]);
    let said =
        app.ask_as(&officer, &mutation("recordNoShow", &input, "delegation { status }")).await;
    assert_eq!(said.text("/recordNoShow/delegation/status"), "NO_SHOW");
    let input = format!("delegationId: {:?}, headcount: 4", parties[0]);
    let said = app
        .ask_as(
            &officer,
            &mutation("recordAttendance", &input, "delegation { status headcountMax }"),
        )
        .await;
    assert_eq!(said.refusals("recordAttendance"), Vec::<String>::new());
    assert_eq!(
        said.at("/recordAttendance/delegation"),
        &serde_json::json!({ "status": "ATTENDED", "headcountMax": 4 })
    );
}

/// A word like no other.
fn word(number: u64) -> String {
    let mut state = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut letter = || {
        state ^= state >> 29;
        state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        char::from(b'a' + u8::try_from((state >> 40) % 26).expect("a letter"))
    };
    (0..14).map(|_| letter()).collect()
}

async fn many_memberships_and_people_are_written_like_few(app: TestApp) {
    let officer = app.officer("bbspjikb").await;
    let curator = app.staff(GrantRole::Curator).await;
    let codes = app.ask("{ countries(first: 100) { nodes { code } } }").await;
    let codes: Vec<String> = codes
        .texts("/countries/nodes", "/code")
        .into_iter()
        .filter(|code| code.len() == 2)
        .map(str::to_owned)
        .collect();
    let mut text = "group,country_code,valid_from\n".to_owned();
    for number in 0..20 {
        let input =
            format!("key: \"many-{number}\", kind: ORGANISATION, nameEn: \"Many {number}\"");
        let made = app
            .ask_as(&curator, &mutation("addRegionalGroup", &input, "regionalGroup { key }"))
            .await;
        assert_eq!(made.refusals("addRegionalGroup"), Vec::<String>::new());
        text.extend(codes.iter().map(|code| format!("many-{number},{code},2020-01-01\n")));
    }
    let sent = |app: &TestApp| app.app.db.statements().count();
    let id = file(&app, &curator, ImportTable::Memberships, &text).await;
    let before = sent(&app);
    assert_eq!(apply(&app, &curator, &id).await, Vec::<String>::new());
    let (statements, rows) = (sent(&app) - before, 20 * codes.len());
    assert!(statements < 200, "{statements} statements for {rows} memberships");
    let all = membership::Entity::find().filter(membership::Column::Key.starts_with("many-"));
    assert_eq!(all.count(app.app.db.reading()).await.expect("memberships"), rows as u64);

    enter(
        &app,
        &officer,
        ImportTable::Programmes,
        "key,title,modality\nmp,Many people,BILATERAL\n",
    )
    .await;
    let mut text = "batch,name,country,institution\n".to_owned();
    for batch in ["mp-a", "mp-b"] {
        let head = "key,programme,title,language,status,starts_on,ends_on";
        let row = format!("{head}\n{batch},mp,{batch},en,CLOSED,2020-03-02,2020-03-06\n");
        enter(&app, &officer, ImportTable::Batches, &row).await;
        enter(&app, &officer, ImportTable::Delegations, &format!("batch,country\n{batch},Spain\n"))
            .await;
        text.extend(
            (0..900).map(|number| format!("{batch},Peserta {},Spain,iwapi\n", word(number))),
        );
    }
    let id = file(&app, &officer, ImportTable::Participants, &text).await;
    let before = sent(&app);
    assert_eq!(apply(&app, &officer, &id).await, Vec::<String>::new());
    let statements = sent(&app) - before;
    assert!(statements < 250, "{statements} statements for 1,800 participants");
    let named = person::Entity::find().filter(person::Column::SortName.starts_with("peserta "));
    assert_eq!(
        named.count(app.app.db.reading()).await.expect("people"),
        900,
        "each at two batches"
    );
}
