//! `jejaring import` as whoever runs it meets it.

use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

use crate::command::{jejaring, text};
use crate::support::TestApp;

both_dbs_empty!(
    a_register_that_was_never_served_knows_the_countries,
    names_are_decided_and_fields_set_in_one_step
);

fn import(url: &str, arguments: &[&str]) -> Output {
    let arguments: Vec<&str> =
        ["import"].iter().chain(arguments).chain(&["--database-url", url]).copied().collect();
    jejaring(&arguments).output().expect("the program runs")
}

/// What it says on standard output; it succeeds.
fn said(url: &str, arguments: &[&str]) -> String {
    let output = import(url, arguments);
    assert!(
        output.status.success(),
        "{arguments:?}: {} {}",
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// The key in what it says.
fn key(said: &str) -> &str {
    let begin = said.find("import-").unwrap_or_else(|| panic!("no key in {said}"));
    said[begin..].split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().expect("a key")
}

fn write(folder: &Path, name: &str, rows: &str) -> String {
    let file = folder.join(name);
    std::fs::write(&file, rows).expect("a file");
    file.display().to_string()
}

async fn a_register_that_was_never_served_knows_the_countries(app: TestApp) {
    let folder = TempDir::new().expect("a folder");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/never-served-institutions.csv");
    let missing = import(&app.url, &["/nowhere/at/all.csv", "--as", "institutions"]);
    assert!(!missing.status.success() && text(&missing.stderr).contains("/nowhere/at/all.csv"));
    let told = said(&app.url, &[file, "--as", "institutions"]);
    assert!(told.contains("\n1 new, 0 changed, 0 unchanged, 0 refused, 0 ambiguous\n"), "{told}");
    // A file where there is none yet, and one that was made and never served.
    let fresh = format!("sqlite://{}", folder.path().join("fresh.sqlite").display());
    let made = format!("sqlite://{}", folder.path().join("made.sqlite").display());
    let up =
        jejaring(&["migrate", "up", "--database-url", &made]).output().expect("the program runs");
    assert!(up.status.success(), "{}", text(&up.stderr));
    for url in [&fresh, &made] {
        let told = said(url, &[file, "--as", "institutions", "--apply"]);
        assert!(told.contains("\n1 new, ") && told.ends_with(" is applied\n"), "{told}");
    }
}

/// An institution, a programme and a batch of it.
fn begin(url: &str, folder: &Path) {
    let bodies = write(folder, "bodies.csv", "key,name,country\nbalai,Balai Contoh,ID\n");
    said(url, &[&bodies, "--as", "institutions", "--apply"]);
    let programmes = write(folder, "programmes.csv", "key,title,modality\nbatik,Batik,BILATERAL\n");
    said(url, &[&programmes, "--as", "programmes", "--for", "BALAI", "--apply"]);
    let runs = write(folder, "runs.csv", "key,title,starts_on\nbatik-1,Batik one,2024-03-04\n");
    let told = said(
        url,
        &[&runs, "--as", "batches", "--for", "Balai", "--set", "Programme=BATIK", "--apply"],
    );
    assert!(
        told.contains("\n  programme is \"BATIK\" in all rows\n") && told.contains("\n1 new, "),
        "{told}"
    );
}

async fn names_are_decided_and_fields_set_in_one_step(app: TestApp) {
    let folder = TempDir::new().expect("a folder");
    begin(&app.url, folder.path());
    let rows = "negara,instansi,jumlah,status\nNegeri Gajah,,2,hadir\nNepal,,3,hadir\n\
                Korea,,4,hadir\n,Balai yang Sama,1,hadir\n";
    let file = write(folder.path(), "delegasi.csv", rows);
    let report = folder.path().join("report.csv").display().to_string();
    let step = [&file, "--as", "delegations", "--set", "batch=batik-1", "--report", &report];
    let same = ["--same", "Negeri Gajah=la", "--same", "Balai yang Sama=balai"];
    for (more, why) in [
        (["--same", "Negeri Gajah"], "--same takes \"Name=CODE\""),
        (
            ["--not", "Korea=Nowhere"],
            "\"Nowhere\" is neither the code of a country nor the key of an institution",
        ),
        (["--set", "programme"], "--set takes \"field=value\""),
        (["--set", "program=x"], "\"program\" is not a field of DELEGATIONS"),
    ] {
        let refused = import(&app.url, &[&step[..], &more[..]].concat());
        assert!(
            !refused.status.success() && text(&refused.stderr).contains(why),
            "{}",
            text(&refused.stderr)
        );
    }
    // What is ambiguous hinders, and the report is there to tell.
    let refused = import(&app.url, &[&step[..], &same[..], &["--apply"][..]].concat());
    let (out, why) = (text(&refused.stdout), text(&refused.stderr));
    assert!(
        !refused.status.success() && why.contains("nothing is changed: rows that are 1 ambiguous"),
        "{why}"
    );
    let told = std::fs::read_to_string(&report).expect("the report");
    assert!(told.contains("\n2,NEW,") && told.contains("\n4,AMBIGUOUS,,\"negara: "), "{told}");
    let waiting = key(&out).to_uppercase();
    let told = said(
        &app.url,
        &[
            "--waiting",
            &waiting,
            "--not",
            "Korea=KP",
            "--apply",
            "--leave-out",
            "--report",
            &report,
        ],
    );
    assert!(
        told.contains("\n3 new, ") && told.ends_with(" is applied; rows that are left out: 1\n"),
        "{told}"
    );
    let told = std::fs::read_to_string(&report).expect("the report");
    assert!(told.contains("\n4,AMBIGUOUS,,\"left out; negara: "), "{told}");
    // What was decided is remembered.
    let told = said(
        &app.url,
        &[&file, "--as", "delegations", "--set", "batch=batik-1", "--same", "Korea=KR", "--json"],
    );
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(
        (&told["new"], &told["unchanged"], &told["ambiguous"]),
        (&1.into(), &3.into(), &0.into()),
        "{told}"
    );
    assert_eq!(told["set"]["batch"], "batik-1");
    assert_eq!(
        told["columns"][0],
        serde_json::json!({ "name": "negara", "field": "country", "use": "USED" })
    );
}
