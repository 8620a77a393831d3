//! The fields of bodies, groups and programmes, and of what relates them.

use super::Field;
use super::shared::{
    ACRONYM, BATCH, BODY, CITY, COUNTRY, COUNTRY_CODE, COURSE, DAY, EVENT, GROUP, KIND, LANGUAGE,
    NAMED, NUMBER, PROGRAMME, TITLES, field, key,
};

pub(super) const INSTITUTIONS: [Field; 11] = [
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

pub(super) const MEMBERSHIPS: [Field; 6] = [
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

pub(super) const PROGRAMMES: [Field; 5] = [
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

/// The name of a body by which a row of another table calls it, with what tells it from others of
/// its name.
const CALLED: Field = field(
    "institution",
    &["instansi", "lembaga", "organisasi", "organisation", "organization"],
    &[NAMED, &["asal", "host", "key", "kunci"]],
);

pub(super) const REGIONAL_GROUPS: [Field; 5] = [
    key(&[GROUP]),
    field(
        "name_en",
        &[
            "name",
            "nama",
            "english name",
            "nama inggris",
            "name in english",
            "nama dalam bahasa inggris",
            "group",
            "regional group",
        ],
        &[GROUP, &["full", "official"]],
    ),
    field(
        "name_id",
        &[
            "nama",
            "indonesian name",
            "nama indonesia",
            "name in indonesian",
            "nama dalam bahasa indonesia",
        ],
        &[GROUP, &["lengkap", "resmi"]],
    ),
    field("acronym", &["singkatan", "akronim", "abbreviation"], &[GROUP, NAMED]),
    field("kind", &["type", "jenis", "tipe"], &[GROUP]),
];

pub(super) const PARTNERSHIPS: [Field; 12] = [
    key(&[&["partnership", "kemitraan"]]),
    BATCH,
    PROGRAMME,
    NUMBER,
    field(
        "role",
        &["peran", "peranan", "partnership role", "peran mitra", "sebagai"],
        &[BODY, &["partner", "mitra", "partnership", "kemitraan"]],
    ),
    field(
        "institution",
        &[
            "partner",
            "mitra",
            "partner institution",
            "lembaga mitra",
            "organisation",
            "organization",
            "instansi",
            "lembaga",
            "organisasi",
        ],
        &[NAMED, &["key", "kunci"]],
    ),
    KIND,
    field("country", &["negara", "nama negara", "country name"], &[NAMED, BODY]),
    COUNTRY_CODE,
    CITY,
    field(
        "group",
        &["kelompok", "grup", "regional group", "kelompok negara"],
        &[NAMED, &["regional", "key", "kunci"]],
    ),
    field(
        "label",
        &["name as printed", "printed name", "nama tercetak", "nama sesuai dokumen", "sebutan"],
        &[NAMED],
    ),
];

pub(super) const APPOINTMENTS: [Field; 12] = [
    Field {
        personal: true,
        ..field("person", &["person key", "kunci orang"], &[&["key", "kunci", "orang"]])
    },
    Field {
        personal: true,
        ..field(
            "name",
            &["nama", "nama lengkap", "full name", "nama pejabat", "pejabat"],
            &[NAMED, &["lengkap", "full", "pejabat"]],
        )
    },
    CALLED,
    KIND,
    field("country", &["negara", "nama negara", "country name"], &[NAMED, BODY]),
    COUNTRY_CODE,
    CITY,
    Field {
        personal: true,
        ..field("post", &["jabatan", "nama jabatan", "position", "job title"], &[NAMED, &["job"]])
    },
    field("language", &["bahasa"], &[&["post", "jabatan", "title"]]),
    field(
        "acting",
        &["plt", "pelaksana tugas", "acting capacity", "sementara"],
        &[&["status", "jabatan"]],
    ),
    field(
        "valid_from",
        &["from", "dari", "sejak", "since", "mulai", "tmt", "start", "start date"],
        &[DAY, &["year", "tahun", "menjabat", "jabatan"]],
    ),
    field(
        "valid_to",
        &["to", "sampai", "until", "berakhir", "end", "end date"],
        &[DAY, &["year", "tahun", "menjabat", "jabatan"]],
    ),
];
