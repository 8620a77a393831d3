//! A disagreement or gap that the rules found.

use sea_orm::entity::prelude::*;

use crate::id::{BatchId, FindingId};
use crate::vocabulary::{ClaimProperty, FindingRule, FindingState, RecordKind, Severity};

/// A disagreement or gap that the rules found.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "finding")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FindingId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    pub rule: FindingRule,
    pub severity: Severity,
    /// 0 INFO, 2 WARNING, 4 SEVERE, and one more where the finding is certain.
    pub sort_severity: i32,
    pub state: FindingState,
    pub subject_kind: RecordKind,
    /// Id of the record that it is about.
    pub subject_id: Uuid,
    /// The batch that it concerns, if one.
    pub batch_id: Option<BatchId>,
    /// The property that it is about, if one.
    pub property: Option<ClaimProperty>,
    /// Rule, subject and what is behind it: its identity.
    #[sea_orm(column_type = "Text")]
    pub fingerprint: String,
    /// The values behind it, for the sentence that explains it.
    #[sea_orm(column_type = "JsonBinary")]
    pub detail: Json,
    /// Set where explained.
    #[sea_orm(column_type = "Text")]
    pub explanation: Option<String>,
    #[sea_orm(belongs_to, from = "batch_id", to = "id")]
    pub batch: BelongsTo<Option<super::batch::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
