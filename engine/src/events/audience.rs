//! The audience of an event. It follows from the record that the event is about, by the kind of
//! that record: every kind says here where its records stand, and a kind that does not say so does
//! not compile.

use std::collections::HashMap;

use entity::id::{BatchId, InstitutionId, ProgrammeId};
use entity::vocabulary::{EngagementRole, FindingRule, RecordKind};
use entity::*;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, QueryFilter};
use uuid::Uuid;

use crate::record::{Record, id_column};

/// Where a record stands: who keeps it, and whether the public may know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What it belongs to.
    pub under: Under,
    /// Whether events about it are withheld from the public, whatever it belongs to.
    pub withheld: bool,
}

/// What a record belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Under {
    /// The register as a whole: no institution keeps it.
    Register,
    /// An institution.
    Institution(InstitutionId),
    /// A programme, and so the institution that owns it.
    Programme(ProgrammeId),
    /// A batch, and so the institution that owns it. As long as the batch is a draft, it is not
    /// public.
    Batch(BatchId),
    /// Another record: it stands where that one stands.
    Record(RecordKind, Uuid),
}

impl Standing {
    fn public(under: Under) -> Self {
        Self { under, withheld: false }
    }

    fn withheld(under: Under) -> Self {
        Self { under, withheld: true }
    }

    /// Under a batch or, where it is at a workshop, under that.
    fn at(batch: Option<BatchId>, workshop: Option<id::WorkshopId>) -> Option<Under> {
        batch.map(Under::Batch).or(workshop.map(|id| Under::Record(RecordKind::Workshop, id.0)))
    }
}

/// A record of which events tell.
pub trait Subject: Record {
    /// Where a row stands.
    fn standing(row: &Self::Model) -> Standing;
}

/// Rules that guess whom a record might be the same as: what they find is for curators and
/// auditors.
pub const GUESSES: [FindingRule; 2] =
    [FindingRule::PossibleSamePerson, FindingRule::PossibleSameInstitution];

/// Where the records of these ids stand.
async fn read<E: Subject>(
    db: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, Standing>, DbErr> {
    let rows = E::find().filter(id_column::<E>().is_in(ids)).all(db).await?;
    Ok(rows.iter().map(|row| (E::id(row), E::standing(row))).collect())
}

macro_rules! standings {
    ($($module:ident $kind:ident => |$row:pat_param| $standing:expr;)+) => {
        $(impl Subject for $module::Entity {
            fn standing($row: &Self::Model) -> Standing { $standing }
        })+

        /// Where the records of one kind and of these ids stand. A record that is not there is in
        /// nobody's view.
        pub async fn standings(
            db: &impl ConnectionTrait,
            kind: RecordKind,
            ids: Vec<Uuid>,
        ) -> Result<HashMap<Uuid, Standing>, DbErr> {
            match kind {
                // Countries have codes, not ids: they are never asked for.
                RecordKind::Country => Ok(HashMap::new()),
                $(RecordKind::$kind => read::<$module::Entity>(db, ids).await,)+
            }
        }
    };
}

standings! {
    regional_group RegionalGroup => |_| Standing::public(Under::Register);
    membership Membership => |_| Standing::public(Under::Register);
    institution Institution => |row| Standing::public(Under::Institution(row.id));
    programme Programme => |row| Standing::public(Under::Programme(row.id));
    topic Topic => |_| Standing::public(Under::Register);
    tag Tag => |row|
        Standing::public(row.programme_id.map_or(Under::Register, Under::Programme));
    venue Venue => |_| Standing::public(Under::Register);
    source Source => |_| Standing::public(Under::Register);
    tombstone Tombstone => |row| Standing {
        under: row.owner_id.map_or(Under::Register, |id| Under::Institution(InstitutionId(id))),
        withheld: !row.public,
    };
    indicator Indicator => |_| Standing::public(Under::Register);

    batch Batch => |row| Standing::public(Under::Batch(row.id));
    batch_part BatchPart => |row| Standing::public(Under::Batch(row.batch_id));
    workshop Workshop => |row| Standing::public(Under::Batch(row.batch_id));
    delegation Delegation => |row| Standing::public(Under::Batch(row.batch_id));
    outcome Outcome => |row| Standing::public(Under::Batch(row.batch_id));
    claim Claim => |row| Standing::public(Under::Batch(row.batch_id));
    partnership Partnership => |row| {
        let programme = row.programme_id.map(Under::Programme);
        Standing::public(
            Standing::at(row.batch_id, row.workshop_id).or(programme).unwrap_or(Under::Register),
        )
    };
    observation Observation => |row| {
        let programme = row.programme_id.map(Under::Programme);
        Standing::public(row.batch_id.map(Under::Batch).or(programme).unwrap_or(Under::Register))
    };
    action_plan ActionPlan => |row|
        Standing::public(Under::Record(RecordKind::Delegation, row.delegation_id.0));
    action_item ActionItem => |row|
        Standing::public(Under::Record(RecordKind::ActionPlan, row.action_plan_id.0));
    progress_note ProgressNote => |row|
        Standing::public(Under::Record(RecordKind::ActionItem, row.action_item_id.0));

    // Of people nothing is told, but that somebody holds a public role.
    person Person => |_| Standing::withheld(Under::Register);
    appointment Appointment => |_| Standing::withheld(Under::Register);
    engagement Engagement => |row| Standing {
        under: Standing::at(row.batch_id, row.workshop_id).unwrap_or(Under::Register),
        withheld: row.role == EngagementRole::Participant,
    };

    // That a source documents a record tells that the record exists.
    citation Citation => |row| Standing::public(match row.subject_id {
        Some(id) => Under::Record(row.subject_kind, id),
        None => Under::Register,
    });
    // Whom a record might be the same as is a guess.
    finding Finding => |row| Standing {
        under: row.batch_id.map_or(Under::Register, Under::Batch),
        withheld: row.batch_id.is_none() || GUESSES.contains(&row.rule),
    };

    account Account => |_| Standing::withheld(Under::Register);
    access_grant Grant => |_| Standing::withheld(Under::Register);
    api_token ApiToken => |_| Standing::withheld(Under::Register);
    import Import => |_| Standing::withheld(Under::Register);
    webhook_endpoint WebhookEndpoint => |_| Standing::withheld(Under::Register);
    webhook_delivery WebhookDelivery => |_| Standing::withheld(Under::Register);
}

/// A column that refers to another record, and what is under that.
type Reference = (&'static str, fn(Uuid) -> Under);

/// The references by which a record belongs to another, as changes name them: with the old value,
/// an event is for those alone who may know of the former place as well. Where that is a draft of
/// another institution, it is for none of the two.
const PLACES: [Reference; 5] = [
    ("batch_id", |id| Under::Batch(BatchId(id))),
    ("workshop_id", |id| Under::Record(RecordKind::Workshop, id)),
    ("delegation_id", |id| Under::Record(RecordKind::Delegation, id)),
    ("action_plan_id", |id| Under::Record(RecordKind::ActionPlan, id)),
    ("action_item_id", |id| Under::Record(RecordKind::ActionItem, id)),
];

/// Where a record of this kind stood before these changes, where that differs from where it stands.
pub fn formerly(
    kind: RecordKind,
    changes: &serde_json::Map<String, serde_json::Value>,
) -> Vec<Standing> {
    let old = |field: &str| changes.get(field).and_then(|change| change[0].as_str());
    let place = |(field, under): &Reference| Some(under(old(field)?.parse().ok()?));
    let mut formerly: Vec<Standing> =
        PLACES.iter().filter_map(place).map(Standing::public).collect();
    let participant = sea_orm::ActiveEnum::to_value(&EngagementRole::Participant);
    if kind == RecordKind::Engagement && old("role").is_some_and(|role| role == participant) {
        formerly.push(Standing::withheld(Under::Register));
    }
    // Of what kind the former record was is not told by its id.
    if kind == RecordKind::Citation && old("subject_id").is_some() {
        formerly.push(Standing::withheld(Under::Register));
    }
    formerly
}
