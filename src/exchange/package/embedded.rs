//! The packages that the program carries.

use super::files::PackageFiles;

macro_rules! package {
    ($folder:literal, $name:literal, [$($table:literal,)+]) => {
        PackageFiles::new($name)$(.with(
            $table,
            concat!($table, ".csv"),
            include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/data/",
                $folder,
                "/",
                $table,
                ".csv"
            ))
            .as_slice(),
        ))+
    };
}

/// Countries with their names, regional groups with their members, and topics: what a register
/// refers to.
pub fn reference() -> PackageFiles {
    package!(
        "reference",
        "jejaring-reference",
        [
            "countries",
            "country_names",
            "regional_groups",
            "memberships",
            "topics",
            "institutions",
            "institution_names",
            "sources",
            "citations",
        ]
    )
}

/// What five reports state about four batches. [`reference()`] is to be loaded first.
pub fn reports() -> PackageFiles {
    package!(
        "reports",
        "jejaring-reports",
        [
            "venues",
            "institutions",
            "institution_names",
            "programmes",
            "programme_topics",
            "batches",
            "batch_venues",
            "batch_topics",
            "workshops",
            "workshop_topics",
            "partnerships",
            "delegations",
            "people",
            "appointments",
            "engagements",
            "action_plans",
            "outcomes",
            "indicators",
            "observations",
            "sources",
            "source_relations",
            "claims",
            "citations",
        ]
    )
}
