//! Designs and umbrellas, known by their key or title. A new one is kept by the institution for
//! which the file is handed in.

use entity::id::InstitutionId;
use entity::programme;
use entity::vocabulary::Modality;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, Condition, DatabaseExecutor, DbErr, QueryFilter};

use super::super::knowledge::{Knowledge, RowKeys};
use super::super::plan::Plan;
use super::super::read::{Row, former_key, is_feed};
use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use crate::access::policy::{Action, Relation};
use crate::db::IDS_PER_QUERY;
use crate::db::Write;
use crate::error::WriteError;
use crate::network::programme::rules as programmes;
use crate::phrase::{Phrase, say};
use crate::rule::{self, Stem, look_up_keys, made_key, unset};
use crate::text::fold;

/// What people call kinds of cooperation, folded.
const MODALITIES: [(&str, Modality); 8] = [
    ("domestik", Modality::Domestic),
    ("dalam negeri", Modality::Domestic),
    ("south south", Modality::SouthSouth),
    ("south south cooperation", Modality::SouthSouth),
    ("kerja sama selatan selatan", Modality::SouthSouth),
    ("selatan selatan", Modality::SouthSouth),
    ("triangular cooperation", Modality::Triangular),
    ("triangular", Modality::Triangular),
];

/// A programme that is to be entered or changed.
#[derive(Clone, Debug)]
pub(in super::super) struct ProgrammeRow {
    existing: Option<programme::Model>,
    draft: programme::ActiveModel,
    owner: InstitutionId,
}

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<ProgrammeRow>>, DbErr> {
    let layout = k.layout.clone();
    let mut known = Vec::new();
    for some in rows.chunks(IDS_PER_QUERY) {
        let keys = some
            .iter()
            .map(|row| super::normal_key(&layout.cell(row, "key")))
            .filter(|key| !key.is_empty());
        let titles = some
            .iter()
            .map(|row| fold(&layout.cell(row, "title")))
            .filter(|title| !title.is_empty());
        let which = Condition::any()
            .add(programme::Column::Key.is_in(keys))
            .add(programme::Column::SortTitle.is_in(titles));
        known.extend(k.visible.select::<programme::Entity>().filter(which).all(db).await?);
    }
    let keys = RowKeys::read::<programme::Entity>(k, db, rows).await?;
    let mut plans = Vec::with_capacity(rows.len());
    for row in rows {
        let mut parser = RowParser::new(&layout, row);
        let (key, title) = (super::key(&mut parser), parser.required_name("title"));
        let language = parser.language("language");
        let (acronym, modality) =
            (parser.name("acronym"), parser.vocabulary("modality", &MODALITIES));
        let (Some(title), false) = (title, parser.is_hindered()) else {
            plans.push(Plan::of(row, parser, None, None));
            continue;
        };
        let existing = existing(k, &mut parser, &known, key.as_deref(), &title);
        let seen = existing.as_ref().and_then(|there| k.seen_before(&there.id, row.line));
        if let Some(line) = k.titled_before(&fold(&title), key.is_some(), row.line).or(seen) {
            let message = say!("stands in line {line} already: give each a key", line);
            parser.remark(Weight::Ambiguous, "title", message);
        }
        if existing.is_none() && modality.is_none() {
            let message = say!("is not given, and a new programme says who cooperates with whom");
            parser.refuse("modality", message);
        }
        let owner = existing.as_ref().map(|row| row.owner_id).or(k.import.institution_id);
        match owner {
            None => {
                let message =
                    say!("is a new programme of nobody: say for which institution you import");
                parser.refuse("title", message);
            }
            Some(owner) if !(k.is_ours(owner) && k.may(Action::KeepRecord, Relation::Own)) => {
                parser.refuse("title", say!("is a programme that is not yours"));
            }
            Some(_) => {}
        }
        keys.check(k, &mut parser, key.as_deref(), existing.as_ref().map(|row| row.id.0));
        let draft = programme::ActiveModel {
            key: key.filter(|_| existing.is_none()).map_or(NotSet, Set),
            title: Set(title),
            language: language.map_or(NotSet, Set),
            acronym: acronym.map_or(NotSet, |acronym| Set(Some(acronym))),
            modality: modality.map_or(NotSet, Set),
            ..unset()
        };
        if let Some(existing) = &existing {
            parser.tell_changes::<programme::Entity>(existing, &draft, |_, _| None);
        }
        let differs =
            existing.as_ref().is_none_or(|row| !rule::same::<programme::Entity>(row, &draft));
        let (about, is_new) = (existing.as_ref().map(|row| row.key.clone()), existing.is_none());
        let change = owner
            .filter(|_| differs)
            .map(|owner| (is_new, ProgrammeRow { existing, draft, owner }));
        plans.push(Plan::of(row, parser, about, change));
    }
    Ok(plans)
}

/// The programme that a row is about: the one with its key; without a key the one with its title,
/// of several the own one.
fn existing(
    k: &Knowledge,
    parser: &mut RowParser<'_>,
    known: &[programme::Model],
    key: Option<&str>,
    title: &str,
) -> Option<programme::Model> {
    if let Some(row) = known.iter().find(|row| Some(row.key.as_str()) == key) {
        return Some(row.clone());
    }
    // What was made of the identifier before, and has the same title.
    let former = key.and_then(former_key).filter(|_| is_feed(&k.import.written));
    let is_former =
        |row: &&programme::Model| Some(row.key.as_str()) == former && row.sort_title == fold(title);
    if let Some(row) = known.iter().find(is_former) {
        return Some(row.clone());
    }
    let mut titled: Vec<&programme::Model> =
        known.iter().filter(|row| row.sort_title == fold(title)).collect();
    titled.sort_by(|one, other| one.key.cmp(&other.key));
    titled.dedup_by_key(|row| row.id);
    if key.is_some() {
        for other in titled {
            let key = &other.key;
            let message = say!("is the title of \"{key}\" too: entered as another programme", key);
            parser.remark(Weight::Note, "title", message);
        }
        return None;
    }
    let ours: Vec<&programme::Model> =
        titled.iter().copied().filter(|row| k.is_ours(row.owner_id)).collect();
    match if ours.is_empty() { &titled[..] } else { &ours[..] } {
        [] => None,
        [only] => Some((*only).clone()),
        several => {
            let keys = Phrase::any_of(several.iter().map(|row| format!("\"{}\"", row.key)));
            let message = say!("is the title of several programmes, {keys}: give the key", keys);
            parser.remark(Weight::Ambiguous, "title", message);
            None
        }
    }
}

/// What the key of a programme is made of that is new.
fn key_stem(draft: &programme::ActiveModel) -> Result<Stem<programme::Entity>, WriteError> {
    let none: Option<&programme::Model> = None;
    let title = rule::required!(draft, none, title);
    let acronym = rule::optional!(draft, none, acronym);
    Ok(programmes::key_stem(&title, acronym.as_deref()))
}

/// Writes what was planned.
pub(in super::super) async fn carry_out(
    w: &mut Write,
    designs: Vec<ProgrammeRow>,
) -> Result<(), WriteError> {
    let new = designs.iter().filter(|one| one.existing.is_none() && one.draft.key.is_not_set());
    let stems = new.map(|one| key_stem(&one.draft)).collect::<Result<Vec<_>, _>>()?;
    look_up_keys(w, &stems).await?;
    for one in designs {
        let mut draft = one.draft;
        if one.existing.is_none() {
            draft.owner_id = Set(one.owner);
            if draft.key.is_not_set() {
                draft.key = Set(made_key(w, key_stem(&draft)?).await?);
            }
            if draft.language.is_not_set() {
                draft.language = Set("und".to_owned());
            }
        }
        programmes::enter(w, one.existing.as_ref(), draft).await?;
    }
    Ok(())
}
