//! A table as the engine knows it: without the type of its rows.

use sea_orm::sea_query::{ArrayType, DynIden, Expr, IntoIden, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, IdenStatic, Iterable, ModelTrait};

use crate::access::{Scoped, Visible};
use crate::record::id_column;

/// A table.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: DynIden,
    /// Its columns, in the order of the entity.
    pub columns: Vec<Column>,
    /// Which of them identifies a row.
    pub id: usize,
    condition: fn(&Visible) -> Condition,
    by_itself: fn(&Visible) -> bool,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: ArrayType,
    /// Whether it may be null.
    pub nullable: bool,
}

impl Table {
    /// The table of an entity.
    pub fn of<E: Scoped>() -> Self {
        let column = |column: E::Column| Column {
            name: column.as_str(),
            holds: E::Model::get_value_type(column),
            nullable: column.def().is_null(),
        };
        let columns: Vec<Column> = E::Column::iter().map(column).collect();
        let key = id_column::<E>().as_str();
        Self {
            name: E::default().table_name().into_iden(),
            id: columns.iter().position(|column| column.name == key).unwrap_or_default(),
            columns,
            condition: |visible| visible.condition::<E>(),
            by_itself: |visible| visible.by_itself::<E>(),
        }
    }

    /// The place of a column among the columns.
    ///
    /// # Panics
    /// Where there is no such column: the catalogue names columns of the program's own entities.
    pub fn place(&self, column: &str) -> usize {
        self.find(column)
            .unwrap_or_else(|| panic!("the table {:?} has no column {column}", self.name))
    }

    /// The same, where it may be that of no column.
    pub fn find(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// The condition that the rows fulfil that may be seen.
    pub fn condition(&self, visible: &Visible) -> Condition {
        (self.condition)(visible)
    }

    /// Whether a row alone tells that it may be seen.
    pub fn by_itself(&self, visible: &Visible) -> bool {
        (self.by_itself)(visible)
    }

    /// Whether all rows may be seen.
    pub fn is_open(&self, visible: &Visible) -> bool {
        self.condition(visible).is_empty()
    }

    /// The column that identifies a row, for a statement.
    pub fn id_column(&self) -> Expr {
        Expr::col((self.name.clone(), self.columns[self.id].name))
    }

    /// Columns of the rows that may be seen.
    pub fn select(&self, visible: &Visible, columns: &[usize]) -> SelectStatement {
        let mut rows = Query::select();
        rows.columns(columns.iter().map(|place| (self.name.clone(), self.columns[*place].name)));
        rows.from(self.name.clone()).cond_where(self.condition(visible)).take()
    }
}
