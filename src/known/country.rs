//! A country at an earlier place of the log, as the API shows it.

mod read;

use async_graphql::{Context, ID, Object, Result};
use entity::id::CountryCode;
use entity::membership;
use entity::vocabulary::{DatePrecision, MembershipKind, RecordKind};

use self::read::{CountryThen, country_at};
use super::delegation::DelegationSnapshot;
use super::place::Place;
use super::read::{page, page_of_events};
use crate::engine::reference::NodeType;
use crate::eventlog::EventObject;
use crate::graphql::context::RequestContext;
use crate::graphql::list::List;
use crate::graphql::listing::Listing;
use crate::graphql::loader::Key;
use crate::graphql::node::global_id;
use crate::graphql::scalars::{self, Cursor, Date};
use crate::network::country::Country;
use crate::network::membership::Membership;
use crate::network::regional_group::RegionalGroup;

/// What a country had to do with, as it was known at a place of the log.
#[derive(Clone, Debug)]
pub struct CountrySnapshot {
    place: Place,
    code: CountryCode,
    then: CountryThen,
}

impl CountrySnapshot {
    /// The country of this code.
    pub async fn read(
        ctx: &Context<'_>,
        code: CountryCode,
        as_known_at: &Cursor,
    ) -> Result<Option<Self>> {
        let place = Place::named(ctx, as_known_at).await?;
        let (reader, position) = (ctx.reader().clone(), place.at.position);
        let found = ctx.reader().run(country_at(reader, position, code.clone())).await?;
        Ok(found.then()?.map(|then| Self { place, code, then }))
    }
}

/// What a country had to do with, as it was known at a place of the log: its delegations with their
/// batches, and its memberships. Records that fields lead to are as they are today.
#[Object(name = "CountrySnapshotPayload")]
impl CountrySnapshot {
    /// The place of the log.
    async fn as_known_at(&self) -> Cursor {
        Cursor(self.place.at.to_string())
    }

    /// The code of the country.
    async fn code(&self) -> scalars::CountryCode {
        scalars::CountryCode(self.code.clone())
    }

    /// The country as it is today.
    async fn country(&self) -> Option<Country> {
        Some(Country::seen(Key::Code(self.code.0.clone())))
    }

    /// The delegations that it had, also where it was said to have sent nobody: the latest batch
    /// first.
    async fn delegations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands behind this place.")] after: Option<Cursor>,
    ) -> Result<Listing<DelegationSnapshot>> {
        let list = format!("country snapshot {} {}", self.code, self.place.at);
        let all = self.then.delegations.iter().map(|it| (it.row.id.to_string(), it));
        page(ctx, &list, all.collect(), (first, after), Clone::clone)
    }

    /// The groups that it belonged to, or had belonged to, the earliest first.
    async fn memberships(&self) -> List<MembershipSnapshot> {
        self.then.memberships.iter().cloned().map(MembershipSnapshot).collect()
    }

    /// What happened to its delegations, their batches and its memberships since, the oldest first:
    /// what makes the difference to today. What you may not see is left out.
    async fn events_since(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, at most 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands behind this place.")] after: Option<Cursor>,
    ) -> Result<Listing<EventObject>> {
        let list = format!("country events since {} {}", self.code, self.place.at);
        page_of_events(ctx, &list, &self.then.since, (first, after))
    }
}

/// A membership as it was known at a place of the log.
#[derive(Clone, Debug)]
pub struct MembershipSnapshot(membership::Model);

/// A membership as it was known at a place of the log.
#[Object(name = "MembershipSnapshotPayload")]
impl MembershipSnapshot {
    /// The id of the membership.
    async fn record_id(&self) -> ID {
        global_id(RecordKind::Membership, &Key::Id(self.0.id.0))
    }

    /// The key of the membership.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// The membership as it is today; null where it is void.
    async fn membership(&self) -> Option<Membership> {
        Some(Membership::seen(Key::Id(self.0.id.0)))
    }

    /// The group.
    async fn group(&self) -> Option<RegionalGroup> {
        Some(RegionalGroup::seen(Key::Id(self.0.regional_group_id.0)))
    }

    /// In which quality.
    async fn kind(&self) -> MembershipKind {
        self.0.kind
    }

    /// The first day; null where it was not known.
    async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.map(Date)
    }

    /// The last day; null where it was in force until further notice.
    async fn valid_to(&self) -> Option<Date> {
        self.0.valid_to.map(Date)
    }

    /// How exactly the days were known.
    async fn precision(&self) -> DatePrecision {
        self.0.precision
    }
}
