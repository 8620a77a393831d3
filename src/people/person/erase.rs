//! What the register knows of a person: giving it out, and removing it.

use entity::id::PersonId;
use entity::vocabulary::{FindingRule, ImportState, RecordKind};
use entity::{
    appointment, citation, claim, engagement, event, event_reason, finding, finding_claim, import, import_row,
    observation, outcome, person, progress_note,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::Write;
use crate::error::WriteError;
use crate::events::{Event, EventKind};
use crate::rule::unset;
use crate::text::fold;

/// What stands in a text where a name stood.
const REMOVED: &str = "[…]";

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
        let engagements = engagement::Entity::find().filter(engagement::Column::PersonId.eq(id)).all(db).await?;
        let appointments = appointment::Entity::find().filter(appointment::Column::PersonId.eq(id)).all(db).await?;
        let mut subjects: Vec<String> = vec![id.to_string()];
        subjects.extend(engagements.iter().map(|row| row.id.to_string()));
        subjects.extend(appointments.iter().map(|row| row.id.to_string()));
        let name = fold(&row.name);
        let names = |text: &str| !name.is_empty() && fold(text).contains(&name);
        let of_subjects = event::Entity::find().filter(event::Column::SubjectId.is_in(subjects)).all(db).await?;
        let told: Vec<i64> = of_subjects.iter().map(|event| event.position).collect();
        let reasons = event_reason::Entity::find().all(db).await?.into_iter();
        let reasons = reasons.filter(|reason| told.contains(&reason.position) || names(&reason.text));
        let guesses = finding::Column::Rule.eq(FindingRule::PossibleSamePerson);
        let guesses = finding::Entity::find().filter(guesses).all(db).await?.into_iter();
        let explained = finding::Entity::find().filter(finding::Column::Explanation.is_not_null()).all(db).await?;
        let notes = progress_note::Entity::find().all(db).await?.into_iter();
        Ok(Self {
            represented: engagement::Entity::find().filter(engagement::Column::OnBehalfOfId.eq(id)).all(db).await?,
            claims: claim::Entity::find().filter(claim::Column::StatedById.eq(id)).all(db).await?,
            outcomes: outcome::Entity::find().filter(outcome::Column::StatedById.eq(id)).all(db).await?,
            observations: observation::Entity::find().filter(observation::Column::StatedById.eq(id)).all(db).await?,
            guesses: guesses.filter(|row| concerns(row, id)).collect(),
            notes: notes.filter(|note| names(&note.text)).collect(),
            explained: explained.into_iter().filter(|row| row.explanation.as_deref().is_some_and(names)).collect(),
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
    let citations =
        citation::Entity::find().filter(citation::Column::SubjectId.is_in(known.subjects(row.id))).all(db).await?;
    Ok(json!({
        "person": { "id": row.id, "key": row.key, "name": row.name, "createdAt": row.created_at, "updatedAt": row.updated_at },
        "appointments": known.appointments.iter().map(|row| json!({
            "key": row.key, "institution": row.institution_id, "post": row.post, "acting": row.acting,
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
        "namedInExplanations": known.explained.iter().map(|row| &row.explanation).collect::<Vec<_>>(),
        "reasonsOfChanges": known.reasons.iter().map(|row| &row.text).collect::<Vec<_>>(),
    }))
}

/// Removes what the register knows of a person: the record, posts and engagements, who quotes or represents it, reasons of changes
/// to these, the name wherever it stands in a note or an explanation, and files that wait to be imported and name the person. Counts stay: they are claims, and do not hang from people.
pub async fn erase(w: &mut Write, row: &person::Model) -> Result<(), WriteError> {
    w.register_wide().await?;
    let known = Known::read(w.read(), row).await?;
    for claim in &known.claims {
        w.put::<claim::Entity>(Some(claim), claim::ActiveModel { stated_by_id: Set(None), ..unset() }).await?;
    }
    for outcome in &known.outcomes {
        w.put::<outcome::Entity>(Some(outcome), outcome::ActiveModel { stated_by_id: Set(None), ..unset() }).await?;
    }
    for observation in &known.observations {
        let draft = observation::ActiveModel { stated_by_id: Set(None), ..unset() };
        w.put::<observation::Entity>(Some(observation), draft).await?;
    }
    for other in &known.represented {
        let draft = engagement::ActiveModel { on_behalf_of_id: Set(None), ..unset() };
        w.put::<engagement::Entity>(Some(other), draft).await?;
    }
    for note in &known.notes {
        let draft = progress_note::ActiveModel { text: Set(without(&note.text, &row.name)), ..unset() };
        w.put::<progress_note::Entity>(Some(note), draft).await?;
    }
    for finding in &known.explained {
        let explanation = finding.explanation.as_deref().map(|text| without(text, &row.name));
        w.put::<finding::Entity>(Some(finding), finding::ActiveModel { explanation: Set(explanation), ..unset() })
            .await?;
    }
    let guesses: Vec<_> = known.guesses.iter().map(|guess| guess.id).collect();
    remove::<finding_claim::Entity>(w, finding_claim::Column::FindingId.is_in(guesses.clone())).await?;
    remove::<finding::Entity>(w, finding::Column::Id.is_in(guesses)).await?;
    let reasons: Vec<_> = known.reasons.iter().map(|reason| reason.position).collect();
    remove::<event_reason::Entity>(w, event_reason::Column::Position.is_in(reasons)).await?;
    remove::<citation::Entity>(w, citation::Column::SubjectId.is_in(known.subjects(row.id))).await?;
    remove::<engagement::Entity>(w, engagement::Column::PersonId.eq(row.id)).await?;
    remove::<appointment::Entity>(w, appointment::Column::PersonId.eq(row.id)).await?;
    for merged in person::Entity::find().filter(person::Column::MergedIntoId.eq(row.id)).all(w.read()).await? {
        w.put::<person::Entity>(Some(&merged), person::ActiveModel { merged_into_id: Set(None), ..unset() }).await?;
    }
    remove::<person::Entity>(w, person::Column::Id.eq(row.id)).await?;
    discard_files_naming(w, &fold(&row.name)).await?;
    w.reword(RecordKind::Person, row.id);
    w.record(Event { public: false, ..Event::about::<person::Entity>(EventKind::PersonErased, row) });
    Ok(())
}

/// How many rows of a file are looked through at a time.
const ROWS_AT_A_TIME: u64 = 2000;

/// Throws away the files that wait to be applied and in which a name stands.
async fn discard_files_naming(w: &mut Write, name: &str) -> Result<(), WriteError> {
    for file in import::Entity::find().filter(import::Column::AppliedAt.is_null()).all(w.read()).await? {
        let mut behind = 0;
        loop {
            let page = import_row::Entity::find()
                .filter(import_row::Column::ImportId.eq(file.id))
                .filter(import_row::Column::Line.gt(behind))
                .order_by_asc(import_row::Column::Line)
                .limit(ROWS_AT_A_TIME)
                .all(w.read())
                .await?;
            let Some(last) = page.last().map(|row| row.line) else { break };
            behind = last;
            let stands = |cell: &Value| cell.as_str().is_some_and(|text| fold(text).contains(name));
            let named = |row: &import_row::Model| row.cells.as_array().is_some_and(|cells| cells.iter().any(stands));
            if name.is_empty() || !page.iter().any(named) {
                continue;
            }
            remove::<import_row::Entity>(w, import_row::Column::ImportId.eq(file.id)).await?;
            let draft = import::ActiveModel { state: Set(ImportState::Discarded), ..unset() };
            let put = w.put::<import::Entity>(Some(&file), draft).await?;
            let event = Event::about::<import::Entity>(EventKind::ImportDiscarded, &put.row);
            w.record(Event { public: false, ..event });
            break;
        }
    }
    Ok(())
}

async fn remove<E: EntityTrait>(w: &mut Write, which: Expr) -> Result<(), DbErr> {
    w.delete_all::<E>(Condition::all().add(which)).await
}

/// A text without a name. Where the name stands in other letters than those of the record, nothing of the text is left.
fn without(text: &str, name: &str) -> String {
    let text = text.replace(name, REMOVED);
    if fold(&text).contains(&fold(name)) { REMOVED.to_owned() } else { text }
}
