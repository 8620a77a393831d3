//! What holds for delegations, and how they are written. Status and headcount are not written here:
//! they are accepted from claims, and the events that tell of a status come with that.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::id::{BatchId, CountryCode, InstitutionId, RegionalGroupId};
use entity::vocabulary::Representation;
use entity::{batch, claim, country, delegation, institution, programme, regional_group, source};
use sea_orm::{ActiveValue, ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use crate::db::{Put, Write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::{Event, EventKind};
use crate::phrase::say;
use crate::provenance::claim::accepted::{AcceptedCount, Stated, accepted_delegation};
use crate::provenance::claim::people::{days_of, person_days, sort_count};
use crate::provenance::claim::rules as claim_rules;
use crate::provenance::claim::value::is_plan;
use crate::rule::{self, Stem, check, folded, optional, required, tidy_optional};

/// Enters a delegation, or changes it.
///
/// It stays at the batch at which it was entered. What represents a country names the country, what
/// represents an institution names the institution, and what represents a group names the group and
/// no country: it is a party itself, not its members. A batch has one delegation of a country or
/// group, sender and label. It sorts by the English name of the country or group, else by the
/// institution's, and by its label.
/// That it came in is told when it is reconciled where it stands.
pub async fn enter(
    w: &mut Write,
    existing: Option<&delegation::Model>,
    mut draft: delegation::ActiveModel,
) -> Result<Put<delegation::Model>, WriteError> {
    tidy_optional(&mut draft.label, "label")?;
    let batch = required!(draft, existing, batch_id);
    if let Some(row) = existing
        && row.batch_id != batch
    {
        let was = rule::key_of::<batch::Entity>(w, row.batch_id).await?;
        let message =
            say!("\"{key}\" is a delegation at \"{was}\" and stays there", key = &row.key, was);
        return Err(check::invalid("batch_id", message).into());
    }
    let (country, institution) =
        (optional!(draft, existing, country_code), optional!(draft, existing, institution_id));
    let group = optional!(draft, existing, regional_group_id);
    match required!(draft, existing, represents) {
        Representation::Country if country.is_none() => {
            let message = say!("a delegation that represents a country needs the country");
            return Err(Refusal::new(RefusalCode::Required, "country_code", message).into());
        }
        Representation::Institution if institution.is_none() => {
            let message = say!("a delegation that represents an institution needs the institution");
            return Err(Refusal::new(RefusalCode::Required, "institution_id", message).into());
        }
        Representation::Group if group.is_none() => {
            let message = say!("a delegation that represents a group needs the group");
            return Err(Refusal::new(RefusalCode::Required, "regional_group_id", message).into());
        }
        Representation::Group if country.is_some() => {
            let message = say!("a delegation that represents a group is not that of a country");
            return Err(check::invalid("country_code", message).into());
        }
        represents if represents != Representation::Group && group.is_some() => {
            let message =
                say!("a delegation of a group represents GROUP, not {represents}", represents);
            return Err(check::invalid("regional_group_id", message).into());
        }
        _ => {}
    }
    let label = optional!(draft, existing, label);
    let same = Condition::all()
        .add(delegation::Column::BatchId.eq(batch))
        .add(or_null(delegation::Column::CountryCode, country.clone()))
        .add(or_null(delegation::Column::InstitutionId, institution))
        .add(or_null(delegation::Column::RegionalGroupId, group))
        .add(or_null(delegation::Column::Label, label.clone()));
    let others = delegation::Entity::find().filter(same).all(w.read()).await?;
    if let Some(other) = others.iter().find(|other| existing.is_none_or(|row| row.id != other.id)) {
        let key = &other.key;
        let message = match other.status.filter(|status| !is_plan(*status)) {
            Some(status) => say!(
                "\"{key}\" is already the delegation of the same country, sender and label there, \
                 and is {status}: voidRecord takes it back if it was entered in error",
                key,
                status
            ),
            None => say!(
                "\"{key}\" is already the delegation of the same country, sender and label there",
                key
            ),
        };
        return Err(Refusal::new(RefusalCode::Duplicate, "label", message).into());
    }
    let whose = Whose { country, institution, group };
    draft.sort_name = ActiveValue::Set(sort_name(w, whose, label.as_deref()).await?);
    if existing.is_none() {
        let of_batch = batch::Entity::find_by_id(batch).inner_join(programme::Entity).select_only();
        let of_batch = of_batch.column(batch::Column::SortDate).column(programme::Column::Key);
        let of_batch = of_batch.into_tuple::<(NaiveDate, String)>().one(w.read()).await?;
        let (date, programme) = of_batch.ok_or_else(|| rule::refers_to_nothing("batch_id"))?;
        (draft.sort_date, draft.sort_programme) =
            (ActiveValue::Set(date), ActiveValue::Set(programme));
    }
    let put = rule::put::<delegation::Entity>(w, existing, draft).await?;
    if let Some(changes) = put.change.changes() {
        let changes = rule::public_changes::<delegation::Entity>(changes);
        if put.change.is_new() {
            w.emit_when_reconciled(put.row.id, changes);
        } else {
            let event = Event::about::<delegation::Entity>(EventKind::DelegationUpdated, &put.row);
            w.record(event.of_party(&put.row).changing(changes));
        }
        w.mark_parties_dirty(put.row.batch_id);
    }
    Ok(put)
}

/// Whose delegation it is, in what its key is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Party<'a> {
    /// The code of the country.
    pub country: Option<&'a str>,
    /// The key of the institution.
    pub institution: Option<&'a str>,
    /// The key of the group.
    pub group: Option<&'a str>,
    /// The label.
    pub label: Option<&'a str>,
}

/// What the key of a delegation is made of where none is given: the key of its batch, the code of
/// the country or the key of the institution or group that it represents, and its label.
pub fn key_stem(
    batch_key: &str,
    represents: Representation,
    party: Party<'_>,
) -> Stem<delegation::Entity> {
    let Party { country, institution, group, label } = party;
    let name = match represents {
        Representation::Country => country.or(institution),
        Representation::Institution => institution.or(country),
        Representation::Group => group.or(institution),
    };
    let label = label.unwrap_or_default();
    Stem::of(batch_key, &format!("{} {label}", name.unwrap_or_default()))
}

/// A delegation that comes with many others, and what a source states of it.
pub(crate) struct NewDelegation {
    /// The delegation, complete but for what follows from others.
    pub row: delegation::Model,
    /// What the source states.
    pub claims: Vec<claim::Model>,
}

/// Enters many delegations with what `source` states of each: what [`enter`] holds them to, with a
/// statement for some hundreds.
///
/// No other delegation at the batch is of the same country, sender and label, which whoever plans
/// so many has looked up and the database enforces. Since nothing else is stated of a delegation
/// that is new, what is accepted of it is known at once.
pub(crate) async fn enter_all(
    w: &mut Write,
    source: &source::Model,
    batches: &HashMap<BatchId, (batch::Model, programme::Model)>,
    coming: Vec<NewDelegation>,
) -> Result<(), WriteError> {
    let countries: BTreeSet<CountryCode> =
        coming.iter().filter_map(|one| one.row.country_code.clone()).collect();
    let countries = country::Entity::find()
        .filter(country::Column::Code.is_in(countries))
        .all(w.read())
        .await?;
    let countries: HashMap<_, _> =
        countries.into_iter().map(|row| (row.code, row.sort_name)).collect();
    let bodies: BTreeSet<InstitutionId> =
        coming.iter().filter_map(|one| one.row.institution_id).collect();
    let mut senders = HashMap::new();
    for some in bodies.into_iter().collect::<Vec<_>>().chunks(crate::db::IDS_PER_QUERY) {
        let which = institution::Column::Id.is_in(some.iter().copied());
        let rows = institution::Entity::find().filter(which).all(w.read()).await?;
        senders.extend(rows.into_iter().map(|row| (row.id, row.sort_name)));
    }
    let groups: BTreeSet<RegionalGroupId> =
        coming.iter().filter_map(|one| one.row.regional_group_id).collect();
    let mut group_names = HashMap::new();
    for some in groups.into_iter().collect::<Vec<_>>().chunks(crate::db::IDS_PER_QUERY) {
        let which = regional_group::Column::Id.is_in(some.iter().copied());
        let rows = regional_group::Entity::find().filter(which).all(w.read()).await?;
        group_names.extend(rows.into_iter().map(|row| (row.id, row.sort_name)));
    }
    let (mut rows, mut claims) = (Vec::with_capacity(coming.len()), Vec::new());
    for NewDelegation { mut row, claims: stated } in coming {
        check::key(&row.key, false)?;
        if let Some(label) = &row.label {
            rule::bounded(label, "label")?;
        }
        let Some((batch, programme)) = batches.get(&row.batch_id) else {
            return Err(WriteError::Contract("the batch is not known"));
        };
        let standing = stated
            .iter()
            .map(|claim| Stated { claim, source, owner: batch.owner_id })
            .collect::<Vec<_>>();
        let accepted = accepted_delegation(&standing, row.id);
        row.status = accepted.status;
        (row.headcount_min, row.headcount_max) = AcceptedCount::bounds(accepted.headcount);
        // In which parts of the batch it took part, if that has any, is reconciled.
        let days = days_of(batch).filter(|_| !batch.has_parts);
        (row.person_days_min, row.person_days_max) =
            person_days((row.headcount_min, row.headcount_max), (days, days));
        row.headcount_comparator = accepted.headcount.map(|count| count.comparator);
        row.sort_headcount = sort_count((row.headcount_min, row.headcount_max));
        row.sort_date = batch.sort_date;
        row.sort_programme.clone_from(&programme.key);
        let name = match (&row.country_code, &row.regional_group_id, &row.institution_id) {
            (Some(country), ..) => countries.get(country),
            (None, Some(group), _) => group_names.get(group),
            (None, None, Some(body)) => senders.get(body),
            (None, None, None) => None,
        };
        row.sort_name = folded([name.map(String::as_str), row.label.as_deref()]);
        rows.push(row);
        claims.extend(stated);
    }
    let mut parties = HashMap::new();
    for put in rule::put_all::<delegation::Entity>(w, rows).await? {
        if let Some(changes) = put.change.changes() {
            w.emit_when_reconciled(put.row.id, rule::public_changes::<delegation::Entity>(changes));
        }
        w.mark_parties_dirty(put.row.batch_id);
        parties.insert(put.row.id, put.row);
    }
    claim_rules::enter_all(w, claims, &parties).await
}

fn or_null<T: Into<sea_orm::Value>>(
    column: delegation::Column,
    value: Option<T>,
) -> sea_orm::sea_query::SimpleExpr {
    match value {
        Some(value) => column.eq(value),
        None => column.is_null(),
    }
}

/// Whose delegation it is.
struct Whose {
    country: Option<CountryCode>,
    institution: Option<InstitutionId>,
    group: Option<RegionalGroupId>,
}

async fn sort_name(w: &Write, whose: Whose, label: Option<&str>) -> Result<String, WriteError> {
    let name = match whose {
        Whose { country: Some(country), .. } => {
            rule::row_of::<country::Entity>(w, "country_code", country).await?.sort_name
        }
        Whose { group: Some(group), .. } => {
            rule::row_of::<regional_group::Entity>(w, "regional_group_id", group).await?.sort_name
        }
        Whose { institution: Some(institution), .. } => {
            rule::row_of::<institution::Entity>(w, "institution_id", institution).await?.sort_name
        }
        Whose { .. } => String::new(),
    };
    Ok(folded([Some(name.as_str()), label]))
}

/// Sorts a delegation again, since whoever it stands for has another name.
pub(super) async fn sort(w: &mut Write, row: &delegation::Model) -> Result<(), WriteError> {
    let whose = Whose {
        country: row.country_code.clone(),
        institution: row.institution_id,
        group: row.regional_group_id,
    };
    let name = sort_name(w, whose, row.label.as_deref()).await?;
    let draft = delegation::ActiveModel { sort_name: ActiveValue::Set(name), ..rule::unset() };
    w.put::<delegation::Entity>(Some(row), draft).await?;
    Ok(())
}
