//! Which column of a file is what: the fields of each table, the names by which people head them in Indonesian and English, and the
//! guess that is shown before anything is taken.

use entity::vocabulary::ImportTable;
use serde::{Deserialize, Serialize};

use crate::text::fold;

/// What a column may hold.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, here and in mappings.
    pub name: &'static str,
    /// What people call it, folded. The name itself is among them without being listed.
    also: &'static [&'static str],
    /// Whether it says who somebody is.
    pub personal: bool,
}

const fn field(name: &'static str, also: &'static [&'static str]) -> Field {
    Field { name, also, personal: false }
}

const KEY: Field = field("key", &["kunci"]);
const BATCH: Field = field(
    "batch",
    &[
        "batch key",
        "angkatan",
        "gelombang",
        "pelatihan",
        "training",
        "kegiatan",
        "event",
        "activity",
        "kode batch",
        "batch code",
        "course run",
    ],
);
const PROGRAMME: Field =
    field("programme", &["program", "programme key", "kode program", "nama program", "program pelatihan", "course"]);
const NUMBER: Field = field(
    "number",
    &["no batch", "batch number", "nomor batch", "ordinal", "angkatan ke", "batch ke", "nomor angkatan"],
);
const COUNTRY: Field = field(
    "country",
    &[
        "negara",
        "nama negara",
        "country name",
        "asal negara",
        "negara asal",
        "country of origin",
        "delegasi",
        "nation",
        "economy",
        "ekonomi",
        "negara peserta",
    ],
);
const COUNTRY_CODE: Field = field(
    "country_code",
    &["kode negara", "iso", "iso2", "iso 3166", "iso code", "alpha 2", "iso3", "alpha 3", "kode iso", "code"],
);
const INSTITUTION: Field = field(
    "institution",
    &[
        "instansi",
        "lembaga",
        "organisasi",
        "organisation",
        "organization",
        "asal instansi",
        "instansi pengirim",
        "sender",
        "pengirim",
        "asosiasi",
        "association",
        "company",
        "perusahaan",
    ],
);
const LABEL: Field = field("label", &["keterangan delegasi", "delegation label", "sebutan", "rombongan"]);
const TITLE: Field = field(
    "title",
    &["judul", "tema", "topic title", "theme", "nama kegiatan", "activity title", "nama batch", "batch title"],
);
const LANGUAGE: Field = field("language", &["bahasa"]);
const STARTS_ON: Field = field(
    "starts_on",
    &[
        "start",
        "start date",
        "starts",
        "mulai",
        "tanggal mulai",
        "tgl mulai",
        "from",
        "dari",
        "dari tanggal",
        "begin",
        "opening date",
    ],
);
const ENDS_ON: Field = field(
    "ends_on",
    &[
        "end",
        "end date",
        "ends",
        "selesai",
        "tanggal selesai",
        "tgl selesai",
        "to",
        "sampai",
        "sampai tanggal",
        "berakhir",
        "closing date",
    ],
);
const DATES: Field = field(
    "dates",
    &["tanggal", "tanggal pelaksanaan", "waktu", "waktu pelaksanaan", "date", "tgl", "period", "periode", "jadwal"],
);
const VENUE: Field = field("venue", &["tempat", "lokasi", "location", "place", "tempat pelaksanaan", "venue name"]);
const CITY: Field = field("city", &["kota", "kabupaten kota", "town", "kabupaten"]);
const LATITUDE: Field = field("latitude", &["lat", "lintang"]);
const LONGITUDE: Field = field("longitude", &["lon", "long", "lng", "bujur"]);
const STATUS: Field =
    field("status", &["state", "keadaan", "kehadiran", "attendance", "status kehadiran", "attended", "hadir"]);
const KIND: Field = field("kind", &["type", "jenis", "tipe", "kategori", "category"]);

const DELEGATIONS: [Field; 12] = [
    KEY,
    BATCH,
    PROGRAMME,
    NUMBER,
    COUNTRY,
    COUNTRY_CODE,
    INSTITUTION,
    LABEL,
    STATUS,
    field(
        "headcount",
        &[
            "jumlah",
            "jumlah peserta",
            "jumlah orang",
            "participants",
            "number of participants",
            "peserta",
            "people",
            "headcount reported",
            "jumlah delegasi",
            "total",
            "total peserta",
        ],
    ),
    field(
        "registered",
        &["terdaftar", "jumlah terdaftar", "pendaftar", "registrants", "registered participants", "jumlah pendaftar"],
    ),
    field("listed", &["tercantum", "jumlah nama", "names listed", "named", "nama tercantum", "jumlah dalam daftar"]),
];

const PARTICIPANTS: [Field; 8] = [
    BATCH,
    PROGRAMME,
    NUMBER,
    Field {
        name: "name",
        also: &["nama", "nama peserta", "nama lengkap", "full name", "participant", "participant name", "peserta"],
        personal: true,
    },
    COUNTRY,
    COUNTRY_CODE,
    INSTITUTION,
    LABEL,
];

const WORKSHOPS: [Field; 11] = [
    KEY,
    BATCH,
    PROGRAMME,
    NUMBER,
    field("position", &["urutan", "no", "nomor", "order"]),
    KIND,
    TITLE,
    LANGUAGE,
    STARTS_ON,
    ENDS_ON,
    VENUE,
];

const BATCHES: [Field; 18] = [
    KEY,
    PROGRAMME,
    NUMBER,
    LABEL,
    TITLE,
    LANGUAGE,
    STARTS_ON,
    ENDS_ON,
    DATES,
    VENUE,
    CITY,
    COUNTRY,
    LATITUDE,
    LONGITUDE,
    field("mode", &["moda", "cara", "delivery mode", "format"]),
    STATUS,
    field("capacity", &["kapasitas", "kuota", "quota", "seats", "places"]),
    field("participants", &["jumlah peserta", "peserta", "number of participants", "jumlah", "total peserta"]),
];

const INSTITUTIONS: [Field; 11] = [
    KEY,
    field(
        "name",
        &[
            "nama",
            "nama lembaga",
            "nama instansi",
            "institution",
            "institution name",
            "organisation",
            "organization",
            "lembaga",
            "instansi",
        ],
    ),
    LANGUAGE,
    field("name_en", &["english name", "nama inggris", "name in english"]),
    field("acronym", &["singkatan", "akronim", "abbreviation"]),
    KIND,
    COUNTRY,
    COUNTRY_CODE,
    CITY,
    field("website", &["situs", "url", "web", "laman", "homepage"]),
    field("parent", &["induk", "parent institution", "di bawah", "lembaga induk"]),
];

const MEMBERSHIPS: [Field; 6] = [
    field("group", &["kelompok", "grup", "regional group", "organisasi", "organisation", "perjanjian", "treaty"]),
    COUNTRY,
    COUNTRY_CODE,
    KIND,
    field("valid_from", &["from", "dari", "sejak", "since", "joined", "bergabung", "tanggal bergabung", "mulai"]),
    field("valid_to", &["to", "sampai", "until", "left", "keluar", "berakhir"]),
];

const PROGRAMMES: [Field; 5] = [
    KEY,
    TITLE,
    LANGUAGE,
    field("acronym", &["singkatan", "akronim", "abbreviation"]),
    field("modality", &["modalitas", "jenis kerja sama", "cooperation"]),
];

/// The fields of a table.
pub fn fields(table: ImportTable) -> &'static [Field] {
    match table {
        ImportTable::Delegations => &DELEGATIONS,
        ImportTable::Participants => &PARTICIPANTS,
        ImportTable::Workshops => &WORKSHOPS,
        ImportTable::Batches => &BATCHES,
        ImportTable::Institutions => &INSTITUTIONS,
        ImportTable::Memberships => &MEMBERSHIPS,
        ImportTable::Programmes => &PROGRAMMES,
    }
}

/// A column of a file, with what it is taken for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedColumn {
    /// As it is headed.
    pub name: String,
    /// The field that it is taken for; none where nothing is known of it, and it is left out.
    pub field: Option<String>,
}

/// Words that say that a number is of some of the people only.
const SOME: [&str; 14] = [
    "laki",
    "pria",
    "putra",
    "perempuan",
    "wanita",
    "putri",
    "male",
    "female",
    "men",
    "women",
    "boys",
    "girls",
    "disabilitas",
    "l",
];

/// How well a heading fits a field: it is its name, or what people call it, or one of these with more words around it.
fn fit(heading: &str, field: &Field) -> Option<usize> {
    let name = field.name.replace('_', " ");
    if heading == name {
        return Some(0);
    }
    if field.also.contains(&heading) {
        return Some(1);
    }
    if heading.split(' ').any(|word| SOME.contains(&word)) {
        return None;
    }
    let within = |name: &str| format!(" {heading} ").contains(&format!(" {name} "));
    let longest = field.also.iter().copied().chain([name.as_str()]).filter(|name| within(name)).map(str::len).max()?;
    Some(1000 - longest.min(900))
}

/// The letters by which a spreadsheet calls a column, counted from 0.
pub fn column_name(place: usize) -> String {
    let (mut letters, mut rest) = (Vec::new(), place + 1);
    while rest > 0 {
        letters.push(b'A' + u8::try_from((rest - 1) % 26).unwrap_or_default());
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    format!("column {}", String::from_utf8_lossy(&letters))
}

/// A heading; where there is none, the letters of the column.
fn named(heading: &str, place: usize) -> String {
    let heading = crate::text::tidy(heading);
    if heading.is_empty() { column_name(place) } else { heading }
}

/// What each column is taken for: the field that fits its heading best, each field once.
pub fn guess(table: ImportTable, headings: &[String]) -> Vec<MappedColumn> {
    let folded: Vec<String> = headings.iter().map(|heading| fold(heading)).collect();
    let mut fits: Vec<(usize, usize, usize)> = Vec::new();
    for (column, heading) in folded.iter().enumerate() {
        for (place, field) in fields(table).iter().enumerate() {
            if let Some(fit) = fit(heading, field) {
                fits.push((fit, column, place));
            }
        }
    }
    fits.sort_unstable();
    let mut columns: Vec<MappedColumn> =
        (0..).zip(headings).map(|(place, name)| MappedColumn { name: named(name, place), field: None }).collect();
    let mut given = vec![false; fields(table).len()];
    for (_, column, place) in fits {
        let (Some(column), Some(given), Some(field)) =
            (columns.get_mut(column), given.get_mut(place), fields(table).get(place))
        else {
            continue;
        };
        if column.field.is_none() && !*given {
            column.field = Some(field.name.to_owned());
            *given = true;
        }
    }
    columns
}

/// Whether a heading names a field exactly.
pub fn is_heading(table: ImportTable, cell: &str) -> bool {
    let folded = fold(cell);
    !folded.is_empty() && fields(table).iter().any(|field| fit(&folded, field).is_some_and(|fit| fit <= 1))
}

/// Whether a row heads columns of this table: two of its cells at least, or the only one, name a field exactly.
pub fn is_header(table: ImportTable, cells: &[String]) -> bool {
    let known = cells.iter().filter(|cell| is_heading(table, cell)).count();
    known >= 2 || (known == 1 && cells.len() == 1)
}

#[cfg(test)]
mod tests;
