//! Which column of a file is what: the fields of each table, the names by which people head them in Indonesian and English, and the
//! guess that is shown before anything is taken (`mapped`).

mod mapped;

use entity::vocabulary::ImportTable;

pub use self::mapped::{ColumnUse, MappedColumn, ShownColumn, column_name, guess, shown};

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

const BATCHES: [Field; 19] = [
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
    // A code alone may be that of a batch.
    field("country_code", &["kode negara", "kode iso", "iso 3166", "iso country code"]),
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

/// The field of a table that has this name, however it is written: `Starts On` is `starts_on`.
pub fn field_named(table: ImportTable, name: &str) -> Option<&'static Field> {
    let folded = fold(name);
    fields(table).iter().find(|field| field.name.replace('_', " ") == folded)
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

/// With what columns begin that are made of what another format calls something: what they are is not guessed by a word in it.
const FORMATS: [&str; 3] = ["icalendar ", "schema org ", "iati "];

/// How well a heading fits a field: it is its name, or what people call it, or one of these with more words around it.
fn fit(heading: &str, field: &Field) -> Option<usize> {
    let name = field.name.replace('_', " ");
    if heading == name {
        return Some(0);
    }
    if field.also.contains(&heading) {
        return Some(1);
    }
    if FORMATS.iter().any(|format| heading.starts_with(format)) || heading.split(' ').any(|word| SOME.contains(&word)) {
        return None;
    }
    let within = |name: &str| format!(" {heading} ").contains(&format!(" {name} "));
    let longest = field.also.iter().copied().chain([name.as_str()]).filter(|name| within(name)).map(str::len).max()?;
    Some(1000 - longest.min(900))
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
