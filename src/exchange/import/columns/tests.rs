use super::*;

#[test]
fn columns_have_letters() {
    assert_eq!(column_name(0), "column A");
    assert_eq!(column_name(25), "column Z");
    assert_eq!(column_name(26), "column AA");
    assert_eq!(column_name(701), "column ZZ");
}

#[test]
fn a_number_of_some_is_not_that_of_all() {
    assert_eq!(
        guessed(ImportTable::Delegations, &["Negara", "Jumlah Laki-laki", "Jumlah Perempuan"]),
        ["country", "–", "–"]
    );
}

fn guessed(table: ImportTable, headings: &[&str]) -> Vec<String> {
    let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    guess(table, &headings).into_iter().map(|column| column.field.unwrap_or_else(|| "–".to_owned())).collect()
}

#[test]
fn columns_are_known_by_their_headings_in_both_languages() {
    assert_eq!(
        guessed(
            ImportTable::Delegations,
            &["No.", "Angkatan", "Negara", "Kode Negara", "Status Kehadiran", "Jumlah Peserta", "Catatan"]
        ),
        ["–", "batch", "country", "country_code", "status", "headcount", "–"]
    );
    assert_eq!(
        guessed(ImportTable::Delegations, &["Batch", "Country", "ISO", "Attendance", "Registered", "Listed"]),
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
fn a_field_is_one_column() {
    assert_eq!(guessed(ImportTable::Delegations, &["negara", "country"]), ["–", "country"]);
}

#[test]
fn a_title_above_the_table_is_no_header() {
    let cells = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    assert!(!is_header(ImportTable::Delegations, &cells(&["Daftar delegasi 2023", "", ""])));
    assert!(is_header(ImportTable::Delegations, &cells(&["Angkatan", "Negara", "Jumlah"])));
}
