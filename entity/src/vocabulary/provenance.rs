//! Sources, what they claim, and what does not fit together.

vocabulary! {
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
}
