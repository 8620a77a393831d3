//! People who take part, known by delegation and name, and from one batch to the next by name,
//! country and institution. What is said of a row never repeats a name.

mod people;

use std::collections::{BTreeSet, HashMap, HashSet};

use entity::id::{BatchId, DelegationId, EngagementId, InstitutionId, PersonId};
use entity::vocabulary::EngagementRole;
use entity::{batch, delegation, engagement, person};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, EntityTrait, QueryFilter};

pub(in super::super) use self::people::People;
pub(super) use self::people::people_called;
use self::people::{Found, Took, Who};
use super::super::knowledge::{Knowledge, Named};
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use super::delegations::label_by;
use crate::access::policy::Action;
use crate::db::IDS_PER_QUERY;
use crate::db::Write;
use crate::error::WriteError;
use crate::people::engagement::rules as engagements;
use crate::people::person::rules as people_rules;
use crate::phrase::say;
use crate::rule::{self, unguessable_key, unset};
use crate::text::fold;

/// Somebody who is to take part, or of whose taking part something becomes known.
#[derive(Clone, Debug)]
pub(in super::super) struct Participant {
    party: delegation::Model,
    name: String,
    institution: Option<InstitutionId>,
    /// Who it is; none where that is somebody new.
    who: Option<Who>,
    /// What is there, where it changes.
    existing: Option<engagement::Model>,
}

/// What a row says.
struct Read {
    party: delegation::Model,
    name: String,
    folded: String,
    /// The institution that the row names.
    institution: Option<InstitutionId>,
}

/// Who takes part in delegations already: by delegation and folded name.
type Engaged = HashMap<(DelegationId, String), Vec<engagement::Model>>;

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<Participant>>, DbErr> {
    let named = Named::read(k, db, rows).await?;
    let layout = k.layout.clone();
    let kept = k.allowed(db, Action::KeepDelegations, &named.batches).await?;
    let ids: Vec<BatchId> = named.batches.keys().copied().collect();
    let mut parties: HashMap<BatchId, Vec<delegation::Model>> = HashMap::new();
    for some in ids.chunks(IDS_PER_QUERY) {
        let at = delegation::Column::BatchId.is_in(some.iter().copied());
        for row in k.visible.select::<delegation::Entity>().filter(at).all(db).await? {
            parties.entry(row.batch_id).or_default().push(row);
        }
    }
    let mut read_rows = Vec::with_capacity(rows.len());
    for row in rows {
        let mut parser = RowParser::new(&layout, row);
        let batch = named.batch(&mut parser).cloned();
        let name = parser.required_name("name");
        let party =
            batch.as_ref().and_then(|batch| party(k, &mut parser, batch, parties.get(&batch.id)));
        if batch.as_ref().is_some_and(|batch| !kept.contains(&batch.id)) {
            let message = say!("is not yours: you may not enter who takes part there");
            parser.refuse("batch", message);
        }
        let read = party.zip(name).filter(|_| !parser.is_hindered()).map(
            |((party, institution), name)| {
                let folded = fold(&name);
                Read { party, name, folded, institution }
            },
        );
        read_rows.push((row, parser, read));
    }
    let engaged = engaged(k, db, read_rows.iter().filter_map(|row| row.2.as_ref())).await?;
    let names =
        read_rows.iter().filter_map(|row| row.2.as_ref()).map(|read| read.folded.clone()).collect();
    let visible = k.visible.clone();
    k.people.read(db, &visible, names).await?;
    let mut plans = Vec::with_capacity(rows.len());
    for (row, mut parser, read) in read_rows {
        let Some(read) = read else {
            plans.push(Plan::of(row, parser, None, None));
            continue;
        };
        let about = Some(read.party.key.clone());
        let change = change(k, &engaged, &mut parser, read, row.line);
        plans.push(Plan::of(row, parser, about, change));
    }
    Ok(plans)
}

/// What a row would change, and whether somebody comes in.
fn change(
    k: &mut Knowledge,
    engaged: &Engaged,
    parser: &mut RowParser<'_>,
    read: Read,
    line: u64,
) -> Option<(bool, Participant)> {
    let Read { party, name, folded, institution } = read;
    let by = (party.id, folded);
    if let Some(line) = k.seen_before(&by, line) {
        let message = say!(
            "stands in line {line} already: two people of one name in one delegation are entered \
             by hand",
            line
        );
        parser.remark(Weight::Ambiguous, "name", message);
        return None;
    }
    let participant = |who, existing| Participant {
        institution: institution.or(party.institution_id),
        party: party.clone(),
        name,
        who,
        existing,
    };
    if let Some(there) = engaged.get(&by) {
        let is_known =
            institution.is_none() || there.iter().any(|row| row.institution_id == institution);
        return match &there[..] {
            _ if is_known => None,
            [only] if only.institution_id.is_none() => {
                let to = institution.map(|id| format!("\"{}\"", k.key_of(id)));
                parser.tell_change("institution_id", None, to);
                Some((false, participant(Some(Who::Person(only.person_id)), Some(only.clone()))))
            }
            _ => {
                let message = say!(
                    "is another institution than that of the participant of this name: two people \
                     of one name in one delegation are entered by hand"
                );
                parser.remark(Weight::Ambiguous, "institution", message);
                None
            }
        };
    }
    let taking = Took::of(&party, institution);
    let who = match k.people.find(&by.1, &taking) {
        Found::Nobody => None,
        Found::Another => {
            let message = say!(
                "is the name of somebody who took part for another country or institution, or in \
                 another delegation at that batch: entered as another person"
            );
            parser.remark(Weight::Note, "name", message);
            None
        }
        Found::One(who) => {
            let message = match who {
                Who::Person(_) => {
                    say!("is known from another batch: the same person takes part here, too")
                }
                Who::OfLine(first, _) => {
                    k.stand_behind(line, first);
                    say!(
                        "stands in line {line}, for another batch: the same person takes part \
                         here, too",
                        line = first
                    )
                }
            };
            parser.remark(Weight::Note, "name", message);
            Some(who)
        }
        Found::Several(people) => {
            let message = say!(
                "is the name of {count} people who took part for the same country: give the \
                 institution, or enter by hand which of them it is",
                count = people
            );
            parser.remark(Weight::Ambiguous, "name", message);
            return None;
        }
    };
    k.people.remember(&by.1, who.unwrap_or(Who::OfLine(line, party.id)), taking);
    Some((true, participant(who, None)))
}

/// Who takes part in the delegations of some rows.
async fn engaged(
    k: &Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: impl Iterator<Item = &Read>,
) -> Result<Engaged, DbErr> {
    let (mut parties, mut names): (BTreeSet<DelegationId>, HashSet<&str>) = Default::default();
    for read in rows {
        parties.insert(read.party.id);
        names.insert(&read.folded);
    }
    let mut found = Vec::new();
    for some in parties.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
        let of_these = engagement::Column::DelegationId
            .is_in(some.iter().copied())
            .and(engagement::Column::Role.eq(EngagementRole::Participant));
        found.extend(k.visible.select::<engagement::Entity>().filter(of_these).all(db).await?);
    }
    let ids: BTreeSet<PersonId> = found.iter().map(|row| row.person_id).collect();
    let mut called: HashMap<PersonId, String> = HashMap::new();
    for some in ids.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
        let these = person::Column::Id.is_in(some.iter().copied());
        let people = k.visible.select::<person::Entity>().filter(these).all(db).await?;
        called.extend(people.into_iter().map(|row| (row.id, row.sort_name)));
    }
    let mut engaged = Engaged::new();
    for row in found {
        let name = called.get(&row.person_id).filter(|name| names.contains(name.as_str()));
        if let (Some(name), Some(party)) = (name, row.delegation_id) {
            engaged.entry((party, name.clone())).or_default().push(row);
        }
    }
    Ok(engaged)
}

/// The delegation to which a row belongs, and the institution that it names.
fn party(
    k: &Knowledge,
    parser: &mut RowParser<'_>,
    batch: &batch::Model,
    parties: Option<&Vec<delegation::Model>>,
) -> Option<(delegation::Model, Option<InstitutionId>)> {
    let date = batch.starts_on.or(batch.ends_on);
    let (country, institution) =
        (k.country(parser, date), k.institution(parser, "institution", date));
    if parser.is_hindered() {
        return None;
    }
    if country.is_none() && institution.is_none() {
        parser.required("country");
        return None;
    }
    let label = parser.text("label");
    let mut fitting: Vec<&delegation::Model> = parties.into_iter().flatten().collect();
    fitting.retain(|row| {
        row.country_code == country || (country.is_none() && row.institution_id == institution)
    });
    if let Some(label) = &label {
        let folded = label_by(label);
        fitting.retain(|row| row.label.as_deref().map(label_by).as_ref() == Some(&folded));
        if fitting.iter().any(|row| row.label.as_ref() == Some(label)) {
            fitting.retain(|row| row.label.as_ref() == Some(label));
        }
    }
    if fitting.len() > 1 && institution.is_some() {
        fitting.retain(|row| row.institution_id == institution);
    }
    let field = if country.is_some() { "country" } else { "institution" };
    match fitting[..] {
        [only] => Some((only.clone(), institution)),
        [] => {
            let batch = &batch.key;
            let message =
                say!("has no delegation at \"{batch}\": import the delegations first", batch);
            parser.refuse(field, message);
            None
        }
        _ => {
            let (count, batch) = (fitting.len(), &batch.key);
            let message =
                say!("has {count} delegations at \"{batch}\": give the label of one", count, batch);
            parser.remark(Weight::Ambiguous, field, message);
            None
        }
    }
}

/// Writes what was planned.
pub(in super::super) async fn carry_out(
    w: &mut Write,
    participants: Vec<Participant>,
) -> Result<(), WriteError> {
    let mut earlier = entered_before(w, &participants).await?;
    let (mut people, mut rows, mut parties) = (Vec::new(), Vec::new(), HashMap::new());
    for one in participants {
        let by = (one.party.id, fold(&one.name));
        let known = match one.who {
            Some(Who::Person(id)) => Some(id),
            Some(Who::OfLine(_, party)) => earlier.get(&(party, by.1.clone())).copied(),
            None => None,
        };
        if let Some(existing) = one.existing {
            let draft = engagement::ActiveModel { institution_id: Set(one.institution), ..unset() };
            engagements::enter(w, Some(&existing), draft).await?;
            continue;
        }
        let person = known.unwrap_or_else(|| {
            let row = people_rules::blank(w, &one.name);
            let id = row.id;
            people.push(row);
            id
        });
        earlier.insert(by, person);
        rows.push(engagement::Model {
            id: EngagementId(w.new_id()),
            key: unguessable_key(w, "engagement"),
            version: 1,
            created_at: w.now(),
            updated_at: w.now(),
            person_id: person,
            batch_id: Some(one.party.batch_id),
            workshop_id: None,
            role: EngagementRole::Participant,
            appointment_id: None,
            institution_id: one.institution,
            on_behalf_of_id: None,
            delegation_id: Some(one.party.id),
            ended_at: None,
        });
        parties.insert(one.party.id, one.party);
    }
    for put in people_rules::enter_all(w, people).await? {
        rule::emit::<person::Entity>(w, &put);
    }
    engagements::enter_all(w, rows, &parties).await
}

/// Whom earlier rows have entered, as far as these rows are about them: by delegation and folded
/// name. Nobody where that was undone since, as it is where rows are rehearsed.
async fn entered_before(
    w: &Write,
    participants: &[Participant],
) -> Result<HashMap<(DelegationId, String), PersonId>, WriteError> {
    let by = |one: &Participant| match one.who {
        Some(Who::OfLine(_, party)) => Some((party, fold(&one.name))),
        _ => None,
    };
    let wanted: HashSet<(DelegationId, String)> = participants.iter().filter_map(by).collect();
    let parties: BTreeSet<DelegationId> = wanted.iter().map(|one| one.0).collect();
    let mut there = Vec::new();
    for some in parties.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
        let of_these = engagement::Column::DelegationId.is_in(some.iter().copied());
        there.extend(engagement::Entity::find().filter(of_these).all(w.read()).await?);
    }
    let ids: BTreeSet<PersonId> = there.iter().map(|row| row.person_id).collect();
    let mut called: HashMap<PersonId, String> = HashMap::new();
    for some in ids.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
        let these = person::Entity::find().filter(person::Column::Id.is_in(some.iter().copied()));
        called.extend(these.all(w.read()).await?.into_iter().map(|row| (row.id, row.sort_name)));
    }
    let by = |row: engagement::Model| {
        let by = (row.delegation_id?, called.get(&row.person_id)?.clone());
        wanted.contains(&by).then_some((by, row.person_id))
    };
    Ok(there.into_iter().filter_map(by).collect())
}
