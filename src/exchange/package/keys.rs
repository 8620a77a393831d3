//! The keys that a package speaks of, and the ids behind them. Ids of new records are given before
//! anything is written, so that a row may refer to one that comes later.

use std::collections::{BTreeSet, HashMap};

use entity::vocabulary::RecordKind;
use uuid::Uuid;

use super::problems::Problems;
use super::read::{Sheet, problem_at};
use super::row::{Refers, has_personal_keys};
use super::table::Table;
use crate::db::Write;
use crate::error::WriteError;
use crate::rule::check::{KEY_LENGTH, is_country_code, is_key};

/// Which id stands behind which key. A country has no id but its code.
#[derive(Default)]
pub(super) struct PackageKeys(HashMap<RecordKind, HashMap<String, Uuid>>);

impl PackageKeys {
    /// The id of a record, or why there is none.
    pub(super) fn find(&self, kind: RecordKind, key: &str) -> Result<Uuid, String> {
        let id = self.0.get(&kind).and_then(|keys| keys.get(key));
        id.copied()
            .ok_or_else(|| format!("is no {} of this package or of the register", name(kind)))
    }

    /// Finds all keys of the package: those that it gives to its own records, once each, and those
    /// that it refers to.
    pub(super) async fn collect(
        w: &Write,
        tables: &[(Box<dyn Table>, Sheet)],
        problems: &mut Problems,
    ) -> Result<Self, WriteError> {
        let mut own: HashMap<RecordKind, Vec<String>> = HashMap::new();
        let mut wanted: HashMap<RecordKind, BTreeSet<String>> = HashMap::new();
        for (table, sheet) in tables {
            if let Some(kind) = table.kind() {
                own.insert(kind, own_keys(table.as_ref(), kind, sheet, problems));
            }
            for column in table.columns() {
                let Some(refers) = column.refers else { continue };
                for (_, cells) in &sheet.rows {
                    let key = sheet.cell(cells, column.name);
                    let kind = match refers {
                        Refers::To(kind) => Some(kind),
                        Refers::ToKindIn(column) => {
                            entity::vocabulary::Vocabulary::parse(sheet.cell(cells, column)).ok()
                        }
                    };
                    if let Some(kind) = kind
                        && !key.is_empty()
                    {
                        wanted.entry(kind).or_default().insert(key.to_owned());
                    }
                }
            }
        }
        let mut keys = Self::default();
        for table in super::tables::all() {
            let Some(kind) = table.kind() else { continue };
            let own = own.remove(&kind).unwrap_or_default();
            let asked: BTreeSet<String> =
                own.iter().cloned().chain(wanted.remove(&kind).unwrap_or_default()).collect();
            if asked.is_empty() {
                continue;
            }
            let mut known: HashMap<String, Uuid> =
                table.find_keys(w, asked.into_iter().collect()).await?.into_iter().collect();
            for key in own {
                known.entry(key).or_insert_with(|| w.new_id());
            }
            keys.0.insert(kind, known);
        }
        Ok(keys)
    }
}

/// The keys that a table gives to its records: each of the right form, and none twice.
fn own_keys(
    table: &dyn Table,
    kind: RecordKind,
    sheet: &Sheet,
    problems: &mut Problems,
) -> Vec<String> {
    let mut lines: HashMap<String, u64> = HashMap::new();
    let mut keys = Vec::new();
    let column = table.key_column();
    for (line, cells) in &sheet.rows {
        let key = table.key(sheet, cells);
        if key.is_empty() {
            // Said when the row is read.
            continue;
        }
        let wrong = match kind {
            RecordKind::Citation => None,
            RecordKind::Country if is_country_code(&key) => None,
            RecordKind::Country => {
                Some("is not a country code: two capital letters, or four".to_owned())
            }
            _ if is_key(&key) => None,
            _ => Some(format!(
                "is not a key: only a-z, 0-9 and hyphens, at most {KEY_LENGTH} of them"
            )),
        };
        let twice = || lines.get(&key).map(|first| format!("stands in line {first} already"));
        if let Some(message) = wrong.or_else(twice) {
            let problem = problem_at(sheet, *line, column.unwrap_or("record"), message);
            let problem = if column.is_some() {
                problem.with(&key, has_personal_keys(kind))
            } else {
                repeated(problem)
            };
            problems.push(problem);
        }
        lines.entry(key.clone()).or_insert(*line);
        keys.push(key);
    }
    keys
}

/// The same for records whose key is made of several columns.
fn repeated(problem: super::Problem) -> super::Problem {
    super::Problem {
        message: format!(
            "the same source and record {}",
            problem.message.replace("stands", "stand")
        ),
        ..problem
    }
}

/// A kind of record, in a sentence.
fn name(kind: RecordKind) -> String {
    kind.to_string().to_lowercase().replace('_', " ")
}
