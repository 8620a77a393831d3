//! By what records are looked up one by one.

use async_graphql::{ID, OneofObject, Result};
use entity::vocabulary::RecordKind;
use entity::{batch, tombstone};
use sea_orm::{ColumnTrait, Condition};

use crate::accounts::account::Account;
use crate::accounts::grant::Grant;
use crate::accounts::token::ApiToken;
use crate::delivery::batch::Batch;
use crate::delivery::delegation::Delegation;
use crate::delivery::part::BatchPart;
use crate::delivery::partnership::Partnership;
use crate::delivery::tag::Tag;
use crate::delivery::topic::Topic;
use crate::delivery::venue::Venue;
use crate::delivery::workshop::Workshop;
use crate::engine::lookup::{Lookup, lookup};
use crate::exchange::import::Import;
use crate::graphql::input::input;
use crate::graphql::loader::Key;
use crate::graphql::node::{parse_id, record_id};
use crate::network::institution::Institution;
use crate::network::membership::Membership;
use crate::network::programme::Programme;
use crate::network::regional_group::RegionalGroup;
use crate::people::appointment::Appointment;
use crate::people::engagement::Engagement;
use crate::people::person::Person;
use crate::plans::action_item::ActionItem;
use crate::plans::action_plan::ActionPlan;
use crate::plans::outcome::Outcome;
use crate::plans::progress_note::ProgressNote;
use crate::provenance::citation::Citation;
use crate::provenance::claim::Claim;
use crate::provenance::finding::Finding;
use crate::provenance::indicator::Indicator;
use crate::provenance::observation::Observation;
use crate::provenance::source::Source;
use crate::voiding::Tombstone;
use crate::webhooks::delivery::WebhookDelivery;
use crate::webhooks::endpoint::WebhookEndpoint;

lookup! {
    /// Names one delegation.
    DelegationBy of Delegation in delegation;
    /// Names one regional group.
    RegionalGroupBy of RegionalGroup in regional_group;
    /// Names one membership.
    MembershipBy of Membership in membership;
    /// Names one institution.
    InstitutionBy of Institution in institution;
    /// Names one programme.
    ProgrammeBy of Programme in programme;
    /// Names one part of a batch.
    BatchPartBy of BatchPart in batch_part;
    /// Names one workshop.
    WorkshopBy of Workshop in workshop;
    /// Names one partnership.
    PartnershipBy of Partnership in partnership;
    /// Names one venue.
    VenueBy of Venue in venue;
    /// Names one topic.
    TopicBy of Topic in topic;
    /// Names one tag.
    TagBy of Tag in tag;
    /// Names one person.
    PersonBy of Person in person;
    /// Names one appointment.
    AppointmentBy of Appointment in appointment;
    /// Names one engagement.
    EngagementBy of Engagement in engagement;
    /// Names one action plan.
    ActionPlanBy of ActionPlan in action_plan;
    /// Names one action item.
    ActionItemBy of ActionItem in action_item;
    /// Names one progress note.
    ProgressNoteBy of ProgressNote in progress_note;
    /// Names one outcome.
    OutcomeBy of Outcome in outcome;
    /// Names one source.
    SourceBy of Source in source;
    /// Names one claim.
    ClaimBy of Claim in claim;
    /// Names one citation.
    CitationBy of Citation in citation;
    /// Names one finding.
    FindingBy of Finding in finding;
    /// Names one indicator.
    IndicatorBy of Indicator in indicator;
    /// Names one observation.
    ObservationBy of Observation in observation;
    /// Names one account.
    AccountBy of Account in account;
    /// Names one grant.
    GrantBy of Grant in access_grant;
    /// Names one token.
    ApiTokenBy of ApiToken in api_token;
    /// Names one import.
    ImportBy of Import in import;
    /// Names one webhook endpoint.
    WebhookEndpointBy of WebhookEndpoint in webhook_endpoint;
    /// Names one delivery to a webhook endpoint.
    WebhookDeliveryBy of WebhookDelivery in webhook_delivery;
}

/// Names one batch.
#[derive(Clone, Debug, OneofObject)]
pub enum BatchBy {
    /// By its opaque id.
    Id(ID),
    /// By its key.
    Key(String),
    /// By its programme and number.
    Ordinal(BatchOrdinal),
}

input! {
    /// The number of a run of a programme.
    pub struct BatchOrdinal {
        /// The key of the programme.
        programme: String,
        /// Which run: 1, 2 …
        number: i32,
    }
}

impl BatchBy {
    /// The tombstone of the batch, where that is void; nothing where none tells it.
    pub fn void(&self) -> Result<Option<Condition>> {
        use tombstone::Column;
        Ok(match self {
            Self::Id(id) => Some(Column::Id.eq(record_id::<batch::Entity>(id)?).into()),
            Self::Key(key) => Some(Column::Key.eq(key.as_str()).into()),
            Self::Ordinal(_) => None,
        })
    }
}

impl Lookup for BatchBy {
    type Node = Batch;

    fn condition(self) -> Result<Condition> {
        use batch::Column;
        Ok(match self {
            Self::Id(id) => Column::Id.eq(record_id::<batch::Entity>(&id)?).into(),
            Self::Key(key) => Column::Key.eq(key).into(),
            Self::Ordinal(BatchOrdinal { programme, number }) => Condition::all()
                .add(Column::Ordinal.eq(number))
                .add(Column::ProgrammeId.in_subquery(programme_with(programme))),
        })
    }
}

/// Names one tombstone.
#[derive(Clone, Debug, OneofObject)]
pub enum TombstoneBy {
    /// By its opaque id, or by that of the record.
    Id(ID),
    /// By the kind and the key of the record.
    Record(RecordName),
}

input! {
    /// The name of a record.
    pub struct RecordName {
        /// Its kind.
        kind: RecordKind,
        /// Its key.
        key: String,
    }
}

impl Lookup for TombstoneBy {
    type Node = Tombstone;

    fn condition(self) -> Result<Condition> {
        use tombstone::Column;
        Ok(match self {
            Self::Id(id) => match parse_id(&id)? {
                (_, Key::Id(id)) => Column::Id.eq(id).into(),
                // Countries are not voided.
                _ => Column::Id.is_null().into(),
            },
            Self::Record(RecordName { kind, key }) => {
                Condition::all().add(Column::RecordKind.eq(kind)).add(Column::Key.eq(key))
            }
        })
    }
}

fn programme_with(key: String) -> sea_orm::sea_query::SelectStatement {
    use entity::programme::{Column, Entity};
    let mut select = sea_orm::sea_query::Query::select();
    select.column(Column::Id).from(Entity).and_where(Column::Key.eq(key));
    select
}
