//! The sentence that a finding says.

mod counts;
mod invariants;
mod lists;

use std::collections::HashMap;

use chrono::{NaiveDate, Weekday};
use entity::vocabulary::{ActionPlanStatus, ClaimProperty, DatePrecision, FindingRule, RecordKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use uuid::Uuid;

use self::counts::{
    category_mismatch, fewer_countries, fewer_people, headcount_mismatch, heads_without_presence,
    per_day_mismatch, unit_confusion,
};
use self::invariants::{dates_out_of_order, plan_without_attendance, workshops_outside};
use self::lists::{list_conflict, not_a_member, partition};
use crate::phrase::{Phrase, say};
use crate::provenance::claim::words::{Number, count, date, terms};

/// What a finding says: one sentence made of its rule and the values of its detail, without the
/// capital at its beginning. `names` has the names of what is [`mentioned`]. A detail that is not
/// of the rule's shape is shown as it is.
pub(super) fn message(
    rule: FindingRule,
    property: Option<ClaimProperty>,
    detail: &Json,
    names: &HashMap<Uuid, String>,
) -> Phrase {
    let sentence = match rule {
        FindingRule::UnitConfusion => unit_confusion(detail),
        FindingRule::SumMismatch => per_day_mismatch(detail)
            .or_else(|| category_mismatch(detail))
            .or_else(|| headcount_mismatch(detail)),
        FindingRule::ListConflict => list_conflict(detail, names),
        FindingRule::ValueConflict => value_conflict(property, detail, names),
        FindingRule::NotAMember => not_a_member(detail),
        FindingRule::PartitionComplete | FindingRule::PartitionOpen => partition(detail),
        FindingRule::FewerPeopleThanDelegations => fewer_people(detail),
        FindingRule::FewerCountriesThanAttended => fewer_countries(detail),
        FindingRule::HeadsWithoutPresence => heads_without_presence(detail),
        FindingRule::WeekdayMismatch => weekday_mismatch(detail),
        FindingRule::NameOutOfPeriod => name_out_of_period(detail),
        FindingRule::PossibleSamePerson | FindingRule::PossibleSameInstitution => {
            possible_same(rule, detail, names)
        }
        FindingRule::ReportedBeforeEnd => reported_before_end(detail),
        FindingRule::PlanOverdue => plan_overdue(detail),
        FindingRule::InvariantWouldBreak => workshops_outside(detail)
            .or_else(|| plan_without_attendance(detail))
            .or_else(|| dates_out_of_order(detail)),
    };
    sentence.unwrap_or_else(|| Phrase::verbatim(raw(rule, detail)))
}

/// The records that a detail mentions by id.
pub(super) fn mentioned(property: Option<ClaimProperty>, detail: &Json) -> Vec<(RecordKind, Uuid)> {
    let id = |value: &Json| value.as_str().and_then(|text| text.parse().ok());
    let items = |field: &str| detail.get(field).and_then(Json::as_array).into_iter().flatten();
    let holders = items("values").filter_map(|value| {
        let institution =
            value.get("institution").and_then(id).map(|id| (RecordKind::Institution, id));
        institution.or_else(|| Some((RecordKind::RegionalGroup, value.get("group").and_then(id)?)))
    });
    // A title may look like an id.
    let venues = items("values").filter(|_| property == Some(ClaimProperty::Venue));
    let venues = venues.filter_map(|value| Some((RecordKind::Venue, id(value)?)));
    let people = items("people").filter_map(|value| Some((RecordKind::Person, id(value)?)));
    let institutions =
        items("institutions").filter_map(|value| Some((RecordKind::Institution, id(value)?)));
    let sources = lists::sources(detail).into_iter().map(|id| (RecordKind::Source, id));
    holders.chain(venues).chain(people).chain(institutions).chain(sources).collect()
}

/// The detail in the shape that a rule gives it.
fn read<T: DeserializeOwned>(detail: &Json) -> Option<T> {
    T::deserialize(detail).ok()
}

#[derive(Deserialize)]
struct Values {
    values: Vec<Json>,
}

fn value_conflict(
    property: Option<ClaimProperty>,
    detail: &Json,
    names: &HashMap<Uuid, String>,
) -> Option<Phrase> {
    let Values { values } = read(detail)?;
    let values: Option<Vec<_>> = values.iter().map(|value| stated(value, names)).collect();
    let values = Phrase::joined(values.filter(|values| !values.is_empty())?, "; ");
    Some(match property.map(about) {
        Some(what) => say!("the sources do not agree on {what}: {values}.", what, values),
        None => say!("the sources do not agree: {values}.", values),
    })
}

/// One of the values between which a conflict is.
fn stated(value: &Json, names: &HashMap<Uuid, String>) -> Option<Phrase> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stated {
        Id(Uuid),
        Text(String),
        Date { date: NaiveDate, precision: Option<DatePrecision> },
        Institution { institution: Uuid },
        Group { group: Uuid },
        Number(Number),
    }
    let name = |id: Uuid| quoted(&names.get(&id).cloned().unwrap_or_else(|| id.to_string()));
    Some(match read(value)? {
        Stated::Id(id) | Stated::Institution { institution: id } | Stated::Group { group: id } => {
            Phrase::verbatim(name(id))
        }
        Stated::Text(text) => match read(value) {
            Some(status) => terms::delegation_status(status),
            None => Phrase::verbatim(quoted(&text)),
        },
        Stated::Date { date: day, precision } => Phrase::verbatim(date(day, precision)),
        Stated::Number(number) => count(&number)?,
    })
}

fn about(property: ClaimProperty) -> Phrase {
    match property {
        ClaimProperty::Title => say!("the title"),
        ClaimProperty::StartsOn => say!("the first day"),
        ClaimProperty::EndsOn => say!("the last day"),
        ClaimProperty::Venue => say!("the venue"),
        ClaimProperty::Organiser => say!("the organisers"),
        ClaimProperty::Participants => say!("how many took part"),
        ClaimProperty::Countries => say!("how many countries took part"),
        ClaimProperty::Attendance => say!("the status of the delegation"),
        ClaimProperty::Headcount => say!("how many people the delegation had"),
        ClaimProperty::Amount => say!("what was spent"),
    }
}

#[derive(Deserialize)]
struct PrintedDay {
    date: NaiveDate,
    weekday: u8,
    printed: u8,
}

fn weekday_mismatch(detail: &Json) -> Option<Phrase> {
    let PrintedDay { date, weekday, printed } = read(detail)?;
    // ISO 8601 counts from 1, the library from 0.
    let day = |number: u8| Weekday::try_from(number.checked_sub(1)?).ok().map(terms::weekday);
    Some(say!(
        "{date} is a {day}, but the source prints {printed}.",
        date,
        day = day(weekday)?,
        printed = day(printed)?
    ))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NameOutOfPeriod {
    name: String,
    in_force: Vec<Period>,
    used: Period,
}

#[derive(Deserialize)]
struct Period {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

fn name_out_of_period(detail: &Json) -> Option<Phrase> {
    let NameOutOfPeriod { name, in_force, used } = read(detail)?;
    let period = |period: &Period| match (period.from, period.to) {
        (Some(from), Some(to)) if from == to => Some(say!("on {day}", day = from)),
        (Some(from), Some(to)) => Some(say!("from {from} to {to}", from, to)),
        (Some(from), None) => Some(say!("from {from}", from)),
        (None, Some(to)) => Some(say!("until {to}", to)),
        (None, None) => None,
    };
    let in_force: Option<Vec<_>> = in_force.iter().map(period).collect();
    let in_force = in_force.filter(|periods| !periods.is_empty())?;
    Some(say!(
        "the name {name} stands for the time {used}, but was in force {in_force}.",
        name = quoted(&name),
        used = period(&used)?,
        in_force = Phrase::all_of(in_force)
    ))
}

#[derive(Deserialize)]
struct PossibleSame {
    #[serde(alias = "people", alias = "institutions")]
    pair: [Uuid; 2],
    edits: u64,
}

fn possible_same(
    rule: FindingRule,
    detail: &Json,
    names: &HashMap<Uuid, String>,
) -> Option<Phrase> {
    let PossibleSame { pair, edits } = read(detail)?;
    let is_person = rule == FindingRule::PossibleSamePerson;
    // Ids of people are told to nobody who may not see the people.
    let name = |id: Uuid| match names.get(&id) {
        Some(name) => Phrase::verbatim(quoted(name)),
        None if is_person => say!("somebody who is not public"),
        None => Phrase::verbatim(quoted(&id.to_string())),
    };
    let [one, other] = pair.map(name);
    let differ = match edits {
        0 => say!("only in the order or division of words"),
        1 => say!("by 1 letter"),
        edits => say!("by {edits} letters", edits),
    };
    Some(if is_person {
        say!(
            "{one} and {other} may be one person: names of theirs differ {differ}.",
            one,
            other,
            differ
        )
    } else {
        say!(
            "{one} and {other} may be one institution: names of theirs differ {differ}.",
            one,
            other,
            differ
        )
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReportedBeforeEnd {
    published_on: Vec<NaiveDate>,
    ends_on: NaiveDate,
}

fn reported_before_end(detail: &Json) -> Option<Phrase> {
    let ReportedBeforeEnd { published_on, ends_on } = read(detail)?;
    if published_on.is_empty() {
        return None;
    }
    Some(say!(
        "who attended was reported on {published}, before the batch ended on {ended}.",
        published = Phrase::all_of(published_on),
        ended = ends_on
    ))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlanOverdue {
    due_on: NaiveDate,
    status: ActionPlanStatus,
}

fn plan_overdue(detail: &Json) -> Option<Phrase> {
    let PlanOverdue { due_on, status } = read(detail)?;
    Some(say!(
        "the action plan was due on {due} and still has the status {status}.",
        due = due_on,
        status = terms::plan_status(status)
    ))
}

/// The rule and the values behind it, where no sentence can be made of them.
fn raw(rule: FindingRule, detail: &Json) -> String {
    match detail {
        Json::Null => format!("{rule}."),
        Json::Object(values) => {
            let values: Vec<_> =
                values.iter().map(|(name, value)| format!("{name} {value}")).collect();
            if values.is_empty() {
                format!("{rule}.")
            } else {
                format!("{rule}: {}.", values.join("; "))
            }
        }
        value => format!("{rule}: {value}."),
    }
}

/// Clauses as one sentence; `None` where there are none.
fn sentence(clauses: impl Iterator<Item = Phrase>) -> Option<Phrase> {
    let clauses: Vec<_> = clauses.collect();
    let end = Phrase::verbatim(".");
    (!clauses.is_empty()).then(|| Phrase::Joined(vec![Phrase::joined(clauses, "; "), end]))
}

fn quoted(text: &str) -> String {
    format!("“{text}”")
}

#[cfg(test)]
mod tests;
