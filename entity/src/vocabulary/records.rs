//! Kinds of records, and what becomes of the files that they come from.

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
}
