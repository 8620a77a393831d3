//! As what delegations take part.

use entity::delegation;
use entity::vocabulary::DelegationCategory;

use super::super::super::remark::Weight;
use super::super::super::row_parser::RowParser;
use crate::phrase::{Phrase, say};

/// Words for as what a delegation takes part.
pub(super) const CATEGORIES: [(&str, DelegationCategory); 8] = [
    ("pihak", DelegationCategory::Party),
    ("parties", DelegationCategory::Party),
    ("negara pengamat", DelegationCategory::ObserverState),
    ("observer", DelegationCategory::ObserverState),
    ("organisasi antarpemerintah", DelegationCategory::Igo),
    ("organisasi nonpemerintah", DelegationCategory::Ngo),
    ("press", DelegationCategory::Media),
    ("pers", DelegationCategory::Media),
];

/// The category that a delegation is to have, where it has another. Only those who keep the
/// delegations of the batch say so.
pub(super) fn category_of(
    parser: &mut RowParser<'_>,
    existing: Option<&delegation::Model>,
    is_kept: bool,
    category: Option<DelegationCategory>,
) -> Option<DelegationCategory> {
    let category = category?;
    match existing {
        Some(row) if row.category == Some(category) => None,
        Some(row) if !is_kept => {
            let key = &row.key;
            let message = say!("is not taken: \"{key}\" is kept by others", key);
            parser.remark(Weight::Note, "category", message);
            None
        }
        Some(row) => {
            let from = row.category.map(Phrase::verbatim);
            parser.tell_change("category", from, Some(Phrase::verbatim(category)));
            Some(category)
        }
        None => Some(category),
    }
}
