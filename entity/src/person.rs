//! A person. Public through a public role, private as a participant.

use sea_orm::entity::prelude::*;

use crate::id::PersonId;

/// A person. Public through a public role, private as a participant.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// As printed. Personal data.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The record that it was merged into.
    pub merged_into_id: Option<PersonId>,
    /// The name, folded. Personal data.
    #[sea_orm(column_type = "Text")]
    pub sort_name: String,
    #[sea_orm(self_ref, relation_enum = "MergedInto", from = "merged_into_id", to = "id")]
    pub merged_into: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
