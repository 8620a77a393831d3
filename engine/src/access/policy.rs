//! Who may do what: one pure function of role, action and relation. Whatever is not allowed here is
//! refused.

use entity::vocabulary::{GrantRole, TokenScope};

use super::Actor;

/// What somebody may do to records. Each mutation, and each field that is not public, is one of
/// these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Enter and change what an institution keeps: programmes, batches, and what hangs from them.
    KeepRecord,
    /// Enter delegations of a batch and say where they stand.
    KeepDelegations,
    /// Answer an invitation: nominate, decline, withdraw.
    AnswerInvitation,
    /// Say for a country whether what is recorded of its delegation is right.
    SpeakForCountry,
    /// Keep a delegation's action plan.
    KeepPlan,
    /// Enter what belongs to nobody: sources, venues, people, institutions, statistics.
    EnterCommon,
    /// Change what belongs to nobody.
    KeepCommon,
    /// Change the record of an institution: its names, its place, its site.
    KeepInstitution,
    /// State what a source says of a batch or delegation.
    FileClaim,
    /// Take back what one's own institution or country has stated, or one has filed oneself.
    WithdrawClaim,
    /// Explain a finding.
    ExplainFinding,
    /// Change the record of a person.
    KeepPerson,
    /// Give claims a rank, merge records.
    Curate,
    /// Hand in files, see what they would change, and have it done: each row as far as it could be
    /// entered by hand.
    Import,
    /// Manage accounts, grants, and the tokens of others.
    Administer,
    /// Make and revoke tokens of one's own.
    KeepOwnTokens,
    /// Have events and reminders sent to addresses of one's own.
    KeepOwnWebhooks,
    /// See a batch that has not been announced, and what hangs from it.
    SeeDraft,
    /// See who takes part.
    SeeParticipants,
    /// See which records might be about the same person or institution.
    SeeGuesses,
    /// See who changed what, when and why.
    SeeHistory,
    /// See accounts, grants and tokens, and what happened to them.
    SeeAccounts,
    /// See where events are sent, and what became of them.
    SeeWebhooks,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::KeepRecord,
        Self::KeepDelegations,
        Self::AnswerInvitation,
        Self::SpeakForCountry,
        Self::KeepPlan,
        Self::EnterCommon,
        Self::KeepCommon,
        Self::KeepInstitution,
        Self::FileClaim,
        Self::WithdrawClaim,
        Self::ExplainFinding,
        Self::KeepPerson,
        Self::Curate,
        Self::Import,
        Self::Administer,
        Self::KeepOwnTokens,
        Self::KeepOwnWebhooks,
        Self::SeeDraft,
        Self::SeeParticipants,
        Self::SeeGuesses,
        Self::SeeHistory,
        Self::SeeAccounts,
        Self::SeeWebhooks,
    ];

    /// What a token needs for it: all of these.
    pub fn scopes(self) -> &'static [TokenScope] {
        match self {
            Self::Administer | Self::KeepOwnTokens => &[TokenScope::Administer],
            // An endpoint goes on when the token is gone that made it, and is told what the account
            // may read.
            Self::KeepOwnWebhooks => &[TokenScope::Administer, TokenScope::Read],
            Self::SeeDraft | Self::SeeParticipants | Self::SeeGuesses => &[TokenScope::Read],
            Self::SeeHistory | Self::SeeAccounts | Self::SeeWebhooks => &[TokenScope::Read],
            _ => &[TokenScope::Write],
        }
    }
}

/// How an account stands to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// It is an officer of the institution that keeps the record, or the record is the account's
    /// own.
    Own,
    /// It is an officer of an organiser or host of the batch.
    CoOrganiser,
    /// It is an officer of the institution that sends or nominates the delegation.
    Party,
    /// It is a focal point of the country whose delegation or statement it is.
    OwnCountry,
    /// None of these.
    Stranger,
}

impl Relation {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Own, Self::CoOrganiser, Self::Party, Self::OwnCountry, Self::Stranger];
}

/// Whether a role allows an action on a record to which its holder stands in a relation. `None` is
/// an account without any grant.
pub fn allows(role: Option<GrantRole>, action: Action, relation: Relation) -> bool {
    use Action::*;
    use GrantRole::*;
    use Relation::*;
    if matches!(action, KeepOwnTokens | KeepOwnWebhooks | SeeWebhooks)
        || (action == SeeAccounts && relation == Own)
    {
        // Whoever it is, by its own account alone.
        return relation == Own;
    }
    let Some(role) = role else { return false };
    match (role, action) {
        (
            Officer,
            KeepRecord | KeepInstitution | WithdrawClaim | ExplainFinding | KeepPerson | SeeHistory,
        ) => relation == Own,
        (Officer | Curator, Import) => relation == Own,
        (Officer, KeepDelegations | SeeDraft | SeeParticipants) => {
            matches!(relation, Own | CoOrganiser)
        }
        (Officer, AnswerInvitation | KeepPlan) => matches!(relation, Own | CoOrganiser | Party),
        (Officer, EnterCommon | FileClaim) => true,
        (Curator, Curate | EnterCommon | KeepCommon | KeepInstitution | KeepPerson) => true,
        (Curator, FileClaim | WithdrawClaim | ExplainFinding) => true,
        (Curator | Auditor, SeeDraft | SeeGuesses | SeeHistory) => true,
        (FocalPoint, SpeakForCountry | WithdrawClaim) => relation == OwnCountry,
        (Administrator, Administer) => true,
        (Administrator | Auditor, SeeAccounts) => true,
        _ => false,
    }
}

/// Whether an actor may do something to a record to which it stands in `relation`, by any of its
/// roles.
pub fn may(actor: &Actor, action: Action, relation: Relation) -> bool {
    let Actor::Account(signed_in) = actor else { return *actor == Actor::Operator };
    action.scopes().iter().all(|scope| signed_in.scopes.contains(scope))
        && std::iter::once(None)
            .chain(signed_in.roles.iter().copied().map(Some))
            .any(|role| allows(role, action, relation))
}
