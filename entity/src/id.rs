//! Typed ids. Every record but a country is identified by a UUIDv7 in a newtype of its own, so that
//! the id of a batch cannot be passed where that of a programme is meant; a country is identified
//! by its ISO 3166 code.

use std::fmt;

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident,)+) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, DeriveValueType,
            Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl TryFromU64 for $name {
            // sea-orm asks this of every primary key; an id is never a counter.
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// Id of a [`country name`](crate::country_name).
    CountryNameId,
    /// Id of a [`regional group`](crate::regional_group).
    RegionalGroupId,
    /// Id of a [`membership`](crate::membership).
    MembershipId,
    /// Id of a [`institution`](crate::institution).
    InstitutionId,
    /// Id of a [`institution name`](crate::institution_name).
    InstitutionNameId,
    /// Id of a [`institution identifier`](crate::institution_identifier).
    InstitutionIdentifierId,
    /// Id of a [`programme`](crate::programme).
    ProgrammeId,
    /// Id of a [`tag`](crate::tag).
    TagId,
    /// Id of a [`topic`](crate::topic).
    TopicId,
    /// Id of a [`venue`](crate::venue).
    VenueId,
    /// Id of a [`batch`](crate::batch).
    BatchId,
    BatchPartId,
    /// Id of a [`workshop`](crate::workshop).
    WorkshopId,
    /// Id of a [`partnership`](crate::partnership).
    PartnershipId,
    /// Id of a [`delegation`](crate::delegation).
    DelegationId,
    /// Id of a [`person`](crate::person).
    PersonId,
    /// Id of a [`appointment`](crate::appointment).
    AppointmentId,
    /// Id of a [`engagement`](crate::engagement).
    EngagementId,
    /// Id of a [`action plan`](crate::action_plan).
    ActionPlanId,
    /// Id of a [`action item`](crate::action_item).
    ActionItemId,
    /// Id of a [`progress note`](crate::progress_note).
    ProgressNoteId,
    /// Id of a [`outcome`](crate::outcome).
    OutcomeId,
    /// Id of a [`source`](crate::source).
    SourceId,
    /// Id of a [`source relation`](crate::source_relation).
    SourceRelationId,
    /// Id of a [`claim`](crate::claim).
    ClaimId,
    /// Id of a [`citation`](crate::citation).
    CitationId,
    /// Id of a [`finding`](crate::finding).
    FindingId,
    /// Id of a [`indicator`](crate::indicator).
    IndicatorId,
    /// Id of a [`observation`](crate::observation).
    ObservationId,
    /// Id of a [`account`](crate::account).
    AccountId,
    /// Id of a [`access grant`](crate::access_grant).
    AccessGrantId,
    /// Id of a [`api token`](crate::api_token).
    ApiTokenId,
    /// Id of a [`import`](crate::import).
    ImportId,
    /// Id of a [`saved mapping`](crate::import_mapping).
    ImportMappingId,
    /// Id of a [`decision about a name`](crate::name_decision).
    NameDecisionId,
    /// Id of a [`tombstone`](crate::tombstone): that of the record.
    TombstoneId,
    /// Id of a [`webhook endpoint`](crate::webhook_endpoint).
    WebhookEndpointId,
    /// Id of a [`webhook delivery`](crate::webhook_delivery).
    WebhookDeliveryId,
}

/// ISO 3166-1 alpha-2 code of a country, or the four letters of ISO 3166-3 for a dissolved one; in
/// capitals.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    DeriveValueType,
    Serialize,
    Deserialize,
)]
#[sea_orm(column_type = "Text")]
#[serde(transparent)]
pub struct CountryCode(pub String);

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFromU64 for CountryCode {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("CountryCode"))
    }
}
