//! The root of all queries: the lookups and lists of every record.

use async_graphql::{ContainerType, Context, ID, InputType, OutputType, Result, Value};
use futures::FutureExt;
use futures::future::BoxFuture;

use super::lookups::*;
use super::query::Query;
use crate::access::Visible;
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
use crate::engine::Described;
use crate::engine::keyset::parsed;
use crate::engine::lookup::Lookup;
use crate::engine::node::Node;
use crate::engine::noun::{Code, Entry, Root};
use crate::engine::own::Answer;
use crate::engine::register::Argument;
use crate::eventlog::History;
use crate::exchange::import::Import;
use crate::graphql::list::List;
use crate::graphql::loader::Key;
use crate::graphql::scalars::CountryCode;
use crate::network::country::Country;
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

macro_rules! roots {
    (
        lookups { $($(#[doc = $one_doc:expr])* $one:ident: $by:ident;)+ }
        lists { $($(#[doc = $list_doc:expr])* $list:ident: $node:ident;)+ }
        others { $($others:tt)* }
    ) => {
        /// Where a request begins to read the nouns.
        pub static ROOTS: &[Root] = &[
            $(Root {
                name: stringify!($one),
                doc: &[$($one_doc),*],
                ty: Some(<Option<<$by as Lookup>::Node> as OutputType>::create_type_info),
                arguments: &[Argument::new(
                    "by",
                    "Which one.",
                    <$by as InputType>::create_type_info,
                )],
                to: Entry::By(
                    <<$by as Lookup>::Node as Described>::noun,
                    |by| parsed::<$by>(by)?.condition(),
                ),
            },)+
            $(Root {
                name: stringify!($list),
                doc: &[$($list_doc),*],
                ty: None,
                arguments: &[],
                to: Entry::List(<$node as Described>::noun),
            },)+
            $($others)*
        ];
    };
}

/// What code of its own resolves.
pub const CODE: Code = Code { root: of_root, record: of_record, of_record: &["history"] };

fn of_root<'a>(ctx: &'a Context<'a>) -> BoxFuture<'a, Answer> {
    Query.resolve_field(ctx).boxed()
}

fn of_record<'a>(key: Key, ctx: &'a Context<'a>) -> BoxFuture<'a, Answer> {
    Box::pin(async move { History(key).resolve_field(ctx).await })
}

const fn own_field(name: &'static str) -> Root {
    Root { name, doc: &[], ty: None, arguments: &[], to: Entry::Own }
}

fn account(visible: &Visible) -> Option<Key> {
    visible.actor().rights().account.map(|id| Key::Id(id.0))
}

fn country_key(code: Value) -> Result<Key> {
    Ok(Key::Code(parsed::<CountryCode>(code)?.0.0))
}

roots! {
    lookups {
        /// The batch that is named, if it exists and may be seen.
        batch: BatchBy;
        /// The delegation that is named, if it exists and may be seen.
        delegation: DelegationBy;
        /// The regional group that is named, if it exists and may be seen.
        regional_group: RegionalGroupBy;
        /// The membership that is named, if it exists and may be seen.
        membership: MembershipBy;
        /// The institution that is named, if it exists and may be seen.
        institution: InstitutionBy;
        /// The programme that is named, if it exists and may be seen.
        programme: ProgrammeBy;
        /// The part of a batch that is named, if it exists and may be seen.
        batch_part: BatchPartBy;
        /// The workshop that is named, if it exists and may be seen.
        workshop: WorkshopBy;
        /// The partnership that is named, if it exists and may be seen.
        partnership: PartnershipBy;
        /// The venue that is named, if it exists and may be seen.
        venue: VenueBy;
        /// The topic that is named, if it exists and may be seen.
        topic: TopicBy;
        /// The tag that is named, if it exists and may be seen.
        tag: TagBy;
        /// The person that is named, if it exists and may be seen.
        person: PersonBy;
        /// The appointment that is named, if it exists and may be seen.
        appointment: AppointmentBy;
        /// The engagement that is named, if it exists and may be seen.
        engagement: EngagementBy;
        /// The action plan that is named, if it exists and may be seen.
        action_plan: ActionPlanBy;
        /// The action item that is named, if it exists and may be seen.
        action_item: ActionItemBy;
        /// The progress note that is named, if it exists and may be seen.
        progress_note: ProgressNoteBy;
        /// The outcome that is named, if it exists and may be seen.
        outcome: OutcomeBy;
        /// The source that is named, if it exists and may be seen.
        source: SourceBy;
        /// The claim that is named, if it exists and may be seen.
        claim: ClaimBy;
        /// The citation that is named, if it exists and may be seen.
        citation: CitationBy;
        /// The finding that is named, if it exists and may be seen.
        finding: FindingBy;
        /// The indicator that is named, if it exists and may be seen.
        indicator: IndicatorBy;
        /// The observation that is named, if it exists and may be seen.
        observation: ObservationBy;
        /// The account that is named, if it exists and may be seen.
        account: AccountBy;
        /// The grant that is named, if it exists and may be seen.
        grant: GrantBy;
        /// The token that is named, if it exists and may be seen.
        api_token: ApiTokenBy;
        /// The import that is named, if it exists and is yours.
        import: ImportBy;
        /// The webhook endpoint that is named, if it exists and is yours.
        webhook_endpoint: WebhookEndpointBy;
        /// The delivery that is named, if it exists and its endpoint is yours.
        webhook_delivery: WebhookDeliveryBy;
        /// What is left of a record that was entered in error, if it may be seen: where the id or
        /// key of the record leads.
        tombstone: TombstoneBy;
    }
    lists {
        /// The runs of programmes.
        batches: Batch;
        /// Countries and economies, dissolved ones included.
        countries: Country;
        /// The parties at batches, also those said to have sent nobody.
        delegations: Delegation;
        /// Groups of countries.
        regional_groups: RegionalGroup;
        /// Memberships of countries in groups.
        memberships: Membership;
        /// Bodies of any kind.
        institutions: Institution;
        /// Designs that are run again and again, and umbrellas over such.
        programmes: Programme;
        /// Parts of batches.
        batch_parts: BatchPart;
        /// Activities of batches.
        workshops: Workshop;
        /// Roles in programmes, batches and workshops.
        partnerships: Partnership;
        /// Places.
        venues: Venue;
        /// Subjects.
        topics: Topic;
        /// Entries of international classifications that programmes and topics fall under.
        tags: Tag;
        /// People in public roles.
        people: Person;
        /// Posts that people hold for a time.
        appointments: Appointment;
        /// What people do at batches and workshops.
        engagements: Engagement;
        /// What delegations undertake to do at home.
        action_plans: ActionPlan;
        /// The things that action plans undertake.
        action_items: ActionItem;
        /// What came of action items.
        progress_notes: ProgressNote;
        /// Aims, results and follow-up of batches.
        outcomes: Outcome;
        /// Documents that state facts.
        sources: Source;
        /// What sources state.
        claims: Claim;
        /// Which source documents which record.
        citations: Citation;
        /// Disagreements and gaps that the rules found.
        findings: Finding;
        /// Sector statistics.
        indicators: Indicator;
        /// Values of indicators.
        observations: Observation;
        /// Who may ask or write, as far as you may see: everybody sees the account that is his own.
        accounts: Account;
        /// What accounts may do.
        grants: Grant;
        /// Secrets that stand for accounts.
        api_tokens: ApiToken;
        /// Files that you have handed in.
        imports: Import;
        /// Where you want to be told of events: your endpoints alone.
        webhook_endpoints: WebhookEndpoint;
        /// What your endpoints are told, newest last; of those that are over, the newest 10,000 of
        /// each endpoint are kept.
        webhook_deliveries: WebhookDelivery;
        /// What is left of records that were entered in error.
        tombstones: Tombstone;
    }
    others {
        Root {
            name: "country",
            doc: &["The country with this code, if there is one."],
            ty: Some(<Option<Country> as OutputType>::create_type_info),
            arguments: &[Argument::new(
                "code",
                "The ISO 3166-1 alpha-2 code, or the four letters of a dissolved country.",
                <CountryCode as InputType>::create_type_info,
            )],
            to: Entry::Key(Country::noun, "code", country_key),
        },
        Root {
            name: "viewer",
            doc: &["Your account: the one for which the token stands that you sent; null where you \
                    sent none."],
            ty: Some(<Option<Account> as OutputType>::create_type_info),
            arguments: &[],
            to: Entry::Mine(Account::noun, account),
        },
        Root {
            name: "node",
            doc: &["The record with this id, if it exists and may be seen."],
            ty: Some(<Option<Node> as OutputType>::create_type_info),
            arguments: &[Argument::new(
                "id",
                "The id of a record.",
                <ID as InputType>::create_type_info,
            )],
            to: Entry::Node,
        },
        Root {
            name: "nodes",
            doc: &["The records with these ids, in the same order; null for one that does not \
                    exist or may not be seen."],
            ty: Some(<List<Option<Node>> as OutputType>::create_type_info),
            arguments: &[Argument::new(
                "ids",
                "The ids of records, at most 100.",
                <Vec<ID> as InputType>::create_type_info,
            )],
            to: Entry::Nodes,
        },
        own_field("events"),
        own_field("attendance"),
        own_field("batch_snapshot"),
        own_field("country_snapshot"),
        own_field("search"),
        own_field("service_config"),
        own_field("viewer_scopes"),
        own_field("viewer_reminders"),
        own_field("history"),
        own_field("members_not_attending"),
    }
}
