//! The fields of each table, and the names by which people head them in Indonesian and English.

mod network;
mod shared;

use entity::vocabulary::ImportTable;

use self::network::{
    APPOINTMENTS, INSTITUTIONS, MEMBERSHIPS, PARTNERSHIPS, PROGRAMMES, REGIONAL_GROUPS,
};
use self::shared::{
    BATCH, CITY, CODE_HELD, COUNTRY, COUNTRY_CODE, COUNTRY_HELD, DATES, ENDS_ON, EVENT, FEMALE,
    INSTITUTION, KIND, LABEL, LANGUAGE, LATITUDE, LONGITUDE, MALE, NAMED, NUMBER, OTHER_OR_UNKNOWN,
    PEOPLE, PROGRAMME, REGISTERED, SENT, STARTS_ON, STATUS, STATUS_OF_BATCH, TITLE, VENUE, field,
    key,
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
    FEMALE,
    MALE,
    OTHER_OR_UNKNOWN,
    REGISTERED,
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

const WORKSHOPS: [Field; 16] = [
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
    CITY,
    COUNTRY_HELD,
    CODE_HELD,
    LATITUDE,
    LONGITUDE,
];

const BATCHES: [Field; 24] = [
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
    CODE_HELD,
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
    FEMALE,
    MALE,
    OTHER_OR_UNKNOWN,
    REGISTERED,
    // A heading without a number may be that of a list of names.
    Field {
        counted: true,
        ..field(
            "country_count",
            &[
                "jumlah negara",
                "jumlah negara peserta",
                "number of countries",
                "no of countries",
                "number of participating countries",
                "number of economies",
                "jumlah ekonomi",
            ],
            &[SENT, &["total", "reported", "actual"]],
        )
    },
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
        ImportTable::RegionalGroups => &REGIONAL_GROUPS,
        ImportTable::Partnerships => &PARTNERSHIPS,
        ImportTable::Appointments => &APPOINTMENTS,
    }
}

/// The field of a table that has this name, however it is written: `Starts On` is `starts_on`.
pub fn field_named(table: ImportTable, name: &str) -> Option<&'static Field> {
    let folded = fold(name);
    fields(table).iter().find(|field| field.name.replace('_', " ") == folded)
}
