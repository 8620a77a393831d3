//! Global object identification: every record can be fetched again by its opaque id.

use async_graphql::{Context, ID, Interface, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::vocabulary::RecordKind;
use sea_orm::Iterable;
use uuid::Uuid;

use super::context::Reading;
use super::error::bad_input;
use super::loader::Key;
use super::page::shorten;
use crate::accounts::account::Account;
use crate::accounts::grant::Grant;
use crate::accounts::token::ApiToken;
use crate::delivery::batch::Batch;
use crate::delivery::delegation::Delegation;
use crate::delivery::partnership::Partnership;
use crate::delivery::topic::Topic;
use crate::delivery::venue::Venue;
use crate::delivery::workshop::Workshop;
use crate::exchange::import::Import;
use crate::network::country::Country;
use crate::network::institution::Institution;
use crate::network::membership::Membership;
use crate::network::programme::Programme;
use crate::network::regional_group::RegionalGroup;
use crate::people::appointment::Appointment;
use crate::people::engagement::Engagement;
use crate::people::person::Person;
use crate::phrase::{Phrase, say};
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
use crate::record::Record;
use crate::rule::check::is_country_code;
use crate::webhooks::delivery::WebhookDelivery;
use crate::webhooks::endpoint::WebhookEndpoint;

/// The id under which the API knows a record.
pub fn global_id(kind: RecordKind, key: &Key) -> ID {
    URL_SAFE_NO_PAD.encode(format!("{kind:?}:{}", key.text())).into()
}

/// The record that an id stands for, whether it exists or not.
pub fn parse_id(id: &ID) -> Result<(RecordKind, Key)> {
    read_id(id).map_err(|why| bad_input(why.english()))
}

/// The id of a record of kind `E`; that of another kind is an error.
pub fn record_id<E: Record>(id: &ID) -> Result<Uuid> {
    id_of::<E>(id).map_err(|why| bad_input(why.english()))
}

fn read_id(id: &ID) -> Result<(RecordKind, Key), Phrase> {
    let wrong = || say!("\"{id}\" is not an id of this register", id = shorten(id));
    let bytes = URL_SAFE_NO_PAD.decode(id.as_bytes()).map_err(|_| wrong())?;
    let text = String::from_utf8(bytes).map_err(|_| wrong())?;
    let (kind, key) = text.split_once(':').ok_or_else(wrong)?;
    let kind = RecordKind::iter().find(|known| format!("{known:?}") == kind).ok_or_else(wrong)?;
    let key = match kind {
        RecordKind::Country if is_country_code(key) => Key::Code(key.to_owned()),
        RecordKind::Country => return Err(wrong()),
        _ => Key::Id(key.parse().map_err(|_| wrong())?),
    };
    Ok((kind, key))
}

/// The id of a record of kind `E`; or what is wrong with it.
pub fn id_of<E: Record>(id: &ID) -> Result<Uuid, Phrase> {
    match read_id(id)? {
        (kind, Key::Id(uuid)) if kind == E::KIND => Ok(uuid),
        (kind, _) => {
            let (is, wanted) = (format!("{kind:?}"), format!("{:?}", E::KIND));
            Err(say!("\"{id}\" is the id of a {is}, not of a {wanted}", id = id.as_str(), is, wanted))
        }
    }
}

macro_rules! nodes {
    ($($kind:ident),+ $(,)?) => {
        /// A record of the register: what has an id of its own.
        #[derive(Interface)]
        #[graphql(field(name = "id", ty = "ID", desc = "The id of the record: opaque, permanent, unique in the whole register."))]
        pub enum Node { $(
            /// This kind of record.
            $kind($kind),
        )+ }

        /// The record of a kind that a key identifies, if it is there and may be seen.
        pub async fn find(ctx: &Context<'_>, kind: RecordKind, key: Key) -> Result<Option<Node>> {
            match kind {
                $(RecordKind::$kind => Ok(ctx.one::<$kind>(Some(key)).await?.map(Node::$kind)),)+
            }
        }
    };
}

nodes! {
    Account,
    ActionItem,
    ActionPlan,
    ApiToken,
    Appointment,
    Batch,
    Citation,
    Claim,
    Country,
    Delegation,
    Engagement,
    Finding,
    Grant,
    Import,
    Indicator,
    Institution,
    Membership,
    Observation,
    Outcome,
    Partnership,
    Person,
    Programme,
    ProgressNote,
    RegionalGroup,
    Source,
    Topic,
    Venue,
    WebhookDelivery,
    WebhookEndpoint,
    Workshop,
}
