//! The same sentences in Indonesian: at least one of every rule.

use serde_json::json;

use super::super::*;
use super::id;

fn says(rule: FindingRule, property: Option<ClaimProperty>, detail: Json) -> String {
    let names: HashMap<_, _> = [(id(1), "Kompas".to_owned()), (id(2), "Antara".to_owned())].into();
    message(rule, property, &detail, &names).sentence("id")
}

#[test]
fn numbers() {
    let detail = json!({
        "sameNumber": [{ "number": 22, "units": ["PERSON", "COUNTRY"] }],
        "moreThanNamed": [
            { "claimed": 22, "named": 12, "closed": false },
            { "claimed": 8, "named": 3, "closed": true },
        ],
    });
    assert_eq!(
        says(FindingRule::UnitConfusion, Some(ClaimProperty::Countries), detail),
        "22 dinyatakan sebagai jumlah orang dan negara; 22 negara dinyatakan, tetapi hanya 12 yang \
         disebut namanya; 8 negara dinyatakan, tetapi hanya 3 yang disebut dalam daftar yang \
         lengkap."
    );
    let per_day = json!({
        "days": 5,
        "perDay": [{ "min": 100, "comparator": "ABOUT", "unit": "PERSON", "scope": "PER_DAY" }],
        "total": [{ "min": 700, "max": 700, "unit": "PERSON" }],
    });
    assert_eq!(
        says(FindingRule::SumMismatch, Some(ClaimProperty::Participants), per_day),
        "Sekitar 100 orang per hari selama 5 hari tidak sama dengan 700 orang."
    );
    let category = json!({
        "category": "OBSERVER_STATE", "delegations": 3, "sum": { "min": 30 },
        "total": [{ "min": 22, "max": 22, "unit": "PERSON" }],
    });
    assert_eq!(
        says(FindingRule::SumMismatch, Some(ClaimProperty::Participants), category),
        "Jumlah orang dari 3 delegasi berkategori negara pengamat adalah sedikitnya 30 orang, \
         bukan 22 orang."
    );
    let headcounts =
        json!({ "delegations": 1, "sum": { "min": 3, "max": 3 }, "total": { "max": 2 } });
    assert_eq!(
        says(FindingRule::SumMismatch, Some(ClaimProperty::Participants), headcounts),
        "Jumlah orang dari 1 delegasi adalah 3 orang, bukan paling banyak 2 orang."
    );
    let fewer = json!({ "people": { "min": 10, "max": 10 }, "delegations": 12 });
    assert_eq!(
        says(FindingRule::FewerPeopleThanDelegations, None, fewer),
        "10 orang tidak mungkin datang sebagai 12 delegasi."
    );
    let counted = json!({
        "counted": [{ "min": 1, "max": 1, "unit": "COUNTRY" }], "attended": ["ID", "LA"],
    });
    assert_eq!(
        says(FindingRule::FewerCountriesThanAttended, None, counted),
        "Jumlah yang dinyatakan 1 negara, tetapi yang hadir 2 (ID, LA)."
    );
    let heads = json!({
        "status": "NOT_SENT",
        "heads": [{ "min": 3, "max": 3, "unit": "PERSON" }, { "min": 5, "unit": "PERSON" }],
    });
    assert_eq!(
        says(FindingRule::HeadsWithoutPresence, Some(ClaimProperty::Headcount), heads),
        "Delegasi berstatus “tidak mengirim”, jadi tidak ada anggotanya yang datang, tetapi \
         dinyatakan bahwa 3 orang atau sedikitnya 5 orang hadir; tidak ada jumlah orang yang \
         diterima untuk delegasi ini."
    );
}

#[test]
fn lists_and_values() {
    let lists = json!({
        "contradicted": ["LA"],
        "says": [
            { "country": "LA", "source": id(1), "status": "ATTENDED" },
            { "country": "LA", "source": id(2), "status": "NOT_SENT" },
        ],
        "leftOut": [
            { "country": "TH", "named": id(1), "closed": id(2) },
            { "country": "VN", "named": id(1), "closed": id(2) },
        ],
    });
    assert_eq!(
        says(FindingRule::ListConflict, None, lists),
        "Sumber-sumber saling bertentangan tentang kehadiran LA (“Kompas”: hadir; “Antara”: tidak \
         mengirim); “Kompas” menyebut TH dan VN, yang tidak ada dalam daftar lengkap dari “Antara”."
    );
    let status = json!({ "values": ["ATTENDED", "NOT_SENT"] });
    assert_eq!(
        says(FindingRule::ValueConflict, Some(ClaimProperty::Attendance), status),
        "Sumber-sumber tidak sepakat tentang status delegasi: hadir; tidak mengirim."
    );
    let venues = json!({ "values": [id(1), "Hotel Atria"] });
    assert_eq!(
        says(FindingRule::ValueConflict, Some(ClaimProperty::Venue), venues),
        "Sumber-sumber tidak sepakat tentang tempat: “Kompas”; “Hotel Atria”."
    );
    assert_eq!(
        says(FindingRule::NotAMember, None, json!({ "country": "TL", "status": "ATTENDED" })),
        "Delegasi TL berstatus “hadir”, tetapi TL bukan anggota kelompok negara program ini pada \
         waktu angkatan berlangsung."
    );
    let complete =
        json!({ "attended": ["ID", "KH"], "sentNobody": ["SG"], "declined": [], "unknown": [] });
    assert_eq!(
        says(FindingRule::PartitionComplete, None, complete),
        "Sudah ada kepastian tentang semua 3 anggota: 2 hadir (ID, KH), 1 tidak mengirim siapa pun \
         (SG)."
    );
    let open = json!({
        "attended": ["ID"], "sentNobody": [], "declined": ["JP"], "unknown": ["AU", "FJ"]
    });
    assert_eq!(
        says(FindingRule::PartitionOpen, None, open),
        "Belum ada kepastian tentang 2 dari 4 anggota (AU, FJ): 1 hadir (ID), 1 menolak (JP)."
    );
}

#[test]
fn days_and_names() {
    let printed = json!({ "date": "2018-11-16", "weekday": 5, "printed": 7 });
    assert_eq!(
        says(FindingRule::WeekdayMismatch, Some(ClaimProperty::StartsOn), printed),
        "2018-11-16 jatuh pada hari Jumat, tetapi sumber mencetak Minggu."
    );
    let reported = json!({ "publishedOn": ["2023-11-20", "2023-11-21"], "endsOn": "2023-11-27" });
    assert_eq!(
        says(FindingRule::ReportedBeforeEnd, Some(ClaimProperty::Attendance), reported),
        "Kehadiran dilaporkan pada 2023-11-20 dan 2023-11-21, sebelum angkatan berakhir pada \
         2023-11-27."
    );
    let overdue = json!({ "dueOn": "2018-01-31", "status": "EXPECTED" });
    assert_eq!(
        says(FindingRule::PlanOverdue, None, overdue),
        "Rencana aksi jatuh tempo pada 2018-01-31 dan masih berstatus “diharapkan”."
    );
    let period = json!({
        "name": "balai besar", "inForce": [{ "from": null, "to": "2022-12-31" }],
        "used": { "from": "2023-11-20", "to": "2023-11-27" },
    });
    assert_eq!(
        says(FindingRule::NameOutOfPeriod, None, period),
        "Nama “balai besar” dipakai untuk masa dari 2023-11-20 sampai 2023-11-27, padahal berlaku \
         sampai 2022-12-31."
    );
    let people = json!({ "people": [id(1), id(3)], "edits": 0 });
    assert_eq!(
        says(FindingRule::PossibleSamePerson, None, people),
        "“Kompas” dan seseorang yang tidak ditampilkan kepada umum mungkin orang yang sama: nama \
         keduanya berbeda hanya dalam urutan atau pemisahan kata."
    );
    let institutions = json!({ "institutions": [id(1), id(2)], "edits": 2 });
    assert_eq!(
        says(FindingRule::PossibleSameInstitution, None, institutions),
        "“Kompas” dan “Antara” mungkin lembaga yang sama: nama keduanya berbeda 2 huruf."
    );
}

#[test]
fn rules_that_would_break() {
    let says = |detail| says(FindingRule::InvariantWouldBreak, None, detail);
    let order = json!({
        "startsOn": "2023-12-01", "startsPrecision": "MONTH", "endsOn": "2023-11-27",
        "endsPrecision": "DAY",
    });
    assert_eq!(
        says(order),
        "Menurut pernyataan sumber, angkatan akan dimulai (2023-12) sesudah berakhir (2023-11-27), \
         sehingga tanggalnya tetap seperti semula."
    );
    let outside = json!({
        "startsOn": "2023-11-21", "startsPrecision": "DAY", "endsOn": null, "endsPrecision": null,
        "workshops": [
            { "startsOn": "2023-11-19", "endsOn": "2023-11-20" },
            { "startsOn": "2023-11-20", "endsOn": null },
        ],
    });
    assert_eq!(
        says(outside),
        "Menurut pernyataan sumber, angkatan akan dimulai 2023-11-21, tetapi lokakarya dari \
         2023-11-19 sampai 2023-11-20 dan pada 2023-11-20 berada di luar itu, sehingga tanggal \
         angkatan tetap seperti semula."
    );
    let plans = json!({ "status": "NOT_SENT", "kept": "ATTENDED", "plans": [id(1)] });
    assert_eq!(
        says(plans),
        "Menurut pernyataan sumber, delegasi ini akan berstatus “tidak mengirim”, tetapi memiliki \
         sebuah rencana aksi, yang hanya dimiliki delegasi yang hadir, sehingga statusnya tetap \
         “hadir”."
    );
}
