//! What the register knows of a person: giving it out, and removing it.

use entity::id::{CitationId, PersonId};
use entity::vocabulary::{FindingRule, ImportState, RecordKind};
use entity::{
    appointment, citation, claim, engagement, event, event_reason, finding, finding_claim, import,
    import_row, observation, outcome, person, progress_note,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::name::Name;
use super::scrub::{elsewhere, scrub, scrub_archive, scrub_log, stand_in_json};
use crate::db::Write;
use crate::error::WriteError;
use crate::events::{Event, EventKind};
use crate::rule::unset;

/// What refers to a person, directly or not.
struct Known {
    engagements: Vec<engagement::Model>,
    /// Of others, who stood in for the person.
    represented: Vec<engagement::Model>,
    appointments: Vec<appointment::Model>,
    claims: Vec<claim::Model>,
    outcomes: Vec<outcome::Model>,
    observations: Vec<observation::Model>,
    guesses: Vec<finding::Model>,
    notes: Vec<progress_note::Model>,
    explained: Vec<finding::Model>,
    reasons: Vec<event_reason::Model>,
}

impl Known {
    async fn read(db: &impl ConnectionTrait, row: &person::Model) -> Result<Self, DbErr> {
        let id = row.id;
        let engagements =
            engagement::Entity::find().filter(engagement::Column::PersonId.eq(id)).all(db).await?;
        let appointments = appointment::Entity::find()
            .filter(appointment::Column::PersonId.eq(id))
            .all(db)
            .await?;
        let mut subjects: Vec<String> = vec![id.to_string()];
        subjects.extend(engagements.iter().map(|row| row.id.to_string()));
        subjects.extend(appointments.iter().map(|row| row.id.to_string()));
        let name = Name::new(&row.name);
        let names = |text: &str| name.as_ref().is_some_and(|name| name.stands_in(text));
        let of_subjects =
            event::Entity::find().filter(event::Column::SubjectId.is_in(subjects)).all(db).await?;
        let told: Vec<i64> = of_subjects.iter().map(|event| event.position).collect();
        let reasons = event_reason::Entity::find().all(db).await?.into_iter();
        let reasons =
            reasons.filter(|reason| told.contains(&reason.position) || names(&reason.text));
        let guesses = finding::Column::Rule.eq(FindingRule::PossibleSamePerson);
        let guesses = finding::Entity::find().filter(guesses).all(db).await?.into_iter();
        let explained = finding::Entity::find()
            .filter(finding::Column::Explanation.is_not_null())
            .all(db)
            .await?;
        let notes = progress_note::Entity::find().all(db).await?.into_iter();
        Ok(Self {
            represented: engagement::Entity::find()
                .filter(engagement::Column::OnBehalfOfId.eq(id))
                .all(db)
                .await?,
            claims: claim::Entity::find().filter(claim::Column::StatedById.eq(id)).all(db).await?,
            outcomes: outcome::Entity::find()
                .filter(outcome::Column::StatedById.eq(id))
                .all(db)
                .await?,
            observations: observation::Entity::find()
                .filter(observation::Column::StatedById.eq(id))
                .all(db)
                .await?,
            guesses: guesses.filter(|row| concerns(row, id)).collect(),
            notes: notes.filter(|note| names(&note.text)).collect(),
            explained: explained
                .into_iter()
                .filter(|row| row.explanation.as_deref().is_some_and(names))
                .collect(),
            reasons: reasons.collect(),
            engagements,
            appointments,
        })
    }

    /// The person and what belongs to it, as they are cited.
    fn subjects(&self, id: PersonId) -> Vec<Uuid> {
        let engagements = self.engagements.iter().map(|row| row.id.0);
        let appointments = self.appointments.iter().map(|row| row.id.0);
        std::iter::once(id.0).chain(engagements).chain(appointments).collect()
    }
}

/// Whether a guess is one about this person.
fn concerns(row: &finding::Model, id: PersonId) -> bool {
    let named = row.detail["people"].as_array().into_iter().flatten();
    row.subject_id == id.0 || named.filter_map(Value::as_str).any(|other| other == id.to_string())
}

/// All that the register knows of a person, for that person.
pub async fn export(db: &impl ConnectionTrait, row: &person::Model) -> Result<Value, DbErr> {
    let known = Known::read(db, row).await?;
    let citations = citation::Entity::find()
        .filter(citation::Column::SubjectId.is_in(known.subjects(row.id)))
        .all(db)
        .await?;
    Ok(json!({
        "person": {
            "id": row.id, "key": row.key, "name": row.name,
            "createdAt": row.created_at, "updatedAt": row.updated_at,
        },
        "appointments": known.appointments.iter().map(|row| json!({
            "key": row.key, "institution": row.institution_id, "post": row.post,
            "acting": row.acting,
            "validFrom": row.valid_from, "validTo": row.valid_to,
        })).collect::<Vec<_>>(),
        "engagements": known.engagements.iter().map(|row| json!({
            "key": row.key, "role": row.role, "batch": row.batch_id, "workshop": row.workshop_id,
            "institution": row.institution_id, "delegation": row.delegation_id,
        })).collect::<Vec<_>>(),
        "representedIn": known.represented.iter().map(|row| row.id).collect::<Vec<_>>(),
        "quotedInClaims": known.claims.iter().map(|row| &row.key).collect::<Vec<_>>(),
        "quotedInOutcomes": known.outcomes.iter().map(|row| &row.key).collect::<Vec<_>>(),
        "quotedInObservations": known.observations.iter().map(|row| &row.key).collect::<Vec<_>>(),
        "sources": citations.iter().map(|row| row.source_id).collect::<Vec<_>>(),
        "namedInProgressNotes": known.notes.iter().map(|row| &row.text).collect::<Vec<_>>(),
        "namedInExplanations":
            known.explained.iter().map(|row| &row.explanation).collect::<Vec<_>>(),
        "reasonsOfChanges": known.reasons.iter().map(|row| &row.text).collect::<Vec<_>>(),
    }))
}

/// Removes what the register knows of a person: the record and those that were merged into it,
/// posts and engagements, who quotes or represents it, reasons of changes to these, what the log
/// tells of them, files that wait to be imported and name the person, and the name wherever it
/// stands in what is written about people. Counts stay: they are claims, and do not hang from
/// people.
///
/// What the database keeps of what is gone is removed by [`purge`](crate::db::purge), which no
/// transaction can do.
pub async fn erase(w: &mut Write, row: &person::Model) -> Result<(), WriteError> {
    w.lock_register().await?;
    let same = records_of(w.read(), row).await?;
    let names = names_of(&same);
    let mut subjects = Vec::new();
    for row in &same {
        subjects.extend(remove_record(w, row).await?);
    }
    discard_files_naming(w, &names).await?;
    scrub(w, &names).await?;
    scrub_archive(w, &names, &subjects).await?;
    for row in &same {
        w.mark_for_reindex(RecordKind::Person, row.id);
        w.record(Event::about::<person::Entity>(EventKind::PersonErased, row));
    }
    scrub_log(w, &names, &subjects).await
}

/// The records of one person: the one in use, and those that were merged into it, which come first.
async fn records_of(
    db: &impl ConnectionTrait,
    row: &person::Model,
) -> Result<Vec<person::Model>, DbErr> {
    let id = row.merged_into_id.unwrap_or(row.id);
    let mut same =
        person::Entity::find().filter(person::Column::MergedIntoId.eq(id)).all(db).await?;
    same.extend(person::Entity::find_by_id(id).one(db).await?);
    Ok(same)
}

/// The names of a person, as its records have them.
fn names_of(same: &[person::Model]) -> Vec<Name> {
    same.iter().filter_map(|row| Name::new(&row.name)).collect()
}

/// What else is called by the name of a person, or after it: kind and id of each record.
pub async fn called_alike(
    db: &impl ConnectionTrait,
    row: &person::Model,
) -> Result<Vec<String>, DbErr> {
    let same = records_of(db, row).await?;
    let own: Vec<String> =
        same.iter().map(|row| format!("{} {}", RecordKind::Person, row.id)).collect();
    let mut found = elsewhere(db, &names_of(&same)).await?;
    found.retain(|record| !own.contains(record));
    Ok(found)
}

/// Removes a record with all that hangs from it, and gives the ids of the records of which the log
/// tells nothing any more.
async fn remove_record(w: &mut Write, row: &person::Model) -> Result<Vec<String>, WriteError> {
    let known = Known::read(w.read(), row).await?;
    for claim in &known.claims {
        w.put::<claim::Entity>(
            Some(claim),
            claim::ActiveModel { stated_by_id: Set(None), ..unset() },
        )
        .await?;
    }
    for outcome in &known.outcomes {
        w.put::<outcome::Entity>(
            Some(outcome),
            outcome::ActiveModel { stated_by_id: Set(None), ..unset() },
        )
        .await?;
    }
    for observation in &known.observations {
        let draft = observation::ActiveModel { stated_by_id: Set(None), ..unset() };
        w.put::<observation::Entity>(Some(observation), draft).await?;
    }
    for other in &known.represented {
        let draft = engagement::ActiveModel { on_behalf_of_id: Set(None), ..unset() };
        w.put::<engagement::Entity>(Some(other), draft).await?;
    }
    let guesses: Vec<_> = known.guesses.iter().map(|guess| guess.id).collect();
    remove::<finding_claim::Entity>(w, finding_claim::Column::FindingId.is_in(guesses.clone()))
        .await?;
    remove::<finding::Entity>(w, finding::Column::Id.is_in(guesses)).await?;
    let reasons: Vec<_> = known.reasons.iter().map(|reason| reason.position).collect();
    remove::<event_reason::Entity>(w, event_reason::Column::Position.is_in(reasons)).await?;
    let mut subjects = known.subjects(row.id);
    // That a source was cited for somebody may itself be documented.
    loop {
        let cited = citation::Column::SubjectId.is_in(subjects.clone());
        let new = citation::Column::Id.is_not_in(subjects.iter().map(|id| CitationId(*id)));
        let citations = citation::Entity::find().filter(cited).filter(new).all(w.read()).await?;
        if citations.is_empty() {
            break;
        }
        subjects.extend(citations.iter().map(|row| row.id.0));
    }
    remove::<citation::Entity>(w, citation::Column::SubjectId.is_in(subjects.clone())).await?;
    remove::<engagement::Entity>(w, engagement::Column::PersonId.eq(row.id)).await?;
    remove::<appointment::Entity>(w, appointment::Column::PersonId.eq(row.id)).await?;
    remove::<person::Entity>(w, person::Column::Id.eq(row.id)).await?;
    Ok(subjects.iter().map(Uuid::to_string).collect())
}

/// How many rows of a file are looked through at a time.
const ROWS_AT_A_TIME: u64 = 2000;

/// Throws away the files that wait to be applied and in which a name stands.
async fn discard_files_naming(w: &mut Write, names: &[Name]) -> Result<(), WriteError> {
    for file in
        import::Entity::find().filter(import::Column::AppliedAt.is_null()).all(w.read()).await?
    {
        let mut behind = 0;
        let mut named = false;
        while !named {
            let page = import_row::Entity::find()
                .filter(import_row::Column::ImportId.eq(file.id))
                .filter(import_row::Column::Line.gt(behind))
                .order_by_asc(import_row::Column::Line)
                .limit(ROWS_AT_A_TIME)
                .all(w.read())
                .await?;
            let Some(last) = page.last().map(|row| row.line) else { break };
            behind = last;
            named = page.iter().any(|row| stand_in_json(names, &row.cells));
        }
        if named {
            remove::<import_row::Entity>(w, import_row::Column::ImportId.eq(file.id)).await?;
            let draft = import::ActiveModel { state: Set(ImportState::Discarded), ..unset() };
            let put = w.put::<import::Entity>(Some(&file), draft).await?;
            w.record(Event::about::<import::Entity>(EventKind::ImportDiscarded, &put.row));
        }
    }
    Ok(())
}

async fn remove<E: EntityTrait>(w: &mut Write, which: Expr) -> Result<(), DbErr> {
    w.delete_all::<E>(Condition::all().add(which)).await
}
