//! Fields that are computed from a row, and from a short list that it has.

use std::sync::Arc;

use async_graphql::{InputType, Result, Value};
use chrono::NaiveDate;
use sea_orm::sea_query::{ArrayType, DynIden, IntoIden};
use sea_orm::{EntityTrait, IdenStatic, Iterable, ModelTrait, Value as Cell};
use serde::Serialize;

use super::register::Argument;
use crate::access::Scoped;
use crate::graphql::language::{Language, Languages};
use crate::graphql::loader::Reader;
use crate::graphql::scalars::{Date, calendar_date};
use crate::record::id_column;
use crate::site::Site;

/// A field that is computed.
#[derive(Debug)]
pub struct Computed {
    /// The columns of the row that it is computed from.
    pub columns: &'static [&'static str],
    /// The short list that it is computed from, if any.
    pub entries: Option<fn() -> Short>,
    /// The type of the objects that it is a list of, where it is one: they have all their fields in
    /// what is made.
    pub of: Option<&'static str>,
    /// Whether it may be null, also where it cannot be computed.
    pub nullable: bool,
    /// Its arguments.
    pub arguments: &'static [Argument],
    /// What it is.
    pub make: Make,
}

/// How a field is computed.
pub type Make = fn(&Made<'_>) -> Result<Value>;

impl Computed {
    /// What is made of some columns of the row.
    pub const fn of(columns: &'static [&'static str], make: Make) -> Self {
        Self { columns, entries: None, of: None, nullable: false, arguments: &[], make }
    }

    /// What is made of some columns of the row, and of a short list that it has.
    pub const fn with(
        columns: &'static [&'static str],
        entries: fn() -> Short,
        make: Make,
    ) -> Self {
        Self { entries: Some(entries), ..Self::of(columns, make) }
    }

    /// The same with arguments.
    #[must_use]
    pub const fn taking(self, arguments: &'static [Argument]) -> Self {
        Self { arguments, ..self }
    }

    /// The same as a list of objects of a type.
    #[must_use]
    pub const fn list_of(self, ty: &'static str) -> Self {
        Self { of: Some(ty), ..self }
    }

    /// The same as a field that may be null.
    #[must_use]
    pub const fn or_null(self) -> Self {
        Self { nullable: true, ..self }
    }
}

/// A short list that a row has, such as the names of an institution: all of it, in the order of
/// ids.
#[derive(Debug)]
pub struct Short {
    /// The table of its rows.
    pub table: DynIden,
    /// The column that identifies them.
    pub id: &'static str,
    /// The column that refers to the row that has them.
    pub by: &'static str,
    /// The columns that are read of them, and whether each holds ids.
    pub columns: Vec<(&'static str, bool)>,
    /// Which one of them is read, where not all are.
    pub best: Option<Best>,
}

/// Of a short list the row of a kind in the dearest language; of several in one language, that
/// which was entered first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Best {
    /// The column that tells the kind, and the kind.
    pub kind: (&'static str, &'static str),
    /// The column that tells the language (BCP 47).
    pub language: &'static str,
}

impl Short {
    /// The rows of `E` whose column `by` refers to the row that has them, with these columns. They
    /// must be for everybody to see.
    pub fn of<E: Scoped>(by: E::Column, columns: &[E::Column]) -> Self {
        let is_id = |column: &E::Column| E::Model::get_value_type(*column) == ArrayType::Uuid;
        let column = |column: &E::Column| (column.as_str(), is_id(column));
        Self {
            table: E::default().table_name().into_iden(),
            id: id_column::<E>().as_str(),
            by: by.as_str(),
            columns: columns.iter().map(column).collect(),
            best: None,
        }
    }

    /// No more of it than this one.
    #[must_use]
    pub fn best(self, best: Best) -> Self {
        Self { best: Some(best), ..self }
    }
}

/// The argument that asks for a language.
pub const LANGUAGE: Argument =
    Argument::new("language", "The language.", <Option<Language> as InputType>::create_type_info);

/// The argument that asks for a day.
pub const AS_OF: Argument = Argument::new(
    "asOf",
    "On which day; today (UTC) where not given.",
    <Option<Date> as InputType>::create_type_info,
);

/// The language that an argument names.
pub fn language(argument: &Value) -> Option<Language> {
    match argument {
        Value::Enum(name) if name == "EN" => Some(Language::En),
        Value::Enum(name) if name == "ID" => Some(Language::Id),
        _ => None,
    }
}

/// What a field is computed from.
pub struct Made<'a> {
    /// The reader of the request.
    pub reader: &'a Reader,
    /// Where the register stands on the web.
    pub site: &'a Site,
    /// The languages that the reader would like.
    pub languages: &'a Languages,
    /// The arguments that were given.
    pub arguments: &'a [(String, Value)],
    /// The columns that were asked for, with what the row has in them.
    pub cells: &'a [(&'static str, Cell)],
    /// The short list, as JSON.
    pub entries: Option<&'a str>,
}

impl Made<'_> {
    /// The row, of which only the columns that were asked for were read.
    pub fn row<E: EntityTrait<Model: Default>>(&self) -> Result<E::Model> {
        let mut row = E::Model::default();
        for (name, cell) in self.cells {
            let column = E::Column::iter().find(|column| column.as_str() == *name);
            let column =
                column.ok_or_else(|| self.reader.fail(format!("there is no column {name}")))?;
            row.try_set(column, cell.clone()).map_err(|error| self.reader.fail(error))?;
        }
        Ok(row)
    }

    /// The text of a column that was asked for.
    pub fn text(&self, column: &str) -> Result<&str> {
        let cell = self.cells.iter().find(|(name, _)| *name == column);
        match cell {
            Some((_, Cell::String(Some(text)))) => Ok(text),
            _ => Err(self.reader.fail(format!("the column {column} holds no text"))),
        }
    }

    /// The rows of the short list, of which `columns` were read.
    pub fn entries<E: EntityTrait<Model: Default>>(
        &self,
        columns: &[E::Column],
    ) -> Result<Vec<Arc<E::Model>>> {
        let fail = |error: &dyn std::fmt::Display| self.reader.fail(error.to_string());
        let Some(json) = self.entries else { return Ok(Vec::new()) };
        let entries: Vec<Vec<Option<String>>> =
            serde_json::from_str(json).map_err(|error| fail(&error))?;
        let model = |cells: Vec<Option<String>>| {
            let mut row = E::Model::default();
            for (column, cell) in columns.iter().zip(cells) {
                let cell = match E::Model::get_value_type(*column) {
                    ArrayType::ChronoDate => {
                        Cell::ChronoDate(cell.as_deref().and_then(calendar_date))
                    }
                    ArrayType::Uuid => Cell::Uuid(cell.as_deref().and_then(|id| id.parse().ok())),
                    _ => Cell::String(cell),
                };
                row.try_set(*column, cell).map_err(|error| fail(&error))?;
            }
            Ok(Arc::new(row))
        };
        entries.into_iter().map(model).collect()
    }

    /// A list of objects.
    pub fn list<T: Serialize>(&self, items: impl Iterator<Item = T>) -> Result<Value> {
        async_graphql::to_value(items.collect::<Vec<_>>())
            .map_err(|error| self.reader.fail(error.to_string()))
    }

    fn argument(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The languages that the answer is to be in: first of all that which the argument `language`
    /// names.
    pub fn languages(&self) -> Languages {
        self.languages.clone().first(self.argument("language").and_then(language))
    }

    /// The day that the argument `asOf` names; today where it is not given.
    pub fn day(&self) -> Result<NaiveDate> {
        match self.argument("asOf") {
            None | Some(Value::Null) => Ok(self.today()),
            Some(value) => {
                let date = <Date as InputType>::parse(Some(value.clone()));
                date.map(|date| date.0)
                    .map_err(|error| async_graphql::Error::new(format!("{error:?}")))
            }
        }
    }

    /// Today in UTC.
    pub fn today(&self) -> NaiveDate {
        self.reader.clock().today()
    }
}
