//! Groups of countries, known by their key or English name: for curators, as by hand.

use std::collections::HashMap;

use entity::id::RegionalGroupId;
use entity::regional_group;
use entity::vocabulary::RegionalGroupKind;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{DatabaseExecutor, DbErr};

use super::super::knowledge::{Knowledge, RowKeys};
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use crate::access::policy::{Action, Relation};
use crate::db::Write;
use crate::error::WriteError;
use crate::network::regional_group::rules as groups;
use crate::phrase::{Phrase, say};
use crate::rule::{self, made_keys, unset};
use crate::text::fold;

/// What people call that which binds a group together, folded.
const KINDS: [(&str, RegionalGroupKind); 6] = [
    ("organization", RegionalGroupKind::Organisation),
    ("organisasi", RegionalGroupKind::Organisation),
    ("perjanjian", RegionalGroupKind::Treaty),
    ("traktat", RegionalGroupKind::Treaty),
    ("agreement", RegionalGroupKind::Treaty),
    ("konvensi", RegionalGroupKind::Treaty),
];

/// The fields of the names, of which the first tells groups apart.
const NAMES: [&str; 3] = ["name_en", "name_id", "acronym"];

/// A group that is to be entered or changed.
#[derive(Clone, Debug)]
pub(in super::super) struct GroupRow {
    existing: Option<regional_group::Model>,
    key: Option<String>,
    kind: RegionalGroupKind,
    name: String,
    other: Option<String>,
    acronym: Option<String>,
}

impl GroupRow {
    /// What changes of a group that is there.
    fn draft(&self) -> regional_group::ActiveModel {
        let given = |text: &Option<String>| text.clone().map_or(NotSet, |text| Set(Some(text)));
        regional_group::ActiveModel {
            name_en: Set(self.name.clone()),
            name_id: given(&self.other),
            acronym: given(&self.acronym),
            ..unset()
        }
    }

    /// A group that is new, with all its columns but those that follow from others.
    fn complete(self, w: &Write, key: String) -> regional_group::Model {
        regional_group::Model {
            id: RegionalGroupId(w.new_id()),
            key,
            version: 1,
            created_at: w.now(),
            updated_at: w.now(),
            kind: self.kind,
            acronym: self.acronym,
            name_en: self.name,
            name_id: self.other,
            sort_name: String::new(),
            search_text: String::new(),
        }
    }
}

/// The groups of the register, by their English names, and by all their names and acronyms.
struct Called<'a> {
    by_name: HashMap<&'a str, Vec<&'a regional_group::Model>>,
    by_any: HashMap<String, Vec<&'a regional_group::Model>>,
}

impl<'a> Called<'a> {
    fn new(groups: impl Iterator<Item = &'a regional_group::Model>) -> Self {
        let mut called = Self { by_name: HashMap::new(), by_any: HashMap::new() };
        for row in groups {
            called.by_name.entry(row.sort_name.as_str()).or_default().push(row);
            let names = [Some(&row.name_en), row.name_id.as_ref(), row.acronym.as_ref()];
            for name in names.into_iter().flatten() {
                let all = called.by_any.entry(fold(name)).or_default();
                if all.iter().all(|other| other.id != row.id) {
                    all.push(row);
                }
            }
        }
        called.by_name.values_mut().chain(called.by_any.values_mut()).for_each(|rows| {
            rows.sort_by(|one, other| one.key.cmp(&other.key));
        });
        called
    }
}

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<GroupRow>>, DbErr> {
    let layout = k.layout.clone();
    let keys = RowKeys::read::<regional_group::Entity>(k, db, rows).await?;
    let groups: Vec<regional_group::Model> = k.groups().cloned().collect();
    let called = Called::new(groups.iter());
    let mut plans = Vec::with_capacity(rows.len());
    for row in rows {
        let mut parser = RowParser::new(&layout, row);
        let Some(group) = read(k, &groups, &called, &mut parser) else {
            plans.push(Plan::of(row, parser, None, None));
            continue;
        };
        told_once(k, &mut parser, &group);
        let about = group.existing.as_ref().map(|row| row.id.0);
        keys.check(k, &mut parser, group.key.as_deref(), about);
        let draft = group.draft();
        let differs = group
            .existing
            .as_ref()
            .is_none_or(|row| !rule::same::<regional_group::Entity>(row, &draft));
        if let Some(existing) = &group.existing {
            parser.tell_changes::<regional_group::Entity>(existing, &draft, |_, _| None);
        }
        let (about, is_new) =
            (group.existing.as_ref().map(|row| row.key.clone()), group.existing.is_none());
        plans.push(Plan::of(row, parser, about, differs.then_some((is_new, group))));
    }
    Ok(plans)
}

fn read(
    k: &Knowledge,
    groups: &[regional_group::Model],
    called: &Called<'_>,
    parser: &mut RowParser<'_>,
) -> Option<GroupRow> {
    let key = super::key(parser);
    let name = parser.required_name("name_en");
    let (other, acronym) = (parser.name("name_id"), parser.name("acronym"));
    let kind = parser.vocabulary("kind", &KINDS);
    if !k.may(Action::KeepCommon, Relation::Stranger) {
        let message = say!("is a group that curators enter, and you are none");
        parser.refuse("name_en", message);
    }
    let (Some(name), false) = (name, parser.is_hindered()) else { return None };
    let keyed = groups.iter().find(|row| Some(row.key.as_str()) == key.as_deref());
    let existing = match keyed {
        Some(row) => Some(row),
        None => existing(parser, called, key.is_some(), &name),
    };
    let kind = match (existing, kind) {
        (None, None) => {
            let message = say!("is not given, and a new group says what binds it together");
            parser.refuse("kind", message);
            return None;
        }
        (Some(row), Some(kind)) if row.kind != kind => {
            let message = say!("is not taken: the group stays {kind}", kind = row.kind);
            parser.remark(Weight::Note, "kind", message);
            row.kind
        }
        (Some(row), _) => row.kind,
        (None, Some(kind)) => kind,
    };
    Some(GroupRow { existing: existing.cloned(), key, kind, name, other, acronym })
}

/// The group that has the English name of a row without a key. One that is called so otherwise, or
/// has another name of the row, may be the same.
fn existing<'a>(
    parser: &mut RowParser<'_>,
    called: &Called<'a>,
    is_keyed: bool,
    name: &str,
) -> Option<&'a regional_group::Model> {
    let named = called.by_name.get(fold(name).as_str()).map(Vec::as_slice).unwrap_or_default();
    let keys = |rows: &[&regional_group::Model]| {
        Phrase::any_of(rows.iter().map(|row| format!("\"{}\"", row.key)))
    };
    if is_keyed {
        if !named.is_empty() {
            let message =
                say!("is the name of {keys} too: entered as another group", keys = keys(named));
            parser.remark(Weight::Note, "name_en", message);
        }
        return None;
    }
    match named {
        [only] => return Some(only),
        [] => {}
        several => {
            let message =
                say!("is the name of several groups, {keys}: give the key", keys = keys(several));
            parser.remark(Weight::Ambiguous, "name_en", message);
            return None;
        }
    }
    for field in NAMES {
        let text = fold(&parser.text(field).unwrap_or_default());
        if let Some(rows) = called.by_any.get(&text).filter(|_| !text.is_empty()) {
            let message = say!(
                "is a name of {keys}, which is not called \"{name}\": give the key",
                keys = keys(rows),
                name
            );
            parser.remark(Weight::Ambiguous, field, message);
        }
    }
    None
}

/// Of rows about one group, or that have a name in common and are not told apart by keys, the first
/// one is taken.
fn told_once(k: &mut Knowledge, parser: &mut RowParser<'_>, group: &GroupRow) {
    let line = parser.row.line;
    let seen = group.existing.as_ref().and_then(|row| k.seen_before(&row.id, line));
    let names = [Some(&group.name), group.other.as_ref(), group.acronym.as_ref()];
    // What is known by its name may share the others.
    let told_by = if group.existing.is_some() { 1 } else { names.len() };
    let mut first = seen.map(|first| ("name_en", first));
    for (field, name) in NAMES.into_iter().zip(names).take(told_by) {
        let Some(name) = name.map(|name| fold(name)).filter(|name| !name.is_empty()) else {
            continue;
        };
        let earlier = k.titled_before(&name, group.key.is_some(), line);
        first = first.or(earlier.map(|first| (field, first)));
    }
    if let Some((field, first)) = first {
        let message = say!("stands in line {line} already: give each a key", line = first);
        parser.remark(Weight::Ambiguous, field, message);
    }
}

/// Writes what was planned.
pub(in super::super) async fn carry_out(
    w: &mut Write,
    all: Vec<GroupRow>,
) -> Result<(), WriteError> {
    // Before keys are chosen, so that nobody else chooses them.
    w.lock_register().await?;
    let (changed, new): (Vec<GroupRow>, Vec<GroupRow>) =
        all.into_iter().partition(|one| one.existing.is_some());
    for one in changed {
        let put = groups::enter(w, one.existing.as_ref(), one.draft()).await?;
        rule::emit::<regional_group::Entity>(w, &put);
    }
    let stem = |one: &GroupRow| groups::key_stem(&one.name, one.acronym.as_deref());
    let wanted = new.iter().map(|one| (one.key.clone(), stem(one))).collect();
    let keys = made_keys(w, wanted).await?;
    let rows = keys.into_iter().zip(new).map(|(key, one)| one.complete(w, key)).collect();
    groups::enter_all(w, rows).await
}
