//! Merging: two records turn out to be about one person. What referred to the one refers to the
//! other from then on; the record that was merged stays, under its id and key, and says what it was
//! merged into. No sentence here repeats a name or a key.

use entity::{appointment, claim, engagement, observation, outcome, person};
use sea_orm::{ActiveValue::Set, ColumnTrait};

use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;
use crate::rule::reassign::reassign_references;
use crate::rule::{self, check, unset};

/// Merges a person into another.
///
/// It is another one, and neither has been merged before. Posts and engagements pass to the other,
/// and so does what the one was represented at and quoted for, and what was merged into the one: a
/// record is merged into the one in use.
pub async fn merge(
    w: &mut Write,
    row: &person::Model,
    into: &person::Model,
) -> Result<Put<person::Model>, WriteError> {
    w.lock_register().await?;
    if row.id == into.id {
        return Err(check::invalid("into_id", say!("nobody can be merged into himself")).into());
    }
    for (field, row) in [("person_id", row), ("into_id", into)] {
        if row.merged_into_id.is_some() {
            let message = say!("the record was merged into another person's already");
            return Err(Refusal::new(RefusalCode::IllegalMove, field, message).into());
        }
    }
    let (from, to) = (row.id, into.id);
    // Posts first: whoever is engaged in one holds it.
    reassign_references! { w, from, to:
        appointment.PersonId/person_id = to =>
            crate::people::appointment::rules, rule::emit::<appointment::Entity>;
        engagement.PersonId/person_id = to => crate::people::engagement::rules, |_, _| {};
        engagement.OnBehalfOfId/on_behalf_of_id = Some(to) =>
            crate::people::engagement::rules, |_, _| {};
        claim.StatedById/stated_by_id = Some(to) => crate::provenance::claim::rules, |_, _| {};
        outcome.StatedById/stated_by_id = Some(to) => crate::plans::outcome::rules, |_, _| {};
        observation.StatedById/stated_by_id = Some(to) =>
            crate::provenance::observation::rules, rule::emit::<observation::Entity>;
        person.MergedIntoId/merged_into_id = Some(to) => super::rules, rule::emit::<person::Entity>;
    }
    let draft = person::ActiveModel { merged_into_id: Set(Some(to)), ..unset() };
    let put = rule::put::<person::Entity>(w, Some(row), draft).await?;
    w.mark_people_dirty();
    rule::emit::<person::Entity>(w, &put);
    Ok(put)
}
