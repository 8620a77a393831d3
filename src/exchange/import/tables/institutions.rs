//! Bodies, known by their key, or by name, kind, country and city together. What is close to a name
//! that the register has is not entered before somebody has said that the two are not the same.

mod identity;
mod parent;

use std::collections::{HashMap, HashSet};

use entity::id::{CountryCode, InstitutionId};
use entity::vocabulary::{InstitutionKind, NameKind};
use entity::{institution, institution_name};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseExecutor, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter,
};

use self::identity::StatedInstitution;
use self::parent::{Entered, NewInstitutions, Parent};
use super::super::knowledge::{BodyOfFile, Knowledge, Parts, RowKeys};
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use crate::access::policy::{Action, Relation};
use crate::db::IDS_PER_QUERY;
use crate::db::Write;
use crate::error::WriteError;
use crate::network::institution::rules as institutions;
use crate::phrase::{Phrase, say};
use crate::rule::{self, check, look_up_keys, made_key, unset};
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
#[derive(Clone, Debug)]
pub(in super::super) struct InstitutionRow {
    existing: Option<institution::Model>,
    draft: institution::ActiveModel,
    names: Vec<institution_name::ActiveModel>,
    /// To which it belongs, where an earlier row enters that.
    parent: Option<Entered>,
}

struct Read {
    id: Option<InstitutionId>,
    name: String,
    draft: institution::ActiveModel,
    names: Vec<institution_name::ActiveModel>,
    parent: Option<Entered>,
}

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<InstitutionRow>>, DbErr> {
    let layout = k.layout.clone();
    let keys = RowKeys::read::<institution::Entity>(k, db, rows).await?;
    let coming = NewInstitutions::of(&layout, rows);
    let mut read_rows = Vec::with_capacity(rows.len());
    for row in rows {
        let mut parser = RowParser::new(&layout, row);
        let read = read(k, &keys, &coming, &mut parser);
        read_rows.push((row, parser, read));
    }
    let ids: Vec<InstitutionId> = read_rows.iter().filter_map(|row| row.2.as_ref()?.id).collect();
    let (mut known, mut names): (HashMap<_, institution::Model>, HashMap<_, HashSet<String>>) =
        Default::default();
    for some in ids.chunks(IDS_PER_QUERY) {
        let these =
            institution::Entity::find().filter(institution::Column::Id.is_in(some.iter().copied()));
        known.extend(these.all(db).await?.into_iter().map(|row| (row.id, row)));
        let of_some = institution_name::Column::InstitutionId.is_in(some.iter().copied());
        for row in institution_name::Entity::find().filter(of_some).all(db).await? {
            names.entry(row.institution_id).or_default().insert(fold(&row.name));
        }
    }
    let mut plans = Vec::with_capacity(rows.len());
    for (row, mut parser, read) in read_rows {
        let Some(read) = read else {
            plans.push(Plan::of(row, parser, None, None));
            continue;
        };
        let existing = read.id.and_then(|id| known.get(&id)).cloned();
        let named = read.id.and_then(|id| names.get(&id));
        let lacking = |name: &institution_name::ActiveModel| {
            named.is_none_or(|names| !names.contains(&fold(name.name.as_ref())))
        };
        let more: Vec<_> = read.names.into_iter().filter(lacking).collect();
        let differs = existing.as_ref().is_none_or(|row| {
            !rule::same::<institution::Entity>(row, &read.draft) || !more.is_empty()
        });
        let differs = differs || read.parent.is_some();
        let may = match &existing {
            Some(row) => {
                let own = k.is_ours(row.id) && k.may(Action::KeepInstitution, Relation::Own);
                own || k.may(Action::KeepInstitution, Relation::Stranger)
            }
            None => k.may(Action::EnterCommon, Relation::Stranger),
        };
        if differs && !may {
            let message = say!("is an institution that is not yours: you may not change it");
            parser.refuse("name", message);
        }
        if let Some(existing) = &existing {
            parser.tell_changes::<institution::Entity>(existing, &read.draft, |column, id| match (
                column, id,
            ) {
                ("parent_id", sea_orm::Value::Uuid(Some(id))) => {
                    Some(format!("\"{}\"", k.key_of(InstitutionId(*id))))
                }
                _ => None,
            });
            if let Some(entered) = &read.parent {
                let from =
                    existing.parent_id.map(|id| Phrase::verbatim(format!("\"{}\"", k.key_of(id))));
                let to = say!("the institution of line {line}", line = entered.line);
                parser.tell_change("parent_id", from, Some(to));
            }
            for name in &more {
                let key = &existing.key;
                let message = say!("becomes a name of \"{key}\", which it was not", key);
                let field = if name.kind.as_ref() == &NameKind::Acronym {
                    "acronym"
                } else if *name.name.as_ref() == read.name {
                    "name"
                } else {
                    "name_en"
                };
                parser.remark(Weight::Note, field, message);
            }
        }
        let (about, is_new) = (existing.as_ref().map(|row| row.key.clone()), existing.is_none());
        let body = InstitutionRow { existing, draft: read.draft, names: more, parent: read.parent };
        plans.push(Plan::of(row, parser, about, differs.then_some((is_new, body))));
    }
    Ok(plans)
}

/// What the row of another table says of the institution that it names.
pub(super) fn stated_parts(k: &Knowledge, parser: &mut RowParser<'_>) -> Parts {
    let kind = parser.vocabulary("kind", &KINDS);
    Parts {
        kind: kind.filter(|kind| *kind != InstitutionKind::Other),
        country: k.country(parser, None),
        city: parser.name("city"),
    }
}

fn read(
    k: &mut Knowledge,
    keys: &RowKeys,
    coming: &NewInstitutions,
    parser: &mut RowParser<'_>,
) -> Option<Read> {
    let key = super::key(parser);
    let name = parser.required_name("name");
    let country: Option<CountryCode> = k.country(parser, None);
    let parent = parent::read(k, parser, coming);
    let kind = parser.vocabulary("kind", &KINDS);
    let (city, website) = (parser.name("city"), parser.text("website"));
    let website =
        website.map(|site| if site.contains("://") { site } else { format!("https://{site}") });
    if let Some(Err(refusal)) = website.as_deref().map(|site| check::url("website", site)) {
        parser.refuse("website", refusal.message);
    }
    let language = parser.language("language").unwrap_or_else(|| "und".to_owned());
    let (name_en, acronym) = (parser.name("name_en"), parser.name("acronym"));
    let called = [
        (name.clone(), language.as_str(), NameKind::Common),
        (name_en.clone(), "en", NameKind::Common),
        (acronym.clone(), language.as_str(), NameKind::Acronym),
    ];
    let called = called.into_iter().filter_map(|(name, language, kind)| {
        Some(institution_name::ActiveModel {
            name: Set(name?),
            language: Set(language.to_owned()),
            kind: Set(kind),
            ..unset()
        })
    });
    let mut names: Vec<institution_name::ActiveModel> = Vec::new();
    for name in called {
        // One text in two columns is one name.
        if !names.iter().any(|other| fold(other.name.as_ref()) == fold(name.name.as_ref())) {
            names.push(name);
        }
    }
    let (name, false) = (name?, parser.is_hindered()) else { return None };
    let parts = Parts {
        kind: kind.filter(|kind| *kind != InstitutionKind::Other),
        country: country.clone(),
        city: city.clone(),
    };
    let (name_en, acronym) = (name_en.as_deref(), acronym.as_deref());
    let said =
        StatedInstitution { key: key.as_deref(), name: &name, name_en, acronym, parts: &parts };
    let id = identity::find(k, parser, &said);
    if let Some(id) = id
        && let Some(line) = k.seen_before(&id, parser.row.line)
    {
        parser.remark(Weight::Ambiguous, "name", say!("stands in line {line} already", line));
    }
    let about = id.filter(|id| key.as_deref() == Some(k.key_of(*id))).map(|id| id.0);
    keys.check(k, parser, key.as_deref().filter(|_| id.is_none() || about.is_some()), about);
    if parser.is_hindered() {
        return None;
    }
    let called: Vec<(&str, bool)> =
        [(Some(name.as_str()), false), (name_en, false), (acronym, true)]
            .into_iter()
            .filter_map(|(name, is_acronym)| Some((name?, is_acronym)))
            .collect();
    let line = parser.row.line;
    let body =
        BodyOfFile { line, known: id, key: key.clone(), parts: parts.clone(), is_acronym: false };
    k.remember_body(&called, body);
    let (parent, entered) = match parent {
        Some(Parent::Known(id)) => (Some(id), None),
        Some(Parent::OfFile(entered)) => (None, Some(entered)),
        None => (None, None),
    };
    let draft = institution::ActiveModel {
        key: key.filter(|_| id.is_none()).map_or(NotSet, Set),
        kind: kind.map_or(NotSet, Set),
        country_code: country.map_or(NotSet, |code| Set(Some(code))),
        city: city.map_or(NotSet, |city| Set(Some(city))),
        website: website.map_or(NotSet, |site| Set(Some(site))),
        parent_id: parent.map_or(NotSet, |parent| Set(Some(parent))),
        ..unset()
    };
    Some(Read { id, name, draft, names, parent: entered })
}

/// Writes what was planned.
pub(in super::super) async fn carry_out(
    w: &mut Write,
    bodies: Vec<InstitutionRow>,
) -> Result<(), WriteError> {
    // Before keys are chosen, so that nobody else chooses them.
    w.lock_register().await?;
    let new = bodies.iter().filter(|one| one.existing.is_none() && one.draft.key.is_not_set());
    let stems: Vec<_> = new.map(|one| institutions::key_stem(&one.names)).collect();
    look_up_keys(w, &stems).await?;
    for one in bodies {
        enter(w, one).await?;
    }
    Ok(())
}

async fn enter(w: &mut Write, one: InstitutionRow) -> Result<(), WriteError> {
    let mut draft = one.draft;
    if one.existing.is_none() {
        if draft.key.is_not_set() {
            draft.key = Set(made_key(w, institutions::key_stem(&one.names)).await?);
        }
        if draft.kind.is_not_set() {
            draft.kind = Set(InstitutionKind::Other);
        }
    }
    if let Some(entered) = &one.parent
        && let Some(id) = entered.id(w).await?
    {
        draft.parent_id = Set(Some(id));
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
