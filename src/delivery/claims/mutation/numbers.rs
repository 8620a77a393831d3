//! What a source counts: people, countries and amounts, and of each delegation where it stands and
//! how many people it had.

use entity::vocabulary::{ClaimProperty, Comparator, CountScope, CountUnit};
use entity::{claim, delegation};
use sea_orm::ActiveValue::Set;

use super::file::{Filing, as_printed};
use super::{AmountClaimInput, CountryCountInput, DelegationClaimInput, ParticipantCountInput};
use crate::db::Write;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::say;
use crate::provenance::claim::people::{People, PeopleBySexInput, parts_within};
use crate::rule::unset;

impl Filing<'_> {
    pub(super) async fn participants(
        &mut self,
        w: &mut Write,
        count: &ParticipantCountInput,
    ) -> Result<(), WriteError> {
        let (min, max) =
            bounds(count.comparator, count.number, (count.number_min, count.number_max));
        let by_sex = count.by_sex.as_ref().map(PeopleBySexInput::stated).unwrap_or_default();
        let draft = claim::ActiveModel {
            property: Set(ClaimProperty::Participants),
            number_min: Set(min),
            number_max: Set(max),
            comparator: Set(Some(count.comparator)),
            unit: Set(Some(count.unit)),
            basis: Set(Some(count.basis)),
            scope: Set(Some(count.scope)),
            category: Set(count.category),
            ..by_sex.as_claim()
        };
        let filed = self.file(w, draft, None, (count.stated_by_id, count.locator.as_ref())).await;
        filed.map_err(|error| {
            error
                .retold(|refusal| parts_within(refusal, "by_sex"))
                .retold(|refusal| as_number(refusal, count.number))
        })
    }

    pub(super) async fn amount(
        &mut self,
        w: &mut Write,
        stated: &AmountClaimInput,
    ) -> Result<(), WriteError> {
        let draft = claim::ActiveModel {
            property: Set(ClaimProperty::Amount),
            amount: Set(Some(stated.amount)),
            currency: Set(Some(stated.currency.clone())),
            cost_kind: Set(Some(stated.cost_kind)),
            basis: Set(Some(stated.basis)),
            in_kind: Set(stated.in_kind),
            text: Set(stated.as_printed.clone()),
            ..unset()
        };
        let of_it = (stated.stated_by_id, stated.locator.as_ref());
        let filed = self.file(w, draft, None, of_it).await;
        filed.map_err(|error| error.retold(as_printed))
    }

    pub(super) async fn countries(
        &mut self,
        w: &mut Write,
        count: &CountryCountInput,
    ) -> Result<(), WriteError> {
        let (min, max) =
            bounds(count.comparator, count.number, (count.number_min, count.number_max));
        let draft = claim::ActiveModel {
            property: Set(ClaimProperty::Countries),
            number_min: Set(min),
            number_max: Set(max),
            comparator: Set(Some(count.comparator)),
            unit: Set(Some(CountUnit::Country)),
            basis: Set(Some(count.basis)),
            scope: Set(Some(count.scope)),
            ..unset()
        };
        let filed = self.file(w, draft, None, (count.stated_by_id, count.locator.as_ref())).await;
        filed.map_err(|error| error.retold(|refusal| as_number(refusal, count.number)))
    }

    pub(super) async fn delegation(
        &mut self,
        w: &mut Write,
        party: &delegation::Model,
        stated: &DelegationClaimInput,
    ) -> Result<(), WriteError> {
        let sexes = stated.headcount_by_sex.as_ref();
        let people = People::given("headcount", stated.headcount, sexes)?;
        if stated.status.is_none() && people.is_none() {
            let message =
                say!("neither a status nor a headcount is given of \"{key}\"", key = &party.key);
            return Err(Refusal::new(RefusalCode::Required, "status", message).into());
        }
        let of_it = (stated.stated_by_id, stated.locator.as_ref());
        if let Some(status) = stated.status {
            let draft = claim::ActiveModel {
                property: Set(ClaimProperty::Attendance),
                status: Set(Some(status)),
                text: Set(stated.as_printed.clone()),
                ..unset()
            };
            let filed = self.file(w, draft, Some(party), of_it).await;
            filed.map_err(|error| error.retold(as_printed))?;
        }
        if let Some(People { number, by_sex }) = people {
            let (min, max) = bounds(stated.headcount_comparator, Some(number), (None, None));
            let draft = claim::ActiveModel {
                property: Set(ClaimProperty::Headcount),
                number_min: Set(min),
                number_max: Set(max),
                comparator: Set(Some(stated.headcount_comparator)),
                unit: Set(Some(CountUnit::Person)),
                basis: Set(Some(stated.headcount_basis)),
                scope: Set(Some(CountScope::PerCountry)),
                text: Set(stated.as_printed.clone()),
                ..by_sex.as_claim()
            };
            let filed = self.file(w, draft, Some(party), of_it).await;
            filed.map_err(|error| {
                error.retold(|refusal| match refusal.field {
                    "number_min" | "number_max" => Refusal { field: "headcount", ..refusal },
                    "comparator" => Refusal { field: "headcount_comparator", ..refusal },
                    _ => parts_within(as_printed(refusal), "headcount_by_sex"),
                })
            })?;
        }
        Ok(())
    }
}

/// A refusal in the words of the input, which has one number for both bounds.
fn as_number(refusal: Refusal, number: Option<i32>) -> Refusal {
    match refusal.field {
        "number_min" | "number_max" if number.is_some() => Refusal { field: "number", ..refusal },
        _ => refusal,
    }
}

/// The bounds of a number: those that are given or, where one number is, what the comparator makes
/// of it.
fn bounds(
    comparator: Comparator,
    number: Option<i32>,
    (min, max): (Option<i32>, Option<i32>),
) -> (Option<i32>, Option<i32>) {
    let (lower, upper) = match comparator {
        Comparator::AtLeast => (number, None),
        Comparator::AtMost => (None, number),
        _ => (number, number),
    };
    (min.or(lower), max.or(upper))
}
