//! Memberships of countries in groups: for curators, as by hand.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use entity::id::RegionalGroupId;
use entity::membership;
use entity::vocabulary::{DatePrecision, MembershipKind, RegionalGroupKind};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, EntityTrait, QueryFilter};

use super::super::knowledge::Knowledge;
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::reading::Reading;
use super::super::remark::Weight;
use crate::access::policy::{Action, Relation};
use crate::db::Write;
use crate::error::WriteError;
use crate::network::membership::rules as memberships;
use crate::rule::{self, check, made_key, unset};

/// What people call a country's part in a group, folded.
const KINDS: [(&str, MembershipKind); 8] = [
    ("member", MembershipKind::Full),
    ("anggota", MembershipKind::Full),
    ("anggota penuh", MembershipKind::Full),
    ("full member", MembershipKind::Full),
    ("pengamat", MembershipKind::Observer),
    ("calon", MembershipKind::Candidate),
    ("pihak", MembershipKind::Party),
    ("mitra", MembershipKind::Partner),
];

/// A membership that is to be entered or changed.
#[derive(Debug)]
pub(in super::super) struct Belonging {
    stem: String,
    existing: Option<membership::Model>,
    draft: membership::ActiveModel,
    line: u64,
}

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<Belonging>>, DbErr> {
    let layout = k.layout.clone();
    let mut known: HashMap<RegionalGroupId, Vec<membership::Model>> = HashMap::new();
    let mut plans = Vec::with_capacity(rows.len());
    for row in rows {
        let mut reading = Reading::new(&layout, row);
        let group = k.group(&mut reading, "group");
        let (from, to) = (reading.day("valid_from"), reading.last_day("valid_to"));
        let country = k.country(&mut reading, None);
        if country.is_none() && !reading.is_hindered() {
            reading.required("country");
        }
        let kind = reading.vocabulary("kind", &KINDS);
        if let Err(refusal) = check::order("valid_to", from.map(|day| day.date), to.map(|day| day.0)) {
            reading.refuse("valid_to", refusal.message);
        }
        if !k.may(Action::KeepCommon, Relation::Stranger) {
            reading.refuse("group", "has members that curators enter, and you are none");
        }
        let (Some(group), Some(country), false) = (group, country, reading.is_hindered()) else {
            plans.push(Plan::of(row, reading, None, None));
            continue;
        };
        let kind = kind.unwrap_or(match group.kind {
            RegionalGroupKind::Treaty => MembershipKind::Party,
            RegionalGroupKind::Organisation => MembershipKind::Full,
        });
        let of_group = match known.entry(group.id) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(free) => {
                let of_it = membership::Column::RegionalGroupId.eq(group.id);
                free.insert(membership::Entity::find().filter(of_it).all(db).await?)
            }
        };
        let starts = from.map(|day| day.date);
        let mut there = of_group.iter().filter(|row| row.country_code == country && row.kind == kind);
        let existing = there.find(|row| row.valid_from == starts).cloned();
        if let Some(line) = k.seen_before(&(group.id, &country, kind, starts), row.line) {
            reading.remark(Weight::Ambiguous, "country", format!("stands in line {line} already"));
        }
        let precision = from.map(|day| day.precision).or(to.map(|day| day.1)).unwrap_or(DatePrecision::Day);
        let draft = membership::ActiveModel {
            regional_group_id: Set(group.id),
            country_code: Set(country.clone()),
            kind: Set(kind),
            valid_from: starts.map_or(NotSet, |day| Set(Some(day))),
            valid_to: to.map_or(NotSet, |day| Set(Some(day.0))),
            precision: if from.is_some() || to.is_some() { Set(precision) } else { NotSet },
            ..unset()
        };
        let differs = existing.as_ref().is_none_or(|row| !rule::same::<membership::Entity>(row, &draft));
        let (about, is_new) = (existing.as_ref().map(|row| row.key.clone()), existing.is_none());
        let stem = format!("{}-{}", group.key, country.0.to_lowercase());
        let one = Belonging { stem, existing, draft, line: row.line };
        plans.push(Plan::of(row, reading, about, differs.then_some((is_new, one))));
    }
    Ok(plans)
}

/// Writes what was planned.
pub(in super::super) async fn carry_out(w: &mut Write, all: Vec<Belonging>) -> Result<(), WriteError> {
    for mut one in all {
        if one.existing.is_none() {
            one.draft.key = Set(made_key(w, &one.stem));
        }
        let entered = memberships::enter(w, one.existing.as_ref(), one.draft).await;
        entered.map_err(|error| super::at_line(error, one.line))?;
    }
    Ok(())
}
