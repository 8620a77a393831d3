//! The sentence that a finding says.

mod counts;
mod lists;

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::vocabulary::{
    ActionPlanStatus, ClaimProperty, DatePrecision, DelegationStatus, FindingRule, RecordKind,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use uuid::Uuid;

use self::counts::{
    category_mismatch, fewer_countries, fewer_people, headcount_mismatch, heads_without_presence,
    per_day_mismatch, unit_confusion,
};
use self::lists::{list_conflict, not_a_member, partition};
use crate::provenance::claim::words::{Number, count, date};

/// What a finding says: one sentence made of its rule and the values of its detail. `names` has the
/// names of what is [`mentioned`]. A detail that is not of the rule's shape is shown as it is.
pub(super) fn message(
    rule: FindingRule,
    property: Option<ClaimProperty>,
    detail: &Json,
    names: &HashMap<Uuid, String>,
) -> String {
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
    sentence.map_or_else(|| raw(rule, detail), |sentence| capitalised(&sentence))
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
) -> Option<String> {
    let Values { values } = read(detail)?;
    let values: Option<Vec<_>> = values.iter().map(|value| stated(value, names)).collect();
    let values = values.filter(|values| !values.is_empty())?.join("; ");
    let what = property.map(|property| format!(" on {}", about(property))).unwrap_or_default();
    Some(format!("the sources do not agree{what}: {values}."))
}

/// One of the values between which a conflict is.
fn stated(value: &Json, names: &HashMap<Uuid, String>) -> Option<String> {
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
            name(id)
        }
        Stated::Text(text) if read::<DelegationStatus>(value).is_some() => text,
        Stated::Text(text) => quoted(&text),
        Stated::Date { date: day, precision } => date(day, precision),
        Stated::Number(number) => count(&number)?,
    })
}

fn about(property: ClaimProperty) -> &'static str {
    match property {
        ClaimProperty::Title => "the title",
        ClaimProperty::StartsOn => "the first day",
        ClaimProperty::EndsOn => "the last day",
        ClaimProperty::Venue => "the venue",
        ClaimProperty::Organiser => "the organisers",
        ClaimProperty::Participants => "how many took part",
        ClaimProperty::Countries => "how many countries took part",
        ClaimProperty::Attendance => "the status of the delegation",
        ClaimProperty::Headcount => "how many people the delegation had",
        ClaimProperty::Amount => "what was spent",
    }
}

#[derive(Deserialize)]
struct Weekday {
    date: NaiveDate,
    weekday: usize,
    printed: usize,
}

fn weekday_mismatch(detail: &Json) -> Option<String> {
    const DAYS: [&str; 7] =
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let Weekday { date, weekday, printed } = read(detail)?;
    let day = |number: usize| number.checked_sub(1).and_then(|index| DAYS.get(index));
    Some(format!("{date} is a {}, but the source prints {}.", day(weekday)?, day(printed)?))
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

fn name_out_of_period(detail: &Json) -> Option<String> {
    let NameOutOfPeriod { name, in_force, used } = read(detail)?;
    let period = |period: &Period| match (period.from, period.to) {
        (Some(from), Some(to)) if from == to => Some(format!("on {from}")),
        (Some(from), Some(to)) => Some(format!("from {from} to {to}")),
        (Some(from), None) => Some(format!("from {from}")),
        (None, Some(to)) => Some(format!("until {to}")),
        (None, None) => None,
    };
    let in_force: Option<Vec<_>> = in_force.iter().map(period).collect();
    let in_force = listed(&in_force.filter(|periods| !periods.is_empty())?);
    Some(format!(
        "the name {} stands for the time {}, but was in force {in_force}.",
        quoted(&name),
        period(&used)?
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
) -> Option<String> {
    let PossibleSame { pair, edits } = read(detail)?;
    let is_person = rule == FindingRule::PossibleSamePerson;
    // Ids of people are told to nobody who may not see the people.
    let name = |id: Uuid| match names.get(&id) {
        Some(name) => quoted(name),
        None if is_person => "somebody who is not public".to_owned(),
        None => quoted(&id.to_string()),
    };
    let [one, other] = pair.map(name);
    let what = if is_person { "person" } else { "institution" };
    let differ = match edits {
        0 => "only in the order or division of words".to_owned(),
        1 => "by 1 letter".to_owned(),
        edits => format!("by {edits} letters"),
    };
    Some(format!("{one} and {other} may be one {what}: names of theirs differ {differ}."))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReportedBeforeEnd {
    published_on: Vec<NaiveDate>,
    ends_on: NaiveDate,
}

fn reported_before_end(detail: &Json) -> Option<String> {
    let ReportedBeforeEnd { published_on, ends_on } = read(detail)?;
    let published: Vec<_> = published_on.iter().map(NaiveDate::to_string).collect();
    let published = (!published.is_empty()).then(|| listed(&published))?;
    Some(format!("who attended was reported on {published}, before the batch ended on {ends_on}."))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlanOverdue {
    due_on: NaiveDate,
    status: ActionPlanStatus,
}

fn plan_overdue(detail: &Json) -> Option<String> {
    let PlanOverdue { due_on, status } = read(detail)?;
    Some(format!("the action plan was due on {due_on} and still has the status {status}."))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dates {
    starts_on: NaiveDate,
    starts_precision: Option<DatePrecision>,
    ends_on: NaiveDate,
    ends_precision: Option<DatePrecision>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WorkshopsOutside {
    starts_on: Option<NaiveDate>,
    starts_precision: Option<DatePrecision>,
    ends_on: Option<NaiveDate>,
    ends_precision: Option<DatePrecision>,
    workshops: Vec<Days>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Days {
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
}

fn workshops_outside(detail: &Json) -> Option<String> {
    let WorkshopsOutside { starts_on, starts_precision, ends_on, ends_precision, workshops } =
        read(detail)?;
    let starts = starts_on.map(|day| format!("start {}", date(day, starts_precision)));
    let ends = ends_on.map(|day| format!("end {}", date(day, ends_precision)));
    let would: Vec<_> = starts.into_iter().chain(ends).collect();
    let days =
        workshops.iter().filter_map(|workshop| match (workshop.starts_on, workshop.ends_on) {
            (Some(from), Some(to)) if from != to => Some(format!("from {from} to {to}")),
            (from, to) => Some(format!("on {}", from.or(to)?)),
        });
    let days: Vec<_> = days.collect();
    if would.is_empty() || days.is_empty() {
        return None;
    }
    let (workshops, lie) =
        if days.len() == 1 { ("a workshop", "lies") } else { ("workshops", "lie") };
    Some(format!(
        "by the claims the batch would {}, but {workshops} {} {lie} outside that, so its dates \
         stayed as they were.",
        listed(&would),
        listed(&days)
    ))
}

#[derive(Deserialize)]
struct PlanWithoutAttendance {
    status: Option<DelegationStatus>,
    kept: Option<DelegationStatus>,
    plans: Vec<Uuid>,
}

fn plan_without_attendance(detail: &Json) -> Option<String> {
    let PlanWithoutAttendance { status, kept, plans } = read(detail)?;
    let would = match status {
        Some(status) => format!("would have the status {status}"),
        None => "would have no status".to_owned(),
    };
    let plans = if plans.len() == 1 {
        "an action plan".to_owned()
    } else {
        format!("{} action plans", plans.len())
    };
    let stayed = kept.map_or_else(|| "stayed open".to_owned(), |kept| format!("stayed {kept}"));
    Some(format!(
        "by the claims the delegation {would}, but it has {plans}, which only one that ATTENDED \
         has, so its status {stayed}."
    ))
}

fn dates_out_of_order(detail: &Json) -> Option<String> {
    let Dates { starts_on, starts_precision, ends_on, ends_precision } = read(detail)?;
    let (starts, ends) = (date(starts_on, starts_precision), date(ends_on, ends_precision));
    Some(format!(
        "by the claims the batch would start ({starts}) after it ends ({ends}), so its dates \
         stayed as they were."
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
fn sentence(clauses: impl Iterator<Item = String>) -> Option<String> {
    let clauses: Vec<_> = clauses.collect();
    (!clauses.is_empty()).then(|| format!("{}.", clauses.join("; ")))
}

/// "A", "A and B", "A, B and C".
fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
    }
}

fn quoted(text: &str) -> String {
    format!("“{text}”")
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
