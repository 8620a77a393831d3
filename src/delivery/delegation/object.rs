//! What a delegation shows.

use async_graphql::Context;
use entity::vocabulary::{
    Comparator, CountryPosition, DelegationCategory, DelegationStatus, Representation,
};
use entity::{action_plan, citation, claim, delegation_part, engagement, finding};

use super::DelegationFilter;
use super::query::DelegationOrder;
use crate::delivery::batch::Batch;
use crate::delivery::part::BatchPart;
use crate::delivery::tossd::TossdActivity;
use crate::engine::object::object;
use crate::graphql::context::{Nullable, nullable};
use crate::graphql::edge::Edge;
use crate::network::country::Country;
use crate::network::institution::Institution;
use crate::network::regional_group::RegionalGroup;
use crate::people::engagement::Engagement;
use crate::plans::action_plan::ActionPlan;
use crate::provenance::citation::Citation;
use crate::provenance::claim::Claim;
use crate::provenance::finding::Finding;

object! {
    /// The party of a country, of an institution or of a group at a batch. A country of which
    /// nothing is recorded has none: it is unknown, not absent.
    Delegation of delegation, chosen by DelegationFilter, ordered by DelegationOrder {
        /// The batch.
        one batch: Batch by batch_id;

        /// The country whose party it is; null where it stands for an institution of no stated
        /// country.
        maybe country: Country by country_code;

        /// The institution that it stands for, or that sent it on behalf of the country; null where
        /// not known.
        maybe institution: Institution by institution_id;

        /// The group that is a party itself, such as the European Union; null where it stands for a
        /// country or an institution. The members of the group have delegations of their own.
        maybe group: RegionalGroup by regional_group_id;

        /// The parts of the batch in which it is known to have taken part; none where it is not
        /// known in which, and where the batch is held as one.
        list parts: BatchPart => Edge::through::<delegation_part::Entity>(
            delegation_part::Column::DelegationId,
            delegation_part::Column::PartId,
        );

        /// What sources state about it: whether it came, and of how many people.
        list claims: Claim => Edge::by(claim::Column::DelegationId);

        /// What it undertakes, or is expected to undertake, at home.
        list action_plans: ActionPlan => Edge::by(action_plan::Column::DelegationId);

        /// Its people, as far as you may see them: participants are private.
        list engagements: Engagement => Edge::by(engagement::Column::DelegationId);

        /// The disagreements and gaps about it.
        list findings: Finding => Edge::by(finding::Column::SubjectId);

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// Whom it stands for. Only those of a country count as a country's attendance.
        column represents: Representation;
        /// As what it takes part in the batch; null where that is not told apart.
        column category: Option<DelegationCategory>;
        /// What tells two parties of one country, institution or group at one batch apart; null
        /// where there is only one.
        column label: Option<&str>;
        /// The accepted status; null where nothing is stated or sources contradict each other. What
        /// came of an invitation goes before what was planned, whoever says so.
        column status: Option<DelegationStatus>;
        /// The accepted number of its people: the lower bound, in persons. Equal to the upper bound
        /// where one number is stated; null where no lower bound is accepted, and where the
        /// accepted status says that nobody was there.
        column headcount_min: Option<i32>;
        /// The accepted number of its people: the upper bound, in persons; null where no upper
        /// bound is accepted, and where the accepted status says that nobody was there.
        column headcount_max: Option<i32>;
        /// How the accepted number relates to the true one; null where no number is accepted:
        /// nothing is stated, sources contradict each other, or the accepted status says that
        /// nobody was there (`DECLINED`, `WITHDRAWN`, `NO_SHOW`, `NOT_SENT`). People who are
        /// counted nevertheless are a finding, `HEADS_WITHOUT_PRESENCE`.
        column headcount_comparator: Option<Comparator>;
        /// How many of its people are women, as the claim states whose number is accepted; null
        /// where it does not tell, or where sources that agree on the number contradict each other.
        column headcount_female: Option<i32>;
        /// How many of its people are men; null likewise.
        column headcount_male: Option<i32>;
        /// How many of its people are neither, or not known to be either; null likewise.
        column headcount_other_or_unknown: Option<i32>;
        /// Person-days: the accepted number of its people times the days of the batch, the first
        /// and the last of them included; of the parts in which it took part, where the batch has
        /// parts. The lower bound; null where the number has none, or the dates are not known to
        /// the day.
        column person_days_min: Option<i32>;
        /// Person-days: the upper bound; null where the number has none, or the dates are not known
        /// to the day.
        column person_days_max: Option<i32>;
        /// What its country says, through its focal points, of the accepted status and number of
        /// people; null where it says nothing. What it states are claims of a source of the kind
        /// `COUNTRY_STATEMENT`, and do not go before what the host says came of the invitation.
        column country_position: Option<CountryPosition>;
    } {
        /// What it is in the columns of the data file that TOSSD publishes; null where it is not of
        /// a country, is not known to have attended, or is of the country that provides.
        async fn tossd(&self, ctx: &Context<'_>) -> Nullable<TossdActivity> {
            nullable(TossdActivity::of(ctx, &self.0)).await
        }
    }
}
