//! What is done to citations.

use async_graphql::ID;
use entity::vocabulary::RecordKind;
use entity::*;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Citation, rules};
use crate::access::Authorizer;
use crate::access::policy::Relation;
use crate::db::Write;
use crate::error::WriteError;
use crate::graphql::loader::Key;
use crate::graphql::node::parse_id;
use crate::mutation::{IdOf, mutations};
use crate::phrase::say;
use crate::rule::{self, check, unset};

mutations! {
    /// Mutations of citations.
    CITATION_MUTATIONS {
        /// Says that a source documents a record.
        cite_source(CiteSourceInput) -> CiteSourcePayload { citation: Citation }, a EnterCommon {
            /// The source.
            source_id: IdOf<source::Entity>,
            /// The record, of any kind but accounts, grants and tokens.
            record_id: ID,
            /// Where in the source: "paragraph 4".
            locator: Option<String>,
        }
    }
}

async fn cite_source(
    w: &mut Write,
    by: &Authorizer,
    input: &CiteSourceInput,
) -> Result<Uuid, WriteError> {
    by.require(Relation::Stranger)?;
    let source = by.find::<source::Entity>(w, "source_id", input.source_id.0).await?;
    let Ok((kind, key)) = parse_id(&input.record_id) else {
        let message = say!("this is not the id of a record");
        return Err::<_, WriteError>(check::invalid("record_id", message).into());
    };
    see(w, by, kind, &key).await?;
    let (id, country) = match key {
        Key::Id(id) => (Some(id), None),
        Key::Code(code) => (None, Some(entity::id::CountryCode(code))),
        Key::Long(_) => (None, None),
    };
    let draft = citation::ActiveModel {
        source_id: Set(source.id),
        subject_kind: Set(kind),
        subject_id: Set(id),
        country_code: Set(country),
        locator: Set(input.locator.clone()),
        ..unset()
    };
    let put = rules::enter(w, None, draft).await?;
    rule::emit::<citation::Entity>(w, &put);
    Ok(put.row.id.0)
}

/// Refuses what is not there for the writer. Countries are there for everybody; the rule says where
/// there is none.
async fn see(w: &Write, by: &Authorizer, kind: RecordKind, key: &Key) -> Result<(), WriteError> {
    let Key::Id(id) = *key else { return Ok(()) };
    macro_rules! seen {
        ($($kind:ident => $module:ident,)+) => {
            match kind {
                $(RecordKind::$kind => {
                    by.find::<$module::Entity>(w, "record_id", id).await.map(|_| ())
                })+
                RecordKind::Country => Ok(()),
            }
        };
    }
    seen! {
        RegionalGroup => regional_group,
        Membership => membership,
        Institution => institution,
        Programme => programme,
        Batch => batch,
        BatchPart => batch_part,
        Workshop => workshop,
        Partnership => partnership,
        Delegation => delegation,
        Person => person,
        Appointment => appointment,
        Engagement => engagement,
        Venue => venue,
        Topic => topic,
        Tag => tag,
        ActionPlan => action_plan,
        ActionItem => action_item,
        ProgressNote => progress_note,
        Outcome => outcome,
        Indicator => indicator,
        Observation => observation,
        Source => source,
        Claim => claim,
        Citation => citation,
        Finding => finding,
        Account => account,
        Grant => access_grant,
        ApiToken => api_token,
        Import => import,
        WebhookEndpoint => webhook_endpoint,
        WebhookDelivery => webhook_delivery,
        Tombstone => tombstone,
    }
}
