//! Calendars as programs write them: of the programme that was set for all of their rows.

use entity::vocabulary::ImportTable;

use super::Preview::Rows;
use super::{After, CASE, Case};

/// What must come of each.
pub const CASES: &[Case] = &[
    Case {
        file: "ics-as-google-writes-it.ics",
        table: ImportTable::Batches,
        set: &[("programme", "gc-a")],
        programmes: &["gc-a"],
        preview: Rows(&[(8, "NEW", &[]), (23, "NEW", &[])]),
        after: &[
            After::Batch(
                "gc1batik-google-com-9f5064c126b5",
                &[
                    ("title", "Pelatihan batik, tingkat dasar"),
                    ("startsOn", "2024-03-04"),
                    ("endsOn", "2024-03-08"),
                    ("status", "CONFIRMED"),
                ],
            ),
            After::Batch(
                "gc2tenun-google-com-cfd39feb4255",
                &[("startsOn", "2024-03-11"), ("endsOn", "2024-03-15"), ("status", "ANNOUNCED")],
            ),
        ],
        ..CASE
    },
    Case {
        file: "ics-as-outlook-writes-it.ics",
        table: ImportTable::Batches,
        set: &[("Programme", "OL_A")],
        programmes: &["ol-a"],
        preview: Rows(&[(16, "NEW", &[]), (41, "NEW", &[])]),
        after: &[After::Batch(
            "ol2-tenun",
            &[
                ("title", "Tenun untuk pelatih"),
                ("startsOn", "2024-03-11"),
                ("endsOn", "2024-03-15"),
            ],
        )],
        ..CASE
    },
    Case {
        file: "ics-as-nextcloud-writes-it.ics",
        table: ImportTable::Batches,
        set: &[("programme", "nc-a")],
        programmes: &["nc-a"],
        preview: Rows(&[(5, "NEW", &[]), (22, "NEW", &[])]),
        after: &[
            After::Batch(
                "6d0c2c3e-1c0a-4b7a-8f3e-5a1b2c3d4e5f",
                &[("startsOn", "2024-03-04"), ("endsOn", "2024-03-08"), ("status", "CANCELLED")],
            ),
            After::Batch(
                "nc2-perak",
                &[("startsOn", "2024-03-11"), ("endsOn", "2024-03-15"), ("status", "CONFIRMED")],
            ),
        ],
        ..CASE
    },
];
