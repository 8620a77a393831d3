//! As what delegations take part, and of which sex their people are.

use entity::delegation;
use entity::vocabulary::{Comparator, DelegationCategory};

use super::super::super::cells::{Count, PEOPLE};
use super::super::super::remark::Weight;
use super::super::super::row_parser::RowParser;
use crate::phrase::{Phrase, say};
use crate::provenance::claim::people::{BySex, in_part};

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

/// How many of the people a row says are of which sex.
pub(super) fn by_sex(parser: &mut RowParser<'_>) -> BySex {
    let mut number = |field| {
        let count = parser.count(field, &PEOPLE)?;
        if count.comparator != Comparator::Exact {
            parser.refuse(field, say!("is not one number, and a part of a number is"));
        }
        count.min
    };
    BySex {
        female: number("female"),
        male: number("male"),
        other_or_unknown: number("other_or_unknown"),
    }
}

/// All people, where they are told by sex alone: women and men together.
pub(super) fn all_of(parser: &mut RowParser<'_>, by_sex: BySex) -> Option<Count> {
    let all = by_sex.whole();
    if all.is_none() {
        let field = if by_sex.female.is_some() { "female" } else { "male" };
        parser.refuse(field, in_part());
    }
    all.map(|all| Count { comparator: Comparator::Exact, min: Some(all), max: Some(all) })
}
