//! Programmes, batches, workshops, and who takes part in them.

vocabulary! {
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
}
