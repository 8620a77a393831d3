//! Institutions, groups, programmes and keys: nothing is matched wrongly.

use entity::institution;
use entity::vocabulary::{GrantRole, ImportTable};
use jejaring::access::Actor;
use jejaring::exchange::import::{Upload, receive};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::After::Delegations;
use super::Preview::Rows;
use super::{CASE, Case, apply, enter, rows, upload};
use crate::intents::mutation;
use crate::support::TestApp;

both_dbs!(
    institutions_are_known_by_name_kind_country_and_place,
    an_exact_key_beats_acronyms_and_names,
    a_key_is_one_records,
    a_union_is_no_country,
);

const INSTITUTIONS: Case = Case { table: ImportTable::Institutions, ..CASE };
const DELEGATIONS: Case = Case { table: ImportTable::Delegations, ..CASE };

pub const CASES: &[Case] = &[
    Case {
        file: "institution-newcastle-2.csv",
        before: &["institution-newcastle-1.csv"],
        preview: Rows(&[(2, "NEW", &["name", "country AU there and GB here"])]),
        ..INSTITUTIONS
    },
    Case {
        file: "institution-newcastle-2.csv",
        preview: Rows(&[(2, "UNCHANGED", &[])]),
        ..INSTITUTIONS
    },
    Case {
        file: "institution-newcastle-1.csv",
        preview: Rows(&[(2, "UNCHANGED", &[])]),
        ..INSTITUTIONS
    },
    Case {
        file: "delegation-key-twice.csv",
        batches: &[("kt-a", 2020)],
        preview: Rows(&[(2, "NEW", &[]), (3, "REFUSED", &["key", "kt-one", "line 2"])]),
        after: &[Delegations("kt-a", "JP null null")],
        ..DELEGATIONS
    },
    Case {
        file: "delegation-label-501-characters.csv",
        batches: &[("lb-a", 2020)],
        preview: Rows(&[(2, "REFUSED", &["label", "500", "501"]), (3, "NEW", &[])]),
        after: &[Delegations("lb-a", "MY null null")],
        ..DELEGATIONS
    },
];

/// Hands in a file that says this; the id of the import.
pub async fn file(app: &TestApp, actor: &Actor, table: ImportTable, text: &str) -> String {
    let upload = Upload { table, ..upload(&CASE, "file.csv") };
    let bytes = std::io::Cursor::new(text.as_bytes().to_vec());
    let received = Box::pin(receive(&app.app.db, &app.app.clock, actor, upload, bytes, |_, _| ()));
    let row = received.await.expect("it is read");
    app.id_of(actor, "import", &row.key).await
}

/// Hands in a file, compares what is told of its rows, and applies it without those that are
/// refused.
pub async fn comes_to(
    app: &TestApp,
    actor: &Actor,
    table: ImportTable,
    text: &str,
    expected: &[(i64, &str, &[&str])],
) {
    let id = file(app, actor, table, text).await;
    let wrong = rows(app, actor, &id, expected).await;
    assert!(wrong.is_empty(), "{text}\n{}", wrong.join("\n"));
    assert_eq!(apply(app, actor, &id).await, Vec::<String>::new(), "{text}");
    let wrong = rows(app, actor, &id, expected).await;
    assert!(wrong.is_empty(), "applied: {text}\n{}", wrong.join("\n"));
}

/// The countries of the institutions that are sorted by this name.
async fn countries_of(app: &TestApp, name: &str) -> Vec<String> {
    let named = institution::Entity::find().filter(institution::Column::SortName.eq(name));
    let rows = named.all(app.app.db.reading()).await.expect("institutions");
    let mut codes: Vec<String> =
        rows.into_iter().filter_map(|row| row.country_code).map(|code| code.0).collect();
    codes.sort();
    codes
}

async fn institutions_are_known_by_name_kind_country_and_place(app: TestApp) {
    let curator = app.staff(GrantRole::Curator).await;
    let table = ImportTable::Institutions;
    comes_to(
        &app,
        &curator,
        table,
        "name,kind,country_code,city\n\
         Institute of Weaving,ACADEMIC,KH,\n\
         Institute of weaving,ACADEMIC,LA,\n\
         Institute of Weaving,ACADEMIC,KH,Siem Reap\n\
         Office of Crafts,LOCAL_GOVERNMENT,ID,Bandung\n\
         Office of Crafts,LOCAL_GOVERNMENT,ID,Semarang\n",
        &[
            (2, "NEW", &[]),
            (3, "NEW", &["country KH there and LA here"]),
            (4, "AMBIGUOUS", &["line 2"]),
            (5, "NEW", &[]),
            (6, "NEW", &["city Bandung there and Semarang here"]),
        ],
    )
    .await;
    assert_eq!(countries_of(&app, "institute of weaving").await, ["KH", "LA"]);
    comes_to(
        &app,
        &curator,
        table,
        "name,kind,country_code,city\n\
         Institute of Weaving,,,\n\
         Institute of Weaving,,LA,Vientiane\n\
         Institute of Weaving,,VN,\n\
         Institute of Weaving,PRIVATE_SECTOR,KH,\n\
         Office of Crafts,,ID,bandung\n",
        &[
            (2, "AMBIGUOUS", &["(KH, ACADEMIC)", "(LA, ACADEMIC)"]),
            (3, "CHANGED", &["city", "from nothing to \"Vientiane\""]),
            (4, "NEW", &["country KH there and VN here", "country LA there and VN here"]),
            (5, "AMBIGUOUS", &["kind ACADEMIC there and PRIVATE_SECTOR here"]),
            (6, "CHANGED", &["from \"Bandung\" to \"bandung\""]),
        ],
    )
    .await;
    // What an earlier row makes of a record counts for those behind it.
    comes_to(&app, &curator, table, "name,country_code\nHouse of Lace,\n", &[(2, "NEW", &[])])
        .await;
    comes_to(
        &app,
        &curator,
        table,
        "name,country_code\nHouse of Lace,NL\nHouse of Lace,BE\n",
        &[
            (2, "CHANGED", &["from nothing to \"NL\""]),
            (3, "NEW", &["country NL there and BE here"]),
        ],
    )
    .await;
    assert_eq!(countries_of(&app, "house of lace").await, ["BE", "NL"]);
    // A key that the register does not have is no reason to take another record.
    let named = "key,name,country_code\nlace-be,House of Lace,BE\nlace-fr,House of Lace,FR\n";
    comes_to(
        &app,
        &curator,
        table,
        named,
        &[(2, "AMBIGUOUS", &["key", "lace-be"]), (3, "NEW", &["country BE there and FR here"])],
    )
    .await;
}

async fn an_exact_key_beats_acronyms_and_names(app: TestApp) {
    let officer = app.officer("bbspjikb").await;
    let curator = app.staff(GrantRole::Curator).await;
    for (key, name, acronym) in [
        ("oex", "Organisation of Examples", "OEX"),
        ("other", "League of Others", "oex"),
        ("lox", "OEX League", "OTHER"),
    ] {
        let input =
            format!("key: {key:?}, kind: ORGANISATION, nameEn: {name:?}, acronym: {acronym:?}");
        let made = app
            .ask_as(&curator, &mutation("addRegionalGroup", &input, "regionalGroup { key }"))
            .await;
        assert_eq!(made.refusals("addRegionalGroup"), Vec::<String>::new());
    }
    comes_to(
        &app,
        &curator,
        ImportTable::Memberships,
        "group,country_code,valid_from\n\
         oex,KH,2001-01-01\nOEX,LA,2001-01-01\nother,VN,2001-01-01\nOTHER,TH,2001-01-01\n\
         oex league,MM,2001-01-01\n",
        &[
            (2, "NEW", &[]),
            (3, "AMBIGUOUS", &["oex", "other"]),
            (4, "NEW", &[]),
            (5, "AMBIGUOUS", &["lox", "other"]),
            (6, "NEW", &[]),
        ],
    )
    .await;
    let group =
        "{ regionalGroup(by: {key: \"oex\"}) { memberships { nodes { country { code } } } } }";
    assert_eq!(
        app.ask(group).await.texts("/regionalGroup/memberships/nodes", "/country/code"),
        ["KH"]
    );
    // Programmes alike: a key that is the title of another, and an acronym of two.
    comes_to(
        &app,
        &officer,
        ImportTable::Programmes,
        "key,title,language,acronym,modality\n\
         dye,Natural Dyes,en,ND,BILATERAL\nnatural,DYE,en,nd,BILATERAL\nnd-3,Third,en,,BILATERAL\n",
        &[(2, "NEW", &[]), (3, "NEW", &[]), (4, "NEW", &[])],
    )
    .await;
    comes_to(
        &app,
        &officer,
        ImportTable::Batches,
        "key,programme,title,language\nx-1,dye,A,en\nx-2,DYE,B,en\nx-3,ND,C,en\nx-4,Third,D,en\n",
        &[(2, "NEW", &[]), (3, "NEW", &[]), (4, "AMBIGUOUS", &["dye", "natural"]), (5, "NEW", &[])],
    )
    .await;
    for (batch, programme) in [("x-1", "dye"), ("x-2", "natural"), ("x-4", "nd-3")] {
        let answer = app
            .ask_as(
                &officer,
                &format!("{{ batch(by: {{key: {batch:?}}}) {{ programme {{ key }} }} }}"),
            )
            .await;
        assert_eq!(answer.text("/batch/programme/key"), programme);
    }
    // What stands beside the key of a batch does not contradict it in silence.
    comes_to(
        &app,
        &officer,
        ImportTable::Delegations,
        "batch,programme,number,country_code\nx-1,dye,,KH\nx-1,natural,,LA\nx-1,nowhere,,VN\n",
        &[(2, "NEW", &[]), (3, "REFUSED", &["programme", "natural"]), (4, "NEW", &["nowhere"])],
    )
    .await;
    // Institutions: the key, then names, then acronyms.
    comes_to(
        &app,
        &curator,
        ImportTable::Institutions,
        "key,name,acronym,country_code\nwool,Centre for Wool,CW,ID\ncw,Wool,WOOL,MY\n\
         cx,Centre of Waste,CW,TH\n",
        &[(2, "NEW", &[]), (3, "NEW", &[]), (4, "NEW", &[])],
    )
    .await;
    comes_to(
        &app,
        &officer,
        ImportTable::Delegations,
        "batch,institution\nx-2,wool\nx-2,WOOL\nx-2,CW\nx-2,cw\n",
        &[
            (2, "NEW", &[]),
            (3, "NEW", &[]),
            (4, "AMBIGUOUS", &["wool", "cx"]),
            (5, "AMBIGUOUS", &["line 3"]),
        ],
    )
    .await;
}

async fn a_key_is_one_records(app: TestApp) {
    let officer = app.officer("bbspjikb").await;
    let curator = app.staff(GrantRole::Curator).await;
    for (table, actor, head, one, other) in [
        (
            ImportTable::Programmes,
            &officer,
            "key,title,modality",
            "First,BILATERAL",
            "Second,BILATERAL",
        ),
        (
            ImportTable::Institutions,
            &curator,
            "key,name,country_code",
            "First Body,KH",
            "Second Body,LA",
        ),
    ] {
        let text = format!("{head}\nk-1,{one}\nK_1,{other}\nk-2,{other}\n");
        let expected: [(i64, &str, &[&str]); 3] =
            [(2, "NEW", &[]), (3, "REFUSED", &["K_1", "line 2"]), (4, "NEW", &[])];
        comes_to(&app, actor, table, &text, &expected).await;
    }
    for key in ["kr-a", "kr-b"] {
        let text = format!(
            "key,programme,title,language,status,starts_on,ends_on\n\
             {key},k-1,{key},en,CLOSED,2020-03-02,2020-03-06\n"
        );
        enter(&app, &officer, ImportTable::Batches, &text).await;
    }
    let head = "key,batch,title\n";
    comes_to(
        &app,
        &officer,
        ImportTable::Workshops,
        &format!("{head}w-1,kr-a,Opening\nw-1,kr-b,Opening\n"),
        &[(2, "NEW", &[]), (3, "REFUSED", &["key", "w-1", "line 2"])],
    )
    .await;
    // A key that is taken at another batch, and a title that is a key.
    comes_to(
        &app,
        &officer,
        ImportTable::Workshops,
        &format!("{head}w-1,kr-b,Opening\n,kr-a,w-1\nw-2,kr-a,Opening\n"),
        &[(2, "REFUSED", &["key", "w-1", "another record"]), (3, "NEW", &[]), (4, "NEW", &["w-1"])],
    )
    .await;
    comes_to(
        &app,
        &officer,
        ImportTable::Delegations,
        "key,batch,country_code\nd-1,kr-a,KH\n",
        &[(2, "NEW", &[])],
    )
    .await;
    comes_to(
        &app,
        &officer,
        ImportTable::Delegations,
        "key,batch,country_code\nd-1,kr-a,KH\nd-1,kr-b,KH\nd-2,kr-a,KH\n",
        &[
            (2, "UNCHANGED", &[]),
            (3, "REFUSED", &["key", "d-1", "line 2"]),
            (4, "REFUSED|AMBIGUOUS", &["key", "d-2", "d-1"]),
        ],
    )
    .await;
    // Nobody is told of a record that is not seen, but that its key is taken.
    let stranger = app.officer("iwapi").await;
    let draft = "key,programme,title,language\nkr-hidden,k-1,Hidden,en\n";
    enter(&app, &officer, ImportTable::Batches, draft).await;
    enter(
        &app,
        &officer,
        ImportTable::Delegations,
        "key,batch,country_code\nd-hidden,kr-hidden,KH\n",
    )
    .await;
    enter(&app, &stranger, ImportTable::Programmes, "key,title,modality\nk-iwapi,Ours,BILATERAL\n")
        .await;
    enter(
        &app,
        &stranger,
        ImportTable::Batches,
        "key,programme,title,language,status,starts_on,ends_on\n\
         kr-ours,k-iwapi,Ours,en,CLOSED,2020-03-02,2020-03-06\n",
    )
    .await;
    comes_to(
        &app,
        &stranger,
        ImportTable::Delegations,
        "key,batch,country_code\nd-hidden,kr-ours,KH\n",
        &[(2, "REFUSED", &["key", "d-hidden", "!kr-hidden"])],
    )
    .await;
}

/// What stands for a union is not taken for the country that another language abbreviates so.
async fn a_union_is_no_country(app: TestApp) {
    let officer = crate::intents::owner(&app).await;
    let text = "batch,country\njewellery-2023,EU\njewellery-2023,E.U.\njewellery-2023,Uni Eropa\n\
                jewellery-2023,Fiji\n";
    let expected: &[(i64, &str, &[&str])] = &[
        (2, "AMBIGUOUS", &["union"]),
        (3, "AMBIGUOUS", &["union"]),
        (4, "REFUSED", &["union"]),
        (5, "NEW", &[]),
    ];
    comes_to(&app, &officer, ImportTable::Delegations, text, expected).await;
}
