//! The files of `web/pages` that the program carries.

/// A list of files by their names.
macro_rules! carried {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../web/pages/", $name)))),+]
    };
}

/// All templates: what pages share first, then one for each page.
pub(super) const TEMPLATES: &[(&str, &str)] = carried![
    "frame.html",
    "parts.html",
    "claims.html",
    "chart.html",
    "map.html",
    "error.html",
    "home.html",
    "batch.html",
    "batches.html",
    "countries.html",
    "country.html",
    "programmes.html",
    "programme.html",
    "institutions.html",
    "institution.html",
    "groups.html",
    "group.html",
    "topics.html",
    "topic.html",
    "sources.html",
    "source.html",
    "findings.html",
    "search.html",
    "attendance.html",
    "changes.html",
    "data.html",
];
