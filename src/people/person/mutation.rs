//! What is done to the records of people. No sentence here repeats a name.

use entity::vocabulary::EngagementRole;
use entity::{batch, engagement, person};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Person, merge, rules};
use crate::access::Authorizer;
use crate::access::policy::Relation;
use crate::db::Write;
use crate::error::WriteError;
use crate::mutation::{IdOf, given, mutations};
use crate::rule::{self, unguessable_key, unset};

mutations! {
    /// Mutations of people.
    PERSON_MUTATIONS {
        /// Enters a person, who is then to be engaged, or appointed to a post.
        add_person(AddPersonInput) -> AddPersonPayload { person: Person }, a EnterCommon {
            /// The name, as printed.
            name: String,
        }

        /// Corrects the name of a person. For curators and, of those who take part in a batch, for
        /// its owner.
        correct_name(CorrectNameInput) -> CorrectNamePayload { person: Person }, a KeepPerson {
            /// The person.
            person_id: IdOf<person::Entity>,
            /// The name, as printed.
            name: String,
        }

        /// Merges the record of a person into another, the two being one. What referred to the one
        /// refers to the other; the id and key of the one keep resolving. For curators.
        merge_people(MergePeopleInput) -> MergePeoplePayload { person: Person }, a Curate {
            /// The record that is to be merged.
            person_id: IdOf<person::Entity>,
            /// The record that stays.
            into_id: IdOf<person::Entity>,
        }
    }
}

async fn add_person(
    w: &mut Write,
    by: &Authorizer,
    input: &AddPersonInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let draft = person::ActiveModel {
        key: Set(unguessable_key(w, "person")),
        name: Set(input.name.clone()),
        ..unset()
    };
    let put = rules::enter(w, None, draft).await?;
    rule::emit::<person::Entity>(w, &put);
    Ok(put.row.id.0)
}

async fn correct_name(
    w: &mut Write,
    by: &Authorizer,
    input: &CorrectNameInput,
) -> Result<Uuid, WriteError> {
    let row = by.target::<person::Entity>(w, "person_id", input.person_id.0).await?;
    by.require(if takes_part_in_ours(w, by, &row).await? {
        Relation::Own
    } else {
        Relation::Stranger
    })?;
    let draft = person::ActiveModel { name: given(Some(input.name.clone())), ..unset() };
    let put = rules::enter(w, Some(&row), draft).await?;
    rule::emit::<person::Entity>(w, &put);
    Ok(put.row.id.0)
}

async fn merge_people(
    w: &mut Write,
    by: &Authorizer,
    input: &MergePeopleInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    w.lock_register().await?;
    let row = by.target::<person::Entity>(w, "person_id", input.person_id.0).await?;
    let into = by.find::<person::Entity>(w, "into_id", input.into_id.0).await?;
    Ok(merge::merge(w, &row, &into).await?.row.id.0)
}

/// Whether somebody takes part in a batch that the writer's institutions own.
async fn takes_part_in_ours(
    w: &Write,
    by: &Authorizer,
    row: &person::Model,
) -> Result<bool, WriteError> {
    let batches = engagement::Entity::find()
        .filter(engagement::Column::PersonId.eq(row.id))
        .filter(engagement::Column::Role.eq(EngagementRole::Participant))
        .find_also_related(batch::Entity)
        .all(w.read())
        .await?;
    Ok(batches.iter().filter_map(|row| row.1.as_ref()).any(|batch| by.is_ours(batch.owner_id)))
}
