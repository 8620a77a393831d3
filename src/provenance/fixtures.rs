//! Rows for the tests of this area, built in memory.

use entity::id::{
    ActionPlanId, BatchId, ClaimId, CountryCode, DelegationId, InstitutionId, ProgrammeId,
    RegionalGroupId, SourceId, VenueId,
};
use entity::vocabulary::*;
use entity::{action_plan, batch, claim, delegation, source, venue};
use sea_orm::prelude::{Date, DateTimeUtc, Uuid};

use super::claim::accepted::{Stated, accepted_batch, accepted_delegation};
use super::finding::rules::{BatchFacts, Found, all};

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

pub(crate) fn code(text: &str) -> CountryCode {
    CountryCode(text.to_owned())
}

pub(crate) fn claim_id(n: usize) -> ClaimId {
    ClaimId(Uuid::from_u128(n as u128))
}

/// A batch with all that hangs from it. Sources are named by number; number 0 is the owner's
/// statement.
#[derive(Debug)]
pub(crate) struct BatchFixture {
    pub(crate) batch: batch::Model,
    pub(crate) today: Date,
    pub(crate) members: Option<Vec<CountryCode>>,
    pub(crate) delegations: Vec<delegation::Model>,
    pub(crate) sources: Vec<source::Model>,
    pub(crate) claims: Vec<claim::Model>,
    pub(crate) venues: Vec<venue::Model>,
    pub(crate) plans: Vec<action_plan::Model>,
}

impl BatchFixture {
    pub(crate) fn new() -> Self {
        let batch = batch::Model {
            id: BatchId(Uuid::from_u128(1)),
            key: "batch".to_owned(),
            version: 1,
            created_at: DateTimeUtc::UNIX_EPOCH,
            updated_at: DateTimeUtc::UNIX_EPOCH,
            owner_id: InstitutionId(Uuid::nil()),
            programme_id: ProgrammeId(Uuid::nil()),
            mode: DeliveryMode::Onsite,
            status: BatchStatus::Closed,
            sort_date: Date::MAX,
            ..batch::Model::default()
        };
        Self {
            batch,
            today: day("2026-06-01"),
            members: None,
            delegations: vec![],
            sources: (0..6).map(source).collect(),
            claims: vec![],
            venues: vec![],
            plans: vec![],
        }
    }

    pub(crate) fn published(&mut self, number: usize, date: &str) {
        self.sources[number].published_on = Some(day(date));
    }

    /// A claim of a source about the batch, with the next id; more is set on what is returned.
    pub(crate) fn claim(&mut self, number: usize, property: ClaimProperty) -> &mut claim::Model {
        let id = claim_id(self.claims.len() + 1);
        let source = self.sources[number].id;
        self.claims.push(blank_claim(id, source, self.batch.id, property));
        self.claims.last_mut().expect("just pushed")
    }

    pub(crate) fn title(&mut self, number: usize, text: &str, language: &str) -> &mut claim::Model {
        let claim = self.claim(number, ClaimProperty::Title);
        (claim.text, claim.language) = (Some(text.to_owned()), Some(language.to_owned()));
        claim
    }

    pub(crate) fn date(
        &mut self,
        number: usize,
        property: ClaimProperty,
        date: &str,
    ) -> &mut claim::Model {
        let claim = self.claim(number, property);
        claim.date = Some(day(date));
        claim
    }

    /// An exact number of the whole batch, reported.
    pub(crate) fn count(
        &mut self,
        number: usize,
        property: ClaimProperty,
        counted: i32,
        unit: CountUnit,
    ) -> &mut claim::Model {
        let claim = self.claim(number, property);
        (claim.number_min, claim.number_max) = (Some(counted), Some(counted));
        (claim.comparator, claim.unit) = (Some(Comparator::Exact), Some(unit));
        (claim.basis, claim.scope) = (Some(CountBasis::Reported), Some(CountScope::WholeBatch));
        claim
    }

    pub(crate) fn people(&mut self, number: usize, counted: i32) -> &mut claim::Model {
        self.count(number, ClaimProperty::Participants, counted, CountUnit::Person)
    }

    pub(crate) fn list(&mut self, number: usize, completeness: Completeness) -> &mut claim::Model {
        let claim = self.claim(number, ClaimProperty::Countries);
        (claim.unit, claim.basis) = (Some(CountUnit::Country), Some(CountBasis::Named));
        (claim.scope, claim.completeness) = (Some(CountScope::WholeBatch), Some(completeness));
        claim
    }

    pub(crate) fn venue(&mut self, kind: VenueKind, name: &str, city: Option<&str>) -> VenueId {
        let id = VenueId(Uuid::from_u128(500 + self.venues.len() as u128));
        self.venues.push(venue::Model {
            id,
            key: name.to_owned(),
            kind,
            name: name.to_owned(),
            city: city.map(str::to_owned),
            country_code: Some(code("ID")),
            ..Default::default()
        });
        id
    }

    pub(crate) fn held_at(&mut self, number: usize, venue: VenueId) -> &mut claim::Model {
        let claim = self.claim(number, ClaimProperty::Venue);
        claim.venue_id = Some(venue);
        claim
    }

    pub(crate) fn institution(&mut self, number: usize, institution: u128) -> &mut claim::Model {
        let claim = self.claim(number, ClaimProperty::Organiser);
        claim.institution_id = Some(InstitutionId(Uuid::from_u128(institution)));
        claim
    }

    pub(crate) fn group(&mut self, number: usize, group: u128) -> &mut claim::Model {
        let claim = self.claim(number, ClaimProperty::Organiser);
        claim.regional_group_id = Some(RegionalGroupId(Uuid::from_u128(group)));
        claim
    }

    /// The delegation of a country (two capitals) or of an institution (any other name): made where
    /// there is none yet.
    pub(crate) fn delegation(&mut self, of: &str) -> DelegationId {
        if let Some(delegation) = self.delegations.iter().find(|d| d.key == of) {
            return delegation.id;
        }
        let is_country = of.len() == 2;
        let id = DelegationId(Uuid::from_u128(100 + self.delegations.len() as u128));
        self.delegations.push(delegation::Model {
            id,
            key: of.to_owned(),
            version: 1,
            created_at: DateTimeUtc::UNIX_EPOCH,
            updated_at: DateTimeUtc::UNIX_EPOCH,
            batch_id: self.batch.id,
            represents: if is_country {
                Representation::Country
            } else {
                Representation::Institution
            },
            country_code: is_country.then(|| code(of)),
            institution_id: (!is_country).then(|| InstitutionId(Uuid::nil())),
            sort_date: Date::MAX,
            ..delegation::Model::default()
        });
        id
    }

    pub(crate) fn attendance(
        &mut self,
        number: usize,
        of: &str,
        status: DelegationStatus,
    ) -> &mut claim::Model {
        let delegation = self.delegation(of);
        let claim = self.claim(number, ClaimProperty::Attendance);
        (claim.delegation_id, claim.status) = (Some(delegation), Some(status));
        claim
    }

    pub(crate) fn attendances(&mut self, number: usize, of: &[&str], status: DelegationStatus) {
        for of in of {
            self.attendance(number, of, status);
        }
    }

    pub(crate) fn headcount(&mut self, number: usize, of: &str, counted: i32) -> &mut claim::Model {
        let delegation = self.delegation(of);
        let claim = self.count(number, ClaimProperty::Headcount, counted, CountUnit::Person);
        (claim.delegation_id, claim.scope) = (Some(delegation), Some(CountScope::PerCountry));
        claim
    }

    pub(crate) fn plan(
        &mut self,
        of: &str,
        status: ActionPlanStatus,
        due_on: Option<&str>,
    ) -> ActionPlanId {
        let delegation_id = self.delegation(of);
        let id = ActionPlanId(Uuid::from_u128(900 + self.plans.len() as u128));
        self.plans.push(action_plan::Model {
            id,
            key: String::new(),
            version: 1,
            created_at: DateTimeUtc::UNIX_EPOCH,
            updated_at: DateTimeUtc::UNIX_EPOCH,
            delegation_id,
            status,
            title: None,
            due_on: due_on.map(day),
            submitted_on: None,
            sort_date: Date::MAX,
        });
        id
    }

    pub(crate) fn members(&mut self, codes: &[&str]) {
        self.members = Some(codes.iter().map(|c| code(c)).collect());
    }

    pub(crate) fn stated(&self) -> Vec<Stated<'_>> {
        let source = |claim: &claim::Model| {
            self.sources
                .iter()
                .find(|source| source.id == claim.source_id)
                .expect("a source of the register")
        };
        self.claims
            .iter()
            .map(|claim| Stated { claim, source: source(claim), owner: self.batch.owner_id })
            .collect()
    }

    /// Sets the accepted columns as the writing transaction does.
    pub(crate) fn accept(&mut self) {
        let accepted = accepted_batch(&self.stated());
        let delegations: Vec<_> =
            self.delegations.iter().map(|d| accepted_delegation(&self.stated(), d.id)).collect();
        let batch = &mut self.batch;
        (batch.title, batch.title_language) =
            accepted.title.map_or((None, None), |(t, l)| (Some(t), l));
        (batch.starts_on, batch.starts_precision) = accepted.starts_on.unzip();
        (batch.ends_on, batch.ends_precision) = accepted.ends_on.unzip();
        batch.participants_min = accepted.participants.and_then(|count| count.min);
        batch.participants_max = accepted.participants.and_then(|count| count.max);
        batch.participants_comparator = accepted.participants.map(|count| count.comparator);
        for (delegation, accepted) in self.delegations.iter_mut().zip(delegations) {
            delegation.status = accepted.status;
            delegation.headcount_min = accepted.headcount.and_then(|count| count.min);
            delegation.headcount_max = accepted.headcount.and_then(|count| count.max);
            delegation.headcount_comparator = accepted.headcount.map(|count| count.comparator);
        }
    }

    /// What a rule, or [`all`] of them, makes of the register once the values are accepted.
    pub(crate) fn evaluate<T>(&mut self, rule: impl FnOnce(&BatchFacts<'_>) -> T) -> T {
        self.accept();
        let statements = self.stated();
        rule(&BatchFacts {
            batch: &self.batch,
            today: self.today,
            members: self.members.clone(),
            delegations: &self.delegations,
            statements: &statements,
            venues: &self.venues,
            plans: &self.plans,
        })
    }

    pub(crate) fn findings(&mut self) -> Vec<Found> {
        self.evaluate(all)
    }

    /// The findings that call for something to be done, as rule and property.
    pub(crate) fn warnings(&mut self) -> Vec<(FindingRule, Option<ClaimProperty>)> {
        let grave = self.findings().into_iter().filter(|f| f.severity >= Severity::Warning);
        grave.map(|f| (f.rule, f.property)).collect()
    }
}

fn source(number: usize) -> source::Model {
    source::Model {
        id: SourceId(Uuid::from_u128(10 + number as u128)),
        key: format!("source-{number}"),
        kind: if number == 0 { SourceKind::OwnerStatement } else { SourceKind::NewsReport },
        language: "id".to_owned(),
        publisher_id: (number == 0).then_some(InstitutionId(Uuid::nil())),
        ..Default::default()
    }
}

fn blank_claim(
    id: ClaimId,
    source_id: SourceId,
    batch_id: BatchId,
    property: ClaimProperty,
) -> claim::Model {
    claim::Model {
        id,
        key: id.to_string(),
        version: 1,
        created_at: DateTimeUtc::UNIX_EPOCH,
        updated_at: DateTimeUtc::UNIX_EPOCH,
        source_id,
        batch_id,
        property,
        rank: ClaimRank::Normal,
        ..claim::Model::default()
    }
}
