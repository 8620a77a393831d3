//! Voiding many records at once that came in together: each for itself, as by hand, or with the
//! one of them from which it hangs; with a few statements for all.

use std::collections::{BTreeMap, HashMap, HashSet};

use entity::vocabulary::RecordKind;
use sea_orm::Value;
use uuid::Uuid;

use super::tables::{Kept, TABLES, table_of};
use super::take_out::{Roots, Rows, id_of, reaches, take_out, uuid, uuid_of};
use crate::db::{ArchivedRow, Write};
use crate::error::WriteError;
use crate::phrase::{Phrase, say};

/// A record that is to be voided, locked, by somebody who may void it.
pub(crate) struct Candidate {
    /// What it is.
    pub(crate) kind: RecordKind,
    /// Which one it is.
    pub(crate) id: Uuid,
    /// Its row.
    pub(crate) row: ArchivedRow,
    /// Why it stays, where it does.
    pub(crate) stays: Option<Phrase>,
}

/// Voids records, but for those that stay; all of them come back in their order, those that stay
/// with the reason.
///
/// A record stays where another one hangs from it or refers to it that is not to be voided, or that
/// stays itself. What the register concluded goes along, as do links and names. The batches
/// concerned are locked, and so is the register.
pub(crate) async fn void_all(
    w: &mut Write,
    mut all: Vec<Candidate>,
) -> Result<Vec<Candidate>, WriteError> {
    let graph = Graph::read(w, &all).await?;
    graph.keep_what_is_held(&mut all);
    let (rows, roots) = graph.rows(w, &all).await?;
    if !rows.is_empty() {
        take_out(w, rows, &roots).await?;
    }
    Ok(all)
}

/// How another record holds one.
#[derive(Clone, Copy)]
struct Hold {
    /// The place of the one that is held, among the candidates.
    parent: usize,
    /// Whether the other one hangs from it, or refers to it.
    hangs: bool,
}

/// What hangs from candidates, and refers to them.
#[derive(Default)]
struct Graph {
    places: HashMap<Uuid, usize>,
    /// What candidates hold, by their places.
    holds: BTreeMap<usize, Vec<Hold>>,
    /// What others hold, with what they are called.
    held: Vec<(Hold, Phrase)>,
    /// Rows that go with a candidate.
    along: Vec<(usize, usize, ArchivedRow)>,
}

impl Graph {
    async fn read(w: &Write, all: &[Candidate]) -> Result<Self, WriteError> {
        let places = all.iter().enumerate().map(|(place, one)| (one.id, place)).collect();
        let mut graph = Self { places, ..Self::default() };
        let mut ids: BTreeMap<RecordKind, Vec<Value>> = BTreeMap::new();
        for one in all {
            ids.entry(one.kind).or_default().push(Value::from(one.id));
        }
        for (at, kept) in TABLES.iter().enumerate() {
            let hanging = kept.hangs().map(|column| (column, true));
            for ((column, parent), hangs) in hanging.chain(kept.refers().map(|one| (one, false))) {
                for (_, ids) in ids.iter().filter(|(kind, _)| reaches(parent, **kind)) {
                    for row in w.rows_with(&kept.table, column, ids).await? {
                        let parent = kept.table.get(&row, column).and_then(uuid);
                        let parent = parent.and_then(|id| graph.places.get(&id).copied());
                        if let Some(parent) = parent {
                            graph.add(at, row, Hold { parent, hangs });
                        }
                    }
                }
            }
        }
        Ok(graph)
    }

    /// Adds that a row holds a candidate.
    fn add(&mut self, at: usize, row: ArchivedRow, hold: Hold) {
        let kept = &TABLES[at];
        let own = kept.record.as_ref().and_then(|_| self.places.get(&uuid_of(kept, &row)).copied());
        let goes_along =
            kept.record.as_ref().is_none_or(|record| record.kind == RecordKind::Finding);
        let by = own.or_else(|| {
            // A link belongs to what it hangs from.
            let parents = kept.hangs().filter_map(|(column, _)| kept.table.get(&row, column));
            let mut parents = parents.filter_map(|id| self.places.get(&uuid(id)?));
            parents.next().copied().filter(|_| goes_along)
        });
        match by {
            _ if goes_along && hold.hangs => self.along.push((hold.parent, at, row)),
            // The origin of a source may be itself.
            Some(by) if by == hold.parent => {}
            Some(by) => self.holds.entry(by).or_default().push(hold),
            None => {
                self.held.push((hold, holds(kept, &row, hold.hangs)));
            }
        }
    }

    /// Lets candidates stay that something holds which stays.
    fn keep_what_is_held(&self, all: &mut [Candidate]) {
        let mut staying: Vec<usize> =
            (0..all.len()).filter(|place| all[*place].stays.is_some()).collect();
        for (hold, why) in &self.held {
            if all[hold.parent].stays.is_none() {
                all[hold.parent].stays = Some(why.clone());
                staying.push(hold.parent);
            }
        }
        while let Some(by) = staying.pop() {
            for hold in self.holds.get(&by).into_iter().flatten() {
                if all[hold.parent].stays.is_none() {
                    let kept = table_of(all[by].kind).map(|at| &TABLES[at]);
                    all[hold.parent].stays = kept.map(|kept| holds(kept, &all[by].row, hold.hangs));
                    staying.push(hold.parent);
                }
            }
        }
    }

    /// The rows that go, each with the candidate with which it does.
    async fn rows(self, w: &Write, all: &[Candidate]) -> Result<(Rows, Roots), WriteError> {
        let goes = |place: usize| all[place].stays.is_none();
        let mut above: HashMap<usize, usize> = HashMap::new();
        for (by, holds) in &self.holds {
            for hold in holds.iter().filter(|hold| hold.hangs && goes(hold.parent)) {
                above.entry(*by).or_insert(hold.parent);
            }
        }
        let root = |mut place: usize| {
            while let Some(next) = above.get(&place) {
                place = *next;
            }
            all[place].id
        };
        let (mut rows, mut roots) = (Rows::new(), Roots::default());
        for (place, one) in all.iter().enumerate().filter(|(place, _)| goes(*place)) {
            if let Some(at) = table_of(one.kind) {
                rows.entry(at).or_default().push(one.row.clone());
                roots.0.insert(one.id, root(place));
            }
        }
        let (mut seen, mut findings) = (HashSet::new(), Vec::new());
        for (place, at, row) in self.along.into_iter().filter(|(place, ..)| goes(*place)) {
            let kept = &TABLES[at];
            if seen.insert((at, format!("{row:?}"))) {
                if kept.record.is_some() {
                    roots.0.entry(uuid_of(kept, &row)).or_insert(root(place));
                    findings.extend(id_of(kept, &row));
                }
                rows.entry(at).or_default().push(row);
            }
        }
        for (at, kept) in TABLES.iter().enumerate().filter(|(_, kept)| kept.record.is_none()) {
            for (column, _) in kept.hangs().filter(|one| reaches(one.1, RecordKind::Finding)) {
                for row in w.rows_with(&kept.table, column, &findings).await? {
                    if seen.insert((at, format!("{row:?}"))) {
                        rows.entry(at).or_default().push(row);
                    }
                }
            }
        }
        Ok((rows, roots))
    }
}

/// Why a record stays that this row holds.
fn holds(kept: &Kept, row: &ArchivedRow, hangs: bool) -> Phrase {
    let kind = kept.table.name.replace('_', " ");
    match (kept.public_key(row), hangs) {
        (Some(key), true) => say!("the {kind} \"{key}\" hangs from it, and stays", kind, key),
        (Some(key), false) => say!("the {kind} \"{key}\" refers to it, and stays", kind, key),
        (None, true) => say!("something of the kind {kind} hangs from it, and stays", kind),
        (None, false) => say!("something of the kind {kind} refers to it, and stays", kind),
    }
}
