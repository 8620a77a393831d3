//! What rows are about: alike whether an earlier row of the file says it, or the register, and
//! whatever became of that row.

use entity::vocabulary::{GrantRole, ImportTable};
use entity::{batch, delegation, institution, person};
use jejaring::access::Actor;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::enter;
use super::network::comes_to;
use crate::intents::mutation;
use crate::support::TestApp;

both_dbs!(
    a_row_about_the_same_as_one_that_is_refused_is_left_out_with_it,
    institutions_of_one_name_are_told_apart_by_their_country_before_the_kind_of_name,
    an_institution_belongs_to_one_that_an_earlier_row_enters,
    an_institution_is_known_by_its_other_names,
    labels_are_compared_however_they_are_written,
    people_are_the_same_in_whichever_order_they_are_told,
    runs_whose_days_are_known_less_exactly_are_not_guessed,
    a_code_of_a_country_alone_is_claimed_as_a_place,
);

/// What must be told of rows.
type Told<'a> = &'a [(i64, &'a str, &'a [&'a str])];

/// An officer with a programme, and two batches of it with a delegation of Nepal each.
async fn officer(app: &TestApp) -> Actor {
    let officer = app.officer("bbspjikb").await;
    let programmes = "key,title,language,modality\nprog-a,Programme A,en,BILATERAL\n";
    enter(app, &officer, ImportTable::Programmes, programmes).await;
    let batches = "key,programme,title,language,starts_on,status\n\
                   b-0,prog-a,Run zero,en,2010-03-01,CLOSED\n\
                   b-1,prog-a,Run one,en,2011-03-01,CLOSED\n";
    enter(app, &officer, ImportTable::Batches, batches).await;
    enter(app, &officer, ImportTable::Delegations, "batch,country\nb-0,Nepal\nb-1,Nepal\n").await;
    officer
}

async fn a_row_about_the_same_as_one_that_is_refused_is_left_out_with_it(app: TestApp) {
    let (officer, curator) = (officer(&app).await, app.staff(GrantRole::Curator).await);
    let behind = &["line 2", "refused", "mend"][..];
    // By its key, and by what it is known by without one.
    comes_to(
        &app,
        &officer,
        ImportTable::Batches,
        "key,programme,number,title,dates,capacity\n\
         x-1,prog-a,,A,99,\n\
         x-1,prog-a,,A,4 March 2024,\n\
         x-2,prog-a,,A,4 March 2025,\n\
         ,prog-a,7,,4 March 2026,many\n\
         ,prog-a,VII,,5 March 2026,\n\
         ,prog-a,,B,4 March 2027,many\n\
         ,prog-a,,b,4 March 2027,\n\
         ,prog-a,,B,5 March 2027,\n",
        &[
            (2, "REFUSED", &["dates", "99"]),
            (3, "REFUSED", behind),
            (4, "NEW", &[]),
            (5, "REFUSED", &["capacity"]),
            (6, "REFUSED", &["line 5", "refused"]),
            (7, "REFUSED", &["capacity"]),
            (8, "REFUSED", &["line 7", "refused"]),
            (9, "NEW", &[]),
        ],
    )
    .await;
    let known =
        batch::Entity::find().filter(batch::Column::Key.eq("x-1")).count(app.app.db.reading());
    assert_eq!(known.await.expect("batches"), 0);
    comes_to(
        &app,
        &officer,
        ImportTable::Delegations,
        "batch,country,label,headcount\n\
         b-0,Fiji,Tim A,abc\nb-0,Fiji,tim a,3\nb-0,Fiji,Tim B,3\nb-1,Fiji,Tim A,3\n",
        &[
            (2, "REFUSED", &["headcount"]),
            (3, "AMBIGUOUS", &["line 2"]),
            (4, "NEW", &[]),
            (5, "NEW", &[]),
        ],
    )
    .await;
    comes_to(
        &app,
        &officer,
        ImportTable::Participants,
        "batch,name,country,institution\n\
         b-0,Ram,Nepal,Nobody Knows This One\nb-0,RAM,Nepal,\nb-0,Sita,Nepal,\n",
        &[(2, "REFUSED", &["institution"]), (3, "REFUSED", behind), (4, "NEW", &[])],
    )
    .await;
    comes_to(
        &app,
        &officer,
        ImportTable::Workshops,
        "key,batch,title,kind\n\
         ,b-0,Dyeing,nothing of this\n,b-0,dyeing,\n,b-1,Dyeing,\n\
         w-1,b-0,Waxing,nothing of this\nw-2,b-0,Waxing,\n",
        &[
            (2, "REFUSED", &["kind"]),
            (3, "REFUSED", behind),
            (4, "NEW", &[]),
            (5, "REFUSED", &["kind"]),
            (6, "NEW", &[]),
        ],
    )
    .await;
    comes_to(
        &app,
        &officer,
        ImportTable::Programmes,
        "key,title,modality\n,Weaving,nothing of this\n,weaving,BILATERAL\np-1,Carving,BILATERAL\n",
        &[(2, "REFUSED", &["modality"]), (3, "REFUSED", behind), (4, "NEW", &[])],
    )
    .await;
    comes_to(
        &app,
        &curator,
        ImportTable::Institutions,
        "key,name,country,kind\n\
         ,House of Ikat,Laos,nothing of this\n,House of ikat,Laos,ACADEMIC\n\
         ,House of Ikat,Fiji,ACADEMIC\n\
         i-1,House of Silver,Laos,nothing of this\ni-1,House of Gold,Laos,ACADEMIC\n",
        &[
            (2, "REFUSED", &["kind"]),
            (3, "REFUSED", behind),
            (4, "NEW", &[]),
            (5, "REFUSED", &["kind"]),
            (6, "REFUSED", &["line 5", "refused"]),
        ],
    )
    .await;
    let group = "key: \"oex\", kind: ORGANISATION, nameEn: \"Organisation of Examples\"";
    let made =
        app.ask_as(&curator, &mutation("addRegionalGroup", group, "regionalGroup { key }")).await;
    assert_eq!(made.refusals("addRegionalGroup"), Vec::<String>::new());
    comes_to(
        &app,
        &curator,
        ImportTable::Memberships,
        "group,country_code,kind,valid_from\n\
         oex,NP,OBSERVER,99\noex,NP,OBSERVER,1990\noex,NP,FULL,1990\noex,FJ,OBSERVER,1990\n",
        &[
            (2, "REFUSED", &["valid_from"]),
            (3, "REFUSED", behind),
            (4, "NEW", &[]),
            (5, "NEW", &[]),
        ],
    )
    .await;
}

async fn institutions_of_one_name_are_told_apart_by_their_country_before_the_kind_of_name(
    app: TestApp,
) {
    let curator = app.staff(GrantRole::Curator).await;
    let table = ImportTable::Institutions;
    // A name that another one has does not hide the acronym of the one in its country.
    let text = "name,country\nBBKB,Indonesia\nBBKB,Malaysia\n";
    comes_to(&app, &curator, table, text, &[(2, "UNCHANGED", &[]), (3, "NEW", &["bbspjikb"])])
        .await;
    comes_to(&app, &curator, table, text, &[(2, "UNCHANGED", &[]), (3, "UNCHANGED", &[])]).await;
    // The same is told the first time and the second.
    let text = "name,country\nMinistry of Industry,Malaysia\nMinistry of Industry,\n";
    let several = &["several institutions", "kemenperin"][..];
    comes_to(
        &app,
        &curator,
        table,
        text,
        &[(2, "NEW", &["kemenperin"]), (3, "AMBIGUOUS", several)],
    )
    .await;
    comes_to(&app, &curator, table, text, &[(2, "UNCHANGED", &[]), (3, "AMBIGUOUS", several)])
        .await;
    // So, too, where the row that does not tell them apart comes first.
    let text =
        "name,country\nMinistry of State Secretariat,\nMinistry of State Secretariat,Malaysia\n";
    let told: Told = &[(2, "UNCHANGED", &[]), (3, "AMBIGUOUS", &["line 2"])];
    comes_to(&app, &curator, table, text, told).await;
    comes_to(&app, &curator, table, text, told).await;
}

async fn an_institution_belongs_to_one_that_an_earlier_row_enters(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let table = ImportTable::Institutions;
    let text = "key,name,country,parent\n\
                ,Loom Directorate,Laos,Loom Ministry\n\
                ,Loom Ministry,Laos,\n\
                ,Loom Office,Laos,Loom Ministry\n\
                l-1,Loom Agency,Laos,\n\
                ,Loom Branch,Laos,l-1\n";
    let first: Told = &[
        (2, "REFUSED", &["parent", "line 3", "first"]),
        (3, "NEW", &[]),
        (4, "NEW", &["line 3"]),
        (5, "NEW", &[]),
        (6, "NEW", &["line 5"]),
    ];
    comes_to(&app, &curator, table, text, first).await;
    let again: Told = &[
        (2, "NEW", &[]),
        (3, "UNCHANGED", &[]),
        (4, "UNCHANGED", &[]),
        (5, "UNCHANGED", &[]),
        (6, "UNCHANGED", &[]),
    ];
    comes_to(&app, &curator, table, text, again).await;
    let named = async |name: &str| {
        let found = institution::Entity::find().filter(institution::Column::SortName.eq(name));
        found.one(app.app.db.reading()).await.expect("institutions").expect("it is there")
    };
    let ministry = named("loom ministry").await.id;
    for name in ["loom directorate", "loom office"] {
        assert_eq!(named(name).await.parent_id, Some(ministry), "{name}");
    }
    assert_eq!(named("loom branch").await.parent_id, Some(named("loom agency").await.id));
    // What is left out has nobody below it.
    let text = "name,country,website,parent\nReed Ministry,Laos,no site,\n\
                Reed Office,Laos,,Reed Ministry\n";
    comes_to(
        &app,
        &curator,
        table,
        text,
        &[(2, "REFUSED", &["website"]), (3, "REFUSED", &["parent"])],
    )
    .await;
}

async fn an_institution_is_known_by_its_other_names(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    comes_to(
        &app,
        &curator,
        ImportTable::Institutions,
        "name,name_en,acronym,country\n\
         Departemen Urusan Pabrik,Ministry of Industry,,Indonesia\n\
         Jabatan Urusan Kilang,Ministry of Industry,,Malaysia\n\
         Rumah Kerajinan Lama,,BBKB,Indonesia\n\
         Rumah Kerajinan Baru,,BBKB,Malaysia\n\
         Sanggar Tenun Timur,House of Eastern Weaving,,Indonesia\n\
         House of Eastern Weaving,,,Indonesia\n",
        &[
            (2, "AMBIGUOUS", &["name_en", "kemenperin"]),
            (3, "NEW", &[]),
            (4, "AMBIGUOUS", &["acronym", "bbspjikb"]),
            (5, "NEW", &[]),
            (6, "NEW", &[]),
            (7, "AMBIGUOUS", &["line 6"]),
        ],
    )
    .await;
}

async fn labels_are_compared_however_they_are_written(app: TestApp) {
    let officer = officer(&app).await;
    let table = ImportTable::Delegations;
    let text =
        "batch,country,label,headcount\nb-0,Fiji,Tim A,3\nb-0,Fiji,tim a,3\nb-0,Fiji,Tim B,2\n";
    comes_to(
        &app,
        &officer,
        table,
        text,
        &[(2, "NEW", &[]), (3, "AMBIGUOUS", &["line 2"]), (4, "NEW", &[])],
    )
    .await;
    let text = "batch,country,label,headcount\nb-0,Fiji,TIM  A,3\n";
    comes_to(&app, &officer, table, text, &[(2, "UNCHANGED", &[])]).await;
    let of_fiji = delegation::Entity::find().filter(delegation::Column::CountryCode.eq("FJ"));
    let rows = of_fiji.all(app.app.db.reading()).await.expect("delegations");
    let mut labels: Vec<_> = rows.into_iter().filter_map(|row| row.label).collect();
    labels.sort();
    assert_eq!(labels, ["Tim A", "Tim B"]);
    let text =
        "batch,name,country,label\nb-0,Peserta Satu,Fiji,tim b\nb-0,Peserta Dua,Fiji,tim c\n";
    comes_to(
        &app,
        &officer,
        ImportTable::Participants,
        text,
        &[(2, "NEW", &[]), (3, "REFUSED", &[])],
    )
    .await;
}

async fn people_are_the_same_in_whichever_order_they_are_told(app: TestApp) {
    let officer = officer(&app).await;
    let people = async |name: &str| {
        let named = person::Entity::find().filter(person::Column::SortName.eq(name));
        named.count(app.app.db.reading()).await.expect("people")
    };
    for (name, rows) in [
        ("ram", ["b-0,Ram,Nepal,BBKB", "b-1,Ram,Nepal,"]),
        ("sita", ["b-1,Sita,Nepal,", "b-0,Sita,Nepal,BBKB"]),
    ] {
        let text = format!("batch,name,country,institution\n{}\n", rows.join("\n"));
        let told: Told =
            &[(2, "NEW", &["!another person"]), (3, "NEW", &["line 2", "same person"])];
        comes_to(&app, &officer, ImportTable::Participants, &text, told).await;
        assert_eq!(people(name).await, 1, "{name}");
    }
}

async fn runs_whose_days_are_known_less_exactly_are_not_guessed(app: TestApp) {
    let officer = officer(&app).await;
    let table = ImportTable::Batches;
    // Within a file, in both orders.
    let text = "key,programme,title,dates\n\
                ,prog-a,Silver,November 2023\n\
                ,prog-a,Silver,20 November 2023\n\
                ,prog-a,Silver,20 October 2023\n\
                ,prog-a,Gold,20 November 2023\n\
                ,prog-a,Gold,2023\n\
                g-1,prog-a,Gold,November 2023\n\
                g-2,prog-a,Pearl,20 November 2023\n\
                ,prog-a,Pearl,November 2023\n";
    let told: Told = &[
        (2, "NEW", &[]),
        (3, "AMBIGUOUS", &["title", "line 2", "begins on", "give the key"]),
        (4, "NEW", &[]),
        (5, "NEW", &[]),
        (6, "AMBIGUOUS", &["line 5", "2023-11-20"]),
        (7, "AMBIGUOUS", &["key", "line 5"]),
        (8, "NEW", &[]),
        (9, "AMBIGUOUS", &["line 8", "2023-11-20"]),
    ];
    comes_to(&app, &officer, table, text, told).await;
    // Against the register; what is the very same is known.
    let text = "key,programme,title,dates\n\
                ,prog-a,Silver,November 2023\n\
                ,prog-a,Silver,21 November 2023\n\
                ,prog-a,Pearl,2023\n\
                ,prog-a,Pearl,20 November 2023\n\
                g-3,prog-a,Pearl,2023\n";
    let told: Told = &[
        (2, "UNCHANGED", &[]),
        (3, "AMBIGUOUS", &["begins on", "give the key"]),
        (4, "AMBIGUOUS", &["\"g-2\"", "begins on 2023-11-20"]),
        (5, "UNCHANGED", &[]),
        (6, "NEW", &[]),
    ];
    comes_to(&app, &officer, table, text, told).await;
}

async fn a_code_of_a_country_alone_is_claimed_as_a_place(app: TestApp) {
    let officer = officer(&app).await;
    let table = ImportTable::Batches;
    let text = "key,programme,title,country_code\nc-1,prog-a,T,id\n";
    comes_to(
        &app,
        &officer,
        table,
        text,
        &[(2, "NEW", &["country_code", "\"ID\" is claimed as the place"])],
    )
    .await;
    comes_to(&app, &officer, table, text, &[(2, "UNCHANGED", &[])]).await;
}
