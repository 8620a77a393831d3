//! How all that one source states of a batch is filed: a claim of each part, by the rules of
//! claims.

use std::collections::HashMap;

use entity::id::{DelegationId, PersonId, SourceId};
use entity::vocabulary::{ClaimProperty, ClaimRank, Comparator, CountBasis, CountScope, CountUnit};
use entity::{batch, claim, delegation, institution, person, regional_group, venue};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::party::Parties;
use super::{
    AmountClaimInput, CountryCountInput, DayClaimInput, DelegationClaimInput, FileClaimsInput,
    OrganiserClaimInput, ParticipantCountInput, TitleClaimInput, VenueClaimInput,
};
use crate::access::Authorizer;
use crate::db::Write;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::mutation::IdOf;
use crate::phrase::say;
use crate::provenance::claim::people::{People, PeopleBySexInput, parts_within};
use crate::provenance::claim::rules as claims;
use crate::provenance::source::source_for_claims;
use crate::rule::{check, made_key, unset};

/// The longest list of what a source states.
const LONGEST_LIST: usize = 300;

/// What is filed of one source about one batch.
pub(super) struct Filing<'a> {
    by: &'a Authorizer,
    batch: &'a batch::Model,
    source: SourceId,
    stated_by: Option<PersonId>,
    locator: Option<&'a String>,
    filed: Vec<Uuid>,
}

/// Whom a source quotes for a part, and where it stands, where that is another than for the rest.
type Where<'a> = (Option<IdOf<person::Entity>>, Option<&'a String>);

impl<'a> Filing<'a> {
    /// Nothing yet, of a source that speaks for the writer or for nobody here.
    pub(super) async fn begin(
        w: &mut Write,
        by: &'a Authorizer,
        batch: &'a batch::Model,
        input: &'a FileClaimsInput,
    ) -> Result<Self, WriteError> {
        let source = source_for_claims(w, by, input.source_id).await?;
        let stated_by = quoted(w, by, input.stated_by_id).await?;
        let locator = input.locator.as_ref();
        Ok(Self { by, batch, source: source.id, stated_by, locator, filed: Vec::new() })
    }

    /// Files all of it; what is refused names the part. The claims, in the order of the input.
    pub(super) async fn all(
        mut self,
        w: &mut Write,
        input: &FileClaimsInput,
    ) -> Result<Vec<Uuid>, WriteError> {
        if let Some(title) = &input.title {
            self.title(w, title).await.map_err(|error| error.within("title"))?;
        }
        let days = [
            ("starts_on", ClaimProperty::StartsOn, &input.starts_on),
            ("ends_on", ClaimProperty::EndsOn, &input.ends_on),
        ];
        for (field, property, day) in days {
            if let Some(day) = day {
                self.day(w, property, day).await.map_err(|error| error.within(field))?;
            }
        }
        for (place, venue) in listed("venues", input.venues.as_deref())? {
            let filed = self.venue(w, venue).await;
            filed.map_err(|error| error.within(place).within("venues"))?;
        }
        for (place, organiser) in listed("organisers", input.organisers.as_deref())? {
            let filed = self.organiser(w, organiser).await;
            filed.map_err(|error| error.within(place).within("organisers"))?;
        }
        for (place, count) in listed("participants", input.participants.as_deref())? {
            let filed = self.participants(w, count).await;
            filed.map_err(|error| error.within(place).within("participants"))?;
        }
        for (place, amount) in listed("amounts", input.amounts.as_deref())? {
            let filed = self.amount(w, amount).await;
            filed.map_err(|error| error.within(place).within("amounts"))?;
        }
        if let Some(count) = &input.country_count {
            self.countries(w, count).await.map_err(|error| error.within("country_count"))?;
        }
        if let Some(completeness) = input.completeness {
            let draft = claim::ActiveModel {
                property: Set(ClaimProperty::Countries),
                unit: Set(Some(CountUnit::Country)),
                basis: Set(Some(CountBasis::Named)),
                scope: Set(Some(CountScope::WholeBatch)),
                completeness: Set(Some(completeness)),
                ..unset()
            };
            self.file(w, draft, None, (None, None)).await?;
        }
        let delegations = listed("delegations", input.delegations.as_deref())?;
        let mut parties = Parties::read(w, self.by, self.batch).await?;
        let mut named: HashMap<DelegationId, usize> = HashMap::new();
        for (place, delegation) in delegations {
            let within = |error: WriteError| error.within(place).within("delegations");
            let party = parties.named(w, delegation).await.map_err(within)?;
            if let Some(before) = named.insert(party.id, place) {
                let message = say!(
                    "\"{key}\" is named at place {before} already, counted from 0",
                    key = &party.key,
                    before
                );
                let refusal = Refusal::new(RefusalCode::Duplicate, "delegation_id", message);
                return Err(within(refusal.into()));
            }
            self.delegation(w, &party, delegation).await.map_err(within)?;
        }
        if self.filed.is_empty() {
            let message = say!("nothing is given that the source states");
            return Err(Refusal::new(RefusalCode::Required, "delegations", message).into());
        }
        Ok(self.filed)
    }

    async fn title(&mut self, w: &mut Write, title: &TitleClaimInput) -> Result<(), WriteError> {
        let draft = claim::ActiveModel {
            property: Set(ClaimProperty::Title),
            text: Set(Some(title.text.clone())),
            language: Set(Some(title.language.clone())),
            ..unset()
        };
        self.file(w, draft, None, (title.stated_by_id, title.locator.as_ref())).await
    }

    async fn day(
        &mut self,
        w: &mut Write,
        property: ClaimProperty,
        day: &DayClaimInput,
    ) -> Result<(), WriteError> {
        let draft = claim::ActiveModel {
            property: Set(property),
            date: Set(Some(day.date.0)),
            precision: Set(Some(day.precision)),
            printed_weekday: Set(day.printed_weekday),
            basis: Set(day.basis),
            ..unset()
        };
        self.file(w, draft, None, (day.stated_by_id, day.locator.as_ref())).await
    }

    async fn venue(&mut self, w: &mut Write, place: &VenueClaimInput) -> Result<(), WriteError> {
        let id = place.venue_id.map(|id| id.0);
        let venue = self.by.find_optional::<venue::Entity>(w, "venue_id", id).await?;
        let draft = claim::ActiveModel {
            property: Set(ClaimProperty::Venue),
            venue_id: Set(venue.map(|row| row.id)),
            text: Set(place.as_printed.clone()),
            ..unset()
        };
        let filed = self.file(w, draft, None, (place.stated_by_id, place.locator.as_ref())).await;
        filed.map_err(|error| error.retold(as_printed))
    }

    async fn organiser(
        &mut self,
        w: &mut Write,
        organiser: &OrganiserClaimInput,
    ) -> Result<(), WriteError> {
        let (body, group) =
            (organiser.institution_id.map(|id| id.0), organiser.group_id.map(|id| id.0));
        let body = self.by.find_optional::<institution::Entity>(w, "institution_id", body).await?;
        let group =
            self.by.find_optional::<regional_group::Entity>(w, "regional_group_id", group).await?;
        let draft = claim::ActiveModel {
            property: Set(ClaimProperty::Organiser),
            institution_id: Set(body.map(|row| row.id)),
            regional_group_id: Set(group.map(|row| row.id)),
            text: Set(organiser.as_printed.clone()),
            ..unset()
        };
        let of_it = (organiser.stated_by_id, organiser.locator.as_ref());
        let filed = self.file(w, draft, None, of_it).await;
        filed.map_err(|error| error.retold(as_printed))
    }

    async fn participants(
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

    async fn amount(&mut self, w: &mut Write, stated: &AmountClaimInput) -> Result<(), WriteError> {
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

    async fn countries(
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

    async fn delegation(
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

    async fn file(
        &mut self,
        w: &mut Write,
        draft: claim::ActiveModel,
        party: Option<&delegation::Model>,
        (stated_by, locator): Where<'_>,
    ) -> Result<(), WriteError> {
        let stated_by = quoted(w, self.by, stated_by).await?.or(self.stated_by);
        let of = party.map_or(&self.batch.key, |party| &party.key);
        let stem = draft.property.try_as_ref().map(|property| claims::key_stem(of, *property));
        let stem = stem.ok_or(WriteError::Contract("a claim of no property"))?;
        let draft = claim::ActiveModel {
            key: Set(made_key(w, stem).await?),
            source_id: Set(self.source),
            batch_id: Set(self.batch.id),
            delegation_id: Set(party.map(|row| row.id)),
            stated_by_id: Set(stated_by),
            locator: Set(locator.or(self.locator).cloned()),
            rank: Set(ClaimRank::Normal),
            ..draft
        };
        self.filed.push(claims::enter_of(w, None, draft, party).await?.row.id.0);
        Ok(())
    }
}

/// Whom a source quotes.
async fn quoted(
    w: &Write,
    by: &Authorizer,
    id: Option<IdOf<person::Entity>>,
) -> Result<Option<PersonId>, WriteError> {
    let person = by.find_optional::<person::Entity>(w, "stated_by_id", id.map(|id| id.0)).await?;
    Ok(person.map(|row| row.id))
}

/// The parts of a list, each with its place; a list is not too long.
fn listed<'a, T>(
    field: &'static str,
    list: Option<&'a [T]>,
) -> Result<impl Iterator<Item = (usize, &'a T)>, Refusal> {
    let list = list.unwrap_or_default();
    check::at_most(field, list.len(), LONGEST_LIST)?;
    Ok(list.iter().enumerate())
}

/// A refusal in the words of the input, which calls the text of a claim what it is.
fn as_printed(refusal: Refusal) -> Refusal {
    match refusal.field {
        "text" => Refusal { field: "as_printed", ..refusal },
        _ => refusal,
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
