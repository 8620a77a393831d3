//! What an actor may see. Every read begins here: visible → filter → page. What may not be seen is not there: it is neither
//! listed nor counted, and no filter can find it.

use entity::vocabulary::{BatchStatus, EngagementRole, FindingRule, RecordKind};
use entity::*;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryTrait, Select};

use super::Actor;

/// The view of one actor.
#[derive(Clone, Debug)]
pub struct Visible {
    actor: Actor,
}

impl Visible {
    /// What `actor` may see.
    pub fn to(actor: Actor) -> Self {
        Self { actor }
    }

    /// Who looks.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whether an event of the log may be seen.
    pub fn sees(&self, event: &event::Model) -> bool {
        match self.actor {
            Actor::Operator => true,
            Actor::Anonymous => event.public,
        }
    }

    /// All rows of a kind that may be seen.
    pub fn select<E: Scoped>(&self) -> Select<E> {
        E::find().filter(self.condition::<E>())
    }

    /// The condition that those rows fulfil.
    pub fn condition<E: Scoped>(&self) -> Condition {
        match self.actor {
            Actor::Operator => Condition::all(),
            Actor::Anonymous => E::public(),
        }
    }
}

/// A kind of row that has an audience.
pub trait Scoped: EntityTrait {
    /// What everybody may see.
    fn public() -> Condition {
        Condition::all()
    }
}

/// Ids of the batches that are not public.
fn drafts() -> SelectStatement {
    let mut drafts = Query::select();
    drafts.column(batch::Column::Id).from(batch::Entity).and_where(batch::Column::Status.eq(BatchStatus::Draft));
    drafts
}

/// Rows whose batch, if they have one, is public.
fn outside_drafts(column: impl ColumnTrait) -> Condition {
    Condition::any().add(column.is_null()).add(column.not_in_subquery(drafts()))
}

/// Ids of rows that are public.
fn ids_of<E: Scoped>(id: E::Column) -> SelectStatement {
    use sea_orm::QuerySelect;
    E::find().select_only().column(id).filter(E::public()).into_query()
}

macro_rules! public {
    ($($module:ident $(=> $condition:expr)?;)+) => {$(
        impl Scoped for $module::Entity {
            $(fn public() -> Condition { $condition })?
        }
    )+};
}

public! {
    country;
    country_name;
    regional_group;
    membership;
    institution;
    institution_name;
    institution_identifier;
    institution_ancestor;
    programme;
    programme_topic;
    topic;
    venue;
    source;
    source_relation;
    indicator;

    // A draft is nobody's business until it is announced, and so is all that hangs from it.
    batch => batch::Column::Status.ne(BatchStatus::Draft).into();
    batch_venue => batch_venue::Column::BatchId.not_in_subquery(drafts()).into();
    batch_topic => batch_topic::Column::BatchId.not_in_subquery(drafts()).into();
    workshop => workshop::Column::BatchId.not_in_subquery(drafts()).into();
    workshop_topic => workshop_topic::Column::WorkshopId.in_subquery(ids_of::<workshop::Entity>(workshop::Column::Id)).into();
    delegation => delegation::Column::BatchId.not_in_subquery(drafts()).into();
    outcome => outcome::Column::BatchId.not_in_subquery(drafts()).into();
    claim => claim::Column::BatchId.not_in_subquery(drafts()).into();
    observation => outside_drafts(observation::Column::BatchId);
    partnership => Condition::all().add(outside_drafts(partnership::Column::BatchId)).add(
        Condition::any().add(partnership::Column::WorkshopId.is_null()).add(
            partnership::Column::WorkshopId.in_subquery(ids_of::<workshop::Entity>(workshop::Column::Id)),
        ),
    );
    action_plan => action_plan::Column::DelegationId
        .in_subquery(ids_of::<delegation::Entity>(delegation::Column::Id))
        .into();
    action_item => action_item::Column::ActionPlanId
        .in_subquery(ids_of::<action_plan::Entity>(action_plan::Column::Id))
        .into();
    progress_note => progress_note::Column::ActionItemId
        .in_subquery(ids_of::<action_item::Entity>(action_item::Column::Id))
        .into();

    // Whom a record might be the same as is a guess about people and bodies: for curators.
    finding => Condition::all().add(outside_drafts(finding::Column::BatchId)).add(
        finding::Column::Rule.is_not_in([FindingRule::PossibleSamePerson, FindingRule::PossibleSameInstitution]),
    );
    finding_claim => finding_claim::Column::FindingId.in_subquery(ids_of::<finding::Entity>(finding::Column::Id)).into();

    // Taking part is private; any other engagement is a public role.
    engagement => Condition::all()
        .add(engagement::Column::Role.ne(EngagementRole::Participant))
        .add(outside_drafts(engagement::Column::BatchId))
        .add(Condition::any().add(engagement::Column::WorkshopId.is_null()).add(
            engagement::Column::WorkshopId.in_subquery(ids_of::<workshop::Entity>(workshop::Column::Id)),
        ));
    // A person is public through a public role: engaged, represented, or quoted.
    person => Condition::any()
        .add(person::Column::Id.in_subquery(ids_of::<engagement::Entity>(engagement::Column::PersonId)))
        .add(person::Column::Id.in_subquery(referring::<engagement::Entity>(engagement::Column::OnBehalfOfId)))
        .add(person::Column::Id.in_subquery(referring::<claim::Entity>(claim::Column::StatedById)))
        .add(person::Column::Id.in_subquery(referring::<outcome::Entity>(outcome::Column::StatedById)))
        .add(person::Column::Id.in_subquery(referring::<observation::Entity>(observation::Column::StatedById)));
    appointment => appointment::Column::PersonId.in_subquery(ids_of::<person::Entity>(person::Column::Id)).into();

    // That a source documents something tells that it exists.
    citation => Condition::all().add(outside_drafts(citation::Column::BatchId)).add(
        Condition::any()
            .add(citation::Column::SubjectKind.is_not_in([RecordKind::Person, RecordKind::Appointment, RecordKind::Engagement]))
            .add(citation::Column::SubjectId.in_subquery(ids_of::<person::Entity>(person::Column::Id)))
            .add(citation::Column::SubjectId.in_subquery(ids_of::<appointment::Entity>(appointment::Column::Id)))
            .add(citation::Column::SubjectId.in_subquery(ids_of::<engagement::Entity>(engagement::Column::Id))),
    );
}

/// The values of a nullable reference in public rows.
fn referring<E: Scoped>(column: E::Column) -> SelectStatement {
    let mut ids = ids_of::<E>(column);
    ids.and_where(column.is_not_null());
    ids
}
