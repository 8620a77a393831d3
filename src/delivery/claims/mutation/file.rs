//! How all that one source states of a batch is filed: a claim of each part, by the rules of
//! claims.

use std::borrow::Cow;
use std::collections::HashMap;

use entity::id::{DelegationId, PersonId, SourceId};
use entity::vocabulary::{
    ClaimProperty, ClaimRank, Comparator, Completeness, CountBasis, CountScope, CountUnit,
    DelegationStatus,
};
use entity::{batch, claim, delegation, institution, person, regional_group, venue};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::party::Parties;
use super::{
    DayClaimInput, DelegationClaimInput, FileClaimsInput, OrganiserClaimInput, TitleClaimInput,
    VenueClaimInput,
};
use crate::access::Authorizer;
use crate::db::Write;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::graphql::scalars::CountryCode;
use crate::mutation::IdOf;
use crate::phrase::say;
use crate::provenance::claim::rules as claims;
use crate::provenance::source::{document, source_for_claims};
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
    /// What the source is known to state of the batch.
    stated: Vec<claim::Model>,
    filed: Vec<Uuid>,
}

/// Whom a source quotes for a part, and where it stands, where that is another than for the rest.
pub(super) type Where<'a> = (Option<IdOf<person::Entity>>, Option<&'a String>);

impl<'a> Filing<'a> {
    /// Nothing yet, of a source that speaks for the writer or for nobody here.
    pub(super) async fn begin(
        w: &mut Write,
        by: &'a Authorizer,
        batch: &'a batch::Model,
        input: &'a FileClaimsInput,
    ) -> Result<Self, WriteError> {
        let source = match (input.source_id, &input.new_source) {
            (Some(id), None) => source_for_claims(w, by, id).await?.id,
            (None, Some(new)) => {
                document(w, by, new).await.map_err(|error| error.within("new_source"))?.id
            }
            (None, None) => {
                let message = say!("neither a source nor a new one is given");
                return Err(Refusal::new(RefusalCode::Required, "source_id", message).into());
            }
            (Some(_), Some(_)) => {
                let message = say!("a source that the register has and a new one are both given");
                return Err(check::invalid("new_source", message).into());
            }
        };
        let stated = claims::of_source(w, source, batch.id).await?;
        let stated_by = quoted(w, by, input.stated_by_id).await?;
        let locator = input.locator.as_ref();
        Ok(Self { by, batch, source, stated_by, locator, stated, filed: Vec::new() })
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
        for (place, count) in listed("country_counts", input.country_counts.as_deref())? {
            let filed = self.countries(w, count).await;
            filed.map_err(|error| error.within(place).within("country_counts"))?;
        }
        let mut parties = Parties::read(w, self.by, self.batch).await?;
        if let Some(completeness) = input.completeness {
            if completeness == Completeness::Exhaustive && parties.is_empty() {
                names_some(input)?;
            }
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
        let mut named: HashMap<DelegationId, (&str, usize)> = HashMap::new();
        let attended = listed("attended", input.attended.as_deref())?
            .map(|(place, country)| ("attended", place, Cow::Owned(present(country))));
        let delegations = listed("delegations", input.delegations.as_deref())?
            .map(|(place, party)| ("delegations", place, Cow::Borrowed(party)));
        for (list, place, delegation) in attended.chain(delegations) {
            let within = |error: WriteError| error.within(place).within(list);
            let party = parties.named(w, &delegation).await.map_err(within)?;
            if let Some((before, at)) = named.insert(party.id, (list, place)) {
                let message = say!(
                    "\"{key}\" is named at place {at} of {list} already, counted from 0",
                    key = &party.key,
                    at,
                    list = before
                );
                let refusal = Refusal::new(RefusalCode::Duplicate, "delegation_id", message);
                return Err(within(refusal.into()));
            }
            self.delegation(w, &party, &delegation).await.map_err(within)?;
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

    pub(super) async fn file(
        &mut self,
        w: &mut Write,
        draft: claim::ActiveModel,
        party: Option<&delegation::Model>,
        (stated_by, locator): Where<'_>,
    ) -> Result<(), WriteError> {
        let stated_by = quoted(w, self.by, stated_by).await?.or(self.stated_by);
        let draft = claim::ActiveModel {
            delegation_id: Set(party.map(|row| row.id)),
            stated_by_id: Set(stated_by),
            locator: Set(locator.or(self.locator).cloned()),
            ..draft
        };
        if let Some(same) = claims::same(&self.stated, &draft) {
            self.filed.push(same.id.0);
            return Ok(());
        }
        let of = party.map_or(&self.batch.key, |party| &party.key);
        let stem = draft.property.try_as_ref().map(|property| claims::key_stem(of, *property));
        let stem = stem.ok_or(WriteError::Contract("a claim of no property"))?;
        let draft = claim::ActiveModel {
            key: Set(made_key(w, stem).await?),
            source_id: Set(self.source),
            batch_id: Set(self.batch.id),
            rank: Set(ClaimRank::Normal),
            ..draft
        };
        self.filed.push(claims::enter_of(w, None, draft, party).await?.row.id.0);
        Ok(())
    }
}

/// Of a batch without delegations a source names some, if it names all.
fn names_some(input: &FileClaimsInput) -> Result<(), Refusal> {
    let is_empty = |length: Option<usize>| length.unwrap_or_default() == 0;
    if is_empty(input.attended.as_ref().map(Vec::len))
        && is_empty(input.delegations.as_ref().map(Vec::len))
    {
        let message = say!("EXHAUSTIVE is said of a list of countries, and the source names none");
        return Err(Refusal::new(RefusalCode::Required, "completeness", message));
    }
    Ok(())
}

/// A delegation of which nothing but its presence is stated.
fn present(country: &CountryCode) -> DelegationClaimInput {
    DelegationClaimInput {
        delegation_id: None,
        country: Some(country.clone()),
        institution_id: None,
        group_id: None,
        label: None,
        status: Some(DelegationStatus::Attended),
        headcount: None,
        headcount_by_sex: None,
        headcount_comparator: Comparator::Exact,
        headcount_basis: CountBasis::Reported,
        as_printed: None,
        stated_by_id: None,
        locator: None,
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
pub(super) fn as_printed(refusal: Refusal) -> Refusal {
    match refusal.field {
        "text" => Refusal { field: "as_printed", ..refusal },
        _ => refusal,
    }
}
