//! How programmes are chosen and ordered.

use crate::delivery::batch::BatchListFilter;
use crate::delivery::partnership::PartnershipListFilter;
use crate::delivery::tag::TagListFilter;
use crate::delivery::topic::TopicListFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::institution::InstitutionFilter;
use crate::network::regional_group::RegionalGroupFilter;
use crate::provenance::observation::ObservationListFilter;

filter! {
    /// Which programmes.
    ProgrammeFilter / ProgrammeListFilter of programme {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By title.
        title: TextFilter => column(SortTitle);
        /// By acronym.
        acronym: ExactTextFilter => column(Acronym);
        /// By who cooperates with whom.
        modality: ModalityFilter => column(Modality);
        /// By the group whose members it addresses.
        group: RegionalGroupFilter => one(RegionalGroupId in regional_group);
        /// By the institution whose officers keep the record.
        owner: InstitutionFilter => one(OwnerId in institution);
        /// By the umbrella that it stands under.
        parent: ProgrammeFilter => one(ParentId in programme);
        /// By the programmes under this umbrella.
        children: ProgrammeListFilter => many(programme.ParentId);
        /// By what it is about.
        topics: TopicListFilter => through(programme_topic.ProgrammeId/TopicId to topic);
        /// By the entries of international classifications that it falls under.
        tags: TagListFilter => many(tag.ProgrammeId);
        /// By its runs.
        batches: BatchListFilter => many(batch.ProgrammeId);
        /// By the roles held in the programme as a whole.
        partnerships: PartnershipListFilter => many(partnership.ProgrammeId);
        /// By the statistics that sources quote with it.
        observations: ObservationListFilter => many(observation.ProgrammeId);
    }
}

order! {
    /// In which order programmes are listed.
    ProgrammeOrder / ProgrammeOrderField of programme by SortTitle Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The title.
        Title => SortTitle,
        /// When it last changed.
        UpdatedAt => UpdatedAt,
    }
}
