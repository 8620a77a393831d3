//! What can be asked besides records.

use async_graphql::{Context, Object, Result};
use entity::regional_group;
use entity::vocabulary::{RecordKind, TokenScope};
use sea_orm::QueryFilter;

use super::lookups::{BatchBy, RegionalGroupBy};
use crate::accounts::reminder_mail::ReminderMail;
use crate::analysis::attendance::{AsOf, MembersAttendanceAggregates, members_attendance};
use crate::analysis::cube::{self, AttendanceCube, AttendanceDimension, Counted};
use crate::analysis::search::{self, SearchHit};
use crate::delivery::batch::BatchFilter;
use crate::delivery::delegation::DelegationFilter;
use crate::engine::lookup::Lookup;
use crate::eventlog::{self, EventFilter, EventsFrom, EventsPayload, HistoryEvent, HistoryFilter};
use crate::graphql::context::{Nullable, RequestContext, nullable};
use crate::graphql::list::List;
use crate::graphql::listing::Listing;
use crate::graphql::scalars::{CountryCode, Cursor, Date, Long};
use crate::graphql::service_config::ServiceConfig;
use crate::known::{BatchSnapshot, CountrySnapshot};

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
    #[allow(clippy::too_many_arguments, reason = "each is an argument of the field")]
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
        #[graphql(
            desc = "As the register knew it at this place of its log: the `cursor` of an item \
                          of `events` or of a mutation, at most 10,000 events back. Restored are \
                          batches with their venues and topics, delegations, memberships, \
                          groups, institutions, programmes, claims and findings. What else there \
                          is (roles of institutions, their names, tags, people, action plans, \
                          sources) cannot be asked for, nor be what a filter asks of. Today \
                          unless given."
        )]
        as_known_at: Option<Cursor>,
    ) -> Result<AttendanceCube> {
        let counted = Counted { batches, delegations, only_certain, as_known_at };
        cube::attendance(ctx, rows, columns, counted).await
    }

    /// A batch as the register knew it at a place of its log, so that a report of that time can be
    /// explained, and what happened to it since. It is read from the log: what that does not tell
    /// is not restored. You see what you may see today, and of a batch that was a draft then
    /// nothing, unless your institution kept it. Null where there was no such batch.
    async fn batch_snapshot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one. One that is void is known by its id and its key.")]
        by: BatchBy,
        #[graphql(desc = "The place of the log: the `cursor` of an item of `events` or of a \
                          mutation.")]
        as_known_at: Cursor,
    ) -> Nullable<BatchSnapshot> {
        nullable(async {
            let void = by.void()?;
            BatchSnapshot::read(ctx, by.condition()?, void, &as_known_at).await
        })
        .await
    }

    /// What a country had to do with, as the register knew it at a place of its log: its
    /// delegations and memberships, and what happened to these since. You see what you may see
    /// today, and what was a draft then if your institution kept it. Null where there is no such
    /// country.
    async fn country_snapshot(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The ISO 3166-1 alpha-2 code, or the four letters of a dissolved country."
        )]
        code: CountryCode,
        #[graphql(desc = "The place of the log: the `cursor` of an item of `events` or of a \
                          mutation.")]
        as_known_at: Cursor,
    ) -> Nullable<CountrySnapshot> {
        nullable(CountrySnapshot::read(ctx, code.0, &as_known_at)).await
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

    /// Where you are reminded by mail of what is due; null where you are not, or have sent no
    /// token.
    async fn viewer_reminders(&self, ctx: &Context<'_>) -> Nullable<ReminderMail> {
        ReminderMail::of_reader(ctx).await
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
