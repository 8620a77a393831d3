//! Of which sex people are, of delegations as of batches.

use entity::vocabulary::Comparator;

use super::super::cells::{Count, PEOPLE};
use super::super::row_parser::RowParser;
use crate::phrase::{Phrase, say};
use crate::provenance::claim::people::{BySex, in_part};

/// A number of people: that of a field and of which sex they are; women and men together where no
/// number is given.
pub(super) fn count(parser: &mut RowParser<'_>, field: &str) -> Option<(Count, BySex)> {
    let by_sex = by_sex(parser);
    let count = match parser.count(field, &PEOPLE) {
        None if by_sex.is_given() => all_of(parser, by_sex),
        count => count,
    };
    count.map(|count| (count, by_sex))
}

/// How many of the people a row says are of which sex.
fn by_sex(parser: &mut RowParser<'_>) -> BySex {
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
fn all_of(parser: &mut RowParser<'_>, by_sex: BySex) -> Option<Count> {
    let all = by_sex.whole();
    if all.is_none() {
        let field = if by_sex.female.is_some() { "female" } else { "male" };
        parser.refuse(field, in_part());
    }
    all.map(|all| Count { comparator: Comparator::Exact, min: Some(all), max: Some(all) })
}

/// A number with the sexes behind it, for a sentence: "30 persons, of whom 12 women, 18 men".
pub(super) fn with_sexes(number: Phrase, by_sex: BySex) -> Phrase {
    let parts = [
        by_sex.female.map(|count| say!("{count} women", count)),
        by_sex.male.map(|count| say!("{count} men", count)),
        by_sex.other_or_unknown.map(|count| say!("{count} of other or unknown sex", count)),
    ];
    if !by_sex.is_given() {
        return number;
    }
    let parts = Phrase::joined(parts.into_iter().flatten(), ", ");
    say!("{number}, of whom {parts}", number, parts)
}
