//! Roles of institutions and groups in batches, known by their key or by batch, holder and role.

use std::collections::HashMap;

use entity::id::{BatchId, InstitutionId, PartnershipId, RegionalGroupId};
use entity::vocabulary::PartnershipRole;
use entity::{batch, partnership};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, DatabaseExecutor, DbErr, QueryFilter};

use super::super::knowledge::{Knowledge, Named, Parts, RowKeys};
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use super::institutions::stated_parts;
use crate::access::policy::Action;
use crate::db::{IDS_PER_QUERY, Write};
use crate::delivery::partnership::rules as partnerships;
use crate::error::WriteError;
use crate::phrase::{Phrase, say};
use crate::rule::{self, made_keys, unset};
use crate::text::fold;

/// What people call roles, folded.
const ROLES: [(&str, PartnershipRole); 16] = [
    ("penyelenggara", PartnershipRole::Organiser),
    ("organizer", PartnershipRole::Organiser),
    ("tuan rumah", PartnershipRole::Host),
    ("pendana", PartnershipRole::Funder),
    ("penyandang dana", PartnershipRole::Funder),
    ("pemberi dana", PartnershipRole::Funder),
    ("donor", PartnershipRole::Funder),
    ("pelaksana", PartnershipRole::Implementer),
    ("implementing agency", PartnershipRole::Implementer),
    ("mitra", PartnershipRole::Partner),
    ("pengusul", PartnershipRole::Nominator),
    ("pengirim nominasi", PartnershipRole::Nominator),
    ("nominating agency", PartnershipRole::Nominator),
    ("penyedia tempat", PartnershipRole::VenueProvider),
    ("venue", PartnershipRole::VenueProvider),
    ("pendukung", PartnershipRole::Supporter),
];

/// Who holds a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Holder {
    Institution(InstitutionId),
    Group(RegionalGroupId),
}

impl Holder {
    fn of(row: &partnership::Model) -> Option<Self> {
        let institution = row.institution_id.map(Self::Institution);
        institution.or(row.regional_group_id.map(Self::Group))
    }
}

/// What tells partnerships apart, where no key does.
type Slot = (BatchId, Holder, PartnershipRole);

/// A partnership that is to be entered or changed.
#[derive(Clone, Debug)]
pub(in super::super) struct PartnershipRow {
    batch: BatchId,
    batch_key: String,
    holder: Holder,
    holder_key: String,
    role: PartnershipRole,
    label: Option<String>,
    key: Option<String>,
    existing: Option<partnership::Model>,
    /// Whether the holder has the role more than once, told apart by labels or keys.
    is_several: bool,
}

impl PartnershipRow {
    fn draft(&self) -> partnership::ActiveModel {
        partnership::ActiveModel {
            role: Set(self.role),
            label: self.label.clone().map_or(NotSet, |label| Set(Some(label))),
            ..unset()
        }
    }

    /// A partnership that is new, with all its columns.
    fn complete(self, w: &Write, key: String) -> partnership::Model {
        let (institution_id, regional_group_id) = match self.holder {
            Holder::Institution(id) => (Some(id), None),
            Holder::Group(id) => (None, Some(id)),
        };
        partnership::Model {
            id: PartnershipId(w.new_id()),
            key,
            version: 1,
            created_at: w.now(),
            updated_at: w.now(),
            institution_id,
            regional_group_id,
            programme_id: None,
            batch_id: Some(self.batch),
            workshop_id: None,
            role: self.role,
            label: self.label,
            ended_at: None,
        }
    }
}

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<PartnershipRow>>, DbErr> {
    let named = Named::read(k, db, rows).await?;
    let layout = k.layout.clone();
    let kept = k.allowed(db, Action::KeepRecord, &named.batches).await?;
    let keys = RowKeys::read::<partnership::Entity>(k, db, rows).await?;
    let ids: Vec<BatchId> = named.batches.keys().copied().collect();
    let mut known: HashMap<BatchId, Vec<partnership::Model>> = HashMap::new();
    for some in ids.chunks(IDS_PER_QUERY) {
        let at = partnership::Column::BatchId.is_in(some.iter().copied());
        for row in k.visible.select::<partnership::Entity>().filter(at).all(db).await? {
            if let Some(batch) = row.batch_id {
                known.entry(batch).or_default().push(row);
            }
        }
    }
    let mut plans = Vec::with_capacity(rows.len());
    for row in rows {
        let mut parser = RowParser::new(&layout, row);
        let batch = named.batch(&mut parser).cloned();
        if batch.as_ref().is_some_and(|batch| !kept.contains(&batch.id)) {
            let message = say!("is not yours: you may not enter partnerships there");
            parser.refuse("batch", message);
        }
        let there = batch.as_ref().and_then(|batch| known.get(&batch.id));
        let there = there.map(Vec::as_slice).unwrap_or_default();
        let Some(read) = read(k, &mut parser, batch, there) else {
            plans.push(Plan::of(row, parser, None, None));
            continue;
        };
        told_once(k, &mut parser, &read);
        let about = read.existing.as_ref().map(|row| row.id.0);
        keys.check(k, &mut parser, read.key.as_deref(), about);
        let draft = read.draft();
        let differs = read
            .existing
            .as_ref()
            .is_none_or(|row| !rule::same::<partnership::Entity>(row, &draft));
        if let Some(existing) = &read.existing {
            parser.tell_changes::<partnership::Entity>(existing, &draft, |_, _| None);
        }
        let (about, is_new) =
            (read.existing.as_ref().map(|row| row.key.clone()), read.existing.is_none());
        plans.push(Plan::of(row, parser, about, differs.then_some((is_new, read))));
    }
    Ok(plans)
}

fn read(
    k: &Knowledge,
    parser: &mut RowParser<'_>,
    batch: Option<batch::Model>,
    there: &[partnership::Model],
) -> Option<PartnershipRow> {
    let key = super::key(parser);
    let role = parser.vocabulary("role", &ROLES);
    let holder = holder(k, parser, batch.as_ref());
    let label = parser.name("label");
    if role.is_none() && !parser.is_hindered() {
        parser.required("role");
    }
    let (Some(batch), Some((holder, holder_key)), Some(role), false) =
        (batch, holder, role, parser.is_hindered())
    else {
        return None;
    };
    let row = PartnershipRow {
        batch: batch.id,
        batch_key: batch.key,
        holder,
        holder_key,
        role,
        label,
        key,
        existing: None,
        is_several: false,
    };
    let (existing, is_several) = existing(parser, &row, there)?;
    Some(PartnershipRow { existing, is_several, ..row })
}

/// Who holds the role, with the key; an institution is told from others of its name by what the row
/// says of it.
fn holder(
    k: &Knowledge,
    parser: &mut RowParser<'_>,
    batch: Option<&batch::Model>,
) -> Option<(Holder, String)> {
    let date = batch.and_then(|row| row.starts_on.or(row.ends_on));
    let parts = stated_parts(k, parser);
    let is_institution = parser.text("institution").is_some();
    let group = parser.text("group").and_then(|_| k.group(parser, "group"));
    if is_institution {
        if group.is_some() {
            let message =
                say!("stands beside an institution: a role is held by the one or by the other");
            parser.refuse("group", message);
        }
        let id = k.institution_in(parser, "institution", date, &parts)?;
        return Some((Holder::Institution(id), k.key_of(id).to_owned()));
    }
    if let Some(group) = group {
        if parts != Parts::default() {
            for field in ["kind", "country", "country_code", "city"] {
                if !parser.layout.cell(parser.row, field).is_empty() {
                    let message = say!("is not taken: the row names no institution");
                    parser.remark(Weight::Note, field, message);
                }
            }
        }
        return Some((Holder::Group(group.id), group.key));
    }
    if !parser.is_hindered() {
        parser.required("institution");
    }
    None
}

/// The partnership that a row is about: the one with its key, else that of the holder in the role,
/// of several the one with its label; and whether there are several. None where it cannot be told.
fn existing(
    parser: &mut RowParser<'_>,
    row: &PartnershipRow,
    there: &[partnership::Model],
) -> Option<(Option<partnership::Model>, bool)> {
    let same: Vec<&partnership::Model> =
        there.iter().filter(|other| Holder::of(other) == Some(row.holder)).collect();
    let keyed = there.iter().find(|other| Some(&other.key) == row.key.as_ref());
    if keyed.is_some_and(|other| Holder::of(other) != Some(row.holder)) {
        let message = say!("is the key of the partnership of another holder, and stays so");
        parser.refuse("key", message);
        return None;
    }
    let of_role = same.into_iter().filter(|other| other.role == row.role);
    let (ended, held): (Vec<_>, Vec<_>) = of_role.partition(|other| other.ended_at.is_some());
    let meant = match keyed {
        Some(keyed) => Some(keyed),
        None => labelled(parser, row, &held)?,
    };
    let over = meant.filter(|other| other.ended_at.is_some());
    if let Some(over) = over.or(ended.first().copied().filter(|_| meant.is_none())) {
        let message = say!(
            "has ended, as \"{key}\": a role that is held again is entered by hand",
            key = &over.key
        );
        parser.refuse("role", message);
        return None;
    }
    if let (None, Some(other), Some(_)) = (keyed, meant, &row.key) {
        let key = &other.key;
        let message =
            say!("is not the key of this partnership, which is \"{key}\" and stays so", key);
        parser.refuse("key", message);
        return None;
    }
    Some((meant.cloned(), held.len() > 1))
}

/// Of the partnerships of a holder in a role the only one, else the one with the label of the row.
fn labelled<'a>(
    parser: &mut RowParser<'_>,
    row: &PartnershipRow,
    held: &[&'a partnership::Model],
) -> Option<Option<&'a partnership::Model>> {
    if let [] | [_] = held {
        return Some(held.first().copied());
    }
    let label = row.label.as_deref().map(fold);
    let mut alike = held.iter().filter(|other| other.label.as_deref().map(fold) == label);
    if let (Some(only), None) = (alike.next(), alike.next()) {
        return Some(Some(*only));
    }
    let keys = Phrase::any_of(held.iter().map(|other| format!("\"{}\"", other.key)));
    let message = say!("is the role of this holder in {keys}: give the key", keys);
    parser.remark(Weight::Ambiguous, "role", message);
    None
}

/// Of rows about one partnership the first is taken, also where the one changes what the other is
/// known by.
fn told_once(k: &mut Knowledge, parser: &mut RowParser<'_>, row: &PartnershipRow) {
    let line = parser.row.line;
    let slot = |role| -> Slot { (row.batch, row.holder, role) };
    let seen = match &row.existing {
        Some(existing) if row.is_several => k.seen_before(&existing.id, line),
        Some(existing) => {
            let changed = (existing.role != row.role).then(|| slot(existing.role));
            let seen = k.seen_before(&existing.id, line);
            let former = changed.and_then(|slot| k.seen_before(&slot, line));
            seen.or(former).or_else(|| k.seen_before(&slot(row.role), line))
        }
        None => k.seen_before(&slot(row.role), line),
    };
    if let Some(first) = seen {
        let message = say!(
            "is the role of this holder at \"{batch}\" in line {line} already",
            batch = &row.batch_key,
            line = first
        );
        parser.remark(Weight::Ambiguous, "role", message);
    }
}

/// Writes what was planned.
pub(in super::super) async fn carry_out(
    w: &mut Write,
    all: Vec<PartnershipRow>,
) -> Result<(), WriteError> {
    let (changed, new): (Vec<PartnershipRow>, Vec<PartnershipRow>) =
        all.into_iter().partition(|one| one.existing.is_some());
    for one in changed {
        partnerships::enter(w, one.existing.as_ref(), one.draft()).await?;
    }
    let stem =
        |one: &PartnershipRow| partnerships::key_stem(&one.batch_key, one.role, &one.holder_key);
    let wanted = new.iter().map(|one| (one.key.clone(), stem(one))).collect();
    let keys = made_keys(w, wanted).await?;
    let rows = keys.into_iter().zip(new).map(|(key, one)| one.complete(w, key)).collect();
    partnerships::enter_all(w, rows).await
}
