//! Runs of programmes, known by their key, by programme and number, or by programme, label or
//! title, and days. Titles, days, places and numbers of people are claims of the file; a batch that
//! stands in rows with several places is one batch, of which all are claimed.

mod alike;
mod assertion;
mod known;
mod notes;
mod number;
mod place;
mod read;
mod seen;
mod write;

use entity::id::BatchId;
use entity::vocabulary::{BatchStatus, ClaimProperty};
use entity::{batch, claim, programme};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{DatabaseExecutor, DbErr};

use super::super::knowledge::{Knowledge, Named};
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::remark::{Remark, Weight};
use super::super::row_parser::RowParser;
use super::entered::Entered;
use super::place::{KnownPlaces, resolve};
use crate::access::policy::{Action, Relation};
use crate::phrase::{Phrase, say};
use crate::rule::{self, unset};
use alike::Found;
use assertion::BatchAssertion;
use known::Known;
use read::Read;
pub(in super::super) use seen::Seen;
use seen::{Earlier, Part};
pub(in super::super) use write::{carry_out, tell_entered};

/// A run that is to be entered or of which something is to be claimed.
#[derive(Clone, Debug)]
pub(in super::super) struct BatchRow {
    key: Option<String>,
    number: Option<i32>,
    /// The batch that the register had when the row was planned.
    existing: Option<batch::Model>,
    /// The first row of the same run, where that is another one.
    first: Option<u64>,
    /// What rows have been carried out as.
    entered: Entered<(BatchId, String)>,
    /// Whether the importer keeps the batch, and not only claims something of it.
    is_ours: bool,
    programme: programme::Model,
    draft: batch::ActiveModel,
    said: Vec<BatchAssertion>,
    line: u64,
}

/// What a row comes to: the batch that it is about, and what is to be written, where something is.
type Change = (Option<String>, Option<(bool, BatchRow)>);

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<BatchRow>>, DbErr> {
    let named = Named::read(k, db, rows).await?;
    let layout = k.layout.clone();
    let places = KnownPlaces::read(k, db, rows).await?;
    let mut wanted = Vec::with_capacity(rows.len());
    for row in rows {
        let mut parser = RowParser::new(&layout, row);
        let read = read::read(k, &named, &mut parser);
        wanted.push((parser, read));
    }
    let known =
        Known::read(k, db, &named, rows, wanted.iter().filter_map(|(_, read)| read.as_ref()))
            .await?;
    let mut plans = Vec::with_capacity(rows.len());
    for (row, (mut parser, read)) in rows.iter().zip(wanted) {
        let change = read.and_then(|read| change(k, &known, &places, &mut parser, read));
        let (about, change) = change.unwrap_or_default();
        // Carried out in the order of the file: of rows that say the same, the first is what the
        // others are compared to.
        plans.push(Plan::of(row, parser, about, change));
    }
    Ok(plans)
}

/// What a row would change; nothing where it is hindered.
fn change(
    k: &mut Knowledge,
    known: &Known,
    places: &KnownPlaces,
    parser: &mut RowParser<'_>,
    read: Read,
) -> Option<Change> {
    let line = parser.row.line;
    let existing = existing(k, known, parser, &read)?;
    let programme = programme(known, parser, &read, existing)?;
    let mut read = read.of(&programme);
    let own = k.is_ours(existing.map_or(programme.owner_id, |row| row.owner_id));
    let is_ours = own && k.may(Action::KeepRecord, Relation::Own);
    if let Some(number) = read.number
        && (is_ours || existing.is_none())
        && let Some(other) = known.numbered(programme.id, number)
        && existing.is_none_or(|row| row.id != other.id)
    {
        let message = say!("is the number of the batch \"{key}\" already", key = &other.key);
        parser.refuse("number", message);
    }
    if let Some(row) = existing.filter(|_| is_ours) {
        read::in_order(parser, row, &read);
    }
    let is_meant = known.meant(&read, line).is_some();
    let earlier = earlier(k, parser, &read, (existing, is_meant))?;
    if let Some(earlier) = earlier {
        k.stand_behind(line, earlier.line);
    }
    match existing {
        None if !is_ours => {
            parser.refuse("programme", say!("is not yours: you may not enter batches of it"));
        }
        Some(_) if !k.may(Action::FileClaim, Relation::Stranger) => {
            let message = say!("is not yours: you may not claim anything of its batches");
            parser.refuse("programme", message);
        }
        _ => {}
    }
    if parser.is_hindered() {
        return None;
    }
    let stated = existing.map(|row| known.claimed(row.id)).unwrap_or_default();
    let mut place = read.place.take();
    let digest = match &mut place {
        Some(BatchAssertion::Venue(place)) => {
            let is_stated = |id| {
                let of_it = |row: &claim::Model| row.venue_id == Some(id);
                stated.iter().any(|row| row.property == ClaimProperty::Venue && of_it(row))
            };
            Some(resolve(k, places, is_stated, parser, place))
        }
        Some(BatchAssertion::Unnamed(text)) => Some(seen::digest(text)),
        _ => None,
    };
    if parser.is_hindered() {
        return None;
    }
    let mut draft = std::mem::replace(&mut read.draft, unset());
    let mut said = std::mem::take(&mut read.said);
    if let Some(earlier) = earlier {
        // What an earlier row of the run says is its to be written.
        let given = |part| k.batches.given(earlier, part, &read.parts, line);
        let is_new = |part| given(part).is_none();
        let is_spelled_so = given(Part::Spelling).is_none_or(|(_, is_same)| is_same);
        said.retain(|said| match said {
            BatchAssertion::Title(_, Some(_)) if is_spelled_so => {
                is_new(Part::Title) || is_new(Part::Language)
            }
            said => is_new(part_of(said)),
        });
        keep_new(&mut draft, is_new);
        place = place.filter(|_| {
            digest.is_none_or(|place| k.batches.given_place(earlier, place, line).is_none())
        });
    }
    said.retain(|said| !stated.iter().any(|row| said.is_in(row)));
    place = place.filter(|place| !stated.iter().any(|row| place.is_in(row)));
    match existing {
        Some(row) => {
            notes::of_status(parser, row, read.status);
            notes::of_changes(parser, row, &draft, is_ours);
            notes::of_claims(parser, row, &said, stated);
        }
        None => notes::of_run(k, parser, &read, earlier),
    }
    if !is_ours {
        draft = unset();
    }
    notes::of_place(parser, existing, earlier, place.as_ref());
    said.extend(place);
    let nothing = existing.is_some() || earlier.is_some();
    let differs = match existing {
        Some(row) => !rule::same::<batch::Entity>(row, &draft),
        None => draft != unset() || earlier.is_none(),
    };
    let differs = differs || !said.is_empty();
    if let (Some(earlier), false) = (earlier, differs) {
        let message = say!("says the same of the batch as line {line}", line = earlier.line);
        parser.remarks.push(Remark::of_row(Weight::Note, message));
    }
    k.batches.keep(&read, (earlier, existing.map(|row| row.id)), digest, line);
    if existing.is_none() {
        draft.status = Set(read.status.unwrap_or(BatchStatus::Draft));
    }
    let run = BatchRow {
        key: read.key,
        number: read.number,
        existing: existing.cloned(),
        first: earlier.map(|earlier| earlier.line),
        entered: k.batches.entered.clone(),
        is_ours,
        programme,
        draft,
        said,
        line,
    };
    Some((existing.map(|row| row.key.clone()), differs.then_some((!nothing, run))))
}

/// The batch that the register has of a row; what hinders it to be told is remarked.
fn existing<'a>(
    k: &Knowledge,
    known: &'a Known,
    parser: &mut RowParser<'_>,
    read: &Read,
) -> Option<Option<&'a batch::Model>> {
    if let Some(row) = known.meant(read, parser.row.line) {
        return Some(Some(row));
    }
    match known.find(read) {
        Found::None => Some(None),
        Found::One(row) => Some(Some(row)),
        Found::Several(rows) => {
            let all = Phrase::any_of(rows.iter().map(|row| &row.key));
            let message = say!("may be of several batches: {all}: give the key", all);
            parser.remark(Weight::Ambiguous, name_of(read), message);
            None
        }
        // What the file says itself of the very same run comes first.
        Found::Near(_) if matches!(k.batches.find(read, None), Found::One(_)) => Some(None),
        Found::Near(near) => {
            let near =
                near.iter().map(|(row, near)| (say!("the batch \"{key}\"", key = &row.key), *near));
            notes::of_near(parser, name_of(read), near);
            None
        }
    }
}

/// The field by which a run without key and number is called.
fn name_of(read: &Read) -> &'static str {
    match (&read.alike.label, &read.alike.title) {
        (Some(_), _) => "label",
        (None, Some(_)) => "title",
        (None, None) => "programme",
    }
}

/// The programme that a row names, or that of its batch; the two are one.
fn programme(
    known: &Known,
    parser: &mut RowParser<'_>,
    read: &Read,
    existing: Option<&batch::Model>,
) -> Option<programme::Model> {
    let of_batch = existing.and_then(|row| known.programme(row.programme_id));
    match (&read.programme, existing) {
        (Some(said), Some(row)) if said.id != row.programme_id => {
            let of = of_batch
                .map_or_else(|| say!("another programme"), |row| Phrase::verbatim(&row.key));
            let key = &row.key;
            let message =
                say!("is not the programme of \"{key}\", which is a run of {of}", key, of);
            parser.refuse("programme", message);
            None
        }
        (said, _) => {
            let programme = said.as_ref().or(of_batch).cloned();
            if programme.is_none() {
                parser.required("programme");
            }
            programme
        }
    }
}

/// The run that earlier rows are of; each part in which the row contradicts them is remarked.
fn earlier(
    k: &Knowledge,
    parser: &mut RowParser<'_>,
    read: &Read,
    (existing, is_meant): (Option<&batch::Model>, bool),
) -> Option<Option<Earlier>> {
    let found = match existing.filter(|_| is_meant) {
        Some(row) => k.batches.of(row).map_or(Found::None, Found::One),
        None => k.batches.find(read, existing),
    };
    let earlier = match found {
        Found::None => {
            // Handed in again, the two could not be told from each other.
            let unnamed = k.batches.unnamed(read).filter(|_| read.is_named());
            if let Some(unnamed) = unnamed.filter(|unnamed| unnamed.line != parser.row.line) {
                let field = if read.key.is_some() { "key" } else { "number" };
                let line = unnamed.line;
                let message =
                    say!("may be of the batch of line {line}: give it there as well", line);
                parser.remark(Weight::Ambiguous, field, message);
                return None;
            }
            return Some(None);
        }
        Found::One(earlier) => earlier,
        Found::Near(near) => {
            let near = near
                .iter()
                .map(|(one, near)| (say!("the batch of line {line}", line = one.line), *near));
            notes::of_near(parser, name_of(read), near);
            return None;
        }
        Found::Several(several) => {
            let lines = several.iter().map(|one| say!("the batch of line {line}", line = one.line));
            let there = existing.map(|row| Phrase::verbatim(format!("\"{}\"", row.key)));
            let all = Phrase::any_of(lines.chain(there));
            let message = say!("may be of several batches: {all}: give the key", all);
            parser.remark(Weight::Ambiguous, name_of(read), message);
            return None;
        }
    };
    let line = parser.row.line;
    if earlier.line == line {
        return Some(None);
    }
    for part in Part::ALL.into_iter().filter(|part| read.parts[*part as usize] != 0) {
        let message = match k.batches.given(earlier, part, &read.parts, line) {
            Some((other, false)) if part == Part::Spelling => {
                notes::of_spelling(k, parser, read, earlier, other);
                continue;
            }
            Some((other, false)) => {
                say!("is not what line {line} says of the same batch", line = other)
            }
            None if part == Part::Key && existing.is_none() => say!(
                "is not given in line {line}, which enters the same batch: give it there as well",
                line = earlier.line
            ),
            _ => continue,
        };
        parser.remark(Weight::Ambiguous, notes::field_of(part, parser), message);
    }
    Some(Some(earlier))
}

fn part_of(said: &BatchAssertion) -> Part {
    match said {
        BatchAssertion::Title(..) => Part::Title,
        BatchAssertion::Starts(_) => Part::Starts,
        BatchAssertion::Ends(_) => Part::Ends,
        BatchAssertion::Number(counted, ..) => counted.part(),
        // A place is no part: a run has several.
        BatchAssertion::Venue(_) | BatchAssertion::Unnamed(_) => Part::Participants,
    }
}

/// Leaves out what an earlier row of the run says.
fn keep_new(draft: &mut batch::ActiveModel, is_new: impl Fn(Part) -> bool) {
    if !is_new(Part::Number) {
        draft.ordinal = NotSet;
    }
    if !is_new(Part::Label) {
        draft.label = NotSet;
    }
    if !is_new(Part::Mode) {
        draft.mode = NotSet;
    }
    if !is_new(Part::Capacity) {
        draft.capacity = NotSet;
    }
}
