//! What a claim shows.

use async_graphql::{Context, Result};
use entity::finding_claim;
use entity::vocabulary::{
    ClaimProperty, ClaimRank, Comparator, Completeness, CostKind, CountBasis, CountScope,
    CountUnit, DatePrecision, DelegationCategory, DelegationStatus, RankReason,
};

use super::query::ClaimOrder;
use super::{ClaimFilter, words};
use crate::delivery::batch::Batch;
use crate::delivery::delegation::Delegation;
use crate::delivery::venue::Venue;
use crate::engine::object::object;
use crate::graphql::context::RequestContext;
use crate::graphql::edge::Edge;
use crate::graphql::language::Language;
use crate::graphql::scalars::Date;
use crate::network::institution::Institution;
use crate::network::regional_group::RegionalGroup;
use crate::people::person::Person;
use crate::provenance::finding::Finding;
use crate::provenance::source::Source;

object! {
    /// What a source states about a batch or a delegation, whether it is right or wrong. The value
    /// stands in the fields that its property uses; the others are null.
    Claim of claim, chosen by ClaimFilter, ordered by ClaimOrder {
        /// The delegation that it is about; null where it is about the batch.
        maybe delegation: Delegation by delegation_id;

        /// The source that states it.
        one source: Source by source_id;

        /// The batch that it is about, or the batch of the delegation.
        one batch: Batch by batch_id;

        /// Of `VENUE`: the place.
        maybe venue: Venue by venue_id;

        /// Of `ORGANISER`: the institution, where it is one.
        maybe institution: Institution by institution_id;

        /// Of `ORGANISER`: the group of countries, where it is one.
        maybe group: RegionalGroup by regional_group_id;

        /// Whom the source quotes for it; null where it quotes nobody, or the person is not public.
        maybe stated_by: Person by stated_by_id;

        /// The findings that rest on it.
        list findings: Finding
            => Edge::through::<finding_claim::Entity>(
                finding_claim::Column::ClaimId,
                finding_claim::Column::FindingId,
            );

        /// The property that it is about.
        column property: ClaimProperty;
        /// Of `TITLE`, `VENUE` and `ORGANISER`: the title or name as printed; of `ATTENDANCE` and
        /// `HEADCOUNT`: the name of the country or institution as printed; of `AMOUNT`: what is
        /// paid for, as printed.
        column text: Option<&str>;
        /// Of `TITLE`: the language of the title (BCP 47).
        column language: Option<&str>;
        /// Of `STARTS_ON` and `ENDS_ON`: the day. Where only month or year is stated, the first day
        /// of the period of a start and the last day of that of an end.
        column date: Option<Date>;
        /// How exactly the date is stated; null where there is none, or it is stated to the day.
        column precision: Option<DatePrecision>;
        /// The weekday that the source prints with the date, right or wrong (ISO 8601): 1 Monday …
        /// 7 Sunday; null where it prints none.
        column printed_weekday: Option<i32>;
        /// Of counts: the least number that is stated, in `unit`; null where there is no lower
        /// bound.
        column number_min: Option<i32>;
        /// Of counts: the greatest number that is stated, in `unit`; null where there is no upper
        /// bound.
        column number_max: Option<i32>;
        /// Of counts: how the stated number relates to the true one.
        column comparator: Option<Comparator>;
        /// Of counts: what is counted.
        column unit: Option<CountUnit>;
        /// Of counts and amounts: what the number rests on. Of dates: `INFERRED` where the date is
        /// not printed whole.
        column basis: Option<CountBasis>;
        /// Of counts: what the number covers.
        column scope: Option<CountScope>;
        /// Of `COUNTRIES` with the basis `NAMED`: whether the source's list, its `ATTENDANCE`
        /// claims, names every country.
        column completeness: Option<Completeness>;
        /// Of `ATTENDANCE`: the status of the delegation.
        column status: Option<DelegationStatus>;
        /// Of `PARTICIPANTS`: of which category of delegations the people are that are counted;
        /// null where those of all are.
        column category: Option<DelegationCategory>;
        /// Of `PARTICIPANTS` and `HEADCOUNT`: how many of the people are women; null where that is
        /// not told.
        column female: Option<i32>;
        /// How many of the people are men; null where that is not told.
        column male: Option<i32>;
        /// How many of the people are neither, or not known to be either; null where that is not
        /// told.
        column other_or_unknown: Option<i32>;
        /// Of `AMOUNT`: the amount, in `currency`, whole units with their decimals.
        column amount: Option<f64>;
        /// Of `AMOUNT`: the currency (ISO 4217).
        column currency: Option<&str>;
        /// Of `AMOUNT`: for what it is spent.
        column cost_kind: Option<CostKind>;
        /// Of `AMOUNT`: whether it is the worth of goods and services that are given instead of
        /// money; null where that is not told.
        column in_kind: Option<bool>;
        /// Where in the source: "paragraph 4"; null where that is not recorded.
        column locator: Option<&str>;
        /// How much weight a curator gives it.
        column rank: ClaimRank;
        /// Why it is deprecated; null where it is not.
        column rank_reason: Option<RankReason>;
    } {
        /// What is stated, in a few words: "22 persons", "about 100 persons per day", "2017-08-09",
        /// "ATTENDED"; a title, venue or organiser as printed. In a language: the one asked for,
        /// else that of the request, else English.
        async fn value(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The language.")] language: Option<Language>,
        ) -> Result<String> {
            let languages = ctx.languages(language);
            let name = match words::unprinted(&self.0) {
                Some(record) => words::name(ctx, record, &languages).await?,
                None => None,
            };
            Ok(words::value(&self.0, name.as_deref()).translate(languages.of_phrases()))
        }
    }
}
