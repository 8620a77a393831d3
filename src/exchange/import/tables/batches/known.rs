//! The batches that the register has, by what rows call them.

use std::collections::{BTreeSet, HashMap};

use chrono::{Datelike, NaiveDate};
use entity::id::{BatchId, ProgrammeId};
use entity::vocabulary::{ClaimProperty, DatePrecision};
use entity::{batch, claim, programme, source};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, DatabaseExecutor, DbErr, EntityTrait, QueryFilter, Select};

use super::super::super::knowledge::{Knowledge, Named};
use super::super::super::read::{Row, former_key, is_feed};
use super::alike::{Alike, Found, ShortDay, Traits, choose, of_text};
use super::assertion::Day;
use super::read::Read;
use crate::db::{IDS_PER_QUERY, any_of};
use crate::text::fold;

/// Rows whose runs are looked for with one statement.
const ROWS_PER_QUERY: usize = 500;

/// What the register has of the batches that rows name.
#[derive(Default)]
pub(super) struct Known {
    batches: HashMap<BatchId, batch::Model>,
    by_key: HashMap<String, BatchId>,
    by_number: HashMap<(ProgrammeId, i32), BatchId>,
    /// Runs by what else they are known by.
    alike: HashMap<u64, Vec<BatchId>>,
    traits: HashMap<BatchId, Traits>,
    programmes: HashMap<ProgrammeId, programme::Model>,
    /// Whether keys are made of the identifiers of another system.
    is_feed: bool,
    /// What rows meant when this very file was applied before, by their lines.
    meant: HashMap<u64, BatchId>,
    /// What the source has stated of them.
    claimed: HashMap<BatchId, Vec<claim::Model>>,
}

impl Known {
    /// Looks up all that some rows name, with a few statements.
    pub(super) async fn read<'a>(
        k: &Knowledge,
        db: &DatabaseExecutor<'_>,
        named: &Named,
        rows: &[Row],
        read: impl Iterator<Item = &'a Read>,
    ) -> Result<Self, DbErr> {
        let mut known = Self { is_feed: is_feed(&k.import.written), ..Self::default() };
        let keys = rows.iter().map(|row| super::super::normal_key(&k.layout.cell(row, "key")));
        let mut keys: BTreeSet<String> = keys.filter(|key| !key.is_empty()).collect();
        let former: Vec<String> =
            keys.iter().filter_map(|key| former_key(key)).map(str::to_owned).collect();
        keys.extend(former);
        let meant = k.meant_before(db, rows).await?;
        keys.extend(meant.values().cloned());
        let mut found: Vec<batch::Model> = named.batches.values().cloned().collect();
        for some in keys.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
            let which = k.visible.select::<batch::Entity>().filter(batch::Column::Key.is_in(some));
            found.extend(which.all(db).await?);
        }
        let unnamed: Vec<&Alike> =
            read.filter(|read| !read.is_named()).map(|read| &read.alike).collect();
        for some in unnamed.chunks(ROWS_PER_QUERY) {
            for (row, traits) in alike(db, k.visible.select::<batch::Entity>(), some).await? {
                for key in traits.keys(row.programme_id) {
                    let runs = known.alike.entry(key).or_default();
                    if !runs.contains(&row.id) {
                        runs.push(row.id);
                    }
                }
                known.traits.insert(row.id, traits);
                found.push(row);
            }
        }
        for row in found {
            known.by_key.insert(row.key.clone(), row.id);
            if let Some(ordinal) = row.ordinal {
                known.by_number.insert((row.programme_id, ordinal), row.id);
            }
            known.batches.insert(row.id, row);
        }
        let of_line = |(line, key): (u64, String)| Some((line, *known.by_key.get(&key)?));
        known.meant = meant.into_iter().filter_map(of_line).collect();
        known.programmes.clone_from(&named.of_programmes);
        let missing: BTreeSet<ProgrammeId> =
            known.batches.values().map(|row| row.programme_id).collect();
        let missing = missing.into_iter().filter(|id| !known.programmes.contains_key(id));
        for some in missing.collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
            let which = programme::Column::Id.is_in(some.iter().copied());
            let rows = k.visible.select::<programme::Entity>().filter(which).all(db).await?;
            known.programmes.extend(rows.into_iter().map(|row| (row.id, row)));
        }
        known.claimed =
            claims_of(db, k.source.as_ref(), known.batches.keys().copied().collect()).await?;
        Ok(known)
    }

    /// The batch that a row means: by its key, by its number, or by what else it is known by.
    pub(super) fn find(&self, read: &Read) -> Found<&batch::Model> {
        let one = |id: Option<&BatchId>| {
            id.and_then(|id| self.batches.get(id)).map_or(Found::None, Found::One)
        };
        if let Some(key) = &read.key {
            // What was made of the identifier before: the file itself has stated something of it,
            // or another one the same.
            let former =
                || former_key(key).filter(|_| self.is_feed).and_then(|key| self.by_key.get(key));
            let is_like = |row: &batch::Model| {
                let all = std::iter::once(((), accepted(row)));
                matches!(choose(&read.alike.traits(), all), Found::One(()))
            };
            let is_it = |id: &&BatchId| {
                !self.claimed(**id).is_empty() || self.batches.get(*id).is_some_and(is_like)
            };
            return one(self.by_key.get(key).or_else(|| former().filter(is_it)));
        }
        if let Some(number) = read.number {
            return one(self.by_number.get(&(read.alike.programme, number)));
        }
        let keys = read.alike.wanted();
        let runs = keys.iter().filter_map(|key| self.alike.get(key)).flatten();
        let runs: BTreeSet<BatchId> = runs.copied().collect();
        let runs = runs
            .iter()
            .filter_map(|id| Some((self.batches.get(id)?, self.traits.get(id)?.clone())));
        choose(&read.alike.traits(), runs)
    }

    /// The batch that a row which gives neither key nor number meant when this very file was
    /// applied before, whatever has become alike since.
    pub(super) fn meant(&self, read: &Read, line: u64) -> Option<&batch::Model> {
        let row = self.batches.get(self.meant.get(&line)?)?;
        (!read.is_named() && row.programme_id == read.alike.programme).then_some(row)
    }

    /// The run of a programme that has a number.
    pub(super) fn numbered(&self, programme: ProgrammeId, number: i32) -> Option<&batch::Model> {
        self.by_number.get(&(programme, number)).and_then(|id| self.batches.get(id))
    }

    pub(super) fn programme(&self, id: ProgrammeId) -> Option<&programme::Model> {
        self.programmes.get(&id)
    }

    /// What the source has stated of a batch.
    pub(super) fn claimed(&self, id: BatchId) -> &[claim::Model] {
        self.claimed.get(&id).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Batches that may be the runs of these rows, by the days that are accepted of them and those that
/// any source claims.
async fn alike(
    db: &DatabaseExecutor<'_>,
    among: Select<batch::Entity>,
    rows: &[&Alike],
) -> Result<Vec<(batch::Model, Traits)>, DbErr> {
    let programmes: BTreeSet<ProgrammeId> = rows.iter().map(|row| row.programme).collect();
    let without = || rows.iter().filter(|row| row.starts.is_none());
    let starts: Vec<Day> = rows.iter().filter_map(|row| row.starts).collect();
    let ends: Vec<Day> = without().filter_map(|row| row.ends).collect();
    let accepted_starts = [batch::Column::StartsOn, batch::Column::StartsPrecision];
    let accepted_ends = [batch::Column::EndsOn, batch::Column::EndsPrecision];
    let mut days = Condition::any();
    for (wanted, [on, precision], property) in [
        (starts, accepted_starts, ClaimProperty::StartsOn),
        (ends, accepted_ends, ClaimProperty::EndsOn),
    ] {
        if !wanted.is_empty() {
            let mut claimed = dated(claim::Column::Property.eq(property));
            let stated = on_days(&wanted, claim::Column::Date, claim::Column::Precision);
            claimed.cond_where(stated);
            days = days
                .add(on_days(&wanted, on, precision))
                .add(batch::Column::Id.in_subquery(claimed));
        }
    }
    if without().any(|row| row.ends.is_none()) {
        let any = claim::Column::Property.is_in([ClaimProperty::StartsOn, ClaimProperty::EndsOn]);
        let mut claimed = dated(any);
        let of_it = Expr::col((claim::Entity, claim::Column::BatchId));
        claimed.and_where(of_it.equals((batch::Entity, batch::Column::Id)));
        let undated = Condition::all()
            .add(batch::Column::StartsOn.is_null())
            .add(batch::Column::EndsOn.is_null())
            .add(Expr::exists(claimed).not());
        days = days.add(undated);
    }
    let found =
        among.filter(batch::Column::ProgrammeId.is_in(programmes)).filter(days).all(db).await?;
    let mut all: HashMap<BatchId, Traits> =
        found.iter().map(|row| (row.id, accepted(row))).collect();
    let ids: Vec<BatchId> = all.keys().copied().collect();
    let stated = [ClaimProperty::Title, ClaimProperty::StartsOn, ClaimProperty::EndsOn];
    for some in ids.chunks(IDS_PER_QUERY) {
        let claims = claim::Entity::find()
            .filter(claim::Column::BatchId.is_in(some.iter().copied()))
            .filter(claim::Column::DelegationId.is_null())
            .filter(claim::Column::Property.is_in(stated));
        for row in claims.all(db).await? {
            if let Some(traits) = all.get_mut(&row.batch_id) {
                add(traits, &row);
            }
        }
    }
    let with = |row: batch::Model| all.remove(&row.id).map(|traits| (row, traits));
    Ok(found.into_iter().filter_map(with).collect())
}

/// What is dated of one of these days, or may be: of the same year, where one of the two is not
/// known to the day.
fn on_days<C: ColumnTrait>(wanted: &[Day], on: C, precision: C) -> Condition {
    let days: BTreeSet<NaiveDate> = wanted.iter().map(|day| day.0).collect();
    let mut alternatives = vec![on.is_in(days).into()];
    let years: BTreeSet<(i32, bool)> =
        wanted.iter().map(|day| (day.0.year(), day.1 == DatePrecision::Day)).collect();
    for (year, is_exact) in years {
        let bounds = NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31));
        let Some((first, last)) = bounds else { continue };
        let mut of_year = Condition::all().add(on.between(first, last));
        if is_exact {
            of_year = of_year.add(precision.ne(DatePrecision::Day));
        }
        alternatives.push(of_year);
    }
    any_of(alternatives)
}

/// The batches of which days are claimed, by some of these claims.
fn dated(which: Expr) -> SelectStatement {
    let mut batches = Query::select();
    batches.column((claim::Entity, claim::Column::BatchId)).from(claim::Entity).and_where(which);
    batches
}

/// What is accepted of a batch.
fn accepted(row: &batch::Model) -> Traits {
    let day = |day: Option<_>, precision: Option<_>| day.zip(precision).as_ref().map(ShortDay::of);
    Traits {
        label: row.label.as_deref().map(fold).as_deref().map(of_text),
        titles: row.title.as_deref().map(fold).as_deref().map(of_text).into_iter().collect(),
        starts: day(row.starts_on, row.starts_precision).into_iter().collect(),
        ends: day(row.ends_on, row.ends_precision).into_iter().collect(),
    }
}

/// Adds what a claim states.
fn add(traits: &mut Traits, row: &claim::Model) {
    let day = || row.date.zip(row.precision).as_ref().map(ShortDay::of);
    match row.property {
        ClaimProperty::Title => {
            join(&mut traits.titles, row.text.as_deref().map(|text| of_text(&fold(text))))
        }
        ClaimProperty::StartsOn => join(&mut traits.starts, day()),
        ClaimProperty::EndsOn => join(&mut traits.ends, day()),
        _ => {}
    }
}

fn join<T: PartialEq>(all: &mut Vec<T>, new: Option<T>) {
    all.extend(new.filter(|new| !all.contains(new)));
}

/// What the source has stated of some batches.
async fn claims_of(
    db: &DatabaseExecutor<'_>,
    source: Option<&source::Model>,
    ids: Vec<BatchId>,
) -> Result<HashMap<BatchId, Vec<claim::Model>>, DbErr> {
    let mut claimed: HashMap<BatchId, Vec<claim::Model>> = HashMap::new();
    let Some(source) = source else { return Ok(claimed) };
    for some in ids.chunks(IDS_PER_QUERY) {
        let rows = claim::Entity::find()
            .filter(claim::Column::BatchId.is_in(some.iter().copied()))
            .filter(claim::Column::DelegationId.is_null())
            .filter(claim::Column::SourceId.eq(source.id));
        for row in rows.all(db).await? {
            claimed.entry(row.batch_id).or_default().push(row);
        }
    }
    Ok(claimed)
}
