//! The institution to which one belongs, which the register has or an earlier row of the file
//! enters.

use std::collections::{BTreeSet, HashMap};

use entity::id::InstitutionId;
use entity::{institution, institution_name};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::super::super::knowledge::{BodyOfFile, Knowledge, Parts, Tie};
use super::super::super::layout::Layout;
use super::super::super::read::Row;
use super::super::super::remark::Weight;
use super::super::super::row_parser::RowParser;
use super::super::normal_key;
use crate::db::Write;
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::phrase::{Phrase, say};
use crate::text::fold;

/// Whom some rows name, by keys and folded names: the last line of each.
pub(super) struct NewInstitutions(HashMap<String, u64>);

impl NewInstitutions {
    pub(super) fn of(layout: &Layout, rows: &[Row]) -> Self {
        let mut lines = HashMap::new();
        for row in rows {
            let key = normal_key(&layout.cell(row, "key"));
            let names = ["name", "name_en", "acronym"].map(|field| fold(&layout.cell(row, field)));
            for name in names.into_iter().chain([key]).filter(|name| !name.is_empty()) {
                lines.insert(name, row.line);
            }
        }
        Self(lines)
    }

    fn line_of(&self, printed: &str) -> Option<u64> {
        self.0.get(printed).or_else(|| self.0.get(&fold(printed))).copied()
    }
}

/// To which institution a row says that its one belongs.
#[derive(Clone, Debug)]
pub(super) enum Parent {
    Known(InstitutionId),
    OfFile(Entered),
}

/// An institution that an earlier row enters.
#[derive(Clone, Debug)]
pub(super) struct Entered {
    pub(super) line: u64,
    key: Option<String>,
    name: String,
    parts: Parts,
}

/// The parent of a row.
pub(super) fn read(
    k: &mut Knowledge,
    parser: &mut RowParser<'_>,
    coming: &NewInstitutions,
) -> Option<Parent> {
    let line = parser.row.line;
    let printed = parser.layout.cell(parser.row, "parent");
    let is_before = |one: &&BodyOfFile| one.known.is_none() && one.line != line;
    let keyed = k.bodies_of_file_with_key(&normal_key(&printed)).iter().find(is_before).cloned();
    let mut earlier: Vec<BodyOfFile> = match keyed {
        Some(only) => vec![only],
        None => k.bodies_of_file(&printed).iter().filter(is_before).cloned().collect(),
    };
    if earlier.iter().any(|one| !one.is_acronym) {
        earlier.retain(|one| !one.is_acronym);
    }
    if !printed.is_empty() && earlier.is_empty() {
        // It was entered by this file when it was applied before.
        let before = k.bodies_of_file(&printed).iter().filter(|one| one.line != line);
        let known: BTreeSet<InstitutionId> = before.filter_map(|one| one.known).collect();
        if let (1, Some(only)) = (known.len(), known.first()) {
            return Some(Parent::Known(*only));
        }
    }
    if printed.is_empty() || earlier.is_empty() {
        let later =
            coming.line_of(&printed).filter(|later| *later > line && !k.knows_body(&printed));
        if let Some(later) = later {
            let message =
                say!("is the institution of line {line}: its row must come first", line = later);
            parser.refuse("parent", message);
            return None;
        }
        return k.institution(parser, "parent", None).map(Parent::Known);
    }
    if k.body_with_key(&printed).is_some() || k.decided_body(&printed).0.is_some() {
        return k.institution(parser, "parent", None).map(Parent::Known);
    }
    match &earlier[..] {
        [only] if !k.knows_body(&printed) => {
            k.rest_on(line, only.line, Tie::Named);
            parser.remark(
                Weight::Note,
                "parent",
                say!("is the institution that line {line} enters", line = only.line),
            );
            let (key, parts) = (only.key.clone(), only.parts.clone());
            Some(Parent::OfFile(Entered { line: only.line, key, name: printed, parts }))
        }
        several => {
            let lines =
                several.iter().map(|one| say!("the institution of line {line}", line = one.line));
            let known = k.knows_body(&printed).then(|| say!("one that the register has"));
            let names = Phrase::any_of(lines.chain(known));
            parser.remark(
                Weight::Ambiguous,
                "parent",
                say!("is the name of several institutions: {names}", names),
            );
            None
        }
    }
}

impl Entered {
    /// Its id, once it is entered: not so where that was undone since, as it is where rows are
    /// rehearsed.
    pub(super) async fn id(&self, w: &Write) -> Result<Option<InstitutionId>, WriteError> {
        if let Some(key) = &self.key {
            let with_key = institution::Entity::find().filter(institution::Column::Key.eq(key));
            return Ok(with_key.one(w.read()).await?.map(|row| row.id));
        }
        let named = institution_name::Column::SearchText.eq(fold(&self.name));
        let names = institution_name::Entity::find().filter(named).all(w.read()).await?;
        let ids = names.into_iter().map(|row| row.institution_id);
        let rows = institution::Entity::find()
            .filter(institution::Column::Id.is_in(ids))
            .all(w.read())
            .await?;
        let is_it = |row: &institution::Model| {
            let parts = Parts::of(row);
            parts.is_in(&self.parts) && self.parts.is_in(&parts)
        };
        let mut found = rows.into_iter().filter(is_it);
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => {
                let message = say!(
                    "\"{name}\" is the name of several institutions: give the key",
                    name = &self.name
                );
                Err(Refusal::new(RefusalCode::Invalid, "parent_id", message).into())
            }
            (only, _) => Ok(only.map(|row| row.id)),
        }
    }
}
