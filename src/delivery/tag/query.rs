//! How tags are chosen and ordered.

use crate::delivery::topic::TopicFilter;
use crate::graphql::filter::*;
use crate::graphql::order::order;
use crate::network::programme::ProgrammeFilter;
use crate::provenance::citation::CitationListFilter;

filter! {
    /// Which tags.
    TagFilter / TagListFilter of tag {
        /// By id.
        id: IdFilter => column(Id);
        /// By key.
        key: ExactTextFilter => column(Key);
        /// By the vocabulary of the code.
        vocabulary: TagVocabularyFilter => column(Vocabulary);
        /// By code: those of `SDG` that begin with `8.` are the targets of the eighth Sustainable
        /// Development Goal.
        code: CodeFilter => column(Code);
        /// By the programme that falls under the entry.
        programme: ProgrammeFilter => one(ProgrammeId in programme);
        /// By the topic that falls under the entry.
        topic: TopicFilter => one(TopicId in topic);
        /// By the sources that document it.
        citations: CitationListFilter => many(citation.SubjectId);
    }
}

order! {
    /// In which order tags are listed.
    TagOrder / TagOrderField of tag by Id Asc {
        /// When it entered the register.
        CreatedAt => Id,
        /// The key.
        Key => Key,
        /// The code.
        Code => Code,
    }
}
