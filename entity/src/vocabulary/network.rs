//! Names, dates, groups of countries and institutions.

vocabulary! {
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
}
