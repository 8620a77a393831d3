//! The tables of the format, in the order in which they are written: what is referred to comes
//! before what refers to it. Each reads as the list of its columns, and ends with the rule that
//! writes it. `docs/DATA-PACKAGE.md` describes them.

mod delivery;
mod network;
mod people;
mod plans;
mod provenance;

use super::table::Table;

/// A rule that writes one record.
macro_rules! record {
    ($rule:path) => {
        |w, existing, draft| Box::pin($rule(w, existing, draft))
    };
}

/// A rule that writes the rows of one owner.
macro_rules! set {
    ($rule:path) => {
        |w, owner, rows| Box::pin($rule(w, owner, rows))
    };
}

/// A rule that writes the links of one owner.
macro_rules! links {
    ($rule:path, $column:ident) => {
        |w, owner, rows| {
            Box::pin($rule(
                w,
                owner,
                rows.into_iter().filter_map(|mut row| row.$column.take()).collect(),
            ))
        }
    };
}

/// A rule that checks records when all is written.
macro_rules! check {
    ($rule:path, $id:path) => {
        |w, ids| {
            Box::pin(async move {
                let ids: Vec<_> = ids.into_iter().map($id).collect();
                Ok($rule(w, &ids)
                    .await?
                    .into_iter()
                    .map(|refused| (refused.0.0, refused.1))
                    .collect())
            })
        }
    };
}

use {check, links, record, set};

/// All tables.
pub(super) fn all() -> Vec<Box<dyn Table>> {
    let mut all = network::all();
    all.extend(delivery::all());
    all.extend(people::all());
    all.extend(provenance::statements());
    all.extend(plans::all());
    all.extend(provenance::citations());
    all
}
