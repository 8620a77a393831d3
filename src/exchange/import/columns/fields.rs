//! The fields of each table, and the names by which people head them in Indonesian and English.

mod shared;

use entity::vocabulary::ImportTable;

use self::shared::{
    ACRONYM, BATCH, BODY, CITY, COUNTRY, COUNTRY_CODE, COUNTRY_HELD, COURSE, DATES, DAY, ENDS_ON,
    EVENT, INSTITUTION, KIND, LABEL, LANGUAGE, LATITUDE, LONGITUDE, NAMED, NUMBER, PEOPLE,
    PROGRAMME, STARTS_ON, STATUS, STATUS_OF_BATCH, TITLE, TITLES, VENUE, field, key,
};
use crate::text::fold;

/// What a column may hold.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, here and in mappings.
    pub name: &'static str,
    /// What people call it, folded. The name itself is among them without being listed.
    pub(super) also: &'static [&'static str],
    /// Words that stand beside these in a heading without making it that of something else.
    pub(super) beside: &'static [&'static [&'static str]],
    /// Whether it says who somebody is.
    pub personal: bool,
    /// Whether it is a number of people.
    pub(super) counted: bool,
}

const DELEGATIONS: [Field; 17] = [
    key(&[&["delegation", "delegasi"]]),
    BATCH,
    PROGRAMME,
    NUMBER,
    COUNTRY,
    COUNTRY_CODE,
    INSTITUTION,
    field(
        "group",
        &["kelompok", "grup", "regional group", "kelompok negara"],
        &[NAMED, &["regional", "key", "kunci"]],
    ),
    field(
        "category",
        &["kategori", "kategori delegasi", "party or observer"],
        &[&["delegation", "delegasi", "delegations"]],
    ),
    LABEL,
    STATUS,
    Field {
        counted: true,
        ..field(
            "headcount",
            &[
                "jumlah",
                "jumlah peserta",
                "jumlah orang",
                "participants",
                "number of participants",
                "no of participants",
                "number of people",
                "number of persons",
                "number of delegates",
                "peserta",
                "people",
                "headcount reported",
                "jumlah delegasi",
                "total",
                "total peserta",
                "hadir",
                "attended",
                "number attended",
                "kehadiran",
                "attendance",
            ],
            &[PEOPLE, &["delegasi", "reported", "actual", "dilaporkan"]],
        )
    },
    Field {
        counted: true,
        ..field(
            "female",
            &["perempuan", "wanita", "women", "females", "jumlah perempuan"],
            &[PEOPLE, &["jumlah", "number", "of"]],
        )
    },
    Field {
        counted: true,
        ..field(
            "male",
            &["laki laki", "pria", "men", "males", "jumlah laki laki"],
            &[PEOPLE, &["jumlah", "number", "of"]],
        )
    },
    Field {
        counted: true,
        ..field(
            "other_or_unknown",
            &["jenis kelamin lain", "other sex", "sex unknown", "unknown sex"],
            &[PEOPLE, &["jumlah", "number", "of"]],
        )
    },
    Field {
        counted: true,
        ..field(
            "registered",
            &[
                "terdaftar",
                "jumlah terdaftar",
                "pendaftar",
                "registrants",
                "registered participants",
                "jumlah pendaftar",
                "number registered",
                "number of registered",
            ],
            &[PEOPLE, &["jumlah", "total"]],
        )
    },
    Field {
        counted: true,
        ..field(
            "listed",
            &[
                "tercantum",
                "jumlah nama",
                "names listed",
                "named",
                "nama tercantum",
                "jumlah dalam daftar",
            ],
            &[PEOPLE, &["jumlah", "total"]],
        )
    },
];

const PARTICIPANTS: [Field; 8] = [
    BATCH,
    PROGRAMME,
    NUMBER,
    Field {
        personal: true,
        ..field(
            "name",
            &[
                "nama",
                "nama peserta",
                "nama lengkap",
                "full name",
                "participant",
                "participants",
                "participant name",
                "peserta",
            ],
            &[NAMED, &["lengkap", "full", "daftar", "list"]],
        )
    },
    COUNTRY,
    COUNTRY_CODE,
    INSTITUTION,
    LABEL,
];

const WORKSHOPS: [Field; 11] = [
    key(&[&["workshop", "activity", "kegiatan"]]),
    BATCH,
    PROGRAMME,
    NUMBER,
    field("position", &["urutan", "no", "nomor", "order"], &[&["urut"]]),
    KIND,
    TITLE,
    LANGUAGE,
    STARTS_ON,
    ENDS_ON,
    VENUE,
];

const BATCHES: [Field; 19] = [
    key(&[&["batch", "angkatan"]]),
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
    COUNTRY_HELD,
    // A code alone may be that of a batch.
    field("country_code", &["kode negara", "kode iso", "iso 3166", "iso country code"], &[]),
    LATITUDE,
    LONGITUDE,
    field("mode", &["moda", "cara", "delivery mode", "mode of delivery", "format"], &[EVENT]),
    STATUS_OF_BATCH,
    field(
        "capacity",
        &["kapasitas", "kuota", "quota", "seats", "places"],
        &[EVENT, PEOPLE, &["jumlah", "number", "no", "total", "max", "maximum", "maksimum"]],
    ),
    Field {
        counted: true,
        ..field(
            "participants",
            &[
                "jumlah peserta",
                "peserta",
                "number of participants",
                "no of participants",
                "jumlah",
                "total peserta",
                "jumlah orang",
                "hadir",
                "attended",
                "kehadiran",
                "attendance",
            ],
            &[PEOPLE, &["total", "reported", "actual"]],
        )
    },
];

const INSTITUTIONS: [Field; 11] = [
    key(&[BODY]),
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
        &[NAMED, BODY, &["lengkap", "full"]],
    ),
    LANGUAGE,
    field(
        "name_en",
        &[
            "english name",
            "nama inggris",
            "name in english",
            "nama bahasa inggris",
            "nama dalam bahasa inggris",
        ],
        &[BODY],
    ),
    ACRONYM,
    KIND,
    COUNTRY,
    COUNTRY_CODE,
    CITY,
    field(
        "website",
        &["situs", "url", "web", "laman", "homepage"],
        &[BODY, &["address", "alamat", "link", "website"]],
    ),
    field("parent", &["induk", "parent institution", "di bawah", "lembaga induk"], &[BODY, NAMED]),
];

const MEMBERSHIPS: [Field; 6] = [
    field(
        "group",
        &[
            "kelompok",
            "grup",
            "regional group",
            "organisasi",
            "organisation",
            "perjanjian",
            "treaty",
        ],
        &[NAMED, &["regional", "key", "kunci"]],
    ),
    COUNTRY,
    COUNTRY_CODE,
    KIND,
    field(
        "valid_from",
        &["from", "dari", "sejak", "since", "joined", "bergabung", "tanggal bergabung", "mulai"],
        &[DAY, &["year", "tahun", "member", "anggota", "berlaku"]],
    ),
    field(
        "valid_to",
        &["to", "sampai", "until", "left", "keluar", "berakhir"],
        &[DAY, &["year", "tahun", "member", "anggota"]],
    ),
];

const PROGRAMMES: [Field; 5] = [
    key(&[COURSE]),
    field("title", TITLES, &[EVENT, NAMED, COURSE]),
    LANGUAGE,
    ACRONYM,
    field(
        "modality",
        &["modalitas", "jenis kerja sama", "cooperation"],
        &[COURSE, &["type", "jenis", "kerja", "sama"]],
    ),
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
