//! What an institution enters for its own record is a claim like any other: its source is the
//! institution's statement, and its newer statement supersedes its older one. Whoever the policy
//! lets speak for the owner, such as the sender of a delegation that declines, speaks through the
//! owner's statement; the log has who it was. In the same way a country states something of its
//! delegations, through its focal points.

use std::collections::HashSet;

use chrono::NaiveDate;
use entity::id::{CountryCode, DelegationId, InstitutionId, SourceId};
use entity::vocabulary::{
    ClaimProperty, ClaimRank, Comparator, CountBasis, CountScope, CountUnit, DatePrecision,
    DelegationStatus, SourceKind,
};
use entity::{batch, claim, delegation, institution, source};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};

use super::claim::people::People;
use super::claim::rules as claims;
use super::claim::stated::{Slot, slot};
use super::source::rules as sources;
use crate::db::{Put, Write};
use crate::error::{Refusal, WriteError};
use crate::rule::{Stem, look_up_keys, made_key, row_of, same, tidied, unset};

/// What the owner of a batch states of it, or of one of its delegations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// The title, and its language.
    Title(String, String),
    /// The first day, and how exactly it is known.
    Starts(NaiveDate, DatePrecision),
    /// The last day, and how exactly it is known.
    Ends(NaiveDate, DatePrecision),
    /// How many people took part in the whole batch.
    Participants(People),
    /// Where a delegation stands.
    Status(DelegationId, DelegationStatus),
    /// How many people a delegation had.
    Headcount(DelegationId, People),
}

impl Statement {
    /// Which question it answers.
    fn slot(&self) -> Slot {
        let people = |scope| (Some(CountUnit::Person), Some(CountBasis::Reported), Some(scope));
        let (of, property, (unit, basis, scope)) = match self {
            Self::Title(..) => (None, ClaimProperty::Title, (None, None, None)),
            Self::Starts(..) => (None, ClaimProperty::StartsOn, (None, None, None)),
            Self::Ends(..) => (None, ClaimProperty::EndsOn, (None, None, None)),
            Self::Participants(_) => {
                (None, ClaimProperty::Participants, people(CountScope::WholeBatch))
            }
            Self::Status(of, _) => (Some(*of), ClaimProperty::Attendance, (None, None, None)),
            Self::Headcount(of, _) => {
                (Some(*of), ClaimProperty::Headcount, people(CountScope::PerCountry))
            }
        };
        (of, property, unit, basis, scope, None)
    }

    /// How inputs call what is stated.
    fn name(&self) -> &'static str {
        match self {
            Self::Title(..) => "title",
            Self::Starts(..) => "starts_on",
            Self::Ends(..) => "ends_on",
            Self::Participants(_) => "participants",
            Self::Status(..) => "status",
            Self::Headcount(..) => "headcount",
        }
    }

    /// Of which property it is.
    fn property(&self) -> ClaimProperty {
        match self {
            Self::Title(..) => ClaimProperty::Title,
            Self::Starts(..) => ClaimProperty::StartsOn,
            Self::Ends(..) => ClaimProperty::EndsOn,
            Self::Participants(_) => ClaimProperty::Participants,
            Self::Status(..) => ClaimProperty::Attendance,
            Self::Headcount(..) => ClaimProperty::Headcount,
        }
    }

    /// What is stated, as a claim.
    fn claim(self) -> Result<claim::ActiveModel, Refusal> {
        let property = self.property();
        let of = |delegation| claim::ActiveModel {
            property: Set(property),
            delegation_id: Set(delegation),
            ..unset()
        };
        let count = |delegation, scope, People { number, by_sex }: People| {
            let told = |part| if by_sex.is_given() { Set(part) } else { NotSet };
            claim::ActiveModel {
                number_min: Set(Some(number)),
                number_max: Set(Some(number)),
                female: told(by_sex.female),
                male: told(by_sex.male),
                other_or_unknown: told(by_sex.other_or_unknown),
                comparator: Set(Some(Comparator::Exact)),
                unit: Set(Some(CountUnit::Person)),
                basis: Set(Some(CountBasis::Reported)),
                scope: Set(Some(scope)),
                ..of(delegation)
            }
        };
        let day = |date, precision| claim::ActiveModel {
            date: Set(Some(date)),
            precision: Set(Some(precision)),
            ..of(None)
        };
        Ok(match self {
            Self::Title(text, language) => claim::ActiveModel {
                text: Set(Some(tidied(&text, "text")?)),
                language: Set(Some(language)),
                ..of(None)
            },
            Self::Starts(date, precision) | Self::Ends(date, precision) => day(date, precision),
            Self::Participants(number) => count(None, CountScope::WholeBatch, number),
            Self::Status(delegation, status) => {
                claim::ActiveModel { status: Set(Some(status)), ..of(Some(delegation)) }
            }
            Self::Headcount(delegation, number) => {
                count(Some(delegation), CountScope::PerCountry, number)
            }
        })
    }
}

/// Whoever states something in its own name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Speaker<'a> {
    /// The owner of a batch.
    Owner(InstitutionId),
    /// The country of a delegation.
    Country(&'a CountryCode),
}

impl Speaker<'_> {
    /// The source by which it speaks, where it has spoken before.
    async fn known_source(self, w: &Write) -> Result<Option<SourceId>, WriteError> {
        match self {
            Self::Owner(owner) => Ok(w.owner_statement_source(owner).await?),
            Self::Country(country) => {
                let statement = source::Entity::find()
                    .select_only()
                    .column(source::Column::Id)
                    .filter(source::Column::CountryCode.eq(country.clone()));
                Ok(statement.into_tuple().one(w.read()).await?)
            }
        }
    }

    /// The source by which it speaks; entered when it states something for the first time.
    async fn source(self, w: &mut Write) -> Result<SourceId, WriteError> {
        if let Some(id) = self.known_source(w).await? {
            return Ok(id);
        }
        // Two who come first at once would make two.
        w.lock_register().await?;
        if let Some(id) = self.known_source(w).await? {
            return Ok(id);
        }
        let (name, of) = match self {
            Self::Owner(owner) => {
                let body = row_of::<institution::Entity>(w, "owner_id", owner).await?;
                let draft = source::ActiveModel {
                    kind: Set(SourceKind::OwnerStatement),
                    publisher_id: Set(Some(owner)),
                    ..unset()
                };
                (body.key, draft)
            }
            Self::Country(country) => {
                let draft = source::ActiveModel {
                    kind: Set(SourceKind::CountryStatement),
                    country_code: Set(Some(country.clone())),
                    ..unset()
                };
                (country.0.clone(), draft)
            }
        };
        let stem = Stem::<source::Entity>::of("statement-of", &name.to_lowercase());
        let draft = source::ActiveModel {
            key: Set(made_key(w, stem).await?),
            title: Set(format!("Statement of {name}")),
            language: Set("en".to_owned()),
            ..of
        };
        Ok(sources::enter(w, None, draft).await?.row.id)
    }
}

/// What somebody states of a batch, or of one of its delegations, at present: the newest statement
/// in each slot that is not deprecated.
pub(crate) async fn current(
    w: &Write,
    speaker: Speaker<'_>,
    batch: &batch::Model,
    party: Option<&delegation::Model>,
) -> Result<Vec<claim::Model>, WriteError> {
    let Some(source) = speaker.known_source(w).await? else {
        return Ok(Vec::new());
    };
    let of = match party {
        Some(party) => claim::Column::DelegationId.eq(party.id),
        None => claim::Column::BatchId.eq(batch.id).and(claim::Column::DelegationId.is_null()),
    };
    let mut said = claim::Entity::find()
        .filter(of)
        .filter(claim::Column::SourceId.eq(source))
        .filter(claim::Column::Rank.ne(ClaimRank::Deprecated))
        .order_by_desc(claim::Column::Id)
        .all(w.read())
        .await?;
    let mut answered = HashSet::new();
    said.retain(|claim| answered.insert(slot(claim)));
    Ok(said)
}

/// States something of a batch, or of one of its delegations, in the name of its owner. What the
/// owner states already is not stated again. What is refused is told in the words of inputs, not in
/// those of claims.
pub async fn state(
    w: &mut Write,
    batch: &batch::Model,
    party: Option<&delegation::Model>,
    statements: impl IntoIterator<Item = Statement>,
) -> Result<Vec<Put<claim::Model>>, WriteError> {
    let statements: Vec<Statement> = statements.into_iter().collect();
    if statements.is_empty() {
        return Ok(Vec::new());
    }
    let speaker = Speaker::Owner(batch.owner_id);
    let said = current(w, speaker, batch, party).await?;
    state_over(w, speaker, batch, party, &said, statements).await
}

/// States something in the name of whoever speaks, where what it states at present has been read
/// already.
pub(crate) async fn state_over(
    w: &mut Write,
    speaker: Speaker<'_>,
    batch: &batch::Model,
    party: Option<&delegation::Model>,
    said: &[claim::Model],
    statements: impl IntoIterator<Item = Statement>,
) -> Result<Vec<Put<claim::Model>>, WriteError> {
    let mut puts = Vec::new();
    let statements: Vec<Statement> = statements.into_iter().collect();
    let source = speaker.source(w).await?;
    let of = party.map_or(&batch.key, |party| &party.key);
    let stem = |statement: &Statement| claims::key_stem(of, statement.property());
    look_up_keys(w, &statements.iter().map(stem).collect::<Vec<_>>()).await?;
    for statement in statements {
        let (name, answers) = (statement.name(), statement.slot());
        let property = statement.property();
        let told = |refusal: Refusal| match refusal.field {
            "text" | "language" => refusal.within(name),
            "female" | "male" | "other_or_unknown" => refusal.within(match property {
                ClaimProperty::Participants => "participants_by_sex",
                _ => "headcount_by_sex",
            }),
            _ => Refusal { field: name, ..refusal },
        };
        let stem = stem(&statement);
        let claim = statement.claim().map_err(told)?;
        if let Some(said) = said.iter().find(|said| slot(said) == answers)
            && same::<claim::Entity>(said, &claim)
        {
            continue;
        }
        let draft = claim::ActiveModel {
            key: Set(made_key(w, stem).await?),
            source_id: Set(source),
            batch_id: Set(batch.id),
            rank: Set(ClaimRank::Normal),
            ..claim
        };
        let put = claims::enter_of(w, None, draft, party).await;
        puts.push(put.map_err(|error| error.retold(told))?);
    }
    Ok(puts)
}
