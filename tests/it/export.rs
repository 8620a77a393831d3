//! The register as a package: written, loaded into the other kind of database, and written again,
//! it is the same.

use jejaring::access::{Actor, Visible};
use jejaring::db::{exclusively, migrate};
use jejaring::exchange::iati::activities;
use jejaring::exchange::package::{PackageFiles, export, load, reference};
use serde_json::json;

use crate::support::{Backend, Contents, TestApp};

both_dbs!(
    a_register_goes_over_to_the_other_database_and_comes_back,
    what_is_not_public_stays_behind,
    the_public_batches_are_activities,
);

/// The package that somebody may take away.
pub async fn exported(app: &TestApp, actor: Actor) -> PackageFiles {
    export(&app.app.db, &Visible::to(actor)).await.expect("the package")
}

fn text(package: &PackageFiles, file: &str) -> String {
    let bytes = package.files().find(|it| it.0 == file).unwrap_or_else(|| panic!("no {file}")).1;
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// A register on the other kind of database, made of a folder that was written.
pub async fn loaded_elsewhere(app: &TestApp, package: &PackageFiles) -> Option<TestApp> {
    let backend = match app.backend {
        Backend::Sqlite => Backend::Postgres,
        Backend::Postgres => Backend::Sqlite,
    };
    let other = TestApp::new(backend, Contents::Nothing).await?;
    let (db, clock) = (&other.app.db, &other.app.clock);
    exclusively(db, async || migrate(db).await).await.expect("the migrations");
    load(db, clock, Actor::Operator, &reference()).await.expect("the reference data");
    let folder = tempfile::tempdir().expect("a folder");
    package.write_to(folder.path()).expect("the package is written");
    assert!(package.write_to(folder.path()).is_err(), "what is there is not written over");
    let read = PackageFiles::from_dir(folder.path()).expect("the package is read");
    load(db, clock, Actor::Operator, &read).await.expect("the package is loaded");
    Some(other)
}

/// A register on the other kind of database that was loaded with all of this one. It exports the
/// same files, and to load them once more changes nothing.
pub async fn comes_back_identical(app: &TestApp) -> Option<TestApp> {
    let first = exported(app, Actor::Operator).await;
    let other = loaded_elsewhere(app, &first).await?;
    let second = exported(&other, Actor::Operator).await;
    for (file, bytes) in first.files() {
        assert_eq!(text(&second, file), String::from_utf8_lossy(bytes), "{file}");
    }
    let again = load(&other.app.db, &other.app.clock, Actor::Operator, &second)
        .await
        .expect("the package is loaded");
    assert!(!again.changed(), "{again:?}");
    Some(other)
}

/// Also with what officers and curators have done since: names that were replaced, statements
/// superseded, drafts, notes of several lines, roles that have ended, records that were merged.
async fn a_register_goes_over_to_the_other_database_and_comes_back(app: TestApp) {
    let officer = app.officer("ditjen-ikm").await;
    let curator = app.staff(entity::vocabulary::GrantRole::Curator).await;
    let run = async |actor: &Actor, mutation: &str, input: String, payload: &str| {
        let query = format!(
            "mutation {{ {mutation}(input: {{{input}}}) {{ {payload} errors {{ message }} }} }}"
        );
        let answer = app.ask_as(actor, &query).await;
        assert!(
            answer.errors.is_empty() && answer.refusals(mutation).is_empty(),
            "{query} {answer}"
        );
        answer
    };
    let plan = app.id_of(&officer, "actionPlan", "colombo-plan-sme-2017-2-la-plan").await;
    let body = app.id_of(&officer, "institution", "ditjen-ikm").await;
    let programme = app.id_of(&officer, "programme", "colombo-plan-sme").await;
    run(
        &officer,
        "submitActionPlan",
        format!("actionPlanId: \"{plan}\", title: \"Perak, \\\"emas\\\" & =1+1\""),
        "",
    )
    .await;
    let item = run(
        &officer,
        "addActionItem",
        format!("actionPlanId: \"{plan}\", title: \"Teach\""),
        "actionItem { id }",
    )
    .await;
    let item = item.text("/addActionItem/actionItem/id").to_owned();
    run(
        &officer,
        "noteProgress",
        format!("actionItemId: \"{item}\", text: \"One.\\n\\nTwo, with a \\\"quote\\\".\""),
        "",
    )
    .await;
    let name = "name: {name: \"Directorate of Small Industry\", language: \"en\"}";
    run(&curator, "renameInstitution", format!("institutionId: \"{body}\", {name}"), "").await;
    let draft = format!(
        "programmeId: \"{programme}\", key: \"hidden-2027\", title: {{text: \"Hidden\", language: \
         \"en\"}}"
    );
    let batch = run(&officer, "draftBatch", draft, "batch { id }")
        .await
        .text("/draftBatch/batch/id")
        .to_owned();
    for day in ["2027-03-01", "2027-02-01"] {
        let dates = format!("batchId: \"{batch}\", startsOn: \"{day}\", endsOn: \"2027-03-05\"");
        run(&officer, "rescheduleBatch", dates, "").await;
    }
    let host = app.officer("bbspjikb").await;
    for (kind, key, mutation) in [
        ("partnership", "jewellery-2023-organiser-afta", "endPartnership"),
        ("engagement", "jewellery-2023-siti-rohmatul-umah", "endEngagement"),
    ] {
        let id = app.id_of(&host, kind, key).await;
        run(&host, mutation, format!("{kind}Id: \"{id}\""), "").await;
    }
    for (kind, from, into, mutation) in [
        ("institution", "asipa", "phri", "mergeInstitutions"),
        ("person", "siti-rohmatul-umah", "hagung-eko-pawowo", "mergePeople"),
    ] {
        let (from, into) =
            (app.id_of(&curator, kind, from).await, app.id_of(&curator, kind, into).await);
        let reason = "reason: \"One and the same\"";
        run(&curator, mutation, format!("{kind}Id: \"{from}\", intoId: \"{into}\", {reason}"), "")
            .await;
    }

    let first = exported(&app, Actor::Operator).await;
    assert!(text(&first, "batches.csv").contains("hidden-2027"));
    for (file, ended) in [("partnerships.csv", "ORGANISER"), ("engagements.csv", "PROJECT_MANAGER")]
    {
        let ended = text(&first, file)
            .lines()
            .filter(|row| row.contains(ended))
            .filter(|row| row.ends_with('Z'))
            .count();
        assert_eq!(ended, 1, "{file} tells what has ended");
    }
    assert!(
        text(&first, "institutions.csv")
            .lines()
            .any(|row| row.starts_with("asipa,") && row.ends_with(",phri"))
    );
    assert!(
        text(&first, "people.csv")
            .contains("siti-rohmatul-umah,Siti Rohmatul Umah,hagung-eko-pawowo")
    );
    assert!(
        text(&first, "claims.csv").matches("2027-02-01").count() == 1,
        "both statements are there, the newer one last"
    );
    let Some(other) = comes_back_identical(&app).await else { return };
    // What the register concludes from the same claims is the same, and so is what is found in it.
    let query = "{ batches(orderBy: {field: KEY}) { nodes { key title startsOn endsOn \
                 participantsMin findings { totalCount } delegations(orderBy: {field: KEY}, first: \
                 30) { nodes { key status headcountMin } } } } institutions(orderBy: {field: KEY}, \
                 first: 100) { nodes { key name names { name } } } search(text: \"directorate\") { \
                 totalCount } attendance(rows: YEAR) { total { count countries } } }";
    assert_eq!(
        app.ask_as(&Actor::Operator, query).await.data,
        other.ask_as(&Actor::Operator, query).await.data
    );
}

async fn what_is_not_public_stays_behind(app: TestApp) {
    let officer = app.officer("bbspjikb").await;
    let programme = app.id_of(&officer, "programme", "jewellery").await;
    let draft = "mutation ($programme: ID!) { draftBatch(input: {programmeId: $programme, key: \
                 \"hidden-2027\", title: {text: \"Hidden\", language: \"en\"}}) { batch { id } \
                 errors { message } } }";
    let drafted = app.ask_with(&officer, draft, json!({ "programme": programme })).await;
    assert!(drafted.refusals("draftBatch").is_empty(), "{drafted}");
    let added = app
        .ask_as(
            &officer,
            "mutation { addPerson(input: {name: \"Zubaidah\"}) { errors { message } } }",
        )
        .await;
    assert!(added.refusals("addPerson").is_empty(), "{added}");
    let (whole, public) =
        (exported(&app, Actor::Operator).await, exported(&app, Actor::Anonymous).await);
    let all = |package: &PackageFiles| {
        package.files().map(|file| String::from_utf8_lossy(file.1).into_owned()).collect::<String>()
    };
    for secret in ["hidden-2027", "Zubaidah"] {
        assert!(all(&whole).contains(secret) && !all(&public).contains(secret), "{secret}");
    }
    assert!(
        !all(&whole).contains("jej_") && !all(&whole).contains("officer-of"),
        "accounts are in no package"
    );
    let Some(other) = loaded_elsewhere(&app, &public).await else { return };
    let second = exported(&other, Actor::Operator).await;
    for (file, bytes) in public.files() {
        assert_eq!(text(&second, file), String::from_utf8_lossy(bytes), "{file}");
    }
}

/// The batch of 2017, of which the end alone is known, is closed; who organised it answers for it.
async fn the_public_batches_are_activities(app: TestApp) {
    let (db, clock) = (&app.app.db, &app.app.clock);
    let unnamed = activities(db, clock, "ditjen-ikm", None).await.expect_err("no identifier");
    assert!(
        unnamed.to_string().contains("\"ditjen-ikm\" has no identifier of the scheme IATI"),
        "{unnamed}"
    );
    let unknown = activities(db, clock, "nobody", Some("X")).await.expect_err("no institution");
    assert_eq!(unknown.to_string(), "there is no institution \"nobody\"");
    let made = activities(db, clock, "ditjen-ikm", Some("ID-1")).await.expect("the activities");
    assert_eq!((made.written, made.left_out), (4, 0));
    let xml = made
        .xml
        .split("<iati-activity ")
        .find(|xml| xml.contains("colombo-plan-sme-2017-2<"))
        .expect("the batch");
    for part in [
        "<iati-identifier>ID-1-colombo-plan-sme-2017-2</iati-identifier>",
        "<reporting-org ref=\"ID-1\" type=\"10\">",
        "<description type=\"1\"><narrative>Capacity Building Program on Enhancing the Development \
         of Small and Medium Industry, Batch II</narrative>",
        "role=\"2\"><narrative>",
        "<activity-status code=\"4\"/>",
        "<activity-date type=\"4\" iso-date=\"2017-08-09\"/>",
        "<tag vocabulary=\"99\" code=\"batik\">",
    ] {
        assert!(xml.contains(part), "{part}: {xml}");
    }
    assert!(!xml.contains("iso-date=\"2017-07") && !xml.contains("<recipient-country"), "{xml}");
}
