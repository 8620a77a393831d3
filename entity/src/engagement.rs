//! What a person does at a batch or workshop.

use sea_orm::entity::prelude::*;

use crate::id::{
    AppointmentId, BatchId, DelegationId, EngagementId, InstitutionId, PersonId, WorkshopId,
};
use crate::vocabulary::EngagementRole;

/// What a person does at a batch or workshop.
#[sea_orm::model]
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "engagement")]
pub struct Model {
    /// The id, a UUIDv7: ids sort by time of entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EngagementId,
    /// Permanent, human-readable, unique.
    #[sea_orm(column_type = "Text", unique)]
    pub key: String,
    /// Counts the changes, from 1.
    pub version: i32,
    /// When it entered the register.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    pub person_id: PersonId,
    /// At a batch; or
    pub batch_id: Option<BatchId>,
    /// at a workshop.
    pub workshop_id: Option<WorkshopId>,
    pub role: EngagementRole,
    /// The post in which.
    pub appointment_id: Option<AppointmentId>,
    /// For whom.
    pub institution_id: Option<InstitutionId>,
    /// Whom the person stands in for.
    pub on_behalf_of_id: Option<PersonId>,
    /// A participant's party.
    pub delegation_id: Option<DelegationId>,
    /// Since when it is over.
    pub ended_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, relation_enum = "Person", from = "person_id", to = "id")]
    pub person: BelongsTo<super::person::Entity>,
    #[sea_orm(belongs_to, from = "batch_id", to = "id")]
    pub batch: BelongsTo<Option<super::batch::Entity>>,
    #[sea_orm(belongs_to, from = "workshop_id", to = "id")]
    pub workshop: BelongsTo<Option<super::workshop::Entity>>,
    #[sea_orm(belongs_to, from = "appointment_id", to = "id")]
    pub appointment: BelongsTo<Option<super::appointment::Entity>>,
    #[sea_orm(belongs_to, from = "institution_id", to = "id")]
    pub institution: BelongsTo<Option<super::institution::Entity>>,
    #[sea_orm(belongs_to, relation_enum = "OnBehalfOf", from = "on_behalf_of_id", to = "id")]
    pub on_behalf_of: BelongsTo<Option<super::person::Entity>>,
    #[sea_orm(belongs_to, from = "delegation_id", to = "id")]
    pub delegation: BelongsTo<Option<super::delegation::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
