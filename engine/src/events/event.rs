//! The public events: dotted names that integrators rely on. A name never changes its meaning; a
//! payload that changes its shape gets a new version.

use async_graphql::Enum;
use entity::delegation;
use entity::id::{BatchId, CountryCode, InstitutionId};
use entity::vocabulary::{RecordKind, Representation};

use super::audience::{Standing, Subject, Under};

macro_rules! kinds {
    ($($(#[$meta:meta])* $kind:ident = $name:literal,)+) => {
        /// What kind of thing happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
        #[graphql(name = "EventType")]
        pub enum EventKind { $($(#[$meta])* $kind,)+ }

        impl EventKind {
            /// The dotted name, as integrators see it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }

            /// The kind with this dotted name.
            pub fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$kind),)+ _ => None }
            }
        }
    };
}

kinds! {
    /// A batch was made public.
    BatchAnnounced = "batch.announced",
    /// A batch will take place.
    BatchConfirmed = "batch.confirmed",
    /// A batch has other dates; `changes` has the previous ones.
    BatchRescheduled = "batch.rescheduled",
    /// A batch was put off.
    BatchPostponed = "batch.postponed",
    /// A batch was called off.
    BatchCancelled = "batch.cancelled",
    /// A batch was held and its record closed.
    BatchClosed = "batch.closed",
    /// A batch that was over when it was entered: held and closed, or called off. Nobody need be
    /// told that it will take place.
    BatchRecorded = "batch.recorded",
    /// A batch that had been closed or called off is open again; `changes` has the status that it
    /// went back to.
    BatchReopened = "batch.reopened",
    /// Something else about a batch changed.
    BatchUpdated = "batch.updated",
    /// A batch turned out to have been entered in error: it is void, with all that hangs from it.
    BatchVoided = "batch.voided",
    /// A batch that was void is restored, as it was.
    BatchRestored = "batch.restored",
    /// A workshop was added.
    WorkshopScheduled = "workshop.scheduled",
    /// A workshop changed.
    WorkshopMoved = "workshop.moved",
    /// A workshop was called off.
    WorkshopCancelled = "workshop.cancelled",
    /// A workshop turned out to have been entered in error: it is void, with all that hangs from
    /// it.
    WorkshopVoided = "workshop.voided",
    /// A workshop that was void is restored, as it was.
    WorkshopRestored = "workshop.restored",
    /// A workshop that had been called off takes place after all.
    WorkshopReopened = "workshop.reopened",
    /// A delegation was invited.
    DelegationInvited = "delegation.invited",
    /// A delegation named its people.
    DelegationNominated = "delegation.nominated",
    /// A delegation was accepted.
    DelegationConfirmed = "delegation.confirmed",
    /// A delegation attended.
    DelegationAttended = "delegation.attended",
    /// A delegation declined.
    DelegationDeclined = "delegation.declined",
    /// A delegation withdrew.
    DelegationWithdrawn = "delegation.withdrawn",
    /// A country is said to have sent nobody.
    DelegationNotSent = "delegation.not_sent",
    /// A delegation did not come.
    DelegationNoShow = "delegation.no_show",
    /// Something else about a delegation changed, it was entered without a status, or a plan is
    /// expected of it.
    DelegationUpdated = "delegation.updated",
    /// A delegation turned out to have been entered in error: it is void, with all that hangs from
    /// it.
    DelegationVoided = "delegation.voided",
    /// A delegation that was void is restored, as it was.
    DelegationRestored = "delegation.restored",
    /// A programme was entered.
    ProgrammeCreated = "programme.created",
    /// A programme changed.
    ProgrammeUpdated = "programme.updated",
    /// A programme turned out to have been entered in error: it is void, with all that hangs from
    /// it.
    ProgrammeVoided = "programme.voided",
    /// A programme that was void is restored, as it was.
    ProgrammeRestored = "programme.restored",
    /// An institution was entered.
    InstitutionCreated = "institution.created",
    /// An institution has another name.
    InstitutionRenamed = "institution.renamed",
    /// An institution changed.
    InstitutionUpdated = "institution.updated",
    /// An institution was found to be another one, and its records are now the other's.
    InstitutionMerged = "institution.merged",
    /// An institution turned out to have been entered in error: it is void, with all that hangs
    /// from it.
    InstitutionVoided = "institution.voided",
    /// An institution that was void is restored, as it was.
    InstitutionRestored = "institution.restored",
    /// A role was given or changed.
    PartnershipChanged = "partnership.changed",
    /// A role turned out to have been entered in error: it is void, with all that hangs from it.
    PartnershipVoided = "partnership.voided",
    /// A role that was void is restored, as it was.
    PartnershipRestored = "partnership.restored",
    /// A programme or topic was tagged with an entry of a classification, or its tag changed.
    TagChanged = "tag.changed",
    /// A tag turned out to have been entered in error: it is void, with all that hangs from it.
    TagVoided = "tag.voided",
    /// A tag that was void is restored, as it was.
    TagRestored = "tag.restored",
    /// What somebody does at a batch was entered or changed. Names nobody.
    EngagementChanged = "engagement.changed",
    /// An engagement turned out to have been entered in error: it is void, with all that hangs from
    /// it.
    EngagementVoided = "engagement.voided",
    /// An engagement that was void is restored, as it was.
    EngagementRestored = "engagement.restored",
    /// An action plan was handed in.
    ActionPlanSubmitted = "action_plan.submitted",
    /// An action plan made progress.
    ActionPlanProgressed = "action_plan.progressed",
    /// An action plan was carried out.
    ActionPlanCompleted = "action_plan.completed",
    /// An action plan was given up.
    ActionPlanAbandoned = "action_plan.abandoned",
    /// An action plan turned out to have been entered in error: it is void, with all that hangs
    /// from it.
    ActionPlanVoided = "action_plan.voided",
    /// An action plan that was void is restored, as it was.
    ActionPlanRestored = "action_plan.restored",
    /// An action plan that had been completed or given up is open again; `changes` has the status
    /// that it went back to.
    ActionPlanReopened = "action_plan.reopened",
    /// A source was entered.
    SourceAdded = "source.added",
    /// A source turned out to have been entered in error: it is void, with all that hangs from it.
    SourceVoided = "source.voided",
    /// A source that was void is restored, as it was.
    SourceRestored = "source.restored",
    /// A claim was filed.
    ClaimFiled = "claim.filed",
    /// A claim was given another rank.
    ClaimRanked = "claim.ranked",
    /// A claim turned out to have been entered in error: it is void, with all that hangs from it.
    ClaimVoided = "claim.voided",
    /// A claim that was void is restored, as it was.
    ClaimRestored = "claim.restored",
    /// A disagreement or gap was found.
    FindingOpened = "finding.opened",
    /// Somebody has said why a finding is as it is.
    FindingExplained = "finding.explained",
    /// What a finding rested on is gone.
    FindingResolved = "finding.resolved",
    /// An aim, result or follow-up was entered or changed.
    OutcomeRecorded = "outcome.recorded",
    /// An aim, result or follow-up turned out to have been entered in error: it is void, with all
    /// that hangs from it.
    OutcomeVoided = "outcome.voided",
    /// An aim, result or follow-up that was void is restored, as it was.
    OutcomeRestored = "outcome.restored",
    /// A membership was entered or changed.
    MembershipChanged = "membership.changed",
    /// A membership turned out to have been entered in error: it is void, with all that hangs from
    /// it.
    MembershipVoided = "membership.voided",
    /// A membership that was void is restored, as it was.
    MembershipRestored = "membership.restored",
    /// Something changed that has no event of its own: a country, topic, venue, person,
    /// appointment, citation, indicator or observation.
    RecordChanged = "record.changed",
    /// A record without an event type of its own turned out to have been entered in error: it is
    /// void, with all that hangs from it.
    RecordVoided = "record.voided",
    /// A record without an event type of its own that was void is restored, as it was.
    RecordRestored = "record.restored",
    /// An account was made. For auditors, like all that follows but the last two.
    AccountCreated = "account.created",
    /// An account changed, or was closed or opened.
    AccountUpdated = "account.updated",
    /// Somebody was allowed something.
    GrantGiven = "grant.given",
    /// Somebody is not allowed something any more.
    GrantRevoked = "grant.revoked",
    /// A token was made.
    TokenCreated = "token.created",
    /// A token is of no use any more.
    TokenRevoked = "token.revoked",
    /// A file was handed in.
    ImportReceived = "import.received",
    /// It was read, or planned again: `changes` counts what its rows would do. Or it is about to be
    /// applied, or waits again since it could not be: `changes` says so.
    ImportRead = "import.read",
    /// What it was to change is changed: each change has an event of its own. They stand right
    /// before this one; `events` in `changes` is how many.
    ImportApplied = "import.applied",
    /// What it had entered is void, and what it had changed is as it was, but for what others have
    /// changed since: `changes` counts it, and names what stays.
    ImportUndone = "import.undone",
    /// It was thrown away.
    ImportDiscarded = "import.discarded",
    /// Somebody wants to be told of events at an address.
    WebhookCreated = "webhook.created",
    /// What is sent to such an address, or whether, changed.
    WebhookUpdated = "webhook.updated",
    /// A message was sent to such an address to see whether it arrives.
    WebhookPinged = "webhook.pinged",
    /// What was sent to such an address is to be sent again.
    WebhookReplayed = "webhook.replayed",
    /// Such an address was given up: it answered that it is gone, or failed for five days.
    WebhookDisabled = "webhook.disabled",
    /// A data package was loaded; `changes` counts the rows of tables that are public as a whole.
    /// Records without an event type of their own (countries, topics, venues, people, appointments,
    /// citations, indicators, observations) are announced by this alone.
    RegisterLoaded = "register.loaded",
    /// An operator had values, findings or entries of the search derived anew that were not what
    /// they are derived from.
    RegisterRepaired = "register.repaired",
    /// What the register knew of a person was removed.
    PersonErased = "person.erased",
}

impl EventKind {
    /// Whether somebody meant it to happen; what the register finds by itself follows from that.
    pub fn is_intended(self) -> bool {
        !matches!(self, Self::FindingOpened | Self::FindingResolved)
    }
}

/// An event on its way into the log. Position, time and actor are added by the write door, and whom
/// it is for: that follows from where its subject stands.
#[derive(Clone, Debug)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// To which record: kind, id and key.
    pub subject: Option<(RecordKind, String, String)>,
    /// Where that record stands.
    pub standing: Standing,
    /// The institution whose record it is, where its standing does not tell.
    pub owner: Option<InstitutionId>,
    /// The countries that it concerns, beyond those of the batch.
    pub countries: Vec<CountryCode>,
    /// Whether it concerns one party at the batch, and not the countries of the others.
    pub of_one_party: bool,
    /// Field → `[old, new]`; `old` is null for a new record.
    pub changes: serde_json::Map<String, serde_json::Value>,
}

impl Event {
    /// Something that happened to no single record. It is public.
    pub fn general(kind: EventKind) -> Self {
        Self {
            kind,
            subject: None,
            standing: Standing { under: Under::Register, withheld: false },
            owner: None,
            countries: Vec::new(),
            of_one_party: false,
            changes: serde_json::Map::new(),
        }
    }

    /// Something that happened to `row`. A key that is personal data is not told: the id stands for
    /// it.
    pub fn about<E: Subject>(kind: EventKind, row: &E::Model) -> Self {
        let id = E::id(row).to_string();
        let key = if E::PERSONAL.contains(&"key") { id.clone() } else { E::key(row).to_owned() };
        let subject = (E::KIND, id, key);
        Self { subject: Some(subject), standing: E::standing(row), ..Self::general(kind) }
    }

    /// The batch is known to which its subject belongs through other records: it need not be looked
    /// up.
    pub fn of_batch(mut self, batch: impl Into<Option<BatchId>>) -> Self {
        if let (Under::Record(..), Some(batch)) = (self.standing.under, batch.into()) {
            self.standing.under = Under::Batch(batch);
        }
        self
    }

    /// It concerns a country.
    pub fn of_country(mut self, country: Option<CountryCode>) -> Self {
        self.countries.extend(country);
        self
    }

    /// It concerns one delegation: its batch, and its country where it represents one.
    pub fn of_party(self, party: &delegation::Model) -> Self {
        let country =
            party.country_code.clone().filter(|_| party.represents == Representation::Country);
        Self { of_one_party: true, ..self.of_batch(party.batch_id).of_country(country) }
    }

    /// Whose record it is.
    pub fn owned_by(self, owner: InstitutionId) -> Self {
        Self { owner: Some(owner), ..self }
    }

    /// What changed.
    pub fn changing(self, changes: serde_json::Map<String, serde_json::Value>) -> Self {
        Self { changes, ..self }
    }

    /// It is for auditors, and for those who keep its subject, even if that is public.
    pub fn withheld(mut self) -> Self {
        self.standing.withheld = true;
        self
    }
}
