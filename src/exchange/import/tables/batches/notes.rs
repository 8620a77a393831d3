//! What a row changes, from what to what, and what of it is not taken.

use std::fmt::Display;

use entity::vocabulary::BatchStatus;
use entity::{batch, claim};
use sea_orm::ActiveValue::{self, Set};

use super::super::super::knowledge::Knowledge;
use super::super::super::remark::Weight;
use super::super::super::row_parser::RowParser;
use super::alike::PossibleMatch;
use super::assertion::{BatchAssertion, date, stated as what_is_stated};
use super::number::Counted;
use super::part_of;
use super::read::Read;
use super::seen::{Earlier, Part};
use super::write::replaced;
use crate::phrase::{Phrase, say};

/// What is decided of a batch is decided by hand; what is recorded of it by whoever keeps it.
pub(super) fn of_status(parser: &mut RowParser<'_>, row: &batch::Model, said: Option<BatchStatus>) {
    if said.is_some_and(|status| status != row.status) {
        let status = row.status;
        let message =
            say!("is not taken: the batch is {status} until its owner decides otherwise", status);
        parser.remark(Weight::Note, "status", message);
    }
}

/// Which batches a row may be about, whose days are known more or less exactly than it says.
pub(super) fn of_near(
    parser: &mut RowParser<'_>,
    field: &str,
    near: impl Iterator<Item = (Phrase, PossibleMatch)>,
) {
    let told = near.map(|(batch, near)| {
        let day = near
            .day
            .day()
            .map_or_else(|| Phrase::verbatim(""), |(day, precision)| date(day, Some(precision)));
        if near.is_last {
            say!("{batch}, which ends on {day}", batch, day)
        } else {
            say!("{batch}, which begins on {day}", batch, day)
        }
    });
    let message = say!("may be {batches}: give the key", batches = Phrase::any_of(told));
    parser.remark(Weight::Ambiguous, field, message);
}

/// What a row adds to the batch that an earlier row enters; the first row says what was decided of
/// it.
pub(super) fn of_run(k: &Knowledge, parser: &mut RowParser<'_>, read: &Read, of: Option<Earlier>) {
    let Some(earlier) = of else { return };
    let line = parser.row.line;
    let is_told = |part: &Part| *part != Part::Spelling && read.parts[*part as usize] != 0;
    for part in Part::ALL.into_iter().filter(is_told) {
        if k.batches.given(earlier, part, &read.parts, line).is_some() {
            continue;
        }
        let message = match part {
            Part::Status => say!(
                "is not taken: line {line} enters the batch, as {status}",
                line = earlier.line,
                status = BatchStatus::Draft
            ),
            _ => say!("is added to the batch of line {line}", line = earlier.line),
        };
        parser.remark(Weight::Note, field_of(part, parser), message);
    }
}

/// Of two spellings of a title the first one is taken, with the language that its row gives: else
/// each of the two rows would undo the other whenever the file is handed in again.
pub(super) fn of_spelling(
    k: &Knowledge,
    parser: &mut RowParser<'_>,
    read: &Read,
    of: Earlier,
    line: u64,
) {
    let given = |part| k.batches.given(of, part, &read.parts, parser.row.line);
    // Other words are told of as such.
    if given(Part::Title).is_some_and(|(_, is_same)| !is_same) {
        return;
    }
    let is_new = read.parts[Part::Language as usize] != 0 && given(Part::Language).is_none();
    let message = say!("is not taken: line {line} spells the title of the batch otherwise", line);
    if is_new {
        parser.remark(Weight::Note, "language", message.clone());
    }
    parser.remark(Weight::Note, "title", message);
}

/// What would be recorded of the batch in another way; only whoever keeps it may.
pub(super) fn of_changes(
    parser: &mut RowParser<'_>,
    row: &batch::Model,
    draft: &batch::ActiveModel,
    is_ours: bool,
) {
    let mode = match draft.mode {
        Set(mode) => Some(mode),
        _ => None,
    };
    let changes = [
        ("number", shown(row.ordinal.as_ref()), set(&draft.ordinal)),
        ("label", shown(row.label.as_ref()), set(&draft.label)),
        ("mode", shown(Some(&row.mode)), shown(mode.as_ref())),
        ("capacity", shown(row.capacity.as_ref()), set(&draft.capacity)),
    ];
    for (field, old, new) in changes {
        let Some(new) = new.filter(|new| Some(new) != old.as_ref()) else { continue };
        let old = old.map_or_else(|| say!("none"), Phrase::verbatim);
        let message = if is_ours {
            say!("changes the {field} from {old} to {new}", field, old, new)
        } else {
            say!("is not taken: the batch is not yours, and its {field} stays {old}", field, old)
        };
        parser.remark(Weight::Note, field, message);
    }
}

fn shown(value: Option<&impl Display>) -> Option<String> {
    value.map(ToString::to_string)
}

fn set<T: Display>(value: &ActiveValue<Option<T>>) -> Option<String>
where
    Option<T>: Into<sea_orm::Value>,
{
    match value {
        Set(value) => shown(value.as_ref()),
        _ => None,
    }
}

/// What the file would claim of the batch in another way, or for the first time.
pub(super) fn of_claims(
    parser: &mut RowParser<'_>,
    row: &batch::Model,
    said: &[BatchAssertion],
    stated: &[claim::Model],
) {
    for said in said {
        let (what, new) = (said.what(), said.shown());
        let before = stated.iter().find(|row| said.is_of(row));
        let message = match (replaced(said, stated), before, said.accepted(row)) {
            (Some(old), ..) => say!(
                "changes the {what} that this file claims from {old} to {new}",
                what,
                old = what_is_stated(old),
                new
            ),
            (None, Some(ranked), _) => say!(
                "claims the {what} {new} beside {old}, which a curator has ranked",
                what,
                new,
                old = what_is_stated(ranked)
            ),
            (None, None, Some(accepted)) => say!(
                "claims the {what} {new}, which this file has not claimed before; {accepted} is \
                 accepted",
                what,
                new,
                accepted
            ),
            (None, None, None) if !said.is_decided() => {
                say!("claims the {what} {new}, which this file has not claimed before", what, new)
            }
            (None, None, None) => {
                say!(
                    "claims the {what} {new}, which this file has not claimed before; none is \
                     accepted",
                    what,
                    new
                )
            }
        };
        parser.remark(Weight::Note, field_of(part_of(said), parser), message);
    }
}

/// What a row adds to the places of a batch that is there, or that an earlier row enters.
pub(super) fn of_place(
    parser: &mut RowParser<'_>,
    existing: Option<&batch::Model>,
    earlier: Option<Earlier>,
    place: Option<&BatchAssertion>,
) {
    let Some(place) = place else { return };
    let message = match (earlier, existing) {
        (Some(earlier), _) => {
            say!("is another place than that of line {line}: both are claimed", line = earlier.line)
        }
        (None, Some(_)) => say!("is claimed as a place of the batch, beside those that are there"),
        (None, None) => return,
    };
    let fields: &[&str] = match place {
        BatchAssertion::Venue(_) => &["venue", "city"],
        _ => &["latitude", "country", "country_code"],
    };
    let given = |field: &&str| !parser.layout.cell(parser.row, field).is_empty();
    let field = fields.iter().copied().find(given).unwrap_or("venue");
    parser.remark(Weight::Note, field, message);
}

/// The field in which a part of a row stands.
pub(super) fn field_of(part: Part, parser: &RowParser<'_>) -> &'static str {
    let day = |own: &'static str| {
        let is_there = !parser.layout.cell(parser.row, own).is_empty();
        if is_there { own } else { "dates" }
    };
    match part {
        Part::Key => "key",
        Part::Programme => "programme",
        Part::Number => "number",
        Part::Label => "label",
        Part::Title | Part::Spelling => "title",
        Part::Language => "language",
        Part::Starts => day("starts_on"),
        Part::Ends => day("ends_on"),
        Part::Participants => by_sex_alone(parser).unwrap_or(Counted::Participants.field()),
        Part::Registered => Counted::Registered.field(),
        Part::Countries => Counted::Countries.field(),
        Part::Mode => "mode",
        Part::Status => "status",
        Part::Capacity => "capacity",
    }
}

/// The field in which people are told by sex, where no number stands beside them.
fn by_sex_alone(parser: &RowParser<'_>) -> Option<&'static str> {
    let is_there = |field: &str| !parser.layout.cell(parser.row, field).is_empty();
    let sexes = ["female", "male"].into_iter().find(|field| is_there(field));
    sexes.filter(|_| !is_there(Counted::Participants.field()))
}
