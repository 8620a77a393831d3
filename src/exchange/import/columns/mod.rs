//! Which column of a file is what: the fields of each table (`fields`), the guess that is shown
//! before anything is taken (`mapped`), and how a heading is held against a field, here.

mod fields;
mod mapped;

use entity::vocabulary::ImportTable;

pub use self::fields::{Field, field_named, fields};
pub use self::mapped::{
    ColumnUse, MappedColumn, ShownColumn, column_letters, column_name, guess, shown,
};

use crate::text::fold;

/// With what columns begin that are made of what another format calls something: what they are is
/// not guessed by a word in it.
const FORMATS: [&str; 3] = ["icalendar ", "schema org ", "iati "];

/// Words that may stand in any heading and say nothing of what the column is.
const NEUTRAL: [&str; 13] =
    ["a", "an", "the", "of", "for", "in", "and", "or", "dan", "atau", "yang", "para", "untuk"];

/// How well a heading fits a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is the name of the field.
    Named,
    /// It is what people call the field.
    Called,
    /// It holds one of these, and all other words are such as stand beside it.
    Held,
}

/// How well a heading fits a field, if it does. One word that says something else is enough for
/// it not to: what is left out is shown, and a wrong guess is not.
fn fit(heading: &str, field: &Field) -> Option<Fit> {
    if heading == field.name.replace('_', " ") {
        return Some(Fit::Named);
    }
    if field.also.contains(&heading) {
        return Some(Fit::Called);
    }
    (foreign(heading, field)? == 0).then_some(Fit::Held)
}

/// How many words of a heading that holds a name of a field have nothing to do with that field.
fn foreign(heading: &str, field: &Field) -> Option<usize> {
    if FORMATS.iter().any(|format| heading.starts_with(format)) {
        return None;
    }
    let words: Vec<&str> = heading.split(' ').collect();
    let mut own = vec![false; words.len()];
    let name = field.name.replace('_', " ");
    for name in field.also.iter().copied().chain([name.as_str()]) {
        let name: Vec<&str> = name.split(' ').collect();
        for place in 0..=words.len().saturating_sub(name.len()) {
            if words.get(place..place + name.len()) == Some(&name[..]) {
                own.iter_mut().skip(place).take(name.len()).for_each(|own| *own = true);
            }
        }
    }
    let beside = |word: &str| {
        NEUTRAL.contains(&word) || field.beside.iter().any(|words| words.contains(&word))
    };
    let is_foreign = |(word, own): &(&&str, &bool)| !**own && !beside(word);
    own.contains(&true).then(|| words.iter().zip(&own).filter(is_foreign).count())
}

/// The fields that a heading fits best, and how well; none where it fits none.
fn fitting(table: ImportTable, heading: &str) -> (Option<Fit>, Vec<&'static Field>) {
    let fits = || fields(table).iter().filter_map(|field| Some((fit(heading, field)?, field)));
    let best = fits().map(|(fit, _)| fit).min();
    (best, fits().filter(|(fit, _)| Some(*fit) == best).map(|(_, field)| field).collect())
}

/// The fields of which a heading holds a name, and the least beside it that says something else.
fn holding(table: ImportTable, heading: &str) -> Vec<&'static Field> {
    let holds = || fields(table).iter().filter_map(|field| Some((foreign(heading, field)?, field)));
    let least = holds().map(|(foreign, _)| foreign).min();
    holds().filter(|(foreign, _)| Some(*foreign) == least).map(|(_, field)| field).collect()
}

/// Whether a heading names a field exactly.
pub fn is_heading(table: ImportTable, cell: &str) -> bool {
    let folded = fold(cell);
    let exact = |field: &Field| matches!(fit(&folded, field), Some(Fit::Named | Fit::Called));
    !folded.is_empty() && fields(table).iter().any(exact)
}

/// Whether a row heads columns of this table: two of its cells at least, or the only one, name a
/// field exactly.
pub fn is_header(table: ImportTable, cells: &[String]) -> bool {
    let known = cells.iter().filter(|cell| is_heading(table, cell)).count();
    known >= 2 || (known == 1 && cells.len() == 1)
}

#[cfg(test)]
mod tests;
