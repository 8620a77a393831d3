//! What a row says, field by field.

use entity::id::ProgrammeId;
use entity::vocabulary::{BatchStatus, DeliveryMode};
use entity::{batch, programme};
use sea_orm::ActiveValue::{NotSet, Set};

use super::super::super::dates::Day as Written;
use super::super::super::knowledge::{Knowledge, Named};
use super::super::super::remark::{Remark, Weight};
use super::super::super::row_parser::RowParser;
use super::super::people;
use super::alike::{Alike, ShortDay, of_text};
use super::assertion::{BatchAssertion, Day};
use super::number::Counted;
use super::place;
use super::seen::{Part, Parts, brief};
use crate::delivery::batch::rules as batches;
use crate::phrase::say;
use crate::provenance::claim::people::BySex;
use crate::rule::{self, check, unset};
use crate::text::fold;

/// What people call ways to attend, folded.
const MODES: [(&str, DeliveryMode); 11] = [
    ("luring", DeliveryMode::Onsite),
    ("offline", DeliveryMode::Onsite),
    ("tatap muka", DeliveryMode::Onsite),
    ("in person", DeliveryMode::Onsite),
    ("face to face", DeliveryMode::Onsite),
    ("on site", DeliveryMode::Onsite),
    ("daring", DeliveryMode::Online),
    ("virtual", DeliveryMode::Online),
    ("hibrida", DeliveryMode::Blended),
    ("hybrid", DeliveryMode::Blended),
    ("campuran", DeliveryMode::Blended),
];

/// What people call what was decided of a batch, folded; the words of schema.org and iCalendar
/// among them.
const STATUS: [(&str, BatchStatus); 14] = [
    ("rencana", BatchStatus::Draft),
    ("diumumkan", BatchStatus::Announced),
    ("tentative", BatchStatus::Announced),
    ("eventscheduled", BatchStatus::Announced),
    ("scheduled", BatchStatus::Announced),
    ("dikonfirmasi", BatchStatus::Confirmed),
    ("eventrescheduled", BatchStatus::Confirmed),
    ("ditunda", BatchStatus::Postponed),
    ("eventpostponed", BatchStatus::Postponed),
    ("dibatalkan", BatchStatus::Cancelled),
    ("eventcancelled", BatchStatus::Cancelled),
    ("canceled", BatchStatus::Cancelled),
    ("selesai", BatchStatus::Closed),
    ("ditutup", BatchStatus::Closed),
];

/// What a row says.
pub(super) struct Read {
    pub(super) key: Option<String>,
    pub(super) programme: Option<programme::Model>,
    pub(super) number: Option<i32>,
    pub(super) status: Option<BatchStatus>,
    /// What whoever keeps the batch records of it.
    pub(super) draft: batch::ActiveModel,
    /// What is claimed, but for the place.
    pub(super) said: Vec<BatchAssertion>,
    pub(super) place: Option<BatchAssertion>,
    pub(super) alike: Alike,
    pub(super) parts: Parts,
}

impl Read {
    /// Whether it names its batch by what no other has.
    pub(super) fn is_named(&self) -> bool {
        self.key.is_some() || self.number.is_some()
    }

    /// The same of a programme.
    pub(super) fn of(mut self, programme: &programme::Model) -> Self {
        self.alike.programme = programme.id;
        self.parts[Part::Programme as usize] = brief(&programme.id);
        self
    }
}

pub(super) fn read(k: &Knowledge, named: &Named, parser: &mut RowParser<'_>) -> Option<Read> {
    let key = super::super::key(parser);
    let programme = named.programme(parser).cloned();
    let number = parser.number("number");
    if let Some(number) = number {
        parser.hold("number", batches::is_number("number", number));
    }
    let [title, label] = ["title", "label"].map(|field| text(parser, field));
    let language = parser.language("language");
    if language.is_some() && title.is_none() {
        let message = say!("is not taken: the row has no title of that language");
        parser.remark(Weight::Note, "language", message);
    }
    let (starts, ends) = days(parser);
    let numbers = Counted::ALL.map(|counted| {
        let count = match counted {
            Counted::Participants => people::count(parser, counted.field()),
            _ => parser
                .count(counted.field(), counted.words())
                .map(|count| (count, BySex::default())),
        };
        count.map(|(count, by_sex)| (counted, count, by_sex))
    });
    let mode = parser.vocabulary("mode", &MODES);
    let status = parser.vocabulary("status", &STATUS);
    let capacity = parser.capacity("capacity");
    if let Some(places) = capacity {
        parser.hold("capacity", batches::is_capacity("capacity", places));
    }
    let place = place::read(k, parser);
    if key.is_none() && programme.is_none() && !parser.is_hindered() {
        parser.required("programme");
    }
    let is_named = key.is_some() || number.is_some() || label.is_some() || title.is_some();
    if !is_named && starts.is_none() && ends.is_none() {
        let message = say!(
            "nothing tells the batch from others: give its key, its number, a label, a title or \
             days"
        );
        parser.remarks.push(Remark::of_row(Weight::Refused, message));
    }
    if parser.is_hindered() {
        return None;
    }
    let alike = Alike {
        programme: programme.as_ref().map_or_else(ProgrammeId::default, |row| row.id),
        label: label.as_deref().map(fold),
        title: title.as_deref().map(fold),
        starts,
        ends,
    };
    let mut parts = Parts::default();
    let mut part =
        |part: Part, digest: Option<u32>| parts[part as usize] = digest.unwrap_or_default();
    part(Part::Key, key.as_ref().map(brief));
    part(Part::Number, number.as_ref().map(brief));
    part(Part::Label, alike.label.as_deref().map(of_text));
    part(Part::Title, alike.title.as_deref().map(of_text));
    part(Part::Spelling, title.as_deref().map(of_text));
    part(Part::Language, language.as_ref().filter(|_| title.is_some()).map(brief));
    part(Part::Starts, starts.as_ref().map(|day| ShortDay::of(day).0));
    part(Part::Ends, ends.as_ref().map(|day| ShortDay::of(day).0));
    for (counted, count, by_sex) in numbers.into_iter().flatten() {
        let number = (count.comparator.to_string(), count.min, count.max);
        let sexes = (by_sex.female, by_sex.male, by_sex.other_or_unknown);
        part(counted.part(), Some(brief(&(number, sexes))));
    }
    part(Part::Mode, mode.map(|mode| brief(&mode.to_string())));
    part(Part::Status, status.map(|status| brief(&status.to_string())));
    part(Part::Capacity, capacity.as_ref().map(brief));
    let draft = batch::ActiveModel {
        ordinal: number.map_or(NotSet, |number| Set(Some(number))),
        label: label.map_or(NotSet, |label| Set(Some(label))),
        mode: mode.map_or(NotSet, Set),
        capacity: capacity.map_or(NotSet, |capacity| Set(Some(capacity))),
        ..unset()
    };
    let title = title.map(|title| BatchAssertion::Title(title, language));
    let days = [starts.map(BatchAssertion::Starts), ends.map(BatchAssertion::Ends)];
    let said = title.into_iter().chain(days.into_iter().flatten());
    let numbers = numbers.into_iter().flatten();
    let numbers =
        numbers.map(|(counted, count, by_sex)| BatchAssertion::Number(counted, count, by_sex));
    let said = said.chain(numbers).collect();
    Some(Read { key, programme, number, status, draft, said, place, alike, parts })
}

/// A text that names something.
fn text(parser: &mut RowParser<'_>, field: &'static str) -> Option<String> {
    let text = parser.text(field)?;
    parser.hold(field, rule::bounded(&text, field));
    Some(text)
}

/// The first and the last day, each from its own column or from that of both, which do not
/// contradict each other.
fn days(parser: &mut RowParser<'_>) -> (Option<Day>, Option<Day>) {
    let first = |day: &Written| (day.date, day.precision);
    let last = |day: &Written| (day.last(), day.precision);
    let (mut starts, mut ends) =
        (parser.day("starts_on").as_ref().map(first), parser.last_day("ends_on"));
    if let Some((from, to)) = parser.days("dates") {
        both(parser, "starts_on", &mut starts, first(&from));
        both(parser, "ends_on", &mut ends, last(&to));
    }
    if let Err(refusal) = check::order("ends_on", starts.map(|day| day.0), ends.map(|day| day.0)) {
        let field = if parser.layout.has("ends_on") { "ends_on" } else { "dates" };
        parser.refuse(field, refusal.message);
    }
    (starts, ends)
}

/// A day that is given alone does not contradict the other day of the batch, as far as that is
/// known.
pub(super) fn in_order(parser: &mut RowParser<'_>, existing: &batch::Model, read: &Read) {
    let (starts, ends) = (read.alike.starts.map(|day| day.0), read.alike.ends.map(|day| day.0));
    if starts.is_some() == ends.is_some() {
        return;
    }
    let field = if starts.is_some() { "starts_on" } else { "ends_on" };
    let (first, last) = (starts.or(existing.starts_on), ends.or(existing.ends_on));
    if let Err(refusal) = check::order(field, first, last) {
        parser.refuse(field, refusal.message);
    }
}

/// Takes a day of the column of both, unless its own column has it.
fn both(parser: &mut RowParser<'_>, field: &str, own: &mut Option<Day>, both: Day) {
    match own {
        None => *own = Some(both),
        Some(day) if *day == both => {}
        Some(day) if day.1 == both.1 => {
            let column = parser.layout.heading("dates");
            let message =
                say!("is not the day that \"{column}\" gives, {day}", column, day = both.0);
            parser.refuse(field, message);
        }
        Some(_) => {
            let column = parser.layout.heading(field);
            let message = say!("is not taken for the day that \"{column}\" gives", column);
            parser.remark(Weight::Note, "dates", message);
        }
    }
}
