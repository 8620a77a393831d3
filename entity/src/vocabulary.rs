//! The closed vocabularies of the register: one Rust enum each, shared by the column that stores it
//! and the API that shows it. A value is stored as its `SCREAMING_SNAKE_CASE` name, the same name
//! that GraphQL and data packages use.

use std::fmt;

use async_graphql::Enum;
use sea_orm::{ActiveEnum, DeriveActiveEnum, EnumIter, Iterable};
use serde::{Deserialize, Serialize};

/// A closed vocabulary: its name, its values, and the way back from a stored name.
pub trait Vocabulary: ActiveEnum<Value = String> + Iterable {
    /// The name of the vocabulary as the API calls it.
    const NAME: &'static str;

    /// The value with this stored name, or an error that lists what would be right.
    fn parse(name: &str) -> Result<Self, UnknownValue> {
        Self::try_from_value(&name.to_owned()).map_err(|_| UnknownValue {
            vocabulary: Self::NAME,
            value: name.to_owned(),
            known: Self::iter().map(|value| value.to_value()).collect(),
        })
    }
}

/// A name that a vocabulary does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownValue {
    /// The vocabulary, such as `BatchStatus`.
    pub vocabulary: &'static str,
    /// What was given.
    pub value: String,
    /// What it has.
    pub known: Vec<String>,
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a {}: it is one of {}",
            self.value,
            self.vocabulary,
            self.known.join(", ")
        )
    }
}

impl std::error::Error for UnknownValue {}

macro_rules! vocabulary {
    ($($(#[$meta:meta])* $name:ident {
        $(#[$first_meta:meta])* $first:ident, $($(#[$value_meta:meta])* $value:ident,)*
    })+) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter,
            DeriveActiveEnum, Enum, Serialize, Deserialize,
        )]
        #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name {
            // What stands in a row where the column was not read.
            #[default]
            $(#[$first_meta])* $first,
            $($(#[$value_meta])* $value,)*
        }

        impl Vocabulary for $name {
            const NAME: &'static str = stringify!($name);
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.to_value())
            }
        }
    )+};
}

vocabulary! {
    /// Which kind of record something is; the type part of a reference to any record.
    RecordKind {
        /// A country or economy.
        Country,
        /// A group of countries.
        RegionalGroup,
        /// A country's membership in a group.
        Membership,
        /// A body of any kind.
        Institution,
        /// A design that is run again and again.
        Programme,
        /// One run of a programme.
        Batch,
        /// A part of a batch.
        BatchPart,
        /// An activity of a batch.
        Workshop,
        /// A role held in a programme, batch or workshop.
        Partnership,
        /// A party at a batch.
        Delegation,
        /// A person.
        Person,
        /// A post held for a time.
        Appointment,
        /// What a person does at a batch or workshop.
        Engagement,
        /// A place.
        Venue,
        /// A subject.
        Topic,
        /// An entry of a classification that a programme or topic falls under.
        Tag,
        /// What a delegation undertakes to do at home.
        ActionPlan,
        /// One thing that an action plan undertakes.
        ActionItem,
        /// What came of an action item.
        ProgressNote,
        /// An aim, result or follow-up of a batch.
        Outcome,
        /// A sector statistic.
        Indicator,
        /// One value of an indicator.
        Observation,
        /// A document that states facts.
        Source,
        /// What a source states.
        Claim,
        /// That a source documents a record.
        Citation,
        /// A disagreement or gap.
        Finding,
        /// Somebody who may ask or write.
        Account,
        /// What an account may do.
        Grant,
        /// A secret that stands for an account.
        ApiToken,
        /// A file that an officer hands in.
        Import,
        /// Where somebody wants to be told of events.
        WebhookEndpoint,
        /// That somebody is told of an event.
        WebhookDelivery,
        /// What is left of a record that was entered in error.
        Tombstone,
    }

    /// What the rows of an imported file are to become.
    ImportTable {
        /// Parties at batches, where they stand and of how many people.
        Delegations,
        /// People who take part.
        Participants,
        /// Activities of batches.
        Workshops,
        /// Runs of programmes.
        Batches,
        /// Bodies.
        Institutions,
        /// Memberships of countries in groups.
        Memberships,
        /// Designs and umbrellas.
        Programmes,
        /// Groups of countries.
        RegionalGroups,
        /// Roles in batches.
        Partnerships,
        /// Posts that people hold.
        Appointments,
    }

    /// How far an import has come.
    ImportState {
        /// The file is being read. It stays so where that was cut off; the file is to be handed in
        /// again.
        Reading,
        /// What its rows would change is known; nothing has been changed.
        Ready,
        /// The file could not be read.
        Failed,
        /// It is being applied: nothing is changed yet, and then all of it at once.
        Applying,
        /// All that it was to change is changed.
        Applied,
        /// It was applied, and taken back: what it entered is void, what it changed is as it was.
        Undone,
        /// Nothing of it was wanted; its rows are removed.
        Discarded,
    }

    /// What a row of an imported file would change, or did.
    ImportRowState {
        /// Something that was not there.
        New,
        /// Something that was there otherwise.
        Changed,
        /// Nothing: the register has it all.
        Unchanged,
        /// Nothing: it cannot be.
        Refused,
        /// Nothing, until somebody says which of several is meant.
        Ambiguous,
    }

    /// What a name is to its bearer (after CLDR and Wikidata usage).
    NameKind {
        /// The name in everyday use.
        Common,
        /// The name in the bearer's own law.
        Official,
        /// The name under which it is party to a treaty ("Hong Kong, China").
        Treaty,
        /// Another spelling or name that documents use.
        Alias,
        /// An abbreviation.
        Acronym,
    }

    /// How exactly a date is known. The date itself is the first or the last day of the period.
    DatePrecision {
        /// To the day.
        Day,
        /// To the month.
        Month,
        /// To the year.
        Year,
    }

    /// What binds a regional group together.
    RegionalGroupKind {
        /// An organisation with members, such as ASEAN.
        Organisation,
        /// A treaty with parties, such as the AHKFTA.
        Treaty,
    }

    /// In which quality a country belongs to a group.
    MembershipKind {
        /// A full member of an organisation.
        Full,
        /// An associate member of an organisation, such as Macao in UNESCO. It takes part in the
        /// work, mostly without a vote, and is not counted among the members: `members` of a group,
        /// `membersNotAttending` and the findings about members count full members and parties.
        Associate,
        /// An observer.
        Observer,
        /// A candidate whose accession is agreed in principle.
        Candidate,
        /// A party to a treaty, from its entry into force for that country.
        Party,
        /// A dialogue or development partner.
        Partner,
    }

    /// What kind of body an institution is: IATI organisation types, with `ASSOCIATION` added.
    InstitutionKind {
        /// National government: ministry, directorate, secretariat of state (IATI 10).
        Government,
        /// Local government: city, regency, province and their offices (IATI 11).
        LocalGovernment,
        /// Another public body, such as a technical centre (IATI 15).
        OtherPublicSector,
        /// International non-governmental organisation (IATI 21).
        InternationalNgo,
        /// National non-governmental organisation (IATI 22).
        NationalNgo,
        /// Regional non-governmental organisation (IATI 23).
        RegionalNgo,
        /// Non-governmental organisation of the partner country (IATI 24).
        PartnerCountryNgo,
        /// Public-private partnership (IATI 30).
        PublicPrivatePartnership,
        /// Multilateral organisation: a regional secretariat, a UN body (IATI 40).
        Multilateral,
        /// Foundation (IATI 60).
        Foundation,
        /// Private sector: company, hotel, newspaper, news agency (IATI 70).
        PrivateSector,
        /// Academic, training and research (IATI 80).
        Academic,
        /// Association of firms or people of a trade (not in IATI).
        Association,
        /// Anything else (IATI 90).
        Other,
    }

    /// Who cooperates with whom (UN usage of South-South and triangular cooperation).
    Modality {
        /// Within one country.
        Domestic,
        /// Between two countries.
        Bilateral,
        /// Within a regional group or free trade area.
        Regional,
        /// Among developing countries.
        SouthSouth,
        /// Among developing countries, supported by a third party.
        Triangular,
        /// Open to countries all over the world.
        Global,
    }

    /// How a batch is attended (schema.org `eventAttendanceMode`).
    DeliveryMode {
        /// In person.
        Onsite,
        /// Over the network.
        Online,
        /// Both.
        Blended,
    }

    /// What has been decided about a batch. Whether it lies ahead or behind is its phase, computed
    /// from its dates.
    BatchStatus {
        /// Being prepared; not public.
        Draft,
        /// Made public.
        Announced,
        /// Will take place.
        Confirmed,
        /// Put off to a date not yet known.
        Postponed,
        /// Called off.
        Cancelled,
        /// Held, and its record complete as far as the owner goes.
        Closed,
    }

    /// Where a batch stands in time, computed from its dates and the clock; never stored.
    BatchPhase {
        /// It has not begun.
        Upcoming,
        /// It is being held.
        Ongoing,
        /// It is over.
        Past,
        /// The dates that are known do not tell.
        Undated,
    }

    /// What kind of activity a workshop is.
    WorkshopKind {
        /// Training in a skill or method.
        Training,
        /// A talk or a session on materials.
        Lecture,
        /// Practice by the participants' own hands.
        HandsOn,
        /// A visit to a laboratory or research facility.
        LabVisit,
        /// A visit to a company.
        CompanyVisit,
        /// A study that maps a sector.
        MappingStudy,
        /// A display of products.
        Exhibition,
        /// The opening.
        Opening,
        /// The closing.
        Closing,
        /// Any other activity.
        Other,
    }

    /// What has been decided about a workshop.
    WorkshopStatus {
        /// It is to be held, or was.
        Scheduled,
        /// Called off.
        Cancelled,
    }

    /// An international classification that tags take their codes from.
    TagVocabulary {
        /// The Sustainable Development Goals of the United Nations (2030 Agenda): goals, such as
        /// `8`, and their targets, such as `8.3` and `8.a`.
        Sdg,
        /// ISCED-F 2013, UNESCO's fields of education and training: broad (`02`), narrow (`021`)
        /// and detailed (`0214`) fields.
        IscedF,
        /// The purpose codes of the OECD's DAC and CRS code lists, such as `25010`, and the
        /// categories above them, such as `250`.
        DacPurpose,
    }

    /// The role of an institution or group in a programme, batch or workshop (IATI organisation
    /// roles, with local ones).
    PartnershipRole {
        /// Answers for it (IATI "accountable").
        Organiser,
        /// Receives it at its place.
        Host,
        /// Pays for it (IATI 1).
        Funder,
        /// Carries it out (IATI 4).
        Implementer,
        /// Takes part in carrying it out.
        Partner,
        /// Nominates participants.
        Nominator,
        /// Lends the place.
        VenueProvider,
        /// Supports it otherwise.
        Supporter,
    }

    /// Whom a delegation stands for.
    Representation {
        /// A country: it counts as that country's attendance.
        Country,
        /// An institution, such as an association at a domestic batch: never a country's
        /// attendance.
        Institution,
        /// A group that is a party itself, such as the European Union: never the attendance of its
        /// members.
        Group,
    }

    /// As what a delegation takes part in a batch (after the lists of participants of the climate
    /// conferences).
    DelegationCategory {
        /// A party to what the batch belongs to.
        Party,
        /// A state that observes.
        ObserverState,
        /// An intergovernmental organisation, bodies of the United Nations among them.
        Igo,
        /// A non-governmental organisation.
        Ngo,
        /// The press and other media.
        Media,
        /// Anything else.
        Other,
    }

    /// Where a delegation stands. A country of which nothing is recorded has no delegation, and is
    /// unknown, not absent.
    DelegationStatus {
        /// Asked to send somebody.
        Invited,
        /// Has named its people.
        Nominated,
        /// Accepted by the organiser.
        Confirmed,
        /// Was there.
        Attended,
        /// Refused.
        Declined,
        /// Accepted, then called off.
        Withdrawn,
        /// Confirmed and did not come.
        NoShow,
        /// Said by a source to have sent nobody.
        NotSent,
    }

    /// What a person does at a batch or workshop.
    EngagementRole {
        /// Speaks.
        Speaker,
        /// Trains.
        Trainer,
        /// A practitioner who shares experience.
        Practitioner,
        /// Opens it officially.
        OpeningOfficial,
        /// Closes it officially.
        ClosingOfficial,
        /// Manages it.
        ProjectManager,
        /// Moderates a session.
        Moderator,
        /// Attends as a guest.
        Guest,
        /// Leads a delegation; public.
        HeadOfDelegation,
        /// Takes part as a member of a delegation; private.
        Participant,
    }

    /// What kind of place a venue is.
    VenueKind {
        /// A place with a door: hotel, centre, restaurant.
        Site,
        /// A city as a whole, where no more is known.
        City,
        /// On the network.
        Online,
    }

    /// Where an action plan stands.
    ActionPlanStatus {
        /// Asked of the delegation.
        Expected,
        /// Handed in.
        Submitted,
        /// Being carried out.
        InProgress,
        /// Carried out.
        Completed,
        /// Given up.
        Abandoned,
    }

    /// Where an action item stands.
    ActionItemStatus {
        /// Not begun.
        Planned,
        /// Begun.
        InProgress,
        /// Done.
        Completed,
        /// Given up.
        Abandoned,
    }

    /// What an outcome is to its batch.
    OutcomeKind {
        /// What was hoped for.
        Aim,
        /// What came about.
        Result,
        /// What was done afterwards.
        FollowUp,
    }

    /// What kind of document a source is.
    SourceKind {
        /// A report in the press.
        NewsReport,
        /// A press release.
        PressRelease,
        /// A law, regulation or decree.
        Regulation,
        /// A treaty or agreement.
        Treaty,
        /// An institution's own page.
        WebPage,
        /// A report or book.
        Report,
        /// A table or data set.
        Dataset,
        /// A spreadsheet or list handed in.
        Spreadsheet,
        /// What an institution states of its own record by entering it here.
        OwnerStatement,
        /// What a country states, through its focal points, of its delegations.
        CountryStatement,
    }

    /// How one source depends on another.
    SourceRelationKind {
        /// It prints the other again, under its own or another title.
        ReprintOf,
        /// It takes its facts from the other.
        BasedOn,
    }

    /// Which property of a batch or delegation a claim is about.
    ClaimProperty {
        /// The title of the batch.
        Title,
        /// The first day of the batch.
        StartsOn,
        /// The last day of the batch.
        EndsOn,
        /// Where the batch is held.
        Venue,
        /// Who organises the batch.
        Organiser,
        /// How many took part in the batch.
        Participants,
        /// How many, or which, countries took part in the batch.
        Countries,
        /// The status of a delegation.
        Attendance,
        /// How many people a delegation had.
        Headcount,
        /// What was spent on the batch, in money or in kind.
        Amount,
    }

    /// For what an amount is spent (after the cost items of TOSSD reporting on training and of
    /// ITEC).
    CostKind {
        /// All there is.
        Total,
        /// Teaching: fees, trainers, material.
        Tuition,
        /// Travel to the place and back.
        Travel,
        /// Board, lodging and allowances.
        Subsistence,
        /// The place and its equipment.
        Venue,
        /// Running the programme.
        Administration,
        /// Anything else.
        Other,
    }

    /// What a count counts.
    CountUnit {
        /// People.
        Person,
        /// Countries or economies.
        Country,
        /// Organisations.
        Organisation,
        /// Enterprises.
        Enterprise,
    }

    /// What a count, or an inferred date, rests on.
    CountBasis {
        /// Foreseen beforehand.
        Planned,
        /// The places there were.
        Capacity,
        /// Signed up.
        Registered,
        /// Stated afterwards or at the event.
        Reported,
        /// Counted from a list of names.
        Named,
        /// Concluded from something else that is stated.
        Inferred,
    }

    /// What a count covers.
    CountScope {
        /// The batch from beginning to end.
        WholeBatch,
        /// One day of it.
        PerDay,
        /// One wave of it.
        PerWave,
        /// One country's party.
        PerCountry,
    }

    /// How a stated number relates to the true one.
    Comparator {
        /// That number.
        Exact,
        /// Roughly that number; read as within 20 per cent.
        About,
        /// That number or more.
        AtLeast,
        /// That number or fewer.
        AtMost,
        /// "Tens of": no number was stated.
        Tens,
        /// From one number to another.
        Range,
    }

    /// Whether a list names everybody.
    Completeness {
        /// Everybody is named.
        Exhaustive,
        /// "Such as", "among others": there may be more.
        NonExhaustive,
    }

    /// How much weight a curator gives a claim (after Wikidata).
    ClaimRank {
        /// This one is to be accepted.
        Preferred,
        /// One among others.
        Normal,
        /// Known to be wrong or superseded; kept, and shown with its reason.
        Deprecated,
    }

    /// Why a claim is deprecated.
    RankReason {
        /// One unit was printed for another.
        UnitConfusion,
        /// A slip of the pen.
        Typo,
        /// Replaced by a newer statement.
        Superseded,
        /// Repeats another claim of the same origin.
        DuplicateOrigin,
        /// Taken back by whoever filed it.
        Withdrawn,
        /// Contradicted by better evidence.
        Refuted,
    }

    /// Which rule a finding comes from.
    FindingRule {
        /// A number stands under two units, or more countries are claimed than can be.
        UnitConfusion,
        /// Parts do not add up to the total in the same unit.
        SumMismatch,
        /// Sources name different countries.
        ListConflict,
        /// Claims of one property disagree.
        ValueConflict,
        /// A delegation from outside the programme's group at the time.
        NotAMember,
        /// Attended, declined and sent nobody together are all the members.
        PartitionComplete,
        /// Of some members nothing is known.
        PartitionOpen,
        /// Fewer people than delegations that attended.
        FewerPeopleThanDelegations,
        /// A source counts fewer countries than attended.
        FewerCountriesThanAttended,
        /// People are counted in a delegation whose status says that nobody of it was there, so no
        /// number of them is accepted.
        HeadsWithoutPresence,
        /// A printed weekday is not the date's.
        WeekdayMismatch,
        /// A name is used outside the time in which it was in force.
        NameOutOfPeriod,
        /// Two people may be one.
        PossibleSamePerson,
        /// Two institutions may be one.
        PossibleSameInstitution,
        /// Attendance was claimed before the batch ended.
        ReportedBeforeEnd,
        /// An action plan is past its due date.
        PlanOverdue,
        /// What the claims add up to would break an invariant, so the accepted value stayed as it
        /// was.
        InvariantWouldBreak,
    }

    /// How grave a finding is. Ordered: `INFO`, `WARNING`, `SEVERE`.
    Severity {
        /// Worth knowing.
        Info,
        /// Something does not fit.
        Warning,
        /// Something cannot be.
        Severe,
    }

    /// What has become of a finding.
    FindingState {
        /// Nobody has explained it.
        Open,
        /// Somebody has explained it.
        Explained,
        /// What it rests on is gone.
        Resolved,
    }

    /// What a country says of what is recorded of its delegation.
    CountryPosition {
        /// What it states does not contradict what is accepted.
        Agrees,
        /// What it states contradicts what is accepted, or nothing is accepted.
        Contests,
    }

    /// What an account may do.
    GrantRole {
        /// Keeps the records of one institution.
        Officer,
        /// Speaks for one country: says whether what is recorded of its delegations is right.
        FocalPoint,
        /// Ranks claims and explains findings anywhere.
        Curator,
        /// Manages accounts, grants and tokens.
        Administrator,
        /// Reads drafts, guesses, history and what concerns accounts; no participants. Writes
        /// nothing.
        Auditor,
    }

    /// What a token may be used for.
    TokenScope {
        /// To read what its account may see.
        Read,
        /// To write what its account may write.
        Write,
        /// To manage accounts, grants and tokens, as far as its account may.
        Administer,
    }

    /// Whether somebody is told of events at an endpoint.
    WebhookState {
        /// Events are sent to it.
        Active,
        /// Its owner wants none for the time being; what happens meanwhile is sent when it is
        /// resumed.
        Paused,
        /// The register has given it up: it answered that it is gone, or failed for five days. It
        /// can be resumed.
        Disabled,
        /// It is no more; its address and secrets are removed.
        Closed,
    }

    /// In which order events are sent to an endpoint.
    WebhookOrder {
        /// In none: what fails holds up nothing else.
        None,
        /// What is about one record comes in order: what fails holds up all that happened to the
        /// same record.
        PerSubject,
        /// One after the other: what fails holds up all that follows.
        Strict,
    }

    /// Where a delivery stands.
    WebhookDeliveryState {
        /// It is to be sent, or sent again.
        Pending,
        /// The endpoint has taken it.
        Delivered,
        /// It was tried for three days, and not taken. It can be replayed.
        Failed,
        /// Its owner may not see the event any more: it is not sent.
        Withheld,
    }

    /// What became of an attempt to deliver.
    WebhookOutcome {
        /// Answered with a status of success (2xx).
        Delivered,
        /// Answered with a redirect, which is not followed.
        Redirected,
        /// Answered with 410: the endpoint is gone.
        Gone,
        /// Answered with any other status.
        Refused,
        /// There was no answer in time.
        Timeout,
        /// There was no connection, or it broke.
        Unreachable,
        /// The address leads to where nothing is sent: to a network that is private or special.
        Forbidden,
    }
}
