//! What must come of each file.

use entity::vocabulary::ImportTable;
use jejaring::exchange::import::DayOrder;

use super::After::{Batch, Claims, Delegations, Import, NoBatch, Programme};
use super::Preview::{Failed, Rows};
use super::{CASE, Case};

const X_PROG: &[(&str, &str)] = &[("iCalendar X-PROG", "programme")];
const PROVIDER: &[(&str, &str)] = &[("schema.org provider", "programme")];
const DELEGATIONS: Case = Case { table: ImportTable::Delegations, ..CASE };

pub const CASES: &[Case] = &[
    Case {
        file: "iati-two-activities-on-one-line.xml",
        table: ImportTable::Programmes,
        preview: Rows(&[(1, "NEW", &[]), (2, "NEW", &[])]),
        after: &[
            Programme("xc-1", "One-line programme 1"),
            Programme("xc-2", "One-line programme 2"),
        ],
        ..CASE
    },
    Case {
        file: "long-id-alike-in-100-characters-2.jsonld",
        map: PROVIDER,
        programmes: &["li-a"],
        before: &["long-id-alike-in-100-characters-1.jsonld"],
        preview: Rows(&[(1, "NEW", &[])]),
        after: &[],
        ..CASE
    },
    Case {
        file: "long-id-alike-in-100-characters-1.jsonld",
        map: PROVIDER,
        preview: Rows(&[(1, "UNCHANGED", &[])]),
        ..CASE
    },
    Case {
        file: "ics-dtstart-with-hyphens.ics",
        map: X_PROG,
        preview: Rows(&[(3, "NEW", &[]), (10, "REFUSED", &["20231"])]),
        after: &[Batch(
            "dh-1",
            &[("startsOn", "2023-11-20"), ("endsOn", "2023-11-26"), ("endsPrecision", "DAY")],
        )],
        ..CASE
    },
    Case {
        file: "xlsx-days-shown-as-months.xlsx",
        preview: Rows(&[(2, "NEW", &[])]),
        after: &[Batch(
            "xm-1",
            &[
                ("startsOn", "2023-11-01"),
                ("startsPrecision", "MONTH"),
                ("endsOn", "2023-12-31"),
                ("endsPrecision", "MONTH"),
            ],
        )],
        ..CASE
    },
    Case {
        file: "dates-month-and-years.csv",
        preview: Rows(&[(2, "NEW", &[]), (3, "NEW", &[])]),
        after: &[
            Claims(
                "dm-a",
                &["ENDS_ON 2023-11-30 MONTH", "STARTS_ON 2023-11-01 MONTH", "TITLE T en"],
            ),
            Claims("dm-b", &["ENDS_ON 2018-12-31 YEAR", "STARTS_ON 2017-01-01 YEAR", "TITLE T en"]),
        ],
        ..CASE
    },
    Case {
        file: "ics-dtend-at-midnight-with-zone.ics",
        map: X_PROG,
        preview: Rows(&[(3, "NEW", &[])]),
        after: &[Batch("mz-1", &[("startsOn", "2023-11-20"), ("endsOn", "2023-11-27")])],
        ..CASE
    },
    Case {
        file: "jsonld-identifier-propertyvalue.jsonld",
        map: PROVIDER,
        preview: Rows(&[(1, "NEW", &[])]),
        after: &[Batch("pv-13", &[("title", "T")]), NoBatch("course-code")],
        ..CASE
    },
    Case {
        file: "xlsx-hidden-first-sheet.xlsx",
        batches: &[("hs-a", 2020)],
        preview: Rows(&[(2, "NEW", &[]), (3, "NEW", &[])]),
        after: &[
            Delegations("hs-a", "KH 2 null, LA 4 null"),
            Import(
                "XLSX, sheet \"Data\"",
                &["Angkatan=batch", "Negara=country", "Jumlah=headcount"],
            ),
        ],
        ..DELEGATIONS
    },
    Case {
        file: "csv-one-stray-byte.csv",
        preview: Rows(&[(2, "NEW", &[]), (3, "REFUSED", &["title", "A0"])]),
        after: &[
            Batch("sb-1", &[("title", "Côte d’Ivoire"), ("titleLanguage", "fr")]),
            NoBatch("sb-2"),
        ],
        ..CASE
    },
    Case {
        file: "jsonld-language-of-a-value.jsonld",
        map: PROVIDER,
        preview: Rows(&[(1, "NEW", &[])]),
        after: &[Claims("jl-1", &["STARTS_ON 2023-11-20 DAY", "TITLE Jewellery design en"])],
        ..CASE
    },
    Case {
        file: "check-marks-as-attendance.csv",
        batches: &[("cm-a", 2020)],
        preview: Rows(&[
            (2, "NEW", &[]),
            (3, "AMBIGUOUS|REFUSED", &["status", "✗"]),
            (4, "NEW", &[]),
        ]),
        after: &[Delegations("cm-a", "TH null ATTENDED, VN null ATTENDED")],
        ..DELEGATIONS
    },
    Case {
        file: "xlsx-number-with-rounding-residue.xlsx",
        batches: &[("rr-a", 2020)],
        preview: Rows(&[(2, "NEW", &[])]),
        after: &[Delegations("rr-a", "TH 22 null")],
        ..DELEGATIONS
    },
    Case {
        file: "title-line-with-comma-above-semicolons.csv",
        batches: &[("tc-a", 2020)],
        preview: Rows(&[(3, "NEW", &[])]),
        after: &[
            Delegations("tc-a", "NP 2 null"),
            Import("UTF-8", &["angkatan=batch", "negara=country", "jumlah=headcount"]),
        ],
        ..DELEGATIONS
    },
    Case {
        file: "days-with-times.csv",
        order: Some(DayOrder::DayFirst),
        preview: Rows(&[(2, "NEW", &[]), (3, "NEW", &[]), (4, "NEW", &[]), (5, "NEW", &[])]),
        after: &[
            Batch("dt-1", &[("startsOn", "2026-04-05"), ("startsPrecision", "DAY")]),
            Batch("dt-2", &[("startsOn", "2023-11-20"), ("startsPrecision", "DAY")]),
            Batch("dt-3", &[("startsOn", "2022-01-12"), ("startsPrecision", "DAY")]),
            Batch("dt-4", &[("startsOn", "2026-12-25"), ("startsPrecision", "DAY")]),
        ],
        ..CASE
    },
    Case {
        file: "dates-periods.csv",
        preview: Rows(&[
            (2, "NEW", &[]),
            (3, "NEW", &[]),
            (4, "NEW", &[]),
            (5, "NEW", &[]),
            (6, "NEW", &[]),
            (7, "NEW", &[]),
            (8, "NEW", &[]),
            (9, "NEW", &[]),
            (10, "NEW", &[]),
            (11, "REFUSED", &["dates", "Sunday", "Monday"]),
        ]),
        after: &[
            Batch("pe-1", &[("startsOn", "2023-11-20"), ("endsOn", "2023-11-27")]),
            Batch("pe-2", &[("startsOn", "2023-11-20"), ("endsOn", "2023-11-27")]),
            Batch("pe-3", &[("startsOn", "2023-11-20"), ("endsOn", "2023-11-27")]),
            Batch("pe-4", &[("startsOn", "2023-11-20"), ("endsOn", "2023-11-27")]),
            Batch("pe-5", &[("startsOn", "2023-11-20"), ("endsOn", "2023-11-27")]),
            Batch("pe-6", &[("startsOn", "2023-06-30"), ("endsOn", "2023-07-02")]),
            Batch("pe-7", &[("startsOn", "2023-11-20"), ("endsOn", "2023-11-27")]),
            Batch("pe-8", &[("startsOn", "2023-11-20"), ("endsOn", "2023-11-24")]),
            Batch("pe-9", &[("startsOn", "2023-12-28"), ("endsOn", "2024-01-03")]),
            NoBatch("pe-10"),
        ],
        ..CASE
    },
    Case {
        file: "xlsx-note-beside-the-table.xlsx",
        batches: &[("nb-a", 2020)],
        preview: Rows(&[(2, "NEW", &[]), (3, "NEW", &[])]),
        after: &[
            Delegations("nb-a", "FJ 3 null, NP 4 null"),
            Import(
                "XLSX, sheet \"Sheet\"",
                &[
                    "Angkatan=batch",
                    "Negara=country",
                    "Jumlah=headcount",
                    "column D=null",
                    "column E=null",
                ],
            ),
        ],
        ..DELEGATIONS
    },
    Case {
        file: "csv-last-blank-cells-left-out.csv",
        batches: &[("lc-a", 2020)],
        preview: Rows(&[(2, "NEW", &[]), (3, "NEW", &[])]),
        after: &[Delegations("lc-a", "FJ 3 null, NP 4 null")],
        ..DELEGATIONS
    },
    Case {
        file: "ics-quoted-language.ics",
        map: X_PROG,
        preview: Rows(&[(3, "NEW", &[]), (9, "NEW", &[])]),
        after: &[
            Batch("ql-1", &[("title", "T"), ("titleLanguage", "en-US")]),
            Batch("ql-2", &[("title", "T2"), ("titleLanguage", "en")]),
        ],
        ..CASE
    },
    Case {
        file: "thai-date-in-a-sentence.csv",
        preview: Rows(&[(2, "REFUSED", &["start", "20 พฤศจิกายน 2566"])]),
        ..CASE
    },
    Case { file: "html-called.xls", preview: Failed(&["HTML", "XLSX", "CSV"]), ..DELEGATIONS },
    Case {
        file: "roman-batch-number.csv",
        programmes: &["rn-a"],
        preview: Rows(&[(2, "NEW", &[]), (3, "NEW", &[])]),
        after: &[Batch("rn-1", &[("ordinal", "2")]), Batch("rn-2", &[("ordinal", "3")])],
        ..CASE
    },
    Case {
        file: "jsonld-instance-without-name.jsonld",
        map: PROVIDER,
        preview: Rows(&[(1, "NEW", &[])]),
        after: &[Batch("jc-1", &[("title", "Batik for beginners"), ("titleLanguage", "en")])],
        ..CASE
    },
    Case {
        file: "xlsx-formula-without-cached-value.xlsx",
        batches: &[("fo-a", 2020)],
        preview: Rows(&[
            (2, "REFUSED", &["headcount", "formula", "no stored value"]),
            (3, "NEW", &[]),
        ]),
        after: &[Delegations("fo-a", "FJ 4 null")],
        ..DELEGATIONS
    },
    Case {
        file: "title-without-language.csv",
        preview: Rows(&[(2, "NEW", &[])]),
        after: &[Claims(
            "nl-1",
            &["STARTS_ON 2024-03-04 DAY", "TITLE Advanced jewellery design und"],
        )],
        ..CASE
    },
    Case {
        file: "keys-with-capitals.csv",
        preview: Rows(&[(2, "NEW", &["kc-2010"])]),
        after: &[Batch("kc-2010", &[("title", "T"), ("startsOn", "2010-06-11")])],
        ..CASE
    },
    Case { file: "keys-with-capitals.csv", preview: Rows(&[(2, "UNCHANGED", &[])]), ..CASE },
    Case {
        file: "keys-with-capitals-delegations.csv",
        preview: Rows(&[(2, "NEW", &[])]),
        after: &[Delegations("kc-2010", "FJ null null")],
        ..DELEGATIONS
    },
    Case {
        file: "lower-case-code-as-country.csv",
        batches: &[("lo-a", 2020)],
        preview: Rows(&[(2, "NEW", &[]), (3, "NEW", &[])]),
        after: &[Delegations("lo-a", "KH null ATTENDED, MY null ATTENDED")],
        ..DELEGATIONS
    },
    Case {
        file: "negara-AS.csv",
        batches: &[("as-a", 2020)],
        preview: Rows(&[(2, "AMBIGUOUS", &["AS", "US"])]),
        after: &[Delegations("as-a", "")],
        ..DELEGATIONS
    },
    Case {
        file: "country-suggestions.csv",
        batches: &[("cs-a", 2020)],
        preview: Rows(&[
            (2, "REFUSED|AMBIGUOUS", &["(LY)", "!(SY)"]),
            (3, "REFUSED|AMBIGUOUS", &["(NR)", "!(CU)", "!(NE)", "! or "]),
        ]),
        ..DELEGATIONS
    },
    Case {
        file: "former-country-names.csv",
        batches: &[
            ("cn-a-1985", 1985),
            ("cn-a-1972", 1972),
            ("cn-a-1990", 1990),
            ("cn-a-1976", 1976),
            ("cn-a-1953", 1953),
            ("cn-a-1947", 1947),
        ],
        preview: Rows(&[
            (2, "NEW", &[]),
            (3, "NEW", &[]),
            (4, "NEW", &[]),
            (5, "NEW", &[]),
            (6, "NEW", &[]),
            (7, "NEW", &[]),
            (8, "NEW", &[]),
            (9, "NEW", &[]),
        ]),
        after: &[
            Delegations("cn-a-1985", "DE null null, UA null null"),
            Delegations("cn-a-1972", "KH null null, LY null null"),
            Delegations("cn-a-1990", "AG null null"),
            Delegations("cn-a-1976", "YE null null"),
            Delegations("cn-a-1953", "ZA null null"),
            Delegations("cn-a-1947", "TH null null"),
        ],
        ..DELEGATIONS
    },
    Case {
        file: "countries-of-their-time.csv",
        batches: &[("ct-a-1950", 1950), ("ct-a-1985", 1985), ("ct-a-2024", 2024)],
        preview: Rows(&[
            (2, "REFUSED", &["South Sudan (SS)", "began on 2011-07-09", "1950-03-02"]),
            (3, "REFUSED", &["Kosovo (XK)", "began on 2008-02-17"]),
            (4, "NEW", &[]),
            (5, "NEW", &[]),
            (6, "NEW", &[]),
            (7, "REFUSED", &["Zaire (ZRCD)", "ended on 1997-05-16", "perhaps", "(CD)"]),
            (8, "REFUSED", &["(SUHH)", "ended on 1991-12-26", "!perhaps"]),
            (9, "REFUSED|AMBIGUOUS", &["(NG)"]),
            (10, "REFUSED|AMBIGUOUS", &["(IN)"]),
            (11, "AMBIGUOUS", &["(BH)", "(BN)"]),
            (12, "REFUSED", &["Indonesia (ID)", "label"]),
            (13, "REFUSED", &["(PS)", "label"]),
            (14, "REFUSED", &["!perhaps"]),
        ]),
        after: &[
            Delegations("ct-a-1950", ""),
            Delegations("ct-a-1985", "BUMM null null, BYAA null null, TPTL null null"),
            Delegations("ct-a-2024", ""),
        ],
        ..DELEGATIONS
    },
];
