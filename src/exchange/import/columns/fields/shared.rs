//! Words of headings, and the fields that several tables have.

use super::Field;

/// Words, folded.
pub(super) type Words = &'static [&'static str];

/// A field: its name, what people call it, and what stands beside that.
pub(super) const fn field(name: &'static str, also: Words, beside: &'static [Words]) -> Field {
    Field { name, also, beside, personal: false, counted: false }
}

/// What is held.
pub(super) const EVENT: Words = &[
    "event",
    "kegiatan",
    "pelatihan",
    "training",
    "acara",
    "activity",
    "batch",
    "angkatan",
    "workshop",
    "diklat",
    "pelaksanaan",
];
/// That it is a name.
pub(super) const NAMED: Words = &["nama", "name", "resmi", "official"];
/// That it is a day.
pub(super) const DAY: Words = &["tanggal", "tgl", "date"];
/// Bodies.
pub(super) const BODY: Words =
    &["institution", "organisation", "organization", "lembaga", "instansi", "organisasi"];
/// Groups of countries.
pub(super) const GROUP: Words =
    &["group", "kelompok", "grup", "regional", "organisation", "organization", "organisasi"];
/// Those who come, and from where.
pub(super) const SENT: Words = &[
    "peserta",
    "participant",
    "participants",
    "participating",
    "delegasi",
    "delegation",
    "asal",
    "origin",
    "sending",
    "pengirim",
];
/// That it is of people.
pub(super) const PEOPLE: Words =
    &["orang", "people", "person", "persons", "pax", "peserta", "participants", "delegates"];
/// Programmes.
pub(super) const COURSE: Words = &["programme", "program", "course"];

/// A key, with what it may be the key of.
pub(super) const fn key(of: &'static [Words]) -> Field {
    field("key", &["kunci"], of)
}

pub(super) const BATCH: Field = field(
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
    &[NAMED, &["acara", "key", "kunci", "code", "kode"]],
);
pub(super) const PROGRAMME: Field = field(
    "programme",
    &["program", "programme key", "kode program", "nama program", "program pelatihan", "course"],
    &[NAMED, &["key", "code", "kode", "kunci", "title", "judul", "training", "pelatihan"]],
);
pub(super) const NUMBER: Field = field(
    "number",
    &[
        "no batch",
        "batch no",
        "batch number",
        "nomor batch",
        "ordinal",
        "angkatan ke",
        "batch ke",
        "nomor angkatan",
        "no angkatan",
    ],
    &[&["batch", "angkatan", "gelombang", "run"]],
);
pub(super) const COUNTRY: Field = field(
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
    &[NAMED, SENT, &["home", "member", "anggota"]],
);
/// Where something is held: the country of those who come is another one.
pub(super) const COUNTRY_HELD: Field = field(
    "country",
    &["negara", "nama negara", "country name", "host country"],
    &[NAMED, EVENT, &["host"]],
);
/// The code of the country in which something is held: a code alone may be that of a batch.
pub(super) const CODE_HELD: Field =
    field("country_code", &["kode negara", "kode iso", "iso 3166", "iso country code"], &[]);
pub(super) const COUNTRY_CODE: Field = field(
    "country_code",
    &[
        "kode negara",
        "iso",
        "iso2",
        "iso 3166",
        "iso 3166 1",
        "iso code",
        "iso country code",
        "alpha 2",
        "iso3",
        "alpha 3",
        "kode iso",
        "code",
    ],
    &[&["country", "negara", "code", "kode", "asal", "origin", "participating", "sending", "home"]],
);
pub(super) const INSTITUTION: Field = field(
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
    &[NAMED, SENT],
);
pub(super) const LABEL: Field = field(
    "label",
    &["keterangan delegasi", "delegation label", "sebutan", "rombongan"],
    &[NAMED, EVENT, &["delegasi", "delegation"]],
);
pub(super) const TITLES: Words = &[
    "judul",
    "tema",
    "topic title",
    "theme",
    "nama kegiatan",
    "activity title",
    "nama batch",
    "batch title",
];
pub(super) const TITLE: Field = field("title", TITLES, &[EVENT, NAMED]);
pub(super) const LANGUAGE: Field =
    field("language", &["bahasa"], &[&["title", "judul", "name", "nama"]]);
pub(super) const STARTS_ON: Field = field(
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
        "tanggal awal",
        "tgl awal",
    ],
    &[EVENT, COURSE, DAY, &["on"]],
);
pub(super) const ENDS_ON: Field = field(
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
        "tanggal akhir",
        "tgl akhir",
    ],
    &[EVENT, COURSE, DAY, &["on"]],
);
pub(super) const DATES: Field = field(
    "dates",
    &[
        "tanggal",
        "tanggal pelaksanaan",
        "waktu",
        "waktu pelaksanaan",
        "date",
        "tgl",
        "period",
        "periode",
        "jadwal",
    ],
    &[EVENT, COURSE, &["hari", "day"]],
);
pub(super) const VENUE: Field = field(
    "venue",
    &["tempat", "lokasi", "location", "place", "tempat pelaksanaan", "venue name"],
    &[EVENT, COURSE, NAMED],
);
pub(super) const CITY: Field =
    field("city", &["kota", "kabupaten kota", "town", "kabupaten"], &[EVENT, NAMED]);
pub(super) const COORDINATE: Words =
    &["garis", "koordinat", "coordinate", "venue", "gps", "decimal"];
pub(super) const LATITUDE: Field = field("latitude", &["lat", "lintang"], &[COORDINATE]);
pub(super) const LONGITUDE: Field =
    field("longitude", &["lon", "long", "lng", "bujur"], &[COORDINATE]);
/// Where a delegation stands; its words for who came head numbers as well.
pub(super) const STATUS: Field = field(
    "status",
    &["state", "keadaan", "kehadiran", "attendance", "status kehadiran", "attended", "hadir"],
    &[SENT, &["participation", "partisipasi", "keikutsertaan"]],
);
/// How many people signed up.
pub(super) const REGISTERED: Field = Field {
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
};
/// What was decided of a batch.
pub(super) const STATUS_OF_BATCH: Field = field("status", &["state", "keadaan"], &[EVENT]);
pub(super) const KIND: Field = field(
    "kind",
    &["type", "jenis", "tipe", "kategori", "category"],
    &[EVENT, BODY, &["membership", "keanggotaan"]],
);
pub(super) const ACRONYM: Field =
    field("acronym", &["singkatan", "akronim", "abbreviation"], &[BODY, COURSE, NAMED]);

/// How many of the people are of a sex.
const fn of_sex(name: &'static str, also: Words) -> Field {
    Field { counted: true, ..field(name, also, &[PEOPLE, &["jumlah", "number", "of"]]) }
}

pub(super) const FEMALE: Field =
    of_sex("female", &["perempuan", "wanita", "women", "females", "jumlah perempuan"]);
pub(super) const MALE: Field =
    of_sex("male", &["laki laki", "pria", "men", "males", "jumlah laki laki"]);
pub(super) const OTHER_OR_UNKNOWN: Field =
    of_sex("other_or_unknown", &["jenis kelamin lain", "other sex", "sex unknown", "unknown sex"]);
