//! What the dates of one row say of another.

use chrono::NaiveDate;
use entity::vocabulary::MembershipKind;
use entity::{membership, workshop};

use crate::error::{Refusal, RefusalCode};
use crate::phrase::say;

/// Says how a workshop lies outside the dates of its batch, if it does.
pub fn outside(
    workshop: &workshop::Model,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
) -> Option<Refusal> {
    let days = [("starts_on", workshop.starts_on), ("ends_on", workshop.ends_on)];
    for (field, day) in days {
        let Some(day) = day else { continue };
        let message = match (starts_on, ends_on) {
            (Some(start), _) if day < start => {
                say!("{day} is before the batch, which starts on {start}", day, start)
            }
            (_, Some(end)) if day > end => {
                say!("{day} is after the batch, which ends on {end}", day, end)
            }
            _ => continue,
        };
        return Some(Refusal::new(RefusalCode::OutOfRange, field, message));
    }
    None
}

/// Whether a membership was in force on a day. Without a first day it was so from the start, as far
/// as known; without a last day it still is.
fn in_force(membership: &membership::Model, day: NaiveDate) -> bool {
    membership.valid_from.is_none_or(|from| from <= day)
        && membership.valid_to.is_none_or(|to| day <= to)
}

/// Whether the country belongs to the group on a day: as a full member of an organisation or as a
/// party to a treaty. Associates, observers, candidates and partners do not: a group invites them
/// or does not, and nobody may say of them that they were expected and sent nobody.
pub fn is_member(membership: &membership::Model, day: NaiveDate) -> bool {
    let counts = matches!(membership.kind, MembershipKind::Full | MembershipKind::Party);
    counts && in_force(membership, day)
}
