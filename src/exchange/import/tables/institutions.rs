//! Bodies, known by their key or by a name. What is close to a name that the register has is not entered before somebody has said that
//! the two are not the same.

use entity::id::{CountryCode, InstitutionId};
use entity::vocabulary::{InstitutionKind, NameKind};
use entity::{institution, institution_name};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseExecutor, DbErr, EntityTrait, IntoActiveModel, QueryFilter};

use super::super::knowledge::Knowledge;
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::reading::Reading;
use super::super::remark::Weight;
use crate::access::policy::{Action, Relation};
use crate::db::Write;
use crate::error::WriteError;
use crate::exchange::names::bodies::BodyMatch;
use crate::network::institution::rules as institutions;
use crate::rule::{self, IDS_PER_QUERY, check, made_key, unset};
use crate::text::fold;

/// What people call kinds of bodies, folded.
const KINDS: [(&str, InstitutionKind); 14] = [
    ("pemerintah", InstitutionKind::Government),
    ("kementerian", InstitutionKind::Government),
    ("ministry", InstitutionKind::Government),
    ("pemerintah daerah", InstitutionKind::LocalGovernment),
    ("pemda", InstitutionKind::LocalGovernment),
    ("dinas", InstitutionKind::LocalGovernment),
    ("ngo", InstitutionKind::NationalNgo),
    ("lsm", InstitutionKind::NationalNgo),
    ("yayasan", InstitutionKind::Foundation),
    ("swasta", InstitutionKind::PrivateSector),
    ("perusahaan", InstitutionKind::PrivateSector),
    ("company", InstitutionKind::PrivateSector),
    ("universitas", InstitutionKind::Academic),
    ("asosiasi", InstitutionKind::Association),
];

/// A body that is to be entered or changed.
#[derive(Debug)]
pub(in super::super) struct Body {
    existing: Option<institution::Model>,
    draft: institution::ActiveModel,
    names: Vec<institution_name::ActiveModel>,
    line: u64,
}

struct Read {
    id: Option<InstitutionId>,
    key: Option<String>,
    name: String,
    draft: institution::ActiveModel,
    names: Vec<institution_name::ActiveModel>,
}

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<Body>>, DbErr> {
    let layout = k.layout.clone();
    let mut read_rows = Vec::with_capacity(rows.len());
    for row in rows {
        let mut reading = Reading::new(&layout, row);
        let read = read(k, &mut reading);
        read_rows.push((row, reading, read));
    }
    let ids: Vec<InstitutionId> = read_rows.iter().filter_map(|row| row.2.as_ref()?.id).collect();
    let (mut known, mut names) = (Vec::new(), Vec::new());
    for some in ids.chunks(IDS_PER_QUERY) {
        known.extend(
            institution::Entity::find().filter(institution::Column::Id.is_in(some.iter().copied())).all(db).await?,
        );
        let of_some = institution_name::Column::InstitutionId.is_in(some.iter().copied());
        names.extend(institution_name::Entity::find().filter(of_some).all(db).await?);
    }
    let mut plans = Vec::with_capacity(rows.len());
    for (row, mut reading, read) in read_rows {
        let Some(read) = read else {
            plans.push(Plan::of(row, reading, None, None));
            continue;
        };
        let existing = known.iter().find(|known| Some(known.id) == read.id).cloned();
        let by = read.key.clone().unwrap_or_else(|| fold(&read.name));
        if let Some(line) = k.seen_before(&by, row.line) {
            reading.remark(Weight::Ambiguous, "name", format!("stands in line {line} already"));
        }
        let lacking = |name: &institution_name::ActiveModel| {
            let folded = fold(name.name.as_ref());
            !names.iter().any(|known| Some(known.institution_id) == read.id && fold(&known.name) == folded)
        };
        let more: Vec<_> = read.names.into_iter().filter(lacking).collect();
        let differs = existing
            .as_ref()
            .is_none_or(|row| !rule::same::<institution::Entity>(row, &read.draft) || !more.is_empty());
        let may = match &existing {
            Some(row) => {
                let own = k.is_ours(row.id) && k.may(Action::KeepInstitution, Relation::Own);
                own || k.may(Action::KeepInstitution, Relation::Stranger)
            }
            None => k.may(Action::EnterCommon, Relation::Stranger),
        };
        if differs && !may {
            reading.refuse("name", "is an institution that is not yours: you may not change it");
        }
        let (about, is_new) = (existing.as_ref().map(|row| row.key.clone()), existing.is_none());
        let body = Body { existing, draft: read.draft, names: more, line: row.line };
        plans.push(Plan::of(row, reading, about, differs.then_some((is_new, body))));
    }
    Ok(plans)
}

fn read(k: &Knowledge, reading: &mut Reading<'_>) -> Option<Read> {
    let key = super::key(reading);
    let name = reading.required("name");
    let known = key.as_deref().and_then(|key| k.body_with_key(key));
    let id = match (&known, &name) {
        (Some(id), _) => Some(*id),
        (None, Some(name)) => same_body(k, reading, name),
        (None, None) => None,
    };
    let country: Option<CountryCode> = k.country(reading, None);
    let parent = k.institution(reading, "parent", None);
    let kind = reading.vocabulary("kind", &KINDS);
    let (city, website) = (reading.text("city"), reading.text("website"));
    let website = website.map(|site| if site.contains("://") { site } else { format!("https://{site}") });
    if let Some(Err(refusal)) = website.as_deref().map(|site| check::url("website", site)) {
        reading.refuse("website", refusal.message);
    }
    let language = reading.language("language").unwrap_or_else(|| "und".to_owned());
    let called = [
        (name.clone(), language.as_str(), NameKind::Common),
        (reading.text("name_en"), "en", NameKind::Common),
        (reading.text("acronym"), language.as_str(), NameKind::Acronym),
    ];
    let called = called.into_iter().filter_map(|(name, language, kind)| {
        Some(institution_name::ActiveModel {
            name: Set(name?),
            language: Set(language.to_owned()),
            kind: Set(kind),
            ..unset()
        })
    });
    let names = called.collect();
    let (name, false) = (name?, reading.is_hindered()) else { return None };
    let draft = institution::ActiveModel {
        key: key.clone().filter(|_| id.is_none()).map_or(NotSet, Set),
        kind: kind.map_or(NotSet, Set),
        country_code: country.map_or(NotSet, |code| Set(Some(code))),
        city: city.map_or(NotSet, |city| Set(Some(city))),
        website: website.map_or(NotSet, |site| Set(Some(site))),
        parent_id: parent.map_or(NotSet, |parent| Set(Some(parent))),
        ..unset()
    };
    Some(Read { id, key, name, draft, names })
}

/// The body that has this name, where one has; what is merely close is told, and hinders until it is decided.
fn same_body(k: &Knowledge, reading: &mut Reading<'_>, name: &str) -> Option<InstitutionId> {
    let (decided, denied) = k.decided_body(name);
    if decided.is_some() {
        return decided;
    }
    let open = |candidates: Vec<(InstitutionId, String)>| {
        let left = candidates.into_iter().filter(|(id, _)| !denied.contains(id));
        left.map(|(id, name)| format!("{name} ({})", k.key_of(id))).collect::<Vec<_>>()
    };
    let (close, why) = match k.has_body(name) {
        BodyMatch::One { id, .. } if !denied.contains(&id) => return Some(id),
        BodyMatch::One { .. } => (Vec::new(), ""),
        BodyMatch::Ambiguous { candidates } => (open(candidates), "is the name of several institutions"),
        BodyMatch::None { suggestions } => {
            (open(suggestions), "is close to the name of an institution that the register has")
        }
    };
    if !close.is_empty() {
        reading.remark(Weight::Ambiguous, "name", format!("{why}: {}; say whether it is the same", close.join(" or ")));
    }
    None
}

/// Writes what was planned.
pub(in super::super) async fn carry_out(w: &mut Write, bodies: Vec<Body>) -> Result<(), WriteError> {
    for one in bodies {
        let line = one.line;
        enter(w, one).await.map_err(|error| super::at_line(error, line))?;
    }
    Ok(())
}

async fn enter(w: &mut Write, one: Body) -> Result<(), WriteError> {
    let mut draft = one.draft;
    if one.existing.is_none() {
        if draft.key.is_not_set() {
            draft.key = Set(made_key(w, "institution"));
        }
        if draft.kind.is_not_set() {
            draft.kind = Set(InstitutionKind::Other);
        }
    }
    let put = institutions::enter(w, one.existing.as_ref(), draft).await?;
    if one.names.is_empty() {
        return Ok(());
    }
    let of_it = institution_name::Column::InstitutionId.eq(put.row.id);
    let there = institution_name::Entity::find().filter(of_it).all(w.read()).await?;
    let mut names: Vec<institution_name::ActiveModel> =
        there.into_iter().map(|row| row.into_active_model().reset_all()).collect();
    names.iter_mut().for_each(|name| name.id = NotSet);
    names.extend(one.names);
    institutions::enter_names(w, &put, names).await.map(|_| ())
}
