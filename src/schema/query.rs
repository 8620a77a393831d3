//! What can be asked besides records.

use async_graphql::{Context, Object, Result};
use entity::regional_group;
use entity::vocabulary::{RecordKind, TokenScope};
use sea_orm::QueryFilter;

use super::lookups::RegionalGroupBy;
use crate::analysis::attendance::{AsOf, MembersAttendanceAggregates, members_attendance};
use crate::analysis::cube::{self, AttendanceCube, AttendanceDimension};
use crate::analysis::search::{self, SearchHit};
use crate::delivery::batch::BatchFilter;
use crate::delivery::delegation::DelegationFilter;
use crate::engine::lookup::Lookup;
use crate::eventlog::{self, EventFilter, EventsFrom, EventsPayload, HistoryEvent, HistoryFilter};
use crate::graphql::context::{Nullable, RequestContext, nullable};
use crate::graphql::list::List;
use crate::graphql::listing::Listing;
use crate::graphql::scalars::{Cursor, Date, Long};
use crate::graphql::service_config::ServiceConfig;

/// What can be read besides records.
pub struct Query;

/// What can be read besides records.
#[Object(name = "QueryOwn")]
impl Query {
    /// What happened in the register, in order, for whoever asks again and again: the next
    /// stretches of the log. There is always one item at least; the last one says how far the log
    /// was read, and its `cursor` is the `after` of the next request.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Behind this place: the `cursor` of an item, or of a mutation.")]
        after: Option<Cursor>,
        #[graphql(desc = "Where to begin where `after` is not given.", default)] from: EventsFrom,
        #[graphql(desc = "Which events.")] filter: Option<EventFilter>,
        #[graphql(desc = "How many items, 1 to 100.", default = 20)] first: i32,
    ) -> Result<List<EventsPayload>> {
        eventlog::read(ctx, after, from, filter, first).await
    }

    /// Who did what, the newest first: for auditors, of all records; for curators, of all but
    /// accounts; for officers, of the records of their institutions; for anybody else, nothing.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which part.")] filter: Option<HistoryFilter>,
        #[graphql(desc = "How many, at most 100.", default = 20)] first: i32,
        #[graphql(desc = "Only what happened before this position of the log.")] before: Option<
            Long,
        >,
    ) -> Result<List<HistoryEvent>> {
        eventlog::history(ctx, filter, first, before).await
    }

    /// Attendance as a cube: counts over one dimension, or over two. Totals are counted over the
    /// data, since neither countries nor batches add up; each cell tells a known zero from what is
    /// unknown, and lists the delegations behind it.
    async fn attendance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the rows are.")] rows: AttendanceDimension,
        #[graphql(desc = "What the columns are; not what the rows are. One column unless given.")]
        columns: Option<AttendanceDimension>,
        #[graphql(desc = "Which batches; all that may be seen unless given.")] batches: Option<
            BatchFilter,
        >,
        #[graphql(desc = "Which delegations; all of these batches unless given.")]
        delegations: Option<DelegationFilter>,
        #[graphql(
            desc = "Where regional groups are told apart: without memberships that may have begun \
                    after the date of the batch.",
            default
        )]
        only_certain: bool,
    ) -> Result<AttendanceCube> {
        cube::attendance(ctx, rows, columns, batches, delegations, only_certain)
    }

    /// Finds records of any kind that has a name or a text of its own, in whatever language these
    /// are written: each word of `text` is the beginning of a word of the record, without regard to
    /// case, accents and punctuation. First come records with this very name, title or key, then
    /// those with one that begins so, then all others; in each part in the order of entry,
    /// countries last.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "What is sought, at most 200 characters; all of it is text, and nothing in it \
                    an operator."
        )]
        text: String,
        #[graphql(desc = "Which kinds of record; all that are searched unless given.")]
        types: Option<Vec<RecordKind>>,
        #[graphql(desc = "How many, at most 100; 20 where it is not given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands behind this place, in the same search.")] after: Option<
            Cursor,
        >,
    ) -> Result<Listing<SearchHit>> {
        search::search(ctx, &text, types, first, after).await
    }

    /// What a request may ask for, and where people sign in.
    async fn service_config(&self, ctx: &Context<'_>) -> ServiceConfig {
        ctx.data_unchecked::<ServiceConfig>().clone()
    }

    /// What the token that you sent may be used for; nothing where you sent none. A token of an
    /// OpenID Connect provider may be used for everything that its account may do.
    async fn viewer_scopes(&self, ctx: &Context<'_>) -> List<TokenScope> {
        List(ctx.reader().visible().actor().rights().scopes.iter().copied().collect())
    }

    /// Which members of a group attended any of some batches, which are known to have sent nobody,
    /// and of which nothing is known.
    async fn members_not_attending(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The group.")] group: RegionalGroupBy,
        #[graphql(desc = "The members as at this date; today unless given.")] as_of: Option<Date>,
        #[graphql(desc = "Which batches; all that may be seen unless given.")] batches: Option<
            BatchFilter,
        >,
        #[graphql(
            desc = "Without countries whose membership may have begun after that date.",
            default
        )]
        only_certain: bool,
    ) -> Nullable<MembersAttendanceAggregates> {
        nullable(async {
            let reader = ctx.reader().clone();
            let group =
                reader.visible().select::<regional_group::Entity>().filter(group.condition()?);
            let group = ctx.reader().run(async move { group.one(reader.db()).await }).await?;
            let Some(group) = group else { return Ok(None) };
            let day = as_of.map_or_else(|| ctx.reader().clock().today(), |date| date.0);
            members_attendance(ctx, group.id, AsOf { day, only_certain }, batches).await.map(Some)
        })
        .await
    }
}
