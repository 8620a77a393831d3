//! Batches and programmes that rows name.

use std::collections::{BTreeSet, HashMap};

use entity::id::{BatchId, ProgrammeId};
use entity::{batch, programme};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, Condition, DatabaseExecutor, DbErr, QueryFilter};

use super::super::cells::number_in;
use super::super::read::{Row, key_of_identifier};
use super::super::remark::Weight;
use super::super::row_parser::RowParser;
use super::Knowledge;
use super::directory::{Directory, written_key};
use crate::db::IDS_PER_QUERY;
use crate::phrase::{Phrase, say};
use crate::text::fold;

/// The same in small letters, which is how acronyms are looked up.
fn lower(names: &[String]) -> Vec<String> {
    names.iter().map(|name| name.to_lowercase()).collect()
}

/// The key that was made of the identifier of another system, where it is not that of the text.
fn identified(printed: &str) -> Option<String> {
    let key = key_of_identifier(printed);
    (!key.is_empty() && Some(&key) != written_key(printed).as_ref() && !printed.contains(' '))
        .then_some(key)
}

/// Batches and programmes that rows name.
#[derive(Default)]
pub(in super::super) struct Named {
    by_key: HashMap<String, BatchId>,
    by_number: HashMap<(ProgrammeId, i32), BatchId>,
    by_title: HashMap<String, Vec<BatchId>>,
    programmes: Directory<ProgrammeId>,
    pub(in super::super) batches: HashMap<BatchId, batch::Model>,
    pub(in super::super) of_programmes: HashMap<ProgrammeId, programme::Model>,
}

impl Named {
    /// Looks up all that some rows name, with a few statements.
    pub(in super::super) async fn read(
        k: &Knowledge,
        db: &DatabaseExecutor<'_>,
        rows: &[Row],
    ) -> Result<Self, DbErr> {
        let mut named = Self::default();
        let (mut keys, mut titles, mut programmes) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut numbers = BTreeSet::new();
        for row in rows {
            let cell = |field| k.layout.cell(row, field);
            let (batch, programme) = (cell("batch"), cell("programme"));
            keys.extend(written_key(&batch));
            if !batch.is_empty() {
                keys.extend(identified(&batch));
                titles.insert(fold(&batch));
            }
            if !programme.is_empty() {
                programmes.insert(programme);
                numbers.extend(number_in(&cell("number")).or_else(|| number_in(&batch)));
            }
        }
        let mut found = Vec::new();
        let columns = [(batch::Column::Key, keys), (batch::Column::SortTitle, titles)];
        for (column, values) in columns {
            for some in values.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
                found.extend(
                    k.visible.select::<batch::Entity>().filter(column.is_in(some)).all(db).await?,
                );
            }
        }
        for some in programmes.into_iter().collect::<Vec<_>>().chunks(IDS_PER_QUERY) {
            let folded: Vec<String> = some.iter().map(|name| fold(name)).collect();
            let keys: Vec<String> = some
                .iter()
                .flat_map(|name| [Some(name.clone()), written_key(name), identified(name)])
                .flatten()
                .collect();
            let which = Condition::any()
                .add(programme::Column::Key.is_in(keys))
                .add(
                    Expr::expr(Func::lower(Expr::col(programme::Column::Acronym)))
                        .is_in(lower(some)),
                )
                .add(programme::Column::Acronym.is_in(some))
                .add(programme::Column::SortTitle.is_in(folded));
            for row in k.visible.select::<programme::Entity>().filter(which).all(db).await? {
                named.programmes.add(
                    row.id,
                    &row.key,
                    [row.title.as_str()],
                    row.acronym.as_deref(),
                );
                named.of_programmes.insert(row.id, row);
            }
        }
        let ids: Vec<ProgrammeId> = named.of_programmes.keys().copied().collect();
        for some in ids.chunks(IDS_PER_QUERY).filter(|_| !numbers.is_empty()) {
            let runs = k
                .visible
                .select::<batch::Entity>()
                .filter(batch::Column::ProgrammeId.is_in(some.iter().copied()));
            found.extend(
                runs.filter(batch::Column::Ordinal.is_in(numbers.iter().copied())).all(db).await?,
            );
        }
        for row in found {
            if named.batches.contains_key(&row.id) {
                continue;
            }
            named.by_key.insert(row.key.clone(), row.id);
            if let Some(ordinal) = row.ordinal {
                named.by_number.insert((row.programme_id, ordinal), row.id);
            }
            if row.title.is_some() {
                named.by_title.entry(row.sort_title.clone()).or_default().push(row.id);
            }
            named.batches.insert(row.id, row);
        }
        Ok(named)
    }

    /// The batch that is meant by a key, or by the identifier of another system that its key was
    /// made of; by a key that is written otherwise, unless it is a title.
    fn keyed(&self, printed: &str) -> Option<&batch::Model> {
        let exact = self.by_key.get(printed).or_else(|| self.by_key.get(&identified(printed)?));
        let normal = || {
            self.by_key
                .get(&written_key(printed)?)
                .filter(|_| !self.by_title.contains_key(&fold(printed)))
        };
        self.batches.get(exact.or_else(normal)?)
    }

    /// The programmes of a key, a title or an acronym, else of the identifier of another system.
    fn programmes_called(&self, printed: &str) -> BTreeSet<ProgrammeId> {
        let found = self.programmes.find(printed);
        match identified(printed).filter(|_| found.is_empty()) {
            Some(key) => self.programmes.find(&key),
            None => found,
        }
    }

    /// The programme that a row names: by its key, by its title, or by its acronym.
    pub(in super::super) fn programme(
        &self,
        parser: &mut RowParser<'_>,
    ) -> Option<&programme::Model> {
        let printed = parser.text("programme")?;
        let found: Vec<_> = self
            .programmes_called(&printed)
            .into_iter()
            .filter_map(|id| self.of_programmes.get(&id))
            .collect();
        match found[..] {
            [only] => Some(only),
            [] => {
                let message =
                    say!("is neither the key nor the title of a programme that the register has");
                parser.refuse("programme", message);
                None
            }
            _ => {
                let mut keys: Vec<_> = found.iter().map(|row| format!("\"{}\"", row.key)).collect();
                keys.sort();
                let (count, keys) = (keys.len(), Phrase::any_of(keys));
                let message = say!("may be {count} programmes, {keys}: give the key", count, keys);
                parser.remark(Weight::Ambiguous, "programme", message);
                None
            }
        }
    }

    /// Says where what stands beside the key of a batch names another one, or nothing that is
    /// known.
    fn beside_key(&self, parser: &mut RowParser<'_>, batch: &batch::Model) {
        let key = &batch.key;
        if let Some(printed) = parser.text("programme") {
            let found = self.programmes_called(&printed);
            if found.is_empty() {
                let message = say!(
                    "is no programme that the register has; the batch is known by its key, \
                     \"{key}\"",
                    key
                );
                parser.remark(Weight::Note, "programme", message);
            } else if !found.contains(&batch.programme_id) {
                let message = say!("is not the programme of the batch \"{key}\"", key);
                parser.refuse("programme", message);
            }
        }
        Self::beside_number(parser, batch);
    }

    /// Says where the number that stands beside a batch that is known otherwise is another one, or
    /// is not taken.
    fn beside_number(parser: &mut RowParser<'_>, batch: &batch::Model) {
        let Some(printed) = parser.text("number") else { return };
        let key = &batch.key;
        match (number_in(&printed), batch.ordinal) {
            (Some(number), Some(ordinal)) if number == ordinal => {}
            (Some(_), Some(number)) => {
                let message = say!(
                    "is not the number of the batch \"{key}\", which is {number}",
                    key,
                    number
                );
                parser.refuse("number", message);
            }
            (Some(_), None) => {
                let message = say!("is not taken: the batch \"{key}\" has no number", key);
                parser.remark(Weight::Note, "number", message);
            }
            (None, _) => {
                let message = say!(
                    "is not taken: it is not the number of a run, and the batch is \"{key}\"",
                    key
                );
                parser.remark(Weight::Note, "number", message);
            }
        }
    }

    /// The batch that a row names: by its key, by programme and number, or by its title.
    pub(in super::super) fn batch(&self, parser: &mut RowParser<'_>) -> Option<&batch::Model> {
        let printed = parser.text("batch");
        if let Some(batch) = printed.as_ref().and_then(|printed| self.keyed(printed)) {
            self.beside_key(parser, batch);
            return Some(batch);
        }
        if parser.is_hindered() {
            return None;
        }
        let programme =
            if parser.text("programme").is_some() { self.programme(parser) } else { None };
        if parser.is_hindered() {
            return None;
        }
        let titled = self.titled(printed.as_deref(), programme);
        let given = parser.text("number").as_deref().and_then(number_in);
        let number = given.or_else(|| printed.as_deref().and_then(number_in));
        let numbered = programme.zip(number).map(|(programme, number)| {
            let found =
                self.by_number.get(&(programme.id, number)).and_then(|id| self.batches.get(id));
            (programme, number, found)
        });
        match (&titled[..], numbered) {
            // A title that is written as it is goes before the number that stands in it.
            ([only], Some((.., None))) if given.is_none() => {
                Self::beside_number(parser, only);
                Some(*only)
            }
            ([], Some((.., Some(batch)))) => {
                Self::beside_number(parser, batch);
                Some(batch)
            }
            (titled, Some((.., Some(batch)))) if titled.iter().any(|row| row.id == batch.id) => {
                Self::beside_number(parser, batch);
                Some(batch)
            }
            (titled, Some((.., Some(batch)))) => {
                let titled = Phrase::any_of(titled.iter().map(|row| format!("\"{}\"", row.key)));
                let message = say!(
                    "is the title of {titled}, and the number is that of \"{key}\"",
                    titled,
                    key = &batch.key
                );
                parser.remark(Weight::Ambiguous, "batch", message);
                None
            }
            (_, Some((programme, number, None))) if titled.is_empty() || given.is_some() => {
                let key = &programme.key;
                let message = say!(
                    "there is no run number {number} of \"{key}\" that you may see",
                    number,
                    key
                );
                parser.refuse(if given.is_some() { "number" } else { "batch" }, message);
                None
            }
            ([only], _) => {
                Self::beside_number(parser, only);
                Some(*only)
            }
            ([], _) => {
                self.unknown(parser, printed.as_deref(), programme);
                None
            }
            (several, _) => {
                let keys = Phrase::any_of(several.iter().map(|row| &row.key));
                let message = say!("is the title of several batches: {keys}", keys);
                parser.remark(Weight::Ambiguous, "batch", message);
                None
            }
        }
    }

    /// The batches with a title; those of a programme, where one is named.
    fn titled(
        &self,
        printed: Option<&str>,
        programme: Option<&programme::Model>,
    ) -> Vec<&batch::Model> {
        let titled = printed.and_then(|printed| self.by_title.get(&fold(printed)));
        let titled = titled.into_iter().flatten().filter_map(|id| self.batches.get(id));
        titled
            .filter(|row| programme.is_none_or(|programme| row.programme_id == programme.id))
            .collect()
    }

    /// Says why a row names no batch.
    fn unknown(
        &self,
        parser: &mut RowParser<'_>,
        printed: Option<&str>,
        programme: Option<&programme::Model>,
    ) {
        match (printed, programme) {
            (Some(printed), Some(programme)) if !self.titled(Some(printed), None).is_empty() => {
                let message =
                    say!("is not the title of a batch of \"{key}\"", key = &programme.key);
                parser.refuse("batch", message);
            }
            (Some(_), _) => {
                let message = say!("is neither the key nor the title of a batch that you may see");
                parser.refuse("batch", message);
            }
            (None, Some(_)) if parser.text("number").is_some() => {
                parser.refuse(
                    "number",
                    say!("is not the number of a run, such as 2, II, ke-2 or Batch 2"),
                );
            }
            (None, _) => {
                parser.required("batch");
            }
        }
    }
}
