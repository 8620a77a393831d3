//! How long files take: `cargo bench --profile dev --bench import [-- postgres://…]`, of a database
//! without a table; an SQLite file of its own unless one is given.
//!
//! Files are made up, read (which is their preview) and applied: 2,206 institutions, as many
//! participants, each of one of them, and 18,462 memberships in 538 groups of countries. On SQLite
//! there are three rounds, each of a new register, and the median counts.

#![allow(missing_docs, reason = "a program")]
// The futures of the whole API are laid out here.
#![recursion_limit = "256"]

use std::fmt::Write as _;
use std::io::Cursor;
use std::time::Instant;

use entity::regional_group;
use entity::vocabulary::{ImportTable, RegionalGroupKind};
use jejaring::access::Actor;
use jejaring::app::App;
use jejaring::clock::Clock;
use jejaring::config::{Config, Layer};
use jejaring::db::write;
use jejaring::exchange::import::{Upload, apply, receive};
use jejaring::network::regional_group::rules as groups;
use jejaring::rule;
use sea_orm::ActiveValue::Set;

const INSTITUTIONS: usize = 2_206;
const GROUPS: usize = 538;
const MEMBERSHIPS: usize = 18_462;
const ROUNDS: usize = 3;

fn main() {
    let url = std::env::args().nth(1).filter(|url| url.contains("://"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let rounds = if url.is_some() { 1 } else { ROUNDS };
    let mut measured: Vec<Vec<Measured>> = Vec::new();
    for round in 0..rounds {
        let folder = tempfile::tempdir().expect("a folder");
        let file = format!("sqlite://{}", folder.path().join("register.sqlite").display());
        let url = url.as_deref().unwrap_or(&file);
        println!("round {round}");
        measured.push(runtime.block_on(measure(url)));
    }
    println!("median of {rounds}");
    let (first, others) = measured.split_first().expect("a round");
    for (place, one) in first.iter().enumerate() {
        let all = || std::iter::once(one).chain(others.iter().map(|round| &round[place]));
        let (read, applied) =
            (median(all().map(|one| one.read)), median(all().map(|one| one.applied)));
        println!("  {} {}: read in {read:.1} s, applied in {applied:.1} s", one.rows, one.table);
    }
}

fn median(seconds: impl Iterator<Item = f64>) -> f64 {
    let mut seconds: Vec<f64> = seconds.collect();
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// How long a file took, in seconds.
struct Measured {
    table: ImportTable,
    rows: usize,
    read: f64,
    applied: f64,
}

async fn measure(url: &str) -> Vec<Measured> {
    let config = Config::from_layers([Layer::default().with("database_url", Some(url))]);
    let app = App::open(&config.expect("the settings are right"), Clock::system())
        .await
        .expect("it opens");
    write(&app.db, &app.clock, Actor::Operator, async |w| {
        for number in 0..GROUPS {
            let draft = regional_group::ActiveModel {
                key: Set(format!("group-{number}")),
                kind: Set(RegionalGroupKind::Organisation),
                name_en: Set(format!("Group of {number}")),
                ..Default::default()
            };
            let put = groups::enter(w, None, draft).await?;
            rule::emit::<regional_group::Entity>(w, &put);
        }
        Ok(())
    })
    .await
    .expect("the groups are entered");
    let countries = countries();
    let mut measured = Vec::new();
    for (table, text) in [
        (ImportTable::Institutions, institutions()),
        (
            ImportTable::Programmes,
            "key,title,language,modality\nwork,Work,en,BILATERAL\n".to_owned(),
        ),
        (
            ImportTable::Batches,
            "key,programme,title,language,dates\nwork-1,work,Work,en,2023-11-20\n".to_owned(),
        ),
        (ImportTable::Delegations, delegations(&countries)),
        (ImportTable::Participants, participants(&countries)),
        (ImportTable::Memberships, memberships(&countries)),
    ] {
        let rows = text.lines().count() - 1;
        let one = take(&app, table, text).await;
        println!("  {rows} {table}: read in {:.1} s, applied in {:.1} s", one.read, one.applied);
        if rows > countries.len() {
            measured.push(one);
        }
    }
    app.db.close().await.expect("it closes");
    measured
}

async fn take(app: &App, table: ImportTable, text: String) -> Measured {
    let rows = text.lines().count() - 1;
    let upload = Upload {
        table,
        file_name: format!("{table}.csv"),
        institution: Some("asean-secretariat".to_owned()),
        mapping: None,
        columns: Vec::new(),
        set: Vec::new(),
        order: None,
    };
    let begin = Instant::now();
    let file = Cursor::new(text.into_bytes());
    let row = receive(&app.db, &app.clock, &Actor::Operator, upload, file, |_, _| ()).await;
    let (row, read) = (row.expect("it is read"), begin.elapsed().as_secs_f64());
    assert_eq!(usize::try_from(row.new_rows).ok(), Some(rows), "all rows of {table} are new");
    let begin = Instant::now();
    let applying = async |w: &mut _| apply(w, &Actor::Operator, &row, false, |_| ()).await;
    write(&app.db, &app.clock, Actor::Operator, applying).await.expect("it is applied");
    Measured { table, rows, read, applied: begin.elapsed().as_secs_f64() }
}

/// The codes of the countries that there are today.
fn countries() -> Vec<&'static str> {
    let table = include_str!("../data/reference/countries.csv");
    let rows = table.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    rows.filter(|row| row[0].len() == 2 && row[3].is_empty() && row[4].is_empty())
        .map(|row| row[0])
        .collect()
}

/// The name of the institution `number`: words, as names have them, so that many are somewhat
/// alike.
fn called(number: usize) -> String {
    const KINDS: [&str; 6] =
        ["Institute", "Centre", "Agency", "College", "Association", "Directorate"];
    const FIELDS: [&str; 7] =
        ["Batik", "Ceramics", "Jewellery", "Rattan", "Leather", "Textiles", "Design"];
    format!(
        "{} for {} of District {number}",
        KINDS[number % KINDS.len()],
        FIELDS[number % FIELDS.len()]
    )
}

fn institutions() -> String {
    let mut text = "key,name,language,kind,country,city\n".to_owned();
    for number in 0..INSTITUTIONS {
        let _ =
            writeln!(text, "body-{number},{},en,ACADEMIC,ID,Town {}", called(number), number % 90);
    }
    text
}

fn delegations(countries: &[&str]) -> String {
    let mut text = "batch,country_code,status\n".to_owned();
    countries.iter().for_each(|country| text.push_str(&format!("work-1,{country},ATTENDED\n")));
    text
}

fn participants(countries: &[&str]) -> String {
    let mut text = "batch,name,country_code,institution\n".to_owned();
    for number in 0..INSTITUTIONS {
        let country = countries[number % countries.len()];
        let _ = writeln!(text, "work-1,Person {number} of Somewhere,{country},{}", called(number));
    }
    text
}

fn memberships(countries: &[&str]) -> String {
    let mut text = "group,country_code,valid_from\n".to_owned();
    for number in 0..MEMBERSHIPS {
        let (group, place) = (number % GROUPS, number / GROUPS);
        let country = countries[(group * 7 + place) % countries.len()];
        let _ = writeln!(text, "group-{group},{country},{}-01-01", 1950 + number % 70);
    }
    text
}
