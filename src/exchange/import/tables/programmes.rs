//! Designs and umbrellas, known by their key, title or acronym. A new one is kept by the institution for which the file is handed in.

use entity::id::InstitutionId;
use entity::programme;
use entity::vocabulary::Modality;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, Condition, DatabaseExecutor, DbErr, QueryFilter};

use super::super::knowledge::Knowledge;
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::reading::Reading;
use super::super::remark::Weight;
use crate::access::policy::{Action, Relation};
use crate::db::Write;
use crate::error::WriteError;
use crate::network::programme::rules as programmes;
use crate::rule::{self, IDS_PER_QUERY, made_key, unset};
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
#[derive(Debug)]
pub(in super::super) struct Design {
    existing: Option<programme::Model>,
    draft: programme::ActiveModel,
    owner: InstitutionId,
    line: u64,
}

/// Plans rows.
pub(in super::super) async fn plan(
    k: &mut Knowledge,
    db: &DatabaseExecutor<'_>,
    rows: &[Row],
) -> Result<Vec<Plan<Design>>, DbErr> {
    let layout = k.layout.clone();
    let mut known = Vec::new();
    for some in rows.chunks(IDS_PER_QUERY) {
        let keys = some.iter().map(|row| super::normal_key(&layout.cell(row, "key"))).filter(|key| !key.is_empty());
        let titles = some.iter().map(|row| fold(&layout.cell(row, "title"))).filter(|title| !title.is_empty());
        let which =
            Condition::any().add(programme::Column::Key.is_in(keys)).add(programme::Column::SortTitle.is_in(titles));
        known.extend(k.visible.select::<programme::Entity>().filter(which).all(db).await?);
    }
    let mut plans = Vec::with_capacity(rows.len());
    for row in rows {
        let mut reading = Reading::new(&layout, row);
        let (key, title) = (super::key(&mut reading), reading.required("title"));
        let language = reading.language("language");
        let (acronym, modality) = (reading.text("acronym"), reading.vocabulary("modality", &MODALITIES));
        let (Some(title), false) = (title, reading.is_hindered()) else {
            plans.push(Plan::of(row, reading, None, None));
            continue;
        };
        let of_key = known.iter().find(|row| Some(&row.key) == key.as_ref());
        let mut of_title = known.iter().filter(|row| row.sort_title == fold(&title));
        let existing = of_key.or_else(|| of_title.next().filter(|_| key.is_none())).cloned();
        if of_key.is_none() && key.is_none() && of_title.next().is_some() {
            reading.remark(Weight::Ambiguous, "title", "is the title of several programmes: give the key");
        }
        if let Some(line) = k.seen_before(&key.clone().unwrap_or_else(|| fold(&title)), row.line) {
            reading.remark(Weight::Ambiguous, "title", format!("stands in line {line} already"));
        }
        if existing.is_none() && modality.is_none() {
            reading.refuse("modality", "is not given, and a new programme says who cooperates with whom");
        }
        let owner = existing.as_ref().map(|row| row.owner_id).or(k.import.institution_id);
        match owner {
            None => reading.refuse("title", "is a new programme of nobody: say for which institution you import"),
            Some(owner) if !(k.is_ours(owner) && k.may(Action::KeepRecord, Relation::Own)) => {
                reading.refuse("title", "is a programme that is not yours");
            }
            Some(_) => {}
        }
        let draft = programme::ActiveModel {
            key: key.filter(|_| existing.is_none()).map_or(NotSet, Set),
            title: Set(title),
            language: language.map_or(NotSet, Set),
            acronym: acronym.map_or(NotSet, |acronym| Set(Some(acronym))),
            modality: modality.map_or(NotSet, Set),
            ..unset()
        };
        let differs = existing.as_ref().is_none_or(|row| !rule::same::<programme::Entity>(row, &draft));
        let (about, is_new) = (existing.as_ref().map(|row| row.key.clone()), existing.is_none());
        let change = owner.filter(|_| differs).map(|owner| (is_new, Design { existing, draft, owner, line: row.line }));
        plans.push(Plan::of(row, reading, about, change));
    }
    Ok(plans)
}

/// Writes what was planned.
pub(in super::super) async fn carry_out(w: &mut Write, designs: Vec<Design>) -> Result<(), WriteError> {
    for one in designs {
        let mut draft = one.draft;
        if one.existing.is_none() {
            draft.owner_id = Set(one.owner);
            if draft.key.is_not_set() {
                draft.key = Set(made_key(w, "programme"));
            }
            if draft.language.is_not_set() {
                draft.language = Set("und".to_owned());
            }
        }
        let entered = programmes::enter(w, one.existing.as_ref(), draft).await;
        entered.map_err(|error| super::at_line(error, one.line))?;
    }
    Ok(())
}
