//! The sentences of findings about claims that would break a rule of the register.

use chrono::NaiveDate;
use entity::vocabulary::{DatePrecision, DelegationStatus};
use serde::Deserialize;
use serde_json::Value as Json;
use uuid::Uuid;

use super::read;
use crate::phrase::{Phrase, say};
use crate::provenance::claim::words::{date, terms};

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

pub(super) fn workshops_outside(detail: &Json) -> Option<Phrase> {
    let WorkshopsOutside { starts_on, starts_precision, ends_on, ends_precision, workshops } =
        read(detail)?;
    let starts = starts_on.map(|day| say!("start {day}", day = date(day, starts_precision)));
    let ends = ends_on.map(|day| say!("end {day}", day = date(day, ends_precision)));
    let would: Vec<_> = starts.into_iter().chain(ends).collect();
    let days =
        workshops.iter().filter_map(|workshop| match (workshop.starts_on, workshop.ends_on) {
            (Some(from), Some(to)) if from != to => Some(say!("from {from} to {to}", from, to)),
            (from, to) => Some(say!("on {day}", day = from.or(to)?)),
        });
    let days: Vec<_> = days.collect();
    if would.is_empty() || days.is_empty() {
        return None;
    }
    let is_one = days.len() == 1;
    let (would, days) = (Phrase::all_of(would), Phrase::all_of(days));
    Some(if is_one {
        say!(
            "by the claims the batch would {would}, but a workshop {days} lies outside that, so \
             its dates stayed as they were.",
            would,
            days
        )
    } else {
        say!(
            "by the claims the batch would {would}, but workshops {days} lie outside that, so its \
             dates stayed as they were.",
            would,
            days
        )
    })
}

#[derive(Deserialize)]
struct PlanWithoutAttendance {
    status: Option<DelegationStatus>,
    kept: Option<DelegationStatus>,
    plans: Vec<Uuid>,
}

pub(super) fn plan_without_attendance(detail: &Json) -> Option<Phrase> {
    let PlanWithoutAttendance { status, kept, plans } = read(detail)?;
    let would = match status.map(terms::delegation_status) {
        Some(status) => say!("would have the status {status}", status),
        None => say!("would have no status"),
    };
    let plans = match plans.len() {
        1 => say!("an action plan"),
        number => say!("{number} action plans", number),
    };
    let stayed = match kept.map(terms::delegation_status) {
        Some(kept) => say!("stayed {kept}", kept),
        None => say!("stayed open"),
    };
    Some(say!(
        "by the claims the delegation {would}, but it has {plans}, which only one that ATTENDED \
         has, so its status {stayed}.",
        would,
        plans,
        stayed
    ))
}

pub(super) fn dates_out_of_order(detail: &Json) -> Option<Phrase> {
    let Dates { starts_on, starts_precision, ends_on, ends_precision } = read(detail)?;
    Some(say!(
        "by the claims the batch would start ({starts}) after it ends ({ends}), so its dates \
         stayed as they were.",
        starts = date(starts_on, starts_precision),
        ends = date(ends_on, ends_precision)
    ))
}
