//! What is said of printed names: whose they are, and whose not.

use entity::id::{CountryCode, InstitutionId, NameDecisionId};
use entity::{import, name_decision};
use sea_orm::ActiveValue::Set;

use super::{again, plan_again};
use crate::access::Actor;
use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::exchange::import::rules::{named, waiting};
use crate::phrase::say;
use crate::rule::check;
use crate::text::fold;

/// What is said of a printed name.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// The name, as printed.
    pub name: String,
    /// The country; or
    pub country: Option<CountryCode>,
    /// the institution.
    pub institution: Option<InstitutionId>,
    /// Whether it is the name of that one.
    pub is_same: bool,
}

/// What is kept of a decision.
///
/// The name says something. It is of a country or of an institution.
fn draft(
    w: &Write,
    import: &import::Model,
    decision: &Decision,
) -> Result<name_decision::ActiveModel, Refusal> {
    let (country, body) = (&decision.country, decision.institution);
    check::exactly_one(&[("country_code", country.is_some()), ("institution_id", body.is_some())])?;
    let name = fold(&named("name", &decision.name)?);
    if name.is_empty() {
        let message = say!("the name has no letter and no digit");
        return Err(Refusal::new(RefusalCode::Required, "name", message));
    }
    Ok(name_decision::ActiveModel {
        id: Set(NameDecisionId(w.new_id())),
        account_id: Set(import.account_id),
        name: Set(name),
        country_code: Set(country.clone()),
        institution_id: Set(body),
        is_same: Set(decision.is_same),
        created_at: Set(w.now()),
    })
}

/// Says that a printed name is that of a country or an institution, or that it is not; it holds for
/// this import and for all that the same account hands in later.
///
/// The import is waiting. The name says something. It is of a country or of an institution.
pub async fn decide(
    w: &mut Write,
    actor: &Actor,
    import: &import::Model,
    decision: &Decision,
) -> Result<Put<import::Model>, WriteError> {
    waiting(import)?;
    let draft = draft(w, import, decision)?;
    remember(w, actor, import, vec![draft]).await
}

/// The same of many names; the rows are planned again once. No name is said to be that of two.
pub async fn decide_all(
    w: &mut Write,
    actor: &Actor,
    import: &import::Model,
    decisions: &[Decision],
) -> Result<Put<import::Model>, WriteError> {
    waiting(import)?;
    let mut drafts: Vec<name_decision::ActiveModel> = Vec::with_capacity(decisions.len());
    for (place, decision) in decisions.iter().enumerate() {
        let at = |refusal: Refusal| refusal.within(place).within("names");
        let draft = draft(w, import, decision).map_err(at)?;
        let contradicts = |other: &&name_decision::ActiveModel| {
            let one = |draft: &name_decision::ActiveModel| {
                (draft.country_code.clone(), draft.institution_id.clone())
            };
            other.name == draft.name
                && match (other.is_same.as_ref(), draft.is_same.as_ref()) {
                    (true, true) => one(other) != one(&draft),
                    (other_is, is) => other_is != is && one(other) == one(&draft),
                }
        };
        if drafts.iter().any(|other| contradicts(&other)) {
            let name = check::short(&decision.name);
            let message = say!("\"{name}\" is decided twice, and otherwise", name);
            return Err(at(Refusal::new(RefusalCode::Duplicate, "name", message)).into());
        }
        drafts.push(draft);
    }
    remember(w, actor, import, drafts).await
}

async fn remember(
    w: &mut Write,
    actor: &Actor,
    import: &import::Model,
    drafts: Vec<name_decision::ActiveModel>,
) -> Result<Put<import::Model>, WriteError> {
    w.insert_all(drafts).await?;
    let counts = plan_again(w, actor, import).await?;
    again(w, import, counts.draft()).await
}
