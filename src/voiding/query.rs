//! How tombstones are chosen and ordered.

use crate::graphql::filter::*;
use crate::graphql::order::order;

filter! {
    /// Which tombstones.
    TombstoneFilter / TombstoneListFilter of tombstone {
        /// By id.
        id: IdFilter => column(Id);
        /// By the key of the record.
        key: ExactTextFilter => column(Key);
        /// By the kind of the record.
        record_kind: RecordKindFilter => column(RecordKind);
        /// By when the record was voided.
        voided_at: DateTimeFilter => column(VoidedAt);
    }
}

order! {
    /// In which order tombstones are listed.
    TombstoneOrder / TombstoneOrderField of tombstone by VoidedAt Desc {
        /// When the record was voided first.
        CreatedAt => CreatedAt,
        /// The key of the record.
        Key => Key,
        /// When the record was voided last.
        VoidedAt => VoidedAt,
    }
}
