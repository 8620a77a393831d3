use super::super::read::Row;
use super::*;
use crate::phrase::Phrase;

fn guessed(table: ImportTable, headings: &[&str]) -> Vec<String> {
    guessed_of(table, headings, &[])
}

/// What columns are guessed to be where these are their rows.
fn guessed_of(table: ImportTable, headings: &[&str], rows: &[&[&str]]) -> Vec<String> {
    let owned = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let row = |(line, cells): (u64, &&[&str])| Row { line, cells: owned(cells) };
    let rows: Vec<Row> = (2..).zip(rows).map(row).collect();
    let columns = guess(table, &owned(headings), &rows).into_iter();
    columns.map(|column| column.field.unwrap_or_else(|| "–".to_owned())).collect()
}

/// What is told of columns that are left out.
fn notes(table: ImportTable, headings: &[&str]) -> Vec<String> {
    let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    let columns = guess(table, &headings, &[]);
    let note =
        |column: ShownColumn<'_>| column.note.as_ref().map(Phrase::english).unwrap_or_default();
    shown(table, &columns).into_iter().map(note).collect()
}

#[test]
fn columns_have_letters() {
    assert_eq!(column_name(0), "column A");
    assert_eq!(column_name(25), "column Z");
    assert_eq!(column_name(26), "column AA");
    assert_eq!(column_name(701), "column ZZ");
}

#[test]
fn columns_are_known_by_their_headings_in_both_languages() {
    assert_eq!(
        guessed(
            ImportTable::Delegations,
            &[
                "No.",
                "Angkatan",
                "Negara",
                "Kode Negara",
                "Status Kehadiran",
                "Jumlah Peserta",
                "Catatan"
            ]
        ),
        ["–", "batch", "country", "country_code", "status", "headcount", "–"]
    );
    assert_eq!(
        guessed(
            ImportTable::Delegations,
            &["Batch", "Country", "ISO", "Attendance", "Registered", "Listed"]
        ),
        ["batch", "country", "country_code", "status", "registered", "listed"]
    );
    assert_eq!(
        guessed(ImportTable::Participants, &["NAMA LENGKAP PESERTA", "asal negara", "instansi"]),
        ["name", "country", "institution"]
    );
    assert_eq!(
        guessed(ImportTable::Batches, &["Judul", "Tgl. Mulai", "Tgl. Selesai"]),
        ["title", "starts_on", "ends_on"]
    );
}

#[test]
fn headings_that_people_use_are_known() {
    for (table, field, headings) in [
        (
            ImportTable::Delegations,
            "country",
            &[
                "Asal Negara",
                "Country of origin",
                "Participating country",
                "Negara Asal Peserta",
                "Nama Negara",
            ][..],
        ),
        (
            ImportTable::Delegations,
            "country_code",
            &["Country code (ISO)", "ISO alpha-2", "Kode negara asal", "Code"],
        ),
        (
            ImportTable::Delegations,
            "institution",
            &[
                "Name of institution",
                "Nama Instansi/Lembaga",
                "Sending institution",
                "Asal instansi",
                "Company name",
            ],
        ),
        (
            ImportTable::Delegations,
            "headcount",
            &[
                "Jumlah Peserta (orang)",
                "No. of participants",
                "Number of participants",
                "Total number of participants",
                "Jumlah peserta hadir",
                "Total",
                "Participants (reported)",
            ],
        ),
        (
            ImportTable::Delegations,
            "registered",
            &["Jumlah peserta terdaftar", "Number registered", "Registered participants"],
        ),
        (
            ImportTable::Delegations,
            "status",
            &["Status kehadiran", "Attendance status", "Status delegasi"],
        ),
        (
            ImportTable::Delegations,
            "batch",
            &["Nama kegiatan", "Kode kegiatan", "Training", "Batch name"],
        ),
        (ImportTable::Delegations, "number", &["No. Batch", "Nomor angkatan", "Angkatan ke-"]),
        (
            ImportTable::Participants,
            "name",
            &["Nama Lengkap Peserta", "Full name", "Name of participant", "Participant"],
        ),
        (
            ImportTable::Batches,
            "title",
            &["Event title", "Nama kegiatan", "Judul pelatihan", "Title of the training"],
        ),
        (
            ImportTable::Batches,
            "starts_on",
            &[
                "Tgl. Mulai",
                "Start Date",
                "Training start",
                "Tanggal mulai kegiatan",
                "Start of the training",
            ],
        ),
        (
            ImportTable::Batches,
            "ends_on",
            &["Tgl. Selesai", "End Date", "Training end", "Tanggal akhir"],
        ),
        (
            ImportTable::Batches,
            "dates",
            &["Hari/Tanggal", "Tanggal Pelaksanaan", "Course dates", "Waktu kegiatan"],
        ),
        (
            ImportTable::Batches,
            "venue",
            &[
                "Tempat Pelaksanaan Kegiatan",
                "Training venue",
                "Event Venue",
                "Lokasi kegiatan",
                "Venue name",
            ],
        ),
        (ImportTable::Batches, "country", &["Negara", "Host country", "Country"]),
        (
            ImportTable::Batches,
            "capacity",
            &["Kuota peserta", "Kapasitas (orang)", "Number of seats"],
        ),
        (
            ImportTable::Batches,
            "participants",
            &["Jumlah Peserta", "No. of participants", "Peserta hadir"],
        ),
        (ImportTable::Institutions, "kind", &["Institution type", "Jenis lembaga"]),
        (ImportTable::Institutions, "parent", &["Instansi induk", "Parent institution name"]),
        (ImportTable::Programmes, "title", &["Programme title", "Judul program", "Course title"]),
    ] {
        for heading in headings {
            assert_eq!(guessed(table, &[*heading]), [field], "{table}: {heading}");
        }
    }
}

#[test]
fn one_word_that_says_something_else_is_enough_not_to_guess() {
    for (table, headings) in [
        (
            ImportTable::Delegations,
            &[
                "Jumlah L",
                "Jumlah P",
                "Jumlah Lk",
                "Total females",
                "Participants (F)",
                "Peserta W",
                "M",
                "Total cost",
                "Jumlah hari",
                "Jumlah jam pelajaran",
                "Total score",
                "Host country",
                "Institution type",
                "Organisation ID",
                "key_id",
                "Key topics",
                "Key speaker",
                "Participant code",
                "Nama peserta",
                "Country/Institution",
                "Number of participants who had registered",
            ][..],
        ),
        (
            ImportTable::Participants,
            &["First Name", "Last Name", "Participant ID", "Surname", "Nama panggilan"],
        ),
        (
            ImportTable::Batches,
            &[
                "Report date",
                "Date created",
                "Tanggal undangan",
                "Deadline date",
                "Application closing date",
                "Registration start date",
                "Registration end date",
                "Country of origin",
                "Negara peserta",
                "third_place_match",
                "Tempat lahir",
                "Waktu dan tempat",
                "Venue/City",
                "Job title",
                "Total cost",
                "Jumlah hari",
            ],
        ),
        (ImportTable::Institutions, &["Organisation ID", "Country of registration", "Short name"]),
        (ImportTable::Memberships, &["group_stage"]),
    ] {
        for heading in headings {
            assert_eq!(guessed(table, &[*heading]), ["–"], "{table}: {heading}");
        }
    }
    assert_eq!(
        guessed(ImportTable::Delegations, &["Jumlah Laki-laki", "Perempuan", "Jumlah"]),
        ["male", "female", "headcount"]
    );
    assert_eq!(
        guessed(ImportTable::Batches, &["third_place_match", "Event Venue"]),
        ["–", "venue"]
    );
    assert_eq!(
        guessed(
            ImportTable::Delegations,
            &["Host country", "Participating country", "Jumlah L", "Jumlah P"]
        ),
        ["–", "country", "–", "–"]
    );
    assert_eq!(
        guessed(
            ImportTable::Batches,
            &["Registration start date", "Registration end date", "Training start", "Training end"]
        ),
        ["–", "–", "starts_on", "ends_on"]
    );
}

#[test]
fn what_is_left_out_says_what_it_may_be() {
    let say = |field: &str| format!("may be {field}: say so where it is");
    assert_eq!(
        notes(ImportTable::Participants, &["First Name", "Last Name"]),
        [say("name"), say("name")]
    );
    assert_eq!(notes(ImportTable::Delegations, &["Jumlah L"]), [say("headcount")]);
    // Two fields in one heading are neither.
    assert_eq!(guessed(ImportTable::Delegations, &["Jumlah / Number"]), ["–"]);
    assert_eq!(notes(ImportTable::Delegations, &["Jumlah / Number"]), [say("number or headcount")]);
    assert_eq!(notes(ImportTable::Batches, &["Waktu dan tempat"]), [say("dates or venue")]);
    // What another format calls something is no heading of a person.
    assert_eq!(notes(ImportTable::Batches, &["IATI title"]), [""]);
}

#[test]
fn a_field_is_one_column() {
    assert_eq!(guessed(ImportTable::Delegations, &["negara", "country"]), ["–", "country"]);
    assert_eq!(guessed(ImportTable::Delegations, &["Jumlah", "Jumlah"]), ["headcount", "–"]);
}

#[test]
fn of_columns_that_fit_equally_well_none_is_taken() {
    let (table, both) = (ImportTable::Batches, ["Event Venue", "Tempat Pelaksanaan Kegiatan"]);
    assert_eq!(guessed(table, &both), ["–", "–"]);
    assert_eq!(
        notes(table, &both)[0],
        "may be venue, and so may \"Tempat Pelaksanaan Kegiatan\": say which of the two is"
    );
    assert_eq!(guessed(table, &["Tanggal", "Periode"]), ["–", "–"]);
    assert_eq!(guessed(table, &["Event Venue", "Venue"]), ["–", "venue"]);
}

#[test]
fn the_cells_tell_whether_a_column_is_a_number_of_people() {
    let came = |cells: &[&str]| {
        let rows: Vec<[&str; 3]> = cells.iter().map(|cell| ["Nepal", "30", *cell]).collect();
        let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
        guessed_of(ImportTable::Delegations, &["Negara", "Terdaftar", "Hadir"], &rows)
            .swap_remove(2)
    };
    assert_eq!(came(&["20", "", "7 orang"]), "headcount");
    assert_eq!(came(&["ya", "", "✓"]), "status");
    assert_eq!(came(&["20", "tidak hadir"]), "status");
    assert_eq!(came(&["", ""]), "status");
    // One person, or yes.
    assert_eq!(came(&["1", "0"]), "–");
    assert_eq!(guessed_of(ImportTable::Delegations, &["Status"], &[&["20"]]), ["status"]);
}

#[test]
fn a_title_above_the_table_is_no_header() {
    let cells = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    assert!(!is_header(ImportTable::Delegations, &cells(&["Daftar delegasi 2023", "", ""])));
    assert!(is_header(ImportTable::Delegations, &cells(&["Angkatan", "Negara", "Jumlah"])));
}
