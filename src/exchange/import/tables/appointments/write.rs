//! Writes what was planned.

use std::collections::{HashMap, HashSet};

use entity::id::{AppointmentId, PersonId};
use entity::vocabulary::DatePrecision;
use entity::{appointment, person};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::AppointmentRow;
use super::people::Who;
use crate::db::{IDS_PER_QUERY, Write};
use crate::error::WriteError;
use crate::people::appointment::rules as appointments;
use crate::people::person::rules as people_rules;
use crate::rule::{self, check, unguessable_key, unset};

/// What changes of an appointment that is there.
pub(super) fn draft(row: &AppointmentRow) -> appointment::ActiveModel {
    appointment::ActiveModel {
        language: row.language.clone().map_or(NotSet, Set),
        valid_from: row.days.from.map_or(NotSet, |day| Set(Some(day))),
        valid_to: row.days.to.map_or(NotSet, |day| Set(Some(day))),
        precision: row.days.precision.map_or(NotSet, Set),
        ..unset()
    }
}

/// Writes what was planned.
pub(in super::super::super) async fn carry_out(
    w: &mut Write,
    all: Vec<AppointmentRow>,
) -> Result<(), WriteError> {
    let mut entered = entered_before(w, &all).await?;
    let (mut people, mut rows) = (Vec::new(), Vec::new());
    for one in all {
        if let Some(existing) = &one.existing {
            let put = appointments::enter(w, Some(existing), draft(&one)).await?;
            rule::emit::<appointment::Entity>(w, &put);
            continue;
        }
        let person = match one.who {
            Who::Person(id) => id,
            Who::OfLine(line) => *entered.entry(line).or_insert_with(|| {
                let row = people_rules::blank(w, one.name.as_deref().unwrap_or_default());
                let id = row.id;
                people.push(row);
                one.entered.keep(line, id);
                id
            }),
        };
        rows.push(appointment::Model {
            id: AppointmentId(w.new_id()),
            key: unguessable_key(w, "appointment"),
            version: 1,
            created_at: w.now(),
            updated_at: w.now(),
            person_id: person,
            institution_id: one.institution,
            post: one.post,
            language: one.language.unwrap_or_else(|| "und".to_owned()),
            acting: one.acting,
            valid_from: one.days.from,
            valid_to: one.days.to,
            precision: one.days.precision.unwrap_or(DatePrecision::Day),
            sort_date: check::FIRST_DAY,
        });
    }
    for put in people_rules::enter_all(w, people).await? {
        rule::emit::<person::Entity>(w, &put);
    }
    appointments::enter_all(w, rows).await
}

/// The people whom earlier rows have entered, by the lines of these, as far as they are there.
async fn entered_before(
    w: &Write,
    all: &[AppointmentRow],
) -> Result<HashMap<u64, PersonId>, WriteError> {
    let of_line = |one: &AppointmentRow| match one.who {
        Who::OfLine(line) => Some((line, one.entered.of(line)?)),
        Who::Person(_) => None,
    };
    let mut entered: HashMap<u64, PersonId> = all.iter().filter_map(of_line).collect();
    let ids: Vec<PersonId> = entered.values().copied().collect();
    let mut there: HashSet<PersonId> = HashSet::new();
    for some in ids.chunks(IDS_PER_QUERY) {
        let these = person::Entity::find().filter(person::Column::Id.is_in(some.iter().copied()));
        there.extend(these.all(w.read()).await?.into_iter().map(|row| row.id));
    }
    entered.retain(|_, id| there.contains(id));
    Ok(entered)
}
