//! What a preview says of each row is what applying does with it, and the same file again changes
//! nothing: held by files that are made up of values which fit, clash and are wrong.

use std::io::Cursor;

use entity::vocabulary::{GrantRole, ImportRowState, ImportState, ImportTable};
use entity::{import, import_row};
use jejaring::access::Actor;
use jejaring::db::write;
use jejaring::exchange::import::{Upload, apply, discard, receive};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::doctor::is_derived;
use crate::support::{Contents, Dice, TestApp};

both_dbs!(what_a_preview_says_is_what_applying_does);

/// How many files are made up, unless `PREVIEW_FILES` says otherwise.
const FILES: usize = 40;
/// How many a register takes: the next ones are made up by the next seed, for a register of their
/// own, so that a file comes back with its seed and the few before it.
const FILES_OF_ONE: usize = 100;

/// A table: its columns, each with values.
type Table = (ImportTable, &'static [(&'static str, &'static [&'static str])]);

/// Stands for a text of 501 characters.
const LONG: &str = "@501";

const COUNTRIES: &[&str] =
    &["Fiji", "Nepal", "JP", "Korea", "NA", "Atlantis", "", "Vietnam", "viet nam", "Lao PDR"];
const BATCHES: &[&str] = &["pv-a", "PV_B", "pv-a", "pv-none", "jewellery-2023"];
const KEYS: &[&str] = &["", "", "", "pk-one", "PK_ONE", "pk-two", "pk--", "é"];
const LABELS: &[&str] = &["", "", "Team A", "team a", "Ténm", LONG];
const DAYS: &[&str] = &[
    "",
    "2024-03-04",
    "2024-03-08",
    "4 March 2024",
    "March 2024",
    "2024",
    "3/4/2024",
    "2024-02-30",
];

const TABLES: [Table; 10] = [
    (
        ImportTable::Delegations,
        &[
            ("batch", BATCHES),
            ("country", COUNTRIES),
            ("key", KEYS),
            ("label", LABELS),
            ("status", &["", "attended", "invited", "hadir", "x", "perhaps"]),
            ("headcount", &["", "3", "3-5", "0", "-1", "about 7", "many"]),
            ("registered", &["", "4"]),
        ],
    ),
    (
        ImportTable::Batches,
        &[
            ("key", KEYS),
            ("programme", &["pv-prog", "PV_PROG", "pv-other", "none", ""]),
            ("number", &["", "", "1", "2", "0", "II", "-3", "2147483648"]),
            ("title", &["", "First run", "first run", "Première", LONG]),
            ("language", &["", "en", "xx-yy-zz-1"]),
            ("starts_on", DAYS),
            ("ends_on", DAYS),
            ("venue", &["", "Central Library", "central library", "Balai Kota", LONG]),
            ("city", &["", "Calgary", "Manchester", "Bandung"]),
            ("country", &["", "", "CA", "GB", "US", "Indonesia"]),
            ("latitude", &["", "", "", "51.05", "-91"]),
            ("longitude", &["", "", "", "-114.07", "200"]),
            ("participants", &["", "20", "20-25", "-1"]),
            ("registered", &["", "", "30", "30 orang", "many"]),
            ("country_count", &["", "", "12", "12 negara", "12 orang"]),
            ("capacity", &["", "", "30", "0", "-5"]),
            ("status", &["", "", "closed", "draft", "batal"]),
            ("label", LABELS),
        ],
    ),
    (
        ImportTable::Programmes,
        &[
            ("key", KEYS),
            ("title", &["Weaving", "weaving", "Batik", "", LONG]),
            ("language", &["", "en", "id"]),
            ("acronym", &["", "WV", LONG]),
            ("modality", &["BILATERAL", "triangular", "", "none"]),
        ],
    ),
    (
        ImportTable::Workshops,
        &[
            ("batch", BATCHES),
            ("key", KEYS),
            ("title", &["Opening", "opening", "Casting", "", LONG]),
            ("kind", &["", "kuliah", "pameran", "dance"]),
            ("starts_on", DAYS),
            ("ends_on", DAYS),
            ("position", &["", "1", "0", "-1", "x"]),
            ("venue", &["", "Central Library", "central library", "Balai Kota", LONG]),
            ("city", &["", "Calgary", "Manchester", "Bandung"]),
            ("country", &["", "", "CA", "GB", "US", "Indonesia"]),
        ],
    ),
    (
        ImportTable::Institutions,
        &[
            ("key", KEYS),
            (
                "name",
                &[
                    "University of Newcastle",
                    "university of newcastle",
                    "Balai X",
                    "BBSPJI Kulit",
                    "",
                    LONG,
                ],
            ),
            ("country", &["", "AU", "GB", "Indonesia", "Atlantis"]),
            ("city", &["", "Newcastle", "Yogyakarta", LONG]),
            ("kind", &["", "universitas", "ngo", "circus"]),
            ("acronym", &["", "UON", "BX"]),
            ("website", &["", "example.org", "not a site"]),
        ],
    ),
    (
        ImportTable::Memberships,
        &[
            ("group", &["asean", "ASEAN", "oecd", "none"]),
            ("country", &["Fiji", "Nepal", "Indonesia", "JP", "Atlantis"]),
            ("kind", &["", "anggota", "pengamat", "king"]),
            ("valid_from", &["", "", "1990-01-01", "1995", "2001-05-06"]),
            ("valid_to", &["", "", "", "1999-12-31", "1980"]),
        ],
    ),
    (
        ImportTable::Participants,
        &[
            ("batch", &["pv-a", "PV_B", "pv-none"]),
            ("country", &["Fiji", "Nepal", "JP", "Atlantis"]),
            ("name", &["Peserta Contoh", "peserta contoh", "Someone Else", "", LONG]),
            ("institution", &["", "", "bbspjikb", "Nowhere"]),
        ],
    ),
    (
        ImportTable::RegionalGroups,
        &[
            ("key", &["", "", "", "asean", "pk-one", "PK_ONE", "oecd", "é"]),
            ("name_en", &["Loom League", "Silk Pact", "loom league", "Cotton Union", "", LONG]),
            ("name_id", &["", "", "Liga Tenun", "Silk Pact", LONG]),
            ("acronym", &["", "LL", "SP", "ASEAN"]),
            ("kind", &["TREATY", "organisasi", "", "circus"]),
        ],
    ),
    (
        ImportTable::Partnerships,
        &[
            ("key", KEYS),
            ("batch", BATCHES),
            ("role", &["HOST", "mitra", "FUNDER", "penyelenggara", "", "king"]),
            ("institution", &["bbspjikb", "iwapi", "", "University of Newcastle", "Nowhere"]),
            ("group", &["", "", "", "asean", "none"]),
            ("country", &["", "", "", "AU", "GB", "Atlantis"]),
            ("label", LABELS),
        ],
    ),
    (
        ImportTable::Appointments,
        &[
            ("person", &["", "", "", "new", "baru", "no-such"]),
            ("name", &["Pejabat Contoh", "pejabat contoh", "Someone Else", "", LONG]),
            ("institution", &["bbspjikb", "iwapi", "bbspjikb", "", "Nowhere"]),
            ("country", &["", "", "", "ID", "AU"]),
            ("post", &["Head", "head", "Chair", "", LONG]),
            ("language", &["", "en", "xx-yy-zz-1"]),
            ("acting", &["", "", "no", "ya", "perhaps"]),
            ("valid_from", DAYS),
            ("valid_to", &["", "", "", "2024-12-31", "2025", "1980"]),
        ],
    ),
];

/// What is there before.
const THERE: [(ImportTable, &str); 3] = [
    (ImportTable::Programmes, "key,title,language,modality\npv-prog,Previews,en,BILATERAL\n"),
    (
        ImportTable::Batches,
        "key,programme,starts_on,ends_on,status\npv-a,pv-prog,2024-03-01,2024-03-30,CLOSED\n\
        pv-b,pv-prog,2024-04-01,2024-04-30,CLOSED\n",
    ),
    (ImportTable::Delegations, "batch,country\npv-a,FJ\npv-a,NP\npv-b,FJ\n"),
];

/// A file of some rows.
fn file(dice: &mut Dice, columns: &[(&str, &[&str])]) -> String {
    let some: Vec<_> = columns.iter().filter(|_| dice.below(6) > 0).collect();
    let mut text = some.iter().map(|column| column.0).collect::<Vec<_>>().join(",");
    for _ in 0..=dice.below(8) {
        text.push('\n');
        let cells: Vec<String> = some
            .iter()
            .map(|(_, values)| {
                // The first values fit more often than not.
                let most = if dice.below(3) == 0 { values.len() } else { values.len().min(3) };
                let value = values[dice.below(most)];
                if value == LONG { "x".repeat(501) } else { value.to_owned() }
            })
            .collect();
        text += &cells.join(",");
    }
    text + "\n"
}

async fn hand_in(
    app: &TestApp,
    actor: &Actor,
    table: ImportTable,
    name: &str,
    text: &str,
) -> Option<import::Model> {
    let (file_name, columns) = (name.to_owned(), Vec::new());
    let upload = Upload {
        table,
        file_name,
        institution: None,
        mapping: None,
        columns,
        set: Vec::new(),
        order: None,
    };
    let bytes = Cursor::new(text.as_bytes().to_vec());
    receive(&app.app.db, &app.app.clock, actor, upload, bytes, |_, _| ()).await.ok()
}

async fn applied(
    app: &TestApp,
    actor: &Actor,
    row: &import::Model,
) -> Result<import::Model, String> {
    let applying = async |w: &mut jejaring::db::Write| apply(w, actor, row, true, |_| ()).await;
    let written = write(&app.app.db, &app.app.clock, actor.clone(), applying).await;
    written.map(|written| written.value.row).map_err(|error| format!("{error:?}"))
}

/// What is said of each row: line, state, and why.
async fn said(app: &TestApp, row: &import::Model) -> Vec<(i32, ImportRowState, String)> {
    let rows = import_row::Entity::find().filter(import_row::Column::ImportId.eq(row.id));
    let rows = rows
        .order_by_asc(import_row::Column::Line)
        .all(app.app.db.reading())
        .await
        .expect("its rows");
    rows.into_iter().map(|row| (row.line, row.state, row.remarks.to_string())).collect()
}

/// How many rows are in a state, as the import says.
fn counted(row: &import::Model) -> [i32; 5] {
    [row.new_rows, row.changed_rows, row.unchanged_rows, row.refused_rows, row.ambiguous_rows]
}

fn count(rows: &[(i32, ImportRowState, String)]) -> [i32; 5] {
    use ImportRowState::{Ambiguous, Changed, New, Refused, Unchanged};
    let of = |state| i32::try_from(rows.iter().filter(|row| row.1 == state).count()).expect("few");
    [of(New), of(Changed), of(Unchanged), of(Refused), of(Ambiguous)]
}

async fn what_a_preview_says_is_what_applying_does(app: TestApp) {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let (files, seed) =
        (number("PREVIEW_FILES").unwrap_or(FILES), number("JEJARING_SEED").unwrap_or(22));
    let (backend, mut held) = (app.backend, Held::default());
    held.take(&app, seed, files.min(FILES_OF_ONE)).await;
    for begun in (FILES_OF_ONE..files).step_by(FILES_OF_ONE) {
        let app = TestApp::new(backend, Contents::Reports).await.expect("one more register");
        held.take(&app, seed + begun / FILES_OF_ONE, FILES_OF_ONE.min(files - begun)).await;
    }
    assert_eq!(held.wrong, 0);
    // Files of one kind only would hold nothing.
    assert!(held.states.iter().all(|rows| *rows > 0), "{:?}", held.states);
}

/// What came of files.
#[derive(Default)]
struct Held {
    states: [i32; 5],
    wrong: usize,
}

impl Held {
    /// Takes files that a seed makes up into a register.
    async fn take(&mut self, app: &TestApp, seed: usize, files: usize) {
        let (officer, curator) =
            (app.officer("bbspjikb").await, app.staff(GrantRole::Curator).await);
        for (table, text) in THERE {
            let row = hand_in(app, &officer, table, "there.csv", text).await.expect("it is read");
            applied(app, &officer, &row).await.expect("it is applied");
        }
        let mut dice = Dice::new(seed as u64);
        for number in 0..files {
            let (table, columns) = TABLES[dice.below(TABLES.len())];
            let actor = match table {
                ImportTable::Institutions
                | ImportTable::Memberships
                | ImportTable::RegionalGroups
                | ImportTable::Appointments => &curator,
                _ => &officer,
            };
            let (name, text) = (format!("file-{}.csv", dice.below(5)), file(&mut dice, columns));
            let told = format!(
                "{:?}, seed {seed}, file {number} as {table}, {name}:\n{text}",
                app.backend
            );
            self.hold(app, actor, table, (&name, &text), &told).await;
        }
        is_derived(app, &format!("{files} files of the seed {seed}")).await;
    }

    async fn hold(
        &mut self,
        app: &TestApp,
        actor: &Actor,
        table: ImportTable,
        (name, text): (&str, &str),
        told: &str,
    ) {
        let Some(read) = hand_in(app, actor, table, name, text).await else { return };
        let before = said(app, &read).await;
        assert_eq!(counted(&read), count(&before), "{told}");
        let done =
            applied(app, actor, &read).await.unwrap_or_else(|error| panic!("{error}: {told}"));
        assert_eq!(done.state, ImportState::Applied);
        let after = said(app, &done).await;
        for (before, after) in before.iter().zip(&after).filter(|(before, after)| before != after) {
            self.tell(format!("{before:?} became {after:?}: {told}"));
        }
        assert_eq!(counted(&done), count(&after), "{told}");
        for (sum, one) in self.states.iter_mut().zip(counted(&done)) {
            *sum += one;
        }
        let again = hand_in(app, actor, table, name, text).await.expect("it is read again");
        for (first, second) in after.iter().zip(said(app, &again).await) {
            // A row may be about either of two that the file itself has entered, or the register
            // had when the first one was: then it is asked which of them is meant.
            let settled = match first.1 {
                ImportRowState::Refused | ImportRowState::Ambiguous => true,
                _ => !matches!(second.1, ImportRowState::New | ImportRowState::Changed),
            };
            if !settled {
                self.tell(format!("again {second:?}, after {first:?}: {told}"));
            }
        }
        let throwing = async |w: &mut jejaring::db::Write| discard(w, &again).await.map(drop);
        write(&app.app.db, &app.app.clock, actor.clone(), throwing)
            .await
            .expect("it is thrown away");
    }

    /// Tells of what should not be, as soon as it is seen.
    fn tell(&mut self, wrong: String) {
        self.wrong += 1;
        println!("{}", wrong.replace(&"x".repeat(501), LONG));
    }
}
