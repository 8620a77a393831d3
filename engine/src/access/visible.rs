//! What an actor may see. Every read begins here: visible → filter → page. What may not be seen is
//! not there: it is neither listed nor counted, and no filter can find it.

mod scopes;

use entity::event;
use entity::id::InstitutionId;
use entity::vocabulary::{GrantRole, PartnershipRole, RecordKind, TokenScope};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{Condition, EntityTrait, QueryFilter, Select};

use super::{Actor, SignedIn};

/// The view of one actor.
#[derive(Clone, Debug)]
pub struct Visible {
    actor: Actor,
    /// What its rights let it see: none where its token is not for reading.
    rights: SignedIn,
}

impl Visible {
    /// What `actor` may see.
    pub fn to(actor: Actor) -> Self {
        let rights = actor.rights();
        let rights = if rights.scopes.contains(&TokenScope::Read) {
            rights.clone()
        } else {
            SignedIn::default()
        };
        Self { actor, rights }
    }

    /// Who looks.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whether an event of the log may be seen.
    pub fn sees(&self, event: &event::Model) -> bool {
        let rights = &self.rights;
        let owned = || {
            event.owner_id.is_some_and(|owner| rights.institutions.contains(&InstitutionId(owner)))
        };
        let of_account = || event.subject_kind.is_some_and(|kind| OF_ACCOUNTS.contains(&kind));
        event.public
            || matches!(self.actor, Actor::Operator)
            || rights.is(GrantRole::Auditor)
            || ((rights.is(GrantRole::Curator) || owned()) && !of_account())
    }

    /// Whether the drafts of an institution may be seen, whoever organises them with it.
    pub fn sees_drafts_of(&self, owner: InstitutionId) -> bool {
        matches!(self.actor, Actor::Operator)
            || self.rights.oversees()
            || self.rights.institutions.contains(&owner)
    }

    /// Which of few classes the actor is of: what those of one class may see is told by conditions
    /// of the same form.
    pub fn class(&self) -> u8 {
        let Self { actor, rights } = self;
        let of = [
            matches!(actor, Actor::Operator),
            rights.oversees(),
            rights.sees_accounts(),
            rights.institutions.is_empty(),
            rights.is(GrantRole::Auditor),
        ];
        of.iter().fold(0, |class, is| class << 1 | u8::from(*is))
    }

    /// All rows of a kind that may be seen.
    pub fn select<E: Scoped>(&self) -> Select<E> {
        E::find().filter(self.condition::<E>())
    }

    /// Some columns of those rows.
    pub fn columns<E: Scoped>(&self, columns: &[E::Column]) -> SelectStatement {
        let mut rows = Query::select();
        rows.columns(columns.iter().map(|column| (E::default(), *column)));
        rows.from(E::default().table_ref()).cond_where(self.condition::<E>()).take()
    }

    /// Whether a row of a kind alone tells that it may be seen.
    pub fn by_itself<E: Scoped>(&self) -> bool {
        matches!(self.actor, Actor::Operator) || E::seen_by_itself(&self.rights)
    }

    /// The condition that those rows fulfil.
    pub fn condition<E: Scoped>(&self) -> Condition {
        match self.actor {
            Actor::Operator => Condition::all(),
            Actor::Anonymous | Actor::Account(_) => E::visibility_filter(&self.rights),
        }
    }
}

/// What happens to these is for auditors alone, and changes what somebody may see.
pub const OF_ACCOUNTS: [RecordKind; 6] = [
    RecordKind::Account,
    RecordKind::Grant,
    RecordKind::ApiToken,
    RecordKind::Import,
    RecordKind::WebhookEndpoint,
    RecordKind::WebhookDelivery,
];

/// A kind of row that has an audience.
pub trait Scoped: EntityTrait<Model: Default> {
    /// What may be seen by somebody with these rights; everybody may see what somebody without any
    /// may.
    fn visibility_filter(_: &SignedIn) -> Condition {
        Condition::all()
    }

    /// Whether a row alone tells who may see it, and no other table.
    fn seen_by_itself(_: &SignedIn) -> bool {
        true
    }
}

/// The roles whose holders keep the delegations of a batch together with its owner.
pub(super) const CO_ORGANISING: [PartnershipRole; 2] =
    [PartnershipRole::Organiser, PartnershipRole::Host];
