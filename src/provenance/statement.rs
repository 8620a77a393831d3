//! What an institution enters for its own record is a claim like any other: its source is the
//! institution's statement, and its newer statement supersedes its older one. Whoever the policy
//! lets speak for the owner, such as the sender of a delegation that declines, speaks through the
//! owner's statement; the log has who it was.

use chrono::NaiveDate;
use entity::id::{DelegationId, InstitutionId, SourceId};
use entity::vocabulary::{
    ClaimProperty, ClaimRank, Comparator, CountBasis, CountScope, CountUnit, DatePrecision,
    DelegationStatus, SourceKind,
};
use entity::{batch, claim, delegation, institution, source};
use sea_orm::ActiveValue::Set;

use super::claim::rules as claims;
use super::source::rules as sources;
use crate::db::{Put, Write};
use crate::error::{Refusal, WriteError};
use crate::rule::{made_key, row_of, tidied, unset};

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
    Participants(i32),
    /// Where a delegation stands.
    Status(DelegationId, DelegationStatus),
    /// How many people a delegation had.
    Headcount(DelegationId, i32),
}

impl Statement {
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

    /// What is stated, as a claim.
    fn claim(self) -> Result<claim::ActiveModel, Refusal> {
        let of = |property, delegation| claim::ActiveModel {
            property: Set(property),
            delegation_id: Set(delegation),
            ..unset()
        };
        let count = |property, delegation, scope, number| claim::ActiveModel {
            number_min: Set(Some(number)),
            number_max: Set(Some(number)),
            comparator: Set(Some(Comparator::Exact)),
            unit: Set(Some(CountUnit::Person)),
            basis: Set(Some(CountBasis::Reported)),
            scope: Set(Some(scope)),
            ..of(property, delegation)
        };
        let day = |property, date, precision| claim::ActiveModel {
            date: Set(Some(date)),
            precision: Set(Some(precision)),
            ..of(property, None)
        };
        Ok(match self {
            Self::Title(text, language) => claim::ActiveModel {
                text: Set(Some(tidied(&text, "text")?)),
                language: Set(Some(language)),
                ..of(ClaimProperty::Title, None)
            },
            Self::Starts(date, precision) => day(ClaimProperty::StartsOn, date, precision),
            Self::Ends(date, precision) => day(ClaimProperty::EndsOn, date, precision),
            Self::Participants(number) => {
                count(ClaimProperty::Participants, None, CountScope::WholeBatch, number)
            }
            Self::Status(delegation, status) => claim::ActiveModel {
                status: Set(Some(status)),
                ..of(ClaimProperty::Attendance, Some(delegation))
            },
            Self::Headcount(delegation, number) => {
                count(ClaimProperty::Headcount, Some(delegation), CountScope::PerCountry, number)
            }
        })
    }
}

/// States something of a batch, or of one of its delegations, in the name of its owner. What is
/// refused of it is told in the words of inputs, not in those of claims.
pub async fn state(
    w: &mut Write,
    batch: &batch::Model,
    party: Option<&delegation::Model>,
    statements: impl IntoIterator<Item = Statement>,
) -> Result<Vec<Put<claim::Model>>, WriteError> {
    let mut statements = statements.into_iter().peekable();
    let mut puts = Vec::new();
    if statements.peek().is_none() {
        return Ok(puts);
    }
    let source = source_of(w, batch.owner_id).await?;
    for statement in statements {
        let name = statement.name();
        let told = |refusal: Refusal| match refusal.field {
            "text" | "language" => refusal.within(name),
            _ => Refusal { field: name, ..refusal },
        };
        let draft = claim::ActiveModel {
            key: Set(made_key(w, "statement")),
            source_id: Set(source),
            batch_id: Set(batch.id),
            rank: Set(ClaimRank::Normal),
            ..statement.claim().map_err(told)?
        };
        let put = claims::enter_of(w, None, draft, party).await;
        puts.push(put.map_err(|error| error.retold(told))?);
    }
    Ok(puts)
}

/// The source that stands for what an institution states of its own records; entered when it states
/// something for the first time.
async fn source_of(w: &mut Write, institution: InstitutionId) -> Result<SourceId, WriteError> {
    if let Some(id) = w.owner_statement_source(institution).await? {
        return Ok(id);
    }
    // Two who come first at once would make two.
    w.lock_register().await?;
    if let Some(id) = w.owner_statement_source(institution).await? {
        return Ok(id);
    }
    let body = row_of::<institution::Entity>(w, "owner_id", institution).await?;
    let draft = source::ActiveModel {
        key: Set(made_key(w, &format!("statement-of-{}", body.key))),
        kind: Set(SourceKind::OwnerStatement),
        title: Set(format!("Statement of {}", body.key)),
        language: Set("en".to_owned()),
        publisher_id: Set(Some(institution)),
        ..unset()
    };
    Ok(sources::enter(w, None, draft).await?.row.id)
}
