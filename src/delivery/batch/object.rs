//! What a batch shows.

use async_graphql::Context;
use async_graphql::resolver_utils::enum_value;
use chrono::NaiveDate;
use entity::vocabulary::{
    BatchPhase, BatchStatus, Comparator, Completeness, DatePrecision, DeliveryMode,
};
use entity::{
    batch, batch_part, batch_topic, batch_venue, citation, claim, delegation, engagement, finding,
    observation, outcome, partnership, programme, workshop,
};

use super::query::BatchOrder;
use super::{BatchFilter, attendance};
use crate::analysis::attendance::{AsOf, MembersAttendanceAggregates, members_attendance_at};
use crate::delivery::delegation::Delegation;
use crate::delivery::part::BatchPart;
use crate::delivery::partnership::Partnership;
use crate::delivery::topic::Topic;
use crate::delivery::venue::Venue;
use crate::delivery::workshop::Workshop;
use crate::engine::Computed;
use crate::engine::object::object;
use crate::graphql::context::LoadRows;
use crate::graphql::context::{Nullable, nullable};
use crate::graphql::edge::Edge;
use crate::graphql::loader::Key;
use crate::graphql::scalars::{Date, Url};
use crate::network::institution::Institution;
use crate::network::programme::Programme;
use crate::people::engagement::Engagement;
use crate::plans::outcome::Outcome;
use crate::provenance::citation::Citation;
use crate::provenance::claim::Claim;
use crate::provenance::finding::Finding;
use crate::provenance::observation::Observation;

/// Where a batch stands on `today`. What is not known of its dates can leave it undated:
///
/// * past, once the last day is over;
/// * upcoming, before the first day;
/// * ongoing, from the first day to the last one; where the last day is not known, until the batch
///   is closed;
/// * undated otherwise.
pub fn phase(batch: &batch::Model, today: NaiveDate) -> BatchPhase {
    match (batch.starts_on, batch.ends_on) {
        (_, Some(end)) if end < today => BatchPhase::Past,
        (Some(start), _) if today < start => BatchPhase::Upcoming,
        (Some(_), Some(_)) => BatchPhase::Ongoing,
        (Some(_), None) if batch.status == BatchStatus::Closed => BatchPhase::Past,
        (Some(_), None) => BatchPhase::Ongoing,
        (None, _) => BatchPhase::Undated,
    }
}

object! {
    /// One run of a programme. Title, dates and participants are the values accepted from what the
    /// sources claim; where sources contradict each other they are null, and the claims and
    /// findings tell why.
    Batch of batch, chosen by BatchFilter, ordered by BatchOrder {
        /// The programme that it is a run of.
        one programme: Programme by programme_id;

        /// The institution whose officers keep the record.
        one owner: Institution by owner_id;

        /// The parties that came, were invited, or are said to have sent nobody.
        list delegations: Delegation => Edge::by(delegation::Column::BatchId);

        /// Where it is held; several where it is held in several places.
        list venues: Venue => Edge::through::<batch_venue::Entity>(
            batch_venue::Column::BatchId,
            batch_venue::Column::VenueId,
        );

        /// What it is about, besides the topics of its programme.
        list topics: Topic => Edge::through::<batch_topic::Entity>(
            batch_topic::Column::BatchId,
            batch_topic::Column::TopicId,
        );

        /// The activities that it consists of.
        list workshops: Workshop => Edge::by(workshop::Column::BatchId);

        /// Who organises, hosts, funds or supports this batch as a whole; partnerships of its
        /// programme and of its single workshops stand there.
        list partnerships: Partnership => Edge::by(partnership::Column::BatchId);

        /// Its parts, where it is held in several: elsewhere, otherwise or at another time.
        list parts: BatchPart => Edge::by(batch_part::Column::BatchId);

        /// What people do at this batch as a whole; what they do at a single workshop stands there.
        list engagements: Engagement => Edge::by(engagement::Column::BatchId);

        /// What was hoped for, came about, or was done afterwards.
        list outcomes: Outcome => Edge::by(outcome::Column::BatchId);

        /// What sources state about it and about its delegations.
        list claims: Claim => Edge::by(claim::Column::BatchId);

        /// The disagreements and gaps that concern it: about the batch itself and about what hangs
        /// from it.
        list findings: Finding => Edge::by(finding::Column::BatchId);

        /// The sector statistics that were quoted with it.
        list observations: Observation => Edge::by(observation::Column::BatchId);

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// Which run of the programme it is: 1, 2 …; null where the runs are not numbered.
        column ordinal: Option<i32>;
        /// The label as printed: "Batch II"; null where none is printed.
        column label: Option<&str>;
        /// The accepted title as printed; null where none is stated or sources contradict each
        /// other.
        column title: Option<&str>;
        /// The language of the accepted title (BCP 47 tag); null where there is no accepted title.
        column title_language: Option<&str>;
        /// How it is attended.
        column mode: DeliveryMode;
        /// What has been decided about it.
        column status: BatchStatus;
        /// The places there are, in persons; null where not known.
        column capacity: Option<i32>;
        /// The accepted first day; the first day of the period where only month or year is known;
        /// null where nothing is accepted.
        column starts_on: Option<Date>;
        /// How exactly the first day is known; null where there is none.
        column starts_precision: Option<DatePrecision>;
        /// The accepted last day; the last day of the period where only month or year is known;
        /// null where nothing is accepted.
        column ends_on: Option<Date>;
        /// How exactly the last day is known; null where there is none.
        column ends_precision: Option<DatePrecision>;
        /// The accepted number of people who took part, over the whole batch: its lower bound, in
        /// persons. Equal to the upper bound where one number is stated; null where no lower bound
        /// is accepted.
        column participants_min: Option<i32>;
        /// The accepted number of people who took part, over the whole batch: its upper bound, in
        /// persons; null where no upper bound is accepted.
        column participants_max: Option<i32>;
        /// How the accepted number of people relates to the true one; null where no number is
        /// accepted: nothing is stated, or sources contradict each other.
        column participants_comparator: Option<Comparator>;
        /// How many of the people are women, as the claim states whose number is accepted; null
        /// where it does not tell, or where sources that agree on the number contradict each other.
        column participants_female: Option<i32>;
        /// How many of the people are men; null likewise.
        column participants_male: Option<i32>;
        /// How many of the people are neither, or not known to be either; null likewise.
        column participants_other_or_unknown: Option<i32>;
        /// Person-days: the accepted number of people times the days of the batch, the first and
        /// the last of them included. The lower bound; null where the number has none, or the dates
        /// are not known to the day.
        column person_days_min: Option<i32>;
        /// Person-days: the upper bound; null where the number has none, or the dates are not known
        /// to the day.
        column person_days_max: Option<i32>;

        /// Its permanent address on the web: for programs as JSON-LD in the words of schema.org,
        /// for browsers a page. There is nothing there as long as it is a draft.
        computed page: Url =
            Computed::of(&["key"], |made| Ok(made.site.batch(made.text("key")?).into()));
        /// Where it stands in time today (UTC), as far as its dates are known.
        computed phase: BatchPhase = Computed::of(&["starts_on", "ends_on", "status"], |made| {
            Ok(enum_value(phase(&made.row::<batch::Entity>()?, made.today())))
        });
    } {
        /// Whether the list of countries that attended is known to be complete. `EXHAUSTIVE` where
        /// a source says that it names all, or where attended, declined and "sent nobody" together
        /// are all members of the programme's group at the time; `NON_EXHAUSTIVE` where a source
        /// prints its list as open ("such as"); null where nothing tells. It is `EXHAUSTIVE` also
        /// where two closed lists contradict each other: which of them is right the finding
        /// `LIST_CONFLICT` asks.
        async fn attendance_completeness(&self, ctx: &Context<'_>) -> Nullable<Completeness> {
            attendance::completeness(ctx, self.parent_key()).await.transpose()
        }

        /// The members of the group that the programme addresses, by what is known of their
        /// attendance; null where the programme has no group, or where neither the batch has a date
        /// nor `asOf` is given.
        async fn members_not_attending(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The members as at this date: the first day of the batch, else its \
                              last, unless given.")]
            as_of: Option<Date>,
            #[graphql(
                desc = "Without countries whose membership may have begun after that date.",
                default
            )]
            only_certain: bool,
        ) -> Nullable<MembersAttendanceAggregates> {
            nullable(async {
                let given = as_of.map(|date| date.0);
                let Some(day) = given.or(self.0.starts_on).or(self.0.ends_on) else {
                    return Ok(None);
                };
                let programme = ctx.row::<programme::Entity>(Key::Id(self.0.programme_id.0)).await?;
                let Some(group) = programme.and_then(|programme| programme.regional_group_id) else {
                    return Ok(None);
                };
                members_attendance_at(ctx, group, AsOf { day, only_certain }, self.0.id)
                    .await
                    .map(Some)
            })
            .await
        }
    }
}
