//! What a statement reads of its rows: columns of its table, of the objects that these refer to,
//! and short lists.

use async_graphql_value::Value;

use super::computed::Short;
use super::noun::Noun;

/// References that are followed in one statement at most: PostgreSQL looks for the best order of
/// eight tables, and takes longer with each.
const MOST_JOINS: usize = 6;

/// Which of the tables of a statement: its own, or one that a reference leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableRef(pub Option<usize>);

/// Its own.
pub const OWN: TableRef = TableRef(None);

/// What a statement reads.
#[derive(Debug)]
pub struct Reads {
    /// The noun of its own table.
    pub noun: &'static Noun,
    /// What stands in its rows, in this order.
    pub cells: Vec<Cell>,
    /// The references that are followed.
    pub joins: Vec<Join>,
}

/// What stands at one place of a row.
#[derive(Debug)]
pub enum Cell {
    /// A column.
    Column {
        /// Of which table.
        of: TableRef,
        /// Its place among the columns of the table.
        column: usize,
    },
    /// A short list, as a list of lists in JSON.
    Short {
        /// Of which table's rows.
        of: TableRef,
        /// Which list.
        short: Short,
        /// The language that is asked for before those of the request.
        language: Option<Value>,
    },
}

/// A reference that is followed.
#[derive(Debug)]
pub struct Join {
    /// From which table.
    pub of: TableRef,
    /// The place of the column that refers, among those of the table.
    pub by: usize,
    /// What it refers to.
    pub to: &'static Noun,
}

impl Reads {
    /// Nothing yet of the rows of a noun.
    pub fn new(noun: &'static Noun) -> Self {
        Self { noun, cells: Vec::new(), joins: Vec::new() }
    }

    /// The noun whose rows a table has.
    pub fn noun(&self, of: TableRef) -> &'static Noun {
        of.0.map_or(self.noun, |join| self.joins[join].to)
    }

    /// Reads a column; returns its place in a row.
    pub fn column(&mut self, of: TableRef, column: usize) -> usize {
        let same = |cell: &Cell| {
            matches!(
                cell,
                Cell::Column { of: o, column: c } if (*o, *c) == (of, column)
            )
        };
        self.cells.iter().position(same).unwrap_or_else(|| {
            self.cells.push(Cell::Column { of, column });
            self.cells.len() - 1
        })
    }

    /// The column that identifies the rows of a table.
    pub fn id(&mut self, of: TableRef) -> usize {
        self.column(of, self.noun(of).table.id)
    }

    /// Where the key of the rows stands, if it is read.
    pub fn id_at(&self) -> Option<usize> {
        let id = self.noun.table.id;
        let is_id = |cell: &Cell| matches!(cell, Cell::Column { of: OWN, column } if *column == id);
        self.cells.iter().position(is_id)
    }

    /// Reads a short list; returns its place in a row.
    pub fn short(&mut self, of: TableRef, short: Short, language: Option<Value>) -> usize {
        let language = language.filter(|_| short.best.is_some());
        let parts =
            |short: &Short| (short.table.clone(), short.by, short.columns.clone(), short.best);
        let same = |cell: &Cell| match cell {
            Cell::Short { of: o, short: s, language: l } => {
                (*o, parts(s), l) == (of, parts(&short), &language)
            }
            Cell::Column { .. } => false,
        };
        self.cells.iter().position(same).unwrap_or_else(|| {
            self.cells.push(Cell::Short { of, short, language });
            self.cells.len() - 1
        })
    }

    /// Follows a reference; none where no more can be followed.
    pub fn follow(&mut self, of: TableRef, by: usize, to: &'static Noun) -> Option<TableRef> {
        if let Some(known) = self.joins.iter().position(|join| (join.of, join.by) == (of, by)) {
            return Some(TableRef(Some(known)));
        }
        if self.joins.len() == MOST_JOINS {
            return None;
        }
        self.joins.push(Join { of, by, to });
        Some(TableRef(Some(self.joins.len() - 1)))
    }

    /// The columns of a table that are read, or that refer to what is read; those of the short
    /// lists' owners included.
    pub fn columns_of(&self, of: TableRef) -> Vec<usize> {
        let mut columns = Vec::new();
        let mut add = |column| {
            if !columns.contains(&column) {
                columns.push(column);
            }
        };
        for cell in &self.cells {
            match cell {
                Cell::Column { of: o, column } if *o == of => add(*column),
                Cell::Short { of: o, .. } if *o == of => add(self.noun(of).table.id),
                _ => {}
            }
        }
        self.joins.iter().filter(|join| join.of == of).for_each(|join| add(join.by));
        columns
    }
}
