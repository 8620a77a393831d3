//! Of each kind of row, what may be seen.

use entity::vocabulary::{BatchStatus, EngagementRole, GrantRole, PartnershipRole, RecordKind};
use entity::*;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use super::{CO_ORGANISING, OF_ACCOUNTS, Scoped};
use crate::access::SignedIn;
use crate::events::GUESSES;

/// Ids of the batches whose records the officers keep: those that their institutions own, and those
/// in which these hold one of `roles`.
fn kept(rights: &SignedIn, roles: &[PartnershipRole]) -> Condition {
    let ours = || rights.institutions.iter().copied();
    let mut held = Query::select();
    held.column(partnership::Column::BatchId)
        .from(partnership::Entity)
        .and_where(partnership::Column::BatchId.is_not_null())
        .and_where(partnership::Column::Role.is_in(roles.iter().copied()))
        .and_where(partnership::Column::EndedAt.is_null())
        .and_where(partnership::Column::InstitutionId.is_in(ours()));
    Condition::any()
        .add(batch::Column::OwnerId.is_in(ours()))
        .add(batch::Column::Id.in_subquery(held))
}

/// The status of drafts, written out and not bound: PostgreSQL knows then how few drafts there are,
/// and can keep the plans of all that looks past them.
fn draft() -> Expr {
    Expr::Constant(BatchStatus::Draft.into())
}

/// The condition that a batch is no draft.
fn announced() -> Expr {
    Expr::col((batch::Entity, batch::Column::Status)).ne(draft())
}

/// Ids of the batches that may not be seen.
fn drafts(rights: &SignedIn) -> SelectStatement {
    let mut drafts = Query::select();
    drafts
        .column(batch::Column::Id)
        .from(batch::Entity)
        .and_where(Expr::col((batch::Entity, batch::Column::Status)).eq(draft()));
    if rights.oversees() {
        drafts.and_where(batch::Column::Id.is_null());
    } else if !rights.institutions.is_empty() {
        drafts.cond_where(kept(rights, &CO_ORGANISING).not());
    }
    drafts
}

/// Rows whose batch, if they have one, may be seen.
fn outside_drafts(rights: &SignedIn, column: impl ColumnTrait) -> Condition {
    Condition::any().add(column.is_null()).add(column.not_in_subquery(drafts(rights)))
}

/// Ids of rows that may be seen.
fn ids_of<E: Scoped>(rights: &SignedIn, id: E::Column) -> SelectStatement {
    E::find().select_only().column(id).filter(E::visibility_filter(rights)).into_query()
}

/// The values of a nullable reference in rows that may be seen.
fn referring<E: Scoped>(rights: &SignedIn, column: E::Column) -> SelectStatement {
    let mut ids = ids_of::<E>(rights, column);
    ids.and_where(column.is_not_null());
    ids
}

/// Engagements of participants that officers may see: at batches that their institutions organise,
/// for their institutions, and in the delegations that these send.
fn own_participants(rights: &SignedIn) -> Condition {
    let ours = || rights.institutions.iter().copied();
    let mut batches = Query::select();
    batches.column(batch::Column::Id).from(batch::Entity).cond_where(kept(rights, &CO_ORGANISING));
    let mut workshops = Query::select();
    workshops
        .column(workshop::Column::Id)
        .from(workshop::Entity)
        .and_where(workshop::Column::BatchId.in_subquery(batches.clone()));
    let mut parties = Query::select();
    parties
        .column(delegation::Column::Id)
        .from(delegation::Entity)
        .and_where(delegation::Column::InstitutionId.is_in(ours()));
    Condition::any()
        .add(engagement::Column::BatchId.in_subquery(batches))
        .add(engagement::Column::WorkshopId.in_subquery(workshops))
        .add(engagement::Column::DelegationId.in_subquery(parties))
        .add(engagement::Column::InstitutionId.is_in(ours()))
}

/// People who are engaged, represented and quoted nowhere; of a record that was merged, neither is
/// the one in use, to which all of it has passed.
fn in_nothing() -> Condition {
    let merged = Condition::any()
        .add(person::Column::MergedIntoId.is_null())
        .add(is_in_nothing(person::Column::MergedIntoId));
    is_in_nothing(person::Column::Id).add(merged)
}

fn is_in_nothing(person: person::Column) -> Condition {
    fn referring<E: EntityTrait>(column: E::Column) -> SelectStatement {
        Query::select().column(column).from(E::default()).and_where(column.is_not_null()).take()
    }
    [
        referring::<engagement::Entity>(engagement::Column::PersonId),
        referring::<engagement::Entity>(engagement::Column::OnBehalfOfId),
        referring::<claim::Entity>(claim::Column::StatedById),
        referring::<outcome::Entity>(outcome::Column::StatedById),
        referring::<observation::Entity>(observation::Column::StatedById),
    ]
    .into_iter()
    .fold(Condition::all(), |condition, people| condition.add(person.not_in_subquery(people)))
}

/// Citations of records that may be seen, or of which `other` holds. A citation that is cited is no
/// such record: a condition cannot follow itself.
fn cited_directly(rights: &SignedIn, other: Condition) -> Condition {
    use RecordKind::{Appointment, Citation, Engagement, Finding, Person};
    let seen = other
        .add(citation::Column::SubjectKind.is_not_in([
            Person,
            Appointment,
            Engagement,
            Finding,
            Citation,
        ]))
        .add(
            citation::Column::SubjectId
                .in_subquery(ids_of::<person::Entity>(rights, person::Column::Id)),
        )
        .add(
            citation::Column::SubjectId
                .in_subquery(ids_of::<appointment::Entity>(rights, appointment::Column::Id)),
        )
        .add(
            citation::Column::SubjectId
                .in_subquery(ids_of::<engagement::Entity>(rights, engagement::Column::Id)),
        )
        .add(
            citation::Column::SubjectId
                .in_subquery(ids_of::<finding::Entity>(rights, finding::Column::Id)),
        );
    Condition::all().add(outside_drafts(rights, citation::Column::BatchId)).add(seen)
}

/// Rows of an account, for those who see it.
fn of_account(rights: &SignedIn, column: impl ColumnTrait) -> Condition {
    match rights.account {
        _ if rights.sees_accounts() => Condition::all(),
        Some(account) => column.eq(account).into(),
        None => column.is_null().into(),
    }
}

macro_rules! scopes {
    (
        $rights:ident:
        $($module:ident $(=> $condition:expr $(, by itself if $by_itself:expr)?)?;)+
    ) => {$(
        impl Scoped for $module::Entity {
            $(
                fn visibility_filter($rights: &SignedIn) -> Condition { $condition }

                fn seen_by_itself($rights: &SignedIn) -> bool {
                    let _ = $rights;
                    false $(|| $by_itself)?
                }
            )?
        }
    )+};
}

scopes! { rights:
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
    tag;
    venue;
    source;
    source_relation;
    indicator;

    // A draft is nobody's business until it is announced, and so is all that hangs from it:
    // nobody's but of those who prepare it.
    batch => match rights {
        rights if rights.oversees() => Condition::all(),
        rights if rights.institutions.is_empty() => announced().into(),
        rights => Condition::any()
            .add(announced())
            .add(kept(rights, &CO_ORGANISING)),
    }, by itself if rights.oversees() || rights.institutions.is_empty();
    batch_venue => batch_venue::Column::BatchId.not_in_subquery(drafts(rights)).into();
    batch_topic => batch_topic::Column::BatchId.not_in_subquery(drafts(rights)).into();
    batch_part => batch_part::Column::BatchId.not_in_subquery(drafts(rights)).into();
    delegation_part => delegation_part::Column::PartId
        .in_subquery(ids_of::<batch_part::Entity>(rights, batch_part::Column::Id))
        .into();
    workshop => workshop::Column::BatchId.not_in_subquery(drafts(rights)).into();
    workshop_topic => workshop_topic::Column::WorkshopId
        .in_subquery(ids_of::<workshop::Entity>(rights, workshop::Column::Id))
        .into();
    delegation => delegation::Column::BatchId.not_in_subquery(drafts(rights)).into();
    outcome => outcome::Column::BatchId.not_in_subquery(drafts(rights)).into();
    claim => claim::Column::BatchId.not_in_subquery(drafts(rights)).into();
    observation => outside_drafts(rights, observation::Column::BatchId);
    partnership => Condition::all().add(outside_drafts(rights, partnership::Column::BatchId)).add(
        Condition::any().add(partnership::Column::WorkshopId.is_null()).add(
            partnership::Column::WorkshopId.in_subquery(
                ids_of::<workshop::Entity>(rights, workshop::Column::Id),
            ),
        ),
    );
    action_plan => action_plan::Column::DelegationId
        .in_subquery(ids_of::<delegation::Entity>(rights, delegation::Column::Id))
        .into();
    action_item => action_item::Column::ActionPlanId
        .in_subquery(ids_of::<action_plan::Entity>(rights, action_plan::Column::Id))
        .into();
    progress_note => progress_note::Column::ActionItemId
        .in_subquery(ids_of::<action_item::Entity>(rights, action_item::Column::Id))
        .into();

    // Whom a record might be the same as is a guess about people and bodies: for curators and
    // auditors.
    finding => {
        let condition = Condition::all().add(outside_drafts(rights, finding::Column::BatchId));
        if rights.oversees() {
            condition
        } else {
            condition.add(finding::Column::Rule.is_not_in(GUESSES))
        }
    };
    finding_claim => finding_claim::Column::FindingId
        .in_subquery(ids_of::<finding::Entity>(rights, finding::Column::Id))
        .into();

    // Taking part is private, but for the organisers and one's own institution; any other
    // engagement is a public role.
    engagement => {
        let public = engagement::Column::Role.ne(EngagementRole::Participant);
        let whose = Condition::any().add(public);
        let whose = if rights.institutions.is_empty() {
            whose
        } else {
            whose.add(own_participants(rights))
        };
        Condition::all().add(whose).add(outside_drafts(rights, engagement::Column::BatchId)).add(
            Condition::any().add(engagement::Column::WorkshopId.is_null()).add(
                engagement::Column::WorkshopId.in_subquery(
                    ids_of::<workshop::Entity>(rights, workshop::Column::Id),
                ),
            ),
        )
    };
    // A person is public through a public role: engaged, represented, or quoted. Who keeps records
    // also sees people who take part in nothing, hidden or not, so as to engage them.
    person => {
        let public = |column: person::Column| {
            Condition::any()
                .add(column.in_subquery(ids_of::<engagement::Entity>(
                    rights,
                    engagement::Column::PersonId,
                )))
                .add(column.in_subquery(referring::<engagement::Entity>(
                    rights,
                    engagement::Column::OnBehalfOfId,
                )))
                .add(
                    column
                        .in_subquery(referring::<claim::Entity>(rights, claim::Column::StatedById)),
                )
                .add(
                    column.in_subquery(referring::<outcome::Entity>(
                        rights,
                        outcome::Column::StatedById,
                    )),
                )
                .add(column.in_subquery(referring::<observation::Entity>(
                    rights,
                    observation::Column::StatedById,
                )))
        };
        // A record that was merged is seen by whoever sees the one in use, to which all has passed.
        let any = public(person::Column::Id).add(public(person::Column::MergedIntoId));
        if rights.keeps_records() { any.add(in_nothing()) } else { any }
    };
    appointment => appointment::Column::PersonId
        .in_subquery(ids_of::<person::Entity>(rights, person::Column::Id))
        .into();

    // That a source documents something tells that it exists.
    citation => {
        let mut cited = Query::select();
        cited
            .column(citation::Column::Id)
            .from(citation::Entity)
            .cond_where(cited_directly(rights, Condition::any()));
        cited_directly(rights, Condition::any().add(citation::Column::SubjectId.in_subquery(cited)))
    };

    // What may not be seen is not found.
    search_entry => Condition::all().add(outside_drafts(rights, search_entry::Column::BatchId)).add(
        Condition::any()
            .add(search_entry::Column::SubjectKind.ne(RecordKind::Person))
            .add(
                search_entry::Column::PersonId
                    .in_subquery(ids_of::<person::Entity>(rights, person::Column::Id)),
            ),
    );

    // What happened to a record is for those who keep it, and for curators and auditors; to
    // accounts, for auditors alone.
    event => {
        let records = Condition::any()
            .add(event::Column::SubjectKind.is_null())
            .add(event::Column::SubjectKind.is_not_in(OF_ACCOUNTS));
        let ours = rights.institutions.iter().map(|id| id.0);
        match rights {
            rights if rights.is(GrantRole::Auditor) => Condition::all(),
            rights if rights.is(GrantRole::Curator) => records,
            _ => Condition::all().add(records).add(event::Column::OwnerId.is_in(ours)),
        }
    };
    event_reason => event_reason::Column::Position
        .in_subquery(ids_of::<event::Entity>(rights, event::Column::Position))
        .into();

    // What was entered in error is no secret where the record was none. Of what is restored only
    // those who keep it need to know that it was void.
    tombstone => {
        let void = Condition::all()
            .add(tombstone::Column::Public.eq(true))
            .add(tombstone::Column::RestoredAt.is_null());
        match rights {
            rights if rights.oversees() => Condition::all(),
            rights if rights.institutions.is_empty() => void,
            rights => Condition::any()
                .add(void)
                .add(tombstone::Column::OwnerId.is_in(rights.institutions.iter().map(|id| id.0))),
        }
    }, by itself if true;

    // Accounts are seen by administrators and auditors; everybody sees what is his own.
    account => of_account(rights, account::Column::Id);
    access_grant => of_account(rights, access_grant::Column::AccountId);
    api_token => of_account(rights, api_token::Column::AccountId);

    // Where somebody is reminded is nobody's business but his own.
    reminder_mail => match rights.account {
        Some(account) => reminder_mail::Column::AccountId.eq(account).into(),
        None => reminder_mail::Column::AccountId.is_null().into(),
    };

    // What somebody hands in is that account's alone, until it is applied.
    import => match rights.account {
        Some(account) => import::Column::AccountId.eq(account).into(),
        None => import::Column::Id.is_null().into(),
    };
    import_row => import_row::Column::ImportId
        .in_subquery(ids_of::<import::Entity>(rights, import::Column::Id))
        .into();
    // Where somebody is told of events, and of what, is nobody's business but his own.
    webhook_endpoint => match rights.account {
        Some(account) => webhook_endpoint::Column::AccountId.eq(account).into(),
        None => webhook_endpoint::Column::AccountId.is_null().into(),
    };
    webhook_course => webhook_course::Column::EndpointId
        .in_subquery(ids_of::<webhook_endpoint::Entity>(rights, webhook_endpoint::Column::Id))
        .into();
    webhook_delivery => webhook_delivery::Column::EndpointId
        .in_subquery(ids_of::<webhook_endpoint::Entity>(rights, webhook_endpoint::Column::Id))
        .into();
}
